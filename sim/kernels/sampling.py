"""The positions that a searcher sees: each look draws a level, a place and an opening there.

The current city, home and study city are seen more than the rest of the country. Each opening of a place is equally
likely to be seen (sim/kernels/openings.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernels.areas import area_start, in_area
from sim.kernels.inlined import inlined
from sim.kernels.openings import find_opening
from sim.rng import draw_bits, draw_next, uniform

WITHIN_AREA = np.uint64(1)
"""Second draw of a look: the place within an area."""


@inlined
def find_other_areas(person: Any, places: NDArray[np.void]) -> tuple[bool, bool]:
    """Whether home, and the place of study, are in another area than the residence; for the latter, than home too."""
    city, home, study = person.city, person.home, person.study
    here = places[city]
    return (
        not in_area(here, city, home),
        not in_area(here, city, study) and not in_area(places[home], home, study),
    )


@inlined
def weigh_places(
    person: Any,
    level: int,
    others: tuple[bool, bool],
    block_start: NDArray[np.int64],
    area_open: NDArray[np.int64],
    rule: Any,
) -> tuple[float, float, float, int]:
    """What draws the person's look at openings of `level`: here, home, place of study, and the country's openings.

    An opening in the area where the person lives, comes from or studied is `see_here`, `see_home` or `see_study` times
    as visible on top of being visible as one of the country's. `others` as from `find_other_areas`; `block_start`
    (education, place + 1) counts openings, `area_open` (education, place) those of the area of a place.
    """
    here = rule.see_here * area_open[level, person.city]
    at_home, alumni = 0.0, 0.0
    if others[0]:
        at_home = rule.see_home * area_open[level, person.home]
    if others[1]:
        alumni = rule.see_study * area_open[level, person.study]
    return here, at_home, alumni, block_start[level, -1] - block_start[level, 0]


@inlined
def draw_level(education: int, own_level: float, bits: np.uint64) -> int:
    """Level of education asked by the positions that the person looks at now: the own one, or one of those below."""
    u = uniform(bits)
    if education == 0 or u < own_level:
        return education
    return min(education - 1, int((u - own_level) / (1.0 - own_level) * education))


@inlined
def find_in_area(
    level: int, place: int, bits: np.uint64, block_start: NDArray[np.int64], places: NDArray[np.void]
) -> int:
    """A place of the area of `place`, drawn by its openings, of which there must be one.

    A place of the area that was itself drawn by its openings stays drawn so.
    """
    first, last = area_start(places, place), place + places[place]["after"]
    n = block_start[level, last + 1] - block_start[level, first]
    opening = block_start[level, first] + min(n - 1, int(uniform(bits) * n))
    while first < last and block_start[level, first + 1] <= opening:
        first += 1
    return int(first)


@inlined
def draw_place(
    person: Any,
    level: int,
    weights: tuple[float, float, float, int],
    block_start: NDArray[np.int64],
    guide: NDArray[np.int64],
    bits: np.uint64,
) -> int:
    """Place in which the person looks now, by the `weights` of `weigh_places`, of which the last must not be 0."""
    here, at_home, alumni, total = weights
    u = uniform(bits) * (here + at_home + alumni + total)
    # the place of the country's draw is found even where it is not taken: a jump that is guessed wrong costs more
    opening = max(0, min(total - 1, int(u - here - at_home - alumni)))
    place = int(guide[level, opening * guide.shape[1] // total])
    while block_start[level, place + 1] - block_start[level, 0] <= opening:
        place += 1
    place = int(person.study) if u < here + at_home + alumni else place
    place = int(person.home) if u < here + at_home else place
    return int(person.city) if u < here else place


@inlined
def count_looks(place: Any, rule: Any) -> int:
    """Positions that somebody sees in a round who lives in the place with record `place`."""
    return int(rule.n_sampled * place["sample_factor"] + 0.5)


@inlined
def most_looks(places: NDArray[np.void], n_lines: int, rule: Any) -> int:
    """Positions that anybody can see in a round: the length of scratch."""
    most = n_lines if n_lines <= rule.n_sampled else 0
    for place in range(places.shape[0]):
        most = max(most, count_looks(places[place], rule))
    return most


@inlined
def sample_lines(
    person: Any,
    slots: NDArray[np.int32],
    slot_start: NDArray[np.int64],
    block_start: NDArray[np.int64],
    guide: NDArray[np.int64],
    area_open: NDArray[np.int64],
    places: NDArray[np.void],
    travel: NDArray[np.float64] | None,
    rule: Any,
    keys: Any,
    draws: NDArray[np.uint64],
    seen: NDArray[np.int64],
) -> int:
    """Write the lines that the person sees into `seen` (look,), -1 where there is none to see; returns their number.

    `draws` (3, look) is scratch. Each step is done for all looks before the next: the looks do not depend on each
    other, so that the processor works on several at once.
    """
    n_seen, n_places = count_looks(places[person.city], rule), places.shape[0]
    bits_level, bits_place = draw_bits(keys.sample_level, person.uid), draw_bits(keys.sample_place, person.uid)
    bits_opening = draw_bits(keys.sample_opening, person.uid)
    for k in range(n_seen):
        draws[0, k] = draw_next(bits_level, np.uint64(k))
        draws[1, k] = draw_next(bits_place, np.uint64(k))
        draws[2, k] = draw_next(bits_opening, np.uint64(k))
    education = int(person.education)
    others = find_other_areas(person, places)
    own_weights = weigh_places(person, education, others, block_start, area_open, rule)
    for k in range(n_seen):
        level = draw_level(education, rule.own_level, draws[0, k])
        weights = own_weights
        if level != education:
            weights = weigh_places(person, level, others, block_start, area_open, rule)
        seen[k] = -1
        if weights[3] > 0:
            place = draw_place(person, level, weights, block_start, guide, draws[1, k])
            if travel is not None:
                place = find_in_area(level, place, draw_next(draws[1, k], WITHIN_AREA), block_start, places)
            seen[k] = level * n_places + place
    for k in range(n_seen):
        if seen[k] >= 0:
            first = slot_start[seen[k]]
            seen[k] = find_opening(slots, first, slot_start[seen[k] + 1] - first, draws[2, k])
    return n_seen
