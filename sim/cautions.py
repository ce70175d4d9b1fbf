"""What a planner should know of a scenario that is sound: sizes too small for its agents, dates before the run.

One agent stands for `scale` persons, units or places. What is a few agents in a place is rounded by lot, and what is
less than one may be nothing in a whole run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
_SMALL: Final = (
    "too small for scale {scale}, so that chance decides: {shown}. "
    "Use --scale {enough} or less for {least} agents in a place"
)


def find_cautions(scenario: Scenario) -> list[str]:
    """Lines about what is allowed and yet seldom meant; none where all is well."""
    return [*_find_small(scenario), *_find_early(scenario)]


def find_common_cautions(
    scenarios: Mapping[str, Sequence[Scenario]], others: Mapping[str, Sequence[Scenario]] | None = None
) -> list[str]:
    """The same about many scenarios, each size and each date once.

    Args:
        scenarios: by the name of their policy, at each of its values; a line names those that it is about, if not all.
        others: by the name of a future; named where none of `scenarios` has the size or the date.
    """
    given = {**(others or {}), **scenarios}
    sizes: dict[tuple[int, str, str], dict[str, set[float]]] = {}
    early: dict[str, dict[str, None]] = {}
    for name, variants in given.items():
        for scenario in variants:
            for policy, field, value in _list_small(scenario):
                at = scenario.scale, policy.label or policy.kind, field
                sizes.setdefault(at, {}).setdefault(name, set()).add(value)
            for line in _find_early(scenario):
                early.setdefault(line, {})[name] = None

    def tell_where(names: Collection[str]) -> str:
        own = [name for name in scenarios if name in names]
        found = own or sorted(names)
        return f"in {', '.join(found)}" if len(own) < len(scenarios) else ""

    lines = []
    for scale in sorted({scale for scale, _, _ in sizes}):
        found = {at: by_name for at, by_name in sizes.items() if at[0] == scale}
        values = {at: sorted(set().union(*by_name.values())) for at, by_name in found.items()}
        shown = (_describe_size(at, values[at], tell_where(by_name)) for at, by_name in found.items())
        enough = max(1, int(min(own[0] for own in values.values()) / LEAST_AGENTS))
        lines.append(_SMALL.format(scale=scale, shown="; ".join(shown), enough=enough, least=LEAST_AGENTS))
    return [*lines, *(" ".join(filter(None, (tell_where(names), line))) for line, names in early.items())]


def _describe_size(at: tuple[int, str, str], values: Sequence[float], where: str = "") -> str:
    """A size that some scenarios have, from its least to its greatest value among those that are too small."""
    scale, policy, field = at
    ends = dict.fromkeys((values[0], values[-1]))
    agents = " to ".join(f"{value / scale:.2g}" for value in ends)
    amount = " to ".join(f"{value:,.10g}" for value in ends)
    text = f"{field} {amount}: {agents} agent{'' if agents == '1' else 's'}"
    return f"{policy} ({text}, {where})" if where else f"{policy} ({text})"


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
    small = list(_list_small(scenario))
    if not small:
        return
    shown = "; ".join(
        _describe_size((scenario.scale, policy.label or policy.kind, name), [value]) for policy, name, value in small
    )
    enough = max(1, int(min(value for _, _, value in small) / LEAST_AGENTS))
    yield _SMALL.format(scale=scenario.scale, shown=shown, enough=enough, least=LEAST_AGENTS)


def _list_small(scenario: Scenario) -> Iterator[tuple[PolicySpec, str, float]]:
    """Policy, name and value of every size under LEAST_AGENTS."""
    for policy in scenario.policies:
        if not policy.is_zero():
            found = ((policy, name, value) for name, value in _list_sizes(policy))
            yield from (one for one in found if 0 < one[2] < LEAST_AGENTS * scenario.scale)


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
