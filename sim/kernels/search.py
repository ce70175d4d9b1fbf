"""People search: a sample of positions, the utility of each, and the best few as applications.

U = b_wage ln(disposable) + b_career career + b_hukou chance x value + b_amenity amenity + b_home [home]
    + b_here [here] f(tenure) - cost of moving + taste(person, city) + shock(person, position)

Home, here and the hukou are those of an area. For a position in another place of the area within reach, U is the better
of moving there (- b_relocate) and of staying and commuting (- b_commute travel).

The sample (K positions, sim/kernels/sampling.py) is the information friction. Shocks are Gumbel, so that with all
positions seen and no capacity limit, choices follow the multinomial logit (McFadden 1974). With K at or above the
number of lines every line is seen once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.areas import in_area
from sim.kernels.eligibility import has_bit
from sim.kernels.inlined import inlined
from sim.kernels.pay import choose_tenure, disposable_income, lives_with_family, take_home
from sim.kernels.sampling import most_looks, sample_lines
from sim.rng import draw_bits, draw_bits_of, draw_next, gumbel, normal, uniform
from sim.types import EMPLOYED, FAMILY, SEARCHING, SUBSIDISED

TASTES_OF_PLACES = np.uint64(64)
"""Where the draws of tastes for places within an area begin: beyond those for areas."""


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


@inlined
def place_utility(
    person: Any,
    city: int,
    places: NDArray[np.void],
    hukou_chance: NDArray[np.float64],
    move_cost: NDArray[np.float64],
    travel: NDArray[np.float64] | None,
    rule: Any,
    quarter: int,
    key_taste: np.uint64,
) -> float:
    """Part of the utility that depends on the person and the city but not on the position.

    `move_cost` (place, place) utility: b_move x distance, and what policies add to it. `travel` as in
    `search_positions`: with None each place is an area of its own, and nothing of areas is compiled.
    """
    place = places[city]
    value = rule.b_amenity * place["amenity"] + rule.b_career * place["career"]
    if travel is None:
        is_citizen, is_home, is_here = person.hukou == city, person.home == city, person.city == city
    else:
        is_citizen, is_home = in_area(place, city, person.hukou), in_area(place, city, person.home)
        is_here = in_area(place, city, person.city)
    chance = 1.0 if is_citizen else hukou_chance[city, person.education]
    value += rule.b_hukou * place["hukou_value"] * chance
    if is_home:
        value += rule.b_home
    if is_here:
        value += rule.b_here * min(1.0, (quarter - person.arrived_q) / rule.settle_quarters)
    value -= move_cost[person.city, city]
    first = city
    if travel is not None:
        first = city - place["before"]
        if is_here and person.city != city:
            value -= rule.b_relocate
        if place["before"] + place["after"] > 0:  # a taste for the place beside the one for its area
            value += rule.taste_place * normal(draw_bits_of(key_taste, person.uid, np.uint64(city) + TASTES_OF_PLACES))
    return value + rule.taste_city * normal(draw_bits_of(key_taste, person.uid, np.uint64(first)))


@inlined
def reservation_wage(person: Any, market_wage: NDArray[np.float64], rule: Any) -> float:
    """Pay that a person without a job holds out for: a share of market pay that falls with the time searched."""
    patience = max(0.0, 1.0 - rule.replacement_decay * person.search_q)
    return rule.replacement * patience * market_wage[person.city, person.education]


@inlined
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
def fill_offers(
    lines: NDArray[np.void], places: NDArray[np.void], rule: Any, housing: Any, tax: Any, out: NDArray[np.void]
) -> None:
    """What searchers read of each line: `out` (line,) of OFFER_DTYPE.

    Its two values are the utility of the job and of the income left, for who rents there and for who lives with family;
    for a person whom no policy reaches the income is that of `disposable_income`.
    """
    for number in range(lines.shape[0]):
        line = lines[number]
        offer = out[number]
        place = places[line["place"]]
        net = take_home(float(line["wage"]), tax)
        _, rent = choose_tenure(net, place["rent_shared"], place["rent_whole"], housing)
        least = max(housing.floor_share * net, 1.0)
        career = rule.b_career * line["career"]
        offer["identity"], offer["firm"] = line["identity"], line["firm"]
        offer["place"], offer["level"] = line["place"], line["cell"] // 12
        offer["career"] = career
        offer["renting"] = career + rule.b_wage * math.log(max(net - rent - place["living_cost"], least))
        offer["at_home"] = career + rule.b_wage * math.log(max(net - place["living_cost"], least))


@njit(cache=True)
def mark_policy_places(transfers: NDArray[np.void], schemes: NDArray[np.void], out: NDArray[np.bool_]) -> None:
    """Places in which any transfer or subsidised unit can reach anybody."""
    for place in range(out.shape[0]):
        out[place] = False
        for k in range(transfers.shape[0]):
            out[place] |= has_bit(transfers[k]["place_mask"], place)
        for k in range(schemes.shape[0]):
            out[place] |= schemes[k]["place"] == place


@inlined
def present_value(
    person: Any,
    career_now: float,
    places: NDArray[np.void],
    market_wage: NDArray[np.float64],
    transfers: NDArray[np.void],
    schemes: NDArray[np.void],
    rule: Any,
    housing: Any,
    tax: Any,
    quarter: int,
    keys: Any,
) -> float:
    """Utility, but for the city, below which nobody applies: of the present job and a gain, or of searching on."""
    if person.state == EMPLOYED:
        wage, value = float(person.wage), rule.job_move_gain + rule.b_career * career_now
    else:
        wage, value = reservation_wage(person, market_wage, rule), 0.0
    left = disposable_income(
        person, int(person.city), wage, int(person.industry), int(person.size), quarter, places, transfers, schemes,
        housing, tax, keys.family, keys.take_up,
    )  # fmt: skip
    return value + rule.b_wage * math.log(left)


@njit(cache=True, nogil=True)
def search_positions(
    start: int,
    stop: int,
    persons: NDArray[np.void],
    firm_career: NDArray[np.float64],
    firm_place: NDArray[np.int8],
    lines: NDArray[np.void],
    offers: NDArray[np.void],
    capacity: NDArray[np.int32],
    slots: NDArray[np.int32],
    slot_start: NDArray[np.int64],
    block_start: NDArray[np.int64],
    guide: NDArray[np.int64],
    area_open: NDArray[np.int64],
    places: NDArray[np.void],
    hukou_chance: NDArray[np.float64],
    move_cost: NDArray[np.float64],
    travel: NDArray[np.float64] | None,
    market_wage: NDArray[np.float64],
    transfers: NDArray[np.void],
    schemes: NDArray[np.void],
    rule: Any,
    housing: Any,
    tax: Any,
    quarter: int,
    keys: Any,
    gumbel_bound: NDArray[np.float64],
    applications: NDArray[np.int32],
) -> None:
    """Fill rows `start:stop` of `applications` (searcher, A) with lines in order of preference, -1 where none.

    `persons` (searcher,) of PERSON_DTYPE; `firm_career` and `firm_place` (firm,); `offers` (line,) from `fill_offers`;
    `capacity` (line,) openings left; `slots`, `slot_start`, `block_start`, `guide` and `area_open` are those of
    OpeningIndex; `move_cost` (place, place) utility. `travel` is that of Places, or None where every place is an area
    of its own: then nothing of areas is compiled, because it would cost some 5 % of the search.
    What depends on person and city is computed once per city that a person sees. The taste for a position is drawn in
    full only where its upper bound could make a difference.
    """
    limit, n_places = applications.shape[1], places.shape[0]
    utilities = np.empty(limit, np.float64)
    has_policy = np.empty(n_places, np.bool_)
    mark_policy_places(transfers, schemes, has_policy)
    city_value, city_seen = np.empty(n_places), np.full(n_places, -1, np.int64)
    full, n_seen = lines.shape[0] <= rule.n_sampled, lines.shape[0]
    most = most_looks(places, n_seen, rule)
    draws, seen = np.empty((3, most), np.uint64), np.empty(most, np.int64)
    if full:
        for k in range(n_seen):
            seen[k] = k if capacity[k] > 0 else -1
    for s in range(start, stop):
        person = persons[s]
        for a in range(limit):
            applications[s, a] = -1
            utilities[a] = -math.inf
        at_home = person.home if lives_with_family(person.uid, housing, keys.family) else -1
        owned = person.city if person.housing == FAMILY else -1
        leased = person.city if person.housing == SUBSIDISED else -1
        career_now = firm_career[person.firm] if person.firm >= 0 else 0.0
        city = residence = int(person.city)
        city_seen[city] = s
        city_value[city] = place_utility(
            person, city, places, hukou_chance, move_cost, travel, rule, quarter, keys.taste_city
        )
        floor = city_value[city] + present_value(
            person, career_now + rule.career_ai * (person.cell % 2), places, market_wage, transfers, schemes, rule,
            housing, tax, quarter, keys,
        )  # fmt: skip
        if travel is not None and person.firm >= 0:
            floor -= rule.b_commute * travel[residence, firm_place[person.firm]]
        bits_taste = draw_bits(keys.taste_position, person.uid)
        if not full:
            n_seen = sample_lines(
                person, slots, slot_start, block_start, guide, area_open, places, travel, rule, keys, draws, seen
            )
        for k in range(n_seen):
            number = seen[k]
            if number < 0:
                continue
            offer = offers[number]
            if offer["firm"] == person.firm or offer["level"] > person.education:
                continue
            work = int(offer["place"])
            city, value = work, -math.inf
            while True:  # once for moving to the job and, where it can be reached from here, once more for staying
                if city_seen[city] != s:
                    city_seen[city] = s
                    city_value[city] = place_utility(
                        person, city, places, hukou_chance, move_cost, travel, rule, quarter, keys.taste_city
                    )
                if has_policy[city] or city == leased or city != work:
                    line = lines[number]
                    one = offer["career"] + rule.b_wage * math.log(
                        disposable_income(
                            person, city, float(line["wage"]), int(line["industry"]), int(line["size"]), quarter,
                            places, transfers, schemes, housing, tax, keys.family, keys.take_up,
                        )
                    )  # fmt: skip
                else:
                    one = offer["at_home"] if city == at_home or city == owned else offer["renting"]
                one += city_value[city]
                if travel is None:
                    value = one
                    break
                one -= rule.b_commute * travel[city, work]
                value = max(value, one)
                if city == residence or travel[residence, work] == math.inf:
                    break
                city = residence
            bits = draw_next(bits_taste, offer["identity"])
            best = value + rule.taste_position * gumbel_bound[np.int64(bits >> np.uint64(56))]
            if best <= floor or best < utilities[limit - 1]:
                continue
            value += rule.taste_position * gumbel(bits)
            if value > floor:
                insert_best(applications, s, utilities, number, value)
