"""What a planner should know of a scenario that is sound: sizes too small for its agents, dates before the run.

One agent stands for `scale` persons, units or places. What is a few agents in a place is rounded by lot, and what is
less than one may be nothing in a whole run.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from sim.filewords import translate_text
from sim.labels import Lang, PlaceLabels, label, label_code, label_scenario
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


def find_common_cautions(
    scenarios: Mapping[str, Sequence[Scenario]],
    others: Mapping[str, Sequence[Scenario]] | None = None,
    lang: Lang = "en",
    named: PlaceLabels | None = None,
) -> list[str]:
    """The same about many scenarios, each size and each date once.

    Args:
        scenarios: by the name of their policy, at each of its values; a line names those that it is about, if not all.
        others: by the name of a future; named where none of `scenarios` has the size or the date.
        lang: language; in English policies and futures are called by their names.
        named: what a sweep calls its policies and futures.
    """
    given = {**(others or {}), **scenarios}
    sizes: dict[tuple[int, str, str], dict[str, set[float]]] = {}
    early: dict[str, dict[str, None]] = {}
    for name, variants in given.items():
        for scenario in variants:
            for policy, field, value in _list_small(scenario):
                at = scenario.scale, name_policy(policy, lang), field
                sizes.setdefault(at, {}).setdefault(name, set()).add(value)
            for line in _find_early(scenario, lang):
                early.setdefault(line, {})[name] = None

    def tell_where(names: Collection[str]) -> str:
        own = [name for name in scenarios if name in names]
        found = own or sorted(names)
        words = found if lang == "en" else [label_scenario(name, lang, named) for name in found]
        where = label("caution.where", lang).format(names=label("caution.and", lang).join(words))
        return where if len(own) < len(scenarios) else ""

    lines = []
    for scale in sorted({scale for scale, _, _ in sizes}):
        found = {at: by_name for at, by_name in sizes.items() if at[0] == scale}
        values = {at: sorted(set().union(*by_name.values())) for at, by_name in found.items()}
        shown = [_describe_size(at, values[at], lang, tell_where(by_name)) for at, by_name in found.items()]
        lines.append(_describe_small(scale, shown, min(own[0] for own in values.values()), lang))
    space = "：" if lang == "zh" else " "  # noqa: RUF001  (full-width on purpose)
    return [*lines, *(space.join(filter(None, (tell_where(names), line))) for line, names in early.items())]


def _describe_size(at: tuple[int, str, str], values: Sequence[float], lang: Lang, where: str = "") -> str:
    """A size that some scenarios have, from its least to its greatest value among those that are too small."""
    scale, policy, field = at
    ends, to = dict.fromkeys((values[0], values[-1])), label("caution.to", lang)
    agents = to.join(f"{value / scale:.2g}" for value in ends)
    amount = to.join(f"{value:,.10g}" for value in ends)
    key = "caution.one_agent" if agents == "1" else "caution.agents"
    text = label(key, lang).format(field=field, amount=amount, agents=agents)
    inner = label("caution.comma", lang).join(filter(None, (text, where)))
    return label("caution.size", lang).format(policy=policy, text=inner)


def _describe_small(scale: int, shown: Sequence[str], least: float, lang: Lang) -> str:
    """The line that names all sizes that are too small for a scale, of which the least is `least`."""
    enough = max(1, int(least / LEAST_AGENTS))
    words = label("caution.semicolon", lang).join(shown)
    return label("caution.small", lang).format(scale=scale, shown=words, enough=enough, least=LEAST_AGENTS)


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
    small = list(_list_small(scenario))
    if not small:
        return
    shown = [
        _describe_size((scenario.scale, name_policy(policy, lang), name), [value], lang)
        for policy, name, value in small
    ]
    yield _describe_small(scenario.scale, shown, min(value for _, _, value in small), lang)


def name_policy(policy: PolicySpec, lang: Lang) -> str:
    """What its file calls a policy, else its kind; in Chinese words for the kind where the file has none in Chinese."""
    words = translate_text(policy.label, lang) or policy.kind
    return label_code("policy", policy.kind, lang) if lang == "zh" and not _CHINESE.search(words) else words


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


def _find_early(scenario: Scenario, lang: Lang) -> Iterator[str]:
    """Policies of the question; standing ones may well be older than the run."""
    start = scenario.start
    for policy in scenario.policies[scenario.n_standing :]:
        if policy.first < start.number and not policy.is_zero():
            facts = {"policy": name_policy(policy, lang), "from_": policy.from_, "start": start}
            yield label("caution.early", lang).format(**facts)


def _count(number: int, one: str, many: str, lang: Lang) -> str:
    return label(f"contents.{one if number == 1 else many}", lang).format(n=number)
