"""Where the names of points are written in a figure: beside them, and never upon each other.

Greedy: the most crowded point first, each name at the nearest free place of those tried around its point. A place is
free where the name touches no other name and no wall (markers, a line of zero), and leaves the frame nowhere. The
nearest of them is taken; touching a bar (an interval), or a line to the point that crosses a marker or a name, is
counted as way, a bar as more than any place is off; the line may cross bars. A name for which nothing is free is left
out: the table has it.
All in one unit of length, such as pixels; nothing here draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_REACHES: Final = (0.5, 1.0, 1.6, 2.4, 3.4, 4.6, 6.0, 8.0, 10.5, 13.5, 17.0, 21.0)
"""Distances tried between a point and its name, in heights of a line."""
_DIRECTIONS: Final = 24
_BAR_WAY: Final = 30.0
"""A bar that a name touches counts as so many heights of a line: farther than any place, but better than a line
through a name."""
_WALL_WAY: Final = 4.0
"""So does a wall or another line that the line to the point crosses."""
_NAME_WAY: Final = 40.0
"""So does a name that a line strikes out."""
LEAST_LINE: Final = 1.0
"""Heights of a line between point and name from which on a line ties them."""

Spot = tuple[float, float]


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def touches(self, other: Box) -> bool:
        """Whether both share any area."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def is_within(self, other: Box) -> bool:
        """Whether it lies inside another."""
        upright = self.bottom >= other.bottom and self.top <= other.top
        return upright and self.left >= other.left and self.right <= other.right

    def find_nearest(self, spot: Spot) -> Spot:
        """The point of it that is nearest to `spot`."""
        return min(max(spot[0], self.left), self.right), min(max(spot[1], self.bottom), self.top)

    def is_crossed(self, start: Spot, end: Spot) -> bool:
        """Whether the straight line from `start` to `end` runs through its inside (Liang and Barsky)."""
        low, high = 0.0, 1.0
        for k in (0, 1):
            step = end[k] - start[k]
            if step == 0:
                if not self[k] < start[k] < self[k + 2]:
                    return False
                continue
            ends = sorted(((self[k] - start[k]) / step, (self[k + 2] - start[k]) / step))
            low, high = max(low, ends[0]), min(high, ends[1])
        return low < high


def place_boxes(
    spots: Sequence[Spot],
    sizes: Sequence[Spot],
    frame: Box,
    *,
    walls: Sequence[Box] = (),
    bars: Sequence[Box] = (),
    line: float = 12.0,
) -> list[Box | None]:
    """Find a place for each name.

    Args:
        spots: The points.
        sizes: Width and height of the name of each.
        frame: What no name may leave.
        walls: What no name may touch.
        bars: What names should not touch.
        line: Height of a line of text.

    Returns:
        The box of each name; None where nothing is free.
    """
    placed: dict[int, Box] = {}
    ties: list[tuple[Spot, Spot]] = []
    near = [sum(math.dist(one, other) < 8 * line for other in spots) for one in spots]
    for number in sorted(range(len(spots)), key=lambda k: (-near[k], k)):
        spot, best = spots[number], (math.inf, Box(0.0, 0.0, 0.0, 0.0))
        for distance, box in _list_places(spot, sizes[number], line):
            tie = spot, box.find_nearest(spot)
            if distance >= best[0] or not box.is_within(frame) or any(box.touches(wall) for wall in walls):
                continue
            if any(box.touches(other) for other in placed.values()):
                continue
            struck = sum(box.is_crossed(*other) for other in ties)
            struck += sum(other.is_crossed(*tie) for other in placed.values())
            crossed, touched = _count_crossed(tie, walls, ties), sum(box.touches(bar) for bar in bars)
            way = distance + line * (_NAME_WAY * struck + _WALL_WAY * crossed + _BAR_WAY * touched)
            if way < best[0]:
                best = way, box
        if best[0] < math.inf:
            placed[number] = best[1]
            ties.append((spot, best[1].find_nearest(spot)))
    return [placed.get(number) for number in range(len(spots))]


def _list_places(spot: Spot, size: Spot, line: float) -> Iterator[tuple[float, Box]]:
    """Places around a point with their distance from it, right of it first."""
    width, height = size
    for reach in _REACHES:
        for number in range(_DIRECTIONS):
            # right, then alternately above and below
            angle = math.pi * 2 / _DIRECTIONS * ((number + 1) // 2) * (1 if number % 2 else -1)
            across, upwards = math.cos(angle), math.sin(angle)
            # beside the point the name is centred on its height, above it on its width, else a corner is nearest
            left = spot[0] + across * reach * line - width * (1 - min(1.0, max(-1.0, 2 * across))) / 2
            bottom = spot[1] + upwards * reach * line - height * (1 - min(1.0, max(-1.0, 2 * upwards))) / 2
            yield reach * line, Box(left, bottom, left + width, bottom + height)


def _count_crossed(tie: tuple[Spot, Spot], walls: Sequence[Box], ties: Sequence[tuple[Spot, Spot]]) -> int:
    """How many walls, but for that around the point itself, and other lines a line crosses."""
    start, end = tie
    around = sum(wall.is_crossed(start, end) and wall.find_nearest(start) != start for wall in walls)
    return around + sum(_do_cross(tie, other) for other in ties)


def _do_cross(one: tuple[Spot, Spot], other: tuple[Spot, Spot]) -> bool:
    """Whether two lines cross."""

    def turn(a: Spot, b: Spot, c: Spot) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
