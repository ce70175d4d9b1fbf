"""Targeted courses and examinations: who is admitted, and what those who end one have learned.

Each quarter a place has seats_per_year / (4 x scale) seats, rounded at random. Residents who search or work, are
eligible, know of the course and apply are admitted in an order drawn by lot until seats or budget are used up. People
without a job give their whole time and do not search meanwhile; the employed learn beside their job. Nobody is
admitted twice, and who moves away has left the course. Examinations for a certificate fill their seats in the same way
with people who hold none; they take no time, and who fails may come again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels.skills import end_courses
from sim.market import COURSE_DTYPE
from sim.phases.policies_act import mark_reached, pay_heads
from sim.phases.ranges import run_ranges
from sim.rng import COURSE_LOTTERY, COURSE_ROUND, LEARN, round_one, sub_key, uniforms
from sim.types import EMPLOYED, MOST_PLACES, NO_COURSE, SEARCHING

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.policies.levers import Exam, TrainingCourse


def admit_to_courses(model: TalentMarket) -> None:
    """Fill the seats of the quarter and book what they cost; `model.course_use` keeps seats and admitted persons."""
    model.course_use = {}
    for course in model.levers.courses:
        seats = _seats_in_agents(model, course)
        model.course_use[course.policy, course.place] = seats, _admit(model, course, seats) if seats else 0


def end_running_courses(model: TalentMarket) -> None:
    """Let courses that end in this quarter give what they teach."""
    courses = model.levers.courses
    if not courses:
        return
    table = np.zeros(len(courses), COURSE_DTYPE)
    entry_of = np.full((len(model.scenario.policies), model.world.n_places), -1, np.int64)
    for k, course in enumerate(courses):
        entry_of[course.policy, course.place] = k
        for name in COURSE_DTYPE.names or ():
            table[name][k] = getattr(course, name)
    people, key = model.columns.people, sub_key(model.key(LEARN), 1)
    run_ranges(
        len(model.columns), model.threads,
        lambda start, stop: end_courses(
            start, stop, people, table, entry_of, model.mean_skill_weight, model.rules.matching, model.quarter_number,
            key,
        ),
    )  # fmt: skip


def examine(model: TalentMarket) -> None:
    """Examine people without a certificate; those who pass by lot hold one from now on."""
    people, key = model.columns.people, sub_key(model.key(LEARN), 2)
    for exam in model.levers.exams:
        rows = _choose(model, exam, people.certificate == 0, _seats_in_agents(model, exam))
        passed = uniforms(sub_key(key, exam.policy), people.uid[rows]) < exam.pass_share
        people.certificate[rows[passed]] = 1


def _seats_in_agents(model: TalentMarket, course: TrainingCourse | Exam) -> int:
    identity = course.policy * MOST_PLACES + course.place
    return round_one(model.key(COURSE_ROUND), identity, 0.25 * course.seats_per_year / model.scale)


def _admit(model: TalentMarket, course: TrainingCourse, seats: int) -> int:
    """Admit by lot; returns the number of agents admitted."""
    people = model.columns.people
    rows = _choose(model, course, people.course == NO_COURSE, seats)
    people.course[rows] = course.policy
    people.course_end_q[rows] = model.quarter_number + course.quarters - 1
    return len(rows)


def _choose(
    model: TalentMarket, entry: TrainingCourse | Exam, free: NDArray[np.bool_], seats: int
) -> NDArray[np.int64]:
    """Rows of at most `seats` of the `free` (person,) who apply, by lot while the budget lasts; books their cost."""
    people = model.columns.people
    active = (people.state == SEARCHING) | (people.state == EMPLOYED)
    rows = np.flatnonzero(free & (people.city == entry.place) & active)
    rows = rows[mark_reached(model, entry, rows, entry.take_up)]
    uid = people.uid[rows]
    lot = uniforms(sub_key(model.key(COURSE_LOTTERY), entry.policy), uid)
    rows = rows[np.lexsort((uid, lot))[:seats]]
    return pay_heads(model, entry.policy, entry.budget_cny, rows, entry.cost_cny_per_person)
