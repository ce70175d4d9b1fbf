"""What a run starts from: quits that firms expect, and graduates of the quarters that are not reported."""

import dataclasses
import math

import numpy as np
import pytest
from toys import toy_scenario

from sim.kernels.separation import LEAST_RELATIVE_PAY
from sim.model import TalentMarket
from sim.population import cohort_quarter
from sim.types import EMPLOYED, STUDYING

NO_SPIN_UP = "params.cohorts.spin_up_quarters=0"
EVERYBODY_STUDIES = "params.cohorts.study_base=3"


def remember(model, firm):
    """Mean over the staff of a firm of the hazard of each, averaged over its time in the job in small steps."""
    people, rule = model.columns.people, model.params.separation
    hazards = []
    for i in np.flatnonzero((people.state == EMPLOYED) & (people.firm == firm)):
        relative = max(
            LEAST_RELATIVE_PAY, people.wage[i] / model.places.market_wage[people.city[i], people.education[i]]
        )
        link = math.exp(-rule.quit_pay_link * model.firms.pay_link[firm])
        first = rule.quit_base * link * relative**-rule.quit_wage
        years = (np.arange(1000) + 0.5) / 1000 * people.tenure_q[i] / 4
        hazards.append(first * np.exp(-rule.quit_tenure * years).mean())
    return np.mean(hazards)


@pytest.mark.parametrize("fall", [0.0, 0.8])
def test_firms_begin_with_the_quits_of_their_staff(fall):
    model = TalentMarket(toy_scenario(NO_SPIN_UP, f"params.separation.quit_tenure={fall}", scale=2000), seed=1)
    firms = np.argsort(-model.firms.headcount)[:5]
    assert model.firms.headcount[firms].min() > 0
    expected = [remember(model, firm) for firm in firms]
    assert model.firms.quit_rate[firms] == pytest.approx(expected, rel=1e-5)


def test_firms_without_staff_expect_the_mean():
    model = TalentMarket(toy_scenario(NO_SPIN_UP, scale=20_000), seed=1)
    heads, rate = model.firms.headcount, model.firms.quit_rate
    assert (heads == 0).any()
    assert rate[heads == 0] == pytest.approx(np.average(rate, weights=heads))


def test_expected_quits_are_those_that_come():
    """Over two years, in sum. Who is hired meanwhile leaves sooner, so that about a fifth more come than are expected.

    About 440 quits: the ratio is 0.8 with a spread of 0.05 at most, and the seed is fixed.
    """
    model = TalentMarket(toy_scenario(scale=500), seed=1)
    expected, seen = 0.0, 0
    for _ in range(8):
        expected += (model.firms.quit_rate * model.firms.headcount).sum()
        model.step()
        seen += model.firms.quits.sum()
    assert 0.7 < expected / seen < 1.1


def test_nobody_goes_on_studying_before_2019():
    model = TalentMarket(toy_scenario(EVERYBODY_STUDIES, scale=4000, quarters=8), seed=2)
    people = model.columns.people
    assert (people.cohort_q >= model.first_quarter_number - model.params.cohorts.spin_up_quarters).any()
    assert not (people.state == STUDYING).any()
    for _ in range(8):
        model.step()
    people = model.columns.people
    assert (people.cohort_q[people.state == STUDYING] >= cohort_quarter(model.scenario.start.year)).all()
    assert (people.state == STUDYING).any()


def test_a_run_that_starts_later_has_those_who_studied_on():
    model = TalentMarket(toy_scenario(EVERYBODY_STUDIES, "from=2021Q1", scale=4000, quarters=4), seed=2)
    people = model.columns.people
    assert (people.cohort_q[people.state == STUDYING] < model.first_quarter_number).any()


@pytest.mark.parametrize(
    ("quarter", "expected"), [(72, 640 - 50), (74, 640 - 25), (76, 640), (78, 640 + 41), (80, 640 + 82)]
)
def test_jobs_are_counted_back_by_those_before_the_start(quarter, expected):
    scenario = toy_scenario(NO_SPIN_UP, scale=1000)
    world = dataclasses.replace(
        scenario.world,
        new_jobs_before=np.array([50_000.0, 82_000.0]),
        industry_growth=0 * scenario.world.industry_growth,
    )
    model = TalentMarket(dataclasses.replace(scenario, world=world), seed=1)
    jobs = model.demand.market_jobs(quarter, model.levers)
    assert jobs[model.firms.place == 0].sum() == pytest.approx(expected)
