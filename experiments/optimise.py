"""The best size of a policy under a budget, with what chance leaves open.

A sweep has run one policy at several points of one key or two, such as units and rent cap, with the same seeds as the
baseline. At each point the mean effect and the mean cost are known but for chance; between points both are polynomials
of the keys (of the order up to 3, for two keys up to 2 with their product, that leaves out points best):

    best = argmax over x of sum_s w_s effect_s(x), or of min_s effect_s(x)
    where P(cost_s of a run at x <= budget) >= p in every state s

Where a key is 0 and no run there differs from the baseline, that size is known to change nothing: the curves of effect
and cost go through 0 there, and nothing is left to chance.
The probability is that of one more run: Student-t around the mean cost with the spread of runs, which is a straight
line along each key, fitted to the spreads at the points: that of a few runs is too uncertain to be taken as it is, and
would make the probability go up and down with the size. Draws of all means together (experiments/means.py), each with
its own best x, give the interval of the answer. What costs are is drawn too, so that it may reach beyond the sizes
allowed.
Sizes whose effect cannot be told from that of the best are listed beside it, and are often
many: near the top a curve is flat. Where they are all sizes that the budget allows, the answer is not determined.
Left out: sizes outside the points that were run.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.cases import Cases, Question
from experiments.means import FloatArray, bound_draws, draw_means
from sim.errors import ResultsError
from sim.sourced import is_finite

MILLION: Final = 1e6
N_DRAWS: Final = 2000
STEPS: Final = {1: 201, 2: 41}
"""Sizes looked at along each key, by the number of keys."""
FEWEST_REPETITIONS: Final = 3
FEWEST_POINTS: Final = 4
FEWEST_VALUES: Final = 3
"""Different values of each key: fewer make no curve along it."""
_LARGEST_ORDER: Final = {1: 3, 2: 2}
_ROUNDING: Final = 1e-12
"""Weights of points, of the order of 1, that are zero but for rounding."""
ROUGH: Final = 3.0
"""Standard errors, as a root mean square, that points may lie off their curve before it is said."""

BoolArray = NDArray[np.bool_]
Verdict = Literal["inside", "at_bound", "budget_binds", "undetermined", "too_dear"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """What a size may cost."""

    most_cny: float
    """Largest cost of a run, by the outcome that counts as cost."""
    probability: float = 0.9
    """Least share of runs, in every state, that keep it."""
    over: Literal["mean", "worst"] = "mean"
    """Which effect is largest: the weighted mean over states, or that of the worst state."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Size:
    """The answer for one key."""

    key: str
    best: float
    low: float
    high: float
    """95 % interval of the best."""
    as_good_from: float
    as_good_to: float
    """From the least to the greatest size whose effect cannot be told from that of the best."""
    allowed_from: float
    allowed_to: float
    """From the least to the greatest size that keeps the budget with the probability asked for, as costs were found."""
    swept_from: float
    swept_to: float


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """Effect and cost between the points."""

    keys: tuple[str, ...]
    sizes: FloatArray
    """(size, key)"""
    effect: FloatArray
    """(size,) over states, in the unit of the outcome."""
    draws: FloatArray
    """(draw, size)"""
    cost: FloatArray
    """(size,) mean cost in the dearest state, CNY."""
    p_budget: FloatArray
    """(size,) share of runs that keep the budget, in the state where it is least."""
    p_budget_draws: FloatArray
    """(draw, size) the same for draws of the mean cost."""
    points: FloatArray
    """(point, key) sizes that were run."""
    at_points: FloatArray
    """(point,) mean effect there, over states."""
    misfit: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Optimum:
    """The best size, or why there is none."""

    verdict: Verdict
    """inside: a top of the curve; at_bound: at the end of what was swept; budget_binds: more would be better and is
    not allowed; undetermined: all of several sizes allowed are as good; too_dear: none is allowed."""
    sizes: tuple[Size, ...]
    """Empty where none is allowed."""
    effect: float
    effect_low: float
    effect_high: float
    cost_million_cny: float
    """Of the dearest state."""
    p_budget: float
    """Share of runs that keep the budget, in the state where it is least."""
    misfit: float
    """Root mean square of how far points with a standard error lie off the curve of the effect, in these."""
    is_rough: bool
    """Whether that is too much: look at the points."""
    unit: str
    curves: Curves
    """What it was read from, for figures."""


def find_best_size(cases: Cases, question: Question, budget: Budget, weights: FloatArray) -> Optimum:
    """Find the best size of the one policy of a sweep.

    Args:
        cases: Runs of the baseline and of one policy at several sizes.
        question: What is asked; `per_cost` has no meaning here.
        budget: What it may cost.
        weights: (state,) weights that sum to 1.

    Raises:
        ResultsError: If the sweep has other than one policy, or one or two keys of numbers, or too few points or seeds.
    """
    sign = question.sign
    curves = _draw_curves(cases, budget, weights, sign)
    allowed = curves.p_budget >= budget.probability
    rated = np.where(allowed, curves.effect * sign, -np.inf)
    if not allowed.any():
        return _describe(cases, curves, int(curves.p_budget.argmax()), "too_dear", ())
    best = int(rated.argmax())
    tops = _find_tops(curves, budget, sign)
    # the interval of the lead over a size, as that of the effect is one of the lead over doing nothing
    lead, _ = bound_draws((curves.draws[:, [best]] - curves.draws) * sign)
    as_good = allowed & (lead <= 0)
    low, high = bound_draws(curves.sizes[tops])
    sizes = tuple(
        Size(
            key=key,
            best=float(curves.sizes[best, k]),
            low=float(low[k]),
            high=float(high[k]),
            as_good_from=float(curves.sizes[as_good, k].min()),
            as_good_to=float(curves.sizes[as_good, k].max()),
            allowed_from=float(curves.sizes[allowed, k].min()),
            allowed_to=float(curves.sizes[allowed, k].max()),
            swept_from=float(curves.points[:, k].min()),
            swept_to=float(curves.points[:, k].max()),
        )
        for k, key in enumerate(curves.keys)
    )
    verdict: Verdict = "inside"
    if allowed.sum() > 1 and as_good[allowed].all():
        verdict = "undetermined"
    elif not allowed[(curves.effect * sign).argmax()]:
        verdict = "budget_binds"
    elif any(np.isclose(one.best, (one.swept_from, one.swept_to)).any() for one in sizes):
        verdict = "at_bound"
    return _describe(cases, curves, best, verdict, sizes)


def _find_tops(curves: Curves, budget: Budget, sign: float) -> NDArray[np.intp]:
    """(draw,) number of the best size in each draw; where none keeps the budget, the cheapest is left."""
    keeps = curves.p_budget_draws >= budget.probability
    best = np.where(keeps, curves.draws * sign, -np.inf).argmax(axis=1)
    return np.asarray(np.where(keeps.any(axis=1), best, curves.p_budget_draws.argmax(axis=1)), np.intp)


def _describe(cases: Cases, curves: Curves, best: int, verdict: Verdict, sizes: tuple[Size, ...]) -> Optimum:
    low, high = bound_draws(curves.draws[:, best])
    return Optimum(
        verdict=verdict,
        sizes=sizes,
        effect=float(curves.effect[best]),
        effect_low=float(low),
        effect_high=float(high),
        cost_million_cny=float(curves.cost[best]) / MILLION,
        p_budget=float(curves.p_budget[best]),
        misfit=curves.misfit,
        is_rough=curves.misfit > ROUGH,
        unit=cases.unit,
        curves=curves,
    )


def _draw_curves(cases: Cases, budget: Budget, weights: FloatArray, sign: float) -> Curves:
    keys, points = _read_points(cases)
    low, width = points.min(axis=0), np.ptp(points, axis=0)
    axes = [np.linspace(start, start + wide, STEPS[len(keys)]) for start, wide in zip(low, width, strict=True)]
    sizes = np.array(list(itertools.product(*axes)))
    unit, unit_sizes = ((x - low) / width * 2 - 1 for x in (points, sizes))
    effect, cost = cases.effect[1:], cases.cost[1:]
    known = (points == 0).any(axis=1) & ~(effect.any(axis=(1, 2)) | cost.any(axis=(1, 2)))
    (to_sizes, to_points), (cost_to_sizes, _) = (
        _choose_smoother(unit, unit_sizes, values.mean(axis=2), known) for values in (effect, cost)
    )
    mean_cost = cost_to_sizes @ cost.mean(axis=2)

    def reduce_states(states: Sequence[FloatArray]) -> FloatArray:
        if budget.over == "worst":
            return np.asarray(np.min([one * sign for one in states], axis=0) * sign)
        return np.asarray(sum(weight * one for weight, one in zip(weights, states, strict=True)))

    means, n_states = effect.mean(axis=2), effect.shape[1]
    together = draw_means(np.concatenate([effect, cost], axis=1), n_draws=N_DRAWS)
    draws, cost_draws = together[:, :, :n_states], together[:, :, n_states:]
    spread = _smooth_spread(unit, unit_sizes, cost.std(axis=2, ddof=1), known)
    likely_cost = np.einsum("zp,dps->dzs", cost_to_sizes, cost_draws)
    error = effect.std(axis=2, ddof=1) / np.sqrt(effect.shape[2])
    off = (means - to_points @ means) / np.where(error > 0, error, np.inf)
    return Curves(
        keys=keys,
        sizes=sizes,
        effect=reduce_states([to_sizes @ means[:, s] for s in range(n_states)]),
        draws=reduce_states([draws[:, :, s] @ to_sizes.T for s in range(n_states)]),
        cost=mean_cost.max(axis=1),
        p_budget=_keep_budget(mean_cost, spread, cost.shape[2], budget.most_cny),
        p_budget_draws=_keep_budget(likely_cost, spread, cost.shape[2], budget.most_cny),
        points=points,
        at_points=reduce_states([means[:, s] for s in range(n_states)]),
        misfit=float(np.sqrt((off**2).sum() / max(1, (error > 0).sum()))),
    )


def _smooth_spread(unit: FloatArray, unit_sizes: FloatArray, spread: FloatArray, known: BoolArray) -> FloatArray:
    """(size, state) spread of runs: along each key a straight line, by least squares of `spread` (point, state).

    What is fitted are the spreads at the corners of what was swept, none of which is below zero, so that none between
    them is; they are zero at corners on which a size depends that is known to change nothing.
    """
    from scipy.optimize import nnls

    def weigh_corners(at: FloatArray) -> FloatArray:
        ends = np.stack([1 - at, 1 + at], axis=2) / 2
        corners = itertools.product(range(2), repeat=at.shape[1])
        return np.stack([np.prod([ends[:, k, end] for k, end in enumerate(one)], axis=0) for one in corners], axis=1)

    weights = weigh_corners(unit)
    free: BoolArray = np.asarray(~(weights[known] > 0).any(axis=0), np.bool_)
    if not free.any():  # a known size amid others
        free[:] = True
    at_corners = np.stack([nnls(weights[:, free], one)[0] for one in spread.T], axis=1)
    return np.asarray(weigh_corners(unit_sizes)[:, free] @ at_corners, np.float64)


def _read_points(cases: Cases) -> tuple[tuple[str, ...], FloatArray]:
    """Keys and the values of each choice but the baseline."""
    levers = cases.levers.iloc[1:]
    policies = sorted(str(name) for name in levers["policy"].unique())
    if len(policies) > 1:
        raise ResultsError(f"one policy has a best size, not {len(policies)}: {', '.join(policies)}. Keep one of them")
    keys = tuple(str(name) for name in levers.columns if name != "policy" and levers[name].nunique() > 1)
    numbers = all(is_finite(value.item() if hasattr(value, "item") else value) for key in keys for value in levers[key])
    if len(keys) not in STEPS or not numbers:
        raise ResultsError(
            f"a best size needs one key of the policy that is varied over numbers, or two; here are {len(keys)} "
            f"({', '.join(keys) or 'none'}). Vary one such as policies.0.units"
        )
    points = levers[list(keys)].to_numpy(float)
    fault = find_fault(points)
    if fault is not None:
        raise ResultsError(". ".join(fault))
    if cases.effect.shape[2] < FEWEST_REPETITIONS:
        raise ResultsError(f"an interval needs {FEWEST_REPETITIONS} seeds or more. Raise `seeds`")
    return keys, points


def find_fault(points: FloatArray) -> tuple[str, str] | None:
    """Why different sizes (point, key) make no curve, and the repair; None where they do."""
    n_keys = points.shape[1]
    fewest = min(len(np.unique(column)) for column in points.T)
    if len(points) < FEWEST_POINTS + n_keys - 1 or fewest < FEWEST_VALUES:
        what = f"{len(points)} sizes with {fewest} values of a key" if n_keys > 1 else f"{len(points)} sizes"
        return f"{what} are too few for a curve", "Give each key four values or more"
    unit = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    if np.linalg.matrix_rank(unit - unit.mean(axis=0)) < n_keys:
        return (
            "the sizes of both keys lie on one line",
            "Cross their values, or vary one",
        )
    return None


def _choose_smoother(
    unit: FloatArray, unit_sizes: FloatArray, means: FloatArray, known: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """(size, point) and (point, point) matrices that turn means at points into the curve, of the best order.

    Curves are zero at `known` (point,): of all combinations of terms those that vanish there.
    """
    found: list[tuple[float, FloatArray, FloatArray]] = []
    for order in range(1, _LARGEST_ORDER[unit.shape[1]] + 1):
        terms, at_sizes = _make_terms(unit, order), _make_terms(unit_sizes, order)
        if known.any():
            from scipy.linalg import null_space

            basis = null_space(terms[known])
            terms, at_sizes = terms @ basis, at_sizes @ basis
        if not 0 < terms.shape[1] < len(unit) - known.sum() or np.linalg.matrix_rank(terms) < terms.shape[1]:
            continue
        solve = np.linalg.pinv(terms)
        hat = terms @ solve
        # what the curve through all other points misses at a point
        missed = (means - hat @ means) / np.maximum(1e-9, 1 - np.diag(hat))[:, None]
        to_sizes = at_sizes @ solve
        to_sizes[np.abs(to_sizes) < _ROUNDING] = 0.0
        found.append((float((missed**2).sum()), to_sizes, hat))
    if not found:  # too few points are left beside those known
        return _choose_smoother(unit, unit_sizes, means, np.zeros_like(known))
    _, to_sizes, to_points = min(found, key=lambda one: one[0])
    return to_sizes, to_points


def _make_terms(unit: FloatArray, order: int) -> FloatArray:
    """(point, term) products of powers up to `order` in all."""
    powers = [one for one in itertools.product(range(order + 1), repeat=unit.shape[1]) if sum(one) <= order]
    return np.stack([np.prod(unit ** np.array(power), axis=1) for power in powers], axis=1)


def _keep_budget(mean: FloatArray, spread: FloatArray, n: int, most_cny: float) -> FloatArray:
    """Probability that one more run keeps the budget, the least over states, as (..., size).

    `mean` is (..., size, state), `spread` (size, state).
    """
    from scipy import stats

    width = spread * np.sqrt(1 + 1 / n)
    room = (most_cny - mean) / np.where(width > 0, width, 1.0)
    chance = np.where(width > 0, stats.t.cdf(room, n - 1), (room >= 0).astype(float))
    return np.asarray(chance.min(axis=-1), np.float64)
