"""Known limit 5: cities that are alike fare alike, and a subsidy in one of them moves people, not their number."""

import numpy as np
import pytest
from scipy import stats
from toys import COMPILED, run_toy, toy_scenario

from sim.types import EMPLOYED, STUDYING

SEEDS = range(1, 13)
SCALE = 1000 if COMPILED else 3000
"""Without compilation the error rate is the same; the effect of the subsidy is large enough to be seen all the same."""
MANY_JOBS = 1.5
"""Factor on the new jobs of the toy world: where all jobs are taken, people who move find no other."""
ERROR_RATE = 1e-3
"""Chance that fresh seeds would fail a test here although the cities are alike."""
SUBSIDY = {
    "kind": "living_subsidy", "city": "alpha", "from": "2019Q1", "amount_cny_m": 3000, "term_years": 5, "awareness": 1,
    "take_up": 1,
}  # fmt: skip


def count(model):
    people = model.columns.people
    settled, working = people.state != STUDYING, people.state == EMPLOYED
    here = people.city == 0
    return {
        "living": [np.count_nonzero(settled & here), np.count_nonzero(settled & ~here)],
        "working": [np.count_nonzero(working & here), np.count_nonzero(working & ~here)],
        "pay": [people.wage[working & here].mean(), people.wage[working & ~here].mean()],
        "rent": model.places.records["rent_shared"].tolist(),
        "all": [len(people.uid), int(people.uid.astype(object).sum())],
    }


@pytest.fixture(scope="module")
def outcomes():
    world = {"new_jobs": MANY_JOBS * toy_scenario().world.new_jobs}
    return {
        name: [count(run_toy(toy_scenario(policies=policies, scale=SCALE, world=world), seed=seed)) for seed in SEEDS]
        for name, policies in (("baseline", []), ("subsidy", [SUBSIDY]))
    }


@pytest.mark.parametrize("what", ["living", "working", "pay", "rent"])
def test_cities_that_are_alike_fare_alike(outcomes, what):
    gaps = [one - other for one, other in (outcome[what] for outcome in outcomes["baseline"])]
    assert stats.ttest_1samp(gaps, 0).pvalue > ERROR_RATE
    sizes = [sum(outcome[what]) for outcome in outcomes["baseline"]]
    assert abs(np.mean(gaps)) < 0.1 * np.mean(sizes)


@pytest.mark.parametrize("what", ["living", "working"])
def test_a_subsidy_draws_people_to_its_city_from_the_other(outcomes, what):
    pairs = zip(outcomes["baseline"], outcomes["subsidy"], strict=True)
    gained = [after[what][0] - before[what][0] for before, after in pairs]
    assert stats.ttest_1samp(gained, 0, alternative="greater").pvalue < ERROR_RATE
    pairs = zip(outcomes["baseline"], outcomes["subsidy"], strict=True)
    lost = [before[what][1] - after[what][1] for before, after in pairs]
    assert stats.ttest_1samp(lost, 0, alternative="greater").pvalue < ERROR_RATE


def test_a_subsidy_changes_neither_number_nor_names_of_all(outcomes):
    for before, after in zip(outcomes["baseline"], outcomes["subsidy"], strict=True):
        assert before["all"] == after["all"]
