"""What the policies of one quarter amount to, in the form that the phases read.

A policy never runs inside a phase. Each quarter every policy adds its entries here, in the order of the
scenario file; the phases read the entries and know nothing of the policies behind them.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.market import ELIGIBILITY_FIELDS
from sim.types import EDUCATION, FIELD, INDUSTRY, INSTITUTION
from sim.world.spec import World

ANY: Final = -1
"""A bit mask in which everything is set: no restriction."""
NO_LIMIT: Final = 2**31 - 1

QUEUE_RULES: Final = ("lottery", "first_come", "points")
QUEUE_LOTTERY, QUEUE_FIRST_COME, QUEUE_POINTS = range(3)
HUKOU_CHANNELS: Final = ("points", "employer", "central")
CHANNEL_POINTS, CHANNEL_EMPLOYER, CHANNEL_CENTRAL = range(3)

ELIGIBILITY_DTYPE: Final = np.dtype(ELIGIBILITY_FIELDS)
"""One row says who a policy reaches."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Transfer:
    """Money paid each month to eligible people who know of it and apply."""

    policy: int
    eligible: NDArray[np.void]
    amount_cny_m: NDArray[np.float64]
    """(education,) fixed amount a month."""
    rent_share: float
    """Share of the rent that is paid, beside the fixed amount."""
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
class Communication:
    """How knowledge of one policy spreads."""

    policy: int
    start_quarter: int
    start_share: float
    """Share of people who know of it from its first quarter, and of graduates when they graduate."""
    rate: float
    """Hazard of hearing of it from the government, per quarter."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedCost:
    """A cost that does not depend on who is reached."""

    policy: int
    place: int
    cny: float


@dataclasses.dataclass(kw_only=True)
class Levers:
    """All entries of one quarter. Lists are in the order of policies; arrays start neutral."""

    transfers: list[Transfer]
    schemes: list[HousingScheme]
    quotas: list[HukouQuota]
    hiring: list[HiringSubsidy]
    courses: list[TrainingCourse]
    communications: list[Communication]
    fixed_costs: list[FixedCost]
    seat_factor: NDArray[np.float64]
    """(place, education, field) factor on the seats of institutions, 1 = none."""
    lag_factor: NDArray[np.float64]
    """(place, institution) factor on the time a curriculum takes to copy the frontier, 1 = none."""
    practice_add: NDArray[np.float64]
    """(place, institution) added to the share of practice, 0 = none."""
    cooperation_add: NDArray[np.float64]
    """(place, institution) added to the depth of cooperation with firms, 0 = none."""
    sample_factor: NDArray[np.float64]
    """(place,) factor on the number of positions that a person living there sees, 1 = none."""
    platform_reach: NDArray[np.float64]
    """(place,) share of firms and people that a platform of an association reaches, 0 = none."""
    noise_factor: NDArray[np.float64]
    """(place,) factor on the screening noise of its employers, 1 = none."""
    ai_demand_factor: NDArray[np.float64]
    """(place, industry) factor on the AI share of postings, 1 = none."""
    labour_demand_factor: NDArray[np.float64]
    """(place, industry) factor on desired headcount, 1 = none."""
    ai_price_factor: NDArray[np.float64]
    """(place,) factor on the price of AI that its firms pay, 1 = none."""
    direct_level_cut: NDArray[np.float64]
    """(place,) levels by which the degree falls that registers for the hukou without quota, 0 = none."""
    points_cut_q: NDArray[np.float64]
    """(place,) quarters by which the residence falls that points ask for, 0 = none."""
    open_after_q: NDArray[np.float64]
    """(place,) quarters of residence after which anybody employed registers for the hukou, inf = not opened."""

    @classmethod
    def neutral(cls, world: World) -> Levers:
        """No policy at all."""
        n = world.n_places
        return cls(
            transfers=[],
            schemes=[],
            quotas=[],
            hiring=[],
            courses=[],
            communications=[],
            fixed_costs=[],
            seat_factor=np.ones((n, len(EDUCATION), len(FIELD))),
            lag_factor=np.ones((n, len(INSTITUTION))),
            practice_add=np.zeros((n, len(INSTITUTION))),
            cooperation_add=np.zeros((n, len(INSTITUTION))),
            sample_factor=np.ones(n),
            platform_reach=np.zeros(n),
            noise_factor=np.ones(n),
            ai_demand_factor=np.ones((n, len(INDUSTRY))),
            labour_demand_factor=np.ones((n, len(INDUSTRY))),
            ai_price_factor=np.ones(n),
            direct_level_cut=np.zeros(n),
            points_cut_q=np.zeros(n),
            open_after_q=np.full(n, np.inf),
        )
