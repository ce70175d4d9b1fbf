"""Sums and quantiles over persons for the tables of one quarter, from cells that hold anybody and sorted amounts.

Both depend neither on the order of rows nor on the number of threads: sums are of whole numbers, and a quantile is
exact. Left out: quantiles of anything but amounts that are not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tallies import N_PEOPLE, list_amounts, split_amounts, tally_people, write_cells
from sim.phases.ranges import split_rows
from sim.types import EDUCATION, FIELD, HOME, HUKOU, STATE

if TYPE_CHECKING:
    from sim.model import TalentMarket

_Result = TypeVar("_Result")


class PeopleCounts:
    """Counts people by cell. Keeps the memory it needs, per thread, from one quarter to the next."""

    def __init__(self, region: NDArray[np.int8], n_cohorts: int, first_cohort_q: int) -> None:
        self._region = region
        self._first_cohort_q = first_cohort_q
        self._shape = (n_cohorts, len(EDUCATION), len(FIELD), len(region), len(HOME), len(HUKOU), len(STATE))
        self._slots: list[NDArray[np.int32]] = []
        self._room: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []

    def count_people(self, model: TalentMarket) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.float64]]:
        """The cells that hold anybody, in order of their codes.

        Codes (7, cell) of city, education, field, cohort year, home class, hukou and state; agents (cell,); and means
        (3, cell) of pay (CNY/month), rent burden and being qualified, NaN where there is nobody to take them over.
        """
        people, tax = model.columns.people, model.rules.tax
        ranges = split_rows(len(model.columns), model.threads)
        self._make_room(ranges)

        def tally(part: int) -> int:
            found: int = tally_people(
                *ranges[part], people, self._region, self._first_cohort_q, tax, self._slots[part], *self._room[part]
            )
            return found

        found = call_parallel(tally, range(len(ranges)))
        cells, sums = (np.concatenate([room[k][:n] for room, n in zip(self._room, found, strict=False)])
                       for k in range(2))  # fmt: skip
        codes = np.empty((len(self._shape), len(cells)), np.int8)
        persons, means = np.empty(len(cells), np.int64), np.empty((3, len(cells)))
        rows = write_cells(np.argsort(cells), cells, sums, codes, persons, means)
        return codes[:, :rows], persons[:rows], means[:, :rows]

    def _make_room(self, ranges: Sequence[tuple[int, int]]) -> None:
        for part, (start, stop) in enumerate(ranges):
            if part == len(self._slots):
                self._slots.append(np.zeros(self._shape, np.int32))
                self._room.append((np.empty(0, np.int64), np.empty((0, N_PEOPLE), np.int64)))
            if len(self._room[part][0]) < stop - start:
                rows = min(self._slots[part].size, (stop - start) + (stop - start) // 4)
                self._room[part] = np.empty(rows, np.int64), np.empty((rows, N_PEOPLE), np.int64)


def rank_amounts(
    people: Any,
    amounts: tuple[NDArray[np.float32], ...],
    n_places: int,
    quantiles: NDArray[np.float64],
    threads: int,
) -> NDArray[np.float64]:
    """(group, variable, quantile) exact quantiles of `amounts` among people in employment; NaN for an empty group.

    Groups are all, each level of education, each place. Amounts must not be negative. Between two persons the quantile
    is interpolated as numpy does it (linear).
    """

    def rank(values: NDArray[np.float32]) -> NDArray[np.float64]:
        keys = np.empty(len(values), np.uint64)
        sizes = np.zeros(1 + len(EDUCATION) + n_places, np.int64)
        keys = keys[: list_amounts(people, values.view(np.uint32), keys, sizes)]
        keys.sort()
        ends = np.cumsum(sizes)
        bits = np.empty(3 * len(keys), np.uint32)
        split_amounts(keys, ends - sizes, bits)
        return _interpolate(bits.view(np.float32), ends - sizes, sizes, quantiles)

    return np.stack(call_parallel(rank, amounts, threads=threads), axis=1)


def _interpolate(
    values: NDArray[np.float32], starts: NDArray[np.int64], sizes: NDArray[np.int64], quantiles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(group, quantile) of `values`, which are sorted from `starts` on for `sizes` values; NaN where there are none."""
    ranks = (sizes[:, None] - 1) * quantiles
    lower = np.maximum(0, np.floor(ranks).astype(np.int64))
    upper = np.minimum(lower + 1, np.maximum(0, sizes - 1)[:, None])
    found = np.full(ranks.shape, np.nan)
    some = np.flatnonzero(sizes)
    low = values[starts[some, None] + lower[some]].astype(np.float64)
    high = values[starts[some, None] + upper[some]].astype(np.float64)
    part = ranks[some] - lower[some]
    # from the nearer end, like numpy.quantile, so that the last digit is the same
    found[some] = np.where(part >= 0.5, high - (high - low) * (1.0 - part), low + (high - low) * part)
    return found


def call_parallel(
    call: Callable[[Any], _Result], arguments: Sequence[Any], threads: int | None = None
) -> list[_Result]:
    """Results of `call` on each argument, in order, on as many threads as there are arguments or `threads` at most."""
    workers = min(len(arguments), threads or len(arguments))
    if workers == 1:
        return [call(argument) for argument in arguments]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(call, arguments))
