"""The narrow waist of calibration: simulate(values, seed) -> figures, and how far they are from what is published.

Error of a figure, in tolerances: with x simulated, z published, and tolerances below and above it,

    e = max(0, x - z - above) / above   or   max(0, z - below - x) / below.

It is 0 inside the band and 1 at twice the tolerance; the tolerance is infinite on the side on which a bound holds.
Loss of a point: families weigh the same, and a figure has its weight w_k within its family,

    loss = sum over families f of 1/F * sum over figures k of f of w_k * ln(1 + e_k).

The logarithm keeps one figure that no parameter can reach from outweighing fifty that can be met: what is wanted is
many figures inside their band. Inside the band nothing is preferred. A figure that a run does not produce (NaN) has
the error MISSING. Figures are averaged over seeds before they are compared, since published figures are of one world
of many people.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.space import Prior
from sim.errors import TalentsimError

FloatArray = NDArray[np.float64]

MISSING: Final = 100.0
"""Error, in tolerances, of a figure that a run does not produce."""


class CalibrationError(TalentsimError):
    """A calibration cannot go on as asked: says why and what to do."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Targets:
    """Published figures that a fit may see. Arrays are (target,)."""

    names: tuple[str, ...]
    families: tuple[str, ...]
    """Family of each figure."""
    value: FloatArray
    below: FloatArray
    """Tolerance towards lower values, infinite where the figure is an upper bound."""
    above: FloatArray
    """Tolerance towards higher values, infinite where the figure is a lower bound."""
    weight: FloatArray
    """Weights, which sum to 1; families weigh the same."""
    outside: float = 0.0
    """What a loss adds for the share of figures that lie outside their band."""

    def __post_init__(self) -> None:
        n = len(self.names)
        shapes = {len(self.families), *(len(array) for array in (self.value, self.below, self.above, self.weight))}
        if shapes != {n}:
            raise CalibrationError(f"targets: {n} names, but columns of length {sorted(shapes)}. Give one value each")
        totals = self.members @ self.weight
        if n and not np.allclose(totals, 1.0 / len(totals)):
            raise CalibrationError(
                f"targets: families weigh {totals.round(3).tolist()}. They weigh the same, 1 together"
            )
        sound = np.isfinite(self.value) & (self.below > 0) & (self.above > 0)
        sound &= np.isfinite(self.below) | np.isfinite(self.above)
        for k in np.flatnonzero(~sound):
            raise CalibrationError(
                f"target {self.names[k]}: value {self.value[k]:g}, tolerance {self.below[k]:g} below and "
                f"{self.above[k]:g} above. Tolerances are above 0, and finite on one side at least"
            )

    @property
    def family_names(self) -> tuple[str, ...]:
        """Each family once, in the order of its first figure."""
        return tuple(dict.fromkeys(self.families))

    @property
    def members(self) -> NDArray[np.bool_]:
        """(family, target) which figure belongs to which family."""
        return np.array([[name == family for name in self.families] for family in self.family_names])

    @property
    def share(self) -> FloatArray:
        """(family, target) weights within a family, which sum to 1 in each."""
        return np.asarray(self.members * self.weight * len(self.family_names), np.float64)

    @property
    def tolerance(self) -> FloatArray:
        """(target,) the smaller finite tolerance: the yardstick of effects on a figure."""
        return np.minimum(self.below, self.above)


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """What an algorithm of calibration gets to see: nothing of the model, nothing held out."""

    prior: Prior
    targets: Targets
    simulate: Callable[[FloatArray, int], FloatArray]
    """((n,) values, seed) -> (target,) simulated figures. Must be picklable for worker processes."""
    identity: str
    """What `simulate` does, in one word that changes when it does; runs under another one are not reused."""


def measure_errors(targets: Targets, simulated: FloatArray) -> FloatArray:
    """(..., target) errors in tolerances of (..., target) simulated figures; 0 inside the band."""
    high = np.where(np.isfinite(targets.above), (simulated - targets.value) / _finite(targets.above) - 1.0, -1.0)
    low = np.where(np.isfinite(targets.below), (targets.value - simulated) / _finite(targets.below) - 1.0, -1.0)
    error = np.maximum(0.0, np.maximum(high, low))
    return np.asarray(np.where(np.isfinite(simulated), error, MISSING), np.float64)


def measure_loss(targets: Targets, simulated: FloatArray) -> FloatArray:
    """(...,) losses of (..., target) simulated figures."""
    errors = measure_errors(targets, simulated)
    loss = np.log1p(errors) @ targets.weight
    if targets.outside:
        loss += targets.outside * (errors > 0.0).mean(axis=-1)
    return np.asarray(loss, np.float64)


def measure_family_losses(targets: Targets, simulated: FloatArray) -> FloatArray:
    """(..., family) loss of each family alone; their mean is the loss but for `outside`."""
    return np.asarray(np.log1p(measure_errors(targets, simulated)) @ targets.share.T, np.float64)


def count_inside(targets: Targets, simulated: FloatArray) -> NDArray[np.int64]:
    """(...,) how many of (..., target) simulated figures lie inside their band."""
    return np.asarray((measure_errors(targets, simulated) <= 0.0).sum(axis=-1), np.int64)


def describe_bands(targets: Targets) -> dict[str, Any]:
    """Columns for a table of targets: family, name, published value and the ends of its band."""
    return {
        "family": targets.families,
        "target": targets.names,
        "published": targets.value,
        "lowest": targets.value - targets.below,
        "highest": targets.value + targets.above,
    }


def average_seeds(runs: FloatArray) -> FloatArray:
    """(point, target) means of (point, seed, target) runs over the seeds that produce the figure; NaN where none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.asarray(np.nanmean(runs, axis=1), np.float64)


def measure_seed_noise(runs: FloatArray) -> FloatArray:
    """(point, target) variance of the mean over the seeds of a point; NaN where fewer than two produce the figure."""
    if runs.shape[1] < 2:
        return np.full((runs.shape[0], runs.shape[2]), np.nan)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Degrees of freedom|Mean of empty slice", RuntimeWarning)
        variance = np.nanvar(runs, axis=1, ddof=1)
    return np.asarray(variance / np.maximum(1, np.isfinite(runs).sum(axis=1)), np.float64)


def _finite(tolerance: FloatArray) -> FloatArray:
    return np.where(np.isfinite(tolerance), tolerance, 1.0)
