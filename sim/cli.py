"""The command line. Thin: each command loads, calls one function of a lower room, prints.

Exit codes: 0 done; 1 a rule that must always hold was broken, or a fault of the program; 2 something the user can mend
(a file, a key, an option, a folder); 130 interrupted. Errors go to stderr, one a line, with file and line where known.
Heavy packages are imported when a command needs them, so that `--help` answers at once.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

import sim
from calibration.cli import calibrate
from experiments.cli import sweep
from experiments.cli_effects import effects, print_winners
from experiments.cli_robust import optimise, robust
from experiments.cli_sensitivity import sensitivity
from sim.console import LangOption, count_cores, print_table, print_warnings, report_errors, show_progress
from sim.errors import TalentsimError
from sim.labels import Lang, label

if TYPE_CHECKING:
    from sim.fitfile import Member
    from sim.kinds import KindPage
    from sim.report import Study
    from sim.scenario import Scenario

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Simulate a talent labour market under policy, and compare what policies do.",
)
app.add_typer(calibrate, name="calibrate")
for command in (sweep, effects, sensitivity, robust, optimise):
    app.command()(command)

GARBAGE_THRESHOLD: Final = 50_000
"""New objects after which Python looks for cycles."""
ENVIRONMENT: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "PYTHONWARNINGS": "ignore:resource_tracker:UserWarning",
}
"""Environment of libraries: no matrix here is worth threads that wait for it, no plugin a look into each package
that is installed, and what joblib's helper cleans up behind a program that was killed is no news to who killed it."""
RESULTS: Final = Path("results")

ScenarioName = Annotated[str, typer.Argument(help="A scenario file, or the name of a scenario that is shipped.")]
Seed = Annotated[int, typer.Option(help="First seed.", min=0, max=2**62)]
Seeds = Annotated[int, typer.Option(help="Number of seeds, counted up from --seed.", min=1)]
Scale = Annotated[int | None, typer.Option(help="Persons that one agent stands for.", min=1)]
Quarters = Annotated[int | None, typer.Option(help="Simulate this many quarters only.", min=1)]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the scenario; repeatable.")
]
Out = Annotated[Path | None, typer.Option(help="Write into this folder, not results/SCENARIO/HASH.")]
Check = Annotated[bool, typer.Option("--check", help="Check after each quarter what must always hold.")]
Jobs = Annotated[int | None, typer.Option(help="Worker processes. Default: one a core.", min=1)]
Threads = Annotated[int, typer.Option(help="Threads inside a run that has the machine to itself.", min=1)]
Ensemble = Annotated[
    bool, typer.Option("--ensemble", help="Give each seed a parameter set of its own, drawn from the fit in use.")
]
Members = Annotated[int | None, typer.Option(help="With --ensemble: how many sets, in place of --seeds.", min=1)]
Wanted = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="OUTCOME=HALFWIDTH",
        help="Run more seeds until this effect is known so well: stayed_12m=200, stay_share_12m=0.2points.",
    ),
]
MaxSeeds = Annotated[int, typer.Option(help="With --precision: seeds at most.", min=2)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the last line only.")]
Figures = Annotated[bool, typer.Option("--figures/--no-figures", help="Draw the figures.")]
City = Annotated[str | None, typer.Option(help="City in focus. Default: that of the scenario.")]


def main() -> None:
    """Run the command line."""
    # reading a world makes many objects and no garbage: looking for some would take longer than the reading
    gc.set_threshold(GARBAGE_THRESHOLD)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        app()
    finally:
        gc.freeze()  # nor is garbage looked for at the end, when everything goes


@app.callback(invoke_without_command=True)
def _start(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        typer.echo(sim.__version__)
        raise typer.Exit


@app.command()
def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    seeds: Seeds = 1,
    scale: Scale = None,
    quarters: Quarters = None,
    overrides: Overrides = None,
    out: Out = None,
    check: Check = False,
    jobs: Jobs = None,
    threads: Threads = 1,
    figures: Figures = False,
    lang: LangOption = "en",
    city: City = None,
    ensemble: Ensemble = False,
    members: Members = None,
    quiet: Quiet = False,
) -> None:
    """Simulate one scenario and write its tables."""
    with report_errors(lang=lang):
        from sim.report import Study, write_seeds, write_single
        from sim.scenario import load_scenario

        loaded = load_scenario(scenario, overrides or (), scale=scale, quarters=quarters)
        _print_cautions([loaded], lang, quiet=quiet)
        _note_fits([loaded], lang)
        chosen = _choose_seeds(seed, seeds, members, ensemble=ensemble)
        study = Study(
            seeds=chosen,
            members=_draw_members([loaded], chosen, ensemble=ensemble),
            city=_choose_city(loaded, city),
            jobs=jobs or count_cores(),
            threads=threads,
            check=check,
            figures=figures,
            lang=lang,
        )
        folder = _place_results(out, loaded.name, loaded.resolved, study)
        if len(study.seeds) == 1 and not ensemble:
            with show_progress(label("progress.quarters_of", lang).format(name=loaded.name), quiet=quiet) as move:
                write_single(loaded, folder, study, on_quarter=move)
        else:
            with show_progress(label("progress.runs_of", lang).format(name=loaded.name), quiet=quiet) as move:
                write_seeds(loaded, folder, study, on_done=move)
        _print_end(folder, lang, figures=figures, quiet=quiet)


@app.command()
def compare(
    base: ScenarioName,
    policies: Annotated[list[str], typer.Argument(help="One or more scenarios to compare with it.")],
    seed: Seed = 1,
    seeds: Seeds = 8,
    scale: Scale = None,
    quarters: Quarters = None,
    overrides: Overrides = None,
    out: Out = None,
    check: Check = False,
    jobs: Jobs = None,
    threads: Threads = 1,
    figures: Figures = True,
    lang: LangOption = "en",
    city: City = None,
    ensemble: Ensemble = False,
    members: Members = None,
    precision: Wanted = None,
    max_seeds: MaxSeeds = 200,
    quiet: Quiet = False,
) -> None:
    """Simulate a baseline and policies with the same seeds and write what the policies change.

    `--set policies.N.FIELD=VALUE` changes the policy scenarios; every other `--set` changes the baseline too. With
    `--precision` the --seeds come first and tell how many more it takes, up to --max-seeds.
    """
    with report_errors(lang=lang):
        from sim.compare import find_start
        from sim.report import Study, load_compared, write_comparison
        from sim.shown import choose_precision, print_comparison

        wanted = choose_precision(precision, max_seeds, seeds=seeds, ensemble=ensemble)
        scenarios = load_compared(base, policies, overrides or (), scale, quarters)
        _, *names = scenarios
        others = [scenarios[name] for name in names]
        _print_cautions(others, lang, quiet=quiet)
        _note_fits(scenarios.values(), lang)
        chosen = _choose_seeds(seed, seeds, members, ensemble=ensemble)
        study = Study(
            seeds=chosen,
            members=_draw_members(scenarios.values(), chosen, ensemble=ensemble),
            city=_choose_city(others[0], city),
            jobs=jobs or count_cores(),
            threads=threads,
            check=check,
            figures=figures,
            lang=lang,
            precision=wanted,
        )
        resolved = {name: scenario.resolved for name, scenario in scenarios.items()}
        folder = _place_results(out, "+".join(names), resolved, study)
        with show_progress(label("progress.runs", lang), quiet=quiet) as move:
            comparison = write_comparison(scenarios, folder, study, since=find_start(others), on_done=move)
        if not quiet:
            print_comparison(comparison, {name: scenarios[name] for name in names}, study)
            print_winners(comparison, study.city, lang, others[0].world.labels)
        _print_end(folder, lang, figures=figures, quiet=quiet)


@app.command()
def check(
    scenario: ScenarioName,
    scale: Scale = None,
    quarters: Quarters = None,
    overrides: Overrides = None,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Check a scenario file without simulating; report all mistakes with their lines."""
    with report_errors(lang=lang):
        from sim.cautions import describe_contents
        from sim.filewords import translate_text
        from sim.kinds import list_multiplied
        from sim.scenario import load_scenario

        loaded = load_scenario(scenario, overrides or (), scale=scale, quarters=quarters)
        _print_cautions([loaded], lang, quiet=quiet)
        _note_fits([loaded], lang)
        if quiet:
            return
        typer.echo(
            label("line.question", lang).format(name=loaded.name, question=translate_text(loaded.question, lang))
        )
        facts = {"start": loaded.start, "end": loaded.end, "places": len(loaded.world.places)}
        typer.echo(label("line.checked", lang).format(contents=describe_contents(loaded, lang), **facts))
        for line in list_multiplied(loaded.policies, loaded.world, lang):
            typer.echo(line)


@app.command()
def policies(
    kind: Annotated[str | None, typer.Argument(help="A kind, to be described in full.")] = None,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """List the kinds of policy that a scenario can use, or describe one."""
    with report_errors(lang=lang):
        from sim.kinds import KIND_HEADINGS, describe_kind, list_kinds

        if kind is not None:
            _print_kind(describe_kind(kind, lang), lang)
        elif quiet:
            typer.echo("\n".join(name for name, _, _ in list_kinds(lang)))
        else:
            print_table(KIND_HEADINGS[lang], list_kinds(lang), n_names=3)


@app.command()
def places(
    scenario: Annotated[str, typer.Argument(help="A scenario; its world is listed.")] = "baseline",
    quiet: Quiet = False,
) -> None:
    """List the places that `city`, `focus` and `--city` can name, in both languages, with region and area."""
    with report_errors():
        from sim.explain import PLACE_HEADINGS, list_places
        from sim.scenario import load_scenario

        rows = list_places(load_scenario(scenario).world)
        if quiet:
            typer.echo("\n".join(row[0] for row in rows))
        else:
            print_table(PLACE_HEADINGS, rows, n_names=len(PLACE_HEADINGS))
            typer.echo("`city` takes a code, a list of codes, a region, an area, or all.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    with report_errors():
        from sim.schema import scenario_schema

        typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


@app.command()
def explain(
    scenario: ScenarioName,
    key: Annotated[str, typer.Argument(help="Such as params.search.n_sampled; its beginning lists all under it.")],
    overrides: Overrides = None,
    lang: LangOption = "en",
) -> None:
    """Say what a value of a scenario is, its unit, its source, and which file set it.

    `talentsim explain baseline params.search.n_sampled` explains one value, `talentsim explain baseline params.hukou`
    lists the values under that key.
    """
    with report_errors(lang=lang):
        from sim.explain import describe_key
        from sim.scenario import load_scenario

        typer.echo("\n".join(describe_key(load_scenario(scenario, overrides or ()), key, lang)))


@app.command()
def warmup(quiet: Quiet = False) -> None:
    """Compile the kernels into their cache, so that the next run starts at once."""
    with report_errors():
        from sim.run import warm_kernels

        seconds = warm_kernels()
        if not quiet:
            typer.echo(f"kernels are ready ({seconds:.1f} s)")


def _print_cautions(scenarios: Iterable[Scenario], lang: Lang, *, quiet: bool) -> None:
    """Print once on stderr what is allowed and yet seldom meant."""
    from sim.cautions import find_cautions

    print_warnings((line for scenario in scenarios for line in find_cautions(scenario, lang)), lang, quiet=quiet)


def _choose_seeds(seed: int, seeds: int, members: int | None, *, ensemble: bool) -> range:
    """The seeds; with an ensemble as many as members."""
    if members is not None and not ensemble:
        raise TalentsimError("--members says how many sets --ensemble draws. Give both, or use --seeds")
    return range(seed, seed + (members or seeds))


def _draw_members(scenarios: Iterable[Scenario], seeds: range, *, ensemble: bool) -> dict[int, Member] | None:
    from sim.ensemble import choose_members

    return choose_members(scenarios, seeds) if ensemble else None


def _note_fits(scenarios: Iterable[Scenario], lang: Lang) -> None:
    """Say on stderr where parameters were fitted with other code than that which runs."""
    from sim.results import describe_fit

    facts = {str(fit["name"]): fit for scenario in scenarios if (fit := describe_fit(scenario)) is not None}
    for name, fit in facts.items():
        if not fit["same_code"]:
            typer.echo(label("line.other_code", lang).format(name=name), err=True)


def _place_results(out: Path | None, name: str, resolved: Mapping[str, Any], study: Study) -> Path:
    """Return the folder of the results; refuse one that holds other things before anything is simulated."""
    from sim.results import hash_source, refuse_foreign_folder, result_hash

    drawn = {"members": [member.number for member in study.members.values()]} if study.members is not None else {}
    wanted = {"precision": dataclasses.asdict(study.precision)} if study.precision is not None else {}
    content = {**resolved, **drawn, **wanted}
    folder = out if out is not None else RESULTS / name / result_hash(content, study.seeds, hash_source())
    refuse_foreign_folder(folder)
    return folder


def _choose_city(scenario: Scenario, city: str | None) -> str:
    if city is None:
        return scenario.focus
    places = scenario.world.places
    if city not in places:
        raise TalentsimError(f"--city: {city} is no place of this world. Name one of {', '.join(places)}")
    return city


def _print_end(folder: Path, lang: Lang, *, figures: bool, quiet: bool) -> None:
    if figures and not quiet:
        typer.echo(label("line.figures", lang).format(folder=folder / "figures"))
    typer.echo(label("line.results", lang).format(folder=folder))


def _print_kind(page: KindPage, lang: Lang) -> None:
    """Print what there is to say about a kind of policy."""
    import calibration
    from sim.kinds import EVIDENCE_HEADINGS, FIELD_HEADINGS, read_evidence

    typer.echo("\n".join([page.title, *page.facts]))
    print_table(FIELD_HEADINGS[lang], page.fields, n_names=len(FIELD_HEADINGS[lang]))
    typer.echo(f"{page.example}\n")
    if page.evidence:
        figures = read_evidence(Path(calibration.__file__).parent / "evidence", page.evidence)
        print_table(EVIDENCE_HEADINGS[lang], figures, n_names=len(EVIDENCE_HEADINGS[lang]))


if __name__ == "__main__":
    main()
