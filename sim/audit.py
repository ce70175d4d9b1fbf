"""A second count of all money of a quarter, from the state of people and places, to hold against the ledger.

After each phase the money that it booked is compared with what the state shows: fixed costs with the policies as
written, rent forgone with market rent less rent paid of each tenant, hiring subsidies with the people hired who are
eligible, course costs with the people admitted. Monthly transfers have their own count (sim/invariants.py). No kernel
of the phases is used. Rents paid are kept in single precision, so each tenant may differ by one hundredth of CNY a
month; everything else must be equal. Left out: who among equal claims is served when a budget runs short.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.policies import build_levers
from sim.rng import FIRM_AWARE, sub_key, uniforms
from sim.types import SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket

FIXED: Final = "fixed costs in the ledger are those of the policies"
RENT: Final = "rent forgone in the ledger is market rent less rent paid"
HIRES: Final = "hiring subsidies in the ledger are those of the people hired"
COURSES: Final = "course costs in the ledger are those of the people admitted"
ELSEWHERE: Final = "no other phase books money"
RULES: Final = (FIXED, RENT, HIRES, COURSES, ELSEWHERE)

Count = tuple[NDArray[np.int64], NDArray[np.int64]]
"""(policy,) hundredths of CNY, and how far the ledger may differ from them."""


class Audit:
    """Follows the ledger of one run from phase to phase."""

    def __init__(self, model: TalentMarket) -> None:
        self.broken: dict[str, bool] = {}
        self._look(model)

    def start_quarter(self, model: TalentMarket) -> None:
        """Forget the last quarter; nothing is booked yet."""
        self.broken = dict.fromkeys(RULES, False)
        self._look(model)

    def check_phase(self, model: TalentMarket, phase: str) -> None:
        """Compare what `phase`, which has just run, booked with the second count."""
        if phase == "observe":  # the ledger of the quarter has been closed
            return
        rule, count = COUNTERS.get(phase, (ELSEWHERE, _count_nothing))
        booked = model.ledger.fen.sum(axis=1) - self._booked
        counted, tolerance = count(self, model)
        if phase == "policies_act":  # transfers have a count of their own
            paid_monthly = [entry.policy for entry in model.levers.transfers]
            booked[paid_monthly] = counted[paid_monthly]
        self.broken[rule] |= bool(np.any(np.abs(booked - counted) > tolerance))
        self._look(model)

    def _look(self, model: TalentMarket) -> None:
        """Keep what the next phase may change."""
        self._booked = model.ledger.fen.sum(axis=1)
        self._spent = model.ledger.spent_fen.copy()
        self._rent_whole = model.places.records["rent_whole"].copy()

    def count_fixed(self, model: TalentMarket) -> Count:
        """Fixed costs of the policies as they are written."""
        counted = np.zeros(len(self._booked), np.int64)
        for cost in build_levers(model.scenario.policies, model.quarter_number, model.world).fixed_costs:
            counted[cost.policy] += round(cost.cny * 100)
        return counted, np.zeros_like(counted)

    def count_rent(self, model: TalentMarket) -> Count:
        """Market rent before it responds, less rent paid, of everybody in a subsidised unit."""
        people = model.columns.people
        rows = np.flatnonzero(people.housing == SUBSIDISED)
        forgone = np.maximum(0.0, self._rent_whole[people.city[rows]] - people.rent[rows].astype(np.float64))
        counted, tenants = np.zeros((2, len(self._booked)), np.int64)
        np.add.at(counted, people.scheme[rows], np.rint(forgone * 100.0).astype(np.int64))
        np.add.at(tenants, people.scheme[rows], 1)
        return counted * 3 * model.scale, tenants * 3 * model.scale

    def count_hires(self, model: TalentMarket) -> Count:
        """The amount times the people hired who are eligible and whose employer knows, as far as the budget goes."""
        people, firms = model.columns.people, model.firms
        hired = model.searchers[model.matched >= 0].astype(np.int64)
        counted = np.zeros(len(self._booked), np.int64)
        for entry in model.levers.hiring:
            knows = uniforms(sub_key(model.lasting_key(FIRM_AWARE), entry.policy), firms.identity[people.firm[hired]])
            reached = is_reached(model, entry.eligible, hired) & (knows < entry.firm_aware_share)
            each = round(entry.cny_per_hire * 100) * model.scale
            number = int(np.count_nonzero(reached))
            if np.isfinite(entry.budget_cny):
                left = entry.budget_cny * 100.0 - self._spent[entry.policy] - counted[entry.policy]
                number = min(number, max(0, int(float(left) // each)))
            counted[entry.policy] += number * each
        return counted, np.zeros_like(counted)

    def count_courses(self, model: TalentMarket) -> Count:
        """The cost of each person whose course began in this quarter."""
        people = model.columns.people
        counted = np.zeros(len(self._booked), np.int64)
        for course in model.levers.courses:
            began = people.course_end_q == model.quarter_number + course.quarters - 1
            admitted = began & (people.course == course.policy) & (people.city == course.place)
            each = round(course.cost_cny_per_person * 100) * model.scale
            counted[course.policy] += np.count_nonzero(admitted) * each
        return counted, np.zeros_like(counted)


def is_reached(model: TalentMarket, eligible: NDArray[np.void], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(row,) whether `eligible` (1,) reaches the people of `rows`, all of whom have an employer, as they live now."""
    people, firms, who = model.columns.people, model.firms, eligible[0]
    city, firm = people.city[rows], people.firm[rows]

    def is_named(mask: Any, codes: NDArray[np.int8]) -> NDArray[np.bool_]:
        named: NDArray[np.bool_] = (np.int64(mask) >> codes.astype(np.int64)) & 1 == 1
        return named

    since = model.quarter_number - people.cohort_q[rows]
    wage, has_hukou, at_home = people.wage[rows], people.hukou[rows] == city, people.home[rows] == city
    reached = is_named(who["place_mask"], city) & is_named(who["study_mask"], people.study[rows])
    reached &= is_named(who["education_mask"], people.education[rows])
    reached &= is_named(who["field_mask"], people.field[rows]) & is_named(who["state_mask"], people.state[rows])
    reached &= is_named(who["industry_mask"], firms.industry[firm]) & is_named(who["size_mask"], firms.size[firm])
    reached &= (since >= who["min_quarters"]) & (since <= who["max_quarters"])
    reached &= (wage >= who["wage_min_cny_m"]) & (wage <= who["wage_max_cny_m"])
    reached &= np.array([True, False, True])[who["hukou"]] | ~has_hukou
    reached &= np.array([True, True, False])[who["hukou"]] | has_hukou
    reached &= np.array([True, True, False])[who["home"]] | ~at_home
    return np.asarray(reached & (np.array([True, False, True])[who["home"]] | at_home))


def _count_nothing(audit: Audit, model: TalentMarket) -> Count:  # noqa: ARG001  the signature of a counter
    none = np.zeros(len(model.ledger.spent_fen), np.int64)
    return none, none


COUNTERS: Final[dict[str, tuple[str, Callable[[Audit, TalentMarket], Count]]]] = {
    "policies_act": (FIXED, Audit.count_fixed),
    "institutions_teach": (COURSES, Audit.count_courses),
    "people_move": (HIRES, Audit.count_hires),
    "housing_clears": (RENT, Audit.count_rent),
}
"""Phase -> what it may book and how that is counted again."""
