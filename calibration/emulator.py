"""An emulator: figures as polynomials of the parameters, fitted to runs by ridge regression, with its own error.

    scale_k(figure_k(u)) = sum_j b_kj phi_j(u) + error_k,   error_k ~ Normal(0, sd_k)

phi are products of Legendre polynomials of 2 u - 1, orthonormal under the prior: linear terms; with squares; with
products of two parameters as well. Order and penalty of each figure are those with the least leave-one-out error, so
that few or noisy runs carry few terms; an order with more than TERMS_PER_POINT terms for each point is not tried.

A figure that runs over orders of size is no polynomial, but its logarithm may be near one. So each figure is fitted as
it is and bent (calibration/scales.py), and bent is kept where the runs are likelier left out one by one: with e the
leave-one-out error on a scale and y the figures of the runs, the mean logarithm of their normal density is, up to a
constant,

    score = - ln e + mean of ln slope(y),

in which the slope of the scale makes both comparable (as Box and Cox 1964). Bent has to be better by MARGIN,
and to explain more of what is left out by WORTH.

sd_k is the leave-one-out error: it holds what the polynomial misses, what its terms carry of the noise of the runs, and
the noise of the run left out. Where points have seeds of their own, the noise v_k of their figures is known and
averages out over the points, and sd_k is the error of the expected figure,

    sd_k^2 = max(leave-one-out error^2 - v_k, v_k * degrees of freedom / points),

with sum_i d_i^2 / (d_i^2 + penalty) degrees of freedom over the singular values d of the terms: the second is what the
terms carry, and a difference of two estimates may fall below it by chance. On a bent scale a mean over few seeds lies
below the scale of the expected figure x by half its variance times x / hypot(x, c) (second derivative); that is added.
Left out: a Gaussian process on what is left. It needs a length for each parameter and figure, and costs more than it
tells where runs are noisy.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.problem import CalibrationError
from calibration.scales import Scales

FloatArray = NDArray[np.float64]

PENALTIES: Final = tuple(10.0**power for power in np.arange(-4.0, 5.0))
ORDERS: Final = (1, 2, 3)
"""1: linear; 2: with squares; 3: with products of two as well."""
TERMS_PER_POINT: Final = 3.0
MOST_MISSING: Final = 0.05
"""Share of points without a figure above which the figure is not emulated."""
FEWEST_POINTS: Final = 8
MARGIN: Final = 0.1
"""By how much a bent scale has to raise the mean logarithm of the density of a run: a tenth."""
WORTH: Final = 0.1
"""By how much it also has to raise the part of the variance that is explained when a point is left out."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Emulator:
    """Polynomials of all figures, on their scales."""

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
    scales: Scales
    lift: FloatArray
    """(target,) half the variance of what was fitted to, where the scale is bent and the noise known; else 0."""

    def predict(self, unit: FloatArray) -> FloatArray:
        """(point, target) expected figures at (point, n) points of the unit cube."""
        return np.asarray(self.predict_at(unit, np.zeros(1))[0], np.float64)

    def predict_at(self, unit: FloatArray, steps: FloatArray) -> FloatArray:
        """(step, point, target) figures that lie so many standard deviations of the error above what is expected."""
        placed = make_terms(unit, self.order) @ self.coefficient + self.constant
        placed += self.lift * np.tanh(placed)
        spread = np.where(np.isfinite(self.sd), self.sd, 0.0)
        return self.scales.read(placed + steps[:, None, None] * spread)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class _Series:
    """Figures on one scale, and their best polynomials. Arrays are (figure,) unless said otherwise."""

    best: NDArray[np.intp]
    """Which of the orders."""
    error: FloatArray
    """Leave-one-out error squared."""
    slopes: tuple[FloatArray, ...]
    """By order: (figure, term)."""
    constant: FloatArray
    penalty: FloatArray


def fit_emulator(
    unit: FloatArray,
    figures: FloatArray,
    highest: int = ORDERS[-1],
    *,
    noise: FloatArray | None = None,
    tolerance: FloatArray | None = None,
) -> Emulator:
    """Fit (point, target) figures at (point, n) points, with terms of the `highest` order at most.

    Args:
        unit: (point, n) points of the unit cube.
        figures: (point, target) their figures.
        highest: order of the terms at most.
        noise: (point, target) variance of a figure at a point between seeds, where each point has seeds of its own; NaN
            where it is not known.
        tolerance: (target,) of the figures, where they may be bent; without it all are emulated as they are.

    Raises:
        CalibrationError: with fewer than FEWEST_POINTS points.
    """
    n_points, n_figures = figures.shape
    if n_points < FEWEST_POINTS:
        raise CalibrationError(f"an emulator needs {FEWEST_POINTS} points or more, not {n_points}. Raise the budget")
    usable = np.flatnonzero(np.isnan(figures).mean(axis=0) <= MOST_MISSING)
    n, orders = unit.shape[1], [order for order in list_orders(n_points, unit.shape[1]) if order <= highest]
    coefficient, constant = np.zeros((count_terms(n, orders[-1]), n_figures)), np.zeros(n_figures)
    sd, lift, bend = np.full(n_figures, np.inf), np.zeros(n_figures), np.zeros(n_figures)
    order = orders[0]
    if len(usable):
        terms = make_terms(unit, orders[-1])
        bend[usable], series = _choose_scales(terms, [count_terms(n, one) for one in orders], figures[:, usable],
                                              None if tolerance is None else tolerance[usable])  # fmt: skip
        for column, number in enumerate(usable):
            slope = series.slopes[series.best[column]][column]
            coefficient[: len(slope), number] = slope
        constant[usable] = series.constant
        variance = series.error
        if noise is not None:
            own = Scales(bend=bend).measure_noise(figures, noise)
            variance = np.maximum(variance - own[usable], own[usable] * _measure_carried(terms, series))
            lift = np.where(bend > 0.0, 0.5 * own, 0.0)
        sd[usable], order = np.sqrt(variance), orders[series.best.max()]
    return Emulator(
        n=n, order=order, coefficient=coefficient[: count_terms(n, order)], constant=constant, sd=sd,
        scales=Scales(bend=bend), lift=lift,
    )  # fmt: skip


def _choose_scales(
    terms: FloatArray, counts: list[int], figures: FloatArray, tolerance: FloatArray | None
) -> tuple[FloatArray, _Series]:
    """(figure,) bends of (point, figure) figures, and their polynomials on the scales chosen."""
    n_figures = figures.shape[1]
    if tolerance is None:
        return np.zeros(n_figures), _fit_series(terms, counts, figures)
    bent = Scales(bend=tolerance)
    # one decomposition of the terms serves both scales
    both = _fit_series(terms, counts, np.concatenate([figures, bent.place(figures)], axis=1))
    slope = np.nanmean(np.log(bent.measure_slope(figures)), axis=0)
    least = np.log(np.maximum(both.error, np.finfo(np.float64).tiny)) / 2.0
    gain = least[:n_figures] - least[n_figures:] + slope
    spread = np.concatenate([np.nanvar(figures, axis=0), np.nanvar(bent.place(figures), axis=0)])
    explained = 1.0 - both.error / np.where(spread > 0.0, spread, 1.0)
    # a likelier shape of the noise alone is no reason: the response has to be nearer a polynomial
    is_nearer = explained[n_figures:] > explained[:n_figures] + WORTH
    is_bent = (gain > MARGIN) & is_nearer & (both.error[:n_figures] > 0.0)
    at = np.where(is_bent, n_figures, 0) + np.arange(n_figures)
    chosen = dataclasses.replace(both, slopes=tuple(slopes[at] for slopes in both.slopes), **{
        name: getattr(both, name)[at] for name in ("best", "error", "constant", "penalty")
    })  # fmt: skip
    return np.where(is_bent, tolerance, 0.0), chosen


def _fit_series(terms: FloatArray, counts: list[int], figures: FloatArray) -> _Series:
    """Polynomials of each order, and which is best for each of the (point, figure) figures."""
    from sklearn.linear_model import RidgeCV

    centre, spread = np.nanmean(figures, axis=0), np.nanstd(figures, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    # the few points without a figure count as average ones
    scaled = np.nan_to_num((figures - centre) / spread)
    fits = [RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(terms[:, :count], scaled) for count in counts]
    errors = np.array([np.maximum(0.0, -np.atleast_1d(fit.best_score_)) for fit in fits])
    best, each = errors.argmin(axis=0), np.arange(figures.shape[1])

    def pick(name: str) -> FloatArray:
        every = np.array([np.broadcast_to(getattr(fit, name), each.shape) for fit in fits], np.float64)
        return np.asarray(every[best, each], np.float64)

    return _Series(
        best=best,
        error=errors[best, each] * spread**2,
        slopes=tuple(np.atleast_2d(fit.coef_) * spread[:, None] for fit in fits),
        constant=pick("intercept_") * spread + centre,
        penalty=pick("alpha_"),
    )


def _measure_carried(terms: FloatArray, series: _Series) -> FloatArray:
    """(figure,) degrees of freedom of the polynomials with their constant, over the points."""
    squared = [
        np.square(np.linalg.svd((part := terms[:, : slopes.shape[1]]) - part.mean(axis=0), compute_uv=False))
        for slopes in series.slopes
    ]
    freedom = [
        1.0 + np.sum(squared[order] / (squared[order] + penalty))
        for order, penalty in zip(series.best, series.penalty, strict=True)
    ]
    return np.array(freedom) / len(terms)


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
