"""Moves for a job, and the quarterly choice to stay or leave.

hazard = [base + [no hukou] peak_1 exp(-((y - c_1) / w_1)^2 / 2)
               + [no hukou or no home of one's own] peak_2 exp(-((y - c_2) / w_2)^2 / 2)]
         x exp(rent burden + no hukou + schooling + jobless + advantage of the best other city)

y is years since graduation. The two peaks belong to two of the six life nodes (evidence 003-4382-01 to -04): to become
a citizen, and to found a family, for which a home and school places are needed. Who has what a node asks for does not
leave for its sake. It applies in cities that are not home. Where leavers go: home, or another city by multinomial logit
over the mean utilities of all places, drawn by inverse distribution function. Each leaver keeps a reason, drawn in
proportion to what each cause adds to the hazard. Where a city is an area of several places, leaving means leaving the
area, and home is any place of the home area; moves within it are made for a job or when a lease ends.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.areas import in_area, same_area
from sim.kernels.eligibility import count_residence_from
from sim.kernels.inlined import inlined
from sim.kernels.pay import take_home
from sim.kernels.separation import leave_job
from sim.rng import draw_bits, uniform
from sim.types import (
    EMPLOYED,
    FAMILY,
    FIRST_JOB,
    JOB_MOVE,
    LEAVE_CAREER,
    LEAVE_FAMILY,
    LEAVE_HOUSING,
    LEAVE_HUKOU,
    NEVER_EMPLOYED,
    NO_QUARTER,
    NO_SCHEME,
    NODE_CITIZEN,
    NODE_FAMILY,
    NODE_HIGHER,
    NODE_JOB,
    NODE_LOCAL,
    NODE_NEST,
    OUT,
    PREPARING,
    RETURN_HOME,
    STUDYING,
    UNHOUSED,
)


@inlined
def life_node(years: float, citizen: bool, employed: bool, settled: bool, rule: Any) -> int:
    """Node (LIFE_NODE) of a person `years` after graduation: the first need that is not met.

    `citizen`: with the local hukou; `settled`: in a home of their own. From `family_from_years` on a family needs both;
    before, the hukou comes first, then a job, then a home. Who has everything becomes local until the second peak is
    over, two widths beyond its centre.
    """
    if years >= rule.family_from_years and not (citizen and settled):
        return NODE_FAMILY
    if not citizen:
        return NODE_CITIZEN
    if not employed:
        return NODE_JOB
    if not settled:
        return NODE_NEST
    return NODE_LOCAL if years < rule.centre_family + 2.0 * rule.width_family else NODE_HIGHER


@inlined
def node_hazard(years: float, citizen: bool, settled: bool, rule: Any) -> float:
    """Hazard of leaving by clock and node alone, `years` after graduation, per quarter."""
    hazard = rule.base
    if not citizen:
        first = (years - rule.centre_citizen) / rule.width_citizen
        hazard += rule.peak_citizen * math.exp(-0.5 * first * first)
    if not (citizen and settled):
        second = (years - rule.centre_family) / rule.width_family
        hazard += rule.peak_family * math.exp(-0.5 * second * second)
    return hazard


@inlined
def move_person(people: Any, i: int, city: int, place: Any, quarter: int) -> None:
    """Person `i` lives in `city`, of which `place` is the record, from now on and has to find a dwelling.

    Within an area the time of arrival and residence stay, and a hukou of the area moves along.
    """
    people.resident_q[i] = count_residence_from(place, people.city[i], city, people.resident_q[i], quarter)
    # no branch around a column: that would keep the counting of references to all of them in the loop of the caller
    comes, is_local = not in_area(place, city, people.city[i]), in_area(place, city, people.hukou[i])
    people.arrived_q[i] += comes * (quarter - people.arrived_q[i])
    people.hukou[i] += is_local * (city - people.hukou[i])
    people.city[i] = city
    people.housing[i] = UNHOUSED
    people.scheme[i] = NO_SCHEME
    people.rent[i] = 0.0
    people.transfer[i] = 0.0
    people.rent_aid[i] = 0.0
    people.queue_q[i] = NO_QUARTER
    people.lease_end_q[i] = NO_QUARTER
    people.lease_start_q[i] = NO_QUARTER


@inlined
def choose_place(utilities: NDArray[np.float64], excluded: int, u: float) -> int:
    """Draw a place by multinomial logit over `utilities` without `excluded`, from one uniform `u`."""
    top = -math.inf
    for place in range(utilities.shape[0]):
        if place != excluded:
            top = max(top, utilities[place])
    total = 0.0
    for place in range(utilities.shape[0]):
        if place != excluded:
            total += math.exp(utilities[place] - top)
    left = u * total
    chosen = -1
    for place in range(utilities.shape[0]):
        if place == excluded or utilities[place] == -math.inf:
            continue
        chosen = place
        left -= math.exp(utilities[place] - top)
        if left <= 0.0:
            break
    return chosen


@njit(cache=True)
def fill_advantage(
    utility: NDArray[np.float64], move_extra: NDArray[np.float64], records: NDArray[np.void], out: NDArray[np.float64]
) -> None:
    """`out` (place, education): utility of the best place of another area less that of the place.

    `utility` has the same shape; `move_extra` (place, place) is what policies add to the cost of a move; `records`
    (place,) of PLACE_DTYPE.
    """
    for place in range(utility.shape[0]):
        for education in range(utility.shape[1]):
            best = -math.inf
            for other in range(utility.shape[0]):
                if not same_area(records, other, place):
                    best = max(best, utility[other, education] - move_extra[place, other])
            out[place, education] = best - utility[place, education]


@inlined
def highest_hazard(worth: float, advantage: float, rule: Any) -> float:
    """Bound of the hazard of leaving for everybody in a place where the hukou has `worth`."""
    causes = (rule.schooling + rule.no_hukou) * worth + rule.rent_burden * max(0.0, 1.0 - rule.burden_free)
    causes += rule.other_city * advantage + rule.jobless
    return (rule.base + rule.peak_citizen + rule.peak_family) * math.exp(causes)


@inlined
def leave_causes(
    people: Any,
    i: int,
    worth_here: float,
    school_mask: int,
    advantage: float,
    quarter: int,
    income: float,
    rule: Any,
    causes: NDArray[np.float64],
) -> float:
    """Hazard of leaving of person `i`; `causes` (4) receives what hukou, housing, family and career add in logs.

    `income` is take-home pay and transfers, CNY/month; without a job, what pay in the city would be. What is paid
    against rent lowers the rent. `worth_here` is the worth of the hukou of the city, `advantage` the utility of the
    best other place less that of the city. A cause adds at its node only: the hukou before the family node, school
    places at it, unless one of the policies of `school_mask` has given one.
    """
    city = people.city[i]
    years = 0.25 * (quarter - people.cohort_q[i])
    citizen, settled = people.hukou[i] == city, people.housing[i] == FAMILY
    node = life_node(years, citizen, people.state[i] == EMPLOYED, settled, rule)
    aid = people.rent_aid[i]
    burden = min(1.0, max(0.0, people.rent[i] - aid) / max(1.0, income - aid))
    worth = 0.0 if citizen else worth_here
    causes[0] = rule.no_hukou * worth if node == NODE_CITIZEN else 0.0
    causes[1] = rule.rent_burden * max(0.0, burden - rule.burden_free)
    schooling = 0.0 if np.int64(people.received[i]) & school_mask else rule.schooling
    causes[2] = (schooling + rule.no_hukou) * worth if node == NODE_FAMILY else 0.0
    causes[3] = rule.other_city * advantage
    if people.state[i] != EMPLOYED:
        causes[3] += rule.jobless
    return node_hazard(years, citizen, settled, rule) * math.exp(causes[0] + causes[1] + causes[2] + causes[3])


@inlined
def draw_reason(causes: NDArray[np.float64], base: float, at_home: bool, u: float) -> int:
    """Reason kept by a leaver: home for those who go home without cause, else a cause in proportion."""
    total = 0.0
    for k in range(4):
        total += max(0.0, causes[k])
    left = u * (total + base)
    reason = RETURN_HOME if at_home else LEAVE_CAREER
    if left < base:
        return reason
    left -= base
    for k in range(4):
        left -= max(0.0, causes[k])
        if left <= 0.0:
            return (LEAVE_HUKOU, LEAVE_HOUSING, LEAVE_FAMILY, LEAVE_CAREER)[k]
    return reason


@njit(cache=True, nogil=True)
def leave_cities(
    start: int,
    stop: int,
    people: Any,
    places: Any,
    quarter: int,
    rule: Any,
    tax: Any,
    key_leave: np.uint64,
    key_reason: np.uint64,
    key_target: np.uint64,
    flows: NDArray[np.int64],
    quits: NDArray[np.int64],
) -> None:
    """Leaving of rows `start:stop`. `flows` (from, to, education, reason, new graduate) and `quits` (firm,) count."""
    causes = np.empty(4)
    utilities = np.empty(places.utility.shape[0])
    advantage, highest = np.empty(places.utility.shape), np.empty(places.utility.shape)
    records = places.records
    fill_advantage(places.utility, places.move_extra, records, advantage)
    for place in range(advantage.shape[0]):
        for level in range(advantage.shape[1]):
            highest[place, level] = highest_hazard(places.records[place]["hukou_value"], advantage[place, level], rule)
    for i in range(start, stop):
        state, city, home, education = people.state[i], people.city[i], people.home[i], people.education[i]
        if state == STUDYING or state == OUT or state == PREPARING or people.arrived_q[i] == quarter:
            continue
        if same_area(records, city, home):
            continue
        u = uniform(draw_bits(key_leave, people.uid[i]))
        if u >= highest[city, education]:
            continue
        wage = people.wage[i] if state == EMPLOYED else places.market_wage[city, education]
        income = take_home(wage, tax) + people.transfer[i]
        worth, school = float(places.records[city]["hukou_value"]), places.records[city]["school_mask"]
        if u >= leave_causes(people, i, worth, school, advantage[city, education], quarter, income, rule, causes):
            continue
        for place in range(utilities.shape[0]):
            near = same_area(records, place, city)
            utilities[place] = -math.inf if near else places.utility[place, education] - places.move_extra[city, place]
        u = uniform(draw_bits(key_target, people.uid[i]))
        target = home
        if u >= rule.go_home:
            target = choose_place(utilities, city, (u - rule.go_home) / (1.0 - rule.go_home))
        reason = draw_reason(causes, rule.reason_base, target == home, uniform(draw_bits(key_reason, people.uid[i])))
        flows[city, target, education, reason, 0] += 1
        if state == EMPLOYED:
            quits[people.firm[i]] += 1
            leave_job(people, i)
        move_person(people, i, target, records[target], quarter)


@njit(cache=True)
def take_jobs(
    searchers: NDArray[np.uint32],
    matched: NDArray[np.int32],
    people: Any,
    lines: NDArray[np.void],
    residence: NDArray[np.int8],
    places: NDArray[np.void],
    quarter: int,
    match_spread: float,
    quality: NDArray[np.float64],
    flows: NDArray[np.int64],
    quits: NDArray[np.int64],
    hires: NDArray[np.int64],
) -> None:
    """Accepted offers: people change firm and, where they do not live there yet, move to `residence` (searcher,).

    Without any `residence` they live where they work. wage = offer x match quality. `records` (place,) of PLACE_DTYPE;
    `quality` (searcher,) are standard normal draws; `flows`, `quits` (firm,) and `hires` (line,) count.
    """
    for s in range(searchers.shape[0]):
        if matched[s] < 0:
            continue
        i = searchers[s]
        line = lines[matched[s]]
        firm, city = line["firm"], people.city[i]
        target = residence[s] if residence.shape[0] > 0 else line["place"]
        first = people.tenure_q[i] == NEVER_EMPLOYED
        if people.state[i] == EMPLOYED:
            quits[people.firm[i]] += 1
        elif first and city == target:
            flows[city, target, people.education[i], FIRST_JOB, 1] += 1
        if city != target:
            new_graduate = 1 if first else 0
            flows[city, target, people.education[i], FIRST_JOB if first else JOB_MOVE, new_graduate] += 1
            move_person(people, i, target, places[target], quarter)
        people.state[i] = EMPLOYED
        people.firm[i] = firm
        people.cell[i] = line["cell"]
        people.wage[i] = line["wage"] * math.exp(match_spread * quality[s] - 0.5 * match_spread**2)
        people.tenure_q[i] = 0
        people.search_q[i] = 0
        hires[matched[s]] += 1
