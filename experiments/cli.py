"""The commands of experiments. Thin: each reads a file, calls one function, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from experiments.cli_words import say
from experiments.store import STORE
from sim.console import LangOption, count_cores, print_table, print_warnings, report_errors, show_progress
from sim.labels import join_words, label, label_place

if TYPE_CHECKING:
    from experiments.plan import Plan
    from experiments.runner import Report, Workers
    from experiments.store import Store
    from sim.labels import Lang

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600

SweepFile = Annotated[str, typer.Argument(help="A sweep file, or the name of a sweep that is shipped.")]
Jobs = Annotated[int | None, typer.Option(help="Workers. Default: one a core.", min=1)]
Backend = Annotated[Literal["loky", "threading", "dask"], typer.Option(help="Who does the runs.")]
Scheduler = Annotated[str | None, typer.Option(help="With --backend dask: address of the scheduler.")]
Fresh = Annotated[
    bool, typer.Option("--fresh/--resume", help="Remove what the store has of this sweep first, or go on from it.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it will take, and run nothing.")]
StoreFolder = Annotated[Path, typer.Option("--store", help="Folder of the store.")]
Scale = Annotated[int | None, typer.Option(help="Persons that one agent stands for.", min=1)]
Quarters = Annotated[int | None, typer.Option(help="Simulate this many quarters only.", min=1)]
Seeds = Annotated[int | None, typer.Option(help="Number of seeds, in place of the file's.", min=1)]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of all runs; repeatable.")
]
Of = Annotated[str, typer.Option("--of", metavar="OUTCOME", help="Such as stay_share_12m, or stay_share_12m:phd.")]
Out = Annotated[Path | None, typer.Option(help="Write into this folder, not results/COMMAND/NAME.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the last line only.")]


def sweep(
    file: SweepFile,
    jobs: Jobs = None,
    backend: Backend = "loky",
    scheduler: Scheduler = None,
    fresh: Fresh = False,
    dry_run: DryRun = False,
    scale: Scale = None,
    quarters: Quarters = None,
    seeds: Seeds = None,
    overrides: Overrides = None,
    store: StoreFolder = STORE,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Run all that a sweep file asks for and the store lacks."""
    with report_errors(label("line.runs_kept", lang), lang):
        from experiments.plan import make_plan
        from experiments.runner import Workers, run_plan
        from experiments.store import Store
        from experiments.sweepfile import load_sweep

        workers, runs = Workers(jobs=jobs or count_cores(), backend=backend, scheduler=scheduler), Store(store)
        loaded = load_sweep(file, seeds=seeds, overrides=tuple(overrides or ()))
        plan = make_plan(loaded, scale=scale, quarters=quarters)
        tell_plan(plan, None if fresh else runs, quiet=quiet, lang=lang)
        if dry_run:
            print_forecast(plan, runs, workers, lang, fresh=fresh)
            return
        if fresh:
            runs.remove_runs(loaded.name)
        with show_progress(label("progress.runs_of", lang).format(name=loaded.name), quiet=quiet) as move:
            report = run_plan(plan, runs, workers, on_done=move)
        if not quiet:
            _print_report(report, lang)
        typer.echo(say("report.store", lang, store=store, name=loaded.name, n=plan.n_runs))


def tell_plan(plan: Plan, store: Store | None, *, quiet: bool, lang: Lang = "en") -> None:
    """Print what is run, on stderr what is seldom meant, and which runs of the store stay unused.

    Raises:
        ResultsError: Where the store has runs of another question; without a store nothing is looked up.
    """
    from experiments.plan_cautions import find_cautions, list_doubts

    if not quiet:
        print_plan(plan, lang)
        doubts = list_doubts(len(plan.sweep.seeds), len(plan.members), lang)
        print_warnings([*find_cautions(plan, lang), *doubts], lang)
    if store is not None:
        check_store(plan, store, lang, quiet=quiet)


def check_store(plan: Plan, store: Store, lang: Lang, *, quiet: bool) -> None:
    """Say which runs of the store stay unused. Raises ResultsError where it has runs of another question."""
    from experiments.leftovers import find_leftovers, write_seeds

    others = find_leftovers(plan, store, store.read_index()).seeds
    if others and not quiet:
        seeds = {"others": write_seeds(others), "seeds": write_seeds(plan.sweep.seeds)}
        typer.echo(say("other_seeds", lang, folder=store.folder, name=plan.sweep.name, **seeds))


def print_forecast(plan: Plan, store: Store, workers: Workers, lang: Lang = "en", *, fresh: bool = False) -> None:
    """Print what a plan will take; `fresh` as of experiments.forecast."""
    from experiments.forecast import forecast_plan

    forecast = forecast_plan(plan, store, workers, fresh=fresh)
    each = say("dry.from_store" if forecast.from_store else "dry.drawn_out", lang)
    rows = [
        (say("dry.runs", lang), f"{forecast.n_runs}"),
        (say("dry.there", lang), f"{forecast.n_there}"),
        (say("dry.missing", lang), f"{forecast.n_simulations}"),
        (each, say("seconds_each", lang, n=forecast.run_s)),
        (say("dry.time", lang, n=workers.jobs), _write_time(forecast.wall_s, lang)),
        (say("dry.disk", lang), _write_bytes(forecast.disk_bytes)),
    ]
    print_table((say("dry.head", lang), ""), rows, n_names=1)


def print_plan(plan: Plan, lang: Lang = "en") -> None:
    """Print how many runs a plan has, and why."""
    asked = plan.sweep
    typer.echo(label("line.question", lang).format(name=asked.name, question=asked.ask(lang)))
    parts = {
        "points": len(plan.points),
        "policies": len(asked.policies),
        "futures": len(asked.futures),
        "parameter_sets": max(1, len(plan.members)),
        "seeds": len(asked.seeds),
    }
    several = [say(name, lang, n=count) for name, count in parts.items() if count > 1]
    product = (" × " if lang == "zh" else " x ").join(several) or say("one_run", lang)  # noqa: RUF001  (as print has it)
    each = max(1, len(plan.members)) * len(asked.seeds)
    left_out = say("left_out", lang, n=plan.left_out * each) if plan.left_out else ""
    cities = join_words(name_cities(plan, lang), lang)
    typer.echo(say("plan", lang, n=plan.n_runs, product=product, left_out=left_out, cities=cities, since=plan.since))


def name_cities(plan: Plan, lang: Lang) -> list[str]:
    """Words for the cities whose outcomes a plan keeps; in English their codes, as files name them."""
    if lang == "en":
        return list(plan.cities)
    labels = plan.load(plan.jobs[0].runs[0]).world.labels
    return [label_place(city, lang, labels) for city in plan.cities]


def _print_report(report: Report, lang: Lang) -> None:
    counts = {"there": report.n_there, "copied": report.n_copied, "simulated": report.n_simulated}
    deaths = say("report.deaths", lang, n=report.n_deaths) if report.n_deaths else ""
    typer.echo(say("report.runs", lang, **counts) + deaths)
    if report.n_simulated:
        time = _write_time(report.wall_s, lang)
        each, around = report.run_s / report.n_simulated, 1000 * report.overhead_s
        typer.echo(say("report.time", lang, time=time, workers=report.workers, each=each, around=around))


def _write_time(seconds: float, lang: Lang) -> str:
    if seconds >= _HOUR_S:
        return say("hours", lang, n=seconds / _HOUR_S)
    if seconds >= _MINUTE_S:
        return say("minutes", lang, n=seconds / _MINUTE_S)
    return say("seconds", lang, n=seconds)


def _write_bytes(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
