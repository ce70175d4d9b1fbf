"""Where an emulator expects the least loss: the points that a search tries next.

An emulated figure is uncertain: x ~ Normal(m, s) on its scale, with m what the emulator says and s its error. The loss
is not linear, so that what counts is its mean over that error, by Gauss-Hermite quadrature over nodes t_q with weights
v_q,

    E loss(u) = sum over q of v_q * loss(m(u) + s * t_q).

It is smooth (but for figures outside, where these are counted), asks for the middle of a band where little is known,
and falls back to the loss where s is small. A point of least E loss is found by CMA-ES on the emulator, which costs no
run. It is the luckier the less is known; so HALVES emulators, each fitted to half of the points drawn anew (Breiman
1996; Buehlmann and Yu 2002), have a least point each, and their mean is the centre of what is tried next. Around it
points are drawn as far apart as the halves disagree, at most MOST_STEP.
Left out: errors of the emulator that grow away from its points, other than by the halves; products of parameters,
which make an emulator slow and are rarely told by half of the points.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.draws import CANDIDATE_NEAR, HALF, draw_normals, draw_uniforms
from calibration.emulator import FEWEST_POINTS, Emulator, fit_emulator
from calibration.problem import Problem, measure_loss
from calibration.sampler import fold

FloatArray = NDArray[np.float64]

HALVES: Final = 6
MOST_STEP: Final = 0.1
"""Standard deviation at most of what is tried around the centre, in widths of the cube."""
HIGHEST_ORDER: Final = 2
"""Order of the emulators of halves: squares, no products."""
NODES: Final = 7
"""Nodes of the quadrature over the error of the emulator."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(NODES)
FIRST_STEP: Final = 0.15
"""First standard deviation of CMA-ES on an emulator, in widths of the cube."""
POPULATION: Final = 6
"""Candidates of a generation, times the logarithm of the dimensions, beside 8."""
GENERATIONS: Final = 50


def propose_points(
    problem: Problem,
    unit: FloatArray,
    figures: FloatArray,
    n: int,
    seed: int,
    round_: int,
    box: FloatArray | None = None,
) -> FloatArray:
    """(n, parameter) points of low expected loss, the centre first.

    Args:
        problem: what is fitted.
        unit: (point, parameter) points tried, FEWEST_POINTS at least.
        figures: (point, target) their figures.
        n: how many are wanted.
        seed: of the draws.
        round_: number of the batch, so that each draws its own.
        box: (parameter, 2) lowest and highest coordinate wanted, the same where a parameter keeps a value; the whole
            cube if it is None.
    """
    if box is None:
        box = np.tile([0.0, 1.0], (unit.shape[1], 1))
    size = max(FEWEST_POINTS, len(unit) // 2)
    halves = draw_uniforms(seed, HALF, (HALVES, len(unit)), round_).argsort(axis=1, kind="stable")[:, :size]
    least = []
    for k, half in enumerate(halves):
        emulator = fit_emulator(unit[half], figures[half], HIGHEST_ORDER, tolerance=problem.targets.tolerance)
        least.append(find_least(problem, emulator, np.clip(unit, *box.T), seed + k, box))
    centre, apart = np.mean(least, axis=0), np.std(least, axis=0, ddof=1)
    steps = draw_normals(seed, CANDIDATE_NEAR, (n, unit.shape[1]), round_)
    steps[0] = 0.0
    return np.clip(fold(centre + np.minimum(MOST_STEP, apart) * steps), *box.T)


def find_least(problem: Problem, emulator: Emulator, tried: FloatArray, seed: int, box: FloatArray) -> FloatArray:
    """(parameter,) point of least expected loss in the (parameter, 2) box.

    The search begins at the best of the (point, parameter) tried, all of which lie in the box.
    """
    from cmaes import CMA

    best = np.array(tried[np.argmin(measure_expected_loss(problem, emulator, tried))])
    free = box[:, 0] < box[:, 1]
    n = int(free.sum())
    population = 8 + math.floor(POPULATION * math.log(n))
    optimizer = CMA(mean=best[free], sigma=FIRST_STEP, bounds=box[free], seed=seed, population_size=population)
    points = np.tile(best, (population, 1))
    for _ in range(GENERATIONS):
        points[:, free] = [optimizer.ask() for _ in range(population)]
        losses = measure_expected_loss(problem, emulator, points)
        optimizer.tell([(point, float(loss)) for point, loss in zip(points[:, free], losses, strict=True)])
        if optimizer.should_stop():
            break
    best[free] = np.clip(optimizer.mean, *box[free].T)
    return best


def measure_expected_loss(problem: Problem, emulator: Emulator, unit: FloatArray) -> FloatArray:
    """(point,) mean losses over the error of the emulator; a figure that is not emulated counts as met."""
    known = np.isfinite(emulator.sd)
    emulated = np.where(known, emulator.predict_at(unit, _NODES), problem.targets.value)
    losses = measure_loss(problem.targets, emulated)
    return np.asarray(_WEIGHTS @ losses / _WEIGHTS.sum(), np.float64)
