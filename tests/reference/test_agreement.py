"""The column engine and the plain Mesa reference agree person by person, quarter by quarter, phase by phase.

Nothing here is left to chance: the draws are keyed, so a run of a seed is one run. That a last digit (see agreement.py)
tips a decision has a probability of about 1e-10 a decision; with a million decisions in these runs it would happen once
in ten thousand kinds of processor.
"""

import pytest
from toys import toy_scenario

from sim.model import TalentMarket
from sim.policies import POLICY_KINDS
from sim.scenario import load_scenario
from sim.types import EMPLOYED, SEARCHING, SHARED
from tests.reference.agreement import compare, run_side_by_side
from tests.reference.market import ReferenceMarket

QUARTERS = 8
"""2019 and 2020: two cohorts and two rounds of each hukou channel."""
CHINA_SCALE = 30_000
TOY_SCALE = 700
"""Both give about 2,000 persons at the start and 2,500 at the end."""
NO_SPIN_UP = "params.cohorts.spin_up_quarters=0"

FAMILIES = {
    "subsidy": [
        {"kind": "living_subsidy", "city": "alpha", "from": "2019Q2", "amount_cny_m": {"bachelor": 900, "master": 1500},
         "budget_cny": 300_000_000, "awareness": 0.5, "eligible": {"years_since_graduation": {"max": 4}}},
        {"kind": "rent_subsidy", "city": "east", "from": "2019Q1", "to": "2020Q2", "rent_share": 0.5, "cap_cny_m": 800,
         "term_years": 1, "eligible": {"home": "elsewhere", "hukou": "without", "wage_cny_m": {"max": 15_000}}},
    ],
    "housing": [
        {"kind": "talent_housing", "city": "all", "from": "2019Q1", "to": "2020Q2", "units": 90_000,
         "units_per_quarter": 30_000, "rent_cap": 900, "term_years": 0.5, "queue": "points"},
        {"kind": "talent_housing", "city": "alpha", "from": "2019Q3", "units": 20_000, "queue": "lottery",
         "budget_cny": 40_000_000},
        {"kind": "settling_support", "city": "beta", "from": "2019Q2", "units": 25_000, "queue": "first_come",
         "eligible": {"studied_in": "beta", "field": ["engineering", "other"]}},
    ],
    "hukou": [
        {"kind": "hukou_quota", "city": "alpha", "from": "2019Q1", "places_per_year": 40_000, "channel": "employer",
         "eligible": {"industry": ["electronics", "manufacturing", "other"], "firm_size": ["<100", "100-500"]}},
        {"kind": "hukou_quota", "city": "all", "from": "2019Q1", "places_per_year": 30_000, "channel": "points"},
    ],
    "demand": [
        {"kind": "hiring_subsidy", "city": "alpha", "from": "2019Q2", "cny_per_hire": 30_000, "budget_cny": 2e9,
         "eligible": {"years_since_graduation": {"max": 5}, "industry": ["computer_internet", "other"]}},
        {"kind": "ai_demand_shock", "city": "beta", "from": "2019Q2", "to": "2020Q3", "ai_factor": 4,
         "labour_factor": 0.7, "ramp_quarters": 3},
    ],
    "training": [
        {"kind": "enrolment_change", "city": "alpha", "from": "2019Q1", "factor": 1.5, "levels": ["bachelor", "master"],
         "cost_cny_per_seat": 40_000},
        {"kind": "curriculum_reform", "city": "all", "from": "2019Q2", "lag_factor": 0.5, "practice_add": 0.2,
         "cost_cny_per_year": 1_000_000},
        {"kind": "association_platform", "city": "beta", "from": "2019Q1", "coverage": 0.8},
    ],
}  # fmt: skip

SHORT_COURSES = [f"params.institutions.course_years_{level}=1" for level in ("below", "bachelor", "master", "phd")] + [
    "params.institutions.respond_from=2019"
]
"""Seats answer the market and turn into graduates within the eight quarters."""


def test_every_kind_of_policy_is_compared():
    assert {policy["kind"] for policies in FAMILIES.values() for policy in policies} == POLICY_KINDS.keys()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_person_agrees(seed):
    scenario = load_scenario("baseline", [NO_SPIN_UP], scale=CHINA_SCALE, quarters=QUARTERS)
    _, engine = run_side_by_side(scenario, seed, QUARTERS)
    assert len(engine.columns) > 2000
    assert (engine.columns.people.state == EMPLOYED).any()
    assert (engine.columns.people.state == SEARCHING).any()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_person_agrees_under_policy(family):
    overrides = [NO_SPIN_UP, *(SHORT_COURSES if family == "training" else [])]
    scenario = toy_scenario(*overrides, policies=FAMILIES[family], scale=TOY_SCALE, quarters=QUARTERS)
    reference, engine = run_side_by_side(scenario, 4, QUARTERS)
    assert len(engine.columns) > 2000
    for number, policy in enumerate(scenario.policies):
        reached = any(persons[number, place] for _, persons, _ in reference.ledger.closed for place in range(2))
        paid = policy.kind not in ("hukou_quota", "ai_demand_shock", "association_platform")
        assert reached or not paid or reference.ledger.spent_fen[number], f"{policy.kind} reached nobody"


def test_spin_up_agrees():
    scenario = toy_scenario("params.cohorts.spin_up_quarters=3", scale=1500, quarters=2)
    run_side_by_side(scenario, 5, 2)


@pytest.fixture(scope="module")
def pair():
    scenario = toy_scenario(NO_SPIN_UP, scale=5000, quarters=1)
    return ReferenceMarket(scenario, 6), TalentMarket(scenario, seed=6)


@pytest.mark.parametrize(
    ("name", "value"), [("wage", 1.0), ("housing", SHARED), ("practice", 0.123), ("knows", {0}), ("search_q", 9)]
)
def test_a_difference_between_persons_is_named(pair, name, value):
    person = next(person for person in pair[0].people if person.state == EMPLOYED)
    before = getattr(person, name)
    setattr(person, name, value)
    column = "aware" if name == "knows" else name
    with pytest.raises(AssertionError, match=rf"2019Q1 after start: {column} of {person.uid}: .* \(1 of"):
        compare(*pair, "start")
    setattr(person, name, before)
    compare(*pair, "start")


@pytest.mark.parametrize(
    ("part", "name", "change"),
    [
        ("firms", "premium", 0.1),
        ("firms", "headcount", 1),
        ("cities", "rent_whole", 1.0),
        ("cities", "rent_index", 0.1),
    ],
)
def test_a_difference_between_firms_or_places_is_named(pair, part, name, change):
    agent = getattr(pair[0], part)[1]
    setattr(agent, name, getattr(agent, name) + change)
    with pytest.raises(AssertionError, match=name):
        compare(*pair, "start")
    setattr(agent, name, getattr(agent, name) - change)
    compare(*pair, "start")
