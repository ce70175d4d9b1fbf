"""TalentMarket: the state of one run and the ordered list of phases of a quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import mesa
import numpy as np
from numpy.typing import NDArray

import sim.kernels  # noqa: F401  sets the cache folder of numba before the first kernel is imported
from sim.agents.cities import City
from sim.agents.firms import FirmSet
from sim.agents.governments import Government, Ledger
from sim.agents.graduates import Graduates
from sim.agents.institutions import Association, Institution
from sim.audit import Audit
from sim.columns import ColumnSet
from sim.demand import Demand
from sim.market import OFFER_DTYPE, Schooling, no_positions
from sim.observe import Observer
from sim.params import Rules
from sim.phases.cohort_graduates import cohort_graduates
from sim.phases.firms_adjust import adopt_until, firms_adjust
from sim.phases.firms_post import firms_post
from sim.phases.housing_clears import housing_clears
from sim.phases.hukou_allocates import hukou_allocates
from sim.phases.institutions_teach import institutions_teach, refresh_schooling
from sim.phases.market_matches import market_matches
from sim.phases.observe_quarter import observe, refresh_market
from sim.phases.people_learn import note_skill_at_start, people_learn
from sim.phases.people_move import people_move
from sim.phases.people_search import people_search
from sim.phases.people_separate import people_separate
from sim.phases.people_stay_or_leave import people_stay_or_leave
from sim.phases.policies_act import make_schemes, make_transfers, policies_act
from sim.places import guess_hukou_chance, make_places
from sim.policies.levers import Levers
from sim.population import cohort_cells, place_initial_stock
from sim.rng import make_key
from sim.types import EDUCATION, FIELD, INSTITUTION, REASON, Quarter

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario import Scenario
    from sim.trace import Trace


class Recorder(Protocol):
    """What the last phase hands each quarter to."""

    def record(self, pulse: NDArray[np.int64]) -> None:
        """Add the quarter; `pulse` (place, education, counters) as taken by the kernel."""


class Phase(NamedTuple):
    """One rule of the quarter."""

    name: str
    act: Callable[[TalentMarket], None]


PHASES: Final = (
    Phase("policies_act", policies_act),
    Phase("institutions_teach", institutions_teach),
    Phase("cohort_graduates", cohort_graduates),
    Phase("firms_post", firms_post),
    Phase("people_separate", people_separate),
    Phase("people_search", people_search),
    Phase("market_matches", market_matches),
    Phase("people_move", people_move),
    Phase("housing_clears", housing_clears),
    Phase("hukou_allocates", hukou_allocates),
    Phase("people_stay_or_leave", people_stay_or_leave),
    Phase("people_learn", people_learn),
    Phase("firms_adjust", firms_adjust),
    Phase("observe", observe),
)
"""The quarter, in order."""

REPORTED_ONLY: Final = ("policies_act", "institutions_teach", "observe")
"""Phases that do not run before the first reported quarter."""


USUAL_VACANCY: Final = 0.06
"""Openings of a quarter over jobs, to size tables by: no chance depends on it, only which draw meets which."""


class TalentMarket(mesa.Model):
    """One run of one scenario with one seed.

    Args:
        scenario: what is simulated; never changed.
        seed: of all keyed draws; runs with the same seed share the draws of every decision that both take.
        threads: threads inside kernels; results do not depend on it.
        check: check the invariants after every quarter, and the matching for blocking pairs.
        phases: the rules to run, in order; leave one out to switch it off.
        observer: makes what records the quarters: tables, or the sums of sim.moments.
        trace: keeps by person what a comparison with a paired run asks for; nothing is kept without one.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int,
        threads: int = 1,
        check: bool = False,
        phases: tuple[Phase, ...] = PHASES,
        observer: Callable[[TalentMarket], Recorder] = Observer,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(rng=seed)
        self.scenario, self.world, self.params = scenario, scenario.world, scenario.params
        self.rules = Rules.of(scenario.params)
        self.seed, self.threads, self.check, self.scale = seed, threads, check, scenario.scale
        self.phases, self.trace = phases, trace
        self.first_quarter_number = scenario.start.number
        self.quarter_number = scenario.start.number - self.params.cohorts.spin_up_quarters
        self.n_quarters = scenario.end.number - scenario.start.number + 1
        self._make_agents()
        self._make_market_state()
        place_initial_stock(self)
        self._spin_up()
        self.observer = observer(self)
        self.audit = Audit()

    @property
    def quarter(self) -> Quarter:
        """The quarter to be simulated next, or being simulated."""
        return Quarter(self.quarter_number)

    def key(self, decision: int) -> np.uint64:
        """Key of the draws of one decision in this quarter."""
        return make_key(self.seed, decision, self.quarter_number)

    def lasting_key(self, decision: int) -> np.uint64:
        """Key of draws that are the same in every quarter."""
        return make_key(self.seed, decision)

    def step(self) -> None:
        """Simulate one quarter."""
        if self.check:
            self.audit.start_quarter(self)
        for phase in self.phases:
            phase.act(self)
            if self.check:
                self.audit.check_phase(self, phase.name)
        self.quarter_number += 1

    def tables(self) -> dict[str, pd.DataFrame]:
        """Result tables of the quarters simulated so far. Raises TypeError if the run records something else."""
        if not isinstance(self.observer, Observer):
            raise TypeError(f"this run records no tables but what {type(self.observer).__name__} keeps")
        return self.observer.tables()

    def close(self) -> None:
        """Let go of what Mesa keeps of a model beyond its life."""
        self.remove_all_agents()  # type: ignore[no-untyped-call]
        mesa.Agent._ids.pop(self, None)  # noqa: SLF001  a class-level table that would keep every model alive

    def refresh_firms_table(self) -> None:
        """Renew what kernels read of the firms."""
        self.firms_table = self.firms.table(self.params.separation.layoff_slack, self.levers)

    def _make_agents(self) -> None:
        world = self.world
        self.levers = Levers.neutral(world)
        self.places = make_places(world, self.params, self.rules)
        self.columns = ColumnSet(self._expected_persons())
        self.graduates = Graduates(self, self.columns)
        self.firms = FirmSet(self, world, self.params, scale=self.scale, seed=self.seed)
        self.demand = Demand(world, self.params, self.firms)
        self.cities = [City(self, world, place, self.places) for place in range(world.n_places)]
        self.institutions = [
            Institution(self, world, place, kind)
            for place in range(world.n_places)
            for kind in range(len(INSTITUTION))
            if world.institution_count[place, kind] > 0
        ]
        self.institution_ids = np.concatenate([institution.identities() for institution in self.institutions])
        self.associations = [Association(self, place, len(EDUCATION)) for place in range(world.n_places)]
        policies = self.scenario.policies
        national = tuple(k for k, policy in enumerate(policies) if policy.payer == "national")
        local = tuple(k for k, policy in enumerate(policies) if policy.payer == "city")
        self.governments = [Government(self, None, national)]
        self.governments += [Government(self, place, local) for place in range(world.n_places)]
        self.ledger = Ledger(len(policies), world.n_places)

    def _make_market_state(self) -> None:
        world, n_places = self.world, self.world.n_places
        shape = (n_places, len(INSTITUTION))
        self.schooling = Schooling(*(np.zeros(shape) for _ in Schooling._fields))
        refresh_schooling(self)
        self.level_cumulative = np.cumsum(self.demand.requirement_mix, axis=2)
        self.asked_share = (world.industry_share[:, :, None] * self.demand.requirement_mix).sum(axis=1)
        self.experience_cumulative = np.cumsum(world.experience_mix, axis=1)
        self.mean_skill_weight = world.jobs_start @ world.industry_share @ world.skill_weight
        self.mean_skill_weight = (self.mean_skill_weight / self.mean_skill_weight.sum())[None, :]
        self.association_share = (world.institution_share @ world.association_share).mean() * np.ones(n_places)
        self.wage_start = self.places.market_wage.copy()
        self.mean_pay_cny_m = self.places.market_wage.mean(axis=1)
        self.seats = np.ones((n_places, len(EDUCATION), len(FIELD)))
        self.seats_by_year: dict[int, NDArray[np.float64]] = {}
        self.positions = no_positions(n_places)
        self.offers = np.zeros(0, OFFER_DTYPE)
        self.searchers = np.zeros(0, np.uint32)
        self.applications = np.zeros((0, self.params.search.n_applications), np.int32)
        self.matched = np.zeros(0, np.int32)
        self.line_applicants = np.zeros(0, np.int64)
        self.line_hires = np.zeros(0, np.int64)
        self.line_hired_fen = np.zeros(0, np.int64)
        self.transfers, self.schemes = make_transfers([]), make_schemes([], {})
        self.scheme_chance: dict[tuple[int, int], float] = {}
        self.scheme_use: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.course_use: dict[tuple[int, int], tuple[int, int]] = {}
        self.flows = np.zeros((n_places, n_places, len(EDUCATION), len(REASON), 2), np.int64)
        self.cohort_sizes: dict[int, int] = {}
        self.quota_use: dict[int, tuple[int, int, int]] = {}
        self.stopped_policies: set[int] = set()
        self.school_use: dict[tuple[int, int], tuple[int, int]] = {}
        self.transfers_booked_fen = 0
        self.transfers_received_fen = 0
        self.transfers_tolerance_fen = 0
        self.hukou_granted = np.zeros(n_places, np.int64)
        self.hukou_quota = np.zeros(n_places, np.int64)
        self.hukou_belief = guess_hukou_chance(world, self.params.hukou.new_graduate_share)
        self.refresh_firms_table()

    def _spin_up(self) -> None:
        """Let people sort themselves before the run: no policy acts, and rents, curricula and adoption stand still."""
        adoption, path = self.firms.adoption.copy(), self.firms.adoption_path.copy()
        while self.quarter_number < self.first_quarter_number:
            for phase in self.phases:
                if phase.name not in REPORTED_ONLY:
                    phase.act(self)
            refresh_market(self)
            self.flows[:] = 0
            self.quarter_number += 1
        self.firms.adoption, self.firms.adoption_path = adoption, path
        adopt_until(self, self.first_quarter_number)
        note_skill_at_start(self)
        self.wage_start = self.places.market_wage.copy()

    def usual_openings(self, hiring_round: int) -> NDArray[np.float64]:
        """(education, place) openings to expect in a round of this quarter, in agents: the same in all scenarios."""
        world = self.world
        jobs = np.maximum(0.0, world.jobs_start + world.new_jobs[:, : max(0, self.quarter.year - 2019)].sum(axis=1))
        usual: NDArray[np.float64] = (
            USUAL_VACANCY / (1 + hiring_round) * jobs[:, None] * self.asked_share / self.scale
        ).T
        return usual

    def _expected_persons(self) -> int:
        """Rows to allocate: all cohorts of the run and a margin, so that columns rarely grow."""
        years = range(2011, self.scenario.end.year + 1)
        return int(1.02 * sum(cohort_cells(self, min(year, 2030)).sum() for year in years)) + 1000
