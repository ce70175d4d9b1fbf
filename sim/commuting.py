"""Living in one place of an area and working in another: travel times, and where people live for a job.

travel(home, work) = 60 distance / speed x factor of policies within an area, 0 within a place;
                     out of reach where it is beyond the limit without policies

In a world where every place is an area of its own nobody commutes, and everybody lives where they work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.commuting import choose_residences, list_movers, relocate
from sim.kernels.eligibility import gather_persons, make_persons
from sim.rng import FAMILY_HOME, TAKE_UP, TASTE_CITY
from sim.types import EMPLOYED, LEAVE_HOUSING

if TYPE_CHECKING:
    from sim.model import TalentMarket
    from sim.params import CommutingParams
    from sim.world.spec import World


def travel_minutes(
    world: World, distance: NDArray[np.float64], rule: CommutingParams, factor: NDArray[np.float64] | float = 1.0
) -> NDArray[np.float64]:
    """(home, work) minutes beyond the commute within the place of work; inf where out of reach.

    `distance` (place, place) is in 1000 km. `factor` (place, place) of policies changes the time but not who is within
    reach: otherwise nobody could get to work whose policy ends.
    """
    travel = 60.0 * 1000.0 * distance / rule.speed_kmh
    near = (world.area_of[:, None] == world.area_of[None, :]) & (travel <= rule.limit_min)
    minutes: NDArray[np.float64] = np.where(near, travel * factor, np.inf)
    np.fill_diagonal(minutes, 0.0)
    return minutes


def choose_homes(
    model: TalentMarket, rows: NDArray[np.uint32], firm: NDArray[np.int32], wage: NDArray[np.float32], rule: Any
) -> NDArray[np.int8]:
    """(row,) place in which each of the people of `rows` wants to live who works at `firm` (row,) for `wage` (row,).

    `rule` holds the weights of utility, as `model.rules.search` does.
    """
    people, firms, places, rules = model.columns.people, model.firms, model.places, model.rules
    persons, chosen = make_persons(len(rows)), np.empty(len(rows), np.int8)
    move_cost = rule.b_move * places.distance + places.move_extra
    gather_persons(0, len(rows), rows, people, firms.industry, firms.size, persons)
    choose_residences(
        persons, people.lease_end_q[rows], firms.place[firm], wage, firms.industry[firm],
        firms.size[firm], places, model.transfers, model.schemes, move_cost, rule, rules.housing, rules.tax,
        model.quarter_number, model.lasting_key(TASTE_CITY), model.lasting_key(FAMILY_HOME),
        model.lasting_key(TAKE_UP), chosen,
    )  # fmt: skip
    return chosen


def spread_initial_homes(model: TalentMarket) -> None:
    """Let the initial stock, which stands where it works, live where it wants to; nobody has roots yet."""
    people = model.columns.people
    if model.world.has_commuting:
        rows = np.flatnonzero(people.state == EMPLOYED).astype(np.uint32)
        rootless = model.rules.search._replace(b_here=0.0, b_relocate=0.0)
        people.city[rows] = choose_homes(model, rows, people.firm[rows], people.wage[rows], rootless)
    bring_hukou(model, slice(None))


def bring_hukou(model: TalentMarket, rows: slice) -> None:
    """Whose hukou is of the area where they live has it in the place where they live."""
    people, area_of = model.columns.people, model.world.area_of
    here, hukou = people.city[rows], people.hukou[rows]
    people.hukou[rows] = np.where(area_of[here] == area_of[hukou], here, hukou)


def move_house(model: TalentMarket, hired: NDArray[np.uint32]) -> None:
    """Employed people whose lease has ended move where they want to live for their job; not those of rows `hired`."""
    people, n = model.columns.people, len(model.columns)
    taken, out = np.zeros(n, np.bool_), np.empty(n, np.uint32)
    taken[hired] = True
    rows = out[: list_movers(people, model.quarter_number, taken, out)]
    chosen = choose_homes(model, rows, people.firm[rows], people.wage[rows], model.rules.search)
    moved = chosen != people.city[rows]
    rows, chosen = rows[moved], chosen[moved]
    np.add.at(model.flows, (people.city[rows], chosen, people.education[rows], LEAVE_HOUSING, 0), 1)
    relocate(people, rows, chosen, model.quarter_number, model.places.records)


def commute_minutes(model: TalentMarket) -> NDArray[np.float64]:
    """(home, work) minutes one way to work, before congestion; inf where out of reach."""
    within = model.world.commute_min * model.levers.travel_factor.diagonal()
    minutes: NDArray[np.float64] = within[None, :] + model.places.travel
    return minutes


def count_commuters(model: TalentMarket) -> NDArray[np.int64]:
    """(home, work) employed people, in agents."""
    people, n = model.columns.people, model.world.n_places
    rows = np.flatnonzero(people.state == EMPLOYED)
    pair = people.city[rows].astype(np.int64) * n + model.firms.place[people.firm[rows]]
    return np.bincount(pair, minlength=n * n).reshape(n, n)
