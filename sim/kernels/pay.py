"""From a wage in a place to disposable income.

disposable = take_home(wage) + transfers known - rent of the tenure that is affordable - living cost

Take-home pay subtracts social contributions and the monthly schedule of income tax. Tenures are tried from the best:
a whole unit, a room, a place in a crowded room; a tenure whose rent exceeds the limit share of take-home pay is out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from sim.rng import draw_bits, draw_bits_of, uniform
from sim.types import SHARED, WHOLE


@njit(cache=True)
def take_home(wage: float, tax: Any) -> float:
    """Pay after contributions and income tax, CNY/month (schedule for comprehensive income, by month)."""
    contributions = tax.contribution_rate * min(wage, tax.contribution_cap_cny_m)
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
    return wage - contributions - due


@njit(cache=True)
def choose_tenure(net: float, rent_shared: float, rent_whole: float, rule: Any) -> tuple[int, float]:
    """Best market tenure that `net` can pay: (code, rent in CNY/month)."""
    if rent_whole <= rule.rent_share_limit * net:
        return WHOLE, rent_whole
    if rent_shared <= rule.rent_share_limit * net:
        return SHARED, rent_shared
    return SHARED, rule.crowding * rent_shared


@njit(cache=True)
def lives_with_family(uid: np.uint64, rule: Any, key: np.uint64) -> bool:
    """Whether a person who lives at home can live with family: a lasting trait."""
    return uniform(draw_bits(key, uid)) < rule.family_share


@njit(cache=True)
def is_eligible(
    record: Any, people: Any, i: int, city: int, wage: float, industry: int, size: int, quarter: int
) -> bool:
    """Whether person `i`, living in `city` at `wage` (0: no job) in a firm of `industry` and `size`, is reached.

    `industry` and `size` are -1 without an employer.
    """
    one = np.int64(1)
    if not (record["place_mask"] >> city) & one or not (record["education_mask"] >> people.education[i]) & one:
        return False
    since = quarter - people.cohort_q[i]
    if since < record["min_quarters"] or since > record["max_quarters"]:
        return False
    if not (record["field_mask"] >> people.field[i]) & one or not (record["study_mask"] >> people.study[i]) & one:
        return False
    if not (record["state_mask"] >> people.state[i]) & one:
        return False
    if wage < record["wage_min_cny_m"] or wage > record["wage_max_cny_m"]:
        return False
    if record["industry_mask"] != -1 and (industry < 0 or not (record["industry_mask"] >> industry) & one):
        return False
    if record["size_mask"] != -1 and (size < 0 or not (record["size_mask"] >> size) & one):
        return False
    local_hukou = people.hukou[i] == city
    if (record["hukou"] == 1 and local_hukou) or (record["hukou"] == 2 and not local_hukou):
        return False
    at_home = people.home[i] == city
    return not ((record["home"] == 1 and not at_home) or (record["home"] == 2 and at_home))


@njit(cache=True)
def knows_and_applies(people: Any, i: int, policy: int, take_up: float, key: np.uint64) -> bool:
    """Take-up = aware x applies; whether a person applies for a policy is a lasting trait."""
    if not (people.aware[i] >> np.uint32(policy)) & np.uint32(1):
        return False
    return uniform(draw_bits_of(key, people.uid[i], np.uint64(policy))) < take_up


@njit(cache=True)
def transfer_amount(transfers: Any, k: int, education: int, rent: float) -> float:
    """Amount of entry `k` for a person of `education` who pays `rent`, CNY/month."""
    amount = transfers.amount[k, education] + transfers.rent_share[k] * rent
    return min(amount, transfers.cap[k])


@njit(cache=True)
def transfer_start(transfers: Any, k: int, people: Any, i: int, city: int, quarter: int) -> int:
    """Quarter from which the term of entry `k` counts for person `i` in `city`."""
    arrived = people.arrived_q[i] if people.city[i] == city else quarter
    return max(transfers.start_q[k], people.cohort_q[i], arrived)


@njit(cache=True)
def known_transfers(
    people: Any, i: int, city: int, wage: float, rent: float, industry: int, size: int, quarter: int,
    transfers: Any, key: np.uint64,
) -> float:
    """Transfers a month that person `i` knows of and would get in `city`, CNY/month."""
    total = 0.0
    for k in range(transfers.policy.shape[0]):
        if not is_eligible(transfers.rules[k], people, i, city, wage, industry, size, quarter):
            continue
        if quarter - transfer_start(transfers, k, people, i, city, quarter) >= transfers.term_q[k]:
            continue
        if knows_and_applies(people, i, transfers.policy[k], transfers.take_up[k], key):
            total += transfer_amount(transfers, k, people.education[i], rent)
    return total


@njit(cache=True)
def scheme_rent(schemes: Any, k: int, market_rent: float, quarters_in: int) -> float:
    """Rent of a subsidised unit `quarters_in` quarters into the lease, CNY/month."""
    if quarters_in < schemes.free_q[k]:
        return 0.0
    return min(schemes.rent_cap[k], schemes.rent_share[k] * market_rent)


@njit(cache=True)
def expected_saving(
    people: Any, i: int, city: int, wage: float, rent: float, industry: int, size: int, quarter: int,
    places: Any, schemes: Any, key: np.uint64,
) -> float:
    """Rent that person `i` expects to save through subsidised units in `city`: chance x (market - scheme rent)."""
    best = 0.0
    for k in range(schemes.policy.shape[0]):
        if schemes.place[k] != city or schemes.chance[k] <= 0.0:
            continue
        if not is_eligible(schemes.rules[k], people, i, city, wage, industry, size, quarter):
            continue
        if not knows_and_applies(people, i, schemes.policy[k], schemes.take_up[k], key):
            continue
        free_share = min(1.0, schemes.free_q[k] / max(1.0, schemes.term_q[k]))
        paid = (1.0 - free_share) * min(schemes.rent_cap[k], schemes.rent_share[k] * places.rent_whole[city])
        best = max(best, schemes.chance[k] * max(0.0, rent - paid))
    return best


@njit(cache=True)
def disposable_income(
    people: Any, i: int, city: int, wage: float, industry: int, size: int, quarter: int,
    places: Any, transfers: Any, schemes: Any, housing: Any, tax: Any, key_family: np.uint64, key_take_up: np.uint64,
) -> float:
    """Monthly income left after rent and living cost if person `i` earned `wage` in `city`, CNY; at least a floor."""
    net = take_home(wage, tax)
    rent = 0.0
    if people.home[i] != city or not lives_with_family(people.uid[i], housing, key_family):
        _, rent = choose_tenure(net, places.rent_shared[city], places.rent_whole[city], housing)
        rent -= expected_saving(
            people, i, city, wage, rent, industry, size, quarter, places, schemes, key_take_up
        )
    gained = known_transfers(people, i, city, wage, rent, industry, size, quarter, transfers, key_take_up)
    return max(net + gained - rent - places.living_cost[city], housing.floor_share * net, 1.0)


@njit(cache=True)
def log_disposable(
    people: Any, i: int, city: int, wage: float, industry: int, size: int, quarter: int,
    places: Any, transfers: Any, schemes: Any, housing: Any, tax: Any, key_family: np.uint64, key_take_up: np.uint64,
) -> float:
    """Natural logarithm of `disposable_income`."""
    return math.log(
        disposable_income(
            people, i, city, wage, industry, size, quarter, places, transfers, schemes, housing, tax,
            key_family, key_take_up,
        )
    )
