"""Phase 1. The policies in force become the levers of the quarter; knowledge of them spreads; transfers are paid.

Transfers are paid on the state in which people enter the quarter. Where a budget runs short, the quarter's claims are
met in an order drawn by lot until it is spent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels.awareness import claim_transfer, count_aware, spread_awareness
from sim.kernels.eligibility import WITHOUT_TAKE_UP, mark_eligible
from sim.market import ELIGIBILITY_FIELDS, SCHEME_DTYPE, TRANSFER_DTYPE
from sim.phases.grants import book_grants, book_within
from sim.phases.ranges import run_ranges
from sim.policies import build_levers
from sim.policies.levers import GRANT_FIRM, GRANT_STAFF, HousingScheme, Transfer
from sim.rng import AWARE, BUDGET_QUEUE, TAKE_UP, uniforms

if TYPE_CHECKING:
    from sim.model import TalentMarket


def policies_act(model: TalentMarket) -> None:
    """Build the levers, let awareness spread, pay transfers, book costs that do not depend on who is reached."""
    levers = build_levers(model.scenario.policies, model.quarter_number, model.world, find_ended(model))
    model.levers = levers
    model.transfers = make_transfers(levers.transfers)
    model.schemes = make_schemes(levers.schemes, model.scheme_chance)
    model.places.records["sample_factor"][:] = levers.sample_factor
    model.refresh_firms_table()
    spread_knowledge(model, 0, len(model.columns))
    _pay(model)
    model.transfers = make_transfers(
        [entry for entry in levers.transfers if model.ledger.remaining_cny(entry.policy, entry.budget_cny) > 0]
    )
    _book_costs(model)


def find_ended(model: TalentMarket) -> set[int]:
    """Numbers of the policies that have ended because their budget is spent."""
    return {
        number
        for number, policy in enumerate(model.scenario.policies)
        if policy.ends_with_budget and model.ledger.remaining_cny(number, policy.budget_cny) <= 0
    }


def _book_costs(model: TalentMarket) -> None:
    """Costs of the quarter that are known at its start; where a budget is short, they are paid in part."""
    levers, firms, n_places = model.levers, model.firms, model.world.n_places
    for cost in levers.fixed_costs:
        fen = np.zeros(n_places, np.int64)
        fen[cost.place] = round(cost.cny * 100)
        book_within(model, cost.policy, cost.budget_cny, np.zeros_like(fen), fen)
    for entry in levers.head_costs:
        everybody = np.arange(len(model.columns), dtype=np.int64)
        reached = mark_eligible(
            everybody, model.columns.people, model.firms_table, make_condition(entry.eligible), entry.policy,
            model.quarter_number, model.lasting_key(TAKE_UP), WITHOUT_TAKE_UP,
        )  # fmt: skip
        heads = np.bincount(model.columns.people.city[reached], minlength=n_places) * (entry.share * model.scale)
        fen = np.rint(heads * entry.cny_per_person * 100.0).astype(np.int64)
        book_within(model, entry.policy, entry.budget_cny, np.rint(heads).astype(np.int64), fen)
    if levers.firm_grants:
        book_grants(model, GRANT_FIRM, firms.number)
        book_grants(model, GRANT_STAFF, firms.headcount * model.scale)


def make_transfers(entries: Sequence[Transfer]) -> NDArray[np.void]:
    """Entries of the levers as the records that kernels read."""
    table = np.zeros(len(entries), TRANSFER_DTYPE)
    for row, entry in zip(table, entries, strict=True):
        copy_eligibility(row, entry.eligible)
        row["policy"], row["take_up"] = entry.policy, entry.take_up
        row["amount_cny_m"], row["rent_share"], row["cap_cny_m"] = entry.amount_cny_m, entry.rent_share, entry.cap_cny_m
        row["against_rent"] = entry.against_rent
        row["start_q"], row["term_q"] = entry.start_quarter, entry.term_quarters
    return table


def make_schemes(entries: Sequence[HousingScheme], chance: dict[tuple[int, int], float]) -> NDArray[np.void]:
    """Schemes of the levers as the records that kernels read; `chance` (policy, place) is what applicants expect."""
    table = np.zeros(len(entries), SCHEME_DTYPE)
    for row, entry in zip(table, entries, strict=True):
        copy_eligibility(row, entry.eligible)
        row["policy"], row["place"], row["take_up"] = entry.policy, entry.place, entry.take_up
        row["rent_cap_cny_m"], row["rent_share"] = entry.rent_cap_cny_m, entry.rent_share
        row["free_q"], row["term_q"] = entry.free_quarters, entry.term_quarters
        row["chance"] = chance.get((entry.policy, entry.place), 0.0)
    return table


def copy_eligibility(row: np.void, eligible: NDArray[np.void]) -> None:
    """Write the one record of `eligible` into the fields of the same names of `row`."""
    record = np.atleast_1d(eligible)[0]
    for name, _ in ELIGIBILITY_FIELDS:
        row[name] = record[name]


def make_condition(eligible: NDArray[np.void]) -> NDArray[np.void]:
    """Who is reached, as one record of TRANSFER_DTYPE, so that kernels meet few types of record."""
    table = np.zeros(1, TRANSFER_DTYPE)
    copy_eligibility(table[0], eligible)
    return table


def spread_knowledge(model: TalentMarket, first: int, last: int) -> None:
    """Let people of rows `first:last` hear of the policies in force; new graduates hear in the phase that adds them."""
    entries = model.levers.communications
    if not entries:
        return
    policies = np.array([entry.policy for entry in entries], np.int64)
    start_q = np.array([max(entry.start_quarter, model.first_quarter_number) for entry in entries], np.int64)
    start_share = np.array([entry.start_share for entry in entries])
    rate = np.array([entry.rate for entry in entries])
    people = model.columns.people
    counts = np.zeros((model.world.n_places, len(entries) + 1), np.int64)
    count_aware(people, policies, counts)
    known = counts[:, :-1] / np.maximum(1, counts[:, -1:])
    platform = model.params.awareness.platform_rate * model.levers.platform_reach + model.levers.hearing_add
    key = model.key(AWARE)
    run_ranges(
        last - first, model.threads,
        lambda start, stop: spread_awareness(
            first + start, first + stop, people, policies, start_q, start_share, rate, known,
            model.rules.awareness.peer_rate, platform, model.quarter_number, key,
        ),
    )  # fmt: skip


def _pay(model: TalentMarket) -> None:
    people, n = model.columns.people, len(model.columns)
    people.transfer[:] = people.rent_aid[:] = 0.0
    booked_before = int(model.ledger.fen.sum())
    claims = np.zeros(n, np.int64) if model.levers.transfers else np.zeros(0, np.int64)
    for k, entry in enumerate(model.levers.transfers):
        _claim(model, k, claims)
        rows = np.flatnonzero(claims)
        fen = claims[rows] * 3 * model.scale
        rows, fen = ration(model, entry.policy, entry.budget_cny, rows, fen)
        paid = (claims[rows] / 100.0).astype(np.float32)
        people.transfer[rows] += paid
        if entry.against_rent:
            people.rent_aid[rows] += paid
        book_rows(model, entry.policy, rows, fen)
    model.transfers_booked_fen = int(model.ledger.fen.sum()) - booked_before
    received = np.rint(people.transfer.astype(np.float64) * 100.0).astype(np.int64)
    model.transfers_received_fen = int(received.sum()) * 3 * model.scale


def _claim(model: TalentMarket, k: int, claims: NDArray[np.int64]) -> None:
    people, key = model.columns.people, model.lasting_key(TAKE_UP)
    run_ranges(
        len(model.columns), model.threads,
        lambda start, stop: claim_transfer(
            start, stop, people, model.firms_table, model.transfers, k, model.quarter_number, key, claims
        ),
    )  # fmt: skip


def ration(
    model: TalentMarket, policy: int, budget_cny: float, rows: NDArray[np.int64], fen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The claims that the rest of a budget can meet, in an order drawn by lot; all of them where there is no limit."""
    if not np.isfinite(budget_cny):
        return rows, fen
    left = model.ledger.remaining_cny(policy, budget_cny) * 100.0
    uid = model.columns.people.uid[rows]
    order = np.lexsort((uid, uniforms(model.key(BUDGET_QUEUE), uid)))
    met = order[np.cumsum(fen[order]) <= left]
    return rows[met], fen[met]


def book_rows(model: TalentMarket, policy: int, rows: NDArray[np.int64], fen: NDArray[np.int64]) -> None:
    """Book one payment for each of `rows` in the city where the person lives."""
    if model.trace is not None:
        model.trace.note_paid(model, policy, rows, fen)
    city, n_places = model.columns.people.city[rows], model.world.n_places
    paid = np.zeros(n_places, np.int64)
    np.add.at(paid, city, fen)
    model.ledger.book(policy, np.bincount(city, minlength=n_places).astype(np.int64) * model.scale, paid)
