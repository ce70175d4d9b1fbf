"""Draws of means that are known from few repetitions, all of them together.

With d[r] the vector of all quantities in repetition r, n repetitions and m = mean(d):

    draw = m + sum_r z_r (d[r] - m) / sqrt(n (n - 1)) * sqrt((n - 1) / x),   z_r ~ Normal(0, 1),  x ~ chi2(n - 1)

is a multivariate t around m with the covariance of the mean: the share of draws of one quantity inside its Student-t
interval is that of the interval, and quantities that move together over the seeds move together over the draws. So
anything that is made of means (the best of several, a regret, a front) gets its uncertainty from one set of draws.
It covers the chance of the simulation, and parameters where repetitions differ in them; not that a model is wrong.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.rng import make_key, normals

FloatArray = NDArray[np.float64]

N_DRAWS: Final = 4000
CONFIDENCE: Final = 0.95

# One stream per decision; numbers are fixed for ever, and above those of the model and of the calibration.
MEAN_DIRECTION, MEAN_SPREAD, CASE_ORDER = range(2101, 2104)

_ROW: Final = 1 << 20
"""Identities that one draw may take: more repetitions than any sweep has."""


def draw_means(values: FloatArray, *, n_draws: int = N_DRAWS, seed: int = 1) -> FloatArray:
    """Return (draw, ...) draws of the mean of `values` (..., repetition) over repetitions; 2 or more of them."""
    n = values.shape[-1]
    flat = values.reshape(-1, n)
    mean = flat.mean(axis=1)
    spread = np.sqrt((_draw_normals(MEAN_SPREAD, seed, n_draws, n - 1) ** 2).sum(axis=1) * n)
    draws = _draw_normals(MEAN_DIRECTION, seed, n_draws, n) @ (flat - mean[:, None]).T / spread[:, None]
    return np.asarray(mean + draws, np.float64).reshape(n_draws, *values.shape[:-1])


def bound_draws(draws: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the 95 % interval of `draws` (draw, ...)."""
    low, high = np.quantile(draws, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return low, high


def bound_share(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share among `n`; n need not be what was counted, but what is independent."""
    from scipy.stats import norm

    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    middle, width = share + z**2 / (2 * n), z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(middle - width) / (1 + z**2 / n)), min(1.0, float(middle + width) / (1 + z**2 / n))


def order_cases(n: int, seed: int, round_: int) -> NDArray[np.int64]:
    """Return a permutation of 0 .. n - 1."""
    return np.argsort(normals(make_key(seed, CASE_ORDER, round_), np.arange(1, n + 1, dtype=np.uint64)))


def _draw_normals(decision: int, seed: int, rows: int, columns: int) -> FloatArray:
    """(row, column) standard normals; a row does not depend on how many there are."""
    row, column = (np.arange(n, dtype=np.uint64) for n in (rows, columns))
    cells = (row[:, None] * np.uint64(_ROW) + column[None, :] + np.uint64(1)).ravel()
    return normals(make_key(seed, decision), cells).reshape(rows, columns)
