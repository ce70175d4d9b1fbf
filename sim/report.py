"""From scenarios to a folder of results: runs, comparison, figures.

A folder holds runs/NAME/seed-N (tables and manifest of each run), figures/, and, for a comparison, comparison.csv and
certainty.csv.
It is staged and moved whole, so a comparison that stops half way leaves nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sim.certainty import Precision, count_wanted, describe_precision, judge_certainty
from sim.compare import compare_runs, find_acting_places
from sim.errors import TalentsimError
from sim.estimate import Looked
from sim.expectations import Judgement, describe_judgement, judge_expectations
from sim.labels import Lang
from sim.leakage import summarise_persons
from sim.outcomes import summarise_run
from sim.results import (
    COMPARISON_FORMAT,
    SWEEP_FORMAT,
    RunResult,
    describe_code,
    read_result,
    stage_folder,
    write_manifest,
    write_result,
)
from sim.run import run_scenario
from sim.sweep import locate_run, run_paired

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.fitfile import Member
    from sim.scenario import Scenario
    from sim.trace import PersonRecord
    from sim.types import Quarter

OnDone = Callable[[int, int], None]
T = TypeVar("T")
Reduced = tuple[dict[str, "DataFrame"], "PersonRecord"]
"""Outcomes by city, and persons, of one run."""
_POLICY_KEYS: Final = "policies."
SHOWN_PLACES: Final = 6
"""Effects are listed by place for up to this many, the city in focus among them."""
_RUNS: Final = "runs"
_FIGURES: Final = "figures"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """How scenarios are run and shown."""

    seeds: Sequence[int]
    """Seeds, the same for every scenario."""
    city: str
    """Place that outcomes and figures are about."""
    jobs: int = 1
    """Worker processes at most."""
    threads: int = 1
    """Threads inside a run that has the machine to itself."""
    check: bool = False
    """Check the invariants after each quarter."""
    figures: bool = False
    """Draw the figures."""
    lang: Lang = "en"
    """Language of the figures."""
    members: Mapping[int, Member] | None = None
    """Parameter set by seed, drawn from the ensemble of a fit; None for the parameters of the scenarios."""
    precision: Precision | None = None
    """Run more seeds until this is reached; None for the seeds alone."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """What policies change, and whether it was expected."""

    effects: DataFrame
    """As of sim.compare.compare_runs."""
    judgements: list[Judgement]
    """One for each expectation, in the order of scenarios and their files."""
    by_place: dict[str, DataFrame]
    """Effects on the city in focus and on each other place that was asked for, which policies act in."""
    certainty: DataFrame
    """How sure the effects are, as of sim.certainty.judge_certainty."""
    seeds: Sequence[int] = ()
    """Seeds that it rests on; those of the study, or more where a precision was asked for."""
    precision: Mapping[str, Any] | None = None
    """What precision was wanted and reached, as of sim.certainty.describe_precision."""


def load_compared(
    base: str, policies: Sequence[str], overrides: Sequence[str], scale: int | None, quarters: int | None
) -> dict[str, Scenario]:
    """Load the baseline, then the policies, under names that are all different.

    Overrides of policies are for the policies, all others for the baseline too. Raises TalentsimError unless all
    scenarios have one world, span and scale.
    """
    from sim.scenario import load_scenario

    for_all = [text for text in overrides if not text.startswith(_POLICY_KEYS)]
    loaded = [load_scenario(base, for_all, scale=scale, quarters=quarters)]
    loaded += [load_scenario(policy, overrides, scale=scale, quarters=quarters) for policy in policies]
    _refuse_unlike(loaded)
    named: dict[str, Scenario] = {}
    for scenario in loaded:
        twins = sum(name.partition("#")[0] == scenario.name for name in named)
        named[f"{scenario.name}#{twins + 1}" if twins else scenario.name] = scenario
    return named


def write_single(scenario: Scenario, folder: Path, study: Study, *, on_quarter: OnDone | None = None) -> None:
    """Run one scenario with the first seed and write its tables, manifest and figures into `folder` itself."""
    result = run_scenario(
        scenario, seed=study.seeds[0], threads=study.threads, check=study.check, on_quarter=on_quarter
    )
    with stage_folder(folder) as staged:
        write_result(result, staged)
        if study.figures:
            from sim.plots import save_figures

            runs = {scenario.name: [result.tables]}
            save_figures(runs, None, staged / _FIGURES, study.lang, study.city, scenario.world.labels)


def write_seeds(scenario: Scenario, folder: Path, study: Study, *, on_done: OnDone | None = None) -> None:
    """Run one scenario with several seeds; `folder` gets runs/NAME/seed-N, a manifest and figures."""
    with stage_folder(folder) as staged:
        _run_all({scenario.name: scenario}, staged, study, reduce=_forget, on_done=on_done)
        if study.figures:
            _draw({scenario.name: scenario}, staged, study, None)
        facts = {"scenario": scenario.name, "seeds": list(study.seeds), "scale": scenario.scale}
        write_manifest(
            {"format": SWEEP_FORMAT, **facts, **_describe_members(scenario, study), **describe_code()}, staged
        )


def write_comparison(
    scenarios: Mapping[str, Scenario], folder: Path, study: Study, *, since: Quarter, on_done: OnDone | None = None
) -> Comparison:
    """Run a baseline (the first of `scenarios`) and policies with the same seeds; write and return what changes.

    `folder` gets comparison.csv beside the runs and figures, comparison_places.csv where policies act in a few other
    places (see list_shown_places), certainty.csv with how sure that is, and in its manifest what was expected. Outcomes
    count from quarter `since`. With a precision the seeds of the study come first and tell how many more it takes.
    """
    base, *policies = scenarios
    shown = list_shown_places([scenarios[name] for name in policies], study.city)
    cities = list(dict.fromkeys([*list_cities(scenarios.values(), study.city), *shown]))
    with stage_folder(folder) as staged:
        reduce = functools.partial(reduce_run, cities=cities, since=since)
        run_all = functools.partial(_run_all, scenarios, staged, reduce=reduce, trace_from=since)
        spread = study.members is not None
        compare = functools.partial(
            compare_reduced, scenarios, city=study.city, since=since, shown=shown, spread=spread
        )
        comparison, study = _compare_all(run_all, compare, study, on_done)
        _write_effects(comparison, staged)
        if study.figures:
            _draw(scenarios, staged, study, comparison.effects)
        facts = {"baseline": base, "policies": policies, "city": study.city, "since": str(since)}
        size = {"seeds": list(study.seeds), "scale": scenarios[base].scale}
        size |= _describe_members(scenarios[base], study) | {"intervals": "one more run" if spread else "mean"}
        size |= {"precision": dict(comparison.precision)} if comparison.precision is not None else {}
        expected = {"expectations": [describe_judgement(judged) for judged in comparison.judgements]}
        write_manifest({"format": COMPARISON_FORMAT, **facts, **size, **expected, **describe_code()}, staged)
    return comparison


def _compare_all(
    run_all: Callable[..., dict[str, dict[int, Reduced]]],
    compare: Callable[..., Comparison],
    study: Study,
    on_done: OnDone | None,
) -> tuple[Comparison, Study]:
    """Run the seeds of the study and, for a precision, as many more as those say it takes; return the study so done."""
    reduced = run_all(study, on_done=on_done)
    comparison = compare(reduced)
    seeds = list(study.seeds)
    if study.precision is not None:
        first = len(seeds)
        n_seeds = count_wanted(study.precision, comparison.effects, first)
        if n_seeds > first:
            more = range(max(seeds) + 1, max(seeds) + 1 + n_seeds - first)
            done = first * len(reduced)

            def move(now: int, total: int) -> None:
                if on_done is not None:
                    on_done(done + now, done + total)

            added = run_all(dataclasses.replace(study, seeds=more), on_done=move)
            reduced = {name: runs | added[name] for name, runs in reduced.items()}
            seeds += more
            looked = Looked(first, study.precision.outcome, study.precision.group)
            comparison = compare(reduced, looked=looked)
        reached = describe_precision(study.precision, comparison.effects, n_seeds)
        comparison = dataclasses.replace(comparison, precision={**reached, "first": first})
    return dataclasses.replace(comparison, seeds=seeds), dataclasses.replace(study, seeds=seeds)


def list_cities(scenarios: Iterable[Scenario], city: str) -> list[str]:
    """Cities whose outcomes a comparison needs: the one in focus first, then those that something is expected of."""
    named = [expectation.place for scenario in scenarios for expectation in scenario.expects]
    return list(dict.fromkeys([city, *named]))


def list_shown_places(policies: Iterable[Scenario], city: str) -> list[str]:
    """Places beside the city in focus in which policies act; of a scenario that acts in too many of them, none."""
    found: dict[str, None] = {}
    for scenario in policies:
        others = [place for place in find_acting_places(scenario) if place != city]
        if len(others) < SHOWN_PLACES:
            found |= dict.fromkeys(others)
    return list(found)


def reduce_run(result: RunResult, *, cities: Sequence[str], since: Quarter) -> Reduced:
    """Keep of a run what a comparison needs: outcomes by city, counted from quarter `since`, and its persons."""
    if result.persons is None:
        raise ValueError("a run that is compared keeps its persons")
    return {city: summarise_run(result, city=city, since=since) for city in cities}, result.persons


def compare_reduced(
    scenarios: Mapping[str, Scenario],
    reduced: Mapping[str, Mapping[int, Reduced]],
    *,
    city: str,
    since: Quarter,
    shown: Sequence[str] = (),
    spread: bool = False,
    looked: Looked | None = None,
) -> Comparison:
    """Compare reduced runs, by scenario and seed, with those of the first scenario, and judge what was expected.

    Args:
        scenarios: The baseline, then the policies.
        reduced: What reduce_run made of each run, with the cities that list_cities names and those of `shown`.
        city: City that the effects are about.
        since: Quarter from which outcomes count.
        shown: Other places whose effects are wanted.
        spread: Intervals are those of one more run (see sim.estimate).
        looked: By which outcome in how many seeds their number was chosen; None if it was asked for.
    """
    base, *policies = scenarios

    def split(place: str) -> tuple[dict[int, DataFrame], dict[str, dict[int, DataFrame]]]:
        outcomes = _add_persons(reduced, base, place, since)
        return outcomes[base], {name: outcomes[name] for name in policies}

    places = dict.fromkeys([*list_cities(scenarios.values(), city), *shown])
    effects = {place: compare_runs(*split(place), spread=spread, looked=looked) for place in places}
    certainty = judge_certainty(*split(city), spread=spread, looked=looked)
    judgements = [judged for name in policies for judged in judge_expectations(name, scenarios[name].expects, effects)]
    by_place = {place: effects[place] for place in dict.fromkeys([city, *shown])}
    return Comparison(effects=effects[city], judgements=judgements, by_place=by_place, certainty=certainty)


def _write_effects(comparison: Comparison, staged: Path) -> None:
    import pandas as pd

    comparison.effects.to_csv(staged / "comparison.csv", index=False)
    comparison.certainty.to_csv(staged / "certainty.csv", index=False)
    if len(comparison.by_place) > 1:
        rows = pd.concat(comparison.by_place, names=["place"]).reset_index("place")
        rows.to_csv(staged / "comparison_places.csv", index=False)


def _refuse_unlike(scenarios: Sequence[Scenario]) -> None:
    """Raise a user error unless all scenarios have one world, span and scale: else their runs cannot be paired."""

    def describe(scenario: Scenario) -> str:
        return f"world {scenario.world.name}, {scenario.start} to {scenario.end}, scale {scenario.scale}"

    base = describe(scenarios[0])
    for other in scenarios[1:]:
        if describe(other) != base:
            raise TalentsimError(
                f"{other.name} ({describe(other)}) cannot be compared with {scenarios[0].name} ({base}). "
                "Give both the same world, from, to and scale"
            )


def _run_all(
    scenarios: Mapping[str, Scenario],
    staged: Path,
    study: Study,
    *,
    reduce: Callable[[RunResult], T],
    on_done: OnDone | None,
    trace_from: Quarter | None = None,
) -> dict[str, dict[int, T]]:
    return run_paired(
        scenarios,
        study.seeds,
        jobs=study.jobs,
        reduce=reduce,
        folder=staged / _RUNS,
        check=study.check,
        threads=study.threads,
        trace_from=trace_from,
        members=study.members,
        on_done=on_done,
    )


def _describe_members(scenario: Scenario, study: Study) -> dict[str, Any]:
    """The fit and the number of its member by seed, for a manifest; empty without an ensemble."""
    if study.members is None or scenario.fit is None:
        return {}
    members = {str(seed): member.number for seed, member in study.members.items()}
    return {"fit": {"name": scenario.fit.name, "code_hash": scenario.fit.code_hash, "members": members}}


def _add_persons(
    reduced: Mapping[str, Mapping[int, Reduced]], base: str, city: str, since: Quarter
) -> dict[str, dict[int, DataFrame]]:
    """Outcomes by scenario and seed, with those that look persons up in the baseline run of the same seed."""
    import pandas as pd

    def add(seed: int, own: Reduced) -> DataFrame:
        by_city, persons = own
        by_person = summarise_persons(persons, reduced[base][seed][1], city=city, since=since)
        return pd.concat([by_city[city], by_person], ignore_index=True)

    return {name: {seed: add(seed, own) for seed, own in runs.items()} for name, runs in reduced.items()}


def _forget(_result: RunResult) -> None:
    """Keep nothing of a run but the tables that the worker wrote."""


def _draw(scenarios: Mapping[str, Scenario], staged: Path, study: Study, comparison: DataFrame | None) -> None:
    from sim.plots import save_figures

    runs = {
        name: [read_result(locate_run(staged / _RUNS, name, seed)).tables for seed in study.seeds] for name in scenarios
    }
    labels = next(iter(scenarios.values())).world.labels
    ensemble = study.members is not None
    save_figures(runs, comparison, staged / _FIGURES, study.lang, study.city, labels, ensemble=ensemble)
