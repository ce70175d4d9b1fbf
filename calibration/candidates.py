"""Points that a fit may ship: they keep values that are not identified; the loss decides, then the ensemble.

Point search and posterior look for different things: one for the least loss, which is partly luck, the other for what
the figures leave likely under errors that it knows. Either may be the better point once some parameters are back at
their values before the fit, and the same seeds tell. So these are compared, each with the parameters that recovery does
not identify at their value before the fit:

found     what the fit found;
again     where emulators expect the least loss of the others, with those values kept, once they have learned from all
          that the fit tried and from as many points among those with the values kept as its last step tried;
median    the weighted medians of the ensemble;
member    the likeliest member by emulator and runs together. (The weightiest is another one: a weight is that
          likelihood over the emulator's, by which members were drawn.)

The seeds that compare them are those that chose among the finalists of the fit, so that the least of the losses is
partly luck: what the point is worth is measured with fresh ones. Differences between candidates are paired, as all have
the same seeds; their standard errors are those of the jackknife over seeds (Efron and Tibshirani 1993, chapter 11),

    se^2 = (n - 1) / n * sum over seeds k of (d_(k) - mean d)^2,    d_(k) the difference without seed k.

Within one standard error of the least loss the seeds cannot tell. Of those the one is shipped that lies outside the
90 % interval of the ensemble in the fewest parameters, then the one of less loss: the rule of one standard error
(Breiman, Friedman, Olshen and Stone 1984, section 3.4.3), with agreement with the ensemble in the place of simplicity.
Left out: that a loss, bent in the figures, is higher by their noise; with 100 seeds it is small, and much the same
everywhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from calibration.posterior import LIKELIHOOD, find_quantiles
from calibration.problem import Problem, Targets, average_seeds, measure_loss
from calibration.propose import propose_points
from calibration.runs import Runner
from calibration.search import BATCHES, search_on

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Points by name, simulated with the same seeds."""

    losses: dict[str, float]
    figures: dict[str, FloatArray]
    """(target,) means over the seeds."""
    left_out: dict[str, FloatArray]
    """(seed,) losses without one of the seeds each."""

    @property
    def best(self) -> str:
        """The name of the point of least loss, the first of several."""
        return min(self.losses, key=lambda name: self.losses[name])

    def find_error(self, name: str, other: str | None = None) -> float:
        """Standard error of the loss of a point, or of its difference to that of another one; 0 with one seed."""
        values = self.left_out[name] - (0.0 if other is None else self.left_out[other])
        return float(np.sqrt((len(values) - 1) * np.mean(np.square(values - values.mean()))))

    def list_close(self) -> list[str]:
        """The best, and the points whose loss lies within one standard error of the difference to it."""
        least = self.losses[self.best]
        return [name for name, loss in self.losses.items() if loss - least <= self.find_error(name, self.best)]


def choose_point(measured: Measured, outside: Mapping[str, Sequence[str]]) -> str:
    """Name of the point to ship, of those that the seeds cannot tell from the best.

    `outside` are by point the parameters that lie outside the interval of the ensemble.
    """
    return min(measured.list_close(), key=lambda name: (len(outside[name]), measured.losses[name]))


def measure_points(
    problem: Problem, runner: Runner, points: Mapping[str, FloatArray], seeds: Sequence[int]
) -> Measured:
    """Simulate (parameter,) points of the unit cube with each of the seeds."""
    runs = runner.evaluate(np.array(list(points.values())), seeds)
    figures = average_seeds(runs)
    losses = measure_loss(problem.targets, figures).tolist()
    left_out = leave_out(problem.targets, runs).T
    return Measured(
        losses=dict(zip(points, losses, strict=True)),
        figures=dict(zip(points, figures, strict=True)),
        left_out=dict(zip(points, left_out, strict=True)),
    )


def leave_out(targets: Targets, runs: FloatArray) -> FloatArray:
    """(seed, point) losses of (point, seed, target) runs without one of the seeds each; zeros with one seed."""
    n = runs.shape[1]
    if n == 1:
        return np.zeros((1, len(runs)))
    return np.array([measure_loss(targets, average_seeds(np.delete(runs, k, axis=1))) for k in range(n)])


def list_candidates(
    problem: Problem,
    runner: Runner,
    fit: Mapping[str, Any],
    searched: DataFrame,
    members: DataFrame,
    kept: NDArray[np.bool_],
) -> dict[str, FloatArray]:
    """(parameter,) points of the unit cube by name, what the fit found first.

    Args:
        problem: what was fitted.
        runner: simulates what is searched again.
        fit: what the fit found, as describe_found gives it, with its seed and budget.
        searched: points and figures that the fit tried, as list_searched gives them.
        members: the ensemble, as list_members gives it.
        kept: (parameter,) whether a parameter keeps its value before the fit.
    """
    prior = problem.prior
    unit = prior.to_unit(members[list(prior.names)].to_numpy()).clip(0.0, 1.0)
    weight = members["weight"].to_numpy()
    points = {
        "found": np.array(fit["unit"], np.float64),
        "median": find_quantiles(unit, weight, (0.5,))[0],
        "member": unit[np.argmax(members[LIKELIHOOD].to_numpy())],
    }
    if kept.any() and not kept.all():
        points["again"] = search_again(problem, runner, fit, searched, kept)
    return {name: np.where(kept, prior.start_unit, point) for name, point in points.items()}


def search_again(
    problem: Problem, runner: Runner, fit: Mapping[str, Any], searched: DataFrame, kept: NDArray[np.bool_]
) -> FloatArray:
    """(parameter,) point where the least loss is expected of those with some values kept; see list_candidates."""
    seeds, n_points, seed = fit["search_seeds"], int(fit["budget"]["further"]), int(fit["seed"])

    def evaluate(points: FloatArray) -> tuple[FloatArray, FloatArray]:
        figures = average_seeds(runner.evaluate(points, seeds))
        return measure_loss(problem.targets, figures), figures

    runner.expect(n_points * len(seeds))
    tried = searched[list(problem.prior.names)].to_numpy(), searched[list(problem.targets.names)].to_numpy()
    held = np.where(kept, problem.prior.start_unit, np.nan)
    unit, figures = search_on(problem, evaluate, *tried, n_points, seed, held)
    return propose_points(problem, unit, figures, 1, seed, BATCHES + 1, held)[0]


def keep_params(problem: Problem, unidentified: NDArray[np.bool_], params: DataFrame) -> NDArray[np.bool_]:
    """(parameter,) which of those not identified keep their value before the fit: those whose ensemble has it.

    A verdict is about truths from the whole prior; that the published figures exclude a value is about this one. A
    point that the ensemble says is unlikely is no one's best guess. `params` are as summarise_params gives them.
    """
    excluded = list_outside(problem, problem.prior.start_unit, params)
    return unidentified & np.array([name not in excluded for name in problem.prior.names])


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
