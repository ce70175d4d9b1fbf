"""Phase 9. Subsidised units are allocated, everybody takes the best tenure they can get, and rents answer occupancy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels.housing import end_leases, grant_leases, leave_queue, list_applicants, settle_tenures
from sim.phases.policies_act import make_schemes, note_received, score_residents
from sim.phases.purchases import buy_homes
from sim.phases.ranges import run_ranges, sum_ranges
from sim.policies.levers import QUEUE_FIRST_COME, QUEUE_POINTS, HousingScheme
from sim.rng import FAMILY_HOME, OWN_HOME, ROUND_UNITS, SCHEME_LOTTERY, TAKE_UP, round_one, sub_key, uniforms
from sim.types import CROWDED, HOUSING, MOST_PLACES, NO_SCHEME, SHARED, SUBSIDISED, UNHOUSED, WHOLE

if TYPE_CHECKING:
    from sim.model import TalentMarket


def housing_clears(model: TalentMarket) -> None:
    """Leases end, schemes let their vacant units, the rest rents on the market, rents and stocks respond.

    Before the run rents stand at the values of the world file and stocks are as large as use asks for.
    """
    people, n, quarter = model.columns.people, len(model.columns), model.quarter_number
    run_ranges(n, model.threads, lambda start, stop: end_leases(start, stop, people, quarter))
    aided = mark_aided_places(model)
    _serve_queues(model, aided)
    buy_homes(model)
    model.schemes = make_schemes(model.levers.schemes, model.scheme_chance)
    _settle(model, aided)
    group = people.city.astype(np.int64) * len(HOUSING) + people.housing
    used = np.bincount(group, minlength=model.world.n_places * len(HOUSING)).reshape(-1, len(HOUSING))
    for city, taken in zip(model.cities, used.tolist(), strict=True):
        clear = city.set_stock if model.quarter_number < model.first_quarter_number else city.clear_rents
        clear(taken[CROWDED], taken[SHARED], taken[WHOLE], model.params.housing)


def mark_aided_places(model: TalentMarket) -> NDArray[np.bool_]:
    """(place,) whether any transfer against rent is paid there."""
    masks = model.transfers["place_mask"][model.transfers["against_rent"] == 1]
    place = np.arange(model.world.n_places)
    return np.asarray(((masks[:, None] >> place) & 1 == 1).any(axis=0))


def _serve_queues(model: TalentMarket, aided: NDArray[np.bool_]) -> None:
    """Let the vacant units of all schemes; who applied and got none goes on waiting, everybody else does not."""
    n, people, had_schemes = len(model.columns), model.columns.people, bool(model.scheme_use)
    model.scheme_use = {}
    if not model.levers.schemes and not had_schemes:
        return
    waiting = np.zeros(n, np.bool_)
    left_fen = {
        scheme.policy: model.ledger.remaining_fen(scheme.policy, scheme.budget_cny) for scheme in model.levers.schemes
    }
    for scheme in model.levers.schemes:
        left_fen[scheme.policy] -= _keep_leases(model, scheme, left_fen[scheme.policy])
    for k, scheme in enumerate(model.levers.schemes):
        left_fen[scheme.policy] -= _let_units(model, k, scheme, aided, waiting, left_fen[scheme.policy])
    run_ranges(n, model.threads, lambda start, stop: leave_queue(start, stop, people, waiting))


def units_in_agents(model: TalentMarket, scheme: HousingScheme) -> int:
    """Units on offer divided by the scale, the fraction rounded by a draw that lasts."""
    identity = scheme.policy * MOST_PLACES + scheme.place
    return round_one(model.lasting_key(ROUND_UNITS), identity, scheme.units / model.scale)


def list_tenants(model: TalentMarket, scheme: HousingScheme) -> NDArray[np.int64]:
    """Rows of the people who hold a unit of a scheme."""
    people = model.columns.people
    return np.flatnonzero(
        (people.housing == SUBSIDISED) & (people.scheme == scheme.policy) & (people.city == scheme.place)
    )


def _keep_leases(model: TalentMarket, scheme: HousingScheme, left_fen: float) -> float:
    """Cost that the running leases of a scheme still have, in hundredths of CNY; ends those that cannot be paid now.

    What is `left_fen` of the budget pays the oldest leases of the quarter first, and by lot among those of one quarter.
    """
    if not np.isfinite(left_fen):
        return 0.0
    people, quarter, rows = model.columns.people, model.quarter_number, list_tenants(model, scheme)
    uid, begun = people.uid[rows], people.lease_start_q[rows].astype(np.int64)
    rows = rows[np.lexsort((uid, uniforms(sub_key(model.key(SCHEME_LOTTERY), scheme.policy), uid), begun))]
    held = quarter - people.lease_start_q[rows].astype(np.int64)
    free_fen, low_fen = _gaps_fen(model, scheme)
    paid = np.cumsum(np.where(held < scheme.free_quarters, free_fen, low_fen)) <= left_fen
    people.housing[rows[~paid]] = UNHOUSED
    people.scheme[rows[~paid]] = NO_SCHEME
    term = people.lease_end_q[rows[paid]].astype(np.int64) - quarter
    free = np.clip(scheme.free_quarters - held[paid], 0, term)
    return float((free * free_fen + (term - free) * low_fen).sum())


def _gaps_fen(model: TalentMarket, scheme: HousingScheme) -> tuple[int, int]:
    """Cost of a unit in a quarter without rent and in one of low rent, at rents of now, in hundredths of CNY."""
    market = float(model.places.records["rent_whole"][scheme.place])
    low = market - min(scheme.rent_cap_cny_m, scheme.rent_share * market)
    free_fen, low_fen = (int(max(0.0, gap) * 100.0 + 0.5) * 3 * model.scale for gap in (market, low))
    return free_fen, low_fen


def _let_units(
    model: TalentMarket,
    k: int,
    scheme: HousingScheme,
    aided: NDArray[np.bool_],
    waiting: NDArray[np.bool_],
    left_fen: float,
) -> float:
    """Allocate the vacant units of one scheme by its queue rule, and learn the chance of getting one.

    No more units are let than `left_fen`, the budget that is not promised, pays over their term. Returns what the new
    leases will cost at the market rent of now.
    """
    people = model.columns.people
    occupied = len(list_tenants(model, scheme))
    units = units_in_agents(model, scheme)
    vacant = max(0, units - occupied)
    free_fen, low_fen = _gaps_fen(model, scheme)
    free = min(scheme.free_quarters, scheme.term_quarters)
    lease_fen = free * free_fen + (scheme.term_quarters - free) * low_fen
    if np.isfinite(left_fen):
        vacant = min(vacant, max(0, int(left_fen // max(1, lease_fen))))
    rows = np.empty(len(model.columns), np.uint32)
    found = list_applicants(
        people, model.firms_table, model.places.records, model.schemes, k, model.transfers, aided,
        model.quarter_number, model.rules.tax, model.rules.housing, model.lasting_key(TAKE_UP),
        model.lasting_key(FAMILY_HOME), waiting, rows,
    ) if scheme.units > 0 else 0  # fmt: skip
    applicants = rows[:found]
    chosen = applicants[_queue_order(model, scheme, applicants)[:vacant]]
    grant_leases(people, chosen, scheme.policy, scheme.term_quarters, model.quarter_number)
    note_received(model, scheme.policy, chosen)
    model.scheme_chance[scheme.policy, scheme.place] = min(1.0, len(chosen) / found) if found else float(vacant > 0)
    units = max(units, occupied + len(chosen)) if scheme.units == 0 else units
    model.scheme_use[scheme.policy, scheme.place] = (units, occupied + len(chosen), found - len(chosen))
    return float(len(chosen) * lease_fen)


def _queue_order(model: TalentMarket, scheme: HousingScheme, rows: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Order in which applicants are served; ties go by lot, then by id."""
    people = model.columns.people
    uid = people.uid[rows]
    lot = uniforms(sub_key(model.key(SCHEME_LOTTERY), scheme.policy), uid)
    if scheme.queue == QUEUE_FIRST_COME:
        return np.lexsort((uid, lot, people.queue_q[rows]))
    if scheme.queue == QUEUE_POINTS:
        return np.lexsort((uid, lot, -score_residents(model, rows)))
    return np.lexsort((uid, lot))


def _settle(model: TalentMarket, aided: NDArray[np.bool_]) -> None:
    people, schemes = model.columns.people, model.schemes
    n_policies, n_entries = max(1, len(model.scenario.policies)), len(schemes)
    entry_of = np.full((n_policies, model.world.n_places), -1, np.int64)
    entry_of[schemes["policy"], schemes["place"]] = np.arange(n_entries)
    keys = model.lasting_key(TAKE_UP), model.lasting_key(FAMILY_HOME), model.key(OWN_HOME)
    gap, tenants = sum_ranges(
        len(model.columns), model.threads, ((max(1, n_entries),), (max(1, n_entries),)),
        lambda start, stop, gaps, counts: settle_tenures(
            start, stop, people, model.places.records, model.firms_table, schemes, entry_of, model.transfers, aided,
            model.quarter_number, model.rules.housing, model.rules.tax, *keys, gaps, counts,
        ),
    )  # fmt: skip
    if model.trace is not None:
        model.trace.note_tenants(model, model.places.records["rent_whole"])
    for k, scheme in enumerate(model.levers.schemes):
        persons = np.zeros(model.world.n_places, np.int64)
        fen = np.zeros(model.world.n_places, np.int64)
        persons[scheme.place] = tenants[k] * model.scale
        fen[scheme.place] = gap[k] * 3 * model.scale
        model.ledger.book(scheme.policy, persons, fen)
