"""Living in one place of an area and working in another: travel, the choice of a home, what belongs to the area."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import (
    NO_TAX,
    apply_to_lines,
    checksums,
    index_lines,
    make_firms,
    make_lines,
    make_people,
    make_places,
    make_records,
    make_rule,
    run_toy,
    toy_scenario,
)

from sim.commuting import count_commuters, travel_minutes
from sim.errors import InvariantError
from sim.invariants import check_invariants
from sim.kernels.areas import in_area, same_area
from sim.kernels.commuting import choose_residences, list_movers, relocate
from sim.kernels.eligibility import gather_persons, load_person, make_persons
from sim.kernels.mobility import leave_cities, move_person
from sim.kernels.sampling import draw_place, find_in_area, find_other_areas, weigh_places
from sim.kernels.search import place_utility
from sim.market import SCHEME_DTYPE, TRANSFER_DTYPE
from sim.model import TalentMarket
from sim.params import CommutingParams
from sim.places import make_places as places_of
from sim.policies.base import find_places
from sim.rng import draw_bits, draw_next, make_key
from sim.types import (
    EDUCATION,
    EMPLOYED,
    FAMILY,
    LEAVE_HOUSING,
    NO_QUARTER,
    REASON,
    SEARCHING,
    SHARED,
    SUBSIDISED,
    UNHOUSED,
)

HOUSING = make_rule("housing", rent_share_limit=1.0, floor_share=0.01, crowding=1.0)
TAX = make_rule("tax", **NO_TAX)
NEAR = {"longitude": np.array([116.0, 116.2]), "latitude": np.array([40.0, 40.0]), "area": ("town", "town")}
"""Two districts of one city, 17 km apart."""
KEYS = tuple(make_key(1, decision) for decision in (1, 2, 3))


def area_records(sizes, **values):
    """Records of places in areas of the given sizes."""
    records = make_records(sum(sizes), **values)
    records["before"] = np.concatenate([np.arange(size) for size in sizes])
    records["after"] = np.concatenate([size - 1 - np.arange(size) for size in sizes])
    return records


def home_of(work, rule, *, rents, travel, wage=10000.0, **person):
    """Places in which people with `person` as traits want to live for a job in `work`."""
    people = make_people(np.size(person.get("city", 0)) or 1, state=EMPLOYED, **person)
    n, firms = len(people.uid), make_firms()
    records = area_records([len(rents)], rent_shared=rents, rent_whole=1e9)
    persons, out = make_persons(n), np.empty(n, np.int8)
    gather_persons(0, n, np.arange(n, dtype=np.uint32), people, firms.industry, firms.size, persons)
    choose_residences(
        persons, people.lease_end_q, np.full(n, work, np.int8), np.full(n, wage, np.float32),
        np.zeros(n, np.int8), np.zeros(n, np.int8), make_places(len(rents), records=records, travel=travel),
        np.zeros(0, TRANSFER_DTYPE), np.zeros(0, SCHEME_DTYPE),
        np.zeros((len(rents), len(rents))), rule, HOUSING, TAX, 76, *KEYS, out,
    )  # fmt: skip
    return out.tolist()


def town(*overrides, **options):
    return toy_scenario(*overrides, world=NEAR, **options)


def share_elsewhere(model):
    commuters = count_commuters(model)
    return 1 - np.trace(commuters) / commuters.sum()


def test_travel_by_hand():
    world = dataclasses.replace(
        toy_scenario().world, places=("a", "b", "c", "d"), area=("x", "x", "x", "d"),
        longitude=np.zeros(4), latitude=np.zeros(4),
    )  # fmt: skip
    km = np.array([[0, 10, 30, 5], [10, 0, 20, 5], [30, 20, 0, 5], [5, 5, 5, 0]])
    travel = travel_minutes(world, km / 1000, CommutingParams(speed_kmh=20, limit_min=60))
    out = np.inf  # 30 km take 90 minutes, and the last place is an area of its own
    assert travel == pytest.approx(np.array([[0, 30, out, out], [30, 0, 60, out], [out, 60, 0, out], [out] * 3 + [0]]))


def test_policies_change_travel_but_not_who_is_within_reach():
    world = dataclasses.replace(toy_scenario().world, **NEAR)
    km = np.array([[0, 20], [20, 0]])
    factor = np.array([[0.5, 0.75], [2, 0.5]])
    travel = travel_minutes(world, km / 1000, CommutingParams(speed_kmh=20, limit_min=60), factor)
    assert travel == pytest.approx(np.array([[0, 45], [120, 0]]))
    assert np.isinf(travel_minutes(world, km / 1000, CommutingParams(speed_kmh=20, limit_min=59), factor)[0, 1])


def test_which_places_belong_together():
    world = dataclasses.replace(toy_scenario().world, places=("a", "b", "c"), area=("x", "x", "c"))
    assert world.has_commuting
    assert world.area_of.tolist() == [0, 0, 2]
    assert not dataclasses.replace(world, area=("a", "b", "c")).has_commuting
    assert not dataclasses.replace(world, area=()).has_commuting
    assert dataclasses.replace(world, area=()).area_of.tolist() == [0, 1, 2]
    assert find_places("x", world) == [0, 1]
    records = area_records([2, 1])
    assert [[same_area(records, one, other) for other in range(3)] for one in range(3)] == [
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]
    assert [[in_area(records[one], one, other) for other in range(3)] for one in range(3)] == [
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]
    assert not same_area(records, -1, 2)


def test_records_of_the_places_of_an_area():
    scenario = town()
    places = places_of(scenario.world, scenario.params, TalentMarket(scenario, seed=1).rules)
    assert places.records["before"].tolist() == [0, 1]
    assert places.records["after"].tolist() == [1, 0]
    assert places.travel[0, 1] == places.travel[1, 0] == pytest.approx(60 * 17.04 / 25, rel=0.01)
    assert places.records["career"][0] == places.records["career"][1]


@pytest.mark.parametrize(
    ("b_commute", "home"),
    # 10000 less 5000 or 2000 of rent: ln(8 / 5) = 0.47 a month against 40 minutes a day
    [(0.0, 1), (0.011, 1), (0.0125, 0), (0.1, 0)],
)
def test_who_works_in_the_centre_weighs_rent_against_travel(b_commute, home):
    rule = make_rule("search", b_wage=1, b_commute=b_commute)
    travel = [[0, 40], [40, 0]]
    assert home_of(0, rule, rents=[5000, 2000], travel=travel) == [home]
    assert home_of(1, rule, rents=[5000, 2000], travel=travel) == [1]


@given(st.floats(500, 5000), st.floats(500, 5000), st.floats(0, 0.03), st.floats(0, 90))
def test_lower_rent_where_the_job_is_never_makes_anybody_commute(rent, other, b_commute, minutes):
    rule = make_rule("search", b_wage=1, b_commute=b_commute, taste_place=0.3)
    low, high = sorted((rent, other))
    travel = [[0, minutes], [minutes, 0]]
    cheap, dear = (home_of(0, rule, rents=[near, 2500], travel=travel, city=1)[0] for near in (low, high))
    assert cheap <= dear


def test_moving_house_costs_and_a_home_out_of_reach_is_given_up():
    rule = make_rule("search", b_wage=1, b_relocate=0.5)
    out = np.inf
    near = [[0, 40], [40, 0]]
    assert home_of(0, rule, rents=[5000, 2000], travel=near, city=0) == [0]  # 0.47 to gain
    assert home_of(0, rule, rents=[5500, 2000], travel=near, city=0) == [1]  # 0.58
    assert home_of(0, rule, rents=[5000, 2000], travel=[[0, out], [out, 0]], city=1) == [0]


@pytest.mark.parametrize(
    ("housing", "lease_end", "home"),
    [(SHARED, 80, 1), (FAMILY, NO_QUARTER, 0), (SUBSIDISED, 80, 0), (SUBSIDISED, 76, 1)],
)
def test_a_home_of_ones_own_and_a_subsidised_lease_are_kept(housing, lease_end, home):
    rule = make_rule("search", b_wage=1)
    options = {"rents": [5000, 2000], "housing": housing, "lease_end_q": lease_end}
    assert home_of(0, rule, travel=[[0, 40], [40, 0]], **options) == [home]
    out = np.inf  # nothing is kept from where the job cannot be reached
    assert home_of(1, rule, travel=[[0, out], [out, 0]], **options) == [1]


def test_who_may_move_house():
    people = make_people(
        7, state=[EMPLOYED] * 6 + [SEARCHING], housing=[SHARED, SHARED, FAMILY, SUBSIDISED, UNHOUSED, SHARED, SHARED],
        lease_end_q=[76, 77, NO_QUARTER, 76, NO_QUARTER, 70, 70],
    )  # fmt: skip
    taken, out = np.array([False] * 5 + [True, False]), np.zeros(7, np.uint32)
    assert out[: list_movers(people, 76, taken, out)].tolist() == [0, 3, 4]


def test_within_an_area_arrival_stays_and_the_hukou_moves_along():
    people = make_people(3, city=[0, 0, 2], hukou=[0, 2, 0], arrived_q=70, resident_q=70, housing=SHARED, rent=900)
    relocate(people, np.array([0, 1], np.uint32), np.array([1, 1], np.int8), 76, area_records([2, 1]))
    move_person(people, 2, 1, area_records([2, 1])[1], 76)
    assert people.city.tolist() == [1, 1, 1]
    assert people.hukou.tolist() == [1, 2, 1]  # whoever comes back to the area has its hukou wherever they live
    assert people.arrived_q.tolist() == [70, 70, 76]
    assert people.resident_q.tolist() == [70, 70, 76]
    assert people.housing.tolist() == [UNHOUSED] * 3


def test_home_roots_and_hukou_are_those_of_the_area():
    rule = make_rule("search", b_hukou=5, b_home=7, b_here=11, b_relocate=2, settle_quarters=4)
    records = area_records([2, 1], hukou_value=0.4)
    chance, distance = np.full((3, 4), 0.6), np.zeros((3, 3))
    person = load_person(make_people(1, home=0, city=0, hukou=0, arrived_q=74), make_firms(), 0)
    values = [
        place_utility(person, place, records, chance, distance, distance, rule, 76, KEYS[0]) for place in range(3)
    ]
    assert values == pytest.approx([2 + 7 + 5.5, 2 + 7 + 5.5 - 2, 1.2])


def test_tastes_for_places_come_on_top_of_one_for_the_area():
    rule, alone = make_rule("search", taste_place=0.5), make_rule("search", taste_city=0.5)
    chance, distance, records = np.zeros((3, 4)), np.zeros((3, 3)), area_records([2, 1])
    people = make_people(300)
    values = np.array([
        [place_utility(load_person(people, make_firms(), i), c, records, chance, distance, distance, which, 76, KEYS[0])
         for which in (rule, alone) for c in range(3)]
        for i in range(300)
    ])  # fmt: skip
    assert (values[:, 2] == 0).all()  # a place that is an area of its own
    assert (values[:, 3] == values[:, 4]).all()
    assert abs(np.corrcoef(values[:, 0], values[:, 1])[0, 1]) < 0.25  # 4 standard errors: false alarm 1 in 15,000


def test_openings_of_the_whole_area_are_at_hand():
    lines = make_lines(wage=[9000] * 4, place=[0, 1, 2, 3], capacity=[1, 3, 4, 2], cell=14)
    index = index_lines(lines, 4, area_of=[0, 0, 2, 3])
    records = area_records([2, 1, 1])
    person = load_person(make_people(1, education=1, city=1, home=2, study=0), make_firms(), 0)
    rule = make_rule("search", own_level=1, see_here=3, see_home=2, see_study=9)
    others = find_other_areas(person, records)
    assert others == (True, False)
    weights = weigh_places(person, 1, others, index.block_start, index.area_open, rule)
    assert weights == (12, 8, 0, 10)  # who studied in the area they live in does not look there twice
    bits = [np.uint64(draw_bits(KEYS[1], np.uint64(i))) for i in range(1, 4001)]
    seen = [
        find_in_area(
            1, draw_place(person, 1, weights, index.block_start, index.guide, draw),
            np.uint64(draw_next(draw, np.uint64(1))), index.block_start, records,
        )
        for draw in bits
    ]  # fmt: skip
    share = np.bincount(seen, minlength=4) / 4000
    expected = np.array([12 * 0.25 + 1, 12 * 0.75 + 3, 8 + 4, 2]) / 30
    assert np.abs(share - expected).max() < 0.035  # 4 standard errors: false alarm 1 in 4,000


def test_a_job_is_worth_the_better_of_moving_to_it_and_of_travelling():
    """The gain over the present job is known exactly, so that the floor shows the utility of a position."""
    rule = make_rule("search", b_wage=1, b_commute=0.01, b_relocate=0.3, n_sampled=9, taste_position=1e-9)
    records = area_records([2], rent_shared=[1000, 1000], rent_whole=9e9)
    lines = make_lines(wage=[11000], firm=[1], place=[1])

    def applies(minutes, gain, firm_place=(0, 1)):
        people = make_people(1, state=EMPLOYED, firm=0, wage=11000, city=0, education=1)
        places = make_places(records=records, travel=[[0, minutes], [minutes, 0]])
        found = apply_to_lines(
            people, lines, rule._replace(job_move_gain=gain), housing=HOUSING, tax=TAX, places=places,
            firms=make_firms(2), firm_place=firm_place,
        )  # fmt: skip
        return found[0, 0] == 0

    # the same pay in the next place: 20 minutes are worth 0.2, moving 0.3
    assert applies(20, -0.21)
    assert not applies(20, -0.19)
    assert applies(50, -0.31)
    assert not applies(50, -0.29)
    assert applies(np.inf, -0.31)
    # the present job is as far away: nothing is lost by the change
    assert applies(20, -0.01, firm_place=(1, 1))
    assert not applies(20, 0.01, firm_place=(1, 1))


def test_who_leaves_leaves_the_area():
    rule = make_rule("mobility", base=1, width_citizen=1, width_family=1, go_home=0)
    people = make_people(300, state=SEARCHING, home=3, city=0)
    local = make_people(20, state=SEARCHING, home=1, city=0)
    places = make_places(4, records=area_records([2, 1, 1]))
    for group in (people, local):
        flows, quits = np.zeros((4, 4, len(EDUCATION), len(REASON), 2), np.int64), np.zeros(1, np.int64)
        leave_cities(0, len(group.uid), group, places, 76, rule, TAX, *KEYS, flows, quits)
    assert set(people.city.tolist()) == {2, 3}
    assert (local.city == 0).all()


@pytest.fixture(scope="module")
def commuters():
    return run_toy(town(quarters=8), check=True)


def test_people_commute_in_an_area_and_nowhere_else(commuters):
    assert 0.1 < share_elsewhere(commuters) < 0.9
    apart = run_toy(toy_scenario(quarters=2, world={"area": ("alpha", "beta")}))
    assert share_elsewhere(apart) == 0
    assert "commuting" not in apart.tables()


def test_the_table_of_commuters_counts_the_employed(commuters):
    table = commuters.tables()["commuting"]
    people = commuters.tables()["people"]
    employed = people[people["state"] == "employed"].groupby("quarter", observed=True)["persons"].sum()
    assert table.groupby("quarter", observed=True)["persons"].sum().tolist() == employed.tolist()
    own = table["city"].astype(str) == table["work_city"].astype(str)
    world, travel = commuters.world, commuters.places.travel
    assert set(table[own]["minutes"]) == set(world.commute_min)
    assert table[~own]["minutes"].tolist() == pytest.approx([world.commute_min[0] + travel[0, 1]] * (~own).sum())


def test_moves_of_house_are_booked_as_moves_for_housing(commuters):
    flows = commuters.tables()["flows"]
    within = flows[flows["from_city"].astype(str) != flows["to_city"].astype(str)]
    assert within[within["reason"] == REASON[LEAVE_HOUSING]]["persons"].sum() > 0
    assert set(within["reason"]) <= {"first_job", "job_move", "leave_housing"}


@pytest.mark.parametrize("override", ["params.commuting.limit_min=0", "params.commuting.speed_kmh=1"])
def test_nobody_commutes_where_it_is_out_of_reach(override):
    model = run_toy(town(override, quarters=4), check=True)
    assert share_elsewhere(model) == 0


def test_people_commute_less_the_more_a_minute_weighs():
    shares = [
        share_elsewhere(run_toy(town(f"params.search.b_commute={b}", quarters=4))) for b in (0, 0.01, 0.03, 1)
    ]  # fmt: skip
    assert shares[0] > shares[1] > shares[2] > shares[3]
    assert shares[3] < 0.06  # who owns a home or lives with family keeps it


def test_lower_rent_where_the_jobs_are_brings_people_near_them():
    jobs = {"jobs_start": np.array([900000.0, 300000.0]), "new_jobs": np.zeros((2, 12))}
    into, residents = [], []
    for factor in (1.0, 0.5):
        rents = {
            name: getattr(toy_scenario().world, name) * np.array([factor, 1.0])
            for name in ("rent_shared_cny_m", "rent_whole_cny_m")
        }
        model = run_toy(toy_scenario(world=NEAR | jobs | rents, quarters=4))
        flows = count_commuters(model)
        into.append(flows[1, 0] / flows[:, 0].sum())
        residents.append(flows[0].sum())
    assert into[1] < into[0]
    assert residents[1] > residents[0]


def test_faster_trains_make_more_people_commute_and_their_way_shorter():
    train = {"kind": "transport_improvement", "city": "town", "from": "2019Q1", "distance_factor": 0.25}
    plain, fast = (run_toy(town(policies=policies, quarters=4), check=True) for policies in ([], [train]))
    assert share_elsewhere(fast) > share_elsewhere(plain)
    assert fast.places.travel[0, 1] == pytest.approx(0.25 * plain.places.travel[0, 1])


def test_threads_change_nothing_where_people_commute():
    runs = [run_toy(town(quarters=5), threads=threads) for threads in (1, 2)]
    assert checksums(runs[0]) == checksums(runs[1])


def test_a_hiring_subsidy_counts_where_the_job_is():
    subsidy = {
        "kind": "hiring_subsidy", "city": "alpha", "from": "2019Q1", "cny_per_hire": 1000, "firm_awareness": 1,
    }  # fmt: skip
    model = run_toy(town("params.matching.rounds=1", policies=[subsidy], quarters=3))
    ledger, postings = model.tables()["ledger"], model.tables()["postings"]
    hires = postings[postings["city"] == "alpha"].groupby("quarter", observed=True)["hires"].sum()
    assert set(ledger["city"]) == {"alpha"}
    assert ledger["persons"].tolist() == hires.tolist()


def test_what_must_hold_in_an_area_is_checked():
    model = TalentMarket(town(quarters=4), seed=1, check=True)
    model.step()
    people = model.columns.people
    resident = np.flatnonzero(people.hukou == people.city)[0]
    people.hukou[resident] = 1 - people.city[resident]
    with pytest.raises(InvariantError, match="a hukou of the area is one of the place"):
        check_invariants(model)
    model.close()
