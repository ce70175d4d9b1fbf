"""Figures of robust choice and of the best size; frame, fonts and colours are those of sim.plots_style."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from experiments.cases import Cases, Question
from experiments.optimise import Budget, Optimum
from experiments.placing import LEAST_LINE, Box, place_boxes
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

_NAME_SIZE: Final = 7.5
_MARKER: Final = 4.0
"""Points around the middle of a marker that no name may touch."""
_GAP: Final = 2.5
"""Points beside a bar that no name should touch."""
_AIR: Final = 1.5
"""Points around a name."""
MOST_COLORS: Final = len(PALETTE)
"""States beyond which all are grey."""


class Name(NamedTuple):
    """What is to be written at a point."""

    words: str
    spot: tuple[float, float]
    bars: Box
    """How far its intervals reach."""


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, the same bytes for the same data."""
    figure.savefig(path, dpi=DPI, format="png", metadata={"Software": None})


def plot_judgement(judged: Judgement, cases: Cases, question: Question, title: str, lang: Lang) -> Figure:
    """What is judged by choice and future, left; effect against cost, means over futures, right."""
    with apply_style():
        height = 2.2 + 0.16 * len(judged.ranking) * min(len(cases.states), MOST_COLORS)
        figure, [[left, right]] = start_figure(1, 2, (13.0, max(4.4, height)), title)
        _draw_values(left, judged, cases, question, lang)
        names = _draw_front(right, judged.front, cases, question, lang)
        if 1 < len(cases.states) <= MOST_COLORS:
            draw_legend(figure, [(name_state(name, question, lang), PALETTE[k]) for k, name in enumerate(cases.states)])
        write_caption(figure, word("figure.caption", lang).format(n=cases.effect.shape[2]))
        _write_names(figure, right, names)
    return figure


def plot_optimum(found: Optimum, budget: Budget, question: Question, title: str, lang: Lang) -> Figure:
    """Effect by size, with what the budget allows and the best size: a curve for one key, a map for two."""
    with apply_style():
        figure, [[axes]] = start_figure(1, 1, (8.5, 5.0), title)
        curves, writer = found.curves, Writer(found.unit, lang)
        allowed = curves.p_budget >= budget.probability
        words = _name_difference(question, writer, lang)
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


def _name_difference(question: Question, writer: Writer, lang: Lang) -> str:
    """What an axis shows: the difference from doing nothing, not the level."""
    return word("figure.difference", lang).format(outcome=name_asked(question, lang), unit=writer.unit)


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
    axes.set_xlabel(wrap_text(_name_difference(question, writer, lang), 70))
    set_number_axis(axes, "x", most=6)


def _draw_front(axes: Axes, front: pd.DataFrame, cases: Cases, question: Question, lang: Lang) -> list[Name]:
    """Mean effect against mean cost; dominated choices hollow. Returns what is to be written at the points."""
    writer, names = Writer(cases.unit, lang), list[Name]()
    for row in front.to_dict("records"):
        x, y = row["cost_million_cny"], row["effect"] * writer.factor
        if np.isfinite(row["low"]):
            axes.vlines(x, row["low"] * writer.factor, row["high"] * writer.factor, color=GREY, linewidth=1.2)
        if np.isfinite(row["cost_low"]):
            axes.hlines(y, row["cost_low"], row["cost_high"], color=GREY, linewidth=1.2)
        beaten = row["verdict"] == DOMINATED
        face = "white" if beaten else PALETTE[0]
        axes.plot(x, y, marker="o", markersize=6.0, color=PALETTE[0], markerfacecolor=face, linestyle="none")
        ends = (row["cost_low"], row["low"] * writer.factor, row["cost_high"], row["high"] * writer.factor)
        words = wrap_text(name_choice(row["choice"], question, lang), 22)
        names.append(Name(words, (x, y), Box(*np.where(np.isfinite(ends), ends, (x, y, x, y)))))
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    axes.set_title(word("figure.front", lang), loc="left")
    axes.set_xlabel(word("head.cost", lang))
    axes.set_ylabel(wrap_text(_name_difference(question, writer, lang), 50))
    axes.margins(x=0.16, y=0.12)
    axes.autoscale_view()
    for which in ("x", "y"):
        set_number_axis(axes, which)
    return names


def _write_names(figure: Figure, axes: Axes, names: Sequence[Name]) -> None:
    """Write names beside their points, once all else of the figure is laid out; far ones are tied to them by a line."""
    figure.set_dpi(DPI)
    style: dict[str, Any] = {"textcoords": "offset points", "fontsize": _NAME_SIZE, "color": GREY, "va": "bottom"}
    texts = [axes.annotate(one.words, one.spot, xytext=(0, 0), **style) for one in names]
    for text in texts:
        text.set_in_layout(False)
    figure.draw_without_rendering()
    extents = [text.get_window_extent() for text in texts]
    point = DPI / 72
    spots, bars, walls = [], [], [_draw_zero_wall(axes)]
    for one in names:
        x, y = axes.transData.transform(one.spot)
        left, bottom, right, top = axes.transData.transform([one.bars[:2], one.bars[2:]]).ravel()
        bars += [
            Box(left, y - _GAP * point, right, y + _GAP * point),
            Box(x - _GAP * point, bottom, x + _GAP * point, top),
        ]
        walls.append(Box(x - _MARKER * point, y - _MARKER * point, x + _MARKER * point, y + _MARKER * point))
        spots.append((float(x), float(y)))
    sizes = [(extent.width + 2 * _AIR * point, extent.height + 2 * _AIR * point) for extent in extents]
    line = min((height for _, height in sizes), default=1.0)
    found = place_boxes(spots, sizes, Box(*axes.get_window_extent().extents), walls=walls, bars=bars, line=line)
    for text, (x, y), box in zip(texts, spots, found, strict=True):
        if box is None:
            text.remove()
            continue
        text.set_position(((box.left - x) / point + _AIR, (box.bottom - y) / point + _AIR))
        text.set_multialignment("right" if box.right < x else "left")
        end = box.find_nearest((x, y))
        if math.dist(end, (x, y)) > LEAST_LINE * line:
            inverse = axes.transData.inverted()
            axes.plot(
                *inverse.transform([(x, y), end]).T, color=GREY, linewidth=0.5, zorder=1.5, scalex=False, scaley=False
            )


def _draw_zero_wall(axes: Axes) -> Box:
    """Where the line of zero runs, with room for its width."""
    frame, height = axes.get_window_extent(), axes.transData.transform((0.0, 0.0))[1]
    return Box(frame.x0, height - 2.0, frame.x1, height + 2.0)


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
