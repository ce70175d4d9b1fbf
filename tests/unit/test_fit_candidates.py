"""Points that a fit may ship: in which bounds they lie, what is searched, and which of them is chosen."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from fit_toys import SHIPPABLE, SHIPPABLE_MATRIX, make_linear, make_shippable

from calibration.candidates import Measured, bound_points, leave_out, list_candidates, list_outside
from calibration.pointfile import place_last
from calibration.runs import Journal, Runner
from calibration.search import sample_latin

PROBLEM = make_shippable()
BLIND = SHIPPABLE[2]


def simulate_toy():
    """Points of the toy and their figures without noise, as list_simulated gives them."""
    unit = sample_latin(3, 40, 1)
    return pd.DataFrame(
        np.hstack([unit, unit @ np.array(SHIPPABLE_MATRIX).T]), columns=[*SHIPPABLE, *PROBLEM.targets.names]
    )


def watch_runner(monkeypatch):
    """A runner of the toy, and lists to which it adds the points and the seeds of each call."""
    runner = Runner(PROBLEM, Journal(PROBLEM))
    tried, taken = [], []

    def note(unit, seeds, evaluate=runner.evaluate):
        tried.append(unit)
        taken.append(seeds)
        return evaluate(unit, seeds)

    monkeypatch.setattr(runner, "evaluate", note)
    return runner, tried, taken


def test_candidates_keep_what_is_not_identified_and_lie_within_the_ensemble(monkeypatch):
    members = pd.DataFrame([[0.25, -3.0, 0.1, 0.4, 0.5], [0.35, -1.0, 0.2, 0.5, 0.6], [0.4, -2.0, 0.3, 0.9, 0.7]],
                           columns=["weight", "log_likelihood", *SHIPPABLE])  # fmt: skip
    simulated = simulate_toy()
    fit = {"unit": [0.7, 0.8, 0.9], "seed": 1, "budget": {"further": 2, "seeds": 2}}
    ends = pd.DataFrame({"parameter": SHIPPABLE, "low": [0.1, 0.1, 0.2], "high": [0.5, 0.9, 0.3]})
    box, moved = bound_points(PROBLEM, np.array([False, False, True]), ends, simulated, 1)
    assert box == pytest.approx(np.array([[0.1, 0.5], [0.1, 0.9], [0.2, 0.2]]))
    assert moved == []
    runner, tried, taken = watch_runner(monkeypatch)
    points = list_candidates(PROBLEM, runner, fit, simulated, members, box)
    tried, taken = np.concatenate(tried), np.concatenate(taken)
    assert len(np.unique(tried, axis=0)) == len(tried) == 8
    assert taken.shape == (8, 2)
    assert len(np.unique(taken)) == taken.size  # each point has seeds of its own
    assert ((tried >= box[:, 0]) & (tried <= box[:, 1])).all()
    assert next(iter(points)) == "found"
    assert points["found"].tolist() == [0.5, 0.8, 0.2]
    assert points["member"].tolist() == [0.2, 0.5, 0.2]  # the likeliest, not the weightiest
    # middles of the weights at 0.125, 0.425 and 0.8: a half lies a fifth of the way from the second to the third
    assert points["median"].tolist() == pytest.approx([0.22, 0.58, 0.2])
    assert points["again"] == pytest.approx([0.3, 0.6, 0.2], abs=0.1)
    assert "again" not in list_candidates(PROBLEM, runner, fit, simulated, members, np.full((3, 2), 0.2))


def test_a_value_before_the_fit_that_the_ensemble_excludes_is_not_kept():
    ends = pd.DataFrame({"parameter": SHIPPABLE, "low": [0.5, 0.1, 0.3], "high": [0.7, 0.5, 0.6]})
    assert list_outside(PROBLEM, np.array([0.7, 0.8, 0.2]), ends) == list(SHIPPABLE[1:])
    assert list_outside(PROBLEM, np.array([0.7 + 1e-12, 0.1, 0.3 - 1e-12]), ends) == []
    box, moved = bound_points(PROBLEM, np.array([False, False, True]), ends, simulate_toy(), 1)
    assert moved == [BLIND]
    assert box == pytest.approx(np.array([[0.5, 0.7], [0.1, 0.5], [0.3, 0.6]]))


def test_a_value_that_costs_more_than_it_is_worth_is_not_kept():
    """All figures are met at 0.3 and 0.6: to keep 0.2 for either costs, and nothing depends on the third."""
    ends = pd.DataFrame({"parameter": SHIPPABLE, "low": [0.1, 0.1, 0.1], "high": [0.5, 0.9, 0.9]})
    box, moved = bound_points(PROBLEM, np.array([False, True, True]), ends, simulate_toy(), 1)
    assert moved == [SHIPPABLE[1]]
    assert box == pytest.approx(np.array([[0.1, 0.5], [0.1, 0.9], [0.2, 0.2]]))


def test_differences_between_points_are_paired():
    """A loss that is straight in one figure: the jackknife is the standard error of a mean of differences."""
    draws = np.random.default_rng(2)
    shared, own = draws.normal(0.0, 1.0, 40), draws.normal(0.0, 0.01, (2, 40))
    figures = np.exp(np.array([3.0, 3.1])[:, None])  # above the band, whose edge is 0.02: ln(1 + e) = ln(x / 0.02)
    runs = (figures * (1.0 + 0.001 * (shared + own)))[:, :, None]
    targets = make_linear((0.0,)).targets
    left_out = leave_out(targets, runs)
    losses = {"a": 3.0 - np.log(0.02), "b": 3.1 - np.log(0.02)}
    measured = Measured(losses=losses, figures={}, inside={}, left_out=dict(zip("ab", left_out.T, strict=True)))
    log = np.log(runs[:, :, 0])
    assert measured.find_error("a") == pytest.approx(log[0].std(ddof=1) / 40**0.5, rel=1e-3)
    assert measured.find_error("b", "a") == pytest.approx((log[1] - log[0]).std(ddof=1) / 40**0.5, rel=1e-3)
    assert measured.find_error("b", "a") < 0.1 * measured.find_error("a")
    assert measured.find_error("a", "a") == 0.0
    assert (leave_out(targets, runs[:, :1]) == 0.0).all()


@pytest.mark.parametrize(("gap", "close"), [(0.5, ["b", "a"]), (2.0, ["a"])])
def test_points_within_a_standard_error_of_the_best_are_named(gap, close):
    without = np.array([-1.0, 1.0, -1.0, 1.0])
    error = np.sqrt(3.0)
    measured = Measured(
        losses={"b": gap * error, "a": 0.0}, figures={}, inside={"a": 5, "b": 6},
        left_out={"b": without, "a": np.zeros(4)},
    )  # fmt: skip
    assert measured.best == "a"
    assert measured.chosen == close[0]  # which has more figures inside, where the seeds cannot tell it from the best
    assert dataclasses.replace(measured, inside={"a": 5, "b": 5}).chosen == "a"
    assert measured.find_error("b", "a") == pytest.approx(error)
    assert measured.list_close() == close


def test_what_the_last_fit_freed_stays_free():
    ends = pd.DataFrame({"parameter": SHIPPABLE, "low": [0.1, 0.1, 0.1], "high": [0.5, 0.9, 0.3]})
    unknown = np.array([False, False, True])
    box, moved = bound_points(PROBLEM, unknown, ends, simulate_toy(), 1, [BLIND])
    assert moved == [BLIND]
    assert box[2] == pytest.approx([0.1, 0.3])
    assert place_last(PROBLEM, {"values": {BLIND: 0.7}}).tolist() == [0.2, 0.2, 0.7]


def test_a_search_onward_stays_near_the_point_and_has_seeds_of_its_own_with_the_smallest_budget(monkeypatch):
    members = pd.DataFrame([[1.0, -1.0, 0.4, 0.5, 0.2]], columns=["weight", "log_likelihood", *SHIPPABLE])
    fit = {"unit": [0.7, 0.8, 0.9], "seed": 1, "budget": {"further": 0, "seeds": 2}}
    box, last = np.array([[0.1, 0.5], [0.1, 0.9], [0.2, 0.2]]), np.array([0.2, 0.55, 0.6])
    runner, tried, taken = watch_runner(monkeypatch)
    points = list_candidates(PROBLEM, runner, fit, simulate_toy(), members, box, last)
    tried, taken = np.concatenate(tried), np.concatenate(taken)
    assert len(np.unique(tried, axis=0)) == len(tried) == 8  # as many as an emulator needs
    assert len(np.unique(taken)) == taken.size == 16
    for near in (tried, points["onward"][None]):
        assert (abs(near[:, :2] - last[:2]) <= 0.2 + 1e-12).all()
        assert ((near >= box[:, 0]) & (near <= box[:, 1])).all()
    assert points["last"].tolist() == [0.2, 0.55, 0.2]
    assert points["onward"] == pytest.approx([0.3, 0.6, 0.2], abs=0.1)
