"""Institutions (groups of universities, colleges and training providers of one type in one place) and associations.

gap' = (gap + speed / 4) (1 - updated share): the frontier advances, and a share of the institutions copy it. The
share is binomial with hazard 1 / lag; with many institutions it is close to the hazard, with one it is 0 or 1.
"""

from __future__ import annotations

from typing import Final

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.params import SkillParams
from sim.rng import normals
from sim.types import INSTITUTION
from sim.world.spec import World

MOST_INSTITUTIONS: Final = 1 << 20
"""More than there are of one type in one place: keeps the ids of their draws apart."""


class Institution(mesa.Agent):
    """All institutions of one type in one place."""

    def __init__(self, model: mesa.Model, world: World, place: int, kind: int) -> None:
        super().__init__(model)
        self.place = place
        self.kind = kind
        self.type = INSTITUTION[kind]
        self.number = max(1, round(float(world.institution_count[place, kind])))
        self.quality = float(world.institution_quality[kind])
        self.lag_years = float(world.curriculum_lag_years[kind])
        self.gap_years = float(world.vintage_gap_start_years[kind])
        self.practice_share = float(world.practice_share[kind])
        self.dual_teacher_share = float(world.dual_teacher_share[kind])
        self.cooperation_depth = float(world.cooperation_depth[kind])
        self.association_share = float(world.association_share[kind])
        self.practice_now = self.practice_share
        self.cooperation_now = self.cooperation_depth
        self.teachers_now = self.dual_teacher_share

    def update_hazard(self, lag_factor: float, rule: SkillParams) -> float:
        """Hazard per quarter that a curriculum is brought to the frontier."""
        faster = (
            1.0
            + rule.cooperation_hazard * self.cooperation_now
            + rule.association_hazard * self.association_share
            + rule.teacher_hazard * self.teachers_now
        )
        return min(1.0, 0.25 * faster / (self.lag_years * lag_factor))

    def identities(self) -> NDArray[np.uint64]:
        """(number,) ids of the institutions, for draws."""
        first = (self.place * len(INSTITUTION) + self.kind) * MOST_INSTITUTIONS
        return np.arange(first, first + self.number, dtype=np.uint64)

    def teach(
        self,
        lag_factor: float,
        practice_add: float,
        cooperation_add: float,
        teacher_add: float,
        rule: SkillParams,
        draws: NDArray[np.float64],
    ) -> None:
        """Advance the curriculum by one quarter under the levers of this quarter; `draws` (number,) are uniform."""
        self.practice_now = min(1.0, max(0.0, self.practice_share + practice_add))
        self.cooperation_now = min(1.0, max(0.0, self.cooperation_depth + cooperation_add))
        self.teachers_now = min(1.0, max(0.0, self.dual_teacher_share + teacher_add))
        hazard = self.update_hazard(lag_factor, rule)
        updated = np.count_nonzero(draws < hazard)
        self.gap_years = (self.gap_years + 0.25 * rule.frontier_speed) * (1.0 - updated / self.number)


class Association(mesa.Agent):
    """The industry association of one place: surveys member firms and passes their demand to institutions.

    signal = log tightness + error,   error ~ normal, spread = noise x (share of members)^-1/2

    The fewer firms and institutions report to it, the less sure the report. `signal` (education,) is the one made last;
    between reports it is constant.
    """

    def __init__(self, model: mesa.Model, place: int, n_levels: int, update_quarters: int = 4) -> None:
        super().__init__(model)
        self.place = place
        self.update_quarters = update_quarters
        self.signal = np.zeros(n_levels)
        self.reported = False

    def survey(
        self, quarter: int, log_tightness: NDArray[np.float64], members: float, noise: float, key: np.uint64
    ) -> None:
        """Renew the report when it is due; the first is made at once.

        Args:
            quarter: number of the quarter.
            log_tightness: (education,) what there is to report.
            members: share of firms and institutions that take part; without any there is no report.
            noise: spread of the error if all took part, log.
            key: of the draws of this quarter, one for each place and level.
        """
        if (self.reported and quarter % self.update_quarters != 0) or members <= 0:
            return
        self.reported = True
        levels = np.arange(len(log_tightness), dtype=np.uint64)
        error = normals(key, np.uint64(self.place * len(log_tightness)) + levels)
        self.signal = log_tightness + noise / np.sqrt(members) * error
