"""The posterior: which parameter sets the published figures leave possible, as a weighted ensemble that was simulated.

1 A Latin hypercube over the prior is simulated, and an emulator is fitted to it. Each point has seeds of its own, other
  than in a fit, which compares points: so the noise of seeds averages out over the points, and what is emulated is the
  expected figure, as published figures are of a world of many people.
2 Waves (history matching, Vernon, Goldstein and Bower 2010): the posterior under the emulator is sampled, its points
  are simulated, and the emulator is fitted again to what lies where it matters: of all points so far those that it
  finds likeliest, as many as the design has. Polynomials of the whole prior are coarse, and where a figure bends (a
  ratio that runs over orders of size) they lead away from what matches it.
3 Members are drawn from the posterior under the last emulator and simulated, each with more seeds of its own. Each
  weighs by the likelihood of what emulator and runs say of it together over that under the emulator, from which it was
  drawn; half of the members stay effective (calibration/weighing.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from calibration.budget import Budget
from calibration.emulator import Emulator, fit_emulator
from calibration.likelihood import ErrorModel
from calibration.problem import Problem, Targets, average_seeds, describe_bands, measure_seed_noise
from calibration.runs import Runner
from calibration.sampler import climb, count_effective, sample_points
from calibration.search import sample_latin
from calibration.weighing import combine, weigh_members

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

FEWEST_MEMBERS: Final = 50
MEMBERS_EFFECTIVE: Final = 0.5
"""Share of members that the weights leave effective."""
DESIGN_OFFSET: Final = 300_000
"""Seeds of a design begin so far above those of a fit."""
INTERVAL: Final = 0.9
"""Part of the posterior that an interval holds, as much left out below as above."""
LIKELIHOOD: Final = "log_likelihood"
"""Column of list_members."""
MISFIT_ROUNDS: Final = 40
"""Times at most that the errors of a family grow."""
PROBES: Final = 128
"""Particles that look for the likeliest point."""
CLIMBS: Final = 3
"""Of them the likeliest, from which the likelihood is climbed."""
UNIFORM_SD: Final = 12.0**-0.5
"""Standard deviation of the prior in the unit cube."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Design:
    """Points that were simulated. Arrays are (point, ...)."""

    unit: FloatArray
    figures: FloatArray
    """(point, target) means over seeds."""
    noise: FloatArray
    """(point, target) variance of these means, independent between points; NaN where one seed tells nothing of it."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Belief:
    """The posterior under an emulator."""

    emulator: Emulator
    errors: ErrorModel
    points: FloatArray
    """(particle, n) points of the unit cube, each as likely as the others."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Posterior:
    """The ensemble. Arrays are (member, ...)."""

    unit: FloatArray
    figures: FloatArray
    """(member, target) means over seeds."""
    weight: FloatArray
    """(member,) sum to 1."""
    log_likelihood: FloatArray
    """(member,) up to a constant, of what emulator and runs say together. A weight is this over the emulator's."""
    trust: FloatArray
    """(family,) how far the runs of members correct the emulator: 1 wholly, 0 not at all."""
    belief: Belief
    simulated: Design
    """All points of design and waves, and the members."""

    @property
    def n_effective(self) -> float:
        """Members that the weights leave effective."""
        return count_effective(self.weight)


def run_posterior(problem: Problem, runner: Runner, budget: Budget, seed: int) -> Posterior:
    """Simulate design, waves and ensemble."""
    members = max(FEWEST_MEMBERS, budget.members)
    runner.expect((budget.design + budget.waves * budget.wave_points) * budget.seeds + members * budget.member_seeds)
    design = simulate_design(problem, runner, budget, seed)
    belief = update_belief(problem.targets, design, budget.particles, seed)
    for wave in range(budget.waves):
        design = extend_design(runner, design, spread_points(belief.points, budget.wave_points), budget, seed)
        near = _choose_near(design, belief, budget.design)
        belief = update_belief(problem.targets, near, budget.particles, seed + wave + 1)
    unit = spread_points(belief.points, members)
    seeds = _list_own_seeds(len(design.unit) * budget.seeds, members, budget.member_seeds, seed)
    runs = runner.evaluate(unit, seeds)
    figures, noise = average_seeds(runs), measure_seed_noise(runs)
    simulated = _join(design, Design(unit=unit, figures=figures, noise=noise))
    noise = belief.emulator.scales.measure_noise(figures, noise)
    known = combine(belief.emulator, belief.errors, unit, figures, noise)
    weight, trust = weigh_members(known, MEMBERS_EFFECTIVE)
    likelihood = known.measure_likelihood(trust)
    return Posterior(
        unit=unit, figures=figures, weight=weight, log_likelihood=likelihood, trust=trust, belief=belief,
        simulated=simulated,
    )  # fmt: skip


def simulate_design(problem: Problem, runner: Runner, budget: Budget, seed: int) -> Design:
    """Simulate a Latin hypercube over the prior, each point with seeds of its own."""
    unit = sample_latin(len(problem.prior.names), budget.design, seed)
    runs = runner.evaluate(unit, _list_own_seeds(0, len(unit), budget.seeds, seed))
    return Design(unit=unit, figures=average_seeds(runs), noise=measure_seed_noise(runs))


def extend_design(runner: Runner, design: Design, unit: FloatArray, budget: Budget, seed: int) -> Design:
    """A design with more points."""
    runs = runner.evaluate(unit, _list_own_seeds(len(design.unit) * budget.seeds, len(unit), budget.seeds, seed))
    return _join(design, Design(unit=unit, figures=average_seeds(runs), noise=measure_seed_noise(runs)))


def _choose_near(design: Design, belief: Belief, n: int) -> Design:
    """The `n` points of the design that are likeliest under the belief: parameters decide, not how a run turned out."""
    logs = belief.errors.log_likelihood(belief.emulator.predict(design.unit), belief.emulator.sd)
    near = np.sort(np.argsort(-logs, kind="stable")[:n])
    return Design(unit=design.unit[near], figures=design.figures[near], noise=design.noise[near])


def _join(first: Design, second: Design) -> Design:
    return Design(
        unit=np.concatenate([first.unit, second.unit]),
        figures=np.concatenate([first.figures, second.figures]),
        noise=np.concatenate([first.noise, second.noise]),
    )


def emulate_design(targets: Targets, design: Design) -> Emulator:
    """The emulator of a design."""
    return fit_emulator(design.unit, design.figures, noise=design.noise, tolerance=targets.tolerance)


def _list_own_seeds(taken: int, n: int, n_seeds: int, seed: int) -> NDArray[np.int64]:
    """(point, seed) seeds of `n` points with `n_seeds` each, after so many that a design has taken."""
    return seed + DESIGN_OFFSET + taken + np.arange(n * n_seeds).reshape(n, n_seeds)


def update_belief(
    targets: Targets,
    design: Design,
    n_particles: int,
    seed: int,
    *,
    emulator: Emulator | None = None,
    noise: FloatArray | float = 0.0,
) -> Belief:
    """The posterior under an emulator of a design.

    Args:
        targets: what is published.
        design: what was simulated.
        n_particles: points of the posterior.
        seed: of its draws.
        emulator: of the design, where there is one already.
        noise: (target,) variance of the published figures from seeds on the scales of the emulator, if they are
            simulated themselves.
    """
    emulator = emulator or emulate_design(targets, design)
    chance = ErrorModel.of(targets, np.broadcast_to(noise, len(targets.names)), emulator.scales)
    errors = _find_misfit(chance, emulator, min(PROBES, n_particles), seed)
    return Belief(emulator=emulator, errors=errors, points=_sample_belief(emulator, errors, n_particles, seed))


def _find_misfit(chance: ErrorModel, emulator: Emulator, n_particles: int, seed: int) -> ErrorModel:
    """`chance`, the errors without misfit, with the misfit of each family that chance does not explain.

    One family after another, the farthest first: others may only have given way to it.
    """
    errors = chance
    for _ in range(MISFIT_ROUNDS):
        wider = errors.admit_misfit(_emulate_likeliest(emulator, errors, n_particles, seed), emulator.sd)
        if wider is errors:
            break
        errors = wider
    return errors


def _emulate_likeliest(emulator: Emulator, errors: ErrorModel, n_particles: int, seed: int) -> FloatArray:
    """(target,) figures at the likeliest point: in many dimensions each particle lies well below it."""

    def log_likelihood(unit: FloatArray) -> FloatArray:
        return errors.log_likelihood(emulator.predict(unit), emulator.sd)

    points = _sample_belief(emulator, errors, n_particles, seed)
    best = points[np.argsort(log_likelihood(points), kind="stable")[-CLIMBS:]]
    tops = np.array([climb(log_likelihood, point) for point in best])
    return np.asarray(emulator.predict(tops)[np.argmax(log_likelihood(tops))], np.float64)


def _sample_belief(emulator: Emulator, errors: ErrorModel, n_particles: int, seed: int) -> FloatArray:
    def log_likelihood(unit: FloatArray) -> FloatArray:
        return errors.log_likelihood(emulator.predict(unit), emulator.sd)

    return sample_points(log_likelihood, emulator.n, n_particles, seed)


def spread_points(points: FloatArray, n: int) -> FloatArray:
    """(n, ...) of the points, evenly over their order; a point may come twice where there are fewer than n."""
    return np.asarray(points[np.arange(n) * len(points) // n], np.float64)


def find_quantiles(unit: FloatArray, weight: FloatArray, shares: Sequence[float]) -> FloatArray:
    """(share, n) weighted quantiles of (point, n) points."""
    found = np.empty((len(shares), unit.shape[1]))
    for k in range(unit.shape[1]):
        order = np.argsort(unit[:, k], kind="stable")
        middle = np.cumsum(weight[order]) - 0.5 * weight[order]
        found[:, k] = np.interp(shares, middle, unit[order, k])
    return found


def list_members(problem: Problem, posterior: Posterior) -> DataFrame:
    """One row for each member: its weight, the logarithm of its likelihood, and the values of its parameters."""
    import pandas as pd

    prior = problem.prior
    frame = pd.DataFrame(prior.to_values(posterior.unit), columns=list(prior.names))
    frame.insert(0, LIKELIHOOD, posterior.log_likelihood)
    frame.insert(0, "weight", posterior.weight)
    return frame


def list_simulated(problem: Problem, design: Design) -> DataFrame:
    """One row for each point: parameters in the unit cube, then the figures simulated there."""
    import pandas as pd

    columns = [*problem.prior.names, *problem.targets.names]
    return pd.DataFrame(np.hstack([design.unit, design.figures]), columns=columns)


def describe_trust(problem: Problem, posterior: Posterior) -> dict[str, float]:
    """By family, how far the runs of members correct the emulator."""
    return dict(zip(problem.targets.family_names, posterior.trust.tolist(), strict=True))


def summarise_params(problem: Problem, posterior: Posterior) -> DataFrame:
    """One row for each parameter, the narrowest first: prior, value before, median, 90 % interval, sd over prior sd."""
    import pandas as pd

    prior, tail = problem.prior, 0.5 * (1.0 - INTERVAL)
    low, middle, high = prior.to_values(find_quantiles(posterior.unit, posterior.weight, (tail, 0.5, 1.0 - tail)))
    mean = posterior.weight @ posterior.unit
    sd = np.sqrt(posterior.weight @ np.square(posterior.unit - mean))
    frame = pd.DataFrame({
        "parameter": prior.names,
        "prior_low": prior.low,
        "prior_high": prior.high,
        "before": prior.start,
        "low": low,
        "median": middle,
        "high": high,
        "sd_ratio": sd / UNIFORM_SD,
    })  # fmt: skip
    return frame.sort_values("sd_ratio", ignore_index=True, kind="stable")


def summarise_bands(problem: Problem, posterior: Posterior) -> DataFrame:
    """One row for each target, misses first: published, its band, median and 90 % band of members, weight inside."""
    import pandas as pd

    targets, tail = problem.targets, 0.5 * (1.0 - INTERVAL)
    known = np.isfinite(posterior.figures)
    shares, ends = (tail, 0.5, 1.0 - tail), np.full((3, len(targets.names)), np.nan)
    for k in np.flatnonzero(known.any(axis=0)):
        at = known[:, k]
        weight = posterior.weight[at] / posterior.weight[at].sum()
        ends[:, k] = find_quantiles(posterior.figures[at, k : k + 1], weight, shares)[:, 0]
    low, middle, high = ends
    inside = (posterior.figures >= targets.value - targets.below) & (posterior.figures <= targets.value + targets.above)
    frame = pd.DataFrame({
        **describe_bands(targets),
        "low": low,
        "median": middle,
        "high": high,
        "inside": posterior.weight @ inside,
        "misfit": posterior.belief.errors.misfit,
        "trust": posterior.trust @ targets.members,
    })  # fmt: skip
    return frame.sort_values(["inside", "target"], ignore_index=True)
