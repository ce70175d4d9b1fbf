"""Knowledge of policies, and the claims of those who know.

hazard of hearing = communication + peer rate x share of people in the city who know + platform rate x reach

Take-up = aware x eligible x applies. Graduates know of a policy from the start with its starting share.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.eligibility import has_bit, is_eligible, knows_and_applies, load_person
from sim.kernels.pay import is_spent_on, transfer_amount, within_term
from sim.rng import draw_bits_of, uniform
from sim.types import OUT, STUDYING


@njit(cache=True, nogil=True)
def spread_awareness(
    start: int,
    stop: int,
    people: Any,
    policies: NDArray[np.int64],
    start_q: NDArray[np.int64],
    start_share: NDArray[np.float64],
    rate: NDArray[np.float64],
    known_share: NDArray[np.float64],
    peer_rate: float,
    platform: NDArray[np.float64],
    quarter: int,
    key: np.uint64,
) -> None:
    """Who hears of which policy in rows `start:stop`.

    `policies`, `start_q`, `start_share`, `rate` (entry,); `known_share` (place, entry) as of last quarter;
    `platform` (place,) hazard of hearing of a policy through a platform.
    """
    for k in range(policies.shape[0]):
        bit = np.uint32(1) << np.uint32(policies[k])
        for i in range(start, stop):
            if people.aware[i] & bit or people.state[i] == OUT or people.state[i] == STUDYING:
                continue
            if quarter == start_q[k] or quarter == people.cohort_q[i]:
                hazard = start_share[k]
            else:
                city = people.city[i]
                hazard = rate[k] + peer_rate * known_share[city, k] + platform[city]
            if uniform(draw_bits_of(key, people.uid[i], np.uint64(policies[k]))) < hazard:
                people.aware[i] |= bit


@njit(cache=True)
def count_aware(people: Any, policies: NDArray[np.int64], counts: NDArray[np.int64]) -> None:
    """Add to `counts` (place, entry + 1) the people who know of each policy; the last column counts everybody."""
    last = policies.shape[0]
    for i in range(people.uid.shape[0]):
        if people.state[i] == OUT or people.state[i] == STUDYING:
            continue
        counts[people.city[i], last] += 1
        for k in range(last):
            if (people.aware[i] >> np.uint32(policies[k])) & np.uint32(1):
                counts[people.city[i], k] += 1


@njit(cache=True, nogil=True)
def claim_transfer(
    start: int,
    stop: int,
    people: Any,
    firms: Any,
    places: NDArray[np.void],
    transfers: NDArray[np.void],
    k: int,
    tax: Any,
    quarter: int,
    key: np.uint64,
    claims: NDArray[np.int64],
) -> None:
    """Claims on entry `k` of rows `start:stop`, in hundredths of CNY, 0 where there is none: monthly, or paid once."""
    entry = transfers[k]
    times = entry["once_months"] if entry["once_months"] > 0.0 else 1.0
    for i in range(start, stop):
        claims[i] = 0
        if people.state[i] == OUT or people.state[i] == STUDYING:
            continue
        if not has_bit(entry["place_mask"], people.city[i]):
            continue
        person = load_person(people, firms, i)
        if is_spent_on(entry, person):
            continue
        city, wage, since = person.city, person.wage, person.resident_q
        if (
            is_eligible(entry, person, city, places[city], wage, person.industry, person.size, quarter, since)
            and within_term(entry, person, since, quarter)
            and knows_and_applies(person, entry["policy"], entry["take_up"], key)
        ):
            amount = transfer_amount(entry, person.education, person.rent, wage, tax, people.rent_aid[i])
            claims[i] = int(amount * times * 100.0 + 0.5)
