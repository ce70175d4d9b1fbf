"""Phase 13. Firms learn from the quarter and adopt AI; real firms close and are founded within their group."""

import math
from collections import Counter

from sim.rng import FIRM_ENTRY, FIRM_EXIT
from sim.types import CALENDAR_START_YEAR, INDUSTRY
from tests.reference.arithmetic import clip
from tests.reference.draws import round_up_or_down

BASE_QUARTER = (2019 - CALENDAR_START_YEAR) * 4


def firms_adjust(market):
    """Update premium, expected quits, unfilled openings, adoption of AI and the number of real firms."""
    for firm in market.firms:
        learn_from_quarter(market, firm)
    adopt_ai(market)
    for firm in market.firms:
        enter_and_exit(market, firm)


def learn_from_quarter(market, firm):
    """Pay premium, unfilled openings and expected quits."""
    wages, rule = market.params.wages, market.params.firms
    firm.unfilled = firm.openings - firm.hires
    share = firm.unfilled / firm.openings if firm.openings else 0.0
    firm.premium = (1.0 - wages.premium_reversion) * firm.premium + wages.unfilled_step * share
    staff = firm.headcount + firm.quits
    seen = firm.quits / staff if staff > 0 else firm.quit_rate
    firm.quit_rate = rule.quit_memory * firm.quit_rate + (1.0 - rule.quit_memory) * seen


def adopt_ai(market):
    """adoption' = adoption + rate x price^-elasticity x peers x (1 - adoption); the path is the same without levers."""
    price = ai_price(market, market.quarter_number)
    paid = {firm: price * firm.lever(market.levers.ai_price_factor) for firm in market.firms}
    spread_adoption(market, "adoption", paid)
    spread_adoption(market, "adoption_path", dict.fromkeys(market.firms, price))


def ai_price(market, quarter_number):
    """Price of AI relative to the start of the published figures."""
    years = (quarter_number - BASE_QUARTER) / 4.0
    return (1.0 - market.params.firms.ai_price_fall) ** max(0.0, years)


def spread_adoption(market, name, prices):
    """One quarter of adoption at the `prices` that firms pay; `name` is that with or without policies."""
    rule, peers, speed = market.params.firms, peer_adoption(market, name), speed_by_uses(market)
    for firm in market.firms:
        rate = rule.adoption_rate * speed[firm.industry] * prices[firm] ** -rule.ai_price_elasticity
        adoption = getattr(firm, name)
        setattr(firm, name, adoption + min(1.0, rate * peers[firm]) * (1.0 - adoption))


def speed_by_uses(market):
    """Industry -> speed of adoption, by the AI share of its postings; 1 for the mean job."""
    world, places = market.world, range(len(market.cities))
    jobs, speed = [], []
    for i in range(len(INDUSTRY)):
        jobs.append(sum(world.jobs_start[p] * world.industry_share[p][i] for p in places))
        ai = sum(world.ai_place_share[p] * world.ai_industry_share[p][i] for p in places)
        uses = ai / max(0.01, jobs[i] / sum(world.jobs_start[p] * sum(world.industry_share[p]) for p in places))
        speed.append(max(0.01, uses) ** market.params.firms.adoption_lead)
    mean = sum(a * b for a, b in zip(jobs, speed, strict=True)) / sum(jobs)
    return [value / mean for value in speed]


def adopt_until(market, quarter_number):
    """Before a run that begins later than the published figures: adoption as it will have spread by then."""
    for earlier in range(BASE_QUARTER, quarter_number):
        spread_adoption(market, "adoption", dict.fromkeys(market.firms, ai_price(market, earlier)))
    for firm in market.firms:
        firm.adoption_path = firm.adoption


def peer_adoption(market, name):
    """Firm -> mean adoption in its industry by jobs at the start, part of it in its own place."""
    local, jobs, using = market.params.firms.adoption_local, Counter(), Counter()
    for firm in market.firms:
        for group in ((firm.city, firm.industry), firm.industry):
            jobs[group] += firm.jobs_start
            using[group] += firm.jobs_start * getattr(firm, name)
    share = {group: using[group] / max(1e-9, jobs[group]) for group in jobs}
    return {
        firm: local * share[firm.city, firm.industry] + (1.0 - local) * share[firm.industry] for firm in market.firms
    }


def enter_and_exit(market, firm):
    """Real firms close by hazard and for lack of room; entrants take room left by exits, and what has grown."""
    rule = market.params.firms
    jobs = firm.market_jobs * market.scale
    room = max(1, math.floor(jobs / firm.size_mean + firm.room_point))
    ends = firm.exit_hazard * firm.number + rule.exit_excess * max(0, firm.number - room)
    firm.exited = min(firm.number, round_up_or_down(market.key(FIRM_EXIT), firm.identity, ends))
    left = firm.number - firm.exited
    free = rule.entry_speed * max(0, firm.room - firm.number)
    replaced = round_up_or_down(market.key(FIRM_ENTRY), firm.identity, free)
    firm.entered = clip(room - left, 0, replaced + max(0, room - firm.room))
    firm.closing = firm.exited / max(1, firm.number)
    firm.number, firm.room = left + firm.entered, room
