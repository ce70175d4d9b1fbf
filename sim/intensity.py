"""AI intensity of postings by place, industry and level, raked so that the model's postings have the published shares.

Published are AI shares of all postings by level and by place, and industries and places among AI postings. With
w = postings in which AI can appear and W = all postings, both by place, industry and level,

    chance(place, industry, level) = tilt(place, industry) x of_place x of_industry x of_level
    sum of w x chance over places and industries = intensity of the level x W of the level
    sum of w x chance over industries and levels ~ intensity of the place x W of the place
    sum of w x chance over places and levels     ~ industry's share of all AI postings

where ~ means proportional: levels keep their published values, places and industries theirs up to the one factor by
which all of them together differ from the levels. The tilt starts at the industry's share of the AI postings of the
place over its share of the place's postings: which industries stand out in which place is kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

ROUNDS: Final = 60
"""Rounds of proportional fitting; the world's own tables are met to 1e-12 after some twenty."""
LEAST: Final = 1e-12


def rake_intensity(
    reached: FloatArray, postings: FloatArray, by_level: FloatArray, by_place: FloatArray, ai_share: FloatArray
) -> FloatArray:
    """(place, industry, education) chance that a posting in reach of AI is an AI posting.

    Args:
        reached: (place, industry, education) postings, weighted by the adoption of the firms that post them.
        postings: (place, industry, education) all postings.
        by_level: (education,) AI postings among all postings of a level.
        by_place: (place,) AI postings among all postings of a place, relative to other places.
        ai_share: (place, industry) share of all AI postings of the country. Cells without postings take none; their
            share goes to the other cells of the industry.
    """
    wanted_level = by_level * postings.sum(axis=(0, 1))
    wanted_place = _scale_to(by_place * postings.sum(axis=(1, 2)), wanted_level.sum())
    wanted_industry = _scale_to(ai_share.sum(axis=0) * (reached.sum(axis=(0, 2)) > 0), wanted_level.sum())
    in_place = ai_share / np.maximum(ai_share.sum(axis=1, keepdims=True), LEAST)
    tilt = np.where(reached.sum(axis=2) > 0, in_place / np.maximum(reached.sum(axis=2), LEAST), 0.0)
    of_level = by_level.copy()
    for _ in range(ROUNDS):
        tilt *= (wanted_place / np.maximum(_sum_cells(reached, tilt, of_level).sum(axis=1), LEAST))[:, None]
        tilt *= wanted_industry / np.maximum(_sum_cells(reached, tilt, of_level).sum(axis=0), LEAST)
        of_level = wanted_level / np.maximum(np.einsum("pil,pi->l", reached, tilt), LEAST)
    chance: FloatArray = tilt[:, :, None] * of_level
    return chance


def _sum_cells(reached: FloatArray, tilt: FloatArray, of_level: FloatArray) -> FloatArray:
    """(place, industry) AI postings."""
    cells: FloatArray = (reached @ of_level) * tilt
    return cells


def _scale_to(values: FloatArray, total: float) -> FloatArray:
    scaled: FloatArray = values * (total / max(values.sum(), LEAST))
    return scaled
