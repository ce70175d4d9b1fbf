"""Which choice holds whatever comes: policies x futures, judged by what each gains against doing nothing.

With g[c, s] the mean gain of choice c in state s (more of what is good, or less of what is bad), over repetitions that
are paired by seed:

    mean[c]   = sum_s w_s g[c, s]                       weights w: equal, unless given
    worst[c]  = min_s g[c, s]
    regret[c] = max_s (max_k g[k, s] - g[c, s])         what is lost at most by not having chosen the best
    enough[c] = share of states x repetitions in which all thresholds are met

Futures are no sample of what will be: equal weights are no probabilities, and `enough` counts futures that somebody
thought of. What is uncertain in these numbers by chance is told by draws of all means together (experiments/means.py):
a choice is tied with the best where the 95 % interval of their difference, widened for as many comparisons as there
are, does not exclude zero. A regret is a maximum over noisy means, and so is too large on average while repetitions
are few; its interval shows by how much.
The gain for each million CNY is the ratio of mean effect to mean cost, with the delta method for its error: repetition
r counts as ratio + (effect[r] - ratio cost[r]) / mean(cost). It exists where cost is above zero beyond chance.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.cases import Cases, Question
from experiments.means import CONFIDENCE, FloatArray, bound_draws, bound_share, draw_means
from sim.errors import ResultsError
from sim.estimate import bound_mean

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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judgement:
    """Choices judged."""

    effects: DataFrame
    """EFFECT_COLUMNS, one row a choice and state. `value` is what is judged: the effect, or it for a million CNY."""
    ranking: DataFrame
    """One row a choice, best mean first: mean, worst and regret, each with low, high, verdict and share_best, the
    share of draws in which it is the best; worst_state, regret_state; enough with its interval."""
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


def measure_gains(cases: Cases, question: Question) -> FloatArray:
    """(choice, state, repetition) what is judged, signed so that more is better; NaN where it does not exist."""
    return _measure_values(cases, question) * _get_sign(question)


def _get_sign(question: Question) -> float:
    return 1.0 if question.better == "high" else -1.0


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

    gains = values.mean(axis=2) * _get_sign(question)
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
    from scipy import stats

    difference = best - own
    if not np.isfinite(difference).all() or len(difference) < 2:
        return UNKNOWN
    if is_best:
        return BEST
    if not difference.any():
        return TIED
    tail = (1 - CONFIDENCE) / 2 / max(1, n - 1)
    half = float(stats.t.ppf(1 - tail, len(difference) - 1)) * difference.std(ddof=1) / np.sqrt(len(difference))
    return WORSE if abs(difference.mean()) > half else TIED


def _rank_choices(
    cases: Cases, values: FloatArray, known: NDArray[np.bool_], weights: FloatArray, question: Question
) -> DataFrame:
    """One row a choice that has a value, best mean first."""
    import pandas as pd

    sign = _get_sign(question)
    rows = np.flatnonzero(known)
    gains = values[rows] * sign
    means = gains.mean(axis=2)
    points = _score(means[None], weights)
    draws = _score(draw_means(gains), weights) if gains.shape[2] > 1 else None
    table: dict[str, Any] = {"choice": [cases.choices[c] for c in rows]}
    for name in CRITERIA:
        # a regret is no gain turned round: it is shown as a loss whatever is better
        turn = -1.0 if name == "regret" else sign
        table[name] = points[name][0] * turn
        low, high, share, verdicts = _judge_scores(points[name][0], None if draws is None else draws[name])
        ends = (low * turn, high * turn)
        table[f"{name}_low"], table[f"{name}_high"] = np.minimum(*ends), np.maximum(*ends)
        table[f"{name}_share_best"], table[f"{name}_verdict"] = share, verdicts
    table["worst_state"] = [cases.states[s] for s in means.argmin(axis=1)]
    table["regret_state"] = [cases.states[s] for s in (means.max(axis=0) - means).argmax(axis=1)]
    if cases.meets is not None:
        enough = cases.meets[rows].mean(axis=(1, 2))
        # seeds are shared by all states, so that repetitions are what is independent
        bounds = [bound_share(float(share), len(cases.repetitions)) for share in enough]
        table |= {
            "enough": enough,
            "enough_low": [low for low, _ in bounds],
            "enough_high": [high for _, high in bounds],
        }
    order = np.argsort(-points["mean"][0], kind="stable")
    return pd.DataFrame(table).iloc[order].reset_index(drop=True)


def _score(means: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    """(draw, choice) score by each criterion of (draw, choice, state) mean gains; more is better."""
    regret = means.max(axis=1, keepdims=True) - means
    return {"mean": means @ weights, "worst": means.min(axis=2), "regret": -regret.max(axis=2)}


def _judge_scores(points: FloatArray, draws: FloatArray | None) -> tuple[FloatArray, FloatArray, FloatArray, list[str]]:
    """Interval, share of draws in which it is the best, and verdict of each choice."""
    unknown = np.full(len(points), np.nan)
    if draws is None:
        return unknown, unknown, unknown, [UNKNOWN] * len(points)
    low, high = bound_draws(draws)
    # equals share the first place: doing nothing in many ways is no less sure than in one
    leads = draws >= draws.max(axis=1, keepdims=True)
    share = (leads / leads.sum(axis=1, keepdims=True)).mean(axis=0)
    best = int(points.argmax())
    tail = (1 - CONFIDENCE) / 2 / max(1, len(points) - 1)
    ahead = np.quantile(draws[:, [best]] - draws, tail, axis=0) > 0
    verdicts = [BEST if c == best else WORSE if ahead[c] else TIED for c in range(len(points))]
    return low, high, share, verdicts


def _find_front(cases: Cases, weights: FloatArray, question: Question) -> DataFrame:
    """Effect against cost, means over states; which choices nothing else beats in both."""
    import pandas as pd

    effect, cost = (np.tensordot(array, weights, axes=(1, 0)) for array in (cases.effect, cases.cost / MILLION))
    gain = effect * _get_sign(question)
    on_front = _stand_on_front(gain.mean(axis=1)[None], cost.mean(axis=1)[None])[0]
    share = np.full(len(on_front), np.nan)
    if effect.shape[1] > 1:
        draws = draw_means(np.stack([gain, cost]))
        share = _stand_on_front(draws[:, 0], draws[:, 1]).mean(axis=0)
    rows = []
    for c, choice in enumerate(cases.choices):
        sure = ON_FRONT if share[c] >= _CERTAIN else DOMINATED if share[c] <= 1 - _CERTAIN else UNDECIDED
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
