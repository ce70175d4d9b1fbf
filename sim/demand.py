"""Labour demand: desired headcount, the mix of positions, and posted wages, for all firms at once.

market jobs = jobs at the start x growth of the place x industry trend x factor of levers + jobs added by levers
desired = market jobs x subsidy factor x productivity^elasticity x (firms / room for firms) / its mean
productivity = skill of staff relative to the start x (1 + gain x adoption) / (1 + gain x adoption of the mean firm)
               x (1 + gain by levers)
P(ai | level) = chance(place, industry, level) x adoption of the firm / its yardstick x national index
offer = level pay x experience x industry x place x size x firm premium x real growth x tightness^elasticity
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from sim.intensity import rake_intensity
from sim.types import CALENDAR_START_YEAR, EDUCATION, EXPERIENCE, INDUSTRY

if TYPE_CHECKING:
    from sim.agents.firms import FirmSet
    from sim.params import Params
    from sim.policies.levers import Levers
    from sim.world.spec import World

FloatArray = NDArray[np.float64]
BASE_YEAR: Final = 2019
WAGE_YEAR: Final = 2024
START_QUARTER: Final = (BASE_YEAR - CALENDAR_START_YEAR) * 4
"""Quarter of the adoption that parameters give, and of price 1 of AI."""
AI_QUARTER: Final = (2024 - CALENDAR_START_YEAR) * 4 + 1
"""Quarter that begins in the middle of the half-year of which AI shares are published, the first of 2024."""
LEAST_POSTINGS: Final = 1e-3
"""Openings a quarter and job, at least: also where nobody quits and jobs fall, an opening can be an AI position."""
INDEX_TIME: Final = 0.25
"""Part of a year at which its value of the AI index stands, the middle of the first half: the published ratio is that
of first half-years, as are the shares of 2024."""


class Demand:
    """Formulas of labour demand over all firms. Holds no state but the world, the firms and the last tightness."""

    def __init__(self, world: World, params: Params, firms: FirmSet) -> None:
        self._world, self._params, self._firms = world, params, firms
        self.log_tightness = np.zeros((world.n_places, len(EDUCATION)))
        self.requirement_mix = self._requirement_mix()
        self._ai_chance, self._ai_weight = self._find_ai_chance()

    def market_jobs(self, quarter: int, levers: Levers) -> FloatArray:
        """(firm,) jobs that the market asks for in `quarter`, in agents: what real firms' number follows."""
        firms = self._firms
        jobs: FloatArray = self.baseline_jobs(quarter) * levers.labour_demand_factor[firms.place, firms.industry]
        return self._add_jobs(jobs, levers.jobs_add) if levers.jobs_add.any() else jobs

    def baseline_jobs(self, quarter: int) -> FloatArray:
        """(firm,) the same without levers."""
        world, firms = self._world, self._firms
        years = (quarter - START_QUARTER) / 4.0
        whole = max(0, int(years))
        cumulative = world.new_jobs[:, :whole].sum(axis=1) + min(0.0, years) * world.new_jobs_before
        if whole < world.new_jobs.shape[1]:
            cumulative = cumulative + max(0.0, years - whole) * world.new_jobs[:, whole]
        growth = np.maximum(0.1, (world.jobs_start + cumulative) / world.jobs_start)
        trend = np.exp(world.industry_growth * years)
        mean_trend = world.industry_share @ trend / world.industry_share.sum(axis=1)
        tilt = trend[firms.industry] / mean_trend[firms.place]
        jobs: FloatArray = firms.jobs_start * growth[firms.place] * tilt
        return jobs

    def _add_jobs(self, jobs: FloatArray, added: FloatArray) -> FloatArray:
        """(firm,) jobs with `added` (place, industry) persons, spread over the firms of each cell by their jobs.

        A cell without firms takes none; no cell loses more than all its jobs.
        """
        firms, n_industries = self._firms, added.shape[1]
        cell = firms.place.astype(np.int64) * n_industries + firms.industry
        total = np.bincount(cell, weights=jobs, minlength=added.size)
        change = added.ravel() / (firms.scale * np.maximum(1e-9, total))
        grown: FloatArray = jobs * np.maximum(0.0, 1.0 + change[cell])
        return grown

    def desired_headcount(self, subsidy_factor: FloatArray, levers: Levers) -> FloatArray:
        """(firm,) jobs that firms want, in agents; `subsidy_factor` (firm,) from hiring subsidies.

        Published totals of jobs are net of births and deaths of firms, hence the mean share of room that is filled.
        """
        firms = self._firms
        filled = np.minimum(firms.number / firms.room, firms.room / np.maximum(1, firms.number)) / firms.standing_mean
        standing = np.where(firms.number > firms.room, np.maximum(1.0, filled), filled)
        elastic = self.productivity(levers) ** self._params.firms.demand_elasticity
        desired: FloatArray = firms.market_jobs * subsidy_factor * elastic * standing
        return desired

    def productivity(self, levers: Levers) -> FloatArray:
        """(firm,) output a head relative to the mean firm without policies, by AI, skill of staff and levers."""
        gain = self._params.firms.ai_productivity
        relative: FloatArray = (1.0 + gain * self._firms.adoption) / (1.0 + gain * self.mean_adoption_path())
        return relative * self._firms.quality * (1.0 + levers.productivity_add[self._firms.cells])

    def level_cumulative(self, added: FloatArray) -> FloatArray:
        """(place, industry, education) cumulative shares of the levels asked, with `added` to them, adding to 1."""
        mix = self.requirement_mix + added
        cumulative: FloatArray = np.cumsum(mix / mix.sum(axis=2, keepdims=True), axis=2)
        return cumulative

    def ai_probability(self, quarter: int, lever: FloatArray | None = None) -> FloatArray:
        """(firm, education) probability that an opening is an AI position; `lever` (place, industry) factors."""
        firms = self._firms
        yardstick = float(np.average(firms.adoption_path, weights=self._ai_weight))
        index = self.national_ai_index(quarter) * firms.adoption / yardstick
        probability = self._ai_chance[firms.place, firms.industry] * index[:, None]
        if lever is not None:
            probability = probability * lever[firms.place, firms.industry, None]
        limited: FloatArray = np.clip(probability, 0.0, self._params.firms.ai_limit)
        return limited

    def national_ai_index(self, quarter: int) -> float:
        """AI share of postings relative to the first half of 2024, between the yearly values of the world file."""
        index = self._world.ai_demand_index
        year = np.arange(len(index)) + BASE_YEAR + INDEX_TIME
        return float(np.interp(CALENDAR_START_YEAR + (quarter + 0.5) / 4.0, year, index))

    def offered_wage(self, firm: NDArray[np.int64], cell: NDArray[np.int64], quarter: int) -> FloatArray:
        """(line,) posted pay of positions `cell` at rows `firm`, CNY/month of 2024."""
        world, firms, rule = self._world, self._firms, self._params.wages
        ai, experience, level = cell % 2, (cell // 2) % len(EXPERIENCE), cell // (2 * len(EXPERIENCE))
        place = firms.place[firm]
        years = (quarter - (WAGE_YEAR - CALENDAR_START_YEAR) * 4) / 4.0
        log_premium = (
            firms.trait[firm] + firms.premium[firm] + rule.tightness_elasticity * (self.log_tightness[place, level])
        )
        wage: FloatArray = (
            world.wage_education_cny_m[level, ai]
            * world.wage_experience[experience]
            * world.wage_industry[firms.industry[firm], ai]
            * world.wage_place[place, ai]
            * world.size_premium[firms.size[firm]]
            * np.exp(log_premium + np.log1p(rule.real_growth) * years)
        )
        return wage

    def mean_adoption_path(self) -> float:
        """Adoption of the mean firm without policies: the yardstick of its gain in productivity."""
        return float(np.average(self._firms.adoption_path, weights=self._firms.jobs_start))

    def ai_price(self, quarter: int) -> float:
        """Price of AI relative to the first quarter of the world's data."""
        years = (quarter - START_QUARTER) / 4.0
        return float((1.0 - self._params.firms.ai_price_fall) ** max(0.0, years))

    def _requirement_mix(self) -> FloatArray:
        """(place, industry, education) levels asked: the industry's mix, moved towards the levels supplied locally."""
        world = self._world
        national = (world.graduates.sum(axis=1)[:, None] * world.level_share).sum(axis=0)
        national = national / max(1.0, national.sum())
        relative = np.where(world.level_share > 0, world.level_share, 1e-6) / np.maximum(national, 1e-9)
        mix = world.education_mix[None] * relative[:, None, :] ** self._params.firms.requirement_adapt
        normalised: FloatArray = mix / mix.sum(axis=2, keepdims=True)
        return normalised

    def adoption_without_policies(self, quarter: int) -> FloatArray:
        """(firm,) adoption at the start of `quarter`, from that at the start of the published figures."""
        firms, rule = self._firms, self._params.firms
        adoption: FloatArray = firms.adoption_start.copy()
        for earlier in range(START_QUARTER, quarter):
            adoption = firms.spread_adoption(adoption, np.full(len(firms), self.ai_price(earlier)), rule)
        return adoption

    def usual_postings(self, quarter: int) -> FloatArray:
        """(firm,) openings a quarter that keep staff at the jobs of the market, in agents.

        They replace those who quit at the pay of industry and size and those whose firm closes, and follow the growth
        of jobs; see phases 5 and 13. Quits are those of people new to a job: the fall of the hazard with tenure is much
        the same everywhere, and only proportions count.
        """
        world, firms, rule = self._world, self._firms, self._params.separation
        pay = world.wage_industry[firms.industry, 0] * world.size_premium[firms.size]
        pay = pay / np.average(pay, weights=firms.jobs_start)
        quits = rule.quit_base * np.exp(-rule.quit_pay_link * firms.pay_link) * pay**-rule.quit_wage
        growth = (self.baseline_jobs(quarter + 2) - self.baseline_jobs(quarter - 2)) / 4.0
        jobs = self.baseline_jobs(quarter)
        postings: FloatArray = np.maximum(LEAST_POSTINGS * jobs, jobs * (quits + firms.exit_hazard) + growth)
        return postings

    def _find_ai_chance(self) -> tuple[FloatArray, FloatArray]:
        """Chance of AI (place, industry, education) at the yardstick's adoption, and (firm,) weights of the yardstick.

        With them the published shares come out of the postings to be expected in their half-year, whichever firms
        have adopted by then, and the AI share of the country follows its index in every quarter.
        """
        world, firms = self._world, self._firms
        usual, adoption = self.usual_postings(AI_QUARTER), self.adoption_without_policies(AI_QUARTER)
        shape = (world.n_places, len(INDUSTRY))
        every, reached = (
            np.bincount(firms.market, weights=weights, minlength=shape[0] * shape[1]).reshape(shape)[:, :, None]
            * self.requirement_mix
            for weights in (usual, usual * adoption)
        )
        ai_share = world.ai_place_share[:, None] * world.ai_industry_share
        chance = rake_intensity(reached, every, world.ai_intensity_education, world.ai_intensity_place, ai_share)
        mean = (self.requirement_mix * chance).sum(axis=2)[firms.place, firms.industry]
        weight = np.maximum(usual * mean, 1e-12)
        return chance * np.average(adoption, weights=weight), weight
