"""Money for firms, by what they count in a quarter: real firms, firms founded, staff, staff trained.

The firms of a group are alike, so a group in which the share s takes part is paid s times its count. Firms get no
state from the money: what it buys is the business of other levers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.policies.costs import GRANT_STAFF, GRANT_TRAINED
from sim.rng import LEARN, uniforms_of
from sim.types import EMPLOYED

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.costs import FirmGrant


def book_grants(model: TalentMarket, base: int, counts: NDArray[np.int64]) -> None:
    """Book the grants of the quarter with this `base`; `counts` (firm,) real firms, or staff in persons."""
    place, n_places = model.firms.place, model.world.n_places
    for grant in model.levers.firm_grants:
        if grant.base != base:
            continue
        taking_part = np.where(reach_firms(model, grant), grant.share * counts, 0.0)
        number = np.bincount(place, weights=taking_part, minlength=n_places)
        fen = np.rint(number * grant.cny * 100.0).astype(np.int64)
        persons = np.rint(number).astype(np.int64) if base in {GRANT_STAFF, GRANT_TRAINED} else np.zeros_like(fen)
        book_within(model, grant.policy, grant.budget_cny, persons, fen)


def reach_firms(model: TalentMarket, grant: FirmGrant) -> NDArray[np.bool_]:
    """(firm,) whether a grant names the firm."""
    reached = np.ones(len(model.firms), np.int64)
    masks = (grant.place_mask, grant.industry_mask, grant.size_mask, grant.ownership_mask)
    for mask, code in zip(masks, model.firms.cells, strict=True):
        reached &= (mask >> code) & 1
    return reached.astype(bool)


def book_within(
    model: TalentMarket, policy: int, budget_cny: float, persons: NDArray[np.int64], fen: NDArray[np.int64]
) -> None:
    """Book (place,) persons and money; where the budget is short, all places get the same part of it."""
    total, left = int(fen.sum()), model.ledger.remaining_fen(policy, budget_cny)
    if total > left:
        part = max(0.0, left) / total
        persons, fen = (np.floor(whole * part).astype(np.int64) for whole in (persons, fen))
    model.ledger.book(policy, persons, fen)


def count_trained(model: TalentMarket) -> NDArray[np.int64]:
    """(firm,) persons whom their firms have trained in this quarter, by the draws of phase 12."""
    people = model.columns.people
    rows = np.flatnonzero(people.state == EMPLOYED)
    firm = people.firm[rows]
    trained = uniforms_of(model.key(LEARN), people.uid[rows], 0) < model.firms_table.training[firm]
    counts: NDArray[np.int64] = np.bincount(firm[trained], minlength=len(model.firms)).astype(np.int64) * model.scale
    return counts
