"""Codes and sentinels: the closed vocabularies of the model, in the order in which arrays index them.

Names are those of YAML files and of result tables.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Final

EDUCATION: Final = ("below_bachelor", "bachelor", "master", "phd")
FIELD: Final = ("ai_computing", "engineering", "science", "other")
INDUSTRY: Final = (
    "computer_internet",
    "electronics",
    "human_resources",
    "manufacturing",
    "consulting",
    "pharma_bio",
    "machinery",
    "telecom",
    "new_energy",
    "automotive",
    "nonbank_finance",
    "other",
)
FIRM_SIZE: Final = ("<100", "100-500", "500-10000", ">10000")
OWNERSHIP: Final = ("state", "private")
EXPERIENCE: Final = ("none", "<1y", "1-3y", "3-5y", "5-10y", ">10y")
SKILL: Final = ("professional_knowledge", "technical_skill", "engineering_practice", "soft")
REGION: Final = ("north", "northeast", "east", "central", "south", "southwest", "northwest")
TIER: Final = ("first", "new_first", "second", "rest")
INSTITUTION: Final = ("elite_university", "university", "vocational_college", "training_provider")
COOPERATION: Final = ("none", "internship", "co_design", "joint_lab")

STATE: Final = ("studying", "preparing", "searching", "employed", "out")
STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT = range(5)

HOUSING: Final = ("unhoused", "shared", "whole", "subsidised", "family", "crowded")
UNHOUSED, SHARED, WHOLE, SUBSIDISED, FAMILY, CROWDED = range(6)

LIFE_NODE: Final = ("citizen", "job", "nest", "family", "local", "higher")
NODE_CITIZEN, NODE_JOB, NODE_NEST, NODE_FAMILY, NODE_LOCAL, NODE_HIGHER = range(6)
"""The six nodes of the transition from graduate to resident (evidence 003-4382-01)."""

REASON: Final = (
    "first_job",
    "job_move",
    "return_home",
    "leave_hukou",
    "leave_housing",
    "leave_family",
    "leave_career",
)
FIRST_JOB, JOB_MOVE, RETURN_HOME, LEAVE_HUKOU, LEAVE_HOUSING, LEAVE_FAMILY, LEAVE_CAREER = range(7)

HUKOU: Final = ("none", "local")
AI: Final = ("other", "ai")
HOME_LOCAL: Final = "local"
HOME: Final = (HOME_LOCAL, *REGION)
"""Home classes of result tables: `local` (home is the city of the row), else the region of the home place."""

MOST_PLACES: Final = 64
"""More than a world has: policy x MOST_PLACES + place is the id of what a policy draws for a place."""

NO_FIRM: Final = -1
NEVER_EMPLOYED: Final = -1
"""Tenure of who has not had a job yet."""
NO_SCHEME: Final = -1
NO_COURSE: Final = -1
COURSE_DONE: Final = -2
"""Has ended a course, or left it: nobody is admitted twice."""
NO_QUARTER: Final = -32768

N_POSITION_CELLS: Final = len(EDUCATION) * len(EXPERIENCE) * 2
"""A position cell is (education, experience, ai), flattened in that order."""

CALENDAR_START_YEAR: Final = 2000
"""Quarter numbers count from 2000Q1, so that a quarter is one small integer."""

_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


@dataclasses.dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter; `number` counts quarters since 2000Q1."""

    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read `2024Q1`. Raises ValueError, saying the form, on anything else."""
        found = _QUARTER.match(text)
        if found is None:
            raise ValueError(f"{text!r} is not a quarter; write it as 2024Q1")
        return cls((int(found[1]) - CALENDAR_START_YEAR) * 4 + int(found[2]) - 1)

    @property
    def year(self) -> int:
        """Calendar year."""
        return CALENDAR_START_YEAR + self.number // 4

    @property
    def of_year(self) -> int:
        """1 to 4."""
        return self.number % 4 + 1

    def __str__(self) -> str:
        return f"{self.year}Q{self.of_year}"
