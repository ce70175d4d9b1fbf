"""Benchmark without agents: stocks and flows with a matching function (Diamond, Mortensen and Pissarides).

By quarter, with jobs J of place c as the inputs say, E of them filled, U people of the country who search:

    V = max(0, J - E),   tightness = sum V / U,   M = A U^ETA (sum V)^(1 - ETA), at most U and at most sum V
    hires of c = V M / sum V,   E <- E (1 - s) + hires,   U <- U - M + s sum E + graduates who search

s is SEPARATION, ETA the middle of Petrongolo and Pissarides (2001). A vacancy is as likely to be filled wherever it
is, and a searcher to be hired wherever they come from; graduates enter once a year, in the second quarter, less the
share that studies on or prepares. First jobs are the hires of those who never worked. Wages are bargained (Nash) with
the same share for workers everywhere, so that pay is in proportion to productivity: the pay indices of the inputs.
Two numbers, A and the share of graduates who search, are chosen on a grid so that the figures seen are met best.
Speaks of: graduates in work, first jobs, stocks of people in work and talent, AI candidates and unfilled AI jobs,
staff by industry, and postings and pay as the inputs mix them (calibration/naive_postings.py).
Left out: who goes where, skills, quits, ages, and people who leave the labour market.
"""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.naive_gravity import FIRST_YEAR, count_jobs, measure_misfit
from calibration.naive_postings import Postings
from calibration.periods import list_quarters
from calibration.targets import Target
from sim.types import FIELD, INDUSTRY, Quarter
from sim.world.spec import FIRST_COHORT_YEAR, World

FloatArray = NDArray[np.float64]
Cell = Mapping[str, Any]

ETA: Final = 0.5
"""Elasticity of matches to searchers: 0.5 to 0.7 in Petrongolo and Pissarides (2001)."""
SEPARATION: Final = 0.05
"""Jobs that end in a quarter: assumption, as quits in sim/params.py."""
VACANT_START: Final = 0.04
"""Jobs open at the start: assumption, as in sim/params.py."""
SEARCHING_START: Final = 0.08
"""People who search at the start over jobs: assumption, twice the jobs open."""
EFFICIENCY: Final = tuple(np.geomspace(0.05, 2.0, 40).tolist())
SEARCHERS: Final = tuple(np.arange(0.50, 0.951, 0.05).tolist())
"""Values that are tried."""
N_QUARTERS: Final = 24
_FIRST: Final = Quarter.parse(f"{FIRST_YEAR}Q1").number
_AI: Final = {"ai": "ai"}


def predict_matching(world: World, known: Sequence[Target], asked: Sequence[Target]) -> dict[str, float]:
    """Value of each figure asked for that the calculation speaks about; flows only where a figure seen is of them."""
    postings = Postings(world=world)
    found = {figure.name: _POSTINGS[figure.moment](postings, **figure.args) for figure in asked if _has_mix(figure)}
    seen = [figure for figure in known if figure.moment in _STOCKS and _is_in_span(figure)]
    wanted = [figure for figure in asked if figure.moment in _STOCKS and _is_in_span(figure)]
    if not seen or not wanted:
        return found

    def measure(pair: tuple[float, float]) -> float:
        path = follow_market(world, postings, *pair)
        return measure_misfit((figure, read_path(path, figure)) for figure in seen)

    best = follow_market(world, postings, *min(itertools.product(EFFICIENCY, SEARCHERS), key=measure))
    return found | {figure.name: read_path(best, figure) for figure in wanted}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Path:
    """Stocks and flows of a run of the equations. Arrays are (quarter, ...), persons."""

    world: World
    postings: Postings
    searchers: float
    """Share of new graduates who search."""
    filled: FloatArray
    """(quarter, place) people in work at the end of the quarter."""
    filled_start: FloatArray
    """(place,)"""
    first_jobs: FloatArray
    """(quarter, place) hires of those who never worked."""
    searching: FloatArray
    """(quarter,) people who search in the quarter."""
    vacant: FloatArray
    """(quarter,) jobs open in the quarter."""
    hires: FloatArray
    """(quarter,)"""

    @property
    def p_found(self) -> FloatArray:
        """(quarter,) chance of a searcher to be hired."""
        return self.hires / np.maximum(1e-9, self.searching)


def follow_market(world: World, postings: Postings, efficiency: float, searchers: float) -> Path:
    """Run the equations from 2019Q1 over 24 quarters."""
    jobs = world.jobs_start.astype(np.float64)
    filled = start = (1.0 - VACANT_START) * jobs
    worked, new = SEARCHING_START * float(jobs.sum()), 0.0
    lists: dict[str, list[Any]] = {"filled": [], "first_jobs": [], "searching": [], "vacant": [], "hires": []}
    for number in range(N_QUARTERS):
        year, quarter = FIRST_YEAR + number // 4, number % 4
        jobs = count_jobs(world, year) + (quarter + 1) / 4.0 * world.new_jobs[:, year - FIRST_YEAR]
        ended = SEPARATION * filled
        filled, worked = filled - ended, worked + float(ended.sum())
        if quarter == 1:
            new += searchers * float(world.graduates[:, year - FIRST_COHORT_YEAR].sum())
        vacant = np.maximum(0.0, jobs - filled)
        u, v = worked + new, float(vacant.sum())
        m = min(u, v, efficiency * u**ETA * v ** (1.0 - ETA))
        hires = vacant * (m / max(v, 1e-9))
        lists["first_jobs"].append(hires * (new / max(u, 1e-9)))
        filled, worked, new = filled + hires, worked * (1.0 - m / max(u, 1e-9)), new * (1.0 - m / max(u, 1e-9))
        for name, value in (("filled", filled), ("searching", u), ("vacant", v), ("hires", m)):
            lists[name].append(value)
    arrays = {name: np.array(values) for name, values in lists.items()}
    return Path(world=world, postings=postings, searchers=searchers, filled_start=start, **arrays)


def read_path(path: Path, figure: Target) -> float:
    """The value of a figure on a path."""
    return _STOCKS[figure.moment](path, **figure.args)


def _has_mix(figure: Target) -> bool:
    """Whether the postings of the inputs speak about a figure: not by experience."""
    cells = [figure.args.get(name) or {} for name in ("cell", "within", "base")]
    keys = {key for cell in cells if isinstance(cell, Mapping) for key in cell}
    return figure.moment in _POSTINGS and "experience" not in keys


def _is_in_span(figure: Target) -> bool:
    """Whether a figure needs flows from elsewhere, which the equations do not know, or none."""
    return bool(figure.args.get("origin", "any") == "any")


def _at(period: str) -> list[int]:
    return [number - _FIRST for number in list_quarters(period) if 0 <= number - _FIRST < N_QUARTERS]


def _share_employed(path: Path, city: str, cohort: int) -> float:  # noqa: ARG001  (the same everywhere)
    """Hired in the second to fourth quarter of the year of graduation."""
    third = 4 * (cohort - FIRST_YEAR) + 1
    missed = np.prod(1.0 - path.p_found[third : third + 3])
    return path.searchers * (1.0 - float(missed))


def _count_first_jobs(path: Path, city: str, year: int, origin: str = "any") -> float:  # noqa: ARG001
    start = 4 * (year - FIRST_YEAR)
    return float(path.first_jobs[start : start + 4, path.world.places.index(city)].sum())


def _mean_first_jobs(path: Path, city: str, since: int, until: int) -> float:
    return statistics.fmean(_count_first_jobs(path, city, year) for year in range(since, until + 1))


def _fall_first_jobs(path: Path, city: str, since: int, until: int) -> float:
    before = _count_first_jobs(path, city, since)
    return 1.0 - _count_first_jobs(path, city, until) / before if before else float("nan")


def _count_working(path: Path, city: str, period: str) -> float:
    place = path.world.places.index(city)
    change = path.filled[_at(period)[-1], place] - path.filled_start[place]
    return float(path.world.employed_start[place] + change)


def _count_talent(path: Path, city: str, period: str) -> float:
    """Talent grows by the people in work."""
    place = path.world.places.index(city)
    return float(path.world.talent_start[place]) + _count_working(path, city, period) - float(
        path.world.employed_start[place]
    )  # fmt: skip


def _growth_talent(path: Path, city: str, period: str, base: str) -> float:
    return _count_talent(path, city, period) / _count_talent(path, city, base) - 1.0


def _candidates(path: Path, period: str, field: str) -> float:
    """All who still search and studied the field over AI jobs still open: none is judged unqualified."""
    at, shares = _at(period), path.world.level_share.mean(axis=0) @ path.world.field_share
    ai = path.postings.sum_cell(period, _AI) / path.postings.sum_cell(period, {})
    left, vacant = (float((stock[at] - path.hires[at]).sum()) for stock in (path.searching, path.vacant))
    return float(shares[FIELD.index(field)]) * left / max(1.0, ai * vacant)  # all jobs may be taken


def _share_unfilled(path: Path, period: str, cell: Cell) -> float:  # noqa: ARG001  (the same everywhere)
    at = _at(period)
    return 1.0 - float(path.hires[at].sum() / path.vacant[at].sum())


def _share_staff(path: Path, city: str, period: str, industries: Sequence[str]) -> float:
    """Industries among jobs, each with its trend."""
    world, years = path.world, _at(period)[-1] / 4.0
    staff = world.industry_share[world.places.index(city)] * np.exp(world.industry_growth * years)
    return float(staff[[INDUSTRY.index(name) for name in industries]].sum() / staff.sum())


_STOCKS: Final[Mapping[str, Callable[..., float]]] = {
    "share_employed": _share_employed, "count_first_jobs": _count_first_jobs, "mean_first_jobs": _mean_first_jobs,
    "fall_first_jobs": _fall_first_jobs, "count_working": _count_working, "count_talent": _count_talent,
    "growth_talent": _growth_talent, "candidates_per_vacancy": _candidates, "share_unfilled": _share_unfilled,
    "share_staff": _share_staff,
}  # fmt: skip


def _share(postings: Postings, period: str, cell: Cell, within: Cell | None = None) -> float:
    below = postings.sum_cell(period, within or {})
    return postings.sum_cell(period, {**(within or {}), **cell}) / below if below else float("nan")


def _share_ai(postings: Postings, period: str, cell: Cell, within: Cell | None = None) -> float:
    return _share(postings, period, cell, {**(within or {}), **_AI})


def _share_top(postings: Postings, period: str, industry: str, n: int) -> float:
    cities = [name for name in postings.world.places if not name.startswith("rest_")]
    return sum(sorted(_share_ai(postings, period, {"city": city}, {"industry": industry}) for city in cities)[-n:])


def _share_quarter(postings: Postings, quarter: str, of: Sequence[str]) -> float:
    return postings.sum_cell(quarter, _AI) / sum(postings.sum_cell(period, _AI) for period in of)


def _pay(postings: Postings, period: str, cell: Cell) -> float:
    return postings.sum_cell(period, cell, pay=True) / postings.sum_cell(period, cell)


def _pay_ratio(
    postings: Postings, period: str, cell: Cell, base: Cell, mix: Mapping[str, float] | None = None
) -> float:
    """Both cells at one mix of education, or each at its own."""
    levels = [({"education": level}, weight) for level, weight in mix.items()] if mix else [({}, 1.0)]
    above, below = (sum(weight * _pay(postings, period, {**one, **level}) for level, weight in levels)
                    for one in (cell, base))  # fmt: skip
    return above / below


_POSTINGS: Final[Mapping[str, Callable[..., float]]] = {
    "share_postings": _share,
    "share_ai_postings": _share_ai,
    "change_ai_postings": lambda postings, period, base, cell: _share_ai(postings, period, cell) - _share_ai(
        postings, base, cell
    ),
    "share_ai_top_cities": _share_top,
    "share_ai_quarter": _share_quarter,
    "intensity_ai": lambda postings, period, cell: _share(postings, period, _AI, cell),
    "pay_ratio": _pay_ratio,
    "median_pay_ratio": lambda postings, period, cell, base: postings.median_pay(period, cell) / postings.median_pay(
        period, base
    ),
}  # fmt: skip
"""Moments that the mix of postings speaks about."""
