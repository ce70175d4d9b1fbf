import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from toys import (
    NO_TAX,
    apply_to_lines,
    index_lines,
    make_firms,
    make_lines,
    make_people,
    make_places,
    make_records,
    make_rule,
)

from sim.kernels.eligibility import load_person
from sim.kernels.sampling import draw_level, draw_place, find_other_areas, weigh_places
from sim.kernels.search import insert_best, place_utility, reservation_wage, select_searchers
from sim.rng import SEARCH_START, TASTE_CITY, draw_bits_of, gumbel, make_key, uniforms
from sim.types import EMPLOYED, OUT, PREPARING, SEARCHING, STUDYING

TAX = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=1, floor_share=0.01)
KEY, OTHER_KEY = make_key(1, SEARCH_START, 76), make_key(2, SEARCH_START, 76)
ERROR_RATE = 1e-4


def search(people, lines, rule, **options):
    return apply_to_lines(people, lines, rule, housing=HOUSING, tax=TAX, **options).tolist()


def draw(key, uid, alternative):
    return np.uint64(draw_bits_of(key, uid, np.uint64(alternative)))  # compiled, it gives an integer of Python


def look(person, lines, rule, n_looks, n_places=2, records=None):
    """(level, place) of the openings at which the person looks, None where nothing is open."""
    index, places = index_lines(lines, n_places), []
    records = make_records(n_places) if records is None else records
    for k in range(n_looks):
        level = draw_level(int(person.education), rule.own_level, draw(KEY, person.uid, k))
        others = find_other_areas(person, records)
        weights, place = weigh_places(person, level, others, index.block_start, index.area_open, rule), None
        if weights[3] > 0:
            bits = draw(OTHER_KEY, person.uid, k)
            place = draw_place(person, level, weights, index.block_start, index.guide, bits)
        places.append((level, place))
    return places


def test_who_searches():
    people = make_people(5, state=[STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT])
    out = np.zeros(5, np.uint32)
    assert select_searchers(people, 1.0, 1.0, KEY, out) == 2
    assert out[:2].tolist() == [2, 3]
    assert select_searchers(people, 0.0, 1.0, KEY, out) == 1
    assert out[0] == 2


@pytest.mark.parametrize(("state", "share", "effort"), [(EMPLOYED, 0.3, 1.0), (SEARCHING, 1.0, 0.3)])
def test_a_share_of_the_employed_and_of_those_without_a_job_searches(state, share, effort):
    people = make_people(500, state=state)
    out = np.zeros(500, np.uint32)
    found = select_searchers(people, share, effort, KEY, out)
    assert out[:found].tolist() == np.flatnonzero(uniforms(KEY, people.uid) < 0.3).tolist()


def test_utility_of_a_place_by_hand():
    rule = make_rule(
        "search", b_amenity=2, b_career=3, b_hukou=5, b_home=7, b_here=11, b_move=13, settle_quarters=4
    )  # the place is worth 2 x 0.5 + 3 x 0.25 + 5 x 0.4 x chance
    records = make_records(amenity=0.5, career=0.25, hukou_value=0.4)
    chance, distance = np.full((2, 4), 0.6), rule.b_move * np.array([[0.0, 0.8], [0.8, 0.0]])
    people = make_people(1, home=1, city=0, hukou=1, arrived_q=74)
    person = load_person(people, make_firms(), 0)
    here = place_utility(person, 0, records, chance, distance, None, rule, 76, KEY)
    there = place_utility(person, 1, records, chance, distance, None, rule, 76, KEY)
    assert here == pytest.approx(1 + 0.75 + 2 * 0.6 + 11 * 2 / 4)
    assert there == pytest.approx(1 + 0.75 + 2 + 7 - 13 * 0.8)
    assert place_utility(person, 0, records, chance, distance, None, rule, 99, KEY) == pytest.approx(
        1 + 0.75 + 1.2 + 11
    )


def test_tastes_for_cities_last_and_differ():
    rule = make_rule("search", taste_city=0.5)
    records, zero = make_records(), np.zeros((2, 4))
    people, key = make_people(400, home=-1, city=0, arrived_q=76, hukou=0), make_key(1, TASTE_CITY)
    values = np.array(
        [
            [
                place_utility(load_person(people, make_firms(), i), c, records, zero, zero[:, :2], None, rule, q, key)
                for c in (0, 1)
            ]
            for q in (76, 76)
            for i in range(400)
        ]
    )
    assert np.array_equal(values[:400], values[400:])
    assert stats.kstest(values[:400].ravel() / 0.5, "norm").pvalue > ERROR_RATE
    assert stats.pearsonr(*values[:400].T).pvalue > ERROR_RATE


def test_the_reservation_wage_falls_with_the_time_searched():
    rule = make_rule("search", replacement=0.5, replacement_decay=0.1)
    people = make_people(3, search_q=[0, 4, 20], education=2)
    market = make_places(market_wage=10000.0).market_wage
    wages = [reservation_wage(load_person(people, make_firms(), i), market, rule) for i in range(3)]
    assert wages == pytest.approx([5000, 3000, 0])


LINES = make_lines(wage=[9000] * 6, cell=[2, 2, 14, 14, 26, 26], place=[0, 1, 0, 1, 0, 1], capacity=[1, 1, 2, 1, 1, 1])


@pytest.mark.parametrize(("own", "levels"), [(1, {1}), (0, {0}), (0.5, {0, 1})])
def test_levels_at_which_people_look(own, levels):
    person = load_person(make_people(1, education=1), make_firms(), 0)
    seen = look(person, LINES, make_rule("search", own_level=own), 200)
    assert {level for level, _ in seen} == levels


def test_levels_below_the_own_are_looked_at_alike():
    u = (np.arange(4000) + 0.5) / 4000
    levels = [draw_level(3, 0.4, np.uint64(int(x * 2.0**64))) for x in u]
    assert np.bincount(levels).tolist() == [800, 800, 800, 1600]


@pytest.mark.parametrize(
    ("city", "home", "study", "weights"),
    [
        (0, 1, 2, [4, 3, 2.5]),
        (0, 0, 2, [4, 1, 2.5]),
        (0, 0, 0, [4, 1, 1]),
        (0, 1, 1, [4, 3, 1]),
        (2, 2, 0, [2.5, 1, 4]),
    ],
)
def test_openings_at_hand_are_more_visible(city, home, study, weights):
    # three times as visible where one lives, twice at home, one and a half times where one studied, on top of once
    person = load_person(make_people(1, education=1, city=city, home=home, study=study), make_firms(), 0)
    rule = make_rule("search", own_level=1, see_here=3, see_home=2, see_study=1.5)
    lines = make_lines(wage=[9000] * 3, cell=14, place=[0, 1, 2], capacity=[1, 2, 3])
    places = [place for _, place in look(person, lines, rule, 3000, 3)]
    expected = np.array(weights) * [1, 2, 3]
    assert stats.chisquare(np.bincount(places, minlength=3), 3000 * expected / expected.sum()).pvalue > ERROR_RATE


def test_a_level_without_openings_shows_nothing():
    person = load_person(make_people(1, education=3, city=0), make_firms(), 0)
    assert look(person, LINES, make_rule("search", see_here=1, own_level=1), 1) == [(3, None)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=25), st.integers(1, 4))
def test_the_best_distinct_lines_are_kept_in_order(offers, limit):
    worth = {}
    for line, value in offers:
        worth.setdefault(line, float(value))  # a line is worth the same whenever it is seen
    lines, utilities = np.full((1, limit), -1, np.int32), np.full(limit, -math.inf)
    for line, _ in offers:
        insert_best(lines, 0, utilities, line, worth[line])
    best = sorted(worth, key=lambda line: (-worth[line], line))[:limit]
    assert lines[0].tolist() == best + [-1] * (limit - len(best))


FULL = {"n_sampled": 99, "b_wage": 1.0}


def test_with_all_positions_seen_the_best_paid_come_first():
    lines = make_lines(wage=[5000, 9000, 7000, 3000], cell=2)
    assert search(make_people(1), lines, make_rule("search", **FULL)) == [[1, 2, 0]]


def test_nobody_applies_above_the_own_level():
    lines = make_lines(wage=[5000, 9000, 20000], cell=[2, 14, 26])
    assert search(make_people(2, education=[0, 1]), lines, make_rule("search", **FULL)) == [[0, -1, -1], [1, 0, -1]]


def test_nobody_applies_to_the_own_firm_or_below_the_gain():
    lines = make_lines(wage=[20000, 9000, 11000, 14000], cell=2)
    people = make_people(1, state=EMPLOYED, firm=0, wage=10000)
    rule = make_rule("search", **FULL, job_move_gain=0.2)
    assert search(people, lines, rule) == [[3, -1, -1]]  # ln 1.1 < 0.2 < ln 1.4


def test_nobody_applies_below_the_reservation_wage():
    lines = make_lines(wage=[4000, 5999, 6001], cell=2)
    rule = make_rule("search", **FULL, replacement=0.6)
    assert search(make_people(1), lines, rule) == [[2, -1, -1]]


def test_career_pays_like_money():
    lines = make_lines(wage=[10000, 9000], cell=2, career=[0, 0.2])
    assert search(make_people(1), lines, make_rule("search", **FULL))[0][0] == 0
    assert search(make_people(1), lines, make_rule("search", **FULL, b_career=1))[0][0] == 1


def test_an_ai_job_at_hand_raises_the_floor_as_an_ai_offer_would():
    lines = make_lines(wage=[10500], cell=2, firm=1)
    people = make_people(2, state=EMPLOYED, firm=0, wage=10000, cell=[2, 3])
    rule = make_rule("search", **FULL, b_career=1, career_ai=0.3)
    assert search(people, lines, rule, firms=make_firms(2)) == [[0, -1, -1], [-1, -1, -1]]


def test_an_expensive_city_must_pay_more():
    lines = make_lines(wage=[8000, 8000, 9000], cell=2, place=[0, 1, 1])
    places = make_places(records=make_records(rent_whole=[1000, 3000], rent_shared=[500, 1500]))
    people = make_people(1, home=-1, hukou=-1)
    assert search(people, lines, make_rule("search", **FULL), places=places) == [[0, 2, 1]]


def test_without_samples_nobody_applies():
    lines = make_lines(wage=[9000] * 5, cell=2)
    places = make_places(records=make_records(sample_factor=0))
    assert search(make_people(3), lines, make_rule("search", n_sampled=4, b_wage=1), places=places) == [[-1] * 3] * 3


@given(st.integers(0, 10**6))
def test_seeing_more_never_makes_the_best_position_worse(uid):
    rng = np.random.default_rng(uid)
    lines = make_lines(wage=rng.permutation(np.arange(4000, 12000, 200)), cell=2)
    people = make_people(1)
    people.uid[0] = uid
    best = [search(people, lines, make_rule("search", n_sampled=k, b_wage=1, own_level=1))[0][0] for k in (2, 5, 30)]
    wages = [lines["wage"][line] if line >= 0 else 0 for line in best]
    assert wages == sorted(wages)


def test_a_taste_is_drawn_in_full_wherever_it_could_matter():
    """The bound that saves logarithms changes nothing: with all seen, choices equal those by plain arithmetic."""
    rule = make_rule("search", **FULL, taste_position=0.7, b_career=1)
    lines = make_lines(wage=np.linspace(6000, 9000, 40), cell=2, career=np.linspace(0.3, 0, 40))
    people = make_people(300, state=EMPLOYED, firm=39, wage=5000)
    chosen = search(people, lines, rule, firms=make_firms(40))
    key = make_key(1, 4)  # of the tastes for positions, as apply_to_lines makes it
    for uid, best in zip(people.uid, chosen, strict=True):
        taste = [gumbel(draw(key, uid, identity)) for identity in lines["identity"]]
        value = np.log(lines["wage"].astype(float)) + lines["career"] + 0.7 * np.array(taste)
        value[39] = -np.inf  # the own firm
        expected = [line for line in np.argsort(-value) if value[line] > np.log(5000)][:3]
        assert best == expected + [-1] * (3 - len(expected))
