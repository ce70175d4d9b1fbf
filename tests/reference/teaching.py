"""Phase 2. Curricula follow the technology frontier with a lag, and seats follow the market with another (cobweb)."""

import math

from sim.rng import CURRICULUM
from sim.types import EDUCATION, FIELD
from tests.reference.arithmetic import clip, mean

ENROLMENT_QUARTER = 3


def institutions_teach(market):
    """Advance every curriculum by a quarter and, once a year, the seats."""
    key = market.key(CURRICULUM)
    for institution in market.institutions.values():
        institution.teach(market.levers, market.params.skills, key)
    for association in market.associations:
        association.survey(market.quarter_number)
    if market.quarter.of_year == ENROLMENT_QUARTER:
        enrol(market)


def enrol(market):
    """Seats of a level move with its pay, relative to other levels and the start, and with the association's report."""
    rule, year = market.params.institutions, market.quarter.year
    levels, fields = range(len(EDUCATION)), range(len(FIELD))
    if year >= rule.respond_from:
        growth = [math.log(wage / start) for wage, start in zip(market.mean_wages(), market.wage_start, strict=True)]
        for association in market.associations:
            seats = market.seats[association.city.index]
            for level in levels:
                report = association.signal[level] - mean(association.signal)
                relative = growth[level] - mean(growth) + market.association_share * report
                change = math.exp(rule.seat_elasticity * relative)
                for field in fields:
                    seats[level][field] *= clip(change, 1.0 - rule.capacity, 1.0 + rule.capacity)
    market.seats_by_year[year] = [
        [[seats[level][field] * float(market.levers.seat_factor[place, level, field]) for field in fields]
         for level in levels]
        for place, seats in enumerate(market.seats)
    ]  # fmt: skip


def seats_at_enrolment(market, graduation_year, place, level, field):
    """Seats relative to the world file when the graduates of a year enrolled."""
    rule = market.params.institutions
    years = (rule.course_years_below, rule.course_years_bachelor, rule.course_years_master, rule.course_years_phd)
    enrolled = market.seats_by_year.get(graduation_year - years[level])
    return 1.0 if enrolled is None else enrolled[place][level][field]
