"""Labour demand: money for employers who hire, and shocks to demand.

A shock reaches its factor in equal steps: factor(t) = 1 + (factor - 1) x min(1, (t - from + 1) / ramp_quarters); it
multiplies the AI share of postings, or desired headcount, of the industries in the places named, and ends with `to`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.policies.base import ALL_PLACES, IndustryName, PlaceName, PolicySpec, find_places, setting
from sim.policies.levers import HiringSubsidy, Levers
from sim.types import INDUSTRY
from sim.world.spec import World


class HiringSubsidyPolicy(PolicySpec):
    """Money for employers who hire the eligible."""

    summary: ClassVar = "money paid to an employer for each eligible person hired"
    instrument: ClassVar = "demand"
    goal: ClassVar = "more jobs"
    item: ClassVar = "hiring_subsidy"
    zero: ClassVar = "cny_per_hire: 0"
    unused: ClassVar = ("awareness", "communication", "take_up")

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
    zero: ClassVar = "ai_factor: 1 and labour_factor: 1"
    unused: ClassVar = ("eligible", "awareness", "communication", "take_up", "budget_cny")

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
        reached = min(1.0, (quarter - self.first + 1) / self.ramp_quarters)
        named = INDUSTRY if self.industries is None else self.industries
        cells = np.ix_(find_places(self.city, world), [INDUSTRY.index(name) for name in named])
        levers.ai_demand_factor[cells] *= 1 + (self.ai_factor - 1) * reached
        levers.labour_demand_factor[cells] *= 1 + (self.labour_factor - 1) * reached
