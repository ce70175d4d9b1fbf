"""Phase 13. Firms learn from the quarter: pay premia, adoption of AI, expected quits."""


def firms_adjust(market):
    """Update premium, adoption, quit rate and unfilled openings of all firms."""
    wages, rule = market.params.wages, market.params.firms
    for firm in market.firms:
        firm.unfilled = firm.openings - firm.hires
        share = firm.unfilled / firm.openings if firm.openings else 0.0
        firm.premium = (1.0 - wages.premium_reversion) * firm.premium + wages.unfilled_step * share
        firm.adoption += rule.adoption_rate * firm.adoption * (1.0 - firm.adoption)
        staff = firm.headcount + firm.quits
        seen = firm.quits / staff if staff > 0 else firm.quit_rate
        firm.quit_rate = rule.quit_memory * firm.quit_rate + (1.0 - rule.quit_memory) * seen
