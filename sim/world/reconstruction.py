"""Reconstruct a place x industry table of AI postings from the published pieces of it.

Published are shares of three kinds: industries among all AI postings (column margins), places within an industry, and
industries within a place; some exact, some one-sided ("over 10%"). For a place and an industry with both conditional
shares known, the identity  share of place = place within industry x share of industry / industry within place  gives
the row margin. The rest is filled by iterative proportional fitting: starting from a seed of assumed place weights and
industry tilts, rows and columns are scaled in turn, cells that a published fact fixes or bounds are clipped, and the
free cells of the line take up the difference (Deming and Stephan 1940; Ireland and Kullback 1968 for fixed margins).
Free cells so stay as close to the seed as the facts allow. Not used: postings of other periods.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Rows = NDArray[np.intp]

TOLERANCE = 1e-10
MAX_ROUNDS = 20_000
ROUNDS_PER_CHECK = 20


class ReconstructionError(ValueError):
    """The published shares contradict each other: no table meets them all."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ShareFact:
    """One published share of a table: `rows` together within `column`, or `column` within the one row."""

    rows: tuple[int, ...]
    column: int
    of_row: bool
    """True: denominator is the row total; False: it is the column total."""
    low: float = 0.0
    high: float = 1.0
    label: str = ""

    @property
    def exact(self) -> bool:
        """Whether the share itself is published, not only a bound."""
        return self.low == self.high


@dataclasses.dataclass(frozen=True, kw_only=True)
class Deviation:
    """How far the reconstructed table is from one published fact; 0 where a bound is kept."""

    label: str
    low: float
    high: float
    reconstructed: float
    deviation: float
    used: bool
    """False for a second statement of a cell, which only serves as a check."""


def reconstruct_city_industry(
    block: Mapping[str, Any], places: Sequence[str], industries: Sequence[str]
) -> tuple[FloatArray, FloatArray, list[Deviation]]:
    """Read one entry of `reconstructions` and fit it.

    Returns the place shares (place,), the industry shares of each place (place, industry; rows add to 1) and the
    deviation from every published fact. The industry `other` takes what the published margins leave. Raises
    ReconstructionError when a name is unknown or the facts cannot be met together.
    """
    place_ix = {name: index for index, name in enumerate(places)}
    industry_ix = {name: index for index, name in enumerate(industries)}
    column_margin = np.zeros(len(industries))
    for name, value in block["industry_margin"].items():
        column_margin[_find(industry_ix, name)] = _number(value)
    column_margin[industry_ix["other"]] = 1.0 - column_margin.sum()
    row_margin = np.full(len(places), np.nan)
    for name, value in block["place_margin"].items():
        row_margin[_find(place_ix, name)] = _number(value)
    seed = _read_seed(block, place_ix, industry_ix) * column_margin
    facts = [_read_fact(entry, place_ix, industry_ix) for entry in block["facts"]]
    used = _drop_restated_cells(facts)
    table = reconstruct_shares(
        row_margin,
        column_margin,
        [fact for fact in used if fact.exact],
        [fact for fact in used if not fact.exact],
        seed=seed,
    )
    place_share = table.sum(axis=1)
    return place_share, table / place_share[:, None], [_measure(table, fact, used=fact in used) for fact in facts]


def reconstruct_shares(
    row_margin: FloatArray,
    column_margin: FloatArray,
    cells: Sequence[ShareFact],
    bounds: Sequence[ShareFact],
    *,
    seed: FloatArray | None = None,
    tolerance: float = TOLERANCE,
    max_rounds: int = MAX_ROUNDS,
) -> FloatArray:
    """Joint shares (row, column), adding to 1, that keep margins, exact cells and one-sided bounds.

    row_margin: (row,), NaN where unknown; column_margin: (column,), adding to 1; cells and bounds: published shares
    within a row or a column; seed: (row, column), positive, independent rows and columns where not given. Raises
    ReconstructionError when some fact is still missed by more than `tolerance` after `max_rounds` rounds.
    """
    if abs(column_margin.sum() - 1.0) > 1e-9 or (column_margin < 0).any():
        raise ReconstructionError(
            f"column shares must not be negative and add to 1; they add to {column_margin.sum():.6f}"
        )
    shape = (len(row_margin), len(column_margin))
    start = np.ones(shape) if seed is None else np.asarray(seed, dtype=np.float64)
    if start.shape != shape or (start < 0).any():
        raise ReconstructionError(f"the seed must have no negative cell and shape {shape}")
    table = start / start.sum()
    facts = [*cells, *bounds]
    column_limits, row_limits = _limits(facts, shape, of_row=False), _limits(facts, shape, of_row=True)
    groups = [(fact, *_split_rows(fact, len(start))) for fact in facts if len(fact.rows) > 1]
    for round_number in range(1, max_rounds + 1):
        row_total = np.where(np.isnan(row_margin), table.sum(axis=1), row_margin)
        table = _fit_columns(table.T, row_total, row_limits[0].T, row_limits[1].T).T
        for group in groups:
            _fit_group(table, *group)
        table = _fit_columns(table, column_margin, *column_limits)
        # the first error that is too large ends the look
        if round_number % ROUNDS_PER_CHECK == 0 and all(
            error <= tolerance for error in _list_errors(table, row_margin, column_margin, facts)
        ):
            return table
    worst = max(_list_errors(table, row_margin, column_margin, facts))
    raise ReconstructionError(f"after {max_rounds} rounds the published shares are still missed by {worst:.2e}")


def _fit_columns(table: FloatArray, totals: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Scale each column to its total, clip to `low` and `high` (shares of the total), let free cells even it out."""
    table = table * _divide(totals, np.add.reduce(table))
    floor, ceiling = low * totals, high * totals
    np.minimum(np.maximum(table, floor, out=table), ceiling, out=table)
    free = (table > floor) & (table < ceiling)
    gap = totals - np.add.reduce(table)
    factor = 1.0 + _divide(gap, np.add.reduce(np.where(free, table, 0.0)))
    return np.multiply(table, np.maximum(factor, 0.0), out=table, where=free)


def _divide(numbers: FloatArray, by: FloatArray) -> FloatArray:
    """Ratios; 0 where there is nothing to divide by."""
    return np.divide(numbers, by, out=np.zeros(len(numbers)), where=by > 0)


def _fit_group(table: FloatArray, fact: ShareFact, rows: Rows, rest: Rows) -> None:
    """Bring the joint share of several rows within a column inside its limits, in place."""
    column = table[:, fact.column]
    total, members = column.sum(), column[rows]
    share = members.sum() / total if total > 0 else fact.low
    wanted = min(max(share, fact.low), fact.high)
    if wanted == share or not 0 < share < 1:
        return
    column[rows] = members * (wanted / share)
    column[rest] *= (1 - wanted) / (1 - share)


def _split_rows(fact: ShareFact, n_rows: int) -> tuple[Rows, Rows]:
    """The rows of a fact, and all others."""
    rows = np.array(fact.rows, dtype=np.intp)
    return rows, np.setdiff1d(np.arange(n_rows), rows)


def _limits(facts: Sequence[ShareFact], shape: tuple[int, int], *, of_row: bool) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest share of each single cell, from the facts of one kind of denominator."""
    low, high = np.zeros(shape), np.ones(shape)
    for fact in facts:
        if fact.of_row == of_row and len(fact.rows) == 1:
            cell = (fact.rows[0], fact.column)
            low[cell], high[cell] = max(low[cell], fact.low), min(high[cell], fact.high)
    if (low > high).any():
        raise ReconstructionError("two published shares of one cell exclude each other")
    return low, high


def _list_errors(
    table: FloatArray, row_margin: FloatArray, column_margin: FloatArray, facts: Sequence[ShareFact]
) -> Iterator[float]:
    """How far the table is from its margins and from each fact."""
    known = ~np.isnan(row_margin)
    yield float(np.abs(table.sum(axis=0) - column_margin).max())
    yield float(abs(table.sum() - 1.0))
    if known.any():
        yield float(np.abs(table.sum(axis=1)[known] - row_margin[known]).max())
    for fact in facts:
        yield abs(_measure(table, fact).deviation)


def _measure(table: FloatArray, fact: ShareFact, *, used: bool = True) -> Deviation:
    total = table[fact.rows[0]].sum() if fact.of_row else table[:, fact.column].sum()
    share = float(table[list(fact.rows), fact.column].sum() / total) if total > 0 else 0.0
    deviation = share - min(max(share, fact.low), fact.high)
    return Deviation(
        label=fact.label, low=fact.low, high=fact.high, reconstructed=share, deviation=deviation, used=used
    )


def _drop_restated_cells(facts: Sequence[ShareFact]) -> list[ShareFact]:
    """Keep the first exact statement of a cell: a second, rounded by itself, would contradict it by its rounding."""
    kept: list[ShareFact] = []
    stated: set[tuple[tuple[int, ...], int]] = set()
    for fact in facts:
        cell = (fact.rows, fact.column)
        if not fact.exact or cell not in stated:
            kept.append(fact)
        if fact.exact:
            stated.add(cell)
    return kept


def _read_seed(block: Mapping[str, Any], place_ix: Mapping[str, int], industry_ix: Mapping[str, int]) -> FloatArray:
    """Assumed weight of each place times its tilt towards each industry."""
    seed = np.ones((len(place_ix), len(industry_ix)))
    weights = block["place_weight"]["values"]
    for name, index in place_ix.items():
        if name not in weights and "default" not in weights:
            raise ReconstructionError(f"place_weight has no value for {name!r}; add it or a default")
        seed[index] *= _number(weights.get(name, weights.get("default")))
    for place, tilts in block["industry_tilt"]["values"].items():
        if place == "default":
            continue
        for industry, value in tilts.items():
            seed[_find(place_ix, place), _find(industry_ix, industry)] *= _number(value)
    return seed


def _read_fact(entry: Mapping[str, Any], place_ix: Mapping[str, int], industry_ix: Mapping[str, int]) -> ShareFact:
    """One published share: {of, place, industry, value} or {of, place, industry, low and/or high}."""
    named = entry["place"]
    names = [named] if isinstance(named, str) else list(named)
    of_row = entry["of"] == "place"
    if of_row and len(names) > 1:
        raise ReconstructionError(f"a share within places needs one place, not {names}")
    value = entry.get("value")
    return ShareFact(
        rows=tuple(_find(place_ix, name) for name in names),
        column=_find(industry_ix, entry["industry"]),
        of_row=of_row,
        low=float(entry.get("low", 0.0) if value is None else value),
        high=float(entry.get("high", 1.0) if value is None else value),
        label=f"{entry.get('evidence', '')} {'+'.join(names)}, {entry['industry']} (share of the {entry['of']})",
    )


def _find(index: Mapping[str, int], name: str) -> int:
    if name not in index:
        raise ReconstructionError(f"unknown name {name!r}; known are {', '.join(index)}")
    return index[name]


def _number(value: Any) -> float:
    return float(value["value"] if isinstance(value, Mapping) else value)
