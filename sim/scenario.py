"""Scenario files -> Scenario: one question, frozen, in which every value knows its source.

A scenario without `extends` is a baseline and must say where each of its numbers is from. A scenario that extends
another is laid over it key by key; its lists of policies replace those of the base. Values given on the command line
come last. All mistakes of all files are reported together.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sim.errors import Problem, ScenarioError
from sim.expectations import Expectation, read_expects
from sim.fitfile import Fit, bind_fit, use_fit
from sim.params import Params
from sim.policies import PolicySpec
from sim.policies.base import EVERY_QUARTER
from sim.policyfile import TEXT, check_together, read_params, read_policies
from sim.scenariofile import BASE_FOCUS, BASE_KEYS, SCENARIO_KEYS, ScenarioTree, find_scenario, read_tree
from sim.sourced import SET_FILE, STATED, Node, Sourced, read_number, read_text, report, suggest_name
from sim.types import Quarter
from sim.world.spec import MODEL_YEARS, World, world_quantities
from sim.worldfile import WORLD_FOLDER, find_world, load_world, read_world, show_path

REQUIRED_KEYS: Final = ("name", "question", "from", "to", "scale")
TEXT_KEYS: Final = ("name", "question", "expectation", "finding")
POLICY_LISTS: Final = ("standing_policies", "policies")
FOCUS_RULE: Final = "default: the city of the first policy, else the focus of the base, else the first of the world"
DEFAULT_WORLD: Final = "china"
MAX_SCALE: Final = 1_000_000
MAX_POLICIES: Final = 32
FIRST_YEAR: Final = int(MODEL_YEARS[0])
LAST_YEAR: Final = int(MODEL_YEARS[-1])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scenario:
    """One question, ready to run."""

    name: str
    question: str
    world: World
    fit: Fit | None
    """Fit of the calibration that it uses."""
    params: Params
    policies: tuple[PolicySpec, ...]
    """Standing ones first."""
    n_standing: int
    """How many of the policies are standing ones."""
    start: Quarter
    end: Quarter
    """Last quarter, inclusive."""
    scale: int
    """Persons for whom one agent stands."""
    focus: str
    """Place whose outcomes are compared."""
    expectation: str
    expects: tuple[Expectation, ...]
    """The expectation as outcomes and their signs."""
    finding: str
    """What happened where an expectation did not hold; known after a run only."""
    evidence: tuple[str, ...]
    """Evidence ids behind the question."""
    sources: dict[str, Sourced]
    """Source of every value by its key, such as `params.search.n_sampled` or `world.rent_shared_cny_m.beijing`."""
    resolved: dict[str, Any]
    """All values as plain data that JSON can hold."""
    files: tuple[str, ...]
    """Files it was read from, the extended ones first, the world last."""

    @property
    def n_quarters(self) -> int:
        """Quarters of a run."""
        return self.end.number - self.start.number + 1


def load_scenario(
    path_or_name: str | Path, overrides: Sequence[str] = (), *, scale: int | None = None, quarters: int | None = None
) -> Scenario:
    """Read, merge, check and freeze a scenario.

    Args:
        path_or_name: a file, or the name of one in `scenarios/`.
        overrides: texts `KEY=VALUE` such as `params.search.n_sampled=10`, `policies.0.units=5000`,
            `world_values.rent_shared_cny_m.beijing=3200`.
        scale: persons per agent, in place of the scenario's.
        quarters: length of the run from its start, at most the scenario's.

    Returns:
        The scenario.

    Raises:
        ScenarioError: with all mistakes of all files, in the order of their lines.
    """
    problems: list[Problem] = []
    texts = [(SET_FILE, text) for text in overrides]
    if scale is not None:
        texts.append(("--scale", f"scale={scale}"))
    tree = read_tree(find_scenario(str(path_or_name)), texts, problems)
    scenario = _build_scenario(tree, quarters, problems) if tree is not None else None
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def _build_scenario(tree: ScenarioTree, quarters: int | None, problems: list[Problem]) -> Scenario | None:
    fields = tree.root.fields
    _report_missing(tree, problems)
    start, end, last = _read_span(fields, quarters, problems)
    span = (start, last) if start is not None and last is not None else None
    scale = _read_scale(fields.get("scale"), tree, problems)
    loaded, world_path = _read_world_of(tree, problems)
    world = loaded[0] if loaded else None
    fit, at_params = use_fit(fields, problems)
    params, sources = read_params(at_params, strict_files=tree.strict_files, problems=problems)
    policies: dict[str, list[PolicySpec]] = {}
    lists = {key: fields.get(key, Node(tree.root.file, tree.root.line, key, [])) for key in POLICY_LISTS}
    for key, node in lists.items():
        policies[key], found = read_policies(node, world, strict_files=tree.strict_files, problems=problems)
        sources |= found
        _check_dates(node, policies[key], span, problems)
    check_together([*lists.values()], [*policies.values()], world, problems)
    focus = _find_focus(fields, policies["policies"], world, problems)
    expects = _read_expectations(fields, focus, policies, world, problems)
    evidence = _read_evidence(fields.get("sources"), problems)
    texts = {key: _read_optional_text(fields.get(key), problems) for key in TEXT_KEYS}
    if problems or loaded is None or start is None or end is None or scale is None:
        return None
    scenario = Scenario(
        **texts,
        expects=expects,
        world=loaded[0],
        fit=bind_fit(fit, sources),
        params=params,
        policies=(*policies["standing_policies"], *policies["policies"]),
        n_standing=len(policies["standing_policies"]),
        start=start,
        end=end,
        scale=int(scale.value),
        focus=focus,
        evidence=evidence,
        sources={"scale": scale} | _source_texts(fields, focus) | sources | loaded[1],
        resolved={},
        files=(*((fit.file,) if fit else ()), *tree.folders, show_path(world_path)),
    )
    return dataclasses.replace(scenario, resolved=_resolve(scenario, fields.get("world_values")))


def _report_missing(tree: ScenarioTree, problems: list[Problem]) -> None:
    """Report keys that are missing; those that a base would give are one mistake, named first."""
    missing = [key for key in REQUIRED_KEYS if key not in tree.root.fields]
    forgotten = [key for key in missing if key in BASE_KEYS]
    if forgotten and "extends" not in tree.root.fields:
        message = f"`extends` is missing, and with it `{'`, `'.join(forgotten)}`"
        report(problems, tree.root, message, "Add `extends: baseline`, or, for a baseline of your own, these keys")
        missing = [key for key in missing if key not in BASE_KEYS]
    for key in missing:
        report(problems, tree.root, f"`{key}` is missing", f"Add `{key}:` ({SCENARIO_KEYS[key]})")


def _read_span(
    fields: dict[str, Node], quarters: int | None, problems: list[Problem]
) -> tuple[Quarter | None, Quarter | None, Quarter | None]:
    """First quarter, last quarter, and the last quarter that the file gives."""
    found: list[Quarter | None] = []
    for key in ("from", "to"):
        node, quarter = fields.get(key), None
        if node is not None:
            try:
                quarter = Quarter.parse(str(node.value))
            except ValueError as error:
                report(problems, node, str(error).split(";")[0], "Write it as 2024Q1")
            if quarter is not None and not FIRST_YEAR <= quarter.year <= LAST_YEAR:
                repair = f"Write a quarter from {FIRST_YEAR}Q1 to {LAST_YEAR}Q4"
                report(problems, node, f"{quarter} is out of bounds", repair)
                quarter = None
        found.append(quarter)
    start, last = found
    end = last
    if start is not None and last is not None:
        if last < start:
            report(problems, fields["to"], f"{last} lies before {start}", "Write a later quarter")
        elif quarters is not None:
            end = Quarter(start.number + quarters - 1)
            if not start <= end <= last:
                n = last.number - start.number + 1
                at = Node("--quarters", 1, "quarters", quarters)
                report(problems, at, f"{quarters} quarters do not fit", f"Give a number from 1 to {n}")
    return start, end, last


def _read_scale(node: Node | None, tree: ScenarioTree, problems: list[Problem]) -> Sourced | None:
    if node is None:
        return None
    strict = node.file in tree.strict_files
    scale = read_number(node, problems, unit="persons/agent", low=1, high=MAX_SCALE, strict=strict)
    if scale is not None and scale.value != int(scale.value):
        report(problems, node, f"{scale.value} is no whole number", f"Write {round(scale.value)}")
    return scale


def _read_world_of(tree: ScenarioTree, problems: list[Problem]) -> tuple[tuple[World, dict[str, Sourced]] | None, Path]:
    node = tree.root.fields.get("world", Node(tree.root.file, tree.root.line, "world", DEFAULT_WORLD))
    # a path is seen from the file that names it, on the command line from the working folder
    path = find_world(str(node.value), tree.folders.get(node.file, Path()))
    if not path.is_file():
        known = sorted(other.stem for other in WORLD_FOLDER.glob("*.yaml"))
        report(problems, node, f"there is no world `{node.value}`", suggest_name(str(node.value), known))
        return None, path
    overrides = tree.root.fields.get("world_values")
    return read_world(path, overrides, problems, strict_files=tree.strict_files), path


def _check_dates(
    node: Node, policies: Sequence[PolicySpec], span: tuple[Quarter, Quarter] | None, problems: list[Problem]
) -> None:
    """Report policies too many, and those that cannot act within `span`, the first and last quarter of the file."""
    if len(policies) != len(node.items):
        return
    if len(policies) > MAX_POLICIES:
        report(problems, node, f"{len(policies)} policies are too many", f"Keep {MAX_POLICIES} of them")
    if span is None:
        return
    start, last = span
    for policy, item in zip(policies, node.items, strict=True):
        in_force = [number for number in range(start.number, last.number + 1) if policy.is_active(number)]
        seasons = " and ".join(f"Q{quarter}" for quarter in policy.acts_in())
        if policy.first > last.number:
            at = item.fields["from"]
            report(problems, at, f"the policy begins after the run ends ({last})", f"Write a quarter up to {last}")
        elif not in_force:
            at = item.fields["to"]
            report(problems, at, f"the policy ends before the run begins ({start})", f"Write a quarter from {start} on")
        elif policy.acts_in() != EVERY_QUARTER and not any(
            Quarter(number).of_year in policy.acts_in() for number in in_force if number <= policy.last
        ):
            message = f"{policy.kind} acts in {seasons} of a year, and the run meets none between its dates"
            report(problems, item.fields["from"], message, f"Let its dates take in a {seasons}")


def _find_focus(
    fields: dict[str, Node], policies: Sequence[PolicySpec], world: World | None, problems: list[Problem]
) -> str:
    """The place named; else the first policy's, if it is one place; else the base's; else the first of the world."""
    if world is None:
        return ""
    node = fields.get("focus")
    if node is not None and node.value not in world.places:
        given = str(node.to_plain())
        report(problems, node, f"there is no place `{given}`", suggest_name(given, world.places))
    base = fields.get(BASE_FOCUS)
    choices = [node.value if node is not None else None, *(policy.city for policy in policies[:1])]
    choices.append(base.value if base is not None else None)
    return next((choice for choice in choices if isinstance(choice, str) and choice in world.places), world.places[0])


def _read_expectations(
    fields: dict[str, Node],
    focus: str,
    policies: dict[str, list[PolicySpec]],
    world: World | None,
    problems: list[Problem],
) -> tuple[Expectation, ...]:
    names = [policy.label or policy.kind for key in POLICY_LISTS for policy in policies[key]]
    return read_expects(
        fields.get("expects"),
        focus=focus,
        places=world.places if world is not None else (),
        policies=[name for name in names if names.count(name) == 1],
        commute=world is None or world.has_commuting,
        problems=problems,
    )


def _source_texts(fields: dict[str, Node], focus: str) -> dict[str, Sourced]:
    keys = ("name", "question", "world", "fit", "from", "to", "focus", "expectation", "finding")
    nodes = {key: fields[key] for key in keys if key in fields}
    found = {"focus": Sourced(focus, TEXT, FOCUS_RULE, "sim/scenario.py", 0)}
    return found | {key: Sourced(node.value, TEXT, STATED, node.file, node.line) for key, node in nodes.items()}


def _read_optional_text(node: Node | None, problems: list[Problem]) -> str:
    return (read_text(node, problems) or "") if node is not None else ""


def _read_evidence(node: Node | None, problems: list[Problem]) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node.value, list):
        report(problems, node, "a list is wanted here", f"Write [{node.value or '003-0939-06'}]")
    return tuple(text for item in node.items if (text := read_text(item, problems)) is not None)


def _resolve(scenario: Scenario, world_values: Node | None) -> dict[str, Any]:
    """All values as plain data; what is not finite is None."""
    world = scenario.world
    dumped = [policy.model_dump(by_alias=True) for policy in scenario.policies]
    quantities = {name: getattr(world, name).tolist() for name in world_quantities()}
    plain = {
        "name": scenario.name,
        "question": scenario.question,
        "expectation": scenario.expectation,
        "expects": [dataclasses.asdict(expectation) for expectation in scenario.expects],
        "from": str(scenario.start),
        "to": str(scenario.end),
        "scale": scenario.scale,
        "focus": scenario.focus,
        "sources": list(scenario.evidence),
        "files": list(scenario.files),
        "params": scenario.params.model_dump(),
        "standing_policies": dumped[: scenario.n_standing],
        "policies": dumped[scenario.n_standing :],
        "world_values": world_values.to_plain() if world_values is not None else {},
        "world": {"name": world.name, "places": list(world.places), "quantities": quantities},
    }
    if scenario.fit is not None:
        plain["fit"] = {"name": scenario.fit.name, "member": None}
    return _make_plain(plain)  # type: ignore[no-any-return]  # a dict stays a dict


def _make_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _make_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_make_plain(item) for item in value]
    return find_finite(value) if isinstance(value, float) else value


def find_finite(value: float | None) -> float | None:
    """The number, or None where it is none or not finite."""
    return value if value is not None and math.isfinite(value) else None


__all__ = ["Scenario", "load_scenario", "load_world"]
