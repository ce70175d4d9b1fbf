"""The commands `talentsim calibrate ...`: each opens the problem, calls one function, prints tables.

Runs are kept in results/calibration/PROBLEM/journal.jsonl, which all commands share: a command that was interrupted
goes on from there when it is called again, and ends with the same result.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from calibration.cli_validate import report, validate
from calibration.console import (
    RESULTS,
    BudgetName,
    Jobs,
    Out,
    Overrides,
    Quiet,
    Scale,
    ScenarioName,
    Seed,
    Unidentified,
    Until,
    need_committed,
    need_packages,
    write_step,
)
from sim.console import LangOption, count_cores, print_table, print_tables, report_errors, show_progress
from sim.errors import TalentsimError
from sim.labels import label

if TYPE_CHECKING:
    from pandas import DataFrame

    from calibration.budget import Budget
    from calibration.problem import Problem
    from calibration.runs import Runner

calibrate = typer.Typer(no_args_is_help=True, help="Hold the model against published figures, and fit it to them.")
calibrate.command()(validate)
calibrate.command()(report)

_SHOWN: Final = 15
"""Rows of a long table that are printed; files hold all."""
_RUNS_KEPT: Final = label("line.runs_kept", "en")
_CODE_FACTS: Final = ("commit", "uncommitted", "code_hash", "calibration_hash")
"""Facts of a manifest that stay as they are while nobody changes code or commits; the hashes serve without git."""

FitName = Annotated[str, typer.Argument(help="Name of the fit.")]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bench:
    """What a command works with."""

    problem: Problem
    runner: Runner
    budget: Budget
    folder: Path
    manifest: dict[str, Any]


@calibrate.command()
def targets(
    scenario: ScenarioName = "baseline",
    seed: Seed = 1,
    seeds: Annotated[int, typer.Option(help="Number of seeds, counted up from --seed.", min=1)] = 4,
    scale: Annotated[int | None, typer.Option(help="Persons that one agent stands for.", min=1)] = None,
    overrides: Overrides = None,
    checks: Annotated[bool, typer.Option("--checks", help="List inputs that have to come through as well.")] = False,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """List published figures beside simulated ones, misses first."""
    with report_errors(lang=lang):
        from calibration.board import (
            HORIZON_QUARTERS,
            WIDTH,
            list_families,
            list_figures,
            simulate_figures,
            tell_scenario,
        )
        from calibration.holdout import load_rule, split_targets
        from calibration.report_words import say
        from calibration.seeds import Seeds, tell_seeds
        from calibration.targets import load_targets
        from sim.scenario import load_scenario

        board = load_targets()
        figures = board.figures if checks else board.targets
        held = {target.name for target in split_targets(board.targets, load_rule()).held}
        loaded = load_scenario(scenario, overrides or (), scale=scale, quarters=HORIZON_QUARTERS)
        with show_progress(label("progress.runs_of", lang).format(name=loaded.name), quiet=quiet) as move:
            values = simulate_figures(loaded, figures, range(seed, seed + seeds), on_done=move)
        if not quiet:
            print_tables([list_figures(board, values, held, loaded.world.labels, lang)], width=WIDTH)
            typer.echo(say("read.error", lang))
        print_tables([list_families(board, values, held, lang)])
        asked = Seeds(first=seed, n=seeds, scale=loaded.scale)
        for sentence in (tell_scenario(loaded, lang), *tell_seeds(asked, lang)):
            typer.echo(sentence)


@calibrate.command()
def screen(
    budget: BudgetName = "small",
    seed: Seed = 1,
    scale: Scale = None,
    until: Until = None,
    jobs: Jobs = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Find which parameters move which figures (Morris, then Sobol on those that matter most)."""
    with (
        report_errors(_RUNS_KEPT),
        _open_bench("screen", budget, seed, scale, until, jobs, out, quiet=quiet) as bench,
    ):
        from calibration.frames import LEGENDS
        from calibration.screen import run_screening, summarise_screening

        table = summarise_screening(bench.problem, run_screening(bench.problem, bench.runner, bench.budget, seed))
        _write(bench, "screen", {"screening": table})
        if not quiet:
            effects = table[[name for name in table.columns if not name.startswith("on_")]]
            _print_frame("Parameters by their effect on the loss", effects, file="screening.csv")
            typer.echo(LEGENDS["screen"])
        typer.echo(f"results: {bench.folder / 'screen'}")


@calibrate.command()
def fit(
    budget: BudgetName = "small",
    seed: Seed = 1,
    scale: Scale = None,
    until: Until = None,
    jobs: Jobs = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Look for parameters under which the model meets the figures; three algorithms with equal budgets."""
    with (
        report_errors(_RUNS_KEPT),
        _open_bench("fit", budget, seed, scale, until, jobs, out, quiet=quiet) as bench,
    ):
        from calibration.fit import run_fit, summarise_algorithms, summarise_families, summarise_targets, write_fit
        from calibration.frames import LEGENDS

        result = run_fit(bench.problem, bench.runner, bench.budget, seed)
        write_fit(bench.problem, result, bench.folder / "fit", bench.manifest)
        if not quiet:
            figures = summarise_targets(bench.problem, result)
            _print_frame("Figures, misses first", figures, simulated=("before", "after"), file="targets.csv")
            _print_frame("Families, worst first", summarise_families(bench.problem, result), file="families.csv")
            _print_frame("Algorithms, best first", summarise_algorithms(bench.problem, result))
            typer.echo(LEGENDS["fit"])
        typer.echo(f"loss: {result.loss_before:.4g} before, {result.finalists.loss[0]:.4g} after")
        typer.echo(f"results: {bench.folder / 'fit'}")


@calibrate.command()
def posterior(
    budget: BudgetName = "small",
    seed: Seed = 1,
    scale: Scale = None,
    until: Until = None,
    jobs: Jobs = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Find all parameter sets that the figures leave possible: a weighted ensemble."""
    with (
        report_errors(_RUNS_KEPT),
        _open_bench("posterior", budget, seed, scale, until, jobs, out, quiet=quiet) as bench,
    ):
        from calibration.frames import LEGENDS, name_family
        from calibration.posterior import (
            describe_trust,
            list_members,
            list_simulated,
            run_posterior,
            summarise_bands,
            summarise_params,
        )
        from calibration.targets import load_targets

        found = run_posterior(bench.problem, bench.runner, bench.budget, seed)
        tables = {
            "ensemble": list_members(bench.problem, found),
            "parameters": summarise_params(bench.problem, found),
            "bands": summarise_bands(bench.problem, found),
            "simulated": list_simulated(bench.problem, found.simulated),
        }
        trust = describe_trust(bench.problem, found)
        _write(bench, "posterior", tables, trust=trust, effective_members=found.n_effective)
        if not quiet:
            _print_frame("Parameters, narrowest first", tables["parameters"], shown=len(bench.problem.prior.names))
            _print_frame(
                "Figures, misses first", tables["bands"], simulated=("low", "median", "high"), file="bands.csv"
            )
            typer.echo(LEGENDS["posterior"])
        n_members, n_effective, coarse = len(found.unit), round(found.n_effective), min(trust, key=trust.__getitem__)
        typer.echo(f"members: {n_members}, of which effective {n_effective}")
        least, most = min(trust.values()), max(trust.values())
        typer.echo(f"runs correct the emulator by {least:.0%} ({name_family(coarse, load_targets())}) to {most:.0%}")
        typer.echo(f"results: {bench.folder / 'posterior'}")


@calibrate.command()
def recover(
    budget: BudgetName = "small",
    seed: Seed = 1,
    scale: Scale = None,
    until: Until = None,
    jobs: Jobs = None,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Look for parameters that are known, and say which of them figures such as these identify."""
    with (
        report_errors(_RUNS_KEPT),
        _open_bench("recover", budget, seed, scale, until, jobs, out, quiet=quiet) as bench,
    ):
        from calibration.frames import LEGENDS
        from calibration.recover import judge_params, list_truths, run_recovery

        names = bench.problem.prior.names
        found = run_recovery(bench.problem, bench.runner, bench.budget, seed)
        tables = {"verdicts": judge_params(names, found), "truths": list_truths(names, found)}
        _write(bench, "recovery", tables)
        if not quiet:
            _print_frame("Parameters, best known first", tables["verdicts"], shown=len(names))
            typer.echo(LEGENDS["recover"])
        for verdict, n in tables["verdicts"]["verdict"].value_counts().items():
            typer.echo(f"{verdict}: {n}")
        typer.echo(f"results: {bench.folder / 'recovery'}")


@calibrate.command()
def ship(
    name: FitName,
    budget: BudgetName = "small",
    scale: Scale = None,
    until: Until = None,
    unidentified: Unidentified = "prior",
    last: Annotated[str | None, typer.Option(help="A fit that is shipped, to begin from its point.")] = None,
    jobs: Jobs = None,
    results: Annotated[
        Path | None, typer.Option("--from", help="Results of the steps, if not in results/calibration/PROBLEM.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write what fit, posterior and recovery found to calibration/fits/NAME, for scenarios to use as `fit: NAME`."""
    with report_errors(_RUNS_KEPT):
        need_committed()
        with _open_bench("ship", budget, 0, scale, until, jobs, results, quiet=quiet) as bench:
            from calibration.pointfile import read_last
            from calibration.ship import build_fit, place_fit, read_found, write_shipped

            began = None if last is None else read_last(last)
            folder = place_fit(name)
            words = {"budget": budget, "scale": scale, "until": until, "out": results}
            options = "".join(f" --{word} {value}" for word, value in words.items() if value is not None)
            found = read_found(bench.problem, bench.folder, options)
            shipped = build_fit(bench.problem, bench.runner, name, found, unidentified, began)
        _refuse_changed(bench.manifest, shipped.manifest)
        write_shipped(shipped, folder)
        _print_shipped(shipped.manifest, quiet=quiet)
        typer.echo(f"fit: {folder}")


@calibrate.command()
def reproduce(name: FitName, jobs: Jobs = None, out: Out = None, quiet: Quiet = False) -> None:
    """Make a fit that is shipped again from its manifest, and say whether it comes out the same."""
    with report_errors(_RUNS_KEPT):
        from calibration.ship import list_differences, read_shipped, repeat_fit

        shown, manifest = read_shipped(name)
        place = out if out is not None else RESULTS / f"reproduced-{name}"
        size = manifest["scale"], manifest["until"]
        with _open_bench("reproduce", "small", 0, *size, jobs, place, quiet=quiet) as bench:
            again = repeat_fit(bench.problem, bench.runner, manifest)
        for file, text in again.texts.items():
            (place / file).write_text(text, encoding="utf-8", newline="\n")
        differences = list_differences(again, manifest, shown)
        if differences:
            raise TalentsimError(f"{shown} is not reproduced ({'; '.join(differences)}). Compare it with {place}")
        typer.echo(f"the same to the last digit: {shown}")


@contextlib.contextmanager
def _open_bench(
    step: str,
    budget: str,
    seed: int,
    scale: int | None,
    until: int | None,
    jobs: int | None,
    out: Path | None,
    *,
    quiet: bool,
) -> Iterator[Bench]:
    """Load the problem, open the journal, warm the kernels and show progress."""
    from calibration.budget import BUDGETS
    from calibration.journal import Journal
    from calibration.market import make_problem
    from calibration.runs import Runner
    from calibration.ship import describe_inputs
    from sim.results import describe_code
    from sim.run import warm_kernels

    need_packages()
    size = BUDGETS[budget]
    scale = scale or size.scale
    problem = make_problem(scale, until)
    folder = out if out is not None else RESULTS / problem.identity
    # the commands differ in what they ask, not in what a run is: they share the journal
    journal = Journal(problem, folder / "journal.jsonl")
    warm_kernels()
    manifest = {
        "command": f"calibrate {step}",
        "budget": {"name": budget, **dataclasses.asdict(size)},
        "seed": seed,
        "scale": scale,
        "until": until,
        "problem": problem.identity,
        **describe_code(),
        **describe_inputs(problem),  # after the code: of all Python files only those of the model make another fit
    }
    with show_progress(step, quiet=quiet) as move:
        runner = Runner(problem, journal, jobs=jobs or count_cores(), on_run=move)
        yield Bench(problem=problem, runner=runner, budget=size, folder=folder, manifest=manifest)


def _refuse_changed(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Raise where code changed while a fit was put together: its commit need not hold what made it."""
    changed = [fact for fact in _CODE_FACTS if before[fact] != after[fact]]
    if changed:
        raise TalentsimError(
            f"code was changed or committed while this ran ({', '.join(changed)}). Call this again; {_RUNS_KEPT}"
        )


def _print_shipped(manifest: dict[str, Any], *, quiet: bool) -> None:
    """Say what a fit is worth."""
    loss = manifest["loss"]
    if not quiet:
        verdicts = ", ".join(f"{n} {verdict}" for verdict, n in manifest["verdicts"].items())
        typer.echo(f"parameters: {verdicts}; {manifest['kept']} keep their value before the fit")
        typer.echo(f"members: {manifest['members']}, of which effective {manifest['effective_members']:.0f}")
        typer.echo(f"figures inside their band: {manifest['inside']} of {manifest['targets']}")
        apart = manifest["differences"]
        losses = ", ".join(
            f"{name} {value:.4g}" + (f" (difference +-{apart[name]:.2g})" if apart[name] else "")
            for name, value in manifest["candidates"].items()
        )
        typer.echo(f"point: {manifest['point']}; losses {losses}")
        if len(manifest["close"]) > 1:
            typer.echo(f"the seeds cannot tell: {', '.join(manifest['close'])}")
        freed = "not identified, but its value before the fit is excluded, too dear, or given up by the fit begun from"
        for fact, words in (("moved", freed), ("outside", "outside the interval of the ensemble")):
            for key in manifest[fact]:
                typer.echo(f"{words}: {key.removeprefix('params.')}")
    ends = {"before": "before", "fitted": "fitted", "shipped": "as shipped"}
    told = (f"{loss[name]:.4g} +-{manifest['loss_errors'][name]:.2g} {word}" for name, word in ends.items())
    typer.echo(f"loss with fresh seeds: {', '.join(told)}")
    if loss["shipped"] > loss["before"]:
        typer.echo("note: worse than before the fit. `--unidentified fitted` keeps all that the fit found", err=True)


def _write(bench: Bench, step: str, tables: dict[str, DataFrame], **facts: Any) -> None:
    write_step(bench.folder / step, tables, {**bench.manifest, **facts})


def _print_frame(
    title: str, frame: DataFrame, *, simulated: Sequence[str] = (), shown: int = _SHOWN, file: str = ""
) -> None:
    """Print the first rows of a table; `simulated` names the columns that hold values of figures, `file` holds all."""
    from calibration.frames import name_families, name_figures, write_cell, write_percent
    from calibration.market import load_inputs
    from calibration.targets import load_targets

    board, whole = load_targets(), len(frame)
    frame = frame.head(shown)
    if simulated:
        frame = name_figures(frame, board, load_inputs().labels, simulated)
    frame = write_percent(name_families(frame, board))
    heads = [str(name).replace("_", " ") for name in frame.columns]
    rows = [[write_cell(value) for value in row] for row in frame.itertuples(index=False)]
    print_table(heads, rows, title=title, n_names=2 if "target" in frame.columns else 1)
    if whole > shown:
        typer.echo(f"and {whole - shown} more" + (f" in {file}" if file else "") + "\n")
