"""Tables of screening, fit, posterior and recovery as a terminal shows them; files keep codes and plain numbers.

Algorithms know figures by their names only (calibration/problem.py). Where these are names of targets.yaml, a reader
gets what they stand for, in the unit of the documents; names of any other problem stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from calibration.recover import IDENTIFIED, LEAST_COVERAGE, WEAK
from calibration.targets import Board
from calibration.targetwords import describe_lines, write_published, write_value
from sim.labels import PlaceLabels

if TYPE_CHECKING:
    from pandas import DataFrame

LEGENDS: Final = {
    "screen": (
        "signal: effect of a parameter's whole range on the loss, free of the chance of seeds; mu star, sigma: Morris, "
        "with that chance; first, total: Sobol indices of those with the largest signal; moves most: family of figures."
    ),
    "fit": (
        "published: the published figure with its tolerance; > at least, < at most. before, after: "
        "simulated at the values before the fit and at the point found, means over the seeds that chose. "
        "error: tolerances beyond the tolerance, 0 inside (`targets` and `validate` count from the published "
        "value, which is 1 more outside). loss: mean over families of ln(1 + error); searched: under the few seeds of "
        "the search, chosen: under those that no search has seen."
    ),
    "posterior": (
        "published: the published figure with its tolerance; > at least, < at most. low, high: 90 % interval of the "
        "ensemble. sd ratio: width of the ensemble over that of the prior; 1 is "
        "nothing learned. inside: weight of the parameter sets that meet the figure. misfit: factor on the variance of "
        "a family that no parameters match better than chance; 1 is none. trust: how far runs correct the emulator "
        "there."
    ),
    "recover": (
        "coverage: truths that their 90 % interval holds. sd ratio: width of the posterior over that of the prior. "
        f"identified: coverage from {100.0 * LEAST_COVERAGE:.0f} % on and sd ratio up to {IDENTIFIED}; "
        f"weak: up to {WEAK}; not identified: else."
    ),
}
"""How the columns that a command prints are read."""
_PERCENT: Final = ("coverage", "trust", "inside")
"""Columns of shares, where they hold no counts."""


def name_figures(frame: DataFrame, board: Board, places: PlaceLabels, simulated: Sequence[str]) -> DataFrame:
    """A table with a row for each target as text: what the figure is, its tolerance, and numbers in its unit.

    Args:
        frame: with the columns family, target, published, lowest and highest, and more.
        board: figures by name.
        places: names of places.
        simulated: columns that hold values of the figure; the others are copied.
    """
    by_name = {figure.name: figure for figure in board.figures}
    if not set(frame["target"]) <= by_name.keys():
        return frame
    figures = [by_name[name] for name in frame["target"]]
    told: dict[str, Any] = {
        "figure": [describe_lines(figure, places, "en") for figure in figures],
        "published": [write_published(figure) for figure in figures],
    }
    for name in frame.columns.drop(["family", "target", "published", "lowest", "highest"]):
        values = frame[name]
        told[name] = [write_value(*pair) for pair in zip(values, figures, strict=True)] if name in simulated else values
    return type(frame)(told)


def name_families(frame: DataFrame, board: Board) -> DataFrame:
    """A table whose families are called as readers know them."""
    columns = [name for name in ("family", "moves_most") if name in frame.columns]
    return frame.assign(**{name: [name_family(code, board) for code in frame[name]] for name in columns})


def name_family(code: str, board: Board) -> str:
    """What a family of figures is called; its code where the board has none of it."""
    return board.labels[code]["en"] if code in board.labels else code


def write_percent(frame: DataFrame) -> DataFrame:
    """A table whose shares are written in percent; counts stay."""
    shares = [name for name in _PERCENT if name in frame.columns and frame[name].dtype.kind == "f"]
    return frame.assign(**{name: [f"{100.0 * share:.3g} %" for share in frame[name]] for name in shares})


def write_cell(value: Any) -> str:
    """A cell as text: keys without their head, numbers with three digits, large ones with their thousands."""
    if isinstance(value, str):
        return value.removeprefix("params.")
    if isinstance(value, float):
        large = math.isfinite(value) and abs(value) >= 1000.0
        return "-" if math.isnan(value) else f"{value:,.0f}" if large else f"{value:.3g}"
    return str(value)
