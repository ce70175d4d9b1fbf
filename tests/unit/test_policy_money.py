"""What policies cost beside the ten people of test_ten_people: shortage by place, and jobs that a budget pays for."""

import numpy as np
import pytest
from toys import POLICY, run_toy, toy_scenario

from sim.model import TalentMarket
from sim.phases.grants import book_within
from sim.policies import build_levers


def test_money_that_is_short_goes_to_all_places_alike():
    policy = {"kind": "talent_pool", "city": "all", "from": "2020Q1", "coverage": 1, "budget_cny": 90}
    model = TalentMarket(toy_scenario(policies=[policy], scale=20_000), seed=1)
    book_within(model, 0, 90.0, np.array([10, 20]), np.array([6000, 12000]))
    assert model.ledger.fen[0].tolist() == [3000, 6000]
    assert model.ledger.persons[0].tolist() == [5, 10]
    book_within(model, 0, 90.0, np.array([10, 20]), np.array([6000, 12000]))
    assert model.ledger.fen[0].tolist() == [3000, 6000]
    model.close()


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


def test_a_budget_that_does_not_divide_by_the_places_is_spent_to_the_last_fen_of_each():
    """Jobs for 0.015 CNY in two places cost 0.01 CNY each when rounded: more than there is."""
    policy = {
        "kind": "firm_attraction", "city": "all", "from": "2019Q1", "jobs": 1e6, "ramp_quarters": 1,
        "cny_per_job": 1000, "budget_cny": 80_000_000.015,
    }  # fmt: skip
    model = run_toy(toy_scenario(policies=[policy], quarters=2), check=True)
    assert [round(fen.sum() / 100, 2) for _, _, fen in model.ledger.closed] == [80_000_000.01, 0]
