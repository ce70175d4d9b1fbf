"""Phase 10. Local hukou: registration without quota where a city allows it, places of quotas where it does not.

In the third quarter central firms and then all employers have places for new graduates, in the fourth there are places
by points. Only people who work in the city get its hukou.
"""

import math
from collections import Counter

from sim.policies.levers import CHANNEL_CENTRAL, CHANNEL_EMPLOYER, CHANNEL_POINTS
from sim.rng import HUKOU_DIRECT, HUKOU_TIE, ROUND_QUOTA
from sim.types import EMPLOYED, FIRM_SIZE
from tests.reference.arithmetic import mean
from tests.reference.draws import round_up_or_down, sub_key, uniform
from tests.reference.eligibility import Condition, knows_and_applies

CHANNELS_OF_QUARTER = {3: (CHANNEL_CENTRAL, CHANNEL_EMPLOYER), 4: (CHANNEL_POINTS,)}
MOST_PLACES = 64
CENTRAL_KEY = MOST_PLACES * MOST_PLACES
LARGEST = len(FIRM_SIZE) - 1


def hukou_allocates(market):
    """Register who needs no quota, grant the places of the channels whose turn it is, and renew beliefs."""
    market.hukou_granted, market.hukou_quota = Counter(), Counter()
    candidates = register_without_quota(market)
    channels = CHANNELS_OF_QUARTER.get(market.quarter.of_year, ())
    for channel in channels:
        allocate(market, channel, [person for person in candidates if person.hukou is not person.city])
    if CHANNEL_EMPLOYER in channels:
        renew_beliefs(market, [person for person in candidates if in_channel(person, CHANNEL_EMPLOYER, market)])
    refresh_chances(market)


def rules_without_quota(market, city):
    """Lowest level that registers directly, and quarters of residence that an open city asks."""
    level = market.world.direct_level[city.index] - float(market.levers.direct_level_cut[city.index])
    wait = min(market.world.open_quarters[city.index], float(market.levers.open_after_q[city.index]))
    return level, wait


def register_without_quota(market):
    """Register who may by degree or residence and does, which is a lasting trait; returns who may not."""
    rule, quarter, key = market.params.hukou, market.quarter_number, market.lasting_key(HUKOU_DIRECT)
    rules, candidates = {city: rules_without_quota(market, city) for city in market.cities}, []
    for person in market.people:
        if person.state != EMPLOYED or person.hukou is person.city:
            continue
        level, wait = rules[person.city]
        direct = person.education >= level and quarter - person.cohort_q <= rule.direct_window
        if not direct and quarter - person.arrived_q < wait:
            candidates.append(person)
        elif uniform(key, person.uid) < rule.registration_share:
            person.hukou = person.city
            market.hukou_granted[person.city] += 1
            market.hukou_quota[person.city] += 1
    return candidates


def allocate(market, channel, candidates):
    """Give the reserved places of a channel, and then the standing ones, to the best candidates."""
    if channel == CHANNEL_CENTRAL:
        candidates = [one for one in candidates if one.firm.is_state_owned and one.firm.size == LARGEST]
    key_tie = market.key(HUKOU_TIE)
    ranked = sorted(candidates, key=lambda one: (-score(one, channel, market), uniform(key_tie, one.uid), one.uid))
    granted = set()
    for entry in market.levers.quotas:
        if entry.channel == channel:
            grant_reserved(market, entry, ranked, granted)
    standing, key = standing_places(market, channel)
    for city in market.cities:
        places = round_up_or_down(key, city.index, standing[city.index] / market.scale)
        market.hukou_quota[city] += places
        waiting = [
            one for one in ranked if one.city is city and one not in granted and in_channel(one, channel, market)
        ]
        granted.update(waiting[:places])
    for person in granted:
        person.hukou = person.city
        market.hukou_granted[person.city] += 1


def standing_places(market, channel):
    """Places a year by city, and the key that rounds them."""
    world, key = market.world, market.key(ROUND_QUOTA)
    if channel == CHANNEL_CENTRAL:
        return world.central_quota, sub_key(key, CENTRAL_KEY)
    return (world.points_quota if channel == CHANNEL_POINTS else world.employer_quota), key


def grant_reserved(market, entry, ranked, granted):
    """Places that a policy reserves go to the best candidates whom it names and who know of it and apply."""
    key = sub_key(market.key(ROUND_QUOTA), 1 + entry.policy * MOST_PLACES + entry.place)
    places = round_up_or_down(key, 0, entry.places_per_year / market.scale)
    city, condition = market.cities[entry.place], Condition(entry.eligible)
    market.hukou_quota[city] += places
    reached = [
        person for person in ranked
        if person.city is city and person not in granted
        and condition.reaches_now(person, market.quarter_number)
        and knows_and_applies(person, entry.policy, entry.take_up, market.keys.take_up)
    ]  # fmt: skip
    granted.update(reached[:places])


def in_channel(person, channel, market):
    """Who may have a place of the standing quota: residents of some years, or new graduates."""
    rule, quarter = market.params.hukou, market.quarter_number
    if channel == CHANNEL_POINTS:
        asked = rule.points_tenure - float(market.levers.points_cut_q[person.city.index])
        return quarter - person.arrived_q >= asked
    return quarter - person.cohort_q <= rule.employer_window


def score(person, channel, market):
    """Rank of a candidate."""
    rule = market.params.hukou
    if channel != CHANNEL_POINTS:
        return rule.state_priority * person.firm.is_state_owned + rule.level_priority * person.education
    years = 0.25 * (market.quarter_number - person.arrived_q)
    relative = max(person.wage, 1.0) / mean(person.city.market_wage)
    points = rule.points_education * person.education + rule.points_year * years
    return points + rule.points_wage * math.log(relative)


def renew_beliefs(market, new_graduates):
    """Beliefs in employers' places move towards grants over candidates among the new graduates of city and level."""
    seen = Counter((person.city, person.education) for person in new_graduates)
    given = Counter((person.city, person.education) for person in new_graduates if person.hukou is person.city)
    for (city, level), number in seen.items():
        gap = given[city, level] / number - city.hukou_belief[level]
        city.hukou_belief[level] += market.params.hukou.belief_speed * gap


def refresh_chances(market):
    """chance = max(belief, 1 [direct], 1 - open_quarters / open_horizon)."""
    for city in market.cities:
        lowest, wait = rules_without_quota(market, city)
        by_residence = max(0.0, 1.0 - wait / market.params.hukou.open_horizon)
        city.hukou_chance = [
            max(belief, 1.0 if level >= lowest else 0.0, by_residence) for level, belief in enumerate(city.hukou_belief)
        ]
