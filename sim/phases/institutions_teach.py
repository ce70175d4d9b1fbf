"""Phase 2. Curricula follow the frontier with a lag, seats answer lagged pay and vacancies (cobweb), courses begin.

Once a year, in the third quarter, seats move with the pay of a level relative to its start and with the tightness of
its market, by at most the capacity a year and the limit over all years. Institutions that work with an association
read its report, the others the mean over the country. Seats turn into graduates after the length of the course;
what seats cost that a policy adds is booked when they open, for the whole course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.market import Schooling
from sim.phases.courses import admit_to_courses, examine
from sim.policies.base import ENROLMENT_QUARTER
from sim.population import course_years, seats_of_world
from sim.rng import CURRICULUM, SURVEY, uniforms
from sim.types import EDUCATION

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.params import InstitutionParams


def institutions_teach(model: TalentMarket) -> None:
    """Advance every curriculum by a quarter and, once a year, the seats; admit people to courses."""
    levers, rule = model.levers, model.params.skills
    draws, done = uniforms(model.key(CURRICULUM), model.institution_ids), 0
    each = (levers.lag_factor, levers.practice_add, levers.cooperation_add, levers.teacher_add)
    lag, practice, cooperation, teachers = (lever.tolist() for lever in each)  # plain numbers are read sooner
    for institution in model.institutions:
        place, kind = institution.place, institution.kind
        done += institution.number
        institution.teach(
            lag[place][kind], practice[place][kind], cooperation[place][kind], teachers[place][kind], rule,
            draws[done - institution.number : done],
        )  # fmt: skip
    _survey(model)
    refresh_schooling(model)
    if model.quarter.of_year == ENROLMENT_QUARTER:
        _enrol(model)
    admit_to_courses(model)
    examine(model)


def refresh_schooling(model: TalentMarket) -> None:
    """Write the state of the institutions into the arrays (place, institution) that kernels read."""
    table: Schooling = model.schooling
    for institution in model.institutions:
        at = institution.place, institution.kind
        table.gap[at] = institution.gap_years
        table.practice[at] = institution.practice_now
        table.cooperation[at] = institution.cooperation_now
        table.teachers[at] = institution.teachers_now


def seats_at_enrolment(model: TalentMarket, graduation_year: int) -> NDArray[np.float64]:
    """(place, education, field) seats relative to the world file when the graduates of a year enrolled."""
    lengths = course_years(model.params.institutions)
    factor = np.ones((model.world.n_places, len(EDUCATION), model.seats.shape[2]))
    for level, years in enumerate(lengths):
        enrolled = model.seats_by_year.get(graduation_year - years)
        if enrolled is not None:
            factor[:, level] = enrolled[:, level]
    return factor


def next_seats(
    seats: NDArray[np.float64], pay: NDArray[np.float64], tightness: NDArray[np.float64], rule: InstitutionParams
) -> NDArray[np.float64]:
    """Seats of the next year relative to the world file.

    Args:
        seats: (place, education, field) seats of this year relative to the world file.
        pay: (education,) log pay of a level relative to its start, as seen last.
        tightness: (place, education) log tightness as it was reported.
        rule: elasticities, the largest change a year and the limit of all changes together.
    """
    relative_pay = pay - pay.mean()
    relative_tightness = tightness - tightness.mean(axis=1, keepdims=True)
    response = rule.seat_elasticity * relative_pay + rule.vacancy_elasticity * relative_tightness
    change = np.clip(np.exp(response), 1.0 - rule.capacity, 1.0 + rule.capacity)
    most = 1.0 + rule.seats_limit
    moved: NDArray[np.float64] = np.clip(seats * change[:, :, None], 1.0 / most, most)
    return moved


def _survey(model: TalentMarket) -> None:
    key, noise = model.key(SURVEY), model.params.institutions.survey_noise
    members = 1.0 - (1.0 - model.association_share) * (1.0 - model.levers.platform_reach)
    for association in model.associations:
        place = association.place
        association.survey(model.quarter_number, model.demand.log_tightness[place], float(members[place]), noise, key)


def _enrol(model: TalentMarket) -> None:
    rule, year = model.params.institutions, model.quarter.year
    if year >= rule.respond_from:
        pay = np.log(model.places.market_wage.mean(axis=0) / model.wage_start.mean(axis=0))
        report = np.array([association.signal for association in model.associations])
        # members read the report of their place, the others what is known of the whole market
        share = model.association_share[:, None]
        tightness = share * report + (1.0 - share) * model.demand.log_tightness.mean(axis=0)
        model.seats = next_seats(model.seats, pay, tightness, rule)
    model.seats_by_year[year] = model.seats * model.levers.seat_factor
    _book_seats(model)


def _book_seats(model: TalentMarket) -> None:
    """Book what the seats cost that policies have added and that open now."""
    seats, n_places = seats_of_world(model, model.quarter.year) * model.seats, model.world.n_places
    for cost in model.levers.seat_costs:
        fen = np.zeros(n_places, np.int64)
        fen[cost.place] = round(float((seats[cost.place] * cost.added).sum()) * cost.cny_per_seat * 100)
        model.ledger.book(cost.policy, np.zeros_like(fen), fen)
