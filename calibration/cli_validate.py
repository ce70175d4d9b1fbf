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
    RESULTS,
    Jobs,
    Quiet,
    need_packages,
    write_step,
)
from sim.console import LangOption, count_cores, print_tables, report_errors, show_progress
from sim.labels import Lang, label

if TYPE_CHECKING:
    from calibration.problem import Problem
    from calibration.runs import Runner

FINE: Final = 1000
"""Persons that one agent of a validation stands for: published figures are of a world of many people, and chance adds
to shares of whichever cities come out largest."""

_SEEDS: Final = "Which seeds: those simulated follow far above it, where no step of a fit takes any; the first is told."
_DEFAULT: Final = (
    "Default: the fit of the present problem at the scale of --budget small; one made with another scale is named by "
    "its folder."
)
FitName = Annotated[
    str | None,
    typer.Argument(metavar="FIT", help=f"A shipped fit, or a folder of results. {_DEFAULT}"),
]
FitUntil = Annotated[
    int | None, typer.Option(help="Without FIT: look for the fit that saw figures of years up to this one only.")
]


def validate(
    fit: FitName = None,
    seed: Annotated[int, typer.Option(help=_SEEDS, min=0, max=2**40)] = 1,
    seeds: Annotated[int, typer.Option(help="Seeds at the point of the fit, and for the ensemble.", min=2)] = 50,
    scale: Annotated[int, typer.Option(help="Persons that one agent of the runs here stands for.", min=1)] = FINE,
    until: FitUntil = None,
    jobs: Jobs = None,
    out: Annotated[Path | None, typer.Option(help="Write into this folder, not where the fit is looked for.")] = None,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Hold a fit against figures it has not seen, beside its prior and three naive benchmarks."""
    with report_errors(label("line.runs_kept", lang), lang):
        from calibration.fitfolder import read_fit
        from calibration.market import load_inputs
        from calibration.report import tell_fit, tell_scores
        from calibration.seeds import Seeds, tell_seeds
        from calibration.space import load_space
        from calibration.targets import load_targets
        from calibration.validate import (
            find_first_seed,
            run_validation,
            score_entries,
            tabulate_entries,
            tabulate_scores,
        )
        from sim.results import describe_code

        need_packages()
        found = read_fit(fit or _name_fit(until), load_space().prior)
        folder = out or place_validation(found.folder)
        with _open_whole(scale, folder, jobs, lang, quiet=quiet) as (problem, runner):
            entries = run_validation(
                problem, runner, load_targets(), load_inputs(), found, seed=seed, n_seeds=seeds
            )  # fmt: skip
        manifest: dict[str, Any] = {
            "command": "calibrate validate", "fit": found.name, "members": len(found.members), "seed": seed,
            "seeds": seeds, "scale": scale, "until": found.until, "problem": problem.identity, **describe_code(),
        }  # fmt: skip
        scores = score_entries(entries)
        tables = {"figures": tabulate_entries(entries), "families": tabulate_scores(scores)}
        write_step(folder, tables, manifest)
        told = tell_scores(scores, load_targets(), lang)
        if not quiet:
            print_tables([told])
            typer.echo(told.legend)
        facts = (tell_fit(found, lang), *tell_seeds(Seeds(first=find_first_seed(seed), n=seeds, scale=scale), lang))
        for sentence in (*facts, *told.sentences):
            typer.echo(sentence)
        typer.echo(label("line.results", lang).format(folder=folder))


def report(
    fit: FitName = None,
    until: FitUntil = None,
    lang: LangOption = "en",
    out: Annotated[Path | None, typer.Option(help="Write into this folder, not beside the validation.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a fit as a page (HTML) and as a document (PDF): figures, failures first, benchmarks, parameters."""
    with report_errors(lang=lang):
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
        found = read_fit(fit or _name_fit(until), prior)
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
            typer.echo(label("line.written", lang).format(path=path))


def place_validation(fit: Path) -> Path:
    """Folder of the validation of a fit: beside the runs; that of a shipped fit is in results/calibration/NAME."""
    kept = (fit / "fit").is_dir()
    return (fit if kept else RESULTS / fit.name) / "validation"


def _name_fit(until: int | None) -> str:
    """Folder that the commands write to when nobody names one or a scale: that of the present problem."""
    from calibration.budget import BUDGETS
    from calibration.market import make_problem

    return str(RESULTS / make_problem(BUDGETS["small"].scale, until).identity)


@contextlib.contextmanager
def _open_whole(
    scale: int, folder: Path, jobs: int | None, lang: Lang, *, quiet: bool
) -> Iterator[tuple[Problem, Runner]]:
    """All figures as a problem, with a journal of its own: no search may read it."""
    from calibration.journal import Journal
    from calibration.market import make_whole_problem
    from calibration.runs import Runner
    from sim.run import warm_kernels

    problem = make_whole_problem(scale)
    journal = Journal(problem, folder / f"journal-{problem.identity}.jsonl")
    warm_kernels()
    with show_progress(label("progress.runs", lang), quiet=quiet) as move:
        yield problem, Runner(problem, journal, jobs=jobs or count_cores(), on_run=move)
