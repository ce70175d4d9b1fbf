"""Who holds a subsidised unit or a home of their own weighs jobs with it; a crowded place is part of a room."""

import numpy as np
import pytest
from toys import NO_TAX, apply_to_lines, make_firms, make_lines, make_people, make_places, make_records, make_rule

from sim.kernels.eligibility import load_person
from sim.kernels.pay import choose_tenure, disposable_income
from sim.market import SCHEME_DTYPE, TRANSFER_DTYPE
from sim.rng import FAMILY_HOME, TAKE_UP, make_key
from sim.types import CROWDED, EMPLOYED, FAMILY, SHARED, SUBSIDISED, WHOLE

TAX = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=0.3, floor_share=0.1, crowding=0.6)
PLACES = make_places(records=make_records(rent_whole=3000, rent_shared=1500, living_cost=1000))
NOTHING = np.zeros(0, TRANSFER_DTYPE), np.zeros(0, SCHEME_DTYPE)


def income(people, city, wage=10000.0):
    person = load_person(people, make_firms(), 0)
    return disposable_income(
        person, city, wage, 0, 0, 76, PLACES.records, *NOTHING, HOUSING, TAX, make_key(1, FAMILY_HOME),
        make_key(1, TAKE_UP),
    )  # fmt: skip


@pytest.mark.parametrize(("housing", "rent", "left"), [(WHOLE, 3000, 6000), (SUBSIDISED, 400, 8600), (FAMILY, 0, 9000)])
def test_income_left_with_the_dwelling_held(housing, rent, left):
    people = make_people(1, home=-1, city=0, state=EMPLOYED, firm=0, wage=10000, housing=housing, rent=rent)
    assert income(people, 0) == pytest.approx(left)
    assert income(people, 1) == pytest.approx(6000)  # elsewhere it is lost


@pytest.mark.parametrize(("housing", "rent"), [(SUBSIDISED, 400), (FAMILY, 0)])
def test_a_job_elsewhere_must_make_up_for_the_dwelling(housing, rent):
    lines = make_lines(wage=[10400, 11500], cell=2, place=[1, 0])
    rule = make_rule("search", n_sampled=9, b_wage=1.0)
    people = make_people(2, home=-1, city=0, hukou=-1, state=EMPLOYED, firm=5, wage=10000, rent=[3000, rent])
    people.housing[:] = [WHOLE, housing]
    options = {"housing": HOUSING, "tax": TAX, "places": PLACES, "firms": make_firms(9), "n_applications": 2}
    chosen = apply_to_lines(people, lines, rule, **options).tolist()
    assert chosen == [[1, 0], [1, -1]]  # who rents would move for a little more, who holds a cheap dwelling would not


def test_tenures_from_the_best_to_a_crowded_room():
    assert choose_tenure(10000.0, 1500.0, 3000.0, HOUSING) == (WHOLE, 3000.0)
    assert choose_tenure(9000.0, 1500.0, 3000.0, HOUSING) == (SHARED, 1500.0)
    assert choose_tenure(4000.0, 1500.0, 3000.0, HOUSING) == (CROWDED, 900.0)
