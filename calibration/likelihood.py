"""How likely the published figures are, given simulated ones: the error model that posterior and recovery share.

A figure is published with an error of its own, normal with a standard deviation of half its tolerance on each side
(so that the band holds 95 %), and none on the side on which a bound holds. With x simulated and z published,

    ln L = - 1/2 sum over figures k of ((x_k - z_k) / s_k)^2,
    s_k^2 = (tolerance_k / 2)^2 * repeats_k * misfit_f + error of the emulator^2 + noise of the seeds,

where x_k - z_k counts as 0 on the free side of a bound. Figures of one family repeat each other: a family counts for as
many independent figures as the median family has and not for more, repeats_k = max(1, 1 / (median n * w_k)) with w_k
the weight of the figure within its family, which is max(1, n_f / median n) where figures weigh the same. A family that
no parameters can match must not decide everything: where its mean squared distance at the likeliest point is more than
chance explains (5 %), misfit_f is multiplied by that mean, again and again until chance explains the rest (once, where
the emulator has no error), so that the family counts for what it can tell; else it is 1. One family at a time is
widened, the farthest first, and the likeliest point looked for anew: those that only gave way to it come back.
Where figures are compared on a bent scale (calibration/scales.py), x_k and z_k are what they are on it, half a
tolerance is what lies between z_k and the figure half a tolerance away, and errors of emulator and seeds are those on
the scale.
Left out: correlation of errors between figures beyond that.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.problem import Targets
from calibration.scales import Scales

FloatArray = NDArray[np.float64]

CHANCE: Final = 0.95
"""Share of matched families whose distance stays below the limit of misfit."""
WIDENINGS: Final = 50
"""Times at most that the misfit of a family is multiplied at one point."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ErrorModel:
    """Targets with the errors of their figures. Arrays are (target,)."""

    targets: Targets
    repeats: FloatArray
    misfit: FloatArray
    """Factor on the variance of a figure for what no parameters explain; 1 where chance does."""
    noise: FloatArray
    """Variance that the simulated figures have from their seeds, on their scales."""
    scales: Scales

    @classmethod
    def of(cls, targets: Targets, noise: FloatArray, scales: Scales | None = None) -> ErrorModel:
        """The errors before anything is known of misfit; `noise` (target,) variance from seeds on the `scales`.

        Without scales figures are compared as they are.
        """
        usual = np.median(targets.members.sum(axis=1))
        repeats = np.maximum(1.0, 1.0 / (usual * targets.share.sum(axis=0)))
        n = len(targets.names)
        return cls(targets=targets, repeats=repeats, misfit=np.ones(n), noise=noise, scales=scales or Scales.plain(n))

    def measure_sd(self, above: NDArray[np.bool_], emulator_sd: FloatArray | float = 0.0) -> FloatArray:
        """(..., target) standard deviation of x - z, where x is `above` z or below; infinite where a bound holds.

        On the scales, as the `emulator_sd` are.
        """
        half = 0.5 * np.where(above, self.targets.above, self.targets.below)
        value = self.targets.value
        ends = np.where(above, value + half, value - half)
        bent = self.scales.bend > 0.0
        half = np.where(bent, np.abs(self.scales.place(ends) - self.scales.place(value)), half)
        variance = half**2 * self.repeats * self.misfit + np.square(emulator_sd) + self.noise
        return np.asarray(np.sqrt(variance), np.float64)

    def measure_distances(self, simulated: FloatArray, emulator_sd: FloatArray | float = 0.0) -> FloatArray:
        """(..., target) distances x - z in standard deviations; 0 where a bound holds or a figure is missing."""
        gap = self.scales.place(simulated) - self.scales.place(self.targets.value)
        distance = gap / self.measure_sd(gap > 0.0, emulator_sd)
        return np.asarray(np.where(np.isfinite(simulated), distance, 0.0), np.float64)

    def log_likelihood(self, simulated: FloatArray, emulator_sd: FloatArray | float = 0.0) -> FloatArray:
        """(...,) logarithm of the likelihood up to a constant."""
        return np.asarray(-0.5 * np.square(self.measure_distances(simulated, emulator_sd)).sum(axis=-1), np.float64)

    def admit_misfit(self, simulated: FloatArray, emulator_sd: FloatArray | float = 0.0) -> ErrorModel:
        """The errors with the misfit of one more family, that which chance explains least at the (target,) figures.

        The errors themselves where chance explains all.
        """
        from scipy.stats import chi2

        members = self.targets.members
        sizes = members.sum(axis=1)
        limit = chi2.ppf(CHANCE, sizes) / sizes
        errors, farthest = self, -1
        for _ in range(WIDENINGS):
            squared = np.square(errors.measure_distances(simulated, emulator_sd)) * self.repeats
            mean = members @ squared / sizes
            if farthest < 0:
                farthest = int(np.argmax(mean / limit))
            if mean[farthest] <= limit[farthest]:
                break
            factor = np.where(members[farthest] > 0.0, mean[farthest], 1.0)
            errors = dataclasses.replace(errors, misfit=errors.misfit * factor)
        return errors
