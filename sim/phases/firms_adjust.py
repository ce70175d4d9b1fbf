"""Phase 13. Firms learn from the quarter: pay premia, adoption of AI, expected quits; some close, others are founded.

premium' = (1 - reversion) premium + step x share unfilled
adoption' = adoption + rate x speed of the industry x price^-elasticity x adoption of peers x (1 - adoption)
exits = hazard of the size and industry x firms + exit_excess x firms for which there is no room
entries = entry_speed x lever x room left by earlier exits + growth of room

Room is the number of real firms that the market's jobs keep busy. Numbers of real firms are rounded by draws keyed by
firm. Staff of closed firms loses its jobs in phase 5 of the next quarter. A group keeps its pay premium and adoption
when its firms change: entrants are like the firms beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.phases.grants import book_grants
from sim.policies.costs import GRANT_ENTRANT
from sim.rng import FIRM_ENTRY, FIRM_EXIT, round_by

if TYPE_CHECKING:
    from sim.model import TalentMarket


def firms_adjust(model: TalentMarket) -> None:
    """Update premium, expected quits, unfilled openings, adoption of AI and the number of real firms."""
    _learn_from_quarter(model)
    _adopt_ai(model)
    _enter_and_exit(model)


def _learn_from_quarter(model: TalentMarket) -> None:
    firms, wages, rule = model.firms, model.params.wages, model.params.firms
    unfilled = firms.openings - firms.hires
    share = np.where(firms.openings > 0, unfilled / np.maximum(1, firms.openings), 0.0)
    firms.premium = (1.0 - wages.premium_reversion) * firms.premium + wages.unfilled_step * share
    firms.unfilled = unfilled
    seen = firms.quits / np.maximum(1, firms.headcount + firms.quits)
    seen = np.where(firms.headcount + firms.quits > 0, seen, firms.quit_rate)
    firms.quit_rate = rule.quit_memory * firms.quit_rate + (1.0 - rule.quit_memory) * seen


def _adopt_ai(model: TalentMarket) -> None:
    """Adoption of all firms, and the path that it would take without policies."""
    firms, price = model.firms, model.demand.ai_price(model.quarter_number)
    factor = model.levers.ai_price_factor[firms.place, firms.industry]
    rule = model.params.firms
    firms.adoption = firms.spread_adoption(firms.adoption, price * factor, rule)
    firms.adoption_path = firms.spread_adoption(firms.adoption_path, np.full(len(firms), price), rule)


def adopt_until(model: TalentMarket, quarter: int) -> None:
    """Let AI spread from the start of the published figures to `quarter`, where a run begins later."""
    firms = model.firms
    firms.adoption = model.demand.adoption_without_policies(quarter)
    firms.adoption_path = firms.adoption.copy()


def _enter_and_exit(model: TalentMarket) -> None:
    firms = model.firms
    rule, room = model.params.firms, firms.find_room(firms.market_jobs)
    ends = firms.exit_hazard * firms.number + rule.exit_excess * np.maximum(0, firms.number - room)
    firms.exited = np.minimum(firms.number, round_by(model.key(FIRM_EXIT), firms.identity, ends))
    left = firms.number - firms.exited
    speed = rule.entry_speed * model.levers.entry_factor[firms.cells]
    replaced = round_by(model.key(FIRM_ENTRY), firms.identity, speed * np.maximum(0, firms.room - firms.number))
    firms.entered = np.clip(room - left, 0, replaced + np.maximum(0, room - firms.room))
    firms.closing = firms.exited / np.maximum(1, firms.number)
    firms.number, firms.room = left + firms.entered, room
    book_grants(model, GRANT_ENTRANT, firms.entered)
