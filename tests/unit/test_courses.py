"""Targeted courses: who is admitted, what they cost, what they give."""

from pathlib import Path

import numpy as np
import pytest
from toys import make_people, make_rule, run_toy, toy_scenario

from sim.kernels.matching import weigh_skills
from sim.kernels.search import select_searchers
from sim.kernels.skills import end_courses
from sim.market import COURSE_DTYPE
from sim.model import TalentMarket
from sim.policies.training import IntegratedTraining
from sim.rng import LEARN, SEARCH_START, draw_bits_of, make_key, uniform
from sim.scenario import load_scenario
from sim.types import COURSE_DONE, EMPLOYED, NO_COURSE, NO_QUARTER, SEARCHING, Quarter

KEY = make_key(1, LEARN, 80)
MEAN = np.full((1, 4), 0.25)
BASE = {"kind": "integrated_training", "city": "alpha", "from": "2019Q2", "seats_per_year": 60_000, "take_up": 1}
BASE |= {"awareness": 1}


def end(people, *, share=0.0, entry_of=((0, -1),), quarter=80):
    courses = np.zeros(1, COURSE_DTYPE)
    courses["technical_gain"], courses["practice_gain"], courses["certificate_share"] = 0.2, 0.1, share
    end_courses(
        0, len(people.uid), people, courses, np.array(entry_of), MEAN, make_rule("matching", bar=0.4), quarter, KEY
    )
    return people


def trainees(n, **values):
    return make_people(
        n, **{"state": SEARCHING, "course": 0, "course_end_q": 80, "technical": 0.5, "practice": 0.5} | values
    )


def test_a_course_gives_its_skills_when_it_ends():
    people = end(trainees(4, course_end_q=[79, 80, 81, 80], course=[0, 0, 0, NO_COURSE]))
    assert people.technical == pytest.approx([0.7, 0.7, 0.5, 0.5])
    assert people.practice == pytest.approx([0.6, 0.6, 0.5, 0.5])
    assert people.course.tolist() == [COURSE_DONE, COURSE_DONE, 0, NO_COURSE]


def test_nothing_is_given_twice():
    people = trainees(3)
    end(people)
    end(people)
    assert people.technical == pytest.approx([0.7] * 3)


def test_who_has_moved_away_has_left_the_course():
    people = end(trainees(2, city=[0, 1], course_end_q=[90, 90]))
    assert people.course.tolist() == [0, COURSE_DONE]
    assert people.technical == pytest.approx([0.5, 0.5])
    assert end(trainees(1, city=1), entry_of=((0, 0),)).technical == pytest.approx([0.7])


def test_certificates_go_by_lot():
    people = end(trainees(400), share=0.7)
    draws = np.array([uniform(np.uint64(draw_bits_of(KEY, uid, np.uint64(0)))) for uid in people.uid])
    assert np.array_equal(people.certificate == 1, draws < 0.7)


def test_who_reaches_the_bar_is_qualified_at_once():
    people = end(trainees(2, knowledge=0.3, soft=[0.2, 0.0]))
    # (0.3 + 0.7 + 0.6 + soft) / 4 against 0.4
    assert people.qualified.tolist() == [1, 1]
    assert end(trainees(1, knowledge=0.2)).qualified.tolist() == [0]


def test_people_on_a_course_without_a_job_do_not_search():
    people = make_people(4, state=[SEARCHING, SEARCHING, EMPLOYED, SEARCHING], course=[0, NO_COURSE, 0, COURSE_DONE])
    rows = np.empty(4, np.uint32)
    found = select_searchers(people, 1.0, 1.0, make_key(1, SEARCH_START), rows)
    assert rows[:found].tolist() == [1, 2, 3]


def run(*, quarters=8, seed=1, check=True, on_step=None, overrides=(), **change):
    scenario = toy_scenario(*overrides, policies=[{**BASE, **change}], quarters=quarters)
    return run_toy(scenario, seed=seed, check=check, on_step=on_step)


def test_seats_are_filled_and_never_exceeded():
    admitted = []
    run(on_step=lambda model: admitted.append(sum(used for _, used in model.course_use.values())))
    assert admitted == [0] + [15] * 7


def test_seats_that_are_no_whole_agent_are_rounded_without_bias():
    """128 draws of 0.3 seats: binomial; within 3.9 spreads for all but 1e-4 of the seeds."""
    seats = []
    for seed in range(1, 5):
        run(
            quarters=16, seats_per_year=1200, city="all", seed=seed, check=False, **{"from": "2019Q1"},
            on_step=lambda model: seats.extend(one for one, _ in model.course_use.values()),
        )  # fmt: skip
    assert len(seats) == 128
    assert set(seats) == {0, 1}
    assert abs(sum(seats) - 0.3 * 128) < 3.9 * np.sqrt(128 * 0.3 * 0.7)


@pytest.mark.parametrize("budget", [5e6, 3e8, np.inf])
def test_money_is_booked_by_head_within_the_budget(budget):
    admitted = []
    model = run(
        cost_cny_per_person=9000, budget_cny=budget,
        on_step=lambda model: admitted.append(sum(used for _, used in model.course_use.values())),
    )  # fmt: skip
    ledger = model.tables()["ledger"]
    assert ledger["cny"].sum() == 9000 * 1000 * sum(admitted) <= budget
    assert ledger["persons"].sum() == 1000 * sum(admitted)
    assert sum(admitted) == min(7 * 15, budget // 9e6)


def test_nobody_is_admitted_who_does_not_know_or_is_not_eligible():
    unknown = run(awareness=0, communication=0, overrides=["params.awareness.peer_rate=0"])
    assert (unknown.columns.people.course == NO_COURSE).all()
    model = run(eligible={"education": ["below_bachelor"], "state": ["searching"]}, quarters=6)
    people = model.columns.people
    met = people.course != NO_COURSE
    assert met.any()
    assert (people.education[met] == 0).all()


def test_a_course_of_six_months_takes_two_quarters():
    seen = []

    def look(model):
        people, searchers = model.columns.people, model.searchers
        on_it = people.course >= 0
        idle = on_it & (people.state == SEARCHING)
        assert not idle[searchers].any()
        seen.append((on_it.sum(), np.count_nonzero(people.course == COURSE_DONE)))
        assert (people.course_end_q[on_it] == model.quarter_number).all()

    run(on_step=look, to="2019Q4", overrides=["params.mobility.base=0"])
    # admitted in three quarters; each group is on it at the end of one quarter and through at the end of the next
    assert [number for number, _ in seen] == [0, 15, 15, 15, 0, 0, 0, 0]
    assert [done for _, done in seen] == [0, 0, 15, 30, 45, 45, 45, 45]


def test_nobody_is_admitted_twice():
    ends = {}

    def look(model):
        people = model.columns.people
        for row in np.flatnonzero(people.course_end_q != NO_QUARTER):
            ends.setdefault(int(people.uid[row]), set()).add(int(people.course_end_q[row]))

    run(on_step=look, quarters=12, seats_per_year=1_000_000)
    assert ends
    assert all(len(quarters) == 1 for quarters in ends.values())


def test_the_employed_learn_beside_their_job():
    before = {}

    def look(model):
        people = model.columns.people
        for row in np.flatnonzero((people.course >= 0) & (people.state == EMPLOYED)):
            before[int(people.uid[row])] = people.firm[row]

    model = run(on_step=look, eligible={"state": ["employed"]}, to="2019Q2", quarters=2)
    people = model.columns.people
    kept = [people.firm[row] == before[int(uid)] for row, uid in enumerate(people.uid) if int(uid) in before]
    assert 12 <= len(kept) <= 15  # some lose their job in the quarter
    assert np.mean(kept) > 0.5


def outcome(seats, seed):
    """Persons at the end of a run in which jobseekers are admitted for three quarters."""
    model = run(
        seats_per_year=seats, seed=seed, quarters=10, to="2019Q4", check=False, eligible={"state": ["searching"]}
    )
    return model.columns.people


def test_trained_people_are_more_often_qualified_and_hired():
    """Same seeds and draws with and without seats; sums over four seeds, so that no single draw decides."""
    qualified, employed, n_trained = np.zeros(2), np.zeros(2), 0
    for seed in range(1, 5):
        with_seats, without = outcome(200_000, seed), outcome(0, seed)
        trained = with_seats.uid[with_seats.course == COURSE_DONE]
        n_trained += len(trained)
        for k, people in enumerate((without, with_seats)):
            rows = np.isin(people.uid, trained)
            qualified[k] += people.qualified[rows].sum()
            employed[k] += (people.state[rows] == EMPLOYED).sum()
    assert n_trained > 300
    assert qualified[1] > qualified[0] + 0.1 * n_trained
    assert employed[1] > employed[0]


def test_more_seats_qualify_no_fewer():
    shares = [run(seats_per_year=seats, quarters=8).columns.people.qualified.mean() for seats in (0, 50_000, 400_000)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]


def test_defaults_bring_vocational_graduates_near_the_published_share_of_masters():
    """83 % of what masters achieve after six months (000-1487-01), within three points of what enters the model."""
    root = Path(__file__).resolve().parents[2]
    model = TalentMarket(load_scenario(root / "scenarios" / "baseline.yaml", scale=10_000, quarters=1), seed=1)
    people, weights = model.columns.people, model.mean_skill_weight
    course = IntegratedTraining(city="beijing", **{"from": "2025Q1"}, seats_per_year=1)
    gain = course.technical_gain * weights[0, 1] + course.practice_gain * weights[0, 2]
    new = people.cohort_q == Quarter.parse("2018Q2").number
    skills = np.stack([people.knowledge, people.technical, people.practice, people.soft], axis=1)
    means = [
        np.mean([weigh_skills(weights, 0, *own) for own in skills[new & (people.education == level)]])
        for level in (0, 2)
    ]
    model.close()
    assert (means[0] + gain) / means[1] == pytest.approx(0.83, abs=0.03)
    assert course.quarters == 2
