"""From a sweep file, or a scenario with ranges, to the runs of a sensitivity.

The file says what is run: scenarios, futures, seeds, parameter sets. Of its keys the ranges are taken, of a grid or
list its least and greatest number; the points are those of the method. Runs go through the store like those of any
sweep, so that what is there already is not simulated again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.loader import Loader
from experiments.plan import Plan, make_plan
from experiments.points import Point, Range
from experiments.sensitivity import Design, Method, SensitivityError, make_design
from experiments.sweepfile import SWEEP_KEYS, Sweep, build_sweep, load_sweep
from experiments.varyfile import read_vary, split_key
from sim.errors import Problem, ScenarioError
from sim.scenariofile import SCENARIO_KEYS, find_scenario
from sim.sourced import Node, is_finite, read_yaml, report

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

    from experiments.runner import Workers
    from experiments.store import Store

OPTION: Final = "--vary"
DEFAULT_SEEDS: Final = 5


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """What is varied in which runs."""

    sweep: Sweep
    ranges: dict[str, Range]
    start: Point
    """Value of each key in the scenario as it is; keys without a number there are left out."""
    units: dict[str, str]
    """Unit of each key, as of its scenario; empty where that does not say."""


def load_study(
    name: str,
    vary: Sequence[str] = (),
    *,
    against: str | None = None,
    seeds: int | None = None,
    overrides: Sequence[str] = (),
) -> Study:
    """Read what is varied.

    Args:
        name: A sweep file, or with `vary` a scenario.
        vary: Texts KEY=LOW:HIGH; without them the ranges are those of the sweep file.
        against: With `vary`: scenario whose runs are taken off, run by run.
        seeds: Number of seeds in place of the file's.
        overrides: Texts KEY=VALUE for all runs.

    Raises:
        ScenarioError: With all mistakes of the file, the texts and the scenarios.
        SensitivityError: If the file leaves points out by `when`, or is a sweep file and `vary` is given.
    """
    if vary:
        sweep = _make_sweep(name, vary, against, seeds or DEFAULT_SEEDS, tuple(overrides))
    else:
        sweep = load_sweep(name, seeds=seeds, overrides=tuple(overrides))
    if sweep.condition is not None:
        raise SensitivityError(
            f"{sweep.file}: `when` leaves points out, and every point counts here. Remove it, or narrow the ranges"
        )
    ranges = _find_ranges(sweep)
    start, units = _find_start(sweep, ranges)
    loader = Loader(sweep)
    ranges = {key: _make_whole(loader, sweep, key, own) for key, own in ranges.items()}
    return Study(sweep=sweep, ranges=ranges, start=start, units=units)


def plan_study(
    study: Study,
    method: Method,
    outcome: str,
    *,
    n: int,
    city: str | None = None,
    scale: int | None = None,
    quarters: int | None = None,
    draw: int = 1,
) -> tuple[Design, Plan]:
    """Choose the points and list the runs.

    Args:
        study: What is varied.
        method: How, see experiments/sensitivity.py.
        outcome: The outcome that is kept.
        n: Size of the design.
        city: Place whose outcome is kept, in place of the file's.
        scale: Persons per agent, in place of the file's.
        quarters: Length of the runs, in place of the file's.
        draw: Seed of the points.

    Raises:
        ScenarioError: If a scenario cannot be loaded at the ends of a key.
        SensitivityError: If the method cannot do with `n`.
    """
    design = make_design(study.ranges, method, n=n, start=study.start, draw=draw)
    cities = (city,) if city is not None else study.sweep.cities[:1]
    changes: dict[str, Any] = {"points": design.points, "keys": design.keys, "outcomes": (outcome,), "cities": cities}
    sweep = dataclasses.replace(study.sweep, **changes)
    plan = make_plan(sweep, scale=scale, quarters=quarters)
    # other runs are another sweep; the store finds by itself what both have in common
    keys = "".join(run.key for job in plan.jobs for run in job.runs)
    name = f"{sweep.name}-{method}-{hashlib.sha256(keys.encode()).hexdigest()[:10]}"
    return design, dataclasses.replace(plan, sweep=dataclasses.replace(sweep, name=name))


def add_ranges(found: DataFrame, study: Study) -> DataFrame:
    """Add to what experiments.sensitivity.measure_sensitivity found, behind each key, what was done to it.

    Returns:
        The table with `key_unit`, `start` (NaN where the scenario has no number) and the ends of the range,
        `low_value` and `high_value`, behind `key`.
    """
    keys = [str(key) for key in found["key"]]
    facts: dict[str, list[Any]] = {
        "key_unit": [study.units.get(key, "") for key in keys],
        "start": [study.start.get(key, math.nan) for key in keys],
        "low_value": [study.ranges[key].low for key in keys],
        "high_value": [study.ranges[key].high for key in keys],
    }
    table = found.drop(columns=[name for name in facts if name in found])
    place = list(table.columns).index("key") + 1
    for number, (name, values) in enumerate(facts.items()):
        table.insert(place + number, name, values)
    return table


def run_study(
    plan: Plan, store: Store, workers: Workers, *, on_done: Callable[[int, int], None] | None = None
) -> DataFrame:
    """Do the runs that the store lacks and return the tidy table of all of them."""
    from experiments.runner import run_plan

    run_plan(plan, store, workers, on_done=on_done)
    return store.read_sweep(plan.sweep.name, seeds=plan.sweep.seeds)


def _make_sweep(name: str, vary: Sequence[str], against: str | None, seeds: int, overrides: tuple[str, ...]) -> Sweep:
    """The sweep that a file with these ranges would give."""
    problems: list[Problem] = []
    ranges = dict(_split_range(text, problems) for text in vary)
    if len(ranges) < len(vary):
        twice = next(key for key in ranges if sum(text.partition("=")[0].strip() == key for text in vary) > 1)
        report(problems, Node(OPTION, 0, twice, None), "a key stands twice", "Give each key one range")
    if problems:
        raise ScenarioError(problems)
    path = find_scenario(name)
    root = read_yaml(path, problems) if path.is_file() else None
    if root is not None and not root.fields.keys().isdisjoint(SWEEP_KEYS.keys() - SCENARIO_KEYS.keys()):
        raise SensitivityError(f"{name} is a sweep file with ranges of its own. Name a scenario, or leave out {OPTION}")
    files = [str(find_scenario(one).absolute()) for one in (against, name) if one is not None]
    plain: dict[str, Any] = {
        "name": Path(files[-1]).stem,
        "question": f"What moves the outcomes of {name}?",
        "policies": files,
        "vary": {key: {"range": list(ends)} for key, (_, ends) in ranges.items()},
        "design": {"kind": "latin", "n": 1},
        "seeds": seeds,
    }
    fields = {key: _make_node(value, OPTION, key) for key, value in plain.items()}
    # mistakes are then told at the option that holds them
    given = {key: _make_node(value, f"{OPTION} {ranges[key][0]}", key) for key, value in plain["vary"].items()}
    fields["vary"] = Node(OPTION, 0, "vary", given)
    return build_sweep(Node(OPTION, 0, "", fields), Path(), overrides=overrides)


def _make_node(value: Any, file: str, key: str) -> Node:
    """Plain data as nodes of a file that is an option."""
    if isinstance(value, dict):
        return Node(file, 0, key, {name: _make_node(own, file, key) for name, own in value.items()})
    return Node(file, 0, key, [_make_node(own, file, key) for own in value] if isinstance(value, list) else value)


def _split_range(text: str, problems: list[Problem]) -> tuple[str, tuple[str, tuple[float, float]]]:
    """The key, and the text with both ends."""
    key, _, ends = text.partition("=")
    low, _, high = ends.partition(":")
    try:
        found = float(low), float(high)
    except ValueError:
        found = (math.nan, math.nan)
    at = Node(f"{OPTION} {text}", 0, key.strip(), text)
    if not key.strip() or not all(map(math.isfinite, found)):
        report(problems, at, "this is no range", "Write KEY=LOW:HIGH")
    elif not found[0] < found[1]:
        report(problems, at, f"{found[0]:g} is not below {found[1]:g}", "Write KEY=LOW:HIGH, the lower one first")
    return key.strip(), (text, found)


def _find_ranges(sweep: Sweep) -> dict[str, Range]:
    """Range of each key of a sweep file. Raises ScenarioError where a key takes no numbers."""
    problems: list[Problem] = []
    fields = sweep.root.fields
    names = [one.name for one in sweep.policies]
    axes = read_vary(fields.get("vary"), fields.get("design"), names, problems).axes
    ranges: dict[str, Range] = {}
    for key in sweep.keys:
        if key in axes["ranges"]:
            ranges[key] = axes["ranges"][key]
            continue
        values = axes["grids"].get(key, axes["lists"].get(key, []))
        if len(set(map(str, values))) < 2 or not all(is_finite(value) for value in values):
            report(
                problems, sweep.vary[key], "these are no numbers to go between", "Write `range: [LOW, HIGH]`, or `set`"
            )
            continue
        whole = all(isinstance(value, int) for value in values)
        entry = sweep.vary[key].fields.get("log")  # of a range with steps
        ranges[key] = Range(low=min(values), high=max(values), whole=whole, log=entry is not None and bool(entry.value))
    if problems:
        raise ScenarioError(problems)
    return ranges


def _find_start(sweep: Sweep, ranges: Mapping[str, Range]) -> tuple[Point, dict[str, str]]:
    """Value and unit of each key in the scenario that is varied, the last that knows it.

    Keys without a number are left out of the values, and those of which no scenario tells the unit out of the units.
    """
    loader, start, units = Loader(sweep), dict[str, Any](), dict[str, str]()
    future = sweep.futures[0].name
    scenarios = {one.name: loader.load_base(one.name, future, {}) for one in reversed(sweep.policies)}
    for key in ranges:
        owner, inner = split_key(key)
        chosen = [scenario for name, scenario in scenarios.items() if owner in {None, name}]
        # what a scenario lays over the world is a value of the world, and stands there where it lays nothing
        named = inner.replace("world_values.", "world.", 1) if inner.startswith("world_values.") else inner
        cells = [cell for scenario in chosen if (cell := scenario.sources.get(named)) is not None]
        found = (*(_look_up(scenario.resolved, inner) for scenario in chosen), *(cell.value for cell in cells))
        value = next((value for value in found if is_finite(value)), None)
        if value is not None:
            start[key] = value
        if cells:
            units[key] = cells[0].unit
    return start, units


def _look_up(tree: Any, key: str) -> Any:
    """What stands under a key such as `policies.0.units`; None where nothing does."""
    for part in key.split("."):
        if isinstance(tree, dict):
            tree = tree.get(part)
        elif isinstance(tree, list) and part.isdigit() and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return None
    return tree


def _make_whole(loader: Loader, sweep: Sweep, key: str, own: Range) -> Range:
    """The range in whole numbers where its ends are whole and the key takes no others: the scenarios are asked."""
    if own.whole or own.low != int(own.low) or own.high != int(own.high):
        return own
    future = sweep.futures[0].name
    for policy in (one.name for one in sweep.policies):
        # a part of a whole number between the ends is refused for being one only where the lower end is not refused
        if loader.check_point(policy, future, {key: own.low + 0.5}):
            if not loader.check_point(policy, future, {key: int(own.low)}):
                return dataclasses.replace(own, whole=True)
            break
    return own
