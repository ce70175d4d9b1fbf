"""Phase 10. Local hukou: registration without quota where a city allows it, and places of quotas where it does not.

Candidates live and work in the city without its hukou. In every quarter those register whom the city lets register by
degree (`direct`) or by residence (`open`), without limit. The others compete for quotas: in the third quarter central
firms and then all employers have places for new graduates, in the fourth there are places by points. Reserved quotas of
policies are given first, to those whom they name, however long ago they graduated or came; the standing quota follows,
for new graduates or residents of some years. Ranking: points of education, years and pay; or, for employers, state
employers and levels of education. Grants never exceed the quota. People believe in the chances that they see, and in
registration without quota where it is open to their degree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.hukou import chance_without_quota, split_residents
from sim.phases.policies_act import mark_reached, note_received
from sim.policies.levers import CHANNEL_CENTRAL, CHANNEL_EMPLOYER, CHANNEL_POINTS, CHANNELS_OF_QUARTER, HukouQuota
from sim.rng import HUKOU_DIRECT, HUKOU_TIE, ROUND_QUOTA, round_one, round_randomly, sub_key, uniforms
from sim.types import EDUCATION, FIRM_SIZE, MOST_PLACES, OWNERSHIP

if TYPE_CHECKING:
    from sim.model import TalentMarket

CENTRAL_KEY: Final = MOST_PLACES * MOST_PLACES
"""Number of the key of the central quota: beyond those of all policies."""
STATE_OWNED: Final = OWNERSHIP.index("state")
LARGEST: Final = len(FIRM_SIZE) - 1


def hukou_allocates(model: TalentMarket) -> None:
    """Register who needs no quota, grant the places of the channels whose turn it is, and renew beliefs about chances.

    Registration without quota counts as granted and as quota: where it is open, there are as many places as are taken.
    """
    people, n_places = model.columns.people, model.world.n_places
    registers, rows = _split(model)
    people.hukou[registers] = people.city[registers]
    model.hukou_granted = np.bincount(people.city[registers], minlength=n_places).astype(np.int64) * model.scale
    model.hukou_quota = model.hukou_granted.copy()
    channels = CHANNELS_OF_QUARTER.get(model.quarter.of_year, ())
    for channel in channels:
        _allocate(model, channel, rows[people.hukou[rows] != people.city[rows]])
    if CHANNEL_EMPLOYER in channels:
        _learn_chances(model, rows[_is_in_channel(model, CHANNEL_EMPLOYER, rows)])
    level, open_q = _rules_without_quota(model)
    sure = chance_without_quota(level, open_q, model.params.hukou.open_horizon)
    model.places.hukou_chance[:] = np.maximum(model.hukou_belief, sure)


def _rules_without_quota(model: TalentMarket) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(place,) lowest level that registers directly, and quarters of residence that an open city asks."""
    world, levers = model.world, model.levers
    return world.direct_level - levers.direct_level_cut, np.minimum(world.open_quarters, levers.open_after_q)


def _split(model: TalentMarket) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of who registers without quota, and of the candidates for quotas."""
    rule = model.params.hukou
    return split_residents(
        model.columns.people, *_rules_without_quota(model), rule.direct_window, model.quarter_number,
        rule.registration_share, model.lasting_key(HUKOU_DIRECT),
    )  # fmt: skip


def _allocate(model: TalentMarket, channel: int, rows: NDArray[np.int64]) -> None:
    """Give the reserved and the standing places of one channel to the best of the candidates in `rows`."""
    people, world = model.columns.people, model.world
    key = model.key(ROUND_QUOTA)
    standing_key = sub_key(key, CENTRAL_KEY) if channel == CHANNEL_CENTRAL else key
    standing_real = (world.points_quota, world.employer_quota, world.central_quota)[channel]
    standing = round_randomly(standing_key, standing_real / model.scale)
    if channel == CHANNEL_CENTRAL:
        rows = rows[_works_for_central_firm(model, rows)]
    rows = rows[_rank_candidates(model, channel, rows)]
    city = people.city[rows]
    granted = np.zeros(len(rows), bool)
    reserved = np.zeros(world.n_places, np.int64)
    for entry in model.levers.quotas:
        if entry.channel == channel:
            one_key = sub_key(key, 1 + entry.policy * MOST_PLACES + entry.place)
            places = round_one(one_key, 0, entry.places_per_year / model.scale)
            reserved[entry.place] += places
            granted |= _grant_reserved(model, entry, places, rows, granted)
    in_channel = _is_in_channel(model, channel, rows)
    for place in np.unique(city[in_channel]):
        open_rows = np.flatnonzero((city == place) & in_channel & ~granted)
        granted[open_rows[: standing[place]]] = True
    people.hukou[rows[granted]] = city[granted]
    model.hukou_quota += (standing + reserved) * model.scale
    model.hukou_granted += np.bincount(city[granted], minlength=world.n_places).astype(np.int64) * model.scale


def _works_for_central_firm(model: TalentMarket, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the employer is state-owned and of the largest size class: where the central quota is given."""
    firm = model.columns.people.firm[rows]
    return np.asarray((model.firms.ownership[firm] == STATE_OWNED) & (model.firms.size[firm] == LARGEST))


def _is_in_channel(model: TalentMarket, channel: int, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Who may have a place of the standing quota: residents of some years, or new graduates."""
    people, rule, quarter = model.columns.people, model.params.hukou, model.quarter_number
    if channel == CHANNEL_POINTS:
        asked = rule.points_tenure - model.levers.points_cut_q[people.city[rows]]
        return np.asarray(quarter - people.resident_q[rows] >= asked)
    return np.asarray(quarter - people.cohort_q[rows] <= rule.employer_window)


def _rank_candidates(model: TalentMarket, channel: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order of candidates, best first; ties by lot, then by id."""
    people, rule = model.columns.people, model.params.hukou
    level = people.education[rows].astype(float)
    if channel == CHANNEL_POINTS:
        score = _score_points(model, rows, level)
    else:
        state_owned = model.firms.ownership[people.firm[rows]] == STATE_OWNED
        score = rule.state_priority * state_owned + rule.level_priority * level
    uid = people.uid[rows]
    return np.lexsort((uid, uniforms(model.key(HUKOU_TIE), uid), -score))


def _score_points(model: TalentMarket, rows: NDArray[np.int64], level: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the candidates in `rows` of `level`, with what policies add in their city."""
    people, rule, levers = model.columns.people, model.params.hukou, model.levers
    city = people.city[rows]
    years = 0.25 * (model.quarter_number - people.resident_q[rows])
    mean = model.places.market_wage[city].mean(axis=1)
    score = (rule.points_education + levers.points_education_add[city]) * level
    score = score + (rule.points_year + levers.points_year_add[city]) * years
    weight = rule.points_wage + levers.points_wage_add[city]
    score = score + weight * np.log(np.maximum(people.wage[rows], 1.0) / mean)
    for entry in levers.points:
        at = np.flatnonzero(city == entry.place)
        score[at[mark_reached(model, entry, rows[at])]] += entry.points
    return np.asarray(score)


def _grant_reserved(
    model: TalentMarket, entry: HukouQuota, places: int, rows: NDArray[np.int64], granted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The first `places` candidates whom the entry names and who know of it."""
    at = np.flatnonzero((model.columns.people.city[rows] == entry.place) & ~granted)
    given = np.zeros(len(rows), bool)
    given[at[mark_reached(model, entry, rows[at], entry.take_up)][:places]] = True
    note_received(model, entry.policy, rows[given])
    if model.trace is not None:
        model.trace.note_paid(model, entry.policy, rows[given], np.zeros(int(given.sum()), np.int64))
    return given


def _learn_chances(model: TalentMarket, rows: NDArray[np.int64]) -> None:
    """Move beliefs about employers' places towards grants over the new graduates in `rows`, who had none before."""
    people, n_places, n_levels = model.columns.people, model.world.n_places, len(EDUCATION)
    granted = people.hukou[rows] == people.city[rows]
    candidates, grants = (
        np.bincount(
            people.city[part].astype(np.int64) * n_levels + people.education[part], minlength=n_places * n_levels
        ).reshape(n_places, n_levels)
        for part in (rows, rows[granted])
    )
    seen, belief = candidates > 0, model.hukou_belief
    belief[seen] += model.params.hukou.belief_speed * (grants[seen] / candidates[seen] - belief[seen])
