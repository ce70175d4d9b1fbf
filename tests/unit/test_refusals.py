"""A bad field of any kind of policy is refused, at its place, with the repair.

What is wrong follows from what the class declares, so that a new kind, or a new field, is tried without a row here.
"""

import json
import math
import typing
from pathlib import Path

import pytest

from sim.policies import POLICY_KINDS
from sim.policyfile import read_policies
from sim.sourced import parse_yaml, read_yaml
from sim.worldfile import load_world

ROOT = Path(__file__).parent.parent
WORLD, _ = load_world(ROOT / "data" / "two_cities.yaml")
NO_WORD = "xyzzy"


def problems_of(policy):
    text = json.dumps({"policies": [policy]}).replace("Infinity", ".inf").replace("NaN", ".nan")
    problems = []
    read = read_policies(
        parse_yaml(text, "case.yaml", problems).fields["policies"],
        WORLD, strict_files=frozenset(), problems=problems,
    )  # fmt: skip
    assert bool(read[0]) != bool(problems)
    return problems


def wrong_numbers(name, extra, annotation, default):
    """(value, part of the repair) of what a number must not be; a term may be endless."""
    yield NO_WORD, "Write"
    yield [1], "Write"
    yield math.nan, "Write"
    yield extra["low"] - 1, "Write"
    yield {"value": 1, "unit": "bananas"}, "Write" if "keys" in extra else f"`unit: {extra['unit']}`"
    if math.isfinite(extra["high"]):
        yield extra["high"] + 1, f"to {extra['high']:g} {extra['unit']}"
    if default != math.inf and name != "term_years":
        yield math.inf, "Write"
    if annotation is int:
        yield 1.5, "Write a whole number"


def wrong_values(name, field):
    """(value, part of the repair) of what a field must not be."""
    extra = field.json_schema_extra or {}
    if "unit" in extra:
        yield from wrong_numbers(name, extra, field.annotation, field.default)
    elif name in {"from", "to"}:
        yield from ((value, "Write it as 2024Q1") for value in ("2020", 2020, {"year": 2020}))
    elif name == "kind":
        yield NO_WORD, "Use one of"
        yield {"name": NO_WORD}, "Use one of"
    elif name == "label":
        yield 7, "Write a text"
    elif extra.get("names") == "places":
        yield "alhpa", "Did you mean `alpha`?"
        yield ["beta", "bata"], "Did you mean `beta`?"
    elif name in {"eligible", "firms"}:
        yield NO_WORD, "Write {"
        part = next(iter(field.annotation.model_fields))
        yield {part[1:]: [NO_WORD]}, f"Did you mean `{part}`?"
        yield from (({inner: value}, repair) for inner, value, repair in wrong_parts(field.annotation))
    elif typing.get_origin(field.annotation) is typing.Literal:
        yield NO_WORD, "Use one of"
        yield field.default[1:], f"Did you mean `{field.default}`?"
    else:  # a list of names
        yield NO_WORD, f"Write [{NO_WORD}]"
        yield [NO_WORD], "Use one of"


def wrong_parts(model):
    """(field, value, part of the repair) of the lists of names within `eligible` and `firms`."""
    for name, field in model.model_fields.items():
        if "tuple" in str(field.annotation) and "Literal" in str(field.annotation):
            yield name, NO_WORD, f"Write [{NO_WORD}]"
            yield name, [NO_WORD], "Use one of"


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_every_wrong_value_is_refused_with_its_repair(kind):
    spec = POLICY_KINDS[kind]
    policy = read_yaml(ROOT / "cases" / f"{kind}.yaml", []).to_plain()["policy"]
    assert problems_of(policy) == []
    for attribute, field in spec.model_fields.items():
        name = field.alias or attribute
        if attribute in spec.unused:
            continue
        for value, repair in wrong_values(name, field):
            found = problems_of({**policy, name: value})
            assert found, (name, value)
            assert repair in found[0].repair, (name, value, found)
            assert found[0].key.startswith(f"policies.0.{name}"), (name, value, found)


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_a_field_that_is_missing_misspelt_or_idle_is_refused_with_its_repair(kind):
    spec = POLICY_KINDS[kind]
    policy = read_yaml(ROOT / "cases" / f"{kind}.yaml", []).to_plain()["policy"]
    for attribute, field in spec.model_fields.items():
        name = field.alias or attribute
        if attribute in spec.unused:
            value = {} if attribute == "eligible" else 1
            (problem,) = problems_of({**policy, name: value})
            assert problem.repair == "Remove it"
            assert f"`{name}` has no effect on {kind}" in problem.message
            continue
        misspelt = f"{name[0]}{name}"
        repairs = {problem.key: problem.repair for problem in problems_of({**policy, misspelt: 1})}
        assert repairs[f"policies.0.{misspelt}"] == f"Did you mean `{name}`?"
        if field.is_required():
            (problem,) = problems_of({key: value for key, value in policy.items() if key != name})
            assert f"Add `{name}:`" in problem.repair
