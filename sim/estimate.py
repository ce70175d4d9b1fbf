"""Means and ratios over paired runs, with 95 % intervals.

mean(d) +- t(0.975, n - 1) sd(d) / sqrt(n) for a mean. A ratio of two means has the interval of Fieller (1954): all r
with (c - r e)^2 <= t^2 (v_cc - 2 r v_ce + r^2 v_ee), which is bounded only where the interval of the lower mean
excludes zero. These intervals cover the randomness of the simulation, not the uncertainty of its inputs, and close in
on the mean as seeds are added.
Where each run has a parameter set of its own, the mean over sets is not what is asked: some set is the true one, and
no number of runs tells which. Then the interval is that of one more run (`spread`): 1 / n becomes 1 + 1 / n in the
formulas above. It holds parameters and chance, and does not close in.

Where the number of runs was chosen by looking at the first of them, the usual interval is too narrow: it stops where
the spread happens to look small. Stein (1945) mends it: the spread is that of the `first` runs alone, with their
degrees of freedom, t(0.975, first - 1) sd(first runs) / sqrt(n). The mean of all n is independent of that spread, so
that for normal values the interval covers exactly 95 %, and likewise that of a ratio. That is for the outcome whose
spread chose the number. All others have the wider of this interval and the usual one (`wider`): few first runs may
say too little of what is lumpy, such as money, and nobody looked at the spread of these.

Beside the interval: the probability that the mean is above zero is its posterior under the flat prior on mean and log
spread, P = F_t(n - 1)(mean / (sd / sqrt(n))). Of several such statements some fail by chance; Holm (1979) multiplies
the i-th smallest of m two-sided p = 2 min(P, 1 - P) by m - i + 1 and never lets one fall below the one before.
Common random numbers pay by (var a + var b) / var(a - b): as many times as many runs with seeds of their own give the
same interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE: Final = 0.95

MOST_SEEDS: Final = 1e6
"""More than anybody runs: a difference that takes them is none."""

_ROUNDING: Final = 1e-12
"""Of the largest of several values: what differs by less is the same."""

Estimate = tuple[float, float, float, float, float, int]
"""Baseline, value, difference or ratio, lower and upper end of its interval, seeds."""


class Looked(NamedTuple):
    """How the number of pairs was chosen: by the spread of one outcome in the first of them."""

    first: int
    outcome: str
    group: str

    def is_about(self, key: Sequence[Any]) -> bool:
        """Return whether it is the outcome and group that `key` begins with."""
        return (self.outcome, self.group) == tuple(key[:2])


def estimate_effect(
    base: NDArray[Any], policy: NDArray[Any], *, spread: bool = False, first: int | None = None, wider: bool = False
) -> Estimate:
    """Return baseline, value, difference, low, high, seeds; pairs with a missing value do not count.

    With `first` the number of pairs was chosen by looking at so many of them, with `wider` for another outcome.
    """
    import numpy as np

    known = np.isfinite(base) & np.isfinite(policy)
    if not known.any():
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    base, policy = base[known], policy[known]
    difference = policy - base
    told = None if first is None else int(known[:first].sum())
    low, high = bound_mean(difference, spread=spread, first=told, wider=wider)
    return float(base.mean()), float(policy.mean()), float(difference.mean()), low, high, int(known.sum())


def estimate_ratio(
    numerator: NDArray[Any],
    denominator: NDArray[Any],
    *,
    spread: bool = False,
    first: int | None = None,
    wider: bool = False,
) -> Estimate:
    """Return mean(numerator) / mean(denominator) over seeds (n,), paired, as an Estimate without levels."""
    seeds = min(len(numerator), len(denominator))
    if seeds == 0:
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    bottom = float(denominator.mean())
    ratio = float(numerator.mean()) / bottom if bottom else math.nan
    ends = bound_ratio(numerator, denominator, spread=spread, first=first, wider=wider)
    return math.nan, math.nan, ratio, *ends, seeds


def bound_mean(
    values: NDArray[Any], *, spread: bool = False, first: int | None = None, wider: bool = False
) -> tuple[float, float]:
    """Return the 95 % Student-t interval of the mean of `values` (n,), or with `spread` that of one more value.

    With `first` it is Stein's: the first so many values tell the spread, unless they are all alike, as counts of what
    is rare may be. NaN where fewer than 2 tell it. Values that are all alike have no width: money often is the same
    in every run; whether counts of few agents are, find_sign says. With `wider` the usual interval where it is wider.
    """
    if wider and first is not None:
        return _join(bound_mean(values, spread=spread), bound_mean(values, spread=spread, first=first))
    told = _take_first(first, values)[0]
    if len(told) < 2:
        return math.nan, math.nan  # also where the one value is zero: another seed may differ
    if not values.any():
        return 0.0, 0.0
    width = _find_quantile(len(told)) * math.sqrt(spread + 1 / len(values))
    half = width * float(told.std(ddof=1))
    return float(values.mean()) - half, float(values.mean()) + half


def bound_ratio(
    numerator: NDArray[Any],
    denominator: NDArray[Any],
    *,
    spread: bool = False,
    first: int | None = None,
    wider: bool = False,
) -> tuple[float, float]:
    """Return Fieller's 95 % interval of mean(numerator) / mean(denominator), paired (n,); with `spread`, of one more.

    With `first` the first so many pairs tell the spread, with `wider` all of them do where that is wider. NaN where
    fewer than 2 do, and where the interval of the denominator includes zero: no bounded interval exists then.
    """
    import numpy as np

    if wider and first is not None:
        usual, two_stage = (bound_ratio(numerator, denominator, spread=spread, first=one) for one in (None, first))
        return _join(usual, two_stage)
    count = len(numerator)
    told = _take_first(first, numerator, denominator)
    if len(told[0]) < 2:
        return math.nan, math.nan
    t_squared = _find_quantile(len(told[0])) ** 2
    top, bottom = float(numerator.mean()), float(denominator.mean())
    (v_top, v_both), (_, v_bottom) = np.cov(told[0], told[1], ddof=1) * (spread + 1 / count)
    square = bottom**2 - t_squared * v_bottom
    if square <= 0:
        return math.nan, math.nan
    middle = top * bottom - t_squared * v_both
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - t_squared * v_top)))
    return float((middle - root) / square), float((middle + root) / square)


def find_sign(values: NDArray[Any], *, spread: bool = False, first: int | None = None, wider: bool = False) -> float:
    """Return the posterior probability that the mean of `values` (n,) is above zero, or with `spread` one more value.

    NaN where fewer than 2 values tell the spread, and where all are zero. `first` and `wider` as of bound_mean.
    """
    from scipy import stats

    if wider and first is not None:
        both = [find_sign(values, spread=spread, first=one) for one in (None, first)]
        return math.nan if any(map(math.isnan, both)) else min(both, key=lambda p_up: abs(p_up - 0.5))
    told = _take_first(first, values)[0]
    if len(told) < 2 or not values.any():
        return math.nan
    mean, error = float(values.mean()), float(told.std(ddof=1)) * math.sqrt(spread + 1 / len(values))
    if is_alike(told):  # no spread to go by: what a test of signs says
        wrong = 0.5 ** len(values)
        return 1.0 - wrong if mean > 0.0 else wrong
    return float(stats.t.cdf(mean / error, len(told) - 1))


def is_alike(values: NDArray[Any]) -> bool:
    """Return whether `values` (n,) of several runs are all the same but for rounding."""
    return len(values) > 1 and float(values.max() - values.min()) <= _ROUNDING * float(abs(values).max())


def count_seeds(values: NDArray[Any], half_width: float) -> float:
    """Return how many values with the spread of `values` (n,) give a 95 % interval of at most +- `half_width`.

    The smallest n >= 2 with t(0.975, n - 1) sd / sqrt(n) <= half_width; infinite above MOST_SEEDS. NaN for fewer than
    2 values or no width.
    """
    if len(values) < 2 or not half_width > 0.0:
        return math.nan
    relative = float(values.std(ddof=1)) / half_width
    if relative > math.sqrt(MOST_SEEDS):
        return math.inf
    ratio = relative**2
    low, high = 1, 2  # `low` is too few, or no number at all; `high` may be too few
    while _find_quantile(high) ** 2 * ratio > high:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _find_quantile(middle) ** 2 * ratio <= middle else (middle, high)
    return float(high)


def measure_reduction(base: NDArray[Any], policy: NDArray[Any]) -> float:
    """Return (var base + var policy) / var(policy - base) over pairs (n,): what common random numbers save.

    NaN for fewer than 2 pairs, and where the difference is the same in all.
    """
    if len(base) < 2:
        return math.nan
    paired = float((policy - base).var(ddof=1))
    return (float(base.var(ddof=1)) + float(policy.var(ddof=1))) / paired if paired else math.nan


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for their number after Holm; NaN stays NaN and does not count."""
    known = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    adjusted, least = [math.nan] * len(p_values), 0.0
    for rank, (p, place) in enumerate(known):
        least = max(least, min(1.0, (len(known) - rank) * p))
        adjusted[place] = least
    return adjusted


def _take_first(first: int | None, *columns: NDArray[Any]) -> list[NDArray[Any]]:
    """The first rows of columns (n,); all of them where `first` is None or one column is the same in all of those."""
    told = [values[:first] for values in columns]
    return list(columns) if any(is_alike(values) for values in told) else told


def _join(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The least interval that holds both; NaN where one is."""
    ends = (*one, *other)
    return (math.nan, math.nan) if any(map(math.isnan, ends)) else (min(ends), max(ends))


def _find_quantile(count: int) -> float:
    """t(0.975, count - 1)."""
    from scipy import stats

    return float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1))
