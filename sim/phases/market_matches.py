"""Phase 7. Firms rank their applicants, and deferred acceptance matches people and positions.

Who is left without a job applies again in a second hiring round, for the openings that are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InvariantError
from sim.kernels.matching import EXPERIENCE_YEARS, count_blocking_pairs, match_deferred, score_applications
from sim.phases.people_search import apply_for_positions
from sim.phases.ranges import run_ranges
from sim.rng import SCREENING
from sim.types import SEARCHING

if TYPE_CHECKING:
    from sim.model import TalentMarket


def market_matches(model: TalentMarket) -> None:
    """Fill `model.matched` (searcher,) with the line of each searcher, -1 where there is none.

    `model.line_applicants` (line,) counts the applications received in all rounds.
    """
    searchers, applications = model.searchers, model.applications
    open_now = np.ascontiguousarray(model.positions.lines["capacity"])
    model.matched = match_round(model, searchers, applications, open_now)
    model.line_applicants = _count_lines(applications, len(open_now))
    for hiring_round in range(1, model.params.matching.rounds):
        open_now = model.positions.lines["capacity"] - _count_lines(model.matched, len(open_now))
        left = np.flatnonzero((model.matched < 0) & (model.columns.people.state[searchers] == SEARCHING))
        applications = apply_for_positions(model, searchers[left], open_now.astype(np.int32), hiring_round)
        model.matched[left] = match_round(model, searchers[left], applications, open_now.astype(np.int32))
        model.line_applicants += _count_lines(applications, len(open_now))


def match_round(
    model: TalentMarket, rows: NDArray[np.uint32], applications: NDArray[np.int32], capacity: NDArray[np.int32]
) -> NDArray[np.int32]:
    """(row,) line with which each of the people of `rows` is matched, -1 without; `capacity` (line,) is open."""
    people = model.columns.people
    scores = np.full(applications.shape, -np.inf)
    years, key = np.array(EXPERIENCE_YEARS), model.key(SCREENING)
    run_ranges(
        len(rows), model.threads,
        lambda start, stop: score_applications(
            start, stop, rows, applications, people, model.positions.lines, model.firms_table, model.places.records,
            model.world.skill_weight, model.schooling.cooperation, years, model.rules.matching, key, scores,
        ),
    )  # fmt: skip
    uids = people.uid[rows]
    matched = match_deferred(applications, scores, uids, capacity)
    if model.check:
        blocking = count_blocking_pairs(applications, scores, uids, capacity, matched)
        if blocking:
            raise InvariantError(f"{model.quarter}: {blocking} blocking pairs in a matching that should be stable")
    return matched


def _count_lines(lines: NDArray[np.int32], n_lines: int) -> NDArray[np.int64]:
    return np.bincount(lines[lines >= 0], minlength=n_lines)
