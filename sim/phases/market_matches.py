"""Phase 7. Firms rank their applicants, and deferred acceptance matches people and positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InvariantError
from sim.kernels.matching import EXPERIENCE_YEARS, count_blocking_pairs, match_deferred, score_applications
from sim.phases.ranges import run_ranges
from sim.rng import SCREENING

if TYPE_CHECKING:
    from sim.model import TalentMarket


def market_matches(model: TalentMarket) -> None:
    """Fill `model.matched` (searcher,) with the line of each searcher, -1 where there is none."""
    people, applications, searchers = model.columns.people, model.applications, model.searchers
    scores = np.full(applications.shape, -np.inf)
    years, key = np.array(EXPERIENCE_YEARS), model.key(SCREENING)
    run_ranges(
        len(searchers), model.threads,
        lambda start, stop: score_applications(
            start, stop, searchers, applications, people, model.positions.lines, model.firms_table,
            model.world.skill_weight, model.schooling.cooperation, years, model.rules.matching, key, scores,
        ),
    )  # fmt: skip
    uids = people.uid[searchers]
    capacity = np.ascontiguousarray(model.positions.lines["capacity"])
    model.matched = match_deferred(applications, scores, uids, capacity)
    if model.check:
        blocking = count_blocking_pairs(applications, scores, uids, capacity, model.matched)
        if blocking:
            raise InvariantError(f"{model.quarter}: {blocking} blocking pairs in a matching that should be stable")
