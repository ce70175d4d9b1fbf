"""Weights of members: their likelihood by emulator and runs over that by the emulator, from which they were drawn.

A figure of a member is known twice, by the emulator as m with the variance s^2, and by its runs as x with the variance
v of a mean over seeds; together as

    m + share (x - m)   with the variance   share (v + (1 - c) / c s^2),   share = c s^2 / (s^2 + c v).

With c = 1 that is what both tell: runs decide where they tell more than the emulator, and where they tell less their
noise is not taken for a difference between members. With c = 0 the emulator alone is left, and all weights are equal;
between, runs have a further error of (1 - c) / c times the variance of the emulator. Where a figure of a narrow
tolerance is emulated coarsely, few members meet it when they are simulated, and they would carry all weight. So each
family has the highest c with which it leaves so many members effective on its own, and how many that are follows from
what all families leave together. A c near 0 says that the emulator decides there: its error stays in the posterior, and
more points would tell more.
A figure that is not emulated has the mean and the variance of the members instead.
Left out: errors that figures share, beyond the rule on families that the likelihood has.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import Emulator
from calibration.likelihood import ErrorModel
from calibration.sampler import count_effective, normalise_weights

FloatArray = NDArray[np.float64]

HALVINGS: Final = 30
"""Steps of a bisection."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Known:
    """What is known of members, on the scales of the emulator."""

    errors: ErrorModel
    emulated: FloatArray
    """(member, target)"""
    simulated: FloatArray
    """(member, target) means over seeds; NaN where no run has the figure."""
    error: FloatArray
    """(target,) variance of what is emulated."""
    noise: FloatArray
    """(target,) variance of what is simulated."""

    def measure_gain(self, trust: FloatArray) -> FloatArray:
        """(member, family) logarithms of ratios of likelihoods, with c as the (family,) `trust`."""
        before = self._measure_squared(self.emulated, self.error)
        return np.asarray(0.5 * (before - self._measure_both(trust)) @ self.errors.targets.members.T, np.float64)

    def measure_likelihood(self, trust: FloatArray) -> FloatArray:
        """(member,) logarithms, up to a constant, of the likelihood of what emulator and runs say together."""
        return np.asarray(-0.5 * self._measure_both(trust).sum(axis=1), np.float64)

    def _measure_both(self, trust: FloatArray) -> FloatArray:
        """(member, target) squared distances of what emulator and runs say together, with c as the `trust`."""
        c = trust @ self.errors.targets.members
        total = self.error + c * self.noise
        divisor = np.where(total > 0.0, total, 1.0)  # no error, no noise: both fractions are 0
        share = c * self.error / divisor
        variance = share * self.noise + (1.0 - c) * np.square(self.error) / divisor
        missing = np.isnan(self.simulated)
        placed = self.emulated + np.where(missing, 0.0, share * (self.simulated - self.emulated))
        return self._measure_squared(placed, np.where(missing, self.error, variance))

    def _measure_squared(self, placed: FloatArray, variance: FloatArray) -> FloatArray:
        figures = self.errors.scales.read(placed)
        return np.square(self.errors.measure_distances(figures, np.sqrt(variance)))


def combine(emulator: Emulator, errors: ErrorModel, unit: FloatArray, figures: FloatArray, noise: FloatArray) -> Known:
    """What is known of members.

    Args:
        emulator: by which they were drawn.
        errors: of the published figures, on the scales of the emulator.
        unit: (member, n) their points.
        figures: (member, target) means over their seeds.
        noise: (target,) variance of these means, on the scales.
    """
    scales, known = emulator.scales, np.isfinite(emulator.sd)
    simulated = scales.place(figures)
    there = np.isfinite(simulated)
    count = np.maximum(1, there.sum(axis=0))
    mean = np.where(there, simulated, 0.0).sum(axis=0) / count
    apart = np.square(np.where(there, simulated - mean, 0.0)).sum(axis=0) / count
    return Known(
        errors=errors,
        emulated=np.where(known, scales.place(emulator.predict(unit)), mean),
        simulated=simulated,
        error=np.where(known, np.square(np.where(known, emulator.sd, 0.0)), np.maximum(0.0, apart - noise)),
        noise=noise,
    )


def weigh_members(known: Known, effective: float) -> tuple[FloatArray, FloatArray]:
    """(member,) weights that leave this share of the members effective at least, and (family,) trust in their runs."""
    n_members, n_families = len(known.emulated), len(known.errors.targets.family_names)

    def find_trust(level: float) -> FloatArray:
        """(family,) the highest with which each family alone leaves the share `level` effective."""
        low, high = np.zeros(n_families), np.ones(n_families)
        trust = high
        for _ in range(HALVINGS):
            gain = known.measure_gain(trust)
            enough = np.array([count_effective(normalise_weights(one)) for one in gain.T]) >= level * n_members
            low, high = np.where(enough, trust, low), np.where(enough, high, trust)
            if (low >= 1.0).all():
                break
            trust = 0.5 * (low + high)
        return low

    def weigh(trust: FloatArray) -> FloatArray:
        return normalise_weights(known.measure_gain(trust).sum(axis=1))

    least, most = 0.0, 1.0
    found = np.ones(n_families)
    if count_effective(weigh(found)) >= effective * n_members:
        return weigh(found), found
    for _ in range(HALVINGS):
        level = 0.5 * (least + most)
        found = find_trust(level)
        if count_effective(weigh(found)) >= effective * n_members:
            most = level
        else:
            least = level
    found = find_trust(most)
    return weigh(found), found
