"""Talent Stickiness Index of the cities: six dimensions from 50 to 100, and their mean.

    score(dimension) = rescale(mean over its indicators of sign x (value - mean) / spread)
    index = rescale(mean over dimensions of score),   rescale: lowest city `scale_low`, highest `scale_high`

Means and spreads are over the cities of the world. The published index has 24 indicators with signs but no weights or
formula (sim/world/indicators.py); equal weights, the logarithms and the rescale over these cities alone are
assumptions. The published scores are a check and enter nowhere. Rests of regions have no score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tallies import (
    PULSE_BURDEN,
    PULSE_EMPLOYED,
    PULSE_RENTERS,
    PULSE_RESIDENTS,
    PULSE_SEARCHING,
    PULSE_WAGE,
)
from sim.world.indicators import DIMENSIONS, EXTERNAL, INDICATORS

if TYPE_CHECKING:
    from sim.model import TalentMarket

FloatArray = NDArray[np.float64]
SCHOOL_YEARS: Final = 12
"""Years of school before the first course of study (statutory)."""


def score_cities(model: TalentMarket, pulse: NDArray[np.int64], talent: FloatArray) -> FloatArray:
    """(1 + 6, place) overall score and dimensions; NaN for rests of regions and for dimensions without any value.

    `pulse` (place, education, counters) of the quarter; `talent` (place,) persons of all ages.
    """
    is_city = np.array([kind == "city" for kind in model.world.kind])
    scores = np.full((1 + len(DIMENSIONS), model.world.n_places), np.nan)
    if is_city.any():
        rule = model.params.stickiness
        values = measure_indicators(model, pulse, talent)[:, is_city]
        scores[:, is_city] = score_indicators(values, rule.scale_low, rule.scale_high)
    return scores


def measure_indicators(model: TalentMarket, pulse: NDArray[np.int64], talent: FloatArray) -> FloatArray:
    """(24, place) values in the order and the units of INDICATORS; NaN where the world file gives none."""
    simulated = _simulate(model, pulse, talent)
    values = np.empty((len(INDICATORS), model.world.n_places))
    for row, indicator in zip(values, INDICATORS, strict=True):
        if indicator.simulated:
            row[:] = simulated[indicator.name]
        else:
            row[:] = model.world.stickiness_indicator[:, EXTERNAL.index(indicator.name)]
    return values


def score_indicators(values: FloatArray, low: float, high: float) -> FloatArray:
    """(1 + 6, city) overall score and dimensions from (24, city) values; a value that is missing counts nowhere."""
    signed = np.stack([
        indicator.sign * _standardise(np.log1p(row) if indicator.log else row)
        for row, indicator in zip(values, INDICATORS, strict=True)
    ])  # fmt: skip
    belongs = np.array([[indicator.dimension == name for indicator in INDICATORS] for name in DIMENSIONS])
    dimensions = np.stack([_rescale(_mean_of_known(signed[rows]), low, high) for rows in belongs])
    return np.vstack([_rescale(_mean_of_known(dimensions), low, high), dimensions])


def _simulate(model: TalentMarket, pulse: NDArray[np.int64], talent: FloatArray) -> dict[str, FloatArray]:
    """Values (place,) of the indicators that follow from the state of the model."""
    world, firms, params = model.world, model.firms, model.params
    total = pulse.sum(axis=1)
    employed, residents = np.maximum(1, total[:, PULSE_EMPLOYED]), np.maximum(1, total[:, PULSE_RESIDENTS])
    force = np.maximum(1, total[:, PULSE_EMPLOYED] + total[:, PULSE_SEARCHING])
    pay_cny_m = total[:, PULSE_WAGE] / 100.0
    paid = sorted({entry.policy for entry in model.levers.transfers})
    transfers_cny_m = model.ledger.fen[paid].sum(axis=0) / (300.0 * model.scale)
    course = params.institutions
    bachelor = SCHOOL_YEARS + course.course_years_bachelor
    master = bachelor + course.course_years_master
    years = np.array([SCHOOL_YEARS + course.course_years_below, bachelor, master, master + course.course_years_phd])
    crowding = np.maximum(1.0, talent) / np.maximum(1.0, world.talent_start)
    return {
        "labour_productivity": pay_cny_m / employed,
        "firms": np.bincount(firms.place, weights=firms.headcount / firms.size_mean, minlength=world.n_places),
        "income": (pay_cny_m + transfers_cny_m) / force,
        "schooling": pulse[..., PULSE_RESIDENTS] @ years / residents,
        "housing_burden": total[:, PULSE_BURDEN] / (np.maximum(1, total[:, PULSE_RENTERS]) * 1e6),
        "living_cost": model.places.records["living_cost"].astype(np.float64),
        "commute": world.commute_min * crowding**params.stickiness.commute_elasticity,
    }


def _standardise(values: FloatArray) -> FloatArray:
    """Deviations from the mean in units of the spread; 0 where all are alike, NaN stays NaN."""
    known = values[~np.isnan(values)]
    spread = known.std() if len(known) else 0.0
    centred = values - (known.mean() if len(known) else 0.0)
    scaled: FloatArray = centred / spread if spread > 1e-12 * np.abs(known).max(initial=0.0) else 0.0 * centred
    return scaled


def _mean_of_known(rows: FloatArray) -> FloatArray:
    """(column,) mean over the rows that are no NaN; NaN where there is none."""
    known = ~np.isnan(rows)
    number = known.sum(axis=0)
    mean: FloatArray = np.where(number > 0, np.where(known, rows, 0.0).sum(axis=0) / np.maximum(1, number), np.nan)
    return mean


def _rescale(values: FloatArray, low: float, high: float) -> FloatArray:
    """The lowest value becomes `low`, the highest `high`; all become `high` where they are alike."""
    known = values[~np.isnan(values)]
    span = np.ptp(known) if len(known) else 0.0
    if span <= 1e-12:
        return np.where(np.isnan(values), np.nan, high)
    scaled: FloatArray = low + (high - low) * (values - known.min()) / span
    return scaled
