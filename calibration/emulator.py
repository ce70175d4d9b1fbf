"""An emulator: figures as polynomials of the parameters, fitted to runs by ridge regression, with its own error.

    figure_k(u) = sum_j b_kj phi_j(u) + error_k,   error_k ~ Normal(0, sd_k)

phi are products of Legendre polynomials of 2 u - 1, orthonormal under the prior: linear terms always, squares and
products of two parameters once there are TERMS_PER_POINT times as many points as terms. The penalty of each figure is
the one with the least leave-one-out error, and sd_k is that error: it holds what the polynomial misses as well as the
noise of the runs. Linear in the parameters where points are few, it stays usable with forty of them.
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
TERMS_PER_POINT: Final = 0.5
"""Terms that a point may carry."""
MOST_MISSING: Final = 0.05
"""Share of points without a figure above which the figure is not emulated."""
FEWEST_POINTS: Final = 8


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Emulator:
    """Polynomials of all figures."""

    order: int
    """1: linear; 2: with squares; 3: with products of two as well."""
    coefficient: FloatArray
    """(term, target)"""
    constant: FloatArray
    """(target,)"""
    sd: FloatArray
    """(target,) standard deviation of the error at a new point; infinite for a figure that is not emulated."""

    def predict(self, unit: FloatArray) -> FloatArray:
        """(point, target) expected figures at (point, n) points of the unit cube."""
        return np.asarray(make_terms(unit, self.order) @ self.coefficient + self.constant, np.float64)


def fit_emulator(unit: FloatArray, figures: FloatArray) -> Emulator:
    """Fit (point, target) figures at (point, n) points.

    Raises:
        CalibrationError: with fewer than FEWEST_POINTS points.
    """
    from sklearn.linear_model import RidgeCV

    n_points, n_figures = figures.shape
    if n_points < FEWEST_POINTS:
        raise CalibrationError(f"an emulator needs {FEWEST_POINTS} points or more, not {n_points}. Raise the budget")
    usable = np.isnan(figures).mean(axis=0) <= MOST_MISSING
    order = choose_order(n_points, unit.shape[1])
    terms = make_terms(unit, order)
    coefficient, constant = np.zeros((terms.shape[1], n_figures)), np.zeros(n_figures)
    sd = np.full(n_figures, np.inf)
    if usable.any():
        known = figures[:, usable]
        centre = np.nanmean(known, axis=0)
        spread = np.nanstd(known, axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        # the few points without a figure count as average ones
        scaled = np.nan_to_num((known - centre) / spread)
        ridge = RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(terms, scaled)
        coefficient[:, usable] = ridge.coef_.reshape(-1, terms.shape[1]).T * spread
        constant[usable] = ridge.intercept_ * spread + centre
        sd[usable] = np.sqrt(np.maximum(0.0, -ridge.best_score_)) * spread
    return Emulator(order=order, coefficient=coefficient, constant=constant, sd=sd)


def choose_order(n_points: int, n: int) -> int:
    """The highest order whose terms the points can carry; 1 at least."""
    n_terms = {3: 2 * n + n * (n - 1) // 2, 2: 2 * n}
    return next((order for order, terms in n_terms.items() if terms <= TERMS_PER_POINT * n_points), 1)


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
