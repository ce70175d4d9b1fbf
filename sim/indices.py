"""How much each input moves an output: designs over the unit cube and what is told from the outputs at their points.

Morris (1991): paths that change one input at a time. mu* of an input is the mean absolute effect of its whole range,
mu the mean effect, sigma the standard deviation of the effects: curvature and interaction.
Sobol (2001): shares of the variance of the output that an input explains alone (first order) and together with others
(total), estimated after Saltelli et al. (2010).
Both are those of SALib, whose intervals are bootstrapped over paths, or points; they hold the choice of points, not the
noise of what is simulated there. Left out: interactions of two inputs by name.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import TalentsimError

FloatArray = NDArray[np.float64]

LEVELS: Final = 4
"""Levels of the grid on which Morris paths lie."""
_DIGITS: Final = 12
"""Decimals to which places on the grid are the same."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Morris:
    """Effects of the whole range of each input. Arrays are (n,), in the unit of the output."""

    mu: FloatArray
    mu_star: FloatArray
    mu_star_conf: FloatArray
    """Half width of the interval of mu_star."""
    sigma: FloatArray


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Sobol:
    """Shares of variance of each input. Arrays are (n,); `_conf` is half the width of an interval."""

    first: FloatArray
    first_conf: FloatArray
    total: FloatArray
    total_conf: FloatArray


def need_salib() -> None:
    """Raise TalentsimError where SALib is missing."""
    if importlib.util.find_spec("SALib") is None:
        raise TalentsimError("this needs SALib. Install it: pip install 'talentsim[calibration]'")


def sample_morris(n: int, n_paths: int, seed: int, *, levels: int = LEVELS) -> FloatArray:
    """Points (n_paths * (n + 1), n) of the unit cube: paths one after the other, a step an input."""
    from SALib.sample import morris

    return np.asarray(morris.sample(_describe_cube(n), n_paths, num_levels=levels, seed=seed), np.float64)


def sample_distinct(n: int, n_paths: int, seed: int) -> FloatArray:
    """Points as of sample_morris, of which no two paths have the same points.

    A path that comes again, or comes backwards, tells nothing new and makes bootstrapped intervals too narrow. Few
    inputs have few paths on a coarse grid (one input two): levels are doubled until there are twice as many as wanted.
    """
    levels = LEVELS
    while levels**n * math.factorial(n) < 4 * n_paths:  # places x directions x orders, half of them another backwards
        levels *= 2
    drawn, distinct = n_paths, dict[bytes, FloatArray]()
    while len(distinct) < n_paths:
        unit = sample_morris(n, drawn, seed, levels=levels)
        distinct = {}
        for path in unit.reshape(-1, n + 1, n):
            places = path.round(_DIGITS) + 0.0
            distinct.setdefault(min(places.tobytes(), places[::-1].tobytes()), path)
        drawn *= 2
    return np.concatenate(list(distinct.values())[:n_paths])


def measure_morris(unit: FloatArray, output: FloatArray, seed: int, *, confidence: float) -> Morris:
    """Effects told from the `output` (point,) at the points of sample_morris or sample_distinct."""
    from SALib.analyze import morris

    space = _describe_cube(unit.shape[1])
    step = float(np.abs(unit[1] - unit[0]).max())  # levels / (2 (levels - 1))
    levels = round(2.0 * step / (2.0 * step - 1.0))
    found = morris.analyze(space, unit, output, num_levels=levels, conf_level=confidence, seed=seed)
    return Morris(**{name: np.asarray(found[name], np.float64) for name in ("mu", "mu_star", "mu_star_conf", "sigma")})


def sample_sobol(n: int, n_base: int, seed: int) -> FloatArray:
    """Points (n_base * (n + 2), n) of the unit cube; `n_base` is a power of 2."""
    from SALib.sample import sobol

    return np.asarray(sobol.sample(_describe_cube(n), n_base, calc_second_order=False, seed=seed), np.float64)


def measure_sobol(n: int, output: FloatArray, seed: int, *, confidence: float) -> Sobol:
    """Shares told from the `output` (point,) at the points of sample_sobol; zero where it never varies."""
    from SALib.analyze import sobol

    names = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    if np.ptp(output) == 0.0:
        return Sobol(**{name: np.zeros(n) for name in names})
    found = sobol.analyze(_describe_cube(n), output, calc_second_order=False, conf_level=confidence, seed=seed)
    return Sobol(**{name: np.asarray(found[key], np.float64) for name, key in names.items()})


def measure_effects(unit: FloatArray, outputs: FloatArray) -> FloatArray:
    """(path, n, ...) effects of the whole range of each input on (point, ...) outputs along paths.

    `unit` (point, n) holds paths of n + 1 points one after the other, in which each step changes one input.
    """
    n = unit.shape[1]
    moves = np.diff(unit.reshape(-1, n + 1, n), axis=1)
    param = np.abs(moves).argmax(axis=2)
    size = moves.sum(axis=2)
    steps = np.diff(outputs.reshape(-1, n + 1, *outputs.shape[1:]), axis=1)
    steps = steps / size.reshape(*size.shape, *(1,) * (steps.ndim - 2))
    order = np.argsort(param, axis=1).reshape(*param.shape, *(1,) * (steps.ndim - 2))
    return np.asarray(np.take_along_axis(steps, order, axis=1), np.float64)


def measure_signal(effects: FloatArray) -> FloatArray:
    """(n, target) root mean square of (path, n, seed, target) effects without the noise of the seeds."""
    n_seeds = effects.shape[2]
    noise = effects.var(axis=2, ddof=1) / n_seeds if n_seeds > 1 else 0.0
    return np.asarray(np.sqrt(np.maximum(0.0, (effects.mean(axis=2) ** 2 - noise).mean(axis=0))), np.float64)


def _describe_cube(n: int) -> dict[str, Any]:
    return {"num_vars": n, "names": [f"x{k}" for k in range(n)], "bounds": [[0.0, 1.0]] * n}
