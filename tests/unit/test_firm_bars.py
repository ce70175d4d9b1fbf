"""The skill bar of a firm: a lasting draw around the bar of the mean firm."""

import numpy as np
from toys import checksums, run_toy, toy_scenario

from sim.agents.firms import MOST_BAR_SPREADS
from sim.model import TalentMarket

LIMIT = 5.0
"""Standard errors: a right draw fails once in 1.7 million runs."""


def make_bars(spread, seed=1, **changes):
    model = TalentMarket(toy_scenario(f"params.matching.bar_spread={spread}", scale=4000, **changes), seed=seed)
    model.close()
    return dict(zip(model.firms.identity.tolist(), model.firms.bar.tolist(), strict=True))


def test_bars_last_and_go_with_the_spread():
    one, twice = make_bars(0.05), make_bars(0.1)
    assert one.keys() == twice.keys()
    assert np.allclose(list(twice.values()), 2 * np.array(list(one.values())), rtol=1e-12)
    model = run_toy(toy_scenario("params.matching.bar_spread=0.05", scale=4000, quarters=4))
    assert dict(zip(model.firms.identity.tolist(), model.firms.bar.tolist(), strict=True)) == one
    assert model.firms_table.bar is model.firms.bar


def test_bars_of_a_firm_do_not_depend_on_which_others_there_are():
    one, coarser = make_bars(0.05), make_bars(0.05, world={"jobs_start": toy_scenario().world.jobs_start / 20})
    shared = one.keys() & coarser.keys()
    assert 0 < len(shared) < len(one)
    assert all(one[identity] == coarser[identity] for identity in shared)


def test_bars_lie_around_the_mean_and_within_two_spreads():
    bars = np.concatenate([list(make_bars(0.05, seed).values()) for seed in range(10)])
    assert abs(bars.mean()) < LIMIT * 0.05 / np.sqrt(len(bars))
    assert np.abs(bars).max() <= MOST_BAR_SPREADS * 0.05
    assert bars.std() > 0.03


def test_without_spread_all_firms_ask_the_same():
    assert not any(make_bars(0).values())


def test_with_one_bar_for_all_nobody_below_it_is_ever_hired():
    hires = {}
    for spread in (0, 0.5):
        found = []
        run_toy(
            toy_scenario("params.matching.bar=1.2", f"params.matching.bar_spread={spread}", scale=4000, quarters=4),
            on_step=lambda model, found=found: found.append(int(model.line_hires.sum())),
        )
        hires[spread] = sum(found)
    assert hires[0] == 0
    assert hires[0.5] > 0


def test_the_spread_reaches_the_market():
    def run(spread):
        return checksums(run_toy(toy_scenario(f"params.matching.bar_spread={spread}", scale=4000, quarters=4)))

    assert run(0.05) != run(0)
