"""Keys and their values -> the points of a design.

Keys with a `grid` are crossed with everything; keys with a `list` go together, the k-th values at the same point; keys
with a `range` are filled together by Latin hypercube (McKay, Beckman and Conover 1979: one point in each of n equal
slices of every key) or by a Sobol sequence shifted by one random vector modulo 1 (Cranley and Patterson 1976), which
keeps its balance. Draws are keyed: the same file always gives the same points.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.rng import make_key, uniforms

DRAW_PLACE: Final = 1101
"""Stream of the place within a slice."""
DRAW_ORDER: Final = 1102
"""Stream of the order of slices."""
DRAW_SHIFT: Final = 1103
"""Stream of the shift of a Sobol sequence."""
SIGNIFICANT: Final = 12
"""Digits of a drawn value: what a file would write, and far below what any result shows."""

FloatArray = NDArray[np.float64]
Point = dict[str, Any]
"""Value by key."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Range:
    """Values from `low` to `high`, both included."""

    low: float
    high: float
    log: bool = False
    """Spread evenly on the logarithm."""
    whole: bool = False
    """Whole numbers only, each as likely as the others; with `log` the nearest ones."""

    def place(self, unit: float) -> float | int:
        """The value at `unit` from 0 to 1."""
        if self.whole and not self.log:
            return min(int(self.high), math.floor(self.low + unit * (self.high - self.low + 1)))
        if self.log:
            value = math.exp(math.log(self.low) + unit * (math.log(self.high) - math.log(self.low)))
            if self.whole:
                return min(int(self.high), max(int(self.low), round(value)))
        else:
            value = self.low + unit * (self.high - self.low)
        return min(self.high, max(self.low, float(f"{value:.{SIGNIFICANT}g}")))


def make_points(
    *,
    grids: Mapping[str, Sequence[Any]],
    lists: Mapping[str, Sequence[Any]],
    ranges: Mapping[str, Range],
    kind: str = "latin",
    n: int = 1,
    draw: int = 1,
) -> list[Point]:
    """All points, the first grid slowest, then lists, then ranges.

    Args:
        grids: values by key.
        lists: values by key, equally many for all.
        ranges: range by key.
        kind: how ranges are filled, `latin` or `sobol`.
        n: points over the ranges; for `sobol` a power of 2.
        draw: seed of the points.
    """
    blocks: list[list[Point]] = [[{key: value} for value in values] for key, values in grids.items()]
    if lists:
        blocks.append([dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)])
    if ranges:
        unit = fill_latin(len(ranges), n, draw) if kind == "latin" else fill_sobol(len(ranges), n, draw)
        blocks.append(
            [{key: ranges[key].place(float(at)) for key, at in zip(ranges, row, strict=True)} for row in unit]
        )
    return [{key: value for part in parts for key, value in part.items()} for parts in itertools.product(*blocks)]


def fill_latin(n_keys: int, n: int, draw: int) -> FloatArray:
    """(n, n_keys) points of the unit cube, one in each of `n` equal slices of every key."""
    identities = np.arange(1, n + 1, dtype=np.uint64)
    columns = []
    for column in range(n_keys):
        order = np.argsort(uniforms(make_key(draw, DRAW_ORDER, column), identities), kind="stable")
        columns.append((order + uniforms(make_key(draw, DRAW_PLACE, column), identities)) / n)
    return np.column_stack(columns)


def fill_sobol(n_keys: int, n: int, draw: int) -> FloatArray:
    """(n, n_keys) points of a shifted Sobol sequence; `n` is a power of 2."""
    from scipy.stats import qmc

    points = qmc.Sobol(n_keys, scramble=False).random_base2(n.bit_length() - 1)
    shift = uniforms(make_key(draw, DRAW_SHIFT), np.arange(1, n_keys + 1, dtype=np.uint64))
    return np.asarray((points + shift) % 1.0, np.float64)


def label_points(points: Sequence[Point]) -> list[Point]:
    """The points as columns of a table take them: truth values, whole numbers, numbers or texts, one kind for a key."""
    kinds = {key: _find_kind([point[key] for point in points]) for key in (points[0] if points else ())}
    return [{key: kinds[key](value) for key, value in point.items()} for point in points]


def _find_kind(values: Sequence[Any]) -> Callable[[Any], Any]:
    types = {type(value) for value in values}
    if types == {bool}:
        return bool
    if types == {int}:
        return int
    return float if types <= {int, float} else lambda value: value if isinstance(value, str) else write_value(value)


def rank_value(value: Any) -> tuple[int, float, str]:
    """What values of a key are sorted by: numbers in their order, then texts."""
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, write_value(value))


def write_value(value: Any) -> str:
    """A plain value as one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {write_value(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(write_value, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return json.dumps(value, ensure_ascii=False)
