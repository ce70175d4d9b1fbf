"""Hukou: places beside the standing quota of a city, reserved for the eligible; rules that ask for less; and points."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.policies.base import (
    EVERY_QUARTER,
    INFINITE,
    NOT_PEOPLE,
    PolicySpec,
    find_places,
    quarters_of,
    setting,
)
from sim.policies.levers import (
    CHANNEL_POINTS,
    CHANNELS_OF_QUARTER,
    HUKOU_CHANNELS,
    HukouPoints,
    HukouQuota,
    Levers,
)
from sim.world.spec import World


class HukouQuotaPolicy(PolicySpec):
    """More hukou places."""

    summary: ClassVar = "hukou places a year beside the standing quota, for the eligible"
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep"
    item: ClassVar = "hukou_quota"
    together: ClassVar = "one"
    zero: ClassVar = "places_per_year: 0"
    unused: ClassVar = ("budget_cny",)
    finds: ClassVar = ("employed",)

    kind: Literal["hukou_quota"] = "hukou_quota"
    places_per_year: float = setting(..., "places/year", "hukou places a year in each city named")
    channel: Literal["points", "employer", "central"] = Field(
        "points", description="by points, by employers of new graduates, or by central firms"
    )

    def is_zero(self) -> bool:
        """No place."""
        return self.places_per_year == 0

    def acts_in(self) -> tuple[int, ...]:
        """When its channel gives its places."""
        return _quarters_of(HUKOU_CHANNELS.index(self.channel))

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


class HukouRelaxationPolicy(PolicySpec):
    """Rules of registration that ask for less. They are public and bind no money, so everybody concerned is reached."""

    summary: ClassVar = "a lower degree registers without quota, residents register after some years, points ask less"
    instrument: ClassVar = "environment"
    goal: ClassVar = "attract and keep"
    item: ClassVar = "hukou_relaxation"
    zero: ClassVar = "levels: 0, points_years_cut: 0 and no open_after_years"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["hukou_relaxation"] = "hukou_relaxation"
    levels: int = setting(
        0, "level", "levels by which the degree falls that registers without quota", high=4, source="no change"
    )
    points_years_cut: float = setting(
        0, "years", "years by which the residence falls that points ask for", source="no change"
    )
    open_after_years: float = setting(
        INFINITE, "years", "years of residence after which anybody employed registers", source="not opened"
    )

    def is_zero(self) -> bool:
        """Nothing is relaxed."""
        return self.levels == 0 and self.points_years_cut == 0 and self.open_after_years == INFINITE

    def acts_in(self) -> tuple[int, ...]:
        """At once; when points rank people where only they ask for less."""
        only_points = self.levels == 0 and self.open_after_years == INFINITE
        return _quarters_of(CHANNEL_POINTS) if only_points else EVERY_QUARTER

    def sets(self) -> tuple[str, ...]:
        """The residence from which on a city is open."""
        return () if self.open_after_years == INFINITE else ("open_after_years",)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Cuts of several policies add up; the shortest residence counts."""
        for place in find_places(self.city, world):
            levers.direct_level_cut[place] += self.levels
            levers.points_cut_q[place] += quarters_of(self.points_years_cut)
            if self.open_after_years != INFINITE:
                asked = quarters_of(self.open_after_years)
                levers.open_after_q[place] = min(levers.open_after_q[place], asked)


class HukouPointsPolicy(PolicySpec):
    """Another ranking for the hukou by points. Its rules are public, so everybody concerned is reached."""

    summary: ClassVar = (
        "the ranking for the hukou weighs education, residence or pay more, or gives the eligible points"
    )
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep those whom the city needs"
    item: ClassVar = "hukou_points"
    zero: ClassVar = "points: 0, education_add: 0, year_add: 0 and wage_add: 0"
    unused: ClassVar = ("awareness", "communication", "take_up", "budget_cny")
    finds: ClassVar = ("employed",)

    kind: Literal["hukou_points"] = "hukou_points"
    points: float = setting(0.0, "points", "points that the eligible have on top", low=-500, high=500, source="none")
    education_add: float = setting(
        0.0, "points/level", "added to the points of a level of education", low=-100, high=100, source="no change"
    )
    year_add: float = setting(
        0.0, "points/year", "added to the points of a year of residence", low=-100, high=100, source="no change"
    )
    wage_add: float = setting(
        0.0, "points", "added to the points of a log point of pay over the mean", low=-500, high=500, source="no change"
    )

    def is_zero(self) -> bool:
        """The ranking is as before."""
        return self.points == 0 and self.education_add == 0 and self.year_add == 0 and self.wage_add == 0

    def acts_in(self) -> tuple[int, ...]:
        """When people are ranked."""
        return _quarters_of(CHANNEL_POINTS)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Points of several policies add up."""
        for place in find_places(self.city, world):
            levers.points_education_add[place] += self.education_add
            levers.points_year_add[place] += self.year_add
            levers.points_wage_add[place] += self.wage_add
            if self.points != 0:
                eligible = self.eligible.to_record(world, [place])
                levers.points.append(HukouPoints(policy=index, place=place, eligible=eligible, points=self.points))


def _quarters_of(channel: int) -> tuple[int, ...]:
    """Quarters of the year in which a channel gives its places."""
    return tuple(quarter for quarter, channels in CHANNELS_OF_QUARTER.items() if channel in channels)
