"""Sums over persons, in whole numbers: the same for any number of threads and any order of rows.

Money is summed in hundredths of CNY, shares in millionths.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.inlined import inlined
from sim.kernels.pay import take_home
from sim.types import (
    CROWDED,
    EDUCATION,
    EMPLOYED,
    FAMILY,
    OUT,
    PREPARING,
    SEARCHING,
    SHARED,
    STUDYING,
    UNHOUSED,
    WHOLE,
)

N_PULSE = 9
PULSE_EMPLOYED, PULSE_WAGE, PULSE_SEARCHING, PULSE_RESIDENTS, PULSE_BURDEN, PULSE_RENTERS = range(6)
PULSE_SHARED, PULSE_WHOLE, PULSE_WITHOUT_HUKOU = 6, 7, 8

N_PRESENT = 3
PRESENT_EMPLOYED, PRESENT_SEARCHING, PRESENT_READY = range(N_PRESENT)
"""People in work, people who search, and those of them whose skills reach the bar of positions of their level."""

N_PEOPLE = 5
PEOPLE_COUNT, PEOPLE_WAGE, PEOPLE_BURDEN, PEOPLE_RENTERS, PEOPLE_QUALIFIED = range(5)


ANNIVERSARIES = (2, 4, 12, 20, 32)
"""Quarters after graduation at which a cohort is looked at: 6 and 12 months, 3, 5 and 8 years."""


@inlined
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
        pulse[city, education, PULSE_RESIDENTS] += 1
        if state == EMPLOYED:
            pulse[city, education, PULSE_EMPLOYED] += 1
            pulse[city, education, PULSE_WAGE] += int(people.wage[i] * 100.0 + 0.5)
        elif state == SEARCHING:
            pulse[city, education, PULSE_SEARCHING] += 1
        if people.hukou[i] != city:
            pulse[city, education, PULSE_WITHOUT_HUKOU] += 1
        housing = people.housing[i]
        if housing == SHARED or housing == CROWDED:
            pulse[city, education, PULSE_SHARED] += 1
        elif housing == WHOLE:
            pulse[city, education, PULSE_WHOLE] += 1
        if state == EMPLOYED and (housing != UNHOUSED and housing != FAMILY):
            pulse[city, education, PULSE_RENTERS] += 1
            pulse[city, education, PULSE_BURDEN] += int(rent_burden(people, i, tax) * 1e6 + 0.5)


@njit(cache=True, nogil=True)
def tally_present(start: int, stop: int, people: Any, present: NDArray[np.int64]) -> None:
    """Add rows `start:stop` to `present` (place, education, field, N_PRESENT), people who work or search now."""
    for i in range(start, stop):
        state = people.state[i]
        if state == EMPLOYED:
            present[people.city[i], people.education[i], people.field[i], PRESENT_EMPLOYED] += 1
        elif state == SEARCHING:
            present[people.city[i], people.education[i], people.field[i], PRESENT_SEARCHING] += 1
            if people.qualified[i]:
                present[people.city[i], people.education[i], people.field[i], PRESENT_READY] += 1


@njit(cache=True, nogil=True)
def tally_people(
    start: int,
    stop: int,
    people: Any,
    region: NDArray[np.int8],
    first_cohort_q: int,
    tax: Any,
    slot_of: NDArray[np.int32],
    cells: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> int:
    """List the cells in which rows `start:stop` stand, with their sums; returns how many there are.

    `slot_of` (cohort year, education, field, city, home class, hukou, state) must hold 0 and holds 0 again afterwards:
    most cells are empty, so that only those met are written, listed and cleared. Its cohort axes come first because
    rows stand by cohort and so stay in one part of the table. `cells` (room,) gets the codes of each cell met (city,
    education, field, cohort year, home class, hukou, state), a byte each, the first one highest, so that cells sort
    like the result table; `sums` (room, N_PEOPLE) its sums. There must be room for `stop - start` of them, and they
    come in the order in which they are met.
    """
    _, n_levels, n_fields, n_places, n_homes, n_hukou, n_states = slot_of.shape
    flat, size = slot_of.reshape(-1), n_homes * n_hukou * n_states
    found = 0
    for i in range(start, stop):
        city, state = int(people.city[i]), int(people.state[i])
        home = 0 if people.home[i] == city else 1 + int(region[people.home[i]])
        hukou = 1 if people.hukou[i] == city else 0
        year = (int(people.cohort_q[i]) - first_cohort_q) // 4
        education, field = int(people.education[i]), int(people.field[i])
        cohort = (year * n_levels + education) * n_fields + field
        cell = (cohort * n_places + city) * size + (home * n_hukou + hukou) * n_states + state
        slot = flat[cell] - 1
        if slot < 0:
            slot = found
            found += 1
            flat[cell] = found
            who = ((city << 8 | education) << 8 | field) << 8 | year
            cells[slot] = ((who << 8 | home) << 8 | hukou) << 8 | state
            sums[slot] = 0
        sums[slot, PEOPLE_COUNT] += 1
        sums[slot, PEOPLE_QUALIFIED] += people.qualified[i]
        if state == EMPLOYED:
            sums[slot, PEOPLE_WAGE] += int(people.wage[i] * 100.0 + 0.5)
            if people.housing[i] != FAMILY and people.rent[i] >= 0.0:
                sums[slot, PEOPLE_RENTERS] += 1
                sums[slot, PEOPLE_BURDEN] += int(rent_burden(people, i, tax) * 1e6 + 0.5)
    for slot in range(found):
        cell = cells[slot]
        cohort = ((cell >> 24 & 255) * n_levels + (cell >> 40 & 255)) * n_fields + (cell >> 32 & 255)
        here = ((cell >> 16 & 255) * n_hukou + (cell >> 8 & 255)) * n_states + (cell & 255)
        flat[(cohort * n_places + (cell >> 48)) * size + here] = 0
    return found


@njit(cache=True, nogil=True)
def write_cells(
    order: NDArray[np.int64],
    cells: NDArray[np.int64],
    sums: NDArray[np.int64],
    codes: NDArray[np.int8],
    persons: NDArray[np.int64],
    means: NDArray[np.float64],
) -> int:
    """Write the cells of tally_people as rows of the result table, in `order`, which sorts them; returns how many.

    A cell that stands there twice, because two threads met it, becomes one row. `codes` (7, room) gets its
    codes, `persons` (room,) the count of agents, `means` (3, room) mean pay (CNY/month), mean rent burden and
    qualified share, NaN where there is nobody to take it over.
    """
    rows, k = 0, 0
    total = np.zeros(N_PEOPLE, np.int64)
    while k < order.shape[0]:
        cell = cells[order[k]]
        total[:] = 0
        while k < order.shape[0] and cells[order[k]] == cell:
            for column in range(N_PEOPLE):
                total[column] += sums[order[k], column]
            k += 1
        for axis in range(codes.shape[0]):
            codes[axis, rows] = cell >> (8 * (codes.shape[0] - 1 - axis)) & 255
        count, renters = total[PEOPLE_COUNT], total[PEOPLE_RENTERS]
        persons[rows] = count
        means[0, rows] = total[PEOPLE_WAGE] / (count * 100) if cell & 255 == EMPLOYED else np.nan
        means[1, rows] = total[PEOPLE_BURDEN] / (renters * 1_000_000) if renters > 0 else np.nan
        means[2, rows] = total[PEOPLE_QUALIFIED] / count
        rows += 1
    return rows


@njit(cache=True, nogil=True)
def list_amounts(people: Any, amounts: NDArray[np.uint32], keys: NDArray[np.uint64], sizes: NDArray[np.int64]) -> int:
    """Write a sortable key for everybody in employment; returns how many.

    key = bits of the amount, then education, then city: floats that are not negative are in the order of their bits.
    `amounts` (person,) are the bits of single-precision amounts; `keys` (room for every person,); `sizes` (1 +
    education + place,) gets the number of keys of each group added: all, by education, by place.
    """
    found = 0
    n_levels = len(EDUCATION)
    for i in range(people.uid.shape[0]):
        if people.state[i] == EMPLOYED:
            group = (np.uint64(people.education[i]) << np.uint64(8)) | np.uint64(people.city[i])
            keys[found] = (np.uint64(amounts[i]) << np.uint64(32)) | group
            found += 1
            sizes[1 + people.education[i]] += 1
            sizes[1 + n_levels + people.city[i]] += 1
    sizes[0] += found
    return found


@njit(cache=True, nogil=True)
def split_amounts(keys: NDArray[np.uint64], ends: NDArray[np.int64], amounts: NDArray[np.uint32]) -> None:
    """Write sorted `keys` of list_amounts three times: all, by education, by place, sorted within each group.

    `ends` (1 + education + place,) holds the place in `amounts` (3 x key,) where each group begins, and is moved to
    where it ends.
    """
    n_levels = len(EDUCATION)
    for k in range(keys.shape[0]):
        amount = np.uint32(keys[k] >> np.uint64(32))
        level = 1 + int((keys[k] >> np.uint64(8)) & np.uint64(255))
        place = 1 + n_levels + int(keys[k] & np.uint64(255))
        amounts[k] = amount
        amounts[ends[level]] = amount
        amounts[ends[place]] = amount
        ends[level] += 1
        ends[place] += 1
    ends[0] += keys.shape[0]


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
    column = np.full(ages[-1] + 1, -1, np.int64)
    column[0] = 0
    for k in range(ages.shape[0]):
        column[ages[k]] = k
    for i in range(start, stop):
        age = quarter - people.cohort_q[i]
        if age < 0 or age > ages[-1] or column[age] < 0:
            continue
        study, state = people.study[i], people.state[i]
        home = 0 if people.home[i] == study else 1 + region[people.home[i]]
        year = (people.cohort_q[i] - first_cohort_q) // 4
        if age == 0:
            row = graduated[year, study, people.education[i], people.field[i], home]
            row[0] += 1
            row[1] += 1 if state == STUDYING else 0
            row[2] += 1 if state == PREPARING else 0
        elif state == EMPLOYED:
            employed[year, study, people.education[i], people.field[i], home, column[age]] += 1
            if people.city[i] == study:
                stayed[year, study, people.education[i], people.field[i], home, column[age]] += 1
