"""Names of choices and states: short, and never shared."""

import pytest

from experiments.casenames import find_hole, name_cases, shorten_keys


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ((20000.0, 5000.0), ["20000", "5000"]),
        ((0.1, 0.25), ["0.1", "0.25"]),
        ((1234567.8, 2500000.5), ["1234568", "2500000"]),
        ((1.0000001, 1.0000002), ["1.0000001", "1.0000002"]),
        ((1e6,), ["1000000"]),
    ],
)
def test_numbers_are_written_out_with_as_many_digits_as_tell_them_apart(values, names):
    points = [{"policies.0.units": value} for value in values]
    found = name_cases(["policies.0.units"], points, "baseline")
    assert [found.name("rental", "", point) for point in points] == [(f"rental units={name}", "-") for name in names]


def test_keys_are_named_by_the_end_that_no_other_has():
    keys = ["policies.0.units", "policies.1.units", "params.search.b_home"]
    assert list(shorten_keys(keys).values()) == ["0.units", "1.units", "b_home"]


def test_the_first_choice_that_some_state_lacks_is_found():
    whole = [(choice, state) for choice in ("none", "a") for state in ("boom", "bust")]
    assert find_hole(whole, "none") is None
    assert find_hole(whole[:-1], "none") == ("a", "bust")
    assert find_hole(whole[2:], "none") == ("none", "boom")
