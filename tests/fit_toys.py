"""Analytic problems of calibration, whose answers are known."""

import dataclasses
import time
from pathlib import Path

import numpy as np

from calibration.problem import Problem, Targets
from calibration.space import Prior
from sim.rng import make_key, normals

NOISE_STREAM = 2001
FEW_GENERATIONS = 15
"""Generations of a search on an emulator that are enough for two to four parameters."""


def make_prior(n, *, low=0.0, high=1.0, start=0.2, **changes):
    """Uniform priors of n parameters."""
    flat = np.full(n, False)
    prior = Prior(
        names=tuple(f"p{k}" for k in range(n)),
        low=np.zeros(n) + low,
        high=np.zeros(n) + high,
        is_log=flat,
        is_whole=flat,
        start=np.zeros(n) + start,
    )
    return dataclasses.replace(prior, **changes)


def make_targets(value, *, tolerance=0.02, families=None, **changes):
    """Two-sided targets of the values given, each in a family of its own unless said otherwise."""
    value = np.asarray(value, float)
    n = len(value)
    families = tuple(families or (f"f{k}" for k in range(n)))
    band = np.broadcast_to(np.asarray(tolerance, float), n).copy()
    targets = Targets(
        names=tuple(f"t{k}" for k in range(n)),
        families=families,
        value=value,
        below=band,
        above=band,
        weight=np.array([1.0 / families.count(family) for family in families]) / len(set(families)),
    )
    return dataclasses.replace(targets, **changes)


@dataclasses.dataclass(frozen=True)
class Linear:
    """figures = matrix @ values + noise of the seed, which is the same at every point, + scatter, which is not."""

    matrix: tuple
    noise: float = 0.0
    scatter: float = 0.0
    log: str = ""
    """File to which the process that runs and the seed are written, for tests of what is run."""
    sleep_s: float = 0.0

    def __call__(self, values, seed):
        if self.log:
            with Path(self.log).open("a", encoding="utf-8") as file:
                file.write(f"{seed}\n")
        if self.sleep_s:
            time.sleep(self.sleep_s)
        matrix = np.array(self.matrix)
        shock = normals(make_key(seed, NOISE_STREAM), np.arange(1, len(matrix) + 1, dtype=np.uint64))
        figures = matrix @ values + self.noise * shock
        if self.scatter:
            # any number that changes with the point
            point = round(1e12 * float(values @ np.sqrt(np.arange(2.0, len(values) + 2.0)))) % 2**40
            key = make_key(seed, NOISE_STREAM + 1, point)
            figures += self.scatter * normals(key, np.arange(1, len(matrix) + 1, dtype=np.uint64))
        return figures


def ishigami(values, seed):
    """Function of Ishigami and Homma with a = 7 and b = 0.1, on (-pi, pi)^3; the first figure is the function."""
    x, y, z = values
    return np.array([np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)])


def make_linear(truth, matrix=None, *, noise=0.0, tolerance=0.02, families=None, **simulation):
    """A linear problem whose targets are met exactly at `truth`."""
    truth = np.asarray(truth, float)
    matrix = np.eye(len(truth)) if matrix is None else np.asarray(matrix, float)
    return Problem(
        prior=make_prior(len(truth)),
        targets=make_targets(matrix @ truth, tolerance=tolerance, families=families),
        simulate=Linear(tuple(map(tuple, matrix)), noise, **simulation),
        identity="linear",
    )


SHIPPABLE = ("params.search.b_home", "params.search.b_move", "params.search.b_here")
"""Parameters of the model, so that a scenario can use a fit of them."""
SHIPPABLE_MATRIX = ((1.0, 0.4, 0.0), (0.2, -1.0, 0.0), (0.3, 0.5, 0.0))
"""Figures of these parameters; none depends on the last."""


def make_shippable(matrix=SHIPPABLE_MATRIX, *, tolerance=0.1):
    """A linear problem in parameters of the model: all figures are met at 0.3 and 0.6."""
    linear = make_linear((0.3, 0.6, 0.8), matrix, noise=0.01, tolerance=tolerance)
    return dataclasses.replace(linear, prior=dataclasses.replace(linear.prior, names=SHIPPABLE))
