"""Who a policy reaches: eligibility, and take-up = aware x eligible x applies."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import config, njit
from numpy.typing import NDArray

from sim.kernels.areas import in_area
from sim.kernels.inlined import inlined
from sim.market import PERSON_DTYPE, Person
from sim.rng import draw_bits_of, uniform
from sim.types import EMPLOYED, SUBSIDISED

WITHOUT_TAKE_UP: Final = -1.0
"""As `take_up`: neither knowledge nor application is asked, because somebody else applies."""


@inlined
def load_person(people: Any, firms: Any, i: int) -> Any:
    """Row `i` of the columns as plain numbers, with industry and size of the employer (-1 without one)."""
    firm = people.firm[i]
    industry = firms.industry[firm] if firm >= 0 else np.int8(-1)
    size = firms.size[firm] if firm >= 0 else np.int8(-1)
    return Person(
        people.uid[i], firm, people.aware[i], people.received[i], people.wage[i], people.rent[i], people.cohort_q[i],
        people.arrived_q[i], people.resident_q[i], people.search_q[i], people.education[i], people.field[i],
        people.home[i], people.study[i], people.city[i], people.hukou[i], people.state[i], people.housing[i],
        people.cell[i], industry, size, people.certificate[i],
    )  # fmt: skip


def make_persons(number: int) -> NDArray[np.void]:
    """Room for persons as records of PERSON_DTYPE, whose fields are attributes in compiled code and without."""
    records = np.empty(number, PERSON_DTYPE)
    return records.view(np.recarray) if config.DISABLE_JIT else records  # type: ignore[attr-defined]


@njit(cache=True, nogil=True)
def gather_persons(
    start: int,
    stop: int,
    rows: NDArray[np.uint32],
    people: Any,
    industry: NDArray[np.int8],
    size: NDArray[np.int8],
    out: NDArray[np.void],
) -> None:
    """Fill elements `start:stop` of `out` (row,) of PERSON_DTYPE; `industry` and `size` (firm,) are of the employers.

    Gathering once keeps columns, and the counting of references to them, out of the loops that follow.
    """
    for s in range(start, stop):
        i = rows[s]
        person, firm = out[s], people.firm[i]
        person["uid"], person["firm"], person["aware"] = people.uid[i], firm, people.aware[i]
        person["wage"], person["rent"] = people.wage[i], people.rent[i]
        person["cohort_q"], person["arrived_q"] = people.cohort_q[i], people.arrived_q[i]
        person["search_q"], person["education"] = people.search_q[i], people.education[i]
        person["field"], person["home"], person["study"] = people.field[i], people.home[i], people.study[i]
        person["city"], person["hukou"], person["state"] = people.city[i], people.hukou[i], people.state[i]
        person["cell"], person["housing"] = people.cell[i], people.housing[i]
        person["resident_q"], person["certificate"] = people.resident_q[i], people.certificate[i]
        person["received"] = people.received[i]
        person["industry"] = industry[firm] if firm >= 0 else -1
        person["size"] = size[firm] if firm >= 0 else -1


@inlined
def has_bit(mask: int, code: int) -> bool:
    """Whether bit `code` of `mask` is set."""
    return (mask >> np.int64(code)) & np.int64(1) == 1


@inlined
def count_residence_from(place: Any, from_city: int, city: int, resident_q: int, quarter: int) -> int:
    """Quarter from which the residence of somebody counts who lives in `from_city` and is, or would be, in `city`.

    `place` is the record of `city`. Residence in one place of its area is residence in all; of residence elsewhere it
    takes over its share where rights follow the mover.
    """
    if in_area(place, city, from_city):
        return int(resident_q)
    if has_bit(place["rights_mask"], from_city):
        return quarter - int(place["rights_share"] * (quarter - resident_q))
    return quarter


@inlined
def has_standing(entry: Any, person: Any, city: int, residence: int) -> bool:
    """Whether `residence` (quarters), dwelling, certificate and what was received before meet the conditions.

    Who weighs another city has no subsidised unit there.
    """
    if residence < entry["min_residence_q"] or residence > entry["max_residence_q"]:
        return False
    subsidised = person.housing == SUBSIDISED and person.city == city
    if (entry["housing"] == 1 and not subsidised) or (entry["housing"] == 2 and subsidised):
        return False
    if (entry["certificate"] == 1 and person.certificate) or (entry["certificate"] == 2 and not person.certificate):
        return False
    received = np.int64(person.received)
    if entry["received_bits"] != 0 and (received & entry["received_bits"]) == 0:
        return False
    return (received & entry["not_received_bits"]) == 0


@inlined
def is_eligible(
    entry: Any, person: Any, city: int, place: Any, wage: float, industry: int, size: int, quarter: int, resident_q: int
) -> bool:
    """Whether the person, living in `city` at `wage` (0: no job) with an employer of `industry` and `size`, is reached.

    `place` is the record of `city`; home and the hukou hold in its whole area. `entry` is a record with the fields of
    sim.market.ELIGIBILITY_FIELDS; `industry` and `size` are -1 without employer. With an employer, present or weighed,
    the person counts as employed. Residence in `city` counts from `resident_q`.
    """
    state = EMPLOYED if industry >= 0 else person.state
    if not (
        has_bit(entry["place_mask"], city)
        and has_bit(entry["education_mask"], person.education)
        and has_bit(entry["field_mask"], person.field)
        and has_bit(entry["study_mask"], person.study)
        and has_bit(entry["state_mask"], state)
    ):
        return False
    since = quarter - person.cohort_q
    if since < entry["min_quarters"] or since > entry["max_quarters"]:
        return False
    if wage < entry["wage_min_cny_m"] or wage > entry["wage_max_cny_m"]:
        return False
    if entry["industry_mask"] != -1 and (industry < 0 or not has_bit(entry["industry_mask"], industry)):
        return False
    if entry["size_mask"] != -1 and (size < 0 or not has_bit(entry["size_mask"], size)):
        return False
    if not has_standing(entry, person, city, quarter - resident_q):
        return False
    local, at_home = in_area(place, city, person.hukou), in_area(place, city, person.home)
    if (entry["hukou"] == 1 and local) or (entry["hukou"] == 2 and not local):
        return False
    return not ((entry["home"] == 1 and not at_home) or (entry["home"] == 2 and at_home))


@inlined
def knows_and_applies(person: Any, policy: int, take_up: float, key: np.uint64) -> bool:
    """Whether the person knows of the policy and is one of those who apply: a lasting trait."""
    if (person.aware >> np.uint32(policy)) & np.uint32(1) == 0:
        return False
    return uniform(draw_bits_of(key, person.uid, np.uint64(policy))) < take_up


@njit(cache=True)
def mark_eligible(
    rows: NDArray[np.int64],
    people: Any,
    firms: Any,
    places: NDArray[np.void],
    entries: NDArray[np.void],
    policy: int,
    quarter: int,
    key: np.uint64,
    take_up: float,
) -> NDArray[np.bool_]:
    """(row,) whether the first of `entries` reaches the person as they live and work now.

    People must know of it and apply with `take_up`; a negative `take_up` asks neither.
    """
    reached = np.zeros(rows.shape[0], np.bool_)
    for s in range(rows.shape[0]):
        person = load_person(people, firms, rows[s])
        city, wage, since = person.city, person.wage, person.resident_q
        if is_eligible(entries[0], person, city, places[city], wage, person.industry, person.size, quarter, since):
            reached[s] = take_up < 0.0 or knows_and_applies(person, policy, take_up, key)
    return reached
