"""A comparison on the terminal: its tables, what they are about, how sure they are, and what they do not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from sim.console import print_table
from sim.errors import TalentsimError

if TYPE_CHECKING:
    from sim.certainty import Precision
    from sim.report import Comparison, Study
    from sim.scenario import Scenario


def choose_precision(text: str | None, most: int, *, seeds: int, ensemble: bool) -> Precision | None:
    """Read what precision is wanted of `most` seeds at most; None if none is.

    Raises:
        TalentsimError: If it is written wrongly, starts with a single seed, or is wanted of an ensemble.
    """
    if text is None:
        return None
    from sim.certainty import parse_precision

    if ensemble:
        raise TalentsimError(
            "--precision asks for an interval that closes in as seeds are added. That of --ensemble, of one more run, "
            "does not: leave out one of the two"
        )
    if not 2 <= seeds <= most:
        raise TalentsimError(f"--precision needs from 2 to --max-seeds {most} first seeds, not {seeds}. Change --seeds")
    return parse_precision(text, most)


def print_comparison(comparison: Comparison, policies: Mapping[str, Scenario], study: Study) -> None:
    """Print the tables of each policy, what they are about, how sure they are, and what they do not say."""
    from sim.captions import (
        list_cautions,
        list_certainty,
        list_findings,
        list_places,
        note_elsewhere,
        note_precision,
        write_caption,
    )
    from sim.compare import find_acting_places, find_start
    from sim.effects import list_judgements, list_tables

    lang, city, seeds = study.lang, study.city, len(comparison.seeds)
    since = find_start(list(policies.values()))
    for name, scenario in policies.items():
        places, acting = scenario.world.labels, find_acting_places(scenario)
        caption = write_caption(city, since, scenario.end, seeds=seeds, scale=scenario.scale, lang=lang, places=places)
        tables = list_tables(comparison.effects, name, lang=lang)
        tables += list_places(comparison.by_place, name, acting, lang=lang, places=places)
        tables += list_judgements(comparison.judgements, name, lang=lang, places=places)
        tables += list_certainty(comparison.certainty, name, lang=lang)
        for number, table in enumerate(tables):
            title = f"{table.title}\n{caption}" if number == 0 else table.title
            print_table(table.heads, table.rows, title=title, n_names=table.n_names)
        for line in note_elsewhere(city, acting, list(comparison.by_place), lang=lang, places=places):
            typer.echo(line)
    notes = [*note_precision(comparison.precision, lang), *list_findings(comparison.certainty, lang)]
    typer.echo("\n".join([*notes, *list_cautions(seeds, lang)]))
    _print_ensemble(next(iter(policies.values())), study)


def _print_ensemble(scenario: Scenario, study: Study) -> None:
    """Say what intervals over an ensemble hold."""
    from sim.labels import label

    if study.members is not None and scenario.fit is not None:
        words = label("note.ensemble", study.lang)
        typer.echo(words.format(runs=len(study.members), fit=scenario.fit.name) + "\n")
