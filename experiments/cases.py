"""A sweep as a decision: choices x states of the world x repetitions, every run held against the one without a policy.

A choice is what a planner may do: a policy, at the values of its own keys that the sweep varies, `policies.*` or
`POLICY/KEY`. A state is what nobody chooses: a future, at the values of all other keys that the sweep varies.
Repetitions are seeds, or seeds with a parameter set each. The run of the baseline in the same state with the same seed
shares all draws, so that

    effect[c, s, r] = outcome of choice c in state s, repetition r - outcome of the baseline in state s, repetition r

and the same for cost. The baseline itself is the first choice: to do nothing, with effect and cost zero.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.casenames import is_chosen, name_cases
from experiments.table import check_table, list_keys
from experiments.varyfile import split_key
from sim.errors import ResultsError
from sim.outcomes import ALL, CNY, PERSONS, PUBLIC_COST

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

_SUMS: Final = (PERSONS, CNY)
"""Units of sums, of which a run lacks a row where there was nothing to count."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Threshold:
    """What one run must reach to count as good enough."""

    outcome: str
    group: str = ALL
    of: Literal["difference", "value"] = "difference"
    """Held against the threshold: the difference from the baseline, or the outcome itself."""
    low: float = -math.inf
    """Smallest value that is good enough, in the unit of the outcome."""
    high: float = math.inf
    """Largest one."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a sweep."""

    baseline: str
    """The policy that stands for doing nothing."""
    outcome: str
    group: str = ALL
    better: Literal["high", "low"] = "high"
    per_cost: bool = False
    """Judge by the effect for each million CNY, not by the effect."""
    cost: str = PUBLIC_COST
    """Outcome in CNY that counts as cost."""
    city: str | None = None
    """City whose outcomes count; needed where the sweep has more than one."""
    thresholds: tuple[Threshold, ...] = ()
    weights: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """Weight by future; none where nothing is known about how likely they are."""
    policies: tuple[str, ...] = ()
    futures: tuple[str, ...] = ()
    """Names in the order in which they are shown; as they come without."""
    labels: Mapping[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)
    """What policies and futures are called, by name and language, where the file says it."""

    @property
    def sign(self) -> float:
        """What turns an effect into a gain: 1, or -1 where less is better."""
        return 1.0 if self.better == "high" else -1.0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Cases:
    """Runs of a sweep in the shape of the decision."""

    choices: tuple[str, ...]
    """The baseline first."""
    states: tuple[str, ...]
    conditions: DataFrame
    """One row a state: its future and the values of the keys that happen."""
    levers: DataFrame
    """One row a choice: its policy and the values of the keys that are chosen; those of the baseline say nothing."""
    repetitions: tuple[tuple[int, int], ...]
    """Seed and member of the ensemble (-1 for none) of the runs that count."""
    unit: str
    """Of the outcome."""
    effect: FloatArray
    """(choice, state, block), in `unit`: a block is a repetition, or the mean of those with one parameter set where
    sets come with several seeds each, since these are not independent."""
    cost: FloatArray
    """(choice, state, block), CNY."""
    meets: NDArray[np.bool_] | None
    """(choice, state, repetition) whether all thresholds are met; None without thresholds."""
    left_out: int
    """Repetitions left out because not every choice has been run with them in every state."""


def gather_cases(table: DataFrame, question: Question) -> Cases:
    """Arrange the table of a sweep by choice, state and repetition.

    Args:
        table: Table of a sweep (experiments/table.py).
        question: What is asked.

    Raises:
        ResultsError: If the table lacks the baseline, an outcome, the city, or every complete repetition.
    """
    rows, keys = _choose_city(check_table(table), question.city), list_keys(table)
    own = [key for key in keys if split_key(key)[0] == question.baseline]
    if own:
        raise ResultsError(
            f"{own[0]} changes the baseline alone, and every choice is compared with one baseline. Drop it"
        )
    runs = _name_runs(rows, keys, question.baseline)
    states = _list_names(runs, "state", "future", question.futures)
    choices = _list_names(runs, "choice", "policy", question.policies)
    if question.baseline not in choices:
        raise ResultsError(f"no runs of the baseline `{question.baseline}` in the sweep; it has {', '.join(choices)}")
    choices = [question.baseline, *(name for name in choices if name != question.baseline)]
    if len(choices) < 2:
        raise ResultsError("the sweep has the baseline only. Add policies to choose from")
    repetitions, left_out = _find_repetitions(runs, choices, states)
    index = [(c, s, *r) for c in choices for s in states for r in repetitions]

    def collect(outcome: str, group: str) -> tuple[FloatArray, str]:
        values, unit = _collect_values(runs, outcome, group, index)
        return values.reshape(len(choices), len(states), len(repetitions)), unit

    level, unit = collect(question.outcome, question.group)
    _refuse_nobody(level, question)
    cost, _ = collect(question.cost, ALL)
    conditions = runs.drop_duplicates("state").set_index("state").loc[states]
    levers = runs.drop_duplicates("choice").set_index("choice").loc[choices]
    return Cases(
        choices=tuple(choices),
        states=tuple(states),
        conditions=conditions[["future", *(key for key in keys if not is_chosen(key))]],
        levers=levers[["policy", *(key for key in keys if is_chosen(key))]],
        repetitions=tuple(repetitions),
        unit=unit,
        effect=_average_blocks(level - level[:1], repetitions),
        cost=_average_blocks(cost - cost[:1], repetitions),
        meets=_meet_thresholds(question.thresholds, collect),
        left_out=left_out,
    )


def _choose_city(table: DataFrame, city: str | None) -> DataFrame:
    cities = sorted(str(name) for name in table["city"].unique())
    if city is None and len(cities) > 1:
        raise ResultsError(f"the sweep has outcomes of {', '.join(cities)}. Name one of them as `city`")
    if city is not None and city not in cities:
        raise ResultsError(f"no city `{city}` in the sweep. Name one of {', '.join(cities)}")
    return table if city is None else table[(table["city"] == city).to_numpy()]


def _list_names(runs: DataFrame, name: str, by: str, order: Sequence[str]) -> list[str]:
    """Choices or states in the order of their policy or future, then as they come."""
    places = {known: number for number, known in enumerate(order)}
    names = runs.drop_duplicates(name)
    ranks = [places.get(str(one), len(places)) for one in names[by]]
    return [str(one) for _, one in sorted(zip(ranks, names[name], strict=True), key=lambda pair: pair[0])]


def _name_runs(rows: DataFrame, keys: Sequence[str], baseline: str) -> DataFrame:
    """Add the columns choice and state: names that say what distinguishes them."""
    labels = ["policy", "future", *keys]
    named = rows[labels].drop_duplicates()
    records = named.to_dict("records")
    names = name_cases(keys, records, baseline)
    found = [names.name(str(row["policy"]), str(row["future"]), row) for row in records]
    choices, states = zip(*found, strict=True)
    return rows.merge(named.assign(choice=choices, state=states), how="left", on=labels)


def _find_repetitions(
    runs: DataFrame, choices: Sequence[str], states: Sequence[str]
) -> tuple[list[tuple[int, int]], int]:
    """Repetitions that every choice has in every state, and how many others there are."""
    some = runs[["choice", "state", "seed", "member"]].drop_duplicates()
    counts = some.groupby(["seed", "member"]).size()
    complete = [(int(seed), int(member)) for seed, member in counts.index[counts == len(choices) * len(states)]]
    if not complete:
        raise ResultsError(
            "no seed was run for every choice in every state. Let the sweep finish (--resume), give every policy the "
            "same seeds, and cross what is chosen (policies.*) with what happens: a grid, not one sample of both"
        )
    return sorted(complete), len(counts) - len(complete)


def _refuse_nobody(level: FloatArray, question: Question) -> None:
    if not level.any():
        raise ResultsError(
            f"`{question.outcome}` of group `{question.group}` is zero in all runs: nobody counts there. Ask for "
            "another outcome or a larger group, or simulate more people (a smaller scale) or more quarters"
        )


def _average_blocks(values: FloatArray, repetitions: Sequence[tuple[int, int]]) -> FloatArray:
    """Mean over the seeds of each parameter set, where there are several sets with several seeds."""
    members = np.array([member for _, member in repetitions])
    sets = np.unique(members)
    if len(sets) in {1, len(members)}:
        return values
    return np.stack([values[:, :, members == one].mean(axis=2) for one in sets], axis=2)


def _collect_values(
    runs: DataFrame, outcome: str, group: str, index: Sequence[tuple[Any, ...]]
) -> tuple[FloatArray, str]:
    """Values of an outcome in the order of `index` (choice, state, seed, member), and its unit."""
    rows = runs[(runs["outcome"] == outcome).to_numpy() & (runs["group"] == group).to_numpy()]
    if rows.empty:
        groups = dict.fromkeys(str(name) for name in runs.loc[(runs["outcome"] == outcome).to_numpy(), "group"])
        known = dict.fromkeys(str(name) for name in runs["outcome"])
        there = f"Its groups are: {', '.join(groups)}" if groups else f"Outcomes there are: {', '.join(known)}"
        raise ResultsError(f"no outcome `{outcome}` of group `{group}` in the sweep. {there}")
    unit = str(rows["unit"].iloc[0])
    names = zip(rows["choice"], rows["state"], rows["seed"], rows["member"], strict=True)
    values = dict(zip(names, rows["value"].astype(float), strict=True))
    absent = 0.0 if unit in _SUMS else math.nan
    found = np.array([values.get(key, absent) for key in index])
    if np.isnan(found).any():
        choice, state, seed, _ = index[int(np.flatnonzero(np.isnan(found))[0])]
        raise ResultsError(
            f"`{outcome}` of group `{group}` is not known for {choice} in state {state} with seed {seed}: nobody "
            "counts there. Ask for another outcome or a larger group, or simulate more people (a smaller scale)"
        )
    return found, unit


def _meet_thresholds(thresholds: Sequence[Threshold], collect: Any) -> NDArray[np.bool_] | None:
    meets: NDArray[np.bool_] | None = None
    for threshold in thresholds:
        level, _ = collect(threshold.outcome, threshold.group)
        value = level - level[:1] if threshold.of == "difference" else level
        good = (value >= threshold.low) & (value <= threshold.high)
        meets = good if meets is None else meets & good
    return meets
