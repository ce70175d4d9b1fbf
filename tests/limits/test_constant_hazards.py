"""Known limit 4: with constant hazards s of losing and f of finding a job, unemployment tends to s / (s + f)."""

import numpy as np
import pytest
from scipy import stats
from toys import COMPILED, make_firms, make_people, make_places, make_rule, run_toy, toy_scenario

from sim.kernels.search import select_searchers
from sim.kernels.separation import separate_jobs
from sim.model import PHASES
from sim.rng import FIRM_CLOSURE, LAYOFF, QUIT, SEARCH_START, make_key
from sim.types import EMPLOYED, SEARCHING

N = 20_000 if COMPILED else 1000
LIMIT = stats.norm.isf(0.5e-3)
"""A fresh seed would fail with probability 0.001."""


@pytest.mark.parametrize("start", [SEARCHING, EMPLOYED])
@pytest.mark.parametrize(("s", "f"), [(0.05, 0.4), (0.1, 0.2)])
def test_unemployment_tends_to_its_steady_state(s, f, start):
    people = make_people(N, state=start, firm=0 if start == EMPLOYED else -1, wage=9000)
    firms, places, rule = make_firms(), make_places(1), make_rule("separation", quit_base=s)
    rows = np.empty(N, np.uint32)
    for quarter in range(60):
        keys = [make_key(1, decision, quarter) for decision in (SEARCH_START, QUIT, LAYOFF, FIRM_CLOSURE)]
        found = select_searchers(people, 0.0, f, keys[0], rows)
        separate_jobs(0, N, people, firms, places, rule, *keys[1:], np.zeros((1, 3), np.int64))
        hired = rows[:found]  # there is an opening for everybody who looks
        people.state[hired], people.firm[hired], people.wage[hired] = EMPLOYED, 0, 9000
    expected = s / (s + f)
    error = np.sqrt(expected * (1 - expected) / N)
    assert abs(np.mean(people.state == SEARCHING) - expected) < LIMIT * error


def test_a_whole_market_with_constant_hazards_finds_its_steady_state():
    # in the order of the quarter people lose jobs first and search then, so that u = s (1 - f) / (s + f - s f)
    s, f = 0.2, 0.5
    zero = [
        "separation.quit_pay_link",
        "separation.quit_wage",
        "separation.quit_tenure",
        "separation.layoff_speed",
        "matching.bar",
        "matching.bar_level",
        "matching.bar_ai",
        "matching.ai_gap",
        "matching.bar_spread",
        "search.employed_share",
        "search.b_move",
        "search.b_here",
        "search.taste_city",
        "mobility.base",
        "mobility.peak_citizen",
        "mobility.peak_family",
    ]
    scenario = toy_scenario(
        *(f"params.{name}=0" for name in zero),
        f"params.separation.quit_base={s}",
        f"params.search.effort={f}",
        "params.search.n_sampled=60",
        "params.search.replacement=0.05",
        "params.search.replacement_decay=1",
        policies=[{"kind": "ai_demand_shock", "from": "2019Q1", "labour_factor": 10}],
        scale=300 if COMPILED else 3000,
    )
    phases = tuple(phase for phase in PHASES if phase.name != "cohort_graduates")
    shares, found = [], []

    def look(model):
        state = model.columns.people.state
        shares.append(
            np.count_nonzero(state == SEARCHING) / np.count_nonzero((state == SEARCHING) | (state == EMPLOYED))
        )
        found.append(np.mean(model.matched >= 0))

    model = run_toy(scenario, phases=phases, on_step=look)
    assert min(found) > 0.999  # openings are unlimited: whoever searches finds
    expected = s * (1 - f) / (s + f - s * f)
    n = len(model.columns)
    # the state is renewed within a few quarters: the last eight are as good as four independent looks
    assert abs(np.mean(shares[-8:]) - expected) < LIMIT * np.sqrt(expected * (1 - expected) / (4 * n)) + 0.001
