"""Published figures as they come out of a run: each a function of the sums of one run (sim.moments).

A moment is named in targets.yaml, with its arguments; its docstring says what is counted over what. Values are in
persons, shares and CNY. A moment over nobody is NaN. `second_reading` computes the same from the result tables, written
independently; a test compares both.
Published head counts of a cohort close at the end of the year of graduation: two quarters after it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.periods import list_quarters
from sim.kernels.tallies import PRESENT_EMPLOYED, PRESENT_READY, PULSE_EMPLOYED
from sim.moments import Moments
from sim.scenario import Scenario
from sim.types import AI, EDUCATION, EXPERIENCE, FIELD, FIRM_SIZE, INDUSTRY
from sim.world.spec import FIRST_COHORT_YEAR

FloatArray = NDArray[np.float64]
Cell = Mapping[str, Any]
"""Which postings: words by city, industry, size, education, experience, ai; a list of words means all of them."""

_SIX_MONTHS: Final = 0
"""Index of the anniversary in the counts of cohorts."""
_AI: Final = {"ai": "ai"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reading:
    """The sums of one run with the words of its world."""

    moments: Moments
    places: Sequence[str]
    cities: Sequence[str]
    """Places that are cities, not rests of regions."""

    @classmethod
    def of(cls, moments: Moments, scenario: Scenario) -> Reading:
        """The sums of a run of `scenario`."""
        world = scenario.world
        cities = [name for name in world.places if not name.startswith("rest_")]
        return cls(
            moments=moments,
            places=world.places,
            cities=cities,
        )

    def place(self, city: str) -> int:
        """Index of a place."""
        return list(self.places).index(city)

    def quarters(self, period: str) -> list[int]:
        """Indices of the quarters of a period such as `2023H2`; those outside the run are missing."""
        numbers = [number - self.moments.start.number for number in list_quarters(period)]
        return [number for number in numbers if 0 <= number < len(self.moments.pulse)]

    @functools.cached_property
    def words(self) -> dict[str, Sequence[str]]:
        """Vocabulary of each axis of a posting."""
        return {
            "city": self.places, "industry": INDUSTRY, "size": FIRM_SIZE, "education": EDUCATION,
            "experience": EXPERIENCE, "ai": AI,
        }  # fmt: skip

    @functools.cached_property
    def _index(self) -> tuple[NDArray[np.int64], tuple[int, ...]]:
        """Cell of each line of postings in an array by quarter and the axes of `words`, and the shape of that array."""
        lines = self.moments.lines
        shape = (len(self.moments.pulse), *(len(words) for words in self.words.values()))
        rest, ai = np.divmod(lines["cell"].astype(np.int64), len(AI))
        education, experience = np.divmod(rest, len(EXPERIENCE))
        codes = (lines["quarter"], lines["place"], lines["industry"], lines["size"], education, experience, ai)
        return np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), shape), shape

    @functools.cached_property
    def _sums(self) -> dict[tuple[str, str], FloatArray]:
        """Sums by the axes of `words` that have been asked for, by value and period."""
        return {}

    def _sum_period(self, value: str, period: str) -> FloatArray:
        """Sum of a value of the lines over a period, by the axes of `words`."""
        if (value, period) not in self._sums:
            index, shape = self._index
            first, last = np.array(self.quarters(period))[[0, -1]]
            # lines stand in the order of their quarters
            start, stop = np.searchsorted(self.moments.lines["quarter"], [first, last + 1])
            cells = index[start:stop] % int(np.prod(shape[1:]))
            weights = self.moments.lines[value][start:stop].astype(np.float64)
            total = np.bincount(cells, weights=weights, minlength=int(np.prod(shape[1:])))
            self._sums[value, period] = np.asarray(total, np.float64).reshape(shape[1:])
        return self._sums[value, period]

    def sum_postings(self, value: str, period: str, cell: Cell) -> float:
        """Sum of `value` (openings, new, hires, offered_fen; in agents) over the postings of a cell in a period."""
        return float(self.list_postings(value, period, cell).sum())

    def list_postings(self, value: str, period: str, cell: Cell) -> FloatArray:
        """The same, by all axes of `words` within the cell."""
        part = self._sum_period(value, period)
        for axis, (name, words) in enumerate(self.words.items()):
            if name in cell:
                wanted = cell[name] if isinstance(cell[name], list) else [cell[name]]
                part = part.take([list(words).index(word) for word in wanted], axis=axis)
        return part


def read_moment(reading: Reading, name: str, args: Mapping[str, Any]) -> float:
    """The value of a moment in one run. Raises KeyError on an unknown name."""
    return MOMENTS[name](reading, **args)


def _divide(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _of_cohort(reading: Reading, counts: NDArray[np.int64], city: str, cohort: int) -> float:
    """Persons of a cohort who studied in a city; `counts` (cohort, study city, education, field, home)."""
    return float(counts[cohort - FIRST_COHORT_YEAR, reading.place(city)].sum()) * reading.moments.scale


def count_stayers(reading: Reading, city: str, cohort: int) -> float:
    """Graduates of a city's institutions who work there at the end of the year of graduation, persons."""
    return _of_cohort(reading, reading.moments.stayed[..., _SIX_MONTHS], city, cohort)


def _count_graduates(reading: Reading, city: str, cohort: int) -> float:
    return _of_cohort(reading, reading.moments.graduated[..., 0], city, cohort)


def _count_employed(reading: Reading, city: str, cohort: int) -> float:
    return _of_cohort(reading, reading.moments.employed[..., _SIX_MONTHS], city, cohort)


def share_stayers(reading: Reading, city: str, cohort: int) -> float:
    """The same over all graduates of the city's institutions in that year."""
    return _divide(count_stayers(reading, city, cohort), _count_graduates(reading, city, cohort))


def share_stayers_of_employed(reading: Reading, city: str, cohort: int) -> float:
    """The same over those graduates of the city's institutions who work anywhere."""
    return _divide(count_stayers(reading, city, cohort), _count_employed(reading, city, cohort))


def ratio_stayers(reading: Reading, city: str, cohort: int, base: int) -> float:
    """Share of a cohort who stay over that of the cohort of the year `base`."""
    return _divide(share_stayers(reading, city, cohort), share_stayers(reading, city, base))


def share_employed(reading: Reading, city: str, cohort: int) -> float:
    """Graduates of a city's institutions who work anywhere at the end of the year, over all of them."""
    return _divide(_count_employed(reading, city, cohort), _count_graduates(reading, city, cohort))


def share_located(reading: Reading, city: str, cohort: int) -> float:
    """Graduates who work in the city of study, go on studying or prepare for examinations, over all of them.

    Stands for who is located there whatever they do. Those who search there are missing, those who study or prepare
    elsewhere are counted.
    """
    others = reading.moments.graduated[..., 1:].sum(axis=-1)
    there = count_stayers(reading, city, cohort) + _of_cohort(reading, others, city, cohort)
    return _divide(there, _count_graduates(reading, city, cohort))


def count_first_jobs(reading: Reading, city: str, year: int, origin: str = "any") -> float:
    """First jobs taken in a city in a calendar year, persons; `origin` elsewhere: by people who move there for them."""
    city_ix, moments = reading.place(city), reading.moments
    taken = moments.flows[year - moments.start.year, :, city_ix, :, :, 1].sum(axis=(1, 2))
    total = taken.sum() - (taken[city_ix] if origin == "elsewhere" else 0)
    return float(total) * moments.scale


def mean_first_jobs(reading: Reading, city: str, since: int, until: int) -> float:
    """First jobs taken in a city, mean of some calendar years."""
    years = range(since, until + 1)
    return sum(count_first_jobs(reading, city, year) for year in years) / len(years)


def fall_first_jobs(reading: Reading, city: str, since: int, until: int) -> float:
    """Fall of first jobs taken in a city from one calendar year to another, over the former."""
    before = count_first_jobs(reading, city, since)
    return _divide(before - count_first_jobs(reading, city, until), before)


def share_ai_quarter(reading: Reading, quarter: str, of: Sequence[str]) -> float:
    """New AI postings of a quarter over those of all quarters of the periods `of`."""
    whole = sum(reading.sum_postings("new", period, _AI) for period in of)
    return _divide(reading.sum_postings("new", quarter, _AI), whole)


def share_postings(reading: Reading, period: str, cell: Cell, within: Cell) -> float:
    """New postings of a cell over the new postings `within` a wider one."""
    return _divide(reading.sum_postings("new", period, {**within, **cell}), reading.sum_postings("new", period, within))


def share_ai_postings(reading: Reading, period: str, cell: Cell, within: Cell | None = None) -> float:
    """New AI postings of a cell over the new AI postings `within` a wider one, or over all of them."""
    return share_postings(reading, period, cell, {**(within or {}), **_AI})


def change_ai_postings(reading: Reading, period: str, base: str, cell: Cell) -> float:
    """Change of that share from the period `base` to `period`."""
    return share_ai_postings(reading, period, cell) - share_ai_postings(reading, base, cell)


def share_ai_top_cities(reading: Reading, period: str, industry: str, n: int) -> float:
    """New AI postings of an industry in the `n` cities that have most of them, over all of the industry."""
    cells = [share_ai_postings(reading, period, {"city": city}, {"industry": industry}) for city in reading.cities]
    return float(np.sort(cells)[-n:].sum())


def intensity_ai(reading: Reading, period: str, cell: Cell) -> float:
    """New AI postings of a cell over all new postings of the cell."""
    return _divide(reading.sum_postings("new", period, {**cell, **_AI}), reading.sum_postings("new", period, cell))


def pay_offered(reading: Reading, period: str, cell: Cell) -> float:
    """Mean pay offered in the postings of a cell, CNY a month."""
    total = reading.sum_postings("offered_fen", period, cell)
    return _divide(total, 100.0 * reading.sum_postings("openings", period, cell))


def pay_ai_year(reading: Reading, period: str, cell: Cell) -> float:
    """Mean pay offered in the AI postings of a cell, CNY a year."""
    return 12.0 * pay_offered(reading, period, {**cell, **_AI})


def pay_ratio(reading: Reading, period: str, cell: Cell, base: Cell, mix: Mapping[str, float]) -> float:
    """Mean pay offered in the postings of a cell over that of the cell `base`, both at one mix of levels of education.

    `mix` weighs the levels; one that either cell does not offer is left out of both.
    """
    levels = [
        (weight, *(pay_offered(reading, period, {**one, "education": level}) for one in (cell, base)))
        for level, weight in mix.items()
    ]
    known = np.array([level for level in levels if not np.isnan(level).any()]).reshape(-1, 3)
    return _divide(float(known[:, 0] @ known[:, 1]), float(known[:, 0] @ known[:, 2]))


def median_pay_ratio(reading: Reading, period: str, cell: Cell, base: Cell) -> float:
    """Median pay offered in the postings of a cell over that of the cell `base`."""
    return _divide(_median_pay(reading, period, cell), _median_pay(reading, period, base))


def _median_pay(reading: Reading, period: str, cell: Cell) -> float:
    """Median over postings; those alike by all axes count with their mean pay."""
    openings = reading.list_postings("openings", period, cell).ravel()
    offered = reading.list_postings("offered_fen", period, cell).ravel()[openings > 0]
    openings = openings[openings > 0]
    if not len(openings):
        return float("nan")
    pay = offered / openings / 100.0
    order = np.argsort(pay)
    below = np.cumsum(openings[order])
    return float(pay[order][np.searchsorted(below, below[-1] / 2.0)])


def premium_ai(reading: Reading, period: str, cell: Cell) -> float:
    """Mean pay of the AI postings of a cell over that of all its postings, AI included, less 1."""
    return _divide(pay_offered(reading, period, {**cell, **_AI}), pay_offered(reading, period, cell)) - 1.0


def candidates_per_vacancy(reading: Reading, period: str, field: str) -> float:
    """People of a field who search and whose skills reach the bar of their level, over vacant AI positions.

    Both as they are at the ends of the quarters of the period.
    """
    ready = reading.moments.present[reading.quarters(period), ..., FIELD.index(field), PRESENT_READY].sum()
    vacant = reading.sum_postings("openings", period, _AI) - reading.sum_postings("hires", period, _AI)
    return _divide(float(ready), vacant)


def share_unfilled(reading: Reading, period: str, cell: Cell) -> float:
    """Open positions of a cell that are left at the end of their quarter, over those open in it."""
    return 1.0 - _divide(reading.sum_postings("hires", period, cell), reading.sum_postings("openings", period, cell))


def share_qualified(reading: Reading, year: int, education: str, field: str) -> float:
    """New graduates of a level and field whose skills reach the bar of positions of that level."""
    counts = reading.moments.newcomers[year - reading.moments.start.year]
    every, qualified = counts[:, EDUCATION.index(education), FIELD.index(field)].sum(axis=0)
    return _divide(float(qualified), float(every))


def count_talent(reading: Reading, city: str, period: str) -> float:
    """Stock of talent of a city at the end of a period, all ages, persons."""
    place, quarter = reading.place(city), reading.quarters(period)[-1]
    return float(reading.moments.talent[quarter, place])


def growth_talent(reading: Reading, city: str, period: str, base: str) -> float:
    """Growth of the stock of talent of a city between the ends of two periods."""
    return count_talent(reading, city, period) / count_talent(reading, city, base) - 1.0


def count_working(reading: Reading, city: str, period: str) -> float:
    """Persons in work in a city at the end of a period, all ages."""
    place, quarter = reading.place(city), reading.quarters(period)[-1]
    return float(reading.moments.working[quarter, place])


def change_higher_education(reading: Reading, city: str, period: str, base: str, share: float) -> float:
    """Change of the share of persons in work who have a higher education, between the ends of two periods.

    `share` of them had one at the end of `base`. Everybody simulated has one; the older retire with and without alike.
    """
    before, after = (count_working(reading, city, one) for one in (base, period))
    young_before, young_after = (_count_simulated(reading, city, one) for one in (base, period))
    educated = _divide(share * before - young_before, before - young_before)  # of the older
    return (young_after + educated * (after - young_after)) / after - share


def _count_simulated(reading: Reading, city: str, period: str) -> float:
    """People of the model in work in a city at the end of a period, persons."""
    employed = reading.moments.pulse[reading.quarters(period)[-1], reading.place(city), :, PULSE_EMPLOYED]
    return float(employed.sum() * reading.moments.scale)


def density_talent(reading: Reading, city: str, period: str) -> float:
    """Stock of talent over persons in work, at the end of a period."""
    return count_talent(reading, city, period) / count_working(reading, city, period)


def change_density(reading: Reading, city: str, period: str, base: str) -> float:
    """Change of that density between the ends of two periods."""
    return density_talent(reading, city, period) - density_talent(reading, city, base)


def share_levels(
    reading: Reading, city: str, period: str, fields: Sequence[str], levels: Sequence[str], among: Sequence[str]
) -> float:
    """Some levels `among` more, of the people who studied some fields and work in a city, at the end of a period."""
    quarter = reading.quarters(period)[-1]
    counts = reading.moments.present[quarter, reading.place(city), :, :, PRESENT_EMPLOYED]
    by_level = counts[:, [FIELD.index(name) for name in fields]].sum(axis=1)
    some, whole = (float(by_level[[EDUCATION.index(name) for name in names]].sum()) for names in (levels, among))
    return _divide(some, whole)


def share_cohorts(
    reading: Reading, city: str, year: int, fields: Sequence[str], young: Mapping[str, int], among: Mapping[str, int]
) -> float:
    """Those who graduated from the year `young` of their level on, over those from the year `among` of it on.

    Of the people who studied some fields and work in a city, at the end of a year.
    """
    moments = reading.moments
    staff = moments.cohort_staff[year - moments.start.year, reading.place(city)]
    by_level = staff[..., [FIELD.index(name) for name in fields]].sum(axis=-1)
    some, whole = (
        sum(
            float(by_level[first - FIRST_COHORT_YEAR :, EDUCATION.index(level)].sum()) for level, first in years.items()
        )
        for years in (young, among)
    )
    return _divide(some, whole)


def share_places(reading: Reading, city: Sequence[str], period: str, field: str) -> float:
    """Some places among the people of a field who work or search, at the end of a period."""
    there = reading.moments.present[reading.quarters(period)[-1], ..., FIELD.index(field), :PRESENT_READY]
    by_place = there.sum(axis=(1, 2))
    return _divide(float(by_place[[reading.place(name) for name in city]].sum()), float(by_place.sum()))


def share_staff(reading: Reading, city: str, period: str, industries: Sequence[str]) -> float:
    """Some industries among the people who work in a city, at the end of a period."""
    staff = reading.moments.headcount[reading.quarters(period)[-1], reading.place(city)]
    return _divide(float(staff[[INDUSTRY.index(name) for name in industries]].sum()), float(staff.sum()))


def score_stickiness(reading: Reading, city: str, period: str) -> float:
    """Talent stickiness score of a city at the end of a period, on the scale of the cities of the world."""
    return float(reading.moments.stickiness[reading.quarters(period)[-1], 0, reading.place(city)])


MOMENTS: Final[Mapping[str, Callable[..., float]]] = {
    function.__name__: function
    for function in (
        count_stayers, share_stayers, ratio_stayers, share_stayers_of_employed, share_employed, share_located,
        count_first_jobs, mean_first_jobs, fall_first_jobs, share_ai_quarter, share_postings, share_ai_postings,
        change_ai_postings, share_ai_top_cities, intensity_ai, pay_ai_year, pay_ratio, median_pay_ratio, premium_ai,
        candidates_per_vacancy, share_unfilled, share_qualified, count_talent, growth_talent, count_working,
        change_higher_education, density_talent, change_density, share_levels, share_cohorts, share_places, share_staff,
        score_stickiness,
    )
}  # fmt: skip
"""All moments by name."""
