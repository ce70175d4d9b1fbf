"""Budgets and numbers of places are never exceeded, counted from the ledger alone, whatever their size and rule."""

import functools
import math

import numpy as np
import pytest
from atwork import FROM, POLICIES, TO
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from toys import COMPILED, run_toy, toy_scenario

from sim.policies import POLICY_KINDS
from sim.policies.base import RationedPolicy
from sim.policies.levers import WHEN_SPENT

QUARTERS = 8
SCALE = 4000
FEW = settings(max_examples=3 if COMPILED else 1, suppress_health_check=[HealthCheck.too_slow])
USUAL_SEEDS = range(1, 9)
"""In a run so small some kinds reach nobody under some seeds: nobody may want a school place. The first that does."""
QUARTER, YEAR = 1, 4
PLACES = {
    "living_subsidy": ("quota", QUARTER, 1),
    "rent_subsidy": ("quota", QUARTER, 1),
    "tax_refund": ("quota", QUARTER, 1),
    "award": ("quota", YEAR, 1),
    "purchase_subsidy": ("quota", YEAR, 1),
    "school_places": ("places_per_year", YEAR, 2),
    "talent_housing": ("units", QUARTER, 2),
    "settling_support": ("units", QUARTER, 2),
    "integrated_training": ("seats_per_year", YEAR, 2),
    "certification": ("seats_per_year", YEAR, 2),
}
"""Kind -> field that limits persons, quarters for which it holds, and for how many cities it stands in `all`."""
WITH_BUDGET = [kind for kind, spec in POLICY_KINDS.items() if "budget_cny" not in spec.unused]


@functools.cache
def policy_without_limits(kind):
    """The policy at work everywhere in the toy, known to all who apply, without budget or quota."""
    spec = POLICY_KINDS[kind]
    policy = {**POLICIES[kind], "kind": kind, "from": FROM, "to": TO, "city": "all"}
    heard = {"awareness": 1, "take_up": 1}
    policy |= {name: value for name, value in heard.items() if name not in spec.unused}
    if kind == "certification":
        policy["pass_share"] = 0.1  # so that people can come again
    return {name: value for name, value in policy.items() if name not in {"budget_cny", "quota", "when_spent"}}


def look(policy, seed):
    """(quarter,) CNY spent and (quarter, place) persons reached."""
    model = run_toy(toy_scenario(policies=[policy], scale=SCALE, quarters=QUARTERS), seed=seed, check=True)
    cny = np.array([fen.sum() / 100 for _, _, fen in model.ledger.closed])
    return cny, np.array([persons[0] for _, persons, _ in model.ledger.closed])


@functools.cache
def look_without_limits(kind):
    """What the policy does without limits, under the first usual seed with which it reaches somebody, if any does."""
    for seed in USUAL_SEEDS:
        cny, persons = look(policy_without_limits(kind), seed)
        if has_reached(kind, cny, persons):
            break
    return cny, persons


def has_reached(kind, cny, persons):
    """Whether limits of money and places, as far as the kind has them, have something to limit."""
    return (kind not in WITH_BUDGET or cny.sum() > 0) and (kind not in PLACES or persons.any())


def ration(kind, when_spent):
    return {"when_spent": when_spent} if issubclass(POLICY_KINDS[kind], RationedPolicy) else {}


def test_every_kind_with_places_or_a_ration_has_its_row():
    limits = {"quota", "places_per_year", "seats_per_year", "units"}
    named = {kind for kind, spec in POLICY_KINDS.items() if limits & (spec.model_fields.keys() - set(spec.unused))}
    assert PLACES.keys() == named - {"hukou_quota"}  # the ledger shows no hukou; test_hukou counts its grants


@pytest.mark.parametrize("kind", WITH_BUDGET)
@FEW
@given(part=st.floats(0.01, 1.1), rule=st.sampled_from(WHEN_SPENT), seed=st.integers(1, 99))
@example(part=0.5776736658280971, rule="lottery", seed=1)  # a budget of firm_attraction whose last hundredth was lost
def test_no_budget_is_exceeded(kind, part, rule, seed):
    budget = round(part * look_without_limits(kind)[0].sum(), 2)
    assert budget > 0
    spent = look({**policy_without_limits(kind), "budget_cny": budget, **ration(kind, rule)}, seed)[0]
    assert spent.sum() <= budget + 0.001


@pytest.mark.parametrize("kind", PLACES)
@FEW
@given(part=st.floats(0.01, 1.1), rule=st.sampled_from(WHEN_SPENT), seed=st.integers(1, 99))
def test_no_more_persons_are_reached_than_there_are_places(kind, part, rule, seed):
    field, quarters, cities = PLACES[kind]
    usual = look_without_limits(kind)[1].reshape(-1, quarters, 2).sum(axis=1)
    assert usual.any()
    limit = part * (usual.max() if cities == 2 else usual.sum(axis=1).max())
    policy = {**policy_without_limits(kind), field: limit, **ration(kind, rule)}
    reached = look(policy, seed)[1].reshape(-1, quarters, 2).sum(axis=1)
    most = math.ceil(limit / SCALE) * SCALE  # what does not fill an agent is rounded by a draw
    if field == "seats_per_year":
        most = 4 * math.ceil(limit / 4 / SCALE) * SCALE  # the seats of each quarter
    assert np.all((reached if cities == 2 else reached.sum(axis=1)) <= most)
