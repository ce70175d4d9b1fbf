"""Validation of a fit: what it says of figures that it has not seen, beside the prior and three naive benchmarks.

Simulated are the point that the fit chose and the values before it, each with several seeds, and the members of the
ensemble and as many draws from the prior, dealt in turn over the same seeds, so that their bands hold the uncertainty
of parameters and of seeds. The benchmarks (calibration/naive.py) get what the fit saw, and no more.

Groups of figures: `fit` was seen; `held` is held out by rule and seed; `later` needs years after those of the fit;
`check` is fed in, and never counted.
Error: distance from the published figure in tolerances, 0 on the good side of a bound (calibration/targets.py);
a figure that no run produces has the error MISSING. A benchmark is compared with the fit over the figures that it
speaks about: one of them wins where its mean error is smaller by more than EVEN.
Bands: weighted 5 and 95 % quantiles of the members. `wide` bands add the error of the published figure, a normal one
of half its tolerance, as the posterior assumes it.
Reason of a miss, a hint: `absent` where no run of the fit produces the figure, `unreached` where the prior's band does
not meet the tolerance (a rule, a definition or a figure is wrong), `noise` where the mean over seeds is not sure enough
to tell (two standard errors), `traded` else (met elsewhere in the space, but not together with the other figures).
"""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.fitfolder import FitFolder
from calibration.holdout import load_rule, split_by_year, split_targets
from calibration.naive import BENCHMARKS, list_fed, predict_naive
from calibration.posterior import INTERVAL, find_quantiles
from calibration.problem import MISSING, CalibrationError, Problem
from calibration.runs import Runner
from calibration.search import sample_latin
from calibration.targets import Board, Target
from sim.world.spec import World

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

GROUPS: Final = ("fit", "held", "later", "check")
COUNTED: Final = ("fit", "held", "later")
FITTED: Final = "fitted"
BEFORE: Final = "before"
SIMULATED: Final = (FITTED, "ensemble", BEFORE, "prior")
METHODS: Final = (*SIMULATED, *BENCHMARKS)
EVEN: Final = 0.05
"""Difference of mean errors, in tolerances, below which neither wins."""
SEED_OFFSET: Final = 400_000
"""Seeds of a validation begin so far above those of the fit, and above those of all other steps."""
SD_OF_TOLERANCE: Final = 0.5
"""Standard deviation of a published figure over its tolerance (calibration/likelihood.py)."""
NORMAL_95: Final = 1.6448536269514722
"""95 % quantile of the normal distribution."""
ALONE: Final = "alone"
EVENLY: Final = "even"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """One figure and what is said of it. Values as in the figure; NaN where nothing is."""

    figure: Target
    group: str
    values: Mapping[str, float]
    """By method; a benchmark that is silent is absent."""
    noise: float
    """Standard error of the fit's value, from its seeds; NaN with one."""
    band: tuple[float, float]
    """5 and 95 % of the ensemble."""
    prior_band: tuple[float, float]

    def find(self, method: str) -> float:
        """Value by a method; NaN where it is silent."""
        return self.values.get(method, math.nan)

    def speaks(self, method: str) -> bool:
        """Whether a method says anything of the figure."""
        return method in self.values

    def error(self, method: str) -> float:
        """Error of a method in tolerances; NaN where it is silent."""
        if method not in self.values:
            return math.nan
        error = abs(self.figure.error(self.values[method]))
        return MISSING if math.isnan(error) else error

    @property
    def inside(self) -> bool:
        """Whether the fit's value lies within the tolerance."""
        return self.error(FITTED) <= 1.0

    def covers(self, *, wide: bool) -> bool:
        """Whether the band of the ensemble holds the published figure; `wide` with the figure's own error."""
        low, high = self.band
        if math.isnan(low):
            return False
        extra = NORMAL_95 * SD_OF_TOLERANCE * self.figure.tolerance if wide else 0.0
        middle = self.values["ensemble"]
        low, high = middle - math.hypot(middle - low, extra), middle + math.hypot(high - middle, extra)
        above, below = self.figure.bound == "low", self.figure.bound == "high"
        return (above or low <= self.figure.value) and (below or high >= self.figure.value)

    @property
    def reason(self) -> str:
        """Likely reason of a miss: `absent`, `unreached`, `noise` or `traded`; empty where it is none."""
        if self.inside:
            return ""
        if math.isnan(self.values[FITTED]):
            return "absent"
        low, high = self.prior_band
        figure = self.figure
        floor = figure.value - figure.tolerance if figure.bound != "high" else -math.inf
        ceiling = figure.value + figure.tolerance if figure.bound != "low" else math.inf
        if math.isnan(low) or high < floor or low > ceiling:
            return "unreached"
        beyond = (self.error(FITTED) - 1.0) * figure.tolerance
        return "noise" if beyond < 2.0 * self.noise else "traded"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Score:
    """How well figures are met: those of a family and group, or of a whole group."""

    family: str
    """Empty for all families together."""
    group: str
    figures: int
    inside: Mapping[str, int]
    """Figures within tolerance by method."""
    spoken: Mapping[str, int]
    """Figures that a method speaks about."""
    error: Mapping[str, float]
    """Mean error by method over the figures that it speaks about."""
    rival: Mapping[str, float]
    """Mean error of the fit over the figures that a benchmark speaks about."""
    covered: int
    covered_wide: int
    """Published figures that the ensemble's band holds, without and with their own error."""

    @property
    def beaten_by(self) -> tuple[str, ...]:
        """Benchmarks with a smaller mean error than the fit, the best first."""
        gain = {name: self.rival[name] - self.error[name] for name in self.rival}
        return tuple(sorted((name for name in gain if gain[name] > EVEN), key=lambda name: -gain[name]))

    def is_above(self, name: str) -> bool:
        """Whether the fit's mean error is smaller than a benchmark's by more than EVEN."""
        return self.error[name] - self.rival[name] > EVEN

    @property
    def winner(self) -> str:
        """FITTED, a benchmark, `even`, or `alone` where no benchmark speaks."""
        if not self.rival:
            return ALONE
        if self.beaten_by:
            return self.beaten_by[0]
        return FITTED if all(map(self.is_above, self.rival)) else EVENLY


def group_figures(board: Board, until: int | None) -> dict[str, str]:
    """Group of each figure by name, for a fit of figures of years up to `until`."""
    split = split_targets(board.targets, load_rule())
    fit = split.fit if until is None else split_by_year(split.fit, until).fit
    groups = {figure.name: "later" for figure in split.fit} | {figure.name: "fit" for figure in fit}
    groups |= {figure.name: "held" for figure in split.held}
    return groups | {figure.name: "check" for figure in board.figures if figure.use == "check"}


def find_first_seed(seed: int) -> int:
    """First seed that a validation simulates, from the one it was asked for: none that made the fit."""
    return seed + SEED_OFFSET


def run_validation(
    problem: Problem, runner: Runner, board: Board, world: World, fit: FitFolder, *, seed: int, n_seeds: int
) -> list[Entry]:
    """Simulate a fit and its prior, ask the benchmarks, and put all figures together in the order of the board.

    Args:
        problem: simulates all figures of the board in its order.
        runner: of that problem.
        board: the figures.
        world: inputs of the benchmarks.
        fit: what is validated.
        seed: as asked; the first one simulated is that of find_first_seed.
        n_seeds: seeds at the point of the fit and before it, and over which members are dealt.
    """
    prior, n = problem.prior, len(fit.members)
    first = find_first_seed(seed)
    seeds = list(range(first, first + n_seeds))
    runner.expect(2 * n_seeds + 2 * n)
    ends = np.clip(prior.to_unit(np.array([fit.point, prior.start])), 0.0, 1.0)
    at_point, at_start = runner.evaluate(ends, seeds)
    members = deal_seeds(runner, np.clip(prior.to_unit(fit.members), 0.0, 1.0), seeds)
    before = deal_seeds(runner, sample_latin(len(prior.names), n, seed), seeds)
    groups = group_figures(board, fit.until)
    naive = ask_benchmarks(board, world, groups)
    entries = []
    for k, figure in enumerate(board.figures):
        low, middle, high = find_band(members[:, k], fit.weight)
        prior_low, prior_middle, prior_high = find_band(before[:, k], np.full(n, 1.0 / n))
        simulated = (_mean(at_point[:, k]), middle, _mean(at_start[:, k]), prior_middle)
        said = {name: values[figure.name] for name, values in naive.items() if figure.name in values}
        entries.append(
            Entry(
                figure=figure, group=groups[figure.name],
                values={**dict(zip(SIMULATED, simulated, strict=True)), **said},
                noise=_find_noise(at_point[:, k]), band=(low, high), prior_band=(prior_low, prior_high),
            )
        )  # fmt: skip
    return entries


def ask_benchmarks(board: Board, world: World, groups: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """What the benchmarks say of the targets, knowing the inputs and the figures of the group `fit` only."""
    seen = [figure for figure in board.targets if groups[figure.name] == "fit"]
    return predict_naive(world, seen, list_fed(board), board.targets)


def deal_seeds(runner: Runner, unit: FloatArray, seeds: Sequence[int]) -> FloatArray:
    """(point, figure) one run of each of (point, n) points, the seeds dealt to them in turn."""
    found = np.empty((len(unit), len(runner.problem.targets.names)))
    for k, seed in enumerate(seeds[: len(unit)]):
        found[k :: len(seeds)] = runner.evaluate(unit[k :: len(seeds)], [seed])[:, 0]
    return found


def find_band(values: FloatArray, weight: FloatArray) -> tuple[float, float, float]:
    """5 %, 50 % and 95 % weighted quantiles of the values that are there; NaN where none is."""
    there = np.isfinite(values) & (weight > 0)
    if not there.any():
        return math.nan, math.nan, math.nan
    tail, kept = 0.5 * (1.0 - INTERVAL), weight[there] / weight[there].sum()
    low, middle, high = find_quantiles(values[there][:, None], kept, (tail, 0.5, 1.0 - tail))[:, 0]
    return float(low), float(middle), float(high)


def score_entries(entries: Sequence[Entry]) -> list[Score]:
    """Scores of each group that is counted, then of its families, the worst first."""
    scores: list[Score] = []
    for group in COUNTED:
        own = [entry for entry in entries if entry.group == group]
        families = dict.fromkeys(entry.figure.family for entry in own)
        parts = [_score([one for one in own if one.figure.family == name], name, group) for name in families]
        if own:
            scores += [_score(own, "", group), *sorted(parts, key=lambda part: -part.error[FITTED])]
    return scores


def order_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Misses before hits, the largest error first; what is fed in comes last."""
    return sorted(entries, key=lambda entry: (entry.group == "check", entry.inside, -entry.error(FITTED)))


def tabulate_entries(entries: Sequence[Entry]) -> DataFrame:
    """One row for each figure, misses first; what `calibrate report` reads."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for entry in order_entries(entries):
        figure = entry.figure
        row: dict[str, Any] = {"target": figure.name, "family": figure.family, "group": entry.group,
                               "published": figure.value, "tolerance": figure.tolerance, "bound": figure.bound,
                               "inside": entry.inside, "error": entry.error(FITTED), "reason": entry.reason,
                               "noise": entry.noise}  # fmt: skip
        row |= {"low": entry.band[0], "high": entry.band[1]}
        row |= {"prior_low": entry.prior_band[0], "prior_high": entry.prior_band[1]}
        rows.append(row | {name: entry.find(name) for name in METHODS})
    return pd.DataFrame(rows)


def read_entries(path: Path, board: Board) -> list[Entry]:
    """Read what tabulate_entries wrote, with the published figures as they are now.

    Raises CalibrationError where there is no such file, or it is of other figures.
    """
    repair = f"Run: talentsim calibrate validate {path.parent.parent.name}".rstrip()
    if not path.is_file():
        raise CalibrationError(f"{path} is missing: the fit has not been validated. {repair}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["target"]: row for row in csv.DictReader(file)}
    odd = sorted(rows.keys() ^ {figure.name for figure in board.figures})
    if odd:
        raise CalibrationError(f"{path} is of other figures than targets.yaml has now ({odd[0]}). {repair}")
    return [_read_entry(figure, rows[figure.name]) for figure in board.figures]


def _read_entry(figure: Target, row: Mapping[str, str]) -> Entry:
    def number(name: str) -> float:
        return float(row[name] or "nan")

    silent = {name for name in BENCHMARKS if not row[name]}
    return Entry(
        figure=figure,
        group=row["group"],
        values={name: number(name) for name in METHODS if name not in silent},
        noise=number("noise"),
        band=(number("low"), number("high")),
        prior_band=(number("prior_low"), number("prior_high")),
    )


def tabulate_scores(scores: Sequence[Score]) -> DataFrame:
    """One row for each score: counts, mean errors by method, bands, who wins."""
    import pandas as pd

    rows = []
    for score in scores:
        row: dict[str, Any] = {"group": score.group, "family": score.family or "all", "figures": score.figures,
                               "inside": score.inside[FITTED], "inside_before": score.inside[BEFORE],
                               "in_band": score.covered, "in_wide_band": score.covered_wide}  # fmt: skip
        row |= {f"error_{name}": score.error.get(name, math.nan) for name in METHODS}
        for name in BENCHMARKS:
            row |= {f"spoken_{name}": score.spoken[name], f"fitted_where_{name}": score.rival.get(name, math.nan)}
        rows.append({**row, "wins": score.winner})
    return pd.DataFrame(rows)


def _score(entries: Sequence[Entry], family: str, group: str) -> Score:
    spoken = {name: [entry for entry in entries if entry.speaks(name)] for name in METHODS}
    rivals = {name: spoken[name] for name in BENCHMARKS if spoken[name]}
    return Score(
        family=family,
        group=group,
        figures=len(entries),
        inside={name: sum(entry.error(name) <= 1.0 for entry in own) for name, own in spoken.items()},
        spoken={name: len(own) for name, own in spoken.items()},
        error={name: _mean_error(own, name) for name, own in spoken.items() if own},
        rival={name: _mean_error(own, FITTED) for name, own in rivals.items()},
        covered=sum(entry.covers(wide=False) for entry in entries),
        covered_wide=sum(entry.covers(wide=True) for entry in entries),
    )


def _mean_error(entries: Sequence[Entry], method: str) -> float:
    return float(np.mean([entry.error(method) for entry in entries]))


def _mean(values: FloatArray) -> float:
    there = values[np.isfinite(values)]
    return float(there.mean()) if len(there) else math.nan


def _find_noise(values: FloatArray) -> float:
    """Standard error of the mean of the values that are there."""
    there = values[np.isfinite(values)]
    return float(there.std(ddof=1) / math.sqrt(len(there))) if len(there) > 1 else math.nan
