"""Points in proportion to a likelihood over the unit cube: sequential Monte Carlo (Del Moral, Doucet and Jasra 2006).

A cloud of particles begins spread over the prior. The likelihood is raised to a power that grows from 0 to 1 in steps
that leave half of the effective particles; after each step particles are drawn anew by weight and moved by random-walk
Metropolis steps with the covariance of the cloud, reflected at the faces. Many particles move at once, so that a
likelihood that takes arrays is cheap, and several separate regions are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.draws import (
    PARTICLE_ACCEPT,
    PARTICLE_MOVE,
    PARTICLE_RESAMPLE,
    PARTICLE_START,
    draw_normals,
    draw_uniforms,
)

FloatArray = NDArray[np.float64]
LogLikelihood = Callable[[FloatArray], FloatArray]
"""(point, n) -> (point,)"""

EFFECTIVE: Final = 0.5
"""Share of effective particles that a step leaves."""
FEWEST_MOVES: Final = 10
"""Moves after a step at least; as many as there are dimensions otherwise."""
LAST_MOVES: Final = 3
"""Times as many moves after the last step."""
FIRST_STEP: Final = 2.38
"""Best step of a random walk in a normal distribution, times one over the root of the dimensions."""
DIFFERENCE: Final = 1e-4
"""Step of a finite difference, in widths of the cube."""
ACCEPTED: Final = 0.234
"""Share of moves that is best accepted (Roberts, Gelman and Gilks 1997)."""


def sample_points(log_likelihood: LogLikelihood, n: int, n_particles: int, seed: int) -> FloatArray:
    """(n_particles, n) points of the unit cube in proportion to the likelihood."""
    points = draw_uniforms(seed, PARTICLE_START, (n_particles, n))
    logs = log_likelihood(points)
    power, round_, step = 0.0, 0, FIRST_STEP / np.sqrt(n)
    while power < 1.0:
        raised = _raise_power(logs, power)
        weight = normalise_weights((raised - power) * logs)
        chosen = resample(weight, n_particles, seed, round_)
        points, logs, power = points[chosen], logs[chosen], raised
        root = _find_root(points)
        for _ in range(max(FEWEST_MOVES, n) * (LAST_MOVES if power >= 1.0 else 1)):
            round_ += 1
            normal = draw_normals(seed, PARTICLE_MOVE, (n_particles, n), round_)
            new = fold(points + step * normal @ root.T)
            new_logs = log_likelihood(new)
            chance = np.log(draw_uniforms(seed, PARTICLE_ACCEPT, (n_particles, 1), round_)[:, 0])
            accept = chance < power * (new_logs - logs)
            points, logs = np.where(accept[:, None], new, points), np.where(accept, new_logs, logs)
            # a slow approach to the best share: each move alone still leaves the distribution as it is
            step *= float(np.exp((accept.mean() - ACCEPTED) / np.sqrt(round_)))
    return points


def climb(log_likelihood: LogLikelihood, start: FloatArray) -> FloatArray:
    """(n,) point of the unit cube where the likelihood is highest around the (n,) start (L-BFGS-B)."""
    from scipy.optimize import minimize

    def descend(point: FloatArray) -> tuple[float, FloatArray]:
        step = np.where(point > 0.5, -DIFFERENCE, DIFFERENCE)  # towards the middle, so that it stays in the cube
        logs = log_likelihood(np.vstack([point, point + np.diag(step)]))
        return -float(logs[0]), (logs[0] - logs[1:]) / step

    found = minimize(descend, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(start))
    return np.asarray(found.x, np.float64)


def normalise_weights(logs: FloatArray) -> FloatArray:
    """(point,) weights that sum to 1 from their logarithms."""
    weight = np.exp(logs - logs.max())
    return np.asarray(weight / weight.sum(), np.float64)


def count_effective(weight: FloatArray) -> float:
    """Effective number of weighted points, 1 / sum of squared weights (Kish)."""
    return float(1.0 / np.square(weight).sum())


def resample(weight: FloatArray, n: int, seed: int, round_: int = 0) -> NDArray[np.intp]:
    """(n,) indices drawn by weight, as even as can be (systematic resampling)."""
    ticks = (np.arange(n) + draw_uniforms(seed, PARTICLE_RESAMPLE, (1, 1), round_)[0, 0]) / n
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(weight), ticks), len(weight) - 1), np.intp)


def find_power(gain: FloatArray, n_effective: float) -> float:
    """The highest power of weights exp(gain), 1 at most, that leaves `n_effective` of the points effective."""
    if count_effective(normalise_weights(gain)) >= n_effective:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        if count_effective(normalise_weights(middle * gain)) >= n_effective:
            low = middle
        else:
            high = middle
    return low


def fold(unit: FloatArray) -> FloatArray:
    """Reflect points at the faces of the unit cube."""
    folded = np.abs(unit) % 2.0
    return np.asarray(np.where(folded > 1.0, 2.0 - folded, folded), np.float64)


def _raise_power(logs: FloatArray, power: float) -> float:
    """The next power of the likelihood."""
    return min(1.0, power + max(1e-6, (1.0 - power) * find_power((1.0 - power) * logs, EFFECTIVE * len(logs))))


def _find_root(points: FloatArray) -> FloatArray:
    """(n, n) a root of the covariance of the cloud, kept away from 0 where particles coincide."""
    covariance = np.atleast_2d(np.cov(points, rowvar=False))
    covariance += 1e-10 * np.eye(points.shape[1])
    return np.asarray(np.linalg.cholesky(covariance), np.float64)
