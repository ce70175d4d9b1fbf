"""parameters.yaml of a fit: of each parameter the value used, prior, value before and fitted, interval, verdict.

A fit may begin from one that is shipped: what is kept of that one stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from calibration.problem import Problem
from sim.errors import Problem as Mistake
from sim.errors import ScenarioError
from sim.fitfile import list_declared, read_fit, read_fit_manifest
from sim.sourced import Node

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


def read_last(name: str) -> dict[str, Any]:
    """Name, values by key, and keys of the values freed of a fit that is shipped.

    Raises:
        ScenarioError: where there is none, or it is not what was shipped.
    """
    mistakes: list[Mistake] = []
    found = read_fit(Node("--last", 0, "last", name), mistakes)
    manifest = read_fit_manifest(found[0].folder, mistakes) if found is not None else None
    if found is None or manifest is None:
        raise ScenarioError(mistakes)
    values = {
        f"params.{group}.{key}": float(str(node.fields["value"].value))
        for group, entries in found[1].items()
        for key, node in entries.items()
    }
    return {"fit": name, "values": values, "moved": manifest.get("moved", [])}  # the first fits freed nothing


def place_last(problem: Problem, last: Mapping[str, Any]) -> FloatArray:
    """(parameter,) point of an earlier fit in the unit cube, at the values before a fit where it knows none."""
    prior = problem.prior
    values = [last["values"].get(name, start) for name, start in zip(prior.names, prior.start, strict=True)]
    return np.clip(prior.to_unit(np.array(values)), 0.0, 1.0)
