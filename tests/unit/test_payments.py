"""Who is paid what over a run: budgets and quotas that run short, payments that are made once."""

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.phases.policies_act import ration
from sim.policies.levers import WHEN_SPENT

AWARD = {
    "kind": "award", "city": "alpha", "from": "2019Q2", "amount_cny": 50000, "awareness": 1, "take_up": 1,
    "eligible": {"education": ["phd"]},
}  # fmt: skip
LIVING = {
    "kind": "living_subsidy", "city": "alpha", "from": "2019Q2", "amount_cny_m": 1000, "term_years": 9, "awareness": 1,
    "take_up": 1,
}  # fmt: skip


def paid_by_quarter(policies, quarters=8, **overrides):
    """(quarter,) agents paid and CNY paid under the first policy, and the model."""
    model = run_toy(toy_scenario(*overrides.get("set", ()), policies=policies, quarters=quarters), check=True)
    persons = [int(persons[0].sum()) // model.scale for _, persons, _ in model.ledger.closed]
    return persons, [fen[0].sum() / 100 for _, _, fen in model.ledger.closed], model


def test_an_award_is_paid_once_to_a_person_and_never_again():
    persons, cny, model = paid_by_quarter([AWARD])
    people = model.columns.people
    assert sum(persons) == np.count_nonzero(people.received)
    assert persons[1] > 0
    assert persons[0] == 0
    assert cny == [count * model.scale * 50000 for count in persons]
    assert not people.transfer.any()


def test_an_award_has_a_quota_for_each_year():
    everybody = {**AWARD, "eligible": {}}
    persons, _, model = paid_by_quarter([{**everybody, "quota": 7 * 1000}], quarters=12)
    by_year = [sum(persons[first : first + 4]) for first in (0, 4, 8)]
    assert by_year == [7, 7, 7]
    assert np.count_nonzero(model.columns.people.received) == 21


def test_a_quota_of_a_monthly_payment_holds_at_one_time_and_keeps_who_is_in():
    paid = []
    scenario = toy_scenario(policies=[{**LIVING, "quota": 9 * 1000}], quarters=6)
    model = run_toy(
        scenario,
        check=True,
        on_step=lambda m: paid.append(frozenset(m.columns.people.uid[m.columns.people.received > 0].tolist())),
    )
    assert [int(persons.sum()) // 1000 for _, persons, _ in model.ledger.closed] == [0, 9, 9, 9, 9, 9]
    assert paid[1] <= paid[2] <= paid[5]
    assert len(paid[5]) < 2 * 9  # a place is free again only where somebody has left


@pytest.mark.parametrize("rule", WHEN_SPENT)
def test_a_budget_is_never_exceeded(rule):
    budget = 40_000_000
    _, cny, model = paid_by_quarter([{**LIVING, "budget_cny": budget, "when_spent": rule}], quarters=6)
    assert sum(cny) <= budget
    assert (0 in model.stopped_policies) == (rule == "stop")
    if rule == "stop":
        assert not any(cny)  # already the claims of the first quarter are beyond it
    else:
        assert sum(cny) > budget - 3000 * model.scale


def test_who_is_paid_when_a_budget_is_short():
    ages = [60, 40, 70, 50]
    met = {}
    for rule in WHEN_SPENT:
        model = run_toy(toy_scenario(policies=[{**LIVING, "budget_cny": 1.0}], quarters=1))
        people = model.columns.people
        people.cohort_q[:4], people.resident_q[:4], people.education[:4] = 0, ages, [0, 0, 3, 1]
        rows, fen = ration(
            model, 0, 6.0, np.arange(4), np.full(4, 300), rule=WHEN_SPENT.index(rule)
        )  # fmt: skip
        met[rule] = set(rows.tolist())
        assert fen.sum() == 300 * len(rows)
    assert met["queue"] == {1, 3}  # the longest resident
    assert met["points"] == {2, 3}  # 11.5 points a level, 3 a year: 22 + 34.5 and 37 + 11.5 against 30 + 0 and 45 + 0
    assert met["stop"] == set()
    assert len(met["lottery"]) == 2


def test_what_was_received_opens_or_closes_other_policies():
    first = {**AWARD, "label": "prize", "to": "2019Q2", "eligible": {"education": ["master", "phd"]}}
    after = {**LIVING, "from": "2019Q3"}
    got = {}
    for key in ("received", "not_received"):
        model = run_toy(toy_scenario(policies=[first, {**after, "eligible": {key: ["prize"]}}], quarters=4))
        people = model.columns.people
        got[key] = [np.count_nonzero(people.received == bits) for bits in (1, 2, 3)]
    assert got["received"][1] == 0
    assert got["received"][2] > 0
    assert got["not_received"][1] > 0
    assert got["not_received"][2] == 0
