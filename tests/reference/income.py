"""From pay to what is left of it: contributions and tax, rent of the tenure that is affordable, transfers, living cost.

disposable = take-home pay + transfers known - rent + saving expected from subsidised units - living cost

Who holds a subsidised unit or a home of their own in the city keeps it, at the rent paid now.
"""

from sim.types import CROWDED, FAMILY, SHARED, SUBSIDISED, WHOLE
from tests.reference.draws import uniform
from tests.reference.eligibility import knows_and_applies

TAX_BRACKETS = (
    (3000.0, 0.03, 0.0), (12000.0, 0.10, 210.0), (25000.0, 0.20, 1410.0), (35000.0, 0.25, 2660.0),
    (55000.0, 0.30, 4410.0), (80000.0, 0.35, 7160.0), (float("inf"), 0.45, 15160.0),
)  # fmt: skip
"""Monthly taxable income up to, rate, deduction: the schedule for comprehensive income."""


def take_home(wage, tax):
    """Pay after contributions and income tax, CNY a month."""
    contributions = tax.contribution_rate * min(wage, tax.contribution_cap_cny_m)
    taxable = wage - contributions - tax.allowance_cny_m
    if taxable <= 0.0:
        return wage - contributions
    rate, deduction = next((rate, deduction) for limit, rate, deduction in TAX_BRACKETS if taxable <= limit)
    return wage - contributions - (rate * taxable - deduction)


def choose_tenure(net, city, rule, aid_shared=0.0, aid_whole=0.0):
    """Best market tenure that `net` can pay: a whole unit, a room, else a place in a crowded room; with its rent.

    What is paid against the rent of a tenure lowers it.
    """
    if city.rent_whole - aid_whole <= rule.rent_share_limit * net:
        return WHOLE, city.rent_whole
    if city.rent_shared - aid_shared <= rule.rent_share_limit * net:
        return SHARED, city.rent_shared
    return CROWDED, rule.crowding * city.rent_shared


def can_live_with_family(person, market):
    """Whether the person, when at home, can live with family: a lasting trait."""
    return uniform(market.keys.family, person.uid) < market.params.housing.family_share


def keeps_dwelling(person, city):
    """Whether the person holds a dwelling in `city` that does not depend on the rental market."""
    return person.city is city and person.housing in (SUBSIDISED, FAMILY)


def payment_amount(payment, person, rent, aided):
    """What an entry of transfers pays to who is entitled, CNY a month; `aided` is paid against the rent already."""
    amount = min(payment.amount_cny_m[person.education] + payment.rent_share * rent, payment.cap_cny_m)
    return max(0.0, min(amount, rent - aided)) if payment.against_rent else amount


def add_payments(payments, person, rent):
    """What `payments` come to for who is entitled to all of them; against the rent together no more than the rent."""
    total = aided = 0.0
    for payment in payments:
        amount = payment_amount(payment, person, rent, aided)
        total += amount
        if payment.against_rent:
            aided += amount
    return total


def is_entitled(payment, person, city, wage, employer, market):
    """Whether the person is eligible for a transfer in `city`, within its term, and gets it when it is asked for."""
    if not payment.condition.reaches(person, city, wage, employer, market.quarter_number):
        return False
    arrived = person.arrived_q if person.city is city else market.quarter_number
    began = max(payment.start_quarter, person.cohort_q, arrived)
    if market.quarter_number - began >= payment.term_quarters:
        return False
    return knows_and_applies(person, payment.policy, payment.take_up, market.keys.take_up)


def scheme_rent(scheme, city, quarters_in):
    """Rent of a subsidised unit some quarters into its lease, CNY a month."""
    if quarters_in < scheme.free_quarters:
        return 0.0
    return min(scheme.rent_cap_cny_m, scheme.rent_share * city.rent_whole)


def expected_saving(person, city, wage, rent, employer, market):
    """Rent that the person counts on saving through the best subsidised unit: believed chance x what it saves."""
    best = 0.0
    for scheme in market.schemes:
        if scheme.place != city.index or scheme.chance <= 0.0:
            continue
        if not scheme.condition.reaches(person, city, wage, employer, market.quarter_number):
            continue
        if not knows_and_applies(person, scheme.policy, scheme.take_up, market.keys.take_up):
            continue
        paid_share = 1.0 - min(1.0, scheme.free_quarters / max(1.0, scheme.term_quarters))
        paid = paid_share * scheme_rent(scheme, city, scheme.free_quarters)
        best = max(best, scheme.chance * max(0.0, rent - paid))
    return best


def disposable_income(person, city, wage, employer, market):
    """What the person would have left in `city` at `wage`, CNY a month; at least a floor."""
    housing = market.params.housing
    net = take_home(wage, market.params.tax)
    rent = 0.0
    if keeps_dwelling(person, city):
        rent = person.rent
    elif person.home is not city or not can_live_with_family(person, market):
        rent = choose_tenure(net, city, housing)[1]
        rent -= expected_saving(person, city, wage, rent, employer, market)
    entitled = [one for one in market.payments if is_entitled(one, person, city, wage, employer, market)]
    return max(net + add_payments(entitled, person, rent) - rent - city.living_cost, housing.floor_share * net, 1.0)
