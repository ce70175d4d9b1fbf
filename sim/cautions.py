"""What a planner should know of a scenario that is sound: sizes too small for its agents, dates before the run.

One agent stands for `scale` persons, units or places. What is a few agents in a place is rounded by lot, and what is
less than one may be nothing in a whole run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sim.filewords import translate_text
from sim.labels import Lang, label, label_code
from sim.policies import PolicySpec
from sim.policies.base import INFINITE
from sim.policyfile import TEXT
from sim.scenario import Scenario
from sim.sourced import STATED

LEAST_AGENTS: Final = 10
"""Agents in one place under which a size is not told apart from chance."""
_CHINESE: Final = re.compile("[一-鿿]")
COUNTED: Final = ("units", "persons", "jobs", "places/year")
"""Units of sizes that agents stand for."""


def find_cautions(scenario: Scenario, lang: Lang = "en") -> list[str]:
    """Lines about what is allowed and yet seldom meant; none where all is well."""
    return [*_find_small(scenario, lang), *_find_early(scenario, lang)]


def describe_contents(scenario: Scenario, lang: Lang = "en") -> str:
    """How many policies and values a scenario has, and how many of them say where they are from."""
    standing, own = scenario.n_standing, len(scenario.policies) - scenario.n_standing
    numbers = [cell for cell in scenario.sources.values() if cell.unit != TEXT]
    plain = sum(cell.source == STATED for cell in numbers)
    text = label("contents.counts", lang).format(
        own=_count(own, "policy", "policies", lang),
        standing=_count(standing, "standing_policy", "standing_policies", lang),
        scale=scenario.scale,
        values=_count(len(numbers), "value", "values", lang),
    )
    return text + label("contents.plain" if plain else "contents.sourced", lang).format(n=plain)


def _find_small(scenario: Scenario, lang: Lang) -> Iterator[str]:
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
    words = label("caution.size", lang)
    shown = ("；" if lang == "zh" else "; ").join(  # noqa: RUF001  (full-width on purpose)
        words.format(
            policy=name_policy(policy, lang), name=name, value=f"{value:,.10g}", agents=f"{value / scenario.scale:.2g}"
        )
        for policy, name, value in small
    )
    enough = max(1, int(min(value for _, _, value in small) / LEAST_AGENTS))
    facts = {"scale": scenario.scale, "enough": enough, "least": LEAST_AGENTS}
    yield label("caution.small", lang).format(shown=shown, **facts)


def name_policy(policy: PolicySpec, lang: Lang) -> str:
    """What its file calls a policy, else its kind; in Chinese words for the kind where the file has none in Chinese."""
    words = translate_text(policy.label, lang) or policy.kind
    return label_code("policy", policy.kind, lang) if lang == "zh" and not _CHINESE.search(words) else words


def _list_sizes(policy: PolicySpec) -> Iterator[tuple[str, float]]:
    for name, info in type(policy).model_fields.items():
        extra: Any = info.json_schema_extra
        value = getattr(policy, name)
        if isinstance(extra, dict) and extra.get("unit") in COUNTED and value != INFINITE:
            yield info.alias or name, float(value)


def _find_early(scenario: Scenario, lang: Lang) -> Iterator[str]:
    """Policies of the question; standing ones may well be older than the run."""
    start = scenario.start
    for policy in scenario.policies[scenario.n_standing :]:
        if policy.first < start.number and not policy.is_zero():
            facts = {"policy": name_policy(policy, lang), "from_": policy.from_, "start": start}
            yield label("caution.early", lang).format(**facts)


def _count(number: int, one: str, many: str, lang: Lang) -> str:
    return label(f"contents.{one if number == 1 else many}", lang).format(n=number)
