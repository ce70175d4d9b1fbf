"""Sensitivity told from tables of runs whose answer is known."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from fit_toys import ishigami

from experiments.points import Range
from experiments.sensitivity import METHODS, SensitivityError, make_design, measure_sensitivity
from experiments.table import TableError, check_table
from sim.indices import measure_sobol

RANGES = {key: Range(low=-math.pi, high=math.pi) for key in ("params.a", "params.b", "params.c")}


def make_table(design, find_value, *, policies=("p",), seeds=(1,), members=(-1,)):
    """Tidy table of find_value(point, policy, seed) at the points of a design."""
    runs = itertools.product(enumerate(design.points), policies, seeds, members)
    rows = [
        ("s", k, policy, "", seed, member, *point.values(), "alpha", "wage", "all", "CNY/month",
         float(find_value(point, policy, seed)))
        for (k, point), policy, seed, member in runs
    ]  # fmt: skip
    labels, outcome = ("sweep", "design", "policy", "future", "seed", "member"), ("city", "outcome", "group", "unit")
    return check_table(pd.DataFrame(rows, columns=[*labels, *design.keys, *outcome, "value"]))


def find_ishigami(point, _policy, _seed):
    return ishigami(list(point.values()), 1)[0]


def test_sobol_finds_the_shares_of_ishigami():
    """Known shares: first 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990).

    Estimates lie within their 95 % intervals times 1.7, that is 3.3 standard errors: 6 estimates, error rate 0.6 %.
    """
    design = make_design(RANGES, "sobol", n=1024)
    found = measure_sensitivity(design, make_table(design, find_ishigami), "wage").set_index("key")
    for name, known in (("first", [0.3139, 0.4424, 0.0]), ("total", [0.5576, 0.4424, 0.2437])):
        middle, low, high = (found.loc[list(RANGES), f"{name}{end}"].to_numpy() for end in ("", "_low", "_high"))
        assert (np.abs(middle - known) <= 1.7 * (high - low) / 2.0 + 1e-3).all(), (name, middle)
        assert ((high - low) / 2.0 < 0.2).all()
    assert list(found.index) == ["params.a", "params.b", "params.c"]
    assert found["noise"].isna().all()


def test_morris_sees_what_acts_through_others_only():
    design = make_design(RANGES, "morris", n=60)
    found = measure_sensitivity(design, make_table(design, find_ishigami), "wage").set_index("key")
    assert abs(found.loc["params.c", "mu"]) < found.loc["params.c", "mu_star"]
    assert (found["sigma"] > 0.5 * found["mu_star"]).all()
    assert ((found["low"] < found["mu_star"]) & (found["mu_star"] < found["high"])).all()


def test_morris_counts_a_whole_range_and_leaves_noise_out():
    """Effects of a line are its slopes times the ranges; a key that does nothing has the noise as mu*, no signal.

    The effect of noise at levels that differ by 2 / 3 has standard deviation sqrt(2) 1.5 / sqrt(8) = 0.75; its mean
    absolute value over 20 paths is 0.6 +- 0.1, the square of the signal 0 +- 0.56 sqrt(2 / 20) = 0.18, of which 1 is
    five standard errors.
    """
    ranges = {"x": Range(low=0.0, high=10.0), "y": Range(low=1.0, high=2.0), "z": Range(low=0.0, high=1.0)}
    design = make_design(ranges, "morris", n=20)
    noise = np.random.default_rng(2).normal(size=(10**4,))

    def find_value(point, _policy, seed):
        return 3.0 * point["x"] - 5.0 * point["y"] + noise[hash((round(9 * point["z"]), seed)) % 10**4]

    exact = measure_sensitivity(
        design, make_table(design, lambda point, *_: 3.0 * point["x"] - 5.0 * point["y"]), "wage"
    )
    assert exact.set_index("key")["mu"].to_dict() == pytest.approx({"x": 30.0, "y": -5.0, "z": 0.0})
    assert exact["key"].tolist() == ["x", "y", "z"]
    noisy = measure_sensitivity(design, make_table(design, find_value, seeds=range(8)), "wage").set_index("key")
    assert noisy.loc["z", "signal"] < 1.0 < noisy.loc["y", "signal"]
    assert 0.0 < noisy["noise"].iloc[0] < 0.05


@pytest.mark.parametrize(("n_keys", "n"), [(1, 4), (1, 10), (2, 4), (2, 10), (3, 4), (6, 10)])
def test_no_path_comes_twice_or_backwards(n_keys, n):
    """On four levels one key has two paths that are not each other backwards, two keys sixteen."""
    ranges = {f"params.k{k}": Range(low=0.0, high=6.0) for k in range(n_keys)}
    for draw in range(1, 21):
        design = make_design(ranges, "morris", n=n, draw=draw)
        paths = design.unit.round(9).reshape(n, n_keys + 1, n_keys)
        assert len({tuple(sorted(map(tuple, path))) for path in paths}) == n
        moved = np.abs(np.diff(paths, axis=1)) > 0.4
        assert (moved.sum(axis=1) == 1).all()
        assert (moved.sum(axis=2) == 1).all()
        line = measure_sensitivity(design, make_table(design, lambda point, *_: sum(point.values())), "wage")
        assert line["mu"].to_numpy() == pytest.approx(6.0)
    few = make_design(ranges, "morris", n=3)
    found = measure_sensitivity(few, make_table(few, lambda point, *_: sum(point.values()) ** 2), "wage")
    assert found[["low", "high"]].isna().all(axis=None)
    assert line[["low", "high"]].notna().all(axis=None)


def test_no_more_than_all_is_chance():
    """Points that differ less than their seeds would make them: the estimate is above 1, and no share is."""
    design = make_design({"x": Range(low=0.0, high=1.0)}, "morris", n=2)
    draws = iter(np.random.default_rng(4).normal(size=100))
    noises = [
        measure_sensitivity(design, make_table(design, lambda *_: next(draws), seeds=(1, 2)), "wage")["noise"].item()
        for _ in range(10)
    ]
    assert max(noises) == 1.0
    assert min(noises) >= 0.0


def test_one_at_a_time_is_paired_by_seed_with_the_start():
    ranges = {"x": Range(low=0.0, high=10.0), "y": Range(low=1, high=3, whole=True)}
    design = make_design(ranges, "oat", n=0, start={"x": 4.0, "y": 2})
    assert design.points[:3] == ({"x": 4.0, "y": 2}, {"x": 0.0, "y": 2}, {"x": 10.0, "y": 2})
    table = make_table(design, lambda point, _, seed: 100.0 * seed + point["x"] * (1 + 0.1 * seed), seeds=(1, 2, 3))
    found = measure_sensitivity(design, table, "wage").set_index("key")
    row = found.loc["x"]
    half = 4.302652729911275 * 0.4 / math.sqrt(3.0)
    assert (row["at_low"], row["at_high"], row["swing"]) == pytest.approx((-4.8, 7.2, 12.0))
    assert (row["at_low_low"], row["at_low_high"]) == pytest.approx((-4.8 - half, -4.8 + half))
    assert (row["start"], row["low_value"], row["high_value"]) == (4.0, 0.0, 10.0)
    assert found.loc["y", ["at_low", "at_high_low", "at_high_high", "swing"]].tolist() == [0.0, 0.0, 0.0, 0.0]
    wide = measure_sensitivity(design, table.assign(member=table["seed"]), "wage").set_index("key").loc["x"]
    assert wide["at_low_high"] - wide["at_low"] == pytest.approx(half * 2.0)


def test_what_moves_an_effect_is_told_from_pairs():
    design = make_design({"x": Range(low=0.0, high=1.0), "y": Range(low=0.0, high=1.0)}, "sobol", n=64)

    def find_value(point, policy, seed):
        return 1000.0 * seed + 50.0 * point["y"] + (policy == "p") * point["x"]

    table = make_table(design, find_value, policies=("base", "p"), seeds=(1, 2))
    levels = measure_sensitivity(design, table, "wage")
    assert levels["policy"].tolist() == ["base", "base", "p", "p"]
    assert levels.iloc[0]["key"] == levels.iloc[2]["key"] == "y"
    effect = measure_sensitivity(design, table, "wage", against="base")
    assert effect["policy"].unique().tolist() == ["p"]
    assert effect["key"].tolist() == ["x", "y"]
    assert effect.set_index("key")["total"].to_dict() == pytest.approx({"x": 1.0, "y": 0.0}, abs=0.05)
    assert effect["noise"].max() < 1e-12
    with pytest.raises(TableError, match="base, p"):
        measure_sensitivity(design, table, "wage", against="other")


def test_an_output_that_never_varies_has_no_shares():
    found = measure_sobol(2, np.ones(8), 1, confidence=0.95)
    assert found.first.tolist() == found.total_conf.tolist() == [0.0, 0.0]


def test_missing_runs_and_missing_values_are_refused():
    design = make_design(RANGES, "morris", n=4)
    table = make_table(design, find_ishigami, seeds=(1, 2))
    with pytest.raises(TableError, match="at point 15"):
        measure_sensitivity(design, table.iloc[:-1], "wage")
    with pytest.raises(TableError, match="at point 0"):
        measure_sensitivity(design, table.assign(value=math.nan), "wage")


@pytest.mark.parametrize(
    ("method", "n", "error"), [("sobol", 48, "power of 2"), ("morris", 1, "or more"), ("oat", 1, "to start from")]
)
def test_sizes_that_tell_nothing_are_refused(method, n, error):
    with pytest.raises(SensitivityError, match=error):
        make_design(RANGES, method, n=n)
    with pytest.raises(SensitivityError, match="nothing is varied"):
        make_design({}, method, n=n)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_draw_gives_the_same_points(method):
    start = dict.fromkeys(RANGES, 0.0)
    first, again, other = (make_design(RANGES, method, n=8, start=start, draw=draw) for draw in (1, 1, 2))
    assert first.points == again.points
    assert (first.points == other.points) == (method == "oat")
