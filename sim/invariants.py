"""What must hold at the end of every quarter, whatever the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.errors import InvariantError
from sim.types import EMPLOYED, NO_FIRM, SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket


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
        "people live where they can reach their work": _can_reach_work(model, np.flatnonzero(working)),
        "a hukou of the area is one of the place": _hukou_is_here(model),
        "closed firms have no staff": not firms.headcount[(firms.number == 0) & (firms.exited == 0)].any(),
        "firms close once at most": bool(np.all((firms.number >= 0) & (firms.closing >= 0) & (firms.closing <= 1))),
        "hires do not exceed openings": bool(np.all(firms.hires <= firms.openings))
        and bool(np.all(model.line_hires <= model.positions.lines["capacity"])),
        "every opening has a firm": int(model.positions.lines["capacity"].sum()) == int(firms.openings.sum()),
        "hukou grants do not exceed quotas": bool(np.all(model.hukou_granted <= model.hukou_quota)),
        "subsidised dwellings do not exceed units": all(occupied <= units for units, occupied, _ in used),
        "subsidised people hold a lease of a scheme": np.array_equal(people.housing == SUBSIDISED, people.scheme >= 0),
        "wages of the employed and rents of places are positive": bool(np.all(people.wage[employed] > 0))
        and all(bool(np.all(model.places.records[tenure] > 0)) for tenure in ("rent_shared", "rent_whole")),
        "rents paid are not negative": bool(np.all(people.rent >= 0)),
        "the ledger is the sum of transfers": abs(model.transfers_booked_fen - model.transfers_received_fen)
        <= model.transfers_tolerance_fen,
        "budgets are not exceeded": _budgets_hold(model),
        **{rule: not broken for rule, broken in model.audit.broken.items()},
        "no more people are admitted to courses than there are seats": _all_within(model.course_use),
        "no more people get school places than there are": _all_within(model.school_use),
        "quotas of policies are not exceeded": all(used <= limit for _, used, limit in model.quota_use.values()),
        "a course that runs has its end before it": bool(
            np.all(people.course_end_q[people.course >= 0] > model.quarter_number)
        ),
        "chances are shares": bool(np.all((model.places.hukou_chance >= 0) & (model.places.hukou_chance <= 1))),
    }  # fmt: skip


def _all_within(use: Mapping[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether of each (limit, used) no more is used than there is."""
    return all(used <= limit for limit, used in use.values())


def _can_reach_work(model: TalentMarket, working: NDArray[np.int64]) -> bool:
    """Whether the place of work is within reach of where people of rows `working` live."""
    people = model.columns.people
    travel = model.places.travel[people.city[working], model.firms.place[people.firm[working]]]
    return bool(np.all(np.isfinite(travel)))


def _hukou_is_here(model: TalentMarket) -> bool:
    """Whether everybody with a hukou of the area where they live has it in the place where they live."""
    people, area_of = model.columns.people, model.world.area_of
    local = area_of[people.city] == area_of[people.hukou]
    return bool(np.all(people.hukou[local] == people.city[local]))


def _cohorts_conserved(model: TalentMarket) -> bool:
    sizes = np.bincount(model.columns.people.cohort_q.astype(np.int64))
    known: dict[int, int] = model.cohort_sizes
    now = {int(quarter): int(sizes[quarter]) for quarter in np.flatnonzero(sizes)}
    holds = all(now.get(quarter) == size for quarter, size in known.items())
    model.cohort_sizes = now
    return holds


def _budgets_hold(model: TalentMarket) -> bool:
    policies = enumerate(model.scenario.policies)
    return all(model.ledger.remaining_cny(number, policy.budget_cny) >= -1e-6 for number, policy in policies)
