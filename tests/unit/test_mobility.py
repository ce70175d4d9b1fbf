import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import NO_TAX, make_lines, make_people, make_places, make_records, make_rule

from sim.kernels.mobility import (
    choose_place,
    draw_reason,
    fill_advantage,
    highest_hazard,
    leave_causes,
    leave_cities,
    life_node,
    move_person,
    node_hazard,
    take_jobs,
)
from sim.rng import LEAVE, LEAVE_REASON, LEAVE_TARGET, make_key, uniforms
from sim.types import (
    EDUCATION,
    EMPLOYED,
    FAMILY,
    FIRST_JOB,
    JOB_MOVE,
    LEAVE_CAREER,
    LEAVE_FAMILY,
    LEAVE_HOUSING,
    LEAVE_HUKOU,
    LIFE_NODE,
    NEVER_EMPLOYED,
    NO_FIRM,
    NO_QUARTER,
    NO_SCHEME,
    OUT,
    PREPARING,
    REASON,
    RETURN_HOME,
    SEARCHING,
    SHARED,
    STUDYING,
    SUBSIDISED,
    UNHOUSED,
)

TAX = make_rule("tax", **NO_TAX)
KEYS = tuple(make_key(1, decision, 76) for decision in (LEAVE, LEAVE_REASON, LEAVE_TARGET))
NODES = make_rule(
    "mobility",
    base=0.001,
    peak_citizen=0.02,
    centre_citizen=2,
    width_citizen=0.8,
    peak_family=0.01,
    centre_family=6,
    width_family=1,
)


def leave(people, rule, places=None, quarter=76):
    places = places or make_places(3)
    n = len(places.records)
    flows, quits = np.zeros((n, n, len(EDUCATION), len(REASON), 2), np.int64), np.zeros(2, np.int64)
    leave_cities(0, len(people.uid), people, places, quarter, rule, TAX, *KEYS, flows, quits)
    return flows, quits.tolist()


def causes_of(people, rule, places=None, pay=10000.0):
    places = places or make_places(records=make_records(hukou_value=0.5))
    causes, advantage = np.zeros(4), np.empty(places.utility.shape)
    fill_advantage(places.utility, places.move_extra, places.records, advantage)
    city, level = people.city[0], people.education[0]
    worth = places.records["hukou_value"][city]
    hazard = leave_causes(people, 0, worth, 0, advantage[city, level], 76, pay, rule, causes)
    assert hazard <= highest_hazard(worth, advantage[city, level], rule) * (1 + 1e-12)
    return hazard, causes.tolist()


@given(
    st.floats(0, 20), st.booleans(), st.booleans(), st.sampled_from([SEARCHING, EMPLOYED]), st.floats(0, 30000),
    st.floats(0, 1), st.floats(-2, 2), st.floats(1, 40000),
)  # fmt: skip
def test_nobody_is_above_the_bound_that_saves_the_hazard(years, local, settled, state, rent, worth, advantage, pay):
    people = make_people(1, state=state, rent=rent, hukou=0 if local else 1, housing=FAMILY if settled else SHARED)
    people.cohort_q[:] = 76 - int(4 * years)
    rule = NODES._replace(no_hukou=0.5, schooling=0.4, rent_burden=2, burden_free=0.3, other_city=0.3, jobless=0.6)
    hazard = leave_causes(people, 0, worth, 0, advantage, 76, pay, rule, np.zeros(4))
    assert hazard <= highest_hazard(worth, advantage, rule) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("years", "citizen", "employed", "settled", "node"),
    [
        (3.75, False, True, True, "citizen"),
        (3.75, False, False, False, "citizen"),
        (3.75, True, False, False, "job"),
        (9.0, True, False, True, "job"),
        (3.75, True, True, False, "nest"),
        (4.0, True, True, False, "family"),
        (4.0, False, True, True, "family"),
        (9.0, False, False, False, "family"),
        (7.75, True, True, True, "local"),
        (8.0, True, True, True, "higher"),
    ],
)
def test_the_node_is_the_first_need_that_is_not_met(years, citizen, employed, settled, node):
    rule = NODES._replace(family_from_years=4)  # the second peak: 6 years, over after two widths of 1
    assert LIFE_NODE[life_node(years, citizen, employed, settled, rule)] == node


def test_the_hazard_of_clock_and_node_by_hand():
    assert node_hazard(2.0, False, False, NODES) == pytest.approx(0.001 + 0.02 + 0.01 * math.exp(-8))
    assert node_hazard(6.0, False, True, NODES) == pytest.approx(0.001 + 0.01 + 0.02 * math.exp(-12.5))
    assert node_hazard(2.0, True, False, NODES) == pytest.approx(0.001 + 0.01 * math.exp(-8))
    assert node_hazard(6.0, True, False, NODES) == pytest.approx(0.001 + 0.01)
    assert node_hazard(40.0, False, False, NODES) == pytest.approx(0.001)
    assert node_hazard(2.0, True, True, NODES) == node_hazard(6.0, True, True, NODES) == 0.001


@pytest.mark.parametrize(
    ("citizen", "settled", "expected"),
    [(False, False, [2, 6]), (False, True, [2, 6]), (True, False, [6]), (True, True, [])],
)
def test_each_peak_is_left_out_by_who_has_what_its_node_asks_for(citizen, settled, expected):
    hazards = [node_hazard(0.25 * k, citizen, settled, NODES) for k in range(40)]
    assert [0.25 * k for k in range(1, 39) if hazards[k - 1] < hazards[k] > hazards[k + 1]] == expected


def test_moving_ends_the_lease_and_the_transfer():
    people = make_people(
        1, housing=SUBSIDISED, scheme=2, rent=900, transfer=500, rent_aid=200, lease_start_q=70, lease_end_q=82,
        queue_q=74, wage=9000,
    )  # fmt: skip
    move_person(people, 0, 1, make_records()[1], 76)
    assert (people.city[0], people.arrived_q[0], people.housing[0], people.scheme[0]) == (1, 76, UNHOUSED, NO_SCHEME)
    assert (people.rent[0], people.transfer[0], people.rent_aid[0], people.wage[0]) == (0, 0, 0, 9000)
    assert people.queue_q[0] == NO_QUARTER
    assert (people.lease_start_q[0], people.lease_end_q[0]) == (NO_QUARTER, NO_QUARTER)


def test_places_are_drawn_by_inverse_distribution():
    utilities = np.log([1.0, 2.0, 3.0, 4.0])
    assert [choose_place(utilities, -1, u) for u in (0.05, 0.15, 0.35, 0.65, 0.999)] == [0, 1, 2, 3, 3]
    assert [choose_place(utilities, 2, u) for u in (0.1, 0.2, 0.4, 0.5, 1.0)] == [0, 1, 1, 3, 3]
    assert choose_place(np.array([0.0]), 0, 0.5) == -1


@given(st.lists(st.floats(-800, 800), min_size=2, max_size=6), st.floats(0, 1), st.integers(0, 5))
def test_any_utilities_give_a_place_that_is_not_excluded(utilities, u, excluded):
    place = choose_place(np.array(utilities), excluded, u)
    assert 0 <= place < len(utilities)
    assert place != excluded


def test_causes_by_hand():
    rule = make_rule(
        "mobility",
        base=0.01,
        width_citizen=1,
        width_family=1,
        no_hukou=0.6,
        schooling=0.4,
        rent_burden=2,
        burden_free=0.3,
        family_from_years=4,
        other_city=0.5,
        jobless=0.8,
    )
    places = make_places(records=make_records(hukou_value=0.5))
    places.utility[1] = 1.0
    young = make_people(1, cohort_q=70, hukou=1, rent=5000, state=EMPLOYED)
    hazard, causes = causes_of(young, rule, places)
    assert causes == pytest.approx([0.6 * 0.5, 2 * 0.2, 0, 0.5])
    assert hazard == pytest.approx(0.01 * math.exp(1.2))
    old = make_people(1, cohort_q=60, hukou=1, rent=1000, state=SEARCHING)
    hazard, causes = causes_of(old, rule, places, pay=2000.0)
    assert causes == pytest.approx([0, 2 * 0.2, (0.6 + 0.4) * 0.5, 0.5 + 0.8])
    settled = make_people(1, cohort_q=60, hukou=0, rent=1000, state=EMPLOYED)
    assert causes_of(settled, rule, places)[1] == pytest.approx([0, 0, 0, 0.5])


def test_what_is_paid_against_rent_lowers_the_burden_as_a_lower_rent_does():
    rule = make_rule("mobility", base=0.05, width_citizen=1, width_family=1, rent_burden=4, burden_free=0.3)
    aided = make_people(1, cohort_q=70, hukou=1, rent=5800, rent_aid=800, transfer=800, state=EMPLOYED)
    plain = make_people(1, cohort_q=70, hukou=1, rent=5000, state=EMPLOYED)
    assert causes_of(aided, rule, pay=10800.0)[1] == pytest.approx(causes_of(plain, rule, pay=10000.0)[1])
    income = make_people(1, cohort_q=70, hukou=1, rent=5800, transfer=800, state=EMPLOYED)
    assert causes_of(income, rule, pay=10800.0)[0] > causes_of(plain, rule, pay=10000.0)[0]


@pytest.mark.parametrize("years", [1, 3, 5, 12])
@pytest.mark.parametrize("hukou", [0, 1])
@pytest.mark.parametrize("housing", [SHARED, FAMILY])
def test_reasons_agree_with_the_node(years, hukou, housing):
    """Nobody leaves for want of a hukou with one, or at the family node; nor for schools before it."""
    rule = make_rule(
        "mobility", base=1, width_citizen=1, width_family=1, go_home=1, family_from_years=4, no_hukou=5, schooling=5,
        reason_base=0.1,
    )  # fmt: skip
    people = make_people(400, cohort_q=76 - 4 * years, home=2, hukou=hukou, housing=housing, state=SEARCHING)
    flows, _ = leave(people, rule, make_places(3, records=make_records(3, hukou_value=1.0)))
    reasons = flows.sum(axis=(0, 1, 2, 4))
    wanted = {RETURN_HOME}
    if hukou != 0:
        wanted.add(LEAVE_HUKOU if years < 4 else LEAVE_FAMILY)
    assert {int(reason) for reason in np.flatnonzero(reasons)} == wanted


def test_a_transfer_lowers_the_hazard_and_a_free_flat_drives_nobody_away():
    """Rent weighs against pay and transfers; without a job, against what pay in the city would be."""
    rule = make_rule("mobility", base=0.05, width_citizen=1, width_family=1, rent_burden=4)
    left = {}
    for transfer, rent in ((0, 5000), (5000, 5000), (0, 0)):
        people = make_people(
            4000, cohort_q=70, city=1, arrived_q=70, rent=rent, transfer=transfer, state=SEARCHING, uid=np.arange(4000)
        )
        places = make_places(3)
        places.market_wage[:] = 10000.0
        left[transfer, rent] = int(leave(people, rule, places)[0].sum())
    assert left[0, 5000] > left[5000, 5000] > left[0, 0]


@given(st.floats(0, 20000), st.floats(0, 20000), st.integers(40, 76))
def test_dearer_rent_never_lowers_the_hazard(one, other, cohort):
    rule = NODES._replace(rent_burden=2.0, no_hukou=0.5)
    low, high = sorted((one, other))
    hazards = [causes_of(make_people(1, rent=rent, cohort_q=cohort, hukou=1), rule)[0] for rent in (low, high)]
    assert hazards[0] <= hazards[1]
    with_hukou = causes_of(make_people(1, rent=high, cohort_q=cohort, hukou=0), rule)[0]
    assert with_hukou <= hazards[1]


def test_reasons_are_in_proportion_to_their_causes():
    causes = np.array([1.0, 2.0, -3.0, 0.5])  # 0.5 of base: 4 in all; what holds people back is no reason
    drawn = [draw_reason(causes, 0.5, False, u) for u in (0.1, 0.13, 0.37, 0.38, 0.87, 0.88, 0.999)]
    assert drawn == [LEAVE_CAREER, LEAVE_HUKOU, LEAVE_HUKOU, LEAVE_HOUSING, LEAVE_HOUSING, LEAVE_CAREER, LEAVE_CAREER]
    assert draw_reason(causes, 0.5, True, 0.1) == RETURN_HOME
    assert draw_reason(np.array([0.0, 0.0, 2.0, 0.0]), 0.5, True, 0.5) == LEAVE_FAMILY
    assert draw_reason(np.zeros(4), 0.5, True, 0.999) == RETURN_HOME


ALL_LEAVE = make_rule("mobility", base=1, width_citizen=1, width_family=1, go_home=1)


def test_who_may_leave():
    states = [STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT, SEARCHING, SEARCHING]
    people = make_people(
        7,
        state=states,
        firm=[-1, -1, -1, 0, -1, -1, -1],
        home=[2, 2, 2, 2, 2, 0, 2],
        arrived_q=[60, 60, 60, 60, 60, 60, 76],
    )
    flows, quits = leave(people, ALL_LEAVE)
    # not: students, people in preparation, out, at home, or arrived in this quarter
    assert people.city.tolist() == [0, 0, 2, 2, 0, 0, 0]
    assert flows.sum() == flows[0, 2, 0].sum() == 2
    assert quits == [1, 0]
    assert (people.state[3], people.firm[3], people.wage[3]) == (SEARCHING, NO_FIRM, 0)


def test_people_leave_by_their_draw():
    people = make_people(400, state=SEARCHING, home=2)
    leave(people, ALL_LEAVE._replace(base=0.3))
    assert np.array_equal(people.city == 2, uniforms(KEYS[0], people.uid) < 0.3)


def test_a_share_goes_home_and_the_rest_where_it_is_best():
    people = make_people(400, state=SEARCHING, home=2)
    places = make_places(4)
    places.utility[3] = -1e9
    leave(people, ALL_LEAVE._replace(go_home=0.4), places)
    u = uniforms(KEYS[2], people.uid)
    expected = np.where(u < 0.4, 2, np.where((u - 0.4) / 0.6 < 0.5, 1, 2))
    assert people.city.tolist() == expected.tolist()


def test_nobody_leaves_without_a_hazard():
    people = make_people(50, state=SEARCHING, home=1, cohort_q=70)
    flows, _ = leave(people, make_rule("mobility", width_citizen=1, width_family=1))
    assert not flows.any()


def take(people, matched, lines, quality=None, spread=0.0, n_firms=3):
    flows = np.zeros((2, 2, len(EDUCATION), len(REASON), 2), np.int64)
    quits, hires = np.zeros(n_firms, np.int64), np.zeros(len(lines), np.int64)
    quality = np.zeros(len(matched)) if quality is None else np.array(quality)
    searchers = np.arange(len(matched), dtype=np.uint32)
    matched = np.array(matched, np.int32)
    residence = lines["place"][matched]
    take_jobs(
        searchers, matched, people, lines, residence, make_records(), 76, spread, quality, flows, quits, hires
    )  # fmt: skip
    return flows, quits.tolist(), hires.tolist()


def test_accepted_offers_change_job_and_place():
    lines = make_lines(wage=[9000, 8000], firm=[1, 2], place=[1, 0], cell=[5, 7])
    people = make_people(
        4,
        state=[SEARCHING, SEARCHING, EMPLOYED, SEARCHING],
        firm=[-1, -1, 0, -1],
        experience_q=[0, 0, 9, 0],
        education=1,
        tenure_q=[-1, -1, 9, -1],
        search_q=[3, 1, 0, 2],
        housing=SHARED,
        arrived_q=60,
    )
    flows, quits, hires = take(people, [0, 1, 0, -1], lines)
    assert people.state.tolist() == [EMPLOYED, EMPLOYED, EMPLOYED, SEARCHING]
    assert people.firm.tolist() == [1, 2, 1, NO_FIRM]
    assert people.cell.tolist() == [5, 7, 5, 0]
    assert people.wage.tolist() == [9000, 8000, 9000, 0]
    assert people.city.tolist() == [1, 0, 1, 0]
    assert people.arrived_q.tolist() == [76, 60, 76, 60]
    assert people.housing.tolist() == [UNHOUSED, SHARED, UNHOUSED, SHARED]
    assert people.tenure_q.tolist() == [0, 0, 0, NEVER_EMPLOYED]
    assert people.search_q.tolist() == [0, 0, 0, 2]
    assert (quits, hires) == ([1, 0, 0], [2, 1])
    assert flows[0, 1, 1, FIRST_JOB, 1] == flows[0, 0, 1, FIRST_JOB, 1] == flows[0, 1, 1, JOB_MOVE, 0] == 1
    assert flows.sum() == 3


def test_a_second_job_in_the_same_city_is_no_flow():
    people = make_people(2, state=[SEARCHING, EMPLOYED], firm=[-1, 0], tenure_q=[0, 4])
    flows, quits, _ = take(people, [0, 0], make_lines(wage=[9000], firm=1))
    assert not flows.any()
    assert quits == [1, 0, 0]


def test_match_quality_is_log_normal_with_mean_one():
    people = make_people(3, state=SEARCHING)
    take(people, [0, 0, 0], make_lines(wage=[10000]), quality=[-1.0, 0.0, 2.0], spread=0.1)
    assert people.wage == pytest.approx([10000 * math.exp(0.1 * q - 0.005) for q in (-1, 0, 2)], rel=1e-6)
