"""Internships of the students who graduate: experience and practice before the first job.

Of the eligible graduates of the year at the institutions named the share `share` has done one, drawn by lot while the
budget lasts. It counts as experience in work, adds to engineering practice, and its cost is booked on graduation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.phases.policies_act import mark_reached, pay_heads
from sim.rng import COHORT_CHOICE, sub_key, uniforms

if TYPE_CHECKING:
    from sim.model import TalentMarket


def do_internships(model: TalentMarket, graduates: slice) -> None:
    """Give the graduates of the year, in the rows `graduates`, what their internships taught, and book the cost."""
    people = model.columns.people
    for entry in model.levers.internships:
        rows = np.arange(graduates.start, graduates.stop, dtype=np.int64)
        kinds = (entry.institution_mask >> people.institution[rows].astype(np.int64)) & 1
        rows = rows[(kinds == 1) & (people.study[rows] == entry.place)]
        rows = rows[mark_reached(model, entry, rows)]
        lot = uniforms(sub_key(model.key(COHORT_CHOICE), 1 + entry.policy), people.uid[rows])
        rows = pay_heads(model, entry.policy, entry.budget_cny, rows[lot < entry.share], entry.cost_cny_per_person)
        people.experience_q[rows] += entry.quarters
        people.practice[rows] += entry.practice_gain
