"""Recovery: are parameters found again when they are known?

Truths are drawn from the prior and simulated, each with TRUTH_SEEDS seeds of its own; their figures, with errors as
published ones have them, take the place of the published ones; the posterior is computed as for the real figures, from
one design that all truths share. A parameter's 90 % interval should then hold its truth in 90 % of the truths, and be
narrow if the figures tell something about it.

    identified        posterior sd at most half of the prior's, on average over truths
    weak              at most four fifths
    not identified    wider, or intervals that hold the truth in fewer than 80 % of the truths

The sd is that of the quantile under the prior, so that a factor over two orders of size and a share are alike.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from calibration.budget import Budget
from calibration.draws import FIGURE_ERROR, TRUTH, draw_normals, draw_uniforms
from calibration.emulator import Emulator
from calibration.likelihood import ErrorModel
from calibration.posterior import INTERVAL, UNIFORM_SD, Design, emulate_design, simulate_design, update_belief
from calibration.problem import Problem, Targets, average_seeds, measure_seed_noise
from calibration.runs import Runner

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

FEWEST_TRUTHS: Final = 20
IDENTIFIED: Final = 0.5
WEAK: Final = 0.8
"""Posterior sd over prior sd up to which a parameter is identified, or weakly so."""
LEAST_COVERAGE: Final = 0.8
"""Share of truths in their interval below which an interval is not to be trusted."""
TRUTH_OFFSET: Final = 200_000
"""Seeds of truths begin so far above those of a fit."""
TRUTH_SEEDS: Final = 20
"""Seeds of each truth, its own: many, since published figures are of a world of many people."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Recovery:
    """Truths and what was found of them, in the unit cube. Arrays are (truth, n)."""

    truth: FloatArray
    low: FloatArray
    median: FloatArray
    high: FloatArray
    """Ends of the 90 % interval and the median."""
    sd_ratio: FloatArray
    """Posterior over prior standard deviation."""

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Whether the interval holds the truth."""
        return (self.low <= self.truth) & (self.truth <= self.high)


def run_recovery(problem: Problem, runner: Runner, budget: Budget, seed: int) -> Recovery:
    """Draw truths, simulate them and look for them; each truth found counts as a run in the progress."""
    n_truths = max(FEWEST_TRUTHS, budget.truths)
    runner.expect(budget.design * budget.seeds + n_truths * TRUTH_SEEDS + n_truths)
    design = simulate_design(problem, runner, budget, seed)
    emulator = emulate_design(problem.targets, design)
    n = len(problem.prior.names)
    truth = draw_uniforms(seed, TRUTH, (n_truths, n))
    seeds = seed + TRUTH_OFFSET + np.arange(n_truths * TRUTH_SEEDS).reshape(n_truths, TRUTH_SEEDS)
    runs = runner.evaluate(truth, seeds)
    figures, noise = average_seeds(runs), np.nan_to_num(measure_seed_noise(runs))
    find = functools.partial(_find_truth, problem.targets, figures, noise, design, emulator, budget.particles, seed)
    return _measure_clouds(truth, np.array(runner.map(find, range(n_truths))))


def publish_figures(targets: Targets, figures: FloatArray, seed: int, number: int) -> Targets:
    """`targets` with the (target,) figures of a truth, each with an error as the likelihood assumes it.

    A bound is published so far from the figure that it holds. A figure that the truth does not produce stays what it
    was with a tolerance that tells nothing.
    """
    n = len(targets.names)
    drawn = draw_normals(seed, FIGURE_ERROR, (number + 1, n))[number]
    is_upper, is_lower = np.isinf(targets.below), np.isinf(targets.above)
    drawn = np.where(is_lower, np.abs(drawn), np.where(is_upper, -np.abs(drawn), drawn))
    # the size of an error is that of the tolerance on its side; a bound has one on the other side only
    above = is_upper | (~is_lower & (drawn > 0.0))
    value = figures - drawn * ErrorModel.of(targets, np.zeros(n)).measure_sd(above)
    known = np.isfinite(figures)
    wide = 1e6 * np.maximum(1.0, np.abs(targets.value))
    return dataclasses.replace(
        targets,
        value=np.where(known, value, targets.value),
        below=np.where(known, targets.below, wide),
        above=np.where(known, targets.above, wide),
    )


def judge_params(names: Sequence[str], recovery: Recovery) -> DataFrame:
    """One row for each parameter: coverage of its 90 % interval, mean sd over that of the prior, verdict."""
    import pandas as pd

    coverage = recovery.covered.mean(axis=0)
    ratio = recovery.sd_ratio.mean(axis=0)
    verdict = [give_verdict(float(one), float(share)) for one, share in zip(ratio, coverage, strict=True)]
    frame = pd.DataFrame({"parameter": names, "coverage": coverage, "sd_ratio": ratio, "verdict": verdict})
    return frame.sort_values("sd_ratio", ignore_index=True, kind="stable")


def list_truths(names: Sequence[str], recovery: Recovery) -> DataFrame:
    """One row for each truth and parameter: truth, median and 90 % interval as quantiles of the prior."""
    import pandas as pd

    n_truths = len(recovery.truth)
    return pd.DataFrame({
        "number": np.repeat(np.arange(1, n_truths + 1), len(names)),
        "parameter": list(names) * n_truths,
        "truth": recovery.truth.ravel(),
        "low": recovery.low.ravel(),
        "median": recovery.median.ravel(),
        "high": recovery.high.ravel(),
        "covered": recovery.covered.ravel(),
    })  # fmt: skip


def give_verdict(sd_ratio: float, coverage: float) -> str:
    """`identified`, `weak` or `not identified`."""
    if coverage < LEAST_COVERAGE or sd_ratio > WEAK:
        return "not identified"
    return "identified" if sd_ratio <= IDENTIFIED else "weak"


def _find_truth(
    targets: Targets,
    figures: FloatArray,
    noise: FloatArray,
    design: Design,
    emulator: Emulator,
    n_particles: int,
    seed: int,
    number: int,
) -> FloatArray:
    """(particle, n) posterior of the truth of a number, as if its (truth, target) figures were published.

    `noise` (truth, target) is the variance that they have from their seeds.
    """
    published = publish_figures(targets, figures[number], seed, number)
    own = noise[number] * np.nan_to_num(np.square(emulator.scales.measure_slope(figures[number])))
    return update_belief(published, design, n_particles, seed + number, emulator=emulator, noise=own).points


def _measure_clouds(truth: FloatArray, clouds: FloatArray) -> Recovery:
    """Intervals of (truth, particle, n) clouds."""
    tail = 0.5 * (1.0 - INTERVAL)
    low, median, high = np.quantile(clouds, (tail, 0.5, 1.0 - tail), axis=1)
    return Recovery(truth=truth, low=low, median=median, high=high, sd_ratio=clouds.std(axis=1) / UNIFORM_SD)
