"""Where openings are found: a hash table for each place and level asked.

Each opening takes one slot, at or after the one that its id names. A searcher probes random slots until one is taken.
So every opening of the place is equally likely to be seen, with probability 1 / V exactly, and one opening more or less
changes only the draws that hit its slot: scenarios with the same seed keep sharing their draws.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.inlined import inlined
from sim.rng import GOLDEN, draw_bits, mix

MOST_OPENINGS: Final = np.uint64(1 << 20)
"""More than one line has: keeps the ids of openings apart."""
FULLEST: Final = 0.8
EMPTIEST: Final = 1.0 / 16.0
MOST_TRIES: Final = 512
"""Probes before the next taken slot is accepted: with one slot in 16 taken, once in 10^14."""
GUIDE_STEPS: Final = 128


def size_tables(openings: NDArray[np.int64], usual: NDArray[np.float64]) -> NDArray[np.int64]:
    """(block,) slots of each table, powers of two.

    `usual` (block,) openings, the same in all scenarios, set the size, so that scenarios share it; only where the
    `openings` of the quarter leave a table too full or nearly empty does the size follow them.
    """
    size = 2 ** np.ceil(np.log2(np.maximum(1.0, 1.6 * usual)))
    least = 2 ** np.ceil(np.log2(np.maximum(1.0, openings / FULLEST)))
    most = 2 ** np.floor(np.log2(np.maximum(1.0, openings / EMPTIEST)))
    return np.clip(size, least, np.maximum(least, most)).astype(np.int64)


@njit(cache=True)
def fill_slots(
    identity: NDArray[np.uint64],
    capacity: NDArray[np.int32],
    block: NDArray[np.int64],
    slot_start: NDArray[np.int64],
    key: np.uint64,
    slots: NDArray[np.int32],
) -> None:
    """Write into `slots` the line of the opening that has each slot, -1 where there is none.

    `identity`, `capacity` and `block` (line,); `slot_start` (block + 1,) first slot of each table.
    """
    slots[:] = -1
    for line in range(identity.shape[0]):
        first = slot_start[block[line]]
        size = slot_start[block[line] + 1] - first
        for number in range(capacity[line]):
            bits = draw_bits(key, identity[line] * MOST_OPENINGS + np.uint64(number))
            at = np.int64(bits & np.uint64(size - 1))
            while slots[first + at] >= 0:
                at = (at + 1) & (size - 1)
            slots[first + at] = line


@njit(cache=True)
def fill_guide(block_start: NDArray[np.int64], guide: NDArray[np.int64]) -> None:
    """`guide` (education, GUIDE_STEPS): place of the first opening of each step of a level; saves a search."""
    for level in range(guide.shape[0]):
        first = block_start[level, 0]
        total = block_start[level, -1] - first
        place = 0
        for step in range(guide.shape[1]):
            # the least opening with opening * steps // total == step
            opening = (step * total + guide.shape[1] - 1) // guide.shape[1]
            while place < block_start.shape[1] - 2 and block_start[level, place + 1] - first <= opening:
                place += 1
            guide[level, step] = place


@inlined
def find_opening(slots: NDArray[np.int32], first: int, size: int, bits: np.uint64) -> int:
    """Line of a random opening of the table of `size` slots from `first`, which must not be empty.

    Probes go in fours: with most tables a third full, one jump of five is guessed wrong, and not one of two.
    """
    at, last = np.int64(0), np.uint64(size - 1)
    for _ in range(MOST_TRIES // 4):
        one = slots[first + np.int64(mix(bits + GOLDEN) & last)]
        two = slots[first + np.int64(mix(bits + np.uint64(2) * GOLDEN) & last)]
        three = slots[first + np.int64(mix(bits + np.uint64(3) * GOLDEN) & last)]
        bits += np.uint64(4) * GOLDEN
        at = np.int64(mix(bits) & last)
        four = slots[first + at]
        early, late = one if one >= 0 else two, three if three >= 0 else four
        line = early if early >= 0 else late
        if line >= 0:
            return line
    while slots[first + at] < 0:
        at = (at + 1) & (size - 1)
    return slots[first + at]
