"""The districts of Beijing: how far people travel in the baseline, and which way the scenarios move what they aim at.

Scenarios are paired with the baseline by seed, and means are over the seeds. The effects tested are four standard
errors or more over these seeds (residents of Haidian 22 thousand with an error of 5, people who leave Changping for
work 8 with an error of 1), so that with other seeds a test would fail about once in some thousand times.
"""

import dataclasses

import numpy as np
import pytest
from toys import run_toy

from sim.commuting import count_commuters
from sim.scenario import load_scenario
from sim.types import EMPLOYED, SUBSIDISED

SCALE, SEEDS, QUARTERS = 500, (1, 2, 3), 40

pytestmark = pytest.mark.slow


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The last quarter of a run, in persons: commuters (home, work), residents, tenants, rents, local hukou."""

    commuters: np.ndarray
    residents: np.ndarray
    tenants: np.ndarray
    rent_index: np.ndarray
    hukou: float
    minutes: float


def run(name, *overrides):
    outcomes = []
    for seed in SEEDS:
        model = run_toy(load_scenario(name, overrides, scale=SCALE, quarters=QUARTERS), seed=seed, check=True)
        people, world, n = model.columns.people, model.world, model.world.n_places
        districts, commuters = world.area_of == 0, count_commuters(model)
        minutes = world.commute_min[None, :] + np.where(commuters > 0, model.places.travel, 0.0)
        inside = commuters * districts[:, None]
        outcomes.append(
            Outcome(
                commuters=commuters * SCALE,
                residents=np.bincount(people.city, minlength=n) * SCALE,
                tenants=np.bincount(people.city[people.housing == SUBSIDISED], minlength=n) * SCALE,
                rent_index=np.array([city.rent_index for city in model.cities]),
                hukou=float(districts[people.hukou][people.state == EMPLOYED].sum() * SCALE),
                minutes=(inside * minutes).sum() / inside.sum(),
            )
        )
    mean = {
        field.name: np.mean([getattr(one, field.name) for one in outcomes], axis=0)
        for field in dataclasses.fields(Outcome)
    }
    return Outcome(**mean)


@pytest.fixture(scope="module")
def world():
    return load_scenario("districts_baseline").world


@pytest.fixture(scope="module")
def baseline():
    return run("districts_baseline")


def test_people_travel_as_far_as_is_known(world, baseline):
    """Assumptions of the world: about 47 minutes in all, less in the centre than at the edge of the plain."""
    inside = world.area_of == 0
    commuters = baseline.commuters[inside][:, inside]
    assert 40 < baseline.minutes < 52
    assert 0.35 < 1 - np.trace(commuters) / commuters.sum() < 0.65
    assert not baseline.commuters[inside][:, ~inside].any()


def test_jobs_draw_people_into_the_centre(world, baseline):
    """In the four districts with most talent more people work than live, beyond the ring of new towns fewer."""
    into, out_of = baseline.commuters.sum(axis=0), baseline.commuters.sum(axis=1)
    place = {name: index for index, name in enumerate(world.places)}
    for name in ("haidian", "chaoyang"):
        assert into[place[name]] > out_of[place[name]], name
    for name in ("mentougou", "shijingshan"):
        assert into[place[name]] < out_of[place[name]], name


def test_flats_near_the_jobs_bring_people_to_them(world, baseline):
    near, haidian = run("districts_rental_near_jobs"), world.places.index("haidian")
    assert near.residents[haidian] > baseline.residents[haidian]
    assert near.rent_index[haidian] < baseline.rent_index[haidian]
    assert near.commuters[haidian].sum() > baseline.commuters[haidian].sum()


def test_flats_far_from_the_jobs_make_people_travel(world, baseline):
    far, changping = run("districts_rental_far_from_jobs"), world.places.index("changping")
    assert far.residents[changping] > baseline.residents[changping]
    away = np.arange(world.n_places) != changping
    assert far.commuters[changping, away].sum() > baseline.commuters[changping, away].sum()
    assert far.rent_index[changping] < baseline.rent_index[changping]


def test_settling_support_fills_its_units_and_keeps_within_them(world, baseline):
    support, fangshan = run("districts_fangshan_support"), world.places.index("fangshan")
    assert support.tenants[fangshan] - baseline.tenants[fangshan] == pytest.approx(2000, abs=SCALE)


def test_hukou_places_add_people_with_the_hukou_of_the_city(baseline):
    assert run("districts_hukou_tilt").hukou > baseline.hukou


def test_faster_travel_lets_people_live_farther_out(world, baseline):
    fast = run("districts_baseline", "params.commuting.speed_kmh=40")
    inside = world.area_of == 0
    shares = [
        1 - np.trace(one.commuters[inside][:, inside]) / one.commuters[inside][:, inside].sum()
        for one in (baseline, fast)
    ]
    assert shares[1] > shares[0] + 0.03
