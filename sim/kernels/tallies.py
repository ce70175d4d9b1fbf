"""Sums over persons, in whole numbers: the same for any number of threads and any order of rows.

Money is summed in hundredths of CNY, shares in millionths.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.pay import take_home
from sim.types import EMPLOYED, FAMILY, OUT, PREPARING, SEARCHING, SHARED, STUDYING, SUBSIDISED, WHOLE

N_PULSE = 9
PULSE_EMPLOYED, PULSE_WAGE, PULSE_SEARCHING, PULSE_RESIDENTS, PULSE_BURDEN, PULSE_RENTERS = range(6)
PULSE_SHARED, PULSE_WHOLE, PULSE_WITHOUT_HUKOU = 6, 7, 8

N_PEOPLE = 5
PEOPLE_COUNT, PEOPLE_WAGE, PEOPLE_BURDEN, PEOPLE_RENTERS, PEOPLE_QUALIFIED = range(5)

ANNIVERSARIES = (2, 4, 12, 20, 32)
"""Quarters after graduation at which a cohort is looked at: 6 and 12 months, 3, 5 and 8 years."""


@njit(cache=True, forceinline=True)
def rent_burden(people: Any, i: int, tax: Any) -> float:
    """Rent less what is paid against it, over take-home pay and other transfers, at most 1; 1 without any income."""
    aid = people.rent_aid[i]
    net = take_home(people.wage[i], tax) + people.transfer[i] - aid
    if net <= 0.0:
        return 1.0
    return min(1.0, max(0.0, people.rent[i] - aid) / net)


@njit(cache=True, nogil=True)
def take_pulse(start: int, stop: int, people: Any, tax: Any, pulse: NDArray[np.int64]) -> None:
    """Add rows `start:stop` to `pulse` (place, education, N_PULSE)."""
    for i in range(start, stop):
        state = people.state[i]
        if state == STUDYING or state == OUT:
            continue
        city, education = people.city[i], people.education[i]
        cell = pulse[city, education]
        cell[PULSE_RESIDENTS] += 1
        if state == EMPLOYED:
            cell[PULSE_EMPLOYED] += 1
            cell[PULSE_WAGE] += int(people.wage[i] * 100.0 + 0.5)
        elif state == SEARCHING:
            cell[PULSE_SEARCHING] += 1
        if people.hukou[i] != city:
            cell[PULSE_WITHOUT_HUKOU] += 1
        housing = people.housing[i]
        if housing == SHARED:
            cell[PULSE_SHARED] += 1
        elif housing == WHOLE:
            cell[PULSE_WHOLE] += 1
        if state == EMPLOYED and (housing == SHARED or housing == WHOLE or housing == SUBSIDISED):
            cell[PULSE_RENTERS] += 1
            cell[PULSE_BURDEN] += int(rent_burden(people, i, tax) * 1e6 + 0.5)


@njit(cache=True, nogil=True)
def tally_people(
    start: int,
    stop: int,
    people: Any,
    region: NDArray[np.int8],
    first_cohort_q: int,
    tax: Any,
    cells: NDArray[np.int64],
) -> None:
    """Add rows `start:stop` to `cells` (city, education, field, cohort year, home class, hukou, state, N_PEOPLE)."""
    for i in range(start, stop):
        city, state = people.city[i], people.state[i]
        home = 0 if people.home[i] == city else 1 + region[people.home[i]]
        hukou = 1 if people.hukou[i] == city else 0
        year = (people.cohort_q[i] - first_cohort_q) // 4
        cell = cells[city, people.education[i], people.field[i], year, home, hukou, state]
        cell[PEOPLE_COUNT] += 1
        cell[PEOPLE_QUALIFIED] += people.qualified[i]
        if state == EMPLOYED:
            cell[PEOPLE_WAGE] += int(people.wage[i] * 100.0 + 0.5)
            if people.housing[i] != FAMILY and people.rent[i] >= 0.0:
                cell[PEOPLE_RENTERS] += 1
                cell[PEOPLE_BURDEN] += int(rent_burden(people, i, tax) * 1e6 + 0.5)


@njit(cache=True, nogil=True)
def tally_anniversaries(
    start: int,
    stop: int,
    people: Any,
    region: NDArray[np.int8],
    first_cohort_q: int,
    quarter: int,
    ages: NDArray[np.int64],
    graduated: NDArray[np.int64],
    employed: NDArray[np.int64],
    stayed: NDArray[np.int64],
) -> None:
    """Look at cohorts at their anniversaries.

    All counters are by (cohort year, study city, education, field, home class). `graduated` has 3 columns (graduates,
    further study, preparing), counted in the quarter of graduation. `employed` and `stayed` have one column for each of
    `ages` (quarters since graduation): people in work anywhere, and those of them who live in the study city.
    """
    for i in range(start, stop):
        age = quarter - people.cohort_q[i]
        if age > ages[-1]:
            continue
        study, state = people.study[i], people.state[i]
        home = 0 if people.home[i] == study else 1 + region[people.home[i]]
        year = (people.cohort_q[i] - first_cohort_q) // 4
        if age == 0:
            row = graduated[year, study, people.education[i], people.field[i], home]
            row[0] += 1
            row[1] += 1 if state == STUDYING else 0
            row[2] += 1 if state == PREPARING else 0
            continue
        for k in range(ages.shape[0]):
            if age == ages[k] and state == EMPLOYED:
                employed[year, study, people.education[i], people.field[i], home, k] += 1
                if people.city[i] == study:
                    stayed[year, study, people.education[i], people.field[i], home, k] += 1
