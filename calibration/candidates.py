"""Points that a fit may ship: all keep the values that are not identified, and the least loss decides among them.

Point search and posterior look for different things: one for the least loss, which is partly luck, the other for what
the figures leave likely under errors that it knows. Either may be the better point once some parameters are back at
their values before the fit, and the same seeds tell. So these are compared, each with the parameters that recovery does
not identify at their value before the fit:

found     what the fit found;
again     where emulators of all that the fit tried expect the least loss of the others, with those values kept;
median    the weighted medians of the ensemble;
member    the member of the greatest weight, the first of several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.posterior import find_quantiles
from calibration.problem import Problem
from calibration.propose import propose_points

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]


def list_candidates(
    problem: Problem, fitted: FloatArray, searched: DataFrame, members: DataFrame, kept: NDArray[np.bool_], seed: int
) -> dict[str, FloatArray]:
    """(parameter,) points of the unit cube by name, what the fit found first.

    Args:
        problem: what was fitted.
        fitted: (parameter,) what the fit found.
        searched: points and figures that the fit tried, as list_searched gives them.
        members: the ensemble, as list_members gives it.
        kept: (parameter,) whether a parameter keeps its value before the fit.
        seed: of the fit.
    """
    prior = problem.prior
    names = list(prior.names)
    unit = prior.to_unit(members[names].to_numpy()).clip(0.0, 1.0)
    weight = members["weight"].to_numpy()
    points = {
        "found": fitted,
        "median": find_quantiles(unit, weight, (0.5,))[0],
        "member": unit[np.argmax(weight)],
    }
    if kept.any() and not kept.all():
        figures = searched[list(problem.targets.names)].to_numpy()
        held = np.where(kept, prior.start_unit, np.nan)
        points["again"] = propose_points(problem, searched[names].to_numpy(), figures, 1, seed, 0, held)[0]
    return {name: np.where(kept, prior.start_unit, point) for name, point in points.items()}


def list_outside(problem: Problem, unit: FloatArray, params: DataFrame) -> list[str]:
    """Parameters whose value at a (parameter,) point lies outside the 90 % interval of the ensemble.

    `params` are as summarise_params gives them.
    """
    values = dict(zip(problem.prior.names, problem.prior.to_values(unit).tolist(), strict=True))
    return [
        str(row["parameter"])
        for row in params.to_dict("records")
        if not row["low"] <= values[str(row["parameter"])] <= row["high"]
    ]
