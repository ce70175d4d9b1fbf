"""School places for the children of people without the local hukou, given before the third quarter's decisions.

A place is given once to a person and kept; it takes the cause `schooling` off the hazard of leaving at the family node.
The places of a year are given to residents without the hukou whose home is elsewhere, from family_from_years after
graduation on, who are eligible, know of them and apply, in the order that the policy states. What is not taken lapses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.phases.policies_act import has_money, mark_reached, pay_heads, was_reached
from sim.policies.base import ENROLMENT_QUARTER
from sim.rng import ROUND_QUOTA, round_one, sub_key
from sim.types import EMPLOYED, MOST_PLACES, SEARCHING

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import SchoolPlaces


def give_school_places(model: TalentMarket) -> None:
    """Give the places of the year; `model.school_use` keeps places and who got one, in agents."""
    model.school_use = {}
    if model.quarter.of_year != ENROLMENT_QUARTER:
        return
    for entry in model.levers.schools:
        places = _places_in_agents(model, entry)
        taken = _give(model, entry, places) if has_money(model, entry.policy, entry.budget_cny) else 0
        model.school_use[entry.policy, entry.place] = places, taken


def _places_in_agents(model: TalentMarket, entry: SchoolPlaces) -> int:
    expected = min(entry.places_per_year / model.scale, float(len(model.columns)))
    key = sub_key(model.lasting_key(ROUND_QUOTA), model.quarter.year)
    return round_one(key, (1 + entry.policy) * MOST_PLACES + entry.place, expected)


def _give(model: TalentMarket, entry: SchoolPlaces, places: int) -> int:
    people, place, area_of = model.columns.people, entry.place, model.world.area_of
    outside = (people.city == place) & (people.hukou != place) & (area_of[people.home] != area_of[place])
    active = (people.state == EMPLOYED) | (people.state == SEARCHING)
    old_enough = model.quarter_number - people.cohort_q >= 4 * model.params.mobility.family_from_years
    rows = np.flatnonzero(outside & active & old_enough)
    rows = rows[~was_reached(model, entry.policy, rows)]
    rows = rows[mark_reached(model, entry, rows, entry.take_up)]
    cost = entry.cost_cny_per_place
    return len(pay_heads(model, entry.policy, entry.budget_cny, rows, cost, rule=entry.when_spent, room=places))
