"""Phase 1. The policies in force become the levers of the quarter; knowledge of them spreads; transfers are paid.

Transfers are paid on the state in which people enter the quarter. Where a budget or a quota runs short, the quarter's
claims are met in the order that the policy states - by lot, by the time since the claim began, by points - until it is
spent; or a policy stops for good in the quarter in which its budget would be exceeded. What is paid once is no part of
the monthly transfers: it changes no rent burden and no choice of a dwelling, but people weigh a city with it before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.kernels.awareness import claim_transfer, count_aware, spread_awareness
from sim.kernels.eligibility import WITHOUT_TAKE_UP, mark_eligible
from sim.market import ELIGIBILITY_FIELDS, SCHEME_DTYPE, TRANSFER_DTYPE
from sim.phases.grants import book_grants, book_within
from sim.phases.ranges import run_ranges
from sim.places import apply_place_levers
from sim.policies import build_levers
from sim.policies.costs import GRANT_FIRM, GRANT_STAFF
from sim.policies.levers import (
    ANY,
    SPENT_LOTTERY,
    SPENT_POINTS,
    SPENT_QUEUE,
    SPENT_STOP,
    HiringSubsidy,
    HousingScheme,
    Transfer,
)
from sim.rng import AWARE, BUDGET_QUEUE, ROUND_QUOTA, TAKE_UP, round_one, sub_key, uniforms

if TYPE_CHECKING:
    from sim.model import TalentMarket


class Targeted(Protocol):
    """An entry of the levers that names people."""

    @property
    def policy(self) -> int:
        """Number of the policy."""

    @property
    def eligible(self) -> NDArray[np.void]:
        """(1,) who is reached."""


def policies_act(model: TalentMarket) -> None:
    """Build the levers, let awareness spread, pay transfers, book costs that do not depend on who is reached."""
    levers = build_levers(model.scenario.policies, model.quarter_number, model.world, find_ended(model))
    model.levers = levers
    model.transfers = make_transfers(levers.transfers)
    model.schemes = make_schemes(levers.schemes, model.scheme_chance)
    apply_place_levers(model)
    model.refresh_firms_table()
    spread_knowledge(model, 0, len(model.columns))
    _pay(model)
    model.transfers = make_transfers(
        [entry for entry in levers.transfers if has_money(model, entry.policy, entry.budget_cny)]
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
        reached = mark_reached(model, entry, everybody)
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
        row["pay_share"], row["tax_share"], row["n_steps"] = entry.pay_share, entry.tax_share, len(entry.steps)
        for k, (pay, amount) in enumerate(entry.steps):
            row["step_from_cny_m"][k], row["step_amount_cny_m"][k] = pay, amount
        row["against_rent"], row["once_months"] = entry.against_rent, entry.once_months
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


def mark_reached(
    model: TalentMarket, entry: Targeted, rows: NDArray[np.int64], take_up: float = WITHOUT_TAKE_UP
) -> NDArray[np.bool_]:
    """(row,) whether an entry reaches the people of `rows` as they live and work now.

    They must know of its policy and apply with `take_up`, but where somebody else applies for them.
    """
    return np.asarray(
        mark_eligible(
            rows, model.columns.people, model.firms_table, model.places.records, make_condition(entry.eligible),
            entry.policy, model.quarter_number, model.lasting_key(TAKE_UP), take_up,
        )
    )  # fmt: skip


def mark_hired(model: TalentMarket, entry: HiringSubsidy, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(row,) whether a subsidy for hires reaches the jobs that people of `rows` hold: its place is where they work."""
    work = model.firms.place[model.columns.people.firm[rows]].astype(np.int64)
    in_place = (entry.eligible["place_mask"][0] >> work) & 1 == 1
    anywhere = entry.eligible.copy()
    anywhere["place_mask"] = ANY
    return np.asarray(in_place & mark_reached(model, dataclasses.replace(entry, eligible=anywhere), rows))


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
    """Pay what is due each month, which the columns keep, and then what is due once, which they only remember."""
    people, n = model.columns.people, len(model.columns)
    people.transfer[:] = people.rent_aid[:] = 0.0
    booked_before = int(model.ledger.fen.sum())
    claims = np.zeros(n, np.int64) if model.levers.transfers else np.zeros(0, np.int64)
    for k, entry in enumerate(model.levers.transfers):
        if entry.once_months == 0:
            rows = _meet_claims(model, k, entry, claims, 3)
            paid = (claims[rows] / 100.0).astype(np.float32)
            people.transfer[rows] += paid
            if entry.against_rent:
                people.rent_aid[rows] += paid
    model.transfers_booked_fen = int(model.ledger.fen.sum()) - booked_before
    received = np.rint(people.transfer.astype(np.float64) * 100.0).astype(np.int64)
    model.transfers_received_fen = int(received.sum()) * 3 * model.scale
    if model.check:
        payments = sum(entry.once_months == 0 for entry in model.levers.transfers)
        model.transfers_tolerance_fen = _doubt_fen(people.transfer, payments) * 3 * model.scale
    for k, entry in enumerate(model.levers.transfers):
        if entry.once_months > 0:
            _meet_claims(model, k, entry, claims, 1)


def _doubt_fen(amounts: NDArray[np.float32], payments: int) -> int:
    """Hundredths of CNY by which amounts, each the sum of `payments`, may be off because they are in single precision.

    A payment is rounded to single precision, and so is every sum: by half a unit in the last place at most. What is off
    by less than half a hundredth comes out right when it is rounded to hundredths, and is not counted.
    """
    most = 100.0 * max(0.0, payments - 0.5) * np.spacing(amounts).astype(np.float64)
    return int(np.ceil(most[most >= 0.5] + 0.5).sum())


def _meet_claims(
    model: TalentMarket, k: int, entry: Transfer, claims: NDArray[np.int64], times: int
) -> NDArray[np.int64]:
    """Rows of people whose claims on entry `k`, written into `claims`, are met and booked; `times` in the quarter."""
    if not has_money(model, entry.policy, entry.budget_cny):
        return np.zeros(0, np.int64)
    people, key = model.columns.people, model.lasting_key(TAKE_UP)
    run_ranges(
        len(model.columns), model.threads,
        lambda start, stop: claim_transfer(
            start, stop, people, model.firms_table, model.places.records, model.transfers, k, model.rules.tax,
            model.quarter_number, key, claims,
        ),
    )  # fmt: skip
    rows = np.flatnonzero(claims)
    room = room_in_quota(model, entry.policy, entry.quota, once=entry.once_months > 0)
    rows, fen = ration(
        model, entry.policy, entry.budget_cny, rows, claims[rows] * times * model.scale,
        rule=entry.when_spent, room=room, keep=entry.once_months == 0,
    )  # fmt: skip
    book_rows(model, entry.policy, rows, fen)
    note_in_quota(model, entry.policy, len(rows), once=entry.once_months > 0)
    return rows


def has_money(model: TalentMarket, policy: int, budget_cny: float) -> bool:
    """Whether a policy still pays: it has not stopped, and its budget is not spent."""
    return policy not in model.stopped_policies and model.ledger.remaining_cny(policy, budget_cny) > 0


def room_in_quota(model: TalentMarket, policy: int, quota: float, *, once: bool) -> int | None:
    """Agents that a quota of persons still admits, the fraction rounded by a draw; None without a limit.

    A quota of what is paid `once` is one for each calendar year, any other one for each quarter.
    """
    if not np.isfinite(quota):
        return None
    period = model.quarter.year if once else 0
    limit = round_one(sub_key(model.lasting_key(ROUND_QUOTA), period), policy, quota / model.scale)
    last_period, used = model.quota_use.get(policy, (period, 0, 0))[:2]
    used = used if once and last_period == period else 0
    model.quota_use[policy] = (period, used, limit)
    return limit - used


def note_in_quota(model: TalentMarket, policy: int, persons: int, *, once: bool) -> None:
    """Count `persons` (agents) in the quota of a policy, if it has one."""
    if policy in model.quota_use:
        period, used, limit = model.quota_use[policy]
        model.quota_use[policy] = (period, used + persons if once else persons, limit)


def ration(
    model: TalentMarket,
    policy: int,
    budget_cny: float,
    rows: NDArray[np.int64],
    fen: NDArray[np.int64],
    *,
    rule: int = SPENT_LOTTERY,
    room: int | None = None,
    keep: bool = False,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The claims that the rest of a budget can meet; all of them where there is no limit.

    Args:
        model: whose ledger says what is left.
        policy: whose claims they are.
        budget_cny: its budget.
        rows: of the people with a claim.
        fen: (row,) claims, hundredths of CNY.
        rule: index into WHEN_SPENT: the order, or to stop the policy where not all can be met.
        room: most claims to be met; None without a limit.
        keep: whether people whom the policy has reached before come first where `room` is short.

    Returns:
        Rows and claims that are met.
    """
    short = room is not None and len(rows) > room
    if not np.isfinite(budget_cny) and not short:
        return rows, fen
    order = _order_claims(model, policy, rows, rule, keep=keep and room is not None)[:room]
    left = model.ledger.remaining_fen(policy, budget_cny)
    spent = np.cumsum(fen[order])
    if rule == SPENT_STOP and len(spent) and spent[-1] > left:
        model.stopped_policies.add(policy)
        return rows[:0], fen[:0]
    met = order[spent <= left]
    return rows[met], fen[met]


def _order_claims(
    model: TalentMarket, policy: int, rows: NDArray[np.int64], rule: int, *, keep: bool
) -> NDArray[np.int64]:
    """Order in which claims are met; ties by lot, then by id."""
    people = model.columns.people
    uid = people.uid[rows]
    keys: list[NDArray[Any]] = [uid, uniforms(model.key(BUDGET_QUEUE), uid)]
    if rule == SPENT_QUEUE:
        keys.append(np.maximum(people.cohort_q[rows], people.resident_q[rows]))
    if rule == SPENT_POINTS:
        keys.append(-score_residents(model, rows))
    if keep:
        keys.append(~was_reached(model, policy, rows))
    return np.lexsort(keys)


def score_residents(model: TalentMarket, rows: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """(row,) points of the people of `rows` for education and years of residence, by which policies serve them."""
    people, rule = model.columns.people, model.params.hukou
    years = 0.25 * (model.quarter_number - people.resident_q[rows])
    return np.asarray(rule.points_education * people.education[rows] + rule.points_year * years)


def was_reached(model: TalentMarket, policy: int, rows: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """(row,) whether a policy has reached the people of `rows` before."""
    return np.asarray((model.columns.people.received[rows] >> np.uint32(policy)) & np.uint32(1) == 1)


def note_received(model: TalentMarket, policy: int, rows: NDArray[np.integer[Any]]) -> None:
    """Remember of the people of `rows` that the policy has reached them."""
    model.columns.people.received[rows] |= np.uint32(1 << policy)


def pay_heads(
    model: TalentMarket,
    policy: int,
    budget_cny: float,
    rows: NDArray[np.int64],
    cny: float,
    *,
    rule: int = SPENT_LOTTERY,
    room: int | None = None,
    at_work: bool = False,
) -> NDArray[np.int64]:
    """Book `cny` for each of the people of `rows` as far as `ration` meets it; returns whom it meets.

    It is booked where they live or, with `at_work`, where they work.
    """
    fen = np.full(len(rows), round(cny * 100) * model.scale, np.int64)
    rows, fen = ration(model, policy, budget_cny, rows, fen, rule=rule, room=room)
    book_rows(model, policy, rows, fen, at_work=at_work)
    return rows


def book_rows(
    model: TalentMarket, policy: int, rows: NDArray[np.int64], fen: NDArray[np.int64], *, at_work: bool = False
) -> None:
    """Book one payment for each of `rows` where the person lives, or works, and remember who was reached."""
    note_received(model, policy, rows)
    if model.trace is not None:
        model.trace.note_paid(model, policy, rows, fen)
    people, n_places = model.columns.people, model.world.n_places
    city = model.firms.place[people.firm[rows]] if at_work else people.city[rows]
    paid = np.zeros(n_places, np.int64)
    np.add.at(paid, city, fen)
    model.ledger.book(policy, np.bincount(city, minlength=n_places).astype(np.int64) * model.scale, paid)
