import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_entries, make_firms, make_people, make_records

from sim.kernels.eligibility import (
    WITHOUT_TAKE_UP,
    count_residence_from,
    has_bit,
    is_eligible,
    knows_and_applies,
    load_person,
    mark_eligible,
)
from sim.market import TRANSFER_DTYPE
from sim.policies.levers import ANY
from sim.rng import TAKE_UP, draw_bits_of, make_key, uniform
from sim.types import EMPLOYED, SEARCHING, SHARED, SUBSIDISED

KEY = make_key(1, TAKE_UP)
WITHOUT, LOCAL = 1, 2
HERE, ELSEWHERE = 1, 2
WHO = {
    "education": 1, "field": 2, "study": 3, "state": EMPLOYED, "cohort_q": 70, "home": 5, "hukou": 5, "city": 4,
    "wage": 8000, "firm": 0,
}  # fmt: skip


def reached(entry_values, person_values=None, city=4, wage=8000.0, industry=6, size=2, quarter=76, **place_values):
    people = make_people(1, **{**WHO, **(person_values or {})})
    person = load_person(people, make_firms(1), 0)
    entry, place = make_entries(TRANSFER_DTYPE, **entry_values)[0], make_records(**place_values)[0]
    return is_eligible(entry, person, city, place, wage, industry, size, quarter, person.resident_q)


@given(st.integers(0, 2**20 - 1), st.integers(0, 19))
def test_bits_of_a_mask(mask, code):
    assert has_bit(np.int64(mask), code) == ((mask >> code) % 2 == 1)
    assert has_bit(np.int64(ANY), code)


def test_an_entry_without_conditions_reaches_everybody():
    assert reached({})
    assert reached({}, {"state": SEARCHING, "firm": -1}, wage=0.0, industry=-1, size=-1)


@pytest.mark.parametrize(
    ("field", "code"),
    [("education_mask", 1), ("field_mask", 2), ("place_mask", 4), ("study_mask", 3), ("state_mask", EMPLOYED),
     ("industry_mask", 6), ("size_mask", 2)],
)  # fmt: skip
def test_masks_select_one_code(field, code):
    assert reached({field: 1 << code})
    assert not reached({field: ANY ^ (1 << code)})


@pytest.mark.parametrize("field", ["industry_mask", "size_mask"])
def test_a_condition_on_the_employer_excludes_people_without_one(field):
    assert not reached({field: 2**12 - 1}, industry=-1, size=-1)


@pytest.mark.parametrize(
    ("low", "high", "inside"), [(0, 6, True), (6, 6, True), (7, 99, False), (0, 5, False)]
)  # 76 - 70 quarters since graduation
def test_quarters_since_graduation(low, high, inside):
    assert reached({"min_quarters": low, "max_quarters": high}) == inside


@pytest.mark.parametrize(("low", "high", "inside"), [(8000, 8000, True), (8001, 1e9, False), (0, 7999, False)])
def test_limits_of_pay(low, high, inside):
    assert reached({"wage_min_cny_m": low, "wage_max_cny_m": high}) == inside


@pytest.mark.parametrize(
    ("condition", "hukou", "home", "inside"),
    [({"hukou": WITHOUT}, 5, 5, True), ({"hukou": WITHOUT}, 4, 5, False), ({"hukou": LOCAL}, 4, 5, True),
     ({"hukou": LOCAL}, 5, 5, False), ({"home": HERE}, 5, 4, True), ({"home": HERE}, 5, 5, False),
     ({"home": ELSEWHERE}, 5, 5, True), ({"home": ELSEWHERE}, 5, 4, False)],
)  # fmt: skip
def test_hukou_and_home_are_those_of_the_city_in_question(condition, hukou, home, inside):
    assert reached(condition, {"hukou": hukou, "home": home}) == inside


@pytest.mark.parametrize(("before", "after", "same"), [(0, 1, True), (1, 0, False), (0, 0, False)])
def test_hukou_and_home_hold_in_the_whole_area(before, after, same):
    for condition in ({"hukou": LOCAL}, {"home": HERE}):
        assert reached(condition, before=before, after=after) == same
    for condition in ({"hukou": WITHOUT}, {"home": ELSEWHERE}):
        assert reached(condition, before=before, after=after) != same


def test_residence_in_one_place_of_an_area_is_residence_in_all():
    place = make_records(before=1, after=1)[0]
    assert [count_residence_from(place, other, 4, 60, 76) for other in (2, 3, 4, 5, 6)] == [76, 60, 60, 60, 76]


def test_the_city_in_question_need_not_be_the_city_of_residence():
    assert reached({"place_mask": 1 << 9}, city=9)
    assert not reached({"place_mask": 1 << 9}, city=4)


def test_a_person_without_employer_has_neither_industry_nor_size():
    people = make_people(2, firm=[-1, 1])
    firms = make_firms(2, industry=[0, 7], size=[0, 3])
    without, employed = load_person(people, firms, 0), load_person(people, firms, 1)
    assert (without.industry, without.size) == (-1, -1)
    assert (employed.industry, employed.size) == (7, 3)


def test_take_up_needs_knowledge_and_the_lasting_wish_to_apply():
    firms = make_firms()
    people = make_people(300, aware=0b101)
    draws = [uniform(np.uint64(draw_bits_of(KEY, uid, np.uint64(2)))) for uid in people.uid]
    for i in range(300):
        person = load_person(people, firms, i)
        assert knows_and_applies(person, 2, 0.4, KEY) == (draws[i] < 0.4)
        assert not knows_and_applies(person, 1, 1.0, KEY)
        assert not knows_and_applies(person, 2, 0.0, KEY)


def test_the_last_of_32_policies_can_be_known():
    person = load_person(make_people(1, aware=1 << 31), make_firms(), 0)
    assert knows_and_applies(person, 31, 1.0, KEY)
    assert not knows_and_applies(person, 30, 1.0, KEY)


def test_mark_eligible_looks_at_the_rows_asked_for():
    people = make_people(4, education=[0, 1, 1, 1], aware=[1, 1, 0, 1])
    entries = make_entries(TRANSFER_DTYPE, education_mask=2)
    rows = np.array([3, 2, 0])
    assert mark_eligible(rows, people, make_firms(), make_records(), entries, 0, 76, KEY, WITHOUT_TAKE_UP).tolist() == [
        True,
        True,
        False,
    ]
    assert mark_eligible(rows, people, make_firms(), make_records(), entries, 0, 76, KEY, 1.0).tolist() == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(("low", "high", "inside"), [(0, 4, True), (4, 4, True), (5, 99, False), (0, 3, False)])
def test_quarters_of_residence(low, high, inside):
    found = reached({"min_residence_q": low, "max_residence_q": high}, {"arrived_q": 72})
    assert found == inside


SUBSIDISED_HERE, NOT_SUBSIDISED = {"housing": 1}, {"housing": 2}


def test_a_subsidised_unit_is_held_in_the_city_of_residence_only():
    tenant = {"housing": SUBSIDISED}
    assert reached(SUBSIDISED_HERE, tenant)
    assert not reached(NOT_SUBSIDISED, tenant)
    assert not reached(SUBSIDISED_HERE, {"housing": SHARED})
    assert reached(NOT_SUBSIDISED, {"housing": SHARED})
    assert not reached(SUBSIDISED_HERE, tenant, city=9)
    assert reached(NOT_SUBSIDISED, tenant, city=9)


def test_certificates():
    assert [reached({"certificate": code}, {"certificate": 1}) for code in (0, 1, 2)] == [True, False, True]
    assert [reached({"certificate": code}, {"certificate": 0}) for code in (0, 1, 2)] == [True, True, False]


def test_what_was_received_before():
    assert reached({"received_bits": 6}, {"received": 4})
    assert not reached({"received_bits": 6}, {"received": 1})
    assert not reached({"not_received_bits": 6}, {"received": 4})
    assert reached({"not_received_bits": 6}, {"received": 1})
    assert reached({"received_bits": 1 << 31}, {"received": 1 << 31})


@pytest.mark.parametrize(
    ("from_city", "mask", "share", "since"),
    [(4, 0, 0.0, 60), (3, 0, 1.0, 76), (3, 8, 1.0, 60), (3, 8, 0.5, 68), (3, 16, 1.0, 76)],
    ids=["here", "no rights", "all counts", "half counts", "another city"],
)
def test_residence_elsewhere_counts_where_rights_follow(from_city, mask, share, since):
    place = make_records(5, rights_mask=mask, rights_share=share)[4]
    assert count_residence_from(place, from_city, 4, np.int16(60), 76) == since
