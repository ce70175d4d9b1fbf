"""Openings of firms become positions: each opening draws level, experience and AI flag from the firm's mixes.

Draws are keyed by the firm and the number of the opening, so that one more opening leaves the others as they are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.inlined import inlined
from sim.rng import draw_bits_of, uniform


@inlined
def pick(cumulative: NDArray[np.float64], u: float) -> int:
    """First index whose cumulative probability exceeds `u`."""
    last = cumulative.shape[0] - 1
    k = 0
    while k < last and u * cumulative[last] >= cumulative[k]:
        k += 1
    return k


@njit(cache=True)
def draw_positions(
    identity: NDArray[np.uint64],
    place: NDArray[np.int8],
    industry: NDArray[np.int8],
    openings: NDArray[np.int64],
    level_mix: NDArray[np.float64],
    experience_mix: NDArray[np.float64],
    ai_probability: NDArray[np.float64],
    key: np.uint64,
    counts: NDArray[np.int32],
) -> None:
    """Count openings by firm and position cell into `counts` (firm, cell).

    `level_mix` (place, industry, education) and `experience_mix` (industry, experience) are cumulative;
    `ai_probability` (firm, education).
    """
    n_experience = experience_mix.shape[1]
    for firm in range(identity.shape[0]):
        for number in range(openings[firm]):
            alternative = np.uint64(3 * number)
            level = pick(
                level_mix[place[firm], industry[firm]], uniform(draw_bits_of(key, identity[firm], alternative))
            )
            bits = draw_bits_of(key, identity[firm], alternative + np.uint64(1))
            experience = pick(experience_mix[industry[firm]], uniform(bits))
            bits = draw_bits_of(key, identity[firm], alternative + np.uint64(2))
            ai = 1 if uniform(bits) < ai_probability[firm, level] else 0
            counts[firm, (level * n_experience + experience) * 2 + ai] += 1
