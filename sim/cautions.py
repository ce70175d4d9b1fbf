"""What a planner should know of a scenario that is sound: sizes too small for its agents, dates before the run.

One agent stands for `scale` persons, units or places. What is a few agents in a place is rounded by lot, and what is
less than one may be nothing in a whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sim.policies import PolicySpec
from sim.policies.base import INFINITE
from sim.policyfile import TEXT
from sim.scenario import Scenario
from sim.sourced import STATED

LEAST_AGENTS: Final = 10
"""Agents in one place under which a size is not told apart from chance."""
COUNTED: Final = ("units", "persons", "jobs", "places/year")
"""Units of sizes that agents stand for."""


def find_cautions(scenario: Scenario) -> list[str]:
    """Lines about what is allowed and yet seldom meant; none where all is well."""
    return [*_find_small(scenario), *_find_early(scenario)]


def describe_contents(scenario: Scenario) -> str:
    """How many policies and values a scenario has, and how many of them say where they are from."""
    standing, own = scenario.n_standing, len(scenario.policies) - scenario.n_standing
    numbers = [cell for cell in scenario.sources.values() if cell.unit != TEXT]
    plain = sum(cell.source == STATED for cell in numbers)
    text = f"{_count(own, 'policy', 'policies')}, {_count(standing, 'standing policy', 'standing policies')}, "
    text += f"scale {scenario.scale}, {_count(len(numbers), 'value', 'values')}"
    return f"{text}, of which {plain} stated without a source" if plain else f"{text}, each with its source"


def _find_small(scenario: Scenario) -> Iterator[str]:
    """One line that names every size under LEAST_AGENTS, and the scale that would do for all of them."""
    small = [
        (policy, name, value)
        for policy in scenario.policies
        if not policy.is_zero()
        for name, value in _list_sizes(policy)
        if 0 < value < LEAST_AGENTS * scenario.scale
    ]
    if not small:
        return
    shown = "; ".join(
        f"{policy.label or policy.kind} ({name} {value:,.10g}: {value / scenario.scale:.2g} agents)"
        for policy, name, value in small
    )
    enough = max(1, int(min(value for _, _, value in small) / LEAST_AGENTS))
    yield (
        f"too small for scale {scenario.scale}, so that chance decides: {shown}. "
        f"Use --scale {enough} or less for {LEAST_AGENTS} agents in a place"
    )


def _list_sizes(policy: PolicySpec) -> Iterator[tuple[str, float]]:
    for name, info in type(policy).model_fields.items():
        extra: Any = info.json_schema_extra
        value = getattr(policy, name)
        if isinstance(extra, dict) and extra.get("unit") in COUNTED and value != INFINITE:
            yield info.alias or name, float(value)


def _find_early(scenario: Scenario) -> Iterator[str]:
    """Policies of the question; standing ones may well be older than the run."""
    start = scenario.start
    for policy in scenario.policies[scenario.n_standing :]:
        if policy.first < start.number and not policy.is_zero():
            yield (
                f"{policy.label or policy.kind} begins in {policy.from_}, before the run ({start}): it acts from "
                f"{start} on, and its steps and terms count from {policy.from_}. Write {start} if this is not meant"
            )


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
