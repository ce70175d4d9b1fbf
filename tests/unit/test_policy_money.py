"""What policies cost, by hand for ten people: the part `ten` of the case files."""

from pathlib import Path

import numpy as np
import pytest
from toys import POLICY, toy_scenario

from sim import types
from sim.columns import ColumnSet
from sim.model import TalentMarket
from sim.phases.courses import examine
from sim.phases.grants import book_grants, book_within, count_trained
from sim.phases.internships import do_internships
from sim.phases.policies_act import _book_costs, find_ended
from sim.policies import POLICY_KINDS, build_levers
from sim.policies.costs import GRANT_ENTRANT, GRANT_TRAINED
from sim.sourced import read_yaml
from sim.types import EDUCATION, EMPLOYED, FIELD, FIRM_SIZE, INSTITUTION, NO_FIRM, OWNERSHIP, STATE, Quarter

CASES = Path(__file__).parent.parent / "cases"
CODES = {"education": EDUCATION, "field": FIELD, "institution": INSTITUTION, "state": STATE}


def read_case(kind):
    return read_yaml(CASES / f"{kind}.yaml", []).to_plain()


WITH_TEN = [kind for kind in POLICY_KINDS if "ten" in read_case(kind)]


@pytest.fixture
def make_model():
    made = []

    def make(policy, quarter="2020Q1"):
        made.append(TalentMarket(toy_scenario(policies=[policy], scale=2000), seed=1))
        model = made[-1]
        model.scale, model.quarter_number = 1, Quarter.parse(quarter).number
        return model

    yield make
    for model in made:
        model.close()


def settle(model, given):
    """Let ten people, and nobody else, live in the model; firms without staff stand for no real firm."""
    columns = ColumnSet(10)
    columns.append(10)
    people, firms = columns.people, model.firms
    people.uid[:] = np.arange(1, 11)
    people.cohort_q[:] = 76
    people.state[:], people.firm[:], people.course[:] = types.SEARCHING, NO_FIRM, types.NO_COURSE
    for name, values in given.items():
        codes = model.world.places if name in {"city", "study", "home"} else CODES.get(name)
        if name == "works":
            continue
        getattr(people, name)[:] = [codes.index(value) for value in values] if codes else values
    for row, employer in enumerate(given.get("works", ())):
        if employer != "none":
            place, size, owner = employer.split()
            kind = (model.world.places.index(place), FIRM_SIZE.index(size), OWNERSHIP.index(owner))
            found = (firms.place == kind[0]) & (firms.size == kind[1]) & (firms.ownership == kind[2])
            people.firm[row], people.state[row] = np.flatnonzero(found)[0], EMPLOYED
    model.columns = columns
    firms.headcount = np.bincount(people.firm[people.firm >= 0], minlength=len(firms)).astype(np.int64)
    firms.number = (firms.headcount > 0).astype(np.int64)


def act(model):
    """All phases in which a quarter's money of these kinds is booked."""
    model.levers = build_levers(model.scenario.policies, model.quarter_number, model.world, find_ended(model))
    model.refresh_firms_table()
    _book_costs(model)
    do_internships(model, slice(0, len(model.columns)))
    examine(model)
    book_grants(model, GRANT_TRAINED, count_trained(model))


@pytest.mark.parametrize("kind", WITH_TEN)
def test_ten_people_cost_what_they_cost_by_hand(kind, make_model):
    case = read_case(kind)
    ten = case["ten"]
    model = make_model({**case["policy"], **ten["change"]}, ten.get("quarter", "2020Q1"))
    settle(model, ten["people"])
    before = model.columns.people.certificate.copy()
    act(model)
    assert int(model.ledger.fen.sum()) == round(100 * ten["cny"])
    assert int(model.ledger.persons.sum()) == ten["persons"]
    if "reached" in ten:
        people = model.columns.people
        done = people.experience_q > 0 if kind == "internship" else people.certificate > before
        assert done.tolist() == [bool(reached) for reached in ten["reached"]]


@pytest.mark.parametrize("kind", [kind for kind in WITH_TEN if read_case(kind)["ten"]["cny"] > 1000])
def test_a_budget_is_met_and_not_exceeded(kind, make_model):
    case = read_case(kind)
    ten = case["ten"]
    half = ten["cny"] / 2
    model = make_model({**case["policy"], **ten["change"], "budget_cny": half}, ten.get("quarter", "2020Q1"))
    settle(model, ten["people"])
    act(model)
    assert model.ledger.remaining_cny(0, half) == 0
    assert find_ended(model) == {0}
    assert not build_levers(model.scenario.policies, model.quarter_number, model.world, {0}).firm_grants


def test_money_that_is_short_goes_to_all_places_alike(make_model):
    model = make_model({"kind": "talent_pool", "city": "all", "from": "2020Q1", "coverage": 1, "budget_cny": 90})
    book_within(model, 0, 90.0, np.array([10, 20]), np.array([6000, 12000]))
    assert model.ledger.fen[0].tolist() == [3000, 6000]
    assert model.ledger.persons[0].tolist() == [5, 10]
    book_within(model, 0, 90.0, np.array([10, 20]), np.array([6000, 12000]))
    assert model.ledger.fen[0].tolist() == [3000, 6000]


def test_founders_are_paid_for_each_firm_founded(make_model):
    model = make_model({"kind": "startup_space", "city": "beta", "from": "2020Q1", "entry_factor": 2, "coverage": 0.5})
    model.levers = build_levers(model.scenario.policies, model.quarter_number, model.world)
    founded = np.zeros(len(model.firms), np.int64)
    small = np.flatnonzero((model.firms.size == 0) & (model.firms.place == 1))
    founded[small[:2]] = [3, 1]
    founded[np.flatnonzero((model.firms.size == 0) & (model.firms.place == 0))[0]] = 7
    founded[np.flatnonzero((model.firms.size == 2) & (model.firms.place == 1))[0]] = 9
    book_grants(model, GRANT_ENTRANT, founded)
    assert model.ledger.fen[0].tolist() == [0, 4 * 100_000 * 100 // 2]


def test_no_more_jobs_come_than_the_budget_pays_for():
    policy = POLICY.validate_python(
        {
            "kind": "firm_attraction", "city": "all", "from": "2020Q1", "jobs": 1000, "ramp_quarters": 2,
            "cny_per_job": 1000, "budget_cny": 1_500_000,
        }
    )  # fmt: skip
    assert [policy.jobs_by(quarter, 2) for quarter in (79, 80, 81, 90)] == [0, 500, 750, 750]
    world = toy_scenario().world
    spent = sum(cost.cny for q in range(80, 90) for cost in build_levers([policy], q, world).fixed_costs)
    assert spent == pytest.approx(1_500_000)
    assert build_levers([policy], 90, world).jobs_add.sum() == pytest.approx(1500)
