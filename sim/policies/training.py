"""What institutions and associations do: seats, curricula, targeted courses, and brokerage between firms and schools.

Reach is graded by coverage: a factor f at coverage c acts as 1 + c (f - 1), an addition a as c x a. Seats take the
length of the course to turn into graduates; that delay is the business of the institutions, not of the policy.
"""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.policies.base import (
    ENROLMENT_QUARTER,
    MONTHS_PER_QUARTER,
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    EducationName,
    FieldName,
    InstitutionName,
    PolicySpec,
    find_places,
    find_positions,
    setting,
)
from sim.policies.costs import SeatCost
from sim.policies.levers import NO_LIMIT, Levers, TrainingCourse
from sim.types import EDUCATION, FIELD, INSTITUTION
from sim.world.spec import World


class EnrolmentChange(PolicySpec):
    """More or fewer seats."""

    summary: ClassVar = "a factor on the seats of institutions, by level and field"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit supply to demand"
    item: ClassVar = "enrolment_change"
    together: ClassVar = "multiply"
    zero: ClassVar = "factor: 1"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["enrolment_change"] = "enrolment_change"
    factor: float = setting(..., "factor", "factor on seats", high=10)
    levels: tuple[EducationName, ...] | None = Field(None, description="levels; all where none is named")
    fields: tuple[FieldName, ...] | None = Field(None, description="fields; all where none is named")
    cost_cny_per_seat: float = setting(
        0.0, "CNY/seat", "cost of an added seat, whole course, when it opens", source="not counted unless given"
    )

    def is_zero(self) -> bool:
        """Seats as before."""
        return self.factor == 1

    def acts_in(self) -> tuple[int, ...]:
        """When students enrol."""
        return (ENROLMENT_QUARTER,)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Multiply seats. Those added to what the policies before it have left, and not cut after it, cost money."""
        cells = np.ix_(find_positions(self.levels, EDUCATION), find_positions(self.fields, FIELD))
        for place in find_places(self.city, world):
            seats = levers.seat_factor[place]
            added = np.zeros_like(seats)
            added[cells] = seats[cells] * (self.factor - 1)
            seats[cells] *= self.factor
            for earlier in levers.seat_costs:
                if earlier.place == place and self.factor < 1:
                    earlier.added[cells] *= self.factor
            if self.factor > 1 and self.cost_cny_per_seat > 0:
                levers.seat_costs.append(
                    SeatCost(policy=index, place=place, added=added, cny_per_seat=self.cost_cny_per_seat)
                )


class CurriculumReform(PolicySpec):
    """Curricula that follow the frontier sooner, with more practice."""

    summary: ClassVar = "curricula copy the frontier sooner, with more hours of practice"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "curriculum_reform"
    together: ClassVar = "mixed"
    zero: ClassVar = "lag_factor: 1 and practice_add: 0"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["curriculum_reform"] = "curriculum_reform"
    lag_factor: float = setting(1.0, "factor", "factor on the lag of curricula", low=0.05, high=10, source="no change")
    practice_add: float = setting(0.0, "share", "added to the share of practice", low=-1, high=1, source="no change")
    institutions: tuple[InstitutionName, ...] | None = Field(None, description="types; all where none is named")
    cost_cny_per_year: float = setting(0.0, "CNY/year", "cost in each city", source="not counted unless given")

    def is_zero(self) -> bool:
        """Curricula as before."""
        return self.lag_factor == 1 and self.practice_add == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Change lag and practice of the types of institution named."""
        types = find_positions(self.institutions, INSTITUTION)
        for place in find_places(self.city, world):
            levers.lag_factor[place, types] *= self.lag_factor
            levers.practice_add[place, types] += self.practice_add
            levers.add_cost(index, place, self.cost_cny_per_year / QUARTERS_PER_YEAR)


class AssociationPlatform(PolicySpec):
    """An industry association that brokers between firms, people and institutions."""

    summary: ClassVar = (
        "an association shows more positions, spreads the knowledge of policies, lowers doubt about applicants "
        "and speeds curricula"
    )
    instrument: ClassVar = "environment"
    goal: ClassVar = "better matches"
    item: ClassVar = "association_platform"
    together: ClassVar = "mixed"
    zero: ClassVar = "coverage: 0"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["association_platform"] = "association_platform"
    coverage: float = setting(..., "share", "firms, people and institutions that take part", high=1)
    sample_factor: float = setting(
        1.5, "factor", "factor on positions seen", low=0.1, high=10, source="assumption: pooled postings (range 1 to 3)"
    )
    noise_factor: float = setting(
        0.8, "factor", "factor on screening noise", high=10, source="assumption: shared standards (range 0.5 to 1)"
    )
    lag_factor: float = setting(
        0.8, "factor", "factor on the lag of curricula", low=0.05, high=9, source="assumption: signals (range 0.5 to 1)"
    )
    cooperation_add: float = setting(
        0.1, "index", "added to the depth of cooperation", low=-1, high=1, source="assumption: brokers (range 0 to 0.3)"
    )
    cost_cny_per_year: float = setting(0.0, "CNY/year", "cost in each city", source="not counted unless given")
    payer: Literal["city", "national", "association", "employers"] = Field("association", description="who pays")

    def is_zero(self) -> bool:
        """Nobody takes part."""
        return self.coverage == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Change search, screening and institutions of the places named."""
        for place in find_places(self.city, world):
            levers.sample_factor[place] *= 1 + self.coverage * (self.sample_factor - 1)
            levers.noise_factor[place] *= 1 + self.coverage * (self.noise_factor - 1)
            levers.lag_factor[place] *= 1 + self.coverage * (self.lag_factor - 1)
            levers.cooperation_add[place] += self.coverage * self.cooperation_add
            levers.platform_reach[place] = 1 - (1 - levers.platform_reach[place]) * (1 - self.coverage)
            levers.add_cost(index, place, self.cost_cny_per_year / QUARTERS_PER_YEAR)


class IntegratedTraining(PolicySpec):
    """Targeted courses in which posts of firms set the syllabus and a certificate closes the course."""

    summary: ClassVar = "targeted courses, full time for jobseekers and beside the job for others, with a certificate"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "integrated_training"
    zero: ClassVar = "seats_per_year: 0"
    finds: ClassVar = ("searching", "employed")

    kind: Literal["integrated_training"] = "integrated_training"
    seats_per_year: float = setting(..., "places/year", "persons admitted a year in each city named")
    months: float = setting(
        6, "months", "length of a course, in whole quarters", low=3, high=24, source="evidence 000-1485-01"
    )
    technical_gain: float = setting(
        0.25,
        "skill",
        "added to technical skill",
        high=2,
        source="assumption: with practice_gain, from vocational to 83 % of masters, 000-1487-01 (range 0.05 to 0.4)",
    )
    practice_gain: float = setting(
        0.15, "skill", "added to engineering practice", high=2, source="assumption: real projects (range 0 to 0.3)"
    )
    certificate_share: float = setting(
        0.82, "share", "those who end the course and earn the certificate", high=1, source="evidence 003-0817-02"
    )
    cost_cny_per_person: float = setting(
        0.0, "CNY/person", "cost of a course for one person", source="not counted unless given"
    )

    @property
    def quarters(self) -> int:
        """Length of a course."""
        return round(self.months / MONTHS_PER_QUARTER)

    def is_zero(self) -> bool:
        """Nobody is admitted."""
        return min(self.seats_per_year, self.budget_cny) == 0

    def is_active(self, quarter: int) -> bool:
        """In force, or with courses that still run."""
        last = self.last if self.last == NO_LIMIT else self.last + self.quarters - 1
        return self.first <= quarter <= last

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """One course for each place; after `to` without seats, until the last one has ended."""
        if quarter <= self.last:
            self.communicate(levers, index)
        for place in find_places(self.city, world):
            levers.courses.append(
                TrainingCourse(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    seats_per_year=self.seats_per_year if quarter <= self.last else 0.0,
                    quarters=self.quarters,
                    technical_gain=self.technical_gain,
                    practice_gain=self.practice_gain,
                    certificate_share=self.certificate_share,
                    cost_cny_per_person=self.cost_cny_per_person,
                    take_up=self.take_up,
                    budget_cny=self.budget_cny,
                )
            )
