"""Keyed draws of the calibration: draw = hash(seed, decision, round, number, alternative), as in the model.

Nothing here shares a stream with a run: decisions are numbered from 1001 on, those of the model are below 1000.
The same seed gives the same design, whatever was computed before, so that a calibration resumes to the same result.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.rng import make_key, normals, uniforms

FloatArray = NDArray[np.float64]

# One stream per decision; numbers are fixed for ever.
(
    CANDIDATE_ANYWHERE,
    CANDIDATE_NEAR,
    PARTICLE_START,
    PARTICLE_MOVE,
    PARTICLE_ACCEPT,
    PARTICLE_RESAMPLE,
    ENSEMBLE,
    TRUTH,
    FIGURE_ERROR,
    HALF,
) = range(1001, 1011)

_ROW: Final = 1 << 20
"""Identities that one row of a block may take: more columns than any table here has."""


def draw_uniforms(seed: int, decision: int, shape: tuple[int, int], round_: int = 0) -> FloatArray:
    """(row, column) uniforms on (0, 1); a row does not depend on how many there are."""
    return uniforms(make_key(seed, decision, round_), _number_cells(shape)).reshape(shape)


def draw_normals(seed: int, decision: int, shape: tuple[int, int], round_: int = 0) -> FloatArray:
    """(row, column) standard normals; a row does not depend on how many there are."""
    return normals(make_key(seed, decision, round_), _number_cells(shape)).reshape(shape)


def _number_cells(shape: tuple[int, int]) -> NDArray[np.uint64]:
    rows, columns = (np.arange(n, dtype=np.uint64) for n in shape)
    return (rows[:, None] * np.uint64(_ROW) + columns[None, :] + np.uint64(1)).ravel()
