"""Screening: which parameters move which figures, before anything is fitted.

Morris (1991): paths through the space that change one parameter at a time. mu* of a parameter is the mean absolute
effect of its whole range. It is measured on the loss, and on each figure in units of its tolerance, averaged over a
family: a parameter that moves no family by a tolerance cannot be learned from these figures. A parameter matters for
the loss if its mu* is at least a twentieth of the largest, or if it moves a family by a tolerance or more.
Sobol (2001), on the parameters that matter most: shares of the variance of the loss that a parameter explains alone
(first order) and together with others (total); the other parameters stay at their values before the fit.
Both methods are those of SALib. All points share their seeds.
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

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

LEVELS: Final = 4
"""Levels of the grid on which Morris paths lie."""
MATTERS_LOSS: Final = 0.05
"""Share of the largest effect on the loss from which on a parameter matters."""
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
    on_family: FloatArray
    """(n, family) mean absolute effect of the whole range on the figures of a family, in tolerances."""
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
    by_effect = np.argsort(-morris["mu_star"], kind="stable")
    chosen = np.array([k for k in by_effect if morris["matters"][k]][:n_chosen], np.intp)
    sobol = _run_sobol(problem, runner, budget.sobol_base, chosen, seeds, seed)
    return Screening(**morris, chosen=chosen, **sobol)


def summarise_screening(problem: Problem, screening: Screening) -> DataFrame:
    """One row for each parameter, the largest effect on the loss first."""
    import pandas as pd

    n = len(problem.prior.names)
    columns: dict[str, Any] = {
        "parameter": problem.prior.names,
        "mu_star": screening.mu_star,
        "mu_star_conf": screening.mu_star_conf,
        "sigma": screening.sigma,
        "matters": screening.matters,
    }
    for name in ("first", "total"):
        column = np.full(n, np.nan)
        column[screening.chosen] = getattr(screening, name)
        columns[name] = column
    best = np.argmax(screening.on_family, axis=1)
    columns["moves_most"] = [problem.targets.family_names[k] for k in best]
    columns |= {f"on_{name}": screening.on_family[:, k] for k, name in enumerate(problem.targets.family_names)}
    return pd.DataFrame(columns).sort_values("mu_star", ascending=False, ignore_index=True, kind="stable")


def _run_morris(problem: Problem, runner: Runner, n_paths: int, seeds: Sequence[int], seed: int) -> dict[str, Any]:
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    n, targets = len(problem.prior.names), problem.targets
    space = _describe_cube(problem.prior.names)
    unit = sampling.sample(space, n_paths, num_levels=LEVELS, seed=seed)
    figures = average_seeds(runner.evaluate(unit, seeds))

    def analyse(output: FloatArray, *, resamples: int) -> Any:
        return analysis.analyze(
            space, unit, output, num_levels=LEVELS, num_resamples=resamples, conf_level=CONFIDENCE, seed=seed
        )

    loss = analyse(measure_loss(targets, figures), resamples=100)
    # a figure that is missing somewhere tells by its average: no effect there
    filled = np.where(np.isfinite(figures), figures, np.nan_to_num(average_seeds(figures[None])))
    effects = np.zeros((n, len(targets.names)))
    for k in range(len(targets.names)):
        effects[:, k] = analyse(filled[:, k] / targets.tolerance[k], resamples=2)["mu_star"]
    on_family = effects @ targets.share.T
    mu_star = np.asarray(loss["mu_star"], np.float64)
    matters = (mu_star >= MATTERS_LOSS * mu_star.max()) & (mu_star > 0.0)
    return {
        "mu_star": mu_star,
        "mu_star_conf": np.asarray(loss["mu_star_conf"], np.float64),
        "sigma": np.asarray(loss["sigma"], np.float64),
        "on_family": on_family,
        "matters": matters | (on_family >= MATTERS_FAMILY).any(axis=1),
    }


def _run_sobol(
    problem: Problem, runner: Runner, n_base: int, chosen: NDArray[np.intp], seeds: Sequence[int], seed: int
) -> dict[str, Any]:
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    names = ("first", "first_conf", "total", "total_conf")
    if not len(chosen):
        return {name: np.zeros(0) for name in names}
    space = _describe_cube([problem.prior.names[k] for k in chosen])
    points = sampling.sample(space, n_base, calc_second_order=False, seed=seed)
    start = np.clip(problem.prior.to_unit(problem.prior.start), 0.0, 1.0)
    unit = np.repeat(start[None, :], len(points), axis=0)
    unit[:, chosen] = points
    loss = measure_loss(problem.targets, average_seeds(runner.evaluate(unit, seeds)))
    if np.ptp(loss) == 0.0:
        return {name: np.zeros(len(chosen)) for name in names}
    found = analysis.analyze(space, loss, calc_second_order=False, conf_level=CONFIDENCE, seed=seed)
    return {
        name: np.asarray(found[key], np.float64)
        for name, key in zip(names, ("S1", "S1_conf", "ST", "ST_conf"), strict=True)
    }


def _describe_cube(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
