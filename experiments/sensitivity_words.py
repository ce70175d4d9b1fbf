"""A sensitivity as tables of text for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from experiments.sensitivity import Method
from sim.effects import Text, TextTable, choose_unit, has_no_width
from sim.labels import Lang, PlaceLabels, label, label_scenario

if TYPE_CHECKING:
    from pandas import DataFrame

_HEADS: Final[dict[Lang, dict[Method, Text]]] = {
    "en": {
        "morris": ("key", "unit", "mean absolute effect (95 %)", "mean effect", "spread", "without chance"),
        "sobol": ("key", "alone, % of variance (95 %)", "with others, % of variance (95 %)"),
        "oat": ("key", "unit", "low", "high", "difference at low (95 %)", "difference at high (95 %)"),
    },
    "zh": {
        "morris": ("参数", "单位", "平均绝对效应 (95%置信区间)", "平均效应", "效应标准差", "均方根效应 (剔除随机误差)"),
        "sobol": ("参数", "一阶指数% (95%置信区间)", "总效应指数% (95%置信区间)"),
        "oat": ("参数", "单位", "下限", "上限", "取下限时的差值 (95%置信区间)", "取上限时的差值 (95%置信区间)"),
    },
}
_NOISE: Final[dict[Lang, str]] = {
    "en": "Of what differs between points {noise:.1f} % is chance, with {seeds} seeds.",
    "zh": "各设计点之间的差异中，随机误差占{noise:.1f}%（{seeds}个随机种子）。",  # noqa: RUF001  (full-width on purpose)
}


def list_sensitivity(
    found: DataFrame, method: Method, *, lang: Lang, named: PlaceLabels | None = None
) -> list[TextTable]:
    """One table for each policy and future of what experiments.sensitivity.measure_sensitivity returns."""
    tables = []
    for (policy, future), rows in found.groupby(["policy", "future"], sort=False):
        title = ", ".join(label_scenario(str(name), lang, named) for name in (policy, future) if name)
        lines = [_write_row(row, method, lang) for row in rows.to_dict("records")]
        tables.append(TextTable(title, _HEADS[lang][method], lines, 2 if method != "sobol" else 1))
    return tables


def note_noise(found: DataFrame, method: Method, lang: Lang) -> list[str]:
    """How much of what differs is chance; nothing where one seed cannot tell, or each step has its own interval."""
    noise = float(found["noise"].max())
    if method == "oat" or math.isnan(noise):
        return []
    return [_NOISE[lang].format(noise=100.0 * noise, seeds=int(found["seeds"].max()))]


def _write_row(row: Mapping[Any, Any], method: Method, lang: Lang) -> Text:
    factor, decimals, unit = choose_unit(str(row["unit"]), lang)

    def write(value: float, low: float = math.nan, high: float = math.nan) -> str:
        middle, left, right = (
            f"{round(number * factor, decimals) + 0.0:,.{decimals}f}" for number in (value, low, high)
        )
        if math.isnan(low):
            return middle
        return f"{middle} ({label('note.alike', lang) if has_no_width(low, high) else f'{left} .. {right}'})"

    key = str(row["key"]).removeprefix("params.")
    if method == "sobol":
        cells = [(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("first", "total")]
        return (key, *(f"{100 * mid:.1f} ({100 * low:.1f} .. {100 * high:.1f})" for mid, low, high in cells))
    if method == "morris":
        others = (write(row[name]) for name in ("mu", "sigma", "signal"))
        return (key, unit, write(row["mu_star"], row["low"], row["high"]), *others)
    ends = (f"{row[f'{end}_value']:,g}" for end in ("low", "high"))
    steps = (write(*(row[f"at_{end}{part}"] for part in ("", "_low", "_high"))) for end in ("low", "high"))
    return (key, unit, *ends, *steps)
