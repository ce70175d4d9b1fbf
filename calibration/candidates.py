"""Points that a fit may ship: within the ensemble, with values that are not identified kept; loss and count decide.

Point search and posterior look for different things: one for the least loss, which is partly luck, the other for what
the figures leave likely under errors that it knows. The ensemble bounds the point: each parameter lies in its 90 %
interval, so that point and ensemble contradict each other in no single one. Within it a parameter that recovery does
not identify keeps its value before the fit. Where the interval excludes that value the published figures do speak about
it, whatever they say of truths elsewhere in the prior, and it is free like the others; so is a value that costs too
much to keep (calibration/release.py). Of the points that remain these are compared:

found     what the fit found, drawn into these bounds;
again     where emulators expect the least loss, once they have learned from what the posterior simulated where it
          matters and from AGAIN_TIMES as many points in these bounds as the last step of the fit tried;
median    the weighted medians of the ensemble;
member    the likeliest member by emulator and runs together. (The weightiest is another one: a weight is that
          likelihood over the emulator's, by which members were drawn.)
last      the point of an earlier fit, where this one begins from it: a rule or an input that changes a little moves the
          best point a little, and what earlier searches have found need not be found anew;
onward    where emulators of points near that one, half of them in a cloud around it, expect the least loss.

The two searches, `again` and `onward`, also count figures outside (OUTSIDE).
The points of a search share their seeds, and what it finds is in part best for these. What is searched again learns
from points with seeds of their own, so that their noise averages out.

The seeds that compare them are those that chose among the finalists of the fit, so that the least of the losses is
partly luck: what the point is worth is measured with fresh ones. Differences between candidates are paired, as all have
the same seeds; their standard errors are those of the jackknife over seeds (Efron and Tibshirani 1993, chapter 11),

    se^2 = (n - 1) / n * sum over seeds k of (d_(k) - mean d)^2,    d_(k) the difference without seed k.

Candidates within one standard error of the best are named. The seeds cannot tell them from it, so that the number of
figures inside their tolerance decides among them.
Left out: that a loss, bent in the figures, is higher by their noise; with 100 seeds it is small, and much the same
everywhere; and that the point of an earlier fit of the same seed was chosen with these very seeds, so that it is in
part best for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.draws import CANDIDATE_NEAR, draw_normals
from calibration.emulator import FEWEST_POINTS
from calibration.posterior import LIKELIHOOD, find_quantiles
from calibration.problem import Problem, Targets, average_seeds, count_inside, measure_loss
from calibration.propose import propose_points
from calibration.release import release_values
from calibration.runs import Runner
from calibration.search import BATCHES, Evaluate, search_on
from calibration.space import is_outside

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

OUTSIDE: Final = 0.5
"""What the searches here add to the loss for the share of figures outside: two figures weigh about as much as one
standard error of a loss. The least loss alone leaves many figures a little outside, where they cost next to nothing."""
AGAIN_OFFSET: Final = 600_000
"""Seeds of what is searched again begin so far above those of the fit."""
AGAIN_TIMES: Final = 4
"""Points that are searched again for each one that the last step of the fit tried."""
ONWARD_OFFSET: Final = 700_000
"""Seeds of what is searched onward from an earlier fit begin so far above those of the fit."""
ONWARD_TIMES: Final = 2
"""Points that are searched onward for each one that the last step of the fit tried."""
ONWARD_STEP: Final = 0.1
"""Standard deviation of the cloud around an earlier fit, in widths of the cube; the search stays within twice it."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Measured:
    """Points by name, simulated with the same seeds."""

    losses: dict[str, float]
    figures: dict[str, FloatArray]
    """(target,) means over the seeds."""
    inside: dict[str, int]
    """How many figures lie inside their tolerance."""
    left_out: dict[str, FloatArray]
    """(seed,) losses without one of the seeds each."""

    @property
    def best(self) -> str:
        """The name of the point of least loss, the first of several."""
        return min(self.losses, key=lambda name: self.losses[name])

    @property
    def chosen(self) -> str:
        """Of the points that the seeds cannot tell from the best, that with most figures inside; then of least loss."""
        return min(self.list_close(), key=lambda name: (-self.inside[name], self.losses[name]))

    def find_error(self, name: str, other: str | None = None) -> float:
        """Standard error of the loss of a point, or of its difference to that of another one; 0 with one seed."""
        values = self.left_out[name] - (0.0 if other is None else self.left_out[other])
        return float(np.sqrt((len(values) - 1) * np.mean(np.square(values - values.mean()))))

    def list_close(self) -> list[str]:
        """The best, and the points whose loss lies within one standard error of the difference to it."""
        least = self.losses[self.best]
        return [name for name, loss in self.losses.items() if loss - least <= self.find_error(name, self.best)]


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
        inside=dict(zip(points, count_inside(problem.targets, figures).tolist(), strict=True)),
        left_out=dict(zip(points, left_out, strict=True)),
    )


def leave_out(targets: Targets, runs: FloatArray) -> FloatArray:
    """(seed, point) losses of (point, seed, target) runs without one of the seeds each; zeros with one seed."""
    n = runs.shape[1]
    if n == 1:
        return np.zeros((1, len(runs)))
    return np.array([measure_loss(targets, average_seeds(np.delete(runs, k, axis=1))) for k in range(n)])


def describe_losses(compared: Measured, measured: Measured) -> dict[str, Any]:
    """Losses of the candidates, and those `measured` with fresh seeds, with standard errors, as a manifest has them."""
    return {
        "loss": measured.losses,
        "loss_errors": {name: measured.find_error(name) for name in measured.losses},
        "candidates": compared.losses,
        "candidates_inside": compared.inside,
        "differences": {name: compared.find_error(name, compared.best) for name in compared.losses},
        "close": compared.list_close(),
    }


def list_candidates(
    problem: Problem,
    runner: Runner,
    fit: Mapping[str, Any],
    simulated: DataFrame,
    members: DataFrame,
    box: FloatArray,
    last: FloatArray | None = None,
) -> dict[str, FloatArray]:
    """(parameter,) points of the unit cube by name, what the fit found first.

    Args:
        problem: what was fitted.
        runner: simulates what is searched again.
        fit: what the fit found, as describe_found gives it, with its seed and budget.
        simulated: points and figures of the posterior where it matters, as list_simulated gives them.
        members: the ensemble, as list_members gives it.
        box: (parameter, 2) bounds, as bound_points gives them.
        last: (parameter,) point of an earlier fit, where this one begins from it.
    """
    unit = problem.prior.to_unit(members[list(problem.prior.names)].to_numpy())
    weight = members["weight"].to_numpy()
    points = {
        "found": np.array(fit["unit"], np.float64),
        "median": find_quantiles(unit, weight, (0.5,))[0],
        "member": unit[np.argmax(members[LIKELIHOOD].to_numpy())],
    }
    free = bool((box[:, 0] < box[:, 1]).any())
    counting = dataclasses.replace(problem, targets=dataclasses.replace(problem.targets, outside=OUTSIDE))
    if free:
        points["again"] = _search_again(counting, runner, fit, simulated, box)
    if last is not None:
        points["last"] = last
        if free:
            points["onward"] = _search_onward(counting, runner, fit, np.clip(last, *box.T), box)
    return {name: np.clip(point, *box.T) for name, point in points.items()}


def _search_again(
    problem: Problem, runner: Runner, fit: Mapping[str, Any], simulated: DataFrame, box: FloatArray
) -> FloatArray:
    """(parameter,) point of the box where the least loss is expected; see list_candidates."""
    seed, n_points = int(fit["seed"]), AGAIN_TIMES * int(fit["budget"]["further"])
    evaluate = _give_own_seeds(problem, runner, fit, n_points, AGAIN_OFFSET)
    known = simulated[list(problem.prior.names)].to_numpy(), simulated[list(problem.targets.names)].to_numpy()
    known = search_on(problem, evaluate, *known, n_points, seed, box)
    return np.asarray(propose_points(problem, *known, 1, seed, BATCHES + 1, box)[0], np.float64)


def _search_onward(
    problem: Problem, runner: Runner, fit: Mapping[str, Any], start: FloatArray, box: FloatArray
) -> FloatArray:
    """(parameter,) point near the start, within the box, where the least loss is expected."""
    seed, n_points = int(fit["seed"]) + ONWARD_OFFSET, max(FEWEST_POINTS, ONWARD_TIMES * int(fit["budget"]["further"]))
    evaluate = _give_own_seeds(problem, runner, fit, n_points, ONWARD_OFFSET)
    reach = 2.0 * ONWARD_STEP
    near = np.clip(box, (start - reach)[:, None], (start + reach)[:, None])
    n_first = max(FEWEST_POINTS, n_points // 2)
    cloud = start + ONWARD_STEP * draw_normals(seed, CANDIDATE_NEAR, (n_first, len(start)), 0)
    cloud = np.clip(cloud, *near.T)
    known = search_on(problem, evaluate, cloud, evaluate(cloud)[1], n_points - n_first, seed, near)
    return np.asarray(propose_points(problem, *known, 1, seed, BATCHES + 1, near)[0], np.float64)


def _give_own_seeds(problem: Problem, runner: Runner, fit: Mapping[str, Any], n_points: int, offset: int) -> Evaluate:
    """What a search of so many points evaluates: each point with seeds of its own, from `offset` above the fit's on."""
    seed, n_seeds = int(fit["seed"]) + offset, int(fit["budget"]["seeds"])
    runner.expect(n_points * n_seeds)
    own_seeds = iter(seed + np.arange(n_points * n_seeds).reshape(n_points, n_seeds))

    def evaluate(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
        figures = average_seeds(runner.evaluate(unit, np.array([next(own_seeds) for _ in unit])))
        return measure_loss(problem.targets, figures), figures

    return evaluate


def bound_points(
    problem: Problem,
    unidentified: NDArray[np.bool_],
    params: DataFrame,
    simulated: DataFrame,
    seed: int,
    freed: Collection[str] = (),
) -> tuple[FloatArray, list[str]]:
    """(parameter, 2) bounds of points to ship, in the unit cube, and the names of those free though not identified.

    Args:
        problem: what was fitted.
        unidentified: (parameter,) whether recovery does not identify it.
        params: the ensemble, as summarise_params gives it.
        simulated: points and figures of the posterior where it matters, as list_simulated gives them.
        seed: of the searches that look for values too dear to keep.
        freed: names of parameters that an earlier fit freed, where this one begins from it.
    """
    prior = problem.prior
    ends = params.set_index("parameter").loc[list(prior.names), ["low", "high"]].to_numpy(np.float64)
    wide = prior.to_unit(ends.T).clip(0.0, 1.0).T
    free = {*list_outside(problem, prior.start_unit, params), *freed}
    held = unidentified & np.array([name not in free for name in prior.names])
    box, dear = release_values(problem, np.where(held[:, None], prior.start_unit[:, None], wide), wide, simulated, seed)
    moved = {name for name, one in zip(prior.names, unidentified & ~held, strict=True) if one}.union(dear)
    return box, [name for name in prior.names if name in moved]


def list_outside(problem: Problem, unit: FloatArray, params: DataFrame) -> list[str]:
    """Parameters whose value at a (parameter,) point lies outside the 90 % interval of the ensemble.

    `params` are as summarise_params gives them.
    """
    values = dict(zip(problem.prior.names, problem.prior.to_values(unit).tolist(), strict=True))
    return [
        str(row["parameter"])
        for row in params.to_dict("records")
        if is_outside(values[str(row["parameter"])], row["low"], row["high"])
    ]
