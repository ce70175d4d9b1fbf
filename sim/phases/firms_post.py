"""Phase 4. Firms compare the headcount they want with the one they have and post openings with pay.

wanted = gap speed x gap + expected quits, never below 0; staff of firms that have just closed counts as gone
openings = carried + season x (wanted - carried); fractions are rounded at random, keyed by firm

Openings left from the last quarter are carried as far as they are still wanted, the rest are new postings. The season
is that of new postings: firms advertise by the calendar of graduates, but withdraw no opening because the season ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.postings import draw_positions
from sim.market import LINE_DTYPE, Positions
from sim.phases.policies_act import mark_hired
from sim.rng import FIRM_AWARE, POSTING_CELL, ROUND_FIRM, round_by, sub_key, uniforms
from sim.types import EDUCATION, EMPLOYED, N_POSITION_CELLS

if TYPE_CHECKING:
    from sim.model import TalentMarket

AUTUMN: Final = 3
"""Quarter of the year in which recruitment for the graduates of the next year begins."""
NEW_QUARTERS: Final = 1
"""People with at most this tenure count as hired of late."""


def shift_season(season: float, autumn: float, of_year: int) -> float:
    """The season of a quarter when the share `autumn` of the year's new postings moves to the third one; mean 1.

    Below 0 they move away from it, as far as it has any.
    """
    return max(0.0, (1.0 - autumn) * season + (4.0 * autumn if of_year == AUTUMN else 0.0))


def firms_post(model: TalentMarket) -> None:
    """Fill `model.positions` with the open positions of the quarter."""
    firms, rule = model.firms, model.params.firms
    firms.market_jobs = model.demand.market_jobs(model.quarter_number, model.levers)
    firms.desired = model.demand.desired_headcount(subsidy_factor(model), model.levers)
    gap = np.maximum(0.0, firms.desired - firms.staying)
    wanted = rule.gap_speed * gap + rule.quit_lead * firms.quit_rate * firms.staying
    season = shift_season(float(model.world.season[model.quarter.of_year - 1]), rule.autumn, model.quarter.of_year)
    left = np.minimum(firms.unfilled, wanted)
    firms.openings = round_by(model.key(ROUND_FIRM), firms.identity, left + season * (wanted - left))
    firms.carried = np.minimum(firms.unfilled, firms.openings)
    counts = np.zeros((len(firms), N_POSITION_CELLS), np.int32)
    added = model.levers.level_weight_add
    level_cumulative = model.demand.level_cumulative(added) if added.any() else model.level_cumulative
    draw_positions(
        firms.identity, firms.place, firms.industry, firms.openings, level_cumulative,
        model.experience_cumulative,
        model.demand.ai_probability(model.quarter_number, model.levers.ai_demand_factor),
        model.key(POSTING_CELL), counts,
    )  # fmt: skip
    model.positions = make_positions(model, counts)
    model.refresh_firms_table()


def make_positions(model: TalentMarket, counts: NDArray[np.int32]) -> Positions:
    """Lines sorted by level asked, then place (firms are sorted by place), and where the openings of each begin."""
    n_levels, n_places = len(EDUCATION), model.world.n_places
    per_level = N_POSITION_CELLS // n_levels
    firm_parts, cell_parts = [], []
    for level in range(n_levels):
        firm, cell = np.nonzero(counts[:, level * per_level : (level + 1) * per_level])
        firm_parts.append(firm)
        cell_parts.append(cell + level * per_level)
    firm, cell = np.concatenate(firm_parts), np.concatenate(cell_parts)
    capacity = counts[firm, cell]
    block = (cell // per_level) * n_places + model.firms.place[firm]
    lines = np.zeros(len(firm), LINE_DTYPE)
    lines["identity"] = model.firms.identity[firm] * np.uint64(N_POSITION_CELLS) + cell.astype(np.uint64)
    lines["firm"], lines["cell"], lines["capacity"] = firm, cell, capacity
    lines["wage"] = model.demand.offered_wage(firm, cell, model.quarter_number)
    lines["career"] = model.firms.career[firm] + model.params.search.career_ai * (cell % 2)
    for name in ("place", "industry", "size"):
        lines[name] = getattr(model.firms, name)[firm]
    return Positions(lines=lines, block=block, block_start=count_blocks(block, capacity, n_places))


def count_blocks(block: NDArray[np.int64], capacity: NDArray[np.int32], n_places: int) -> NDArray[np.int64]:
    """(education, place + 1) openings in all blocks before; the last column of a level counts its own places too."""
    n_levels = len(EDUCATION)
    openings = np.bincount(block, weights=capacity, minlength=n_levels * n_places)
    ends = np.concatenate([[0], np.cumsum(openings)]).astype(np.int64)
    starts: NDArray[np.int64] = ends[np.arange(n_levels)[:, None] * n_places + np.arange(n_places + 1)[None, :]]
    return starts


def subsidy_factor(model: TalentMarket) -> NDArray[np.float64]:
    """(firm,) factor on desired headcount: 1 + elasticity x eligible share of hires x subsidy / pay over the horizon.

    The eligible share is that among people hired in the last quarter by the firms that know of the subsidy.
    """
    firms, rule, people = model.firms, model.params.firms, model.columns.people
    factor = np.ones(len(firms))
    for entry in model.levers.hiring:
        if model.ledger.remaining_cny(entry.policy, entry.budget_cny) <= 0:
            continue
        record = np.atleast_1d(entry.eligible)[0]
        reached = (record["place_mask"] >> firms.place.astype(np.int64)) & 1
        reached &= (record["industry_mask"] >> firms.industry.astype(np.int64)) & 1
        reached &= (record["size_mask"] >> firms.size.astype(np.int64)) & 1
        knows = uniforms(sub_key(model.lasting_key(FIRM_AWARE), entry.policy), firms.identity) < entry.firm_aware_share
        chosen = reached.astype(bool) & knows
        new = np.flatnonzero((people.state == EMPLOYED) & (people.tenure_q <= NEW_QUARTERS))
        new = new[chosen[people.firm[new]]]
        eligible_share = mark_hired(model, entry, new).mean() if len(new) else 0.0
        pay = model.mean_pay_cny_m[firms.place] * 3.0 * rule.subsidy_horizon
        gain = rule.subsidy_elasticity * eligible_share * entry.cny_per_hire / np.maximum(1.0, pay)
        factor += np.where(chosen, gain, 0.0)
    return factor
