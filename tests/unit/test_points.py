"""Points of a design, exactly, and the conditions that leave some out."""

import numpy as np
import pytest

from experiments.condition import ConditionError, read_condition
from experiments.points import Range, fill_latin, fill_sobol, label_points, make_points, write_value
from sim.sourced import parse_yaml


def test_grids_are_crossed_and_lists_go_together():
    points = make_points(grids={"a": [1, 2]}, lists={"b": [10, 20], "c": ["x", "y"]}, ranges={})
    assert points == [
        {"a": 1, "b": 10, "c": "x"},
        {"a": 1, "b": 20, "c": "y"},
        {"a": 2, "b": 10, "c": "x"},
        {"a": 2, "b": 20, "c": "y"},
    ]
    assert make_points(grids={}, lists={}, ranges={}) == [{}]


@pytest.mark.parametrize("n", [1, 7, 64])
def test_latin_hypercube_has_one_point_in_each_slice_of_each_key(n):
    unit = fill_latin(3, n, draw=5)
    assert np.array_equal(np.sort(np.floor(unit * n), axis=0), np.tile(np.arange(n), (3, 1)).T)


def test_a_further_key_leaves_the_others_where_they_were():
    assert np.array_equal(fill_latin(3, 16, draw=1)[:, :2], fill_latin(2, 16, draw=1))
    assert np.array_equal(fill_sobol(3, 16, draw=1)[:, :2], fill_sobol(2, 16, draw=1))


def test_points_are_drawn_anew_by_another_draw_only():
    for fill in (fill_latin, fill_sobol):
        assert np.array_equal(fill(2, 8, draw=1), fill(2, 8, draw=1))
        assert not np.array_equal(fill(2, 8, draw=1), fill(2, 8, draw=2))


def test_a_shifted_sobol_sequence_keeps_its_balance():
    unit = fill_sobol(4, 256, draw=3)
    assert ((unit >= 0) & (unit < 1)).all()
    # each slice of 1/256 wraps around as a whole: sixteenths hold 16 points, one more or less where the shift cuts one
    for column in unit.T:
        counts = np.histogram(column, bins=16, range=(0, 1))[0]
        assert np.abs(counts - 16).max() <= 1
    assert np.abs(unit.mean(axis=0) - 0.5).max() < 1 / 256


def test_ranges_map_the_unit_interval():
    assert Range(low=2, high=4).place(0.25) == 2.5
    assert Range(low=1, high=100, log=True).place(0.5) == pytest.approx(10)
    whole = Range(low=3, high=5, whole=True)
    assert [whole.place(unit) for unit in (0, 0.32, 0.34, 0.67, 0.9999, 1)] == [3, 3, 4, 5, 5, 5]
    both = Range(low=1, high=1000, whole=True, log=True)
    assert [both.place(unit) for unit in (0, 1 / 3, 0.5, 2 / 3, 1)] == [1, 10, 32, 100, 1000]
    ranged = make_points(grids={}, lists={}, ranges={"a": Range(low=0, high=1)}, kind="sobol", n=8)
    assert len({point["a"] for point in ranged}) == 8


def test_a_column_has_values_of_one_kind():
    points = [{"a": 1, "b": 1, "c": True, "d": "x"}, {"a": 2, "b": 2.5, "c": False, "d": [1, 2]}]
    assert label_points(points) == [
        {"a": 1, "b": 1.0, "c": True, "d": "x"},
        {"a": 2, "b": 2.5, "c": False, "d": "[1, 2]"},
    ]
    assert [type(value) for value in label_points(points)[0].values()] == [int, float, bool, str]


@pytest.mark.parametrize(
    "value", [1, -2.5, 1e-7, True, None, "no", "2024Q1", "a: b # c", float("inf"), {"x": [1, {"y": "z"}]}, []]
)
def test_a_written_value_is_read_back(value):
    assert parse_yaml(write_value(value), "case", []).to_plain() == value


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("units > 5 and cap < 10", True),
        ("units > 5 and not cap < 10", False),
        ("units < 5 or cap == 9", True),
        ("5 < units <= 6", True),
        ("kind in ['a', 'b']", False),
        ("kind not in ('a', 'b')", True),
        ("units * 2 - 3 == cap", True),
        ("-units / 2 == -3", True),
        ("units != 6", False),
    ],
)
def test_conditions(text, holds):
    assert read_condition(text, ["units", "cap", "kind"]).holds({"units": 6, "cap": 9, "kind": "c"}) is holds


@pytest.mark.parametrize(
    ("text", "words", "repair"),
    [
        ("unit > 5", "no `unit` here", "Did you mean `units`"),
        ("units >", "no condition", "Write one"),
        ("__import__('os').system('true')", "not allowed", "comparisons"),
        ("units.real > 1", "not allowed", "comparisons"),
        ("[x for x in units]", "not allowed", "comparisons"),
    ],
)
def test_what_is_no_condition_is_refused(text, words, repair):
    with pytest.raises(ConditionError, match=words) as caught:
        read_condition(text, ["units"])
    assert repair in caught.value.repair


def test_what_cannot_be_compared_is_refused_when_met():
    with pytest.raises(ConditionError, match="cannot be worked out"):
        read_condition("units > 'a'", ["units"]).holds({"units": 1})
