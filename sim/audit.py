"""A second count of all money of a quarter, from the state of people, firms and places, to hold against the ledger.

After each phase the money that it booked is compared with what the state shows: costs with the policies as written,
the people whom they reach and the firms that stand, awards, purchases and school places with the eligible who have
come to be marked as served, rent forgone with market rent less rent paid of each tenant, hiring subsidies with the
people hired, courses with the people admitted, examinations and internships with those eligible to them, grants with
firms founded and with people whose knowledge has grown. Monthly transfers have their own count (sim/invariants.py).
No kernel of the phases is used. Rents paid are kept in single precision, so each tenant may differ by one hundredth
of CNY a month and half a unit in the last place of the rent; what is a share of something is rounded by place, and so
may be a payment that is a share of a price; everything else must be equal. Left out: who among equal claims is served
when a budget or a quota runs short.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.agents.governments import find_budget_fen
from sim.policies import build_levers
from sim.policies.base import ENROLMENT_QUARTER, find_places, find_positions
from sim.policies.costs import GRANT_ENTRANT, GRANT_FIRM, GRANT_STAFF, GRANT_TRAINED
from sim.policies.training import EnrolmentChange
from sim.population import course_years
from sim.recount import Flags, Rows, does_apply, has_received, is_paid, is_reached
from sim.rng import (
    BUDGET_QUEUE,
    COHORT_CHOICE,
    COURSE_LOTTERY,
    COURSE_ROUND,
    FIRM_AWARE,
    LEARN,
    OWN_HOME,
    sub_key,
    uniforms,
)
from sim.types import EDUCATION, EMPLOYED, FAMILY, FIELD, MOST_PLACES, OUT, SEARCHING, STUDYING, SUBSIDISED
from sim.world.spec import FIRST_COHORT_YEAR, LAST_COHORT_YEAR

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import Exam, Internship, Purchase, SchoolPlaces, Transfer

COSTS: Final = "costs and awards in the ledger are those of the policies"
COURSES: Final = "costs of seats, courses and examinations in the ledger are those of seats opened and people admitted"
INTERNS: Final = "internship costs in the ledger are those of the graduates"
HIRES: Final = "hiring subsidies in the ledger are those of the people hired"
HOMES: Final = "rent forgone and purchases in the ledger are those of tenants and buyers"
SCHOOLS: Final = "school places in the ledger are those of the families that got one"
TRAINED: Final = "grants for training in the ledger are those of the people trained"
FOUNDED: Final = "grants for founding in the ledger are those of the firms founded"
ELSEWHERE: Final = "no other phase books money"
RULES: Final = (COSTS, COURSES, INTERNS, HIRES, HOMES, SCHOOLS, TRAINED, FOUNDED, ELSEWHERE)

KEPT: Final = ("city", "state", "firm", "wage", "housing", "certificate", "received", "resident_q", "knowledge")
"""Columns that are kept from before a phase."""
DEAREST_SHARE: Final = 0.95
"""Subsidised share of a price beyond which no more people buy."""
EVERYBODY: Final = slice(None)
UNSEEN: Final = 1 << 60
"""Tolerance of a count that the state does not show."""


class Count:
    """What one phase should have booked."""

    def __init__(self, model: TalentMarket, spent: NDArray[np.int64]) -> None:
        self.fen, self.tolerance = np.zeros((2, len(spent)), np.int64)
        """(policy,) hundredths of CNY, and how far the ledger may differ from them."""
        self._spent, self._model = spent, model

    def add(self, policy: int, fen: int, tolerance: int = 0) -> None:
        """Add money that one policy has paid."""
        self.fen[policy] += fen
        self.tolerance[policy] += tolerance

    def add_heads(self, policy: int, budget_cny: float, number: int, each: int) -> int:
        """Add `each` for as many of `number` as the rest of a budget pays; returns how many."""
        if np.isfinite(budget_cny) and each > 0:
            left = find_budget_fen(budget_cny) - self._spent[policy] - self.fen[policy]
            number = min(number, max(0, int(float(left) // each)))
        self.add(policy, number * each)
        return number

    def add_shares(self, policy: int, by_place_fen: NDArray[np.floating[Any]]) -> None:
        """Add a cost that is rounded in each place."""
        self.add(policy, int(np.rint(by_place_fen).sum()), len(by_place_fen))

    def stop_at_budgets(self) -> None:
        """Let no policy have booked more than is left of its budget; short sums are rounded down."""
        for number, policy in enumerate(self._model.scenario.policies):
            if np.isfinite(policy.budget_cny):
                left = max(0, int(find_budget_fen(policy.budget_cny)) - int(self._spent[number]))
                if self.fen[number] > left:
                    self.fen[number], self.tolerance[number] = left, 4 * self._model.world.n_places


class Audit:
    """Follows the ledger of one run from phase to phase."""

    def __init__(self) -> None:
        self.broken: dict[str, bool] = {}

    def start_quarter(self, model: TalentMarket) -> None:
        """Forget the last quarter; nothing is booked yet."""
        self.broken = dict.fromkeys(RULES, False)
        self._look(model)

    def check_phase(self, model: TalentMarket, phase: str) -> None:
        """Compare what `phase`, which has just run, booked with the second count."""
        if phase == "observe" or not model.scenario.policies:  # the ledger of the quarter has been closed
            return
        rule, add = COUNTERS.get(phase, (ELSEWHERE, None))
        booked = model.ledger.fen.sum(axis=1) - self._booked
        count = Count(model, self._spent)
        if add is not None:
            add(self, model, count)
        if phase == "policies_act":  # monthly transfers have a count of their own
            paid_monthly = [entry.policy for entry in model.levers.transfers if entry.once_months == 0]
            booked[paid_monthly] = count.fen[paid_monthly]
        self.broken[rule] |= bool(np.any(np.abs(booked - count.fen) > count.tolerance))
        self._look(model)

    def _look(self, model: TalentMarket) -> None:
        """Keep what the next phase may change."""
        if not model.scenario.policies:
            return
        self._booked = model.ledger.fen.sum(axis=1)
        self._spent = model.ledger.spent_fen.copy()
        self._rent_whole = model.places.records["rent_whole"].copy()
        self._firms = model.firms.number.copy()
        people = model.columns.people
        self._before = people._replace(**{name: getattr(people, name).copy() for name in KEPT})

    def _recall(self, people: Any) -> Any:
        """`people` with what they had received before the phase, for entries to be added one by one."""
        received = np.zeros(len(people.uid), np.uint32)
        received[: len(self._before.received)] = self._before.received
        return people._replace(received=received)

    def count_costs(self, model: TalentMarket, count: Count) -> None:
        """Fixed costs, costs by head and grants of the policies as they are written, and awards."""
        policies, spent = model.scenario.policies, self._spent / 100.0
        ended = {k for k, policy in enumerate(policies) if policy.ends_with_budget and spent[k] >= policy.budget_cny}
        levers, people = build_levers(policies, model.quarter_number, model.world, ended), model.columns.people
        for cost in levers.fixed_costs:
            count.add(cost.policy, round(cost.cny * 100))
        everybody = np.arange(len(model.columns), dtype=np.int64)
        for entry in levers.head_costs:
            city = people.city[is_reached(model, entry.eligible, everybody)]
            heads = np.bincount(city, minlength=model.world.n_places) * (entry.share * model.scale)
            count.add_shares(entry.policy, heads * entry.cny_per_person * 100.0)
        staff = np.bincount(people.firm[people.firm >= 0], minlength=len(model.firms)) * model.scale
        _add_grants(model, count, GRANT_FIRM, self._firms)
        _add_grants(model, count, GRANT_STAFF, staff)
        count.stop_at_budgets()
        before = self._recall(people)
        for transfer in sorted(model.levers.transfers, key=lambda entry: entry.once_months > 0):
            if transfer.once_months > 0:
                self._count_award(model, count, transfer, before)
            _mark(before, people, transfer.policy)

    def _count_award(self, model: TalentMarket, count: Count, entry: Transfer, before: Any) -> None:
        """The amount of everybody who is due an award; of those served where not all can be."""
        people = model.columns.people
        rows = np.flatnonzero(
            (people.state != OUT) & (people.state != STUDYING) & ~has_received(before.received, entry.policy)
        )
        since = np.maximum(np.maximum(people.cohort_q[rows], people.resident_q[rows]), entry.start_quarter)
        due = is_reached(model, entry.eligible, rows, before) & does_apply(model, entry.policy, entry.take_up, rows)
        due &= model.quarter_number - since < entry.term_quarters
        if np.isfinite(entry.budget_cny) or np.isfinite(entry.quota):
            due &= has_received(people.received, entry.policy)[rows]
        each = np.rint(entry.amount_cny_m * entry.once_months * 100.0).astype(np.int64)
        fen = each[people.education[rows[due]]] * model.scale
        count.add(entry.policy, int(fen.sum()), len(fen) * model.scale)

    def count_courses(self, model: TalentMarket, count: Count) -> None:
        """The cost of each seat added, of each person whose course began in this quarter, and of each examined."""
        people = model.columns.people
        if model.quarter.of_year == ENROLMENT_QUARTER:
            _add_seats(model, count)
        before = self._recall(people)._replace(certificate=self._before.certificate.copy())
        for course in model.levers.courses:
            began = people.course_end_q == model.quarter_number + course.quarters - 1
            admitted = began & (people.course == course.policy) & (people.city == course.place)
            each = round(course.cost_cny_per_person * 100) * model.scale
            count.add(course.policy, int(np.count_nonzero(admitted)) * each)
            before.received[admitted] |= np.uint32(1 << course.policy)
        for exam in model.levers.exams:
            self._count_exam(model, count, exam, before)

    def _count_exam(self, model: TalentMarket, count: Count, exam: Exam, before: Any) -> None:
        """The fee of as many applicants as there are seats; who passes is not examined again in the quarter."""
        active = (before.state == SEARCHING) | (before.state == EMPLOYED)
        rows = np.flatnonzero(active & (before.city == exam.place) & (before.certificate == 0))
        rows = rows[is_reached(model, exam.eligible, rows, before) & does_apply(model, exam.policy, exam.take_up, rows)]
        seats = 0.25 * exam.seats_per_year / model.scale
        identity = np.array([exam.policy * MOST_PLACES + exam.place], np.uint64)
        seats = np.floor(seats + 1.0 - uniforms(model.key(COURSE_ROUND), identity)[0])
        chosen = _first_by_lot(before, sub_key(model.key(COURSE_LOTTERY), exam.policy), rows, int(seats))
        each = round(exam.cost_cny_per_person * 100) * model.scale
        number = count.add_heads(exam.policy, exam.budget_cny, len(chosen), each)
        if number < len(chosen):
            chosen = _first_by_lot(before, model.key(BUDGET_QUEUE), chosen, number)
        draws = uniforms(sub_key(sub_key(model.key(LEARN), 2), exam.policy), before.uid[chosen])
        before.certificate[chosen[draws < exam.pass_share]] = 1
        before.received[chosen] |= np.uint32(1 << exam.policy)

    def count_interns(self, model: TalentMarket, count: Count) -> None:
        """The cost of the share of the new graduates that a policy is for; till they choose they count as searching."""
        people = model.columns.people
        before = self._recall(people)
        before = before._replace(state=np.full_like(people.state, SEARCHING))
        for entry in model.levers.internships:
            self._count_interns_of(model, count, entry, before)

    def _count_interns_of(self, model: TalentMarket, count: Count, entry: Internship, before: Any) -> None:
        rows = np.flatnonzero((before.cohort_q == model.quarter_number) & (before.study == entry.place))
        named = (entry.institution_mask >> before.institution[rows].astype(np.int64)) & 1 == 1
        drawn = uniforms(sub_key(model.key(COHORT_CHOICE), 1 + entry.policy), before.uid[rows]) < entry.share
        due = int(np.count_nonzero(named & drawn & is_reached(model, entry.eligible, rows, before)))
        each = round(entry.cost_cny_per_person * 100) * model.scale
        count.add_heads(entry.policy, entry.budget_cny, due, each)
        _mark(before, model.columns.people, entry.policy, rows)

    def count_hires(self, model: TalentMarket, count: Count) -> None:
        """The amount times the people hired who are eligible and whose employer knows, as far as the budget goes."""
        people, firms = model.columns.people, model.firms
        before = self._recall(people)
        hired = model.searchers[model.matched >= 0].astype(np.int64)
        for entry in model.levers.hiring:
            knows = uniforms(sub_key(model.lasting_key(FIRM_AWARE), entry.policy), firms.identity[people.firm[hired]])
            work = firms.place[people.firm[hired]]
            reached = is_reached(model, entry.eligible, hired, before, work) & (knows < entry.firm_aware_share)
            each = round(entry.cny_per_hire * 100) * model.scale
            count.add_heads(entry.policy, entry.budget_cny, int(np.count_nonzero(reached)), each)
            _mark(before, people, entry.policy)

    def count_homes(self, model: TalentMarket, count: Count) -> None:
        """Market rent before it responds, less rent paid, of everybody in a subsidised unit; and money for buyers."""
        people = model.columns.people
        rows = np.flatnonzero(people.housing == SUBSIDISED)
        forgone = np.maximum(0.0, self._rent_whole[people.city[rows]] - people.rent[rows].astype(np.float64))
        for policy in np.unique(people.scheme[rows]):
            own = people.scheme[rows] == policy
            fen = int(np.rint(forgone[own] * 100.0).sum())
            doubt = np.ceil(1.0 + 50.0 * np.spacing(people.rent[rows[own]]).astype(np.float64))
            count.add(int(policy), fen * 3 * model.scale, int(doubt.sum()) * 3 * model.scale)
        before = self._recall(people)
        for scheme in model.levers.schemes:
            _mark(before, people, scheme.policy)
        # a home is not given up in this phase, and who got a unit before homes were bought still has it
        renting = (self._before.housing != FAMILY) & (people.housing != SUBSIDISED)
        for entry in model.levers.purchases:
            self._count_purchases(model, count, entry, before, renting)
            _mark(before, people, entry.policy)

    def _count_purchases(self, model: TalentMarket, count: Count, entry: Purchase, before: Any, renting: Flags) -> None:
        """What those get who are due it and buy; `renting` (row,) has less those who do."""
        people, rule = model.columns.people, model.params.housing
        old = model.quarter_number - people.cohort_q >= 4 * rule.own_home_years
        rows = np.flatnonzero(renting & old & (people.state == EMPLOYED) & ~has_received(before.received, entry.policy))
        price = rule.price_months * self._rent_whole[people.city[rows]]
        paid = np.minimum(entry.amount_cny[people.education[rows]] + entry.price_share * price, entry.cap_cny)
        left = 1.0 - np.minimum(DEAREST_SHARE, paid / price)
        hazard = rule.own_home_hazard / left**rule.purchase_elasticity
        due = is_reached(model, entry.eligible, rows, before) & does_apply(model, entry.policy, entry.take_up, rows)
        due &= uniforms(model.key(OWN_HOME), people.uid[rows]) < hazard
        if np.isfinite(entry.budget_cny) or np.isfinite(entry.quota):
            due &= has_received(people.received, entry.policy)[rows]
        renting[rows[due]] = False
        fen = np.rint(paid[due] * 100.0).astype(np.int64) * model.scale
        count.add(entry.policy, int(fen.sum()), len(fen) * model.scale)

    def count_schools(self, model: TalentMarket, count: Count) -> None:
        """The cost of a place for each family that got one, as people lived before the phase."""
        before = self._recall(self._before)
        for entry in model.levers.schools:
            self._count_school(model, count, entry, before)

    def _count_school(self, model: TalentMarket, count: Count, entry: SchoolPlaces, before: Any) -> None:
        if (entry.policy, entry.place) not in model.school_use:
            return
        area_of = model.world.area_of
        outside = (before.city == entry.place) & (before.hukou != entry.place)
        outside &= area_of[before.home] != area_of[entry.place]
        active = (before.state == EMPLOYED) | (before.state == SEARCHING)
        old = model.quarter_number - before.cohort_q >= 4 * model.params.mobility.family_from_years
        rows = np.flatnonzero(outside & active & old & ~has_received(before.received, entry.policy))
        due = is_reached(model, entry.eligible, rows, before) & does_apply(model, entry.policy, entry.take_up, rows)
        served = due & has_received(model.columns.people.received, entry.policy)[rows]
        most = int(np.count_nonzero(due if np.isinf(entry.budget_cny) else served))
        places = model.school_use[entry.policy, entry.place][0]
        count.add(entry.policy, min(most, places) * round(entry.cost_cny_per_place * 100) * model.scale)
        _mark(before, model.columns.people, entry.policy, rows)

    def count_trained(self, model: TalentMarket, count: Count) -> None:
        """Grants for each member of staff whose knowledge has grown: nothing else in the phase adds to it."""
        people, rule = model.columns.people, model.params.skills
        grown = (people.knowledge > self._before.knowledge) & (people.state == EMPLOYED)
        trained = np.bincount(people.firm[grown], minlength=len(model.firms)) * model.scale
        _add_grants(model, count, GRANT_TRAINED, trained)
        count.stop_at_budgets()
        if rule.training_gain * rule.training_knowledge == 0:
            count.tolerance[[grant.policy for grant in model.levers.firm_grants]] = UNSEEN

    def count_founded(self, model: TalentMarket, count: Count) -> None:
        """Grants for each real firm that is there beside those that were and have not closed."""
        _add_grants(model, count, GRANT_ENTRANT, model.firms.number - (self._firms - model.firms.exited))
        count.stop_at_budgets()


def _add_grants(model: TalentMarket, count: Count, base: int, counts: NDArray[np.int64]) -> None:
    """Add the grants with this `base`; `counts` (firm,) real firms, or persons."""
    for grant in model.levers.firm_grants:
        if grant.base == base:
            number = np.where(is_paid(model, grant), grant.share * counts, 0.0)
            by_place = np.bincount(model.firms.place, weights=number, minlength=model.world.n_places)
            count.add_shares(grant.policy, by_place * grant.cny * 100.0)


def _add_seats(model: TalentMarket, count: Count) -> None:
    """Add the cost of the seats that a policy adds to those that there are before it and that none after it cuts."""
    world = model.world
    ends = np.minimum(model.quarter.year + np.array(course_years(model.params.institutions)), LAST_COHORT_YEAR)
    graduates = world.graduates[:, ends - FIRST_COHORT_YEAR] * world.level_share
    seats = model.seats * graduates[:, :, None] * world.field_share
    added: dict[int, NDArray[np.float64]] = {}
    each: dict[int, float] = {}
    for number, policy in enumerate(model.scenario.policies):
        if not isinstance(policy, EnrolmentChange) or not policy.is_active(model.quarter_number):
            continue
        places = find_places(policy.city, world)
        levels, fields = find_positions(policy.levels, EDUCATION), find_positions(policy.fields, FIELD)
        factor = np.ones_like(seats)
        factor[np.ix_(np.array(places), levels, fields)] = policy.factor
        added = {earlier: more * np.minimum(1.0, factor) for earlier, more in added.items()}
        added[number], each[number] = seats * np.maximum(0.0, factor - 1.0), 100.0 * policy.cost_cny_per_seat
        seats = seats * factor
    for number, more in added.items():
        count.add_shares(number, more.sum(axis=(1, 2)) * each[number])


def _mark(before: Any, people: Any, policy: int, rows: Rows | slice = EVERYBODY) -> None:
    """Let `before` have received what `people` of `rows` have received of one policy."""
    before.received[rows] |= people.received[rows] & np.uint32(1 << policy)


def _first_by_lot(people: Any, key: np.uint64, rows: Rows, number: int) -> Rows:
    """The first `number` of `rows` in an order drawn by lot, ties by id."""
    uid = people.uid[rows]
    return rows[np.lexsort((uid, uniforms(key, uid)))[:number]]


COUNTERS: Final[dict[str, tuple[str, Callable[[Audit, TalentMarket, Count], None]]]] = {
    "policies_act": (COSTS, Audit.count_costs),
    "institutions_teach": (COURSES, Audit.count_courses),
    "cohort_graduates": (INTERNS, Audit.count_interns),
    "people_move": (HIRES, Audit.count_hires),
    "housing_clears": (HOMES, Audit.count_homes),
    "people_stay_or_leave": (SCHOOLS, Audit.count_schools),
    "people_learn": (TRAINED, Audit.count_trained),
    "firms_adjust": (FOUNDED, Audit.count_founded),
}
"""Phase -> what it may book and how that is counted again."""
