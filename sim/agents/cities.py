"""Cities: places with a labour, housing and hukou market, as Mesa agents over the shared table of places.

A city owns column `index` of the arrays that kernels read (`model.places`) and adds what only it needs: the rental
stock by tenure and the hukou chances that people believe in.
"""

from __future__ import annotations

from typing import Any

import mesa

from sim.params import HousingParams
from sim.world.spec import World


class City(mesa.Agent):
    """One place. Rents in CNY/month; stocks in agents' dwellings (a room for one person, or a small whole unit)."""

    def __init__(self, model: mesa.Model, world: World, index: int, places: Any) -> None:
        super().__init__(model)
        self.index = index
        self.name = world.places[index]
        self.region = world.region[index]
        self.tier = world.tier[index]
        self.is_city = world.kind[index] == "city"
        self._places = places
        self.rent_shared_start_cny_m = float(world.rent_shared_cny_m[index])
        self.rent_whole_start_cny_m = float(world.rent_whole_cny_m[index])
        self.stock_shared = 0.0
        self.stock_whole = 0.0
        self._vacancy_start = float(world.vacancy_start[index])
        self._stock_growth = float(world.stock_growth[index])
        self._elasticity = float(world.supply_elasticity[index])
        self.occupied_shared = 0
        self.occupied_whole = 0

    @property
    def rent_shared_cny_m(self) -> float:
        """Market rent of a room, CNY/month."""
        return float(self._places.records["rent_shared"][self.index])

    @property
    def rent_whole_cny_m(self) -> float:
        """Market rent of a small whole unit, CNY/month."""
        return float(self._places.records["rent_whole"][self.index])

    @property
    def rent_mean_cny_m(self) -> float:
        """Rent over the tenures in use, CNY/month; of a room when nobody rents."""
        rented = self.occupied_shared + self.occupied_whole
        if rented == 0:
            return self.rent_shared_cny_m
        paid = self.occupied_shared * self.rent_shared_cny_m + self.occupied_whole * self.rent_whole_cny_m
        return paid / rented

    @property
    def vacancy_rate(self) -> float:
        """Vacant share of the rental stock; negative when rooms are shared by more people than they are made for."""
        stock = self.stock_shared + self.stock_whole
        return 1.0 - (self.occupied_shared + self.occupied_whole) / stock if stock > 0 else 0.0

    def clear_rents(self, shared: int, whole: int, rule: HousingParams) -> None:
        """Let rents answer occupancy and the stock answer rents, after `shared` and `whole` dwellings are taken."""
        self.occupied_shared, self.occupied_whole = shared, whole
        if self.stock_shared == 0.0:
            self.stock_shared = max(1.0, shared) / (1.0 - self._vacancy_start)
            self.stock_whole = max(1.0, whole) / (1.0 - self._vacancy_start)
        rent = self._places.records["rent_shared"]
        rent[self.index] *= _rent_response(shared, self.stock_shared, rule)
        self.stock_shared *= self._stock_response(rent[self.index] / self.rent_shared_start_cny_m, rule)
        rent = self._places.records["rent_whole"]
        rent[self.index] *= _rent_response(whole, self.stock_whole, rule)
        self.stock_whole *= self._stock_response(rent[self.index] / self.rent_whole_start_cny_m, rule)

    def _stock_response(self, relative_rent: float, rule: HousingParams) -> float:
        built = 0.25 * self._stock_growth + rule.stock_speed * self._elasticity * 0.25 * (relative_rent - 1.0)
        return float(max(0.98, 1.0 + built))


def _rent_response(occupied: int, stock: float, rule: HousingParams) -> float:
    """Factor on the rent: occupancy relative to normal, to the power of the elasticity, at most 10 % a quarter."""
    relative = max(0.5, occupied / max(stock, 1e-9)) / (1.0 - rule.normal_vacancy)
    return float(min(1.1, max(0.9, relative**rule.rent_elasticity)))
