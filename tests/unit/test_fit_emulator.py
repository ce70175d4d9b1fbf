"""Emulators of figures: which terms and which scale they take, and how far off they say they are."""

import numpy as np
import pytest
from fit_toys import make_targets

from calibration.emulator import count_terms, fit_emulator, list_orders, make_terms
from calibration.likelihood import ErrorModel
from calibration.problem import CalibrationError, measure_seed_noise
from calibration.search import sample_latin

UNIT = sample_latin(3, 60, 1)


def test_terms_are_orthonormal_under_the_prior():
    many = sample_latin(2, 40_000, 3)
    terms = make_terms(many, 3)
    assert terms.shape == (40_000, 5)
    # means of products over a Latin hypercube: standard error below 3 / 200, five of them are 0.075
    assert np.allclose(terms.T @ terms / len(many), np.eye(5), atol=0.075)


def test_a_quadratic_is_emulated_and_its_error_is_known():
    x, y, z = UNIT.T
    figures = np.column_stack([1 + 2 * x - 3 * y * z + z**2, x + 0.1 * np.sin(40 * y)])
    emulator = fit_emulator(UNIT, figures)
    assert emulator.order == 3
    new = sample_latin(3, 500, 2)
    x, y, z = new.T
    truth = np.column_stack([1 + 2 * x - 3 * y * z + z**2, x + 0.1 * np.sin(40 * y)])
    error = np.sqrt(np.mean(np.square(emulator.predict(new) - truth), axis=0))
    assert error[0] < 1e-3
    assert error[1] == pytest.approx(emulator.sd[1], rel=0.4)


def test_few_points_carry_few_terms():
    assert [list_orders(n, 10)[-1] for n in (6, 7, 21, 22)] == [1, 2, 2, 3]
    assert [count_terms(10, order) for order in (1, 2, 3)] == [
        make_terms(np.zeros((1, 10)), k).shape[1] for k in (1, 2, 3)
    ]


def test_each_figure_has_the_order_it_needs():
    x, y, _ = UNIT.T
    noise = np.sin(1e4 * np.arange(60))
    emulator = fit_emulator(UNIT, np.column_stack([x * y, x + y, x + 0.3 * noise]))
    assert emulator.order == 3
    assert np.abs(emulator.coefficient[6:, 0]).max() > 0.05
    assert np.abs(emulator.coefficient[3:, 1]).max() < 1e-6
    assert emulator.sd[2] == pytest.approx(0.3 * noise.std(), rel=0.3)


def test_figures_that_are_often_missing_are_not_emulated():
    figures = np.column_stack([UNIT[:, 0], UNIT[:, 1]])
    figures[:20, 1] = np.nan
    figures[0, 0] = np.nan
    emulator = fit_emulator(UNIT, figures)
    assert np.isfinite(emulator.sd).tolist() == [True, False]
    errors = ErrorModel.of(make_targets([0.5, 99.0]), np.zeros(2))
    assert errors.measure_distances(emulator.predict(UNIT), emulator.sd)[:, 1].tolist() == [0.0] * 60


def test_known_noise_is_no_error_of_the_expected_figure():
    """With noise of 0.5 on each of 400 points the line is known ten times as well as a point is."""
    unit = sample_latin(3, 400, 2)
    noise = np.random.default_rng(1).normal(0.0, 0.5, 400)
    figures = (unit @ [1.0, 0.0, -1.0] + noise)[:, None]
    alone, told = fit_emulator(unit, figures), fit_emulator(unit, figures, noise=np.full((400, 1), 0.25))
    assert alone.sd[0] == pytest.approx(0.5, rel=0.1)
    fresh = sample_latin(3, 1000, 3)
    missed = np.sqrt(np.mean(np.square(told.predict(fresh)[:, 0] - fresh @ [1.0, 0.0, -1.0])))
    assert missed < 0.1
    assert missed / 2 < told.sd[0] < 0.2


def test_the_error_of_noisy_runs_is_neither_counted_twice_nor_left_out():
    """Squared errors over those claimed, at new points, for figures of which polynomials miss nothing, little or much.

    450 points in 22 dimensions as in a posterior, 120 figures with noise of 0.5. Ten other seeds give 0.97 on average
    with a standard deviation of 0.04, so that a sound emulator fails in one of 600; with the noise of the terms counted
    twice it is 0.8.
    """
    n_figures, draws = 120, np.random.default_rng(1)
    unit, fresh = sample_latin(22, 450, 1), sample_latin(22, 200, 2)
    slope, wave = draws.normal(size=(22, n_figures)), 30.0 * draws.normal(size=(22, n_figures))
    missed = np.resize([0.0, 0.1, 0.5], n_figures)

    def expect(points):
        return points @ slope + missed * np.sin(points @ wave)

    figures = expect(unit) + 0.5 * draws.normal(size=(450, n_figures))
    emulator = fit_emulator(unit, figures, noise=np.full(figures.shape, 0.25))
    distance = (emulator.predict(fresh) - expect(fresh)) / emulator.sd
    assert 0.85 < np.square(distance).mean() < 1.2


def test_a_figure_over_orders_of_size_is_bent_and_others_stay_as_they_are():
    """The runs tell it: exponential growth, a difference that changes its sign, a share, a figure that is always 0."""
    x, y, z = UNIT.T
    noise = np.sin(1e4 * np.arange(60))
    figures = np.column_stack([
        0.4 * np.exp(8.0 * (x - 0.3) + y), x - y + 0.05 * noise, 0.5 + 0.2 * z + 0.01 * noise, np.zeros(60)
    ])  # fmt: skip
    emulator = fit_emulator(UNIT, figures, tolerance=np.array([0.02, 0.02, 0.02, 0.02]))
    assert emulator.scales.bend.tolist() == [0.02, 0.0, 0.0, 0.0]
    x, y, _ = sample_latin(3, 200, 5).T
    truth = 0.4 * np.exp(8.0 * (x - 0.3) + y)
    at = emulator.scales.place(np.column_stack([truth] * 4))[:, 0]
    missed = emulator.scales.place(emulator.predict(np.column_stack([x, y, x])))[:, 0] - at
    assert emulator.sd[0] < 0.01
    assert np.sqrt(np.mean(np.square(missed))) < 2.0 * emulator.sd[0]
    assert np.median(np.abs(np.expm1(missed))) < 0.1
    plain = fit_emulator(UNIT, figures)
    assert not plain.scales.bend.any()
    assert plain.sd[0] > 5.0


def test_steps_of_an_emulator_are_errors_on_the_scale():
    x = UNIT[:, :1]
    emulator = fit_emulator(UNIT, np.hstack([np.exp(6 * x), x + 0.1 * np.sin(40 * UNIT[:, 1:2])]),
                            tolerance=np.array([0.05, 0.05]))  # fmt: skip
    low, middle, high = emulator.predict_at(UNIT, np.array([-1.0, 0.0, 1.0]))
    assert np.array_equal(middle, emulator.predict(UNIT))
    for figures, step in ((low, -1.0), (high, 1.0)):
        apart = emulator.scales.place(figures) - emulator.scales.place(middle)
        assert np.allclose(apart, step * emulator.sd)
    assert np.allclose(high[:, 1] - middle[:, 1], emulator.sd[1])


def test_means_over_few_seeds_lie_below_a_bent_figure():
    """Expected figures of 1 and 1000 with errors of 40 %, each point the mean of two runs."""
    unit = sample_latin(1, 2000, 3)
    expected = np.exp(7.0 * unit)
    draws = np.random.default_rng(2)
    spread = np.sqrt(np.log1p(0.4**2))
    runs = expected[:, None] * np.exp(spread * draws.normal(size=(2000, 2, 1)) - spread**2 / 2)
    emulator = fit_emulator(unit, runs.mean(axis=1), noise=measure_seed_noise(runs), tolerance=np.array([0.05]))
    at = np.array([[0.2], [0.5], [0.8]])
    # 2000 points with errors of 0.28 and three terms: standard error below 0.015; without the lift all lie 4 % below
    assert np.allclose(emulator.predict(at) / np.exp(7.0 * at), 1.0, atol=0.03)
    assert emulator.lift[0] == pytest.approx(0.04, abs=0.01)


def test_too_few_points_are_refused():
    with pytest.raises(CalibrationError, match="8 points"):
        fit_emulator(UNIT[:7], UNIT[:7])
