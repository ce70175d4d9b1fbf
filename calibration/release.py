"""Values before the fit that cost too much to keep: they are freed one by one while the figures gain by it.

Each value that recovery does not identify may lie within the ensemble's interval, and yet keeping all of them may cost
much: the figures tell of sums of parameters, and where one of a sum is kept the others have to make up for it. So with
L(K) the least loss that an emulator of what the posterior simulated where it matters expects while the set K keeps its
values,

    k* = argmin over k in K of L(K without k);   freed while L(K) - L(K without k*) >= LEAST_GAIN.

What is freed lies within the ensemble's interval, as all others do. This is forward selection (Efroymson 1960) with a
gain that a fit would notice in place of a test: all losses are of one emulator, so that their differences have no
noise of seeds, and its error is the same in both.
Left out: freeing two at a time, where each alone gains nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from calibration.emulator import Emulator, fit_emulator
from calibration.problem import Problem
from calibration.propose import HIGHEST_ORDER, find_least, measure_expected_loss

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

LEAST_GAIN: Final = 0.02
"""Loss by which a value that is given up must be worth it: about one standard error of a loss with 100 seeds."""


def release_values(
    problem: Problem, box: FloatArray, wide: FloatArray, simulated: DataFrame, seed: int
) -> tuple[FloatArray, list[str]]:
    """(parameter, 2) bounds in which fewer values are kept, and the names of those freed, the most gained first.

    Args:
        problem: what was fitted.
        box: (parameter, 2) bounds in the unit cube, the same at both ends where a value is kept.
        wide: (parameter, 2) bounds with none kept.
        simulated: points and figures of the posterior where it matters, as list_simulated gives them.
        seed: of the searches on the emulator.
    """
    unit = simulated[list(problem.prior.names)].to_numpy(np.float64)
    figures = simulated[list(problem.targets.names)].to_numpy(np.float64)
    emulator = fit_emulator(unit, figures, HIGHEST_ORDER, tolerance=problem.targets.tolerance)
    box, freed = box.copy(), []
    held = np.flatnonzero((box[:, 0] == box[:, 1]) & (wide[:, 0] < wide[:, 1])).tolist()
    least = _expect(problem, emulator, unit, seed, box)
    while held:
        losses = {k: _expect(problem, emulator, unit, seed, _free(box, wide, k)) for k in held}
        best = min(losses, key=losses.__getitem__)
        if least - losses[best] < LEAST_GAIN:
            break
        box, least = _free(box, wide, best), losses[best]
        held.remove(best)
        freed.append(problem.prior.names[best])
    return box, freed


def _free(box: FloatArray, wide: FloatArray, k: int) -> FloatArray:
    """The bounds with parameter k free."""
    return np.where(np.arange(len(box))[:, None] == k, wide, box)


def _expect(problem: Problem, emulator: Emulator, unit: FloatArray, seed: int, box: FloatArray) -> float:
    """The least expected loss in the box."""
    free = (box[:, 0] < box[:, 1]).any()
    point = find_least(problem, emulator, np.clip(unit, *box.T), seed, box) if free else box[:, 0]
    return float(measure_expected_loss(problem, emulator, point[None])[0])
