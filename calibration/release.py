"""Which held parameters a shipped point frees after all, because holding all of them costs more than seeds can hide.

Recovery says of each parameter alone, over the whole prior, whether figures tell its value. A value before the fit may
lie in the ensemble's 90 % interval, and so may all of them, and still the figures rule out holding all at once: then
the point would ship what the figures exclude. So parameters are freed one by one, each time the one whose freedom
lowers the expected loss on an emulator most (forward selection), until the best of them gains less than LEAST_GAIN.
Left out: going back on one that later ones make needless; gains that are luck of the emulator, which what is simulated
afterwards does not repeat.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import fit_emulator
from calibration.problem import Problem
from calibration.propose import HIGHEST_ORDER, find_least, measure_expected_loss

FloatArray = NDArray[np.float64]

LEAST_GAIN: Final = 0.02
"""Loss that the freedom of a parameter must gain: the standard error of a loss over 100 seeds at scale 5000."""


def find_released(
    problem: Problem, unit: FloatArray, figures: FloatArray, box: FloatArray, ends: FloatArray, seed: int
) -> list[int]:
    """Numbers of the parameters to free, in the order of what they gain.

    Args:
        problem: what was fitted.
        unit: (point, parameter) points that were simulated.
        figures: (point, target) their figures.
        box: (parameter, 2) bounds in the unit cube, the same where a value is held.
        ends: (parameter, 2) bounds that a parameter has once it is free.
        seed: of the searches on the emulator.
    """
    emulator = fit_emulator(unit, figures, HIGHEST_ORDER, tolerance=problem.targets.tolerance)

    def find_loss(bounds: FloatArray) -> float:
        if (bounds[:, 0] < bounds[:, 1]).any():
            point = find_least(problem, emulator, np.clip(unit, *bounds.T), seed, bounds)
        else:
            point = bounds[:, 0]
        return float(measure_expected_loss(problem, emulator, point[None])[0])

    released: list[int] = []
    held = [int(k) for k in np.flatnonzero(box[:, 0] == box[:, 1]) if ends[k, 0] < ends[k, 1]]
    bounds, loss = box.copy(), find_loss(box)
    while held:
        tried = {}
        for k in held:
            wider = bounds.copy()
            wider[k] = ends[k]
            tried[k] = find_loss(wider)
        best = min(held, key=lambda k: tried[k])
        if loss - tried[best] < LEAST_GAIN:
            break
        bounds[best], loss = ends[best], tried[best]
        released.append(best)
        held.remove(best)
    return released
