"""The market model as a problem of calibration: the only place where both are known.

A run of 24 quarters from 2019Q1 is simulated with the parameters asked for, and the figures that the fit may see are
read from its sums. Figures held out are not computed in a problem of a fit, so that no algorithm can look at them;
make_whole_problem computes them too, for the validation of a fit that is there already.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import inspect
import json
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration import moments, periods
from calibration.board import HORIZON_QUARTERS
from calibration.holdout import load_fit_targets, split_by_year
from calibration.moments import Reading, read_moment
from calibration.problem import CalibrationError, Problem, Targets
from calibration.space import Space, load_space
from calibration.targets import Board, Target, load_targets, weigh
from sim.modelhash import hash_model
from sim.run import simulate_moments
from sim.scenario import Scenario, load_scenario
from sim.world.spec import World

FloatArray = NDArray[np.float64]

BASELINE: Final = "baseline"
WITHOUT_FIT: Final = "fit=null"
WORDS: Final = ("question", "expectation", "expects", "sources")
"""What a scenario says of itself, which no run reads."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class MarketRun:
    """simulate(values, seed) of the market model. Holds what to read, not what was read, so that it travels lightly."""

    scale: int
    until: int | None
    """Last year of which figures are seen; None for all."""

    def __call__(self, values: FloatArray, seed: int) -> FloatArray:
        """(target,) simulated figures at (n,) values of the free parameters."""
        scenario, space, figures = _load(self.scale, self.until)
        changed = dataclasses.replace(scenario, params=space.apply(scenario.params, values))
        reading = Reading.of(simulate_moments(changed, seed), changed)
        return np.array([read_moment(reading, figure.moment, figure.args) for figure in figures])


def make_problem(scale: int, until: int | None = None) -> Problem:
    """The problem of fitting the baseline at a scale, to figures of years up to `until`."""
    scenario, space, figures = _load(scale, until)
    return Problem(
        prior=space.prior,
        targets=make_targets(figures),
        simulate=MarketRun(scale=scale, until=until),
        identity=_identify(scenario, figures),
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class WholeRun:
    """simulate(values, seed) of the market model with all figures, held out and fed ones too."""

    scale: int

    def __call__(self, values: FloatArray, seed: int) -> FloatArray:
        """(figure,) simulated values at (n,) values of the free parameters, in the order of targets.yaml."""
        scenario, space, _ = _load(self.scale, None)
        changed = dataclasses.replace(scenario, params=space.apply(scenario.params, values))
        reading = Reading.of(simulate_moments(changed, seed), changed)
        return np.array([read_moment(reading, figure.moment, figure.args) for figure in _load_board().figures])


def make_whole_problem(scale: int) -> Problem:
    """What a validation simulates: every figure of targets.yaml. No search, screening or posterior may be given it."""
    scenario, space, _ = _load(scale, None)
    figures = _load_board().figures
    return Problem(
        prior=space.prior,
        targets=make_targets(figures),
        simulate=WholeRun(scale=scale),
        identity=_identify(scenario, figures),
    )


def load_inputs() -> World:
    """The world that the problems simulate: what a calculation without agents may know."""
    return load_scenario(BASELINE).world


@functools.cache
def _load_board() -> Board:
    return load_targets()


def make_targets(figures: tuple[Target, ...]) -> Targets:
    """Figures as arrays. A bound has no tolerance on the side on which it holds."""
    weight = weigh(figures)
    tolerance = np.array([figure.tolerance for figure in figures])
    return Targets(
        names=tuple(figure.name for figure in figures),
        families=tuple(figure.family for figure in figures),
        value=np.array([figure.value for figure in figures]),
        below=np.where([figure.bound == "high" for figure in figures], np.inf, tolerance),
        above=np.where([figure.bound == "low" for figure in figures], np.inf, tolerance),
        weight=np.array([weight[figure.name] for figure in figures]),
    )


@functools.cache
def _load(scale: int, until: int | None) -> tuple[Scenario, Space, tuple[Target, ...]]:
    # the values before a fit are those without one: the fit that is shipped must not change what a fit begins with
    scenario = load_scenario(BASELINE, (WITHOUT_FIT,), scale=scale, quarters=HORIZON_QUARTERS)
    space = load_space(base=scenario.params)
    figures = load_fit_targets()
    if until is not None:
        figures = split_by_year(figures, until).fit
    if not figures:
        raise CalibrationError(f"no published figure is left up to {until}. Name a later year")
    return scenario, space, figures


def _identify(scenario: Scenario, figures: tuple[Target, ...]) -> str:
    """A word that changes with whatever a simulated figure depends on apart from parameters and seed."""
    reading = [inspect.getsource(module) for module in (moments, periods)]
    asked = [[figure.name, figure.moment, dict(figure.args)] for figure in figures]
    simulated = {key: value for key, value in scenario.resolved.items() if key not in WORDS}
    content = json.dumps([simulated, hash_model(), reading, asked], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]
