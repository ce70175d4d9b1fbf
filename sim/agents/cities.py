"""Cities: places with a labour, housing and hukou market, as Mesa agents over the shared table of places.

A city owns row `index` of the tables that kernels read (`model.places`) and adds what only it needs: its rental stock
and the index by which its rents move.

index' = index (used / stock / (1 - normal vacancy))^elasticity;  stock' = stock + speed (trend index^supply - stock)

Rents move until occupancy is normal, so that with a fixed stock (supply elasticity 0, no trend) more demand ends up in
rents, and with a perfectly elastic one it ends up in the stock.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.params import HousingParams
from sim.world.spec import World


class City(mesa.Agent):
    """One place. Rents in CNY/month; stock and use of rental housing in rooms (a whole unit counts for several)."""

    def __init__(self, model: mesa.Model, world: World, index: int, places: Any) -> None:
        super().__init__(model)
        self.index = index
        self.name = world.places[index]
        self.region = world.region[index]
        self.tier = world.tier[index]
        self.is_city = world.kind[index] == "city"
        # views on single fields: far cheaper to write than a record, and clearing runs for each place each quarter
        self._rent_shared, self._rent_whole = places.records["rent_shared"], places.records["rent_whole"]
        self.rent_shared_start_cny_m = float(world.rent_shared_cny_m[index])
        self.rent_whole_start_cny_m = float(world.rent_whole_cny_m[index])
        self.rent_index = 1.0
        self.stock_trend_rooms = 0.0
        self.stock_rooms = 0.0
        self.occupied_crowded = 0
        self.occupied_shared = 0
        self.occupied_whole = 0
        self._crowding = 1.0
        self._vacancy_start = float(world.vacancy_start[index])
        self._stock_growth = float(world.stock_growth[index])
        self._elasticity = float(world.supply_elasticity[index])

    @property
    def rent_mean_cny_m(self) -> float:
        """Rent over the tenures in use, CNY/month; of a room when nobody rents."""
        shared, whole = self._rent_shared[self.index], self._rent_whole[self.index]
        rented = self.occupied_crowded + self.occupied_shared + self.occupied_whole
        if rented == 0:
            return float(shared)
        rooms = self._crowding * self.occupied_crowded + self.occupied_shared
        return float((rooms * shared + self.occupied_whole * whole) / rented)

    def rooms_used(self, rule: HousingParams) -> float:
        """Rooms in use on the rental market."""
        crowded = rule.crowding * self.occupied_crowded
        return crowded + self.occupied_shared + rule.whole_rooms * self.occupied_whole

    def set_stock(self, crowded: int, shared: int, whole: int, rule: HousingParams) -> None:
        """Set the stock so that the dwellings in use leave the vacancy of the start; arguments as in `clear_rents`."""
        self.occupied_crowded, self.occupied_shared, self.occupied_whole = crowded, shared, whole
        self._crowding = rule.crowding
        self.stock_trend_rooms = self.stock_rooms = max(1.0, self.rooms_used(rule)) / (1.0 - self._vacancy_start)

    def clear_rents(self, crowded: int, shared: int, whole: int, rule: HousingParams) -> None:
        """Let rents answer occupancy and the stock answer rents.

        In use are `crowded` places, each of them the part `crowding` of a room, `shared` rooms and `whole` units.
        """
        if self.stock_rooms == 0.0:
            self.set_stock(crowded, shared, whole, rule)
        self.occupied_crowded, self.occupied_shared, self.occupied_whole = crowded, shared, whole
        used = self.rooms_used(rule)
        occupancy = max(0.5, used / self.stock_rooms)
        factor = (occupancy / (1.0 - rule.normal_vacancy)) ** rule.rent_elasticity
        self.rent_index *= min(rule.rent_step, max(1.0 / rule.rent_step, factor))
        self._rent_shared[self.index] = self.rent_shared_start_cny_m * self.rent_index
        self._rent_whole[self.index] = self.rent_whole_start_cny_m * self.rent_index
        self.stock_trend_rooms *= 1.0 + 0.25 * self._stock_growth
        aimed = self.stock_trend_rooms * self.rent_index**self._elasticity
        change = max(rule.stock_speed * (aimed - self.stock_rooms), -rule.depreciation * self.stock_rooms)
        self.stock_rooms += change
