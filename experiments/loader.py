"""The scenarios of a sweep: a policy in a future, with the values of a point laid over it.

What does not fit is reported where the sweep file says it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.points import Point, write_value
from experiments.varyfile import is_lever, split_key
from sim.ensemble import take_member
from sim.errors import Problem, ScenarioError
from sim.fitfile import Member
from sim.scenario import Scenario, load_scenario
from sim.scenariofile import find_scenario, read_tree
from sim.sourced import SET_FILE, Node

if TYPE_CHECKING:
    from experiments.comparedfile import Future, Policy
    from experiments.plan import Run
    from experiments.sweepfile import Sweep

OTHER_WORLD: Final = ("world", "fit")
"""Keys whose value names a file, read in its turn: scenarios are loaded with each of them before they are hashed."""
_KEPT_SCENARIOS: Final = 8


class Loader:
    """Loads the scenarios of a sweep; what does not fit is reported where the sweep file says it.

    Args:
        sweep: as its file states it.
        scale: persons per agent, in place of the sweep's.
        quarters: length of the runs, in place of the sweep's.
    """

    def __init__(self, sweep: Sweep, *, scale: int | None = None, quarters: int | None = None) -> None:
        self._sweep = sweep
        self._scale, self._quarters = scale or sweep.scale, quarters or sweep.quarters
        given = {"scale": scale, "quarters": quarters}
        self._own = {
            f"--{key}": sweep.root.fields[key]
            for key, value in given.items()
            if sweep.root.fields.get(key) and value is None
        }
        self._policies = {one.name: one for one in sweep.policies}
        self._futures = {one.name: one for one in sweep.futures}
        self._load = functools.lru_cache(maxsize=_KEPT_SCENARIOS)(self._load_texts)

    def load_base(self, policy: str, future: str, point: Point) -> Scenario:
        """A policy in a future, before the values of a point but for those that name files."""
        return self._load(policy, future, self._write_point(policy, point, only=OTHER_WORLD))

    def load_run(self, run: Run, point: Point, member: Member | None) -> Scenario:
        """What a run simulates."""
        scenario = self._load(run.policy, run.future, self._write_point(run.policy, point))
        if member is not None:
            scenario = take_member(scenario, member)
        return dataclasses.replace(scenario, sources={}, resolved={})

    def check_point(self, policy: str, future: str, point: Point) -> tuple[Problem, ...]:
        """The mistakes for which a point makes no scenario."""
        try:
            self._load(policy, future, self._write_point(policy, point))
        except ScenarioError as error:
            return error.problems
        return ()

    def list_values(self, policy: str, point: Point) -> list[tuple[str, str]]:
        """Values of a point that are for a policy, as texts by key of its scenario."""
        return [(split_key(key)[1], text) for key, text in self._write_point(policy, point)]

    def _write_point(self, policy: str, point: Point, only: Sequence[str] | None = None) -> tuple[tuple[str, str], ...]:
        return tuple(
            (key, write_value(value))
            for key, value in point.items()
            if self._concerns(policy, key) and (only is None or split_key(key)[1] in only)
        )

    def _concerns(self, policy: str, key: str) -> bool:
        """Whether a varied key is for a policy: levers are for all that are held against a baseline, not for it."""
        owner, _ = split_key(key)
        if owner is not None:
            return owner == policy
        return not (policy == self._sweep.baseline and is_lever(key))

    def _load_texts(self, policy: str, future: str, texts: tuple[tuple[str, str], ...]) -> Scenario:
        chosen, conditions = self._policies[policy], self._futures[future]
        also = (one for one in conditions.overrides if self._concerns(policy, one.key))
        laid = [(override.text, override.node) for override in (*chosen.overrides, *also)]
        if conditions.policies:
            laid.append(self._add_policies(chosen, conditions, [text for text, _ in laid]))
        laid += [(f"{split_key(key)[1]}={text}", self._sweep.vary[key]) for key, text in texts]
        overrides = [text for text, _ in laid]
        try:
            return load_scenario(chosen.path, overrides, scale=self._scale, quarters=self._quarters)
        except ScenarioError as error:
            nodes = [node for _, node in laid]
            problems = [self._hint(_place_problem(one, nodes, self._own)) for one in error.problems]
            raise ScenarioError(problems) from error

    def _hint(self, problem: Problem) -> Problem:
        """Of a lever that not every policy has, say how it is given to one."""
        key, several = problem.key, len(self._sweep.policies) > 2
        if not several or key not in self._sweep.vary or self._sweep.vary[key].line != problem.line:
            return problem
        hint = f"{problem.repair}. For one policy only write `POLICY/{key}`"
        return dataclasses.replace(problem, repair=hint) if is_lever(key) else problem

    def _add_policies(self, policy: Policy, future: Future, texts: list[str]) -> tuple[str, Node]:
        """The standing policies with those of a future behind them."""
        standing = _list_policies(policy.path, "standing_policies", texts)
        for node in future.policies:
            if isinstance(node.value, str):
                standing += _list_policies(find_file(node.value, self._sweep.folder), "policies", [])
            else:
                standing.append(node.to_plain())
        return f"standing_policies={write_value(standing)}", future.policies[0]


def check_points(loader: Loader, points: Mapping[tuple[str, str], Sequence[Point]]) -> list[Problem]:
    """All mistakes for which points make no scenario, each once.

    Args:
        loader: of the sweep.
        points: by policy and future.
    """
    found: dict[Problem, None] = {}
    for (policy, future), chosen in points.items():
        for point in chosen:
            found |= dict.fromkeys(loader.check_point(policy, future, point))
    return list(found)


def find_file(name: str, folder: Path) -> Path:
    """The file of a scenario: beside the sweep in `folder`, else as everywhere."""
    beside = folder / (name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    return beside if beside.is_file() else find_scenario(name)


def _list_policies(path: Path, key: str, texts: Sequence[str]) -> list[Any]:
    """The entries of one list of policies of a scenario, as plain data."""
    problems: list[Problem] = []
    tree = read_tree(path, [(SET_FILE, text) for text in texts], problems)
    if problems or tree is None:
        raise ScenarioError(problems)
    node = tree.root.fields.get(key)
    return [item.to_plain() for item in node.items] if node is not None else []


def _place_problem(problem: Problem, nodes: Sequence[Node], own: Mapping[str, Node]) -> Problem:
    """A mistake in the k-th override, or in what the file says in place of an option, as one in the sweep file."""
    if problem.file in own:
        node = own[problem.file]
        return dataclasses.replace(problem, file=node.file, line=node.line, key=node.key)
    if problem.file != SET_FILE or not 1 <= problem.line <= len(nodes):
        return problem
    node = nodes[problem.line - 1]
    problem = dataclasses.replace(problem, file=node.file, line=node.line)
    if "range" in node.fields and problem.message.endswith("is no whole number"):
        message, repair = "the range holds numbers that are not whole", "Add `whole: true` to it, with whole ends"
        if node.file.startswith("--"):
            repair = "Give it whole ends"
        return dataclasses.replace(problem, message=message, repair=repair)
    return problem
