"""JSON Schema of scenario files, so that an editor completes and checks them.

It follows from the classes of parameters and policies. What it cannot say (names of places, the order of dates, sources
that a baseline must give) is checked when the scenario is read.
"""

from __future__ import annotations

import math
from typing import Any, Final

from sim.expectations import EXPECTS_KEYS, OUTCOME_NAMES, SIGNS
from sim.params import Params
from sim.policies import POLICY_KINDS, PolicyUnion
from sim.scenario import POLICY_LISTS
from sim.scenariofile import SCENARIO_KEYS
from sim.sourced import VERDICTS
from sim.world.spec import world_quantities
from sim.written import UNITS

_NUMBER_REF: Final = {"$ref": "#/$defs/number"}
_NUMBER: Final[dict[str, Any]] = {
    "type": "object",
    "description": "a number with its unit and source",
    "properties": {
        "value": {"type": "number"},
        "unit": {"enum": sorted(UNITS)},
        "evidence": {"type": "string", "description": "id of the published figure, such as 003-4472-02"},
        "assumption": {"type": "string", "description": "why this value, where nothing is published"},
        "range": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "relative_range": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "fit": {"type": "string", "description": "fit of the calibration that found it"},
        "posterior": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "verdict": {"enum": list(VERDICTS), "description": "whether the figures identify it"},
        "derivation": {"type": "string", "description": "how it follows from the figure"},
        "note": {"type": "string"},
    },
    "required": ["value"],
    "additionalProperties": False,
}


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of scenario files, for editors: keys, kinds of policy, units in the descriptions, bounds."""
    from pydantic import TypeAdapter

    listed: dict[str, Any] = TypeAdapter(list[PolicyUnion]).json_schema()
    definitions = {name: _admit_sources(part) for name, part in listed.pop("$defs").items()}
    policies = {"type": "array", "items": _choose_by_kind(listed["items"]["discriminator"]["mapping"])}
    definitions["number"] = _NUMBER
    groups = {}
    for name, info in Params.model_fields.items():
        group: Any = info.annotation
        groups[name] = _admit_sources({**group.model_json_schema(), "additionalProperties": False})
    declared = world_quantities().items()
    quantities = {name: {"description": f"{spec['meaning']} ({spec['unit']})"} for name, spec in declared}
    properties: dict[str, Any] = {key: {"type": "string", "description": text} for key, text in SCENARIO_KEYS.items()}
    properties["scale"] = {"description": SCENARIO_KEYS["scale"], "anyOf": [{"type": "integer"}, _NUMBER_REF]}
    properties["fit"] |= {"type": ["string", "null"]}
    properties["sources"] |= {"type": "array", "items": {"type": "string"}}
    properties["expects"] |= {"type": "array", "items": _describe_expectation()}
    properties["params"] |= {"type": "object", "properties": groups, "additionalProperties": False}
    properties["world_values"] |= {"type": "object", "properties": quantities, "additionalProperties": False}
    for key in POLICY_LISTS:
        properties[key] = {**policies, "description": SCENARIO_KEYS[key]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scenario",
        "type": "object",
        "properties": properties,
        "required": ["name", "question"],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _describe_expectation() -> dict[str, Any]:
    parts: dict[str, Any] = {key: {"type": "string", "description": text} for key, text in EXPECTS_KEYS.items()}
    parts["outcome"] |= {"enum": list(OUTCOME_NAMES)}
    parts["sign"] |= {"enum": list(SIGNS)}
    return {
        "type": "object",
        "properties": parts,
        "required": ["outcome", "sign"],
        "additionalProperties": False,
    }


def _choose_by_kind(references: dict[str, str]) -> dict[str, Any]:
    """Schema of one policy: its kind says what else holds, so that an editor names the key that is wrong."""
    summaries = "; ".join(f"{kind}: {POLICY_KINDS[kind].summary}" for kind in references)
    return {
        "type": "object",
        "properties": {"kind": {"enum": list(references), "description": summaries}},
        "required": ["kind"],
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]}, "then": {"$ref": reference}}
            for kind, reference in references.items()
        ],
    }


def _admit_sources(schema: Any) -> Any:
    """Let every property with a unit also be a number with its source; drop bounds that JSON cannot hold."""
    if isinstance(schema, list):
        return [_admit_sources(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _admit_sources(item) for key, item in schema.items() if not _is_infinite(item)}
    if "unit" not in kept or "properties" in kept or isinstance(kept["unit"], dict):
        return kept
    about = {key: kept.pop(key) for key in ("title", "description", "default", "unit", "source") if key in kept}
    about["description"] = f"{about.get('description', '')} ({about['unit']})"
    kept.pop("low", None)
    kept.pop("high", None)
    return {**about, "anyOf": [_admit_parts(kept), _NUMBER_REF]}


def _admit_parts(kept: dict[str, Any]) -> dict[str, Any]:
    """Let a map of numbers, such as one by level of education, be a map of numbers with their sources too."""
    if "anyOf" in kept:
        return {**kept, "anyOf": [_admit_parts(part) for part in kept["anyOf"]]}
    if isinstance(kept.get("additionalProperties"), dict):
        return {**kept, "additionalProperties": {"anyOf": [kept["additionalProperties"], _NUMBER_REF]}}
    return kept


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
