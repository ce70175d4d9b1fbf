"""Seats that respond to the market (cobweb), and the reports of associations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import run_toy, toy_scenario

from sim.agents.institutions import Association
from sim.params import InstitutionParams
from sim.phases.institutions_teach import next_seats
from sim.rng import SURVEY, make_key, normals
from sim.types import EDUCATION

LEVELS = len(EDUCATION)
LAG_YEARS = 4
SLOPE = 2.0


def move(seats=1.0, *, pay=(0, 0, 0, 0), tightness=(0, 0, 0, 0), **rule):
    """(education,) seats after a year, of one place and one field."""
    start = np.full((1, LEVELS, 1), float(seats))
    moved = next_seats(start, np.array(pay, float), np.array([tightness], float), InstitutionParams(**rule))
    return moved[0, :, 0]


def test_seats_follow_pay_and_vacancies_by_hand():
    moved = move(pay=[0.2, 0, 0, 0], seat_elasticity=0.4, vacancy_elasticity=0)
    assert moved == pytest.approx(np.exp(0.4 * np.array([0.15, -0.05, -0.05, -0.05])))
    moved = move(tightness=[0, 0, 0, 0.4], seat_elasticity=0.4, vacancy_elasticity=0.2)
    assert moved == pytest.approx(np.exp(0.2 * np.array([-0.1, -0.1, -0.1, 0.3])))


def test_a_year_changes_seats_by_the_capacity_at_most():
    moved = move(pay=[9, 0, 0, 0], seat_elasticity=3, capacity=0.1)
    assert moved == pytest.approx([1.1, 0.9, 0.9, 0.9])


@given(st.floats(0, 3), st.floats(0, 3), st.floats(0, 1), st.lists(st.floats(-2, 2), min_size=4, max_size=4))
def test_all_years_together_stay_within_the_limit(elasticity, limit, capacity, pay):
    rule = {"seat_elasticity": elasticity, "seats_limit": limit, "capacity": capacity}
    seats = np.ones((1, LEVELS, 1))
    for _ in range(30):
        seats = next_seats(seats, np.array(pay), np.zeros((1, LEVELS)), InstitutionParams(**rule))
    assert (seats <= (1 + limit) * (1 + 1e-12)).all()
    assert (seats >= 1 / (1 + limit) * (1 - 1e-12)).all()


def test_without_response_seats_stand_still():
    assert move(pay=[1, 0, 0, 0], tightness=[1, 0, 0, 0], seat_elasticity=0, vacancy_elasticity=0).tolist() == [1] * 4


def follow_cobweb(elasticity, years=80):
    """(year,) pay gap of the first level after a shock to demand for it, when graduates come LAG_YEARS after seats.

    Pay falls by SLOPE for each log unit of graduates of the level above the mean of levels.
    """
    rule = InstitutionParams(seat_elasticity=elasticity, vacancy_elasticity=0, capacity=0.5, seats_limit=10)
    history = [np.ones((1, LEVELS, 1))] * (LAG_YEARS + 1)
    gaps = []
    for _ in range(years):
        graduates = np.log(history[-1 - LAG_YEARS][0, :, 0])
        pay = np.array([0.3, 0, 0, 0]) - SLOPE * (graduates - graduates.mean())
        gaps.append(pay[0] - pay[1:].mean())
        history.append(next_seats(history[-1], pay, np.zeros((1, LEVELS)), rule))
    return np.array(gaps)


def count_turns(gaps):
    """Changes of sign of a gap that is no longer small."""
    signs = np.sign(gaps[np.abs(gaps) > 0.003])
    return np.count_nonzero(np.diff(signs))


def test_a_weak_response_settles_without_a_swing():
    gaps = follow_cobweb(0.03)
    assert count_turns(gaps) == 0
    assert (np.diff(gaps) <= 1e-12).all()
    assert abs(gaps[-1]) < 0.05 * gaps[0]


def test_a_response_of_medium_strength_swings_and_settles():
    gaps = follow_cobweb(0.12)
    assert count_turns(gaps) >= 2
    assert np.abs(gaps[-10:]).max() < 0.05 * gaps[0]


def test_a_strong_response_goes_on_swinging():
    gaps = follow_cobweb(0.6)
    assert count_turns(gaps) >= 6
    assert np.ptp(gaps[-20:]) > gaps[0]


def report(members, noise, log_tightness=(0.1, 0.2, -0.3, 0.0), *, place=1, quarter=80, reported=True):
    association = Association.__new__(Association)
    association.place, association.update_quarters, association.signal = place, 4, np.zeros(LEVELS)
    association.reported = reported
    association.survey(quarter, np.array(log_tightness), members, noise, make_key(1, SURVEY, quarter))
    return association.signal


def test_a_report_is_the_tightness_with_a_keyed_error():
    error = normals(make_key(1, SURVEY, 80), np.arange(4, 8, dtype=np.uint64))
    assert report(0.25, 0.1) == pytest.approx([0.1, 0.2, -0.3, 0.0] + 0.2 * error)
    assert report(0.25, 0.0).tolist() == [0.1, 0.2, -0.3, 0.0]
    assert not np.allclose(report(0.25, 0.1, place=0), report(0.25, 0.1, place=2))


def test_more_members_report_more_precisely():
    errors = [np.abs(report(members, 0.2, [0] * 4)).sum() for members in (0.1, 0.4, 1.0)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == pytest.approx(errors[2] / np.sqrt(0.1))


def test_there_is_no_report_without_members_or_out_of_turn():
    assert not report(0.0, 0.1).any()
    assert not report(0.5, 0.1, quarter=81).any()
    assert report(0.5, 0.1, quarter=81, reported=False).any()  # the first is made at once


def test_a_platform_makes_the_report_of_its_city_more_precise():
    platform = {"kind": "association_platform", "city": "alpha", "from": "2019Q1", "coverage": 0.9}
    errors = []
    for policies in ([], [platform]):
        seen = []

        def look(model, seen=seen):
            seen.append([association.signal.copy() for association in model.associations])

        def keep(model, seen=seen):
            seen.append(model.demand.log_tightness.copy())

        # the first report is on the tightness after the spin-up
        run_toy(toy_scenario(policies=policies, quarters=1), on_start=keep, on_step=look)
        errors.append(np.abs(np.array(seen[1]) - seen[0]))
    without, with_platform = errors
    assert (with_platform[0] < without[0]).all()
    assert np.array_equal(with_platform[1], without[1])


@pytest.mark.parametrize("elasticity", [0.0, 3.0])
def test_seats_of_a_run_stay_within_the_limit(elasticity):
    scenario = toy_scenario(
        "params.institutions.respond_from=2019", f"params.institutions.seat_elasticity={elasticity}",
        f"params.institutions.vacancy_elasticity={elasticity}", "params.institutions.seats_limit=0.15", quarters=16,
    )  # fmt: skip
    model = run_toy(scenario)
    years = np.array(list(model.seats_by_year.values()))
    assert years.max() <= 1.15 + 1e-9
    assert years.min() >= 1 / 1.15 - 1e-9
    assert (np.ptp(years) > 0.1) == (elasticity > 0)
