"""Which choice holds whatever comes: policies x futures, judged by what each gains against doing nothing.

With g[c, s] the mean gain of choice c in state s (more of what is good, or less of what is bad), over repetitions that
are paired by seed:

    mean[c]   = sum_s w_s g[c, s]                       weights w: equal, unless given
    worst[c]  = min_s g[c, s]
    regret[c] = max_s (max_k g[k, s] - g[c, s])         what is lost at most by not having chosen the best
    enough[c] = share of states x repetitions in which all thresholds are met

Futures are no sample of what will be: equal weights are no probabilities, and `enough` counts futures that somebody
thought of. Chance is told apart by 95 % intervals. In one state, and on the mean, a choice is tied with the best where
the interval of their difference, paired by repetition and widened for as many comparisons as there are (Bonferroni),
includes zero. Where runs are all alike there is no spread: five of them or fewer then decide nothing, as a test of
signs says. A worst case and a regret are extremes over noisy means, the one too low on average and the other too
high. Their intervals are the extremes of the ends of intervals that hold for all means at once: low .. high by

    worst: min_s (g - k e) .. min_s (g + k e)       regret: max_{j,s} (d - k e) .. max_{j,s} (d + k e), not below zero

with e the standard error, d[j, s] = g[j, s] - g[c, s], and k the 95 % quantile of the largest |error| / e over draws of
all means together (experiments/means.py). There a choice is worse than the best where their intervals lie apart.
The gain for each million CNY is the ratio of mean effect to mean cost, with the delta method for its error: repetition
r counts as ratio + (effect[r] - ratio cost[r]) / mean(cost). It exists where cost is above zero beyond chance.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.cases import Cases, Question
from experiments.means import CONFIDENCE, FloatArray, bound_share, draw_means
from sim.errors import ResultsError
from sim.estimate import bound_mean, find_sign, is_alike

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

MILLION: Final = 1e6
EFFECT_COLUMNS: Final = (
    "choice", "state", "effect", "low", "high", "cost_million_cny", "value", "value_low", "value_high", "regret",
    "verdict",
)  # fmt: skip
CRITERIA: Final = ("mean", "worst", "regret")
BEST: Final = "best"
TIED: Final = "tied"
WORSE: Final = "worse"
UNKNOWN: Final = "unknown"
"""One repetition only: chance cannot be told from the rest."""
ON_FRONT: Final = "front"
DOMINATED: Final = "dominated"
UNDECIDED: Final = "undecided"
_CERTAIN: Final = 0.95

Interval = tuple[float, float]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judgement:
    """Choices judged."""

    effects: DataFrame
    """EFFECT_COLUMNS, one row a choice and state. `value` is what is judged: the effect, or it for a million CNY."""
    ranking: DataFrame
    """One row a choice, best mean first: mean, worst and regret, each with low, high and verdict; worst_state,
    regret_state; enough with its interval."""
    front: DataFrame
    """One row a choice: cost and effect with intervals, the share of draws in which nothing else is both cheaper and
    better, and a verdict."""
    unit: str
    """Of `value`."""
    left_out: tuple[str, ...]
    """Choices without a value for each million CNY."""


def judge_choices(cases: Cases, question: Question) -> Judgement:
    """Judge the choices of a sweep by the criteria of this module."""
    values = _measure_values(cases, question)
    known = np.asarray(np.isfinite(values).all(axis=(1, 2)))
    left_out = tuple(name for name, is_known in zip(cases.choices[1:], known[1:], strict=True) if not is_known)
    if not known.any():
        raise ResultsError(
            f"no choice costs more than nothing beyond chance, so that there is no effect for each million CNY of "
            f"`{question.cost}`. Leave out `per_cost`, or add seeds"
        )
    weights = weigh_states(cases, question)
    effects = _tabulate_effects(cases, values, question)
    ranked = _rank_choices(cases, values, known, weights, question)
    unit = f"{cases.unit}/million CNY" if question.per_cost else cases.unit
    front = _find_front(cases, weights, question)
    return Judgement(effects=effects, ranking=ranked, front=front, unit=unit, left_out=left_out)


def _measure_values(cases: Cases, question: Question) -> FloatArray:
    """Effects, or effects for each million CNY linearised at the means."""
    if not question.per_cost:
        return cases.effect
    values = np.full_like(cases.effect, np.nan)
    for place in np.ndindex(values.shape[:2]):
        effect, cost = cases.effect[place], cases.cost[place] / MILLION
        low, _ = bound_mean(cost)
        if cost.mean() > 0 and not low <= 0:
            ratio = effect.mean() / cost.mean()
            values[place] = ratio + (effect - ratio * cost) / cost.mean()
    return values


def weigh_states(cases: Cases, question: Question) -> FloatArray:
    """(state,) weights that sum to 1; a future shares its weight among its states."""
    futures = [str(name) for name in cases.conditions["future"]]
    if not question.weights:
        return np.full(len(futures), 1.0 / len(futures))
    missing = [name for name in dict.fromkeys(futures) if name not in question.weights]
    if missing:
        raise ResultsError(f"no weight for {', '.join(missing)}. Give every future its weight, or none of them")
    weights = np.array([question.weights[name] / futures.count(name) for name in futures])
    return np.asarray(weights / weights.sum(), np.float64)


def _tabulate_effects(cases: Cases, values: FloatArray, question: Question) -> DataFrame:
    import pandas as pd

    gains = values.mean(axis=2) * question.sign
    rows: list[tuple[Any, ...]] = []
    for s, state in enumerate(cases.states):
        known = np.isfinite(gains[:, s])
        best = int(np.nanargmax(gains[:, s])) if known.any() else 0
        for c, choice in enumerate(cases.choices):
            effect, value = cases.effect[c, s], values[c, s]
            cost = float(cases.cost[c, s].mean()) / MILLION
            bounds = bound_mean(effect), bound_mean(value)
            regret = float(gains[best, s] - gains[c, s])
            verdict = _compare_pair(values[best, s], value, int(known.sum()), is_best=best == c)
            row = (float(effect.mean()), *bounds[0], cost, float(value.mean()), *bounds[1], regret, verdict)
            rows.append((choice, state, *row))
    return pd.DataFrame(rows, columns=list(EFFECT_COLUMNS))


def _compare_pair(best: FloatArray, own: FloatArray, n: int, *, is_best: bool) -> str:
    """Verdict on a choice beside the best of `n` in one state, paired by repetition."""
    difference = best - own
    if not np.isfinite(difference).all() or len(difference) < 2:
        return UNKNOWN
    if is_best:
        return BEST
    if not difference.any():
        return TIED
    # where all are alike there is no spread to go by, and few of them say little: find_sign then tests signs
    p_up = find_sign(difference)
    return WORSE if 2 * min(p_up, 1 - p_up) < (1 - CONFIDENCE) / max(1, n - 1) else TIED


def _rank_choices(
    cases: Cases, values: FloatArray, known: NDArray[np.bool_], weights: FloatArray, question: Question
) -> DataFrame:
    """One row a choice that has a value, best mean first."""
    import pandas as pd

    sign = question.sign
    rows = np.flatnonzero(known)
    gains = values[rows] * sign
    means, weighted = gains.mean(axis=2), np.tensordot(gains, weights, axes=(1, 0))
    lead = int(weighted.mean(axis=1).argmax())
    scores = {
        "mean": [bound_mean(own) for own in weighted],
        "worst": _bound_worst(gains),
        "regret": _bound_regret(gains),
    }
    points = {
        "mean": weighted.mean(axis=1),
        "worst": means.min(axis=1),
        "regret": (means.max(axis=0) - means).max(axis=1),
    }
    silent = [_are_few(gains.shape[2]) and all(is_alike(one) for one in own) for own in gains]
    verdicts = {
        "mean": [_compare_pair(weighted[lead], own, len(rows), is_best=c == lead) for c, own in enumerate(weighted)],
        "worst": _compare_intervals(-points["worst"], [(-high, -low) for low, high in scores["worst"]], silent),
        "regret": _compare_intervals(points["regret"], scores["regret"], silent),
    }
    table: dict[str, Any] = {"choice": [cases.choices[c] for c in rows]}
    for name in CRITERIA:
        # a regret is no gain turned round: it is shown as a loss whatever is better
        turn = 1.0 if name == "regret" else sign
        ends = np.sort(np.array(scores[name]) * turn, axis=1)
        table |= {name: points[name] * turn, f"{name}_low": ends[:, 0], f"{name}_high": ends[:, 1]}
        table[f"{name}_verdict"] = verdicts[name]
    table["worst_state"] = [cases.states[s] for s in means.argmin(axis=1)]
    table["regret_state"] = [cases.states[s] for s in (means.max(axis=0) - means).argmax(axis=1)]
    table |= _measure_enough(cases, rows)
    order = np.argsort(-points["mean"], kind="stable")
    return pd.DataFrame(table).iloc[order].reset_index(drop=True)


def _are_few(n: int) -> bool:
    """Whether so many runs decide nothing where all are alike, as a test of signs says: fewer than six."""
    return 2 * 0.5**n >= 1 - CONFIDENCE


def _measure_enough(cases: Cases, rows: NDArray[np.intp]) -> dict[str, Any]:
    """Columns of the share of runs that meet all thresholds; none without thresholds."""
    if cases.meets is None:
        return {}
    shares = cases.meets[rows].mean(axis=(1, 2))
    # seeds are shared by all states, and parameter sets by their seeds, so that blocks are what is independent
    bounds = [bound_share(float(share), cases.effect.shape[2]) for share in shares]
    low, high = zip(*bounds, strict=True)
    return {"enough": shares, "enough_low": low, "enough_high": high}


def _bound_worst(gains: FloatArray) -> list[Interval]:
    """Interval of the least mean over states of each choice."""
    low, high = _bound_together(gains)
    return list(zip(low.min(axis=1), high.min(axis=1), strict=True))


def _bound_regret(gains: FloatArray) -> list[Interval]:
    """Interval of the largest regret of each choice."""
    found: list[Interval] = []
    for own in gains:
        low, high = _bound_together(gains - own)
        found.append((float(max(0.0, low.max())), float(max(0.0, high.max()))))
    return found if gains.shape[2] > 1 else [(np.nan, np.nan)] * len(gains)


def _bound_together(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ends of intervals of all means of (..., repetition) values that hold together with 95 %."""
    mean, n = values.mean(axis=-1), values.shape[-1]
    if n < 2:
        return np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    error = values.std(axis=-1, ddof=1) / np.sqrt(n)
    off = np.abs(draw_means(values) - mean) / np.where(error > 0, error, np.inf)
    width = np.quantile(off.reshape(len(off), -1).max(axis=1), CONFIDENCE) * error
    return mean - width, mean + width


def _compare_intervals(losses: FloatArray, bounds: Sequence[Interval], silent: Sequence[bool]) -> list[str]:
    """Verdict on each choice by its loss and the interval of it: worse where it lies apart from that of the best.

    Intervals of `silent` choices have no width because few runs are alike: of two such nothing is known.
    """
    best = int(losses.argmin())
    if np.isnan(bounds[best]).any():
        return [UNKNOWN] * len(losses)
    apart = [low > bounds[best][1] and not (silent[c] and silent[best]) for c, (low, _) in enumerate(bounds)]
    return [BEST if c == best else WORSE if apart[c] else TIED for c in range(len(bounds))]


def _find_front(cases: Cases, weights: FloatArray, question: Question) -> DataFrame:
    """Effect against cost, means over states; which choices nothing else beats in both."""
    import pandas as pd

    effect, cost = (np.tensordot(array, weights, axes=(1, 0)) for array in (cases.effect, cases.cost / MILLION))
    gain = effect * question.sign
    on_front = _stand_on_front(gain.mean(axis=1)[None], cost.mean(axis=1)[None])[0]
    share = np.full(len(on_front), np.nan)
    if effect.shape[1] > 1:
        draws = draw_means(np.stack([gain, cost]))
        share = _stand_on_front(draws[:, 0], draws[:, 1]).mean(axis=0)
    rows = []
    for c, choice in enumerate(cases.choices):
        sure = ON_FRONT if share[c] >= _CERTAIN else DOMINATED if share[c] <= 1 - _CERTAIN else UNDECIDED
        if choice != question.baseline and _are_few(effect.shape[1]) and is_alike(gain[c]) and is_alike(cost[c]):
            sure = UNDECIDED
        bounds = (float(cost[c].mean()), *bound_mean(cost[c]), float(effect[c].mean()), *bound_mean(effect[c]))
        rows.append((choice, *bounds, bool(on_front[c]), share[c], UNKNOWN if np.isnan(share[c]) else sure))
    names = [
        "choice",
        "cost_million_cny",
        "cost_low",
        "cost_high",
        "effect",
        "low",
        "high",
        "on_front",
        "share_on_front",
    ]
    table = pd.DataFrame(rows, columns=[*names, "verdict"])
    return table.sort_values("cost_million_cny", kind="stable").reset_index(drop=True)


def _stand_on_front(gain: FloatArray, cost: FloatArray) -> NDArray[np.bool_]:
    """(draw, choice) whether no other choice gains as much or more for as little or less, one of them strictly."""
    beaten = np.zeros(gain.shape, bool)
    for c in range(gain.shape[1]):
        own_gain, own_cost = gain[:, [c]], cost[:, [c]]
        no_worse = (gain >= own_gain) & (cost <= own_cost)
        beaten[:, c] = (no_worse & ((gain > own_gain) | (cost < own_cost))).any(axis=1)
    return ~beaten
