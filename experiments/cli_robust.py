"""The commands `talentsim robust` and `talentsim optimise`: each runs what the sweep lacks, judges, prints, draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from experiments.cli import (
    Backend,
    DryRun,
    Jobs,
    Out,
    Overrides,
    Quarters,
    Quiet,
    Scale,
    Scheduler,
    Seeds,
    StoreFolder,
    SweepFile,
    print_forecast,
    tell_plan,
)
from experiments.cli_words import say
from experiments.store import STORE
from sim.console import LangOption, count_cores, print_tables, report_errors, show_progress
from sim.errors import ScenarioError
from sim.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pandas import DataFrame

    from experiments.cases import Cases, Question
    from experiments.discovery import Box
    from experiments.optimise import Budget, Optimum
    from experiments.plan import Plan
    from experiments.runner import Workers
    from experiments.store import Store
    from experiments.sweepfile import Sweep
    from sim.effects import TextTable
    from sim.labels import Lang as Language

Asked = TypeVar("Asked", bound="Question | tuple[Question, Budget]")
RESULTS: Final = Path("results")


def robust(
    file: SweepFile,
    jobs: Jobs = None,
    backend: Backend = "loky",
    scheduler: Scheduler = None,
    scale: Scale = None,
    quarters: Quarters = None,
    seeds: Seeds = None,
    overrides: Overrides = None,
    store: StoreFolder = STORE,
    out: Out = None,
    dry_run: DryRun = False,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Say which policy of a sweep holds whatever the future: regret, worst case, thresholds, effect against cost.

    The section `robust` of the sweep file says what is asked. Runs that the store lacks are done first.
    """
    with report_errors(label("line.runs_kept", lang), lang):
        from experiments.cases import gather_cases
        from experiments.discovery import FEWEST_STATES, need_workbench
        from experiments.plots import plot_judgement, save_figure
        from experiments.robust import judge_choices
        from experiments.robust_tables import list_judgement, list_notes
        from experiments.robustfile import count_states, read_question
        from experiments.runner import Workers, describe_plan
        from experiments.store import Store
        from experiments.sweepfile import load_sweep
        from sim.results import write_manifest, write_tables

        workers, runs = Workers(jobs=jobs or count_cores(), backend=backend, scheduler=scheduler), Store(store)
        sweep = load_sweep(file, seeds=seeds, overrides=tuple(overrides or ()))
        question, plan = _plan_section(sweep, read_question, scale, quarters)
        if question.thresholds and count_states(sweep) >= FEWEST_STATES:
            need_workbench()  # before the runs, not when they are done
        tell_plan(plan, runs, quiet=quiet and not dry_run, lang=lang)
        if dry_run:
            print_forecast(plan, runs, workers, lang)
            return
        cases = gather_cases(_run_plan(plan, runs, workers, lang=lang, quiet=quiet), question)
        judged = judge_choices(cases, question)
        boxes = _discover_boxes(cases, lang, quiet=quiet)
        folder = out if out is not None else RESULTS / "robust" / sweep.name
        tables = {
            "effects": judged.effects.assign(unit=cases.unit, value_unit=judged.unit),
            "ranking": judged.ranking.assign(unit=judged.unit),
            "front": judged.front.assign(unit=cases.unit),
        }
        write_tables(tables | ({"boxes": _tabulate_boxes(boxes)} if boxes else {}), folder)
        write_manifest(describe_plan(plan), folder)
        save_figure(plot_judgement(judged, cases, question, sweep.ask(lang), lang), folder / "robust.png")
        if not quiet:
            lines = list_notes(judged, cases, question, lang)
            _print_all(list_judgement(judged, cases, question, lang), lines)
            _print_boxes(boxes, cases, question, lang)
        typer.echo(label("line.results", lang).format(folder=folder))


def optimise(
    file: SweepFile,
    jobs: Jobs = None,
    backend: Backend = "loky",
    scheduler: Scheduler = None,
    scale: Scale = None,
    quarters: Quarters = None,
    seeds: Seeds = None,
    overrides: Overrides = None,
    store: StoreFolder = STORE,
    out: Out = None,
    dry_run: DryRun = False,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Find the best size of a policy under a budget, with its interval.

    The section `optimise` of the sweep file says what is asked; the sweep varies one key of the policy, or two. Runs
    that the store lacks are done first.
    """
    with report_errors(label("line.runs_kept", lang), lang):
        from experiments.cases import gather_cases
        from experiments.optimise import find_best_size
        from experiments.plots import plot_optimum, save_figure
        from experiments.robust import weigh_states
        from experiments.robust_tables import list_optimum
        from experiments.robustfile import read_budget
        from experiments.runner import Workers, describe_plan
        from experiments.store import Store
        from experiments.sweepfile import load_sweep
        from sim.results import write_manifest, write_tables

        workers, runs = Workers(jobs=jobs or count_cores(), backend=backend, scheduler=scheduler), Store(store)
        sweep = load_sweep(file, seeds=seeds, overrides=tuple(overrides or ()))
        (question, budget), plan = _plan_section(sweep, read_budget, scale, quarters)
        tell_plan(plan, runs, quiet=quiet and not dry_run, lang=lang)
        if dry_run:
            print_forecast(plan, runs, workers, lang)
            return
        cases = gather_cases(_run_plan(plan, runs, workers, lang=lang, quiet=quiet), question)
        found = find_best_size(cases, question, budget, weigh_states(cases, question))
        folder = out if out is not None else RESULTS / "optimise" / sweep.name
        write_tables(_tabulate_optimum(found, budget), folder)
        write_manifest(describe_plan(plan), folder)
        save_figure(plot_optimum(found, budget, question, sweep.ask(lang), lang), folder / "optimise.png")
        if not quiet:
            _print_all(*list_optimum(found, budget, question, lang))
        typer.echo(label("line.results", lang).format(folder=folder))


def _plan_section(
    sweep: Sweep, read: Callable[[Sweep], Asked], scale: int | None, quarters: int | None
) -> tuple[Asked, Plan]:
    """What a section asks, and the runs of the sweep; mistakes of both are told together."""
    from experiments.plan import make_plan
    from experiments.robustfile import check_city

    try:
        asked = read(sweep)
    except ScenarioError as error:
        try:
            make_plan(sweep, scale=scale, quarters=quarters)
        except ScenarioError as others:
            raise ScenarioError([*error.problems, *others.problems]) from others
        raise
    plan = make_plan(sweep, scale=scale, quarters=quarters)
    if isinstance(asked, tuple):
        check_city(sweep, "optimise", asked[0], plan.cities)
    else:
        check_city(sweep, "robust", asked, plan.cities)
    return asked, plan


def _run_plan(plan: Plan, store: Store, workers: Workers, *, lang: Language, quiet: bool) -> DataFrame:
    """Run what the store lacks and return the table of the sweep, with the seeds that the plan asks for."""
    from experiments.runner import run_plan

    with show_progress(label("progress.runs_of", lang).format(name=plan.sweep.name), quiet=quiet) as move:
        run_plan(plan, store, workers, on_done=move)
    return store.read_sweep(plan.sweep.name, seeds=plan.sweep.seeds)


def _discover_boxes(cases: Cases, lang: Language, *, quiet: bool) -> dict[str, Box | None]:
    """The box of each choice where the sweep has thresholds and conditions enough to look for one."""
    from experiments.discovery import FEWEST_STATES, discover_box

    if cases.meets is None or len(cases.states) < FEWEST_STATES:
        return {}
    boxes: dict[str, Box | None] = {}
    with show_progress(say("progress.conditions", lang), quiet=quiet) as move:
        for number, choice in enumerate(cases.choices[1:], start=1):
            boxes[choice] = discover_box(cases.conditions, ~cases.meets[number])
            move(number, len(cases.choices) - 1)
    return boxes


def _tabulate_boxes(boxes: dict[str, Box | None]) -> DataFrame:
    """One row a side of a box."""
    import pandas as pd

    rows = [
        (choice, side.key, side.low, side.high, "|".join(side.among), side.quasi_p, box.coverage, box.density, box.base)
        for choice, box in boxes.items()
        if box is not None
        for side in box.sides
    ]
    names = ["choice", "key", "low", "high", "among", "quasi_p", "coverage", "density", "base"]
    return pd.DataFrame(rows, columns=names)


def _tabulate_optimum(found: Optimum, budget: Budget) -> dict[str, DataFrame]:
    import dataclasses

    import pandas as pd

    from experiments.means import bound_draws

    curves = found.curves
    low, high = bound_draws(curves.draws)
    columns = {key: curves.sizes[:, k] for k, key in enumerate(curves.keys)}
    columns |= {"effect": curves.effect, "low": low, "high": high, "cost_cny": curves.cost, "p_budget": curves.p_budget}
    curve = pd.DataFrame(columns).assign(unit=found.unit)
    facts = {
        "verdict": found.verdict,
        "effect": found.effect,
        "effect_low": found.effect_low,
        "effect_high": found.effect_high,
        "unit": found.unit,
        "cost_million_cny": found.cost_million_cny,
        "p_budget": found.p_budget,
        "budget_cny": budget.most_cny,
        "misfit": found.misfit,
    }
    sizes = [dataclasses.asdict(size) | facts for size in found.sizes] or [facts]
    return {"curve": curve, "best": pd.DataFrame(sizes)}


def _print_all(tables: Iterable[TextTable], lines: Sequence[str]) -> None:
    print_tables(tables)
    typer.echo("\n".join(lines))


def _print_boxes(boxes: dict[str, Box | None], cases: Cases, question: Question, lang: Language) -> None:
    from experiments.robust_tables import list_box

    for choice, box in boxes.items():
        tables, lines = list_box(box, cases, question, choice, lang)
        print_tables(tables)
        for line in lines:
            typer.echo(line)
