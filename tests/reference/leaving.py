"""Phase 11. Where home ties are weak, people leave with a hazard that depends on their life node."""

import math

from sim.rng import LEAVE, LEAVE_REASON, LEAVE_TARGET
from sim.types import (
    EMPLOYED,
    FAMILY,
    LEAVE_CAREER,
    LEAVE_FAMILY,
    LEAVE_HOUSING,
    LEAVE_HUKOU,
    NODE_CITIZEN,
    NODE_FAMILY,
    NODE_HIGHER,
    NODE_JOB,
    NODE_LOCAL,
    NODE_NEST,
    RETURN_HOME,
    SEARCHING,
)  # fmt: skip
from tests.reference.arithmetic import first_above, running_sum
from tests.reference.draws import uniform
from tests.reference.income import take_home

REASONS = (LEAVE_HUKOU, LEAVE_HOUSING, LEAVE_FAMILY, LEAVE_CAREER)


def people_stay_or_leave(market):
    """Let people leave, and keep the reasons."""
    key_leave, key_target, key_reason = market.key(LEAVE), market.key(LEAVE_TARGET), market.key(LEAVE_REASON)
    for person in market.people:
        if not may_leave(person, market.quarter_number):
            continue
        causes = leave_causes(person, market)
        if uniform(key_leave, person.uid) >= node_hazard(person, market) * math.exp(sum(causes)):
            continue
        target = choose_target(person, market, uniform(key_target, person.uid))
        reason = draw_reason(person, target, causes, market, uniform(key_reason, person.uid))
        market.flows[person.city.index, target.index, person.education, reason, 0] += 1
        if person.state == EMPLOYED:
            person.firm.quits += 1
            person.firm.headcount -= 1
            person.leave_job()
        person.move_to(target, market.quarter_number)


def may_leave(person, quarter):
    """Who lives away from home, has not just come, and works or searches."""
    return person.state in (SEARCHING, EMPLOYED) and person.city is not person.home and person.arrived_q != quarter


def years_since_graduation(person, market):
    """Years since graduation."""
    return 0.25 * (market.quarter_number - person.cohort_q)


def life_node(person, market):
    """The first need that is not met; from some years on a family needs hukou and home."""
    rule, years = market.params.mobility, years_since_graduation(person, market)
    citizen, settled = person.hukou is person.city, person.housing == FAMILY
    if years >= rule.family_from_years and not (citizen and settled):
        return NODE_FAMILY
    if not citizen:
        return NODE_CITIZEN
    if person.state != EMPLOYED:
        return NODE_JOB
    if not settled:
        return NODE_NEST
    return NODE_LOCAL if years < rule.centre_family + 2.0 * rule.width_family else NODE_HIGHER


def node_hazard(person, market):
    """Hazard of leaving by the clock alone: a base and two peaks, each for who lacks what its node asks for."""
    rule, years = market.params.mobility, years_since_graduation(person, market)
    citizen, settled = person.hukou is person.city, person.housing == FAMILY
    hazard = rule.base
    if not citizen:
        hazard += rule.peak_citizen * math.exp(-0.5 * ((years - rule.centre_citizen) / rule.width_citizen) ** 2)
    if not (citizen and settled):
        hazard += rule.peak_family * math.exp(-0.5 * ((years - rule.centre_family) / rule.width_family) ** 2)
    return hazard


def leave_causes(person, market):
    """What lack of hukou, housing, family and career add to the log of the hazard."""
    rule, city, level = market.params.mobility, person.city, person.education
    wage = person.wage if person.state == EMPLOYED else city.market_wage[level]
    income = take_home(wage, market.params.tax) + person.transfer - person.rent_aid
    burden = min(1.0, max(0.0, person.rent - person.rent_aid) / max(1.0, income))
    worth = 0.0 if person.hukou is city else city.hukou_value
    node = life_node(person, market)
    best = max(other.utility[level] for other in market.cities if other is not city)
    career = rule.other_city * (best - city.utility[level])
    if person.state != EMPLOYED:
        career += rule.jobless
    return (
        rule.no_hukou * worth if node == NODE_CITIZEN else 0.0,
        rule.rent_burden * max(0.0, burden - rule.burden_free),
        (rule.schooling + rule.no_hukou) * worth if node == NODE_FAMILY else 0.0,
        career,
    )


def choose_target(person, market, u):
    """Home, or another place by multinomial logit over mean utilities."""
    go_home = market.params.mobility.go_home
    if u < go_home:
        return person.home
    others = [city for city in market.cities if city is not person.city]
    best = max(city.utility[person.education] for city in others)
    ends = running_sum(math.exp(city.utility[person.education] - best) for city in others)
    return others[first_above(ends, (u - go_home) / (1.0 - go_home) * ends[-1])]


def draw_reason(person, target, causes, market, u):
    """Reason kept: none but home or career by its weight, else a cause in proportion to what it adds."""
    base = market.params.mobility.reason_base
    ends = running_sum((base, *(max(0.0, cause) for cause in causes)))
    chosen = first_above(ends, u * ends[-1])
    if chosen == 0:
        return RETURN_HOME if target is person.home else LEAVE_CAREER
    return REASONS[chosen - 1]
