"""Naive benchmarks: what somebody would say of a published figure without simulating anybody.

    last_value   the figure of the same kind published last (below)
    gravity      graduates choose a city by a logit with distance (calibration/naive_gravity.py)
    matching     stocks and flows with a matching function, and postings as the inputs mix them (naive_matching.py)

All three know what the model knows and no more: the inputs of the world, inputs that are published as figures, and
the figures that the fit saw. A figure that is held out is never among them; the caller passes what was seen. Each
speaks about the figures it has a rule for and is silent (absent) about the others.

Last value: of the figures seen with the same moment and the same arguments apart from time, the last one whose
statement had ended before: the period of the figure, the periods of its rows (one row that states a value for four
years is known after the fourth) and, for a share of several quarters, all of these. Inputs are known for all times, as
they are to the model, so that of them the last one that is not of a later period is taken and, where all are later, the
first: a figure said by a later input is no foresight. A period says something with a figure that is no bound, or with
a lower and an upper one, whose middle is taken.
Stocks that the world starts from count as inputs of the quarter before the run. A change is expected to be none. No
figure is predicted by a row that states it: a row that gives the same range for five years would else foretell itself.
"""

from __future__ import annotations

import collections
import dataclasses
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from calibration.naive_gravity import predict_gravity
from calibration.naive_matching import predict_matching
from calibration.periods import list_quarters
from calibration.targets import Board, Target
from sim.types import Quarter
from sim.world.spec import World

Predictor = Callable[[World, Sequence[Target], Sequence[Target]], dict[str, float]]

TIME_ARGS: Final = ("cohort", "year", "period", "quarter", "since", "until", "base")
CHANGES: Final[Mapping[str, float]] = {
    "change_ai_postings": 0.0, "growth_talent": 0.0, "change_density": 0.0, "change_higher_education": 0.0,
    "fall_first_jobs": 0.0, "ratio_stayers": 1.0,
}  # fmt: skip
"""Moments that compare two times, and their value where nothing changes, which is what is expected."""
SAME_AS: Final[Mapping[str, str]] = {"mean_first_jobs": "count_first_jobs"}
"""Moments that are a level of another one over several years."""
NO_PERIOD: Final = ("unspecified", "not_stated")
"""What rows say whose document names no period; that of the figure is taken."""
START: Final = Quarter.parse("2018Q4").number
"""The quarter before the run, whose stocks are inputs."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Level:
    """A value at a time, and the rows that state it."""

    when: int
    """Quarter in which the period of the figure ends."""
    told: int
    """Quarter in which all ends that the statement speaks of: not before `when`."""
    value: float
    rows: frozenset[str]
    fed: bool
    """Whether it is an input, known for all times."""


def list_fed(board: Board) -> tuple[Target, ...]:
    """Figures that the model is fed with: checks all of whose rows are inputs."""
    return tuple(
        figure
        for figure in board.figures
        if figure.use == "check" and all(row.id in board.registry.inputs for row in figure.rows)
    )


def predict_naive(
    world: World, seen: Sequence[Target], fed: Sequence[Target], asked: Sequence[Target]
) -> dict[str, dict[str, float]]:
    """Value of each figure asked for that a benchmark can speak about: {benchmark: {name of the figure: value}}.

    Args:
        world: the inputs.
        seen: figures that the fit saw.
        fed: figures that are inputs.
        asked: figures to be said; their published values are not looked at.
    """
    known = [*seen, *fed]
    return {name: predict(world, known, asked) for name, predict in BENCHMARKS.items()}


def predict_last_value(world: World, known: Sequence[Target], asked: Sequence[Target]) -> dict[str, float]:
    """The figure of the same kind published last. See the module."""
    levels = _list_levels(world, known)
    found: dict[str, float] = {}
    for figure in asked:
        if figure.moment in CHANGES:
            found[figure.name] = CHANGES[figure.moment]
            continue
        own = {row.id for row in figure.rows}
        start = _find_start(figure.args)
        others = [
            level
            for level in levels[_name_kind(figure.moment, figure.args)]
            if (level.fed or level.told < start) and not level.rows & own
        ]
        if others:
            found[figure.name] = _pick(others, _find_time(figure.args))
    return found


BENCHMARKS: Final[Mapping[str, Predictor]] = {
    "last_value": predict_last_value, "gravity": predict_gravity, "matching": predict_matching,
}  # fmt: skip
"""All benchmarks by name."""


def _pick(levels: Sequence[_Level], when: int) -> float:
    """Value of the last level up to a time, else of the first after it; the mean where several share a time."""
    before = [level.when for level in levels if level.when <= when]
    at = max(before) if before else min(level.when for level in levels)
    return statistics.fmean(level.value for level in levels if level.when == at)


def _list_levels(world: World, known: Sequence[Target]) -> dict[str, list[_Level]]:
    """Levels that are known, by kind."""
    groups: dict[tuple[str, int], list[Target]] = collections.defaultdict(list)
    for figure in known:
        if figure.moment not in CHANGES:
            groups[_name_kind(figure.moment, figure.args), _find_time(figure.args)].append(figure)
    levels: dict[str, list[_Level]] = collections.defaultdict(list)
    for (kind, when), figures in groups.items():
        levels[kind] += [_make_level(when, (figure,)) for figure in figures if not figure.bound]
        low, high = ([figure for figure in figures if figure.bound == side] for side in ("low", "high"))
        if low and high:
            levels[kind].append(_make_level(when, (low[0], high[0])))
    for moment, stock in (("count_talent", world.talent_start), ("count_working", world.employed_start)):
        for place, value in zip(world.places, stock.tolist(), strict=True):
            start = _Level(when=START, told=START, value=value, rows=frozenset(), fed=True)
            levels[_name_kind(moment, {"city": place})].append(start)
    return levels


def _make_level(when: int, figures: Sequence[Target]) -> _Level:
    rows = frozenset(row.id for figure in figures for row in figure.rows)
    value = statistics.fmean(figure.value for figure in figures)
    fed = all(figure.use == "check" for figure in figures)
    return _Level(when=when, told=max(map(_find_told, figures)), value=value, rows=rows, fed=fed)


def _name_kind(moment: str, args: Mapping[str, Any]) -> str:
    """Moment and arguments apart from time: figures of one kind differ in their period only."""
    kept = {name: value for name, value in args.items() if name not in TIME_ARGS}
    return f"{SAME_AS.get(moment, moment)} {sorted(kept.items(), key=lambda item: item[0])}"


def _find_time(args: Mapping[str, Any]) -> int:
    """Number of the quarter in which the period of a figure ends."""
    return _list_quarters(args, "until")[-1]


def _find_told(figure: Target) -> int:
    """Number of the quarter in which all ends that a figure speaks of: its period, those of its rows, and `of`."""
    ends = [_find_time(figure.args), *(list_quarters(str(quarter))[-1] for quarter in figure.args.get("of", ()))]
    periods = [row.period for row in figure.rows if row.period not in NO_PERIOD]
    return max([*ends, *(list_quarters(period)[-1] for period in periods)])


def _find_start(args: Mapping[str, Any]) -> int:
    """Number of the quarter in which the period of a figure begins."""
    return _list_quarters(args, "since")[0]


def _list_quarters(args: Mapping[str, Any], of_several_years: str) -> list[int]:
    for name in ("quarter", "period", of_several_years, "year", "cohort"):
        if name in args:
            return list_quarters(str(args[name]))
    return [START]
