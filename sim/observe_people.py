"""Sums and quantiles over persons for the tables of one quarter, from cells that hold anybody and sorted amounts.

Both depend neither on the order of rows nor on the number of threads: sums are of whole numbers, and a quantile is
exact. Left out: quantiles of anything but amounts that are not negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tallies import (
    ANNIVERSARIES,
    N_PEOPLE,
    PULSE_EMPLOYED,
    PULSE_RESIDENTS,
    list_amounts,
    split_amounts,
    tally_anniversaries,
    tally_people,
    write_cells,
)
from sim.phases.ranges import add_ranges, call_each, split_rows
from sim.population import cohort_quarter
from sim.types import EDUCATION, EMPLOYED, FIELD, HOME, HUKOU, REGION, STATE, STUDYING
from sim.world.spec import FIRST_COHORT_YEAR, LAST_COHORT_YEAR

if TYPE_CHECKING:
    from sim.model import TalentMarket

N_COHORTS: Final = LAST_COHORT_YEAR - FIRST_COHORT_YEAR + 1


def code_regions(region: Sequence[str]) -> NDArray[np.int8]:
    """(place,) codes of the regions of places."""
    return np.array([REGION.index(name) for name in region], np.int8)


def count_present(model: TalentMarket) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(place,) people who live there and people who work there now, in agents.

    Who goes on studying is left out: they come back as graduates of the next level.
    """
    people, n_places = model.columns.people, model.world.n_places
    residents = np.bincount(people.city[people.state != STUDYING], minlength=n_places)
    return residents, np.bincount(people.city[people.state == EMPLOYED], minlength=n_places)


class Stocks:
    """Stocks of all ages by place: those published at the start, as the model's people and retirement change them.

        stock(t) = stock at the start + change of the model's people - retired(t)
        retired(t) = max(0, stock at the start - the model's people then) x (1 - (1 - retirement_rate)^years)

    The older part of a stock has no persons in the model, and nobody of it moves. Its jobs that fall vacant are part of
    the new jobs of the world file. Made when the first quarter reported begins.
    """

    def __init__(self, model: TalentMarket) -> None:
        self._model = model
        self._start = np.array([model.world.talent_start, model.world.employed_start])
        self._people = np.array(count_present(model))
        self._older = np.maximum(0.0, self._start - self._people * model.scale)

    def count(self, pulse: NDArray[np.int64]) -> NDArray[np.float64]:
        """(2, place) talent and people in work at the end of the quarter, persons.

        `pulse` (place, education, counters) as taken by the kernel.
        """
        model = self._model
        people = pulse[..., [PULSE_RESIDENTS, PULSE_EMPLOYED]].sum(axis=1).T
        years = (model.quarter_number + 1 - model.first_quarter_number) / 4.0
        retired = np.rint(self._older * (1.0 - (1.0 - model.params.cohorts.retirement_rate) ** years))
        stock: NDArray[np.float64] = self._start + (people - self._people) * model.scale - retired
        return stock


class CohortCounts:
    """What became of the graduates of each cohort, by (cohort year, study city, education, field, home class).

    `graduated` (..., 3) are graduates, further study and preparing; `employed` and `stayed` (..., anniversaries) those
    in work anywhere and in the study city. All in agents.
    """

    def __init__(self, region: Sequence[str]) -> None:
        shape = (N_COHORTS, len(region), len(EDUCATION), len(FIELD), len(HOME))
        self._region = code_regions(region)
        self._first_q = cohort_quarter(FIRST_COHORT_YEAR)
        self._ages = np.array(ANNIVERSARIES, np.int64)
        self.graduated = np.zeros((*shape, 3), np.int64)
        self.employed = np.zeros((*shape, len(ANNIVERSARIES)), np.int64)
        self.stayed = np.zeros((*shape, len(ANNIVERSARIES)), np.int64)

    def look(self, model: TalentMarket) -> None:
        """Count the cohorts that have an anniversary in this quarter."""
        quarter, people = model.quarter_number, model.columns.people
        if not np.any((quarter - self._first_q - np.append(self._ages, 0)) % 4 == 0):
            return  # cohorts graduate once a year: no cohort has one
        counters = self.graduated, self.employed, self.stayed
        add_ranges(
            len(model.columns), model.threads, counters,
            lambda start, stop, *own: tally_anniversaries(
                start, stop, people, self._region, self._first_q, quarter, self._ages, *own
            ),
        )  # fmt: skip


class PeopleCounts:
    """Counts people by cell. Keeps the memory it needs, per thread, from one quarter to the next."""

    def __init__(self, region: Sequence[str]) -> None:
        self._region = code_regions(region)
        self._first_cohort_q = cohort_quarter(FIRST_COHORT_YEAR)
        self._shape = (N_COHORTS, len(EDUCATION), len(FIELD), len(region), len(HOME), len(HUKOU), len(STATE))
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

        found = call_each([(part,) for part in range(len(ranges))], tally)
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

    ranked = (
        [rank(values) for values in amounts] if threads == 1 else call_each([(values,) for values in amounts], rank)
    )
    return np.stack(ranked, axis=1)


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
