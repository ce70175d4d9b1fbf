"""Figures of robust choice and of the best size; frame, fonts and colours are those of sim.plots_style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from experiments.cases import Cases, Question
from experiments.optimise import Budget, Optimum
from experiments.robust import DOMINATED, Judgement
from experiments.robust_tables import Writer, name_asked, name_choice, name_state
from experiments.robust_words import word
from sim.labels import Lang
from sim.plots_style import (
    DPI,
    GREY,
    PALETTE,
    apply_style,
    draw_legend,
    set_number_axis,
    start_figure,
    wrap_text,
    write_caption,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_COLORS: Final = len(PALETTE)
"""States beyond which all are grey."""


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, the same bytes for the same data."""
    figure.savefig(path, dpi=DPI, format="png", metadata={"Software": None})


def plot_judgement(judged: Judgement, cases: Cases, question: Question, title: str, lang: Lang) -> Figure:
    """What is judged by choice and future, left; effect against cost, means over futures, right."""
    with apply_style():
        height = 2.2 + 0.16 * len(judged.ranking) * min(len(cases.states), MOST_COLORS)
        figure, [[left, right]] = start_figure(1, 2, (13.0, max(4.4, height)), title)
        _draw_values(left, judged, cases, question, lang)
        _draw_front(right, judged.front, cases, question, lang)
        if 1 < len(cases.states) <= MOST_COLORS:
            draw_legend(figure, [(name_state(name, question, lang), PALETTE[k]) for k, name in enumerate(cases.states)])
        write_caption(figure, word("figure.caption", lang).format(n=cases.effect.shape[2]))
    return figure


def plot_optimum(found: Optimum, budget: Budget, question: Question, title: str, lang: Lang) -> Figure:
    """Effect by size, with what the budget allows and the best size: a curve for one key, a map for two."""
    with apply_style():
        figure, [[axes]] = start_figure(1, 1, (8.5, 5.0), title)
        curves, writer = found.curves, Writer(found.unit, lang)
        allowed = curves.p_budget >= budget.probability
        words = f"{name_asked(question, lang)} ({writer.unit})"
        axes.set_title(word("figure.size", lang), loc="left")
        axes.set_xlabel(curves.keys[0])
        if len(curves.keys) == 1:
            _draw_curve(axes, found, writer.factor, allowed)
            axes.set_ylabel(wrap_text(words, 50))
            set_number_axis(axes, "y")
        else:
            _draw_map(figure, axes, found, writer.factor, allowed, words)
        set_number_axis(axes, "x")
        write_caption(figure, word("figure.size_caption" if len(curves.keys) == 1 else "figure.map_caption", lang))
    return figure


def _draw_values(axes: Axes, judged: Judgement, cases: Cases, question: Question, lang: Lang) -> None:
    """A group of rows a choice, best mean above; a point with its interval a future."""
    writer = Writer(judged.unit, lang)
    choices = [name for name in judged.ranking["choice"] if name != question.baseline]
    few = len(cases.states) <= MOST_COLORS
    for height, choice in enumerate(choices):
        rows = judged.effects[(judged.effects["choice"] == choice).to_numpy()]
        offsets = (np.arange(len(rows)) - (len(rows) - 1) / 2) * min(0.18, 0.7 / len(rows))
        for k, (offset, row) in enumerate(zip(offsets, rows.to_dict("records"), strict=True)):
            color = PALETTE[k] if few else GREY
            low, middle, high = (row[name] * writer.factor for name in ("value_low", "value", "value_high"))
            if np.isfinite(low):
                axes.hlines(height + offset, low, high, color=color, linewidth=1.8 if few else 0.6)
            axes.plot(middle, height + offset, color=color, marker="o", markersize=4.5 if few else 2.0)
    axes.axvline(0.0, color=GREY, linewidth=1.0)
    axes.set_yticks(range(len(choices)), [wrap_text(name_choice(name, question, lang), 26) for name in choices])
    axes.set_ylim(len(choices) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_title(word("figure.values", lang), loc="left")
    axes.set_xlabel(wrap_text(f"{name_asked(question, lang)} ({writer.unit})", 70))
    set_number_axis(axes, "x", most=6)


def _draw_front(axes: Axes, front: pd.DataFrame, cases: Cases, question: Question, lang: Lang) -> None:
    """Mean effect against mean cost; dominated choices hollow."""
    writer, names = Writer(cases.unit, lang), []
    for row in front.to_dict("records"):
        x, y = row["cost_million_cny"], row["effect"] * writer.factor
        if np.isfinite(row["low"]):
            axes.vlines(x, row["low"] * writer.factor, row["high"] * writer.factor, color=GREY, linewidth=1.2)
        if np.isfinite(row["cost_low"]):
            axes.hlines(y, row["cost_low"], row["cost_high"], color=GREY, linewidth=1.2)
        beaten = row["verdict"] == DOMINATED
        face = "white" if beaten else PALETTE[0]
        axes.plot(x, y, marker="o", markersize=6.0, color=PALETTE[0], markerfacecolor=face, linestyle="none")
        names.append((x, y, wrap_text(name_choice(row["choice"], question, lang), 22)))
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    axes.set_title(word("figure.front", lang), loc="left")
    axes.set_xlabel(word("head.cost", lang))
    axes.set_ylabel(wrap_text(f"{name_asked(question, lang)} ({writer.unit})", 50))
    axes.margins(x=0.16, y=0.12)
    axes.autoscale_view()
    _write_names(axes, names)
    for which in ("x", "y"):
        set_number_axis(axes, which)


def _write_names(axes: Axes, names: list[tuple[float, float, str]]) -> None:
    """Write a name beside each point (x, y), towards the middle, one under the other where points are close."""
    to_axes = axes.transData + axes.transAxes.inverted()
    placed = [(*to_axes.transform((x, y)), x, y, words) for x, y, words in names]
    for is_right in (False, True):
        group = sorted((one for one in placed if (one[0] > 0.5) == is_right), key=lambda one: -one[1])
        edge = min((left for left, *_ in group), default=0.0)
        top = 1.0
        for left, height, x, y, words in group:
            top = min(top, height + 0.06)
            across, align = (edge - 0.03, "right") if is_right else (left + 0.02, "left")
            line = {"arrowstyle": "-", "color": GREY, "linewidth": 0.5} if is_right else None
            axes.annotate(words, (x, y), xytext=(across, top), textcoords="axes fraction", fontsize=7.5, color=GREY,
                          ha=align, va="top", arrowprops=line)  # fmt: skip
            top -= 0.045 * (words.count("\n") + 1) + 0.02


def _draw_curve(axes: Axes, found: Optimum, factor: float, allowed: np.ndarray) -> None:
    curves = found.curves
    sizes = curves.sizes[:, 0]
    low, high = np.quantile(curves.draws, [0.025, 0.975], axis=0) * factor
    axes.fill_between(sizes, low, high, color=PALETTE[0], alpha=0.2, linewidth=0.0)
    axes.plot(sizes, curves.effect * factor, color=PALETTE[0])
    axes.plot(curves.points[:, 0], curves.at_points * factor, color=PALETTE[0], marker="o", linestyle="none")
    if not allowed.all():
        place = axes.get_xaxis_transform()
        axes.fill_between(sizes, 0.0, 1.0, where=~allowed, transform=place, color=GREY, alpha=0.15, linewidth=0.0)
    for size in found.sizes:
        axes.axvspan(size.low, size.high, color=PALETTE[1], alpha=0.2, linewidth=0.0)
        axes.axvline(size.best, color=PALETTE[1])


def _draw_map(figure: Figure, axes: Axes, found: Optimum, factor: float, allowed: np.ndarray, words: str) -> None:
    curves = found.curves
    side = len(np.unique(curves.sizes[:, 0]))
    x, y = (curves.sizes[:, k].reshape(side, -1) for k in (0, 1))
    shown = np.where(allowed, curves.effect * factor, np.nan).reshape(side, -1)
    filled = axes.pcolormesh(x, y, shown, cmap="cividis", shading="gouraud" if allowed.all() else "nearest")
    axes.plot(curves.points[:, 0], curves.points[:, 1], color=GREY, marker=".", markersize=3.0, linestyle="none")
    if found.sizes:
        first, second = found.sizes
        axes.hlines(second.best, first.low, first.high, color=PALETTE[1])
        axes.vlines(first.best, second.low, second.high, color=PALETTE[1])
        axes.plot(first.best, second.best, color=PALETTE[1], marker="x")
    axes.set_ylabel(curves.keys[1])
    axes.grid(visible=False)
    set_number_axis(axes, "y")
    figure.colorbar(filled, ax=axes, label=wrap_text(words, 50))
