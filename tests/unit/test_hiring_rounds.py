"""Later hiring rounds: who searches in them, what is left for them, and what they add."""

import itertools

import numpy as np
import pytest
from toys import run_toy, toy_scenario

import sim.phases.market_matches as phase
from sim.types import SEARCHING


def watch_rounds(monkeypatch, *overrides, quarters=6):
    """Rounds of all quarters as (hiring round, rows, capacity), and the model at the end."""
    seen, apply = [], phase.apply_for_positions

    def watch(model, rows, capacity, hiring_round):
        seen.append((hiring_round, model.columns.people.state[rows].copy(), rows.copy(), capacity.copy(), model))
        return apply(model, rows, capacity, hiring_round)

    monkeypatch.setattr(phase, "apply_for_positions", watch)
    model = run_toy(toy_scenario(*overrides, scale=500, quarters=quarters), check=True)
    return seen, model


@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
def test_any_number_of_rounds_keeps_what_must_hold(monkeypatch, rounds):
    seen, model = watch_rounds(monkeypatch, f"params.matching.rounds={rounds}")
    assert {hiring_round for hiring_round, *_ in seen} == set(range(1, rounds))
    assert np.all(model.line_hires <= model.positions.lines["capacity"])


def test_only_people_without_a_job_try_again_for_what_is_left(monkeypatch):
    seen, _ = watch_rounds(monkeypatch, "params.matching.rounds=3")
    assert len(seen) > 6
    for _, states, rows, capacity, _ in seen:
        assert np.all(states == SEARCHING)
        assert len(np.unique(rows)) == len(rows)
        assert np.all(capacity >= 0)
    for (one, _, rows, capacity, _), (other, _, later_rows, later, _) in itertools.pairwise(seen):
        if other == one + 1:
            assert np.all(later <= capacity)
            # each opening that went is a person who did not come back
            assert capacity.sum() - later.sum() == len(rows) - len(later_rows)


def test_a_second_round_fills_openings_that_the_first_left():
    """Ten seeds of one quarter each; the first round is the same with and without the second."""
    hires = {}
    for rounds in (1, 2):
        scenario = toy_scenario(f"params.matching.rounds={rounds}", "params.cohorts.spin_up_quarters=0", quarters=1)
        hires[rounds] = [int(run_toy(scenario, seed=seed).line_hires.sum()) for seed in range(10)]
    assert all(two >= one for one, two in zip(hires[1], hires[2], strict=True))
    assert sum(hires[2]) > 1.02 * sum(hires[1])


def test_more_positions_seen_in_later_rounds_fill_more():
    hires = []
    for share in (0.1, 1.0):
        scenario = toy_scenario(
            f"params.matching.later_sample={share}", "params.cohorts.spin_up_quarters=0", quarters=1
        )
        hires.append(sum(int(run_toy(scenario, seed=seed).line_hires.sum()) for seed in range(10)))
    assert hires[0] < hires[1]
