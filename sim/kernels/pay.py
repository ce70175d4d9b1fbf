"""From a wage in a place to disposable income.

disposable = take_home(wage) + transfers known - rent of the tenure that is affordable - living cost

Take-home pay subtracts social contributions and the monthly schedule of income tax. Tenures are tried from the best:
a whole unit, a room, a place in a crowded room; a tenure whose rent, less what is paid against it, exceeds the limit
share of income is out. Income is take-home pay and the transfers that are not paid against rent.

Disposable income counts what is paid against the rent of the tenure that pay alone affords. A better dwelling that the
payment brings into reach would leave less money, but it is taken by choice, so it is worth at least as much; counting
its rent would let a subsidy make a city look worse.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.eligibility import count_residence_from, is_eligible, knows_and_applies
from sim.kernels.inlined import inlined
from sim.rng import draw_bits, uniform
from sim.types import CROWDED, FAMILY, SHARED, SUBSIDISED, WHOLE


@inlined
def income_tax(wage: float, contributions: float, tax: Any) -> float:
    """Income tax on pay less contributions, CNY/month (schedule for comprehensive income, by month)."""
    taxable = wage - contributions - tax.allowance_cny_m
    if taxable <= 0.0:
        due = 0.0
    elif taxable <= 3000.0:
        due = 0.03 * taxable
    elif taxable <= 12000.0:
        due = 0.10 * taxable - 210.0
    elif taxable <= 25000.0:
        due = 0.20 * taxable - 1410.0
    elif taxable <= 35000.0:
        due = 0.25 * taxable - 2660.0
    elif taxable <= 55000.0:
        due = 0.30 * taxable - 4410.0
    elif taxable <= 80000.0:
        due = 0.35 * taxable - 7160.0
    else:
        due = 0.45 * taxable - 15160.0
    return due


@inlined
def take_home(wage: float, tax: Any) -> float:
    """Pay after contributions and income tax, CNY/month."""
    contributions = tax.contribution_rate * min(wage, tax.contribution_cap_cny_m)
    return wage - contributions - income_tax(wage, contributions, tax)


@inlined
def choose_aided_tenure(
    net: float, rent_shared: float, rent_whole: float, aid_shared: float, aid_whole: float, rule: Any
) -> tuple[int, float]:
    """Best market tenure that `net` can pay where a room and a whole unit are aided: (code, market rent), CNY/month."""
    if rent_whole - aid_whole <= rule.rent_share_limit * net:
        return WHOLE, rent_whole
    if rent_shared - aid_shared <= rule.rent_share_limit * net:
        return SHARED, rent_shared
    return CROWDED, rule.crowding * rent_shared


@inlined
def choose_tenure(net: float, rent_shared: float, rent_whole: float, rule: Any) -> tuple[int, float]:
    """Best market tenure that `net` can pay without aid: (code, rent in CNY/month)."""
    return choose_aided_tenure(net, rent_shared, rent_whole, 0.0, 0.0, rule)


@inlined
def lives_with_family(uid: np.uint64, rule: Any, key: np.uint64) -> bool:
    """Whether a person who lives at home can live with family: a lasting trait."""
    return uniform(draw_bits(key, uid)) < rule.family_share


@inlined
def keeps_dwelling(person: Any, city: int) -> bool:
    """Whether the person holds a dwelling in `city` that does not depend on the rental market."""
    return person.city == city and (person.housing == SUBSIDISED or person.housing == FAMILY)


@inlined
def transfer_amount(entry: Any, education: int, rent: float, wage: float, tax: Any, aided: float) -> float:
    """Amount of one entry of transfers for a person of `education` who earns `wage` and pays `rent`, CNY/month.

    All that is paid against a rent is no more than the rent: `aided` is what other entries pay against it.
    """
    amount = entry["amount_cny_m"][education] + entry["rent_share"] * rent + entry["pay_share"] * wage
    if entry["tax_share"] > 0.0:
        contributions = tax.contribution_rate * min(wage, tax.contribution_cap_cny_m)
        amount += entry["tax_share"] * income_tax(wage, contributions, tax)
    step = 0.0
    for k in range(entry["n_steps"]):
        if wage >= entry["step_from_cny_m"][k]:
            step = entry["step_amount_cny_m"][k]
    amount = min(amount + step, entry["cap_cny_m"])
    return max(0.0, min(amount, rent - aided)) if entry["against_rent"] else amount


@inlined
def is_spent_on(entry: Any, person: Any) -> bool:
    """Whether the person has had what `entry` pays once."""
    return entry["once_months"] > 0.0 and (person.received >> np.uint32(entry["policy"])) & np.uint32(1) == 1


@inlined
def within_term(entry: Any, person: Any, since: int, quarter: int) -> bool:
    """Whether the term still runs; it counts from the policy, graduation or residence `since`, whichever is last."""
    return quarter - max(entry["start_q"], person.cohort_q, since) < entry["term_q"]


@inlined
def known_transfers(
    person: Any,
    city: int,
    place: Any,
    wage: float,
    rent: float,
    industry: int,
    size: int,
    quarter: int,
    since: int,
    transfers: NDArray[np.void],
    tax: Any,
    key: np.uint64,
    only_against_rent: bool,
) -> float:
    """Transfers, or only those against rent, that the person knows of and would get in `city`, CNY/month.

    `place` is the record of `city`. What is paid once counts as a monthly amount over the time for which people reckon
    with it.
    """
    total, aided = 0.0, 0.0
    for k in range(transfers.shape[0]):
        entry = transfers[k]
        if (only_against_rent and not entry["against_rent"]) or is_spent_on(entry, person):
            continue
        if not is_eligible(entry, person, city, place, wage, industry, size, quarter, since):
            continue
        if within_term(entry, person, since, quarter) and knows_and_applies(
            person, entry["policy"], entry["take_up"], key
        ):
            amount = transfer_amount(entry, person.education, rent, wage, tax, aided)
            total += amount
            if entry["against_rent"]:
                aided += amount
    return total


@inlined
def scheme_rent(entry: Any, market_rent: float, quarters_in: int) -> float:
    """Rent of a subsidised unit `quarters_in` quarters into the lease, CNY/month."""
    if quarters_in < entry["free_q"]:
        return 0.0
    return min(entry["rent_cap_cny_m"], entry["rent_share"] * market_rent)


@inlined
def expected_saving(
    person: Any,
    city: int,
    place: Any,
    wage: float,
    rent: float,
    industry: int,
    size: int,
    quarter: int,
    since: int,
    schemes: NDArray[np.void],
    key: np.uint64,
) -> float:
    """Rent that the person expects to save through subsidised units in `city`: chance x (rent - rent of the scheme).

    `place` is the record of `city`.
    """
    best = 0.0
    for k in range(schemes.shape[0]):
        entry = schemes[k]
        if entry["place"] != city or entry["chance"] <= 0.0:
            continue
        if not is_eligible(entry, person, city, place, wage, industry, size, quarter, since):
            continue
        if not knows_and_applies(person, entry["policy"], entry["take_up"], key):
            continue
        free_share = min(1.0, entry["free_q"] / max(1.0, float(entry["term_q"])))
        paid = (1.0 - free_share) * scheme_rent(entry, place["rent_whole"], entry["free_q"])
        best = max(best, entry["chance"] * max(0.0, rent - paid))
    return best


@inlined
def disposable_income(
    person: Any,
    city: int,
    wage: float,
    industry: int,
    size: int,
    quarter: int,
    places: NDArray[np.void],
    transfers: NDArray[np.void],
    schemes: NDArray[np.void],
    housing: Any,
    tax: Any,
    key_family: np.uint64,
    key_take_up: np.uint64,
) -> float:
    """Income left after rent and living cost if the person earned `wage` in `city`, CNY/month; at least a floor.

    Who holds a subsidised unit or a home of their own there keeps it. `places`, `transfers`, `schemes` are records of
    sim.market.
    """
    place = places[city]
    since = count_residence_from(place, person.city, city, person.resident_q, quarter)
    net = take_home(wage, tax)
    rent = 0.0
    if keeps_dwelling(person, city):
        rent = float(person.rent)
    elif person.home != city or not lives_with_family(person.uid, housing, key_family):
        _, rent = choose_tenure(net, place["rent_shared"], place["rent_whole"], housing)
        rent -= expected_saving(person, city, place, wage, rent, industry, size, quarter, since, schemes, key_take_up)
    gained = known_transfers(
        person, city, place, wage, rent, industry, size, quarter, since, transfers, tax, key_take_up, False
    )
    return max(net + gained - rent - place["living_cost"], housing.floor_share * net, 1.0)
