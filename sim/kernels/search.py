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

from sim.kernels.eligibility import load_person
from sim.kernels.pay import disposable_income
from sim.rng import draw_bits, draw_bits_of, gumbel, normal, uniform
from sim.types import EMPLOYED, SEARCHING


@njit(cache=True)
def select_searchers(people: Any, share_employed: float, effort: float, key: np.uint64, out: NDArray[np.uint32]) -> int:
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


@njit(cache=True, forceinline=True)
def place_utility(
    person: Any,
    city: int,
    places: NDArray[np.void],
    hukou_chance: NDArray[np.float64],
    distance: NDArray[np.float64],
    rule: Any,
    quarter: int,
    key_taste: np.uint64,
) -> float:
    """Part of the utility that depends on the person and the city but not on the position."""
    place = places[city]
    value = rule.b_amenity * place["amenity"] + rule.b_career * place["career"]
    chance = 1.0 if person.hukou == city else hukou_chance[city, person.education]
    value += rule.b_hukou * place["hukou_value"] * chance
    if person.home == city:
        value += rule.b_home
    if person.city == city:
        value += rule.b_here * min(1.0, (quarter - person.arrived_q) / rule.settle_quarters)
    value -= rule.b_move * distance[person.city, city]
    return value + rule.taste_city * normal(draw_bits_of(key_taste, person.uid, np.uint64(city)))


@njit(cache=True, forceinline=True)
def reservation_wage(person: Any, market_wage: NDArray[np.float64], rule: Any) -> float:
    """Pay that a person without a job holds out for: a share of market pay that falls with the time searched."""
    patience = max(0.0, 1.0 - rule.replacement_decay * person.search_q)
    return rule.replacement * patience * market_wage[person.city, person.education]


@njit(cache=True, forceinline=True)
def follow_point(points: NDArray[np.float64], first: int, last: int, u: float) -> int:
    """Index in `first:last` of the first of the ascending `points` at or above `u`; `first` when none is."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if points[middle] < u:
            low = middle + 1
        else:
            high = middle
    return first if low == last else low


@njit(cache=True, forceinline=True)
def sample_line(
    person: Any,
    k: int,
    opening_line: NDArray[np.int32],
    opening_point: NDArray[np.float64],
    block_start: NDArray[np.int64],
    rule: Any,
    keys: Any,
) -> int:
    """Line of the k-th position that the person happens to see; -1 when nothing is open at the level looked at.

    An opening where the person lives, comes from or studied is `see_here`, `see_home` or `see_study` times as visible
    on top of being visible as one of the country's. In the place, the opening that follows a random point is seen.
    """
    level = int(person.education)
    u = uniform(draw_bits_of(keys.sample_place, person.uid, np.uint64(k)))
    if level > 0 and u >= rule.own_level:
        level = min(level - 1, int((u - rule.own_level) / (1.0 - rule.own_level) * level))
    start = block_start[level]
    n_places = start.shape[0] - 1
    city, home, study = int(person.city), int(person.home), int(person.study)
    here = rule.see_here * (start[city + 1] - start[city])
    at_home = rule.see_home * (start[home + 1] - start[home]) if home != city else 0.0
    alumni = rule.see_study * (start[study + 1] - start[study]) if study not in (city, home) else 0.0
    total = start[n_places] - start[0]
    if total <= 0:
        return -1
    u = uniform(draw_bits_of(keys.sample_position, person.uid, np.uint64(2 * k))) * (here + at_home + alumni + total)
    if u < here:
        place = city
    elif u < here + at_home:
        place = home
    elif u < here + at_home + alumni:
        place = study
    else:
        opening = start[0] + min(total - 1, int(u - here - at_home - alumni))
        place = 0
        while start[place + 1] <= opening:
            place += 1
    u = uniform(draw_bits_of(keys.sample_position, person.uid, np.uint64(2 * k + 1)))
    return opening_line[follow_point(opening_point, start[place], start[place + 1], u)]


@njit(cache=True, forceinline=True)
def insert_best(lines: NDArray[np.int32], s: int, utilities: NDArray[np.float64], line: int, utility: float) -> None:
    """Keep row `s` of `lines` the best distinct lines, best first; equal utilities keep the lower line first."""
    limit = utilities.shape[0]
    for a in range(limit):
        if lines[s, a] == line:
            return
    a = limit - 1
    if lines[s, a] >= 0 and (utilities[a] > utility or (utilities[a] == utility and lines[s, a] < line)):
        return
    while a > 0 and (
        lines[s, a - 1] < 0 or utilities[a - 1] < utility or (utilities[a - 1] == utility and lines[s, a - 1] > line)
    ):
        lines[s, a] = lines[s, a - 1]
        utilities[a] = utilities[a - 1]
        a -= 1
    lines[s, a] = line
    utilities[a] = utility


@njit(cache=True, nogil=True)
def search_positions(
    start: int,
    stop: int,
    searchers: NDArray[np.uint32],
    people: Any,
    firms: Any,
    lines: NDArray[np.void],
    opening_line: NDArray[np.int32],
    opening_point: NDArray[np.float64],
    block_start: NDArray[np.int64],
    places: NDArray[np.void],
    hukou_chance: NDArray[np.float64],
    distance: NDArray[np.float64],
    market_wage: NDArray[np.float64],
    transfers: NDArray[np.void],
    schemes: NDArray[np.void],
    rule: Any,
    housing: Any,
    tax: Any,
    quarter: int,
    keys: Any,
    applications: NDArray[np.int32],
) -> None:
    """Fill rows `start:stop` of `applications` (searcher, A) with lines in order of preference, -1 where none.

    Nobody applies below the utility of the present job plus a gain, or of going on searching at the reservation wage.
    """
    utilities = np.empty(applications.shape[1], np.float64)
    full = lines.shape[0] <= rule.n_sampled
    for s in range(start, stop):
        person = load_person(people, firms, searchers[s])
        for a in range(utilities.shape[0]):
            applications[s, a] = -1
            utilities[a] = -math.inf
        n_seen = int(rule.n_sampled * places[person.city]["sample_factor"] + 0.5)
        if full:
            n_seen = lines.shape[0]
        floor = -math.inf
        for k in range(-1, n_seen):
            if k >= 0:
                number = k if full else sample_line(person, k, opening_line, opening_point, block_start, rule, keys)
                if number < 0:
                    continue
                line = lines[number]
                if line["firm"] == person.firm or line["cell"] // 12 > person.education:
                    continue
                city, wage = int(line["place"]), float(line["wage"])
                industry, size = int(line["industry"]), int(line["size"])
                value = rule.b_career * line["career"] + rule.taste_position * gumbel(
                    draw_bits_of(keys.taste_position, person.uid, line["identity"])
                )
            else:
                number, city, industry, size = -1, int(person.city), int(person.industry), int(person.size)
                if person.state == EMPLOYED:
                    wage = float(person.wage)
                    career = firms.career[person.firm] + rule.career_ai * (person.cell % 2)
                    value = rule.job_move_gain + rule.b_career * career
                else:
                    wage = reservation_wage(person, market_wage, rule)
                    value = 0.0
            left = disposable_income(
                person, city, wage, industry, size, quarter, places, transfers, schemes, housing, tax, keys.family,
                keys.take_up,
            )  # fmt: skip
            value += rule.b_wage * math.log(left)
            value += place_utility(person, city, places, hukou_chance, distance, rule, quarter, keys.taste_city)
            if k < 0:
                floor = value
            elif value > floor:
                insert_best(applications, s, utilities, number, value)
