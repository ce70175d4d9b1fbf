"""Phase 8. Accepted offers become jobs; people move where the job is; subsidised hires are paid for.

Where places form an area, people live where they like best among the places from which the job can be reached, and
those whose lease has ended choose again (sim/commuting.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.commuting import choose_homes, move_house
from sim.kernels.mobility import take_jobs
from sim.phases.policies_act import mark_hired, pay_heads
from sim.rng import FIRM_AWARE, MATCH_QUALITY, normals, sub_key, uniforms

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_move(model: TalentMarket) -> None:
    """Write jobs, places and flows of everybody who was matched."""
    people, firms = model.columns.people, model.firms
    quality = normals(model.key(MATCH_QUALITY), people.uid[model.searchers])
    quits = np.zeros(len(firms), np.int64)
    hires = np.zeros(len(model.positions.lines["firm"]), np.int64)
    taken = model.matched >= 0
    take_jobs(
        model.searchers, model.matched, people, model.positions.lines, _choose_residence(model, taken),
        model.places.records, model.quarter_number, model.params.wages.match_spread, quality, model.flows, quits, hires,
    )  # fmt: skip
    if model.world.has_commuting:
        move_house(model, model.searchers[taken])
    model.line_hires = hires
    model.line_hired_fen = np.zeros(len(hires), np.int64)
    paid = np.rint(people.wage[model.searchers[taken]].astype(np.float64) * 100.0).astype(np.int64)
    np.add.at(model.line_hired_fen, model.matched[taken], paid)
    firms.hires = np.bincount(model.positions.lines["firm"], weights=hires, minlength=len(firms)).astype(np.int64)
    firms.quits += quits
    firms.headcount += firms.hires - quits
    _pay_for_hires(model)


def _choose_residence(model: TalentMarket, taken: NDArray[np.bool_]) -> NDArray[np.int8]:
    """(searcher,) where the searchers marked in `taken` live from now on; nothing if all live where they work."""
    if not model.world.has_commuting:
        return np.zeros(0, np.int8)
    residence, lines, matched = np.full(len(taken), -1, np.int8), model.positions.lines, model.matched[taken]
    firm, wage = lines["firm"][matched], lines["wage"][matched]
    residence[taken] = choose_homes(model, model.searchers[taken], firm, wage, model.rules.search)
    return residence


def _pay_for_hires(model: TalentMarket) -> None:
    people, firms = model.columns.people, model.firms
    for entry in model.levers.hiring:
        hired = model.searchers[model.matched >= 0].astype(np.int64)
        employer = people.firm[hired]
        knows = uniforms(sub_key(model.lasting_key(FIRM_AWARE), entry.policy), firms.identity[employer])
        rows = hired[mark_hired(model, entry, hired) & (knows < entry.firm_aware_share)]
        pay_heads(model, entry.policy, entry.budget_cny, rows, entry.cny_per_hire, at_work=True)
