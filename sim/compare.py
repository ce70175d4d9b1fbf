"""What a policy changes: outcomes of runs with it held against those of runs without it, paired by seed.

Runs with the same seed share all their draws, so the effect is estimated from the differences d_s = policy_s -
baseline_s (sim/estimate.py). Three ratios of such means are added: the cost of one more person who stays, for all and
by group; displacement, the jobs that other cities lose for one won here; and leakage, the share of those reached, and
of the money, that went to people who live and work in the same city without the policy too (sim/leakage.py).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.errors import ResultsError
from sim.estimate import Estimate, Looked, estimate_effect, estimate_ratio
from sim.leakage import COST_BY_PERSON, PAID, PAID_ANYWAY, REACHED, REACHED_ANYWAY
from sim.outcomes import ALL, CNY, COST, ELSEWHERE, PERSONS, SHARE, STAYED
from sim.types import Quarter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.scenario import Scenario

HEADLINES: Final = (
    "stay_share_12m",
    "stayed_12m",
    "first_job_share_6m",
    "arrivals",
    "rent",
    "rent_burden",
    "wage",
    "employment_rate",
    "qualified_share",
    "ai_share",
    "hukou_granted",
    "talent",
    "stay_share_12m_other_cities",
    "talent_other_cities",
    "public_cost",
)
"""Outcomes that planners are shown first, in this order; comparison.csv has them all."""
COMPARISON_COLUMNS: Final = (
    "policy",
    "outcome",
    "group",
    "unit",
    "baseline",
    "value",
    "difference",
    "low",
    "high",
    "seeds",
)
COST_PER_STAYER: Final = "cost_per_additional_stayer"
DISPLACEMENT: Final = "displacement"
LEAKAGE_PERSONS: Final = "leakage_persons"
LEAKAGE_MONEY: Final = "leakage_money"

_CNY_PERSON: Final = "CNY/person"
_SUMS: Final = (PERSONS, CNY)
_WORK: Final = "employed"

Key = tuple[str, str, str]
"""Outcome, group, unit."""
Pairs = Mapping[Key, tuple["NDArray[Any]", "NDArray[Any]"]]
"""Values of baseline and policy by seed."""
FindRatio = Callable[["NDArray[Any]", "NDArray[Any]"], Estimate]


def compare_runs(
    base: Mapping[int, DataFrame],
    policies: Mapping[str, Mapping[int, DataFrame]],
    *,
    spread: bool = False,
    looked: Looked | None = None,
) -> DataFrame:
    """Compare the outcomes of policies with those of the baseline, paired by seed.

    Args:
        base: Outcomes of the baseline (see sim.outcomes and sim.leakage) by seed.
        policies: The same for each policy, with the same seeds.
        spread: Intervals are those of one more run, not of the mean: for runs with a parameter set each.
        looked: By which outcome in how many seeds, the lowest, their number was chosen; None if it was asked for.

    Returns:
        Columns policy, outcome, group, unit, baseline, value, difference, low, high, seeds. `baseline` and `value`
        are means over seeds, `difference` is their paired mean difference, low and high bound its 95 % interval
        (NaN with a single seed, which cannot tell how far chance goes). For the cost per additional person who stays
        and for displacement `difference` is the ratio; for leakage, which is no difference, `value` is, and low and
        high bound that. They are NaN where the ratio is not determined.

    Raises:
        ResultsError: If a policy has other seeds than the baseline.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    first = looked.first if looked is not None else None
    for policy, runs in policies.items():
        if set(runs) != set(base):
            raise ResultsError(f"{policy} and the baseline have different seeds. Run both with the same seeds")
        pairs = pair_outcomes(base, runs)
        for key, pair in pairs.items():
            wider = looked is not None and not looked.is_about(key)
            rows.append((policy, *key, *estimate_effect(*pair, spread=spread, first=first, wider=wider)))
        for estimate_some in (_estimate_costs, _estimate_displacement, _estimate_leakage):
            estimates = estimate_some(pairs, functools.partial(estimate_ratio, spread=spread, first=first, wider=True))
            rows += [(policy, *key, *estimate) for key, estimate in estimates]
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))


def find_start(scenarios: Sequence[Scenario]) -> Quarter:
    """Return the first quarter of the earliest policy that the scenarios are about, or of the runs if there is none.

    Raises:
        ResultsError: If that policy begins after the runs end, so that there is nothing to compare.
    """
    begin, end = min(scenario.start for scenario in scenarios), max(scenario.end for scenario in scenarios)
    own = [policy.first for scenario in scenarios for policy in scenario.policies[scenario.n_standing :]]
    since = max(Quarter(min(own, default=begin.number)), begin)
    if since > end:
        raise ResultsError(f"the policies begin in {since}, after the runs end ({end}). Simulate more quarters")
    return since


def find_acting_places(scenario: Scenario) -> list[str]:
    """Return the places in which policies that the scenario is about act, in the order of the world."""
    from sim.policies.base import find_places

    world, own = scenario.world, scenario.policies[scenario.n_standing :]
    acting = {place for policy in own if not policy.is_zero() for place in find_places(policy.city, world)}
    return [world.places[place] for place in sorted(acting)]


def pair_outcomes(
    base: Mapping[int, DataFrame], runs: Mapping[int, DataFrame]
) -> dict[Key, tuple[NDArray[Any], NDArray[Any]]]:
    """Return (outcome, group, unit) -> values (seed,) of baseline and policy by rising seed; an absent sum is zero."""
    import numpy as np

    seeds = sorted(base)

    def look_up(frame: DataFrame) -> dict[Key, float]:
        names = zip(frame["outcome"], frame["group"], frame["unit"], strict=True)
        return dict(zip(names, frame["value"].astype(float), strict=True))

    base_rows = [look_up(base[seed]) for seed in seeds]
    rows = [look_up(runs[seed]) for seed in seeds]
    # in the order of first mention, new groups behind those of their outcome
    keys = dict.fromkeys(key for frame in (*base_rows, *rows) for key in frame)
    outcomes = list(dict.fromkeys(outcome for outcome, _, _ in keys))
    ordered = sorted(keys, key=lambda key: outcomes.index(key[0]))

    def collect(frames: list[dict[Key, float]], key: Key) -> NDArray[Any]:
        absent = 0.0 if key[2] in _SUMS else math.nan
        return np.array([frame.get(key, absent) for frame in frames])

    return {key: (collect(base_rows, key), collect(rows, key)) for key in ordered}


def _estimate_costs(pairs: Pairs, find_ratio: FindRatio) -> Iterator[tuple[Key, Estimate]]:
    """Cost of one more person who stays: for all with all costs of the city, by group with what its people got."""
    cost, stayed = _take_difference(pairs, (COST, ALL, CNY)), _take_difference(pairs, (STAYED, ALL, PERSONS))
    yield (COST_PER_STAYER, ALL, _CNY_PERSON), find_ratio(cost, stayed)
    for outcome, group, unit in pairs:
        if outcome == COST_BY_PERSON and group != ALL:
            cost, stayed = (_take_difference(pairs, key) for key in ((outcome, group, unit), (STAYED, group, PERSONS)))
            yield (COST_PER_STAYER, group, _CNY_PERSON), find_ratio(cost, stayed)


def _estimate_displacement(pairs: Pairs, find_ratio: FindRatio) -> Iterator[tuple[Key, Estimate]]:
    """People in work that other cities lose for each one gained here."""
    gained = _take_difference(pairs, (_WORK, ALL, PERSONS))
    lost = -_take_difference(pairs, (_WORK + ELSEWHERE, ALL, PERSONS))
    if len(gained):
        yield (DISPLACEMENT, ALL, SHARE), find_ratio(lost, gained)


def _estimate_leakage(pairs: Pairs, find_ratio: FindRatio) -> Iterator[tuple[Key, Estimate]]:
    """Share of persons, and of money, by policy that reached people who would be there anyway."""
    for name, part, whole in ((LEAKAGE_PERSONS, REACHED_ANYWAY, REACHED), (LEAKAGE_MONEY, PAID_ANYWAY, PAID)):
        for outcome, group, unit in pairs:
            if outcome == whole and pairs[whole, group, unit][1].any():  # a hukou place is no money that may leak
                found = find_ratio(pairs[part, group, unit][1], pairs[whole, group, unit][1])
                _, _, share, low, high, seeds = found
                yield (name, group, SHARE), (math.nan, share, math.nan, max(low, 0.0), min(high, 1.0), seeds)


def _take_difference(pairs: Pairs, key: Key) -> NDArray[Any]:
    """Policy less baseline by seed; empty where the runs do not tell."""
    import numpy as np

    none = np.zeros(0)
    base, policy = pairs.get(key, (none, none))
    return policy - base
