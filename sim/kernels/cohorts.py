"""What graduates do: go on studying, prepare for examinations (slow employment), or search.

Multinomial logit of three alternatives. Further study gains with the pay premium of the next level over its start;
preparing gains with unemployment. Search is the base alternative with utility 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.rng import draw_bits, uniform
from sim.types import PREPARING, SEARCHING, STUDYING


@njit(cache=True, nogil=True)
def choose_after_graduation(
    start: int,
    stop: int,
    people: Any,
    premium: NDArray[np.float64],
    unemployment: NDArray[np.float64],
    rule: Any,
    key: np.uint64,
) -> None:
    """State of new graduates in rows `start:stop`.

    `premium` (place, education): log pay gap to the next level now less the same at the start; 0 for the last level.
    """
    for i in range(start, stop):
        study, education = people.study[i], people.education[i]
        going_on = rule.study_base + rule.study_premium * premium[study, education]
        if education == 0:
            going_on += rule.study_vocational
        elif education == 2:
            going_on += rule.study_postgraduate
        further = math.exp(going_on) if education < 3 else 0.0
        preparing = math.exp(rule.preparing_base + rule.preparing_slack * unemployment[study])
        u = uniform(draw_bits(key, people.uid[i])) * (1.0 + further + preparing)
        if u < further:
            people.state[i] = STUDYING
        elif u < further + preparing:
            people.state[i] = PREPARING
        else:
            people.state[i] = SEARCHING


@njit(cache=True, nogil=True)
def end_preparation(start: int, stop: int, people: Any, hazard: float, key: np.uint64) -> None:
    """People in slow employment of rows `start:stop` begin to search with a constant hazard."""
    for i in range(start, stop):
        if people.state[i] == PREPARING and uniform(draw_bits(key, people.uid[i])) < hazard:
            people.state[i] = SEARCHING
            people.search_q[i] = 0
