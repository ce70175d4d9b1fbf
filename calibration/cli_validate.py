"""The commands `talentsim calibrate validate` and `report`: a fit that is there is held against all figures, and told.

Figures held out are simulated here only, into a journal that no search reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from calibration.console import (
    KEPT,
    RESULTS,
    Jobs,
    Lang,
    Quiet,
    Scale,
    Seed,
    Until,
    need_packages,
    write_step,
)
from sim.console import count_cores, print_tables, report_errors, show_progress

if TYPE_CHECKING:
    from calibration.problem import Problem
    from calibration.runs import Runner

FINE: Final = 1000
"""Persons that one agent of a validation stands for: published figures are of a world of many people, and chance adds
to shares of whichever cities come out largest."""

FitName = Annotated[
    str | None,
    typer.Argument(metavar="FIT", help="A shipped fit, or a folder of results. Default: that of the present problem."),
]


def validate(
    fit: FitName = None,
    seed: Seed = 1,
    seeds: Annotated[int, typer.Option(help="Seeds at the point of the fit, and for the ensemble.", min=2)] = 50,
    scale: Annotated[
        int | None,
        typer.Option(help=f"Persons that one agent stands for. [default: {FINE}, finer than fits are made]", min=1),
    ] = None,
    until: Until = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Write into this folder, not where the fit is looked for.")] = None,
    lang: Lang = "en",
    quiet: Quiet = False,
) -> None:
    """Hold a fit against figures it has not seen, beside its prior and three naive benchmarks."""
    with report_errors(KEPT):
        from calibration.fitfolder import read_fit
        from calibration.market import load_inputs
        from calibration.report import tell_fit, tell_scores
        from calibration.seeds import Seeds, tell_seeds
        from calibration.space import load_space
        from calibration.targets import load_targets
        from calibration.validate import run_validation, score_entries, tabulate_entries, tabulate_scores
        from sim.results import describe_code

        need_packages()
        found = read_fit(fit or _name_fit(scale, until), load_space().prior)
        folder = out or place_validation(found.folder)
        size = scale or FINE
        with _open_whole(size, folder, jobs, quiet=quiet) as (problem, runner):
            entries = run_validation(
                problem, runner, load_targets(), load_inputs(), found, seed=seed, n_seeds=seeds
            )  # fmt: skip
        manifest: dict[str, Any] = {
            "command": "calibrate validate", "fit": found.name, "members": len(found.members), "seed": seed,
            "seeds": seeds, "scale": size, "until": found.until, "problem": problem.identity, **describe_code(),
        }  # fmt: skip
        scores = score_entries(entries)
        tables = {"figures": tabulate_entries(entries), "families": tabulate_scores(scores)}
        write_step(folder, tables, manifest)
        told = tell_scores(scores, load_targets(), lang)
        if not quiet:
            print_tables([told])
            typer.echo(told.legend)
        facts = (tell_fit(found, lang), *tell_seeds(Seeds(first=seed, n=seeds, scale=size), lang))
        for sentence in (*facts, *told.sentences):
            typer.echo(sentence)
        typer.echo(f"results: {folder}")


def report(
    fit: FitName = None,
    scale: Scale = None,
    until: Until = None,
    lang: Lang = "en",
    out: Annotated[Path | None, typer.Option(help="Write into this folder, not beside the validation.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a fit as a page (HTML) and as a document (PDF): figures, failures first, benchmarks, parameters."""
    with report_errors():
        from calibration.fitfolder import read_fit
        from calibration.market import load_inputs
        from calibration.report import make_report
        from calibration.report_html import write_html
        from calibration.report_pdf import write_pdf
        from calibration.seeds import read_seeds
        from calibration.space import load_space
        from calibration.targets import load_targets
        from calibration.validate import read_entries

        need_packages()
        prior = load_space().prior
        found = read_fit(fit or _name_fit(scale, until), prior)
        validation = place_validation(found.folder)
        board = load_targets()
        entries = read_entries(validation / "figures.csv", board)
        seeds = read_seeds(validation / "manifest.json")
        content = make_report(board, entries, found, prior, load_inputs().labels, lang, seeds=seeds)
        folder = out or validation.parent / "report"
        folder.mkdir(parents=True, exist_ok=True)
        written = [folder / f"report_{lang}.html", folder / f"report_{lang}.pdf"]
        write_html(content, written[0])
        write_pdf(content, written[1])
        for path in written[quiet:]:
            typer.echo(f"written: {path}")


def place_validation(fit: Path) -> Path:
    """Folder of the validation of a fit: beside the runs; that of a shipped fit is in results/calibration/NAME."""
    kept = (fit / "fit").is_dir()
    return (fit if kept else RESULTS / fit.name) / "validation"


def _name_fit(scale: int | None, until: int | None) -> str:
    """Folder that the commands write to when nobody names one: that of the present problem."""
    from calibration.budget import BUDGETS
    from calibration.market import make_problem

    return str(RESULTS / make_problem(scale or BUDGETS["small"].scale, until).identity)


@contextlib.contextmanager
def _open_whole(scale: int, folder: Path, jobs: int | None, *, quiet: bool) -> Iterator[tuple[Problem, Runner]]:
    """All figures as a problem, with a journal of its own: no search may read it."""
    from calibration.journal import Journal
    from calibration.market import make_whole_problem
    from calibration.runs import Runner
    from sim.run import warm_kernels

    problem = make_whole_problem(scale)
    journal = Journal(problem, folder / f"journal-{problem.identity}.jsonl")
    warm_kernels()
    with show_progress("validate", quiet=quiet) as move:
        yield problem, Runner(problem, journal, jobs=jobs or count_cores(), on_run=move)
