"""parameters.yaml of a fit: of each parameter the value used, prior, value before and fitted, interval, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.problem import Problem
from sim.fitfile import list_declared

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]


def write_point(
    problem: Problem, name: str, unit: FloatArray, fitted: FloatArray, params: DataFrame, verdicts: Sequence[str]
) -> str:
    """Text of the file. `unit` and `fitted` are (parameter,) points of the unit cube; `params` as summarise_params."""
    prior, declared = problem.prior, list_declared()
    values, found = prior.to_values(unit), prior.to_values(fitted)
    ends = {str(row["parameter"]): (float(row["low"]), float(row["high"])) for row in params.to_dict("records")}
    lines = [
        "# Written by `talentsim calibrate ship`: change it by another fit, not by hand.",
        "# before: value before the fit; fitted: what the fit found; value: what is used. posterior: 90 % interval.",
        f"fit: {name}",
        "parameters:",
    ]
    for k, key in enumerate(prior.names):

        def say(value: float, k: int = k) -> str:
            return repr(round(value)) if prior.is_whole[k] else repr(float(value))

        lines += [
            f"  - key: {key}",
            f"    value: {say(values[k])}",
            f"    unit: {declared[key][0]['unit']}",
            f"    prior: {'loguniform' if prior.is_log[k] else 'uniform'}",
            f"    prior_range: [{say(prior.low[k])}, {say(prior.high[k])}]",
            f"    before: {say(prior.start[k])}",
            f"    fitted: {say(found[k])}",
            f"    posterior: [{', '.join(map(say, ends[key]))}]",
            f"    verdict: {verdicts[k]}",
        ]
    return "\n".join(lines) + "\n"
