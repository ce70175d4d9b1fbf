"""Phase 6. Searchers see a sample of positions and apply to the best few.

U = b_wage ln(disposable) + b_career career + b_hukou chance x worth + b_amenity amenity + b_home [home]
    + b_here [here] min(1, quarters since arrival / settle_quarters) - b_move distance
    + taste_city x normal(person, city) + taste_position x Gumbel(person, position)
"""

import math

from sim.rng import SAMPLE_PLACE, SAMPLE_POSITION, SEARCH_START, TASTE_POSITION
from sim.types import EMPLOYED, SEARCHING
from tests.reference.draws import gumbel, normal, uniform
from tests.reference.income import disposable_income


def people_search(market):
    """Fill `market.applications`: searcher -> positions, best first."""
    key = market.key(SEARCH_START)
    market.applications = {
        person: choose_positions(person, market) for person in market.people if searches(person, market, key)
    }


def searches(person, market, key):
    """Whether the person searches this quarter."""
    rule = market.params.search
    if person.state == SEARCHING:
        return rule.effort >= 1.0 or uniform(key, person.uid) < rule.effort
    return person.state == EMPLOYED and uniform(key, person.uid) < rule.employed_share


def choose_positions(person, market):
    """The best positions that the person sees, if better than to stay or to search on."""
    rule, key_taste = market.params.search, market.key(TASTE_POSITION)
    city_values = {}

    def value_of(city, wage, employer):
        if city not in city_values:
            city_values[city] = place_utility(person, city, market)
        return city_values[city] + rule.b_wage * math.log(disposable_income(person, city, wage, employer, market))

    if person.state == EMPLOYED:
        career = person.firm.career + rule.career_ai * (person.cell % 2)
        floor = rule.job_move_gain + rule.b_career * career + value_of(person.city, person.wage, person.firm)
    else:
        floor = value_of(person.city, reservation_wage(person, rule), None)
    found = []
    for number, position in sorted(see_positions(person, market).items()):
        if position.firm is person.firm or position.level > person.education:
            continue
        value = rule.b_career * position.career
        value += rule.taste_position * gumbel(key_taste, person.uid, position.identity)
        value += value_of(position.city, position.wage, position.firm)
        if value > floor:
            found.append((-value, number, position))
    return [position for _, _, position in sorted(found, key=lambda one: one[:2])[: rule.n_applications]]


def see_positions(person, market):
    """Number on the board -> position, of those that the person happens to see; all of a small market."""
    board = market.board
    if len(board.positions) <= market.params.search.n_sampled:
        return dict(enumerate(board.positions))
    n_seen = int(market.params.search.n_sampled * person.city.sample_factor + 0.5)
    seen = (sample_opening(person, k, market) for k in range(n_seen))
    return {opening[1]: opening[2] for opening in seen if opening is not None}


def sample_opening(person, k, market):
    """The k-th opening seen: mostly of the own level, and more of the places where one lives, comes from or studied."""
    rule, board = market.params.search, market.board
    level = person.education
    u = uniform(market.key(SAMPLE_PLACE), person.uid, k)
    if level > 0 and u >= rule.own_level:
        level = min(level - 1, int((u - rule.own_level) / (1.0 - rule.own_level) * level))
    rings, total = board.rings[level], board.ends[level][-1]
    if total == 0:
        return None
    city, home, study = person.city.index, person.home.index, person.study.index
    here = rule.see_here * len(rings[city])
    at_home = rule.see_home * len(rings[home]) if home != city else 0.0
    alumni = rule.see_study * len(rings[study]) if study not in (city, home) else 0.0
    key = market.key(SAMPLE_POSITION)
    point = uniform(key, person.uid, 2 * k) * (here + at_home + alumni + total)
    if point < here:
        place = city
    elif point < here + at_home:
        place = home
    elif point < here + at_home + alumni:
        place = study
    else:
        place = board.place_of(level, min(total - 1, int(point - here - at_home - alumni)))
    return rings[place].seen_from(uniform(key, person.uid, 2 * k + 1))


def place_utility(person, city, market):
    """What the person thinks of living in a city, apart from job and pay."""
    rule = market.params.search
    value = rule.b_amenity * city.amenity + rule.b_career * city.career
    chance = 1.0 if person.hukou is city else city.hukou_chance[person.education]
    value += rule.b_hukou * city.hukou_value * chance
    if person.home is city:
        value += rule.b_home
    if person.city is city:
        value += rule.b_here * min(1.0, (market.quarter_number - person.arrived_q) / rule.settle_quarters)
    value -= rule.b_move * person.city.distance[city.index]
    return value + rule.taste_city * normal(market.keys.taste_city, person.uid, city.index)


def reservation_wage(person, rule):
    """Pay that a person without a job holds out for; it falls with the time searched."""
    patience = max(0.0, 1.0 - rule.replacement_decay * person.search_q)
    return rule.replacement * patience * person.city.market_wage[person.education]
