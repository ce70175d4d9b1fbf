"""Under which conditions a choice fails: scenario discovery with the patient rule induction method (PRIM).

A case is one run of a choice; its features are the future and the keys that happen. PRIM (Friedman and Fisher 1999)
peels off thin slices of the space of features, each time the one whose loss makes failures densest, and so leaves a
box: ranges of few features. Coverage is the share of all failures inside, density the share of failures among the
cases inside (Bryant and Lempert 2010). The peeling is that of the EMA Workbench. Of each of its boxes only those sides
stay that are worth it: without the side, as dense a box would come about by chance in less than QUASI_P (binomial,
one-sided). Of what is left, the box with the highest harmonic mean of coverage and density is taken.
PRIM finds boxes in noise too. So the same search is repeated with failures dealt to other states at random, all
repetitions of a state together; a box is told only where it beats all N_SHUFFLED of those: by chance that happens in 1
of N_SHUFFLED + 1. Coverage and density are those of the cases that the box was found in, and somewhat too good.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import logging
import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.means import order_cases
from sim.errors import TalentsimError

if TYPE_CHECKING:
    from pandas import DataFrame

BoolArray = NDArray[np.bool_]

QUASI_P: Final = 0.05
N_SHUFFLED: Final = 19
FEWEST_CASES: Final = 40
FEWEST_FAILURES: Final = 10
"""Failures, and successes too, below which nothing is looked for: a box could not be told from chance."""
FEWEST_STATES: Final = 8
"""States below which there is nothing to look for: every future can be looked at by itself."""
PEEL_SHARE: Final = 0.05
SMALLEST_BOX: Final = 0.05
"""Share of cases."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Side:
    """One restriction of a box."""

    key: str
    low: float = -math.inf
    high: float = math.inf
    among: tuple[str, ...] = ()
    """For features without an order: those inside."""
    quasi_p: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class Box:
    """Where failures are dense."""

    sides: tuple[Side, ...]
    coverage: float
    density: float
    mass: float
    """Share of cases inside."""
    base: float
    """Share of failures among all cases."""
    cases: int


def discover_box(
    features: DataFrame, fails: BoolArray, *, seed: int = 1, on_search: Callable[[int, int], None] | None = None
) -> Box | None:
    """Find the box of conditions under which a choice fails.

    Args:
        features: One row a state; numbers are ranges, anything else is taken by value.
        fails: (state, repetition) whether the run fails.
        seed: Of the random dealing.
        on_search: Called after each search with (searches done, searches in all).

    Returns:
        The box, or None where there is none that beats chance, or too few cases, failures or successes to tell.

    Raises:
        TalentsimError: If the package is missing.
    """
    need_workbench()
    n_fails = int(fails.sum())
    if fails.size < FEWEST_CASES or min(n_fails, fails.size - n_fails) < FEWEST_FAILURES:
        return None
    usable = features.loc[:, features.nunique().to_numpy() > 1]
    if usable.empty:
        return None
    found = _search(usable, fails)
    if found is None:
        return None
    for number in range(N_SHUFFLED):
        dealt = _search(usable, fails[order_cases(len(fails), seed, number)])
        if on_search is not None:
            on_search(number + 1, N_SHUFFLED)
        if dealt is not None and _score(dealt) >= _score(found):
            return None
    return found


def need_workbench() -> None:
    """Refuse to go on without the EMA Workbench. Raises TalentsimError."""
    if importlib.util.find_spec("ema_workbench") is None:
        raise TalentsimError("scenario discovery needs ema_workbench. Install it: pip install 'talentsim[robust]'")


def _score(box: Box) -> float:
    """Harmonic mean of coverage and density."""
    return 2 * box.coverage * box.density / (box.coverage + box.density) if box.coverage else 0.0


def _search(features: DataFrame, fails: BoolArray) -> Box | None:
    """The best box on the way of one peeling, whatever chance could do; None where nothing is peeled."""
    n_states, n_repetitions = fails.shape
    names = {f"x{number}": str(name) for number, name in enumerate(features.columns)}
    cases = features.iloc[np.repeat(np.arange(n_states), n_repetitions)].reset_index(drop=True)
    cases.columns = list(names)
    numeric = {name: cases[name].dtype.kind in "iuf" for name in names}
    for name, is_number in numeric.items():
        cases[name] = cases[name].astype("float64") if is_number else cases[name].astype(str).astype(object)
    way = _peel(cases.copy(), fails.ravel())
    best: Box | None = None
    for limits, worth in zip(way.box_lims[1:], way.qp[1:], strict=True):
        sides = [
            (name, side)
            for name in worth
            for side in _read_sides(names[name], limits[name], worth[name], is_number=numeric[name])
            if side.quasi_p < QUASI_P
        ]
        if sides:
            box = _measure_box(cases, fails.ravel(), sides)
            best = box if best is None or _score(box) > _score(best) else best
    return best


def _measure_box(cases: DataFrame, fails: BoolArray, sides: list[tuple[str, Side]]) -> Box:
    """The box that `sides`, each with its column, restrict."""
    inside = np.ones(len(cases), bool)
    for name, side in sides:
        column = cases[name].to_numpy()
        inside &= np.isin(column, side.among) if side.among else (column >= side.low) & (column <= side.high)
    caught = float((inside & fails).sum())
    return Box(
        sides=tuple(side for _, side in sides),
        coverage=caught / float(fails.sum()),
        density=caught / max(1.0, float(inside.sum())),
        mass=float(inside.mean()),
        base=float(fails.mean()),
        cases=fails.size,
    )


def _peel(cases: DataFrame, fails: BoolArray) -> Any:
    """All boxes on the way of one peeling and pasting."""
    with warnings.catch_warnings():
        # the package asks pandas for what it will stop to offer, and says what else it could import
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        logging.getLogger("EMA").setLevel(logging.ERROR)
        search = prim.Prim(cases, fails, threshold=1e-9, peel_alpha=PEEL_SHARE, mass_min=SMALLEST_BOX)
        return search.find_box()


def _read_sides(key: str, limits: Any, worth: list[float], *, is_number: bool) -> list[Side]:
    """Restrictions of one feature; of a range, each end that is restricted is one, with its own worth."""
    if not is_number:
        return [Side(key=key, among=tuple(sorted(limits.iloc[0])), quasi_p=float(worth[0]))]
    low, high = (float(limits.iloc[end]) if worth[end] >= 0 else None for end in (0, 1))
    sides = []
    if low is not None:
        sides.append(Side(key=key, low=low, quasi_p=float(worth[0])))
    if high is not None:
        sides.append(Side(key=key, high=high, quasi_p=float(worth[1])))
    return sides
