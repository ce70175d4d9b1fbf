"""Phase 5. Firms that have closed free their staff, people quit the more so the less their pay, firms lay off."""

import math

from sim.rng import FIRM_CLOSURE, LAYOFF, QUIT
from sim.types import EMPLOYED
from tests.reference.draws import uniform


def people_separate(market):
    """End jobs by their hazards."""
    rule, key_quit, key_layoff = market.params.separation, market.key(QUIT), market.key(LAYOFF)
    key_closure = market.key(FIRM_CLOSURE)
    for firm in market.firms:
        firm.quits = firm.layoffs = firm.closures = 0
    for person in market.people:
        if person.state != EMPLOYED:
            continue
        firm = person.firm
        if firm.closing > 0 and uniform(key_closure, person.uid) < firm.closing:
            firm.closures += 1
        elif uniform(key_quit, person.uid) < quit_hazard(person, rule):
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
