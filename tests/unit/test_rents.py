import dataclasses

import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_places, make_records, toy_scenario

from sim.agents.cities import City
from sim.params import HousingParams

WORLD = toy_scenario().world
RULE = HousingParams(rent_elasticity=0.3, normal_vacancy=0.1, stock_speed=0.2, whole_rooms=2)


def make_city(*, vacancy=0.1, growth=0.0, supply=0.0):
    n = WORLD.n_places
    world = dataclasses.replace(
        WORLD, vacancy_start=np.full(n, vacancy), stock_growth=np.full(n, growth), supply_elasticity=np.full(n, supply)
    )
    records = make_records(n, rent_shared=world.rent_shared_cny_m, rent_whole=world.rent_whole_cny_m)
    city = City(mesa.Model(rng=1), world, 0, make_places(n, records=records))
    city.record = records[0]  # what kernels will read
    return city


def rents(city):
    return float(city.record["rent_shared"]), float(city.record["rent_whole"])


def test_the_first_quarter_sets_the_stock_and_rents_rest_at_normal_vacancy():
    city = make_city()
    city.clear_rents(0, 50, 20, RULE)
    assert city.stock_rooms == pytest.approx(90 / 0.9)
    assert rents(city) == pytest.approx((WORLD.rent_shared_cny_m[0], WORLD.rent_whole_cny_m[0]))


def test_rents_answer_occupancy_by_hand():
    city = make_city()
    city.clear_rents(0, 90, 0, RULE)
    city.clear_rents(0, 60, 20, RULE)
    assert city.rent_index == pytest.approx((100 / 100 / 0.9) ** 0.3)
    assert rents(city)[0] / WORLD.rent_shared_cny_m[0] == pytest.approx(city.rent_index)
    assert rents(city)[1] / WORLD.rent_whole_cny_m[0] == pytest.approx(city.rent_index)


@given(st.integers(0, 300), st.integers(0, 300))
def test_fuller_means_dearer(one, other):
    index = []
    for used in sorted((one, other)):
        city = make_city()
        city.clear_rents(0, 90, 0, RULE)
        city.clear_rents(0, used, 0, RULE)
        index.append(city.rent_index)
    assert 1 / 1.1 <= index[0] <= index[1] <= 1.1


def test_without_elasticity_rents_stand_still():
    city = make_city()
    for used in (90, 300, 5):
        city.clear_rents(0, used, used, RULE.model_copy(update={"rent_elasticity": 0.0}))
    assert city.rent_index == 1


def test_with_a_fixed_stock_rents_rise_and_with_an_elastic_one_the_stock():
    fixed, elastic = make_city(), make_city(supply=2.0)
    for city in (fixed, elastic):
        city.clear_rents(0, 90, 0, RULE)
        for _ in range(40):
            city.clear_rents(0, 100, 0, RULE)
    assert fixed.stock_rooms == 100
    assert elastic.stock_rooms > 105
    assert 1 < elastic.rent_index < fixed.rent_index


def test_the_stock_shrinks_slowly():
    city = make_city(supply=2.0)
    city.clear_rents(0, 90, 0, RULE)
    city.clear_rents(0, 0, 0, RULE)
    assert 99 < city.stock_rooms < 100


def test_mean_rent_is_weighted_by_use():
    city = make_city()
    shared, whole = WORLD.rent_shared_cny_m[0], WORLD.rent_whole_cny_m[0]
    assert city.rent_mean_cny_m == shared
    city.clear_rents(0, 30, 10, RULE)
    assert city.rent_mean_cny_m == pytest.approx((30 * shared + 10 * whole) / 40)


def test_a_crowded_place_is_part_of_a_room():
    crowded, shared = make_city(), make_city()
    rule = RULE.model_copy(update={"crowding": 0.5})
    crowded.clear_rents(80, 10, 5, rule)
    shared.clear_rents(0, 50, 5, rule)
    assert crowded.rooms_used(rule) == shared.rooms_used(rule) == 60
    assert crowded.stock_rooms == shared.stock_rooms
    room, whole = WORLD.rent_shared_cny_m[0], WORLD.rent_whole_cny_m[0]
    assert crowded.rent_mean_cny_m == pytest.approx((80 * 0.5 * room + 10 * room + 5 * whole) / 95)
