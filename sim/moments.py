"""The sums of a run that a calibration compares with published figures, without its tables.

Kept are whole-number sums by quarter, year, place and cohort; nothing is written, no data frame is made. A count is of
agents: times `scale` it is persons. The tables of the same run give the same sums (tests/unit/test_moments.py).
Left out: what the tables hold by person's home and hukou in each quarter, of firms and institutions more than the staff
of industries and how many graduates are qualified, quantiles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tallies import N_PRESENT, N_PULSE, PULSE_BURDEN, PULSE_RENTERS, tally_present
from sim.observe_lines import count_new_postings, sum_offers_fen
from sim.observe_people import N_COHORTS, CohortCounts, Stocks
from sim.phases.ranges import add_ranges
from sim.policies.base import GRADUATION_QUARTER
from sim.population import cohort_quarter
from sim.stickiness import score_cities
from sim.types import EDUCATION, EMPLOYED, FIELD, INDUSTRY, Quarter
from sim.world.indicators import DIMENSIONS
from sim.world.spec import FIRST_COHORT_YEAR

if TYPE_CHECKING:
    from sim.model import TalentMarket

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


LINE_SUMS: Final = np.dtype(
    [
        ("quarter", np.int16),  # 0 is the first of the run
        ("place", np.int8),
        ("industry", np.int8),
        ("size", np.int8),  # of the firm
        ("cell", np.int8),  # education x experience x ai
        ("openings", np.int32),
        ("new", np.int32),  # of them not carried over from the quarter before
        ("hires", np.int32),
        ("offered_fen", np.int64),  # sum of the pay offered, a month
        ("hired_fen", np.int64),  # sum of the pay at hiring, a month
    ]
)
"""One line of open positions of a quarter and who was hired on it."""

_LAST_QUARTER: Final = 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class Moments:
    """Sums of one run. Counts are agents; money is in hundredths of CNY where the name says fen."""

    start: Quarter
    """First quarter of the arrays by quarter; their last is that of the run."""
    scale: int
    """Persons that one agent stands for."""
    pulse: IntArray
    """(quarter, place, education, N_PULSE) the counters of sim.kernels.tallies.take_pulse."""
    talent: FloatArray
    """(quarter, place) stock of talent of all ages, persons."""
    working: FloatArray
    """(quarter, place) people in work of all ages, persons."""
    graduated: IntArray
    """(cohort year, study city, education, field, home class, 3) graduates, further study, preparing."""
    employed: IntArray
    """(cohort year, study city, education, field, home class, ANNIVERSARIES) in work anywhere; cohorts
    of before the run are counted at the anniversaries that fall in it."""
    stayed: IntArray
    """(cohort year, study city, education, field, home class, ANNIVERSARIES) in work in the study city."""
    lines: NDArray[np.void]
    """(line,) records of LINE_SUMS, the open positions of all quarters one below the other."""
    present: IntArray
    """(quarter, place, education, field, N_PRESENT) people by what they do."""
    cohort_staff: IntArray
    """(calendar year, place, cohort year, education, field) people in work when the year ends, from
    FIRST_COHORT_YEAR on."""
    newcomers: IntArray
    """(calendar year, study city, education, field, 2) new graduates, and those of them who are qualified."""
    headcount: IntArray
    """(quarter, place, industry) people in work, by the industry of their firm."""
    flows: IntArray
    """(calendar year, from, to, education, reason, new graduate) moves and first jobs."""
    rent_cny_m: FloatArray
    """(quarter, place) rent over the tenures in use."""
    rent_index: FloatArray
    """(quarter, place) market rent relative to the start."""
    stickiness: FloatArray
    """(quarter, 1 + dimension, place) the index and its dimensions."""
    hukou_granted: IntArray
    """(quarter, place) persons."""
    spent_fen: IntArray
    """(quarter, place) money spent under policies, national money where it was received."""

    def sum_postings(self, names: Sequence[str], sizes: Sequence[int], value: str) -> IntArray:
        """Sum of `value`, a field of LINE_SUMS, by the fields `names`, whose codes stay below `sizes`."""
        cell = np.ravel_multi_index([self.lines[name].astype(np.int64) for name in names], sizes)
        total = np.zeros(int(np.prod(sizes)), np.int64)
        np.add.at(total, cell, self.lines[value])
        return total.reshape(sizes)

    @property
    def rent_burden(self) -> FloatArray:
        """(quarter, place) mean rent over take-home pay and transfers of employed renters, NaN without any."""
        burden, renters = (self.pulse[..., column].sum(axis=2) for column in (PULSE_BURDEN, PULSE_RENTERS))
        ratio: FloatArray = np.where(renters > 0, burden / (1_000_000 * np.maximum(1, renters)), np.nan)
        return ratio


class MomentObserver:
    """Collects the sums of one run, in place of the tables."""

    def __init__(self, model: TalentMarket) -> None:
        self._model = model
        world, scenario, n = model.world, model.scenario, model.n_quarters
        years = scenario.end.year - scenario.start.year + 1
        self._cohorts = CohortCounts(world.region)
        self._stocks = Stocks(model)
        self._talent, self._working = (np.zeros((n, world.n_places)) for _ in range(2))
        self._pulse = np.zeros((n, world.n_places, len(EDUCATION), N_PULSE), np.int64)
        self._lines: list[NDArray[np.void]] = []
        self._flows = np.zeros((years, *model.flows.shape), np.int64)
        cells = (world.n_places, len(EDUCATION), len(FIELD))
        self._present = np.zeros((n, *cells, N_PRESENT), np.int64)
        self._cohort_staff = np.zeros((years, world.n_places, N_COHORTS, *cells[1:]), np.int64)
        self._newcomers = np.zeros((years, *cells, 2), np.int64)
        self._headcount = np.zeros((n, world.n_places, len(INDUSTRY)), np.int64)
        self._rent, self._index = (np.zeros((n, world.n_places)) for _ in range(2))
        self._stickiness = np.zeros((n, 1 + len(DIMENSIONS), world.n_places))
        self._granted, self._spent = (np.zeros((n, world.n_places), np.int64) for _ in range(2))

    def record(self, pulse: IntArray) -> None:
        """Add the sums of the quarter; `pulse` (place, education, counters) as taken by the kernel."""
        model = self._model
        quarter = model.quarter_number - model.first_quarter_number
        year = model.quarter.year - model.scenario.start.year
        self._cohorts.look(model)
        self._pulse[quarter] = pulse
        self._lines.append(_sum_lines(model, quarter))
        self._flows[year] += model.flows
        add_ranges(
            len(model.columns), model.threads, (self._present[quarter],),
            lambda start, stop, counts: tally_present(start, stop, model.columns.people, counts),
        )  # fmt: skip
        if model.quarter.of_year == GRADUATION_QUARTER:
            self._newcomers[year] += _count_newcomers(model)
        if model.quarter.of_year == _LAST_QUARTER:
            self._cohort_staff[year] = _count_cohort_staff(model)
        self._headcount[quarter] = _sum_staff(model)
        self._rent[quarter] = [city.rent_mean_cny_m for city in model.cities]
        self._index[quarter] = [city.rent_index for city in model.cities]
        self._talent[quarter], self._working[quarter] = self._stocks.count(pulse)
        self._stickiness[quarter] = score_cities(model, pulse, self._talent[quarter])
        self._granted[quarter] = model.hukou_granted
        self._spent[quarter] = model.ledger.fen.sum(axis=0)

    def moments(self) -> Moments:
        """The sums of the quarters simulated so far; later quarters hold zeros."""
        model = self._model
        return Moments(
            start=model.scenario.start,
            scale=model.scale,
            pulse=self._pulse,
            talent=self._talent,
            working=self._working,
            graduated=self._cohorts.graduated,
            employed=self._cohorts.employed,
            stayed=self._cohorts.stayed,
            lines=np.concatenate([np.zeros(0, LINE_SUMS), *self._lines]),
            present=self._present,
            cohort_staff=self._cohort_staff,
            newcomers=self._newcomers,
            headcount=self._headcount,
            flows=self._flows,
            rent_cny_m=self._rent,
            rent_index=self._index,
            stickiness=self._stickiness,
            hukou_granted=self._granted,
            spent_fen=self._spent,
        )


def _sum_lines(model: TalentMarket, quarter: int) -> NDArray[np.void]:
    """The lines of open positions of this quarter, the `quarter`-th of the run."""
    lines = model.positions.lines
    table = np.empty(len(lines), LINE_SUMS)
    table["quarter"] = quarter
    for name in ("place", "industry", "size", "cell"):
        table[name] = lines[name]
    table["openings"], table["hires"] = lines["capacity"], model.line_hires
    table["new"], table["offered_fen"] = count_new_postings(model), sum_offers_fen(model)
    table["hired_fen"] = model.line_hired_fen
    return table


def _count_cohort_staff(model: TalentMarket) -> IntArray:
    """(place, cohort year, education, field) people in work now."""
    people, shape = model.columns.people, (model.world.n_places, N_COHORTS, len(EDUCATION), len(FIELD))
    at_work = people.state == EMPLOYED
    cohort = (people.cohort_q[at_work].astype(np.int64) - cohort_quarter(FIRST_COHORT_YEAR)) // 4
    codes = (people.city[at_work], cohort, people.education[at_work], people.field[at_work])
    cell = np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), shape)
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)


def _count_newcomers(model: TalentMarket) -> IntArray:
    """(study city, education, field, 2) graduates of this quarter, and those of them who are qualified."""
    people = model.columns.people
    new = people.cohort_q == model.quarter_number
    counts = _count_cells(model, people.study, people.qualified != 0, new, 2)
    counts[..., 0] += counts[..., 1]
    return counts


def _count_cells(
    model: TalentMarket, place: NDArray[np.int8], kind: NDArray[Any], group: NDArray[np.bool_], n_kinds: int
) -> IntArray:
    """(place, education, field, kind) people of a group."""
    people, shape = model.columns.people, (model.world.n_places, len(EDUCATION), len(FIELD), n_kinds)
    cell = (place[group].astype(np.int64) * shape[1] + people.education[group]) * shape[2] + people.field[group]
    return np.bincount(cell * n_kinds + kind[group], minlength=int(np.prod(shape))).reshape(shape)


def _sum_staff(model: TalentMarket) -> IntArray:
    """(place, industry) people in work now."""
    firms, shape = model.firms, (model.world.n_places, len(INDUSTRY))
    staff = np.zeros(shape, np.int64)
    np.add.at(staff, (firms.place, firms.industry), firms.headcount)
    return staff
