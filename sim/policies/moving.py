"""What moving and commuting cost: barriers between regions, and transport between and within cities.

cost of a move = b_move x distance x travel factor + barrier,   in utility

Barriers add up and factors multiply. Searchers weigh a position with the whole cost; leavers, whose choice of a place
takes no account of distance, with what the policies change of it. A shorter commute is an amenity of its city.
"""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from sim.policies.base import (
    ALL_PLACES,
    NOT_PEOPLE,
    QUARTERS_PER_YEAR,
    PlaceName,
    PolicySpec,
    find_places,
    setting,
)
from sim.policies.levers import Levers
from sim.world.spec import World


class MigrationBarrier(PolicySpec):
    """A cost of moving that has nothing to do with distance."""

    summary: ClassVar = "moves between regions, or between any places, cost more"
    instrument: ClassVar = "environment"
    goal: ClassVar = "what if"
    item: ClassVar = "migration_barrier"
    zero: ClassVar = "cost: 0"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["migration_barrier"] = "migration_barrier"
    city: PlaceName = ALL_PLACES
    cost: float = setting(
        ..., "utility", "added to the cost of a move to or from the places named; 1000 km cost `search.b_move`", high=50
    )
    between: Literal["regions", "places"] = Field("regions", description="moves that pay it")

    def is_zero(self) -> bool:
        """Moves cost what they did."""
        return self.cost == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Add to the cost of each move that crosses the border of which one end is named."""
        named = np.zeros(world.n_places, bool)
        named[find_places(self.city, world)] = True
        region = np.array(world.region)
        crosses = region[:, None] != region[None, :]
        if self.between == "places":
            crosses = ~np.eye(world.n_places, dtype=bool)
        levers.move_cost_add[crosses & (named[:, None] | named[None, :])] += self.cost


class TransportImprovement(PolicySpec):
    """Distances that cost less, and commutes that take less time."""

    summary: ClassVar = "moving between the places named costs less, or commutes within them are shorter"
    instrument: ClassVar = "supply"
    goal: ClassVar = "bring places closer"
    item: ClassVar = "transport_improvement"
    together: ClassVar = "multiply"
    zero: ClassVar = "distance_factor: 1 and commute_factor: 1"
    unused: ClassVar = (*NOT_PEOPLE, "budget_cny")

    kind: Literal["transport_improvement"] = "transport_improvement"
    distance_factor: float = setting(
        1.0,
        "factor",
        "factor on what distance costs, and on travel to work in an area, between places named",
        high=10,
        source="no change",
    )
    commute_factor: float = setting(
        1.0, "factor", "factor on the commute within each place named", low=0.05, high=10, source="no change"
    )
    cost_cny_per_year: float = setting(0.0, "CNY/year", "cost in each place", source="not counted unless given")

    def is_zero(self) -> bool:
        """Distances and commutes as before."""
        return self.distance_factor == 1 and self.commute_factor == 1

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """Multiply the factors of all pairs of places named, and of each of them by itself."""
        group = find_places(self.city, world)
        factor = np.full((len(group), len(group)), self.distance_factor)
        np.fill_diagonal(factor, self.commute_factor)
        levers.travel_factor[np.ix_(group, group)] *= factor
        for place in group:
            levers.add_cost(index, place, self.cost_cny_per_year / QUARTERS_PER_YEAR)
