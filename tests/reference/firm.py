"""Firms: groups of like employers in one place."""

import mesa


class FirmAgent(mesa.Agent):
    """One firm agent. Jobs, staff and openings are counted in agents, as persons are."""

    def __init__(self, market, *, row, city, industry, size, ownership, identity):
        super().__init__(market)
        self.row, self.city = row, city
        self.industry, self.size, self.ownership, self.identity = industry, size, ownership, identity
        self.jobs_start = 0.0
        self.trait = 0.0
        """Lasting log pay premium."""
        self.premium = 0.0
        """Log pay premium that answers openings left unfilled."""
        self.pay_link = self.training = self.career = 0.0
        self.adoption = 0.0
        self.quit_rate = 0.0
        self.desired = 0.0
        self.headcount = self.openings = self.carried = self.unfilled = 0
        self.hires = self.quits = self.layoffs = 0
        self.noise_factor = 1.0
        self.surplus_share = 0.0

    @property
    def is_state_owned(self):
        """Whether the state owns it."""
        return self.ownership == 0

    def find_surplus(self, slack):
        """Renew the share of staff above desired headcount and slack."""
        surplus = self.headcount - self.desired * (1.0 + slack)
        self.surplus_share = min(1.0, max(0.0, surplus / max(1.0, self.headcount)))
