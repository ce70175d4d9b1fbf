"""Talent Stickiness Index of the cities: six dimensions from 50 to 100, and their mean.

The published index has 24 indicators without weights or formula. Here the indicators that the model simulates are
standardised over the cities, given their published sign, averaged by dimension and rescaled to 50-100; equal weights
and the rescale are assumptions. Dimensions without a simulated indicator (innovation, openness, ecology) stay empty
and do not enter the mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tallies import PULSE_BURDEN, PULSE_EMPLOYED, PULSE_RENTERS, PULSE_WAGE

if TYPE_CHECKING:
    from sim.model import TalentMarket

DIMENSIONS: Final = ("economy", "innovation", "openness", "ecology", "welfare", "public_life")


def score_cities(model: TalentMarket, pulse: NDArray[np.int64]) -> NDArray[np.float64]:
    """(1 + 6, place) overall score and dimensions; NaN for rests of regions and for dimensions without indicator."""
    world, rule = model.world, model.params.stickiness
    employed = np.maximum(1, pulse[..., PULSE_EMPLOYED].sum(axis=1))
    wage = pulse[..., PULSE_WAGE].sum(axis=1) / employed / 100.0
    firms = np.bincount(model.firms.place, weights=model.firms.headcount / model.firms.size_mean,
                        minlength=world.n_places)  # fmt: skip
    burden = pulse[..., PULSE_BURDEN].sum(axis=1) / np.maximum(1, pulse[..., PULSE_RENTERS].sum(axis=1))
    indicators: dict[str, tuple[NDArray[np.float64], ...]] = {
        "economy": (np.log(np.maximum(1.0, wage)), np.log(firms + 1.0)),
        "welfare": (np.log(np.maximum(1.0, wage)),),
        "public_life": (-burden, -model.places.records["living_cost"], -world.commute_min),
    }
    is_city = np.array([kind == "city" for kind in world.kind])
    scores = np.full((1 + len(DIMENSIONS), world.n_places), np.nan)
    for name, values in indicators.items():
        mean = np.mean([_standardise(value[is_city]) for value in values], axis=0)
        scores[1 + DIMENSIONS.index(name), is_city] = _rescale(mean, rule.scale_low, rule.scale_high)
    present = [1 + DIMENSIONS.index(name) for name in indicators]
    scores[0, is_city] = _rescale(scores[present][:, is_city].mean(axis=0), rule.scale_low, rule.scale_high)
    return scores


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = values.std()
    scaled: NDArray[np.float64] = (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
    return scaled


def _rescale(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    span = values.max() - values.min() if len(values) else 0.0
    if span <= 0:
        return np.full(len(values), high)
    scaled: NDArray[np.float64] = low + (high - low) * (values - values.min()) / span
    return scaled
