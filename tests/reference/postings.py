"""Phase 4. Firms compare the staff they want with the staff they have, and post openings with pay."""

from collections import Counter

from sim.rng import POSTING_CELL, ROUND_FIRM
from sim.types import EXPERIENCE, N_POSITION_CELLS
from tests.reference.arithmetic import as_f4, first_above
from tests.reference.demand import ai_probabilities, offered_wage, set_desired_headcount
from tests.reference.draws import round_up_or_down, uniform
from tests.reference.intensity import adoption_of_postings


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


def firms_post(market):
    """Set desired headcount, and post openings."""
    set_desired_headcount(market)
    rule, season = market.params.firms, market.world.season[market.quarter.of_year - 1]
    season *= 1.0 - rule.autumn
    if market.quarter.of_year == 3:
        season += 4.0 * rule.autumn
    key_round = market.key(ROUND_FIRM)
    positions, path = [], adoption_of_postings(market)
    for firm in market.firms:
        gap = max(0.0, firm.desired - firm.staying)
        wanted = rule.gap_speed * gap + rule.quit_lead * firm.quit_rate * firm.staying
        left = min(firm.unfilled, wanted)
        expected = left + season * (wanted - left)
        firm.openings = round_up_or_down(key_round, firm.identity, expected)
        firm.carried = min(firm.unfilled, firm.openings)
        cells = draw_cells(market, firm, path)
        positions += [Position(market, firm, cell, capacity) for cell, capacity in sorted(cells.items())]
        firm.find_surplus(market.params.separation.layoff_slack)
    market.positions = sorted(positions, key=lambda position: position.level)


def draw_cells(market, firm, path):
    """Position cell -> openings of the firm; each opening draws level, experience and AI flag."""
    key, cells = market.key(POSTING_CELL), Counter()
    ai_chance = ai_probabilities(market, firm, path) if firm.openings else None
    for number in range(firm.openings):
        level = pick(market.demand.level_ends[firm.city.index][firm.industry], uniform(key, firm.identity, 3 * number))
        experience = pick(market.demand.experience_ends[firm.industry], uniform(key, firm.identity, 3 * number + 1))
        ai = uniform(key, firm.identity, 3 * number + 2) < ai_chance[level]
        cells[(level * len(EXPERIENCE) + experience) * 2 + ai] += 1
    return cells


def pick(ends, u):
    """Index drawn from running sums that need not end at 1."""
    return first_above(ends, u * ends[-1])
