"""Money towards a home of one's own brings purchases forward.

hazard of buying = own_home_hazard x (1 - subsidy / price)^(-purchase_elasticity),   price = price_months x rent

for employed people from own_home_years on who rent, are eligible, know of the subsidy and apply. The draw is that of
the purchase without subsidy, so whoever would have bought anyway still does, and takes the money. A subsidy is paid
once to a person; where several reach the same person, the first of the scenario that buys for them counts. The rent
of a small whole unit stands for the price because there is no market for homes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.phases.policies_act import (
    book_rows,
    has_money,
    mark_reached,
    note_in_quota,
    ration,
    room_in_quota,
    was_reached,
)
from sim.rng import OWN_HOME, uniforms
from sim.types import EMPLOYED, FAMILY, SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import Purchase

LARGEST_SHARE: Final = 0.95
"""A subsidy beyond this share of the price brings no more purchases: the hazard has long reached 1."""


def buy_homes(model: TalentMarket) -> None:
    """Let people buy whom a subsidy brings to it or finds at it, and pay them."""
    people = model.columns.people
    for entry in model.levers.purchases:
        if not has_money(model, entry.policy, entry.budget_cny):
            continue
        rows = _list_buyers(model, entry)
        fen = np.rint(_amounts_cny(model, entry, rows) * 100.0).astype(np.int64) * model.scale
        room = room_in_quota(model, entry.policy, entry.quota, once=True)
        rows, fen = ration(model, entry.policy, entry.budget_cny, rows, fen, rule=entry.when_spent, room=room)
        people.housing[rows] = FAMILY
        people.rent[rows] = 0.0
        book_rows(model, entry.policy, rows, fen)
        note_in_quota(model, entry.policy, len(rows), once=True)


def _list_buyers(model: TalentMarket, entry: Purchase) -> NDArray[np.int64]:
    people, rule = model.columns.people, model.params.housing
    years_q = model.quarter_number - people.cohort_q
    renting = (people.housing != FAMILY) & (people.housing != SUBSIDISED)
    rows = np.flatnonzero(renting & (people.state == EMPLOYED) & (years_q >= 4 * rule.own_home_years))
    rows = rows[~was_reached(model, entry.policy, rows)]
    rows = rows[mark_reached(model, entry, rows, entry.take_up)]
    share = np.minimum(LARGEST_SHARE, _amounts_cny(model, entry, rows) / _prices_cny(model, rows))
    hazard = rule.own_home_hazard * (1.0 - share) ** -rule.purchase_elasticity
    return np.asarray(rows[uniforms(model.key(OWN_HOME), people.uid[rows]) < hazard])


def _prices_cny(model: TalentMarket, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    rent = model.places.records["rent_whole"][model.columns.people.city[rows]]
    return np.asarray(model.params.housing.price_months * rent)


def _amounts_cny(model: TalentMarket, entry: Purchase, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    fixed = entry.amount_cny[model.columns.people.education[rows]]
    return np.asarray(np.minimum(fixed + entry.price_share * _prices_cny(model, rows), entry.cap_cny))
