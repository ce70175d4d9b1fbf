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
from calibration.targets import Board, Target
from sim.labels import Lang
from sim.run import simulate_moments
from sim.scenario import Scenario
from sim.types import Quarter

HORIZON_QUARTERS: Final = 24
"""Quarters of a run for calibration: 2019Q1 to 2024Q4."""
FIRST_QUARTER: Final = Quarter.parse("2019Q1")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "family": ("family", "类别"),
    "figure": ("figure", "指标"),
    "published": ("published", "公布值"),
    "tolerance": ("tolerance", "容差"),
    "simulated": ("simulated", "模拟值"),
    "spread": ("sd", "标准差"),
    "unit": ("unit", "单位"),
    "inside": ("inside", "在容差内"),
    "use": ("use", "用途"),
    "source": ("source", "来源"),
    "figures": ("figures", "指标数"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "fit": ("fit", "拟合"),
    "held": ("held out", "留出"),
    "check": ("check", "核对"),
    "title.figures": ("Figures", "指标"),
    "title.families": ("Families", "类别"),
    "all": ("all", "合计"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table ready to be printed."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    n_names: int
    """Columns of text before the numbers."""


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


def list_figures(
    board: Board, figures: Sequence[Target], values: Mapping[str, Sequence[float]], held: Collection[str], lang: Lang
) -> TextTable:
    """One row for each figure; `held` names the figures that no fit sees."""
    ordered = sorted(figures, key=lambda figure: _rank(figure, values[figure.name]))
    rows = [_describe_figure(figure, board, values[figure.name], held, lang) for figure in ordered]
    names = ("family", "figure", "use", "inside", "published", "tolerance", "simulated", "spread", "unit", "source")
    return _make_table("title.figures", names, rows, 4, lang)


def list_families(
    board: Board, figures: Sequence[Target], values: Mapping[str, Sequence[float]], lang: Lang
) -> TextTable:
    """How many figures of each family are inside; the last row is all targets."""
    rows: list[tuple[str, ...]] = []
    for family in dict.fromkeys(figure.family for figure in figures):
        own = [figure for figure in figures if figure.family == family]
        rows.append((board.labels[family][lang], str(len(own)), str(_count_inside(own, values))))
    targets = [figure for figure in figures if figure.use == "target"]
    rows.append((_say("all", lang), str(len(targets)), str(_count_inside(targets, values))))
    return _make_table("title.families", ("family", "figures", "inside"), rows, 1, lang)


def _count_inside(figures: Sequence[Target], values: Mapping[str, Sequence[float]]) -> int:
    return sum(figure.accepts(_find_mean(values[figure.name])) for figure in figures)


def _rank(figure: Target, values: Sequence[float]) -> tuple[bool, float]:
    """Misses before hits, the largest error first; a figure without a value before all."""
    error = abs(figure.error(_find_mean(values)))
    return figure.accepts(_find_mean(values)), -error if not math.isnan(error) else -math.inf


def _describe_figure(
    figure: Target, board: Board, values: Sequence[float], held: Collection[str], lang: Lang
) -> tuple[str, ...]:
    mean, spread = _find_mean(values), _find_spread(values)
    sign = {"low": "> ", "high": "< "}.get(figure.bound, "")
    use = "check" if figure.use == "check" else "held" if figure.name in held else "fit"
    return (
        board.labels[figure.family][lang],
        _describe_rows(figure),
        _say(use, lang),
        _say("yes" if figure.accepts(mean) else "no", lang),
        sign + _write(figure.value, figure),
        _write(figure.tolerance, figure),
        _write(mean, figure),
        "-" if math.isnan(spread) else _write(spread, figure),
        figure.unit.replace("_", " "),
        ", ".join(row.id for row in figure.rows),
    )


def _find_mean(values: Sequence[float]) -> float:
    present = [value for value in values if not math.isnan(value)]
    return statistics.fmean(present) if present else math.nan


def _find_spread(values: Sequence[float]) -> float:
    present = [value for value in values if not math.isnan(value)]
    return statistics.stdev(present) if len(present) > 1 else math.nan


def _write(value: float, figure: Target) -> str:
    """A number in the unit of the document, with as many digits as make sense."""
    return f"{value / figure.factor:.4g}"


def _describe_rows(figure: Target) -> str:
    """What the figure is: statistic and dimensions of its first row, and what varies among figures of the same row."""
    row = figure.rows[0]
    words = [word for name, word in row.dims.items() if name != "bound"]
    _, _, varied = figure.name.partition(" ")
    told = [row.period] if row.period not in words else []
    return f"{row.statistic.replace('_', ' ')}: {', '.join([*words, *told, *varied.split()])}"


def _make_table(title: str, names: Sequence[str], rows: list[tuple[str, ...]], n_names: int, lang: Lang) -> TextTable:
    heads = tuple(_say(name, lang) for name in names)
    return TextTable(title=_say(title, lang), heads=heads, rows=rows, n_names=n_names)


def _say(word: str, lang: Lang) -> str:
    english, chinese = _WORDS[word]
    return chinese if lang == "zh" else english
