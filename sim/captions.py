"""What a printed comparison is about and how far it can be trusted: captions, notes, certainty, and effects by place.

Effects are of one city. Where policies act in other places too, those stand in a table of their own, since money spent
there buys what happens there: it must not be set against the graduates of the city in focus.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.certainty import find_reduction, select_headlines
from sim.compare import HEADLINES
from sim.effects import (
    POINTS,
    Text,
    TextTable,
    choose_unit,
    find_outcomes,
    name_difference,
    name_group,
    name_outcome,
    write_effect,
)
from sim.labels import Lang, PlaceLabels, in_brackets, join_words, label_code, label_place
from sim.outcomes import ALL, PUBLIC_COST, SHARE

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
    "zh": "各实施地的效果：差值（95%区间）",  # noqa: RUF001  (full-width on purpose)
}
_CHANCE: Final[dict[Lang, str]] = {
    "en": "One 95 % interval in twenty misses by chance alone, and there are many here: look for what hangs together.",
    "zh": "平均每20个95%区间约有1个仅因随机误差而未包含真值；表中区间很多，请着重看相互印证的结果。",  # noqa: RUF001  (as above)
}
_NO_INTERVAL: Final[dict[Lang, str]] = {
    "en": "One seed: there are no intervals, and any difference may be chance. Take --seeds 5 or more.",
    "zh": "只有1个随机种子：没有区间，任何差值都可能只是随机误差。请用 --seeds 5 或更多。",  # noqa: RUF001  (as above)
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

_SURE_TITLE: Final[dict[Lang, str]] = {"en": "How sure it is", "zh": "把握程度"}
_SEEDS_FOR_HALF: Final[dict[Lang, str]] = {
    "en": "seeds for +- half the difference",
    "zh": "置信区间缩至±差值一半所需随机种子数",
}
_SURE_HEADINGS: Final[dict[Lang, Text]] = {
    "en": (
        "outcome",
        "probability of a rise",
        "p for all headlines (Holm)",
        _SEEDS_FOR_HALF["en"],
        "variance without pairing, times",
    ),
    "zh": ("结果", "上升概率", "全部主要结果的校正p值（Holm）", _SEEDS_FOR_HALF["zh"], "不配对时方差的倍数"),  # noqa: RUF001  (as above)
}
_SAVED: Final[dict[Lang, str]] = {
    "en": "Seeds shared by all scenarios: seeds of their own would have to be {times:.1f} times as many (median) for "
    "intervals as narrow.",
    "zh": "各方案共用随机种子：若各用各的随机种子，要得到同样窄的区间，随机种子数须为{times:.1f}倍（中位数）。",  # noqa: RUF001  (as above)
}
_TESTED: Final[dict[Lang, str]] = {
    "en": "{number} headlines were tested: under {level} for all of them together, after Holm, are {found}.",
    "zh": "共检验{number}项主要结果；经Holm校正后p值低于{level}的有：{found}。",  # noqa: RUF001  (as above)
}
_NONE: Final[dict[Lang, str]] = {"en": "none", "zh": "无"}
_REACHED: Final[dict[Lang, str]] = {
    "en": "Precision: the effect on {outcome} is known to +- {reached} (half its 95 % interval; +- {wanted} was asked "
    "for), with {seeds} seeds. How many it takes was told from the spread of the first {first}, and all intervals use "
    "that spread (Stein): so they hold although the number of seeds was chosen on the way.",
    "zh": "精度：对“{outcome}”的效果，95%区间半宽为±{reached}（要求±{wanted}），"  # noqa: RUF001  (as above)
    "共用{seeds}个随机种子，个数由前{first}个确定。"  # noqa: RUF001  (as above)
    "所有区间均采用前{first}个随机种子的离散度（Stein两阶段法），先看后定不影响把握程度。",  # noqa: RUF001  (as above)
}
_NOT_REACHED: Final[dict[Lang, str]] = {
    "en": " It was not reached: raise --max-seeds.",
    "zh": "未达到要求：请增大 --max-seeds。",  # noqa: RUF001  (as above)
}
LEVEL: Final = 0.05
"""Chance of any false finding among all headlines that is accepted."""


def write_caption(
    city: str, since: Quarter, end: Quarter, *, seeds: int, scale: int, lang: Lang, places: PlaceLabels | None = None
) -> str:
    """One line: the city, the first and last quarter that count, how many seeds, and persons for one agent."""
    name = label_place(city, lang, places)
    if lang == "zh":
        return f"{name}，{since}至{end}，{seeds}个随机种子，1个主体代表{scale:,}人；合计为该时段之和"  # noqa: RUF001
    several = "s" if seeds > 1 else ""
    return f"{name}, {since} to {end}, {seeds} seed{several}, 1 agent = {scale:,} persons; sums are over the period"


def list_cautions(seeds: int, lang: Lang) -> list[str]:
    """What `seeds` seeds do not allow to conclude, one line each."""
    return [*caution_seeds(seeds, lang), *([_CHANCE[lang]] if seeds > 1 else [])]


def caution_seeds(seeds: int, lang: Lang) -> list[str]:
    """What so few seeds mean for intervals; nothing where there are enough."""
    if seeds < 2:
        return [_NO_INTERVAL[lang]]
    return [_FEW_SEEDS[lang].format(seeds=seeds)] if seeds < ENOUGH_SEEDS else []


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
    if set(others) <= set(shown):
        words = join_words((label_place(place, lang, places) for place in others), lang)
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
        in_brackets(name_outcome(name, lang), name_difference(str(found[focus][name]["unit"]), lang), lang)
        for name in outcomes
    ]
    rows = [
        (label_place(place, lang, places), *(write_effect(found[place][name], lang) for name in outcomes))
        for place in chosen
    ]
    return [TextTable(_BY_PLACE_TITLE[lang], (_PLACE[lang], *heads), rows, 1)]


def list_certainty(certainty: DataFrame, policy: str, *, lang: Lang) -> list[TextTable]:
    """Return the table of how sure the headlines of `policy` are; none with a single seed, which tells nothing.

    Where intervals are those of one more run, as over an ensemble, the column of seeds is left out: more of them do not
    close such an interval.
    """
    rows = certainty[select_headlines(certainty) & (certainty["policy"] == policy) & certainty["p_up"].notna()]
    found = {str(row["outcome"]): row for row in rows.to_dict("records")}
    lines: list[Text] = [
        (
            name_outcome(name, lang),
            f"{100.0 * found[name]['p_up']:.1f} %",
            _write_p(found[name]["p_holm"]),
            _write_count(found[name]["seeds_for_half"]),
            "-" if math.isnan(found[name]["variance_reduction"]) else f"{found[name]['variance_reduction']:.1f}",
        )
        for name in HEADLINES
        if name in found
    ]
    heads = _SURE_HEADINGS[lang]
    if lines and rows["seeds_for_half"].isna().all():
        place = heads.index(_SEEDS_FOR_HALF[lang])
        heads, *lines = (line[:place] + line[place + 1 :] for line in (heads, *lines))
    return [TextTable(_SURE_TITLE[lang], heads, lines, 1)] if lines else []


def list_findings(certainty: DataFrame, lang: Lang) -> list[str]:
    """What shared seeds save, and what holds of all headlines together; nothing where one seed cannot tell."""
    lines = []
    saved = find_reduction(certainty)
    if not math.isnan(saved):
        lines.append(_SAVED[lang].format(times=saved))
    tested = certainty[select_headlines(certainty) & certainty["p_holm"].notna()]
    if len(tested):
        sure = tested[tested["p_holm"] < LEVEL]
        several = len(set(tested["policy"])) > 1
        names = [
            in_brackets(name, label_code("scenario", policy, lang), lang) if several else name
            for name, policy in ((name_outcome(row["outcome"], lang), row["policy"]) for row in sure.to_dict("records"))
        ]
        found = join_words(names, lang) or _NONE[lang]
        lines.append(_TESTED[lang].format(number=len(tested), level=LEVEL, found=found))
    return lines


def note_precision(precision: Mapping[str, Any] | None, lang: Lang) -> list[str]:
    """What precision was wanted and reached (see sim.certainty.describe_precision); nothing if none."""
    if precision is None:
        return []
    unit = str(precision["unit"])
    factor, decimals, words = choose_unit(unit, lang)
    ending = POINTS[lang] if unit == SHARE else f" {words}"
    reached, wanted = (f"{precision[name] * factor:,.{decimals}f}{ending}" for name in ("reached", "half_width"))
    outcome = name_outcome(str(precision["outcome"]), lang)
    if precision["group"] != ALL:
        outcome = in_brackets(outcome, name_group(str(precision["group"]), lang), lang)
    told = {"seeds": precision["seeds"], "first": precision["first"]}
    text = _REACHED[lang].format(outcome=outcome, reached=reached, wanted=wanted, **told)
    return [text if precision["met"] else text + _NOT_REACHED[lang]]


def _write_p(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _write_count(number: float) -> str:
    return "-" if math.isnan(number) else f"{number:,.0f}" if number < 1e5 else "> 100,000"
