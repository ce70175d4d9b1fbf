"""Internships of the students who graduate: experience and practice before the first job.

Of the eligible graduates of the year at the institutions named the share `share` has done one, drawn by lot while the
budget lasts. It counts as experience in work, adds to engineering practice, and its cost is booked on graduation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.kernels.eligibility import WITHOUT_TAKE_UP, mark_eligible
from sim.phases.policies_act import book_rows, make_condition, ration
from sim.rng import COHORT_CHOICE, TAKE_UP, sub_key, uniforms

if TYPE_CHECKING:
    from sim.model import TalentMarket


def do_internships(model: TalentMarket, graduates: slice) -> None:
    """Give the graduates of the year, in the rows `graduates`, what their internships taught, and book the cost."""
    people = model.columns.people
    for entry in model.levers.internships:
        rows = np.arange(graduates.start, graduates.stop, dtype=np.int64)
        kinds = (entry.institution_mask >> people.institution[rows].astype(np.int64)) & 1
        rows = rows[(kinds == 1) & (people.study[rows] == entry.place)]
        eligible = mark_eligible(
            rows, people, model.firms_table, make_condition(entry.eligible), entry.policy, model.quarter_number,
            model.lasting_key(TAKE_UP), WITHOUT_TAKE_UP,
        )  # fmt: skip
        rows = rows[eligible]
        lot = uniforms(sub_key(model.key(COHORT_CHOICE), 1 + entry.policy), people.uid[rows])
        rows = rows[lot < entry.share]
        fen = np.full(len(rows), round(entry.cost_cny_per_person * 100) * model.scale, np.int64)
        rows, fen = ration(model, entry.policy, entry.budget_cny, rows, fen)
        book_rows(model, entry.policy, rows, fen)
        people.experience_q[rows] += entry.quarters
        people.practice[rows] += entry.practice_gain
