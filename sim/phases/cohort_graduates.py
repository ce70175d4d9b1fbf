"""Phase 3. Once a year a cohort graduates; each graduate goes on studying, prepares for examinations, or searches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.demand import START_QUARTER
from sim.kernels.cohorts import choose_after_graduation, end_preparation
from sim.phases.institutions_teach import seats_at_enrolment
from sim.phases.internships import do_internships
from sim.phases.policies_act import spread_knowledge
from sim.phases.ranges import run_ranges
from sim.policies.base import GRADUATION_QUARTER
from sim.population import add_cohort, cohort_cells
from sim.rng import COHORT_CHOICE, PREPARE_EXIT
from sim.types import EDUCATION

if TYPE_CHECKING:
    from sim.model import TalentMarket


def cohort_graduates(model: TalentMarket) -> None:
    """Add the cohort of the year in its quarter, and end preparation for some of the earlier ones."""
    people = model.columns.people
    hazard, key = model.params.cohorts.preparing_exit, model.key(PREPARE_EXIT)
    run_ranges(len(model.columns), model.threads, lambda start, stop: end_preparation(start, stop, people, hazard, key))
    if model.quarter.of_year != GRADUATION_QUARTER:
        return
    year = model.quarter.year
    cells = cohort_cells(model, year) * seats_at_enrolment(model, year)
    rows = add_cohort(model, year, cells)
    spread_knowledge(model, rows.start, rows.stop)
    do_internships(model, rows)
    premium = np.zeros((model.world.n_places, len(EDUCATION)))
    pay = np.log(model.places.market_wage / model.wage_start)
    premium[:, :-1] = np.diff(pay, axis=1)
    unemployment = np.ascontiguousarray(model.places.records["unemployment"])
    choose_after_graduation(
        rows.start, rows.stop, model.columns.people, premium, unemployment, _choice_rule(model),
        model.key(COHORT_CHOICE),
    )  # fmt: skip


def _choice_rule(model: TalentMarket) -> Any:
    """Parameters of the choice; before the first quarter of the world's jobs nobody goes on studying.

    `jobs_start` of a world is in proportion to all graduates of the years before, since the stock holds them all.
    """
    rule = model.rules.cohorts
    if model.quarter_number < START_QUARTER:
        return rule._replace(study_base=-math.inf)
    return rule
