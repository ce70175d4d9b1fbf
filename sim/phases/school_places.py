"""School places for the children of people without the local hukou, given before the third quarter's decisions.

A place is given once to a person and kept; it takes the cause `schooling` off the hazard of leaving at the family node.
The places of a year are given to residents without the hukou whose home is elsewhere, from family_from_years after
graduation on, who are eligible, know of them and apply, in the order that the policy states. What is not taken lapses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from sim.kernels.eligibility import mark_eligible
from sim.phases.policies_act import book_rows, has_money, make_condition, ration
from sim.rng import ROUND_QUOTA, TAKE_UP, sub_key, uniforms
from sim.types import EMPLOYED, SEARCHING

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import SchoolPlaces

QUARTER_OF_ENROLMENT: Final = 3
MOST_PLACES: Final = 64
"""More than a world has: keeps the ids of the draws of places apart."""


def give_school_places(model: TalentMarket) -> None:
    """Give the places of the year; `model.school_use` keeps places and who got one, in agents."""
    model.school_use = {}
    if model.quarter.of_year != QUARTER_OF_ENROLMENT:
        return
    for entry in model.levers.schools:
        places = _places_in_agents(model, entry)
        taken = _give(model, entry, places) if has_money(model, entry.policy, entry.budget_cny) else 0
        model.school_use[entry.policy, entry.place] = places, taken


def _places_in_agents(model: TalentMarket, entry: SchoolPlaces) -> int:
    expected = min(entry.places_per_year / model.scale, float(len(model.columns)))
    key = sub_key(model.lasting_key(ROUND_QUOTA), model.quarter.year)
    identity = np.array([(1 + entry.policy) * MOST_PLACES + entry.place], np.uint64)
    return int(expected) + int(uniforms(key, identity)[0] < expected - int(expected))


def _give(model: TalentMarket, entry: SchoolPlaces, places: int) -> int:
    people, place = model.columns.people, entry.place
    outside = (people.city == place) & (people.hukou != place) & (people.home != place)
    active = (people.state == EMPLOYED) | (people.state == SEARCHING)
    old_enough = model.quarter_number - people.cohort_q >= 4 * model.params.mobility.family_from_years
    rows = np.flatnonzero(outside & active & old_enough)
    rows = rows[(people.received[rows] >> np.uint32(entry.policy)) & np.uint32(1) == 0]
    applies = mark_eligible(
        rows, people, model.firms_table, make_condition(entry.eligible), entry.policy, model.quarter_number,
        model.lasting_key(TAKE_UP), entry.take_up,
    )  # fmt: skip
    rows = rows[applies]
    fen = np.full(len(rows), round(entry.cost_cny_per_place * 100) * model.scale, np.int64)
    rows, fen = ration(model, entry.policy, entry.budget_cny, rows, fen, rule=entry.when_spent, room=places)
    book_rows(model, entry.policy, rows, fen)
    return len(rows)
