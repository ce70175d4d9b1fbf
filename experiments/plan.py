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
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sim
from experiments.condition import ConditionError
from experiments.loader import OTHER_WORLD, Loader, check_points
from experiments.points import Point, label_points, rank_value, write_value
from experiments.sweepfile import Sweep
from experiments.table import NO_MEMBER
from experiments.varyfile import split_key
from sim.compare import find_start
from sim.ensemble import choose_members
from sim.errors import Problem, ScenarioError, TalentsimError
from sim.fitfile import Member
from sim.modelhash import hash_files, hash_model
from sim.scenario import Scenario
from sim.sourced import report, suggest_name
from sim.types import Quarter

if TYPE_CHECKING:
    from experiments.plan_cautions import Chosen

CONTENT_FORMAT: Final = "talentsim-sweep-1"
"""Changes when the same run would leave other rows in the store."""
_TEXTS: Final = ("name", "question", "expectation", "expects", "sources", "files", "focus")
_REDUCED: Final = ("outcomes.py", "tables.py")
"""Files of sim/ that make outcomes of what was simulated."""
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

    def list_keys(self) -> set[str]:
        """Keys of all runs, copies included."""
        return {run.key for job in self.jobs for run in job.runs}

    @functools.cached_property
    def looked_at(self) -> Chosen:
        """Some of its scenarios, loaded once for all that is said of them (experiments.plan_cautions)."""
        from experiments.plan_cautions import choose_scenarios

        return choose_scenarios(self)

    def load(self, run: Run) -> Scenario:
        """The scenario of a run, without what only a manifest needs. Raises ScenarioError."""
        return self.loader.load_run(run, self.points[run.design], self.members.get(run.member))


def make_plan(sweep: Sweep, *, scale: int | None = None, quarters: int | None = None) -> Plan:
    """List the runs of a sweep.

    Args:
        sweep: as its file states it.
        scale: persons per agent, in place of the sweep's.
        quarters: length of the runs, in place of the sweep's.

    Raises:
        ScenarioError: with all mistakes in policies, futures, values at the ends of each key, cities and dates; what
            else a point may do wrong is found when it is run. Also where the sweep varies the scale and one is given.
    """
    if scale is not None:
        _refuse_varied_scale(sweep)
    loader = Loader(sweep, scale=scale, quarters=quarters)
    cells = list_cells(sweep)
    if not cells:
        raise _refuse(sweep, "when", "`when` leaves out every run", "Widen it, or the values of the keys")
    names = list(dict.fromkeys((policy, future) for _, policy, future in cells))
    problems = check_points(loader, _list_ends(sweep, cells))
    bases = _load_bases(sweep, loader, names, problems)
    cities = _choose_cities(sweep, bases, problems)
    since = _choose_start(sweep, bases, problems)
    members = _draw_members(sweep, bases, problems)
    if problems or since is None:
        raise ScenarioError(list(dict.fromkeys(problems)))
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


def widen_plan(plan: Plan, seeds: Iterable[int]) -> Plan:
    """The same runs, with further seeds beside those of the plan."""
    sweep = dataclasses.replace(plan.sweep, seeds=tuple(dict.fromkeys([*plan.sweep.seeds, *seeds])))
    kept = plan.cities, plan.since
    jobs = _list_jobs(sweep, plan.loader, list_cells(sweep), plan.members, plan.labels, kept)
    return dataclasses.replace(plan, sweep=sweep, jobs=jobs)


def _refuse_varied_scale(sweep: Sweep) -> None:
    """As a `scale` of the file beside one that is varied: every run would have the one given, under other labels."""
    problems: list[Problem] = []
    for key in sweep.keys:
        if split_key(key)[1] == "scale":
            report(problems, sweep.vary[key], "`--scale` holds for all runs, and the sweep varies it", "Leave out one")
    if problems:
        raise ScenarioError(problems)


Cell = tuple[int, str, str]
"""Number of the point, policy, future."""


def list_cells(sweep: Sweep) -> list[Cell]:
    """All combinations of point, policy and future that `when` lets through.

    Raises:
        ScenarioError: if `when` cannot be worked out for one.
    """
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
    code = hash_code()
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


def hash_code() -> str:
    """Hash of the code that decides what a run leaves in the store: the model, and what makes outcomes of it."""
    folder = Path(sim.__file__).parent
    return hash_model() + hash_files(folder, [folder / name for name in _REDUCED])


def _extend(start: Any, text: str) -> str:
    digest = start.copy()
    digest.update(text.encode())
    return str(digest.hexdigest()[:32])


def _hash_base(scenario: Scenario) -> str:
    """Hash of all values of a scenario; texts do not count."""
    resolved = {key: value for key, value in scenario.resolved.items() if key not in _TEXTS}
    return hashlib.sha256(json.dumps(resolved, sort_keys=True, default=str).encode()).hexdigest()


def _list_ends(sweep: Sweep, cells: Sequence[Cell]) -> dict[tuple[str, str], list[Point]]:
    """The points at which each key is least and greatest, by policy and future; the first point without keys."""
    by_name: dict[tuple[str, str], list[Point]] = {}
    for design, policy, future in cells:
        by_name.setdefault((policy, future), []).append(sweep.points[design])
    ends: dict[tuple[str, str], list[Point]] = {}
    for name, points in by_name.items():
        chosen = {id(points[0]): points[0]}
        for key in sweep.keys:
            ordered = sorted(points, key=lambda point, key=key: rank_value(point[key]))  # type: ignore[misc]
            chosen |= {id(point): point for point in (ordered[0], ordered[-1])}
        ends[name] = list(chosen.values())
    return ends


def _load_bases(
    sweep: Sweep, loader: Loader, names: Sequence[tuple[str, str]], problems: list[Problem]
) -> list[Scenario]:
    """The scenario of each policy and future, of those that can be loaded; reports any that cannot be paired."""
    bases: list[Scenario] = []
    for policy, future in names:
        try:
            bases.append(loader.load_base(policy, future, sweep.points[0]))
        except ScenarioError as error:
            problems += error.problems

    def describe(scenario: Scenario) -> str:
        return f"world {scenario.world.name}, {scenario.start} to {scenario.end}, scale {scenario.scale}"

    for other in bases[1:]:
        if describe(other) != describe(bases[0]):
            message = f"{other.name} ({describe(other)}) cannot be paired with {bases[0].name} ({describe(bases[0])})"
            _report(sweep, "policies", message, "Give all the same world, from, to and scale", problems)
    return bases


def _choose_cities(sweep: Sweep, bases: Sequence[Scenario], problems: list[Problem]) -> tuple[str, ...]:
    if not bases:
        return ()
    places = list(bases[0].world.places)
    for city in sweep.cities:
        if city not in places:
            _report(sweep, "cities", f"there is no place `{city}`", suggest_name(city, places), problems)
    return sweep.cities or (bases[0].focus,)


def _choose_start(sweep: Sweep, bases: Sequence[Scenario], problems: list[Problem]) -> Quarter | None:
    if not bases:
        return None
    if sweep.since is None:
        return find_start(bases)
    if not bases[0].start <= sweep.since <= bases[0].end:
        message = f"{sweep.since} lies outside the runs ({bases[0].start} to {bases[0].end})"
        _report(sweep, "since", message, "Write a quarter within them", problems)
    return sweep.since


def _draw_members(sweep: Sweep, bases: Sequence[Scenario], problems: list[Problem]) -> dict[int, Member]:
    if not sweep.members or not bases:
        return {}
    try:
        return choose_members(bases, range(1, sweep.members + 1))
    except TalentsimError as error:
        message, _, repair = str(error).removeprefix("--ensemble: ").partition(". ")
        _report(sweep, "members", message, repair, problems)
        return {}


def _report(sweep: Sweep, key: str, message: str, repair: str, problems: list[Problem]) -> None:
    at = sweep.root.fields.get(key, dataclasses.replace(sweep.root, key=key))
    report(problems, at, message, repair)


def _refuse(sweep: Sweep, key: str, message: str, repair: str) -> ScenarioError:
    problems: list[Problem] = []
    _report(sweep, key, message, repair, problems)
    return ScenarioError(problems)
