"""Matching: fairs that show positions, knowledge of policies, the evaluation of applicants, and certificates."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.policies.base import (
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    EligibilitySpec,
    PolicySpec,
    find_places,
    grade,
    setting,
)
from sim.policies.costs import GRANT_FIRM
from sim.policies.firms import FirmPolicy
from sim.policies.levers import Exam, Levers
from sim.types import Quarter
from sim.world.spec import World

QuarterOfYear = Literal[1, 2, 3, 4]


class JobFairs(PolicySpec):
    """Fairs and campus recruitment."""

    summary: ClassVar = "fairs show the searchers of a city more positions, in some quarters of the year if wanted"
    instrument: ClassVar = "environment"
    goal: ClassVar = "better matches"
    item: ClassVar = "job_fairs"
    together: ClassVar = "multiply"
    zero: ClassVar = "coverage: 0 or sample_factor: 1"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["job_fairs"] = "job_fairs"
    coverage: float = setting(..., "share", "share of the searchers of each city named that comes", high=1)
    sample_factor: float = setting(
        1.5,
        "factor",
        "factor on positions seen by those who come",
        low=0.1,
        high=10,
        source="assumption: half as many again (range 1 to 3)",
    )
    in_quarters: tuple[QuarterOfYear, ...] | None = Field(
        None, description="quarters of the year with fairs; all where none is named"
    )
    cny_per_visitor: float = setting(
        100,
        "CNY/person",
        "cost of a visitor in a quarter",
        source="assumption: halls and staff of over 2000 fairs a year, 003-3599-01 (range 20 to 500)",
    )

    def is_zero(self) -> bool:
        """Nobody comes, or there is nothing more to see."""
        return min(self.coverage, self.budget_cny) == 0 or self.sample_factor == 1

    def is_active(self, quarter: int) -> bool:
        """In force, in a quarter with fairs."""
        held = self.in_quarters is None or Quarter(quarter).of_year in self.in_quarters
        return held and super().is_active(quarter)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """More positions seen in the places named, at a cost for each visitor."""
        places = find_places(self.city, world)
        levers.sample_factor[places] *= grade(self.sample_factor, self.coverage)
        visitors = EligibilitySpec(state=("searching",)).to_record(world, places)
        levers.add_head_cost(index, visitors, self.coverage, self.cny_per_visitor, self.budget_cny)


class InformationPlatform(PolicySpec):
    """A platform on which policies find the people they are for."""

    summary: ClassVar = "a platform tells residents of every policy that is in force"
    instrument: ClassVar = "environment"
    goal: ClassVar = "make policies known"
    item: ClassVar = "information_platform"
    zero: ClassVar = "coverage: 0 or hearing: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["information_platform"] = "information_platform"
    coverage: float = setting(
        ..., "share", "residents who use it; 39.6 % name information as the main obstacle (003-0939-07)", high=1
    )
    hearing: float = setting(
        0.3,
        "1/quarter",
        "hazard that a user hears of a policy in force",
        high=1,
        source="assumption: three quarters of the users within a year (range 0.1 to 0.8)",
    )
    cny_per_user_year: float = setting(
        10, "CNY/person", "cost of a user a year", source="assumption: software and service (range 2 to 50)"
    )

    def is_zero(self) -> bool:
        """Nobody uses it or hears of anything."""
        return min(self.coverage, self.hearing, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Residents of the places named hear of all policies sooner, at a cost for each user."""
        places = find_places(self.city, world)
        levers.hearing_add[places] += self.coverage * self.hearing
        states = EligibilitySpec(state=("studying", "preparing", "searching", "employed"))
        cny = self.cny_per_user_year / QUARTERS_PER_YEAR
        levers.add_head_cost(index, states.to_record(world, places), self.coverage, cny, self.budget_cny)


class EvaluationReform(FirmPolicy):
    """Applicants are judged by what they can do."""

    summary: ClassVar = "employers judge applicants by skill: degrees count less and the judgement is surer"
    instrument: ClassVar = "environment"
    goal: ClassVar = "better matches"
    item: ClassVar = "evaluation_reform"
    together: ClassVar = "multiply"
    zero: ClassVar = "noise_factor: 1 and degree_factor: 1, or coverage: 0"

    kind: Literal["evaluation_reform"] = "evaluation_reform"
    coverage: float = setting(..., "share", "share of these employers that follow", high=1)
    noise_factor: float = setting(
        0.7,
        "factor",
        "factor on screening noise",
        high=10,
        source="assumption: judgement by experts errs in a third of the cases, 000-1813-01 (range 0.4 to 1)",
    )
    degree_factor: float = setting(
        0.5,
        "factor",
        "factor on the weight of degrees above the one asked",
        high=10,
        source="assumption: papers weigh 62 %, practice 18 %, 000-1806-01 and 000-1808-01 (range 0 to 1)",
    )
    cny_per_firm_year: float = setting(
        5000, "CNY/firm", "cost of an employer a year", source="assumption: some days of assessors (range 0 to 50000)"
    )

    def changes_nothing(self) -> bool:
        """Employers judge as before."""
        return self.noise_factor == 1 and self.degree_factor == 1

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Less noise and less weight of degrees with the employers named."""
        cells = self.firms.to_cells(world, find_places(self.city, world))
        levers.noise_factor *= 1 + cells * (grade(self.noise_factor, self.coverage) - 1)
        levers.degree_factor *= 1 + cells * (grade(self.degree_factor, self.coverage) - 1)
        self.pay_firms(levers, index, world, GRANT_FIRM, self.cny_per_firm_year / QUARTERS_PER_YEAR)


class Certification(PolicySpec):
    """An industry certificate: examinations, and employers who trust them."""

    summary: ClassVar = "examinations for an industry certificate, and employers who recognise it more"
    instrument: ClassVar = "environment"
    goal: ClassVar = "better matches"
    item: ClassVar = "certification"
    together: ClassVar = "mixed"
    zero: ClassVar = "seats_per_year: 0 and recognition: 1"
    finds: ClassVar = ("searching", "employed")
    ends_with_budget: ClassVar = True

    kind: Literal["certification"] = "certification"
    seats_per_year: float = setting(0.0, "places/year", "persons examined a year in each city named", source="none")
    pass_share: float = setting(0.82, "share", "those who pass", high=1, source="evidence 003-0817-02")
    recognition: float = setting(
        1.0,
        "factor",
        "factor on the recognition of certificates; matches of holders rise by 27 % in 000-1812-01",
        high=10,
        source="no change",
    )
    cny_per_person: float = setting(
        500, "CNY/person", "cost of an examination", source="assumption: fee of an examination (range 100 to 3000)"
    )

    def is_zero(self) -> bool:
        """Nobody is examined, and employers think as before."""
        return self.budget_cny == 0 or (self.seats_per_year == 0 and self.recognition == 1)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Recognition with all employers of the places named, and examinations in each of them."""
        places = find_places(self.city, world)
        levers.certificate_factor[places] *= self.recognition
        if self.seats_per_year == 0:
            return
        self.communicate(levers, index)
        for place in places:
            levers.exams.append(
                Exam(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    seats_per_year=self.seats_per_year,
                    pass_share=self.pass_share,
                    cost_cny_per_person=self.cny_per_person,
                    take_up=self.take_up,
                    budget_cny=self.budget_cny,
                )
            )
