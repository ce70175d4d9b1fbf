"""Phase 11. Where home ties are weak, people leave with a hazard that peaks at the citizen and the family node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels.mobility import leave_cities
from sim.phases.ranges import sum_ranges
from sim.phases.school_places import give_school_places
from sim.rng import LEAVE, LEAVE_REASON, LEAVE_TARGET

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_stay_or_leave(model: TalentMarket) -> None:
    """Give school places, let people leave, keep the reasons, and take them off their firms."""
    give_school_places(model)
    people, firms = model.columns.people, model.firms
    keys = model.key(LEAVE), model.key(LEAVE_REASON), model.key(LEAVE_TARGET)
    flows, quits = sum_ranges(
        len(model.columns), model.threads, (model.flows.shape, (len(firms),)),
        lambda start, stop, moved, left: leave_cities(
            start, stop, people, model.places, model.quarter_number, model.rules.mobility, model.rules.tax,
            *keys, moved, left,
        ),
    )  # fmt: skip
    model.flows += flows
    firms.quits += quits
    firms.headcount -= quits
