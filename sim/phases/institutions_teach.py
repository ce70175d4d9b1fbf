"""Phase 2. The frontier advances and curricula follow with a lag; seats answer lagged pay (cobweb).

Once a year, in the third quarter, seats move with the pay of a level relative to its start, by at most the capacity;
where institutions work with an association, its report of tightness counts as well. Seats turn into graduates after
the length of the course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.market import Schooling
from sim.rng import CURRICULUM
from sim.types import EDUCATION

if TYPE_CHECKING:
    from sim.model import TalentMarket

ENROLMENT_QUARTER = 3


def institutions_teach(model: TalentMarket) -> None:
    """Advance every curriculum by a quarter and, once a year, the seats."""
    levers, key, rule = model.levers, model.key(CURRICULUM), model.params.skills
    for institution in model.institutions:
        place, kind = institution.place, institution.kind
        institution.teach(
            levers.lag_factor[place, kind], levers.practice_add[place, kind], levers.cooperation_add[place, kind],
            rule, key,
        )  # fmt: skip
    for association in model.associations:
        association.survey(model.quarter_number, model.demand.log_tightness[association.place])
    refresh_schooling(model)
    if model.quarter.of_year == ENROLMENT_QUARTER:
        _enrol(model)


def refresh_schooling(model: TalentMarket) -> None:
    """Write the state of the institutions into the arrays (place, institution) that kernels read."""
    table: Schooling = model.schooling
    for institution in model.institutions:
        at = institution.place, institution.kind
        table.gap[at] = institution.gap_years
        table.practice[at] = institution.practice_now
        table.cooperation[at] = institution.cooperation_now
        table.teachers[at] = institution.dual_teacher_share


def seats_at_enrolment(model: TalentMarket, graduation_year: int) -> NDArray[np.float64]:
    """(place, education, field) seats relative to the world file when the graduates of a year enrolled."""
    rule = model.params.institutions
    lengths = [rule.course_years_below, rule.course_years_bachelor, rule.course_years_master, rule.course_years_phd]
    factor = np.ones((model.world.n_places, len(EDUCATION), model.seats.shape[2]))
    for level, years in enumerate(lengths):
        enrolled = model.seats_by_year.get(graduation_year - years)
        if enrolled is not None:
            factor[:, level] = enrolled[:, level]
    return factor


def _enrol(model: TalentMarket) -> None:
    rule, year = model.params.institutions, model.quarter.year
    if year >= rule.respond_from:
        pay = np.log(model.places.market_wage.mean(axis=0) / model.wage_start)
        relative = (pay - pay.mean())[None, :]
        share = model.association_share[:, None]
        signal = np.array([association.signal for association in model.associations])
        relative = relative + share * (signal - signal.mean(axis=1, keepdims=True))
        change = np.clip(np.exp(rule.seat_elasticity * relative), 1.0 - rule.capacity, 1.0 + rule.capacity)
        model.seats *= change[:, :, None]
    model.seats_by_year[year] = model.seats * model.levers.seat_factor
