"""Seats that a policy adds cost money when they open, once, and only those that are there."""

import numpy as np
import pytest
from toys import run_toy, toy_scenario

import sim.phases.institutions_teach
from sim.audit import COURSES
from sim.errors import InvariantError
from sim.types import Quarter

MORE = {
    "kind": "enrolment_change", "city": "alpha", "from": "2019Q1", "factor": 1.1, "levels": ["bachelor"],
    "fields": ["ai_computing"], "cost_cny_per_seat": 40_000,
}  # fmt: skip
A_YEAR = 492 * 40_000
"""Alpha has 100,000 x 0.41 x 0.12 = 4,920 seats for AI bachelors a year; a tenth of them are added."""


def pay(*policies, overrides=(), quarters=8):
    """{quarter: CNY by policy} of a run whose ledger is counted a second time; quarters without money are left out."""
    model = run_toy(toy_scenario(*overrides, policies=policies, quarters=quarters, scale=4000), check=True)
    paid = {str(Quarter(number)): fen.sum(axis=1) / 100 for number, _, fen in model.ledger.closed}
    return model, {quarter: cny.tolist() for quarter, cny in paid.items() if cny.any()}


@pytest.mark.parametrize(
    ("dates", "quarters"),
    [
        ({"from": "2019Q1"}, ["2019Q3", "2020Q3"]),
        ({"from": "2019Q3", "to": "2019Q3"}, ["2019Q3"]),  # a whole intake, though in force for a quarter only
        ({"from": "2019Q4", "to": "2020Q2"}, []),  # three quarters in force, and no seat
        ({"from": "2019Q4", "to": "2020Q3"}, ["2020Q3"]),
    ],
)
def test_seats_are_paid_for_when_they_open(dates, quarters):
    model, paid = pay({**MORE, **dates})
    assert paid == {quarter: [A_YEAR] for quarter in quarters}
    opened = {f"{year}Q3" for year, seats in model.seats_by_year.items() if seats[0, 1, 0] > 1}
    assert opened == set(quarters)


def test_who_adds_to_more_seats_adds_more_and_seats_cut_cost_nothing():
    half_more = {**MORE, "factor": 1.5}
    _, paid = pay(half_more, {**half_more, "cost_cny_per_seat": 10_000}, quarters=4)
    assert paid == {"2019Q3": [0.5 * 4920 * 40_000, 0.75 * 4920 * 10_000]}
    cut = {**MORE, "factor": 0.5, "levels": None}
    for policies, shares in ((half_more, cut), (0.25, 0)), ((cut, half_more), (0, 0.25)):
        _, paid = pay(*policies, quarters=4)
        assert paid == {"2019Q3": [share * 4920 * 40_000 for share in shares]}
    assert pay(half_more, {**cut, "factor": 0})[1] == {}
    assert pay(half_more, {**cut, "city": "beta"}, quarters=4)[1] == {"2019Q3": [0.5 * 4920 * 40_000, 0]}


def test_money_is_the_seats_of_the_table_times_their_cost():
    answer = [f"params.institutions.{name}={value}" for name, value in
              (("respond_from", 2019), ("seat_elasticity", 2), ("vacancy_elasticity", 2))]  # fmt: skip
    model, paid = pay({**MORE, "factor": 2}, overrides=answer, quarters=12)
    table = model.tables()["institutions"]
    here = table[(table["city"] == "alpha") & (table["level"] == "bachelor") & (table["field"] == "ai_computing")]
    seats = here.groupby("quarter", observed=True)["seats"].sum()
    assert len({cny[0] for cny in paid.values()}) == 3  # seats answer the market, so each year has its own
    for quarter, (cny,) in paid.items():
        assert cny == pytest.approx(seats[quarter] / 2 * 40_000, rel=1e-3)  # the table rounds by type of institution
    # seats of a quarter are those of the last enrolment
    assert seats["2020Q2"] == seats["2019Q3"] != seats["2020Q3"]


def test_seats_paid_are_those_that_graduate():
    """A cohort that grows by a tenth a year: who enrols is as many as graduate at the end of the course."""
    growing = toy_scenario().world.graduates * 1.1 ** np.arange(toy_scenario().world.graduates.shape[1])
    scenario = toy_scenario("to=2023Q4", policies=[MORE], quarters=20, scale=400, world={"graduates": growing})
    model = run_toy(scenario, check=True)
    (paid,) = (
        fen.sum() / 100 / 40_000 for number, _, fen in model.ledger.closed if Quarter(number) == Quarter.parse("2019Q3")
    )
    table = model.tables()["institutions"]
    here = table[(table["city"] == "alpha") & (table["level"] == "bachelor") & (table["field"] == "ai_computing")]
    seats = here.groupby("quarter", observed=True)["seats"].sum()
    assert seats["2019Q3"] == seats["2020Q2"]  # of the last enrolment, also after the turn of the year
    without = 4920 * 1.1 ** (2023 - 2011)
    assert seats["2019Q3"] == pytest.approx(1.1 * without, rel=1e-3)
    assert paid == pytest.approx(0.1 * without)
    cohorts = model.tables()["cohorts"]
    graduated = cohorts[(cohorts["study_city"] == "alpha") & (cohorts["education"] == "bachelor")]
    graduated = graduated.groupby("cohort_year", observed=True)["graduated"].sum()
    assert graduated[2023] / graduated[2022] == pytest.approx(1.1 * (1 + 0.1 * 0.12), rel=0.01)  # a tenth of 12 percent


def test_the_second_count_finds_seats_paid_twice(monkeypatch):
    book = sim.phases.institutions_teach._book_seats

    def twice(model):
        book(model)
        book(model)

    monkeypatch.setattr(sim.phases.institutions_teach, "_book_seats", twice)
    with pytest.raises(InvariantError, match=COURSES):
        pay(MORE, quarters=4)


def test_no_cost_a_seat_books_nothing():
    model, paid = pay({**MORE, "cost_cny_per_seat": 0}, quarters=4)
    assert paid == {}
    assert np.isclose(model.seats_by_year[2019][0, 1, 0], 1.1)
