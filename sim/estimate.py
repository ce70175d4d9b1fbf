"""Means and ratios over paired runs, with 95 % intervals.

mean(d) +- t(0.975, n - 1) sd(d) / sqrt(n) for a mean. A ratio of two means has the interval of Fieller (1954): all r
with (c - r e)^2 <= t^2 (v_cc - 2 r v_ce + r^2 v_ee), which is bounded only where the interval of the lower mean
excludes zero. These intervals cover the randomness of the simulation, not the uncertainty of its inputs, and close in
on the mean as seeds are added.
Where each run has a parameter set of its own, the mean over sets is not what is asked: some set is the true one, and
no number of runs tells which. Then the interval is that of one more run (`spread`): 1 / n becomes 1 + 1 / n in the
formulas above. It holds parameters and chance, and does not close in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE: Final = 0.95

Estimate = tuple[float, float, float, float, float, int]
"""Baseline, value, difference or ratio, lower and upper end of its interval, seeds."""


def estimate_effect(base: NDArray[Any], policy: NDArray[Any], *, spread: bool = False) -> Estimate:
    """Return baseline, value, difference, low, high, seeds; pairs with a missing value do not count."""
    import numpy as np

    known = np.isfinite(base) & np.isfinite(policy)
    if not known.any():
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    base, policy = base[known], policy[known]
    difference = policy - base
    low, high = bound_mean(difference, spread=spread)
    return float(base.mean()), float(policy.mean()), float(difference.mean()), low, high, int(known.sum())


def estimate_ratio(numerator: NDArray[Any], denominator: NDArray[Any], *, spread: bool = False) -> Estimate:
    """Return mean(numerator) / mean(denominator) over seeds (n,), paired, as an Estimate without levels."""
    seeds = min(len(numerator), len(denominator))
    if seeds == 0:
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    bottom = float(denominator.mean())
    ratio = float(numerator.mean()) / bottom if bottom else math.nan
    return math.nan, math.nan, ratio, *bound_ratio(numerator, denominator, spread=spread), seeds


def bound_mean(values: NDArray[Any], *, spread: bool = False) -> tuple[float, float]:
    """Return the 95 % Student-t interval of the mean of `values` (n,), or with `spread` that of one more value.

    NaN for n < 2, exact where all are zero.
    """
    from scipy import stats

    if len(values) < 2:
        return math.nan, math.nan  # also where the one value is zero: another seed may differ
    if not values.any():
        return 0.0, 0.0
    width = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * math.sqrt(spread + 1 / len(values))
    half = width * float(values.std(ddof=1))
    return float(values.mean()) - half, float(values.mean()) + half


def bound_ratio(numerator: NDArray[Any], denominator: NDArray[Any], *, spread: bool = False) -> tuple[float, float]:
    """Return Fieller's 95 % interval of mean(numerator) / mean(denominator), paired (n,); with `spread`, of one more.

    NaN for n < 2, and where the interval of the denominator includes zero: no bounded interval exists then.
    """
    import numpy as np
    from scipy import stats

    count = len(numerator)
    if count < 2:
        return math.nan, math.nan
    t_squared = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) ** 2
    top, bottom = float(numerator.mean()), float(denominator.mean())
    (v_top, v_both), (_, v_bottom) = np.cov(numerator, denominator, ddof=1) * (spread + 1 / count)
    square = bottom**2 - t_squared * v_bottom
    if square <= 0:
        return math.nan, math.nan
    middle = top * bottom - t_squared * v_both
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - t_squared * v_top)))
    return float((middle - root) / square), float((middle + root) / square)
