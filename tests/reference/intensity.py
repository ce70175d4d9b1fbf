"""AI intensity of postings: what makes published shares come out of the postings to be expected."""

import math
from types import SimpleNamespace

from sim.types import CALENDAR_START_YEAR, EDUCATION, INDUSTRY
from tests.reference.adjusting import BASE_QUARTER, ai_price, spread_adoption
from tests.reference.demand import place_growth, years_since

AI_QUARTER = (2024 - CALENDAR_START_YEAR) * 4 + 1
"""It begins in the middle of the half-year that the shares are of."""
ROUNDS = 60


class Intensity:
    """Chance of AI by place, industry and level, and how many AI postings are to be expected of each firm."""

    def __init__(self, market):
        world, places = market.world, range(len(market.cities))
        cells = [(p, i) for p in places for i in range(len(INDUSTRY))]
        levels = range(len(EDUCATION))
        usual, adoption = usual_postings(market), adoption_then(market)
        every = {(*cell, level): 0.0 for cell in cells for level in levels}
        reached = dict(every)
        for firm in market.firms:
            mix = market.demand.level_mix[firm.city.index][firm.industry]
            for level in levels:
                every[firm.city.index, firm.industry, level] += usual[firm] * mix[level]
                reached[firm.city.index, firm.industry, level] += usual[firm] * adoption[firm] * mix[level]
        chance = rake(world, reached, every, cells)
        self.weight = {}
        for firm in market.firms:
            p, i = firm.city.index, firm.industry
            mix = market.demand.level_mix[p][i]
            self.weight[firm] = max(1e-12, usual[firm] * sum(mix[k] * chance[p, i, k] for k in levels))
        yardstick = sum(self.weight[f] * adoption[f] for f in market.firms) / sum(self.weight.values())
        self.chance = [
            [[chance[p, i, level] * yardstick for level in levels] for i in range(len(INDUSTRY))] for p in places
        ]


def rake(world, reached, every, cells):
    """(place, industry, level) -> chance: proportional fitting to places, industries and levels in turn."""
    places, industries = sorted({p for p, _ in cells}), sorted({i for _, i in cells})
    levels = range(len(EDUCATION))
    chance = {}
    for p, i in cells:
        share, there = world.ai_industry_share[p][i], sum(reached[p, i, level] for level in levels)
        for level in levels:
            chance[p, i, level] = share / there * world.ai_intensity_education[level] if there > 0 else 0.0
    by_level = {k: world.ai_intensity_education[k] * sum(every[p, i, k] for p, i in cells) for k in levels}
    by_place = {
        p: world.ai_intensity_place[p] * sum(every[p, i, k] for i in industries for k in levels) for p in places
    }
    by_industry = {
        i: sum(world.ai_place_share[p] * world.ai_industry_share[p][i] for p in places)
        for i in industries
        if any(reached[p, i, k] > 0 for p in places for k in levels)
    }
    total = sum(by_level.values())
    wanted = [
        (axis, {k: value * total / sum(shares.values()) for k, value in shares.items()})
        for axis, shares in ((0, by_place), (1, by_industry), (2, by_level))
    ]
    for _ in range(ROUNDS):
        for axis, sums in wanted:
            now = dict.fromkeys(sums, 0.0)
            for cell, value in chance.items():
                if cell[axis] in now:
                    now[cell[axis]] += reached[cell] * value
            for cell in chance:
                if cell[axis] in now and now[cell[axis]] > 0:
                    chance[cell] *= sums[cell[axis]] / now[cell[axis]]
    return chance


def jobs_at(market, firm, quarter_number):
    """Jobs of a firm in a quarter, without levers."""
    world, years = market.world, years_since(2019, quarter_number)
    trend, shares = [math.exp(rate * years) for rate in world.industry_growth], world.industry_share[firm.city.index]
    mean = sum(a * b for a, b in zip(shares, trend, strict=True)) / sum(shares)
    stand_in = SimpleNamespace(world=world, quarter_number=quarter_number)
    return firm.jobs_start * place_growth(stand_in, firm.city) * trend[firm.industry] / mean


def usual_postings(market):
    """Firm -> openings that replace who quits and whose firm closes, and follow the growth of jobs."""
    world, rule = market.world, market.params.separation
    pay = {firm: world.wage_industry[firm.industry][0] * world.size_premium[firm.size] for firm in market.firms}
    mean = sum(pay[f] * f.jobs_start for f in market.firms) / sum(f.jobs_start for f in market.firms)
    usual = {}
    for firm in market.firms:
        quits = rule.quit_base * math.exp(-rule.quit_pay_link * firm.pay_link) * (pay[firm] / mean) ** -rule.quit_wage
        growth = (jobs_at(market, firm, AI_QUARTER + 2) - jobs_at(market, firm, AI_QUARTER - 2)) / 4.0
        usual[firm] = max(0.0, jobs_at(market, firm, AI_QUARTER) * (quits + firm.exit_hazard) + growth)
    return usual


def adoption_then(market):
    """Firm -> adoption in that half-year without policies; the firms are left as they are."""
    before = {firm: firm.adoption_path for firm in market.firms}
    for earlier in range(BASE_QUARTER, AI_QUARTER):
        spread_adoption(market, "adoption_path", dict.fromkeys(market.firms, ai_price(market, earlier)))
    then = {firm: firm.adoption_path for firm in market.firms}
    for firm in market.firms:
        firm.adoption_path = before[firm]
    return then


def adoption_of_postings(market):
    """Adoption without policies, in the weights of the AI postings to be expected."""
    weight = market.intensity.weight
    return sum(firm.adoption_path * weight[firm] for firm in market.firms) / sum(weight.values())
