"""Where to live for a job that is held or taken: the best place of its area from which it can be reached.

V(c) = utility of living in c + b_wage ln(income left in c) - b_commute travel(c, work)

The utility of living in c holds tastes, roots, the hukou and moving house (sim/kernels/search.py); the income left is
after the rent of c, with the transfers and units that the person knows of there. Who owns a home, lives with family or
has a subsidised lease that runs stays if the job can be reached from there.

Left out: people who look at positions compare only staying and moving to the job (sim/kernels/search.py).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.areas import area_start
from sim.kernels.mobility import move_person
from sim.kernels.pay import disposable_income
from sim.kernels.search import place_utility
from sim.types import EMPLOYED, FAMILY, SUBSIDISED, UNHOUSED


@njit(cache=True)
def list_movers(people: Any, quarter: int, taken: NDArray[np.bool_], out: NDArray[np.uint32]) -> int:
    """Write rows of the employed whose market lease has ended into `out`; returns their number.

    `taken` (row,) marks people who have just chosen where to live.
    """
    found = 0
    for i in range(people.uid.shape[0]):
        if people.state[i] != EMPLOYED or taken[i] or people.housing[i] == FAMILY:
            continue
        if people.lease_end_q[i] <= quarter:
            out[found] = i
            found += 1
    return found


@njit(cache=True)
def choose_residences(
    persons: NDArray[np.void],
    lease_end_q: NDArray[np.int16],
    work: NDArray[np.int8],
    wage: NDArray[np.float32],
    industry: NDArray[np.int8],
    size: NDArray[np.int8],
    places: Any,
    transfers: NDArray[np.void],
    schemes: NDArray[np.void],
    move_cost: NDArray[np.float64],
    rule: Any,
    housing: Any,
    tax: Any,
    quarter: int,
    key_taste: np.uint64,
    key_family: np.uint64,
    key_take_up: np.uint64,
    out: NDArray[np.int8],
) -> None:
    """Fill `out` (row,) with the place in which each of `persons` (row,) of PERSON_DTYPE wants to live.

    `persons` are copies, of which the dwelling is forgotten where no right to it is left. `lease_end_q` (row,) is of
    the present dwelling; `work`, `wage` (CNY/month), `industry` and `size` (row,) are of the job; `move_cost` (place,
    place) utility. Ties go to the lower code.
    """
    records, travel = places.records, places.travel
    for s in range(persons.shape[0]):
        person, at = persons[s], int(work[s])
        city = int(person.city)
        keeps = person.housing == FAMILY or (person.housing == SUBSIDISED and lease_end_q[s] > quarter)
        out[s] = city
        if keeps and travel[city, at] < math.inf:
            continue
        if not keeps:  # nothing is held here any more that would not depend on the rental market
            person["housing"] = UNHOUSED
        best = -math.inf
        for place in range(area_start(records, at), at + records[at]["after"] + 1):
            if travel[place, at] == math.inf:
                continue
            left = disposable_income(
                person, place, float(wage[s]), int(industry[s]), int(size[s]), quarter, records, transfers, schemes,
                housing, tax, key_family, key_take_up,
            )  # fmt: skip
            value = rule.b_wage * math.log(left) - rule.b_commute * travel[place, at]
            value += place_utility(
                person, place, records, places.hukou_chance, move_cost, travel, rule, quarter, key_taste
            )
            if value > best:
                best = value
                out[s] = place


@njit(cache=True)
def relocate(
    people: Any, rows: NDArray[np.uint32], chosen: NDArray[np.int8], quarter: int, records: NDArray[np.void]
) -> None:
    """People of `rows` move to the place `chosen` (row,); `records` (place,) of PLACE_DTYPE."""
    for s in range(rows.shape[0]):
        move_person(people, rows[s], chosen[s], records[chosen[s]], quarter)
