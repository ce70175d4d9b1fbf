"""Scenario discovery: a planted box is found, noise is not."""

import sys

import numpy as np
import pandas as pd
import pytest

from experiments.discovery import discover_box
from sim.errors import TalentsimError


def make_states(n, seed=1):
    rng = np.random.default_rng(seed)
    states = pd.DataFrame(rng.random((n, 4)), columns=["params.a", "params.b", "params.c", "params.d"])
    return states.assign(future=rng.choice(["boom", "winter", "war"], n))


def test_planted_box_is_found():
    states = make_states(200)
    inside = ((states["params.a"] > 0.6) & (states["params.b"] < 0.5) & (states["future"] != "boom")).to_numpy()
    rng = np.random.default_rng(2)
    # nine of ten fail inside, one of fifty outside: two runs of each state
    fails = rng.random((200, 2)) < np.where(inside, 0.9, 0.02)[:, None]
    box = discover_box(states, fails)
    found = {side.key: side for side in box.sides}
    assert found.keys() == {"params.a", "params.b", "future"}
    assert found["params.a"].low == pytest.approx(0.6, abs=0.05)
    assert found["params.b"].high == pytest.approx(0.5, abs=0.08)
    assert found["future"].among == ("war", "winter")
    assert box.coverage > 0.75
    assert box.density > 0.8
    assert box.base == pytest.approx(fails.mean())
    assert box.cases == 400


def test_range_with_two_ends_has_two_sides():
    states = make_states(200)
    middle = states["params.c"].between(0.3, 0.6).to_numpy()
    box = discover_box(states, middle[:, None])
    assert [side.key for side in box.sides] == ["params.c", "params.c"]
    assert sorted(box.sides, key=lambda side: side.low)[1].low == pytest.approx(0.3, abs=0.05)
    assert min(side.high for side in box.sides) == pytest.approx(0.6, abs=0.05)
    assert box.coverage == pytest.approx(1.0, abs=0.05)


def test_noise_is_no_box():
    # each of 8 finds one by chance with probability 1/20: more than 3 of 8 in fewer than one test of 2,500
    found = 0
    for seed in range(8):
        fails = np.random.default_rng(seed).random((60, 1)) < 0.3
        found += discover_box(make_states(60, seed), fails, seed=seed) is not None
    assert found <= 3


def test_repetitions_of_one_state_are_one_piece_of_evidence():
    # 12 states that fail or not in all 20 repetitions: 240 cases, but 12 facts, and no condition behind them
    found = 0
    for seed in range(8):
        fails = np.repeat(np.random.default_rng(50 + seed).random((12, 1)) < 0.5, 20, axis=1)
        found += discover_box(make_states(12, seed), fails, seed=seed) is not None
    assert found <= 3


def test_too_little_to_tell_is_not_told():
    states = make_states(100)
    assert discover_box(states, np.zeros((100, 1), bool)) is None
    assert discover_box(states, np.ones((100, 1), bool)) is None
    assert discover_box(states.head(20), np.arange(20)[:, None] > 9) is None
    assert discover_box(states.assign(future="")[["future"]], np.arange(100)[:, None] > 49) is None


def test_missing_package_is_named_with_its_repair(monkeypatch):
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(TalentsimError, match=r"pip install 'talentsim\[robust\]'"):
        discover_box(make_states(50), np.arange(50)[:, None] > 25)
