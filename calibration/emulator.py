"""An emulator: figures as polynomials of the parameters, fitted to runs by ridge regression, with its own error.

    figure_k(u) = sum_j b_kj phi_j(u) + error_k,   error_k ~ Normal(0, sd_k)

phi are products of Legendre polynomials of 2 u - 1, orthonormal under the prior: linear terms; with squares; with
products of two parameters as well. Order and penalty of each figure are those with the least leave-one-out error, so
that few or noisy runs carry few terms; an order with more than TERMS_PER_POINT terms for each point is not tried. sd_k
is the leave-one-out error: it holds what the polynomial misses as well as the noise of the runs. Where points have
seeds of their own, the noise v_k of their figures is known and averages out over the points, and sd_k is the error of
the expected figure,

    sd_k^2 = max(0, leave-one-out error^2 - v_k) + v_k * degrees of freedom / points,

with sum_i d_i^2 / (d_i^2 + penalty) degrees of freedom over the singular values d of the terms.
Left out: a Gaussian process on what is left. It needs a length for each parameter and figure, and costs more than it
tells where runs are noisy.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.problem import CalibrationError

FloatArray = NDArray[np.float64]

PENALTIES: Final = tuple(10.0**power for power in np.arange(-4.0, 5.0))
ORDERS: Final = (1, 2, 3)
"""1: linear; 2: with squares; 3: with products of two as well."""
TERMS_PER_POINT: Final = 3.0
MOST_MISSING: Final = 0.05
"""Share of points without a figure above which the figure is not emulated."""
FEWEST_POINTS: Final = 8


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Emulator:
    """Polynomials of all figures."""

    n: int
    """Parameters."""
    order: int
    """The highest order that a figure needs."""
    coefficient: FloatArray
    """(term, target), 0 for terms of a higher order than that of the figure."""
    constant: FloatArray
    """(target,)"""
    sd: FloatArray
    """(target,) standard deviation of the error at a new point; infinite for a figure that is not emulated."""

    def predict(self, unit: FloatArray) -> FloatArray:
        """(point, target) expected figures at (point, n) points of the unit cube."""
        return np.asarray(make_terms(unit, self.order) @ self.coefficient + self.constant, np.float64)


def fit_emulator(
    unit: FloatArray, figures: FloatArray, highest: int = ORDERS[-1], noise: FloatArray | None = None
) -> Emulator:
    """Fit (point, target) figures at (point, n) points, with terms of the `highest` order at most.

    `noise` (target,) is the variance of a figure at a point between seeds, where each point has seeds of its own.

    Raises:
        CalibrationError: with fewer than FEWEST_POINTS points.
    """
    from sklearn.linear_model import RidgeCV

    n_points, n_figures = figures.shape
    if n_points < FEWEST_POINTS:
        raise CalibrationError(f"an emulator needs {FEWEST_POINTS} points or more, not {n_points}. Raise the budget")
    usable = np.isnan(figures).mean(axis=0) <= MOST_MISSING
    known = figures[:, usable]
    if not usable.any():
        nothing = np.zeros((unit.shape[1], n_figures))
        return Emulator(
            n=unit.shape[1], order=1, coefficient=nothing, constant=np.zeros(n_figures), sd=np.full(n_figures, np.inf)
        )
    centre, spread = np.nanmean(known, axis=0), np.nanstd(known, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    # the few points without a figure count as average ones
    scaled = np.nan_to_num((known - centre) / spread)
    orders = [order for order in list_orders(n_points, unit.shape[1]) if order <= highest]
    terms = make_terms(unit, orders[-1])
    fits = [
        RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(terms[:, : count_terms(unit.shape[1], order)], scaled)
        for order in orders
    ]
    errors = np.array([np.maximum(0.0, -np.atleast_1d(fit.best_score_)) for fit in fits])
    best = errors.argmin(axis=0)
    n_terms = count_terms(unit.shape[1], orders[best.max()])
    coefficient, constant = np.zeros((n_terms, n_figures)), np.zeros(n_figures)
    sd = np.full(n_figures, np.inf)
    for column, number in enumerate(np.flatnonzero(usable)):
        slope = np.atleast_2d(fits[best[column]].coef_)[column]
        coefficient[: len(slope), number] = slope * spread[column]
        constant[number] = np.atleast_1d(fits[best[column]].intercept_)[column] * spread[column] + centre[column]
        error = errors[best[column], column] * spread[column] ** 2
        if noise is not None:
            carried = _count_freedom(terms[:, : len(slope)], float(np.atleast_1d(fits[best[column]].alpha_)[column]))
            error = max(0.0, error - noise[number]) + noise[number] * carried / n_points
        sd[number] = np.sqrt(error)
    return Emulator(n=unit.shape[1], order=orders[best.max()], coefficient=coefficient, constant=constant, sd=sd)


def _count_freedom(terms: FloatArray, penalty: float) -> float:
    """Degrees of freedom of a ridge regression with a constant."""
    squared = np.square(np.linalg.svd(terms - terms.mean(axis=0), compute_uv=False))
    return 1.0 + float(np.sum(squared / (squared + penalty)))


def list_orders(n_points: int, n: int) -> list[int]:
    """Orders whose terms the points may carry; 1 at least."""
    return [order for order in ORDERS if order == 1 or count_terms(n, order) <= TERMS_PER_POINT * n_points]


def count_terms(n: int, order: int) -> int:
    """Terms of an order in n dimensions, without the constant."""
    return {1: n, 2: 2 * n, 3: 2 * n + n * (n - 1) // 2}[order]


def make_terms(unit: FloatArray, order: int) -> FloatArray:
    """(point, term) orthonormal polynomials at (point, n) points, without the constant."""
    x = 2.0 * unit - 1.0
    blocks = [np.sqrt(3.0) * x]
    if order >= 2:
        blocks.append(np.sqrt(5.0) * 0.5 * (3.0 * x**2 - 1.0))
    if order >= 3:
        first, second = np.triu_indices(x.shape[1], k=1)
        blocks.append(3.0 * x[:, first] * x[:, second])
    return np.concatenate(blocks, axis=1)
