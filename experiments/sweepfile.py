"""Sweep files -> Sweep: which scenarios are run with which values, futures, seeds and parameter sets.

A sweep is the product of points (experiments.points), policies, futures, members of an ensemble and seeds, less what
`when` leaves out. All mistakes of a file are reported together, each with its line and its repair.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from experiments.condition import Condition, ConditionError, read_condition
from experiments.points import Point, make_points, write_value
from experiments.varyfile import read_vary
from sim.errors import Problem, ScenarioError
from sim.scenariofile import PLAIN_NAME, find_scenario
from sim.sourced import Node, check_keys, read_text, read_yaml, report, suggest_name
from sim.types import Quarter
from sim.worldfile import show_path

SWEEP_KEYS: Final[dict[str, str]] = {
    "name": "name of the sweep, like its file",
    "question": "what a reader wants to know",
    "scenario": "scenario that is varied, by name or path",
    "policies": "what is compared: names of scenarios, or maps of `name` with `scenario`, `policies` and `set`",
    "baseline": "name of the policy that the others are paired with; the first one without it",
    "futures": "conditions under which all policies are run: maps of `name` with `set` and `policies`",
    "vary": "keys and their values: a list, or a map with `grid`, `list` or `range`",
    "design": "how ranges are filled: `kind` (latin or sobol), `n` points, `draw` (seed of the points)",
    "when": "condition over the last parts of varied keys, `policy` and `future`; other runs are left out",
    "set": "values for all runs, by key",
    "seeds": "number of seeds, or a list of them",
    "members": "how many parameter sets are drawn from the ensemble of the fit in use",
    "cities": "places whose outcomes are kept; the focus of the scenario without it",
    "outcomes": "names of outcomes that are kept; all without it",
    "since": "first quarter that counts; the first of any policy without it",
    "scale": "persons for whom one agent stands, in place of the scenario's",
    "quarters": "length of the runs, in place of the scenario's",
    "sensitivity": "for `talentsim sensitivity`",
    "robust": "for `talentsim robust`",
    "optimise": "for `talentsim optimise`",
}
SECTIONS: Final = ("sensitivity", "robust", "optimise")
"""Keys that other commands read."""
POLICY_KEYS: Final = ("name", "scenario", "policies", "set")
FUTURE_KEYS: Final = ("name", "set", "policies")
SWEEP_FOLDERS: Final = tuple(find_scenario("baseline").parent / name for name in ("sweeps",))
"""Where a sweep is looked for by its name."""
_SEEDS: Final = 8


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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Future:
    """One set of conditions."""

    name: str
    """Empty for the only one."""
    overrides: tuple[Override, ...]
    policies: tuple[Node, ...]
    """Policies in force in it beside the standing ones: maps, or names of scenarios whose policies are taken."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sweep:
    """Many runs as one question, as its file states them."""

    name: str
    question: str
    file: str
    folder: Path
    """In which names of scenario files are looked for first."""
    policies: tuple[Policy, ...]
    baseline: str | None
    """Name of the policy that others are paired with; None where there is one only."""
    futures: tuple[Future, ...]
    keys: tuple[str, ...]
    """Keys that are varied."""
    aliases: dict[str, str]
    """Key by its name in `when`."""
    points: tuple[Point, ...]
    """Before `when`."""
    vary: Mapping[str, Node]
    """Where each key stands."""
    condition: Condition | None
    seeds: tuple[int, ...]
    members: int | None
    """Parameter sets from the ensemble; None for those of the scenarios."""
    cities: tuple[str, ...]
    outcomes: tuple[str, ...]
    since: Quarter | None
    scale: int | None
    quarters: int | None
    sections: dict[str, Node]
    """What other commands read."""
    root: Node


def find_sweep(name: str) -> Path:
    """The file of a sweep: a path, else a name in scenarios/sweeps/."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    return next((path for folder in SWEEP_FOLDERS if (path := folder / f"{name}.yaml").is_file()), Path(f"{name}.yaml"))


def load_sweep(path_or_name: str | Path, *, seeds: int | None = None, overrides: tuple[str, ...] = ()) -> Sweep:
    """Read and check a sweep file; the scenarios it names are read later (experiments.plan).

    Args:
        path_or_name: a file, or the name of one in scenarios/sweeps/.
        seeds: number of seeds in place of the file's.
        overrides: texts KEY=VALUE for all runs, laid over `set`.

    Raises:
        ScenarioError: with all mistakes of the file.
    """
    path, problems = find_sweep(str(path_or_name)), list[Problem]()
    if not path.is_file():
        known = sorted(file.stem for folder in SWEEP_FOLDERS for file in folder.glob("*.yaml"))
        problem = Problem(
            show_path(path), 0, "sweep", f"there is no sweep `{path.stem}`", suggest_name(path.stem, known)
        )
        raise ScenarioError([problem])
    root = read_yaml(path, problems, shown=show_path(path))
    if root is None:
        raise ScenarioError(problems)
    sweep = _build_sweep(root, path, seeds, problems)
    if problems or sweep is None:
        raise ScenarioError(problems)
    laid = [_split_override(text, problems) for text in overrides]
    if problems:
        raise ScenarioError(problems)
    more = tuple(override for override in laid if override is not None)
    policies = tuple(dataclasses.replace(one, overrides=(*one.overrides, *more)) for one in sweep.policies)
    return dataclasses.replace(sweep, policies=policies)


def _build_sweep(root: Node, path: Path, n_seeds: int | None, problems: list[Problem]) -> Sweep | None:
    check_keys(root, SWEEP_KEYS, problems)
    fields = root.fields
    for key in ("name", "question"):
        if key not in fields:
            report(problems, root, f"`{key}` is missing", f"Add `{key}:` ({SWEEP_KEYS[key]})")
    name, question = (_read_optional(fields.get(key), problems) or "" for key in ("name", "question"))
    if name and not PLAIN_NAME.fullmatch(name):
        report(problems, fields["name"], f"`{name}` cannot name a folder", "Use letters, digits, _ and -")
    common = _read_set(fields.get("set"), problems)
    policies = _read_policies(root, path.parent, common, problems)
    baseline = _choose_baseline(fields.get("baseline"), policies, problems)
    futures = _read_futures(fields.get("futures"), problems)
    vary = read_vary(fields.get("vary"), fields.get("design"), [one.name for one in policies], problems)
    condition = _read_when(fields.get("when"), list(vary.aliases), problems)
    seeds = tuple(range(1, n_seeds + 1)) if n_seeds is not None else _read_seeds(fields.get("seeds"), problems)
    rest: dict[str, Any] = {key: _read_whole(fields.get(key), problems) for key in ("members", "scale", "quarters")}
    rest |= {key: _read_texts(fields.get(key), problems) for key in ("cities", "outcomes")}
    since = _read_quarter(fields.get("since"), problems)
    if problems:
        return None
    return Sweep(
        name=name,
        question=question,
        file=root.file,
        folder=path.parent,
        policies=policies,
        baseline=baseline,
        futures=futures,
        keys=tuple(vary.nodes),
        aliases=vary.aliases,
        points=tuple(make_points(**vary.axes)),
        vary=vary.nodes,
        condition=condition,
        seeds=seeds,
        **rest,
        since=since,
        sections={key: fields[key] for key in SECTIONS if key in fields},
        root=root,
    )


def _read_policies(
    root: Node, folder: Path, common: tuple[Override, ...], problems: list[Problem]
) -> tuple[Policy, ...]:
    """The policies that are compared; the scenario itself where the file names none."""
    base, listed = root.fields.get("scenario"), root.fields.get("policies")
    if listed is None:
        if base is None:
            report(problems, root, "nothing says what is run", "Add `scenario: NAME`, or `policies:` with a list")
            return ()
        name = Path(str(base.value)).stem
        return (Policy(name=name, path=_find_file(base, folder), overrides=common, node=base),)
    if not listed.items:
        report(problems, listed, "a list is wanted here", "Write [baseline, NAME, NAME]")
    found = [_read_policy(item, base, folder, common, problems) for item in listed.items]
    policies = [one for one in found if one is not None]
    names = [one.name for one in policies]
    for one in policies:
        if not PLAIN_NAME.fullmatch(one.name):
            report(problems, one.node, f"`{one.name}` cannot name a folder", "Use letters, digits, _ and -")
    for k, one in enumerate(policies):
        if one.name in names[:k]:
            report(problems, one.node, f"there are two policies `{one.name}`", "Give each a `name` of its own")
    return tuple(policies)


def _read_policy(
    item: Node, base: Node | None, folder: Path, common: tuple[Override, ...], problems: list[Problem]
) -> Policy | None:
    if isinstance(item.value, str):
        return Policy(name=Path(item.value).stem, path=_find_file(item, folder), overrides=common, node=item)
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
    overrides = common
    if own is not None:
        overrides = (*overrides, Override(key="policies", value=own.to_plain(), node=own))
    overrides = (*overrides, *_read_set(item.fields.get("set"), problems))
    return Policy(name=name, path=_find_file(scenario, folder), overrides=overrides, node=item)


def _find_file(node: Node, folder: Path) -> Path:
    """The file of a scenario: beside the sweep, else as everywhere."""
    name = str(node.value)
    beside = folder / (name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    return beside if beside.is_file() else find_scenario(name)


def _choose_baseline(node: Node | None, policies: tuple[Policy, ...], problems: list[Problem]) -> str | None:
    names = [one.name for one in policies]
    if node is None:
        return names[0] if len(names) > 1 else None
    if node.value not in names:
        report(
            problems, node, f"there is no policy `{node.value}` to compare with", suggest_name(str(node.value), names)
        )
        return None
    return str(node.value)


def _read_futures(node: Node | None, problems: list[Problem]) -> tuple[Future, ...]:
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
        futures.append(Future(name=name, overrides=_read_set(item.fields.get("set"), problems), policies=policies))
    return tuple(futures)


def _read_set(node: Node | None, problems: list[Problem]) -> tuple[Override, ...]:
    if node is None:
        return ()
    if not node.fields:
        report(problems, node, "a map of keys is wanted here", "Write `{KEY: VALUE}`")
    return tuple(Override(key=key, value=entry.to_plain(), node=entry) for key, entry in node.fields.items())


def _split_override(text: str, problems: list[Problem]) -> Override | None:
    key, equals, value = text.partition("=")
    node = Node("--set", 0, key.strip(), value)
    if not equals or not key.strip():
        report(problems, node, f"`{text}` gives no value", "Write KEY=VALUE")
        return None
    from sim.sourced import parse_yaml

    leaf = parse_yaml(value, "--set", problems, key=key.strip(), line=1)
    return Override(key=key.strip(), value=leaf.to_plain(), node=node) if leaf is not None else None


def _read_when(node: Node | None, names: list[str], problems: list[Problem]) -> Condition | None:
    text = _read_optional(node, problems)
    if node is None or not text:
        return None
    try:
        return read_condition(text, [*names, "policy", "future"])
    except ConditionError as error:
        report(problems, node, str(error), error.repair)
        return None


def _read_seeds(node: Node | None, problems: list[Problem]) -> tuple[int, ...]:
    given = _SEEDS if node is None else node.to_plain()
    seeds = tuple(range(1, given + 1)) if isinstance(given, int) and not isinstance(given, bool) else given
    whole = isinstance(seeds, list | tuple) and all(isinstance(one, int) and 0 <= one <= 2**62 for one in seeds)
    if node is not None and (not whole or not seeds or len(set(seeds)) < len(seeds)):
        report(problems, node, "seeds are a number, or a list of different whole numbers", "Write `seeds: 8`")
        return ()
    return tuple(seeds)


def _read_whole(node: Node | None, problems: list[Problem]) -> int | None:
    if node is None:
        return None
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 1:
        report(problems, node, f"`{node.value}` is no whole number from 1 on", "Write one")
        return None
    return node.value


def _read_texts(node: Node | None, problems: list[Problem]) -> tuple[str, ...]:
    if node is None:
        return ()
    texts = [item.value for item in node.items]
    if not texts or not all(isinstance(text, str) for text in texts):
        report(problems, node, "a list of names is wanted here", "Write [NAME, NAME]")
        return ()
    return tuple(dict.fromkeys(map(str, texts)))


def _read_quarter(node: Node | None, problems: list[Problem]) -> Quarter | None:
    if node is None:
        return None
    try:
        return Quarter.parse(str(node.value))
    except ValueError as error:
        report(problems, node, str(error).split(";")[0], "Write it as 2024Q1")
        return None


def _read_optional(node: Node | None, problems: list[Problem]) -> str | None:
    return read_text(node, problems) if node is not None else None
