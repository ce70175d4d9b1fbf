"""Phase 6. Searchers see a sample of positions and apply to the best few.

U = b_wage ln(disposable) + b_career career + b_hukou chance x worth + b_amenity amenity + b_home [home]
    + b_here [here] min(1, quarters since arrival / settle_quarters) - b_move distance
    + taste_city x normal(person, city) + taste_position x Gumbel(person, position)
"""

import math
from types import SimpleNamespace

from sim.rng import SAMPLE_LEVEL, SAMPLE_OPENING, SAMPLE_PLACE, SEARCH_START, TASTE_POSITION
from sim.types import EMPLOYED, SEARCHING
from tests.reference.board import Board
from tests.reference.draws import draw_bits, gumbel, normal, sub_key, uniform
from tests.reference.income import disposable_income


def people_search(market):
    """Fill `market.applications`: searcher -> positions, best first."""
    key = market.key(SEARCH_START)
    searchers = [person for person in market.people if searches(person, market, key)]
    board = Board(market, {position: position.capacity for position in market.positions}, 0)
    market.applications = apply_for_positions(market, searchers, board, 0)


def apply_for_positions(market, searchers, board, hiring_round):
    """Searcher -> positions on the board for which they apply; tastes last for the quarter, what is seen does not."""
    keys = SimpleNamespace(
        level=sub_key(market.key(SAMPLE_LEVEL), hiring_round),
        place=sub_key(market.key(SAMPLE_PLACE), hiring_round),
        opening=sub_key(market.key(SAMPLE_OPENING), hiring_round),
    )
    return {person: choose_positions(person, market, board, keys) for person in searchers}


def searches(person, market, key):
    """Whether the person searches this quarter: some of the employed, and who is without a job and on no course."""
    rule = market.params.search
    if person.state == SEARCHING:
        return not person.is_on_course and (rule.effort >= 1.0 or uniform(key, person.uid) < rule.effort)
    return person.state == EMPLOYED and uniform(key, person.uid) < rule.employed_share


def choose_positions(person, market, board, keys):
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
    for position in see_positions(person, market, board, keys):
        if position.firm is person.firm or position.level > person.education:
            continue
        value = rule.b_career * position.career
        value += rule.taste_position * gumbel(key_taste, person.uid, position.identity)
        value += value_of(position.city, position.wage, position.firm)
        if value > floor:
            found.append((-value, position.identity, position))
    return [position for _, _, position in sorted(found, key=lambda one: one[:2])[: rule.n_applications]]


def see_positions(person, market, board, keys):
    """Positions that the person happens to see; all of a small market."""
    if board.is_small:
        return set(board.left)
    n_seen = int(board.n_sampled * person.city.sample_factor + 0.5)
    seen = {sample_position(person, k, market, board, keys) for k in range(n_seen)}
    return seen - {None}


def sample_position(person, k, market, board, keys):
    """The k-th position seen: mostly of the own level, and more of the places where one lives, comes from, studied."""
    rule, level = market.params.search, person.education
    u = uniform(keys.level, person.uid, k)
    if level > 0 and u >= rule.own_level:
        level = min(level - 1, int((u - rule.own_level) / (1.0 - rule.own_level) * level))
    tables, total = board.tables[level], board.ends[level][-1]
    if total == 0:
        return None
    city, home, study = person.city.index, person.home.index, person.study.index
    here = rule.see_here * tables[city].n_openings
    at_home = rule.see_home * tables[home].n_openings if home != city else 0.0
    alumni = rule.see_study * tables[study].n_openings if study not in (city, home) else 0.0
    point = uniform(keys.place, person.uid, k) * (here + at_home + alumni + total)
    if point < here:
        place = city
    elif point < here + at_home:
        place = home
    elif point < here + at_home + alumni:
        place = study
    else:
        place = board.place_of(level, min(total - 1, int(point - here - at_home - alumni)))
    return tables[place].find(draw_bits(keys.opening, person.uid, k))


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
