"""Phase 8. Accepted offers become jobs, people move where the job is, subsidised hires are paid for."""

import math

from sim.rng import MATCH_QUALITY
from sim.types import EMPLOYED, FIRST_JOB, JOB_MOVE, NEVER_EMPLOYED
from tests.reference.arithmetic import as_f4
from tests.reference.demand import knows_of_subsidy
from tests.reference.draws import normal
from tests.reference.eligibility import Condition
from tests.reference.policies import ration


def people_move(market):
    """Give everybody who was matched the job."""
    for firm in market.firms:
        firm.hires = 0
    for person, position in market.matched.items():
        take_job(person, position, market)
    pay_for_hires(market)


def take_job(person, position, market):
    """wage = offer x match quality, which is log-normal with mean 1."""
    first = person.tenure_q == NEVER_EMPLOYED
    moves = person.city is not position.city
    if person.state == EMPLOYED:
        person.firm.quits += 1
        person.firm.headcount -= 1
    if first or moves:
        reason = FIRST_JOB if first else JOB_MOVE
        market.flows[person.city.index, position.city.index, person.education, reason, int(first)] += 1
    if moves:
        person.move_to(position.city, market.quarter_number)
    spread = market.params.wages.match_spread
    quality = normal(market.key(MATCH_QUALITY), person.uid)
    person.state, person.firm, person.cell = EMPLOYED, position.firm, position.cell
    person.wage = as_f4(position.wage * math.exp(spread * quality - 0.5 * spread**2))
    person.tenure_q = person.search_q = 0
    position.firm.hires += 1
    position.firm.headcount += 1


def pay_for_hires(market):
    """Pay firms that know of a hiring subsidy for those of their hires who are eligible, as far as the budget goes."""
    for entry in market.levers.hiring:
        condition, cost_fen = Condition(entry.eligible), round(entry.cny_per_hire * 100) * market.scale
        claims = {
            person: cost_fen for person in market.matched
            if condition.reaches_now(person, market.quarter_number) and knows_of_subsidy(market, person.firm, entry)
        }  # fmt: skip
        for person, fen in ration(market, entry, claims):
            market.ledger.book(entry.policy, person.city, market.scale, fen)
