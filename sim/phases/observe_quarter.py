"""Phase 14. The state of the quarter is counted: what the next quarter reacts to, and the result tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.invariants import check_invariants
from sim.kernels.tallies import N_PULSE, PULSE_SEARCHING, take_pulse
from sim.phases.ranges import sum_ranges
from sim.places import refresh_places
from sim.types import EDUCATION

if TYPE_CHECKING:
    from sim.model import TalentMarket

TIGHTNESS_LIMIT: Final = 1.5
"""Log tightness counts up to this much either way: a cell with a handful of people says little."""


def observe(model: TalentMarket) -> None:
    """Renew what people and firms know of the market, settle budgets, and record the tables of the quarter."""
    pulse = refresh_market(model)
    for government in model.governments:
        government.settle(model.ledger)
    if model.check:
        check_invariants(model)
    model.observer.record(pulse)
    if model.trace is not None:
        model.trace.look(model)
    model.ledger.close_quarter(model.quarter_number)
    model.flows[:] = 0


def refresh_market(model: TalentMarket) -> NDArray[np.int64]:
    """Take the pulse of the quarter, (place, education, counters), and renew pay, tightness and utility of places."""
    people, world = model.columns.people, model.world
    (pulse,) = sum_ranges(
        len(model.columns), model.threads, ((world.n_places, len(EDUCATION), N_PULSE),),
        lambda start, stop, counts: take_pulse(start, stop, people, model.rules.tax, counts),
    )  # fmt: skip
    openings = np.diff(model.positions.block_start, axis=1).T
    hired = model.searchers[model.matched >= 0]
    group = people.city[hired].astype(np.int64) * len(EDUCATION) + people.education[hired]
    placed = np.bincount(group, minlength=openings.size).reshape(openings.shape)
    # people look for work in the whole area in which they live
    pool = (world.area_of[:, None] == world.area_of[None, :]).astype(np.int64)
    tightness = (pool @ openings + 1.0) / (pool @ (pulse[..., PULSE_SEARCHING] + placed) + 1.0)
    model.demand.log_tightness[:] = np.clip(np.log(tightness), -TIGHTNESS_LIMIT, TIGHTNESS_LIMIT)
    refresh_places(model, pulse)
    return pulse
