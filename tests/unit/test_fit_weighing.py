"""Weights of members from what emulator and runs say of them."""

import dataclasses

import numpy as np
import pytest
from fit_toys import make_targets

from calibration.emulator import Emulator
from calibration.likelihood import ErrorModel
from calibration.posterior import UNIFORM_SD
from calibration.sampler import count_effective
from calibration.scales import Scales
from calibration.weighing import combine, weigh_members


def make_known(sd, figures, noise):
    """Figures published as 0 +- 0.2, each a family, which an emulator says are 0 everywhere, with errors of `sd`."""
    figures, n = np.asarray(figures, float), len(sd)
    emulator = Emulator(n=1, order=1, coefficient=np.zeros((1, n)), constant=np.zeros(n), sd=np.array(sd, float),
                        scales=Scales.plain(n), lift=np.zeros(n))  # fmt: skip
    errors = ErrorModel.of(make_targets(np.zeros(n), tolerance=0.4), np.zeros(n))
    return combine(emulator, errors, np.zeros((len(figures), 1)), figures, np.array(noise, float))


def test_a_member_is_known_by_the_emulator_and_its_runs():
    """N(0, 0.3^2) and a run of 0.5 with a variance of 0.16 are N(0.18, 0.0576) together; published 0 +- 0.2."""
    known = make_known([0.3], [[0.5], [np.nan]], [0.16])
    assert known.measure_gain(np.ones(1))[:, 0].tolist() == pytest.approx([-0.5 * 0.18**2 / (0.04 + 0.0576), 0.0])
    sure = make_known([0.3], [[0.5]], [0.0])
    assert sure.measure_gain(np.ones(1))[0, 0] == pytest.approx(-0.5 * 0.5**2 / 0.04)


def test_trust_is_a_further_error_of_the_runs():
    """Half trusted, runs have the variance of the emulator on top: 0.09 + 0.16; not trusted, they change nothing."""
    known = make_known([0.3], [[0.5]], [0.16])
    share = 0.09 / (0.09 + 0.25)
    expected = -0.5 * (share * 0.5) ** 2 / (0.04 + share * 0.25)
    assert known.measure_gain(np.array([0.5]))[0, 0] == pytest.approx(expected)
    assert known.measure_gain(np.zeros(1))[0, 0] == 0.0
    exact = make_known([0.0], [[0.5]], [0.16])
    assert exact.measure_gain(np.ones(1))[0, 0] == 0.0


def test_what_is_not_emulated_is_told_by_the_runs():
    """Two members at 1 and 3 with noise of 0: they lie 1 around 2, and are known for sure."""
    gain = make_known([np.inf], [[1.0], [3.0]], [0.0]).measure_gain(np.ones(1))[:, 0]
    assert gain[0] - gain[1] == pytest.approx(0.5 * (9.0 - 1.0) / 0.04)


@pytest.mark.parametrize("noise", [0.02, 0.3])
def test_weights_undo_an_error_of_the_emulator(noise):
    """A figure of 3 (u - 0.5), emulated as 0 with the error that this is: only the runs of members tell u.

    What a run reads lies off by its noise, and is trusted that much less; the published figure has an error of 0.2.
    20 000 members: the standard error of a width is below 2 %.
    """
    draws = np.random.default_rng(5)
    unit = draws.uniform(size=(20_000, 1))
    figures = 3.0 * (unit - 0.5) + draws.normal(0.0, noise, unit.shape)
    weight, trust = weigh_members(make_known([3.0 * UNIFORM_SD], figures, [noise**2]), 0.05)
    assert trust.tolist() == [1.0]
    width = np.sqrt(weight @ np.square(unit[:, 0] - 0.5))
    assert width == pytest.approx(np.hypot(noise, np.hypot(0.2, noise)) / 3.0, rel=0.1)


def test_a_family_that_is_emulated_coarsely_does_not_silence_the_others():
    """Of 200 members few meet the first figure, over 30 errors wide; the second is known well enough to weigh by."""
    draws = np.random.default_rng(6)
    figures = draws.normal(0.0, (6.0, 0.15), (200, 2))
    known = make_known([6.0, 0.15], figures, [0.0, 0.0])
    weight, trust = weigh_members(known, 0.5)
    assert count_effective(weight) == pytest.approx(100.0, abs=1.0)
    assert trust[0] < 0.95
    assert trust[1] == 1.0
    near = np.abs(figures) < np.median(np.abs(figures), axis=0)
    # six other seeds give 0.91 to 0.94 and 0.56 to 0.64; a half is what equal weights give
    assert weight[near[:, 0]].sum() > 0.85
    assert weight[near[:, 1]].sum() > 0.53
    again, unmoved = weigh_members(known, 0.01)
    assert unmoved.tolist() == [1.0, 1.0]
    assert count_effective(again) < 20.0


def test_the_likeliest_member_is_not_the_weightiest():
    """A weight is the likelihood over that of the emulator: it is high where the emulator was most wrong."""
    known = make_known([1.0], [[0.0], [0.3]], [0.0])
    known = dataclasses.replace(known, emulated=np.array([[0.0], [2.0]]))
    weight, trust = weigh_members(known, 0.1)
    assert trust.tolist() == [1.0]
    assert weight[1] > weight[0]
    found = known.measure_likelihood(trust)
    assert found.tolist() == pytest.approx([0.0, -0.5 * (0.3 / 0.2) ** 2])
    assert known.measure_likelihood(np.zeros(1)).tolist() == pytest.approx([0.0, -0.5 * 4.0 / 1.04])
