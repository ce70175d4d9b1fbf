"""What the policies of one quarter amount to, in the form that the phases read.

A policy never runs inside a phase. Each quarter every policy adds its entries here, in the order of the
scenario file; the phases read the entries and know nothing of the policies behind them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.market import ELIGIBILITY_FIELDS
from sim.policies.costs import FirmGrant, FixedCost, HeadCost, SeatCost
from sim.types import EDUCATION, FIELD, FIRM_SIZE, INDUSTRY, INSTITUTION, OWNERSHIP
from sim.world.spec import World

ANY: Final = -1
"""A bit mask in which everything is set: no restriction."""
NO_LIMIT: Final = 2**31 - 1

WHEN_SPENT: Final = ("lottery", "queue", "points", "stop")
SPENT_LOTTERY, SPENT_QUEUE, SPENT_POINTS, SPENT_STOP = range(4)
QUEUE_RULES: Final = ("lottery", "first_come", "points")
QUEUE_LOTTERY, QUEUE_FIRST_COME, QUEUE_POINTS = range(3)
HUKOU_CHANNELS: Final = ("points", "employer", "central")
CHANNEL_POINTS, CHANNEL_EMPLOYER, CHANNEL_CENTRAL = range(3)
CHANNELS_OF_QUARTER: Final = {3: (CHANNEL_CENTRAL, CHANNEL_EMPLOYER), 4: (CHANNEL_POINTS,)}
"""Quarter of the year -> channels with a quota, in the order in which they give their places."""

ELIGIBILITY_DTYPE: Final = np.dtype(ELIGIBILITY_FIELDS)
"""One row says who a policy reaches."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Transfer:
    """Money paid each month, or once, to eligible people who know of it and apply."""

    policy: int
    eligible: NDArray[np.void]
    amount_cny_m: NDArray[np.float64]
    """(education,) fixed amount a month."""
    rent_share: float
    """Share of the rent that is paid, beside the fixed amount."""
    pay_share: float = 0.0
    """Share of gross pay that is paid on top."""
    tax_share: float = 0.0
    """Share of income tax that is paid back."""
    steps: tuple[tuple[float, float], ...] = ()
    """(pay, amount), ascending by pay: the amount a month from that pay on."""
    once_months: float = 0.0
    """Months for which people reckon with what is paid once, the monthly amount so many times; 0: paid monthly."""
    cap_cny_m: float
    """Upper limit of the whole, CNY a month."""
    against_rent: bool = False
    """Whether it lowers the rent, which it never exceeds, instead of adding to income."""
    start_quarter: int
    """First quarter of the policy: the term counts from here, from graduation or from arrival, whichever is last."""
    term_quarters: int
    take_up: float
    """Share of the eligible who know of it that apply."""
    budget_cny: float
    """Money for the whole policy; inf where there is no limit."""
    when_spent: int = SPENT_LOTTERY
    """Index into WHEN_SPENT."""
    quota: float = np.inf
    """Most persons paid in a quarter, or in a year where they are paid once."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Purchase:
    """Money paid once towards a home of one's own, when it is bought."""

    policy: int
    eligible: NDArray[np.void]
    amount_cny: NDArray[np.float64]
    """(education,) fixed amount."""
    price_share: float
    """Share of the price, beside the fixed amount."""
    cap_cny: float
    take_up: float
    budget_cny: float
    when_spent: int
    quota: float
    """Most persons paid in a year."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SchoolPlaces:
    """School places in one place for the children of people without its hukou."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    places_per_year: float
    cost_cny_per_place: float
    take_up: float
    budget_cny: float
    when_spent: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class HukouPoints:
    """Points that the eligible have on top, in the ranking for the hukou of one place."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    points: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class HousingScheme:
    """Subsidised units in one place."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    units: float
    """Units on offer this quarter, whole units of real housing (not yet divided by scale)."""
    rent_cap_cny_m: float
    """Highest rent of a unit; inf where only rent_share counts."""
    rent_share: float
    """Rent of a unit relative to the market rent of a small whole unit."""
    free_quarters: int
    """Quarters without rent at the start of a lease."""
    term_quarters: int
    queue: int
    """Index into QUEUE_RULES."""
    take_up: float
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class HukouQuota:
    """Hukou places beside the standing quota, reserved for the eligible."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    channel: int
    """Index into HUKOU_CHANNELS."""
    places_per_year: float
    take_up: float
    """Share of the eligible who know of it that apply."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class HiringSubsidy:
    """Money paid to an employer for each eligible person hired."""

    policy: int
    eligible: NDArray[np.void]
    """Of the person hired, in the job taken."""
    cny_per_hire: float
    firm_aware_share: float
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingCourse:
    """Targeted courses in one place."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    seats_per_year: float
    """Persons admitted a year (not yet divided by scale); 0 when only running courses are left."""
    quarters: int
    technical_gain: float
    """Added to technical skill when the course ends."""
    practice_gain: float
    """Added to engineering practice when the course ends."""
    certificate_share: float
    """Share of those who end the course that earn an industry certificate."""
    cost_cny_per_person: float
    take_up: float
    """Share of the eligible who know of it that apply."""
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Exam:
    """Examinations for an industry certificate in one place."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    seats_per_year: float
    """Persons examined a year (not yet divided by scale)."""
    pass_share: float
    cost_cny_per_person: float
    take_up: float
    """Share of the eligible who know of it that apply."""
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Internship:
    """Internships of students in one place, before they graduate."""

    policy: int
    place: int
    eligible: NDArray[np.void]
    institution_mask: int
    share: float
    """Share of the eligible graduates of the year who have done one."""
    quarters: int
    """Experience that it counts for."""
    practice_gain: float
    """Added to engineering practice."""
    cost_cny_per_person: float
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Communication:
    """How knowledge of one policy spreads."""

    policy: int
    start_quarter: int
    start_share: float
    """Share of people who know of it from its first quarter, and of graduates when they graduate."""
    rate: float
    """Hazard of hearing of it from the government, per quarter."""


@dataclasses.dataclass(kw_only=True)
class Levers:
    """All entries of one quarter. Lists are in the order of policies; arrays start neutral."""

    transfers: list[Transfer] = dataclasses.field(default_factory=list)
    schemes: list[HousingScheme] = dataclasses.field(default_factory=list)
    purchases: list[Purchase] = dataclasses.field(default_factory=list)
    schools: list[SchoolPlaces] = dataclasses.field(default_factory=list)
    quotas: list[HukouQuota] = dataclasses.field(default_factory=list)
    points: list[HukouPoints] = dataclasses.field(default_factory=list)
    hiring: list[HiringSubsidy] = dataclasses.field(default_factory=list)
    courses: list[TrainingCourse] = dataclasses.field(default_factory=list)
    communications: list[Communication] = dataclasses.field(default_factory=list)
    fixed_costs: list[FixedCost] = dataclasses.field(default_factory=list)
    exams: list[Exam] = dataclasses.field(default_factory=list)
    internships: list[Internship] = dataclasses.field(default_factory=list)
    firm_grants: list[FirmGrant] = dataclasses.field(default_factory=list)
    head_costs: list[HeadCost] = dataclasses.field(default_factory=list)
    seat_costs: list[SeatCost] = dataclasses.field(default_factory=list)
    seat_factor: NDArray[np.float64]
    """(place, education, field) factor on the seats of institutions, 1 = none."""
    lag_factor: NDArray[np.float64]
    """(place, institution) factor on the time a curriculum takes to copy the frontier, 1 = none."""
    practice_add: NDArray[np.float64]
    """(place, institution) added to the share of practice, 0 = none."""
    cooperation_add: NDArray[np.float64]
    """(place, institution) added to the depth of cooperation with firms, 0 = none."""
    teacher_add: NDArray[np.float64]
    """(place, institution) added to the share of dual teachers, 0 = none."""
    sample_factor: NDArray[np.float64]
    """(place,) factor on the number of positions that a person living there sees, 1 = none."""
    platform_reach: NDArray[np.float64]
    """(place,) share of firms and people that a platform of an association reaches, 0 = none."""
    hearing_add: NDArray[np.float64]
    """(place,) added to the hazard of hearing of each policy in force, 1/quarter, 0 = none."""
    noise_factor: NDArray[np.float64]
    """(place, industry, size, ownership) factor on the screening noise of employers, 1 = none."""
    degree_factor: NDArray[np.float64]
    """(place, industry, size, ownership) factor on the weight of degrees above the one asked, 1 = none."""
    certificate_factor: NDArray[np.float64]
    """(place, industry, size, ownership) recognition of certificates relative to today, 1 = as today."""
    training_add: NDArray[np.float64]
    """(place, industry, size, ownership) share of staff that firms train in a quarter in addition, 0 = none."""
    pay_link_add: NDArray[np.float64]
    """(place, industry, size, ownership) added to the share of pay that follows performance, 0 = none."""
    productivity_add: NDArray[np.float64]
    """(place, industry, size, ownership) share added to output a head, 0 = none."""
    entry_factor: NDArray[np.float64]
    """(place, industry, size, ownership) factor on the speed at which real firms are founded, 1 = none."""
    jobs_add: NDArray[np.float64]
    """(place, industry) persons added to the jobs that the market asks for, 0 = none."""
    level_weight_add: NDArray[np.float64]
    """(place, industry, education) added to the shares of levels asked before they are made to add to 1, 0 = none."""
    ai_demand_factor: NDArray[np.float64]
    """(place, industry) factor on the AI share of postings, 1 = none."""
    labour_demand_factor: NDArray[np.float64]
    """(place, industry) factor on desired headcount, 1 = none."""
    ai_price_factor: NDArray[np.float64]
    """(place, industry) factor on the price of AI that its firms pay, 1 = none."""
    direct_level_cut: NDArray[np.float64]
    """(place,) levels by which the degree falls that registers for the hukou without quota, 0 = none."""
    points_cut_q: NDArray[np.float64]
    """(place,) quarters by which the residence falls that points ask for, 0 = none."""
    open_after_q: NDArray[np.float64]
    """(place,) quarters of residence after which anybody employed registers for the hukou, inf = not opened."""
    points_education_add: NDArray[np.float64]
    """(place,) points added for each level of education in the ranking for the hukou, 0 = none."""
    points_year_add: NDArray[np.float64]
    """(place,) points added for each year of residence, 0 = none."""
    points_wage_add: NDArray[np.float64]
    """(place,) points added for each log point of pay over the mean, 0 = none."""
    rights_mask: NDArray[np.int64]
    """(place,) bits of the places from which residence is taken over, 0 = none."""
    rights_share: NDArray[np.float64]
    """(place,) share of it that counts, 0 = none."""
    move_cost_add: NDArray[np.float64]
    """(place, place) utility added to the cost of a move, 0 = none."""
    travel_factor: NDArray[np.float64]
    """(place, place) factor on the cost of distance, on the diagonal on the commute within the place, 1 = none."""

    def entries(self) -> Iterator[Any]:
        """All entries that say whom they reach."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, list):
                yield from (entry for entry in value if hasattr(entry, "eligible"))

    @classmethod
    def neutral(cls, world: World) -> Levers:
        """No policy at all."""
        n = world.n_places
        firms, industries = (n, len(INDUSTRY), len(FIRM_SIZE), len(OWNERSHIP)), (n, len(INDUSTRY))
        return cls(
            seat_factor=np.ones((n, len(EDUCATION), len(FIELD))),
            lag_factor=np.ones((n, len(INSTITUTION))),
            practice_add=np.zeros((n, len(INSTITUTION))),
            cooperation_add=np.zeros((n, len(INSTITUTION))),
            teacher_add=np.zeros((n, len(INSTITUTION))),
            sample_factor=np.ones(n),
            platform_reach=np.zeros(n),
            hearing_add=np.zeros(n),
            noise_factor=np.ones(firms),
            degree_factor=np.ones(firms),
            certificate_factor=np.ones(firms),
            training_add=np.zeros(firms),
            pay_link_add=np.zeros(firms),
            productivity_add=np.zeros(firms),
            entry_factor=np.ones(firms),
            jobs_add=np.zeros(industries),
            level_weight_add=np.zeros((*industries, len(EDUCATION))),
            ai_demand_factor=np.ones(industries),
            labour_demand_factor=np.ones(industries),
            ai_price_factor=np.ones(industries),
            direct_level_cut=np.zeros(n),
            points_cut_q=np.zeros(n),
            open_after_q=np.full(n, np.inf),
            points_education_add=np.zeros(n),
            points_year_add=np.zeros(n),
            points_wage_add=np.zeros(n),
            rights_mask=np.zeros(n, np.int64),
            rights_share=np.zeros(n),
            move_cost_add=np.zeros((n, n)),
            travel_factor=np.ones((n, n)),
        )

    def add_cost(self, policy: int, place: int, cny: float, budget_cny: float = np.inf) -> None:
        """Add a cost of the quarter in one place that does not depend on who is reached; nothing where it is 0."""
        if cny > 0:
            self.fixed_costs.append(FixedCost(policy=policy, place=place, cny=cny, budget_cny=budget_cny))

    def add_head_cost(
        self, policy: int, eligible: NDArray[np.void], share: float, cny_per_person: float, budget_cny: float
    ) -> None:
        """Add a cost of the quarter for the `share` of the `eligible`; nothing where it is 0."""
        if cny_per_person > 0:
            self.head_costs.append(
                HeadCost(
                    policy=policy, eligible=eligible, share=share, cny_per_person=cny_per_person, budget_cny=budget_cny
                )
            )
