"""What a printed comparison is about and how far it can be trusted: captions, notes, and effects by place.

Effects are of one city. Where policies act in other places too, those stand in a table of their own, since money spent
there buys what happens there: it must not be set against the graduates of the city in focus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sim.effects import TextTable, choose_unit, find_outcomes, name_outcome, write_effect
from sim.labels import Lang, PlaceLabels, label_place
from sim.outcomes import PUBLIC_COST

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.types import Quarter

ENOUGH_SEEDS: Final = 5
"""With fewer, a spread between seeds is known too badly for an interval to be relied upon."""
BY_PLACE: Final = ("talent", "stay_share_12m", "rent", PUBLIC_COST)
"""Outcomes that stand for each place in which a policy acts."""

_PLACE: Final[dict[Lang, str]] = {"en": "place", "zh": "地点"}
_BY_PLACE_TITLE: Final[dict[Lang, str]] = {
    "en": "In each place where it acts: difference (95 % interval)",
    "zh": "各实施地的效果：差值（95% 区间）",  # noqa: RUF001  (full-width on purpose)
}
_CHANCE: Final[dict[Lang, str]] = {
    "en": "One 95 % interval in twenty misses by chance alone, and there are many here: look for what hangs together.",
    "zh": "每二十个95%区间约有一个仅因偶然而偏离，表中区间很多，请看相互印证的结果。",  # noqa: RUF001  (as above)
}
_NO_INTERVAL: Final[dict[Lang, str]] = {
    "en": "One seed: there are no intervals, and any difference may be chance. Take --seeds 5 or more.",
    "zh": "只有1个随机种子：没有区间，任何差值都可能出于偶然。请用 --seeds 5 或更多。",  # noqa: RUF001  (as above)
}
_FEW_SEEDS: Final[dict[Lang, str]] = {
    "en": "Only {seeds} seeds: intervals of fewer than 5 are not to be trusted. Take --seeds 5 or more.",
    "zh": "只有{seeds}个随机种子：不足5个时区间不可信。请用 --seeds 5 或更多。",  # noqa: RUF001  (as above)
}
_ELSEWHERE: Final[dict[Lang, str]] = {
    "en": "It also acts in {others}. Costs, also per added person, are of {city} alone unless a row says otherwise.",
    "zh": "该方案还在{others}实施。除注明外，成本与每多留一人的成本只计{city}。",  # noqa: RUF001  (as above)
}
_NOT_HERE: Final[dict[Lang, str]] = {
    "en": "It does not act in {city} itself but in {others}.",
    "zh": "该方案不在{city}实施，而在{others}实施。",  # noqa: RUF001  (as above)
}
_MANY: Final[dict[Lang, str]] = {
    "en": "{number} other places; name one with --city to see it",
    "zh": "其他{number}地（用 --city 指定其中一地即可查看）",  # noqa: RUF001  (as above)
}


def write_caption(
    city: str, since: Quarter, end: Quarter, *, seeds: int, scale: int, lang: Lang, places: PlaceLabels | None = None
) -> str:
    """One line: the city, the first and last quarter that count, how many seeds, and persons for one agent."""
    name = label_place(city, lang, places)
    if lang == "zh":
        return f"{name}，{since}至{end}，{seeds}个种子，1个主体代表{scale:,}人；合计为该时段之和"  # noqa: RUF001
    several = "s" if seeds > 1 else ""
    return f"{name}, {since} to {end}, {seeds} seed{several}, 1 agent = {scale:,} persons; sums are over the period"


def list_cautions(seeds: int, lang: Lang) -> list[str]:
    """What `seeds` seeds do not allow to conclude, one line each."""
    if seeds < 2:
        return [_NO_INTERVAL[lang]]
    few = [_FEW_SEEDS[lang].format(seeds=seeds)] if seeds < ENOUGH_SEEDS else []
    return [*few, _CHANCE[lang]]


def note_elsewhere(
    city: str, acting: Sequence[str], shown: Sequence[str], *, lang: Lang, places: PlaceLabels | None = None
) -> list[str]:
    """Say where policies act beside the city in focus; nothing if nowhere.

    Args:
        city: City in focus.
        acting: Places in which policies of the scenario act.
        shown: Places whose effects are shown. If others are not, only their number is said.
        lang: Language.
        places: Names of places.
    """
    others = [place for place in acting if place != city]
    if not others:
        return []
    join = "、" if lang == "zh" else ", "
    if set(others) <= set(shown):
        words = join.join(label_place(place, lang, places) for place in others)
    else:
        words = _MANY[lang].format(number=len(others))
    text = (_ELSEWHERE if city in acting else _NOT_HERE)[lang]
    return [text.format(others=words, city=label_place(city, lang, places))]


def list_places(
    by_place: Mapping[str, DataFrame],
    policy: str,
    acting: Sequence[str],
    *,
    lang: Lang,
    places: PlaceLabels | None = None,
) -> list[TextTable]:
    """Return the table of main effects of `policy` by place: the city in focus, then where its policies act.

    Args:
        by_place: Comparison of each place, that in focus first.
        policy: Scenario that the table is of.
        acting: Places in which its policies act.
        lang: Language.
        places: Names of places.

    Returns:
        Nothing where its policies act in no other place, or in some that were not compared.
    """
    focus, *_ = by_place
    if not set(acting) - {focus} or set(acting) - by_place.keys():
        return []
    chosen = [focus, *(place for place in by_place if place in acting and place != focus)]
    found = {place: find_outcomes(by_place[place], policy) for place in chosen}
    outcomes = [name for name in BY_PLACE if all(name in rows for rows in found.values())]
    heads = [
        f"{name_outcome(name, lang)} ({choose_unit(str(found[focus][name]['unit']), lang)[2]})" for name in outcomes
    ]
    rows = [
        (label_place(place, lang, places), *(write_effect(found[place][name], lang) for name in outcomes))
        for place in chosen
    ]
    return [TextTable(_BY_PLACE_TITLE[lang], (_PLACE[lang], *heads), rows, 1)]
