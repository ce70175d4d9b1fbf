"""Sweep -> the runs it asks for, each with the hash of what it simulates and of what it is called.

What a run simulates is fixed by `content`: the resolved scenario, the values laid over it, the parameter set, the seed,
what is kept of it, and the code of the model. Runs with the same content are simulated once: a baseline that a varied
lever does not touch stands at every point, and is copied. Texts of a scenario and its focus change nothing and do not
count.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from experiments.condition import ConditionError
from experiments.points import Point, label_points, write_value
from experiments.sweepfile import Future, Policy, Sweep
from experiments.table import NO_MEMBER
from experiments.varyfile import split_key
from sim.compare import find_start
from sim.ensemble import choose_members, take_member
from sim.errors import Problem, ScenarioError, TalentsimError
from sim.fitfile import Member
from sim.results import hash_source
from sim.scenario import Scenario, load_scenario
from sim.scenariofile import find_scenario, read_tree
from sim.sourced import SET_FILE, Node, report, suggest_name
from sim.types import Quarter

CONTENT_FORMAT: Final = "talentsim-sweep-1"
"""Changes when the same run would leave other rows in the store."""
OTHER_WORLD: Final = ("world", "fit")
"""Keys whose value names a file, read in its turn: scenarios are loaded with each of them before they are hashed."""
_TEXTS: Final = ("name", "question", "expectation", "expects", "sources", "files", "focus")
_KEPT_SCENARIOS: Final = 8
MOST_RUNS: Final = 10_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A row of labels in the table, and what it is called in the store."""

    key: str
    design: int
    policy: str
    future: str
    seed: int
    member: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One simulation and the runs it stands for."""

    content: str
    runs: tuple[Run, ...]
    """The first is the one that is simulated."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """All runs of a sweep."""

    sweep: Sweep
    points: tuple[Point, ...]
    """Values as they are laid over scenarios."""
    labels: tuple[Point, ...]
    """The same as the table shows them."""
    jobs: tuple[Job, ...]
    """Jobs of one scenario stand together."""
    left_out: int
    """Combinations of point, policy and future that `when` leaves out."""
    cities: tuple[str, ...]
    since: Quarter
    members: Mapping[int, Member]
    """Parameter set by its place in the draw, from 1."""
    loader: Loader

    @property
    def n_runs(self) -> int:
        """Runs in all, copies included."""
        return sum(len(job.runs) for job in self.jobs)

    def load(self, run: Run) -> Scenario:
        """The scenario of a run, without what only a manifest needs. Raises ScenarioError."""
        return self.loader.load_run(run, self.points[run.design], self.members.get(run.member))


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

    def check_point(self, policy: str, future: str, point: Point) -> None:
        """Raise ScenarioError where a point makes no scenario."""
        self._load(policy, future, self._write_point(policy, point))

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
        owner, inner = split_key(key)
        if owner is not None:
            return owner == policy
        return not (policy == self._sweep.baseline and inner.split(".")[0] == "policies")

    def _load_texts(self, policy: str, future: str, texts: tuple[tuple[str, str], ...]) -> Scenario:
        chosen, conditions = self._policies[policy], self._futures[future]
        laid = [(override.text, override.node) for override in (*chosen.overrides, *conditions.overrides)]
        if conditions.policies:
            laid.append(self._add_policies(chosen, conditions, [text for text, _ in laid]))
        laid += [(f"{split_key(key)[1]}={text}", self._sweep.vary[key]) for key, text in texts]
        overrides = [text for text, _ in laid]
        try:
            return load_scenario(chosen.path, overrides, scale=self._scale, quarters=self._quarters)
        except ScenarioError as error:
            problems = [_place_problem(problem, [node for _, node in laid]) for problem in error.problems]
            raise ScenarioError(problems) from error

    def _add_policies(self, policy: Policy, future: Future, texts: list[str]) -> tuple[str, Node]:
        """The standing policies with those of a future behind them."""
        standing = _list_policies(policy.path, "standing_policies", texts)
        for node in future.policies:
            if isinstance(node.value, str):
                standing += _list_policies(find_scenario(node.value), "policies", [])
            else:
                standing.append(node.to_plain())
        return f"standing_policies={write_value(standing)}", future.policies[0]


def make_plan(sweep: Sweep, *, scale: int | None = None, quarters: int | None = None) -> Plan:
    """List the runs of a sweep.

    Args:
        sweep: as its file states it.
        scale: persons per agent, in place of the sweep's.
        quarters: length of the runs, in place of the sweep's.

    Raises:
        ScenarioError: if a scenario of it cannot be loaded, at the ends of each key for every policy and future; what
            else a point may do wrong is found when it is run.
    """
    loader = Loader(sweep, scale=scale, quarters=quarters)
    cells = _list_cells(sweep)
    if not cells:
        raise _refuse(sweep, "when", "`when` leaves out every run", "Widen it, or the values of the keys")
    names = list(dict.fromkeys((policy, future) for _, policy, future in cells))
    bases = [loader.load_base(policy, future, sweep.points[0]) for policy, future in names]
    _check_alike(sweep, bases)
    _check_ends(sweep, loader, cells)
    cities = _choose_cities(sweep, bases[0])
    since = _choose_start(sweep, bases)
    members = _draw_members(sweep, bases)
    left_out = len(sweep.points) * len(sweep.policies) * len(sweep.futures) - len(cells)
    n_runs = len(cells) * len(sweep.seeds) * max(1, len(members))
    if n_runs > MOST_RUNS:
        raise _refuse(sweep, "vary", f"{n_runs} runs are too many", f"Leave {MOST_RUNS} or fewer")
    labels = tuple(label_points(sweep.points))
    jobs = _list_jobs(sweep, loader, cells, members, labels, (cities, since))
    return Plan(
        sweep=sweep,
        points=sweep.points,
        labels=labels,
        jobs=jobs,
        left_out=left_out,
        cities=cities,
        since=since,
        members=members,
        loader=loader,
    )


Cell = tuple[int, str, str]
"""Number of the point, policy, future."""


def _list_cells(sweep: Sweep) -> list[Cell]:
    """All combinations that `when` lets through."""
    cells: list[Cell] = []
    for (design, point), policy, future in itertools.product(enumerate(sweep.points), sweep.policies, sweep.futures):
        values = {name: point[key] for name, key in sweep.aliases.items()}
        try:
            if sweep.condition is None or sweep.condition.holds(
                {**values, "policy": policy.name, "future": future.name}
            ):
                cells.append((design, policy.name, future.name))
        except ConditionError as error:
            raise _refuse(sweep, "when", str(error), error.repair) from error
    return cells


def _list_jobs(
    sweep: Sweep,
    loader: Loader,
    cells: Sequence[Cell],
    members: Mapping[int, Member],
    points: Sequence[Point],
    kept: tuple[tuple[str, ...], Quarter],
) -> tuple[Job, ...]:
    """The runs, those with the same content together."""
    code = hash_source()
    by_content: dict[str, list[Run]] = {}
    bases: dict[tuple[str, str, str], str] = {}
    for design, policy, future in cells:
        point = sweep.points[design]
        files = json.dumps([write_value(point[key]) for key in sweep.keys if split_key(key)[1] in OTHER_WORLD])
        if (policy, future, files) not in bases:
            bases[policy, future, files] = _hash_base(loader.load_base(policy, future, point))
        cities, since = kept
        facts = [CONTENT_FORMAT, code, bases[policy, future, files], loader.list_values(policy, point)]
        facts += [list(cities), str(since), list(sweep.outcomes)]
        start = hashlib.sha256(json.dumps(facts).encode())
        labels = json.dumps([sweep.name, design, policy, future, points[design]])
        for number, seed in itertools.product(members or (NO_MEMBER,), sweep.seeds):
            values = sorted(members[number].values.items()) if number in members else None
            content = _extend(start, json.dumps([seed, values]))
            key = hashlib.sha256(f"{content}{labels}{seed}{number}".encode()).hexdigest()[:20]
            run = Run(key=key, design=design, policy=policy, future=future, seed=seed, member=number)
            by_content.setdefault(content, []).append(run)
    return tuple(Job(content=content, runs=tuple(runs)) for content, runs in by_content.items())


def _extend(start: Any, text: str) -> str:
    digest = start.copy()
    digest.update(text.encode())
    return str(digest.hexdigest()[:32])


def _hash_base(scenario: Scenario) -> str:
    """Hash of all values of a scenario; texts do not count."""
    resolved = {key: value for key, value in scenario.resolved.items() if key not in _TEXTS}
    return hashlib.sha256(json.dumps(resolved, sort_keys=True, default=str).encode()).hexdigest()


def _check_alike(sweep: Sweep, bases: Sequence[Scenario]) -> None:
    """Refuse policies whose runs cannot be paired."""

    def describe(scenario: Scenario) -> str:
        return f"world {scenario.world.name}, {scenario.start} to {scenario.end}, scale {scenario.scale}"

    for other in bases[1:]:
        if describe(other) != describe(bases[0]):
            message = f"{other.name} ({describe(other)}) cannot be paired with {bases[0].name} ({describe(bases[0])})"
            raise _refuse(sweep, "policies", message, "Give all the same world, from, to and scale")


def _check_ends(sweep: Sweep, loader: Loader, cells: Sequence[Cell]) -> None:
    """Load the points at which each key is least and greatest, for every policy and future; report all mistakes."""
    problems: dict[Problem, None] = {}
    by_name: dict[tuple[str, str], list[int]] = {}
    for design, policy, future in cells:
        by_name.setdefault((policy, future), []).append(design)
    for (policy, future), designs in by_name.items():
        ends: dict[int, None] = {}
        for key in sweep.keys:
            ordered = sorted(designs, key=lambda design, key=key: _rank(sweep.points[design][key]))  # type: ignore[misc]
            ends |= {ordered[0]: None, ordered[-1]: None}
        for design in ends:
            try:
                loader.check_point(policy, future, sweep.points[design])
            except ScenarioError as error:
                problems |= dict.fromkeys(error.problems)
    if problems:
        raise ScenarioError(list(problems))


def _rank(value: Any) -> tuple[int, float, str]:
    """Numbers in their order, then texts."""
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, write_value(value))


def _choose_cities(sweep: Sweep, base: Scenario) -> tuple[str, ...]:
    unknown = [city for city in sweep.cities if city not in base.world.places]
    if unknown:
        message = f"there is no place `{unknown[0]}`"
        raise _refuse(sweep, "cities", message, suggest_name(unknown[0], list(base.world.places)))
    return sweep.cities or (base.focus,)


def _choose_start(sweep: Sweep, bases: Sequence[Scenario]) -> Quarter:
    if sweep.since is None:
        return find_start(bases)
    if not bases[0].start <= sweep.since <= bases[0].end:
        message = f"{sweep.since} lies outside the runs ({bases[0].start} to {bases[0].end})"
        raise _refuse(sweep, "since", message, "Write a quarter within them")
    return sweep.since


def _draw_members(sweep: Sweep, bases: Sequence[Scenario]) -> dict[int, Member]:
    if not sweep.members:
        return {}
    try:
        return choose_members(bases, range(1, sweep.members + 1))
    except TalentsimError as error:
        message, _, repair = str(error).removeprefix("--ensemble: ").partition(". ")
        raise _refuse(sweep, "members", message, repair) from error


def _refuse(sweep: Sweep, key: str, message: str, repair: str) -> ScenarioError:
    problems: list[Problem] = []
    report(problems, sweep.root.fields.get(key, sweep.root), message, repair)
    return ScenarioError(problems)


def _list_policies(path: Path, key: str, texts: Sequence[str]) -> list[Any]:
    """The entries of one list of policies of a scenario, as plain data."""
    problems: list[Problem] = []
    tree = read_tree(path, [(SET_FILE, text) for text in texts], problems)
    if problems or tree is None:
        raise ScenarioError(problems)
    node = tree.root.fields.get(key)
    return [item.to_plain() for item in node.items] if node is not None else []


def _place_problem(problem: Problem, nodes: Sequence[Node]) -> Problem:
    """A mistake in the k-th override as one in the sweep file."""
    if problem.file != SET_FILE or not 1 <= problem.line <= len(nodes):
        return problem
    node = nodes[problem.line - 1]
    return dataclasses.replace(problem, file=node.file, line=node.line)
