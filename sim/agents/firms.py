"""Firms: groups of like employers (place, industry, size, ownership), in columns and as lazily made Mesa agents.

A firm agent stands for as many real firms as its jobs need, and is large enough to hold whole jobs at the scale of
the run: where few jobs fall into a place and industry, fewer firm agents are drawn, by systematic sampling over sizes
and ownerships, so that the mixes are right on average. Real firms close and are founded within their group: the group
has room for as many as its jobs need, and `number` of them stand (docs/decisions/007).
"""

from __future__ import annotations

from typing import Any, Final

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.market import Firms
from sim.params import FirmParams, Params
from sim.policies.levers import Levers
from sim.rng import FIRM_BAR, FIRM_ENTRY, FIRM_TRAITS, make_key, normals, uniforms
from sim.types import FIRM_SIZE, INDUSTRY, OWNERSHIP
from sim.world.spec import World

N_KINDS: Final = len(FIRM_SIZE) * len(OWNERSHIP)
EXACT_JOBS: Final = 4
"""All kinds of firms are present where the jobs of a cell fill each of them this many times over."""
QUALITY_RANGE: Final = (0.5, 2.0)
"""Skill of staff relative to the start counts within these limits: a handful of people says little."""
MOST_BAR_SPREADS: Final = 2.0
"""Bars of firms lie within this many spreads of the mean: no firm takes anybody, and none nobody."""

LEAST_USES: Final = 0.01
"""Uses of AI in an industry relative to the mean, at least: none is without any."""


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

    Fixed: place, industry, size, ownership (together `cells`, the index into levers for firms), market (place and
    industry, one code), identity, jobs_start (agents), size_mean (persons a real firm), adoption_start (share of
    firms), adoption_speed (relative to the mean job, by uses of AI in the industry), trait (log pay premium), bar
    (skill asked above the bar of the mean firm), pay_link, training (share of staff a quarter), career (utility),
    exit_hazard (1/quarter), standing_mean (share of its room that real firms fill on average), quality_start (skill of
    staff at the start).
    State: headcount, market_jobs (agents), desired, adoption (share of firms that use AI), adoption_path (the same
    without policies), premium (log), quality (skill of staff relative to the start), openings, carried, unfilled,
    quit_rate, room and number (real firms), closing (share of them whose staff is about to lose its jobs), and the
    counts of the quarter (hires, quits, layoffs, closures in agents; entered, exited in real firms).
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
        self.cells = tuple(axis.astype(np.int64) for axis in (self.place, self.industry, self.size, self.ownership))
        self.market = self.cells[0] * len(INDUSTRY) + self.cells[1]
        self.size_mean = mean_staff(params)[self.size]
        key = make_key(seed, FIRM_TRAITS)
        spread = params.wages.firm_spread
        self.trait = spread * normals(key, self.identity)
        self.bar = params.matching.bar_spread * _draw_demands(seed, self.identity)
        start = params.firms.adoption_start
        logit = np.log(start / (1 - start)) + params.firms.adoption_size * (self.size + 0.5 * (self.ownership == 0))
        self.adoption = 1.0 / (1.0 + np.exp(-logit))
        self.adoption_start, self.adoption_path = self.adoption.copy(), self.adoption.copy()
        self.adoption_speed = lead_adoption(world, params.firms.adoption_lead)[self.industry]
        self.premium = np.zeros(n)
        self.quality = np.ones(n)
        self.quality_start = np.zeros(n)
        self.market_jobs = self.jobs_start.copy()
        self.desired = self.jobs_start.copy()
        self.quit_rate = np.full(n, params.separation.quit_base)
        self._count_nobody(n)
        self._open(world, params, scale, seed)
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

    @property
    def staying(self) -> NDArray[np.float64]:
        """(firm,) staff left when firms that have closed have freed theirs, on average."""
        return self.headcount * (1.0 - self.closing)

    def surplus_share(self, slack: float) -> NDArray[np.float64]:
        """(firm,) share of the staff left after closures that is above desired headcount and `slack`."""
        surplus = self.staying - self.desired * (1.0 + slack)
        return np.clip(surplus / np.maximum(1.0, self.staying), 0.0, 1.0)

    def find_room(self, jobs: NDArray[np.float64]) -> NDArray[np.int64]:
        """(firm,) number of real firms that `jobs` (agents) keep busy, at least 1; a lasting draw rounds it."""
        return np.maximum(1, np.floor(jobs * self.scale / self.size_mean + self._room_point)).astype(np.int64)

    def peer_adoption(self, adoption: NDArray[np.float64], local: float) -> NDArray[np.float64]:
        """(firm,) mean adoption in the industry by jobs at the start: `local` here, the rest in the whole country."""
        jobs = self.jobs_start
        here, everywhere = (
            np.bincount(group, weights=jobs * adoption) / np.maximum(1e-9, np.bincount(group, weights=jobs))
            for group in (self.market, self.industry)
        )
        peers: NDArray[np.float64] = local * here[self.market] + (1.0 - local) * everywhere[self.industry]
        return peers

    def spread_adoption(
        self, adoption: NDArray[np.float64], price: NDArray[np.float64], rule: FirmParams
    ) -> NDArray[np.float64]:
        """(firm,) adoption a quarter later at the `price` (firm,) of AI."""
        rate = rule.adoption_rate * self.adoption_speed * price**-rule.ai_price_elasticity
        peers = self.peer_adoption(adoption, rule.adoption_local)
        spread: NDArray[np.float64] = adoption + np.minimum(1.0, rate * peers) * (1.0 - adoption)
        return spread

    def note_skill(self, skill: NDArray[np.float64], trend: float) -> None:
        """Keep the skill of staff relative to the start times `trend`; `skill` (firm,) is its sum.

        It is 1 for firms without staff, and for all of them until the start.
        """
        known = (self.headcount > 0) & (self.quality_start > 0)
        mean = skill[known] / self.headcount[known]
        self.quality[known] = np.clip(mean / (trend * self.quality_start[known]), *QUALITY_RANGE)
        self.quality[~known] = 1.0

    def start_quality(self, skill: NDArray[np.float64]) -> None:
        """Take the skill of today's staff, by place and industry, as the yardstick; `skill` (firm,) is its sum."""
        everybody = skill.sum() / max(1, int(self.headcount.sum())) or 1.0
        total, staff = np.bincount(self.market, weights=skill), np.bincount(self.market, weights=self.headcount)
        self.quality_start = np.where(staff > 0, total / np.maximum(1.0, staff), everybody)[self.market]

    def _count_nobody(self, n: int) -> None:
        """Staff, openings and the counts of a quarter, all 0."""
        self.headcount = np.zeros(n, np.int64)
        self.openings = np.zeros(n, np.int64)
        self.carried = np.zeros(n, np.int64)
        self.unfilled = np.zeros(n, np.int64)
        self.hires = np.zeros(n, np.int64)
        self.quits = np.zeros(n, np.int64)
        self.layoffs = np.zeros(n, np.int64)
        self.closures = np.zeros(n, np.int64)

    def _open(self, world: World, params: Params, scale: int, seed: int) -> None:
        """Real firms at the start, as many as there is room for, and how they will close."""
        rule, n = params.firms, len(self)
        by_size = np.array([getattr(rule, f"exit_{k + 1}") for k in range(len(FIRM_SIZE))])
        growth = np.exp(-rule.exit_growth * world.industry_growth[self.industry])
        self.exit_hazard = np.minimum(1.0, by_size[self.size] * growth)
        self.standing_mean = rule.entry_speed / (self.exit_hazard + rule.entry_speed)
        self.scale = scale
        self._room_point = uniforms(make_key(seed, FIRM_ENTRY), self.identity)
        self.room = self.find_room(self.jobs_start)
        self.number = self.room.copy()
        self.closing = np.zeros(n)
        self.entered = np.zeros(n, np.int64)
        self.exited = np.zeros(n, np.int64)

    def table(self, slack: float, levers: Levers) -> Any:
        """What kernels read of the firms this quarter, under its levers."""
        cells = self.cells
        return Firms(
            industry=self.industry,
            size=self.size,
            identity=self.identity,
            pay_link=np.clip(self.pay_link + levers.pay_link_add[cells], 0.0, 1.0),
            training=np.clip(self.training + levers.training_add[cells], 0.0, 1.0),
            surplus_share=self.surplus_share(slack),
            career=self.career,
            noise=levers.noise_factor[cells],
            degree=levers.degree_factor[cells],
            recognition=levers.certificate_factor[cells],
            closing=self.closing,
            bar=self.bar,
        )


def lead_adoption(world: World, elasticity: float) -> NDArray[np.float64]:
    """(industry,) speed of adoption relative to the mean job: where AI has more uses, firms take it up sooner.

    Uses are the AI share of the industry's postings relative to that of all; `elasticity` 0 makes all industries alike.
    """
    jobs = world.jobs_start[:, None] * world.industry_share
    ai = world.ai_place_share @ world.ai_industry_share
    uses = ai / np.maximum(np.finfo(np.float64).tiny, jobs.sum(axis=0) / jobs.sum())
    speed = np.maximum(LEAST_USES, uses) ** elasticity
    relative: NDArray[np.float64] = speed / np.average(speed, weights=jobs.sum(axis=0))
    return relative


def mean_staff(params: Params) -> NDArray[np.float64]:
    """(size,) mean staff of a real firm, persons."""
    return np.array([getattr(params.firms, f"size_mean_{k + 1}") for k in range(len(FIRM_SIZE))])


def _draw_demands(seed: int, identity: NDArray[np.uint64]) -> NDArray[np.float64]:
    """(firm,) how much more than the mean firm each asks of skills, in spreads; it lasts."""
    return np.clip(normals(make_key(seed, FIRM_BAR), identity), -MOST_BAR_SPREADS, MOST_BAR_SPREADS)


def _draw_kinds(world: World, params: Params, scale: int, seed: int) -> NDArray[np.float64]:
    """Rows (place, industry, size, ownership, jobs in agents) of all firm agents, sorted by place and industry."""
    offsets = uniforms(make_key(seed, FIRM_TRAITS, 1), np.arange(world.n_places * 16, dtype=np.uint64))
    owned = np.stack([world.state_share, 1.0 - world.state_share], axis=1)
    mixes = [np.outer(size, owner).ravel() for size, owner in zip(world.size_mix, owned, strict=True)]
    held = np.zeros((world.n_places, len(mixes), N_KINDS))
    for place in range(world.n_places):
        for industry, weights in enumerate(mixes):
            jobs = world.jobs_start[place] * world.industry_share[place, industry] / scale
            number = int(min(max(jobs / params.firms.jobs_per_firm, 1), N_KINDS))
            if jobs >= EXACT_JOBS * N_KINDS * params.firms.jobs_per_firm:
                held[place, industry] = weights * jobs
            else:
                picks = (np.arange(number) + offsets[place * 16 + industry]) / number * weights.sum()
                kinds = np.minimum(np.searchsorted(np.cumsum(weights), picks, side="right"), N_KINDS - 1)
                held[place, industry] = np.bincount(kinds, minlength=N_KINDS) * (jobs / number)
    some = np.nonzero(held > 0)
    return np.column_stack([*some[:2], *np.divmod(some[2], len(OWNERSHIP)), held[some]])
