"""Phase 4. Firms compare the staff they want with the staff they have, and post openings with pay."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter

from sim.rng import OPENING_POINT, POSTING_CELL, ROUND_FIRM
from sim.types import EDUCATION, EXPERIENCE, N_POSITION_CELLS
from tests.reference.arithmetic import as_f4, first_above, running_sum
from tests.reference.demand import ai_probabilities, offered_wage, set_desired_headcount
from tests.reference.draws import MASK_64, uniform

MOST_OPENINGS = 1 << 20


class Position:
    """All openings of one firm that ask the same level and experience and are AI or not."""

    def __init__(self, market, firm, cell, capacity):
        self.firm, self.cell, self.capacity = firm, cell, capacity
        self.level, self.experience, self.ai = read_cell(cell)
        self.identity = firm.identity * N_POSITION_CELLS + cell
        self.wage = as_f4(offered_wage(market, firm, self.level, self.experience, self.ai))
        self.career = as_f4(firm.career + market.params.search.career_ai * self.ai)

    @property
    def city(self):
        """Where the job is."""
        return self.firm.city


def read_cell(cell):
    """(level, experience, ai) of a position cell."""
    return cell // (2 * len(EXPERIENCE)), cell // 2 % len(EXPERIENCE), cell % 2


class Ring:
    """Openings that ask one level in one place, on a ring: who looks at a random point sees the one that follows.

    One opening more or less changes what is seen in its own arc only, so that scenarios keep sharing draws.
    """

    def __init__(self):
        self.openings = []

    def __len__(self):
        return len(self.openings)

    def seen_from(self, point):
        """The opening (point, number of its position, position) that follows `point`."""
        at = bisect_left(self.openings, point, key=lambda opening: opening[0])
        return self.openings[at % len(self.openings)]


class Board:
    """All positions of a quarter, and their openings by level and place."""

    def __init__(self, n_places, positions=(), key=0):
        self.positions = list(positions)
        self.rings = [[Ring() for _ in range(n_places)] for _ in EDUCATION]
        for line, position in enumerate(self.positions):
            ring = self.rings[position.level][position.city.index]
            for number in range(position.capacity):
                point = uniform(key, (position.identity * MOST_OPENINGS + number) & MASK_64)
                ring.openings.append((point, line, position))
        for ring in (ring for by_place in self.rings for ring in by_place):
            ring.openings.sort(key=lambda opening: opening[:2])
        self.ends = [running_sum(len(ring) for ring in by_place) for by_place in self.rings]

    def place_of(self, level, number):
        """Place of the opening with this number among all that ask the level, place after place."""
        return bisect_right(self.ends[level], number)


def firms_post(market):
    """Set desired headcount, post openings and put them on the board."""
    set_desired_headcount(market)
    rule, season = market.params.firms, market.world.season[market.quarter.of_year - 1]
    key_round = market.key(ROUND_FIRM)
    positions = []
    for firm in market.firms:
        gap = max(0.0, firm.desired - firm.headcount)
        expected = season * (rule.gap_speed * gap + rule.quit_lead * firm.quit_rate * firm.headcount)
        floor = math.floor(expected)
        firm.openings = floor + (uniform(key_round, firm.identity) < expected - floor)
        firm.carried = min(firm.unfilled, firm.openings)
        cells = draw_cells(market, firm)
        positions += [Position(market, firm, cell, capacity) for cell, capacity in sorted(cells.items())]
        firm.find_surplus(market.params.separation.layoff_slack)
    positions.sort(key=lambda position: position.level)
    market.board = Board(len(market.cities), positions, market.key(OPENING_POINT))


def draw_cells(market, firm):
    """Position cell -> openings of the firm; each opening draws level, experience and AI flag."""
    key, cells = market.key(POSTING_CELL), Counter()
    ai_chance = ai_probabilities(market, firm) if firm.openings else None
    for number in range(firm.openings):
        level = pick(market.demand.level_ends[firm.city.index][firm.industry], uniform(key, firm.identity, 3 * number))
        experience = pick(market.demand.experience_ends[firm.industry], uniform(key, firm.identity, 3 * number + 1))
        ai = uniform(key, firm.identity, 3 * number + 2) < ai_chance[level]
        cells[(level * len(EXPERIENCE) + experience) * 2 + ai] += 1
    return cells


def pick(ends, u):
    """Index drawn from running sums that need not end at 1."""
    return first_above(ends, u * ends[-1])
