"""Sweep files -> Sweep: which scenarios are run with which values, futures, seeds and parameter sets.

A sweep is the product of points (experiments.points), policies, futures, members of an ensemble and seeds, less what
`when` leaves out. All mistakes of a file are reported together, each with its line and its repair.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from experiments.comparedfile import (
    Future,
    Override,
    Policy,
    choose_baseline,
    lay_over,
    read_futures,
    read_policies,
    read_set,
)
from experiments.condition import Condition, ConditionError, read_condition
from experiments.loader import Loader, check_points
from experiments.points import Point, make_points, rank_value
from experiments.varyfile import Vary, read_vary, split_key
from sim.certainty import list_outcomes, suggest_outcome
from sim.errors import Problem, ScenarioError
from sim.labels import Lang
from sim.scenariofile import PLAIN_NAME, SCENARIO_FOLDERS
from sim.sourced import Node, check_keys, parse_yaml, read_text, read_yaml, report, suggest_name
from sim.types import Quarter
from sim.worldfile import show_path

SWEEP_KEYS: Final[dict[str, str]] = {
    "name": "name of the sweep, like its file",
    "question": "what a reader wants to know",
    "question_zh": "the same in Chinese, for --lang zh",
    "scenario": "scenario that is varied, by name or path",
    "policies": "what is compared: names of scenarios, or maps of `name` with `scenario`, `policies`, `set`, `label`",
    "baseline": "name of the policy that the others are paired with; the first one without it",
    "futures": "conditions under which all policies are run: maps of `name` with `set`, `policies`, `label`",
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
SWEEP_FOLDERS: Final = tuple(folder / "sweeps" for folder in SCENARIO_FOLDERS)
"""Where a sweep is looked for by its name."""
_SEEDS: Final = 8
_TEXTS: Final = ("name", "question", "question_zh")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sweep:
    """Many runs as one question, as its file states them."""

    name: str
    question: str
    question_zh: str
    """The question in Chinese; as it is without one."""
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

    @property
    def labels(self) -> dict[str, Mapping[str, str]]:
        """What the file calls policies and futures, by name and language; nothing for those that it calls by name."""
        both: tuple[Policy | Future, ...] = (*self.futures, *self.policies)
        return {one.name: one.labels for one in both if one.labels}

    def ask(self, lang: Lang) -> str:
        """The question in `lang`."""
        return self.question_zh if lang == "zh" else self.question


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
        known = sorted({file.stem for folder in SWEEP_FOLDERS for file in folder.glob("*.yaml")})
        problem = Problem(
            show_path(path), 0, "sweep", f"there is no sweep `{path.stem}`", suggest_name(path.stem, known)
        )
        raise ScenarioError([problem])
    root = read_yaml(path, problems, shown=show_path(path))
    if root is None:
        raise ScenarioError(problems)
    if "extends" in root.fields:
        repair = f"Write a file with `scenario: {path.stem}` and `vary:`, or simulate it with `talentsim run`"
        report(problems, root.fields["extends"], "this is a scenario and no sweep", repair)
        raise ScenarioError(problems)
    return build_sweep(root, path.parent, seeds=seeds, overrides=overrides)


def build_sweep(root: Node, folder: Path, *, seeds: int | None = None, overrides: tuple[str, ...] = ()) -> Sweep:
    """Check what a sweep file says.

    Args:
        root: the file.
        folder: in which names of scenario files are looked for first.
        seeds: number of seeds in place of the file's.
        overrides: texts KEY=VALUE for all runs, laid over `set`.

    Raises:
        ScenarioError: with all mistakes of the file. Where it has some, mistakes of scenarios and values, which are
            found later otherwise, are among them.
    """
    problems: list[Problem] = []
    laid = [_split_override(text, problems) for text in overrides]
    more = tuple(override for override in laid if override is not None)
    sweep = _read_sweep(root, folder, seeds, problems)
    common = read_set(root.fields.get("set"), problems)
    _refuse_set_and_varied(sweep, (*common, *more), problems)
    sweep = dataclasses.replace(sweep, policies=lay_over(sweep.policies, sweep.baseline, common, more))
    if problems:
        raise ScenarioError(list(dict.fromkeys([*problems, *_check_rest(sweep, problems)])))
    return sweep


def _refuse_set_and_varied(sweep: Sweep, shared: Sequence[Override], problems: list[Problem]) -> None:
    """Report values that nobody would see, because the key is varied."""
    given = [one.overrides for one in sweep.policies] + [one.overrides for one in sweep.futures]
    for override in itertools.chain(*given, shared):
        if override.key in sweep.vary:
            message = f"`{override.key}` is varied, and every point gives it another value"
            report(problems, override.node, message, "Set it, or vary it")


def _check_rest(sweep: Sweep, problems: Sequence[Problem]) -> list[Problem]:
    """Mistakes that only scenarios know of, in the parts of a sweep that are free of others."""
    wrong = {problem.key for problem in problems}

    def is_right(node: Node) -> bool:
        return not any(key == node.key or key.startswith(f"{node.key}.") for key in wrong)

    policies = tuple(one for one in sweep.policies if is_right(one.node) and one.path.is_file())
    futures = tuple(one for one in sweep.futures if all(map(is_right, one.policies)))
    rest = dataclasses.replace(sweep, policies=policies, futures=futures)
    points = [point for point in sweep.points if all(is_right(sweep.vary[key]) for key in point)]
    return check_points(Loader(rest), {(one.name, two.name): points or [{}] for one in policies for two in futures})


def _read_sweep(root: Node, folder: Path, n_seeds: int | None, problems: list[Problem]) -> Sweep:
    check_keys(root, SWEEP_KEYS, problems)
    fields = root.fields
    for key in ("name", "question"):
        if key not in fields:
            report(problems, dataclasses.replace(root, key=key), f"`{key}` is missing", f"Add it: {SWEEP_KEYS[key]}")
    name, question, chinese = (_read_optional(fields.get(key), problems) or "" for key in _TEXTS)
    if name and not PLAIN_NAME.fullmatch(name):
        report(problems, fields["name"], f"`{name}` cannot name a folder", "Use letters, digits, _ and -")
    policies = read_policies(root, folder, problems)
    baseline = choose_baseline(fields.get("baseline"), policies, problems)
    futures = read_futures(fields.get("futures"), folder, problems)
    vary = read_vary(fields.get("vary"), fields.get("design"), [one.name for one in policies], problems)
    for key, node in vary.nodes.items():
        if "scale" in fields and split_key(key)[1] == "scale":
            report(problems, node, "`scale` of the file holds for all runs", "Remove one of both")
    condition = _read_when(fields.get("when"), list(vary.aliases), problems)
    seeds = tuple(range(1, n_seeds + 1)) if n_seeds is not None else _read_seeds(fields.get("seeds"), problems)
    rest: dict[str, Any] = {key: _read_whole(fields.get(key), problems) for key in ("members", "scale", "quarters")}
    rest |= {key: _read_texts(fields.get(key), problems) for key in ("cities", "outcomes")}
    _check_outcomes(fields.get("outcomes"), problems)
    rest["since"] = _read_quarter(fields.get("since"), problems)
    return Sweep(
        name=name,
        question=question,
        question_zh=chinese or question,
        file=root.file,
        folder=folder,
        policies=policies,
        baseline=baseline,
        futures=futures,
        keys=tuple(vary.nodes),
        aliases=vary.aliases,
        points=tuple(_list_ends(vary) if problems else make_points(**vary.axes)),
        vary=vary.nodes,
        condition=condition,
        seeds=seeds,
        **rest,
        sections={key: fields[key] for key in SECTIONS if key in fields},
        root=root,
    )


def _list_ends(vary: Vary) -> list[Point]:
    """The least and the greatest value of each key by itself, as far as they are known."""
    axes = vary.axes
    values = {key: sorted(own, key=rank_value) for key, own in (axes["grids"] | axes["lists"]).items()}
    values |= {key: [own.low, own.high] for key, own in axes["ranges"].items()}
    return [{key: end} for key, own in values.items() for end in (own[:1] + own[1:][-1:])]


def _split_override(text: str, problems: list[Problem]) -> Override | None:
    key, equals, value = text.partition("=")
    node = Node("--set", 0, key.strip(), value)
    if not equals or not key.strip():
        report(problems, node, f"`{text}` gives no value", "Write KEY=VALUE")
        return None
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


def _check_outcomes(node: Node | None, problems: list[Problem]) -> None:
    """Report names of no outcome. Of the others a run may lack some, which is known when it has ended."""
    known = list_outcomes()
    for item in node.items if node is not None else ():
        if isinstance(item.value, str) and item.value not in known:
            report(problems, item, f"there is no outcome `{item.value}`", suggest_outcome(item.value))


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
