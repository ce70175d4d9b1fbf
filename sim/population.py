"""Who there is: the initial stock of graduates, and each year's cohort.

Counts per cell (place of study, level, field) are the published or assumed numbers divided by the scale, rounded at
random without bias. A person's id packs cohort, cell and rank in the cell, so that one more graduate in a cell leaves
every other id as it was. The initial stock (cohorts from 2011 on) is spread over places by a logit in which living
where one studied or comes from counts, with constants solved so that residents are in proportion to jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.commuting import bring_hukou, spread_initial_homes
from sim.kernels.hukou import split_residents
from sim.kernels.separation import LEAST_RELATIVE_PAY
from sim.kernels.skills import form_skills, set_institutions
from sim.policies.base import GRADUATION_QUARTER
from sim.rng import (
    HOME_PLACE,
    HUKOU_DIRECT,
    INITIAL_HUKOU,
    INITIAL_JOB,
    INITIAL_PLACE,
    INSTITUTION_TYPE,
    MATCH_QUALITY,
    OWN_HOME,
    PERSON_TRAITS,
    ROUND_COHORT,
    make_key,
    normals,
    round_randomly,
    uniforms,
)
from sim.types import (
    CALENDAR_START_YEAR,
    EDUCATION,
    EMPLOYED,
    EXPERIENCE,
    FAMILY,
    FIELD,
    NEVER_EMPLOYED,
    SEARCHING,
)
from sim.world.spec import FIRST_COHORT_YEAR, LAST_COHORT_YEAR

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.params import InstitutionParams
    from sim.world.spec import World

RANK_BITS: Final = np.uint64(28)


def cohort_quarter(year: int) -> int:
    """Quarter number in which the cohort of `year` graduates."""
    return (year - CALENDAR_START_YEAR) * 4 + GRADUATION_QUARTER - 1


def course_years(rule: InstitutionParams) -> tuple[int, int, int, int]:
    """Years of study by level of education."""
    return rule.course_years_below, rule.course_years_bachelor, rule.course_years_master, rule.course_years_phd


def seats_of_world(model: TalentMarket, year: int) -> NDArray[np.float64]:
    """(place, education, field) seats that the world file gives for the students who enrol in `year`, in persons.

    They are as many as the graduates at the end of the course, or of the last year that is known.
    """
    lengths = course_years(model.params.institutions)
    ends = [cohort_cells(model, min(year + length, LAST_COHORT_YEAR)) for length in lengths]
    return np.stack([cells[:, level] for level, cells in enumerate(ends)], axis=1) * model.scale


def cohort_cells(model: TalentMarket, year: int) -> NDArray[np.float64]:
    """(place, education, field) expected graduates of `year` in agents, before the levers of enrolment."""
    world = model.world
    total = world.graduates[:, year - FIRST_COHORT_YEAR, None, None]
    return total * world.level_share[:, :, None] * world.field_share[None] / model.scale


def add_cohort(model: TalentMarket, year: int, cells: NDArray[np.float64]) -> slice:
    """Append the graduates of `year` to the columns with traits, home and skills; returns their rows."""
    seed = model.seed
    counts = round_randomly(make_key(seed, ROUND_COHORT, year), cells).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    rank = np.arange(cell.size) - np.repeat(np.cumsum(counts) - counts, counts)
    rows = model.columns.append(cell.size)
    people = model.columns.people
    n_fields, n_levels = len(FIELD), len(EDUCATION)
    cohort = np.uint64((year - CALENDAR_START_YEAR) << 12)
    people.uid[rows] = ((cohort + cell.astype(np.uint64)) << RANK_BITS) + rank.astype(np.uint64)
    people.cohort_q[rows] = cohort_quarter(year)
    people.field[rows] = cell % n_fields
    people.education[rows] = (cell // n_fields) % n_levels
    people.study[rows] = cell // (n_fields * n_levels)
    people.home[rows] = _draw_homes(model, rows)
    people.hukou[rows] = people.home[rows]
    people.city[rows] = people.study[rows]
    bring_hukou(model, rows)
    people.arrived_q[rows] = people.resident_q[rows] = cohort_quarter(year)
    cumulative = np.cumsum(model.world.institution_share, axis=1)
    set_institutions(people, rows.start, rows.stop, cumulative, make_key(seed, INSTITUTION_TYPE))
    schooling = model.schooling
    form_skills(
        rows.start, rows.stop, people, model.world.institution_quality, schooling.gap, schooling.practice,
        schooling.cooperation, schooling.teachers, model.rules.skills, make_key(seed, PERSON_TRAITS),
    )  # fmt: skip
    return rows


def _draw_homes(model: TalentMarket, rows: slice) -> NDArray[np.int8]:
    """Home of each new student."""
    people = model.columns.people
    cumulative = np.cumsum(home_shares(model.world, model.params.cohorts.home_decay, model.places.distance), axis=1)
    study = people.study[rows]
    u = uniforms(make_key(model.seed, HOME_PLACE), people.uid[rows]) * cumulative[study, -1]
    return draw_rows(cumulative, study, u).astype(np.int8)


def home_shares(world: World, decay: float, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """(place of study, home) shares of students: the place of study, or another by weight and distance.

    `distance` (place, place) is in 1000 km, `decay` per 1000 km. A row without any other place adds up to less than 1.
    """
    weight = world.home_weight[None, :] * np.exp(-decay * distance)
    np.fill_diagonal(weight, 0.0)
    share = np.asarray(world.home_local_share)[:, None]
    probability: NDArray[np.float64] = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12) * (1.0 - share)
    probability += np.diag(np.asarray(world.home_local_share))
    return probability


def draw_rows(cumulative: NDArray[np.float64], row: NDArray[np.int8], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """Inverse distribution function, row by row: first column of `cumulative[row]` above `u`."""
    drawn = np.zeros(len(u), np.int64)
    for code in np.unique(row):
        chosen = row == code
        drawn[chosen] = np.searchsorted(cumulative[code], u[chosen], side="right")
    columns: NDArray[np.int64] = np.minimum(drawn, cumulative.shape[1] - 1)
    return columns


def place_initial_stock(model: TalentMarket) -> None:
    """Cohorts from 2011 on: where they live, their experience, jobs, hukou and homes when the spin-up begins."""
    for year in range(FIRST_COHORT_YEAR, model.quarter.year + 1):
        if cohort_quarter(year) < model.quarter_number:
            add_cohort(model, year, cohort_cells(model, year))
    people, start = model.columns.people, model.quarter_number
    people.city[:] = _draw_initial_places(model)
    people.experience_q[:] = np.maximum(0, start - people.cohort_q - 1)
    _give_initial_jobs(model)
    spread_initial_homes(model)
    _give_initial_hukou(model)
    years = np.maximum(0, (start - people.cohort_q) // 4 - model.params.housing.own_home_years)
    share = 1.0 - (1.0 - model.params.housing.own_home_hazard) ** (4 * years)
    owns = uniforms(make_key(model.seed, OWN_HOME), people.uid) < share
    people.housing[owns & (people.state == EMPLOYED)] = FAMILY


def _draw_initial_places(model: TalentMarket) -> NDArray[np.int64]:
    world, people, n = model.world, model.columns.people, model.world.n_places
    if len(people.uid) == 0:  # a world whose first graduates are still to come
        return np.zeros(0, np.int64)
    group = people.study.astype(np.int64) * n + people.home
    sizes = np.bincount(group, minlength=n * n).astype(float)
    eye = (world.area_of[:, None] == world.area_of[None, :]).astype(float)
    rule = model.params.cohorts
    utility = rule.initial_here * np.repeat(eye, n, axis=0) + rule.initial_home * np.tile(eye, (n, 1))
    target = world.jobs_start / world.jobs_start.sum() * sizes.sum()
    constant = np.log(target)
    for _ in range(60):
        probability = np.exp(utility + constant)
        probability /= probability.sum(axis=1, keepdims=True)
        constant += np.log(target / np.maximum(sizes @ probability, 1e-9))
    u = uniforms(make_key(model.seed, INITIAL_PLACE), people.uid)
    cumulative = np.cumsum(probability, axis=1)
    drawn = np.zeros(len(u), np.int64)
    for code in np.flatnonzero(sizes):
        chosen = group == code
        drawn[chosen] = np.searchsorted(cumulative[code], u[chosen], side="right")
    return np.minimum(drawn, n - 1)


def _give_initial_jobs(model: TalentMarket) -> None:
    """Employ as many residents of each place as it has jobs, in firms in proportion to their jobs."""
    people, firms, seed = model.columns.people, model.firms, model.seed
    n_places = model.world.n_places
    residents = np.bincount(people.city, minlength=n_places)
    wanted = model.demand.market_jobs(model.quarter_number, model.levers)
    jobs = np.bincount(firms.place, weights=wanted, minlength=n_places)
    filled = 1.0 - model.params.firms.vacancy_start
    jobless = 1.0 - np.minimum(0.97, filled * jobs / np.maximum(1, residents))
    newness = np.exp(-model.params.cohorts.initial_jobless_fade * 0.25 * people.experience_q)
    mean = np.bincount(people.city, weights=newness, minlength=n_places) / np.maximum(1, residents)
    employed_share = 1.0 - np.minimum(0.9, jobless[people.city] * newness / mean[people.city])
    u = uniforms(make_key(seed, INITIAL_JOB), people.uid)
    hired = u < employed_share
    people.state[:] = np.where(hired, EMPLOYED, SEARCHING)
    cumulative = np.cumsum(firms.jobs_start)
    ends = np.searchsorted(firms.place, np.arange(n_places + 1))
    bounds = np.concatenate([[0.0], cumulative])[ends]
    city = people.city[hired]
    share = u[hired] / employed_share[hired]
    point = bounds[city] + share * (bounds[city + 1] - bounds[city])
    row = np.minimum(np.searchsorted(cumulative, point, side="right"), len(firms) - 1)
    people.firm[hired] = row.astype(np.int32)
    years = 0.25 * people.experience_q[hired]
    experience = np.searchsorted((1.0, 3.0, 5.0, 10.0), years, side="right") + 1
    level = people.education[hired].astype(np.int64)
    ai_probability = model.demand.ai_probability(model.quarter_number)[row, level]
    ai = uniforms(make_key(seed, INITIAL_JOB, 1), people.uid[hired]) < ai_probability
    cell = (level * len(EXPERIENCE) + experience) * 2 + ai
    people.cell[hired] = cell.astype(np.int8)
    quality = normals(make_key(seed, MATCH_QUALITY), people.uid[hired])
    spread = model.params.wages.match_spread
    offers = model.demand.offered_wage(row, cell, model.quarter_number)
    people.wage[hired] = offers * np.exp(spread * quality - 0.5 * spread**2)
    people.tenure_q[:] = np.where(people.experience_q > 0, 0, NEVER_EMPLOYED)
    people.tenure_q[hired] = np.minimum(people.experience_q[hired], 8)
    firms.headcount[:] = np.bincount(row, minlength=len(firms))
    _remember_quits(model)


def _remember_quits(model: TalentMarket) -> None:
    """Let each firm expect what it has seen of quits: the mean hazard of its staff since each took the job.

    Firms without staff expect the mean. Else firms would post for years for people who do not leave, and begin the run
    with more staff than they want.
    """
    people, firms, rule = model.columns.people, model.firms, model.params.separation
    staff = np.flatnonzero(people.state == EMPLOYED)
    if len(staff) == 0:
        return
    row = people.firm[staff]
    market = model.places.market_wage[people.city[staff], people.education[staff]]
    relative = np.maximum(LEAST_RELATIVE_PAY, people.wage[staff] / np.maximum(1.0, market))
    at_first = rule.quit_base * np.exp(-rule.quit_pay_link * firms.pay_link[row]) * relative ** (-rule.quit_wage)
    fall = np.maximum(1e-9, 0.25 * rule.quit_tenure * people.tenure_q[staff])
    hazard = np.minimum(1.0, at_first * -np.expm1(-fall) / fall)
    total, heads = np.bincount(row, hazard, len(firms)), np.bincount(row, minlength=len(firms))
    firms.quit_rate[:] = np.where(heads > 0, total / np.maximum(1, heads), hazard.mean())


def _give_initial_hukou(model: TalentMarket) -> None:
    """Part of the residents from elsewhere have settled.

    Who may register without quota has or has not; of the others as many as eight years of quotas allow, at most 95 %.
    """
    world, people, rule = model.world, model.columns.people, model.params.hukou
    registers, candidates = split_residents(
        people, world.direct_level, world.open_quarters, rule.direct_window, model.quarter_number,
        rule.registration_share, make_key(model.seed, HUKOU_DIRECT),
    )  # fmt: skip
    in_line = (people.state != EMPLOYED) & (people.home != people.city)
    in_line[candidates] = True
    elsewhere = np.bincount(people.city[in_line], minlength=world.n_places) * model.scale
    quota = world.points_quota + world.employer_quota + world.central_quota
    settled = np.minimum(rule.initial_most, rule.initial_years * quota / np.maximum(1.0, elsewhere))
    u = uniforms(make_key(model.seed, INITIAL_HUKOU), people.uid)
    local = in_line & (u < settled[people.city])
    local[registers] = True
    people.hukou[local] = people.city[local]
