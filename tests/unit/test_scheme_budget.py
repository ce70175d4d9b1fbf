"""Subsidised units under a budget: what is promised can be paid."""

import functools

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.types import SUBSIDISED

UNITS = {
    "kind": "talent_housing", "city": "all", "from": "2019Q2", "to": "2020Q4", "units": 60_000, "rent_share": 0.5,
    "term_years": 2, "awareness": 1, "take_up": 1,
}  # fmt: skip


@functools.cache
def follow(budget_cny, *, before_step=None, quarters=16):
    """Per quarter: money spent so far, CNY, and tenants of the scheme, agents."""
    spent, tenants = [], []

    def look(model):
        spent.append(model.ledger.spent_fen[0] / 100.0)
        tenants.append(int(np.count_nonzero(model.columns.people.housing == SUBSIDISED)))
        if before_step is not None:
            before_step(model)

    policy = UNITS | ({"budget_cny": budget_cny} if budget_cny is not None else {})
    run_toy(toy_scenario(policies=[policy], scale=500, quarters=quarters), check=True, on_step=look)
    return np.array(spent), np.array(tenants)


def test_the_budget_is_used_and_never_exceeded():
    unlimited, _ = follow(None)
    budget = 0.3 * unlimited[-1]
    spent, tenants = follow(budget)
    assert np.all(spent <= budget)
    assert spent[-1] > 0.8 * budget
    assert tenants.max() > 0


def test_a_lease_let_is_a_lease_kept_while_rents_stand():
    """Units are let only as far as money reaches over their term, so that nobody loses one early."""
    unlimited, _ = follow(None)
    _, tenants = follow(0.3 * unlimited[-1])
    falls = np.flatnonzero(np.diff(tenants) < -0.2 * tenants.max())
    begun = np.flatnonzero(tenants)[0]
    assert falls.min() + 1 - begun >= 8  # two years


def test_when_rents_rise_the_youngest_leases_end():
    unlimited, _ = follow(None)

    def raise_rents(model):
        model.places.records["rent_whole"] *= 1.3
        for city in model.cities:
            city.rent_whole_start_cny_m *= 1.3

    budget = 0.2 * unlimited[-1]
    spent, tenants = follow(budget, before_step=raise_rents)
    assert np.all(spent <= budget)
    assert spent[-1] > 0.7 * budget
    assert tenants[3] > 0


def test_a_budget_of_nothing_lets_nothing():
    spent, tenants = follow(1.0)
    assert spent[-1] == 0
    assert tenants.max() == 0


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_more_money_houses_more(share):
    unlimited, everybody = follow(None)
    _, some = follow(share * unlimited[-1])
    _, more = follow(1.5 * share * unlimited[-1])
    assert some.sum() < more.sum() <= everybody.sum()
