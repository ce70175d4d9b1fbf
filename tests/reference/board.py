"""Where openings are found: a hash table for each level asked and place.

Each opening takes the slot that its id names, or the next free one. Who looks at a place probes random slots until one
is taken, so that every opening is equally likely to be seen, and one opening more changes few draws of others.
"""

import math
from bisect import bisect_right

from sim.rng import OPENING_SLOT
from sim.types import EDUCATION
from tests.reference.arithmetic import running_sum
from tests.reference.draws import GOLDEN, MASK_64, draw_bits, mix, sub_key

MOST_OPENINGS = 1 << 20
USUAL_VACANCY = 0.06
FULLEST, EMPTIEST = 0.8, 1 / 16
MOST_TRIES = 512
BASE_YEAR = 2019


class Table:
    """Openings that ask one level in one place; `usual` openings, the same in all scenarios, set its size."""

    def __init__(self, openings, usual, key):
        n = len(openings)
        least = 2 ** math.ceil(math.log2(max(1.0, n / FULLEST)))
        most = max(least, 2 ** math.floor(math.log2(max(1.0, n / EMPTIEST))))
        size = min(max(2 ** math.ceil(math.log2(max(1.0, 1.6 * usual))), least), most)
        self.slots = [None] * size
        for position, number in openings:
            at = draw_bits(key, (position.identity * MOST_OPENINGS + number) & MASK_64) % size
            while self.slots[at] is not None:
                at = (at + 1) % size
            self.slots[at] = position
        self.n_openings = n

    def find(self, bits):
        """A random opening, by probes from 64 random bits; the table must not be empty."""
        size = len(self.slots)
        for _ in range(MOST_TRIES):
            bits = (bits + GOLDEN) & MASK_64
            at = mix(bits) % size
            if self.slots[at] is not None:
                return self.slots[at]
        while self.slots[at] is None:
            at = (at + 1) % size
        return self.slots[at]


class Board:
    """The openings of one hiring round; `left` is position -> openings."""

    def __init__(self, market, left, hiring_round):
        key = sub_key(market.key(OPENING_SLOT), hiring_round)
        self.left = {position: number for position, number in left.items() if number > 0}
        self.n_sampled = market.params.search.n_sampled
        """Positions that a person sees, fewer in later rounds."""
        if hiring_round > 0:
            self.n_sampled = max(1, round(self.n_sampled * market.params.matching.later_sample))
        self.is_small = len(left) <= self.n_sampled
        """Whether everybody sees everything; positions that are filled by now count as well."""
        blocks = [[[] for _ in market.cities] for _ in EDUCATION]
        for position, capacity in self.left.items():
            blocks[position.level][position.city.index] += [(position, number) for number in range(capacity)]
        self.tables = [
            [Table(openings, usual_openings(market, city, level, hiring_round), key)
             for city, openings in zip(market.cities, by_place, strict=True)]
            for level, by_place in enumerate(blocks)
        ]  # fmt: skip
        self.ends = [running_sum(table.n_openings for table in by_place) for by_place in self.tables]

    def place_of(self, level, number):
        """Place of the opening with this number among all that ask the level, place after place."""
        return bisect_right(self.ends[level], number)


def usual_openings(market, city, level, hiring_round):
    """Openings to expect in a place, by its jobs and the levels that they ask."""
    world, place = market.world, city.index
    years = max(0, market.quarter.year - BASE_YEAR)
    jobs = max(0.0, world.jobs_start[place] + sum(world.new_jobs[place][:years]))
    asked = sum(
        share * mix_of[level]
        for share, mix_of in zip(world.industry_share[place], market.demand.level_mix[place], strict=True)
    )
    return USUAL_VACANCY / (1 + hiring_round) * jobs * asked / market.scale
