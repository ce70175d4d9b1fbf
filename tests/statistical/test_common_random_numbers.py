"""What it saves that baseline and policy share their seeds, measured on a shipped scenario."""

import pytest

from sim.certainty import find_reduction, judge_certainty, select_headlines
from sim.compare import find_start
from sim.outcomes import summarise_run
from sim.run import run_scenario
from sim.scenario import load_scenario

POLICY = "beijing_affordable_rental"
SEEDS = range(1, 21)


def reduce(result, since):
    return summarise_run(result, city="beijing", since=since)


@pytest.mark.slow
def test_shared_seeds_save_at_least_five_times_the_runs():
    """20 seeds at 5,000 persons an agent: the median over headlines of the factor saved is 5 or more.

    It was 17.5 with these seeds, 13.9 with 30: of 4,000 bootstrap samples of these 20 two had a median below 5, and
    none a factor below 1 for the share that stays (2.9 and 3.5). Seeds are fixed, so that only a change of the model
    draws again.
    """
    scenarios = {name: load_scenario(name, scale=5000) for name in ("baseline", POLICY)}
    since = find_start([scenarios[POLICY]])
    runs = {
        name: {seed: reduce(run_scenario(scenario, seed=seed), since) for seed in SEEDS}
        for name, scenario in scenarios.items()
    }
    certainty = judge_certainty(runs["baseline"], {POLICY: runs[POLICY]})
    found = certainty[select_headlines(certainty)].set_index("outcome")["variance_reduction"]
    assert find_reduction(certainty) >= 5.0, found
    # those who stay change places with others, which leaves less in common: still more than seeds of their own
    assert found["stay_share_12m"] > 1.0, found
