"""Three ways to look for points of low loss, each with the same number of points.

latin     Latin hypercube: the baseline that looks everywhere and learns nothing.
cma       CMA-ES (Hansen): a normal distribution of points that follows the best of each generation; begins at the
          values before the fit, and again elsewhere with twice the generation when it has come to rest.
emulated  History matching by an emulator: a Latin hypercube with half of the points, then batches at points that the
          emulator cannot rule out. A figure counts by its distance from the band over tolerance and emulator error
          together, so that unknown regions look good until they are known.

An algorithm is a function of (problem, evaluate, number of points, seed). It depends on nothing else, so that it asks
the same points when it is started again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.draws import CANDIDATE_ANYWHERE, CANDIDATE_NEAR, draw_normals, draw_uniforms
from calibration.emulator import FEWEST_POINTS, Emulator, fit_emulator
from calibration.problem import Problem, measure_loss

FloatArray = NDArray[np.float64]
Evaluate = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""(point, n) points of the unit cube -> (point,) losses and (point, target) figures."""
Algorithm = Callable[[Problem, Evaluate, int, int], None]

CMA_STEP: Final = 0.2
"""First standard deviation of CMA-ES, in widths of the cube."""
EMULATED_FIRST: Final = 0.5
"""Part of the points of `emulated` that its first design takes."""
BATCHES: Final = 5
"""Batches in which `emulated` spends the rest."""
CANDIDATES: Final = 1024
REFINEMENTS: Final = 6
"""Times that candidates are drawn anew around the best of them."""
NEAR_STEP: Final = 0.15
"""Standard deviation of candidates around a good point at first; halved with each refinement."""
APART: Final = 0.02
"""Least distance between points of a batch, for each dimension."""


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
    mean = np.clip(problem.prior.to_unit(problem.prior.start), 0.0, 1.0)
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
    """Try a Latin hypercube, then what an emulator cannot rule out."""
    n = len(problem.prior.names)
    first = min(n_points, max(FEWEST_POINTS, round(EMULATED_FIRST * n_points)))
    unit = sample_latin(n, first, seed)
    losses, figures = evaluate(unit)
    batch = max(1, math.ceil((n_points - first) / BATCHES))
    round_ = 0
    while len(unit) < n_points:
        round_ += 1
        emulator = fit_emulator(unit, figures)
        new = _propose(problem, emulator, unit[np.argsort(losses)], min(batch, n_points - len(unit)), seed, round_)
        new_losses, new_figures = evaluate(new)
        unit, losses = np.concatenate([unit, new]), np.concatenate([losses, new_losses])
        figures = np.concatenate([figures, new_figures])


ALGORITHMS: Final[dict[str, Algorithm]] = {
    "latin": search_latin,
    "cma": search_cma,
    "emulated": search_emulated,
}


def measure_plausible_loss(problem: Problem, emulator: Emulator, unit: FloatArray) -> FloatArray:
    """(point,) losses that the emulator cannot rule out: its error widens every tolerance."""
    targets = problem.targets
    known = np.isfinite(emulator.sd)
    simulated = emulator.predict(unit)
    shift = np.where(known, emulator.sd, 0.0)
    # a figure moves towards its published value by the error of the emulator, but not past it
    nearer = targets.value + np.sign(simulated - targets.value) * np.maximum(
        0.0, np.abs(simulated - targets.value) - shift
    )
    return measure_loss(targets, np.where(known, nearer, targets.value))


def _propose(
    problem: Problem, emulator: Emulator, ranked: FloatArray, batch: int, seed: int, round_: int
) -> FloatArray:
    """(batch, n) points of low plausible loss, apart from each other; `ranked` are the points tried, best first."""
    n = ranked.shape[1]
    cloud = draw_uniforms(seed, CANDIDATE_ANYWHERE, (CANDIDATES, n), round_)
    best = ranked[: max(1, len(ranked) // 10)]
    for step in range(REFINEMENTS):
        steps = draw_normals(seed, CANDIDATE_NEAR, (CANDIDATES, n), round_ * REFINEMENTS + step)
        near = best[np.arange(CANDIDATES) % len(best)] + NEAR_STEP * 0.5**step * steps
        cloud = np.concatenate([cloud, _fold(near)])
        loss = measure_plausible_loss(problem, emulator, cloud)
        cloud = cloud[np.argsort(loss, kind="stable")][:CANDIDATES]
        best = cloud[: CANDIDATES // 16]
    return _pick_apart(cloud, batch, APART * math.sqrt(n))


def _pick_apart(cloud: FloatArray, batch: int, distance: float) -> FloatArray:
    """The first `batch` points at `distance` from those before; the first points where there are not so many."""
    chosen: list[int] = []
    for k, point in enumerate(cloud):
        if len(chosen) == batch:
            break
        if not chosen or np.min(np.linalg.norm(cloud[chosen] - point, axis=1)) >= distance:
            chosen.append(k)
    rest = [k for k in range(len(cloud)) if k not in set(chosen)]
    return cloud[[*chosen, *rest][:batch]]


def _fold(unit: FloatArray) -> FloatArray:
    """Reflect points at the faces of the cube."""
    folded = np.abs(unit) % 2.0
    return np.asarray(np.where(folded > 1.0, 2.0 - folded, folded), np.float64)
