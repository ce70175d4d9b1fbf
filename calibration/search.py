"""Three ways to look for points of low loss, each with the same number of points.

latin     Latin hypercube: the baseline that looks everywhere and learns nothing.
cma       CMA-ES (Hansen): a normal distribution of points that follows the best of each generation; begins at the
          values before the fit, and again elsewhere with twice the generation when it has come to rest.
emulated  A Latin hypercube with half of the points, then batches where emulators of the figures expect the least
          loss (calibration/propose.py).

An algorithm is a function of (problem, evaluate, number of points, seed). It depends on nothing else, so that it asks
the same points when it is started again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.draws import CANDIDATE_ANYWHERE, draw_uniforms
from calibration.emulator import FEWEST_POINTS
from calibration.problem import Problem
from calibration.propose import propose_points

FloatArray = NDArray[np.float64]
Evaluate = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""(point, n) points of the unit cube -> (point,) losses and (point, target) figures."""
Algorithm = Callable[[Problem, Evaluate, int, int], None]

CMA_STEP: Final = 0.2
"""First standard deviation of CMA-ES, in widths of the cube."""
EMULATED_FIRST: Final = 0.5
"""Part of the points of `emulated` that its first design takes."""
BATCHES: Final = 5
"""Batches in which points are spent where emulators expect little loss."""


def sample_latin(n: int, n_points: int, seed: int) -> FloatArray:
    """(point, n) Latin hypercube in the unit cube."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(n, rng=seed).random(n_points), np.float64)


def search_latin(problem: Problem, evaluate: Evaluate, n_points: int, seed: int) -> None:
    """Try a Latin hypercube."""
    evaluate(sample_latin(len(problem.prior.names), n_points, seed))


def search_cma(problem: Problem, evaluate: Evaluate, n_points: int, seed: int) -> None:
    """Follow CMA-ES from the values before the fit."""
    from cmaes import CMA

    n = len(problem.prior.names)
    bounds = np.repeat([[0.0, 1.0]], n, axis=0)
    mean = problem.prior.start_unit
    population = 4 + math.floor(3 * math.log(n))
    left, starts = n_points, 0
    while left > 0:
        optimizer = CMA(mean=mean, sigma=CMA_STEP, bounds=bounds, seed=seed + starts, population_size=population)
        while left > 0 and not optimizer.should_stop():
            points = np.array([optimizer.ask() for _ in range(min(population, left))])
            losses, _ = evaluate(points)
            left -= len(points)
            # a generation that the budget cuts short is looked at, not learned from
            if len(points) == population:
                optimizer.tell([(point, float(loss)) for point, loss in zip(points, losses, strict=True)])
        starts += 1
        mean = draw_uniforms(seed, CANDIDATE_ANYWHERE, (1, n), starts)[0]
        population *= 2


def search_emulated(problem: Problem, evaluate: Evaluate, n_points: int, seed: int) -> None:
    """Try a Latin hypercube, then where emulators expect the least loss."""
    unit = sample_latin(len(problem.prior.names), _count_first(n_points), seed)
    _, figures = evaluate(unit)
    search_on(problem, evaluate, unit, figures, n_points - len(unit), seed)


def search_on(
    problem: Problem,
    evaluate: Evaluate,
    unit: FloatArray,
    figures: FloatArray,
    n_points: int,
    seed: int,
    box: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Try `n_points` more in batches, knowing the (point, target) figures of (point, n) points.

    They lie in the `box`, as propose_points takes it. Returns all points, and their figures.
    """
    batch, end, round_ = max(1, math.ceil(n_points / BATCHES)), len(unit) + n_points, 0
    while len(unit) < end:
        round_ += 1
        new = propose_points(problem, unit, figures, min(batch, end - len(unit)), seed, round_, box)
        _, found = evaluate(new)
        unit, figures = np.concatenate([unit, new]), np.concatenate([figures, found])
    return unit, figures


ALGORITHMS: Final[dict[str, Algorithm]] = {
    "latin": search_latin,
    "cma": search_cma,
    "emulated": search_emulated,
}


def run_algorithm(name: str, problem: Problem, evaluate: Evaluate, n_points: int, seed: int) -> None:
    """Search with the algorithm of a name in a fit of this seed; each has draws of its own."""
    ALGORITHMS[name](problem, evaluate, n_points, _seed_search(seed, name))


def _seed_search(seed: int, name: str) -> int:
    return seed * len(ALGORITHMS) + list(ALGORITHMS).index(name)


def _count_first(n_points: int) -> int:
    """Points of the first design of `emulated`."""
    return min(n_points, max(FEWEST_POINTS, round(EMULATED_FIRST * n_points)))
