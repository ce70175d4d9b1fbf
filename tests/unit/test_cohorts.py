import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_people, make_rule

from sim.kernels.cohorts import choose_after_graduation, end_preparation
from sim.rng import COHORT_CHOICE, PREPARE_EXIT, make_key, uniforms
from sim.types import EMPLOYED, PREPARING, SEARCHING, STUDYING

KEY = make_key(1, COHORT_CHOICE, 77)
NEVER = -900.0
"""A utility at which nobody chooses."""


def choose(people, *, premium=0.0, unemployment=0.0, **rule):
    choose_after_graduation(
        0,
        len(people.uid),
        people,
        np.zeros((2, 4)) + premium,
        np.zeros(2) + unemployment,
        make_rule("cohorts", **rule),
        KEY,
    )
    return np.bincount(people.state, minlength=3)[:3].tolist()


def test_shares_are_the_logit_of_three_alternatives():
    people = make_people(2000, education=1)
    choose(people, study_base=-1, preparing_base=-2)
    going_on, preparing = math.exp(-1), math.exp(-2)
    u = uniforms(KEY, people.uid) * (1 + going_on + preparing)
    expected = np.where(u < going_on, STUDYING, np.where(u < going_on + preparing, PREPARING, SEARCHING))
    assert people.state.tolist() == expected.tolist()


@pytest.mark.parametrize(("level", "share"), [(0, math.exp(1)), (1, 1), (2, math.exp(-1)), (3, 0)])
def test_levels_differ_and_a_doctor_goes_no_further(level, share):
    people = make_people(500, education=level)
    choose(people, preparing_base=NEVER, study_vocational=1, study_postgraduate=-1)
    assert np.array_equal(people.state == STUDYING, uniforms(KEY, people.uid) * (1 + share) < share)


def test_without_alternatives_everybody_searches():
    assert choose(make_people(50), study_base=NEVER, preparing_base=NEVER) == [0, 0, 50]


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_premium_sends_no_fewer_to_further_study(one, other):
    low, high = sorted((one, other))
    counts = [choose(make_people(60, education=1), premium=value, study_premium=1.5)[0] for value in (low, high)]
    assert counts[0] <= counts[1]


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_unemployment_leaves_no_more_searching(one, other):
    low, high = sorted((one, other))
    rule = {"study_base": -1, "preparing_base": -2, "preparing_slack": 3}
    counts = [choose(make_people(60, education=1), unemployment=value, **rule)[2] for value in (low, high)]
    assert counts[1] <= counts[0]


def test_premium_and_unemployment_are_those_of_the_place_of_study():
    people = make_people(2, study=[0, 1], education=1)
    premium, unemployment = np.zeros((2, 4)), np.zeros(2)
    premium[1, 1] = 900
    rule = make_rule("cohorts", study_base=-100, study_premium=0.5, preparing_base=NEVER)
    choose_after_graduation(0, 2, people, premium, unemployment, rule, KEY)
    assert people.state.tolist() == [SEARCHING, STUDYING]


def test_preparation_ends_by_its_hazard():
    key = make_key(1, PREPARE_EXIT, 77)
    people = make_people(400, state=np.where(np.arange(400) % 2, PREPARING, EMPLOYED), search_q=5)
    end_preparation(0, 400, people, 0.3, key)
    ended = (np.arange(400) % 2 == 1) & (uniforms(key, people.uid) < 0.3)
    assert np.array_equal(people.state == SEARCHING, ended)
    assert np.all(people.search_q == np.where(ended, 0, 5))
    assert np.all(people.state[::2] == EMPLOYED)
