"""Published figures beside simulated ones, as a table of text: misses first, worst first.

Simulated is the mean over seeds of a run of 24 quarters from 2019Q1 with the parameters as they are; a figure is
inside where that mean lies within its tolerance. The spread between seeds stands beside it, because at small scales it
is large where few agents are counted. A seed in which nobody is counted does not count. Left out: bands over sets of
parameters.
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from calibration.evidence import EvidenceError
from calibration.moments import Reading, read_moment
from calibration.report_words import say
from calibration.targets import Board, Target
from calibration.targetwords import describe_lines, write_error, write_published, write_value
from sim.labels import Lang, PlaceLabels
from sim.run import simulate_moments
from sim.scenario import Scenario
from sim.types import Quarter

HORIZON_QUARTERS: Final = 24
"""Quarters of a run for calibration: 2019Q1 to 2024Q4."""
FIRST_QUARTER: Final = Quarter.parse("2019Q1")


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table ready to be printed."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    n_names: int
    """Columns of text before the numbers."""


WIDTH: Final = 120
"""Characters that the table of figures has room for."""


def simulate_figures(
    scenario: Scenario,
    figures: Sequence[Target],
    seeds: Sequence[int],
    on_done: Callable[[int, int], None] | None = None,
) -> dict[str, list[float]]:
    """Simulated value of each figure by name, one for each seed.

    Raises:
        EvidenceError: where the scenario has no such city, or does not cover the years of the figures.
    """
    _refuse_foreign(scenario, figures)
    values: dict[str, list[float]] = {figure.name: [] for figure in figures}
    for done, seed in enumerate(seeds, start=1):
        reading = Reading.of(simulate_moments(scenario, seed), scenario)
        for figure in figures:
            values[figure.name].append(read_moment(reading, figure.moment, figure.args))
        if on_done is not None:
            on_done(done, len(seeds))
    return values


def _refuse_foreign(scenario: Scenario, figures: Sequence[Target]) -> None:
    years = [figure.year for figure in figures if figure.year]
    if scenario.start > FIRST_QUARTER or scenario.end.year < max(years, default=0):
        raise EvidenceError(f"{scenario.name} runs from {scenario.start} to {scenario.end}, the figures from "
                            f"{FIRST_QUARTER} to {max(years)}. Take the years of the baseline")  # fmt: skip
    named = {str(word) for figure in figures for word in _find_cities(figure.args)}
    unknown = sorted(named - set(scenario.world.places))
    if unknown:
        raise EvidenceError(f"{scenario.name} has no {', '.join(unknown)}: the figures are about the world `china`")


def _find_cities(args: Mapping[str, Any]) -> Iterator[Any]:
    """Cities among the arguments of a moment and its cells."""
    for name, value in args.items():
        if isinstance(value, Mapping):
            yield from _find_cities(value)
        elif name == "city":
            yield from value if isinstance(value, list) else [value]


def tell_scenario(scenario: Scenario, lang: Lang) -> str:
    """Whose parameters were simulated: those of a fit, or those before any."""
    fit = scenario.fit
    if fit is None:
        return say("scenario.plain", lang).format(name=scenario.name)
    return say("scenario.fit", lang).format(name=scenario.name, fit=fit.name, n=len(fit.keys))


def list_figures(
    board: Board, values: Mapping[str, Sequence[float]], held: Collection[str], places: PlaceLabels, lang: Lang
) -> TextTable:
    """What each figure with values is, its id, use and unit below; `held` names what no fit sees."""
    ordered = sorted(_pick(board, values), key=lambda figure: _rank(figure, values[figure.name]))
    rows = [_write_row(figure, values[figure.name], held, places, lang) for figure in ordered]
    heads = ("head.figure", "head.published", "head.simulated", "head.sd", "head.error", "head.in")
    return _make_table("title.figures", heads, rows, 1, lang)


def list_families(board: Board, values: Mapping[str, Sequence[float]], held: Collection[str], lang: Lang) -> TextTable:
    """How many figures of each family are inside; below, of those that a fit sees, of those `held` out and of both.

    Figures that are fed in count in their family only.
    """
    figures = _pick(board, values)
    rows: list[tuple[str, ...]] = []
    for family in dict.fromkeys(figure.family for figure in figures):
        own = [figure for figure in figures if figure.family == family]
        rows.append((board.labels[family][lang], str(len(own)), str(_count_inside(own, values))))
    targets = [figure for figure in figures if figure.use == "target"]
    parts = {
        "group.fit": [figure for figure in targets if figure.name not in held],
        "group.held": [figure for figure in targets if figure.name in held],
        "all" if len(targets) == len(figures) else "all.counted": targets,
    }
    rows += [(say(word, lang), str(len(own)), str(_count_inside(own, values))) for word, own in parts.items()]
    return _make_table("title.families", ("head.family", "head.figures", "head.inside"), rows, 1, lang)


def _pick(board: Board, values: Mapping[str, Sequence[float]]) -> list[Target]:
    return [figure for figure in board.figures if figure.name in values]


def _count_inside(figures: Sequence[Target], values: Mapping[str, Sequence[float]]) -> int:
    return sum(figure.accepts(_find_mean(values[figure.name])) for figure in figures)


def _rank(figure: Target, values: Sequence[float]) -> tuple[bool, float]:
    """Misses before hits, the largest error first; a figure without a value before all."""
    error = abs(figure.error(_find_mean(values)))
    return figure.accepts(_find_mean(values)), -error if not math.isnan(error) else -math.inf


def _write_row(
    figure: Target, values: Sequence[float], held: Collection[str], places: PlaceLabels, lang: Lang
) -> tuple[str, ...]:
    mean, spread = _find_mean(values), _find_spread(values)
    use = "check" if figure.use == "check" else "held" if figure.name in held else "fit"
    return (
        describe_lines(figure, places, lang, say(use, lang)),
        write_published(figure),
        write_value(mean, figure),
        write_value(spread, figure),
        write_error(abs(figure.error(mean))),
        say("yes" if figure.accepts(mean) else "no", lang),
    )


def _find_mean(values: Sequence[float]) -> float:
    present = [value for value in values if not math.isnan(value)]
    return statistics.fmean(present) if present else math.nan


def _find_spread(values: Sequence[float]) -> float:
    present = [value for value in values if not math.isnan(value)]
    return statistics.stdev(present) if len(present) > 1 else math.nan


def _make_table(title: str, heads: Sequence[str], rows: list[tuple[str, ...]], n_names: int, lang: Lang) -> TextTable:
    return TextTable(title=say(title, lang), heads=tuple(say(head, lang) for head in heads), rows=rows, n_names=n_names)
