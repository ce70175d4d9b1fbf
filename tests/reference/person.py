"""A person from graduation on."""

import mesa

from sim.types import NEVER_EMPLOYED, NO_COURSE, NO_QUARTER, SEARCHING, UNHOUSED


class Person(mesa.Agent):
    """One person. Places are CityAgents, the employer a FirmAgent or None; the rest is named as in sim/columns.py."""

    def __init__(self, market, *, uid, cohort_q, education, field, home, study):
        super().__init__(market)
        self.uid, self.cohort_q, self.education, self.field = uid, cohort_q, education, field
        self.home = self.hukou = home
        self.study = self.city = study
        self.arrived_q = cohort_q
        self.institution = 0
        self.state = SEARCHING
        self.firm, self.cell, self.wage = None, 0, 0.0
        self.experience_q = self.search_q = 0
        self.tenure_q = NEVER_EMPLOYED
        self.housing, self.scheme, self.rent = UNHOUSED, None, 0.0
        self.lease_start_q = self.lease_end_q = self.queue_q = NO_QUARTER
        self.transfer = self.rent_aid = 0.0
        self.course, self.course_end_q = NO_COURSE, NO_QUARTER
        self.certificate = self.qualified = False
        self.knows = set()
        """Policies that the person has heard of."""
        self.ability, self.knowledge, self.technical, self.practice, self.soft = 1.0, 0.0, 0.0, 0.0, 0.0

    def skill(self, weights):
        """Skills in the weights (4) of an industry."""
        return (
            weights[0] * self.knowledge + weights[1] * self.technical + weights[2] * self.practice
            + weights[3] * self.soft
        )  # fmt: skip

    @property
    def is_on_course(self):
        """Whether the person is on a targeted course."""
        return self.course >= 0

    def leave_job(self):
        """Be without a job and search from now on."""
        self.firm, self.wage, self.state = None, 0.0, SEARCHING
        self.tenure_q = self.search_q = 0

    def move_to(self, city, quarter):
        """Live in `city` from now on, without a dwelling."""
        self.city, self.arrived_q = city, quarter
        self.leave_dwelling()
        self.rent = self.transfer = self.rent_aid = 0.0
        self.lease_start_q = self.lease_end_q = self.queue_q = NO_QUARTER

    def leave_dwelling(self):
        """Look for a dwelling again."""
        self.housing, self.scheme = UNHOUSED, None
