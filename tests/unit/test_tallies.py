import numpy as np
import pytest
from toys import NO_TAX, make_people, make_rule

from sim.kernels.tallies import (
    ANNIVERSARIES,
    N_PEOPLE,
    N_PULSE,
    PEOPLE_BURDEN,
    PEOPLE_COUNT,
    PEOPLE_QUALIFIED,
    PEOPLE_RENTERS,
    PEOPLE_WAGE,
    PULSE_BURDEN,
    PULSE_EMPLOYED,
    PULSE_RENTERS,
    PULSE_RESIDENTS,
    PULSE_SEARCHING,
    PULSE_SHARED,
    PULSE_WAGE,
    PULSE_WHOLE,
    PULSE_WITHOUT_HUKOU,
    rent_burden,
    take_pulse,
    tally_anniversaries,
    tally_people,
)
from sim.types import (
    EDUCATION,
    EMPLOYED,
    FAMILY,
    FIELD,
    HOME,
    HUKOU,
    OUT,
    PREPARING,
    REGION,
    SEARCHING,
    SHARED,
    STATE,
    STUDYING,
    SUBSIDISED,
    UNHOUSED,
    WHOLE,
)

TAX = make_rule("tax", **NO_TAX)
NORTH, EAST = np.int8(REGION.index("north")), np.int8(REGION.index("east"))
REGIONS = np.array([NORTH, EAST], np.int8)
FIRST = 45
"""Quarter of the first cohort, 2011Q2."""


def test_the_ages_of_a_cohort_are_6_and_12_months_and_3_5_and_8_years():
    assert [quarters / 4 for quarters in ANNIVERSARIES] == [0.5, 1, 3, 5, 8]


@pytest.mark.parametrize(
    ("rent", "wage", "transfer", "burden"),
    [(2000, 8000, 0, 0.25), (2000, 7000, 1000, 0.25), (9000, 8000, 0, 1), (0, 0, 0, 1)],
)
def test_rent_burden_by_hand(rent, wage, transfer, burden):
    assert rent_burden(make_people(1, rent=rent, wage=wage, transfer=transfer), 0, TAX) == burden


def test_pulse_by_hand():
    people = make_people(
        8,
        state=[STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT, EMPLOYED, EMPLOYED, EMPLOYED],
        housing=[SHARED, SHARED, WHOLE, SHARED, WHOLE, FAMILY, SUBSIDISED, WHOLE],
        wage=[0, 0, 0, 8000.25, 0, 9000, 8000, 10000],
        rent=[0, 0, 0, 2000, 0, 0, 800, 5000],
        hukou=[0, 0, 1, 1, 0, 0, 0, 0],
        city=[0, 0, 0, 0, 0, 0, 0, 1],
        education=[1, 1, 1, 1, 1, 1, 1, 2],
    )
    pulse = np.zeros((2, 4, N_PULSE), np.int64)
    take_pulse(0, 8, people, TAX, pulse)
    cell = pulse[0, 1]
    assert cell[PULSE_RESIDENTS] == 5
    assert cell[PULSE_EMPLOYED] == 3
    assert cell[PULSE_WAGE] == 800025 + 900000 + 800000
    assert cell[PULSE_SEARCHING] == 1
    assert cell[PULSE_WITHOUT_HUKOU] == 2
    assert (cell[PULSE_SHARED], cell[PULSE_WHOLE]) == (2, 1)
    assert cell[PULSE_RENTERS] == 2
    assert cell[PULSE_BURDEN] == round(1e6 * 2000 / 8000.25) + 100_000
    assert pulse[1, 2, PULSE_BURDEN] == 500_000
    assert pulse.sum() == cell.sum() + pulse[1, 2].sum()


def test_people_are_counted_in_their_cells():
    people = make_people(
        4, state=[EMPLOYED, EMPLOYED, SEARCHING, STUDYING], city=[0, 0, 1, 1], home=[0, 1, 0, 0], hukou=[0, 1, 1, 1],
        education=2, field=3, cohort_q=[FIRST, FIRST, FIRST + 28, FIRST + 28], wage=[8000, 10000, 0, 0],
        rent=[2000, 0, 500, 0], housing=[WHOLE, FAMILY, SHARED, UNHOUSED], qualified=[1, 0, 1, 0],
    )  # fmt: skip
    cells = np.zeros((2, len(EDUCATION), len(FIELD), 20, len(HOME), len(HUKOU), len(STATE), N_PEOPLE), np.int64)
    tally_people(0, 4, people, REGIONS, FIRST, TAX, cells)
    assert cells[..., PEOPLE_COUNT].sum() == 4
    local = cells[0, 2, 3, 0, 0, 1, EMPLOYED]
    assert local[[PEOPLE_COUNT, PEOPLE_WAGE, PEOPLE_BURDEN, PEOPLE_RENTERS, PEOPLE_QUALIFIED]].tolist() == [
        1, 800000, 250_000, 1, 1,
    ]  # fmt: skip
    guest = cells[0, 2, 3, 0, 1 + EAST, 0, EMPLOYED]
    assert guest[[PEOPLE_COUNT, PEOPLE_WAGE, PEOPLE_BURDEN, PEOPLE_RENTERS]].tolist() == [1, 1000000, 0, 0]
    later = cells[1, 2, 3, 7, 1 + NORTH, 1]
    assert later[SEARCHING].tolist() == [1, 0, 0, 0, 1]
    assert later[STUDYING].tolist() == [1, 0, 0, 0, 0]


def tally(people, quarter):
    shape = (20, 2, len(EDUCATION), len(FIELD), len(HOME))
    counters = [np.zeros((*shape, width), np.int64) for width in (3, len(ANNIVERSARIES), len(ANNIVERSARIES))]
    tally_anniversaries(0, len(people.uid), people, REGIONS, FIRST, quarter, np.array(ANNIVERSARIES), *counters)
    return counters


def test_a_cohort_is_counted_when_it_graduates():
    people = make_people(5, cohort_q=[77, 77, 77, 77, 73], study=1, home=[1, 1, 0, 1, 1],
                         state=[STUDYING, PREPARING, SEARCHING, SEARCHING, SEARCHING])  # fmt: skip
    graduated, employed, stayed = tally(people, 77)
    year = (77 - FIRST) // 4
    assert graduated[year, 1, 0, 0, 0].tolist() == [3, 1, 1]
    assert graduated[year, 1, 0, 0, 1 + NORTH].tolist() == [1, 0, 0]
    assert graduated.sum() == 6
    assert employed.sum() == 0  # four quarters on the other one neither works nor lives where it studied
    assert stayed.sum() == 0


@pytest.mark.parametrize(("k", "age"), list(enumerate(ANNIVERSARIES)))
def test_a_cohort_is_looked_at_on_its_anniversaries(k, age):
    people = make_people(4, cohort_q=77, study=1, home=1, city=[1, 0, 1, 1], state=[EMPLOYED, EMPLOYED, STUDYING, OUT])
    _, employed, stayed = tally(people, 77 + age)
    assert employed[8, 1, 0, 0, 0].tolist() == [2 * (k == other) for other in range(5)]
    assert stayed[8, 1, 0, 0, 0].tolist() == [1 * (k == other) for other in range(5)]


@pytest.mark.parametrize("age", [-4, 1, 3, 5, 33, 40])
def test_at_other_times_nobody_is_counted(age):
    people = make_people(2, cohort_q=77, state=EMPLOYED)
    assert not any(counter.any() for counter in tally(people, 77 + age))
