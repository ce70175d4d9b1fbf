"""What must hold at the end of every quarter, whatever the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.errors import InvariantError
from sim.types import EMPLOYED, NO_FIRM, SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import HiringSubsidy, HousingScheme, Purchase, SchoolPlaces, TrainingCourse, Transfer


def check_invariants(model: TalentMarket) -> None:
    """Raise InvariantError naming every rule that is broken in this quarter."""
    broken = [name for name, holds in _conditions(model).items() if not holds]
    if broken:
        raise InvariantError(f"{model.quarter}: broken: {'; '.join(broken)}")


def _conditions(model: TalentMarket) -> dict[str, bool]:
    people, firms = model.columns.people, model.firms
    employed = people.state == EMPLOYED
    working = employed & (people.firm != NO_FIRM)
    staff = np.bincount(people.firm[working], minlength=len(firms))
    used = model.scheme_use.values()
    return {
        "persons are conserved by cohort": _cohorts_conserved(model),
        "ids are unique": len(np.unique(people.uid)) == len(people.uid),
        "employed people, and only they, have an employer": bool(np.array_equal(employed, people.firm != NO_FIRM)),
        "headcount of a firm is the number of its people": bool(np.array_equal(staff, firms.headcount)),
        "people work where they live": bool(np.all(firms.place[people.firm[working]] == people.city[working])),
        "closed firms have no staff": not firms.headcount[(firms.number == 0) & (firms.exited == 0)].any(),
        "firms close once at most": bool(np.all((firms.number >= 0) & (firms.closing >= 0) & (firms.closing <= 1))),
        "hires do not exceed openings": bool(np.all(firms.hires <= firms.openings))
        and bool(np.all(model.line_hires <= model.positions.lines["capacity"])),
        "every opening has a firm": int(model.positions.lines["capacity"].sum()) == int(firms.openings.sum()),
        "hukou grants do not exceed quotas": bool(np.all(model.hukou_granted <= model.hukou_quota)),
        "subsidised dwellings do not exceed units": all(occupied <= units for units, occupied, _ in used),
        "subsidised people hold a lease of a scheme": bool(
            np.array_equal(people.housing == SUBSIDISED, people.scheme >= 0)
        ),
        "wages of the employed and rents of places are positive": bool(np.all(people.wage[employed] > 0))
        and all(bool(np.all(model.places.records[tenure] > 0)) for tenure in ("rent_shared", "rent_whole")),
        "rents paid are not negative": bool(np.all(people.rent >= 0)),
        "the ledger is the sum of transfers": abs(model.transfers_booked_fen - model.transfers_received_fen)
        <= model.transfers_tolerance_fen,
        "budgets are not exceeded": _budgets_hold(model),
        **{rule: not broken for rule, broken in model.audit.broken.items()},
        "no more people are admitted to courses than there are seats": all(
            admitted <= seats for seats, admitted in model.course_use.values()
        ),
        "no more people get school places than there are": all(
            taken <= places for places, taken in model.school_use.values()
        ),
        "quotas of policies are not exceeded": all(used <= limit for _, used, limit in model.quota_use.values()),
        "a course that runs has its end before it": bool(
            np.all(people.course_end_q[people.course >= 0] > model.quarter_number)
        ),
        "chances are shares": bool(np.all((model.places.hukou_chance >= 0) & (model.places.hukou_chance <= 1))),
    }  # fmt: skip


def _cohorts_conserved(model: TalentMarket) -> bool:
    sizes = np.bincount(model.columns.people.cohort_q.astype(np.int64))
    known: dict[int, int] = model.cohort_sizes
    now = {int(quarter): int(sizes[quarter]) for quarter in np.flatnonzero(sizes)}
    holds = all(now.get(quarter) == size for quarter, size in known.items())
    model.cohort_sizes = now
    return holds


def _budgets_hold(model: TalentMarket) -> bool:
    levers = model.levers
    entries: list[Transfer | HousingScheme | HiringSubsidy | TrainingCourse | Purchase | SchoolPlaces] = [
        *levers.transfers, *levers.schemes, *levers.hiring, *levers.courses, *levers.purchases, *levers.schools,
    ]  # fmt: skip
    limits = [(entry.policy, entry.budget_cny) for entry in entries]
    policies = enumerate(model.scenario.policies)
    limits += [(number, policy.budget_cny) for number, policy in policies if policy.ends_with_budget]
    return all(
        model.ledger.remaining_cny(number, budget_cny) >= -1e-6
        for number, budget_cny in limits
        if np.isfinite(budget_cny)
    )
