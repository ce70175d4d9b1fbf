"""Phase 10. Local hukou: employers' places for new graduates in the third quarter, places by points in the fourth."""

import math
from collections import Counter

from sim.policies.levers import CHANNEL_EMPLOYER, CHANNEL_POINTS
from sim.rng import HUKOU_TIE, ROUND_QUOTA
from sim.types import EMPLOYED
from tests.reference.arithmetic import mean
from tests.reference.draws import round_up_or_down, sub_key, uniform
from tests.reference.eligibility import Condition, knows_and_applies

CHANNEL_OF_QUARTER = {3: CHANNEL_EMPLOYER, 4: CHANNEL_POINTS}
MOST_PLACES = 64


def hukou_allocates(market):
    """Grant the places of the channel whose turn it is, and renew beliefs about chances."""
    market.hukou_granted, market.hukou_quota = Counter(), Counter()
    channel = CHANNEL_OF_QUARTER.get(market.quarter.of_year)
    if channel is None:
        return
    candidates = [person for person in market.people if person.state == EMPLOYED and person.hukou is not person.city]
    key_tie = market.key(HUKOU_TIE)
    candidates.sort(key=lambda person: (-score(person, channel, market), uniform(key_tie, person.uid), person.uid))
    granted = set()
    for entry in market.levers.quotas:
        if entry.channel == channel:
            grant_reserved(market, entry, candidates, granted)
    standing = market.world.employer_quota if channel == CHANNEL_EMPLOYER else market.world.points_quota
    for city in market.cities:
        places = round_up_or_down(market.key(ROUND_QUOTA), city.index, standing[city.index] / market.scale)
        market.hukou_quota[city] += places
        waiting = [
            person for person in candidates
            if person.city is city and person not in granted and in_channel(person, channel, market)
        ]  # fmt: skip
        granted.update(waiting[:places])
    if channel == CHANNEL_EMPLOYER:
        renew_beliefs(market, [person for person in candidates if in_channel(person, channel, market)], granted)
    for person in granted:
        person.hukou = person.city
        market.hukou_granted[person.city] += 1


def grant_reserved(market, entry, candidates, granted):
    """Places that a policy reserves go to the best candidates whom it names and who know of it and apply."""
    key = sub_key(market.key(ROUND_QUOTA), 1 + entry.policy * MOST_PLACES + entry.place)
    places = round_up_or_down(key, 0, entry.places_per_year / market.scale)
    city, condition = market.cities[entry.place], Condition(entry.eligible)
    market.hukou_quota[city] += places
    reached = [
        person for person in candidates
        if person.city is city and person not in granted
        and condition.reaches_now(person, market.quarter_number)
        and knows_and_applies(person, entry.policy, entry.take_up, market.keys.take_up)
    ]  # fmt: skip
    granted.update(reached[:places])


def in_channel(person, channel, market):
    """Who may have a place of the standing quota: new graduates, or residents of some years."""
    rule = market.params.hukou
    if channel == CHANNEL_EMPLOYER:
        return market.quarter_number - person.cohort_q <= rule.employer_window
    return market.quarter_number - person.arrived_q >= rule.points_tenure


def score(person, channel, market):
    """Points of a candidate."""
    rule = market.params.hukou
    if channel == CHANNEL_EMPLOYER:
        return rule.state_priority * person.firm.is_state_owned + rule.level_priority * person.education
    years = 0.25 * (market.quarter_number - person.arrived_q)
    relative = max(person.wage, 1.0) / mean(person.city.market_wage)
    points = rule.points_education * person.education + rule.points_year * years
    return points + rule.points_wage * math.log(relative)


def renew_beliefs(market, candidates, granted):
    """Believed chances move towards grants over candidates of city and level."""
    seen = Counter((person.city, person.education) for person in candidates)
    given = Counter((person.city, person.education) for person in candidates if person in granted)
    for (city, level), number in seen.items():
        gap = given[city, level] / number - city.hukou_chance[level]
        city.hukou_chance[level] += market.params.hukou.belief_speed * gap
