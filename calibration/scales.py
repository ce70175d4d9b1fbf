"""The scale on which a figure is emulated and compared: as it is, or bent where it runs over orders of size.

    bent(x) = asinh(x / c),   c the tolerance of the figure

Far above its tolerance that is the logarithm of the figure, below it a straight line, and it is there for 0 and below:
a ratio that grows exponentially with a parameter is near a straight line on it. Which scale a figure has is told by the
runs alone, never by its name (calibration/emulator.py). An error s on the scale is one of s / slope in the figure.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

HIGHEST: Final = 300.0
"""Size on a bent scale at which a figure is cut: far beyond all that a figure can be, and yet a number."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Scales:
    """Scale of each figure."""

    bend: FloatArray
    """(target,) c of the figures that are bent; 0 of those that are as they are."""

    @classmethod
    def plain(cls, n: int) -> Scales:
        """All of n figures as they are."""
        return cls(bend=np.zeros(n))

    def place(self, figures: FloatArray) -> FloatArray:
        """(..., target) figures on their scales."""
        placed, at = np.array(figures, np.float64), self.bend > 0.0
        placed[..., at] = np.arcsinh(placed[..., at] / self.bend[at])
        return placed

    def read(self, placed: FloatArray) -> FloatArray:
        """(..., target) figures from what they are on their scales."""
        figures, at = np.array(placed, np.float64), self.bend > 0.0
        figures[..., at] = self.bend[at] * np.sinh(np.clip(figures[..., at], -HIGHEST, HIGHEST))
        return figures

    def measure_slope(self, figures: FloatArray) -> FloatArray:
        """(..., target) change on the scale for a change of the figure, at figures."""
        return np.asarray(np.where(self.bend > 0.0, 1.0 / np.hypot(figures, self.bend + (self.bend <= 0.0)), 1.0))

    def measure_noise(self, figures: FloatArray, noise: FloatArray) -> FloatArray:
        """(target,) variance on the scale, averaged over points, from (point, target) figures and their variances.

        A variance that is not known (NaN) is left out; 0 where none is.
        """
        placed = noise * np.square(self.measure_slope(figures))
        known = np.isfinite(placed)
        return np.asarray(np.where(known, placed, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0)), np.float64)
