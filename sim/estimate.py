"""Means and ratios over paired runs, with 95 % intervals.

mean(d) +- t(0.975, n - 1) sd(d) / sqrt(n) for a mean. A ratio of two means has the interval of Fieller (1954): all r
with (c - r e)^2 <= t^2 (v_cc - 2 r v_ce + r^2 v_ee), which is bounded only where the interval of the lower mean
excludes zero. Intervals cover the randomness of the simulation, not the uncertainty of its inputs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE: Final = 0.95

Estimate = tuple[float, float, float, float, float, int]
"""Baseline, value, difference or ratio, lower and upper end of its interval, seeds."""


def estimate_effect(base: NDArray[Any], policy: NDArray[Any]) -> Estimate:
    """Return baseline, value, difference, low, high, seeds; pairs with a missing value do not count."""
    import numpy as np

    known = np.isfinite(base) & np.isfinite(policy)
    if not known.any():
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    base, policy = base[known], policy[known]
    difference = policy - base
    low, high = bound_mean(difference)
    return float(base.mean()), float(policy.mean()), float(difference.mean()), low, high, int(known.sum())


def estimate_ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> Estimate:
    """Return mean(numerator) / mean(denominator) over seeds (n,), paired, as an Estimate without levels."""
    seeds = min(len(numerator), len(denominator))
    if seeds == 0:
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    bottom = float(denominator.mean())
    ratio = float(numerator.mean()) / bottom if bottom else math.nan
    return math.nan, math.nan, ratio, *bound_ratio(numerator, denominator), seeds


def bound_mean(values: NDArray[Any]) -> tuple[float, float]:
    """Return the 95 % Student-t interval of the mean of `values` (n,); NaN for n < 2, exact where all are zero."""
    from scipy import stats

    if len(values) < 2:
        return math.nan, math.nan  # also where the one value is zero: another seed may differ
    if not values.any():
        return 0.0, 0.0
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
    return float(values.mean()) - half, float(values.mean()) + half


def bound_ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> tuple[float, float]:
    """Return Fieller's 95 % interval of mean(numerator) / mean(denominator), paired (n,).

    NaN for n < 2, and where the interval of the denominator includes zero: no bounded interval exists then.
    """
    import numpy as np
    from scipy import stats

    count = len(numerator)
    if count < 2:
        return math.nan, math.nan
    t_squared = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) ** 2
    top, bottom = float(numerator.mean()), float(denominator.mean())
    (v_top, v_both), (_, v_bottom) = np.cov(numerator, denominator, ddof=1) / count
    square = bottom**2 - t_squared * v_bottom
    if square <= 0:
        return math.nan, math.nan
    middle = top * bottom - t_squared * v_both
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - t_squared * v_top)))
    return float((middle - root) / square), float((middle + root) / square)
