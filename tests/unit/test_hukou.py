"""Hukou: who registers without quota, what the quotas give and to whom, and what people believe."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import make_people, run_toy, toy_scenario

from sim.kernels.hukou import chance_without_quota, split_residents
from sim.model import PHASES, Phase
from sim.phases.hukou_allocates import hukou_allocates
from sim.rng import HUKOU_DIRECT, make_key, uniforms
from sim.types import EDUCATION, EMPLOYED, SEARCHING

KEY = make_key(1, HUKOU_DIRECT)
CLOSED = {"direct_level": np.full(2, 4.0), "open_quarters": np.full(2, 400.0)}
NO_QUOTA = {name: np.zeros(2) for name in ("points_quota", "employer_quota", "central_quota")}


def split(people, *, direct_level=(4, 4), open_q=(400, 400), window=80, quarter=76, share=1.0):
    registers, candidates = split_residents(
        people, np.array(direct_level, float), np.array(open_q, float), window, quarter, share, KEY
    )
    return registers.tolist(), candidates.tolist()


def test_the_degree_registers_with_a_job_where_the_city_says_so():
    people = make_people(
        6,
        hukou=[1, 1, 1, 0, 1, 0],
        city=[0, 0, 0, 0, 1, 1],
        education=[1, 2, 3, 3, 3, 1],
        state=[EMPLOYED, EMPLOYED, SEARCHING, EMPLOYED, EMPLOYED, EMPLOYED],
    )
    # the third has no job, the fourth and fifth hold the hukou already; the second city asks for less
    assert split(people, direct_level=(2, 1)) == ([1, 5], [0])
    assert split(people, direct_level=(4, 4)) == ([], [0, 1, 5])
    assert split(people, direct_level=(-1, 0)) == ([0, 1, 5], [])


def test_a_window_ends_with_its_quarter():
    people = make_people(2, hukou=1, education=3, state=EMPLOYED, cohort_q=[71, 70])
    assert split(people, direct_level=(3, 3), window=5) == ([0], [1])


def test_residence_opens_a_city_to_any_degree():
    people = make_people(3, hukou=1, state=EMPLOYED, arrived_q=[68, 69, 60], education=[0, 0, 3])
    assert split(people, open_q=(8, 8)) == ([0, 2], [1])


def test_who_may_and_does_not_register_asks_for_no_place_either():
    people = make_people(400, hukou=1, state=EMPLOYED, education=np.arange(400) % 2)
    registers, candidates = split(people, direct_level=(1, 1), share=0.4)
    may = people.education == 1
    assert registers == np.flatnonzero(may & (uniforms(KEY, people.uid) < 0.4)).tolist()
    assert candidates == np.flatnonzero(~may).tolist()


def test_chances_without_quota_by_hand():
    chance = chance_without_quota(np.array([4, 2, 0, 4.0]), np.array([400, 400, 400, 10.0]), 40)
    assert chance.tolist() == [[0] * 4, [0, 0, 1, 1], [1] * 4, [0.75] * 4]


def watch_grants(*, policies=(), world=None, quarters=12, scale=400, seed=1, overrides=(), look=None):
    """Run the toy; per quarter the rows granted with their city, and quota and grants as counted. `look` may assert."""
    seen = []

    def allocate(model):
        people = model.columns.people
        before = people.hukou.copy()
        hukou_allocates(model)
        rows = np.flatnonzero(people.hukou != before)
        assert np.array_equal(people.hukou[rows], people.city[rows])
        if model.quarter_number >= model.first_quarter_number:
            seen.append((model.quarter.of_year, people.city[rows].copy(), model.hukou_quota, model.hukou_granted))
            if look is not None:
                look(model, rows)

    phases = tuple(Phase(phase.name, allocate) if phase.name == "hukou_allocates" else phase for phase in PHASES)
    scenario = toy_scenario(
        *overrides, policies=policies, world={**CLOSED, **(world or {})}, quarters=quarters, scale=scale
    )
    run_toy(scenario, phases=phases, check=True, seed=seed)
    return seen


def total_granted(**changes):
    return sum(len(city) for _, city, _, _ in watch_grants(**changes))


RELAXATION = {"kind": "hukou_relaxation", "city": "alpha", "from": "2019Q1"}


def whole(places, scale):
    """Places in persons that fill whole agents, rounded up."""
    return np.ceil(np.asarray(places) / scale) * scale


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32),
    quotas=st.lists(st.floats(0, 6000), min_size=6, max_size=6),
    level=st.lists(st.sampled_from([4, 3, 2, 0]), min_size=2, max_size=2),
    residence=st.lists(st.sampled_from([400, 12, 0]), min_size=2, max_size=2),
    reserved=st.lists(st.tuples(st.sampled_from(["points", "employer", "central"]), st.floats(0, 4000)), max_size=3),
    levels=st.sampled_from([0, 0, 1, 3]),
)
def test_grants_never_exceed_quotas_and_are_all_counted(seed, quotas, level, residence, reserved, levels):
    scale = 700
    policies = [
        {"kind": "hukou_quota", "city": "all", "from": "2019Q2", "places_per_year": size, "channel": channel}
        for channel, size in reserved
    ]
    policies.append({**RELAXATION, "levels": levels})
    points, employer, central = np.array(quotas).reshape(3, 2)
    world = {
        "points_quota": points, "employer_quota": employer, "central_quota": central,
        "direct_level": np.array(level, float), "open_quarters": np.array(residence, float),
    }  # fmt: skip
    # fractions of places are rounded at random, those of each quota apart: never by more than to the next whole agent
    most = {1: np.zeros(2), 2: np.zeros(2), 3: whole(employer, scale) + whole(central, scale), 4: whole(points, scale)}
    for channel, size in reserved:
        most[4 if channel == "points" else 3] += whole(size, scale)
    closed = (np.array(level) - levels * np.array([1, 0]) >= 4) & (np.array(residence) == 400)
    for quarter, city, quota, granted in watch_grants(
        policies=policies, world=world, quarters=8, scale=scale, seed=seed
    ):
        counted = np.bincount(city, minlength=2) * scale
        assert np.array_equal(counted, granted)
        assert np.all(granted <= quota)
        assert np.all(counted[closed] <= most[quarter][closed])


def test_without_quota_and_without_rules_nobody_settles():
    assert total_granted(world=NO_QUOTA) == 0


def test_a_shorter_residence_raises_grants():
    grants = [
        total_granted(world=NO_QUOTA, policies=[{**RELAXATION, "open_after_years": years}]) for years in (1, 4, 8)
    ]
    assert np.all(np.diff(grants) < 0), grants


def test_a_cut_of_the_points_years_lets_newcomers_compete():
    """With plenty of places everybody who has been there long enough gets one."""
    world = {**NO_QUOTA, "points_quota": np.full(2, 1e7)}
    residence = {}
    for cut in (0, 3):
        shortest = []

        def look(model, rows, shortest=shortest):
            people = model.columns.people
            shortest.extend((model.quarter_number - people.arrived_q[rows[people.city[rows] == 0]]).tolist())

        watch_grants(world=world, policies=[{**RELAXATION, "points_years_cut": cut}] if cut else [], look=look)
        residence[cut] = min(shortest)
    assert residence[0] >= 20
    assert 8 <= residence[3] < 20


def test_the_central_quota_goes_to_new_graduates_of_large_state_employers():
    staff = []

    def look(model, rows):
        people, firms = model.columns.people, model.firms
        staff.extend(zip(firms.ownership[people.firm[rows]], firms.size[people.firm[rows]], strict=True))
        assert np.all(model.quarter_number - people.cohort_q[rows] <= model.params.hukou.employer_window)

    seen = watch_grants(world={**NO_QUOTA, "central_quota": np.full(2, 1000.0)}, quarters=16, scale=100, look=look)
    assert set(staff) == {(0, 3)}
    assert {quarter for quarter, city, _, _ in seen if len(city)} == {3}
    assert all(np.bincount(city, minlength=2).max() <= 10 for _, city, _, _ in seen if len(city))  # 1,000 / 100


def test_the_central_quota_is_apart_from_the_city_s():
    """What central firms settle comes on top: the employers' places are all used without and with it."""
    employer = {**NO_QUOTA, "employer_quota": np.full(2, 1600.0)}
    alone = watch_grants(world=employer, scale=100)
    both = watch_grants(world={**employer, "central_quota": np.full(2, 800.0)}, scale=100)
    without, with_central = ([len(city) for quarter, city, *_ in seen if quarter == 3] for seen in (alone, both))
    assert without == [2 * 16] * len(without)
    assert all(2 * 16 <= number <= 2 * 24 for number in with_central)
    assert sum(with_central) > sum(without)


@pytest.mark.parametrize("channel", ["employer", "points", "central"])
def test_reserved_places_come_on_top_in_their_channel(channel):
    policy = {
        "kind": "hukou_quota", "city": "alpha", "from": "2019Q1", "places_per_year": 2000, "channel": channel,
        "awareness": 1, "take_up": 1,
    }  # fmt: skip
    seen = watch_grants(world=NO_QUOTA, policies=[policy])
    assert {quarter for quarter, city, _, _ in seen if len(city)} == {4 if channel == "points" else 3}
    assert all(len(city) <= 5 and not city.any() for _, city, _, _ in seen)
    assert sum(len(city) for _, city, _, _ in seen) > 0


def test_beliefs_follow_the_rules_in_force():
    chances = []
    watch_grants(
        world=NO_QUOTA,
        policies=[{**RELAXATION, "levels": 2, "from": "2019Q2", "to": "2019Q4"}],
        quarters=6,
        look=lambda model, rows: chances.append(model.places.hukou_chance.copy()),
    )
    for quarter, chance in enumerate(chances):
        in_force = 1 <= quarter <= 3
        assert chance[0].tolist() == ([0, 0, 1, 1] if in_force else [0] * len(EDUCATION))
        assert not chance[1].any()


def test_registration_is_a_lasting_trait():
    """Nobody whose draw is above the share ever registers, however long they may."""
    share = 0.5

    def look(model, rows):
        u = uniforms(model.lasting_key(HUKOU_DIRECT), model.columns.people.uid[rows])
        assert np.all(u < share)

    overrides = (f"params.hukou.registration_share={share}",)
    assert total_granted(
        world={**NO_QUOTA, "direct_level": np.zeros(2)}, overrides=overrides, look=look, quarters=8
    ) > 0  # fmt: skip
