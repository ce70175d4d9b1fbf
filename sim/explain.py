"""What a value of a scenario means, and where it is from."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any, Final

from pydantic import BaseModel

from sim.errors import Problem, ScenarioError
from sim.labels import Lang, label, label_code, label_place
from sim.meaningwords import translate_meaning, translate_source
from sim.params import Params
from sim.policies.base import Data
from sim.results import describe_source
from sim.scenario import POLICY_LISTS, Scenario, find_finite
from sim.scenariofile import SCENARIO_KEYS
from sim.sourced import Sourced, suggest_name
from sim.world.spec import World, world_quantities

PLACE_HEADINGS: Final = ("code", "name", "名称", "region", "area")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Explanation:
    """One value, what it means and where it is from."""

    key: str
    sourced: Sourced
    meaning: str
    low: float | None
    high: float | None


def explain_key(scenario: Scenario, key: str) -> Explanation:
    """What a value means and where it is from.

    Args:
        scenario: the scenario.
        key: such as `params.search.n_sampled`, `world.rent_shared_cny_m.beijing` or `policies.0.units`.

    Raises:
        ScenarioError: for an unknown key, with the nearest one.
    """
    key = _name_key(key)
    sourced = scenario.sources.get(key)
    if sourced is None:
        alike = [other for other in scenario.sources if other.split(".")[0] == key.split(".")[0]]
        repair = suggest_name(key, alike)
        repair = repair if repair.startswith("Did") else "Keys begin with params, world, policies or standing_policies"
        raise ScenarioError([Problem(scenario.files[-2], 0, key, "there is no such value", repair)])
    meaning, low, high = _describe_key(scenario, key.split("."))
    return Explanation(key=key, sourced=sourced, meaning=meaning, low=find_finite(low), high=find_finite(high))


def describe_key(scenario: Scenario, key: str, lang: Lang = "en") -> list[str]:
    """Lines that explain a value, or that list the values under the beginning of their keys.

    Keys, units as files write them, formulas and the reasons of assumptions stay as they stand in the files.

    Raises:
        ScenarioError: for an unknown key, with the nearest one.
    """
    under = list_keys(scenario, key)
    if under and _name_key(key) not in scenario.sources:
        return [f"{name}: {_write_value(cell)} {cell.unit}" for name, cell in under.items()]
    found = explain_key(scenario, key)
    sourced = found.sourced
    texts = {
        "key": found.key,
        "meaning": translate_meaning(found.meaning, lang),
        "value": _write_value(sourced),
        "unit": _name_unit(sourced.unit, lang),
        "source": _say_source(found.key, sourced, lang),
    }
    if _is_fitted(sourced):
        texts |= {"reading": _read_verdict(sourced, lang), "before": f"{_find_before(found.key):g}"}
    lines = [label(f"explain.{name}", lang).format(text=text) for name, text in texts.items()]
    if found.low is not None or found.high is not None:
        key = "at_least" if found.high is None else "at_most" if found.low is None else "limits"
        low, high = ("" if end is None else f"{end:g}" for end in (found.low, found.high))
        lines.append(label(f"explain.{key}", lang).format(low=low, high=high))
    place = f"{sourced.file}:{sourced.line}" if sourced.line else sourced.file
    return [*lines, label("explain.set" if sourced.line else "explain.declared", lang).format(text=place)]


def _name_unit(unit: str, lang: Lang) -> str:
    """A unit as files write it, in Chinese with its words where they are known."""
    words = label_code("unit", unit, lang)
    return f"{unit}（{words}）" if lang == "zh" and words != unit else unit  # noqa: RUF001  (full-width on purpose)


def _say_source(key: str, sourced: Sourced, lang: Lang) -> str:
    """Where a value is from; a fit that keeps the value before it says so."""
    text = translate_source(sourced.source, lang)
    kept = _is_fitted(sourced) and math.isclose(_find_before(key), float(sourced.value), rel_tol=1e-9)
    return text + label("explain.kept", lang) if kept else text


def _is_fitted(sourced: Sourced) -> bool:
    return sourced.source.startswith("fitted")


def _find_before(key: str) -> float:
    """The value of a parameter without a fit: its default."""
    _, group, name = key.split(".")
    return float(getattr(getattr(Params(), group), name))


def _read_verdict(sourced: Sourced, lang: Lang) -> str:
    """What interval and verdict of a fitted value mean."""
    verdict = sourced.source.rpartition(", ")[2].replace(" ", "_")
    return label("explain.interval", lang).format(verdict=label(f"explain.{verdict}", lang))


def _write_value(sourced: Sourced) -> str:
    """A value as one line; a fitted one with six digits, as the rest of its digits says nothing."""
    return f"{float(sourced.value):.6g}" if _is_fitted(sourced) else _write(sourced.value)


def list_places(world: World) -> list[tuple[str, ...]]:
    """Code, name in English and Chinese, region and area of each place: what policies can name."""
    return [
        (place, label_place(place, "en", world.labels), label_place(place, "zh", world.labels), region, area)
        for place, region, area in zip(world.places, world.region, world.area or world.places, strict=True)
    ]


def list_keys(scenario: Scenario, head: str) -> dict[str, Sourced]:
    """Values whose keys stand under `head`, such as `params.hukou`; nothing where there are none."""
    return {key: found for key, found in scenario.sources.items() if key.startswith(f"{_name_key(head)}.")}


def _name_key(key: str) -> str:
    """The key of a value; what a scenario lays over the world is a value of the world."""
    return key.replace("world_values.", "world.", 1) if key.startswith("world_values.") else key


def _write(value: Any) -> str:
    """A value as one line; a text as it is."""
    plain = describe_source(Sourced(value, "", "", "", 0))["value"]
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _describe_key(scenario: Scenario, parts: list[str]) -> tuple[str, float | None, float | None]:
    """Meaning and bounds of a key that exists."""
    if parts[0] == "params":
        group: Any = Params.model_fields[parts[1]].annotation
        return _describe_field(group, parts[2])
    if parts[0] == "world" and len(parts) > 1:
        spec = world_quantities()[parts[1]]
        return f"{spec['meaning']} ({', '.join(spec['dims'])})", spec["low"], spec["high"]
    if parts[0] in POLICY_LISTS:
        index = int(parts[1]) + (scenario.n_standing if parts[0] == "policies" else 0)
        model: Any = type(scenario.policies[index])
        for name in parts[2:-1]:
            field = model.model_fields.get(name)
            if field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, Data):
                model = field.annotation
        if parts[-1] == "kind":
            return model.summary, None, None
        known = {info.alias or name: name for name, info in model.model_fields.items()}
        name = next(part for part in reversed(parts[2:]) if part in known)
        return _describe_field(model, known[name])
    return SCENARIO_KEYS.get(parts[0], ""), None, None


def _describe_field(model: type[BaseModel], name: str) -> tuple[str, float | None, float | None]:
    info = model.model_fields[name]
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    low, high = extra.get("low"), extra.get("high")
    return (
        info.description or "",
        float(low) if isinstance(low, int | float) else None,
        float(high) if isinstance(high, int | float) else None,
    )
