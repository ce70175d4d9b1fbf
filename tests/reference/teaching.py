"""Phase 2. Curricula follow the frontier with a lag, seats follow the market with another (cobweb), courses begin."""

import math

from sim.rng import CURRICULUM, SURVEY
from sim.types import EDUCATION, FIELD
from sim.world.spec import FIRST_COHORT_YEAR, LAST_COHORT_YEAR
from tests.reference.arithmetic import clip, mean
from tests.reference.courses import admit_to_courses

ENROLMENT_QUARTER = 3


def institutions_teach(market):
    """Advance every curriculum by a quarter and, once a year, the seats; admit people to courses."""
    key, noise = market.key(CURRICULUM), market.params.institutions.survey_noise
    for institution in market.institutions.values():
        institution.teach(market.levers, market.params.skills, key)
    for association in market.associations:
        reach = float(market.levers.platform_reach[association.city.index])
        members = 1.0 - (1.0 - market.association_share) * (1.0 - reach)
        association.survey(market.quarter_number, members, noise, market.key(SURVEY))
    admit_to_courses(market)
    if market.quarter.of_year == ENROLMENT_QUARTER:
        enrol(market)


def enrol(market):
    """Seats of a level move with its pay and its tightness, both relative to other levels.

    Institutions that work with an association read its report, the others the mean over all places.
    """
    rule, year, share = market.params.institutions, market.quarter.year, market.association_share
    levels, fields = range(len(EDUCATION)), range(len(FIELD))
    if year >= rule.respond_from:
        growth = [
            math.log(mean([city.market_wage[level] for city in market.cities])
                     / mean([city.wage_start[level] for city in market.cities]))
            for level in levels
        ]  # fmt: skip
        country = [mean([city.log_tightness[level] for city in market.cities]) for level in levels]
        for association in market.associations:
            seats = market.seats[association.city.index]
            known = [share * association.signal[level] + (1.0 - share) * country[level] for level in levels]
            for level in levels:
                pay, tightness = growth[level] - mean(growth), known[level] - mean(known)
                change = math.exp(rule.seat_elasticity * pay + rule.vacancy_elasticity * tightness)
                change = clip(change, 1.0 - rule.capacity, 1.0 + rule.capacity)
                most = 1.0 + rule.seats_limit
                for field in fields:
                    seats[level][field] = clip(seats[level][field] * change, 1.0 / most, most)
    market.seats_by_year[year] = [
        [[seats[level][field] * float(market.levers.seat_factor[place, level, field]) for field in fields]
         for level in levels]
        for place, seats in enumerate(market.seats)
    ]  # fmt: skip
    for cost in market.levers.seat_costs:
        city = market.cities[cost.place]
        opened = sum(
            seats_of_world(market, city, level, field) * market.seats[cost.place][level][field]
            * float(cost.added[level][field]) for level in levels for field in fields
        )  # fmt: skip
        market.ledger.book(cost.policy, city, 0, round(opened * cost.cny_per_seat * 100))


def seats_of_world(market, city, level, field):
    """Persons of a level and field who enrol in a city this year, before seats answer: as many as graduate later."""
    world, year = market.world, min(market.quarter.year + course_years(market)[level], LAST_COHORT_YEAR)
    share = world.level_share[city.index][level] * world.field_share[level][field]
    return world.graduates[city.index][year - FIRST_COHORT_YEAR] * share


def course_years(market):
    """Years of study by level."""
    rule = market.params.institutions
    return rule.course_years_below, rule.course_years_bachelor, rule.course_years_master, rule.course_years_phd


def seats_at_enrolment(market, graduation_year, place, level, field):
    """Seats relative to the world file when the graduates of a year enrolled."""
    enrolled = market.seats_by_year.get(graduation_year - course_years(market)[level])
    return 1.0 if enrolled is None else enrolled[place][level][field]
