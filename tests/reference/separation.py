"""Phase 5. People quit, the more so the less their pay, and firms lay off part of their surplus."""

import math

from sim.rng import LAYOFF, QUIT
from sim.types import EMPLOYED
from tests.reference.draws import uniform


def people_separate(market):
    """End jobs by their hazards."""
    rule, key_quit, key_layoff = market.params.separation, market.key(QUIT), market.key(LAYOFF)
    for firm in market.firms:
        firm.quits = firm.layoffs = 0
    for person in market.people:
        if person.state != EMPLOYED:
            continue
        firm = person.firm
        if uniform(key_quit, person.uid) < quit_hazard(person, rule):
            firm.quits += 1
        elif uniform(key_layoff, person.uid) < rule.layoff_speed * firm.surplus_share:
            firm.layoffs += 1
        else:
            continue
        firm.headcount -= 1
        person.leave_job()


def quit_hazard(person, rule):
    """Chance that a person quits within the quarter."""
    relative = max(0.2, person.wage / max(1.0, person.city.market_wage[person.education]))
    exponent = -rule.quit_pay_link * person.firm.pay_link - 0.25 * rule.quit_tenure * person.tenure_q
    return min(1.0, rule.quit_base * math.exp(exponent) * relative**-rule.quit_wage)
