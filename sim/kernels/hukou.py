"""Registration without quota: who may register where they work, who does, and who is left for the quotas.

A person who works in a city without its hukou may register if the city registers their degree (`direct`: at least the
degree asked, within a window after graduation) or has been their home for long enough (`open`). Of these a share does:
a lasting trait. The others keep the hukou they have and ask for no place of a quota either.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.rng import draw_bits, uniform
from sim.types import EDUCATION, EMPLOYED

CANDIDATE: Final = 0
REGISTERS: Final = 1
STAYS_OUT: Final = 2


def split_residents(
    people: Any,
    direct_level: NDArray[np.float64],
    open_q: NDArray[np.float64],
    window_q: int,
    quarter: int,
    share: float,
    key: np.uint64,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of who registers without quota, and of who may not; both ascending.

    Args:
        people: columns of all persons.
        direct_level: (place,) lowest education code that registers directly; from the number of levels on nobody.
        open_q: (place,) quarters of residence after which anybody employed registers.
        window_q: quarters after graduation within which a degree registers directly.
        quarter: number of the quarter.
        share: of those who may register, those who do.
        key: of the lasting trait.
    """
    rows = np.flatnonzero((people.state == EMPLOYED) & (people.hukou != people.city))
    route = np.empty(len(rows), np.int8)
    _find_routes(people, rows, direct_level, open_q, window_q, quarter, share, key, route)
    return rows[route == REGISTERS], rows[route == CANDIDATE]


@njit(cache=True)
def _find_routes(
    people: Any,
    rows: NDArray[np.int64],
    direct_level: NDArray[np.float64],
    open_q: NDArray[np.float64],
    window_q: int,
    quarter: int,
    share: float,
    key: np.uint64,
    route: NDArray[np.int8],
) -> None:
    for s in range(rows.shape[0]):
        i = rows[s]
        city = people.city[i]
        direct = people.education[i] >= direct_level[city] and quarter - people.cohort_q[i] <= window_q
        if not direct and quarter - people.resident_q[i] < open_q[city]:
            route[s] = CANDIDATE
        elif uniform(draw_bits(key, people.uid[i])) < share:
            route[s] = REGISTERS
        else:
            route[s] = STAYS_OUT


def chance_without_quota(
    direct_level: NDArray[np.float64], open_q: NDArray[np.float64], horizon_q: float
) -> NDArray[np.float64]:
    """(place, education) chance of a hukou without quota: 1 by degree, falling to 0 with the wait of an open city.

    `horizon_q` is the wait, in quarters, from which on an open city promises nothing.
    """
    by_degree = np.arange(len(EDUCATION))[None, :] >= np.asarray(direct_level)[:, None]
    by_residence = np.maximum(0.0, 1.0 - np.asarray(open_q) / horizon_q)[:, None]
    return np.maximum(by_degree.astype(np.float64), by_residence)
