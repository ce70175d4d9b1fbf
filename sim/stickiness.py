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

from sim.commuting import commute_minutes, count_commuters
from sim.kernels.tallies import (
    PULSE_BURDEN,
    PULSE_EMPLOYED,
    PULSE_RENTERS,
    PULSE_RESIDENTS,
    PULSE_SEARCHING,
    PULSE_WAGE,
)
from sim.population import course_years
from sim.world.indicators import DIMENSIONS, INDICATORS

if TYPE_CHECKING:
    from sim.model import TalentMarket

FloatArray = NDArray[np.float64]
SCHOOL_YEARS: Final = 12
"""Years of school before the first course of study (statutory)."""
LEAST_SPREAD: Final = 1e-12
"""Values that differ by less are alike: what is left is rounding."""
SIGNS: Final = np.array([[float(indicator.sign)] for indicator in INDICATORS])
IS_LOG: Final = np.array([[indicator.log] for indicator in INDICATORS])
BELONGS: Final = np.array([[float(one.dimension == name) for one in INDICATORS] for name in DIMENSIONS])
"""(dimension, indicator) 1 where the indicator counts."""
SIMULATED: Final = tuple((row, one.name) for row, one in enumerate(INDICATORS) if one.simulated)
GIVEN: Final = tuple(row for row, one in enumerate(INDICATORS) if not one.simulated)


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
    values[list(GIVEN)] = model.world.stickiness_indicator.T
    for row, name in SIMULATED:
        values[row] = simulated[name]
    return values


def score_indicators(values: FloatArray, low: float, high: float) -> FloatArray:
    """(1 + 6, city) overall score and dimensions from (24, city) values; a value that is missing counts nowhere."""
    signed = SIGNS * _standardise(np.where(IS_LOG, np.log1p(np.where(IS_LOG, values, 0.0)), values))
    known = ~np.isnan(signed)
    counted = BELONGS @ known
    means = BELONGS @ np.where(known, signed, 0.0) / np.maximum(1, counted)
    dimensions = _rescale(np.where(counted > 0, means, np.nan), low, high)
    present = ~np.isnan(dimensions)
    mean = np.where(present, dimensions, 0.0).sum(axis=0) / np.maximum(1, present.sum(axis=0))
    overall = np.where(present.any(axis=0), mean, np.nan)
    return np.vstack([_rescale(overall[None, :], low, high), dimensions])


def _simulate(model: TalentMarket, pulse: NDArray[np.int64], talent: FloatArray) -> dict[str, FloatArray]:
    """Values (place,) of the indicators that follow from the state of the model."""
    world, firms, params = model.world, model.firms, model.params
    total = pulse.sum(axis=1)
    employed, residents = np.maximum(1, total[:, PULSE_EMPLOYED]), np.maximum(1, total[:, PULSE_RESIDENTS])
    force = np.maximum(1, total[:, PULSE_EMPLOYED] + total[:, PULSE_SEARCHING])
    pay_cny_m = total[:, PULSE_WAGE] / 100.0
    paid = sorted({entry.policy for entry in model.levers.transfers})
    transfers_cny_m = model.ledger.fen[paid].sum(axis=0) / (300.0 * model.scale)
    below, bachelor, master, phd = course_years(params.institutions)
    years = SCHOOL_YEARS + np.array([below, bachelor, bachelor + master, bachelor + master + phd])
    crowding = np.maximum(1.0, talent) / np.maximum(1.0, world.talent_start)
    return {
        "labour_productivity": pay_cny_m / employed,
        "firms": np.bincount(firms.place, weights=firms.number, minlength=world.n_places),
        "income": (pay_cny_m + transfers_cny_m) / force,
        "schooling": pulse[..., PULSE_RESIDENTS] @ years / residents,
        "housing_burden": total[:, PULSE_BURDEN] / (np.maximum(1, total[:, PULSE_RENTERS]) * 1e6),
        "living_cost": model.places.records["living_cost"].astype(np.float64),
        "commute": _mean_commute(model) * crowding**params.stickiness.commute_elasticity,
    }


def _mean_commute(model: TalentMarket) -> FloatArray:
    """(place,) mean one-way minutes to work of those who live there, before congestion."""
    minutes = commute_minutes(model)
    within = minutes.diagonal()
    if not model.world.has_commuting:
        return within
    commuters = count_commuters(model)
    minutes = np.where(commuters > 0, minutes, 0.0)
    total = commuters.sum(axis=1)
    return np.where(total > 0, (commuters * minutes).sum(axis=1) / np.maximum(1, total), within)


def _standardise(values: FloatArray) -> FloatArray:
    """Row by row, deviations from the mean in units of the spread; 0 where all are alike, NaN stays NaN."""
    known = ~np.isnan(values)
    number = np.maximum(1, known.sum(axis=1, keepdims=True))
    filled = np.where(known, values, 0.0)
    centred = values - filled.sum(axis=1, keepdims=True) / number
    spread = np.sqrt((np.where(known, centred, 0.0) ** 2).sum(axis=1, keepdims=True) / number)
    differs = spread > LEAST_SPREAD * np.abs(filled).max(axis=1, keepdims=True)
    scaled: FloatArray = np.where(differs, centred / np.where(differs, spread, 1.0), 0.0 * centred)
    return scaled


def _rescale(rows: FloatArray, low: float, high: float) -> FloatArray:
    """Row by row, the lowest value becomes `low`, the highest `high`; all become `high` where they are alike."""
    least = np.where(np.isnan(rows), np.inf, rows).min(axis=1, keepdims=True)
    most = np.where(np.isnan(rows), -np.inf, rows).max(axis=1, keepdims=True)
    differs = most - least > LEAST_SPREAD
    share = np.where(differs, (rows - least) / np.where(differs, most - least, 1.0), 1.0 + 0.0 * rows)
    scaled: FloatArray = low + (high - low) * share
    return scaled
