"""Which places belong together: commuting, hukou, roots and residence hold in all places of an area.

The places of an area stand side by side, so that two numbers in the record of a place tell its area.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.inlined import inlined


@inlined
def area_start(records: NDArray[np.void], place: int) -> int:
    """First place of the area of `place`; `records` (place,) of PLACE_DTYPE."""
    return int(place) - records[place]["before"]


@inlined
def same_area(records: NDArray[np.void], one: int, other: int) -> bool:
    """Whether two places belong to one area. No branch, because it is hot."""
    return one - records[one]["before"] == other - records[other]["before"]


@inlined
def in_area(place: Any, city: int, other: int) -> bool:
    """Whether `other` belongs to the area of `city`, of which `place` is the record."""
    return (other >= city - place["before"]) & (other <= city + place["after"])
