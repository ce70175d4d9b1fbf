"""The command `talentsim effects`: what the policies of a sweep do, told from its store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from experiments.cli import Of, Out, Quiet, StoreFolder, SweepFile
from experiments.cli_words import say
from experiments.store import STORE
from sim.console import LangOption, print_tables, print_warnings, report_errors
from sim.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.store import Store
    from experiments.sweepfile import Sweep
    from sim.labels import Lang as Language
    from sim.labels import PlaceLabels
    from sim.report import Comparison

RESULTS: Final = Path("results") / "effects"
Against = Annotated[str | None, typer.Option(help="Policy that the others are held against. Default: the baseline.")]
City = Annotated[str | None, typer.Option(help="City of the outcome. Default: the first of the sweep.")]


def effects(
    file: SweepFile,
    of: Of = "stay_share_12m",
    against: Against = None,
    city: City = None,
    store: StoreFolder = STORE,
    out: Out = None,
    lang: LangOption = "en",
    quiet: Quiet = False,
) -> None:
    """Compare the policies of a sweep that was run: effects, winners and losers, parts of variance."""
    with report_errors(lang=lang):
        from experiments.paired import compare_policies, list_winners, split_variance
        from experiments.paired_words import list_effects, list_parts, note_nobody, note_not_run, note_unpaired
        from experiments.paired_words import list_winners as write_winners
        from experiments.store import Store
        from experiments.sweepfile import load_sweep
        from experiments.table import TableError
        from sim.certainty import split_outcome
        from sim.results import write_manifest, write_tables

        outcome, group = split_outcome(of, f"--of {of}")
        sweep = load_sweep(file)
        base = against or sweep.baseline
        if base is None:
            raise TableError(f"{sweep.name} has one policy only. Add another, or name one with --against")
        kept = Store(store)
        asked = _check_asked(sweep, kept, file)
        if not quiet:
            _tell_asked(asked, sweep, kept, file, lang)
        table = kept.read_sweep(sweep.name, seeds=asked.get("seeds", ()))
        place = city or str(table["city"].iloc[0])
        found = compare_policies(table, base)
        winners, parts = list_winners(found), split_variance(table, outcome, group=group, city=place)
        folder = out if out is not None else RESULTS / sweep.name
        write_tables({"effects": found, "winners": winners, "variance": parts}, folder)
        seeds = sorted(map(int, table["seed"].unique()))
        write_manifest({**asked, "of": of, "against": base, "city": place, "seeds": seeds}, folder)
        if not quiet:
            here = found[found["city"] == place]
            named, places = sweep.labels, _read_places(sweep)
            told = list_effects(here, outcome, group, base, lang=lang, named=named)
            sure = write_winners(winners, found, lang=lang, named=named, places=places)
            print_tables([told, *sure, list_parts(parts, found, lang=lang, named=named)])
            unpaired = note_unpaired(table, found, base, lang=lang, named=named)
            holes = note_not_run(table, sweep.points, [one.name for one in sweep.futures], lang=lang, named=named)
            for line in (*note_nobody(winners, found, lang), *unpaired, *holes):
                typer.echo(line)
        typer.echo(label("line.results", lang).format(folder=folder))


def _read_places(sweep: Sweep) -> PlaceLabels:
    """Names of the places of all worlds of a sweep."""
    from experiments.loader import Loader

    loader, future = Loader(sweep), sweep.futures[0].name
    worlds = [loader.load_base(one.name, future, sweep.points[0]).world for one in sweep.policies]
    return {place: names for world in worlds for place, names in world.labels.items()}


def _check_asked(sweep: Sweep, store: Store, file: str) -> dict[str, Any]:
    """What was asked last of the sweep in the store; nothing where that is lost.

    Raises:
        TableError: If runs with the seeds asked for are not all there, or are of points, policies or futures that the
            file no longer asks for.
    """
    from experiments.runner import describe_asked
    from experiments.table import TableError

    facts = store.read_facts(sweep.name)
    if facts is None:
        return {}
    found = sum(store.read_seed(path) in facts["seeds"] for path in store.list_runs(sweep.name).values())
    if found != facts["runs"]:
        raise TableError(
            f"{sweep.name} is not finished: {store.folder} has {found} of its {facts['runs']} runs. "
            f"Go on with: talentsim sweep {file}"
        )
    now = json.loads(json.dumps(describe_asked(sweep)))
    changed = [name for name, value in now.items() if value != facts[name]]
    if changed:
        raise TableError(
            f"{store.folder} has {sweep.name} with other {' and '.join(changed)} than {file} asks for. "
            f"Run it: talentsim sweep {file}"
        )
    return facts


def _tell_asked(asked: Mapping[str, Any], sweep: Sweep, store: Store, file: str, lang: Language) -> None:
    """Print on stderr what is seldom meant in the runs, and say which seeds of the store are not used."""
    from experiments.leftovers import write_seeds
    from experiments.plan_cautions import list_doubts
    from sim.captions import ENOUGH_SEEDS

    if not asked:
        return
    doubts = list_doubts(len(asked["seeds"]), len(asked["members"]), lang)
    repair = say("go_on", lang, file=file, n=ENOUGH_SEEDS) if len(asked["members"]) < 2 else ""
    english = asked.get("warnings", ())
    # a store written before there were Chinese ones has what it has: better told in English than not at all
    kept = asked.get("warnings_zh", english) if lang == "zh" else english
    print_warnings([*kept, *(line + repair for line in doubts)], lang)
    others = {store.read_seed(path) for path in store.list_runs(sweep.name).values()} - set(asked["seeds"])
    if others:
        seeds = {"others": write_seeds(others), "seeds": write_seeds(asked["seeds"])}
        typer.echo(say("other_seeds_last", lang, folder=store.folder, name=sweep.name, **seeds))


def print_winners(comparison: Comparison, city: str, lang: Language, places: PlaceLabels | None = None) -> None:
    """Print which groups in the city in focus gain or lose for certain, or that none does."""
    from experiments.paired import join_certainty, list_winners
    from experiments.paired_words import list_winners as write_winners
    from experiments.paired_words import note_nobody

    effects = join_certainty(comparison.effects, comparison.certainty).assign(city=city)
    winners = list_winners(effects)
    print_tables(write_winners(winners, effects, lang=lang, places=places))
    for line in note_nobody(winners, effects, lang):
        typer.echo(line)
