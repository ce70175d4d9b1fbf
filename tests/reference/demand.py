"""What firms want: headcount, the mix of positions, and the pay they post."""

import math

from sim.types import CALENDAR_START_YEAR, EDUCATION, EMPLOYED, INDUSTRY
from tests.reference.arithmetic import clip, running_sum
from tests.reference.draws import sub_key, uniform
from tests.reference.eligibility import Condition, has_bit

BASE_YEAR, WAGE_YEAR = 2019, 2024
NEW_QUARTERS = 1


class Demand:
    """What does not change in a run: levels asked by place and industry."""

    def __init__(self, market):
        world, rule = market.world, market.params.firms
        places, industries, levels = range(len(market.cities)), range(len(INDUSTRY)), range(len(EDUCATION))
        supply = [sum(sum(world.graduates[p]) * world.level_share[p][level] for p in places) for level in levels]
        national = [part / sum(supply) for part in supply]
        self.level_mix = [[[0.0] * len(EDUCATION) for _ in industries] for _ in places]
        for p in places:
            local = [(world.level_share[p][level] or 1e-6) / max(national[level], 1e-9) for level in levels]
            for i in industries:
                weights = [world.education_mix[i][level] * local[level] ** rule.requirement_adapt for level in levels]
                self.level_mix[p][i] = [weight / sum(weights) for weight in weights]
        self.level_ends = [[running_sum(mix) for mix in by_industry] for by_industry in self.level_mix]
        self.experience_ends = [running_sum(mix) for mix in world.experience_mix]


def years_since(year, quarter_number):
    """Years from the start of `year` to a quarter."""
    return (quarter_number - (year - CALENDAR_START_YEAR) * 4) / 4.0


def place_growth(market, city):
    """Jobs of a place relative to the start."""
    world, years = market.world, years_since(BASE_YEAR, market.quarter_number)
    new_jobs, whole = world.new_jobs[city.index], max(0, int(years))
    added = sum(new_jobs[:whole])
    if years < 0:
        added = years * world.new_jobs_before[city.index]
    elif whole < len(new_jobs):
        added += (years - whole) * new_jobs[whole]
    start = world.jobs_start[city.index]
    return max(0.1, (start + added) / start)


def set_desired_headcount(market):
    """market jobs = jobs at the start x growth of the place x industry trend x lever.

    desired = market jobs x subsidy factor x productivity^elasticity x (real firms / room for them) / its mean; a group
    with more real firms than room loses none of its jobs for that.
    """
    world, years = market.world, years_since(BASE_YEAR, market.quarter_number)
    trend = [math.exp(growth * years) for growth in world.industry_growth]
    growth, mean_trend = {}, {}
    for city in market.cities:
        shares = world.industry_share[city.index]
        growth[city] = place_growth(market, city)
        mean_trend[city] = sum(a * b for a, b in zip(shares, trend, strict=True)) / sum(shares)
    subsidy, path = subsidy_factors(market), mean_adoption_path(market)
    elasticity = market.params.firms.demand_elasticity
    for firm in market.firms:
        lever = firm.lever(market.levers.labour_demand_factor)
        tilt = trend[firm.industry] / mean_trend[firm.city]
        firm.market_jobs = firm.jobs_start * growth[firm.city] * tilt * lever
        if firm.number > firm.room:
            standing = max(1.0, firm.room / firm.number / firm.standing_mean)
        else:
            standing = firm.number / firm.room / firm.standing_mean
        elastic = productivity(market, firm, path) ** elasticity
        firm.desired = firm.market_jobs * subsidy[firm] * elastic * standing


def knows_of_subsidy(market, firm, entry):
    """Whether a firm knows of a hiring subsidy: a lasting trait."""
    return uniform(sub_key(market.keys.firm_aware, entry.policy), firm.identity) < entry.firm_aware_share


def subsidy_factors(market):
    """Firm -> 1 + elasticity x eligible share of late hires x subsidy / pay over the horizon, for firms that know."""
    rule = market.params.firms
    factor = dict.fromkeys(market.firms, 1.0)
    for entry in market.levers.hiring:
        if market.ledger.remaining_cny(entry) <= 0:
            continue
        condition = Condition(entry.eligible)
        chosen = {
            firm
            for firm in market.firms
            if has_bit(condition.place_mask, firm.city.index)
            and has_bit(condition.industry_mask, firm.industry)
            and has_bit(condition.size_mask, firm.size)
            and knows_of_subsidy(market, firm, entry)
        }
        new = [
            person for person in market.people
            if person.state == EMPLOYED and person.tenure_q <= NEW_QUARTERS and person.firm in chosen
        ]  # fmt: skip
        eligible = sum(condition.reaches_now(person, market.quarter_number) for person in new)
        share = eligible / len(new) if new else 0.0
        for firm in chosen:
            pay = firm.city.mean_pay * 3.0 * rule.subsidy_horizon
            factor[firm] += rule.subsidy_elasticity * share * entry.cny_per_hire / max(1.0, pay)
    return factor


def ai_index(market):
    """AI share of postings relative to 2024, on the straight line between the middles of first half-years."""
    index = market.world.ai_demand_index
    at = years_since(BASE_YEAR, market.quarter_number) + 0.125 - 0.25
    if at <= 0:
        return index[0]
    if at >= len(index) - 1:
        return index[-1]
    year = int(at)
    return index[year] + (at - year) * (index[year + 1] - index[year])


def productivity(market, firm, path):
    """Output a head, by AI and by skill of staff, relative to the mean firm of a run without policies."""
    gain = market.params.firms.ai_productivity
    return (1.0 + gain * firm.adoption) / (1.0 + gain * path) * firm.quality


def mean_adoption_path(market):
    """Adoption of the mean firm without policies."""
    jobs = sum(firm.jobs_start for firm in market.firms)
    return sum(firm.adoption_path * firm.jobs_start for firm in market.firms) / jobs


def ai_probabilities(market, firm, path):
    """Chance by level that an opening of the firm is an AI position; `path` is adoption where AI postings are."""
    lever = firm.lever(market.levers.ai_demand_factor)
    index = ai_index(market) * firm.adoption / path
    chances = market.intensity.chance[firm.city.index][firm.industry]
    return [clip(chance * lever * index, 0.0, market.params.firms.ai_limit) for chance in chances]


def offered_wage(market, firm, level, experience, ai):
    """Posted pay, CNY a month."""
    world, rule = market.world, market.params.wages
    years = years_since(WAGE_YEAR, market.quarter_number)
    premium = firm.trait + firm.premium + rule.tightness_elasticity * firm.city.log_tightness[level]
    return (
        world.wage_education_cny_m[level][ai]
        * world.wage_experience[experience]
        * world.wage_industry[firm.industry][ai]
        * world.wage_place[firm.city.index][ai]
        * world.size_premium[firm.size]
        * math.exp(premium + math.log1p(rule.real_growth) * years)
    )
