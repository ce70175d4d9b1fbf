"""Labour demand: money for employers who hire, and shocks to demand.

A shock reaches its factor in equal steps: factor(t) = 1 + (factor - 1) x min(1, (t - from + 1) / ramp_quarters); it
multiplies the AI share of postings, or desired headcount, of the industries in the places named, and ends with `to`.
After a recession demand recovers in equal steps. Orders and funded positions add jobs; shocks multiply them.
"""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.policies.base import (
    ALL_PLACES,
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    EducationName,
    IndustryName,
    PlaceName,
    PolicySpec,
    find_places,
    find_positions,
    grade,
    ramp_up,
    setting,
)
from sim.policies.levers import NO_LIMIT, HiringSubsidy, Levers
from sim.types import EDUCATION, INDUSTRY
from sim.world.spec import World


class HiringSubsidyPolicy(PolicySpec):
    """Money for employers who hire the eligible."""

    summary: ClassVar = "money paid to an employer for each eligible person hired"
    instrument: ClassVar = "demand"
    goal: ClassVar = "more jobs"
    item: ClassVar = "hiring_subsidy"
    zero: ClassVar = "cny_per_hire: 0"
    unused: ClassVar = ("awareness", "communication", "take_up")
    finds: ClassVar = ("employed",)

    kind: Literal["hiring_subsidy"] = "hiring_subsidy"
    cny_per_hire: float = setting(..., "CNY/person", "paid once for each person hired")
    firm_awareness: float = setting(
        0.6, "share", "employers who know of it", high=1, source="assumption: as people (range 0.2 to 1)"
    )

    def is_zero(self) -> bool:
        """Nothing is paid, or nobody knows."""
        return min(self.cny_per_hire, self.firm_awareness, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One subsidy for jobs in all places named."""
        levers.hiring.append(
            HiringSubsidy(
                policy=index,
                eligible=self.eligible.to_record(world, find_places(self.city, world)),
                cny_per_hire=self.cny_per_hire,
                firm_aware_share=self.firm_awareness,
                budget_cny=self.budget_cny,
            )
        )


class AiDemandShock(PolicySpec):
    """A change of labour demand that no government pays for."""

    summary: ClassVar = "the AI share of postings, or all labour demand, moves to a multiple"
    instrument: ClassVar = "demand"
    goal: ClassVar = "what if"
    item: ClassVar = "ai_demand_shock"
    together: ClassVar = "multiply"
    zero: ClassVar = "ai_factor: 1 and labour_factor: 1"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["ai_demand_shock"] = "ai_demand_shock"
    city: PlaceName = ALL_PLACES
    ai_factor: float = setting(1.0, "factor", "factor on the AI share of postings", high=100, source="no change")
    labour_factor: float = setting(1.0, "factor", "factor on desired headcount", high=10, source="no change")
    ramp_quarters: int = setting(1, "quarters", "time until the factor is reached", low=1, high=200, source="at once")
    industries: tuple[IndustryName, ...] | None = Field(None, description="industries; all where none is named")

    def is_zero(self) -> bool:
        """No change."""
        return self.ai_factor == 1 and self.labour_factor == 1

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Multiply both factors."""
        reached = ramp_up(self.first, quarter, self.ramp_quarters)
        cells = np.ix_(np.array(find_places(self.city, world)), find_positions(self.industries, INDUSTRY))
        levers.ai_demand_factor[cells] *= grade(self.ai_factor, reached)
        levers.labour_demand_factor[cells] *= grade(self.labour_factor, reached)


class DemandRecession(PolicySpec):
    """A fall of labour demand from which it recovers."""

    summary: ClassVar = "labour demand falls, stays low, and recovers step by step after the end"
    instrument: ClassVar = "demand"
    goal: ClassVar = "what if"
    item: ClassVar = "demand_recession"
    together: ClassVar = "multiply"
    zero: ClassVar = "depth: 0"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["demand_recession"] = "demand_recession"
    city: PlaceName = ALL_PLACES
    depth: float = setting(..., "share", "share of labour demand that is lost at the bottom", high=0.9)
    fall_quarters: int = setting(
        4, "quarters", "time until the bottom", low=1, high=200, source="assumption: a year (range 1 to 8)"
    )
    recovery_quarters: int = setting(
        8,
        "quarters",
        "time from the end of the policy to full recovery",
        low=1,
        high=200,
        source="assumption: slower than the fall (range 2 to 20)",
    )
    industries: tuple[IndustryName, ...] | None = Field(None, description="industries; all where none is named")

    def is_zero(self) -> bool:
        """Nothing falls."""
        return self.depth == 0

    def is_active(self, quarter: int) -> bool:
        """In force, or not yet recovered."""
        last = self.last if self.last == NO_LIMIT else self.last + self.recovery_quarters - 1
        return self.first <= quarter <= last

    def loss(self, quarter: int) -> float:
        """Share of labour demand that is missing in a quarter."""
        fallen = self.depth * ramp_up(self.first, min(quarter, self.last), self.fall_quarters)
        return fallen * (1 - max(0, quarter - self.last) / self.recovery_quarters)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Multiply demand by what is left of it."""
        cells = np.ix_(np.array(find_places(self.city, world)), find_positions(self.industries, INDUSTRY))
        levers.labour_demand_factor[cells] *= 1 - self.loss(quarter)


class AiPriceFall(PolicySpec):
    """AI becomes cheaper, or dearer, beyond its trend."""

    summary: ClassVar = "the price of AI moves to a multiple of its path, and firms adopt AI sooner or later"
    instrument: ClassVar = "demand"
    goal: ClassVar = "what if"
    item: ClassVar = "ai_price_fall"
    together: ClassVar = "multiply"
    zero: ClassVar = "price_factor: 1"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["ai_price_fall"] = "ai_price_fall"
    city: PlaceName = ALL_PLACES
    price_factor: float = setting(
        ..., "factor", "factor on the price; it fell by 60 % in 2024 (000-0618-02)", low=0.001, high=100
    )
    ramp_quarters: int = setting(1, "quarters", "time until the factor is reached", low=1, high=200, source="at once")
    industries: tuple[IndustryName, ...] | None = Field(None, description="industries; all where none is named")

    def is_zero(self) -> bool:
        """Prices as before."""
        return self.price_factor == 1

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Multiply the price."""
        cells = np.ix_(np.array(find_places(self.city, world)), find_positions(self.industries, INDUSTRY))
        levers.ai_price_factor[cells] *= grade(self.price_factor, ramp_up(self.first, quarter, self.ramp_quarters))


class ApplicationScenarios(PolicySpec):
    """Orders for AI in a city's services and plants, published as a list."""

    summary: ClassVar = "orders for AI applications: jobs with those who deliver, and sooner adoption of AI"
    instrument: ClassVar = "demand"
    goal: ClassVar = "more jobs"
    item: ClassVar = "application_scenarios"
    together: ClassVar = "mixed"
    zero: ClassVar = "orders_cny_per_year: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["application_scenarios"] = "application_scenarios"
    orders_cny_per_year: float = setting(..., "CNY/year", "orders a year in each city named")
    ramp_quarters: int = setting(
        4, "quarters", "time until they are placed", low=1, high=200, source="assumption: tenders (range 1 to 8)"
    )
    cny_per_job: float = setting(
        600_000,
        "CNY/job",
        "orders a year that keep one person busy",
        low=1000,
        source="assumption: turnover a head of software firms (range 300000 to 1200000)",
    )
    public_share: float = setting(
        0.3,
        "share",
        "part of the orders that the payer bears",
        high=1,
        source="assumption: users pay the rest (range 0.1 to 1)",
    )
    ai_factor: float = setting(
        3.0,
        "factor",
        "AI share of these jobs relative to others",
        high=100,
        source="assumption: AI teams (range 1 to 5)",
    )
    firms_share: float = setting(
        0.05, "share", "firms that try AI in a scenario", high=1, source="assumption: one in twenty (range 0 to 0.2)"
    )
    price_factor: float = setting(
        0.5,
        "factor",
        "price of AI for these firms",
        low=0.001,
        high=100,
        source="assumption: half of it is borne by the scenario (range 0.2 to 1)",
    )
    industries: tuple[IndustryName, ...] | None = Field(("computer_internet",), description="industries that deliver")

    def is_zero(self) -> bool:
        """No order."""
        return min(self.orders_cny_per_year, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Jobs by the industries' shares in the city, more AI among their postings, cheaper AI for those who try it."""
        named = find_positions(self.industries, INDUSTRY)
        reached = ramp_up(self.first, quarter, self.ramp_quarters)
        orders = self.orders_cny_per_year * reached
        for place in find_places(self.city, world):
            mix = world.industry_share[place, named]
            present = named[mix > 0]
            if len(present):
                added = orders / self.cny_per_job * mix[mix > 0] / mix.sum()
                levers.jobs_add[place, present] += added
                new = added / (world.jobs_start[place] * world.industry_share[place, present] + added)
                levers.ai_demand_factor[place, present] *= 1 + new * (self.ai_factor - 1)
            levers.ai_price_factor[place] *= grade(self.price_factor, self.firms_share * reached)
            levers.add_cost(index, place, orders * self.public_share / QUARTERS_PER_YEAR, self.budget_cny)


class ResearchFunding(PolicySpec):
    """Funded positions for people with higher degrees."""

    summary: ClassVar = "positions for masters and doctors, paid for as long as the policy lasts"
    instrument: ClassVar = "demand"
    goal: ClassVar = "more jobs"
    item: ClassVar = "research_funding"
    zero: ClassVar = "positions: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["research_funding"] = "research_funding"
    positions: float = setting(..., "jobs", "positions in each city named")
    levels: tuple[EducationName, ...] = Field(("master", "phd"), description="levels asked, in equal parts")
    industries: tuple[IndustryName, ...] | None = Field(None, description="industries; all where none is named")
    ramp_quarters: int = setting(
        4,
        "quarters",
        "time until all are funded",
        low=1,
        high=200,
        source="assumption: calls of one year (range 1 to 12)",
    )
    cny_per_job_year: float = setting(
        300_000,
        "CNY/job",
        "paid a year for each position",
        source="assumption: pay and overheads of a researcher (range 150000 to 600000)",
    )

    def is_zero(self) -> bool:
        """No position."""
        return min(self.positions, self.budget_cny) == 0 or not self.levels

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Jobs by the industries' shares in the city, and the levels they ask among all levels asked there."""
        named, levels = find_positions(self.industries, INDUSTRY), find_positions(self.levels, EDUCATION)
        funded = self.positions * ramp_up(self.first, quarter, self.ramp_quarters)
        for place in find_places(self.city, world):
            mix = world.industry_share[place, named]
            present = named[mix > 0]
            if not len(present):
                continue
            added = funded * mix[mix > 0] / mix.sum()
            levers.jobs_add[place, present] += added
            weight = added / (world.jobs_start[place] * world.industry_share[place, present])
            levers.level_weight_add[np.ix_(np.array([place]), present, levels)] += weight[None, :, None] / len(levels)
            levers.add_cost(index, place, funded * self.cny_per_job_year / QUARTERS_PER_YEAR, self.budget_cny)
