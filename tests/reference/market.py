"""The market: the agents of one run, and the quarter in order."""

import dataclasses
from collections import Counter
from types import SimpleNamespace

import mesa
import numpy as np

from sim.policies.levers import Levers
from sim.rng import FAMILY_HOME, FIRM_AWARE, HOME_PLACE, INSTITUTION_TYPE, PERSON_TRAITS, TAKE_UP, TASTE_CITY
from sim.types import EDUCATION, FIELD, INSTITUTION, SKILL, Quarter
from tests.reference.adjusting import adopt_until, firms_adjust
from tests.reference.arithmetic import mean, running_sum
from tests.reference.city import CityAgent
from tests.reference.cohorts import cohort_graduates, home_distribution
from tests.reference.demand import Demand
from tests.reference.draws import make_key
from tests.reference.housing import housing_clears
from tests.reference.hukou import hukou_allocates, refresh_chances
from tests.reference.institution import AssociationAgent, InstitutionAgent
from tests.reference.intensity import Intensity
from tests.reference.learning import note_skill_at_start, people_learn
from tests.reference.leaving import people_stay_or_leave
from tests.reference.ledger import Ledger
from tests.reference.matching import market_matches, skill_bar
from tests.reference.moving import people_move
from tests.reference.observing import observe, refresh_careers, refresh_market, refresh_utilities
from tests.reference.person import Person
from tests.reference.policies import policies_act
from tests.reference.postings import firms_post
from tests.reference.search import people_search
from tests.reference.separation import people_separate
from tests.reference.start import place_initial_stock
from tests.reference.teaching import institutions_teach

PHASES = (
    policies_act, institutions_teach, cohort_graduates, firms_post, people_separate, people_search, market_matches,
    people_move, housing_clears, hukou_allocates, people_stay_or_leave, people_learn, firms_adjust, observe,
)  # fmt: skip
"""The quarter, in order."""

REPORTED_ONLY = (policies_act, institutions_teach, observe)
"""Phases that rest during the spin-up."""


class ReferenceMarket(mesa.Model):
    """One run of one scenario with one seed; `step()` simulates a quarter."""

    def __init__(self, scenario, seed):
        super().__init__(rng=seed)
        if scenario.world.has_commuting:
            raise ValueError("the reference knows no areas of several places")
        self.scenario, self.params, self.seed, self.scale = scenario, scenario.params, seed, scenario.scale
        self.world = as_lists(scenario.world)
        self.first_quarter_number = scenario.start.number
        self.quarter_number = scenario.start.number - self.params.cohorts.spin_up_quarters
        self._make_keys()
        self._make_places()
        place_initial_stock(self)
        self.demand = Demand(self)
        self.intensity = Intensity(self)
        self._spin_up()

    @property
    def people(self):
        """All persons, as an AgentSet."""
        return self.agents_by_type[Person]

    @property
    def quarter(self):
        """The quarter to be simulated next, or being simulated."""
        return Quarter(self.quarter_number)

    def key(self, decision):
        """Key of the draws of one decision in this quarter."""
        at = decision, self.quarter_number
        if at not in self._keys:
            self._keys[at] = make_key(self.seed, *at)
        return self._keys[at]

    def lasting_key(self, decision):
        """Key of draws that are the same in every quarter."""
        return make_key(self.seed, decision)

    def is_qualified(self, person):
        """Whether skills reach the bar of positions of the own level, of AI ones for graduates of AI and computing."""
        bar = skill_bar(person.education, int(person.field == 0), self.params.matching)
        return person.skill(self.mean_skill_weight) >= bar

    def step(self):
        """Simulate one quarter."""
        for phase in PHASES:
            phase(self)
        self.quarter_number += 1

    def close(self):
        """Let go of what Mesa keeps of a model beyond its life."""
        self.remove_all_agents()
        mesa.Agent._ids.pop(self, None)

    def _make_keys(self):
        self._keys = {}
        self.keys = SimpleNamespace(
            family=self.lasting_key(FAMILY_HOME),
            take_up=self.lasting_key(TAKE_UP),
            taste_city=self.lasting_key(TASTE_CITY),
            firm_aware=self.lasting_key(FIRM_AWARE),
            home=self.lasting_key(HOME_PLACE),
            institution=self.lasting_key(INSTITUTION_TYPE),
            traits=self.lasting_key(PERSON_TRAITS),
        )

    def _make_places(self):
        world = self.world
        self.levers = Levers.neutral(self.scenario.world)
        self.cities = [CityAgent(self, index) for index in range(len(world.places))]
        for city in self.cities:
            city.distance = [city.distance_to(other) for other in self.cities]
        self.home_ends = [home_distribution(self, city) for city in self.cities]
        self.institution_ends = [running_sum(shares) for shares in world.institution_share]
        self.institutions = {
            (city.index, kind): InstitutionAgent(self, city, kind)
            for city in self.cities
            for kind in range(len(INSTITUTION))
            if world.institution_count[city.index][kind] > 0
        }
        self.associations = [AssociationAgent(self, city) for city in self.cities]
        taking_part = [dot(shares, world.association_share) for shares in world.institution_share]
        self.association_share = mean(taking_part)
        refresh_chances(self)
        refresh_careers(self, dict(zip(self.cities, world.jobs_start, strict=True)))
        refresh_utilities(self)
        jobs = [
            sum(total * shares[industry] for total, shares in zip(world.jobs_start, world.industry_share, strict=True))
            for industry in range(len(world.skill_weight))
        ]
        weights = [dot(jobs, [row[skill] for row in world.skill_weight]) for skill in range(len(SKILL))]
        self.mean_skill_weight = [weight / sum(weights) for weight in weights]
        self.seats = [[[1.0] * len(FIELD) for _ in EDUCATION] for _ in self.cities]
        self.seats_by_year = {}
        self.ledger = Ledger()
        self.payments, self.schemes, self.scheme_chance, self.scheme_use, self.course_use = [], [], {}, {}, {}
        self.positions, self.applications, self.matched, self.applicants = [], {}, {}, Counter()
        self.flows, self.hukou_granted, self.hukou_quota = Counter(), Counter(), Counter()

    def _spin_up(self):
        """Let people sort themselves before the run: no policy acts; rents, curricula and adoption stand still."""
        adoption = {firm: (firm.adoption, firm.adoption_path) for firm in self.firms}
        while self.quarter_number < self.first_quarter_number:
            for phase in PHASES:
                if phase not in REPORTED_ONLY:
                    phase(self)
            refresh_market(self)
            self.flows = Counter()
            self.quarter_number += 1
        for firm in self.firms:
            firm.adoption, firm.adoption_path = adoption[firm]
        adopt_until(self, self.first_quarter_number)
        note_skill_at_start(self)
        for city in self.cities:
            city.wage_start = list(city.market_wage)


def as_lists(world):
    """The world with plain lists in place of arrays."""
    values = {field.name: getattr(world, field.name) for field in dataclasses.fields(world)}
    return SimpleNamespace(
        **{name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}
    )


def dot(one, other):
    """Sum of products."""
    return sum(a * b for a, b in zip(one, other, strict=True))
