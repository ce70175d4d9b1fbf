"""Phase 6. Searchers see a sample of positions and apply to the best few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels.eligibility import gather_persons, make_persons
from sim.kernels.openings import GUIDE_STEPS, fill_guide, fill_slots, size_tables
from sim.kernels.search import fill_offers, search_positions, select_searchers
from sim.market import OFFER_DTYPE, OpeningIndex, SearchKeys
from sim.phases.firms_post import count_blocks
from sim.phases.ranges import run_ranges
from sim.rng import (
    FAMILY_HOME,
    OPENING_SLOT,
    SAMPLE_LEVEL,
    SAMPLE_OPENING,
    SAMPLE_PLACE,
    SEARCH_START,
    TAKE_UP,
    TASTE_CITY,
    TASTE_POSITION,
    gumbel_bounds,
    sub_key,
)

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_search(model: TalentMarket) -> None:
    """Fill `model.searchers` (rows) and `model.applications` (searcher, A) with lines, best first."""
    people, rule, lines = model.columns.people, model.rules.search, model.positions.lines
    rows = np.empty(len(model.columns), np.uint32)
    found = select_searchers(people, rule.employed_share, rule.effort, model.key(SEARCH_START), rows)
    model.searchers = rows[:found].copy()
    model.offers = np.zeros(len(lines), OFFER_DTYPE)
    fill_offers(lines, model.places.records, rule, model.rules.housing, model.rules.tax, model.offers)
    model.applications = apply_for_positions(model, model.searchers, lines["capacity"], 0)


def apply_for_positions(
    model: TalentMarket, rows: NDArray[np.uint32], capacity: NDArray[np.int32], hiring_round: int
) -> NDArray[np.int32]:
    """(row, A) lines that the people of `rows` apply for, best first, -1 where none; `capacity` (line,) is open.

    Tastes are the same in each round of a quarter; what is seen is drawn anew.
    """
    people, places, rules = model.columns.people, model.places, model.rules
    applications = np.full((len(rows), rules.search.n_applications), -1, np.int32)
    if not capacity.any() or not len(rows):
        return applications
    persons = make_persons(len(rows))
    capacity = np.ascontiguousarray(capacity)
    index = index_openings(
        model.positions.lines, model.positions.block, capacity, model.usual_openings(hiring_round),
        sub_key(model.key(OPENING_SLOT), hiring_round), model.world.area_of,
    )  # fmt: skip
    keys = SearchKeys(
        family=model.lasting_key(FAMILY_HOME),
        take_up=model.lasting_key(TAKE_UP),
        taste_city=model.lasting_key(TASTE_CITY),
        taste_position=model.key(TASTE_POSITION),
        sample_level=sub_key(model.key(SAMPLE_LEVEL), hiring_round),
        sample_place=sub_key(model.key(SAMPLE_PLACE), hiring_round),
        sample_opening=sub_key(model.key(SAMPLE_OPENING), hiring_round),
    )
    rule, bounds = rules.search, gumbel_bounds()
    move_cost = rule.b_move * places.distance + places.move_extra
    travel = places.travel if model.world.has_commuting else None
    if hiring_round:
        rule = rule._replace(n_sampled=max(1, round(rule.n_sampled * rules.matching.later_sample)))

    def search(start: int, stop: int) -> None:
        gather_persons(start, stop, rows, people, model.firms.industry, model.firms.size, persons)
        search_positions(
            start, stop, persons, model.firms.career, model.firms.place, model.positions.lines, model.offers,
            capacity, index.slots, index.slot_start, index.block_start, index.guide, index.area_open, places.records,
            places.hukou_chance, move_cost, travel, places.market_wage, model.transfers, model.schemes, rule,
            rules.housing, rules.tax, model.quarter_number, keys, bounds, applications,
        )  # fmt: skip

    run_ranges(len(rows), model.threads, search)
    return applications


def index_openings(
    lines: NDArray[np.void],
    block: NDArray[np.int64],
    capacity: NDArray[np.int32],
    usual: NDArray[np.float64],
    key: np.uint64,
    area_of: NDArray[np.int64],
) -> OpeningIndex:
    """Hash tables of the openings left, `capacity` (line,), by level and place.

    `lines` and `block` as in Positions; `usual` (education, place) openings set the size of the tables; `area_of`
    (place,) is the first place of the area of each.
    """
    block_start = count_blocks(block, capacity, usual.shape[1])
    sizes = size_tables(np.diff(block_start, axis=1).ravel(), usual.ravel())
    slot_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    slots = np.empty(slot_start[-1], np.int32)
    fill_slots(np.ascontiguousarray(lines["identity"]), capacity, block, slot_start, key, slots)
    guide = np.empty((len(block_start), GUIDE_STEPS), np.int64)
    fill_guide(block_start, guide)
    area_open = np.zeros(usual.shape, np.int64)
    np.add.at(area_open.T, area_of, np.diff(block_start, axis=1).T)
    return OpeningIndex(
        slots=slots, slot_start=slot_start, block_start=block_start, guide=guide, area_open=area_open[:, area_of]
    )  # fmt: skip
