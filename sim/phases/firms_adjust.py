"""Phase 13. Firms learn from the quarter: pay premia, adoption of AI, expected quits.

premium' = (1 - reversion) premium + step x share unfilled;  adoption' = adoption + rate x adoption (1 - adoption)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.model import TalentMarket


def firms_adjust(model: TalentMarket) -> None:
    """Update premium, adoption, quit rate and unfilled openings of all firms."""
    firms, wages, rule = model.firms, model.params.wages, model.params.firms
    unfilled = firms.openings - firms.hires
    share = np.where(firms.openings > 0, unfilled / np.maximum(1, firms.openings), 0.0)
    firms.premium = (1.0 - wages.premium_reversion) * firms.premium + wages.unfilled_step * share
    firms.unfilled = unfilled
    firms.adoption = firms.adoption + rule.adoption_rate * firms.adoption * (1.0 - firms.adoption)
    seen = firms.quits / np.maximum(1, firms.headcount + firms.quits)
    seen = np.where(firms.headcount + firms.quits > 0, seen, firms.quit_rate)
    firms.quit_rate = rule.quit_memory * firms.quit_rate + (1.0 - rule.quit_memory) * seen
