"""Screening: which parameters move which figures, before anything is fitted.

Morris (1991): paths through the space that change one parameter at a time. mu* of a parameter is the mean absolute
effect of its whole range on the loss. Runs are noisy, and an absolute value never averages out, so that mu* alone lets
every parameter matter. The signal of a parameter leaves the noise out: with d the effect and s^2 / S its variance as
the S seeds show it, signal^2 = mean over paths of d^2 - s^2 / S, 0 where that is negative; for the loss, which is no
mean over seeds, the mean of the products of the effects in two halves of the seeds. It is measured on the loss, and on
each figure in units of its tolerance, averaged over a family: a parameter that moves no family by a tolerance cannot
be learned from these figures. A parameter matters if its signal on the loss is at least a twentieth of the largest, or
if it moves a family by a tolerance or more. With one seed nothing is known of noise, and none is left out.
Sobol (2001), on the parameters that matter most: shares of the variance of the loss that a parameter explains alone
(first order) and together with others (total); the other parameters stay at their values before the fit.
Both methods are those of sim/indices.py. All points share their seeds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.budget import Budget
from calibration.problem import Problem, average_seeds, measure_loss
from calibration.runs import Runner
from sim.indices import (
    measure_effects,
    measure_morris,
    measure_signal,
    measure_sobol,
    sample_morris,
    sample_sobol,
)

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

MATTERS_LOSS: Final = 0.05
"""Share of the largest signal on the loss from which on a parameter matters."""
MATTERS_FAMILY: Final = 1.0
"""Effect on a family, in tolerances, from which on a parameter matters."""
CONFIDENCE: Final = 0.9


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Screening:
    """What screening found. Arrays are (n, ...)."""

    mu_star: FloatArray
    """(n,) mean absolute effect of the whole range on the loss."""
    mu_star_conf: FloatArray
    """(n,) half width of its 90 % interval over paths."""
    sigma: FloatArray
    """(n,) standard deviation of the effects: curvature and interaction."""
    signal: FloatArray
    """(n,) effect of the whole range on the loss without the noise of the seeds."""
    on_family: FloatArray
    """(n, family) the same on the figures of a family, in tolerances, averaged over them."""
    matters: NDArray[np.bool_]
    chosen: NDArray[np.intp]
    """Parameters that Sobol looked at, the most important first."""
    first: FloatArray
    first_conf: FloatArray
    """(chosen,) first-order share of the variance of the loss and half width of its 90 % interval."""
    total: FloatArray
    total_conf: FloatArray
    """(chosen,) total share of the variance of the loss and half width of its 90 % interval."""


def run_screening(problem: Problem, runner: Runner, budget: Budget, seed: int) -> Screening:
    """Morris on all parameters, then Sobol on those that matter most."""
    n = len(problem.prior.names)
    seeds = list(range(seed, seed + budget.screen_seeds))
    n_chosen = min(n, budget.sobol_params)
    runner.expect((budget.trajectories * (n + 1) + budget.sobol_base * (n_chosen + 2)) * len(seeds))
    morris = _run_morris(problem, runner, budget.trajectories, seeds, seed)
    by_effect = np.argsort(-morris["signal"], kind="stable")
    chosen = np.array([k for k in by_effect if morris["matters"][k]][:n_chosen], np.intp)
    sobol = _run_sobol(problem, runner, budget.sobol_base, chosen, seeds, seed)
    return Screening(**morris, chosen=chosen, **sobol)


def summarise_screening(problem: Problem, screening: Screening) -> DataFrame:
    """One row for each parameter, the largest signal on the loss first."""
    import pandas as pd

    n = len(problem.prior.names)
    columns: dict[str, Any] = {
        "parameter": problem.prior.names,
        "mu_star": screening.mu_star,
        "mu_star_conf": screening.mu_star_conf,
        "sigma": screening.sigma,
        "signal": screening.signal,
        "matters": screening.matters,
    }
    for name in ("first", "total"):
        column = np.full(n, np.nan)
        column[screening.chosen] = getattr(screening, name)
        columns[name] = column
    best = np.argmax(screening.on_family, axis=1)
    columns["moves_most"] = [problem.targets.family_names[k] for k in best]
    columns |= {f"on_{name}": screening.on_family[:, k] for k, name in enumerate(problem.targets.family_names)}
    return pd.DataFrame(columns).sort_values("signal", ascending=False, ignore_index=True, kind="stable")


def _run_morris(problem: Problem, runner: Runner, n_paths: int, seeds: Sequence[int], seed: int) -> dict[str, Any]:
    targets = problem.targets
    unit = sample_morris(len(problem.prior.names), n_paths, seed)
    runs = runner.evaluate(unit, seeds)
    found = measure_morris(unit, measure_loss(targets, average_seeds(runs)), seed, confidence=CONFIDENCE)
    n_halves = min(2, len(seeds))
    halves = [runs[:, half::n_halves] for half in (0, n_halves - 1)]
    first, second = (measure_effects(unit, measure_loss(targets, average_seeds(half))) for half in halves)
    signal = np.sqrt(np.maximum(0.0, (first * second).mean(axis=0)))
    # a figure that is missing in a run counts as average there: it tells nothing
    usual = np.nan_to_num(average_seeds(runs.reshape(1, -1, len(targets.names))))[0]
    effects = measure_effects(unit, np.where(np.isfinite(runs), runs, usual) / targets.tolerance)
    on_family = measure_signal(effects) @ targets.share.T
    matters = (signal >= MATTERS_LOSS * signal.max()) & (signal > 0.0)
    return {
        "mu_star": found.mu_star,
        "mu_star_conf": found.mu_star_conf,
        "sigma": found.sigma,
        "signal": signal,
        "on_family": on_family,
        "matters": matters | (on_family >= MATTERS_FAMILY).any(axis=1),
    }


def _run_sobol(
    problem: Problem, runner: Runner, n_base: int, chosen: NDArray[np.intp], seeds: Sequence[int], seed: int
) -> dict[str, Any]:
    names = ("first", "first_conf", "total", "total_conf")
    if not len(chosen):
        return {name: np.zeros(0) for name in names}
    points = sample_sobol(len(chosen), n_base, seed)
    unit = np.repeat(problem.prior.start_unit[None, :], len(points), axis=0)
    unit[:, chosen] = points
    loss = measure_loss(problem.targets, average_seeds(runner.evaluate(unit, seeds)))
    found = measure_sobol(len(chosen), loss, seed, confidence=CONFIDENCE)
    return {name: getattr(found, name) for name in names}
