"""Phase 6. Searchers see a sample of positions and apply to the best few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels.search import search_positions, select_searchers
from sim.market import SearchKeys
from sim.phases.ranges import run_ranges
from sim.rng import FAMILY_HOME, SAMPLE_PLACE, SAMPLE_POSITION, SEARCH_START, TAKE_UP, TASTE_CITY, TASTE_POSITION

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_search(model: TalentMarket) -> None:
    """Fill `model.searchers` (rows) and `model.applications` (searcher, A) with lines, best first."""
    people, places, rule = model.columns.people, model.places, model.rules.search
    rows = np.empty(len(model.columns), np.uint32)
    found = select_searchers(people, rule.employed_share, rule.effort, model.key(SEARCH_START), rows)
    searchers = rows[:found].copy()
    applications = np.full((found, rule.n_applications), -1, np.int32)
    keys = SearchKeys(
        family=model.lasting_key(FAMILY_HOME),
        take_up=model.lasting_key(TAKE_UP),
        taste_city=model.lasting_key(TASTE_CITY),
        taste_position=model.key(TASTE_POSITION),
        sample_place=model.key(SAMPLE_PLACE),
        sample_position=model.key(SAMPLE_POSITION),
    )
    positions = model.positions
    if len(positions.lines):
        run_ranges(
            found, model.threads,
            lambda start, stop: search_positions(
                start, stop, searchers, people, model.firms_table, positions.lines,
                positions.opening_line, positions.opening_point, positions.block_start, places.records,
                places.hukou_chance, places.distance, places.market_wage, model.transfers, model.schemes, rule,
                model.rules.housing, model.rules.tax, model.quarter_number, keys, applications,
            ),
        )  # fmt: skip
    model.searchers, model.applications = searchers, applications
