"""Figures of a sensitivity: a tornado of single steps, or bars of the indices of Morris or Sobol.

One panel for each policy and future, the key that moves the outcome most on top. Lines are 95 % intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.labels import Lang, PlaceLabels, label, label_scenario
from sim.plots_effects import scale_unit
from sim.plots_style import (
    DPI,
    GREY,
    PALETTE,
    apply_style,
    draw_legend,
    format_number,
    set_number_axis,
    start_panels,
    wrap_text,
    write_caption,
    write_empty_figure,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_KEYS: Final = 15
"""Keys that a panel shows; the table has all."""
COLORS: Final = (PALETTE[5], PALETTE[1])
_INDICES: Final = {
    "morris": (("mu_star", "low", "high"), ("signal", "", "")),
    "sobol": (("first", "first_low", "first_high"), ("total", "total_low", "total_high")),
}
"""Columns of the bars of a key, each with those of its interval."""
_POINTS: Final = 100.0


def plot_sensitivity(
    found: pd.DataFrame,
    method: str,
    *,
    outcome: str,
    city: str,
    against: str | None = None,
    lang: Lang = "en",
    labels: PlaceLabels | None = None,
) -> Figure:
    """Draw what moves an outcome.

    Args:
        found: One row for each policy, future and key, as of experiments.sensitivity.measure_sensitivity.
        method: `oat`, `morris` or `sobol`.
        outcome: Words for the outcome.
        city: Name of the place.
        against: Words for the policy that the others are held against; None where levels are meant.
        lang: Language.
        labels: What a sweep calls its policies and futures.
    """
    kind = "title.sensitivity" if against is None else "title.sensitivity_effect"
    title = label(kind, lang).format(city=city, outcome=outcome, against=against)
    with apply_style():
        if found.empty:
            return write_empty_figure(title, lang)
        panels = [(names, rows) for names, rows in found.groupby(["policy", "future"], sort=False)]
        most = min(MOST_KEYS, max(len(rows) for _, rows in panels))
        figure, axes = start_panels(len(panels), title, columns=2, panel=(6.2, 1.4 + 0.5 * most))
        for one, ((policy, future), rows) in zip(axes, panels, strict=True):
            _draw_panel(one, rows.head(MOST_KEYS), method, lang)
            if len(panels) > 1:
                names = [label_scenario(str(name), lang, labels) for name in (policy, future) if name]
                one.set_title(wrap_text(", ".join(names), 48), loc="left")
        draw_legend(figure, _list_legend(found, method, lang))
        write_caption(figure, *_write_notes(found, max(len(rows) for _, rows in panels), method, lang))
    return figure


def save_sensitivity(figure: Figure, file: Path) -> None:
    """Write a figure as PNG."""
    figure.savefig(file, dpi=DPI)


def _draw_panel(axes: Axes, rows: pd.DataFrame, method: str, lang: Lang) -> None:
    factor, unit = scale_unit(str(rows["unit"].iloc[0]), lang)
    if method == "oat":
        axes.set_xlabel(label("axis.shift", lang).format(unit=unit))
        axes.axvline(0.0, color=GREY, linewidth=1.0)
        _draw_bars(axes, rows, [(f"at_{end}", f"at_{end}_low", f"at_{end}_high") for end in ("low", "high")], factor)
        ends = zip(rows["key"], rows["low_value"], rows["high_value"], strict=True)
        names = [
            f"{_name_key(key)}\n{format_number(float(low))} .. {format_number(float(high))}" for key, low, high in ends
        ]
    else:
        if method == "sobol":
            factor = _POINTS
        words = "axis.variance_share" if method == "sobol" else "axis.whole_range"
        axes.set_xlabel(label(words, lang).format(unit=unit))
        _draw_bars(axes, rows, list(_INDICES[method]), factor)
        names = [_name_key(key) for key in rows["key"]]
    axes.set_yticks(range(len(rows)), names)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    set_number_axis(axes, "x", most=6)


def _draw_bars(axes: Axes, rows: pd.DataFrame, columns: Sequence[tuple[str, str, str]], factor: float) -> None:
    """Two bars a key, one above the other, each with its interval where it has one."""
    for number, (name, low, high) in enumerate(columns):
        heights = np.arange(len(rows)) + (number - 0.5) * 0.34
        axes.barh(heights, rows[name].to_numpy(float) * factor, height=0.32, color=COLORS[number], linewidth=0.0)
        if low:
            left, right = (rows[end].to_numpy(float) * factor for end in (low, high))
            axes.hlines(heights, left, right, color="black", linewidth=1.0)


def _list_legend(found: pd.DataFrame, method: str, lang: Lang) -> list[tuple[str, str]]:
    """Words and colour of each kind of bar that is drawn."""
    keys = ("end.low", "end.high") if method == "oat" else tuple(f"index.{name}" for name, _, _ in _INDICES[method])
    drawn = (True, method != "morris" or _has_signal(found))
    return [(label(key, lang), color) for key, color, one in zip(keys, COLORS, drawn, strict=True) if one]


def _has_signal(found: pd.DataFrame) -> bool:
    return bool((found["signal"] > 0.0).any())


def _write_notes(found: pd.DataFrame, n_keys: int, method: str, lang: Lang) -> list[str]:
    notes = [label(f"caption.sensitivity_{method}", lang).format(seeds=int(found["seeds"].max()))]
    noise = float(found["noise"].max())
    if method != "oat" and math.isfinite(noise):
        notes.append(label("caption.noise", lang).format(share=format_number(_POINTS * noise)))
    if method == "morris" and not _has_signal(found):
        notes.append(label("caption.no_signal", lang))
    if n_keys > MOST_KEYS:
        notes.append(label("note.shown_keys", lang).format(shown=MOST_KEYS, keys=n_keys))
    return notes


def _name_key(key: str) -> str:
    return wrap_text(key.removeprefix("params."), 34)
