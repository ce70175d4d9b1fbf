"""YAML read with memory: every value keeps its file, line and key, and every number its unit and source.

The only reader of YAML. A file becomes a tree of `Node`; nothing is refused at the first mistake: each reader below
adds what it finds to a list of `Problem` and returns None, so that one look reports all mistakes of all files.
A number is plain (`20000`) or a map `{value, unit}` with `evidence`, or `assumption` and `range`, or, where calibration
found it, `fit`, `posterior` and `verdict`; `note` and `derivation` if wanted. World files and baselines must say which.
Scalars follow YAML 1.2: `no` is a text, `010` is ten, `1e5` is a number.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeGuard

import yaml

from sim.errors import Problem
from sim.written import LARGEST, UNITS, find_wide_colon, guess_number

NUMBER_KEYS: Final = (
    "value", "unit", "evidence", "assumption", "range", "relative_range", "fit", "posterior", "verdict", "note",
    "derivation",
)  # fmt: skip
VERDICTS: Final = ("identified", "weak", "not identified", "not judged")
"""What recovery says of a fitted parameter."""
SET_FILE: Final = "--set"
"""File name of values given on the command line."""
STATED: Final = "stated in the scenario"
"""Source of a plain number in a file that may use them."""

_EVIDENCE_ID = re.compile(r"^\d{3}-\d{4}-\d{2}$")
_NUMBER = re.compile(r"[-+]?(?:\d+(\.\d*)?|(\.\d+))([eE][-+]?\d+)?")
"""A number; the groups are what a whole one has not."""
_WORDS: Final[dict[str, Any]] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
    ".nan": math.nan, "+.inf": math.inf, ".inf": math.inf, "-.inf": -math.inf,
}  # fmt: skip

Scalar = str | int | float | bool | None


@dataclasses.dataclass(frozen=True, slots=True)
class Node:
    """One value of a YAML file and the place where it stands."""

    file: str
    line: int
    key: str
    """Path from the root of the file, joined by dots; empty for the root."""
    value: dict[str, Node] | list[Node] | Scalar

    @property
    def fields(self) -> dict[str, Node]:
        """Entries of a map; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """Entries of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def to_plain(self) -> Any:
        """The value as dicts, lists and scalars, without positions."""
        if isinstance(self.value, dict):
            return {name: node.to_plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.to_plain() for node in self.value]
        return self.value


@dataclasses.dataclass(frozen=True, slots=True)
class Sourced:
    """A value with its unit and where it is from."""

    value: Any
    unit: str
    source: str
    """`evidence ID`, `assumption: REASON (range LOW to HIGH)`, `fitted: NAME, ...`, `default of FILE: ...`, ..."""
    file: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Provenance of a number or of a whole block, before it is bound to values."""

    text: str
    low: float | None = None
    high: float | None = None
    relative: bool = False
    """True where low and high multiply the value."""

    def describe(self, value: float) -> str:
        """Source text for one value."""
        if self.low is None or self.high is None:
            return self.text
        low, high = self.low, self.high
        if self.relative:
            low, high = sorted((low * value, high * value))
        return f"{self.text} (range {low:g} to {high:g})"


def report(problems: list[Problem], node: Node, message: str, repair: str) -> None:
    """Add a mistake at a node."""
    problems.append(Problem(node.file, node.line, node.key, message, repair))


def read_yaml(path: Path, problems: list[Problem], *, shown: str | None = None) -> Node | None:
    """Read a file into nodes.

    Args:
        path: the file; its root must be a map.
        problems: mistakes are added here.
        shown: name of the file in messages; the path itself by default.

    Returns:
        The root, or None where the file cannot be read as a map.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(Problem(name, 0, "", f"the file cannot be read ({error.strerror})", "Check its path"))
        return None
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, "", "the file is not UTF-8 text", "Save it as UTF-8"))
        return None
    root = parse_yaml(text, name, problems)
    if root is not None and not isinstance(root.value, dict):
        repair = find_wide_colon(root.value) or "Begin with lines such as `name: ...`"
        report(problems, root, "the file is no map of keys", repair)
        return None
    return root


def parse_yaml(text: str, file: str, problems: list[Problem], *, key: str = "", line: int = 0) -> Node | None:
    """Read YAML text into nodes; `key` and `line` place a fragment. Returns None where the text is not YAML."""
    try:
        raw = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = line or (mark.line + 1 if mark else 0)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        repair = find_wide_colon(text) or "Check indentation, colons and quotes"
        problems.append(Problem(file, at, key, f"this is not YAML: {what}", repair))
        return None
    if raw is None:
        return Node(file, line or 1, key, None)
    try:
        return _convert_node(raw, file, key, line, problems)
    except RecursionError:
        problems.append(Problem(file, line or 1, key, "an alias holds itself", "Write the values out"))
        return None


def check_keys(node: Node, allowed: Iterable[str], problems: list[Problem], *, what: str = "key") -> bool:
    """Report keys of a map that are not allowed, each with the nearest allowed name. True where all are fine."""
    names = list(allowed)
    unknown = [entry for name, entry in node.fields.items() if name not in names]
    for entry in unknown:
        last = _last_part(node, entry)
        report(problems, entry, f"unknown {what} `{last}`", find_wide_colon(last) or suggest_name(last, names))
    return not unknown


def suggest_name(name: str, names: Sequence[str]) -> str:
    """The repair for a wrong name: the nearest right one, else all of them."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Use one of: {', '.join(names)}" if names else "Remove it"


def read_text(node: Node, problems: list[Problem]) -> str | None:
    """A text, or None with a problem."""
    if isinstance(node.value, str):
        return node.value
    report(problems, node, "a text is wanted here", "Write a text")
    return None


def read_number(
    node: Node,
    problems: list[Problem],
    *,
    unit: str,
    low: float = -math.inf,
    high: float = math.inf,
    strict: bool = False,
    default: Origin | None = None,
    beside: float | None = None,
) -> Sourced | None:
    """A number with unit and source, or None with a problem.

    Args:
        node: a plain number or a map with `value`.
        problems: mistakes are added here.
        unit: the unit of the field; a unit in the file must equal it.
        low: smallest value allowed.
        high: largest value allowed.
        strict: refuse a number that does not say where it is from.
        default: provenance where the number itself names none.
        beside: what may be given in place of a finite number: infinity for no limit, NaN for not known.
    """
    value_node, origin = node, default
    if isinstance(node.value, dict):
        check_keys(node, NUMBER_KEYS, problems)
        if "value" not in node.fields:
            report(problems, node, "`value` is missing", "Add `value:` with the number")
            return None
        value_node = node.fields["value"]
        check_unit(node, unit, problems)
        origin = read_origin(node, problems) or default
    value = value_node.value
    if not (is_finite(value) or _is_same(value, beside)):
        report(problems, value_node, f"{_describe(value)} is no number", guess_number(value, unit))
        return None
    high = min(high, LARGEST.get(unit, high))
    if value < low or (value > high and not _is_same(value, beside)):
        bounds = f"{low:g} or more" if high == math.inf else f"a value from {low:g} to {high:.15g}"
        report(problems, value_node, f"{value:g} is out of bounds", f"Write {bounds} {unit}")
        return None
    if origin is None and node.file.startswith("--"):
        origin = Origin(node.file)
    elif origin is None and strict:
        form = f"{{value: {value:g}, unit: {unit}, evidence: ID}}"
        repair = f"Write {form}, or `assumption: REASON, range: [LOW, HIGH]` in place of `evidence`"
        report(problems, node, "the number has no source", repair)
        return None
    origin = origin or Origin(STATED)
    return Sourced(value, unit, origin.describe(value), node.file, value_node.line)


def is_finite(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number that can be reckoned with: no truth value, no infinity, not NaN."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def check_unit(node: Node, unit: str, problems: list[Problem], *, required: bool = False) -> None:
    """Report a `unit` of the map that is not the unit of the field."""
    given = node.fields.get("unit")
    if given is None:
        if required:
            report(problems, node, "`unit` is missing", f"Add `unit: {unit}`")
    elif given.value != unit:
        why = "is wrong here" if given.value in UNITS else "is no unit that is known here"
        report(problems, given, f"unit `{given.value}` {why}", f"Convert the number and write `unit: {unit}`")


def read_origin(node: Node, problems: list[Problem]) -> Origin | None:
    """Provenance that a map states by `evidence`, `fit`, or `assumption` and `range`; None where it states none."""
    fields = node.fields
    if "evidence" in fields:
        return _read_evidence(fields["evidence"], fields.get("derivation"), problems)
    if "fit" in fields:
        return _read_fit(node, problems)
    if "assumption" not in fields:
        return None
    reason = read_text(fields["assumption"], problems)
    if reason is None:
        return Origin("assumption")
    spread = fields.get("range") or fields.get("relative_range")
    low, high = _read_ends(spread)
    if not low <= high:
        message = "an assumption needs its range: two numbers, the lower one first"
        report(problems, spread or fields["assumption"], message, "Add `range: [LOW, HIGH]`")
    return Origin(f"assumption: {reason}", low, high, "range" not in fields)


def merge_nodes(base: Node, over: Node) -> Node:
    """Lay one map over another, key by key; scalars, lists and numbers with a source replace what was there."""
    if not base.fields or not over.fields or "value" in over.fields or "value" in base.fields:
        return over
    merged = dict(base.fields)
    for name, node in over.fields.items():
        merged[name] = merge_nodes(merged[name], node) if name in merged else node
    return Node(over.file, over.line, over.key, merged)


def set_node(root: Node, path: Sequence[str], leaf: Node, problems: list[Problem]) -> Node:
    """A copy of the tree in which the value at `path` is `leaf`; maps on the way are made, lists must have the item."""
    if not path:
        return leaf
    name, rest = path[0], path[1:]
    key = f"{root.key}.{name}" if root.key else name
    if isinstance(root.value, list):
        if not name.isdigit() or int(name) >= len(root.value):
            repair = f"Use a number from 0 to {len(root.value) - 1}" if root.value else "Write the list in a file"
            report(problems, leaf, f"there is no item {name} in `{root.key}`", repair)
            return root
        copy = list(root.value)
        copy[int(name)] = set_node(copy[int(name)], rest, leaf, problems)
        return dataclasses.replace(root, value=copy)
    entries = dict(root.value) if isinstance(root.value, dict) and "value" not in root.value else {}
    child = entries.get(name, Node(leaf.file, leaf.line, key, {}))
    entries[name] = set_node(child, rest, leaf, problems)
    return dataclasses.replace(root, value=entries)


def _convert_node(raw: yaml.Node, file: str, key: str, line: int, problems: list[Problem], at: int = 0) -> Node:
    """Turn a YAML node into ours; `line` is the line of a fragment, `at` that of the node where its parent knows it."""
    at = line or at or raw.start_mark.line + 1
    if isinstance(raw, yaml.ScalarNode):
        return Node(file, at, key, raw.value if raw.style else _parse_scalar(raw.value))
    prefix = f"{key}." if key else ""
    if isinstance(raw, yaml.SequenceNode):
        items = enumerate(raw.value)
        return Node(file, at, key, [_convert_node(item, file, f"{prefix}{i}", line, problems) for i, item in items])
    entries: dict[str, Node] = {}
    for name_node, value_node in raw.value:
        name = str(name_node.value)
        # a block begins on the line of its key, and an alias must not point to the line of its anchor
        child = _convert_node(value_node, file, prefix + name, line, problems, name_node.start_mark.line + 1)
        if name in entries:
            first = entries[name].line
            message, repair = f"`{name}` is written twice (first in line {first})", "Keep one of them"
            problems.append(Problem(file, name_node.start_mark.line + 1, child.key, message, repair))
        entries[name] = child
    return Node(file, at, key, entries)


def _parse_scalar(text: str) -> Scalar:
    number = _NUMBER.fullmatch(text)
    if number is None:
        return _WORDS.get(text.lower(), text)  # type: ignore[no-any-return]  # the table holds scalars only
    if math.isinf(float(text)):
        return text  # beyond what a number can hold: refused as it is written
    return int(text) if number.lastindex is None else float(text)


def _is_same(value: Any, beside: float | None) -> TypeGuard[float]:
    """Whether a value is the one float, be it NaN, that may stand in place of a number."""
    return isinstance(value, float) and str(value) == str(beside)


def _describe(value: Any) -> str:
    """A value as a YAML file writes it, for messages."""
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    words = {str(known): word for word, known in _WORDS.items() if word}
    return f"`{value if isinstance(value, str) else words.get(str(value), value)}`"


def _read_evidence(node: Node, derivation: Node | None, problems: list[Problem]) -> Origin:
    ids = [item.value for item in node.items] if isinstance(node.value, list) else [node.value]
    for given in ids:
        if not isinstance(given, str) or not _EVIDENCE_ID.match(given):
            report(problems, node, f"{given!r} is no evidence id", "Write an id such as 003-4438-01")
    text = "evidence " + ", ".join(str(given) for given in ids)
    if derivation is not None:
        text += f" ({derivation.value})"
    return Origin(text)


def _read_ends(node: Node | None) -> tuple[float, float]:
    """Two numbers, NaN where there are not two."""
    ends = [item.value if is_finite(item.value) else math.nan for item in (node.items if node is not None else ())]
    return (ends[0], ends[1]) if len(ends) == 2 else (math.nan, math.nan)


def _read_fit(node: Node, problems: list[Problem]) -> Origin:
    name = read_text(node.fields["fit"], problems)
    low, high = _read_ends(node.fields.get("posterior"))
    verdict = node.fields["verdict"].value if "verdict" in node.fields else None
    if not low <= high or verdict not in VERDICTS:
        message = "a fitted value needs its posterior interval and the verdict of recovery"
        report(problems, node, message, f"Add `posterior: [LOW, HIGH]` and `verdict:`, one of {', '.join(VERDICTS)}")
    return Origin(f"fitted: {name}, posterior interval {low:.6g} to {high:.6g}, {verdict}")


def _last_part(parent: Node, child: Node) -> str:
    return child.key[len(parent.key) + 1 :] if parent.key else child.key


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # its stub is no class
    """Base loader, in C where there is one: composes the tree and leaves the reading of scalars to us.

    Tags are not read here, so that none are looked for: half of the time of a long file.
    """

    def descend_resolver(self, *_: Any) -> None:
        """Look for no tag."""

    def ascend_resolver(self) -> None:
        """Look for no tag."""

    def resolve(self, *_: Any) -> str:
        """Give every node the same tag."""
        return "tag:yaml.org,2002:str"
