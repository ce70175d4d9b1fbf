import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import NO_TAX, make_entries, make_firms, make_people, make_records, make_rule

from sim.kernels.eligibility import count_residence_from, load_person
from sim.kernels.pay import (
    choose_aided_tenure,
    choose_tenure,
    disposable_income,
    expected_saving,
    known_transfers,
    lives_with_family,
    scheme_rent,
    take_home,
    transfer_amount,
    within_term,
)
from sim.market import SCHEME_DTYPE, TRANSFER_DTYPE
from sim.rng import FAMILY_HOME, TAKE_UP, make_key
from sim.types import CROWDED, EMPLOYED, SHARED, WHOLE

TAX = make_rule("tax", contribution_rate=0.2, contribution_cap_cny_m=30000, allowance_cny_m=5000)
FREE = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=0.3, crowding=0.5, floor_share=0.1)
KEY, FAMILY_KEY = make_key(1, TAKE_UP), make_key(1, FAMILY_HOME)
NO_TRANSFERS, NO_SCHEMES = np.zeros(0, TRANSFER_DTYPE), np.zeros(0, SCHEME_DTYPE)


def a_person(**values):
    people = make_people(1, **{"state": EMPLOYED, "cohort_q": 74, "arrived_q": 74, "home": 1, "aware": 1, **values})
    return load_person(people, make_firms(), 0)


def income(person, wage, *, city=0, places=None, transfers=NO_TRANSFERS, schemes=NO_SCHEMES, housing=HOUSING, tax=FREE):
    if places is None:
        places = make_records(rent_shared=1000, rent_whole=2400, living_cost=2000)
    return disposable_income(person, city, wage, -1, -1, 76, places, transfers, schemes, housing, tax, FAMILY_KEY, KEY)


@pytest.mark.parametrize(
    ("wage", "expected"),
    [
        (0, 0),
        (5000, 4000),  # 1,000 of contributions, nothing above the allowance
        (8000, 6400 - 0.03 * 1400),
        (12500, 10000 - (0.10 * 5000 - 210)),
        (25000, 20000 - (0.20 * 15000 - 1410)),
        (36000, 30000 - (0.20 * 25000 - 1410)),  # contributions stop at 30,000 of pay
        (50000, 44000 - (0.30 * 39000 - 4410)),
        (80000, 74000 - (0.35 * 69000 - 7160)),
        (120000, 114000 - (0.45 * 109000 - 15160)),
    ],
)
def test_take_home_pay_by_hand(wage, expected):
    assert take_home(float(wage), TAX) == pytest.approx(expected, abs=1e-9)


def test_the_tax_schedule_has_no_jumps():
    for edge in (0, 3000, 12000, 25000, 35000, 55000, 80000):
        wage = 6000 + 5000 + edge if edge >= 19000 else (5000 + edge) / 0.8
        assert take_home(wage + 0.01, TAX) - take_home(wage - 0.01, TAX) == pytest.approx(0.015, abs=0.005)


@given(st.floats(0, 2e5), st.floats(0, 2e5))
def test_more_pay_is_never_less_in_hand(one, other):
    low, high = sorted((one, other))
    assert take_home(low, TAX) <= take_home(high, TAX) + 1e-6
    assert 0 <= take_home(high, TAX) <= high


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (8000, (WHOLE, 2400)),
        (7999, (SHARED, 1000)),
        (3334, (SHARED, 1000)),
        (3333, (CROWDED, 500)),
        (0, (CROWDED, 500)),
    ],
)
def test_the_best_affordable_tenure_is_taken(net, expected):
    # 30 % of 8,000 is 2,400; of 3,334 a little over 1,000
    assert choose_tenure(float(net), 1000.0, 2400.0, HOUSING) == expected


@given(st.floats(0, 30000), st.floats(0, 4000), st.floats(0, 4000))
def test_aid_is_a_lower_rent(net, aid_shared, aid_whole):
    aided = choose_aided_tenure(net, 4000.0, 9000.0, aid_shared, aid_whole, HOUSING)
    plain = choose_tenure(net, 4000.0 - aid_shared, 9000.0 - aid_whole, HOUSING)
    paid = {WHOLE: 9000.0, SHARED: 4000.0, CROWDED: 2000.0}[plain[0]]
    assert aided == (plain[0], paid)


@pytest.mark.parametrize(("share", "lives"), [(0.0, False), (1.0, True)])
def test_all_or_nobody_can_live_with_family(share, lives):
    rule = make_rule("housing", family_share=share)
    assert all(lives_with_family(np.uint64(uid), rule, FAMILY_KEY) == lives for uid in range(50))


def test_amount_and_share_of_the_rent_add_up_to_the_cap():
    entry = make_entries(TRANSFER_DTYPE, amount_cny_m=[0, 500, 0, 0], rent_share=0.5, cap_cny_m=1200)[0]
    assert transfer_amount(entry, 1, 1000.0, 0.0, TAX, 0.0) == 1000
    assert transfer_amount(entry, 0, 1000.0, 0.0, TAX, 0.0) == 500
    assert transfer_amount(entry, 1, 2000.0, 0.0, TAX, 0.0) == 1200


@pytest.mark.parametrize(("rent", "paid"), [(0, 0), (300, 300), (600, 600), (1000, 800), (9000, 1200)])
def test_what_is_paid_against_rent_never_exceeds_it(rent, paid):
    entry = make_entries(TRANSFER_DTYPE, amount_cny_m=[300] * 4, rent_share=0.5, cap_cny_m=1200, against_rent=1)[0]
    assert transfer_amount(entry, 1, float(rent), 0.0, TAX, 0.0) == paid


@pytest.mark.parametrize(
    ("start", "cohort", "arrived", "city", "last"),
    [(60, 70, 62, 0, 73), (72, 70, 62, 0, 75), (60, 70, 71, 0, 74), (60, 70, 62, 1, 999)],
    ids=["graduation", "policy", "arrival", "elsewhere"],
)
def test_the_term_counts_from_policy_graduation_or_arrival(start, cohort, arrived, city, last):
    entry = make_entries(TRANSFER_DTYPE, start_q=start, term_q=4)[0]
    person = a_person(cohort_q=cohort, arrived_q=arrived)

    def runs_in(quarter):
        since = count_residence_from(make_records()[city], person.city, city, person.resident_q, quarter)
        return within_term(entry, person, since, quarter)

    assert runs_in(last)
    assert city == 1 or not runs_in(last + 1)


def test_transfers_need_knowledge_eligibility_and_term():
    entries = make_entries(TRANSFER_DTYPE, 4, amount_cny_m=[100, 100, 100, 100], policy=[0, 1, 0, 0])
    entries["education_mask"][2] = 2
    entries["term_q"][3] = 1
    paid = known_transfers(a_person(), 0, make_records()[0], 5000.0, 0.0, -1, -1, 76, 74, entries, TAX, KEY, False)
    assert paid == 100  # the second is unknown, the third for bachelors, the fourth over
    assert (
        known_transfers(
            a_person(aware=3, education=1), 0, make_records()[0], 5000.0, 0.0, -1, -1, 76, 74, entries, TAX, KEY, False
        )
        == 300
    )
    entries["against_rent"][1] = 1
    assert (
        known_transfers(
            a_person(aware=3, education=1), 0, make_records()[0], 5000.0, 60.0, -1, -1, 76, 74, entries, TAX, KEY, False
        )
        == 260
    )
    assert (
        known_transfers(
            a_person(aware=3, education=1), 0, make_records()[0], 5000.0, 60.0, -1, -1, 76, 74, entries, TAX, KEY, True
        )
        == 60
    )


def test_a_scheme_is_free_then_capped():
    entry = make_entries(SCHEME_DTYPE, free_q=2, rent_cap_cny_m=900, rent_share=0.5)[0]
    assert [scheme_rent(entry, 1600.0, k) for k in (0, 1, 2, 9)] == [0, 0, 800, 800]
    assert scheme_rent(entry, 4000.0, 2) == 900


def test_the_saving_expected_is_chance_times_the_rent_saved():
    schemes = make_entries(SCHEME_DTYPE, 2, place=[0, 1], chance=0.25, free_q=3, term_q=12, rent_share=0.5)
    place = make_records(rent_whole=2400)[0]
    saving = expected_saving(a_person(), 0, place, 5000.0, 2400.0, -1, -1, 76, 74, schemes, KEY)
    assert saving == pytest.approx(0.25 * (2400 - 0.75 * 1200))
    schemes["chance"] = 0
    assert expected_saving(a_person(), 0, place, 5000.0, 2400.0, -1, -1, 76, 74, schemes, KEY) == 0
    schemes["chance"], schemes["education_mask"] = 1, 8
    assert expected_saving(a_person(), 0, place, 5000.0, 2400.0, -1, -1, 76, 74, schemes, KEY) == 0


def test_disposable_income_by_hand():
    assert income(a_person(), 9000.0) == 9000 - 2400 - 2000
    assert income(a_person(), 6000.0) == 6000 - 1000 - 2000
    # below the limit of a room: half a room, and the floor of a tenth of pay
    assert income(a_person(), 2000.0) == 200
    assert income(a_person(), 0.0) == 1
    assert income(a_person(), 12500.0, tax=TAX) == 10000 - 290 - 2400 - 2000


def test_living_with_family_saves_the_rent():
    housing = make_rule("housing", rent_share_limit=0.3, crowding=0.5, floor_share=0.1, family_share=1)
    assert income(a_person(home=0), 9000.0, housing=housing) == 7000
    assert income(a_person(home=1), 9000.0, housing=housing) == 4600


def test_transfers_and_schemes_raise_disposable_income():
    transfers = make_entries(TRANSFER_DTYPE, amount_cny_m=[300, 300, 300, 300])
    assert income(a_person(), 9000.0, transfers=transfers) == 4900
    schemes = make_entries(SCHEME_DTYPE, chance=1, rent_share=0.5)
    assert income(a_person(), 9000.0, schemes=schemes) == 4600 + 1200


@pytest.mark.parametrize("against_rent", [0, 1])
@given(st.floats(0, 60000), st.floats(0, 3000), st.floats(0, 3000))
def test_a_larger_subsidy_is_never_worth_less(against_rent, wage, one, other):
    low, high = sorted((one, other))
    incomes = [
        income(
            a_person(),
            wage,
            transfers=make_entries(TRANSFER_DTYPE, amount_cny_m=[amount] * 4, against_rent=against_rent),
        )
        for amount in (low, high)
    ]
    assert incomes[0] <= incomes[1]
    assert math.isfinite(incomes[1])
    assert incomes[0] >= 1
