"""The commands of experiments. Thin: each reads a file, calls one function, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from experiments.store import STORE
from sim.console import count_cores, print_table, print_warnings, report_errors, show_progress

if TYPE_CHECKING:
    from experiments.plan import Plan
    from experiments.runner import Report, Workers
    from experiments.store import Store
    from sim.labels import Lang as Language

KEPT: Final = "the runs that ended are kept: the same command goes on from there"
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
Lang = Annotated[Literal["en", "zh"], typer.Option(help="Language of tables and figure.")]
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
    quiet: Quiet = False,
) -> None:
    """Run all that a sweep file asks for and the store lacks."""
    with report_errors(KEPT):
        from experiments.plan import make_plan
        from experiments.runner import Workers, run_plan
        from experiments.store import Store
        from experiments.sweepfile import load_sweep

        workers, runs = Workers(jobs=jobs or count_cores(), backend=backend, scheduler=scheduler), Store(store)
        loaded = load_sweep(file, seeds=seeds, overrides=tuple(overrides or ()))
        plan = make_plan(loaded, scale=scale, quarters=quarters)
        tell_plan(plan, None if fresh else runs, quiet=quiet)
        if dry_run:
            print_forecast(plan, runs, workers, fresh=fresh)
            return
        if fresh:
            runs.remove_runs(loaded.name)
        with show_progress(f"{loaded.name}: runs", quiet=quiet) as move:
            report = run_plan(plan, runs, workers, on_done=move)
        if not quiet:
            _print_report(report)
        typer.echo(f"store: {store}, sweep {loaded.name}, {plan.n_runs} runs")


def tell_plan(plan: Plan, store: Store | None, *, quiet: bool, lang: Language = "en") -> None:
    """Print what is run, on stderr what is seldom meant, and which runs of the store stay unused.

    Raises:
        ResultsError: Where the store has runs of another question; without a store nothing is looked up.
    """
    from experiments.plan_cautions import list_doubts

    if not quiet:
        print_plan(plan)
        print_warnings([*plan.cautions, *list_doubts(len(plan.sweep.seeds), len(plan.members), lang)])
    if store is not None:
        check_store(plan, store, quiet=quiet)


def check_store(plan: Plan, store: Store, *, quiet: bool) -> None:
    """Say which runs of the store stay unused. Raises ResultsError where it has runs of another question."""
    from experiments.leftovers import find_leftovers, write_seeds

    others = find_leftovers(plan, store, store.read_index()).seeds
    if others and not quiet:
        typer.echo(
            f"{store.folder} also has runs of {plan.sweep.name} with other seeds ({write_seeds(others)}): they stay, "
            f"and are not used. Seeds asked for: {write_seeds(plan.sweep.seeds)}"
        )


def print_forecast(plan: Plan, store: Store, workers: Workers, *, fresh: bool = False) -> None:
    """Print what a plan will take; `fresh` as of experiments.forecast."""
    from experiments.forecast import forecast_plan

    forecast = forecast_plan(plan, store, workers, fresh=fresh)
    how = "as runs in the store took" if forecast.from_store else "drawn out from a short run"
    rows = [
        ("runs", f"{forecast.n_runs}"),
        ("in the store", f"{forecast.n_there}"),
        ("to be simulated", f"{forecast.n_simulations}"),
        (f"a simulation ({how})", f"{forecast.run_s:.2f} s"),
        (f"time with {workers.jobs} workers", _write_time(forecast.wall_s)),
        ("disk", _write_bytes(forecast.disk_bytes)),
    ]
    print_table(("dry run", ""), rows, n_names=1)


def print_plan(plan: Plan) -> None:
    """Print how many runs a plan has, and why."""
    asked = plan.sweep
    typer.echo(f"{asked.name}: {asked.question}")
    parts = {
        "points": len(plan.points),
        "policies": len(asked.policies),
        "futures": len(asked.futures),
        "parameter sets": max(1, len(plan.members)),
        "seeds": len(asked.seeds),
    }
    product = " x ".join(f"{count} {name}" for name, count in parts.items() if count > 1) or "1 run"
    each = max(1, len(plan.members)) * len(asked.seeds)
    left_out = f", less {plan.left_out * each} that `when` leaves out" if plan.left_out else ""
    typer.echo(f"{plan.n_runs} runs: {product}{left_out}; outcomes of {', '.join(plan.cities)} from {plan.since} on")


def _print_report(report: Report) -> None:
    typer.echo(
        f"{report.n_there} runs were there, {report.n_copied} copied from runs alike, {report.n_simulated} simulated"
        + (f", {report.n_deaths} dead workers replaced" if report.n_deaths else "")
    )
    if report.n_simulated:
        typer.echo(
            f"{_write_time(report.wall_s)} with {report.workers} workers: {report.run_s / report.n_simulated:.3f} s a "
            f"simulation, {1000 * report.overhead_s:.0f} ms around it"
        )


def _write_time(seconds: float) -> str:
    if seconds >= _HOUR_S:
        return f"{seconds / _HOUR_S:.1f} h"
    return f"{seconds / _MINUTE_S:.1f} min" if seconds >= _MINUTE_S else f"{seconds:.1f} s"


def _write_bytes(count: float) -> str:
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
