"""The command `talentsim sensitivity`: reads what is varied, calls the functions, prints, draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from experiments.cli import (
    Backend,
    DryRun,
    Jobs,
    Of,
    Out,
    Overrides,
    Quarters,
    Quiet,
    Scale,
    Scheduler,
    StoreFolder,
    print_forecast,
)
from experiments.cli_words import say
from experiments.store import STORE
from sim.console import LangOption, count_cores, print_tables, print_warnings, report_errors, show_progress
from sim.labels import label

if TYPE_CHECKING:
    from experiments.plan import Plan
    from experiments.sensitivity import Design
    from sim.labels import Lang as Language

RESULTS: Final = Path("results") / "sensitivity"
SIZES: Final = {"morris": 10, "sobol": 64, "oat": 1}
"""Paths, or base points, unless told otherwise."""

File = Annotated[str, typer.Argument(help="A sweep file, or the name of one; with --vary a scenario.")]
MethodName = Annotated[Literal["morris", "sobol", "oat"], typer.Option("--method", help="oat is one at a time.")]
Size = Annotated[int | None, typer.Option("--n", help="Paths of morris (10), base points of sobol (64).", min=1)]
Vary = Annotated[
    list[str] | None, typer.Option("--vary", metavar="KEY=LOW:HIGH", help="Vary this of a scenario; repeatable.")
]
Against = Annotated[
    str | None, typer.Option(help="Look at the effect: what differs from this policy of the file, or this scenario.")
]
City = Annotated[str | None, typer.Option(help="City whose outcome is meant. Default: that of the file or scenario.")]
Seeds = Annotated[int | None, typer.Option(help="Number of seeds. Default: the file's, or 5.", min=1)]
Draw = Annotated[int, typer.Option(help="Seed of the points.", min=1, max=2**31)]


def sensitivity(
    file: File,
    of: Of,
    method: MethodName = "morris",
    n: Size = None,
    vary: Vary = None,
    against: Against = None,
    city: City = None,
    seeds: Seeds = None,
    draw: Draw = 1,
    scale: Scale = None,
    quarters: Quarters = None,
    overrides: Overrides = None,
    jobs: Jobs = None,
    backend: Backend = "loky",
    scheduler: Scheduler = None,
    store: StoreFolder = STORE,
    out: Out = None,
    dry_run: DryRun = False,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Tell how much each key moves an outcome over its range: Morris, Sobol, or one at a time."""
    with report_errors(label("line.runs_kept", lang), lang):
        from experiments.runner import Workers, describe_plan
        from experiments.sensitivity import measure_sensitivity
        from experiments.sensitivity_run import add_ranges, load_study, plan_study, run_study
        from experiments.sensitivity_words import describe_asked, list_notes, list_sensitivity
        from experiments.store import Store
        from sim.certainty import split_outcome
        from sim.plots_sensitivity import plot_sensitivity, save_sensitivity
        from sim.results import describe_code, write_manifest, write_tables

        workers, runs = Workers(jobs=jobs or count_cores(), backend=backend, scheduler=scheduler), Store(store)
        outcome, group = split_outcome(of, f"--of {of}")
        study = load_study(file, vary or (), against=against, seeds=seeds, overrides=overrides or ())
        base = against if not vary or against is None else study.sweep.policies[0].name
        size = n or SIZES[method]
        design, plan = plan_study(study, method, outcome, n=size, city=city, scale=scale, quarters=quarters, draw=draw)
        named = _name_asked(plan, outcome, group, base, lang)
        if not quiet:
            _tell_study(design, plan, lang)
        if dry_run:
            typer.echo(describe_asked(method, **named, counts=_count_runs(plan), lang=lang))
            print_forecast(plan, runs, workers, lang)
            return
        with show_progress(label("progress.runs_of", lang).format(name=plan.sweep.name), quiet=quiet) as move:
            table = run_study(plan, runs, workers, on_done=move)
        told = measure_sensitivity(design, table, outcome, group=group, city=plan.cities[0], against=base)
        found = add_ranges(told, study)
        folder = out if out is not None else RESULTS / plan.sweep.name
        write_tables({"sensitivity": found}, folder)
        asked = {"of": of, "method": method, "n": size, "draw": draw, "against": base, "city": plan.cities[0]}
        write_manifest({**asked, **describe_plan(plan), **describe_code()}, folder)
        figure = plot_sensitivity(found, method, **named, lang=lang, labels=plan.sweep.labels)
        save_sensitivity(figure, folder / "sensitivity.png")
        if not quiet:
            unit = str(found["unit"].iloc[0])
            typer.echo(describe_asked(method, **named, counts=_count_runs(plan), unit=unit, lang=lang))
            print_tables(list_sensitivity(found, method, lang=lang, named=plan.sweep.labels))
            for line in list_notes(found, method, size, lang):
                typer.echo(line)
        typer.echo(label("line.results", lang).format(folder=folder))


def _tell_study(design: Design, plan: Plan, lang: Language) -> None:
    """Print how many points and runs there are, and on stderr what is seldom meant."""
    from experiments.plan_cautions import find_cautions
    from experiments.sensitivity_words import list_doubts

    points, keys = (say(one if n == 1 else f"{one}s", lang, n=n) for one, n in
                    (("point", len(design.points)), ("key", len(design.keys))))  # fmt: skip
    typer.echo(say("study", lang, name=plan.sweep.name, points=points, keys=keys, n=plan.n_runs))
    doubts = list_doubts(design.method, len(plan.sweep.seeds), len(plan.members), lang)
    print_warnings([*find_cautions(plan, lang), *doubts], lang)


def _count_runs(plan: Plan) -> dict[str, int]:
    return {"seeds": len(plan.sweep.seeds), "members": len(plan.members), "runs": plan.n_runs}


def _name_asked(plan: Plan, outcome: str, group: str, against: str | None, lang: Language) -> dict[str, Any]:
    """Words for the outcome, its city and the policy that is taken off, by argument of those who need them."""
    from sim.effects import name_group, name_outcome
    from sim.labels import in_brackets, label_place, label_scenario

    words = name_outcome(outcome, lang)
    if group != "all":
        words = in_brackets(words, name_group(group, lang), lang)
    world = plan.load(plan.jobs[0].runs[0]).world
    city = label_place(plan.cities[0], lang, world.labels)
    base = None if against is None else label_scenario(against, lang, plan.sweep.labels)
    return {"outcome": words, "city": city, "against": base}
