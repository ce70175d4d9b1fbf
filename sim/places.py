"""What kernels read of the places, and how it follows the state of the market.

utility(place, level) = b_wage ln(disposable at mean pay) + b_wage ln(1 - unemployment) + b_career career
                        + b_amenity amenity + b_hukou chance x worth of the hukou
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.commuting import travel_minutes
from sim.kernels.hukou import chance_without_quota
from sim.kernels.places import spend_by_place
from sim.kernels.tallies import N_PULSE, PULSE_EMPLOYED, PULSE_SEARCHING, PULSE_WAGE
from sim.market import PLACE_DTYPE, Places
from sim.types import EDUCATION

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.params import Params, Rules
    from sim.world.spec import World

EARTH_RADIUS_1000KM: Final = 6.371
LEAST_WAGES: Final = 5
"""Mean pay of a cell with fewer employed than this is not renewed: it would be noise."""


def make_places(world: World, params: Params, rules: Rules) -> Any:
    """The table of places at the start of a run."""
    n = world.n_places
    wage = (
        world.wage_education_cny_m[None, :, 0] * world.wage_place[:, 0, None] / (1.0 + params.wages.real_growth) ** 5.0
    )
    sure = chance_without_quota(world.direct_level, world.open_quarters, params.hukou.open_horizon)
    records = np.zeros(n, PLACE_DTYPE)
    records["rent_shared"], records["rent_whole"] = world.rent_shared_cny_m, world.rent_whole_cny_m
    records["living_cost"], records["amenity"] = world.living_cost_cny_m, world.amenity
    records["hukou_value"], records["unemployment"], records["sample_factor"] = world.hukou_value, 0.05, 1.0
    records["career"] = career_of_places(world, world.jobs_start, params.search.career_place)
    records["before"] = np.arange(n) - world.area_of
    records["after"] = np.bincount(world.area_of, minlength=n)[world.area_of] - 1 - records["before"]
    distance = distance_1000km(world.longitude, world.latitude)
    places = Places(
        records=records,
        hukou_chance=np.maximum(guess_hukou_chance(world, params.hukou.new_graduate_share), sure),
        distance=distance,
        move_extra=np.zeros((n, n)),
        market_wage=wage,
        utility=np.zeros((n, len(EDUCATION))),
        travel=travel_minutes(world, distance, params.commuting),
    )
    refresh_utility(places, rules)
    return places


def guess_hukou_chance(world: World, new_graduate_share: float) -> NDArray[np.float64]:
    """(place, education) chance of an employer's place for a new graduate, before any has been seen.

    `new_graduate_share` of the jobs are held by people in the window of the channel.
    """
    places = world.employer_quota + world.central_quota
    chance = np.minimum(1.0, places / np.maximum(1.0, new_graduate_share * world.jobs_start))
    return np.repeat(chance[:, None], len(EDUCATION), axis=1)


def career_of_places(world: World, jobs: NDArray[np.float64], weight: float) -> NDArray[np.float64]:
    """(place,) weight x log size of the job market over the mean city; a rest of a region counts as the smallest.

    The job market of a place is that of its area.
    """
    is_city = np.array([kind == "city" for kind in world.kind])
    size = np.log(np.bincount(world.area_of, weights=jobs, minlength=len(jobs))[world.area_of])
    if not is_city.any():
        return np.zeros(len(jobs))
    size = np.where(is_city, size, size[is_city].min())
    career: NDArray[np.float64] = weight * (size - size[is_city].mean())
    return career


def apply_place_levers(model: TalentMarket) -> None:
    """Write what policies change of the places this quarter: search, rights, school places, moves and commutes.

    extra cost of a move = b_move x distance x (travel factor - 1) + what is added
    amenity = amenity of the world + amenity_commute x hours of commute saved each way
    """
    levers, places, world, rule = model.levers, model.places, model.world, model.params.search
    records = places.records
    for name in ("sample_factor", "rights_mask", "rights_share"):
        records[name][:] = getattr(levers, name)
    records["school_mask"][:] = 0
    for entry in levers.schools:
        records["school_mask"][entry.place] |= 1 << entry.policy
    places.move_extra[:] = rule.b_move * places.distance * (levers.travel_factor - 1.0) + levers.move_cost_add
    places.travel[:] = travel_minutes(world, places.distance, model.params.commuting, levers.travel_factor)
    saved_hours = world.commute_min / 60.0 * (1.0 - levers.travel_factor.diagonal())
    records["amenity"][:] = world.amenity + rule.amenity_commute * saved_hours


def distance_1000km(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """(place, place) great-circle distance."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat[None, :]) * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )
    distance: NDArray[np.float64] = 2 * EARTH_RADIUS_1000KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def refresh_places(model: TalentMarket, pulse: NDArray[np.int64]) -> None:
    """Renew pay, unemployment, tightness, career and utility from `pulse` (place, education, counters)."""
    if pulse.shape[-1] != N_PULSE:
        raise ValueError(f"a pulse has {N_PULSE} counters, not {pulse.shape[-1]}")
    places, params = model.places, model.params
    employed, searching = pulse[..., PULSE_EMPLOYED], pulse[..., PULSE_SEARCHING]
    enough = employed >= LEAST_WAGES
    places.market_wage[enough] = pulse[..., PULSE_WAGE][enough] / employed[enough] / 100.0
    at_work = employed.sum(axis=1)
    paid = at_work > 0
    model.mean_pay_cny_m[paid] = pulse[..., PULSE_WAGE].sum(axis=1)[paid] / at_work[paid] / 100.0
    force = employed.sum(axis=1) + searching.sum(axis=1)
    places.records["unemployment"][:] = searching.sum(axis=1) / np.maximum(1, force)
    desired = np.bincount(model.firms.place, weights=model.firms.desired, minlength=model.world.n_places)
    places.records["career"][:] = career_of_places(model.world, np.maximum(1.0, desired), params.search.career_place)
    refresh_utility(places, model.rules)


def refresh_utility(places: Any, rules: Rules) -> None:
    """Write the mean utility of living in each place, by level."""
    rule, records = rules.search, places.records
    spending = np.empty(places.utility.shape)
    spend_by_place(places.market_wage, records, rules.housing, rules.tax, spending)
    worth = rule.b_hukou * records["hukou_value"]
    places.utility[:] = (
        rule.b_wage * np.log(spending)
        + (rule.b_career * records["career"])[:, None]
        + (rule.b_amenity * records["amenity"])[:, None]
        + worth[:, None] * places.hukou_chance
    )
