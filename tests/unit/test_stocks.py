"""Talent and people in work of all ages: the published start, the model's people, and retirement of the older."""

from types import SimpleNamespace

import numpy as np
import pytest
from toys import checksums, run_toy, toy_scenario

from sim.columns import ColumnSet
from sim.kernels.tallies import N_PULSE, PULSE_EMPLOYED, PULSE_RESIDENTS
from sim.observe_people import Stocks, count_present
from sim.types import EMPLOYED, SEARCHING, STUDYING

SCALE = 100


def make_model(talent, employed, rate):
    """Three people of place 0, one at work, and one of place 1 who studies; 100 persons each."""
    columns = ColumnSet(4)
    columns.append(4)
    columns.people.city[:] = [0, 0, 0, 1]
    columns.people.state[:] = [EMPLOYED, SEARCHING, SEARCHING, STUDYING]
    world = SimpleNamespace(n_places=2, talent_start=np.array(talent, float), employed_start=np.array(employed, float))
    params = SimpleNamespace(cohorts=SimpleNamespace(retirement_rate=rate))
    return SimpleNamespace(
        columns=columns, world=world, params=params, scale=SCALE, first_quarter_number=76, quarter_number=76
    )


def make_pulse(residents, employed):
    """Counters of two places; everybody is of one level."""
    pulse = np.zeros((2, 4, N_PULSE), np.int64)
    pulse[:, 1, PULSE_RESIDENTS], pulse[:, 1, PULSE_EMPLOYED] = residents, employed
    return pulse


def test_stocks_by_hand():
    model = make_model(talent=[1300, 500], employed=[2100, 800], rate=0.1)
    stocks = Stocks(model)
    model.quarter_number = 76 + 7  # two years are over at the end of the eighth quarter
    talent, working = stocks.count(make_pulse(residents=[5, 2], employed=[2, 1]))
    # older: 1300 - 300 and 500; 2100 - 100 and 800; of them 19 % have retired
    assert talent.tolist() == [1300 + 200 - 190, 500 + 200 - 95]
    assert working.tolist() == [2100 + 100 - 380, 800 + 100 - 152]


def test_the_first_quarter_is_a_quarter_of_a_year():
    model = make_model(talent=[1_000_300, 0], employed=[100, 0], rate=0.04)
    talent, _ = Stocks(model).count(make_pulse(residents=[3, 0], employed=[1, 0]))
    assert talent[0] == 1_000_300 - round(1_000_000 * (1 - 0.96**0.25))


def test_nobody_retires_where_the_model_holds_more_people_than_the_stock_counts():
    model = make_model(talent=[200, 0], employed=[50, 0], rate=0.1)
    stocks = Stocks(model)
    model.quarter_number += 40
    assert stocks.count(make_pulse(residents=[3, 0], employed=[1, 0])).tolist() == [[200, 0], [50, 0]]


@pytest.mark.parametrize("rate", [0.0, 0.03])
def test_tables_hold_the_stocks_of_a_run(rate):
    people = {}

    def look(model):
        people["residents"], people["employed"] = count_present(model)

    def keep(model):
        people["start"] = count_present(model)

    model = run_toy(
        toy_scenario(f"params.cohorts.retirement_rate={rate}", scale=4000, quarters=8), on_start=keep, on_step=look
    )
    last = model.tables()["cities"].tail(2)
    world = model.world
    for k, (name, now, start) in enumerate(
        [("talent", "residents", world.talent_start), ("employed", "employed", world.employed_start)]
    ):
        older = start - people["start"][k] * 4000
        expected = start + (people[now] - people["start"][k]) * 4000 - np.rint(older * (1 - (1 - rate) ** 2))
        assert last[name].tolist() == expected.tolist()


def test_retirement_changes_no_table_but_that_of_cities():
    before, after = (
        checksums(run_toy(toy_scenario(f"params.cohorts.retirement_rate={rate}", scale=4000, quarters=6)))
        for rate in (0, 0.05)
    )
    assert [name for name in before if before[name] != after[name]] == ["cities"]
