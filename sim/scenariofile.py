"""Scenario files -> one merged tree: the chain of `extends`, laid one over the other, then values of the command line.

Maps merge key by key, lists replace; who asks, what is expected and the evidence behind it are not taken over.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sim.errors import Problem
from sim.sourced import Node, check_keys, merge_nodes, parse_yaml, read_yaml, report, set_node, suggest_name
from sim.worldfile import show_path

SCENARIO_KEYS: Final[dict[str, str]] = {
    "name": "name of the scenario, like its file",
    "question": "what a reader wants to know",
    "extends": "scenario beside this file, or a shipped one, over which it is laid; without it numbers need a source",
    "world": "world file, by name or path",
    "from": "first quarter, such as 2019Q1",
    "to": "last quarter",
    "scale": "persons for whom one agent stands",
    "focus": "city whose outcomes are compared",
    "expectation": "what is expected, before it was run",
    "expects": "the same as outcomes and their signs, which a comparison holds against its intervals",
    "finding": "what happened and why, where an expectation did not hold",
    "sources": "evidence ids behind the question",
    "fit": "fit of the calibration whose parameters are laid under `params`, by name; null for none",
    "params": "parameters of the rules, by group",
    "world_values": "values laid over the world file, by quantity",
    "standing_policies": "policies in force whatever the question",
    "policies": "policies that the question is about",
}
OWN_KEYS: Final = ("name", "question", "expectation", "expects", "finding", "sources", "extends")
"""Keys that a scenario does not take over from the one that it extends."""
BASE_KEYS: Final = ("from", "to", "scale")
"""Keys that a scenario takes from the one that it extends."""
BASE_FOCUS: Final = "focus_of_base"
"""Key of the merged tree under which a focus is kept that the file itself does not name."""
SCENARIO_FOLDERS: Final = (Path("scenarios"), Path(__file__).resolve().parent.parent / "scenarios")
"""Where a scenario is looked for by its name: under the working folder, then beside the package."""

MOST_SHOWN: Final = 3
"""Names of scenarios that are proposed in place of one that there is not."""

PLAIN_NAME: Final = re.compile(r"[\w-]+")
"""Names of scenarios, which become names of folders."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ScenarioTree:
    """The merged tree of a scenario."""

    root: Node
    strict_files: frozenset[str]
    """Files in which every number must say where it is from: those that extend no other."""
    folders: dict[str, Path]
    """Folder of each file by the name that nodes carry, the last base first."""


def read_tree(path: Path, overrides: Sequence[tuple[str, str]], problems: list[Problem]) -> ScenarioTree | None:
    """Read a scenario file and all that it extends, and lay overrides over it.

    Args:
        path: the file.
        overrides: (option, `KEY=VALUE`) in their order.
        problems: mistakes are added here.

    Returns:
        The tree, or None where a file cannot be read.
    """
    chain = _read_chain(path, problems)
    if not chain:
        return None
    root = _apply_overrides(_merge_chain([node for _, node in chain]), overrides, problems)
    name = root.value.get("name") if isinstance(root.value, dict) else None
    if name is not None and isinstance(name.value, str) and not PLAIN_NAME.fullmatch(name.value):
        report(problems, name, f"`{name.value}` cannot name a folder of results", "Use letters, digits, _ and -")
    folders = {node.file: file.parent for file, node in chain}
    # a file that sets no span and no scale is no baseline: it forgot `extends`, and may state its numbers
    first = chain[0][1]
    strict = frozenset({first.file}) if not set(BASE_KEYS).isdisjoint(first.fields) else frozenset()
    return ScenarioTree(root=root, strict_files=strict, folders=folders)


def find_scenario(name: str) -> Path:
    """The file of a scenario: a path, else a name in `scenarios/` here or beside the package."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    for folder in SCENARIO_FOLDERS:
        path = folder / f"{name}.yaml"
        if path.is_file():
            return path
    return SCENARIO_FOLDERS[0] / f"{name}.yaml"


def _read_chain(path: Path, problems: list[Problem]) -> list[tuple[Path, Node]]:
    """The file and all that it extends, the last base first; empty where one cannot be read."""
    chain: list[tuple[Path, Node]] = []
    while True:
        if not path.is_file():
            folders = (*SCENARIO_FOLDERS, (chain[-1][0] if chain else path).parent)
            near = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
            at = chain[-1][1].fields["extends"] if chain else Node(show_path(path), 0, "scenario", None)
            report(problems, at, f"there is no scenario `{path.stem}`", _suggest_scenario(path.stem, near))
            return []
        root = read_yaml(path, problems, shown=show_path(path))
        if root is None:
            return []
        check_keys(root, SCENARIO_KEYS, problems)
        chain.append((path, root))
        base = root.fields.get("extends")
        if base is None:
            return chain[::-1]
        beside = path.parent / f"{base.value}.yaml"
        path = beside if beside.is_file() else find_scenario(str(base.value))
        if any(path.resolve() == file.resolve() for file, _ in chain):
            report(problems, base, f"`{base.value}` extends itself", "Name another scenario, or remove `extends`")
            return []


def _suggest_scenario(name: str, names: Sequence[str]) -> str:
    """The repair for a wrong name of a scenario; of many that are unlike it, the three nearest."""
    nearest = difflib.get_close_matches(name, names, n=MOST_SHOWN, cutoff=0.0)
    if difflib.get_close_matches(name, nearest, cutoff=0.5) or len(names) <= MOST_SHOWN:
        return suggest_name(name, names)
    return f"Check the path of your file, or name one that is shipped; the nearest are {', '.join(nearest)}"


def _merge_chain(chain: list[Node]) -> Node:
    merged = chain[0]
    for node in chain[1:]:
        inherited = {name: entry for name, entry in merged.fields.items() if name not in OWN_KEYS}
        if "policies" in node.fields and "focus" not in node.fields:
            # the city in focus follows the policies, unless the file says otherwise
            inherited[BASE_FOCUS] = inherited.pop("focus", Node(node.file, node.line, "focus", None))
        merged = merge_nodes(dataclasses.replace(merged, value=inherited), node)
    return merged


def _apply_overrides(root: Node, texts: Sequence[tuple[str, str]], problems: list[Problem]) -> Node:
    for i, (file, text) in enumerate(texts):
        key, equals, value = text.partition("=")
        key = key.strip()
        at = Node(file, i + 1, key, None)
        if not equals or not key:
            report(problems, at, f"`{text}` gives no value", "Write KEY=VALUE, such as scale=300")
            continue
        if key.split(".")[0] == "world":
            key = f"world_values{key[5:]}" if "." in key else key
        leaf = parse_yaml(value, file, problems, key=key, line=i + 1)
        if leaf is None:
            continue
        if key.split(".")[0] not in SCENARIO_KEYS:
            report(problems, at, "unknown key", suggest_name(key.split(".")[0], list(SCENARIO_KEYS)))
        elif key == "extends":
            report(problems, at, "`extends` cannot be set here", "Name the other scenario instead")
        else:
            root = set_node(root, key.split("."), leaf, problems)
    return root
