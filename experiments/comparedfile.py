"""The part of a sweep file that says what is compared, and under which conditions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from experiments.loader import find_file
from experiments.points import write_value
from experiments.varyfile import is_lever
from sim.errors import Problem
from sim.scenariofile import PLAIN_NAME, SCENARIO_FOLDERS
from sim.sourced import Node, check_keys, read_text, report, suggest_name

LABEL_KEYS: Final = {"en": "label", "zh": "label_zh"}
"""Key of what a policy or a future is called, by language."""
POLICY_KEYS: Final = ("name", "scenario", "policies", "set", *LABEL_KEYS.values())
FUTURE_KEYS: Final = ("name", "set", "policies", *LABEL_KEYS.values())


@dataclasses.dataclass(frozen=True, kw_only=True)
class Override:
    """A value laid over a scenario, as of `--set`, and where it stands."""

    key: str
    value: Any
    node: Node

    @property
    def text(self) -> str:
        """KEY=VALUE."""
        return f"{self.key}={write_value(self.value)}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Policy:
    """One of what is compared."""

    name: str
    path: Path
    """File of its scenario."""
    overrides: tuple[Override, ...]
    node: Node
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What tables and figures call it, by language."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Future:
    """One set of conditions."""

    name: str
    """Empty for the only one."""
    overrides: tuple[Override, ...]
    policies: tuple[Node, ...]
    """Policies in force in it beside the standing ones: maps, or names of scenarios whose policies are taken."""
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """As of a policy."""


def read_policies(root: Node, folder: Path, problems: list[Problem]) -> tuple[Policy, ...]:
    """The policies that are compared; the scenario itself where the file names none."""
    base, listed = root.fields.get("scenario"), root.fields.get("policies")
    if listed is None:
        if base is None:
            at = dataclasses.replace(root, key="policies")
            report(problems, at, "nothing says what is run", "Add `scenario: NAME`, or `policies:` with a list")
            return ()
        name = Path(str(base.value)).stem
        return (Policy(name=name, path=_find_file(base, folder, problems), overrides=(), node=base),)
    if not listed.items:
        report(problems, listed, "a list is wanted here", "Write [baseline, NAME, NAME]")
    found = [_read_policy(item, base, folder, problems) for item in listed.items]
    policies = [one for one in found if one is not None]
    names = [one.name for one in policies]
    for one in policies:
        if not PLAIN_NAME.fullmatch(one.name):
            report(problems, one.node, f"`{one.name}` cannot name a folder", "Use letters, digits, _ and -")
    for k, one in enumerate(policies):
        if one.name in names[:k]:
            report(problems, one.node, f"there are two policies `{one.name}`", "Give each a `name` of its own")
    return tuple(policies)


def _read_policy(item: Node, base: Node | None, folder: Path, problems: list[Problem]) -> Policy | None:
    if isinstance(item.value, str):
        return Policy(name=Path(item.value).stem, path=_find_file(item, folder, problems), overrides=(), node=item)
    if not item.fields:
        report(problems, item, "a policy is the name of a scenario or a map", "Write NAME, or `{name: ..., set: ...}`")
        return None
    check_keys(item, POLICY_KEYS, problems)
    scenario = item.fields.get("scenario", base)
    if scenario is None:
        report(problems, item, "nothing says over which scenario it is laid", "Add `scenario: NAME`")
        return None
    name = _read_optional(item.fields.get("name"), problems) or Path(str(scenario.value)).stem
    own = item.fields.get("policies")
    overrides: tuple[Override, ...] = ()
    if own is not None:
        overrides = (Override(key="policies", value=own.to_plain(), node=own),)
    overrides = (*overrides, *read_set(item.fields.get("set"), problems))
    labels = _read_labels(item, problems)
    return Policy(name=name, path=_find_file(scenario, folder, problems), overrides=overrides, node=item, labels=labels)


def _read_labels(item: Node, problems: list[Problem]) -> dict[str, str]:
    """What a policy or a future is called, by language; where one language is given, that for both."""
    found = {lang: _read_optional(item.fields.get(key), problems) for lang, key in LABEL_KEYS.items()}
    words = {lang: text for lang, text in found.items() if text}
    return words if "zh" in words else dict.fromkeys(LABEL_KEYS, words["en"]) if words else {}


def _find_file(node: Node, folder: Path, problems: list[Problem]) -> Path:
    """The file of a scenario, which is reported where there is none."""
    name = str(node.value)
    path = find_file(name, folder)
    if not path.is_file():
        known = sorted({file.stem for place in (*SCENARIO_FOLDERS, folder) for file in place.glob("*.yaml")})
        near = suggest_name(path.stem, known)
        repair = (
            near if near.startswith("Did") else "Check its name; beside the sweep and in scenarios/ it is looked for"
        )
        report(problems, node, f"there is no scenario `{name}`", repair)
    return path


def choose_baseline(node: Node | None, policies: tuple[Policy, ...], problems: list[Problem]) -> str | None:
    """Name of the policy that the others are paired with; None where there is one only."""
    names = [one.name for one in policies]
    if node is None:
        return names[0] if len(names) > 1 else None
    if node.value not in names:
        report(
            problems, node, f"there is no policy `{node.value}` to compare with", suggest_name(str(node.value), names)
        )
        return None
    return str(node.value)


def lay_over(
    policies: tuple[Policy, ...], baseline: str | None, under: tuple[Override, ...], over: tuple[Override, ...]
) -> tuple[Policy, ...]:
    """Values for all policies, laid under and over those that each sets itself; levers are not for the baseline."""

    def choose(overrides: tuple[Override, ...], name: str) -> list[Override]:
        return [one for one in overrides if name != baseline or not is_lever(one.key)]

    found: list[Policy] = []
    for one in policies:
        lists = [own for own in one.overrides if own.key == "policies"]  # written in place: what all set is for these
        rest = [own for own in one.overrides if own.key != "policies"]
        laid = (*lists, *choose(under, one.name), *rest, *choose(over, one.name))
        found.append(dataclasses.replace(one, overrides=laid))
    return tuple(found)


def read_futures(node: Node | None, folder: Path, problems: list[Problem]) -> tuple[Future, ...]:
    """The conditions; one without a name where the file has none."""
    if node is None:
        return (Future(name="", overrides=(), policies=()),)
    if not node.items:
        report(problems, node, "a list of futures is wanted here", "Write `- {name: NAME, set: {KEY: VALUE}}` under it")
    futures: list[Future] = []
    for item in node.items:
        check_keys(item, FUTURE_KEYS, problems)
        name = _read_optional(item.fields.get("name"), problems)
        if not name or not PLAIN_NAME.fullmatch(name) or name in [one.name for one in futures]:
            report(problems, item, "a future needs a `name` of its own", "Add `name:` of letters, digits, _ and -")
            continue
        added = item.fields.get("policies")
        if added is not None and not added.items:
            report(problems, added, "a list of policies is wanted here", "Write maps, or names of scenarios")
        policies = tuple(added.items) if added is not None else ()
        for policy in policies:
            if isinstance(policy.value, str):
                _find_file(policy, folder, problems)
        overrides, labels = read_set(item.fields.get("set"), problems), _read_labels(item, problems)
        futures.append(Future(name=name, overrides=overrides, policies=policies, labels=labels))
    return tuple(futures)


def read_set(node: Node | None, problems: list[Problem]) -> tuple[Override, ...]:
    """Values by key."""
    if node is None:
        return ()
    if not node.fields:
        report(problems, node, "a map of keys is wanted here", "Write `{KEY: VALUE}`")
    return tuple(Override(key=key, value=entry.to_plain(), node=entry) for key, entry in node.fields.items())


def _read_optional(node: Node | None, problems: list[Problem]) -> str | None:
    return read_text(node, problems) if node is not None else None
