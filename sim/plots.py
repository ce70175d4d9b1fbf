"""The figures: one function each, result tables in, a matplotlib Figure out.

`runs_by_scenario` maps each scenario's name to its runs, one per seed, the baseline first; every scenario keeps its
colour in all figures. A run maps the names of the result tables to their frames (docs/model.md, result tables).
`places` holds the names of places by language; without it their codes are shown. Missing data give a figure that says
so, never an error. What is computed stands in plots_data, how a figure is framed in plots_style, the figures of effects
and cost in plots_effects. Figures are not bound to pyplot: nothing is shown, nothing need be closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.labels import Lang, PlaceLabels, label, label_code, label_place
from sim.plots_data import (
    HORIZONS,
    Runs,
    RunsByScenario,
    band_over_seeds,
    count_moves,
    find_period,
    measure_city,
    measure_pay,
    measure_postings,
    measure_stay_share,
    measure_waiting,
    rank_cities,
)
from sim.plots_effects import plot_effects, plot_leakage, plot_policy_cost, plot_spread
from sim.plots_style import (
    COLOR_AI,
    COLOR_ALL,
    DPI,
    GREY,
    THOUSAND,
    LineStyle,
    apply_style,
    caption_bands,
    draw_legend,
    draw_scenarios,
    format_number,
    list_scenarios,
    set_number_axis,
    set_quarter_axis,
    set_tick_font,
    set_year_axis,
    shorten_count,
    start_figure,
    write_caption,
    write_empty_figure,
)
from sim.types import EDUCATION, INDUSTRY, Quarter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

SHARE_TO_POINTS: Final = 0.01


def save_figures(
    runs_by_scenario: RunsByScenario,
    comparison: pd.DataFrame | None,
    folder: Path,
    lang: Lang,
    city: str,
    places: PlaceLabels | None = None,
    *,
    ensemble: bool = False,
) -> list[Path]:
    """Draw every figure and write it as PNG; returns the paths in the order of writing.

    Figures of one scenario carry its name: pay_baseline.png, origin_destination_baseline.png. Without a comparison
    (a single scenario) effects.png, where_it_falls.png and leakage.png are left out. `city` is the focus city. The
    folder is made where there is none. With `ensemble` captions say that each seed has a parameter set of its own.
    """
    figures: dict[str, Figure] = {}
    if comparison is not None:
        figures["effects"] = plot_effects(comparison, lang=lang)
        figures["where_it_falls"] = plot_spread(comparison, lang=lang)
        figures["leakage"] = plot_leakage(comparison, lang=lang)
    figures["stay_shares"] = plot_stay_shares(runs_by_scenario, city, lang=lang, places=places)
    figures["labour_market"] = plot_labour_market(runs_by_scenario, lang=lang, places=places)
    figures["rent"] = plot_rent(runs_by_scenario, first_city=city, lang=lang, places=places)
    figures["hukou"] = plot_hukou(runs_by_scenario, city, lang=lang, places=places)
    figures["policy_cost"] = plot_policy_cost(runs_by_scenario, comparison, lang=lang)
    first = _first_runs(runs_by_scenario)
    for scenario, runs in runs_by_scenario.items():
        name = _name_file(scenario)
        figures[f"pay_{name}"] = plot_pay(runs, scenario=scenario, like=first, lang=lang, places=places)
        figures[f"origin_destination_{name}"] = plot_origin_destination(
            runs, scenario=scenario, city=city, like=first, lang=lang, places=places
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for stem, figure in figures.items():
        if ensemble:
            written_so_far = figure.get_supxlabel().replace("\n", " " if lang == "en" else "")
            write_caption(figure, written_so_far, label("caption.ensemble", lang))
        path = folder / f"{stem}.png"
        figure.savefig(path, dpi=DPI, format="png", metadata={"Software": None})
        written.append(path)
    return written


def plot_stay_shares(
    runs_by_scenario: RunsByScenario, city: str, *, lang: Lang = "en", places: PlaceLabels | None = None
) -> Figure:
    """Share of a city's graduates who still live there 6 and 12 months, 3, 5 and 8 years on, by cohort year."""
    title = label("title.stay_shares", lang).format(city=label_place(city, lang, places))
    bands = {
        (horizon, scenario): band_over_seeds(runs, partial(measure_stay_share, city=city, horizon=horizon))
        for horizon in HORIZONS
        for scenario, runs in runs_by_scenario.items()
    }
    with apply_style():
        if all(band.empty for band in bands.values()):
            return write_empty_figure(title, lang)
        figure, (row,) = start_figure(1, len(HORIZONS), (13.0, 3.8), title, sharey="all")
        years = [year for band in bands.values() for year in band.index]
        for axes, horizon in zip(row, HORIZONS, strict=True):
            drawn = [(scenario, bands[horizon, scenario]) for scenario in runs_by_scenario]
            axes.set_title(label(f"horizon.{horizon}", lang), loc="left")
            axes.set_xlabel(label("axis.cohort_year", lang))
            set_year_axis(axes, years)
            if all(band.empty for _, band in drawn):
                axes.text(0.5, 0.5, label("note.not_reached", lang), transform=axes.transAxes, ha="center", color=GREY)
            draw_scenarios(axes, [band for _, band in drawn])
        row[0].set_ylabel(label("axis.stay_share", lang))
        set_number_axis(row[0], "y")
        row[0].set_ylim(bottom=0.0)
        draw_legend(figure, list_scenarios(runs_by_scenario, lang))
        write_caption(figure, label("caption.stay_shares", lang), caption_bands(_count_seeds(runs_by_scenario), lang))
    return figure


def plot_origin_destination(
    runs: Runs,
    *,
    scenario: str = "baseline",
    city: str | None = None,
    start: Quarter | None = None,
    end: Quarter | None = None,
    like: Runs | None = None,
    lang: Lang = "en",
    places: PlaceLabels | None = None,
) -> Figure:
    """Heat map of persons who moved from city (rows) to city (columns) over a period; log colours, numbers in cells.

    Places stand in the order of their moves, `city` before them; the smallest are pooled. With `like`, the runs of
    another scenario, the order is that of theirs, so that the two figures can be laid side by side.
    """
    title = _title_period(
        label("title.origin_destination", lang), scenario, find_period(runs, "flows", start, end), lang
    )
    moves = count_moves(runs, start, end, first=city, like=like)
    with apply_style():
        if moves.empty or not (moves.to_numpy() > 0).any():
            return write_empty_figure(title, lang)
        from matplotlib.colors import LogNorm

        persons = np.ma.masked_less_equal(moves.to_numpy(), 0.0)
        norm = LogNorm(persons.min(), max(persons.max(), persons.min() * 10.0))
        side = 2.6 + 0.62 * len(moves)
        figure, [[axes]] = start_figure(1, 1, (max(side + 1.2, 7.5), max(side, 4.5)), title)
        image = axes.imshow(persons, norm=norm, cmap="cividis", aspect="auto")
        names = [label_place(str(place), lang, places) for place in moves.index]
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(names)), names)
        axes.grid(visible=False)
        axes.set_xlabel(label("axis.to_city", lang))
        axes.set_ylabel(label("axis.from_city", lang))
        for (row, column), count in np.ndenumerate(moves.to_numpy()):
            color = "white" if count > 0 and norm(count) < 0.55 else "black"
            axes.text(column, row, shorten_count(count, lang), ha="center", va="center", fontsize=7.0, color=color)
        _draw_colorbar(figure, axes, image, label("axis.moves", lang))
        write_caption(figure, label("caption.origin_destination", lang).format(seeds=len(runs)))
    return figure


def plot_labour_market(
    runs_by_scenario: RunsByScenario,
    *,
    city: str | None = None,
    lang: Lang = "en",
    places: PlaceLabels | None = None,
) -> Figure:
    """New postings, hires and openings per application by quarter, of a city or of all: all above, AI below."""
    title = label("title.labour_market", lang).format(city=label_place(city or "all", lang, places))
    quantities = (("new_postings", THOUSAND), ("hires", THOUSAND), ("tightness", 1.0))
    bands = {
        (ai_only, quantity, scenario): band_over_seeds(
            runs, partial(measure_postings, city=city, ai_only=ai_only, quantity=quantity)
        )
        for ai_only in (False, True)
        for quantity, _ in quantities
        for scenario, runs in runs_by_scenario.items()
    }
    with apply_style():
        if all(band.empty for band in bands.values()):
            return write_empty_figure(title, lang)
        figure, grid = start_figure(2, len(quantities), (13.0, 6.2), title, sharex=True)
        numbers = [number for band in bands.values() for number in band.index]
        for row, ai_only in zip(grid, (False, True), strict=True):
            kind = label("ai.ai" if ai_only else "ai.all", lang)
            for axes, (quantity, scale) in zip(row, quantities, strict=True):
                axes.set_title(f"{kind} · {label(f'axis.{quantity}', lang)}", loc="left")
                draw_scenarios(axes, [bands[ai_only, quantity, name] for name in runs_by_scenario], scale=scale)
                set_number_axis(axes, "y")
                axes.set_ylim(bottom=0.0)
                set_quarter_axis(axes, numbers)
        for axes in grid[-1]:
            axes.set_xlabel(label("axis.quarter", lang))
        draw_legend(figure, list_scenarios(runs_by_scenario, lang))
        seeds = caption_bands(_count_seeds(runs_by_scenario), lang)
        write_caption(figure, label("caption.labour_market", lang), seeds)
    return figure


def plot_pay(
    runs: Runs,
    *,
    scenario: str = "baseline",
    start: Quarter | None = None,
    end: Quarter | None = None,
    like: Runs | None = None,
    lang: Lang = "en",
    places: PlaceLabels | None = None,
) -> Figure:
    """Mean pay offered by education, industry and city, all postings beside AI postings, with the spread over seeds.

    Cities stand by their pay; with `like`, the runs of another scenario, by that of theirs.
    """
    title = _title_period(label("title.pay", lang), scenario, find_period(runs, "postings", start, end), lang)
    bands = {
        (by, ai_only): band_over_seeds(runs, partial(measure_pay, by=by, ai_only=ai_only, start=start, end=end))
        for by in ("education", "industry", "city")
        for ai_only in (False, True)
    }
    with apply_style():
        if all(band.empty for band in bands.values()):
            return write_empty_figure(title, lang)
        most = max(len(band) for band in bands.values())
        ranking = partial(measure_pay, by="city", ai_only=False, start=start, end=end)
        ordering = bands["city", False] if like is None else band_over_seeds(like, ranking)
        ranked = [str(city) for city in ordering["median"].sort_values(kind="stable").index]
        figure, (row,) = start_figure(1, 3, (13.0, max(4.2, 1.8 + 0.24 * most)), title)
        for axes, by in zip(row, ("education", "industry", "city"), strict=True):
            _draw_pay_panel(axes, by, (bands[by, False], bands[by, True]), ranked, lang, places)
        draw_legend(figure, [(label("ai.all", lang), COLOR_ALL), (label("ai.ai", lang), COLOR_AI)])
        write_caption(figure, label("caption.pay", lang).format(seeds=len(runs)))
    return figure


def _draw_pay_panel(
    axes: Axes,
    by: str,
    bands: tuple[pd.DataFrame, pd.DataFrame],
    cities: Sequence[str],
    lang: Lang,
    places: PlaceLabels | None,
) -> None:
    every = set(bands[0].index) | set(bands[1].index)
    orders = {"education": EDUCATION, "industry": INDUSTRY[::-1], "city": cities}  # from the bottom up
    codes = [code for code in orders[by] if code in every]
    codes += sorted(every - set(codes))
    for color, band, offset in ((COLOR_ALL, bands[0], 0.13), (COLOR_AI, bands[1], -0.13)):
        known = [(height, code) for height, code in enumerate(codes) if code in band.index]
        if known:
            heights = np.array([height for height, _ in known]) + offset
            low, median, high = (band.loc[[code for _, code in known], name] / THOUSAND for name in band.columns)
            axes.hlines(heights, low, high, color=color, linewidth=2.0, alpha=0.5)
            axes.plot(median, heights, color=color, marker="o", markersize=5.0, linestyle="none")
    words = [label_place(code, lang, places) if by == "city" else label_code(by, code, lang) for code in codes]
    axes.set_yticks(range(len(codes)), words)
    axes.set_ylim(-0.7, len(codes) - 0.3)
    axes.set_title(label(f"panel.pay_{by}", lang), loc="left")
    axes.set_xlabel(label("axis.pay", lang))
    set_number_axis(axes, "x")


def plot_rent(
    runs_by_scenario: RunsByScenario,
    cities: Sequence[str] | None = None,
    *,
    first_city: str | None = None,
    lang: Lang = "en",
    places: PlaceLabels | None = None,
) -> Figure:
    """Market rent and rent share of income by quarter; a column a city, by default `first_city` and the largest."""
    title = label("title.rent", lang)
    chosen = list(cities) if cities is not None else rank_cities(_first_runs(runs_by_scenario), first_city, most=4)
    columns = (("rent", 1.0), ("rent_burden", SHARE_TO_POINTS))
    bands = {
        (city, column, scenario): band_over_seeds(runs, partial(measure_city, city=city, column=column))
        for city in chosen
        for column, _ in columns
        for scenario, runs in runs_by_scenario.items()
    }
    with apply_style():
        if all(band.empty for band in bands.values()):
            return write_empty_figure(title, lang)
        figure, grid = start_figure(2, len(chosen), (3.2 + 2.7 * len(chosen), 5.6), title, sharex=True, sharey="row")
        numbers = [number for band in bands.values() for number in band.index]
        for row, (column, scale) in zip(grid, columns, strict=True):
            row[0].set_ylabel(label(f"axis.{column}", lang))
            for axes, city in zip(row, chosen, strict=True):
                draw_scenarios(axes, [bands[city, column, name] for name in runs_by_scenario], scale=scale)
                set_quarter_axis(axes, numbers)
            set_number_axis(row[0], "y")
        for axes, city in zip(grid[0], chosen, strict=True):
            axes.set_title(label_place(city, lang, places), loc="left")
        for axes in grid[-1]:
            axes.set_xlabel(label("axis.quarter", lang))
        draw_legend(figure, list_scenarios(runs_by_scenario, lang))
        write_caption(figure, caption_bands(_count_seeds(runs_by_scenario), lang))
    return figure


def plot_hukou(
    runs_by_scenario: RunsByScenario, city: str, *, lang: Lang = "en", places: PlaceLabels | None = None
) -> Figure:
    """Hukou granted in a quarter beside its quota (left) and residents without local hukou (right)."""
    title = label("title.hukou", lang).format(city=label_place(city, lang, places))
    granted, quota, waiting = (
        [band_over_seeds(runs, reduce) for runs in runs_by_scenario.values()]
        for reduce in (
            partial(measure_city, city=city, column="hukou_granted"),
            partial(measure_city, city=city, column="hukou_quota"),
            partial(measure_waiting, city=city),
        )
    )
    with apply_style():
        if all(band.empty for band in (*granted, *quota, *waiting)):
            return write_empty_figure(title, lang)
        figure, [[left, right]] = start_figure(1, 2, (11.0, 4.2), title)
        draw_scenarios(left, granted)
        draw_scenarios(left, quota, linestyle="--")
        draw_scenarios(right, waiting, scale=THOUSAND)
        numbers = [number for band in (*granted, *quota, *waiting) for number in band.index]
        for axes, axis in ((left, "granted"), (right, "waiting")):
            axes.set_title(label(f"axis.{axis}", lang), loc="left")
            axes.set_xlabel(label("axis.quarter", lang))
            set_quarter_axis(axes, numbers)
            set_number_axis(axes, "y")
            axes.set_ylim(bottom=0.0)
        styles: list[tuple[str, LineStyle]] = [
            (label("legend.granted", lang), "-"),
            (label("legend.quota", lang), "--"),
        ]
        draw_legend(figure, list_scenarios(runs_by_scenario, lang), styles)
        write_caption(figure, label("caption.hukou", lang), caption_bands(_count_seeds(runs_by_scenario), lang))
    return figure


def _title_period(words: str, scenario: str, period: Sequence[Quarter | None], lang: Lang) -> str:
    start, end = (quarter or "?" for quarter in period)
    return words.format(scenario=label_code("scenario", scenario, lang), start=start, end=end)


def _draw_colorbar(figure: Figure, axes: Axes, image: AxesImage, words: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    bar = figure.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label(words)
    bar.ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: format_number(value)))
    bar.ax.yaxis.set_minor_formatter(NullFormatter())
    set_tick_font(bar.ax)


def _count_seeds(runs_by_scenario: RunsByScenario) -> int:
    return max((len(runs) for runs in runs_by_scenario.values()), default=0)


def _first_runs(runs_by_scenario: RunsByScenario) -> Runs:
    return next(iter(runs_by_scenario.values()), ())


def _name_file(scenario: str) -> str:
    return re.sub(r"[^\w.-]+", "_", scenario)
