import numpy as np
import pytest
from toys import NO_TAX, make_people, make_rule

from sim.kernels.tallies import (
    ANNIVERSARIES,
    N_PEOPLE,
    N_PULSE,
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
    write_cells,
)
from sim.observe_people import rank_amounts
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


def list_cells(people, parts=((0, None),)):
    """Rows of the table of people, as tuples of codes with their counts and means, from the parts given."""
    n = len(people.uid)
    slots = np.zeros((20, len(EDUCATION), len(FIELD), 2, len(HOME), len(HUKOU), len(STATE)), np.int32)
    cells, sums = [], []
    for start, stop in parts:
        room = np.empty(n, np.int64), np.empty((n, N_PEOPLE), np.int64)
        found = tally_people(start, n if stop is None else stop, people, REGIONS, FIRST, TAX, slots, *room)
        cells.append(room[0][:found])
        sums.append(room[1][:found])
        assert not slots.any()  # clean for the next quarter
    cells, sums = np.concatenate(cells), np.concatenate(sums)
    codes, persons, means = np.empty((7, n), np.int8), np.empty(n, np.int64), np.empty((3, n))
    rows = write_cells(np.argsort(cells), cells, sums, codes, persons, means)
    return {
        tuple(int(code) for code in codes[:, k]): [int(persons[k]), *(float(mean) for mean in means[:, k])]
        for k in range(rows)
    }


def test_people_are_counted_in_their_cells():
    people = make_people(
        5, state=[SEARCHING, EMPLOYED, EMPLOYED, STUDYING, EMPLOYED], city=[1, 0, 0, 1, 0], home=[0, 0, 1, 0, 0],
        hukou=[1, 0, 1, 1, 0], education=2, field=3, cohort_q=[FIRST + 28, FIRST, FIRST, FIRST + 28, FIRST],
        wage=[0, 8000, 10000, 0, 9000], rent=[500, 2000, 0, 0, 900], qualified=[1, 1, 0, 0, 0],
        housing=[SHARED, WHOLE, FAMILY, UNHOUSED, SHARED],
    )  # fmt: skip
    table = list_cells(people)
    cells = [
        (0, 2, 3, 0, 0, 1, EMPLOYED), (0, 2, 3, 0, 1 + EAST, 0, EMPLOYED), (1, 2, 3, 7, 1 + NORTH, 1, STUDYING),
        (1, 2, 3, 7, 1 + NORTH, 1, SEARCHING),
    ]  # fmt: skip
    assert list(table) == cells
    local, guest, studying, searching = table.values()
    assert local == [2, 8500, pytest.approx((0.25 + 0.1) / 2, abs=1e-6), 0.5]
    assert guest[:2] == [1, 10000]
    assert np.isnan(guest[2])  # lives with family
    assert guest[3] == 0
    assert studying[0] == searching[0] == 1
    assert np.isnan(studying[1])
    assert np.isnan(searching[1])
    assert (studying[3], searching[3]) == (0, 1)


def crowd(n, places=2, seed=1):
    """People with random codes and amounts, many of them equal."""
    rng = np.random.default_rng(seed)
    return make_people(
        n, state=rng.integers(0, 5, n), city=rng.integers(0, places, n), home=rng.integers(0, places, n),
        hukou=rng.integers(0, places, n), education=rng.integers(0, 4, n), field=rng.integers(0, 4, n),
        cohort_q=FIRST + 4 * rng.integers(0, 3, n), wage=rng.lognormal(9, 0.5, n), rent=rng.integers(0, 5, n) * 700.0,
        housing=rng.integers(0, 5, n), qualified=rng.integers(0, 2, n),
    )  # fmt: skip


def test_cells_do_not_depend_on_parts_or_on_the_order_of_rows():
    people = crowd(3000)
    whole = list_cells(people)
    assert sum(row[0] for row in whole.values()) == 3000
    order = np.random.default_rng(2).permutation(3000)
    shuffled = type(people)(*(array[order] for array in people))
    for other in (list_cells(people, ((0, 1100), (1100, None))), list_cells(shuffled)):
        assert list(other) == list(whole)
        np.testing.assert_array_equal(list(other.values()), list(whole.values()))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("n", [1, 2, 3, 5000])
def test_quantiles_are_those_of_numpy(n, threads):
    people, quantiles = crowd(n), np.array([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
    people.state[0] = EMPLOYED
    found = rank_amounts(people, (people.wage, people.rent), 3, quantiles, threads)
    employed = people.state == EMPLOYED
    groups = [employed, *(employed & (people.education == level) for level in range(4)),
              *(employed & (people.city == place) for place in range(3))]  # fmt: skip
    assert found.shape == (len(groups), 2, len(quantiles))
    for group, values in zip(groups, found, strict=True):
        for amounts, row in zip((people.wage, people.rent), values, strict=True):
            if group.any():
                assert row.tolist() == np.quantile(amounts[group].astype(np.float64), quantiles).tolist()
            else:
                assert np.isnan(row).all()


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
