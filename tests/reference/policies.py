"""Phase 1. Policies in force become levers, knowledge of them spreads, transfers are paid."""

from sim.policies import build_levers
from sim.rng import AWARE, BUDGET_QUEUE
from sim.types import OUT, STUDYING
from tests.reference.arithmetic import as_f4, to_fen
from tests.reference.draws import uniform
from tests.reference.eligibility import Condition
from tests.reference.income import is_entitled, payment_amount


class Payment:
    """One entry of transfers, with who is eligible."""

    def __init__(self, entry):
        self.condition = Condition(entry.eligible)
        self.policy, self.take_up, self.budget_cny = entry.policy, entry.take_up, entry.budget_cny
        self.amount_cny_m = entry.amount_cny_m.tolist()
        self.rent_share, self.cap_cny_m, self.against_rent = entry.rent_share, entry.cap_cny_m, entry.against_rent
        self.start_quarter, self.term_quarters = entry.start_quarter, entry.term_quarters


class Scheme:
    """One scheme of subsidised units in one place, with who is eligible and the chance that people believe in."""

    def __init__(self, entry, chance):
        self.condition = Condition(entry.eligible)
        self.policy, self.place, self.take_up = entry.policy, entry.place, entry.take_up
        self.units, self.queue, self.budget_cny = entry.units, entry.queue, entry.budget_cny
        self.rent_cap_cny_m, self.rent_share = entry.rent_cap_cny_m, entry.rent_share
        self.free_quarters, self.term_quarters = entry.free_quarters, entry.term_quarters
        self.chance = chance


def policies_act(market):
    """Build the levers of the quarter, let awareness spread, pay transfers, book costs that reach nobody."""
    levers = build_levers(market.scenario.policies, market.quarter_number, market.scenario.world)
    market.levers = levers
    market.payments = [Payment(entry) for entry in levers.transfers]
    market.schemes = [
        Scheme(entry, market.scheme_chance.get((entry.policy, entry.place), 0.0)) for entry in levers.schemes
    ]
    for city in market.cities:
        city.sample_factor = float(levers.sample_factor[city.index])
    for firm in market.firms:
        firm.noise_factor = firm.lever(levers.noise_factor)
    spread_knowledge(market, market.people)
    pay_transfers(market)
    market.payments = [payment for payment in market.payments if market.ledger.remaining_cny(payment) > 0]
    for cost in levers.fixed_costs:
        market.ledger.book(cost.policy, market.cities[cost.place], 0, round(cost.cny * 100))


def is_in_reach(person):
    """Whether policies speak to the person: not to people in further study, who live on other means."""
    return person.state not in (STUDYING, OUT)


def spread_knowledge(market, listeners):
    """Let `listeners` hear of the policies: at their start and on graduation at once, later by word and from peers."""
    entries = market.levers.communications
    if not entries:
        return
    residents = [0] * len(market.cities)
    known = [dict.fromkeys((entry.policy for entry in entries), 0) for _ in market.cities]
    for person in market.people:
        if is_in_reach(person):
            residents[person.city.index] += 1
            for policy in person.knows & known[0].keys():
                known[person.city.index][policy] += 1
    key, quarter = market.key(AWARE), market.quarter_number
    for person in listeners:
        if not is_in_reach(person):
            continue
        here = person.city.index
        for entry in entries:
            if entry.policy in person.knows:
                continue
            first_quarter = max(entry.start_quarter, market.first_quarter_number)
            hazard = entry.start_share
            if quarter not in (first_quarter, person.cohort_q):
                peers = known[here][entry.policy] / max(1, residents[here])
                rule, reach = market.params.awareness, float(market.levers.platform_reach[here])
                hazard = entry.rate + rule.peer_rate * peers + rule.platform_rate * reach
            if uniform(key, person.uid, entry.policy) < hazard:
                person.knows.add(entry.policy)


def pay_transfers(market):
    """Pay who is entitled, as far as budgets go."""
    for person in market.people:
        person.transfer = person.rent_aid = 0.0
    for payment in market.payments:
        claims = {}
        for person in market.people:
            entitled = is_in_reach(person) and is_entitled(
                payment, person, person.city, person.wage, person.firm, market
            )
            if entitled:
                fen = to_fen(payment_amount(payment, person, person.rent, person.rent_aid))
                if fen > 0:
                    claims[person] = fen * 3 * market.scale
        for person, fen in ration(market, payment, claims):
            paid = as_f4(fen / (300.0 * market.scale))
            person.transfer = as_f4(person.transfer + paid)
            if payment.against_rent:
                person.rent_aid = as_f4(person.rent_aid + paid)
            market.ledger.book(payment.policy, person.city, market.scale, fen)


def ration(market, entry, claims):
    """(person, fen) of the claims that the rest of a budget can meet, in an order drawn by lot; all without a limit."""
    if entry.budget_cny == float("inf"):
        return list(claims.items())
    left, key = market.ledger.remaining_cny(entry) * 100.0, market.key(BUDGET_QUEUE)
    met, spent = [], 0
    for person in sorted(claims, key=lambda person: (uniform(key, person.uid), person.uid)):
        spent += claims[person]
        if spent > left:
            break
        met.append((person, claims[person]))
    return met
