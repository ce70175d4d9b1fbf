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
        self.bar = 0.0
        """Lasting difference of its skill bar from that of the mean firm."""
        self.premium = 0.0
        """Log pay premium that answers openings left unfilled."""
        self.pay_link = self.training = self.career = 0.0
        self.adoption = 0.0
        """Share of the real firms that use AI."""
        self.adoption_path = 0.0
        """The same without policies."""
        self.quality, self.quality_start = 1.0, 0.0
        """Skill of the staff relative to the start, and what it is at the start (0 before)."""
        self.quit_rate = 0.0
        self.market_jobs = self.desired = 0.0
        self.headcount = self.openings = self.carried = self.unfilled = 0
        self.hires = self.quits = self.layoffs = self.closures = 0
        self.size_mean = self.room_point = 1.0
        """Mean staff of a real firm, persons; lasting draw that rounds the room for real firms."""
        self.room = self.number = self.entered = self.exited = 0
        self.closing = 0.0
        """Share of the real firms that have just closed."""
        self.exit_hazard = self.standing_mean = 0.0
        self.noise_factor = 1.0
        self.surplus_share = 0.0

    @property
    def is_state_owned(self):
        """Whether the state owns it."""
        return self.ownership == 0

    @property
    def staying(self):
        """Staff left, on average, when firms that have closed have freed theirs."""
        return self.headcount * (1.0 - self.closing)

    def lever(self, values):
        """What a lever over places, or over places and kinds of firms, is for this firm."""
        kind = self.city.index, self.industry, self.size, self.ownership
        return float(values[kind[: values.ndim]])

    def find_surplus(self, slack):
        """Renew the share of staff above desired headcount and slack."""
        surplus = self.staying - self.desired * (1.0 + slack)
        self.surplus_share = min(1.0, max(0.0, surplus / max(1.0, self.staying)))
