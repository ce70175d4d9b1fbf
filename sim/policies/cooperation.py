"""Institutions and firms: teachers with practice in firms, internships, and cooperation that goes deeper.

Additions reach their size in equal steps within `ramp_quarters`, and end with the policy or with its budget.
"""

from typing import ClassVar, Literal

from pydantic import Field

from sim.policies.base import (
    GRADUATION_QUARTER,
    MONTHS_PER_QUARTER,
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    InstitutionName,
    PolicySpec,
    find_places,
    find_positions,
    mask_names,
    ramp_up,
    setting,
)
from sim.policies.levers import Internship, Levers
from sim.types import COOPERATION, INSTITUTION, Quarter
from sim.world.spec import FIRST_COHORT_YEAR, LAST_COHORT_YEAR, World


class DualTeachers(PolicySpec):
    """Teachers who know the practice of firms."""

    summary: ClassVar = "more teachers with practice in firms, and mentors from firms in class"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "dual_teachers"
    zero: ClassVar = "share_add: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["dual_teachers"] = "dual_teachers"
    share_add: float = setting(
        ..., "share", "added to the share of dual teachers, which is below 15 % in AI (000-1766-01)", high=1
    )
    institutions: tuple[InstitutionName, ...] | None = Field(None, description="types; all where none is named")
    ramp_quarters: int = setting(
        8,
        "quarters",
        "time until the share is reached",
        low=1,
        high=200,
        source="assumption: turns of teachers in firms (range 4 to 16)",
    )
    graduates_per_teacher: float = setting(
        4.5,
        "factor",
        "graduates a year for each teacher",
        low=0.1,
        source="assumption: 18 students a teacher in four years (range 3 to 6)",
    )
    cny_per_teacher_year: float = setting(
        30_000,
        "CNY/person",
        "cost of one of these teachers a year",
        source="assumption: two months of pay (range 0 to 100000)",
    )

    def is_zero(self) -> bool:
        """Teachers as before."""
        return min(self.share_add, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """More dual teachers at the types named; what they cost follows the number of graduates."""
        kinds = find_positions(self.institutions, INSTITUTION)
        added = self.share_add * ramp_up(self.first, quarter, self.ramp_quarters)
        year = min(max(Quarter(quarter).year, FIRST_COHORT_YEAR), LAST_COHORT_YEAR) - FIRST_COHORT_YEAR
        for place in find_places(self.city, world):
            levers.teacher_add[place, kinds] += added
            share = float((world.level_share[place] @ world.institution_share)[kinds].sum())
            teachers = added * world.graduates[place, year] * share / self.graduates_per_teacher
            cny = teachers * self.cny_per_teacher_year / QUARTERS_PER_YEAR
            levers.add_cost(index, place, cny, self.budget_cny)


class InternshipPolicy(PolicySpec):
    """Internships before graduation."""

    summary: ClassVar = "students work in a firm before they graduate: experience and practice before the first job"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "internship"
    zero: ClassVar = "share: 0"
    unused: ClassVar = ("awareness", "communication", "take_up")
    finds: ClassVar = ("searching",)
    ends_with_budget: ClassVar = True

    kind: Literal["internship"] = "internship"
    share: float = setting(..., "share", "graduates of the year who have done one, beyond today's", high=1)
    institutions: tuple[InstitutionName, ...] | None = Field(None, description="types; all where none is named")
    months: float = setting(
        6,
        "months",
        "length, in whole quarters of experience",
        low=3,
        high=24,
        source="assumption: the last half-year of study (range 3 to 12)",
    )
    practice_gain: float = setting(
        0.08,
        "skill",
        "added to engineering practice",
        high=2,
        source="assumption: half of a targeted course (range 0 to 0.15)",
    )
    cny_per_month: float = setting(
        1500,
        "CNY/month",
        "cost of one internship a month",
        source="assumption: an allowance; none is published (range 0 to 4000)",
    )

    @property
    def quarters(self) -> int:
        """Quarters of experience that it counts for."""
        return round(self.months / MONTHS_PER_QUARTER)

    def is_zero(self) -> bool:
        """Nobody does one."""
        return min(self.share, self.budget_cny) == 0

    def acts_in(self) -> tuple[int, ...]:
        """When those who have done one graduate."""
        return (GRADUATION_QUARTER,)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One entry for each place of study."""
        for place in find_places(self.city, world):
            levers.internships.append(
                Internship(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    institution_mask=mask_names(self.institutions, INSTITUTION),
                    share=self.share,
                    quarters=self.quarters,
                    practice_gain=self.practice_gain,
                    cost_cny_per_person=self.cny_per_month * self.months,
                    budget_cny=self.budget_cny,
                )
            )


class CooperationDeepening(PolicySpec):
    """Cooperation that goes beyond sending interns."""

    summary: ClassVar = "institutions cooperate with firms more deeply: courses designed together, joint laboratories"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "cooperation_deepening"
    zero: ClassVar = "share: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["cooperation_deepening"] = "cooperation_deepening"
    share: float = setting(
        ...,
        "share",
        "institutions that get there; 83 % only send interns, 6 % work on technology (000-1782-01 and -02)",
        high=1,
    )
    towards: Literal["internship", "co_design", "joint_lab"] = Field("co_design", description="depth that they reach")
    institutions: tuple[InstitutionName, ...] | None = Field(None, description="types; all where none is named")
    ramp_quarters: int = setting(
        8,
        "quarters",
        "time until they get there",
        low=1,
        high=200,
        source="assumption: contracts and plans of study (range 4 to 16)",
    )
    cny_per_institution_year: float = setting(
        1_000_000,
        "CNY/year",
        "cost of one of these institutions",
        source="assumption: staff and equipment (range 0 to 10000000)",
    )

    @property
    def depth(self) -> float:
        """Depth aimed at, 0 none to 1 joint laboratory."""
        return COOPERATION.index(self.towards) / (len(COOPERATION) - 1)

    def is_zero(self) -> bool:
        """No institution goes deeper."""
        return min(self.share, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Close the gap to the depth for the share that has got there; who is deeper stays."""
        kinds = find_positions(self.institutions, INSTITUTION)
        reached = self.share * ramp_up(self.first, quarter, self.ramp_quarters)
        for place in find_places(self.city, world):
            for kind in kinds:
                levers.cooperation_add[place, kind] += reached * max(0.0, self.depth - world.cooperation_depth[kind])
            number = float(world.institution_count[place, kinds].sum()) * reached
            levers.add_cost(index, place, number * self.cny_per_institution_year / QUARTERS_PER_YEAR, self.budget_cny)
