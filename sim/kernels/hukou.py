"""Registration without quota: who may register where they work, who does, and who is left for the quotas.

A person who works in a city without its hukou may register if the city registers their degree (`direct`: at least the
degree asked, within a window after graduation) or has been their home for long enough (`open`). Of these a share does:
a lasting trait. The others keep the hukou they have and ask for no place of a quota either.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.rng import draw_bits, uniform
from sim.types import EDUCATION, EMPLOYED


@njit(cache=True)
def split_residents(
    people: Any,
    direct_level: NDArray[np.float64],
    open_q: NDArray[np.float64],
    window_q: int,
    quarter: int,
    share: float,
    key: np.uint64,
    registers: NDArray[np.int64],
    candidates: NDArray[np.int64],
) -> tuple[int, int]:
    """Write the rows of who registers without quota, and of who may not; returns how many there are of both.

    Args:
        people: columns of all persons.
        direct_level: (place,) lowest education code that registers directly; from the number of levels on nobody.
        open_q: (place,) quarters of residence after which anybody employed registers.
        window_q: quarters after graduation within which a degree registers directly.
        quarter: number of the quarter.
        share: of those who may register, those who do.
        key: of the lasting trait.
        registers: receives rows in ascending order.
        candidates: receives rows in ascending order.
    """
    n_registers = n_candidates = 0
    for i in range(people.uid.shape[0]):
        city = people.city[i]
        if people.state[i] != EMPLOYED or people.hukou[i] == city:
            continue
        direct = people.education[i] >= direct_level[city] and quarter - people.cohort_q[i] <= window_q
        if not direct and quarter - people.arrived_q[i] < open_q[city]:
            candidates[n_candidates] = i
            n_candidates += 1
        elif uniform(draw_bits(key, people.uid[i])) < share:
            registers[n_registers] = i
            n_registers += 1
    return n_registers, n_candidates


def chance_without_quota(
    direct_level: NDArray[np.float64], open_q: NDArray[np.float64], horizon_q: float
) -> NDArray[np.float64]:
    """(place, education) chance of a hukou without quota: 1 by degree, falling to 0 with the wait of an open city.

    `horizon_q` is the wait, in quarters, from which on an open city promises nothing.
    """
    by_degree = np.arange(len(EDUCATION))[None, :] >= np.asarray(direct_level)[:, None]
    by_residence = np.maximum(0.0, 1.0 - np.asarray(open_q) / horizon_q)[:, None]
    return np.maximum(by_degree.astype(np.float64), by_residence)
