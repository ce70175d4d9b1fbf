"""Postings as the inputs of the world mix them, without firms: a table of shares by place, industry, level and kind.

    all postings (c, i, e)  =  openings of place c x industry share of c x levels asked in industry i
    AI postings  (c, i, e)  =  all AI x place share x industry share among the AI postings of c
                               x levels asked in i weighed by the AI intensity of the level, adding to 1
    all AI                  =  all postings x (levels asked, weighed by their AI intensity) x AI index of the year

Firm sizes are those of the industry, whatever else is asked; pay is the level's times the indices of industry, place
and size. The season multiplies a quarter. Left out: whatever firms adjust, and experience, which no figure of a fit
asks for here.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.naive_gravity import FIRST_YEAR, count_vacancies
from calibration.periods import list_quarters
from sim.demand import INDEX_TIME
from sim.types import AI, EDUCATION, FIRM_SIZE, INDUSTRY, Quarter
from sim.world.spec import World

FloatArray = NDArray[np.float64]

CELL_KEYS: Final = ("city", "industry", "education", "ai", "size")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Postings:
    """Postings of the world's inputs."""

    world: World

    @functools.cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        return {"city": self.world.places, "industry": INDUSTRY, "education": EDUCATION, "ai": AI, "size": FIRM_SIZE}

    @functools.cached_property
    def _by_quarter(self) -> dict[int, FloatArray]:
        return {}

    def count(self, quarter: int) -> FloatArray:
        """(place, industry, education, ai, size) postings of a quarter, persons."""
        if quarter not in self._by_quarter:
            self._by_quarter[quarter] = self._mix(quarter)
        return self._by_quarter[quarter]

    def sum_cell(self, period: str, cell: Mapping[str, Any], *, pay: bool = False) -> float:
        """Postings of a cell in a period, or the pay that they offer together, CNY a month.

        Raises KeyError where the cell is one of experience.
        """
        if set(cell) - set(CELL_KEYS):
            raise KeyError(f"no postings by {sorted(set(cell) - set(CELL_KEYS))}")
        total = np.asarray(sum(self.count(quarter) for quarter in list_quarters(period)), np.float64)
        return float(self._take(total * self._pay if pay else total, cell).sum())

    def median_pay(self, period: str, cell: Mapping[str, Any]) -> float:
        """Median pay offered in the postings of a cell in a period, CNY a month; NaN without any."""
        total = self._take(np.asarray(sum(self.count(quarter) for quarter in list_quarters(period))), cell).ravel()
        pay = self._take(self._pay, cell).ravel()
        order = np.argsort(pay)
        below = np.cumsum(total[order])
        return float(pay[order][np.searchsorted(below, below[-1] / 2.0)]) if below[-1] > 0 else float("nan")

    def _take(self, table: FloatArray, cell: Mapping[str, Any]) -> FloatArray:
        """The part of a table by place, industry, education, ai and size that lies in a cell."""
        for axis, (name, words) in enumerate(self._words.items()):
            if name in cell:
                wanted = cell[name] if isinstance(cell[name], list) else [cell[name]]
                table = table.take([words.index(word) for word in wanted], axis=axis)
        return table

    @functools.cached_property
    def _pay(self) -> FloatArray:
        """(place, industry, education, ai, size) pay offered, CNY a month."""
        world = self.world
        return np.asarray(
            np.einsum("ca,ia,ea,k->cieak", world.wage_place, world.wage_industry, world.wage_education_cny_m,
                      world.size_premium),
            np.float64,
        )  # fmt: skip

    def _mix(self, quarter: int) -> FloatArray:
        world, when = self.world, Quarter(quarter)
        season = world.season[quarter % 4] / 4.0
        place = count_vacancies(world, when.year) * season
        whole = place[:, None, None] * world.industry_share[:, :, None] * world.education_mix[None]
        intensity = world.ai_intensity_education
        levels = world.education_mix * intensity
        levels = levels / np.maximum(levels.sum(axis=1, keepdims=True), 1e-12)
        n_ai = float((whole * intensity).sum()) * self._index_ai(quarter)
        ai = n_ai * world.ai_place_share[:, None, None] * world.ai_industry_share[:, :, None] * levels[None]
        kinds = np.stack([np.maximum(0.0, whole - ai), ai], axis=-1)
        return np.asarray(kinds[..., None] * world.size_mix[None, :, None, None, :], np.float64)

    def _index_ai(self, quarter: int) -> float:
        """AI share of postings relative to the first half of 2024, between the middles of first half-years."""
        years = FIRST_YEAR + INDEX_TIME + np.arange(len(self.world.ai_demand_index))
        middle = Quarter(quarter).year + (quarter % 4 + 0.5) / 4.0
        return float(np.interp(middle, years, self.world.ai_demand_index))
