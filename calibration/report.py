"""What the report of a fit says, without how it looks: sections of sentences and tables, failures first.

Every target stands in it once, missed or met; figures that are fed in stand apart and are never counted. Published
values are those of the registry as it is now, simulated ones those of the validation. report_html.py and
report_pdf.py draw it.
"""

from __future__ import annotations

import collections
import dataclasses
import math
from collections.abc import Sequence
from typing import Final

from calibration.fitfolder import FitFolder, ParamRow, describe_params
from calibration.naive import BENCHMARKS
from calibration.paramwords import describe_param
from calibration.recover import IDENTIFIED, LEAST_COVERAGE, WEAK
from calibration.report_words import say
from calibration.seeds import Seeds, tell_seeds
from calibration.space import Prior
from calibration.targets import LEAST_POINTS, SHARE_OF_BOUND, SHARE_OF_VALUE, Board
from calibration.targetwords import (
    describe_figure,
    describe_source,
    say_unit,
    write_error,
    write_published,
    write_value,
)
from calibration.validate import BEFORE, FITTED, SIMULATED, Entry, Score, order_entries, score_entries
from sim.labels import Lang, PlaceLabels

REACH: Final = 5.0
"""Tolerances that a picture shows on each side of the published figure."""


_N_COUNTS: Final = 5
"""Columns of a table of scores before those of the methods."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mark:
    """A picture of one figure, in tolerances from the published value."""

    accepted: tuple[float, float]
    """What lies inside; infinite on the good side of a bound."""
    band: tuple[float, float]
    point: float
    before: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table."""

    cells: tuple[str, ...]
    """Texts by column; the column of the picture is empty."""
    mark: Mark | None = None
    bad: bool = False
    """Whether it is a failure."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Table:
    """A table; widths are relative."""

    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()
    """Columns that are aligned to the right."""
    short: tuple[int, ...] = ()
    """Columns of single words."""
    picture: int | None = None
    """Column that holds the marks."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Section:
    """A title, sentences, and a table if there is one."""

    title: str
    sentences: tuple[str, ...] = ()
    table: Table | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """A whole report."""

    lang: Lang
    title: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Told:
    """Scores as a table of text and sentences, for a terminal."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]]
    n_names: int
    legend: str
    """How its columns are read."""
    sentences: list[str]


def make_report(
    board: Board,
    entries: Sequence[Entry],
    fit: FitFolder,
    prior: Prior,
    places: PlaceLabels,
    lang: Lang,
    *,
    seeds: Seeds,
) -> Report:
    """Put a validated fit into words.

    Args:
        board: families and their names.
        entries: figures as validated.
        fit: the fit.
        prior: of its parameters.
        places: names of places.
        lang: language.
        seeds: of the validation.
    """
    scores = score_entries(entries)
    params = describe_params(fit, prior)
    ordered = order_entries(entries)
    counted = [entry for entry in ordered if entry.group != "check"]
    missed = [entry for entry in counted if not entry.inside]
    met = [entry for entry in counted if entry.inside]
    fed = [entry for entry in ordered if entry.group == "check"]
    none = () if missed else (say("no.failures", lang),)
    figures = (
        _make_section("title.failures", lang, none, _tabulate(missed, board, places, lang)),
        _make_section("title.benchmarks", lang, (say("read.columns", lang),), _tabulate_scores(scores, board, lang)),
        _make_section("title.parameters", lang, (_tell_verdict_rule(lang), *tell_outside(params, lang)),
                      _tabulate_params(params, lang)),
        _make_section("title.met", lang, (), _tabulate(met, board, places, lang)),
        _make_section("title.check", lang, (say("read.check", lang),), _tabulate(fed, board, places, lang)),
    )  # fmt: skip
    keys = ("error", "picture", "groups", "benchmarks", "reason")
    reading = (_tell_tolerance(lang), *(say(f"read.{key}", lang) for key in keys))
    return Report(
        lang=lang,
        title=say("title", lang).format(name=fit.name),
        sentences=(
            tell_fit(fit, lang),
            *tell_seeds(seeds, lang),
            *_tell_groups(scores, board, lang),
            _tell_verdicts(params, lang),
            say("see.reading", lang),
        ),
        sections=(*figures, _make_section("title.reading", lang, reading, None)),
    )


def tell_scores(scores: Sequence[Score], board: Board, lang: Lang) -> Told:
    """Families with the mean error of the fit and of each benchmark, and what that means in sentences."""
    table = _tabulate_scores(scores, board, lang)
    return Told(
        title=say("title.benchmarks", lang),
        heads=_pick_narrow(table.heads),
        rows=[_pick_narrow(row.cells) for row in table.rows],
        n_names=2,
        legend=say("read.columns", lang),
        sentences=_tell_groups(scores, board, lang),
    )


def _tell_groups(scores: Sequence[Score], board: Board, lang: Lang) -> list[str]:
    """Sentences on each group of figures, then on families in which a benchmark is better."""
    whole = [sentence for score in scores if not score.family for sentence in _tell_group(score, lang)]
    return [*whole, *tell_families(scores, board, lang)]


def _pick_narrow(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that a terminal has room for: not those of the ensemble, the values before the fit and the prior."""
    first = _N_COUNTS + len(SIMULATED)
    return cells[: _N_COUNTS + 1] + cells[first:]


def tell_families(scores: Sequence[Score], board: Board, lang: Lang) -> list[str]:
    """For each group, on which families a benchmark beats the model."""
    told: list[str] = []
    for group in dict.fromkeys(score.group for score in scores):
        beaten = [score for score in scores if score.group == group and score.family and score.beaten_by]
        brackets = "{}（{}）" if lang == "zh" else "{} ({})"  # noqa: RUF001  (full-width on purpose)
        names = [brackets.format(board.labels[one.family][lang], say(one.beaten_by[0], lang)) for one in beaten]
        key = "beaten.families" if beaten else "none.beaten"
        told.append(say(key, lang).format(group=_say_group(group, lang), names=say("join", lang).join(names)))
    return told


def _tell_group(score: Score, lang: Lang) -> list[str]:
    group, n = _say_group(score.group, lang), score.figures
    told = [
        say("inside", lang).format(
            group=group,
            n=n,
            inside=score.inside[FITTED],
            before=score.inside[BEFORE],
            error=score.error[FITTED],
            error_before=score.error[BEFORE],
        ),
        say("bands", lang).format(group=group, n=n, covered=score.covered, wide=score.covered_wide),
    ]
    for name, model in score.rival.items():
        naive = score.error[name]
        key = "beaten" if name in score.beaten_by else "beats" if score.is_above(name) else "draws"
        words = {"group": group, "name": say(name, lang), "n": score.spoken[name], "all": n, "model": model,
                 "naive": naive}  # fmt: skip
        told.append(say(key, lang).format(**words))
    return told


def tell_fit(fit: FitFolder, lang: Lang) -> str:
    """What a fit is made of, as a sentence."""
    years = say("years.all", lang) if fit.until is None else say("years.until", lang).format(until=fit.until)
    return say("facts", lang).format(
        name=fit.name, members=len(fit.members), effective=fit.n_effective, scale=fit.scale, years=years
    )


def _tell_tolerance(lang: Lang) -> str:
    shares = SHARE_OF_VALUE
    return say("read.tolerance", lang).format(
        exact=shares["exact"], approximate=shares["approximate"], chart=shares["read_from_chart"],
        bound=SHARE_OF_BOUND, points=LEAST_POINTS,
    )  # fmt: skip


def _tell_verdict_rule(lang: Lang) -> str:
    return say("read.parameters", lang).format(coverage=LEAST_COVERAGE, identified=IDENTIFIED, weak=WEAK)


def tell_outside(params: Sequence[ParamRow], lang: Lang) -> tuple[str, ...]:
    """A sentence for each parameter on which point and ensemble disagree."""
    return tuple(
        say("outside.before" if row.point == row.before else "outside.fitted", lang).format(
            key=row.key.removeprefix("params."), point=row.point, low=row.low, high=row.high
        )
        for row in params
        if row.is_outside
    )


def _tell_verdicts(params: Sequence[ParamRow], lang: Lang) -> str:
    counts = collections.Counter(row.verdict for row in params)
    words = [
        say("verdict.count", lang).format(n=n, verdict=_say_verdict(verdict, lang))
        for verdict, n in counts.most_common()
    ]
    return say("verdicts", lang).format(counts=say("join", lang).join(words))


def _tabulate(entries: Sequence[Entry], board: Board, places: PlaceLabels, lang: Lang) -> Table | None:
    if not entries:
        return None
    names = ["family", "figure", "group", "published", "simulated", "band", "unit", "picture", "error", "reason",
             "source"]  # fmt: skip
    widths = [1.5, 2.2, 0.7, 1.1, 0.75, 1.3, 0.8, 1.6, 0.5, 1.3, 2.0]
    rows = []
    for entry in entries:
        figure, error = entry.figure, entry.error(FITTED)
        low, high = (write_value(end, figure) for end in entry.band)
        cells = (
            board.labels[figure.family][lang], describe_figure(figure, places, lang), say(entry.group, lang),
            write_published(figure), write_value(entry.values[FITTED], figure), say("range", lang).format(low, high),
            say_unit(figure, lang), "", write_error(error), say(entry.reason, lang) if entry.reason else "",
            describe_source(figure, lang),
        )  # fmt: skip
        rows.append(Row(cells=cells, mark=_draw_mark(entry), bad=not entry.inside))
    # what has no reason, as a table of figures that are met, leaves its room to the description
    if not any(entry.reason for entry in entries):
        names.remove("reason")
        widths[1] += widths.pop(-2)
        rows = [dataclasses.replace(row, cells=(*row.cells[:-2], row.cells[-1])) for row in rows]
    return Table(
        heads=_say_heads(names, lang),
        rows=tuple(rows),
        widths=tuple(widths),
        numbers=(3, 4, 5, 8),
        short=(2, 6),
        picture=7,
    )


def _tabulate_scores(scores: Sequence[Score], board: Board, lang: Lang) -> Table:
    heads = (*_say_heads(("family", "group", "figures", "inside", "in_band"), lang), *(
        say(name, lang) for name in (*SIMULATED, *BENCHMARKS)
    ), say("head.wins", lang))  # fmt: skip
    rows = []
    for score in scores:
        cells = (
            board.labels[score.family][lang] if score.family else say("all", lang), say(score.group, lang),
            str(score.figures), str(score.inside[FITTED]), str(score.covered_wide),
            *(f"{score.error[name]:.2f}" for name in SIMULATED),
            *(_write_rival(score, name) for name in BENCHMARKS),
            say("winner.fitted" if score.winner == FITTED else score.winner, lang),
        )  # fmt: skip
        rows.append(Row(cells=cells, bad=bool(score.beaten_by)))
    widths = (2.4, 0.8, 0.7, 0.7, 0.8, *(0.8 for _ in SIMULATED), *(1.3 for _ in BENCHMARKS), 1.2)
    return Table(heads=heads, widths=widths, rows=tuple(rows), numbers=tuple(range(2, len(heads) - 1)))


def _write_rival(score: Score, name: str) -> str:
    """Mean error of a benchmark, and of the fit over the same figures in brackets."""
    return f"{score.error[name]:.2f} ({score.rival[name]:.2f})" if name in score.rival else "-"


def _tabulate_params(params: Sequence[ParamRow], lang: Lang) -> Table:
    names = ("parameter", "meaning", "unit", "prior", "before", "chosen", "posterior", "width", "verdict")
    rows = []
    for row in params:
        cells = (
            row.key.removeprefix("params."), *describe_param(row.key, lang),
            _write_range(row.prior_low, row.prior_high, lang), f"{row.before:.4g}", f"{row.point:.4g}",
            f"{row.median:.4g} ({_write_range(row.low, row.high, lang)})", f"{row.sd_ratio:.2f}",
            _say_verdict(row.verdict, lang),
        )  # fmt: skip
        rows.append(Row(cells=cells, bad=row.verdict == "not identified"))
    return Table(
        heads=_say_heads(names, lang), widths=(1.9, 3.2, 1.0, 1.1, 0.7, 0.7, 1.9, 0.8, 1.1), rows=tuple(rows),
        numbers=(3, 4, 5, 6, 7),
    )  # fmt: skip


def _write_range(low: float, high: float, lang: Lang) -> str:
    return say("range", lang).format(f"{low:.4g}", f"{high:.4g}")


def _draw_mark(entry: Entry) -> Mark:
    figure = entry.figure

    def place(value: float) -> float:
        return (value - figure.value) / figure.tolerance

    return Mark(
        accepted=(
            -math.inf if figure.bound == "high" else -1.0,
            math.inf if figure.bound == "low" else 1.0,
        ),
        band=(place(entry.band[0]), place(entry.band[1])),
        point=place(entry.values[FITTED]),
        before=place(entry.values[BEFORE]),
    )


def _make_section(key: str, lang: Lang, sentences: tuple[str, ...], table: Table | None) -> Section:
    count = f" ({len(table.rows)})" if table is not None and key not in {"title.benchmarks", "title.parameters"} else ""
    return Section(title=say(key, lang) + count, sentences=sentences, table=table)


def _say_heads(names: Sequence[str], lang: Lang) -> tuple[str, ...]:
    return tuple(say(f"head.{name}", lang) for name in names)


def _say_group(group: str, lang: Lang) -> str:
    return say(f"group.{group}", lang)


def _say_verdict(verdict: str, lang: Lang) -> str:
    """Words of a verdict; one that a later fit may add is shown as it is."""
    try:
        return say(verdict, lang)
    except KeyError:
        return verdict
