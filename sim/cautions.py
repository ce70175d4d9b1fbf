"""What a planner should know of a scenario that is sound: sizes too small for its agents, dates before the run.

One agent stands for `scale` persons, units or places. What is a few agents in a place is rounded by lot, and what is
less than one may be nothing in a whole run.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sim.filewords import translate_text
from sim.labels import Lang, PlaceLabels, in_brackets, join_words, label, label_code, label_place, label_scenario
from sim.policies import PolicySpec
from sim.policies.base import INFINITE
from sim.policyfile import TEXT
from sim.scenario import Scenario
from sim.sourced import STATED

LEAST_AGENTS: Final = 10
"""Agents in one place under which a size is not told apart from chance."""
_CHINESE: Final = re.compile("[一-鿿]")


class _Policy(NamedTuple):
    """What tells a policy from others, whichever scenarios have it: its position in them may differ."""

    names: tuple[str, str]
    """In English and Chinese, as of name_policy."""
    places: tuple[str, str]
    """Where it acts, in English as files name it."""
    number: int
    """Which of those of a scenario that are alike in both."""


class _Size(NamedTuple):
    """A size of a policy beside a scale."""

    scale: int
    policy: _Policy
    field: str


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
    sizes: dict[_Size, dict[str, set[float]]] = {}
    early: dict[str, dict[str, None]] = {}
    for name, variants in given.items():
        for scenario in variants:
            for size, value in _list_small(scenario):
                sizes.setdefault(size, {}).setdefault(name, set()).add(value)
            for line in _find_early(scenario, lang):
                early.setdefault(line, {})[name] = None

    def tell_where(names: Collection[str]) -> str:
        own = [name for name in scenarios if name in names]
        found = own or sorted(names)
        words = found if lang == "en" else [label_scenario(name, lang, named) for name in found]
        where = label("caution.where", lang).format(names=join_words(words, lang))
        return where if len(own) < len(scenarios) else ""

    lines = []
    for scale in sorted({size.scale for size in sizes}):
        found = {size: by_name for size, by_name in sizes.items() if size.scale == scale}
        values = {size: sorted(set().union(*by_name.values())) for size, by_name in found.items()}
        told = _name_apart([size.policy for size in found], lang)
        shown = [
            _describe_size(size, told[size.policy], values[size], lang, tell_where(by_name))
            for size, by_name in found.items()
        ]
        lines.append(_describe_small(scale, shown, min(own[0] for own in values.values()), lang))
    colon = label("line.colon", lang)
    return [*lines, *(colon.join(filter(None, (tell_where(names), line))) for line, names in early.items())]


def _name_apart(policies: Iterable[_Policy], lang: Lang) -> dict[_Policy, str]:
    """What each of several policies is called: where two have one name also by its places, or else by a number."""
    told = {policy: policy.names[lang == "zh"] for policy in policies}
    for key in ("caution.at", "caution.number"):
        counts = collections.Counter(told.values())
        for policy, name in told.items():
            if counts[name] > 1:
                facts = {"places": policy.places[lang == "zh"], "number": policy.number}
                told[policy] = label(key, lang).format(policy=name, **facts)
    return told


def _describe_size(size: _Size, policy: str, values: Sequence[float], lang: Lang, where: str = "") -> str:
    """A size that some scenarios have, from its least to its greatest value among those that are too small."""
    scale, field = size.scale, size.field
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
    told = _name_apart([size.policy for size, _ in small], lang)
    shown = [_describe_size(size, told[size.policy], [value], lang) for size, value in small]
    yield _describe_small(scenario.scale, shown, min(value for _, value in small), lang)


def name_policy(policy: PolicySpec, lang: Lang) -> str:
    """What its file calls a policy, else its kind; in Chinese behind words for the kind what is not in Chinese."""
    words = translate_text(policy.label, lang)
    if lang == "en" or _CHINESE.search(words):
        return words or policy.kind
    kind = label_code("policy", policy.kind, lang)
    return in_brackets(kind, words, lang) if words else kind


def _list_small(scenario: Scenario) -> Iterator[tuple[_Size, float]]:
    """Every size under LEAST_AGENTS with its value."""
    seen: collections.Counter[_Policy] = collections.Counter()
    for policy in scenario.policies:
        first = _identify(policy, scenario)
        seen[first] += 1
        if policy.is_zero():
            continue
        own = first._replace(number=seen[first])
        for name, value in _list_sizes(policy):
            if 0 < value < LEAST_AGENTS * scenario.scale:
                yield _Size(scenario.scale, own, name), value


def _identify(policy: PolicySpec, scenario: Scenario) -> _Policy:
    """The first policy of a scenario that is called as this one is and acts where it does."""
    codes = [policy.city] if isinstance(policy.city, str) else list(policy.city)
    names = name_policy(policy, "en"), name_policy(policy, "zh")
    words = join_words((label_place(code, "zh", scenario.world.labels) for code in codes), "zh")
    return _Policy(names, (join_words(codes, "en"), words), 1)


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
