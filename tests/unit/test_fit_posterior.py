"""Posterior, ensemble and recovery of linear problems with normal errors, whose posterior is known."""

import dataclasses

import numpy as np
import pytest
from fit_toys import make_linear, make_targets
from scipy.stats import binom, chi2

import calibration.emulator as emulating
from calibration.budget import BUDGETS
from calibration.journal import Journal
from calibration.likelihood import CHANCE, ErrorModel
from calibration.posterior import (
    UNIFORM_SD,
    emulate_design,
    find_quantiles,
    run_posterior,
    simulate_design,
    spread_points,
    summarise_bands,
    summarise_params,
)
from calibration.recover import give_verdict, judge_params, publish_figures, run_recovery
from calibration.runs import Runner
from calibration.sampler import climb, count_effective, find_power, fold, normalise_weights, resample, sample_points
from calibration.scales import Scales

BUDGET = dataclasses.replace(BUDGETS["small"], design=80, wave_points=30, seeds=2)


def make_runner(problem):
    return Runner(problem, Journal(problem))


# likelihood


def test_the_band_is_two_standard_deviations():
    errors = ErrorModel.of(make_targets([10.0], tolerance=4.0), np.zeros(1))
    assert errors.measure_distances(np.array([[12.0], [6.0], [10.0]]))[:, 0].tolist() == [1.0, -2.0, 0.0]
    assert errors.log_likelihood(np.array([14.0])) == pytest.approx(-2.0)


def test_bounds_and_sides():
    targets = make_targets([10.0, 10.0], above=np.array([np.inf, 2.0]), below=np.array([2.0, 4.0]))
    errors = ErrorModel.of(targets, np.zeros(2))
    assert errors.measure_distances(np.array([99.0, 12.0])).tolist() == [0.0, 2.0]
    assert errors.measure_distances(np.array([8.0, 8.0])).tolist() == [-2.0, -1.0]


def test_large_families_count_as_the_median_one():
    targets = make_targets([0.0] * 9, tolerance=2.0, families=("a",) + ("b",) * 2 + ("c",) * 6)
    errors = ErrorModel.of(targets, np.zeros(9))
    assert errors.repeats.tolist() == [1.0] * 3 + [3.0] * 6
    assert -2 * errors.log_likelihood(np.ones(9)) == pytest.approx(1 + 2 + 6 / 3)


def test_what_cannot_be_matched_does_not_decide():
    targets = make_targets([0.0] * 4, tolerance=2.0, families=("a", "a", "b", "b"))
    errors = ErrorModel.of(targets, np.zeros(4))
    wider = errors.admit_misfit(np.array([10.0, 10.0, 1.0, 1.5]))
    assert wider.misfit.tolist() == [100.0, 100.0, 1.0, 1.0]
    assert wider.measure_distances(np.array([10.0, 0.0, 1.0, 0.0])).tolist() == [1.0, 0.0, 1.0, 0.0]
    assert wider.admit_misfit(np.array([10.0, 10.0, 1.0, 1.5])).misfit.tolist() == wider.misfit.tolist()


def test_one_family_is_widened_at_a_time_the_farthest_first():
    targets = make_targets([0.0] * 3, tolerance=2.0, families=("a", "b", "b"))
    errors = ErrorModel.of(targets, np.zeros(3))
    far = np.array([5.0, 10.0, 10.0])
    first = errors.admit_misfit(far)
    assert first.misfit.tolist() == pytest.approx([1.0, 100.0, 100.0])
    second = first.admit_misfit(far)
    assert second.misfit.tolist() == pytest.approx([25.0, 100.0, 100.0])
    assert second.admit_misfit(far) is second


def test_misfit_beside_the_error_of_an_emulator_grows_until_chance_explains_the_rest():
    """d^2 / (misfit + sd^2) with d = 10 and sd = 3: 100 / 10, then 100 / 19, which chance does not explain either."""
    targets = make_targets([0.0, 0.0], tolerance=2.0, families=("a", "b"))
    errors = ErrorModel.of(targets, np.zeros(2))
    simulated, sd = np.array([10.0, 1.0]), np.array([3.0, 0.0])
    wider = errors.admit_misfit(simulated, sd)
    limit = chi2.ppf(CHANCE, 1)
    assert limit < 100.0 / 19.0
    assert wider.misfit.tolist() == pytest.approx([10.0 * 100.0 / 19.0, 1.0])
    assert np.square(wider.measure_distances(simulated, sd))[0] <= limit
    assert wider.admit_misfit(simulated, sd) is wider


def test_a_bent_figure_has_the_error_of_the_published_one_where_it_stands():
    """asinh(x / 0.1): far above 0.1 that is ln(2 x / 0.1), so that 10 +- 1 is 2.3 +- 0.1, and half a tolerance 0.05."""
    targets = make_targets([10.0, 10.0], tolerance=2.0, above=np.array([2.0, np.inf]))
    errors = ErrorModel.of(targets, np.zeros(2), Scales(bend=np.array([0.1, 0.1])))
    at = errors.measure_distances(np.array([[11.0, 11.0], [9.0, 9.0], [100.0, 99.0], [np.nan, 9.0]]))
    assert np.allclose(at[:2], [[1.0, 0.0], [-1.0, -1.0]])
    assert at[2, 0] == pytest.approx(np.log(10.0) / np.log(1.1), rel=1e-3)
    assert at[3, 0] == 0.0
    assert errors.measure_distances(np.array([11.0, 9.0]), 1.0)[1] == pytest.approx(np.log(0.9), rel=0.01)


# sampler


def test_the_sampler_finds_a_normal_distribution():
    """Mean and sd of 5 correlated normals well inside the cube; 1024 particles: standard errors about 0.04 sd."""
    root = 0.03 * (np.eye(5) + 0.6 * np.tri(5, k=-1))
    covariance, mean = root @ root.T, np.array([0.3, 0.4, 0.5, 0.6, 0.5])
    inverse = np.linalg.inv(covariance)

    def log_likelihood(points):
        return -0.5 * np.einsum("pi,ij,pj->p", points - mean, inverse, points - mean)

    points = sample_points(log_likelihood, 5, 1024, 1)
    sd = np.sqrt(np.diag(covariance))
    assert (np.abs(points.mean(axis=0) - mean) / sd < 0.2).all()
    assert np.allclose(points.std(axis=0) / sd, 1.0, atol=0.15)
    assert np.array_equal(points, sample_points(log_likelihood, 5, 1024, 1))


def test_the_sampler_keeps_two_regions_and_the_prior():
    def two_regions(points):
        return np.logaddexp(*(-0.5 * ((points[:, 0] - centre) / 0.02) ** 2 for centre in (0.2, 0.8)))

    points = sample_points(two_regions, 2, 1024, 2)
    assert 0.3 < (points[:, 0] > 0.5).mean() < 0.7
    assert points[:, 1].std() == pytest.approx(UNIFORM_SD, rel=0.1)
    assert points.min() >= 0.0
    assert points.max() <= 1.0


def test_the_climb_ends_at_the_top_or_at_a_face_of_the_cube():
    def log_likelihood(points):
        return -50.0 * np.square(points - [0.3, 1.2, 0.5]).sum(axis=1) + 20.0 * points[:, 0] * points[:, 2]

    assert climb(log_likelihood, np.array([0.9, 0.1, 0.0])) == pytest.approx([0.417, 1.0, 0.583], abs=1e-3)


def test_weights_and_their_tools():
    weight = normalise_weights(np.log([1.0, 1.0, 2.0]))
    assert weight.tolist() == pytest.approx([0.25, 0.25, 0.5])
    assert count_effective(weight) == pytest.approx(1 / 0.375)
    assert np.bincount(resample(weight, 8, 1)).tolist() == [2, 2, 4]
    gain = np.array([0.0, 0.0, 0.0, 50.0])
    power = find_power(gain, 2.0)
    assert count_effective(normalise_weights(power * gain)) == pytest.approx(2.0)
    assert find_power(np.zeros(4), 4.0) == 1.0
    assert fold(np.array([-0.2, 0.3, 1.4, 2.1])).tolist() == pytest.approx([0.2, 0.3, 0.6, 0.1])


# posterior

MIXING = np.array([[1.0, 0.4, 0.0], [0.2, -1.0, 0.0], [0.3, 0.5, 0.0]])


def test_the_posterior_is_the_exact_one():
    """Linear figures, normal errors: covariance (M'M / s^2)^-1 where the prior is flat; the third parameter is free."""
    problem = make_linear([0.4, 0.6, 0.5], MIXING, tolerance=0.1)
    posterior = run_posterior(problem, make_runner(problem), BUDGET, 1)
    assert len(posterior.unit) == len(posterior.weight) == 50
    assert posterior.weight.sum() == pytest.approx(1.0)
    assert posterior.n_effective >= 24.9
    exact = np.sqrt(np.diag(np.linalg.inv(MIXING[:, :2].T @ MIXING[:, :2]))) * 0.05
    cloud = posterior.belief.points
    # 256 particles: standard error of an sd 4.4 %, of a mean 6 % of the sd
    assert np.allclose(cloud.std(axis=0)[:2] / exact, 1.0, atol=0.25)
    assert (np.abs(cloud.mean(axis=0)[:2] - [0.4, 0.6]) / exact < 0.3).all()
    assert cloud[:, 2].std() == pytest.approx(UNIFORM_SD, rel=0.15)
    table = summarise_params(problem, posterior).set_index("parameter")
    assert (table["low"] < table["median"]).all()
    assert (table["median"] < table["high"]).all()
    assert table["sd_ratio"]["p2"] > 0.8
    assert table["sd_ratio"]["p0"] == pytest.approx(exact[0] / UNIFORM_SD, rel=0.4)
    bands = summarise_bands(problem, posterior)
    assert (bands["inside"] > 0.8).all()
    assert (bands["misfit"] == 1.0).all()


def test_the_noise_of_seeds_averages_out_over_the_design():
    """Each run is off by twice the error of a published figure; the posterior is nearly as narrow as without that."""
    problem = make_linear([0.4, 0.6, 0.5], MIXING, tolerance=0.1, noise=0.1)
    budget = dataclasses.replace(BUDGET, design=300, waves=0)
    cloud = run_posterior(problem, make_runner(problem), budget, 1).belief.points
    exact = np.sqrt(np.diag(np.linalg.inv(MIXING[:, :2].T @ MIXING[:, :2]))) * 0.05
    assert np.allclose(cloud.std(axis=0)[:2] / exact, 1.1, atol=0.25)
    assert (np.abs(cloud.mean(axis=0)[:2] - [0.4, 0.6]) / exact < 0.6).all()


def test_points_of_a_design_have_seeds_of_their_own():
    problem = make_linear([0.4, 0.6, 0.5], MIXING, noise=0.1)
    seeds = []
    counted = dataclasses.replace(
        problem, simulate=lambda values, seed: seeds.append(seed) or problem.simulate(values, 1)
    )
    simulate_design(counted, make_runner(counted), dataclasses.replace(BUDGET, design=30, seeds=2), 5)
    assert len(seeds) == len(set(seeds)) == 60


def test_the_posterior_is_the_same_again():
    problem = make_linear([0.4, 0.6, 0.5], MIXING, tolerance=0.1, noise=0.02)
    first, again = (run_posterior(problem, make_runner(problem), BUDGET, 1) for _ in range(2))
    assert np.array_equal(first.unit, again.unit)
    assert np.array_equal(first.weight, again.weight)


def test_members_weigh_by_what_was_simulated():
    """An emulator that is wrong in a corner is corrected by weights: members that miss weigh less."""
    problem = make_linear([0.5, 0.5], tolerance=0.3)

    def simulate(values, seed):
        # a bump that no polynomial of second order follows
        return problem.simulate(values, seed) + np.array([0.8 * np.exp(-200 * (values[0] - 0.55) ** 2), 0.0])

    bent = dataclasses.replace(problem, simulate=simulate)
    posterior = run_posterior(bent, make_runner(bent), dataclasses.replace(BUDGET, members=200), 1)
    missed = np.abs(posterior.figures[:, 0] - 0.5) > 0.3
    assert 5 < missed.sum() < 195
    assert posterior.weight[missed].mean() < 0.5 * posterior.weight[~missed].mean()


def test_waves_make_the_emulator_local():
    """A steep step to 0.5 of the first parameter, of which all points together make a gentle slope."""
    problem = make_linear([0.5, 0.5], tolerance=0.2)

    def simulate(values, seed):
        return np.array([0.5 + np.tanh(6.0 * (values[0] - 0.6)), values[1]])

    steep = dataclasses.replace(problem, simulate=simulate)
    budget = dataclasses.replace(BUDGET, waves=3)
    posterior = run_posterior(steep, make_runner(steep), budget, 1)
    assert posterior.belief.emulator.sd[0] < 0.5 * emulate_design(steep.targets, posterior.simulated).sd[0]
    low, high = find_quantiles(posterior.unit, posterior.weight, (0.05, 0.95))[:, 0]
    assert low < 0.6 < high


def test_a_family_that_contradicts_the_others_is_named_and_does_not_decide():
    """Five figures put the first parameter at 0.3, two of another family at 0.8, sixteen standard deviations away."""
    matrix = np.zeros((9, 2))
    matrix[:7, 0], matrix[7:, 1] = 1.0, 1.0
    families = ("a",) * 3 + ("b",) * 2 + ("wrong",) * 2 + ("c",) * 2
    problem = make_linear([0.3, 0.5], matrix, tolerance=0.06, families=families)
    value = problem.targets.value.copy()
    value[5:7] = 0.8
    problem = dataclasses.replace(problem, targets=dataclasses.replace(problem.targets, value=value))
    posterior = run_posterior(problem, make_runner(problem), BUDGET, 1)
    bands = summarise_bands(problem, posterior).groupby("family")["misfit"].first()
    assert bands["wrong"] > 50
    assert (bands[["a", "b", "c"]] == 1.0).all()
    low, high = find_quantiles(posterior.unit, posterior.weight, (0.05, 0.95))
    assert low[0] < 0.32
    assert high[0] < 0.4
    assert low[1] < 0.5 < high[1]


def test_quantiles_by_weight():
    unit = np.array([[0.1], [0.2], [0.3]])
    assert find_quantiles(unit, np.array([1, 1, 1]) / 3, [0.5])[0, 0] == pytest.approx(0.2)
    assert find_quantiles(unit, np.array([0.0, 0.0, 1.0]), [0.5])[0, 0] == pytest.approx(0.3)
    assert spread_points(np.arange(10), 5).tolist() == [0, 2, 4, 6, 8]


# recovery


def test_recovery_of_a_linear_problem():
    """Coverage of 90 % intervals is binomial: with 40 truths and 2 parameters 0.7 to 1 holds but for 1 in 5000."""
    problem = make_linear([0.5, 0.5, 0.5], MIXING, tolerance=0.2, noise=0.03)
    budget = dataclasses.replace(BUDGET, truths=40, particles=128)
    recovery = run_recovery(problem, make_runner(problem), budget, 1)
    table = judge_params(problem.prior.names, recovery).set_index("parameter")
    assert binom.cdf(0.7 * 40, 40, 0.9) < 1e-3
    assert (table["coverage"] > 0.7).all()
    # pooled: 120 intervals that hold in 90 %; the standard error is 2.7 points
    assert 0.8 < recovery.covered.mean() < 0.98
    assert table["verdict"].to_dict() == {"p0": "identified", "p1": "identified", "p2": "not identified"}
    assert table["sd_ratio"]["p2"] > 0.9


def test_a_parameter_of_exponential_growth_is_found(monkeypatch):
    """A ratio of 0.04 to 270 tells its parameter; with polynomials of the ratio itself it tells next to nothing."""
    problem = make_linear([0.5, 0.5, 0.5], tolerance=0.05)

    def simulate(values, seed):
        figures = problem.simulate(values, seed)
        return np.array([0.04 * np.exp(8.8 * values[0]), figures[1] + 0.3 * figures[0], 0.0])

    bent = dataclasses.replace(problem, simulate=simulate)
    budget = dataclasses.replace(BUDGET, particles=128)

    def judge():
        return judge_params(problem.prior.names, run_recovery(bent, make_runner(bent), budget, 1)).set_index(
            "parameter"
        )

    table = judge()
    assert table["verdict"].to_dict() == {"p0": "identified", "p1": "identified", "p2": "not identified"}
    assert table.loc["p0", "sd_ratio"] < 0.15
    # 40 intervals that hold in 90 %: fewer than 31 in one of 300
    assert table.loc[["p0", "p1"], "coverage"].mean() >= 0.775
    monkeypatch.setattr(emulating, "MARGIN", np.inf)
    plain = judge()
    assert plain.loc["p0", "sd_ratio"] > 4.0 * table.loc["p0", "sd_ratio"]


def test_intervals_that_are_too_narrow_are_found_out():
    """A quarter of a 90 % interval holds the truth in a third of the cases, however narrow it is."""
    problem = make_linear([0.5, 0.5], tolerance=0.05)
    recovery = run_recovery(problem, make_runner(problem), dataclasses.replace(BUDGET, particles=128), 1)
    narrow = dataclasses.replace(
        recovery,
        low=recovery.median - (recovery.median - recovery.low) / 4,
        high=recovery.median + (recovery.high - recovery.median) / 4,
    )
    table = judge_params(problem.prior.names, narrow)
    assert (table["coverage"] < 0.8).all()
    assert (table["verdict"] == "not identified").all()


@pytest.mark.parametrize(("ratio", "coverage", "verdict"), [
    (0.2, 0.9, "identified"), (0.5, 0.8, "identified"), (0.51, 0.9, "weak"), (0.8, 1.0, "weak"),
    (0.81, 0.9, "not identified"), (0.1, 0.79, "not identified"),
])  # fmt: skip
def test_verdicts(ratio, coverage, verdict):
    assert give_verdict(ratio, coverage) == verdict


def test_synthetic_figures_have_the_errors_of_published_ones():
    """4000 figures: the mean of errors has a standard error of 1.6 %, their sd one of 1.1 %."""
    n = 4000
    targets = make_targets(np.zeros(n), tolerance=0.4, families=("a",) * n)
    published = publish_figures(targets, np.full(n, 5.0), 1, 0)
    drawn = (published.value - 5.0) / 0.2
    assert abs(drawn.mean()) < 0.08
    assert drawn.std() == pytest.approx(1.0, abs=0.06)
    assert not np.array_equal(published.value, publish_figures(targets, np.full(n, 5.0), 1, 1).value)


def test_synthetic_bounds_hold_and_missing_figures_tell_nothing():
    far = np.array([np.inf, 0.2, 0.2])
    targets = make_targets([1.0, 1.0, 1.0], tolerance=0.2, above=far, below=far[[1, 0, 2]])
    published = publish_figures(targets, np.array([5.0, 5.0, np.nan]), 1, 0)
    assert published.value[0] < 5.0 < published.value[1]
    errors = ErrorModel.of(published, np.zeros(3))
    assert errors.measure_distances(np.array([5.0, 5.0, 3.0])).tolist() == pytest.approx([0.0, 0.0, 0.0], abs=1e-5)
