"""What the lines of open positions amount to in a quarter: postings that are new, and the pay offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.rng import ROUND_POSTINGS, round_by

if TYPE_CHECKING:
    from sim.model import TalentMarket


def count_new_postings(model: TalentMarket) -> NDArray[np.int64]:
    """(line,) openings that are not carried over from the quarter before, rounded at random, line by line."""
    lines, firms = model.positions.lines, model.firms
    firm = lines["firm"]
    fresh = lines["capacity"] * (1.0 - firms.carried[firm] / np.maximum(1, firms.openings[firm]))
    rounded = round_by(model.key(ROUND_POSTINGS), np.ascontiguousarray(lines["identity"]), fresh)
    new: NDArray[np.int64] = np.minimum(rounded, lines["capacity"])
    return new


def sum_offers_fen(model: TalentMarket) -> NDArray[np.int64]:
    """(line,) monthly pay offered, over all openings of the line."""
    lines = model.positions.lines
    offers: NDArray[np.int64] = np.rint(lines["wage"].astype(np.float64) * 100.0).astype(np.int64) * lines["capacity"]
    return offers
