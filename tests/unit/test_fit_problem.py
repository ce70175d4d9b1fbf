"""Errors, losses and priors of a calibration, by hand."""

import dataclasses

import numpy as np
import pytest
from fit_toys import make_linear, make_prior, make_targets

from calibration.problem import (
    MISSING,
    CalibrationError,
    average_seeds,
    count_inside,
    measure_errors,
    measure_family_losses,
    measure_loss,
    measure_seed_noise,
)


@pytest.mark.parametrize(
    ("simulated", "error"), [(10.0, 0), (11.0, 0), (9.0, 0), (12.0, 1), (8.0, 1), (15.0, 4), (8.5, 0.5)]
)
def test_error_counts_tolerances_outside_the_band(simulated, error):
    targets = make_targets([10.0], tolerance=1.0)
    assert measure_errors(targets, np.array([simulated]))[0] == pytest.approx(error)


def test_a_bound_is_free_on_one_side():
    lower = make_targets([10.0], tolerance=2.0, above=np.array([np.inf]))
    upper = make_targets([10.0], tolerance=2.0, below=np.array([np.inf]))
    figures = np.array([[1e9], [10.0], [8.0], [4.0], [-1e9]])
    assert measure_errors(lower, figures)[:, 0].tolist() == [0, 0, 0, 2, (10 + 1e9) / 2 - 1]
    assert measure_errors(upper, figures)[:, 0].tolist() == [(1e9 - 10) / 2 - 1, 0, 0, 0, 0]


def test_unequal_tolerances_hold_on_their_sides():
    targets = make_targets([10.0], above=np.array([1.0]), below=np.array([4.0]))
    assert measure_errors(targets, np.array([[12.0], [6.0], [2.0]]))[:, 0].tolist() == [1, 0, 1]


def test_a_missing_figure_is_far_away():
    assert measure_errors(make_targets([10.0]), np.array([np.nan]))[0] == MISSING


def test_families_weigh_the_same():
    targets = make_targets([0.0] * 4, tolerance=1.0, families=("a", "b", "b", "b"))
    assert targets.weight.tolist() == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])
    simulated = np.array([0.0, 2.0, 3.0, 0.0])  # errors 0, 1, 2, 0
    assert measure_loss(targets, simulated) == pytest.approx(np.log(2 * 3) / 6)
    outside = 2 / 4
    counted = dataclasses.replace(targets, outside=0.5)
    assert measure_loss(counted, simulated) == pytest.approx(np.log(2 * 3) / 6 + 0.5 * outside)
    assert measure_family_losses(targets, simulated).tolist() == pytest.approx([0.0, np.log(6) / 3])
    assert measure_family_losses(targets, simulated).mean() == pytest.approx(measure_loss(targets, simulated))
    assert count_inside(targets, simulated) == 2


@pytest.mark.parametrize("changes", [
    {"above": np.array([0.0])}, {"below": np.array([-1.0])}, {"value": np.array([np.nan])},
    {"above": np.array([np.inf]), "below": np.array([np.inf])}, {"value": np.zeros(2)}, {"weight": np.array([0.5])},
])  # fmt: skip
def test_targets_without_a_sound_band_are_refused(changes):
    with pytest.raises(CalibrationError, match="target"):
        dataclasses.replace(make_targets([1.0]), **changes)


def test_seeds_are_averaged_where_they_have_a_figure():
    runs = np.array([[[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]]])
    assert average_seeds(runs)[0, :2].tolist() == [2.0, 5.0]
    assert np.isnan(average_seeds(runs)[0, 2])
    found = measure_seed_noise(runs)[0]
    assert found[0] == 1.0
    assert np.isnan(found[1:]).all()
    assert np.isnan(measure_seed_noise(runs[:, :1])).all()


def test_the_unit_cube_is_the_prior():
    prior = make_prior(
        3, low=np.array([1.0, 1.0, 0.0]), high=np.array([3.0, 100.0, 10.0]), is_log=np.array([False, True, False]),
        is_whole=np.array([False, False, True]),
    )  # fmt: skip
    middle = prior.to_values(np.full(3, 0.5))
    assert middle.tolist() == pytest.approx([2.0, 10.0, 5.0])
    assert prior.to_values(np.array([0.0, 0.0, 0.26])).tolist() == pytest.approx([1.0, 1.0, 3.0])
    unit = np.linspace(0.0, 1.0, 22).reshape(-1, 2)
    two = dataclasses.replace(
        prior, names=prior.names[:2], low=prior.low[:2], high=prior.high[:2], is_log=prior.is_log[:2],
        is_whole=prior.is_whole[:2], start=prior.start[:2],
    )  # fmt: skip
    assert np.allclose(two.to_unit(two.to_values(unit)), unit)
    assert (two.to_values(unit) >= two.low).all()
    assert (two.to_values(unit) <= two.high).all()


def test_the_toy_is_met_at_its_truth():
    problem = make_linear([0.3, 0.6], [[1.0, 2.0], [0.5, -1.0]])
    assert measure_loss(problem.targets, problem.simulate(np.array([0.3, 0.6]), 1)) == 0.0
