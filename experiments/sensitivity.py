"""Sensitivity of an outcome to what is varied: which runs tell it, and what they tell.

Three methods (sim/indices.py has the first two):
- `morris`: paths through the ranges that change one key at a time. mu_star is the mean absolute effect of the whole
  range of a key, mu the mean effect, sigma their spread (curvature, interaction), signal the root mean square of the
  effects less the noise of the seeds.
- `sobol`: shares of the variance over the ranges that a key explains alone (first) and together with others (total).
- `oat`, one at a time: each key at both ends of its range, all others where the scenario has them; the difference from
  the scenario as it is, paired by seed, with its 95 % interval. Blind to interactions and to what happens between.
All points share their seeds, so that little of what differs between them is chance; `noise` says how much of the
variance between points is, by what points and seeds do together: s^2 / S over the variance of means over S seeds.
Intervals of morris and sobol are bootstrapped over paths or points at 95 %; no two paths have the same points, and
fewer than four have no interval.
Left out: interactions of two keys by name, and inputs that depend on each other.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from experiments.points import Point, Range
from experiments.table import PAIR_COLUMNS, TableError, select_outcome
from sim.errors import TalentsimError
from sim.estimate import CONFIDENCE, bound_mean
from sim.indices import (
    measure_effects,
    measure_morris,
    measure_signal,
    measure_sobol,
    need_salib,
    sample_distinct,
    sample_sobol,
)

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]
Method = Literal["morris", "sobol", "oat"]
METHODS: Final[tuple[Method, ...]] = ("morris", "sobol", "oat")
RANK_BY: Final[dict[Method, str]] = {"morris": "mu_star", "sobol": "total", "oat": "swing"}
"""Column by which the keys of a result are ranked."""
FEWEST_PATHS: Final = 4
"""Paths of `morris` below which a bootstrap has too few to choose from for an interval."""


class SensitivityError(TalentsimError):
    """What is asked for cannot be told."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Design:
    """The points at which runs tell the sensitivity."""

    method: Method
    keys: tuple[str, ...]
    points: tuple[Point, ...]
    unit: FloatArray
    """(point, key) places within the ranges; empty for `oat`."""
    draw: int
    """Seed of the points and of the bootstrap."""


def make_design(
    ranges: dict[str, Range], method: Method, *, n: int, start: Point | None = None, draw: int = 1
) -> Design:
    """Choose the points.

    Args:
        ranges: Range of each key that is varied.
        method: One of METHODS.
        n: Paths of `morris`, (keys + 1) points each; base points of `sobol`, a power of 2, (keys + 2) points each.
        start: For `oat`: value of each key in the scenario as it is.
        draw: Seed of the points.

    Raises:
        SensitivityError: If `n` is no size for the method, or nothing varies.
        TalentsimError: If SALib is missing.
    """
    if not ranges:
        raise SensitivityError("nothing is varied. Give `vary` in the file, or --vary KEY=LOW:HIGH")
    if method == "oat":
        return Design(method=method, keys=tuple(ranges), points=_step(ranges, start or {}), unit=np.zeros(0), draw=draw)
    need_salib()
    if method == "morris" and n < 2:
        raise SensitivityError(f"{n} path tells no spread. Take --n 4 or more")
    if method == "sobol" and (n < 2 or n & (n - 1)):
        raise SensitivityError(f"{n} base points are out of balance. Take a power of 2, such as --n 64")
    sample = sample_distinct if method == "morris" else sample_sobol
    unit = sample(len(ranges), n, draw)
    places = list(ranges.items())
    points = tuple({key: own.place(float(at)) for (key, own), at in zip(places, row, strict=True)} for row in unit)
    return Design(method=method, keys=tuple(ranges), points=points, unit=unit, draw=draw)


def measure_sensitivity(
    design: Design,
    table: DataFrame,
    outcome: str,
    *,
    group: str = "all",
    city: str | None = None,
    against: str | None = None,
) -> DataFrame:
    """Tell from the runs of a design how much each key moves an outcome.

    Args:
        design: The points; `design` of the table counts them from 0.
        table: Tidy table of the runs (see experiments/table.py).
        outcome: Name as of sim.outcomes.
        group: Group within the outcome.
        city: Place; may be left out where the table knows one only.
        against: Policy whose outcome is taken off those of the others, run by run: what moves the effect.

    Returns:
        One row for each policy, future and key, those that move most first: `policy`, `future`, `key`, `unit`, then
        for morris `mu`, `mu_star` with `low` and `high`, `sigma`, `signal`; for sobol `first` with `first_low` and
        `first_high`, `total` likewise; for oat `start`, `low_value`, `high_value`, the differences `at_low` and
        `at_high` with `_low` and `_high`, `swing`; in all of them `noise` and the number of `seeds`.

    Raises:
        TableError: If runs are missing, or have no such outcome.
    """
    import pandas as pd

    rows = select_outcome(table, outcome, group=group, city=city)
    unit, parts = str(rows["unit"].iloc[0]), []
    for policy, future, values, spread in _list_values(rows, len(design.points), against):
        part = _MEASURES[design.method](design, values, spread=spread)
        part = part.sort_values(RANK_BY[design.method], ascending=False, kind="stable")
        parts.append(part.assign(noise=_measure_noise(values), seeds=values.shape[1]))
        for place, (name, value) in enumerate({"policy": policy, "future": future}.items()):
            parts[-1].insert(place, name, value)
        parts[-1].insert(3, "unit", unit)
    return pd.concat(parts, ignore_index=True)


def _step(ranges: dict[str, Range], start: Point) -> tuple[Point, ...]:
    """The start, then for each key its lower and its upper end."""
    missing = [key for key in ranges if key not in start]
    if missing:
        raise SensitivityError(f"{missing[0]} has no number in the scenario to start from. Take --method morris")
    ends = [{**start, key: end} for key, own in ranges.items() for end in (own.place(0.0), own.place(1.0))]
    return ({key: start[key] for key in ranges}, *ends)


def _list_values(rows: DataFrame, n_points: int, against: str | None) -> Iterator[tuple[str, str, FloatArray, bool]]:
    """Policy, future, values (point, pair), and whether pairs have parameter sets of their own."""
    if against is not None:
        known = sorted(map(str, rows["policy"].unique()))
        if against not in known or len(known) < 2:
            raise TableError(f"the runs have the policies {', '.join(known)}. Hold others against one of them")
        pair = list(PAIR_COLUMNS)
        base = rows[rows["policy"] == against].set_index(pair)["value"]
        others = rows[rows["policy"] != against]
        rows = others.assign(value=others["value"].to_numpy() - base.reindex(others.set_index(pair).index).to_numpy())
    for (policy, future), part in rows.groupby(["policy", "future"], sort=False):
        wide = part.pivot_table(index="design", columns=["member", "seed"], values="value", dropna=False)
        # pairs of other policies, and members with the seeds of others, are no runs of this one
        wide = wide.reindex(range(n_points)).dropna(axis="columns", how="all")
        missing = wide.isna().any(axis=1) if len(wide.columns) else wide.index >= 0
        if missing.any():
            design = int(wide.index[missing][0])
            raise TableError(
                f"{policy} tells nothing at point {design}. Finish the runs; an outcome that nobody counts "
                "in some runs takes larger ones, or more quarters"
            )
        yield str(policy), str(future), wide.to_numpy(float), len(set(part["member"])) > 1


def _measure_morris(design: Design, values: FloatArray, *, spread: bool) -> DataFrame:
    import pandas as pd

    found = measure_morris(design.unit, values.mean(axis=1), design.draw, confidence=CONFIDENCE)
    signal = measure_signal(measure_effects(design.unit, values[:, :, None]))[:, 0]
    half = found.mu_star_conf if len(values) >= FEWEST_PATHS * (len(design.keys) + 1) else math.nan
    low, high = np.maximum(0.0, found.mu_star - half), found.mu_star + half
    columns = {"mu": found.mu, "mu_star": found.mu_star, "low": low, "high": high, "sigma": found.sigma}
    del spread  # intervals are over paths
    return pd.DataFrame({"key": design.keys, **columns, "signal": signal})


def _measure_sobol(design: Design, values: FloatArray, *, spread: bool) -> DataFrame:
    import pandas as pd

    found = measure_sobol(len(design.keys), values.mean(axis=1), design.draw, confidence=CONFIDENCE)
    del spread  # intervals are over points
    return pd.DataFrame(
        {
            "key": design.keys,
            "first": found.first,
            "first_low": found.first - found.first_conf,
            "first_high": found.first + found.first_conf,
            "total": found.total,
            "total_low": found.total - found.total_conf,
            "total_high": found.total + found.total_conf,
        }
    )


def _measure_steps(design: Design, values: FloatArray, *, spread: bool) -> DataFrame:
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for place, key in enumerate(design.keys):
        row: dict[str, Any] = {"key": key, "start": design.points[0][key]}
        for end, number in (("low", 1 + 2 * place), ("high", 2 + 2 * place)):
            difference = values[number] - values[0]
            low, high = bound_mean(difference, spread=spread)
            row |= {f"{end}_value": design.points[number][key], f"at_{end}": float(difference.mean())}
            row |= {f"at_{end}_low": low, f"at_{end}_high": high}
        ends = (0.0, row["at_low"], row["at_high"])
        rows.append({**row, "swing": max(ends) - min(ends)})
    return pd.DataFrame(rows)


_MEASURES: Final = {"morris": _measure_morris, "sobol": _measure_sobol, "oat": _measure_steps}


def _measure_noise(values: FloatArray) -> float:
    """Share of the variance of means over pairs, of (point, pair) values, that chance makes; NaN with one pair.

    At most 1.
    """
    n_points, n_pairs = values.shape
    between = float(values.mean(axis=1).var(ddof=1))
    if n_pairs < 2 or not between:
        return math.nan
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    of_one = float((rest**2).sum()) / ((n_points - 1) * (n_pairs - 1))
    # both are estimates, and where all is chance the first may come out greater
    return min(1.0, float(of_one / n_pairs / between))
