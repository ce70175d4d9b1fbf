"""Phase 12. Experience, learning by doing, training, courses, certificates, obsolescence; pay grows within jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels.skills import learn
from sim.phases.courses import end_running_courses
from sim.phases.ranges import run_ranges
from sim.rng import LEARN

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_learn(model: TalentMarket) -> None:
    """Advance the clocks and skills of everybody by one quarter."""
    people, wages, key = model.columns.people, model.params.wages, model.key(LEARN)
    run_ranges(
        len(model.columns), model.threads,
        lambda start, stop: learn(
            start, stop, people, model.firms_table, model.mean_skill_weight,
            model.rules.skills, model.rules.matching, wages.real_growth, wages.experience_return,
            wages.experience_fade, key,
        ),
    )  # fmt: skip
    end_running_courses(model)
