"""Nodes of a scenario -> policies and parameters, with the source of every number.

Keys, units and names are checked here, against what the classes declare, so that each mistake is reported with its
line and its repair; what remains (types, order of dates) is checked by the classes themselves.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from sim import params
from sim.errors import Problem
from sim.params import Params
from sim.policies import POLICY_KINDS, PolicySpec, find_places, policy_bits
from sim.policies.base import ALL_PLACES, INFINITE, Data
from sim.sourced import STATED, Node, Sourced, check_keys, read_number, report, suggest_name
from sim.types import EDUCATION
from sim.world.spec import World
from sim.written import find_wide_colon

TEXT: Final = "text"
DEFAULT: Final = "default of the kind"
"""Begins the source of a value that the file does not give."""
"""Unit of values that are no numbers."""

QUARTERS: Final = ("from", "to")
"""Fields whose text is a quarter."""

PARAMS_FILE: Final = "sim/params.py"

WHOLE_UNITS: Final = ("units", "persons", "jobs")
"""Units of what comes whole; a number that says how it was derived from a published one may be a part."""

REPAIRS: Final = {
    "tuple_type": "Write [{}]",
    "string_type": "Write a text",
    "int_from_float": "Write a whole number",
    "finite_number": "Write a finite number",
    "greater_than_equal": "Write a finite number",
    "less_than_equal": "Write a finite number",
}
"""Type of a mistake that the classes find -> repair; bounds are checked before, so that only a nan is outside them."""

_QUOTED = re.compile(r"'([^']*)'")
_WHOLE = re.compile(r"\d+")
_CLASS = re.compile(r"class (\w+)\(Group\)")
_RULE = re.compile(r"    (\w+): \w+ = rule\(")


def read_policies(
    node: Node, world: World | None, *, strict_files: frozenset[str], problems: list[Problem]
) -> tuple[list[PolicySpec], dict[str, Sourced]]:
    """Read a list of policies.

    Args:
        node: the list.
        world: whose places they may name; None leaves the names of places unchecked.
        strict_files: files in which every number must say where it is from.
        problems: mistakes are added here.

    Returns:
        The policies that are sound, and sources under keys such as `policies.0.units`.
    """
    policies: list[PolicySpec] = []
    sources: dict[str, Sourced] = {}
    if not isinstance(node.value, list):
        report(problems, node, "policies are a list", "Begin each with `- kind: ...`, or write `[]`")
        return policies, sources
    for i, item in enumerate(node.items):
        policy = _PolicyReader(world, strict_files, problems, sources).read(item, f"{node.key}.{i}")
        if policy is not None:
            policies.append(policy)
    return policies, sources


def read_params(
    node: Node | None, *, strict_files: frozenset[str], problems: list[Problem]
) -> tuple[Params, dict[str, Sourced]]:
    """Lay the values of a scenario over the defaults; sources under keys such as `params.search.n_sampled`."""
    sources: dict[str, Sourced] = {}
    groups, lines = Params.model_fields, _find_lines()
    given = node.fields if node is not None else {}
    if node is not None:
        check_keys(node, groups, problems, what="group of parameters")
    changed: dict[str, Any] = {}
    for name, info in groups.items():
        group: Any = info.annotation
        entry = given.get(name)
        if entry is not None:
            check_keys(entry, group.model_fields, problems, what="parameter")
        values: dict[str, Any] = {}
        for key, field in group.model_fields.items():
            extra = _extra(field)
            at = entry.fields.get(key) if entry is not None else None
            cell = _read_rule(at, field, extra, problems, strict=at is not None and at.file in strict_files)
            if at is None or cell is None:
                source = f"default of {PARAMS_FILE}: {extra['source']}"
                cell = Sourced(field.default, extra["unit"], source, PARAMS_FILE, lines[group.__name__, key])
            else:
                values[key] = cell.value
            sources[f"params.{name}.{key}"] = cell
        if values:
            changed[name] = group(**values)
    return Params(**changed), sources


def check_together(
    nodes: Sequence[Node], lists: Sequence[Sequence[PolicySpec]], world: World | None, problems: list[Problem]
) -> None:
    """Report what is wrong between policies: names that none of them has, and two that set one thing.

    Args:
        nodes: the lists of policies in the file, in the order in which the policies act.
        lists: the policies read from each; nothing is checked where one of them was refused.
        world: whose places they name; without it nothing is checked.
        problems: mistakes are added here.
    """
    if world is None or any(len(node.items) != len(read) for node, read in zip(nodes, lists, strict=True)):
        return
    items = [item for node in nodes for item in node.items]
    policies = [policy for read in lists for policy in read]
    names = list(policy_bits(policies))
    for item, policy in zip(items, policies, strict=True):
        for key in ("received", "not_received"):
            for name in getattr(policy.eligible, key) or ():
                if name not in names:
                    at = item.fields["eligible"].fields[key]
                    report(problems, at, f"no policy here has the label or kind `{name}`", suggest_name(name, names))
    for second, policy in enumerate(policies):
        for first in range(second):
            _check_pair(items[first], policies[first], items[second], policy, world, problems)


def _check_pair(
    first_node: Node, first: PolicySpec, node: Node, second: PolicySpec, world: World, problems: list[Problem]
) -> None:
    """Report two policies that set one thing in one place and quarter."""
    both = set(first.sets()) & set(second.sets())
    if not both or first.is_zero() or second.is_zero() or max(first.first, second.first) > min(first.last, second.last):
        return
    places = set(find_places(first.city, world)) & set(find_places(second.city, world))
    if places:
        names = " and ".join(f"{one.label or one.kind} ({at.key})" for one, at in ((first, first_node), (second, node)))
        where = world.places[min(places)]
        message = f"{names} both set `{min(both)}` in {where} at one time"
        report(problems, node, message, "Give one of them other dates or places, or remove it")


class _PolicyReader:
    """Reads one policy; keeps what all its parts need."""

    def __init__(
        self, world: World | None, strict_files: frozenset[str], problems: list[Problem], sources: dict[str, Sourced]
    ) -> None:
        self.world = world
        self.strict_files = strict_files
        self.problems = problems
        self.sources = sources

    def read(self, node: Node, key: str) -> PolicySpec | None:
        """The policy, or None with problems."""
        if not isinstance(node.value, dict):
            repair = find_wide_colon(node.value) or "Write `kind: ...` and its values"
            report(self.problems, node, "a policy is a map", repair)
            return None
        kind = node.fields.get("kind")
        if kind is None:
            report(self.problems, node, "`kind` is missing", f"Add `kind:` with one of: {', '.join(POLICY_KINDS)}")
            return None
        if not isinstance(kind.value, str) or kind.value not in POLICY_KINDS:
            repair = suggest_name(str(kind.to_plain()), list(POLICY_KINDS))
            report(self.problems, kind, f"unknown kind `{kind.to_plain()}`", repair)
            return None
        policy_class = POLICY_KINDS[kind.value]
        n_before = len(self.problems)
        data = self.read_model(policy_class, node, key)
        try:
            policy = policy_class.model_validate(data)
        except ValidationError as error:
            self.report_errors(error, node)
            return None
        return policy if len(self.problems) == n_before else None

    def read_model(self, model: type[BaseModel], node: Node, key: str) -> dict[str, Any]:
        """Plain data of a map, for the class to validate; what is wrong is left out."""
        fields = {info.alias or name: info for name, info in model.model_fields.items()}
        check_keys(node, fields, self.problems)
        data: dict[str, Any] = {}
        for name, info in fields.items():
            entry, at = node.fields.get(name), f"{key}.{name}"
            if entry is None:
                self.fill_default(model, info, node, name, at)
                continue
            value = self.read_field(info, entry, at)
            if value is not None:
                data[name] = value
        return data

    def read_field(self, info: FieldInfo, node: Node, key: str) -> Any:
        """Plain value of one field, or None where it is wrong."""
        extra = _extra(info)
        if "unit" in extra:
            return self.read_amount(node, key, extra, beside=info.default if info.default == INFINITE else None)
        if isinstance(info.annotation, type) and issubclass(info.annotation, Data):
            if isinstance(node.value, dict):
                return self.read_model(info.annotation, node, key)
            names = ", ".join(f"{name}: .." for name in info.annotation.model_fields)
            report(self.problems, node, "a map is wanted here", f"Write {{{names}}}")
            return None
        plain = node.to_plain()
        if extra.get("names") == "places" and not self.check_places(node):
            return None
        source = node.file if node.file.startswith("--") else STATED
        self.sources[key] = Sourced(plain, TEXT, source, node.file, node.line)
        return plain

    def read_amount(self, node: Node, key: str, extra: dict[str, Any], *, beside: float | None = None) -> Any:
        """A number, or a map of numbers over levels of education or over pay; `beside` as in read_number."""
        if "keys" in extra and (not isinstance(node.value, dict) or "value" in node.value):
            report(self.problems, node, "a map is wanted here", "Write {PAY: AMOUNT, ..}, such as {0: 1500, 8000: 800}")
            return None
        if isinstance(node.value, dict) and "value" not in node.value:
            if not self.check_amount_keys(node, extra):
                return None
            one = {name: value for name, value in extra.items() if name != "keys"}
            parts = {name: self.read_amount(part, f"{key}.{name}", one) for name, part in node.fields.items()}
            return None if None in parts.values() else parts
        cell = read_number(
            node,
            self.problems,
            unit=extra["unit"],
            low=extra["low"],
            high=extra["high"],
            strict=node.file in self.strict_files,
            beside=beside,
        )
        if cell is None:
            return None
        if (
            extra["unit"] in WHOLE_UNITS
            and cell.value % 1
            and "derivation" not in node.fields
            and cell.value != INFINITE
        ):
            report(self.problems, node, f"{cell.value:g} is no whole number", f"Write {round(cell.value)}")
            return None
        self.sources[key] = cell
        return cell.value

    def check_amount_keys(self, node: Node, extra: dict[str, Any]) -> bool:
        """Whether the keys of a map of amounts are numbers, where they are pay, or levels of education."""
        if "keys" not in extra:
            return check_keys(node, EDUCATION, self.problems, what="level")
        wrong = [name for name in node.fields if not _is_number(name)]
        for name in wrong:
            report(self.problems, node.fields[name], f"`{name}` is no number", f"Write it in {extra['keys']}")
        return not wrong

    def check_places(self, node: Node) -> bool:
        """Whether all places named exist."""
        parts = node.items if isinstance(node.value, list) else [node]
        sound = bool(parts)
        if not parts:
            report(self.problems, node, "the list names no place", f"Name a place, or write `{ALL_PLACES}`")
        for number, part in enumerate(parts):
            if any(part.value == earlier.value for earlier in parts[:number]):
                report(self.problems, part, f"`{part.value}` is written twice", "Keep one of them")
                sound = False
            if self.world is None:
                continue
            try:
                find_places(str(part.value), self.world)
            except KeyError:
                names = [*self.world.places, *dict.fromkeys((*self.world.area, *self.world.region)), ALL_PLACES]
                report(self.problems, part, f"there is no place `{part.value}`", suggest_name(str(part.value), names))
                sound = False
        return sound

    def fill_default(self, model: type[BaseModel], info: FieldInfo, node: Node, name: str, key: str) -> None:
        """Source of a value that the file does not give; a problem where it must."""
        extra = _extra(info)
        if info.is_required():
            unit = f" (in {extra['unit']})" if "unit" in extra else ""
            report(self.problems, node, f"`{name}` is missing", f"Add `{name}:`{unit}")
        elif not isinstance(info.default, Data):
            source = f"{DEFAULT}: {extra['source']}" if "source" in extra else DEFAULT
            file = f"{model.__module__.replace('.', '/')}.py"
            self.sources[key] = Sourced(info.default, extra.get("unit", TEXT), source, file, 0)

    def report_errors(self, error: ValidationError, node: Node) -> None:
        """Problems of what the class itself refuses, at the lines of the values."""
        for item in error.errors():
            if item["type"] == "missing":
                continue  # reported with its unit where the map was read
            at = node
            for part in item["loc"]:
                if isinstance(at.value, list) and isinstance(part, int) and part < len(at.value):
                    at = at.value[part]
                else:
                    at = at.fields.get(str(part), at)
            shown = at.to_plain()
            message, _, repair = item["msg"].removeprefix("Value error, ").partition("; ")
            repair = repair[:1].upper() + repair[1:] or REPAIRS.get(item["type"], "Correct the value").format(shown)
            if item["type"] == "literal_error":
                message = f"unknown name `{shown}`"
                expected = item["ctx"]["expected"]
                repair = suggest_name(str(shown), _QUOTED.findall(expected) or _WHOLE.findall(expected))
            elif item["type"] == "tuple_type":
                message = "a list is wanted here"
            elif item["type"] == "string_type" and item["loc"][-1] in QUARTERS:
                message, repair = f"{shown!r} is not a quarter", "Write it as 2024Q1"
            report(self.problems, at, message, repair)


@functools.cache
def _find_lines() -> dict[tuple[str, str], int]:
    """(group, parameter) -> line of its declaration in sim/params.py."""
    lines: dict[tuple[str, str], int] = {}
    group = ""
    for number, line in enumerate(Path(params.__file__).read_text(encoding="utf-8").splitlines(), start=1):
        if found := _CLASS.match(line):
            group = found[1]
        elif found := _RULE.match(line):
            lines[group, found[1]] = number
    return lines


def _read_rule(
    node: Node | None, field: FieldInfo, extra: dict[str, Any], problems: list[Problem], *, strict: bool
) -> Sourced | None:
    if node is None:
        return None
    cell = read_number(node, problems, unit=extra["unit"], low=extra["low"], high=extra["high"], strict=strict)
    if cell is not None and field.annotation is int and cell.value != int(cell.value):
        report(problems, node, f"{cell.value:g} is no whole number", f"Write {round(cell.value)}")
        return None
    return cell


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _extra(info: FieldInfo) -> dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
