"""Effects, winners and losers, and parts of variance of a sweep as tables of text for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from experiments.casenames import shorten_keys
from experiments.table import OUTCOME_COLUMNS
from sim.compare import COMPARISON_COLUMNS
from sim.effects import Text, TextTable, name_difference, name_group, name_outcome, write_effect
from sim.labels import Lang, label_code

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
    "zh": ("对{outcome} ({group}) 的效果，与{against}相比", "明确的受益者与受损者", "方差的来源"),  # noqa: RUF001  (full-width on purpose)
}
_EFFECT_HEADS: Final[dict[Lang, Text]] = {
    "en": ("policy", "unit", "difference (95 %)", "probability of a rise", "p for all headlines (Holm)", "pairs"),
    "zh": ("政策", "单位", "差值 (95%)", "上升概率", "全部主要结果的p值 (Holm)", "配对数"),
}
_WINNER_HEADS: Final[dict[Lang, Text]] = {
    "en": ("policy", "city", "outcome", "group", "verdict", "unit", "difference (95 %)", "p (Holm)"),
    "zh": ("政策", "城市", "结果", "群体", "结论", "单位", "差值 (95%)", "p值 (Holm)"),
}
_UNPAIRED: Final[dict[Lang, str]] = {
    "en": "{n} of {all} points and futures are left out: {base} was not run there, or nothing else was.",
    "zh": "{all}个设计点与情景的组合中有{n}个未列入：其中没有{base}的模拟，或没有其他政策的模拟。",  # noqa: RUF001  (full-width on purpose)
}
_VERDICTS: Final[dict[str, tuple[str, str]]] = {"gains": ("gains", "受益"), "loses": ("loses", "受损")}
_PART_HEADS: Final[dict[Lang, Text]] = {
    "en": ("point", "policy", "parameter set", "seed", "policy x parameter set", "policy x seed"),
    "zh": ("设计点", "政策", "参数组", "种子", "政策×参数组", "政策×种子"),  # noqa: RUF001  (full-width on purpose)
}


def list_effects(effects: DataFrame, outcome: str, group: str, against: str, *, lang: Lang) -> TextTable:
    """Effects on one outcome at each point of a sweep (experiments.paired.compare_policies)."""
    chosen = effects[(effects["outcome"] == outcome) & (effects["group"] == group)]
    differ = _find_labels(chosen, ("city",))
    rows = []
    for row in chosen.head(MOST_ROWS).to_dict("records"):
        unit = name_difference(str(row["unit"]), lang)
        names = (*(_write(row[name]) for name in differ), label_code("scenario", str(row["policy"]), lang), unit)
        told = (f"{100.0 * row['p_up']:.1f} %", f"{row['p_holm']:.3f}")
        sure = ("-" if "nan" in words else words for words in told)
        rows.append((*names, write_effect(row, lang), *sure, str(row["seeds"])))
    words = {"outcome": name_outcome(outcome, lang), "group": name_group(group, lang)}
    title = _TITLES[lang][0].format(**words, against=label_code("scenario", against, lang))
    heads = (*_name_labels(differ), *_EFFECT_HEADS[lang])
    return TextTable(title, heads, rows, len(differ) + 2)


def note_unpaired(table: DataFrame, effects: DataFrame, against: str, *, lang: Lang) -> list[str]:
    """How many points and futures of the table of a sweep its effects leave out; nothing where they have all."""
    every, told = (len(rows[["design", "future"]].drop_duplicates()) for rows in (table, effects))
    base = label_code("scenario", against, lang)
    return [_UNPAIRED[lang].format(n=every - told, all=every, base=base)] if told < every else []


def list_winners(winners: DataFrame, effects: DataFrame, *, lang: Lang) -> list[TextTable]:
    """Who gains and loses beyond doubt; none where nobody does.

    Args:
        winners: Of experiments.paired.list_winners.
        effects: What they were listed from: which points there are.
        lang: Language.
    """
    sure = winners[winners["verdict"] != "unclear"]
    differ = _find_labels(effects)
    rows = [
        (*(_write(row[name]) for name in differ), *_write_winner(row, lang))
        for row in sure.head(MOST_ROWS).to_dict("records")
    ]
    heads = (*_name_labels(differ), *_WINNER_HEADS[lang])
    return [TextTable(_TITLES[lang][1], heads, rows, len(differ) + 5)] if rows else []


def list_parts(parts: DataFrame, effects: DataFrame, *, lang: Lang) -> TextTable:
    """Shares of variance in percent, a row for each point and future (experiments.paired.split_variance).

    Args:
        parts: Of split_variance.
        effects: Of compare_policies on the same sweep: which values a point has.
        lang: Language.
    """
    rows: list[Text] = []
    shorts = shorten_keys([name for name in _find_labels(effects) if name != "future"])
    points = {
        row["design"]: " ".join(f"{short}={_write(row[key])}" for key, short in shorts.items())
        for row in effects.drop_duplicates("design").to_dict("records")
    }
    for (design, future), part in parts.groupby(["design", "future"], sort=False):
        named = f"{points.get(design) or design} {future}".strip()
        rows.append((named, *(_write_share(share) for share in part["share"])))
    return TextTable(_TITLES[lang][2], _PART_HEADS[lang], rows[:MOST_ROWS], 1)


def _find_labels(rows: DataFrame, also: tuple[str, ...] = ()) -> list[str]:
    """Labels and keys that stand before the policy, and `also`, of which rows have several: what tells points apart."""
    fixed = {*COMPARISON_COLUMNS, *OUTCOME_COLUMNS, "design"}
    ahead = [name for name in rows.columns[: list(rows.columns).index("policy")] if name not in fixed]
    return [name for name in (*ahead, *also) if len(set(rows[name].map(str))) > 1]


def _name_labels(labels: Sequence[str]) -> Text:
    return tuple(name.removeprefix("params.") for name in labels)


def _write_winner(row: Mapping[Any, Any], lang: Lang) -> Text:
    verdict = _VERDICTS[str(row["verdict"])][lang == "zh"]
    names = (
        label_code("scenario", str(row["policy"]), lang),
        str(row["city"]),
        name_outcome(str(row["outcome"]), lang),
    )
    unit = name_difference(str(row["unit"]), lang)
    return (*names, name_group(str(row["group"]), lang), verdict, unit, write_effect(row, lang), f"{row['p_holm']:.3f}")


def _write_share(share: float) -> str:
    return "-" if math.isnan(share) else f"{100.0 * share:.1f} %"


def _write(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
