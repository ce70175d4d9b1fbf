import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_firms, make_people, make_places, make_rule

from sim.kernels.separation import leave_job, quit_hazard, separate_jobs
from sim.rng import FIRM_CLOSURE, LAYOFF, QUIT, make_key, uniforms
from sim.types import EMPLOYED, NO_FIRM, OUT, PREPARING, SEARCHING

RULE = make_rule("separation", quit_base=0.05, quit_pay_link=1.2, quit_wage=1.5, quit_tenure=0.2)
QUIT_KEY, LAYOFF_KEY, CLOSURE_KEY = (make_key(1, decision, 76) for decision in (QUIT, LAYOFF, FIRM_CLOSURE))


def separate(people, firms, rule):
    counts = np.zeros((len(firms.identity), 3), np.int64)
    separate_jobs(0, len(people.uid), people, firms, make_places(), rule, QUIT_KEY, LAYOFF_KEY, CLOSURE_KEY, counts)
    return counts


def test_quit_hazard_by_hand():
    assert quit_hazard(10000.0, 10000.0, 0.0, 0, RULE) == pytest.approx(0.05)
    assert quit_hazard(20000.0, 10000.0, 0.5, 10, RULE) == pytest.approx(0.05 * math.exp(-0.6 - 0.5) * 2**-1.5)


def test_hazards_stay_probabilities():
    assert quit_hazard(0.0, 10000.0, 0.0, 0, RULE) == pytest.approx(0.05 * 0.2**-1.5)
    assert quit_hazard(0.0, 1e9, 0.0, 0, make_rule("separation", quit_base=0.5, quit_wage=5)) == 1
    assert quit_hazard(5000.0, 0.0, 0.0, 0, RULE) < 0.05


@given(st.floats(1000, 1e5), st.floats(0, 1), st.integers(0, 60))
def test_quits_fall_with_pay_link_and_tenure(wage, link, tenure):
    hazard = quit_hazard(wage, 10000.0, link, tenure, RULE)
    assert quit_hazard(1.1 * wage, 10000.0, link, tenure, RULE) <= hazard
    assert quit_hazard(wage, 10000.0, link + 0.1, tenure, RULE) <= hazard
    assert quit_hazard(wage, 10000.0, link, tenure + 1, RULE) <= hazard


@given(st.floats(0, 1e5), st.floats(0, 1), st.integers(0, 60))
def test_without_elasticities_the_hazard_is_constant(wage, link, tenure):
    assert quit_hazard(wage, 10000.0, link, tenure, make_rule("separation", quit_base=0.07)) == 0.07


def test_leaving_a_job_starts_a_search():
    people = make_people(1, state=EMPLOYED, firm=3, wage=9000, tenure_q=5, search_q=2, city=1)
    leave_job(people, 0)
    assert (people.state[0], people.firm[0], people.wage[0]) == (SEARCHING, NO_FIRM, 0)
    assert (people.tenure_q[0], people.search_q[0], people.city[0]) == (0, 0, 1)


def test_quits_and_layoffs_follow_their_draws_and_are_booked_with_the_firm():
    people = make_people(400, state=EMPLOYED, firm=np.arange(400) % 2, wage=10000)
    quits = uniforms(QUIT_KEY, people.uid) < 0.2
    layoffs = ~quits & (uniforms(LAYOFF_KEY, people.uid) < 0.5 * np.where(people.firm == 1, 0.4, 0.0))
    counts = separate(
        people, make_firms(2, surplus_share=[0, 0.4]), make_rule("separation", quit_base=0.2, layoff_speed=0.5)
    )
    assert counts[:, 0].tolist() == np.bincount(np.arange(400)[quits] % 2).tolist()
    assert counts[:, 1].tolist() == [0, np.count_nonzero(layoffs)]
    assert np.array_equal(people.state == SEARCHING, quits | layoffs)
    assert np.array_equal(people.firm == NO_FIRM, quits | layoffs)


def test_only_the_employed_separate():
    people = make_people(3, state=[PREPARING, SEARCHING, OUT])
    counts = separate(people, make_firms(), make_rule("separation", quit_base=0.5, layoff_speed=1))
    assert not counts.any()
    assert people.state.tolist() == [PREPARING, SEARCHING, OUT]


@pytest.mark.parametrize(("base", "left"), [(0.0, 0), (1.0, 50)])
def test_nobody_or_everybody_quits(base, left):
    people = make_people(50, state=EMPLOYED, firm=0, wage=10000)
    assert separate(people, make_firms(), make_rule("separation", quit_base=base)).tolist() == [[left, 0, 0]]


def test_staff_of_closed_firms_loses_its_jobs_before_anybody_quits():
    people = make_people(600, state=EMPLOYED, firm=np.arange(600) % 3, wage=10000)
    u = uniforms(CLOSURE_KEY, people.uid)
    counts = separate(people, make_firms(3, closing=[0, 0.3, 1]), make_rule("separation"))
    closed = u < np.array([0, 0.3, 1])[np.arange(600) % 3]
    assert counts[:, 2].tolist() == np.bincount(np.arange(600)[closed] % 3, minlength=3).tolist()
    assert counts[2].tolist() == [0, 0, 200]
    assert np.array_equal(people.state == SEARCHING, closed)


def test_who_does_not_lose_the_job_quits_as_if_no_firm_had_closed():
    people, others = (make_people(600, state=EMPLOYED, firm=0, wage=10000) for _ in range(2))
    rule = make_rule("separation", quit_base=0.2)
    separate(people, make_firms(1, closing=[0.3]), rule)
    separate(others, make_firms(1), rule)
    closed = uniforms(CLOSURE_KEY, people.uid) < 0.3
    assert np.array_equal(people.state[~closed], others.state[~closed])
