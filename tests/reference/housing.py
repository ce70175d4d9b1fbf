"""Phase 9. Subsidised units are let, everybody else takes the best tenure they can get, and rents answer occupancy.

Who applies for a unit and gets none keeps the place in the queue as long as they apply in every quarter.
"""

from collections import Counter

from sim.policies.levers import QUEUE_FIRST_COME, QUEUE_POINTS
from sim.rng import OWN_HOME, ROUND_UNITS, SCHEME_LOTTERY
from sim.types import (
    CROWDED,
    EMPLOYED,
    FAMILY,
    NO_QUARTER,
    OUT,
    SEARCHING,
    SHARED,
    STUDYING,
    SUBSIDISED,
    UNHOUSED,
    WHOLE,
)  # fmt: skip
from tests.reference.arithmetic import as_f4, clip, to_fen
from tests.reference.draws import round_up_or_down, sub_key, uniform
from tests.reference.eligibility import knows_and_applies
from tests.reference.income import (
    add_payments,
    can_live_with_family,
    choose_tenure,
    is_entitled,
    scheme_rent,
    take_home,
)  # fmt: skip

LAST_QUARTER = 32767
"""End of a lease without end."""


def housing_clears(market):
    """Leases end, schemes let vacant units, the rest rents on the market, rents and stocks respond."""
    for person in market.people:
        if person.lease_end_q <= market.quarter_number and person.housing != FAMILY:
            person.leave_dwelling()
    market.scheme_use, waiting = {}, set()
    left_fen = {scheme.policy: 100.0 * market.ledger.remaining_cny(scheme) for scheme in market.schemes}
    for scheme in market.schemes:
        left_fen[scheme.policy] -= keep_leases(market, scheme, left_fen[scheme.policy])
    for scheme in market.schemes:
        waiting |= let_units(market, scheme, left_fen)
    for person in market.people:
        if person not in waiting or person.housing == SUBSIDISED:
            person.queue_q = NO_QUARTER
    settle(market)
    used = Counter((person.city, person.housing) for person in market.people)
    for city in market.cities:
        clear = city.set_stock if market.quarter_number < market.first_quarter_number else city.clear_rents
        clear(*(used[city, tenure] for tenure in (CROWDED, SHARED, WHOLE)), market)


def cost_of_units(market, scheme):
    """Market rent less rent paid of a unit in a free quarter and in another, at rents of now; hundredths of CNY."""
    city = market.cities[scheme.place]
    low = min(scheme.rent_cap_cny_m, scheme.rent_share * city.rent_whole)
    return tuple(to_fen(max(0.0, city.rent_whole - rent)) * 3 * market.scale for rent in (0.0, low))


def tenants_of(market, scheme):
    """Who lives in a unit of the scheme."""
    return [
        person for person in market.people
        if person.housing == SUBSIDISED and person.scheme == scheme.policy and person.city.index == scheme.place
    ]  # fmt: skip


def keep_leases(market, scheme, left_fen):
    """Promise the budget to running leases, the oldest first and by lot within a quarter; end those beyond it.

    Returns what the leases kept still cost until they end.
    """
    if left_fen == float("inf"):
        return 0.0
    key, quarter = sub_key(market.key(SCHEME_LOTTERY), scheme.policy), market.quarter_number
    free_fen, low_fen = cost_of_units(market, scheme)
    now = promised = 0
    for tenant in sorted(
        tenants_of(market, scheme), key=lambda one: (one.lease_start_q, uniform(key, one.uid), one.uid)
    ):
        held, term = quarter - tenant.lease_start_q, tenant.lease_end_q - quarter
        now += free_fen if held < scheme.free_quarters else low_fen
        if now > left_fen:
            tenant.leave_dwelling()
            continue
        free = clip(scheme.free_quarters - held, 0, term)
        promised += free * free_fen + (term - free) * low_fen
    return float(promised)


def let_units(market, scheme, left_fen):
    """Let the vacant units of one scheme by its queue rule, as far as its budget can pay their whole term.

    Returns who goes on waiting, and takes what it promises off `left_fen` of the policy.
    """
    at = scheme.policy, scheme.place
    city = market.cities[scheme.place]
    occupied = len(tenants_of(market, scheme))
    key_units, identity = market.lasting_key(ROUND_UNITS), scheme.policy * 64 + scheme.place
    units = round_up_or_down(key_units, identity, scheme.units / market.scale)
    free_fen, low_fen = cost_of_units(market, scheme)
    free = min(scheme.free_quarters, scheme.term_quarters)
    lease_fen = free * free_fen + (scheme.term_quarters - free) * low_fen
    vacant = max(0, units - occupied)
    if left_fen[scheme.policy] != float("inf"):
        vacant = min(vacant, max(0, int(left_fen[scheme.policy] // max(1, lease_fen))))
    applicants = [person for person in market.people if applies(person, scheme, city, market)]
    for person in applicants:
        if person.queue_q == NO_QUARTER:
            person.queue_q = market.quarter_number
    chosen = sorted(applicants, key=lambda person: queue_rank(person, scheme, market))[:vacant]
    for person in chosen:
        person.housing, person.scheme = SUBSIDISED, scheme.policy
        person.lease_start_q = market.quarter_number
        person.lease_end_q = min(market.quarter_number + scheme.term_quarters, LAST_QUARTER)
    chance = min(1.0, len(chosen) / len(applicants)) if applicants else float(vacant > 0)
    scheme.chance = market.scheme_chance[at] = chance
    if scheme.units == 0:
        units = max(units, occupied + len(chosen))
    market.scheme_use[at] = units, occupied + len(chosen), len(applicants) - len(chosen)
    left_fen[scheme.policy] -= float(len(chosen) * lease_fen)
    return set(applicants) - set(chosen)


def applies(person, scheme, city, market):
    """Who is eligible, informed, without such a unit, and would be cheaper off; nobody once nothing is on offer."""
    if scheme.units == 0:
        return False
    if person.city is not city or person.housing in (SUBSIDISED, FAMILY) or person.state not in (EMPLOYED, SEARCHING):
        return False
    if person.home is city and can_live_with_family(person, market):
        return False
    if not scheme.condition.reaches_now(person, market.quarter_number):
        return False
    rent = person.rent
    if person.housing == UNHOUSED:
        rent = market_tenure(person, market)[1]
    if scheme_rent(scheme, city, 0) >= rent:
        return False
    return knows_and_applies(person, scheme.policy, scheme.take_up, market.keys.take_up)


def queue_rank(person, scheme, market):
    """Place in the queue, lowest first; ties go by lot, then by id."""
    lot = uniform(sub_key(market.key(SCHEME_LOTTERY), scheme.policy), person.uid)
    first = 0.0
    if scheme.queue == QUEUE_FIRST_COME:
        first = person.queue_q
    elif scheme.queue == QUEUE_POINTS:
        rule, years = market.params.hukou, 0.25 * (market.quarter_number - person.arrived_q)
        first = -(rule.points_education * person.education + rule.points_year * years)
    return first, lot, person.uid


def market_tenure(person, market):
    """Tenure and rent that the person can get on the market; what is paid against rent lowers it."""
    city = person.city
    net = take_home(person.wage, market.params.tax) + person.transfer - person.rent_aid
    aids = [
        payment for payment in market.payments
        if payment.against_rent and is_entitled(payment, person, city, person.wage, person.firm, market)
    ]  # fmt: skip
    aid_shared, aid_whole = (add_payments(aids, person, rent) for rent in (city.rent_shared, city.rent_whole))
    return choose_tenure(net, city, market.params.housing, aid_shared, aid_whole)


def settle(market):
    """Tenure and rent of everybody, and what subsidised units forgo."""
    schemes = {(scheme.policy, scheme.place): scheme for scheme in market.schemes}
    tenants, forgone = dict.fromkeys(schemes, 0), dict.fromkeys(schemes, 0)
    for person in market.people:
        if person.state in (STUDYING, OUT):
            continue
        if person.housing == SUBSIDISED:
            at = person.scheme, person.city.index
            if at in schemes:
                paid = scheme_rent(schemes[at], person.city, market.quarter_number - person.lease_start_q)
                person.rent = as_f4(paid)
                tenants[at] += 1
                forgone[at] += to_fen(max(0.0, person.city.rent_whole - paid))
                continue
            person.leave_dwelling()
        take_tenure(person, market)
    for at, scheme in schemes.items():
        fen = forgone[at] * 3 * market.scale
        market.ledger.book(scheme.policy, market.cities[scheme.place], tenants[at] * market.scale, fen)


def take_tenure(person, market):
    """Family or a home of one's own, the dwelling one has, or the best on the market."""
    rule, quarter = market.params.housing, market.quarter_number
    if person.housing == FAMILY:
        return
    old_enough = quarter - person.cohort_q >= 4 * rule.own_home_years and person.state == EMPLOYED
    buys = old_enough and uniform(market.key(OWN_HOME), person.uid) < rule.own_home_hazard
    if buys or (person.home is person.city and can_live_with_family(person, market)):
        person.housing, person.rent = FAMILY, 0.0
    elif person.housing == UNHOUSED:
        person.housing, rent = market_tenure(person, market)
        person.rent = as_f4(rent)
        person.lease_start_q, person.lease_end_q = quarter, quarter + rule.market_lease_quarters
