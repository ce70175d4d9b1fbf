"""Effects, winners and losers, and parts of variance of a sweep as tables of text for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from experiments.casenames import shorten_keys
from experiments.table import OUTCOME_COLUMNS
from sim.compare import COMPARISON_COLUMNS
from sim.effects import Text, TextTable, name_difference, name_group, name_outcome, write_effect
from sim.labels import Lang, PlaceLabels, label_place, label_scenario

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_ROWS: Final = 30
"""Rows of a table that are shown; files hold all."""
_TITLES: Final[dict[Lang, Text]] = {
    "en": (
        "Effect on {outcome}, {group}, against {against}",
        "Who gains and who loses, for certain",
        "Parts of variance",
    ),
    "zh": ("对“{outcome}”的效果（{group}），与{against}相比", "显著受益与显著受损的群体", "方差分解"),  # noqa: RUF001  (full-width on purpose)
}
_EFFECT_HEADS: Final[dict[Lang, Text]] = {
    "en": ("policy", "unit", "difference (95 %)", "probability of a rise", "p for all headlines (Holm)", "pairs"),
    "zh": ("政策方案", "单位", "配对差（95%区间）", "上升概率", "全部主要结果的校正p值（Holm）", "配对数"),  # noqa: RUF001  (as above)
}
_WINNER_HEADS: Final[dict[Lang, Text]] = {
    "en": ("policy", "city", "outcome", "group", "verdict", "unit", "difference (95 %)", "p (Holm)"),
    "zh": ("政策方案", "城市", "结果", "群体", "结论", "单位", "配对差（95%区间）", "校正p值（Holm）"),  # noqa: RUF001  (as above)
}
_UNPAIRED: Final[dict[Lang, str]] = {
    "en": "{n} of {all} points and futures are left out: {base} was not run there, or nothing else was.",
    "zh": "{all}个设计点与情景的组合中有{n}个未列入：在该处只模拟了{base}，或未模拟{base}。",  # noqa: RUF001  (full-width on purpose)
}
_NOT_RUN: Final[dict[Lang, str]] = {
    "en": "{n} of {all} points and futures are not run, as `when` says: {which}.",
    "zh": "{all}个设计点与情景的组合中有{n}个按 when 条件未模拟：{which}。",  # noqa: RUF001  (full-width on purpose)
}
_NOBODY: Final[dict[Lang, str]] = {
    "en": "Who gains and who loses: nobody for certain (p under 0.05 after Holm for all that was looked at).",
    "zh": "没有显著受益或显著受损的群体（按所考察的全部结果与群体作Holm校正，p值均不低于0.05）。",  # noqa: RUF001  (full-width on purpose)
}
_LABEL_HEADS: Final = {"future": "情景", "city": "城市", "design": "设计点"}
"""Labels that tell rows apart, in Chinese."""
_VERDICTS: Final[dict[str, tuple[str, str]]] = {"gains": ("gains", "受益"), "loses": ("loses", "受损")}
_PART_HEADS: Final[dict[Lang, Text]] = {
    "en": ("point", "policy", "parameter set", "seed", "policy x parameter set", "policy x seed"),
    "zh": ("设计点", "政策方案", "参数组", "随机种子", "政策方案×参数组", "政策方案×随机种子"),  # noqa: RUF001  (full-width on purpose)
}


def list_effects(
    effects: DataFrame, outcome: str, group: str, against: str, *, lang: Lang, named: PlaceLabels | None = None
) -> TextTable:
    """Effects on one outcome at each point of a sweep (experiments.paired.compare_policies); `named` as of a sweep."""
    chosen = effects[(effects["outcome"] == outcome) & (effects["group"] == group)]
    differ = _find_labels(chosen, ("city",))
    rows = []
    for row in chosen.head(MOST_ROWS).to_dict("records"):
        unit = name_difference(str(row["unit"]), lang)
        ahead = (_write_label(name, row[name], lang, named) for name in differ)
        names = (*ahead, label_scenario(str(row["policy"]), lang, named), unit)
        told = (f"{100.0 * row['p_up']:.1f} %", f"{row['p_holm']:.3f}")
        sure = ("-" if "nan" in words else words for words in told)
        rows.append((*names, write_effect(row, lang), *sure, str(row["seeds"])))
    words = {"outcome": name_outcome(outcome, lang), "group": name_group(group, lang)}
    title = _TITLES[lang][0].format(**words, against=label_scenario(against, lang, named))
    heads = (*_name_labels(differ, lang), *_EFFECT_HEADS[lang])
    return TextTable(title, heads, rows, len(differ) + 2)


def note_unpaired(
    table: DataFrame, effects: DataFrame, against: str, *, lang: Lang, named: PlaceLabels | None = None
) -> list[str]:
    """How many points and futures of the table of a sweep its effects leave out; nothing where they have all."""
    every, told = (len(rows[["design", "future"]].drop_duplicates()) for rows in (table, effects))
    base = label_scenario(against, lang, named)
    return [_UNPAIRED[lang].format(n=every - told, all=every, base=base)] if told < every else []


def note_not_run(
    table: DataFrame,
    points: Sequence[Mapping[str, Any]],
    futures: Sequence[str],
    *,
    lang: Lang,
    named: PlaceLabels | None = None,
) -> list[str]:
    """Which of the points and futures that a sweep asks for its table has no run of; nothing where it has all."""
    there = set(table[["design", "future"]].itertuples(index=False, name=None))
    missing = [(k, future) for k in range(len(points)) for future in futures if (k, future) not in there]
    names = []
    shorts = shorten_keys(list(points[0])) if points else {}
    for design, future in missing[:MOST_ROWS]:
        values = [f"{shorts[key]}={_write(value)}" for key, value in points[design].items()]
        names.append(" ".join([*values, *([_write_label("future", future, lang, named)] if future else [])]))
    which = (", " if lang == "en" else "、").join(names) + (" ..." if len(missing) > MOST_ROWS else "")
    every = len(points) * len(futures)
    return [_NOT_RUN[lang].format(n=len(missing), all=every, which=which)] if missing else []


def list_winners(
    winners: DataFrame,
    effects: DataFrame,
    *,
    lang: Lang,
    named: PlaceLabels | None = None,
    places: PlaceLabels | None = None,
) -> list[TextTable]:
    """Who gains and loses beyond doubt; none where nobody does.

    Args:
        winners: Of experiments.paired.list_winners.
        effects: What they were listed from: which points there are.
        lang: Language.
        named: What a sweep calls its policies and futures.
        places: Names of places.
    """
    sure = winners[winners["verdict"] != "unclear"]
    differ = _find_labels(effects)
    rows = [
        (*(_write_label(name, row[name], lang, named) for name in differ), *_write_winner(row, lang, named, places))
        for row in sure.head(MOST_ROWS).to_dict("records")
    ]
    heads = (*_name_labels(differ, lang), *_WINNER_HEADS[lang])
    return [TextTable(_TITLES[lang][1], heads, rows, len(differ) + 5)] if rows else []


def note_nobody(winners: DataFrame, effects: DataFrame, lang: Lang) -> list[str]:
    """Say that nobody gains or loses beyond doubt where that is so; nothing where a single run cannot tell."""
    if (winners["verdict"] != "unclear").any() or not (effects["seeds"] > 1).any():
        return []
    return [_NOBODY[lang]]


def list_parts(parts: DataFrame, effects: DataFrame, *, lang: Lang, named: PlaceLabels | None = None) -> TextTable:
    """Shares of variance in percent, a row for each point and future (experiments.paired.split_variance).

    Args:
        parts: Of split_variance.
        effects: Of compare_policies on the same sweep: which values a point has.
        lang: Language.
        named: What a sweep calls its futures.
    """
    rows: list[Text] = []
    shorts = shorten_keys([name for name in _find_labels(effects) if name != "future"])
    points = {
        row["design"]: " ".join(f"{short}={_write(row[key])}" for key, short in shorts.items())
        for row in effects.drop_duplicates("design").to_dict("records")
    }
    for (design, future), part in parts.groupby(["design", "future"], sort=False):
        point = points.get(design) or (str(design) if len(points) > 1 or not future else "")
        words = f"{point} {_write_label('future', future, lang, named)}".strip()
        rows.append((words, *(_write_share(share) for share in part["share"])))
    return TextTable(_TITLES[lang][2], _PART_HEADS[lang], rows[:MOST_ROWS], 1)


def _find_labels(rows: DataFrame, also: tuple[str, ...] = ()) -> list[str]:
    """Labels and keys that stand before the policy, and `also`, of which rows have several: what tells points apart."""
    fixed = {*COMPARISON_COLUMNS, *OUTCOME_COLUMNS, "design"}
    ahead = [name for name in rows.columns[: list(rows.columns).index("policy")] if name not in fixed]
    return [name for name in (*ahead, *also) if len(set(rows[name].map(str))) > 1]


def _name_labels(labels: Sequence[str], lang: Lang) -> Text:
    known = _LABEL_HEADS if lang == "zh" else {}
    return tuple(known.get(name, name.removeprefix("params.")) for name in labels)


def _write_label(name: str, value: Any, lang: Lang, named: PlaceLabels | None) -> str:
    """The value of a label or key in a row; of a future, its words."""
    return label_scenario(value, lang, named) if name == "future" and value else _write(value)


def _write_winner(row: Mapping[Any, Any], lang: Lang, named: PlaceLabels | None, places: PlaceLabels | None) -> Text:
    verdict = _VERDICTS[str(row["verdict"])][lang == "zh"]
    names = (
        label_scenario(str(row["policy"]), lang, named),
        label_place(str(row["city"]), lang, places) if lang == "zh" else str(row["city"]),
        name_outcome(str(row["outcome"]), lang),
    )
    unit = name_difference(str(row["unit"]), lang)
    return (*names, name_group(str(row["group"]), lang), verdict, unit, write_effect(row, lang), f"{row['p_holm']:.3f}")


def _write_share(share: float) -> str:
    return "-" if math.isnan(share) else f"{100.0 * share:.1f} %"


def _write(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
