"""The part of a sweep file that says which keys take which values."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from experiments.points import SIGNIFICANT, Range
from sim.errors import Problem
from sim.scenariofile import OWN_KEYS, SCENARIO_KEYS
from sim.sourced import Node, check_keys, is_finite, report, suggest_name

VARY_KEYS: Final = ("grid", "list", "range", "steps", "log", "whole", "as")
"""Of a varied key: one of the first three; `steps` of a range makes a grid of it; `as` is its name in `when`."""
DESIGN_KEYS: Final = ("kind", "n", "draw")
KINDS: Final = ("latin", "sobol")
MOST_POINTS: Final = 1_000_000
_FORMS: Final = ("grid", "list", "range")
_EXAMPLE: Final = "Write a list of values, or `grid:`, `list:` or `range: [LOW, HIGH]`"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Vary:
    """Keys that are varied."""

    nodes: dict[str, Node]
    """Where each key stands, in the order of the file."""
    aliases: dict[str, str]
    """Key by its name in `when`: the last part where no other key has the same, else what `as` says."""
    axes: dict[str, Any]
    """Arguments of make_points."""


def read_vary(node: Node | None, design: Node | None, policies: Sequence[str], problems: list[Problem]) -> Vary:
    """Read `vary` and `design`; mistakes are added to `problems`."""
    grids: dict[str, list[Any]] = {}
    lists: dict[str, list[Any]] = {}
    ranges: dict[str, Range] = {}
    nodes = dict(node.fields) if node is not None else {}
    if node is not None and not nodes:
        report(problems, node, "a map of keys is wanted here", "Write `KEY: [VALUE, VALUE]` under it")
    for key, entry in nodes.items():
        _check_key(key, entry, policies, problems)
        form = _find_form(entry, problems)
        if form == "range":
            spread = _read_range(entry, problems)
            if spread is not None and "steps" in entry.fields:
                grids[key] = _space_evenly(spread, entry.fields["steps"], problems)
            elif spread is not None:
                ranges[key] = spread
        elif form is not None:
            into = lists if form == "list" else grids
            into[key] = _read_values(entry if form == "" else entry.fields[form], problems)
    if len({len(values) for values in lists.values()}) > 1:
        counts = ", ".join(f"{key} has {len(values)}" for key, values in lists.items())
        report(problems, nodes[next(iter(lists))], f"lists go together, but {counts} values", "Give all as many")
    axes = {"grids": grids, "lists": lists, "ranges": ranges, **_read_design(design, ranges, nodes, problems)}
    _refuse_too_many(axes, node, problems)
    return Vary(nodes=nodes, aliases=_name_keys(nodes), axes=axes)


def split_key(key: str) -> tuple[str | None, str]:
    """Policy whose scenario alone a key `POLICY/KEY` is for, or None, and the key of the scenario."""
    policy, slash, rest = key.rpartition("/")
    return (policy, rest) if slash else (None, key)


def is_lever(key: str) -> bool:
    """Whether a key changes the policies of a scenario, as `policies.0.units`: for all, it is not for the baseline."""
    return split_key(key)[1].split(".")[0] == "policies"


def _check_key(key: str, entry: Node, policies: Sequence[str], problems: list[Problem]) -> None:
    policy, inner = split_key(key)
    if policy is not None and policy not in policies:
        report(problems, entry, f"there is no policy `{policy}`", suggest_name(policy, list(policies)))
    head = inner.split(".")[0]
    if head in OWN_KEYS:
        report(problems, entry, f"`{head}` is a text that changes no run", "Vary another key")
    elif head not in SCENARIO_KEYS and head != "world":
        report(problems, entry, "a scenario has no such key", suggest_name(head, list(SCENARIO_KEYS)))


def _find_form(entry: Node, problems: list[Problem]) -> str | None:
    """`grid`, `list` or `range`; empty where the values stand without a word; None with a problem."""
    if isinstance(entry.value, list):
        return ""
    if not entry.fields:
        report(problems, entry, "there are no values here", _EXAMPLE)
        return None
    check_keys(entry, VARY_KEYS, problems)
    forms = [form for form in _FORMS if form in entry.fields]
    if len(forms) != 1:
        what = f"`{'` and `'.join(forms)}` exclude each other" if forms else "there are no values here"
        report(problems, entry, what, _EXAMPLE)
        return None
    strangers = [name for name in ("steps", "log", "whole") if name in entry.fields and forms != ["range"]]
    for name in strangers:
        report(problems, entry.fields[name], f"`{name}` belongs to a range", "Remove it, or write `range: [LOW, HIGH]`")
    return forms[0]


def _read_values(node: Node, problems: list[Problem]) -> list[Any]:
    if not node.items:
        report(problems, node, "a list of values is wanted here", "Write [VALUE, VALUE]")
    values = [item.to_plain() for item in node.items]
    for k, value in enumerate(values):
        if any(type(value) is type(other) and value == other for other in values[:k]) and not node.key.endswith(
            ".list"
        ):
            report(problems, node.items[k], f"{value} stands twice", "Keep one of them")
    return values


def _read_range(entry: Node, problems: list[Problem]) -> Range | None:
    node = entry.fields["range"]
    ends = [item.value for item in node.items if is_finite(item.value)]
    if len(ends) != 2 or len(node.items) != 2 or not ends[0] < ends[1]:
        report(problems, node, "a range is two numbers, the lower one first", "Write [LOW, HIGH]")
        return None
    flags = {name: entry.fields[name].value if name in entry.fields else False for name in ("log", "whole")}
    for name, value in flags.items():
        if not isinstance(value, bool):
            report(problems, entry.fields[name], f"`{value}` is neither true nor false", "Write true or false")
            return None
    low, high = ends
    if flags["log"] and low <= 0:
        report(problems, node, "a logarithm needs a range above 0", "Raise the lower end, or remove `log`")
        return None
    if flags["whole"] and any(end != int(end) for end in ends):
        report(problems, node, "whole numbers need whole ends", "Write whole numbers")
        return None
    return Range(low=low, high=high, log=bool(flags["log"]), whole=bool(flags["whole"]))


def _space_evenly(spread: Range, node: Node, problems: list[Problem]) -> list[Any]:
    """As many values as `steps` says, both ends included."""
    steps = node.value
    if not isinstance(steps, int) or isinstance(steps, bool) or not 2 <= steps <= MOST_POINTS:
        report(problems, node, f"`{steps}` is no number of values", "Write a whole number from 2 on")
        return []
    space = np.geomspace if spread.log else np.linspace
    values = [float(f"{value:.{SIGNIFICANT}g}") for value in space(spread.low, spread.high, steps)]
    return list(dict.fromkeys(round(value) for value in values)) if spread.whole else values


def _read_design(
    design: Node | None, ranges: dict[str, Range], nodes: dict[str, Node], problems: list[Problem]
) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "latin", "n": 1, "draw": 1}
    if design is None:
        if ranges:
            repair = "Add `design: {kind: latin, n: 20}`, or `steps:` to each range"
            report(
                problems,
                nodes[next(iter(ranges))],
                f"nothing says how to fill the range of {', '.join(ranges)}",
                repair,
            )
        return found
    check_keys(design, DESIGN_KEYS, problems)
    if not ranges:
        report(
            problems, design, "there is no range to fill", "Remove `design`, or vary a key by `range` without `steps`"
        )
        return found
    fields = design.fields
    if "kind" not in fields or fields["kind"].value not in KINDS:
        given = str(fields["kind"].value) if "kind" in fields else ""
        report(problems, fields.get("kind", design), "`kind` says how to fill ranges", suggest_name(given, KINDS))
        return found
    found["kind"] = fields["kind"].value
    for name in ("n", "draw"):
        value = fields[name].value if name in fields else (None if name == "n" else 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_POINTS:
            report(problems, fields.get(name, design), f"`{name}` is a whole number from 1 on", f"Write `{name}: 20`")
            return found
        found[name] = value
    n = found["n"]
    if found["kind"] == "sobol" and n & (n - 1):
        near = 1 << (n.bit_length() - 1)
        message = f"a Sobol sequence of {n} points is out of balance"
        report(problems, fields["n"], message, f"Write a power of 2, such as {near} or {2 * near}")
    return found


def _refuse_too_many(axes: dict[str, Any], node: Node | None, problems: list[Problem]) -> None:
    count = axes["n"] if axes["ranges"] else 1
    for values in (*axes["grids"].values(), *list(axes["lists"].values())[:1]):
        count *= len(values)
    if count > MOST_POINTS and node is not None:
        report(problems, node, f"{count} points are too many", f"Leave {MOST_POINTS} or fewer")
        for values in axes["grids"].values():
            values.clear()


def _name_keys(nodes: dict[str, Node]) -> dict[str, str]:
    names: dict[str, list[str]] = {}
    for key, entry in nodes.items():
        given = entry.fields["as"].value if "as" in entry.fields else split_key(key)[1].rsplit(".", 1)[-1]
        names.setdefault(str(given), []).append(key)
    return {name: keys[0] for name, keys in names.items() if len(keys) == 1}
