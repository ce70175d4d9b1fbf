"""Firms: groups of like employers (place, industry, size, ownership), in columns and as lazily made Mesa agents.

A firm agent stands for as many real firms as its jobs need, and is large enough to hold whole jobs at the scale of
the run: where few jobs fall into a place and industry, fewer firm agents are drawn, by systematic sampling over sizes
and ownerships, so that the mixes are right on average.
"""

from __future__ import annotations

from typing import Any, Final

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.market import Firms
from sim.params import Params
from sim.rng import FIRM_TRAITS, make_key, normals, uniforms
from sim.types import FIRM_SIZE, OWNERSHIP
from sim.world.spec import World

N_KINDS: Final = len(FIRM_SIZE) * len(OWNERSHIP)
EXACT_JOBS: Final = 4
"""All kinds of firms are present where the jobs of a cell fill each of them this many times over."""


class Firm(mesa.Agent):
    """One firm agent: a view on row `row` of the firm columns."""

    def __init__(self, model: mesa.Model, firms: FirmSet, row: int) -> None:
        super().__init__(model)
        self.firms = firms
        self.row = row

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__["firms"].__dict__.get(name) if "firms" in self.__dict__ else None
        if isinstance(values, np.ndarray):
            return values[self.__dict__["row"]]
        raise AttributeError(f"a firm has no {name!r}")


class FirmSet:
    """Columns of all firms, sorted by place.

    Fixed: place, industry, size, ownership, identity, jobs_start (agents), size_mean (persons a real firm), stands_for
    (real firms at the start), trait (log pay premium), pay_link, training (share of staff a quarter), career (utility).
    State: headcount, desired, adoption (share of firms that use AI), premium (log), openings, carried, unfilled,
    quit_rate, and the counts of the quarter (hires, quits, layoffs).
    """

    def __init__(self, model: mesa.Model, world: World, params: Params, *, scale: int, seed: int) -> None:
        self._model = model
        self._agents: dict[int, Firm] = {}
        kinds = _draw_kinds(world, params, scale, seed)
        self.place, self.industry, self.size, self.ownership = (kinds[:, k].astype(np.int8) for k in range(4))
        self.jobs_start = kinds[:, 4].copy()
        n = len(kinds)
        self.identity = (
            (
                (self.place.astype(np.uint64) * np.uint64(16) + self.industry.astype(np.uint64)) * np.uint64(4)
                + self.size.astype(np.uint64)
            )
            * np.uint64(2)
            + self.ownership.astype(np.uint64)
            + np.uint64(1)
        )
        self.size_mean = mean_staff(params)[self.size]
        self.stands_for = self.jobs_start * scale / self.size_mean
        key = make_key(seed, FIRM_TRAITS)
        spread = params.wages.firm_spread
        self.trait = spread * normals(key, self.identity)
        start = params.firms.adoption_start
        logit = np.log(start / (1 - start)) + params.firms.adoption_size * (self.size + 0.5 * (self.ownership == 0))
        self.adoption = 1.0 / (1.0 + np.exp(-logit))
        self.premium = np.zeros(n)
        self.desired = self.jobs_start.copy()
        self.headcount = np.zeros(n, np.int64)
        self.openings = np.zeros(n, np.int64)
        self.carried = np.zeros(n, np.int64)
        self.unfilled = np.zeros(n, np.int64)
        self.quit_rate = np.full(n, params.separation.quit_base)
        self.hires = np.zeros(n, np.int64)
        self.quits = np.zeros(n, np.int64)
        self.layoffs = np.zeros(n, np.int64)
        self.pay_link = world.pay_link[self.ownership, self.size]
        self.training = 0.25 * world.training_intensity[self.ownership, self.size]
        self.career = (
            params.search.career_size * self.size + params.search.career_growth * (world.industry_growth[self.industry])
        )

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, row: int) -> Firm:
        """The Mesa agent of one firm, made when first asked for."""
        if row not in self._agents:
            self._agents[row] = Firm(self._model, self, row)
        return self._agents[row]

    def surplus_share(self, slack: float) -> NDArray[np.float64]:
        """(firm,) share of staff above desired headcount and `slack`."""
        surplus = self.headcount - self.desired * (1.0 + slack)
        return np.clip(surplus / np.maximum(1.0, self.headcount), 0.0, 1.0)

    def table(self, slack: float, noise_factor: NDArray[np.float64]) -> Any:
        """What kernels read of the firms this quarter; `noise_factor` (place,) scales screening noise."""
        return Firms(
            industry=self.industry,
            size=self.size,
            identity=self.identity,
            pay_link=self.pay_link,
            training=self.training,
            surplus_share=self.surplus_share(slack),
            career=self.career,
            noise=noise_factor[self.place],
        )


def mean_staff(params: Params) -> NDArray[np.float64]:
    """(size,) mean staff of a real firm, persons."""
    return np.array([getattr(params.firms, f"size_mean_{k + 1}") for k in range(len(FIRM_SIZE))])


def _draw_kinds(world: World, params: Params, scale: int, seed: int) -> NDArray[np.float64]:
    """Rows (place, industry, size, ownership, jobs in agents) of all firm agents, sorted by place and industry."""
    rows: list[tuple[float, ...]] = []
    offsets = uniforms(make_key(seed, FIRM_TRAITS, 1), np.arange(world.n_places * 16, dtype=np.uint64))
    for place in range(world.n_places):
        for industry, share in enumerate(world.industry_share[place]):
            jobs = world.jobs_start[place] * share / scale
            state = world.state_share[industry]
            weights = np.outer(world.size_mix[industry], (state, 1.0 - state)).ravel()
            number = int(np.clip(jobs / params.firms.jobs_per_firm, 1, N_KINDS))
            if jobs >= EXACT_JOBS * N_KINDS * params.firms.jobs_per_firm:
                held = weights * jobs
            else:
                picks = (np.arange(number) + offsets[place * 16 + industry]) / number * weights.sum()
                held = np.bincount(
                    np.searchsorted(np.cumsum(weights), picks, side="right").clip(0, N_KINDS - 1), minlength=N_KINDS
                ) * (jobs / number)
            rows.extend(
                (place, industry, kind // len(OWNERSHIP), kind % len(OWNERSHIP), held[kind])
                for kind in range(N_KINDS)
                if held[kind] > 0
            )
    return np.array(rows)
