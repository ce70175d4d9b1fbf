"""Tenure of each person: subsidised lease, family home, or the best market tenure that is affordable.

People who apply for a subsidised unit wait in a queue that remembers the quarter of their first application. Market
leases last a year; rents paid change when a lease ends. Subsidised leases end with their term. People settle in
a home of their own with a hazard from the fifth year on, which takes them off the rental market. How market rents
answer occupancy is the business of the cities (sim/agents/cities.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.eligibility import is_eligible, knows_and_applies, load_person
from sim.kernels.inlined import inlined
from sim.kernels.pay import (
    choose_aided_tenure,
    choose_tenure,
    known_transfers,
    lives_with_family,
    scheme_rent,
    take_home,
)
from sim.rng import draw_bits, uniform
from sim.types import EMPLOYED, FAMILY, NO_QUARTER, NO_SCHEME, OUT, SEARCHING, STUDYING, SUBSIDISED, UNHOUSED

NO_END = 32767
"""End of a lease whose term has no limit: the last quarter that its column holds."""


@njit(cache=True, nogil=True)
def end_leases(start: int, stop: int, people: Any, quarter: int) -> None:
    """People of rows `start:stop` whose lease has ended look for a dwelling again."""
    for i in range(start, stop):
        if people.lease_end_q[i] <= quarter and people.housing[i] != FAMILY:
            people.housing[i] = UNHOUSED
            people.scheme[i] = NO_SCHEME


@inlined
def find_market_tenure(
    people: Any,
    firms: Any,
    i: int,
    places: NDArray[np.void],
    transfers: NDArray[np.void],
    aided: NDArray[np.bool_],
    quarter: int,
    rule: Any,
    tax: Any,
    key: np.uint64,
) -> tuple[int, float]:
    """Best market tenure of person `i` where they live: (code, market rent in CNY/month).

    What the person would get against the rent of each tenure lowers that rent; other transfers are income. `aided`
    (place,) marks places where any of `transfers` is paid against rent: the others do not pay for asking.
    """
    city = people.city[i]
    place = places[city]
    shared, whole = place["rent_shared"], place["rent_whole"]
    net = take_home(people.wage[i], tax) + people.transfer[i] - people.rent_aid[i]
    if not aided[city]:
        return choose_tenure(net, shared, whole, rule)
    person = load_person(people, firms, i)
    since = person.resident_q
    aid_shared = known_transfers(
        person, city, place, person.wage, shared, person.industry, person.size, quarter, since, transfers, tax, key,
        True,
    )  # fmt: skip
    aid_whole = known_transfers(
        person, city, place, person.wage, whole, person.industry, person.size, quarter, since, transfers, tax, key, True
    )
    return choose_aided_tenure(net, shared, whole, aid_shared, aid_whole, rule)


@njit(cache=True)
def list_applicants(
    people: Any,
    firms: Any,
    places: NDArray[np.void],
    schemes: NDArray[np.void],
    k: int,
    transfers: NDArray[np.void],
    aided: NDArray[np.bool_],
    quarter: int,
    tax: Any,
    housing: Any,
    key: np.uint64,
    key_family: np.uint64,
    waiting: NDArray[np.bool_],
    out: NDArray[np.uint32],
) -> int:
    """Rows of people who apply for scheme `k`: eligible, informed, not subsidised, and cheaper off than now.

    Who can live with family does not apply. `waiting` (row,) marks them, and who applies for the first time joins the
    queue of the city.
    """
    found = 0
    entry = schemes[k]
    city = int(entry["place"])
    offered = scheme_rent(entry, places[city]["rent_whole"], 0)
    for i in range(people.uid.shape[0]):
        if people.city[i] != city or people.housing[i] == SUBSIDISED or people.housing[i] == FAMILY:
            continue
        if people.state[i] != EMPLOYED and people.state[i] != SEARCHING:
            continue
        if people.home[i] == city and lives_with_family(people.uid[i], housing, key_family):
            continue
        person = load_person(people, firms, i)
        wage, since = person.wage, person.resident_q
        if not is_eligible(entry, person, city, places[city], wage, person.industry, person.size, quarter, since):
            continue
        rent = float(person.rent)
        if people.housing[i] == UNHOUSED:
            _, rent = find_market_tenure(people, firms, i, places, transfers, aided, quarter, housing, tax, key)
        if offered < rent and knows_and_applies(person, entry["policy"], entry["take_up"], key):
            out[found] = i
            found += 1
            waiting[i] = True
            if people.queue_q[i] == NO_QUARTER:
                people.queue_q[i] = quarter
    return found


@njit(cache=True, nogil=True)
def leave_queue(start: int, stop: int, people: Any, waiting: NDArray[np.bool_]) -> None:
    """People of rows `start:stop` who did not apply this quarter, or hold a unit now, wait no longer."""
    for i in range(start, stop):
        if not waiting[i] or people.housing[i] == SUBSIDISED:
            people.queue_q[i] = NO_QUARTER


@njit(cache=True)
def grant_leases(people: Any, rows: NDArray[np.uint32], policy: int, term_q: int, quarter: int) -> None:
    """Give a subsidised lease to each of `rows`."""
    for s in range(rows.shape[0]):
        i = rows[s]
        people.housing[i] = SUBSIDISED
        people.scheme[i] = policy
        people.lease_start_q[i] = quarter
        people.lease_end_q[i] = min(quarter + term_q, NO_END)


@njit(cache=True, nogil=True)
def settle_tenures(
    start: int,
    stop: int,
    people: Any,
    places: NDArray[np.void],
    firms: Any,
    schemes: NDArray[np.void],
    entry_of: NDArray[np.int64],
    transfers: NDArray[np.void],
    aided: NDArray[np.bool_],
    quarter: int,
    rule: Any,
    tax: Any,
    key_take_up: np.uint64,
    key_family: np.uint64,
    key_own: np.uint64,
    scheme_gap: NDArray[np.int64],
    scheme_people: NDArray[np.int64],
) -> None:
    """Tenure and rent of rows `start:stop`.

    `scheme_gap` (entry,) sums market rent less rent paid of subsidised tenants in hundredths of CNY/month;
    `scheme_people` (entry,) counts them. `entry_of` (policy, place) is the entry of a scheme, -1 where it has ended.
    """
    for i in range(start, stop):
        if people.state[i] == STUDYING or people.state[i] == OUT:
            continue
        city = people.city[i]
        if people.housing[i] == SUBSIDISED:
            k = entry_of[people.scheme[i], city]
            if k >= 0:
                market = places[city]["rent_whole"]
                paid = scheme_rent(schemes[k], market, quarter - people.lease_start_q[i])
                people.rent[i] = paid
                scheme_gap[k] += int(max(0.0, market - paid) * 100.0 + 0.5)
                scheme_people[k] += 1
                continue
            people.housing[i] = UNHOUSED
            people.scheme[i] = NO_SCHEME
        if people.housing[i] == FAMILY:
            continue
        settled = quarter - people.cohort_q[i] >= 4 * rule.own_home_years and people.state[i] == EMPLOYED
        owns = settled and uniform(draw_bits(key_own, people.uid[i])) < rule.own_home_hazard
        if owns or (people.home[i] == city and lives_with_family(people.uid[i], rule, key_family)):
            people.housing[i] = FAMILY
            people.rent[i] = 0.0
        elif people.housing[i] == UNHOUSED:
            tenure, rent = find_market_tenure(
                people, firms, i, places, transfers, aided, quarter, rule, tax, key_take_up
            )
            people.housing[i] = tenure
            people.rent[i] = rent
            people.lease_start_q[i] = quarter
            people.lease_end_q[i] = quarter + rule.market_lease_quarters
