"""Phase 10. Local hukou: employers' places for new graduates in the third quarter, places by points in the fourth.

Candidates live and work in the city without its hukou. Reserved quotas of policies are given first, to those whom they
name, however long ago they graduated or came; the standing quota follows, for new graduates or residents of some
years. Ranking: points of education, years and pay; or, in the employer channel, state employers and levels of
education. Grants never exceed the quota. People believe in the chances that they see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.eligibility import mark_eligible
from sim.phases.policies_act import make_condition
from sim.policies.levers import CHANNEL_EMPLOYER, CHANNEL_POINTS, HukouQuota
from sim.rng import HUKOU_TIE, ROUND_QUOTA, TAKE_UP, round_randomly, sub_key, uniforms
from sim.types import EDUCATION, EMPLOYED

if TYPE_CHECKING:
    from sim.model import TalentMarket

QUARTER_OF_CHANNEL: Final = {3: CHANNEL_EMPLOYER, 4: CHANNEL_POINTS}

MOST_PLACES: Final = 64
"""More than a world has: keeps the keys of quotas apart."""


def hukou_allocates(model: TalentMarket) -> None:
    """Grant the places of the channel whose turn it is, and renew beliefs about chances."""
    n_places = model.world.n_places
    model.hukou_granted = np.zeros(n_places, np.int64)
    model.hukou_quota = np.zeros(n_places, np.int64)
    channel = QUARTER_OF_CHANNEL.get(model.quarter.of_year)
    if channel is None:
        return
    standing_real = model.world.employer_quota if channel == CHANNEL_EMPLOYER else model.world.points_quota
    key = model.key(ROUND_QUOTA)
    standing = round_randomly(key, standing_real / model.scale)
    rows = _list_residents(model)
    rows = rows[_rank_candidates(model, channel, rows)]
    city = model.columns.people.city[rows]
    granted = np.zeros(len(rows), bool)
    reserved = np.zeros(n_places, np.int64)
    for entry in model.levers.quotas:
        if entry.channel == channel:
            one_key = sub_key(key, 1 + entry.policy * MOST_PLACES + entry.place)
            places = int(round_randomly(one_key, np.array([entry.places_per_year / model.scale]))[0])
            reserved[entry.place] += places
            granted |= _grant_reserved(model, entry, places, rows, granted)
    in_channel = _is_in_channel(model, channel, rows)
    for place in np.unique(city[in_channel]):
        open_rows = np.flatnonzero((city == place) & in_channel & ~granted)
        granted[open_rows[: standing[place]]] = True
    _write_grants(model, rows, granted, in_channel, channel)
    model.hukou_quota = (standing + reserved) * model.scale
    model.hukou_granted = np.bincount(city[granted], minlength=n_places).astype(np.int64) * model.scale


def _list_residents(model: TalentMarket) -> NDArray[np.int64]:
    """Rows of people who work in a city without its hukou."""
    people = model.columns.people
    return np.flatnonzero((people.state == EMPLOYED) & (people.hukou != people.city))


def _is_in_channel(model: TalentMarket, channel: int, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Who may have a place of the standing quota: new graduates, or residents of some years."""
    people, rule, quarter = model.columns.people, model.params.hukou, model.quarter_number
    if channel == CHANNEL_EMPLOYER:
        return np.asarray(quarter - people.cohort_q[rows] <= rule.employer_window)
    return np.asarray(quarter - people.arrived_q[rows] >= rule.points_tenure)


def _rank_candidates(model: TalentMarket, channel: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order of candidates, best first; ties by lot, then by id."""
    people, rule = model.columns.people, model.params.hukou
    level = people.education[rows].astype(float)
    if channel == CHANNEL_EMPLOYER:
        state_owned = model.firms.ownership[people.firm[rows]] == 0
        score = rule.state_priority * state_owned + rule.level_priority * level
    else:
        years = 0.25 * (model.quarter_number - people.arrived_q[rows])
        mean = model.places.market_wage[people.city[rows]].mean(axis=1)
        score = rule.points_education * level + rule.points_year * years
        score = score + rule.points_wage * np.log(np.maximum(people.wage[rows], 1.0) / mean)
    uid = people.uid[rows]
    return np.lexsort((uid, uniforms(model.key(HUKOU_TIE), uid), -score))


def _grant_reserved(
    model: TalentMarket, entry: HukouQuota, places: int, rows: NDArray[np.int64], granted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The first `places` candidates whom the entry names and who know of it."""
    at = np.flatnonzero((model.columns.people.city[rows] == entry.place) & ~granted)
    reached = mark_eligible(
        rows[at], model.columns.people, model.firms_table, make_condition(entry.eligible), entry.policy,
        model.quarter_number, model.lasting_key(TAKE_UP), entry.take_up,
    )  # fmt: skip
    given = np.zeros(len(rows), bool)
    given[at[reached][:places]] = True
    return given


def _write_grants(
    model: TalentMarket,
    rows: NDArray[np.int64],
    granted: NDArray[np.bool_],
    in_channel: NDArray[np.bool_],
    channel: int,
) -> None:
    people, n_places, n_levels = model.columns.people, model.world.n_places, len(EDUCATION)
    seen_rows, seen_granted = rows[in_channel], rows[in_channel & granted]
    candidates, grants = (
        np.bincount(
            people.city[part].astype(np.int64) * n_levels + people.education[part], minlength=n_places * n_levels
        ).reshape(n_places, n_levels)
        for part in (seen_rows, seen_granted)
    )
    people.hukou[rows[granted]] = people.city[rows[granted]]
    if channel == CHANNEL_EMPLOYER:
        seen = candidates > 0
        chance = model.places.hukou_chance
        speed = model.params.hukou.belief_speed
        chance[seen] += speed * (grants[seen] / candidates[seen] - chance[seen])
