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

from sim.kernels.eligibility import has_bit, load_person
from sim.kernels.pay import choose_tenure, disposable_income, lives_with_family, take_home
from sim.rng import draw_bits, draw_bits_of, gumbel, normal, uniform
from sim.types import EMPLOYED, SEARCHING


@njit(cache=True)
def select_searchers(people: Any, share_employed: float, effort: float, key: np.uint64, out: NDArray[np.uint32]) -> int:
    """Write the rows of people who search this quarter into `out`; returns their number.

    Who is on a course and has no job does not search.
    """
    found = 0
    for i in range(people.uid.shape[0]):
        state = people.state[i]
        if state == SEARCHING:
            if people.course[i] >= 0 or (effort < 1.0 and uniform(draw_bits(key, people.uid[i])) >= effort):
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


@njit(cache=True)
def fill_guide(points: NDArray[np.float64], block_start: NDArray[np.int64], out: NDArray[np.int64]) -> None:
    """Guide table: `out[first + b]` is the first point of a block of n at or above b / n; saves a search."""
    for level in range(block_start.shape[0]):
        for place in range(block_start.shape[1] - 1):
            first, last = block_start[level, place], block_start[level, place + 1]
            at = first
            for b in range(last - first):
                while at < last and points[at] < b / (last - first):
                    at += 1
                out[first + b] = at


@njit(cache=True, forceinline=True)
def follow_point(points: NDArray[np.float64], guide: NDArray[np.int64], first: int, last: int, u: float) -> int:
    """Index in `first:last` of the first of the ascending `points` at or above `u`; `first` when none is."""
    at = guide[first + min(last - first - 1, int(u * (last - first)))]
    while at < last and points[at] < u:
        at += 1
    return first if at >= last else at


@njit(cache=True, forceinline=True)
def sample_line(
    person: Any,
    k: int,
    opening_line: NDArray[np.int32],
    opening_point: NDArray[np.float64],
    guide: NDArray[np.int64],
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
    return opening_line[follow_point(opening_point, guide, start[place], start[place + 1], u)]


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


@njit(cache=True)
def fill_log_disposable(
    lines: NDArray[np.void], places: NDArray[np.void], housing: Any, tax: Any, out: NDArray[np.float64]
) -> None:
    """Log income left at each line for who rents there and for who lives with family: `out` (line, 2).

    Only what does not depend on the person; with `disposable_income` of a person whom no policy reaches it is equal.
    """
    for number in range(lines.shape[0]):
        line = lines[number]
        place = places[line["place"]]
        net = take_home(float(line["wage"]), tax)
        _, rent = choose_tenure(net, place["rent_shared"], place["rent_whole"], housing)
        least = max(housing.floor_share * net, 1.0)
        out[number, 0] = math.log(max(net - rent - place["living_cost"], least))
        out[number, 1] = math.log(max(net - place["living_cost"], least))


@njit(cache=True)
def mark_policy_places(transfers: NDArray[np.void], schemes: NDArray[np.void], out: NDArray[np.bool_]) -> None:
    """Places in which any transfer or subsidised unit can reach anybody."""
    for place in range(out.shape[0]):
        out[place] = False
        for k in range(transfers.shape[0]):
            out[place] |= has_bit(transfers[k]["place_mask"], place)
        for k in range(schemes.shape[0]):
            out[place] |= schemes[k]["place"] == place


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
    What depends on the line alone is computed once, what depends on person and city once per city that a person sees.
    """
    utilities = np.empty(applications.shape[1], np.float64)
    log_left = np.empty((lines.shape[0], 2))
    fill_log_disposable(lines, places, housing, tax, log_left)
    guide = np.empty(opening_point.shape[0], np.int64)
    fill_guide(opening_point, block_start, guide)
    has_policy = np.empty(places.shape[0], np.bool_)
    mark_policy_places(transfers, schemes, has_policy)
    city_value, city_seen = np.empty(places.shape[0]), np.full(places.shape[0], -1, np.int64)
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
        with_family = lives_with_family(person.uid, housing, keys.family)
        for k in range(-1, n_seen):
            if k >= 0:
                number = k
                if not full:
                    number = sample_line(person, k, opening_line, opening_point, guide, block_start, rule, keys)
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
            if number >= 0 and not has_policy[city]:
                left = log_left[number, 1 if with_family and person.home == city else 0]
            else:
                left = math.log(
                    disposable_income(
                        person, city, wage, industry, size, quarter, places, transfers, schemes, housing, tax,
                        keys.family, keys.take_up,
                    )
                )  # fmt: skip
            if city_seen[city] != s:
                city_seen[city] = s
                city_value[city] = place_utility(
                    person, city, places, hukou_chance, distance, rule, quarter, keys.taste_city
                )
            value += rule.b_wage * left + city_value[city]
            if k < 0:
                floor = value
            elif value > floor:
                insert_best(applications, s, utilities, number, value)
