"""Rights of residents: school places without the local hukou, and residence that counts across a region."""

from typing import ClassVar, Literal

from sim.policies.base import (
    ENROLMENT_QUARTER,
    NOT_PEOPLE,
    PolicySpec,
    RationedPolicy,
    find_places,
    setting,
)
from sim.policies.levers import Levers, SchoolPlaces
from sim.world.spec import World


class SchoolPlacesPolicy(RationedPolicy):
    """School places for the children of people without the local hukou."""

    summary: ClassVar = "school places for the children of eligible people without the local hukou"
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep those who found a family"
    item: ClassVar = "school_places"
    zero: ClassVar = "places_per_year: 0"
    unused: ClassVar = ("quota",)
    finds: ClassVar = ("searching", "employed")

    kind: Literal["school_places"] = "school_places"
    places_per_year: float = setting(..., "places/year", "families that get a place a year in each city named")
    cost_cny_per_place: float = setting(
        0.0, "CNY/person", "cost of a place, all years of school", source="not counted unless given"
    )

    def is_zero(self) -> bool:
        """No place."""
        return min(self.places_per_year, self.budget_cny) == 0

    def acts_in(self) -> tuple[int, ...]:
        """When children enrol."""
        return (ENROLMENT_QUARTER,)

    def is_active(self, quarter: int) -> bool:
        """From its first quarter on: after `to` no place is given, and those who have one keep it."""
        return quarter >= self.first

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """One entry for each place; without places after `to`."""
        open_now = quarter <= self.last
        if open_now:
            self.communicate(levers, index)
        for place in find_places(self.city, world):
            levers.schools.append(
                SchoolPlaces(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    places_per_year=self.places_per_year if open_now else 0.0,
                    cost_cny_per_place=self.cost_cny_per_place,
                    take_up=self.take_up,
                    budget_cny=self.budget_cny,
                    when_spent=self.ration_rule,
                )
            )


class RegionalCooperation(PolicySpec):
    """Residence in one city of a group counts in the others."""

    summary: ClassVar = "rights follow who moves within a group of cities: years of residence and terms go on"
    instrument: ClassVar = "environment"
    goal: ClassVar = "talent that moves within a region"
    item: ClassVar = "regional_cooperation"
    together: ClassVar = "refused"
    zero: ClassVar = "counted_share: 0"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["regional_cooperation"] = "regional_cooperation"
    counted_share: float = setting(
        1.0,
        "share",
        "share of the residence elsewhere in the group that counts",
        high=1,
        source="assumption: full recognition (range 0 to 1)",
    )

    def is_zero(self) -> bool:
        """Nothing counts."""
        return self.counted_share == 0

    def sets(self) -> tuple[str, ...]:
        """What residence counts in a city: it belongs to one group at a time."""
        return ("counted_share",)

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Open each city of the group to residence in the others."""
        group = find_places(self.city, world)
        bits = sum(1 << place for place in group)
        for place in group:
            levers.rights_mask[place] |= bits & ~(1 << place)
            levers.rights_share[place] = max(levers.rights_share[place], self.counted_share)
