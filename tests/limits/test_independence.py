"""Known limit 7, second part: results do not depend on threads, on the order of rows, or on who else there is."""

import itertools

import numpy as np
import pytest
from toys import COMPILED, checksums, run_toy, snapshot, toy_scenario

import sim.phases.ranges
from sim.model import PHASES, Phase, TalentMarket
from sim.phases.firms_post import firms_post
from sim.population import add_cohort, cohort_cells
from sim.types import COURSE_DONE, EMPLOYED, OUT, SEARCHING, UNHOUSED

QUARTERS = 10
SCALE = 1000 if COMPILED else 4000
"""Equality needs no number of agents; they only must be enough for all that may depend on order to happen."""
POLICIES = [
    {"kind": "living_subsidy", "city": "alpha", "from": "2019Q2", "amount_cny_m": 900, "budget_cny": 500_000_000},
    {"kind": "talent_housing", "city": "all", "from": "2019Q2", "units": 30_000},
    {"kind": "hukou_quota", "city": "beta", "from": "2019Q2", "places_per_year": 9000},
    {"kind": "hiring_subsidy", "city": "beta", "from": "2019Q2", "cny_per_hire": 20_000, "budget_cny": 900_000_000},
    {"kind": "integrated_training", "city": "all", "from": "2019Q2", "seats_per_year": 40_000},
]
NEW_ID = np.uint64(2**60 + 12345)
"""Belongs to no cohort."""
ROOM = 5_000_000 // SCALE
"""Openings of a line for whoever may apply: more people than ever live in the toy world at this scale."""


def scenario(*overrides, policies=POLICIES, **changes):
    return toy_scenario(*overrides, policies=policies, quarters=QUARTERS, scale=SCALE, **changes)


@pytest.fixture(scope="module")
def plain():
    model = run_toy(scenario(), check=True)
    return checksums(model), snapshot(model), model.ledger.spent_fen


def assert_same(one, other):
    for name, values in one.items():
        assert np.array_equal(values, other[name]), name


def test_the_run_has_all_that_may_depend_on_order(plain):
    _, people, spent_fen = plain
    assert np.count_nonzero(people["scheme"] >= 0) > 10
    assert np.count_nonzero(people["course"] == COURSE_DONE) > 100_000 / SCALE
    assert np.all(spent_fen[[0, 1, 3]] > 400_000_000 * 100)  # of the two budgets nearly all: claims were drawn by lot


def test_a_run_repeats_itself(plain):
    assert checksums(run_toy(scenario())) == plain[0]


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_matter(monkeypatch, plain, threads):
    monkeypatch.setattr(sim.phases.ranges, "LEAST_ROWS", 1)
    assert len(sim.phases.ranges.split_rows(1000, threads)) == threads
    model = run_toy(scenario(), threads=threads)
    assert checksums(model) == plain[0]
    assert_same(plain[1], snapshot(model))


@pytest.mark.parametrize("often", [False, True], ids=["once", "every quarter"])
def test_the_order_of_rows_does_not_matter(plain, often):
    generator = np.random.default_rng(7)

    def shuffle(model):
        model.columns.reorder(generator.permutation(len(model.columns)))

    model = run_toy(scenario(), on_start=shuffle, on_step=shuffle if often else None)
    assert checksums(model) == plain[0]
    assert_same(plain[1], snapshot(model))


def add_person(model, **values):
    row = model.columns.append(1).start
    people = model.columns.people
    people.uid[row], people.cohort_q[row], people.housing[row] = NEW_ID, 73, UNHOUSED
    people.education[row], people.arrived_q[row], people.home[row] = 1, 73, 1
    for name in ("knowledge", "technical", "practice", "soft"):
        getattr(people, name)[row] = 1.0
    for name, value in values.items():
        getattr(people, name)[row] = value


def histories(scenario_, phases, *people_added):
    """State after each quarter of everybody but the person added, once without and once with that person."""

    def remember(model, states):
        state = snapshot(model)
        others = state["uid"] != NEW_ID
        states.append({name: values[others] for name, values in state.items()})

    runs = []
    for values in (None, *people_added):
        states = []
        model = run_toy(
            scenario_,
            phases=phases,
            on_start=lambda model, values=values: add_person(model, **values) if values else None,
            on_step=lambda model, states=states: remember(model, states),
        )
        runs.append((states, model))
    return runs


def test_a_person_who_is_out_changes_nobodys_history():
    (plain_states, _), (states, model) = histories(scenario(), PHASES, {"state": OUT})
    assert NEW_ID in model.columns.people.uid
    for one, other in zip(plain_states, states, strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("cell", [(0, 1, 0), (1, 3, 2), (0, 0, 3)])
def test_one_more_graduate_in_a_cell_leaves_all_ids_and_traits_as_they_were(cell):
    made = []
    for more in (0, 1):
        model = TalentMarket(scenario(), seed=1)
        cells = cohort_cells(model, 2019)
        cells[cell] += more
        rows = add_cohort(model, 2019, cells)
        people = model.columns.people
        made.append({name: getattr(people, name)[rows] for name in people._fields})
        model.close()
    before, after = made
    kept = np.isin(after["uid"], before["uid"])
    assert np.count_nonzero(~kept) == 1
    assert_same(before, {name: values[kept] for name, values in after.items()})
    new = {name: values[~kept][0] for name, values in after.items()}
    assert (new["study"], new["education"], new["field"]) == cell


def post_once_and_enough(model):
    """Openings for everybody in every line of the first quarter, for all quarters."""
    if model.quarter_number == model.first_quarter_number - model.params.cohorts.spin_up_quarters:
        firms_post(model)
        model.positions.lines["capacity"] = ROOM


CHOICE_ALONE = (
    "params.wages.tightness_elasticity=0",
    "params.wages.unfilled_step=0",
    "params.housing.rent_elasticity=0",
    "params.separation.quit_wage=0",
    "params.separation.layoff_speed=0",
    "params.search.replacement=0.05",
    "params.search.replacement_decay=1",
    "params.cohorts.study_premium=0",
    "params.cohorts.preparing_slack=0",
    "params.mobility.other_city=0",
    "params.mobility.go_home=1",
)
"""No person can be felt by another through pay, rents, news or slack."""


def test_with_room_for_all_and_no_feedback_one_more_graduate_changes_nobodys_history():
    quotas = {"points_quota": np.full(2, 1e9), "employer_quota": np.full(2, 1e9)}
    phases = tuple(
        Phase("firms_post", post_once_and_enough) if phase.name == "firms_post" else phase for phase in PHASES
    )
    (plain_states, _), (states, model) = histories(
        scenario(*CHOICE_ALONE, policies=[], world=quotas), phases, {"state": SEARCHING}
    )
    people = model.columns.people
    assert len(people.uid) < ROOM
    assert people.state[people.uid == NEW_ID] == EMPLOYED  # the newcomer did take part
    assert any(
        not np.array_equal(one["firm"], other["firm"])
        for one, other in itertools.pairwise(states)
        if len(one["firm"]) == len(other["firm"])
    )
    for one, other in zip(plain_states, states, strict=True):
        assert_same(one, other)
