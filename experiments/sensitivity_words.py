"""A sensitivity as tables of text for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from experiments import plan_cautions
from experiments.sensitivity import FEWEST_PATHS, Method
from sim.effects import Text, TextTable, choose_unit, has_no_width, name_difference
from sim.labels import LABELS, Lang, PlaceLabels, in_brackets, join_words, label, label_scenario

if TYPE_CHECKING:
    from pandas import DataFrame

FEWEST_BASE: Final = 32
"""Base points of `sobol` below which shares are too rough to be read."""
_HEADS: Final[dict[Lang, dict[Method, Text]]] = {
    "en": {
        "morris": (
            "mean absolute effect, {unit} (95 %)",
            "mean effect, {unit}",
            "spread, {unit}",
            "without chance, {unit}",
        ),
        "sobol": ("alone, % of variance (95 %)", "with others, % of variance (95 %)"),
        "oat": ("at low, {unit} (95 %)", "at high, {unit} (95 %)"),
    },
    "zh": {
        "morris": (
            "平均绝对效应，{unit}（95%区间）",
            "平均效应，{unit}",
            "效应标准差，{unit}",
            "均方根效应，{unit}（剔除随机误差）",
        ),
        "sobol": ("一阶指数%（95%区间）", "总效应指数%（95%区间）"),
        "oat": ("取下限时的差值，{unit}（95%区间）", "取上限时的差值，{unit}（95%区间）"),
    },
}
_KEY_HEADS: Final[dict[Lang, Text]] = {
    "en": ("key", "its unit", "start", "low", "high"),
    "zh": ("参数", "参数单位", "起点", "下限", "上限"),
}
_TITLES: Final[dict[Lang, dict[Method, str]]] = {
    "en": {
        "morris": "what the whole range of a key changes",
        "sobol": "shares of the variance over the ranges of all keys",
        "oat": "what each end of the range of a key changes, all else at the start",
    },
    "zh": {
        "morris": "参数走完整个取值区间带来的变化",
        "sobol": "各参数在取值区间内占总方差的比例",
        "oat": "其余参数取起点值时，某一参数取区间两端带来的变化",
    },
}
_ASKED: Final[dict[Lang, tuple[str, str, str]]] = {
    "en": ("{outcome}, {city}", ", less that of {base} in the same run", "{asked}: {what}{unit}; {repeats}, {runs}"),
    "zh": ("{city}，{outcome}", "（减去同一次模拟中{base}的值）", "{asked}：{what}{unit}；{repeats}，{runs}"),
}
_UNIT: Final[dict[Lang, str]] = {"en": ", in {unit}", "zh": "（{unit}）"}
_COUNTED: Final = {"seed": "个随机种子", "parameter set": "组参数", "run": "次模拟"}
_ALIKE: Final[dict[Lang, str]] = {"en": "all paths alike", "zh": "各路径结果相同"}
_ONE: Final[dict[Lang, str]] = {
    "en": "One seed: how much of what differs between points is chance is not known. Take --seeds 2 or more.",
    "zh": "只有1个随机种子：无法得知各设计点之间的差异有多少是随机误差。请用 --seeds 2 或更多。",
}
_NOISE: Final[dict[Lang, str]] = {
    "en": "Of what differs between points {noise:.1f} % is chance, with {seeds} seeds.",
    "zh": "各设计点之间的差异中，随机误差占{noise:.1f}%（{seeds}个随机种子）。",
}
_FEW_PATHS: Final[dict[Lang, str]] = {
    "en": "{n} paths are too few for intervals. Take --n {fewest} or more.",
    "zh": "只有{n}条路径，不足以给出区间。请用 --n {fewest} 或更多。",
}
_FEW_BASE: Final[dict[Lang, str]] = {
    "en": "Shares from {n} base points are rough, and may lie outside 0 to 100 %. Take --n {fewest} or more.",
    "zh": "仅用{n}个基础样本点，各指数误差很大，可能超出0到100%。请用 --n {fewest} 或更多。",
}
_STRANGE: Final[dict[Lang, str]] = {
    "en": "No share of a variance is outside 0 to 100 %, as the intervals here are of: {keys}. Take a larger --n.",
    "zh": "以下参数的区间全部落在0到100%之外，不可能是方差占比：{keys}。请加大 --n。",
}


def describe_asked(
    method: Method,
    *,
    outcome: str,
    city: str,
    against: str | None,
    counts: Mapping[str, int],
    unit: str | None = None,
    lang: Lang,
) -> str:
    """One line: which outcome is meant, what is told of it in which unit, and from how many seeds and runs.

    Args:
        method: How it is told.
        outcome: Words for the outcome.
        city: Words for the place.
        against: Words for the policy that is taken off; None without one.
        counts: Numbers of `seeds`, `members` (parameter sets) and `runs`.
        unit: Of the outcome; None before any run, which tells it.
        lang: Language.
    """
    name, less, line = _ASKED[lang]
    asked = name.format(outcome=outcome, city=city) + ("" if against is None else less.format(base=against))
    own = "" if unit is None or method == "sobol" else _UNIT[lang].format(unit=name_difference(unit, lang))
    repeats = _count(counts["seeds"], "seed", lang)
    if counts["members"] > 1:
        repeats += f" x {_count(counts['members'], 'parameter set', lang)}"
    runs = _count(counts["runs"], "run", lang)
    return line.format(asked=asked, what=_TITLES[lang][method], unit=own, repeats=repeats, runs=runs)


def list_doubts(method: Method, n_seeds: int, n_members: int, lang: Lang) -> list[str]:
    """What so few repetitions mean: intervals of oat are over them, those of the others over paths or points."""
    if method == "oat":
        return plan_cautions.list_doubts(n_seeds, n_members, lang)
    return [_ONE[lang]] if n_seeds * max(1, n_members) < 2 else []


def list_sensitivity(
    found: DataFrame, method: Method, *, lang: Lang, named: PlaceLabels | None = None
) -> list[TextTable]:
    """One table for each policy and future of what experiments.sensitivity_run.add_ranges returns."""
    tables = []
    for (policy, future), rows in found.groupby(["policy", "future"], sort=False):
        title = join_words((label_scenario(str(name), lang, named) for name in (policy, future) if name), lang)
        lines = [_write_row(row, method, lang) for row in rows.to_dict("records")]
        unit = name_difference(str(rows["unit"].iloc[0]), lang)
        heads = (*_KEY_HEADS[lang], *(head.format(unit=unit) for head in _HEADS[lang][method]))
        tables.append(TextTable(title, heads, lines, 2))
    return tables


def list_notes(found: DataFrame, method: Method, n: int, lang: Lang) -> list[str]:
    """What stands below the tables of list_sensitivity of a design of size `n`.

    How much of what differs is chance, where more than one seed can tell; and whether the design is too small.
    """
    noise, notes = float(found["noise"].max()), list[str]()
    if method != "oat" and not math.isnan(noise):
        notes.append(_NOISE[lang].format(noise=100.0 * noise, seeds=int(found["seeds"].max())))
    if method == "morris" and n < FEWEST_PATHS:
        notes.append(_FEW_PATHS[lang].format(n=n, fewest=FEWEST_PATHS))
    if method == "sobol" and n < FEWEST_BASE:
        notes.append(_FEW_BASE[lang].format(n=n, fewest=FEWEST_BASE))
    if method == "sobol" and _list_strange(found):
        notes.append(_STRANGE[lang].format(keys=", ".join(_list_strange(found))))
    return notes


def _list_strange(found: DataFrame) -> list[str]:
    """Keys of which an interval of a share has no part within 0 and 1: no share of anything."""
    strange = [
        str(row["key"]).removeprefix("params.")
        for row in found.to_dict("records")
        if any(row[f"{name}_low"] > 1.0 or row[f"{name}_high"] < 0.0 for name in ("first", "total"))
    ]
    return list(dict.fromkeys(strange))


def _write_row(row: Mapping[Any, Any], method: Method, lang: Lang) -> Text:
    factor, decimals, _ = choose_unit(str(row["unit"]), lang)

    def write(number: float, *, sign: bool) -> str:
        rounded = round(number * factor, decimals) + 0.0
        return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"

    def write_interval(value: float, low: float, high: float, *, sign: bool, alike: str) -> str:
        if math.isnan(low):
            return write(value, sign=sign)
        if has_no_width(low, high):
            return in_brackets(write(value, sign=sign), alike, lang)
        return f"{write(value, sign=sign)} ({write(low, sign=sign)} .. {write(high, sign=sign)})"

    unit = str(row["key_unit"])
    unit = label(f"unit.{unit}", lang) if f"unit.{unit}" in LABELS else unit
    values = (_write_value(row[name]) for name in ("start", "low_value", "high_value"))
    names = (str(row["key"]).removeprefix("params."), unit, *values)
    if method == "sobol":
        cells = [(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("first", "total")]
        return (*names, *(f"{100 * mid:.1f} ({100 * low:.1f} .. {100 * high:.1f})" for mid, low, high in cells))
    if method == "morris":
        first = write_interval(row["mu_star"], row["low"], row["high"], sign=False, alike=_ALIKE[lang])
        return (
            *names,
            first,
            write(row["mu"], sign=True),
            *(write(row[one], sign=False) for one in ("sigma", "signal")),
        )
    steps = (tuple(row[f"at_{end}{part}"] for part in ("", "_low", "_high")) for end in ("low", "high"))
    return (*names, *(write_interval(*step, sign=True, alike=label("note.alike", lang)) for step in steps))


def _write_value(value: float) -> str:
    """A value of a key as files have it; a dash where the scenario has no number."""
    return "-" if math.isnan(value) else f"{value:,.10g}"


def _count(number: int, one: str, lang: Lang) -> str:
    if lang == "zh":
        return f"{number}{_COUNTED[one]}"
    return f"{number} {one}{'s' * (number != 1)}"
