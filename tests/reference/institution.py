"""Institutions of one type in one place, and the industry association of a place."""

import math

import mesa

from tests.reference.arithmetic import clip
from tests.reference.draws import normal, uniform

N_TYPES = 4
MOST_INSTITUTIONS = 1 << 20


class InstitutionAgent(mesa.Agent):
    """All institutions of one type in one place, with their curriculum."""

    def __init__(self, market, city, kind):
        super().__init__(market)
        world = market.world
        self.city, self.kind = city, kind
        self.number = max(1, round(world.institution_count[city.index][kind]))
        self.lag_years = world.curriculum_lag_years[kind]
        self.gap_years = world.vintage_gap_start_years[kind]
        self.teachers = world.dual_teacher_share[kind]
        self.association_share = world.association_share[kind]
        self.practice_share = self.practice_now = world.practice_share[kind]
        self.cooperation_depth = self.cooperation_now = world.cooperation_depth[kind]

    def teach(self, levers, rule, key):
        """The frontier advances by a quarter; each institution copies it with a hazard, which closes its gap."""
        at = self.city.index, self.kind
        self.practice_now = clip(self.practice_share + float(levers.practice_add[at]), 0.0, 1.0)
        self.cooperation_now = clip(self.cooperation_depth + float(levers.cooperation_add[at]), 0.0, 1.0)
        faster = (
            1.0
            + rule.cooperation_hazard * self.cooperation_now
            + rule.association_hazard * self.association_share
            + rule.teacher_hazard * self.teachers
        )
        hazard = min(1.0, 0.25 * faster / (self.lag_years * float(levers.lag_factor[at])))
        first = (self.city.index * N_TYPES + self.kind) * MOST_INSTITUTIONS
        updated = sum(uniform(key, first + number) < hazard for number in range(self.number))
        self.gap_years = (self.gap_years + 0.25 * rule.frontier_speed) * (1.0 - updated / self.number)


class AssociationAgent(mesa.Agent):
    """The association of one place: once a year it reports how tight the market is for each level, with an error."""

    UPDATE_QUARTERS = 4

    def __init__(self, market, city):
        super().__init__(market)
        self.city = city
        self.signal = [0.0] * len(city.log_tightness)
        self.has_reported = False

    def survey(self, quarter, members, noise, key):
        """Report at once, then when it is due; the larger the share of members, the smaller the error."""
        if members > 0 and (quarter % self.UPDATE_QUARTERS == 0 or not self.has_reported):
            self.has_reported = True
            first = self.city.index * len(self.signal)
            self.signal = [
                tightness + noise / math.sqrt(members) * normal(key, first + level)
                for level, tightness in enumerate(self.city.log_tightness)
            ]
