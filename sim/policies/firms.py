"""Firms: attraction and founding, training, shared experts, and pay that follows performance.

A policy for firms names them by industry, size and ownership (`firms`) and reaches the share `coverage` of them: a
factor f acts as 1 + coverage x (f - 1), an addition a as coverage x a. It ends with its budget. Jobs that have been
attracted stay, and no more come than the budget pays for; all else lasts while the policy does.
"""

from typing import ClassVar, Final, Literal

import numpy as np
from pydantic import Field

from sim.policies.base import (
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    FirmsSpec,
    IndustryName,
    PolicySpec,
    find_places,
    find_positions,
    grade,
    ramp_up,
    setting,
)
from sim.policies.costs import GRANT_ENTRANT, GRANT_FIRM, GRANT_STAFF, GRANT_TRAINED, FirmGrant
from sim.policies.levers import Levers
from sim.types import INDUSTRY
from sim.world.spec import World

SMALL: Final = ("<100", "100-500")


class FirmPolicy(PolicySpec):
    """What policies for firms share."""

    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    firms: FirmsSpec = Field(FirmsSpec(), description="firms that are reached")
    coverage: float = setting(1.0, "share", "share of these firms that take part", high=1, source="all of them")

    def is_zero(self) -> bool:
        """No firm takes part, or nothing changes for it."""
        return min(self.coverage, self.budget_cny) == 0 or self.changes_nothing()

    def changes_nothing(self) -> bool:
        """Whether firms that take part are as they were."""
        return False

    def pay_firms(self, levers: Levers, index: int, world: World, base: int, cny: float) -> None:
        """Add a grant of `cny` a quarter for each of what `base` counts in the firms that take part."""
        if cny > 0:
            masks = self.firms.to_masks(world, find_places(self.city, world))
            levers.firm_grants.append(
                FirmGrant(policy=index, base=base, share=self.coverage, cny=cny, budget_cny=self.budget_cny, **masks)
            )


class FirmAttraction(PolicySpec):
    """Firms that come to a city, in part from elsewhere."""

    summary: ClassVar = "jobs come to a city with the firms attracted; part of them leaves other places"
    instrument: ClassVar = "demand"
    goal: ClassVar = "more jobs"
    item: ClassVar = "firm_attraction"
    zero: ClassVar = "jobs: 0"
    unused: ClassVar = NOT_PEOPLE

    kind: Literal["firm_attraction"] = "firm_attraction"
    jobs: float = setting(..., "jobs", "jobs that come to each city named, in all")
    ramp_quarters: int = setting(
        8,
        "quarters",
        "time in which they come",
        low=1,
        high=200,
        source="assumption: building and hiring (range 4 to 16)",
    )
    displacement: float = setting(
        0.3, "share", "part of them that other places lose", high=1, source="assumption: most are new (range 0 to 1)"
    )
    industries: tuple[IndustryName, ...] | None = Field(None, description="industries; all where none is named")
    cny_per_job: float = setting(
        100_000,
        "CNY/job",
        "paid once for each job that comes",
        source="assumption: four months of pay and overheads (range 0 to 500000)",
    )

    def is_zero(self) -> bool:
        """No job comes."""
        return min(self.jobs, self.budget_cny) == 0

    def is_active(self, quarter: int) -> bool:
        """In force, or with jobs that have come."""
        return quarter >= self.first

    def jobs_by(self, quarter: int, n_places: int) -> float:
        """Jobs that have come to each of `n_places` by the end of a quarter, as far as the budget pays for them."""
        come = self.jobs * ramp_up(self.first, min(quarter, self.last), self.ramp_quarters)
        return come if self.cny_per_job == 0 else min(come, self.budget_cny / (self.cny_per_job * n_places))

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Spread the jobs over industries as the city has them, and their loss over other places in proportion."""
        places = find_places(self.city, world)
        named = find_positions(self.industries, INDUSTRY)
        others = np.setdiff1d(np.arange(world.n_places), places)
        elsewhere = world.jobs_start[others, None] * world.industry_share[np.ix_(others, named)]
        elsewhere /= np.maximum(1e-9, elsewhere.sum(axis=0))
        come, before = (self.jobs_by(number, len(places)) for number in (quarter, quarter - 1))
        for place in places:
            mix = world.industry_share[place, named]
            if mix.sum() == 0:
                continue  # nobody there could take the jobs
            added = come * mix / mix.sum()
            levers.jobs_add[place, named] += added
            levers.jobs_add[np.ix_(others, named)] -= self.displacement * added * elsewhere
            levers.add_cost(index, place, (come - before) * self.cny_per_job, self.budget_cny)


class StartupSpace(FirmPolicy):
    """Room and money for founders."""

    summary: ClassVar = "firms are founded faster where others have closed, with money for each that is founded"
    instrument: ClassVar = "environment"
    goal: ClassVar = "more firms"
    item: ClassVar = "startup_space"
    together: ClassVar = "multiply"
    zero: ClassVar = "entry_factor: 1 or coverage: 0"

    kind: Literal["startup_space"] = "startup_space"
    firms: FirmsSpec = Field(FirmsSpec(size=("<100",)), description="firms that are reached")
    entry_factor: float = setting(..., "factor", "factor on the speed at which firms are founded", high=10)
    cny_per_firm: float = setting(
        100_000,
        "CNY/firm",
        "paid for each firm founded",
        source="assumption: space for a year; winners get up to 5 million, 003-5227-04 (range 0 to 500000)",
    )

    def changes_nothing(self) -> bool:
        """Firms are founded as before."""
        return self.entry_factor == 1

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Faster founding, and money for those founded."""
        cells = self.firms.to_cells(world, find_places(self.city, world))
        levers.entry_factor *= 1 + cells * (grade(self.entry_factor, self.coverage) - 1)
        self.pay_firms(levers, index, world, GRANT_ENTRANT, self.cny_per_firm)


class TrainingSubsidy(FirmPolicy):
    """Money for firms that train their staff."""

    summary: ClassVar = "firms train more of their staff and are paid for everybody they train"
    instrument: ClassVar = "supply"
    goal: ClassVar = "fit skills to demand"
    item: ClassVar = "training_subsidy"
    zero: ClassVar = "trained_add: 0 or coverage: 0"

    kind: Literal["training_subsidy"] = "training_subsidy"
    trained_add: float = setting(..., "1/year", "share of staff trained a year in addition", high=4)
    coverage: float = setting(
        0.6,
        "share",
        "share of these firms that take part",
        high=1,
        source="assumption: as many as people who know of a policy (range 0.2 to 1)",
    )
    cny_per_person: float = setting(
        2000,
        "CNY/person",
        "paid for each training, those given anyway included",
        source="assumption: a course of some days (range 500 to 6000)",
    )

    def changes_nothing(self) -> bool:
        """Firms train as before."""
        return self.trained_add == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """More training, and money for all of it."""
        cells = self.firms.to_cells(world, find_places(self.city, world))
        levers.training_add += cells * self.coverage * self.trained_add / QUARTERS_PER_YEAR
        self.pay_firms(levers, index, world, GRANT_TRAINED, self.cny_per_person)


class TalentPool(FirmPolicy):
    """Small firms share engineers, training and the search for people."""

    summary: ClassVar = "small firms share engineers, training and the assessment of applicants"
    instrument: ClassVar = "environment"
    goal: ClassVar = "help small firms"
    item: ClassVar = "talent_pool"
    together: ClassVar = "mixed"
    zero: ClassVar = "coverage: 0"

    kind: Literal["talent_pool"] = "talent_pool"
    firms: FirmsSpec = Field(FirmsSpec(size=SMALL), description="firms that are reached")
    coverage: float = setting(..., "share", "share of these firms that belong to the pool", high=1)
    noise_factor: float = setting(
        0.8, "factor", "factor on screening noise", high=10, source="assumption: shared assessment (range 0.5 to 1)"
    )
    trained_add: float = setting(
        0.1,
        "1/year",
        "share of staff trained a year in addition",
        high=4,
        source="assumption: shared courses (range 0 to 0.5)",
    )
    output_gain: float = setting(
        0.02,
        "share",
        "gain of output a head",
        high=2,
        source="assumption: engineers on demand, as 000-1792-01 (range 0 to 0.1)",
    )
    cny_per_firm_year: float = setting(
        20_000, "CNY/firm", "cost of a member a year", source="assumption: some days of an engineer (range 0 to 100000)"
    )

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Surer choice, more training and more output of the members."""
        cells = self.firms.to_cells(world, find_places(self.city, world))
        levers.noise_factor *= 1 + cells * (grade(self.noise_factor, self.coverage) - 1)
        levers.training_add += cells * self.coverage * self.trained_add / QUARTERS_PER_YEAR
        levers.productivity_add += cells * self.coverage * self.output_gain
        self.pay_firms(levers, index, world, GRANT_FIRM, self.cny_per_firm_year / QUARTERS_PER_YEAR)


class PayLinkPolicy(FirmPolicy):
    """Pay that follows evaluated performance."""

    summary: ClassVar = "more of the pay follows evaluated performance, so that fewer quit"
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep"
    item: ClassVar = "pay_link"
    zero: ClassVar = "at_least: 0 and add: 0, or coverage: 0"

    kind: Literal["pay_link"] = "pay_link"
    at_least: float = setting(
        0.0,
        "share",
        "share of pay that is linked at least; 000-1821-01 and -02: below 0.4, a fifth of the core staff leaves",
        high=1,
        source="no floor",
    )
    add: float = setting(0.0, "share", "added to the share that is linked", high=1, source="nothing added")
    cny_per_person_year: float = setting(
        300, "CNY/person", "cost of a year's evaluation", source="assumption: a day of a colleague (range 0 to 2000)"
    )
    payer: Literal["city", "national", "association", "employers"] = Field("employers", description="who pays")

    def changes_nothing(self) -> bool:
        """Pay as before."""
        return self.at_least == 0 and self.add == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Raise the link of each kind of firm by `add`, and to the floor; links above it stay."""
        cells = self.firms.to_cells(world, find_places(self.city, world))
        raised = np.maximum(world.pay_link + self.add, self.at_least) - world.pay_link
        levers.pay_link_add += cells * self.coverage * raised.T
        self.pay_firms(levers, index, world, GRANT_STAFF, self.cny_per_person_year / QUARTERS_PER_YEAR)


class FlexibleTalent(PolicySpec):
    """Experts who work part-time for firms of a city without moving there."""

    summary: ClassVar = "part-time experts raise the output of the staff they work with, without moving"
    instrument: ClassVar = "supply"
    goal: ClassVar = "help firms"
    item: ClassVar = "flexible_talent"
    zero: ClassVar = "experts: 0 or output_gain: 0"
    unused: ClassVar = NOT_PEOPLE
    ends_with_budget: ClassVar = True

    kind: Literal["flexible_talent"] = "flexible_talent"
    experts: float = setting(..., "persons", "experts in each city named; 003-1049-01: 136 in one district")
    staff_per_expert: float = setting(
        50, "persons", "staff that work with one expert", source="assumption: a department (range 10 to 200)"
    )
    output_gain: float = setting(
        0.1, "share", "gain of output of this staff", high=2, source="assumption: a tenth (range 0 to 0.3)"
    )
    firms: FirmsSpec = Field(FirmsSpec(), description="firms that are reached")
    cny_per_expert_year: float = setting(
        200_000,
        "CNY/person",
        "cost of one expert a year",
        source="assumption: a fifth of the time of a professor, with travel (range 50000 to 500000)",
    )

    def is_zero(self) -> bool:
        """No expert comes, or none helps."""
        return min(self.experts, self.staff_per_expert, self.output_gain, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """More output of the firms named, by the share of their jobs at the start that works with an expert."""
        for place in find_places(self.city, world):
            cells = self.firms.to_cells(world, [place])
            size = world.size_mix[:, :, None] * np.stack([world.state_share, 1 - world.state_share], axis=1)[:, None, :]
            jobs = world.jobs_start[place] * world.industry_share[place][:, None, None] * size
            staff = float((jobs * cells[place]).sum())
            coverage = min(1.0, self.experts * self.staff_per_expert / max(1.0, staff))
            levers.productivity_add += cells * coverage * self.output_gain
            levers.add_cost(index, place, self.experts * self.cny_per_expert_year / QUARTERS_PER_YEAR, self.budget_cny)
