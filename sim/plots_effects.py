"""Figures of what a policy does: forest plot of the effects, spending by quarter, cost of one more person who stays.

Package-private: use `sim.plots`. One row of a comparison (sim.compare) is one paired effect with its 95 % interval; an
interval that does not exist has empty low and high.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.compare import COST_PER_STAYER, HEADLINES, LEAKAGE_MONEY, LEAKAGE_PERSONS
from sim.filewords import translate_text
from sim.labels import Lang, label, label_code
from sim.outcomes import ALL, ELSEWHERE, TOGETHER
from sim.plots_data import RunsByScenario, measure_cost_by_payer
from sim.plots_style import (
    GREY,
    MILLION,
    PALETTE,
    PAYER_COLORS,
    THOUSAND,
    apply_style,
    draw_legend,
    set_number_axis,
    set_quarter_axis,
    start_panels,
    wrap_text,
    write_caption,
    write_empty_figure,
    write_note,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS_A_SHARE: Final = 100.0
SPREAD: Final = ("talent", "employed")
SCOPES: Final = {"here": "", "elsewhere": ELSEWHERE, "together": TOGETHER}
"""Scope -> end of the name of an outcome."""


def plot_effects(comparison: pd.DataFrame, *, lang: Lang = "en") -> Figure:
    """Forest plot of HEADLINES: a panel an outcome in its own unit, a row a policy, difference and 95 % interval.

    Shown are the rows of group `all`. The cost per additional person who stays has its place in plot_policy_cost.
    """
    title = label("title.effects", lang)
    shown = _select_headline(comparison)
    outcomes = list(dict.fromkeys(shown["outcome"].astype(str))) if len(shown) else []
    with apply_style():
        if not outcomes:
            return write_empty_figure(title, lang)
        policies = list(dict.fromkeys(shown["policy"].astype(str)))
        most = int(shown.groupby(shown["outcome"].astype(str)).size().max())
        figure, panels = start_panels(len(outcomes), title, columns=3, panel=(4.0, 1.25 + 0.3 * most))
        for axes, outcome in zip(panels, outcomes, strict=True):
            rows = shown[(shown["outcome"].astype(str) == outcome).to_numpy()]
            factor, unit = scale_unit(str(rows["unit"].iloc[0]), lang)
            axes.set_title(wrap_text(label_code("outcome", outcome, lang), 44), loc="left")
            axes.set_xlabel(label("axis.difference", lang).format(unit=unit))
            axes.axvline(0.0, color=GREY, linewidth=1.0)
            _draw_forest(axes, rows, factor, policies, lang)
        write_caption(figure, label("caption.effects", lang).format(seeds=_name_seeds(shown)))
    return figure


def plot_policy_cost(
    runs_by_scenario: RunsByScenario, comparison: pd.DataFrame | None = None, *, lang: Lang = "en"
) -> Figure:
    """Money spent by quarter and payer, one panel a scenario that spends, and the cost of one more graduate who stays.

    The last panel needs a comparison; a cost per person whose interval does not exist is not drawn but said to be
    undetermined.
    """
    title = label("title.policy_cost", lang)
    costs = {scenario: measure_cost_by_payer(runs) for scenario, runs in runs_by_scenario.items()}
    costs = {scenario: cost for scenario, cost in costs.items() if not cost.empty and cost.to_numpy().any()}
    ratios = _select_ratios(comparison)
    with apply_style():
        if not costs and ratios is None:
            has_ledger = any("ledger" in run for runs in runs_by_scenario.values() for run in runs)
            return write_empty_figure(title, lang, "note.no_cost" if has_ledger else "note.no_data")
        figure, panels = start_panels(max(1, len(costs)) + (ratios is not None), title, columns=3, panel=(3.8, 3.6))
        payers = list(dict.fromkeys(str(payer) for cost in costs.values() for payer in cost.columns))
        colors = {payer: PAYER_COLORS[number % len(PAYER_COLORS)] for number, payer in enumerate(payers)}
        for axes, (scenario, cost) in zip(panels, costs.items(), strict=False):
            axes.set_title(wrap_text(label_code("scenario", scenario, lang), 36), loc="left")
            _draw_cost_bars(axes, cost, colors, lang)
        if not costs:
            write_note(panels[0], label("note.no_cost", lang))
        if ratios is not None:
            _draw_ratio_panel(panels[-1], ratios, list(dict.fromkeys(ratios["policy"].astype(str))), lang)
        if costs:
            draw_legend(figure, [(label_code("payer", payer, lang), colors[payer]) for payer in payers], least=1)
        n_seeds = max(len(runs) for runs in runs_by_scenario.values()) if runs_by_scenario else 0
        write_caption(figure, label("caption.policy_cost", lang).format(seeds=n_seeds))
    return figure


def plot_spread(comparison: pd.DataFrame, *, lang: Lang = "en") -> Figure:
    """Effects on talent and on people in work here, in all other cities and in all together, with 95 % intervals."""
    title = label("title.spread", lang)
    names = {outcome: [outcome + end for end in SCOPES.values()] for outcome in SPREAD}
    shown = _select_all(comparison, [name for parts in names.values() for name in parts])
    with apply_style():
        if shown.empty:
            return write_empty_figure(title, lang)
        policies = list(dict.fromkeys(shown["policy"].astype(str)))
        size = (4.6, 1.5 + 0.34 * len(SCOPES) * len(policies))
        figure, panels = start_panels(len(SPREAD), title, columns=len(SPREAD), panel=size)
        for axes, outcome in zip(panels, SPREAD, strict=True):
            rows = shown[shown["outcome"].isin(names[outcome]).to_numpy()]
            axes.set_title(label(f"outcome.{outcome}", lang), loc="left")
            axes.set_xlabel(label("axis.difference", lang).format(unit=label("unit.persons", lang)))
            axes.axvline(0.0, color=GREY, linewidth=1.0)
            _draw_forest(axes, rows, 1.0, policies, lang)
            scopes = {outcome + end: label(f"scope.{scope}", lang) for scope, end in SCOPES.items()}
            axes.set_yticks(range(len(rows)), [scopes[str(name)] for name in rows["outcome"]])
        colors = [PALETTE[(number + 1) % len(PALETTE)] for number in range(len(policies))]
        words = [label_code("scenario", policy, lang) for policy in policies]
        draw_legend(figure, list(zip(words, colors, strict=True)), least=1)
        write_caption(figure, label("caption.spread", lang).format(seeds=_name_seeds(shown)))
    return figure


def plot_leakage(comparison: pd.DataFrame, *, lang: Lang = "en") -> Figure:
    """Share of persons reached, and of money paid, that goes to who would be there anyway, by policy."""
    import pandas as pd

    title = label("title.leakage", lang)
    outcomes = (LEAKAGE_PERSONS, LEAKAGE_MONEY)
    shown = comparison[comparison["outcome"].isin(outcomes).to_numpy()] if len(comparison) else comparison
    with apply_style():
        if shown.empty:
            return write_empty_figure(title, lang)
        scenarios = list(dict.fromkeys(shown["policy"].astype(str)))
        most = int(shown.groupby("outcome").size().max())
        figure, panels = start_panels(len(outcomes), title, columns=len(outcomes), panel=(4.6, 1.5 + 0.4 * most))
        for axes, outcome in zip(panels, outcomes, strict=True):
            rows = shown[(shown["outcome"] == outcome).to_numpy()]
            axes.set_title(wrap_text(label(f"outcome.{outcome}", lang), 40), loc="left")
            axes.set_xlabel(label("axis.leakage", lang))
            _draw_forest(axes, rows.assign(difference=rows["value"]), POINTS_A_SHARE, scenarios, lang)
            names = (label_code("policy", translate_text(str(group), lang), lang) for group in rows["group"])
            axes.set_yticks(range(len(rows)), [wrap_text(name, 24) for name in names])
            axes.set_xlim(-3.0, 103.0)
        seeds = _name_seeds(pd.DataFrame(shown))
        colors = [PALETTE[(number + 1) % len(PALETTE)] for number in range(len(scenarios))]
        draw_legend(
            figure, [(label_code("scenario", name, lang), color) for name, color in zip(scenarios, colors, strict=True)]
        )
        write_caption(figure, label("caption.leakage", lang).format(seeds=seeds))
    return figure


def _draw_cost_bars(axes: Axes, cost: pd.DataFrame, colors: dict[str, str], lang: Lang) -> None:
    numbers = cost.index.to_numpy(dtype=float)
    # Refunds may be negative: money out stacks upward from zero, money back downward.
    above, below = np.zeros(len(cost)), np.zeros(len(cost))
    for payer in cost.columns:
        million = cost[payer].to_numpy(dtype=float) / MILLION
        base = np.where(million >= 0, above, below)
        axes.bar(numbers, million, bottom=base, width=1.0, color=colors[str(payer)], linewidth=0.0)
        above += np.maximum(million, 0.0)
        below += np.minimum(million, 0.0)
    axes.set_xlabel(label("axis.quarter", lang))
    axes.set_ylabel(label("axis.cost", lang))
    set_quarter_axis(axes, numbers)
    set_number_axis(axes, "y")


def _draw_forest(axes: Axes, rows: pd.DataFrame, factor: float, policies: list[str], lang: Lang) -> None:
    """Differences and intervals of `rows` from top to bottom, in the colours that `policies` have in other figures."""
    from matplotlib.colors import to_rgba

    middle, low, high = (rows[name].to_numpy(dtype=float) * factor for name in ("difference", "low", "high"))
    names = rows["policy"].astype(str)
    for height, policy in enumerate(names):
        color = PALETTE[(policies.index(policy) + 1) % len(PALETTE)]  # the baseline has the palette's first colour
        bounded = bool(np.isfinite(low[height]) and np.isfinite(high[height]))
        if bounded:
            axes.hlines(height, low[height], high[height], color=color, linewidth=2.2)
        if np.isfinite(middle[height]):
            face = to_rgba(color) if bounded else "white"
            axes.plot(middle[height], height, color=color, marker="o", markersize=5.5, markerfacecolor=face)
        else:
            _write_row_note(axes, height, label("note.not_estimated", lang))
    axes.set_yticks(range(len(rows)), [wrap_text(label_code("scenario", name, lang), 24) for name in names])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.08)
    set_number_axis(axes, "x", most=6)


def _write_row_note(axes: Axes, height: int, words: str) -> None:
    # x in fractions of the axes, y in rows: the note stays inside whatever range the other rows have
    place = axes.get_yaxis_transform()
    axes.text(0.5, height, wrap_text(words, 32), transform=place, ha="center", va="center", fontsize=8.0, color=GREY)


def _draw_ratio_panel(axes: Axes, ratios: pd.DataFrame, policies: list[str], lang: Lang) -> None:
    bounded = np.isfinite(ratios["low"].to_numpy(dtype=float)) & np.isfinite(ratios["high"].to_numpy(dtype=float))
    # a ratio over an effect that may be zero says nothing, so its point is not drawn either
    known = ratios.assign(difference=ratios["difference"].astype(float).where(bounded))
    axes.set_title(wrap_text(label("panel.cost_per_stayer", lang), 40), loc="left")
    axes.set_xlabel(label("axis.cost_per_stayer", lang))
    _draw_forest(axes, known, 1.0 / THOUSAND, policies, lang)
    for note in axes.texts:
        note.set_text(wrap_text(label("note.undetermined", lang), 32))
    if not bounded.any():
        axes.set_xticks([])


def _select_headline(comparison: pd.DataFrame) -> pd.DataFrame:
    """Rows of group `all` of the headline outcomes, in their order; policies keep theirs."""
    if comparison.empty:
        return comparison
    rank = {outcome: number for number, outcome in enumerate(HEADLINES)}
    chosen = comparison["outcome"].isin(HEADLINES) & (comparison["group"].astype(str) == ALL)
    return comparison[chosen.to_numpy()].sort_values("outcome", key=lambda names: names.map(rank), kind="stable")


def _select_all(comparison: pd.DataFrame, outcomes: list[str]) -> pd.DataFrame:
    """Rows of group `all` of `outcomes`, by policy and in the order of outcomes."""
    if comparison.empty:
        return comparison
    chosen = comparison["outcome"].isin(outcomes) & (comparison["group"].astype(str) == ALL)
    return comparison[chosen.to_numpy()]


def _select_ratios(comparison: pd.DataFrame | None) -> pd.DataFrame | None:
    if comparison is None or comparison.empty:
        return None
    chosen = (comparison["outcome"].astype(str) == COST_PER_STAYER) & (comparison["group"].astype(str) == ALL)
    return comparison[chosen.to_numpy()] if chosen.any() else None


def scale_unit(unit: str, lang: Lang) -> tuple[float, str]:
    """The factor from a comparison's unit to the unit shown, and its words."""
    if unit == "share":
        return POINTS_A_SHARE, label("unit.percentage_points", lang)
    if unit == "CNY":
        return 1.0 / MILLION, label("unit.million_cny", lang)
    return 1.0, label_code("unit", unit, lang)


def _name_seeds(shown: pd.DataFrame) -> str:
    few, many = int(shown["seeds"].min()), int(shown["seeds"].max())
    return str(few) if few == many else f"{few}-{many}"
