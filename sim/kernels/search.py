"""People search: a sample of positions, the utility of each, and the best few as applications.

U = b_wage ln(disposable) + b_career career + b_hukou chance x value + b_amenity amenity + b_home [home]
    + b_here [here] f(tenure) - b_move distance + taste(person, city) + shock(person, position)

The sample (K positions) is the information friction: the current city, home and study city are seen more than the
rest of the country. Shocks are Gumbel, so that with all positions seen and no capacity limit, choices follow the
multinomial logit (McFadden 1974). With K at or above the number of lines every line is seen once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.pay import log_disposable
from sim.rng import draw_bits, draw_bits_of, gumbel, normal, uniform
from sim.types import EMPLOYED, SEARCHING


@njit(cache=True)
def select_searchers(
    people: Any, share_employed: float, effort: float, key: np.uint64, out: NDArray[np.uint32]
) -> int:
    """Write the rows of people who search this quarter into `out`; returns their number."""
    found = 0
    for i in range(people.uid.shape[0]):
        state = people.state[i]
        if state == SEARCHING:
            if effort < 1.0 and uniform(draw_bits(key, people.uid[i])) >= effort:
                continue
        elif state != EMPLOYED or uniform(draw_bits(key, people.uid[i])) >= share_employed:
            continue
        out[found] = i
        found += 1
    return found


@njit(cache=True)
def place_utility(people: Any, i: int, city: int, places: Any, rule: Any, quarter: int, key_taste: np.uint64) -> float:
    """Part of the utility that depends on the person and the city but not on the position."""
    value = rule.b_amenity * places.amenity[city] + rule.b_career * places.career[city]
    if people.hukou[i] == city:
        value += rule.b_hukou * places.hukou_value[city]
    else:
        value += rule.b_hukou * places.hukou_value[city] * places.hukou_chance[city, people.education[i]]
    if people.home[i] == city:
        value += rule.b_home
    if people.city[i] == city:
        value += rule.b_here * min(1.0, (quarter - people.arrived_q[i]) / 4.0)
    value -= rule.b_move * places.distance[people.city[i], city]
    return value + rule.taste_city * normal(draw_bits_of(key_taste, people.uid[i], np.uint64(city)))


@njit(cache=True)
def position_utility(
    people: Any, i: int, line: int, positions: Any, firms: Any, places: Any, transfers: Any, schemes: Any, rule: Any,
    housing: Any, tax: Any, quarter: int, keys: Any,
) -> float:
    """Utility of one open position for person `i`, its shock included."""
    firm = positions.firm[line]
    city = firms.place[firm]
    value = rule.b_wage * log_disposable(
        people, i, city, positions.wage[line], firms.industry[firm], firms.size[firm], quarter, places, transfers,
        schemes, housing, tax, keys.family, keys.take_up,
    )
    value += rule.b_career * (firms.career[firm] + rule.career_ai * (positions.cell[line] % 2))
    value += place_utility(people, i, city, places, rule, quarter, keys.taste_city)
    shock = gumbel(draw_bits_of(keys.taste_position, people.uid[i], positions.identity[line]))
    return value + rule.taste_position * shock


@njit(cache=True)
def reservation_utility(
    people: Any, i: int, firms: Any, places: Any, transfers: Any, schemes: Any, rule: Any, housing: Any, tax: Any,
    quarter: int, keys: Any,
) -> float:
    """Utility below which person `i` does not apply: the present job plus a gain, or the value of going on searching."""
    city = people.city[i]
    if people.state[i] == EMPLOYED:
        firm = people.firm[i]
        wage, industry, size = people.wage[i], firms.industry[firm], firms.size[firm]
        value = rule.job_move_gain + rule.b_career * (firms.career[firm] + rule.career_ai * (people.cell[i] % 2))
    else:
        patience = max(0.0, 1.0 - rule.replacement_decay * people.search_q[i])
        wage = rule.replacement * patience * places.market_wage[city, people.education[i]]
        industry, size, value = -1, -1, 0.0
    value += rule.b_wage * log_disposable(
        people, i, city, wage, industry, size, quarter, places, transfers, schemes, housing, tax,
        keys.family, keys.take_up,
    )
    return value + place_utility(people, i, city, places, rule, quarter, keys.taste_city)


@njit(cache=True)
def sample_line(people: Any, i: int, k: int, positions: Any, rule: Any, keys: Any) -> int:
    """Line of the k-th position that person `i` happens to see; -1 when there is none where they look."""
    level = people.education[i]
    bits = draw_bits_of(keys.sample_place, people.uid[i], np.uint64(k))
    u = uniform(bits)
    if level > 0 and u >= rule.own_level:
        level = min(level - 1, int((u - rule.own_level) / (1.0 - rule.own_level) * level))
    bits = draw_bits_of(keys.sample_position, people.uid[i], np.uint64(2 * k))
    u = uniform(bits)
    n_places = positions.block_start.shape[1] - 1
    first, last = positions.block_start[level, 0], positions.block_start[level, n_places]
    here, home, study = people.city[i], people.home[i], people.study[i]
    place = -1
    if u < rule.see_here:
        place = here
    elif u < rule.see_here + rule.see_home:
        place = home
    elif u < rule.see_here + rule.see_home + rule.see_study:
        place = study
    if place >= 0:
        first, last = positions.block_start[level, place], positions.block_start[level, place + 1]
    if last <= first:
        return -1
    u = uniform(draw_bits_of(keys.sample_position, people.uid[i], np.uint64(2 * k + 1)))
    return positions.opening_line[first + int(u * (last - first))]


@njit(cache=True)
def insert_best(
    lines: NDArray[np.int32], utilities: NDArray[np.float64], line: int, utility: float, limit: int
) -> None:
    """Keep `lines` the best `limit` distinct lines, best first; equal utilities keep the lower line number first."""
    for a in range(limit):
        if lines[a] == line:
            return
    a = limit - 1
    if lines[a] >= 0 and (utilities[a] > utility or (utilities[a] == utility and lines[a] < line)):
        return
    while a > 0 and (lines[a - 1] < 0 or utilities[a - 1] < utility
                     or (utilities[a - 1] == utility and lines[a - 1] > line)):
        lines[a] = lines[a - 1]
        utilities[a] = utilities[a - 1]
        a -= 1
    lines[a] = line
    utilities[a] = utility


@njit(cache=True, nogil=True)
def search_positions(
    start: int, stop: int, searchers: NDArray[np.uint32], people: Any, positions: Any, firms: Any, places: Any,
    transfers: Any, schemes: Any, rule: Any, housing: Any, tax: Any, quarter: int, keys: Any,
    applications: NDArray[np.int32],
) -> None:
    """Fill rows `start:stop` of `applications` (searcher, A) with lines in order of preference, -1 where none."""
    limit = applications.shape[1]
    utilities = np.empty(limit, np.float64)
    n_lines = positions.firm.shape[0]
    full = n_lines <= rule.n_sampled
    for s in range(start, stop):
        i = searchers[s]
        for a in range(limit):
            applications[s, a] = -1
            utilities[a] = -math.inf
        floor = reservation_utility(
            people, i, firms, places, transfers, schemes, rule, housing, tax, quarter, keys
        )
        n_seen = n_lines if full else int(rule.n_sampled * places.sample_factor[people.city[i]] + 0.5)
        for k in range(n_seen):
            line = k if full else sample_line(people, i, k, positions, rule, keys)
            if line < 0 or positions.firm[line] == people.firm[i]:
                continue
            if positions.cell[line] // 12 > people.education[i]:
                continue
            utility = position_utility(
                people, i, line, positions, firms, places, transfers, schemes, rule, housing, tax, quarter, keys
            )
            if utility > floor:
                insert_best(applications[s], utilities, line, utility, limit)
