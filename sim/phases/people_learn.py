"""Phase 12. Experience, learning by doing, training, courses, certificates, obsolescence; pay grows within jobs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sim.kernels.skills import SKILL_UNITS, learn
from sim.phases.courses import end_running_courses
from sim.phases.grants import book_grants, count_trained
from sim.phases.ranges import sum_ranges
from sim.policies.costs import GRANT_TRAINED
from sim.rng import LEARN
from sim.types import EMPLOYED

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_learn(model: TalentMarket) -> None:
    """Advance the clocks and skills of everybody by one quarter."""
    people, wages, key = model.columns.people, model.params.wages, model.key(LEARN)
    (staff_skill,) = sum_ranges(
        len(model.columns), model.threads, ((len(model.firms),),),
        lambda start, stop, staff_skill: learn(
            start, stop, people, model.firms_table, model.mean_skill_weight,
            model.rules.skills, model.rules.matching, wages.real_growth, wages.experience_return,
            wages.experience_fade, key, staff_skill,
        ),
    )  # fmt: skip
    years = (model.quarter_number - model.first_quarter_number) / 4.0
    model.firms.note_skill(staff_skill / SKILL_UNITS, math.exp(model.params.firms.skill_trend * years))
    end_running_courses(model)
    if any(grant.base == GRANT_TRAINED for grant in model.levers.firm_grants):
        book_grants(model, GRANT_TRAINED, count_trained(model))


def note_skill_at_start(model: TalentMarket) -> None:
    """Take the skill of the staff at the start of the run as the yardstick of what comes."""
    people, firms = model.columns.people, model.firms
    rows = np.flatnonzero(people.state == EMPLOYED)
    weights = model.mean_skill_weight[0]
    names = ("knowledge", "technical", "practice", "soft")
    skill = np.zeros(len(rows))
    for k, name in enumerate(names):
        skill += weights[k] * getattr(people, name)[rows]
    whole = np.rint(skill * SKILL_UNITS)  # sums of whole numbers do not depend on the order of rows
    total = np.bincount(people.firm[rows], weights=whole, minlength=len(firms)).astype(np.float64)
    firms.start_quality(total / SKILL_UNITS)
