"""Hukou places beside the standing quota of a city, reserved for the eligible."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sim.policies.base import PolicySpec, find_places, setting
from sim.policies.levers import HUKOU_CHANNELS, HukouQuota, Levers
from sim.world.spec import World


class HukouQuotaPolicy(PolicySpec):
    """More hukou places."""

    summary: ClassVar = "hukou places a year beside the standing quota, for the eligible"
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep"
    item: ClassVar = "hukou_quota"
    zero: ClassVar = "places_per_year: 0"
    unused: ClassVar = ("budget_cny",)

    kind: Literal["hukou_quota"] = "hukou_quota"
    places_per_year: float = setting(..., "places/year", "hukou places a year in each city named")
    channel: Literal["points", "employer"] = Field("points", description="by points, or by employers of new graduates")

    def is_zero(self) -> bool:
        """No place."""
        return self.places_per_year == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One quota for each place."""
        self.communicate(levers, index)
        for place in find_places(self.city, world):
            levers.quotas.append(
                HukouQuota(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    channel=HUKOU_CHANNELS.index(self.channel),
                    places_per_year=self.places_per_year,
                    take_up=self.take_up,
                )
            )
