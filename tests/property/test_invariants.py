"""What must hold at the end of every quarter holds in all runs, and a run that breaks it is stopped."""

import dataclasses

import numpy as np
import pytest
from atwork import MONEY, POLICIES, policies_of
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import run_toy, toy_scenario

import sim.phases.market_matches
from sim.errors import InvariantError
from sim.invariants import check_invariants
from sim.kernels.eligibility import mark_eligible
from sim.model import TalentMarket
from sim.phases.policies_act import make_condition
from sim.policies import POLICY_KINDS, EligibilitySpec
from sim.recount import is_reached
from sim.types import EMPLOYED, SEARCHING, SUBSIDISED, UNHOUSED, Quarter


def test_every_kind_of_policy_is_tried():
    assert POLICIES.keys() == POLICY_KINDS.keys()


@pytest.mark.parametrize("kind", [None, *POLICIES])
@pytest.mark.parametrize(("seed", "scale"), [(1, 1000), pytest.param(2, 400, marks=pytest.mark.slow)])
def test_nothing_is_broken_under_any_policy(kind, seed, scale):
    policies = policies_of(kind) if kind else []
    model = run_toy(toy_scenario(policies=policies, scale=scale, quarters=12), seed=seed, check=True)
    assert model.quarter_number == Quarter.parse("2022Q1").number
    assert kind in MONEY or not model.ledger.spent_fen.any()


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(500, 20_000), st.sets(st.sampled_from(sorted(POLICIES))))
def test_nothing_is_broken_under_any_mix_of_policies(seed, scale, kinds):
    run_toy(toy_scenario(policies=policies_of(*sorted(kinds)), scale=scale, quarters=12), seed=seed, check=True)


def a_person(model, *conditions):
    """Row of the first person for whom all conditions hold."""
    return int(np.flatnonzero(np.logical_and.reduce(conditions))[0])


def lose_a_person(model, people):
    people.cohort_q[0] += 4


def repeat_an_id(model, people):
    people.uid[1] = people.uid[0]


def employ_without_employer(model, people):
    people.state[a_person(model, people.state == SEARCHING)] = EMPLOYED


def search_with_employer(model, people):
    people.state[a_person(model, people.state == EMPLOYED)] = SEARCHING


def forget_staff(model, people):
    model.firms.headcount[0] += 1


def commute_between_cities(model, people):
    row = a_person(model, people.state == EMPLOYED)
    people.city[row] = 1 - people.city[row]


def work_for_a_closed_firm(model, people):
    firm = people.firm[a_person(model, people.state == EMPLOYED)]
    model.firms.number[firm] = model.firms.exited[firm] = 0


def close_twice(model, people):
    model.firms.closing[0] = 1.5


def hire_too_many(model, people):
    model.firms.hires[0] = model.firms.openings[0] + 1


def fill_a_line_twice(model, people):
    model.line_hires[0] = model.positions.lines["capacity"][0] + 1


def post_without_firm(model, people):
    model.positions.lines["capacity"][0] += 1


def grant_beyond_quota(model, people):
    model.hukou_granted[0] = model.hukou_quota[0] + 1


def overfill_units(model, people):
    key = next(iter(model.scheme_use))
    model.scheme_use[key] = (5, 6, 0)


def subsidise_without_scheme(model, people):
    people.housing[a_person(model, people.scheme < 0)] = SUBSIDISED


def hold_a_lease_outside(model, people):
    people.scheme[a_person(model, people.housing == UNHOUSED)] = 0


def work_for_nothing(model, people):
    people.wage[a_person(model, people.state == EMPLOYED)] = 0


def let_for_nothing(model, people):
    model.places.records["rent_shared"][0] = 0


def admit_too_many(model, people):
    model.course_use[0, 0] = (5, 6)


def teach_too_many(model, people):
    model.school_use[0, 0] = (5, 6)


def pay_beyond_a_quota(model, people):
    model.quota_use[0] = (2019, 6, 5)


def overstay_a_course(model, people):
    people.course[0], people.course_end_q[0] = 0, model.quarter_number


def pay_tenants(model, people):
    people.rent[0] = -1


def pay_without_booking(model, people):
    model.transfers_received_fen += 1


def overspend(model, people):
    policy = model.scenario.policies[0].model_copy(update={"budget_cny": 10.0})
    model.scenario = dataclasses.replace(model.scenario, policies=(policy,))
    model.ledger.spent_fen[0] = 1001


def book_a_fen_more(model, people):
    model.ledger.fen[0, 0] += 1
    model.audit.check_phase(model, "firms_post")


def be_too_sure(model, people):
    model.places.hukou_chance[0, 0] = 1.01


BREAKS = {
    lose_a_person: "persons are conserved by cohort",
    repeat_an_id: "ids are unique",
    employ_without_employer: "employed people, and only they, have an employer",
    search_with_employer: "employed people, and only they, have an employer",
    forget_staff: "headcount of a firm is the number of its people",
    commute_between_cities: "people live where they can reach their work",
    work_for_a_closed_firm: "closed firms have no staff",
    close_twice: "firms close once at most",
    hire_too_many: "hires do not exceed openings",
    fill_a_line_twice: "hires do not exceed openings",
    post_without_firm: "every opening has a firm",
    grant_beyond_quota: "hukou grants do not exceed quotas",
    overfill_units: "subsidised dwellings do not exceed units",
    subsidise_without_scheme: "subsidised people hold a lease of a scheme",
    hold_a_lease_outside: "subsidised people hold a lease of a scheme",
    work_for_nothing: "wages of the employed and rents of places are positive",
    let_for_nothing: "wages of the employed and rents of places are positive",
    pay_tenants: "rents paid are not negative",
    pay_without_booking: "the ledger is the sum of transfers",
    overspend: "budgets are not exceeded",
    admit_too_many: "no more people are admitted to courses than there are seats",
    teach_too_many: "no more people get school places than there are",
    pay_beyond_a_quota: "quotas of policies are not exceeded",
    overstay_a_course: "a course that runs has its end before it",
    book_a_fen_more: "no other phase books money",
    be_too_sure: "chances are shares",
}


@pytest.fixture
def model():
    model = TalentMarket(toy_scenario(policies=policies_of("talent_housing"), quarters=4), seed=1, check=True)
    model.step()
    model.step()
    yield model
    model.close()


@pytest.mark.parametrize("mistake", BREAKS, ids=lambda mistake: mistake.__name__)
def test_a_broken_rule_is_named(model, mistake):
    check_invariants(model)
    mistake(model, model.columns.people)
    with pytest.raises(InvariantError, match=BREAKS[mistake]):
        check_invariants(model)


def test_all_broken_rules_are_named_together(model):
    be_too_sure(model, model.columns.people)
    pay_tenants(model, model.columns.people)
    with pytest.raises(InvariantError, match="2019Q3: broken: rents paid are not negative; chances are shares"):
        check_invariants(model)


def test_a_run_with_a_mistake_stops_in_the_quarter_of_the_mistake(model):
    model.columns.people.uid[1] = model.columns.people.uid[0]
    with pytest.raises(InvariantError, match="2019Q3"):
        model.step()


def test_an_unstable_matching_stops_the_run(model, monkeypatch):
    def turn_everybody_down(applications, scores, uids, capacity):
        return np.full(len(uids), -1, np.int32)

    monkeypatch.setattr(sim.phases.market_matches, "match_deferred", turn_everybody_down)
    with pytest.raises(InvariantError, match="blocking pairs"):
        model.step()


@pytest.mark.parametrize(("kind", "rule"), MONEY.items())
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_money_booked_wrongly_stops_the_run(kind, rule, factor):
    def cheat(model):
        book = model.ledger.book
        model.ledger.book = lambda policy, persons, fen: book(policy, persons, np.rint(fen * factor).astype(np.int64))

    scenario = toy_scenario(policies=policies_of(kind), quarters=8)
    with pytest.raises(InvariantError, match=rule):
        run_toy(scenario, check=True, on_start=cheat)


def test_the_second_count_reaches_the_same_people_as_the_kernels():
    eligible = {
        "education": ["bachelor", "master"], "field": ["engineering", "other"], "hukou": "without", "home": "elsewhere",
        "studied_in": "beta", "firm_size": ["100-500"], "industry": ["electronics", "other", "consulting"],
        "years_since_graduation": {"min": 1, "max": 4}, "wage_cny_m": {"min": 4000, "max": 30000},
    }  # fmt: skip
    model = run_toy(toy_scenario(quarters=6))
    people = model.columns.people
    rows = np.flatnonzero(people.state == EMPLOYED)
    for conditions in ({}, *({name: value} for name, value in eligible.items()), {"hukou": "with", "home": "here"}):
        entry = EligibilitySpec(**conditions).to_record(model.world, [0])
        by_kernel = mark_eligible(
            rows,
            people,
            model.firms_table,
            model.places.records,
            make_condition(entry),
            0,
            model.quarter_number,
            np.uint64(1),
            -1.0,
        )
        assert np.array_equal(is_reached(model, entry, rows), by_kernel)
        assert by_kernel.any(), conditions
        assert not by_kernel.all()


def test_without_check_nothing_is_checked(model):
    model.check = False
    model.columns.people.uid[1] = model.columns.people.uid[0]
    model.step()
