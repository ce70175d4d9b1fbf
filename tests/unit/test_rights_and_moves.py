"""Homes bought, points, school places, residence that counts elsewhere, and what a move costs."""

import numpy as np
import pytest
from toys import apply_to_lines, make_lines, make_people, make_places, make_records, make_rule, run_toy, toy_scenario

from sim.kernels.mobility import choose_place, fill_advantage, leave_causes, move_person
from sim.phases.purchases import buy_homes
from sim.policies import build_levers
from sim.stickiness import measure_indicators
from sim.types import EMPLOYED, FAMILY, SUBSIDISED, Quarter
from sim.world.indicators import INDICATORS

KNOWN = {"from": "2019Q1", "awareness": 1, "take_up": 1}
PURCHASE = {**KNOWN, "kind": "purchase_subsidy", "city": "alpha", "amount_cny": 200_000}
SCHOOL = {**KNOWN, "kind": "school_places", "city": "alpha", "places_per_year": 1e9}
POINTS = {"kind": "hukou_points", "city": "alpha", "from": "2019Q1"}
COOPERATION = {"kind": "regional_cooperation", "city": "all", "from": "2019Q1"}
BARRIER = {"kind": "migration_barrier", "from": "2019Q1", "between": "places"}
TRANSPORT = {"kind": "transport_improvement", "city": "all", "from": "2019Q1"}
NO_OTHER_ROUTE = {
    "employer_quota": np.zeros(2), "central_quota": np.zeros(2), "direct_level": np.full(2, 4.0),
    "open_quarters": np.full(2, np.inf),
}  # fmt: skip


def test_everybody_who_may_buys_and_is_paid_once():
    model = run_toy(toy_scenario(policies=[{**PURCHASE, "amount_cny": 9_000_000}], quarters=4), check=True)
    people, paid = model.columns.people, [int(persons[0].sum()) // model.scale for _, persons, _ in model.ledger.closed]
    assert paid[0] > max(paid[1:])  # first all who could have bought for long, then who turns old enough
    assert np.count_nonzero(people.received) == sum(paid)
    assert all(fen.sum() == persons.sum() * 9_000_000 * 100 for _, persons, fen in model.ledger.closed)
    assert np.all(people.housing[(people.received == 1) & (people.city == 0)] == FAMILY)


def test_a_home_is_cheaper_by_the_share_of_its_price():
    paid = exposed = 0
    for seed in range(1, 4):
        model = run_toy(
            toy_scenario(
                "params.housing.own_home_hazard=0.1", "params.housing.purchase_elasticity=3",
                policies=[{**PURCHASE, "amount_cny": 0, "price_share": 0.2, "eligible": {"education": ["phd"]}}],
                quarters=1, scale=200,
            ),
            seed=seed,
        )  # fmt: skip
        people = model.columns.people
        people.education[:], people.aware[:] = 3, 1
        before = people.received.copy()
        free = (people.housing != FAMILY) & (people.housing != SUBSIDISED) & (people.state == EMPLOYED)
        could = free & (people.city == 0) & (model.quarter_number - people.cohort_q >= 20) & (before == 0)
        buy_homes(model)
        bought = people.received != before
        assert not np.any(bought & ~could)
        paid, exposed = paid + np.count_nonzero(bought), exposed + np.count_nonzero(could)
    wanted = 0.1 * 0.8**-3
    assert exposed > 500
    # fails by chance once in 16,000
    assert abs(paid / exposed - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / exposed)


def test_points_go_to_those_whom_a_city_names():
    levels = {}
    low = {"points": 400, "eligible": {"education": ["below_bachelor"]}}
    for name, change in (("none", {}), ("degree", {"education_add": 80}), ("low", low)):
        kept = {}
        model = run_toy(
            toy_scenario(
                "params.hukou.points_tenure=0",
                policies=[{**POINTS, **change}],
                quarters=12,
                scale=250,
                world=NO_OTHER_ROUTE,
            ),
            check=True,
            on_start=lambda m, kept=kept: kept.update(hukou=m.columns.people.hukou.copy()),
        )
        people, n = model.columns.people, len(kept["hukou"])
        new = (people.hukou[:n] == 0) & (kept["hukou"] != 0)
        assert np.count_nonzero(new) > 40
        levels[name] = people.education[:n][new].mean()
    assert levels["low"] < levels["none"] < levels["degree"]


def test_a_school_place_takes_the_cause_off_at_the_family_node_only():
    rule = make_rule(
        "mobility", base=0.01, family_from_years=4, no_hukou=0.5, schooling=0.8, width_citizen=1, width_family=1
    )
    reasons = {}
    for years, received in ((6, 0), (6, 2), (6, 4), (2, 2)):
        people = make_people(1, hukou=1, state=EMPLOYED, cohort_q=76 - 4 * years, received=received)
        causes = np.zeros(4)
        leave_causes(people, 0, 0.5, 0b010, 0.0, 76, 10000.0, rule, causes)
        reasons[years, received] = (causes[0], causes[2])
    assert reasons[6, 0] == pytest.approx((0, 0.65))
    assert reasons[6, 2] == pytest.approx((0, 0.25))
    assert reasons[6, 4] == reasons[6, 0]  # received under another policy
    assert reasons[2, 2] == pytest.approx((0.25, 0))


def test_school_places_are_limited_and_paid_for():
    given = []
    for places in (30_000, 1e9):
        policy = {**SCHOOL, "places_per_year": places, "cost_cny_per_place": 1000}
        world = {**NO_OTHER_ROUTE, "points_quota": np.zeros(2)}
        model = run_toy(toy_scenario(policies=[policy], quarters=12, world=world), check=True)
        given.append(sum(int(persons.sum()) for _, persons, _ in model.ledger.closed))
        assert sum(int(fen.sum()) for _, _, fen in model.ledger.closed) == given[-1] * 1000 * 100
    assert 0 < given[0] <= 3 * 30_000 < given[1]


@pytest.mark.parametrize(("share", "resident_q"), [(0.0, 76), (0.5, 68), (1.0, 60)])
def test_residence_follows_the_mover_who_starts_anew_in_everything_else(share, resident_q):
    people = make_people(1, arrived_q=60, city=0)
    place = make_records(2, rights_mask=1, rights_share=share)[1]
    move_person(people, 0, 1, place, 76)
    assert (people.arrived_q[0], people.resident_q[0]) == (76, resident_q)
    move_person(people, 0, 0, make_records()[0], 80)  # back, where nothing counts
    assert people.resident_q[0] == 80


def test_a_term_goes_on_in_the_other_city():
    subsidy = {
        **KNOWN, "kind": "living_subsidy", "city": "all", "amount_cny_m": 100, "term_years": 2,
    }  # fmt: skip
    paid = []
    for policies in ([subsidy], [subsidy, COOPERATION]):
        model = run_toy(toy_scenario(policies=policies, quarters=14), check=True)
        paid.append(sum(int(persons[0].sum()) for _, persons, _ in model.ledger.closed[9:]))
    assert paid[1] < paid[0]  # a move no longer starts the term anew


def test_the_cost_of_a_move_counts_for_searchers():
    rule = make_rule("search", n_sampled=9, n_applications=2, b_wage=1, b_move=0.5, taste_position=1e-9)
    lines = make_lines(wage=[10000, 10000], place=[0, 1])
    housing, tax = make_rule("housing", rent_share_limit=1), make_rule("tax", contribution_cap_cny_m=1e9)
    first = []
    for extra in (0.0, 1.0, -2.0):
        barrier = np.array([[0.0, extra], [extra, 0.0]])
        distance = np.array([[0.0, 1.0], [1.0, 0.0]])
        places = make_places(distance=distance, move_extra=barrier)
        people = make_people(1, city=0, firm=-1)
        first.append(int(apply_to_lines(people, lines, rule, housing=housing, tax=tax, places=places)[0, 0]))
    assert first == [0, 0, 1]


def test_the_cost_of_a_move_counts_for_leavers():
    utility = np.array([[0.0], [1.0], [3.0]])
    extra, out = np.zeros((3, 3)), np.empty((3, 1))
    fill_advantage(utility, extra, make_records(3), out)
    assert out[:, 0].tolist() == [3, 2, -2]
    extra[0, 2] = 2.5
    fill_advantage(utility, extra, make_records(3), out)
    assert out[:, 0].tolist() == [1, 2, -2]
    assert choose_place(utility[:, 0] - 50 * extra[0], 0, 0.5) == 1


def test_a_barrier_of_regions_spares_moves_within_one():
    world = toy_scenario().world
    quarter = Quarter.parse("2020Q1").number
    policy = toy_scenario(policies=[{**BARRIER, "between": "regions", "cost": 2}]).policies
    assert not build_levers(policy, quarter, world).move_cost_add.any()
    apart = toy_scenario(world={"region": ("east", "west")}).world
    assert build_levers(policy, quarter, apart).move_cost_add.tolist() == [[0, 2], [2, 0]]


def test_shorter_commutes_show_in_the_index_and_draw_people():
    commute = [indicator.name for indicator in INDICATORS].index("commute")
    minutes, here = [], []
    for factor in (1, 0.2):
        policy = {**TRANSPORT, "city": "alpha", "commute_factor": factor}
        model = run_toy(toy_scenario("params.search.amenity_commute=10", policies=[policy], quarters=8))
        pulse = np.ones((2, 4, 12), np.int64)
        talent = np.asarray(model.world.talent_start, float)
        minutes.append(measure_indicators(model, pulse, talent)[commute].tolist())
        here.append(np.count_nonzero(model.columns.people.city == 0))
    assert minutes == [[35, 35], [pytest.approx(7), 35]]
    assert here[0] < here[1]
