"""Cities: what people know of a place, its rents and its stock of rooms."""

import math

import mesa

from tests.reference.arithmetic import mean

EARTH_RADIUS_1000KM = 6.371
N_LEVELS = 4
UNEMPLOYMENT_START = 0.05


class CityAgent(mesa.Agent):
    """One place. Lists are by level of education; rents and pay in CNY a month."""

    def __init__(self, market, index):
        super().__init__(market)
        world, params = market.world, market.params
        self.index = index
        self.is_city = world.kind[index] == "city"
        self.longitude, self.latitude = math.radians(world.longitude[index]), math.radians(world.latitude[index])
        self.distance = []
        self.amenity, self.living_cost = world.amenity[index], world.living_cost_cny_m[index]
        self.hukou_value = world.hukou_value[index]
        self.rent_shared = self.rent_shared_start = world.rent_shared_cny_m[index]
        self.rent_whole = self.rent_whole_start = world.rent_whole_cny_m[index]
        self.rent_index = 1.0
        self.stock_rooms = self.stock_trend_rooms = 0.0
        self.crowding = params.housing.crowding
        self.occupied_crowded = self.occupied_shared = self.occupied_whole = 0
        deflator = (1.0 + params.wages.real_growth) ** 5.0
        self.market_wage = [
            world.wage_education_cny_m[level][0] * world.wage_place[index][0] / deflator for level in range(N_LEVELS)
        ]
        self.wage_start = list(self.market_wage)
        """Pay known when the run begins."""
        self.mean_pay = mean(self.market_wage)
        """Pay of all who work here."""
        places = world.employer_quota[index] + world.central_quota[index]
        chance = min(1.0, places / max(1.0, params.hukou.new_graduate_share * world.jobs_start[index]))
        self.hukou_belief = [chance] * N_LEVELS
        """Chance of a place of an employer, as seen."""
        self.hukou_chance = list(self.hukou_belief)
        """The same, or that of registering without quota where it is higher."""
        self.unemployment = UNEMPLOYMENT_START
        self.log_tightness = [0.0] * N_LEVELS
        self.career = 0.0
        self.utility = [0.0] * N_LEVELS
        self.sample_factor = 1.0

    def distance_to(self, other):
        """Great-circle distance, 1000 km."""
        half = (
            math.sin((self.latitude - other.latitude) / 2) ** 2
            + math.cos(self.latitude) * math.cos(other.latitude)
            * math.sin((self.longitude - other.longitude) / 2) ** 2
        )  # fmt: skip
        return 2 * EARTH_RADIUS_1000KM * math.asin(math.sqrt(min(1.0, max(0.0, half))))

    @property
    def rent_mean_cny_m(self):
        """Rent over the tenures in use; of a room when nobody rents."""
        rented = self.occupied_crowded + self.occupied_shared + self.occupied_whole
        if rented == 0:
            return self.rent_shared
        in_rooms = (self.crowding * self.occupied_crowded + self.occupied_shared) * self.rent_shared
        return (in_rooms + self.occupied_whole * self.rent_whole) / rented

    def take_rooms(self, crowded, shared, whole, rule):
        """Note the tenures in use and return the rooms that they take; a place in a crowded room is a part of one."""
        self.occupied_crowded, self.occupied_shared, self.occupied_whole = crowded, shared, whole
        return rule.crowding * crowded + shared + rule.whole_rooms * whole

    def set_stock(self, crowded, shared, whole, market):
        """Before the run: rooms are as many as use and the vacancy of the start ask for."""
        used = max(1.0, self.take_rooms(crowded, shared, whole, market.params.housing))
        self.stock_rooms = self.stock_trend_rooms = used / (1.0 - market.world.vacancy_start[self.index])

    def clear_rents(self, crowded, shared, whole, market):
        """Rents answer the rooms in use, and the stock answers rents."""
        rule, world = market.params.housing, market.world
        if self.stock_rooms == 0.0:
            self.set_stock(crowded, shared, whole, market)
        occupancy = max(0.5, self.take_rooms(crowded, shared, whole, rule) / self.stock_rooms)
        factor = (occupancy / (1.0 - rule.normal_vacancy)) ** rule.rent_elasticity
        self.rent_index *= min(rule.rent_step, max(1.0 / rule.rent_step, factor))
        self.rent_shared = self.rent_shared_start * self.rent_index
        self.rent_whole = self.rent_whole_start * self.rent_index
        self.stock_trend_rooms *= 1.0 + 0.25 * world.stock_growth[self.index]
        aimed = self.stock_trend_rooms * self.rent_index ** world.supply_elasticity[self.index]
        change = rule.stock_speed * (aimed - self.stock_rooms)
        self.stock_rooms += max(change, -rule.depreciation * self.stock_rooms)
