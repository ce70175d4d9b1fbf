"""Who is reached by a policy and how many firms it pays, counted from the columns by numpy.

Nothing here is used by the phases, and nothing of the phases is used here but the keyed draws, which are facts of a
person: sim/audit.py holds the ledger against these counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.rng import TAKE_UP, uniforms_of
from sim.types import EMPLOYED, SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.costs import FirmGrant

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


def is_reached(
    model: TalentMarket, eligible: NDArray[np.void], rows: Rows, people: Any = None, place: NDArray[Any] | None = None
) -> Flags:
    """(row,) whether `eligible` (1,) reaches the people of `rows` as they live and work in `people`, or else now.

    Its places are those where they live, or `place` (row,).
    """
    people, firms, who = model.columns.people if people is None else people, model.firms, eligible[0]
    city, firm, quarter = people.city[rows], people.firm[rows], model.quarter_number
    works = firm >= 0
    codes = {
        "place_mask": city if place is None else place,
        "study_mask": people.study[rows],
        "education_mask": people.education[rows],
        "field_mask": people.field[rows],
        "state_mask": np.where(works, EMPLOYED, people.state[rows]),
        "industry_mask": np.where(works, firms.industry[firm], -1),
        "size_mask": np.where(works, firms.size[firm], -1),
    }
    reached = np.ones(len(rows), np.bool_)
    for name, code in codes.items():
        reached &= _is_named(who[name], code)
    spans = (
        (quarter - people.cohort_q[rows], "min_quarters", "max_quarters"),
        (people.wage[rows], "wage_min_cny_m", "wage_max_cny_m"),
        (quarter - people.resident_q[rows], "min_residence_q", "max_residence_q"),
    )
    for value, least, most in spans:
        reached &= (value >= who[least]) & (value <= who[most])
    area_of = model.world.area_of
    reached &= _agrees(who["hukou"], area_of[people.hukou[rows]] != area_of[city])
    reached &= _agrees(who["home"], area_of[people.home[rows]] == area_of[city])
    reached &= _agrees(who["housing"], people.housing[rows] == SUBSIDISED)
    reached &= _agrees(who["certificate"], people.certificate[rows] == 0)
    received = people.received[rows].astype(np.int64)
    if who["received_bits"]:
        reached &= received & who["received_bits"] != 0
    return np.asarray(reached & (received & who["not_received_bits"] == 0))


def does_apply(model: TalentMarket, policy: int, take_up: float, rows: Rows) -> Flags:
    """(row,) whether the people of `rows` know of a policy and are among those who apply."""
    people = model.columns.people
    drawn = uniforms_of(model.lasting_key(TAKE_UP), people.uid[rows], policy)
    return np.asarray(has_received(people.aware, policy)[rows] & (drawn < take_up))


def has_received(bits: NDArray[np.uint32], policy: int) -> Flags:
    """(row,) whether bit `policy` is set in `bits` (row,)."""
    return np.asarray(bits & np.uint32(1 << policy) != 0)


def is_paid(model: TalentMarket, grant: FirmGrant) -> Flags:
    """(firm,) whether a grant is for the firm."""
    firms = model.firms
    return np.asarray(
        _is_named(grant.place_mask, firms.place)
        & _is_named(grant.industry_mask, firms.industry)
        & _is_named(grant.size_mask, firms.size)
        & _is_named(grant.ownership_mask, firms.ownership)
    )


def _is_named(mask: Any, codes: NDArray[Any]) -> Flags:
    """Whether `mask` restricts nothing or has the bit of each code; a code below 0 has no bit."""
    bits = (np.int64(mask) >> np.maximum(codes, 0).astype(np.int64)) & 1
    return np.asarray((np.int64(mask) == -1) | ((bits == 1) & (codes >= 0)))


def _agrees(choice: Any, is_first: Flags) -> Flags:
    """Whether a choice among any (0), the first and the second case is met."""
    return is_first | (choice != 1) if choice != 2 else ~is_first
