"""Benchmark without agents: where graduates take their first job, by a multinomial logit with gravity.

A graduate of study city s with home h takes a first job in city c with the probability

    P(c | s, h) = exp(U) / sum over all cities,
    U = WAGE ln(pay of c) + ln(vacancies of c) - DISTANCE ln(1 + km from s to c / 100) + tie ([c = s] + [c = h]).

Vacancies are new jobs of the year and REPLACED of the jobs that are there; the logarithm with weight 1 makes a city
of twice the vacancies twice as likely (gravity; McFadden 1974, Anderson 2011). Homes follow the shares of local
students, and for the others the numbers that places send away, falling with distance (HOME_DECAY). A share `employed`
of a year's graduates take a job in the year, all others count as located in the city of study.
Two numbers, `tie` and `employed`, are chosen on a grid so that the figures seen are met best (mean of ln(1 +
error in tolerances), much as in a fit); none of the others is fitted. Pay, vacancies, graduates and homes are inputs.
Speaks of: stayers and their shares, graduates in work, first jobs taken in a city, their mean and fall.
Left out: rents, hukou, queues for jobs, cohorts before the year, levels and fields.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.targets import Target
from sim.places import distance_1000km
from sim.population import home_shares
from sim.world.spec import FIRST_COHORT_YEAR, World

FloatArray = NDArray[np.float64]

WAGE: Final = 1.0
"""Weight of log pay: assumption, the elasticity of one of gravity models of migration; 0.5 to 3 are found."""
DISTANCE: Final = 1.0
"""Weight of log distance: assumption, Zipf's inverse law."""
HOME_DECAY: Final = 0.55
"""Fall of the students that a place sends away, 1/1000 km: assumption, the middle of the range in space.yaml."""
REPLACED: Final = 0.15
"""Jobs that fall vacant in a year: assumption, yearly quits as in sim/params.py."""
TIES: Final = tuple(np.arange(0.0, 8.01, 0.1).tolist())
EMPLOYED: Final = tuple(np.arange(0.40, 0.981, 0.02).tolist())
"""Values that are tried."""
FIRST_YEAR: Final = 2019


def predict_gravity(world: World, known: Sequence[Target], asked: Sequence[Target]) -> dict[str, float]:
    """Value of each figure asked for that the calculation speaks about; nothing where no figure seen is of its kind."""
    seen = [figure for figure in known if figure.moment in SPEAKS]
    wanted = [figure for figure in asked if figure.moment in SPEAKS]
    if not seen or not wanted:
        return {}
    choices = {tie: Choice(world=world, tie=tie) for tie in TIES}

    def measure(pair: tuple[float, float]) -> float:
        flows = Flows(choice=choices[pair[0]], employed=pair[1])
        return measure_misfit((figure, read_flows(flows, figure)) for figure in seen)

    tie, employed = min(itertools.product(TIES, EMPLOYED), key=measure)
    best = Flows(choice=choices[tie], employed=employed)
    return {figure.name: read_flows(best, figure) for figure in wanted}


def measure_misfit(pairs: Iterable[tuple[Target, float]]) -> float:
    """Mean of ln(1 + error in tolerances) of figures and their values; infinite where a value is missing."""
    errors = [math.log1p(abs(figure.error(value))) for figure, value in pairs]
    return math.inf if any(map(math.isnan, errors)) else statistics.fmean(errors)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """Where graduates go, given one tie to study city and home."""

    world: World
    tie: float

    @functools.cached_property
    def _by_year(self) -> dict[int, FloatArray]:
        return {}

    def share(self, year: int) -> FloatArray:
        """(study city, destination) probabilities of a year; rows add to 1."""
        if year not in self._by_year:
            self._by_year[year] = find_destinations(self.world, year, self.tie)
        return self._by_year[year]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Flows:
    """First jobs of graduates."""

    choice: Choice
    employed: float
    """Share of a year's graduates who take a job in it."""

    def graduates(self, year: int) -> FloatArray:
        """(study city,) graduates of a year, persons."""
        return self.choice.world.graduates[:, year - FIRST_COHORT_YEAR]

    def stay(self, city: str, year: int) -> float:
        """Share of those who take a job who take it in their study city."""
        place = self.choice.world.places.index(city)
        return float(self.choice.share(year)[place, place])

    def arrivals(self, city: str, year: int, origin: str = "any") -> float:
        """First jobs taken in a city, persons; `origin` elsewhere leaves out its own graduates."""
        place = self.choice.world.places.index(city)
        taken = self.employed * self.graduates(year) * self.choice.share(year)[:, place]
        return float(taken.sum() - (taken[place] if origin == "elsewhere" else 0.0))


def read_flows(flows: Flows, figure: Target) -> float:
    """The value of a figure under the flows."""
    return SPEAKS[figure.moment](flows, **figure.args)


def find_destinations(world: World, year: int, tie: float) -> FloatArray:
    """(study city, destination) probabilities, over homes. See the module."""
    distance = measure_km(world)
    pull = WAGE * np.log(mean_pay(world)) + np.log(np.maximum(1.0, count_vacancies(world, year)))
    own = np.eye(world.n_places)
    # (study city, home, destination)
    utility = (pull - DISTANCE * np.log1p(distance / 100.0) + tie * own)[:, None, :] + tie * own[None, :, :]
    weight = np.exp(utility - utility.max(axis=2, keepdims=True))
    probability = weight / weight.sum(axis=2, keepdims=True)
    return np.asarray(np.einsum("sh,shc->sc", find_homes(world, distance), probability), np.float64)


def find_homes(world: World, distance_km: FloatArray) -> FloatArray:
    """(study city, home) shares of students; rows add to 1."""
    shares = home_shares(world, HOME_DECAY, distance_km / 1000.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def mean_pay(world: World) -> FloatArray:
    """(place,) pay offered to graduates of the country, CNY a month; only ratios between places matter."""
    level = world.level_share.mean(axis=0) @ world.wage_education_cny_m[:, 0]
    return np.asarray(level * world.wage_place[:, 0], np.float64)


def count_jobs(world: World, year: int) -> FloatArray:
    """(place,) jobs for graduates at the start of a year, persons."""
    return np.asarray(world.jobs_start + world.new_jobs[:, : max(0, year - FIRST_YEAR)].sum(axis=1), np.float64)


def count_vacancies(world: World, year: int) -> FloatArray:
    """(place,) jobs that open in a year, persons."""
    opened = np.maximum(0.0, world.new_jobs[:, year - FIRST_YEAR])
    return np.asarray(opened + REPLACED * count_jobs(world, year), np.float64)


def measure_km(world: World) -> FloatArray:
    """(place, place) great-circle distances."""
    return 1000.0 * distance_1000km(world.longitude, world.latitude)


def _count_stayers(flows: Flows, city: str, cohort: int) -> float:
    graduates = float(flows.graduates(cohort)[flows.choice.world.places.index(city)])
    return flows.employed * flows.stay(city, cohort) * graduates


def _share_located(flows: Flows, city: str, cohort: int) -> float:
    return flows.employed * flows.stay(city, cohort) + 1.0 - flows.employed


def _mean_first_jobs(flows: Flows, city: str, since: int, until: int) -> float:
    return statistics.fmean(flows.arrivals(city, year) for year in range(since, until + 1))


def _fall_first_jobs(flows: Flows, city: str, since: int, until: int) -> float:
    return 1.0 - flows.arrivals(city, until) / flows.arrivals(city, since)


SPEAKS: Final[Mapping[str, Callable[..., float]]] = {
    "count_stayers": _count_stayers,
    "share_stayers": lambda flows, city, cohort: flows.employed * flows.stay(city, cohort),
    "ratio_stayers": lambda flows, city, cohort, base: flows.stay(city, cohort) / flows.stay(city, base),
    "share_stayers_of_employed": lambda flows, city, cohort: flows.stay(city, cohort),
    "share_employed": lambda flows, city, cohort: flows.employed,  # noqa: ARG005  (the same everywhere)
    "share_located": _share_located,
    "count_first_jobs": lambda flows, city, year, origin="any": flows.arrivals(city, year, origin),
    "mean_first_jobs": _mean_first_jobs,
    "fall_first_jobs": _fall_first_jobs,
}
"""Moments that the calculation speaks about."""
