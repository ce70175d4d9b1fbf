"""Phase 14. What people and firms know of the market at the end of the quarter, and react to in the next."""

import math
from collections import Counter

from sim.types import EDUCATION, EMPLOYED, SEARCHING
from tests.reference.arithmetic import clip, mean, to_fen
from tests.reference.income import choose_tenure, take_home

TIGHTNESS_LIMIT = 1.5
LEAST_WAGES = 5
LEAST_EMPLOYED = 0.05


def observe(market):
    """Renew what is known of the market, and close the books of the quarter."""
    refresh_market(market)
    market.ledger.close_quarter(market.quarter_number)
    market.flows = Counter()


def refresh_market(market):
    """Renew pay, unemployment, tightness, career and utility of all places."""
    employed, searching, wages, placed = Counter(), Counter(), Counter(), Counter()
    for person in market.people:
        at = person.city, person.education
        if person.state == EMPLOYED:
            employed[at] += 1
            wages[at] += to_fen(person.wage)
        elif person.state == SEARCHING:
            searching[at] += 1
    for person in market.matched:
        placed[person.city, person.education] += 1
    openings = Counter()
    for position in market.positions:
        openings[position.city, position.level] += position.capacity
    for city in market.cities:
        for level in range(len(EDUCATION)):
            at = city, level
            tightness = (openings[at] + 1.0) / (searching[at] + placed[at] + 1.0)
            city.log_tightness[level] = clip(math.log(tightness), -TIGHTNESS_LIMIT, TIGHTNESS_LIMIT)
            if employed[at] >= LEAST_WAGES:
                city.market_wage[level] = wages[at] / employed[at] / 100.0
        paid = sum(wages[city, level] for level in range(len(EDUCATION)))
        working = sum(employed[city, level] for level in range(len(EDUCATION)))
        jobless = sum(searching[city, level] for level in range(len(EDUCATION)))
        if working:
            city.mean_pay = paid / working / 100.0
        city.unemployment = jobless / max(1, working + jobless)
    desired = Counter()
    for firm in market.firms:
        desired[firm.city] += firm.desired
    refresh_careers(market, {city: max(1.0, desired[city]) for city in market.cities})
    refresh_utilities(market)


def refresh_careers(market, jobs):
    """career = weight x log size of the market over the mean city; the rest of a region counts as the smallest."""
    sizes = {city: math.log(jobs[city]) for city in market.cities}
    cities = [size for city, size in sizes.items() if city.is_city]
    for city, size in sizes.items():
        relative = (size if city.is_city else min(cities)) - mean(cities) if cities else 0.0
        city.career = market.params.search.career_place * relative


def refresh_utilities(market):
    """Mean utility of living in each place, by level."""
    rule, housing = market.params.search, market.params.housing
    for city in market.cities:
        for level in range(len(EDUCATION)):
            net = take_home(city.market_wage[level], market.params.tax)
            left = net - choose_tenure(net, city, housing)[1] - city.living_cost
            left = max(left, housing.floor_share * net) * max(LEAST_EMPLOYED, 1.0 - city.unemployment)
            city.utility[level] = (
                rule.b_wage * math.log(left)
                + rule.b_career * city.career
                + rule.b_amenity * city.amenity
                + rule.b_hukou * city.hukou_value * city.hukou_chance[level]
            )
