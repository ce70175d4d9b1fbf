"""Formation of skills at graduation, and learning, training and obsolescence in work.

At graduation: skill = ability x quality x (1 - loss x vintage gap) + practice gain x practice share x cooperation,
with bonuses for the own field and the level of study. In work: practice approaches ability by learning by doing,
technical skill decays with the advance of the frontier, training in the firm adds to it. A targeted course adds to
technical skill and practice when it ends, and may end with a certificate. A person is qualified when the weighted
skills reach the bar that the mean firm sets for positions of the own level.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.inlined import inlined
from sim.kernels.matching import skill_bar, weigh_skills
from sim.rng import draw_bits, draw_bits_of, normal, uniform
from sim.types import COURSE_DONE, EMPLOYED, PREPARING, SEARCHING

SKILL_UNITS: Final = 1_000_000
"""Units of skill in which sums are taken."""
MOST_EXPERIENCE_Q: Final = 240
"""Quarters of experience from which pay grows no slower."""


@njit(cache=True, nogil=True)
def form_skills(
    start: int,
    stop: int,
    people: Any,
    quality: NDArray[np.float64],
    gap: NDArray[np.float64],
    practice: NDArray[np.float64],
    cooperation: NDArray[np.float64],
    teachers: NDArray[np.float64],
    rule: Any,
    key: np.uint64,
) -> None:
    """Skills of new graduates in rows `start:stop`.

    `quality` (institution,); `gap` (place, institution) years; `practice`, `cooperation`, `teachers`
    (place, institution) shares.
    """
    for i in range(start, stop):
        study, kind, uid = people.study[i], people.institution[i], people.uid[i]
        ability = np.exp(rule.ability_spread * normal(draw_bits_of(key, uid, np.uint64(0))))
        taught = rule.taught * ability * quality[kind] * max(0.0, 1.0 - rule.gap_loss * gap[study, kind])
        hands_on = rule.practice_gain * practice[study, kind] * cooperation[study, kind]
        hands_on += rule.teacher_gain * teachers[study, kind]
        level = rule.level_bonus * people.education[i]
        own_field = rule.field_bonus if people.field[i] == 0 else 0.0
        if people.field[i] == 1:
            own_field = rule.field_part * rule.field_bonus
        people.ability[i] = ability
        people.knowledge[i] = taught + level
        people.technical[i] = taught + own_field + rule.level_part * level
        people.practice[i] = rule.taught_practice * taught + hands_on
        soft = rule.soft_start * np.exp(rule.ability_spread * normal(draw_bits_of(key, uid, np.uint64(1))))
        people.soft[i] = soft + rule.level_part * level


@inlined
def reaches_bar(skill: float, education: int, field: int, rule: Any) -> int:
    """Flag: 1 if `skill` reaches the mean firm's bar of positions of the own level (AI ones for graduates of AI)."""
    return 1 if skill >= skill_bar(education, 1 if field == 0 else 0, rule) else 0


@njit(cache=True, nogil=True)
def learn(
    start: int,
    stop: int,
    people: Any,
    firms: Any,
    mean_weights: NDArray[np.float64],
    rule: Any,
    matching: Any,
    real_growth: float,
    experience_return: float,
    experience_fade: float,
    key: np.uint64,
    staff_skill: NDArray[np.int64],
) -> None:
    """Learning of rows `start:stop`: clocks, skills, certificates and the growth of pay in a job.

    `staff_skill` (firm,) adds up the weighted skill of the staff in units of 1 / SKILL_UNITS: whole numbers, so that
    the sum does not depend on its order.
    """
    growth = np.empty(MOST_EXPERIENCE_Q)
    for q in range(MOST_EXPERIENCE_Q):
        growth[q] = real_growth + experience_return * math.exp(-experience_fade * 0.25 * q)
    for i in range(start, stop):
        state = people.state[i]
        if state == EMPLOYED:
            firm = people.firm[i]
            people.experience_q[i] += 1
            people.tenure_q[i] += 1
            people.wage[i] *= 1.0 + 0.25 * growth[min(people.experience_q[i], MOST_EXPERIENCE_Q - 1)]
            people.practice[i] += rule.learning_by_doing * max(0.0, people.ability[i] - people.practice[i])
            if uniform(draw_bits_of(key, people.uid[i], np.uint64(0))) < firms.training[firm]:
                people.technical[i] += rule.training_gain
                people.knowledge[i] += rule.training_knowledge * rule.training_gain
        elif state == SEARCHING and people.course[i] < 0:
            people.search_q[i] += 1
        if state == SEARCHING or state == EMPLOYED or state == PREPARING:
            people.technical[i] *= 1.0 - rule.obsolescence
            if not people.certificate[i]:
                draw = uniform(draw_bits_of(key, people.uid[i], np.uint64(1)))
                people.certificate[i] = 1 if draw < rule.certificate_hazard else 0
            skill = weigh_skills(
                mean_weights, 0, people.knowledge[i], people.technical[i], people.practice[i], people.soft[i]
            )
            people.qualified[i] = reaches_bar(skill, people.education[i], people.field[i], matching)
            if state == EMPLOYED:
                staff_skill[people.firm[i]] += int(SKILL_UNITS * skill)


@njit(cache=True, nogil=True)
def end_courses(
    start: int,
    stop: int,
    people: Any,
    courses: NDArray[np.void],
    entry_of: NDArray[np.int64],
    mean_weights: NDArray[np.float64],
    matching: Any,
    quarter: int,
    key: np.uint64,
) -> None:
    """Courses of rows `start:stop` that end in `quarter` give skills, and a certificate by lot.

    `courses` are records of COURSE_DTYPE; `entry_of` (policy, place) is the row of a course there, or -1. Who has moved
    to a place without the course has left it.
    """
    for i in range(start, stop):
        policy = people.course[i]
        if policy < 0:
            continue
        entry = entry_of[policy, people.city[i]]
        if entry >= 0 and people.course_end_q[i] > quarter:
            continue
        people.course[i] = COURSE_DONE
        if entry < 0:
            continue
        course = courses[entry]
        people.technical[i] += course["technical_gain"]
        people.practice[i] += course["practice_gain"]
        if uniform(draw_bits_of(key, people.uid[i], np.uint64(policy))) < course["certificate_share"]:
            people.certificate[i] = 1
        skill = weigh_skills(
            mean_weights, 0, people.knowledge[i], people.technical[i], people.practice[i], people.soft[i]
        )
        people.qualified[i] = reaches_bar(skill, people.education[i], people.field[i], matching)


@njit(cache=True)
def set_institutions(people: Any, start: int, stop: int, cumulative: NDArray[np.float64], key: np.uint64) -> None:
    """Draw the type of institution of rows `start:stop` from `cumulative` (education, institution)."""
    for i in range(start, stop):
        u = uniform(draw_bits(key, people.uid[i]))
        kind = 0
        while kind < cumulative.shape[1] - 1 and u >= cumulative[people.education[i], kind]:
            kind += 1
        people.institution[i] = kind
