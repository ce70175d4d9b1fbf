import numpy as np
import pytest
from toys import NO_TAX, make_entries, make_firms, make_people, make_records, make_rule, run_toy, toy_scenario

from sim.kernels.awareness import claim_transfer, count_aware, spread_awareness
from sim.market import TRANSFER_DTYPE
from sim.rng import AWARE, TAKE_UP, draw_bits_of, make_key, uniform
from sim.types import EMPLOYED, OUT, Quarter

KEY = make_key(1, AWARE, 80)
SUBSIDY = {"kind": "living_subsidy", "city": "alpha", "from": "2019Q3", "amount_cny_m": 1}


def spread(
    people, *, policies=(0,), start=(70,), share=(0.0,), rate=(0.0,), known=0.0, peer=0.0, platform=0.0, quarter=80
):
    spread_awareness(
        0,
        len(people.uid),
        people,
        np.array(policies, np.int64),
        np.array(start, np.int64),
        np.array(share),
        np.array(rate),
        np.zeros((2, len(policies))) + known,
        peer,
        np.zeros(2) + platform,
        quarter,
        KEY,
    )
    return people.aware.tolist()


def draws(people, policy):
    return np.array([uniform(np.uint64(draw_bits_of(KEY, uid, np.uint64(policy)))) for uid in people.uid])


def test_everybody_or_nobody_hears():
    assert spread(make_people(3), rate=[1.0]) == [1, 1, 1]
    assert spread(make_people(3)) == [0, 0, 0]


def test_a_platform_adds_to_the_hazard_where_it_reaches():
    people = make_people(400, city=np.arange(400) % 2)
    spread(people, policies=[3], rate=[0.1], platform=np.array([0.0, 0.3]))
    assert np.array_equal(people.aware == 8, draws(people, 3) < 0.1 + 0.3 * people.city)


def test_a_platform_informs_its_city_of_other_policies():
    informed = []
    platform = {
        "kind": "association_platform",
        "city": "alpha",
        "from": "2019Q3",
        "sample_factor": 1,
        "noise_factor": 1,
    }
    for coverage in (0.0, 0.4, 1.0):
        policies = [{**SUBSIDY, "awareness": 0, "communication": 0}, {**platform, "coverage": coverage}]
        scenario = toy_scenario("params.awareness.platform_rate=0.2", policies=policies, quarters=5)
        people = run_toy(scenario).columns.people
        informed.append(np.count_nonzero(people.aware & 1))
    assert informed[0] == 0
    assert informed == sorted(informed)
    assert informed[1] < informed[2]


def test_what_is_known_stays_known():
    assert spread(make_people(2, aware=[2, 3]), policies=[1], rate=[0.0]) == [2, 3]


def test_the_hazard_is_communication_plus_peers():
    people = make_people(400)
    spread(people, policies=[3], rate=[0.1], known=0.5, peer=0.4)
    assert np.array_equal(people.aware == 8, draws(people, 3) < 0.1 + 0.4 * 0.5)


def test_the_starting_share_counts_in_the_first_quarter_and_for_new_graduates():
    people = make_people(400, cohort_q=np.where(np.arange(400) % 2, 80, 60))
    spread(people, share=[0.6], start=[70])
    assert np.array_equal(people.aware == 1, (draws(people, 0) < 0.6) & (people.cohort_q == 80))
    people = make_people(400, cohort_q=60)
    spread(people, share=[0.6], start=[80])
    assert np.array_equal(people.aware == 1, draws(people, 0) < 0.6)


def test_policies_spread_apart():
    people = make_people(400)
    spread(people, policies=[0, 31], start=[70, 70], share=[0, 0], rate=[0.5, 0.5])
    knows = people.aware & 1 > 0, people.aware >> 31 > 0
    assert 60 < np.count_nonzero(knows[0] & knows[1]) < 140
    assert np.array_equal(knows[1], draws(people, 31) < 0.5)


def test_people_out_hear_nothing_and_count_nowhere():
    people = make_people(2, state=OUT)
    assert spread(people, rate=[1.0]) == [0, 0]
    counts = np.zeros((2, 2), np.int64)
    count_aware(people, np.array([0]), counts)
    assert not counts.any()


def test_the_informed_are_counted_by_place():
    people = make_people(5, aware=[1, 3, 2, 0, 2], city=[0, 0, 0, 1, 1])
    counts = np.zeros((2, 3), np.int64)
    count_aware(people, np.array([0, 1]), counts)
    assert counts.tolist() == [[2, 2, 3], [0, 1, 2]]


def test_claims_by_hand():
    people = make_people(
        6,
        state=EMPLOYED,
        firm=0,
        wage=8000,
        rent=[1000.25, 1000, 1000, 1000, 9000, 1000],
        cohort_q=70,
        arrived_q=60,
        aware=[1, 0, 1, 1, 1, 1],
        city=[0, 0, 1, 0, 0, 0],
        education=[1, 1, 1, 0, 1, 2],
    )
    people.cohort_q[5] = 40
    entries = make_entries(
        TRANSFER_DTYPE,
        place_mask=1,
        education_mask=6,
        amount_cny_m=[9, 500, 700, 9],
        rent_share=0.1,
        cap_cny_m=1000,
        term_q=20,
    )
    claims = np.full(6, 7, np.int64)
    tax = make_rule("tax", **NO_TAX)
    claim_transfer(0, 6, people, make_firms(), make_records(), entries, 0, tax, 80, make_key(1, TAKE_UP), claims)
    # hundredths of CNY: not aware, elsewhere, too low a level, capped, and past its term
    assert claims.tolist() == [60003, 0, 0, 0, 100000, 0]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_graduates_know_of_a_running_policy_from_the_start_with_its_starting_share(share):
    scenario = toy_scenario(
        "params.awareness.peer_rate=0", policies=[{**SUBSIDY, "awareness": share, "communication": 0}], quarters=6
    )
    seen = []

    def look(model):
        people = model.columns.people
        new = people.cohort_q == Quarter.parse("2020Q2").number
        seen.append((np.count_nonzero(new), np.count_nonzero(people.aware[new])))

    run_toy(scenario, on_step=look)
    new, informed = seen[-1]
    assert new > 0
    assert informed == share * new


def test_better_communication_informs_no_fewer():
    informed = []
    for rate in (0.0, 0.1, 0.3):
        scenario = toy_scenario(policies=[{**SUBSIDY, "awareness": 0.2, "communication": rate}], quarters=5)
        informed.append(np.count_nonzero(run_toy(scenario).columns.people.aware))
    assert informed == sorted(informed)
    assert informed[0] < informed[2]
