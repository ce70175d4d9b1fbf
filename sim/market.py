"""Tables that kernels read besides the persons: places, firms, open positions and the entries of policies.

All are named tuples of arrays. They are rebuilt or refreshed by the agents each quarter and never changed by kernels,
except where a kernel's docstring says so.
"""

from __future__ import annotations

import collections
from typing import Any, Final, cast

import numpy as np

from sim.types import EDUCATION

ELIGIBILITY_FIELDS: Final = [
    ("education_mask", np.int64),
    ("field_mask", np.int64),
    ("place_mask", np.int64),  # where the person lives
    ("study_mask", np.int64),  # where the person studied
    ("industry_mask", np.int64),  # of the employer; a restriction excludes people without a job
    ("size_mask", np.int64),
    ("state_mask", np.int64),
    ("hukou", np.int64),  # 0 any, 1 without, 2 with local hukou
    ("home", np.int64),  # 0 any, 1 here, 2 elsewhere
    ("min_quarters", np.int64),  # since graduation
    ("max_quarters", np.int64),
    ("wage_min_cny_m", np.float64),
    ("wage_max_cny_m", np.float64),
    ("min_residence_q", np.int64),  # quarters of residence that count
    ("max_residence_q", np.int64),
    ("housing", np.int64),  # 0 any, 1 in a subsidised unit, 2 not
    ("certificate", np.int64),  # 0 any, 1 without, 2 with an industry certificate
    ("received_bits", np.int64),  # policies of which one must have been received; 0: no condition
    ("not_received_bits", np.int64),  # policies of which none may have been received
]
"""Who is reached. Masks hold bit i for code i of sim.types or place i; all bits set means no restriction."""

PLACE_DTYPE: Final = np.dtype(
    [
        ("rent_shared", np.float64),  # CNY/month
        ("rent_whole", np.float64),  # CNY/month
        ("living_cost", np.float64),  # CNY/month
        ("amenity", np.float64),
        ("hukou_value", np.float64),
        ("career", np.float64),  # utility of the thickness of the job market
        ("unemployment", np.float64),  # share of the labour force without a job
        ("sample_factor", np.float64),  # factor on the positions seen by people who live there
        ("rights_mask", np.int64),  # bit j: residence in place j counts here
        ("rights_share", np.float64),  # share of it that counts
        ("school_mask", np.int64),  # bit k: policy k gives school places here
        ("before", np.int64),  # places of its area that stand before it
        ("after", np.int64),  # places of its area that stand after it
    ]
)

Places: Any = collections.namedtuple(
    "Places",
    [
        "records",  # (place,) records of PLACE_DTYPE
        "hukou_chance",  # (place, education) chance of a local hukou that people believe in
        "distance",  # (place, place) 1000 km
        "move_extra",  # (place, place) utility that a move costs beside distance
        "market_wage",  # (place, education) mean pay last quarter, CNY/month
        "utility",  # (place, education) mean utility of living there last quarter
        "travel",  # (home, work) minutes to work beyond the commute within the place of work; inf where out of reach
    ],
)

Firms: Any = collections.namedtuple(
    "Firms",
    [
        "industry",  # (firm,) i1
        "size",  # (firm,) i1
        "identity",  # (firm,) u8, persistent
        "pay_link",  # (firm,) share
        "training",  # (firm,) share of staff a quarter
        "surplus_share",  # (firm,) share of staff above desired headcount and slack
        "career",  # (firm,) career prospects of a job there besides place and AI
        "closing",  # (firm,) share of its real firms that have just closed, with their staff
        "noise",  # (firm,) factor on screening noise
        "degree",  # (firm,) factor on the weight of degrees above the one asked
        "recognition",  # (firm,) recognition of certificates relative to today
        "bar",  # (firm,) skill bar of its positions above that of the mean firm
    ],
)

LINE_DTYPE: Final = np.dtype(
    [
        ("identity", np.uint64),  # persistent: firm identity and cell
        ("firm", np.int32),  # row of the firm
        ("capacity", np.int32),  # openings
        ("wage", np.float32),  # offered pay, CNY/month
        ("career", np.float32),  # utility of the job besides pay and place
        ("place", np.int8),
        ("industry", np.int8),
        ("size", np.int8),
        ("cell", np.int8),  # position cell
    ]
)
"""One line is all openings of one firm in one position cell: 28 bytes, read at random by searchers."""

OFFER_DTYPE: Final = np.dtype(
    [
        ("identity", np.uint64),  # of the line
        ("renting", np.float64),  # utility of job and income for who rents there
        ("at_home", np.float64),  # the same for who lives with family
        ("firm", np.int32),
        ("career", np.float64),  # utility of the job alone
        ("place", np.int8),
        ("level", np.int8),  # level of education asked
    ]
)
"""What searchers read of a line: 38 bytes, so that seeing a position touches one line of cache in most cases."""

Positions: Any = collections.namedtuple(
    "Positions",
    [
        "lines",  # (line,) records of LINE_DTYPE, sorted by (education asked, place)
        "block",  # (line,) i8 block of each line: education asked x places + place
        "block_start",  # (education, place + 1) i8 openings in all blocks before
    ],
)

OpeningIndex: Any = collections.namedtuple(
    "OpeningIndex",
    [
        "slots",  # (slot,) i4 line of the opening in a slot, -1 where there is none
        "slot_start",  # (block + 1,) i8 first slot of each block
        "block_start",  # (education, place + 1) i8 openings in all blocks before
        "guide",  # (education, GUIDE_STEPS) i8 place of the first opening of each step
        "area_open",  # (education, place) i8 openings in the area of the place
    ],
)
"""Openings of a hiring round, found by random probes (sim/kernels/openings.py)."""


def no_positions(n_places: int) -> Any:
    """Positions of a quarter in which nothing is open."""
    return Positions(
        lines=np.zeros(0, LINE_DTYPE),
        block=np.zeros(0, np.int64),
        block_start=np.zeros((len(EDUCATION), n_places + 1), np.int64),
    )


MOST_STEPS: Final = 8
"""Steps that an amount by pay may have."""

TRANSFER_DTYPE: Final = np.dtype(
    [
        *ELIGIBILITY_FIELDS,
        ("policy", np.int64),
        ("amount_cny_m", np.float64, (len(EDUCATION),)),
        ("rent_share", np.float64),
        ("pay_share", np.float64),
        ("tax_share", np.float64),  # of income tax
        ("n_steps", np.int64),
        ("step_from_cny_m", np.float64, (MOST_STEPS,)),  # pay from which a step holds, ascending
        ("step_amount_cny_m", np.float64, (MOST_STEPS,)),
        ("cap_cny_m", np.float64),
        ("once_months", np.float64),  # 0: paid each month; else paid once, the monthly amount this many times
        ("against_rent", np.int64),  # 1: lowers the rent, and never exceeds it; 0: income
        ("start_q", np.int64),
        ("term_q", np.int64),
        ("take_up", np.float64),
    ]
)
"""One entry of transfers of the quarter, with who is eligible."""

SCHEME_DTYPE: Final = np.dtype(
    [
        *ELIGIBILITY_FIELDS,
        ("policy", np.int64),
        ("place", np.int64),
        ("rent_cap_cny_m", np.float64),
        ("rent_share", np.float64),  # of the market rent of a small whole unit
        ("free_q", np.int64),
        ("term_q", np.int64),
        ("take_up", np.float64),
        ("chance", np.float64),  # of a unit, as applicants believe
    ]
)
"""One scheme of subsidised units of the quarter in one place, with who is eligible."""

PERSON_DTYPE: Final = np.dtype(
    [
        ("uid", np.uint64),
        ("firm", np.int32),
        ("aware", np.uint32),
        ("received", np.uint32),
        ("wage", np.float32),
        ("rent", np.float32),
        ("cohort_q", np.int16),
        ("arrived_q", np.int16),
        ("resident_q", np.int16),
        ("search_q", np.int16),
        ("education", np.int8),
        ("field", np.int8),
        ("home", np.int8),
        ("study", np.int8),
        ("city", np.int8),
        ("hukou", np.int8),
        ("state", np.int8),
        ("housing", np.int8),
        ("cell", np.int8),
        ("industry", np.int8),  # of the employer, -1 without one
        ("size", np.int8),
        ("certificate", np.int8),
    ]
)
"""One person as a record, gathered from the columns where people are read at random: 48 bytes."""

COURSE_DTYPE: Final = np.dtype(
    [
        ("technical_gain", np.float64),  # skill
        ("practice_gain", np.float64),  # skill
        ("certificate_share", np.float64),  # of those who end the course
    ]
)
"""What a course of one policy in one place gives to those who end it."""

Person = cast(Any, collections.namedtuple)("Person", PERSON_DTYPE.names)
"""One person as plain numbers. Passing numbers instead of all columns keeps reference counts out of inner loops."""

SearchKeys: Any = collections.namedtuple(
    "SearchKeys",
    ["family", "take_up", "taste_city", "taste_position", "sample_level", "sample_place", "sample_opening"],
)
"""Keys of the draws of one quarter's search; the first three last for life."""

Schooling: Any = collections.namedtuple(
    "Schooling",
    [
        "gap",  # (place, institution) years behind the frontier
        "practice",  # (place, institution) share of practice
        "cooperation",  # (place, institution) depth of cooperation
        "teachers",  # (place, institution) share of dual teachers
    ],
)
