"""Tenure of each person: subsidised lease, family home, or the best market tenure that is affordable.

Market leases last a year; rents paid change when a lease ends. Subsidised leases end with their term. People settle in
a home of their own with a hazard from the fifth year on, which takes them off the rental market. How market rents
answer occupancy is the business of the cities (sim/agents/cities.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.eligibility import is_eligible, knows_and_applies, load_person
from sim.kernels.pay import choose_tenure, lives_with_family, scheme_rent, take_home
from sim.rng import draw_bits, uniform
from sim.types import EMPLOYED, FAMILY, NO_SCHEME, OUT, SEARCHING, STUDYING, SUBSIDISED, UNHOUSED

NO_END = 32767
"""End of a lease whose term has no limit: the last quarter that its column holds."""


@njit(cache=True, nogil=True)
def end_leases(start: int, stop: int, people: Any, quarter: int) -> None:
    """People of rows `start:stop` whose lease has ended look for a dwelling again."""
    for i in range(start, stop):
        if people.lease_end_q[i] <= quarter and people.housing[i] != FAMILY:
            people.housing[i] = UNHOUSED
            people.scheme[i] = NO_SCHEME


@njit(cache=True)
def list_applicants(
    people: Any,
    firms: Any,
    places: NDArray[np.void],
    schemes: NDArray[np.void],
    k: int,
    quarter: int,
    tax: Any,
    housing: Any,
    key: np.uint64,
    out: NDArray[np.uint32],
) -> int:
    """Rows of people who apply for scheme `k`: eligible, informed, not subsidised, and cheaper off than now."""
    found = 0
    entry = schemes[k]
    city = int(entry["place"])
    place = places[city]
    offered = scheme_rent(entry, place["rent_whole"], 0)
    for i in range(people.uid.shape[0]):
        if people.city[i] != city or people.housing[i] == SUBSIDISED or people.housing[i] == FAMILY:
            continue
        if people.state[i] != EMPLOYED and people.state[i] != SEARCHING:
            continue
        person = load_person(people, firms, i)
        if not is_eligible(entry, person, city, person.wage, person.industry, person.size, quarter):
            continue
        rent = float(person.rent)
        if people.housing[i] == UNHOUSED:
            net = take_home(person.wage, tax) + people.transfer[i]
            _, rent = choose_tenure(net, place["rent_shared"], place["rent_whole"], housing)
        if offered < rent and knows_and_applies(person, entry["policy"], entry["take_up"], key):
            out[found] = i
            found += 1
    return found


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
    schemes: NDArray[np.void],
    entry_of: NDArray[np.int64],
    quarter: int,
    rule: Any,
    tax: Any,
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
            net = take_home(people.wage[i], tax) + people.transfer[i]
            tenure, rent = choose_tenure(net, places[city]["rent_shared"], places[city]["rent_whole"], rule)
            people.housing[i] = tenure
            people.rent[i] = rent
            people.lease_start_q[i] = quarter
            people.lease_end_q[i] = quarter + rule.market_lease_quarters
