"""Subsidised units: talent housing, and settling-in support that is free at first; and money for a home of one's own.

units on offer in quarter t = min(units, units_per_quarter x (t - from + 1)), in each city named. New leases end with
`to`; people who hold one keep it to the end of its term, so the scheme stays with no unit on offer until then.
"""

import abc
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from sim.policies.base import (
    INFINITE,
    MONTHS_PER_QUARTER,
    PolicySpec,
    RationedPolicy,
    find_places,
    quarters_of,
    setting,
)
from sim.policies.levers import NO_LIMIT, QUEUE_RULES, HousingScheme, Levers, Purchase
from sim.policies.subsidies import Amount, amounts_by_education, check_amount
from sim.world.spec import World


class _Housing(PolicySpec):
    finds: ClassVar = ("searching", "employed")

    units: float = setting(..., "units", "units in each city named")
    units_per_quarter: float = setting(INFINITE, "units/quarter", "pace at which units open", source="all open at once")
    rent_cap: float = setting(INFINITE, "CNY/month", "highest rent of a unit", source="no limit")
    queue: Literal["lottery", "first_come", "points"] = Field("lottery", description="rule of allocation")

    @property
    def free_quarters(self) -> int:
        """Quarters without rent at the start of a lease."""
        return 0

    @property
    @abc.abstractmethod
    def term_quarters(self) -> int:
        """Length of a lease."""

    @property
    @abc.abstractmethod
    def share_of_market_rent(self) -> float:
        """Rent relative to the market rent of a small whole unit."""

    def is_zero(self) -> bool:
        """No unit."""
        return min(self.units, self.units_per_quarter, self.budget_cny) == 0

    def is_active(self, quarter: int) -> bool:
        """In force, or with leases that may still run."""
        last = self.last if self.last == NO_LIMIT else self.last + self.term_quarters
        return self.first <= quarter <= last

    def units_on_offer(self, quarter: int) -> float:
        """Units that may be let in a quarter; 0 after `to`."""
        if quarter > self.last:
            return 0.0
        return min(self.units, self.units_per_quarter * (quarter - self.first + 1))

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """One scheme for each place."""
        if quarter <= self.last:
            self.communicate(levers, index)
        for place in find_places(self.city, world):
            levers.schemes.append(
                HousingScheme(
                    policy=index,
                    place=place,
                    eligible=self.eligible.to_record(world, [place]),
                    units=self.units_on_offer(quarter),
                    rent_cap_cny_m=self.rent_cap,
                    rent_share=self.share_of_market_rent,
                    free_quarters=self.free_quarters,
                    term_quarters=self.term_quarters,
                    queue=QUEUE_RULES.index(self.queue),
                    take_up=self.take_up,
                    budget_cny=self.budget_cny,
                )
            )


class TalentHousing(_Housing):
    """Units below the market rent."""

    summary: ClassVar = "units let to eligible people below the market rent, for a term"
    instrument: ClassVar = "environment"
    goal: ClassVar = "lower the burden of rent"
    item: ClassVar = "talent_housing"
    together: ClassVar = "one"
    zero: ClassVar = "units: 0"

    kind: Literal["talent_housing"] = "talent_housing"
    rent_share: float = setting(
        0.7, "share", "rent relative to the market", high=2, source="assumption: a third below (range 0.5 to 0.9)"
    )
    term_years: float = setting(
        3, "years", "length of a lease", low=0.25, source="evidence 003-4472-02: upper end", endless=True
    )

    @property
    def term_quarters(self) -> int:
        """Length of a lease."""
        return quarters_of(self.term_years)

    @property
    def share_of_market_rent(self) -> float:
        """Rent relative to the market rent of a small whole unit."""
        return self.rent_share


class SettlingSupport(_Housing):
    """Units that are free at first, then cheap."""

    summary: ClassVar = "units that are free for some months and cheap for some more"
    instrument: ClassVar = "environment"
    goal: ClassVar = "ease the first years"
    item: ClassVar = "settling_support"
    together: ClassVar = "one"
    zero: ClassVar = "units: 0"

    kind: Literal["settling_support"] = "settling_support"
    free_months: float = setting(6, "months", "months without rent", source="evidence 003-0903-06")
    low_rent_months: float = setting(18, "months", "months of low rent", source="evidence 003-0903-07")
    low_rent_share: float = setting(
        0.5, "share", "low rent relative to the market", high=1, source="assumption: half (range 0.3 to 0.8)"
    )

    @property
    def free_quarters(self) -> int:
        """Quarters without rent at the start of a lease."""
        return round(self.free_months / MONTHS_PER_QUARTER)

    @property
    def term_quarters(self) -> int:
        """Length of a lease, at least one quarter."""
        return max(1, round((self.free_months + self.low_rent_months) / MONTHS_PER_QUARTER))

    @property
    def share_of_market_rent(self) -> float:
        """Rent relative to the market rent of a small whole unit."""
        return self.low_rent_share


class PurchaseSubsidy(RationedPolicy):
    """Money towards a home of one's own."""

    summary: ClassVar = "a sum or a share of the price, paid once when an eligible person buys a home in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "keep those who found a family"
    item: ClassVar = "purchase_subsidy"
    together: ClassVar = "one"
    zero: ClassVar = "amount_cny: 0 and price_share: 0"
    finds: ClassVar = ("employed",)

    kind: Literal["purchase_subsidy"] = "purchase_subsidy"
    amount_cny: Amount = Field(
        300_000.0,
        description="sum, one number or one per level of education",
        json_schema_extra={"unit": "CNY/person", "low": 0, "high": INFINITE, "source": "evidence 003-0903-02"},
    )
    price_share: float = setting(
        0.0, "share", "share of the price that is paid", high=1, source="no share of the price"
    )
    cap_cny: float = setting(INFINITE, "CNY/person", "upper limit of the payment", source="no limit")

    @field_validator("amount_cny")
    @classmethod
    def _check_amount(cls, amount: Amount) -> Amount:
        return check_amount(amount)

    def is_zero(self) -> bool:
        """Nothing is paid."""
        nothing = self.price_share == 0 and not amounts_by_education(self.amount_cny).any()
        return nothing or min(self.cap_cny, self.budget_cny, self.quota) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One entry for all places."""
        self.communicate(levers, index)
        levers.purchases.append(
            Purchase(
                policy=index,
                eligible=self.eligible.to_record(world, find_places(self.city, world)),
                amount_cny=amounts_by_education(self.amount_cny),
                price_share=self.price_share,
                cap_cny=self.cap_cny,
                take_up=self.take_up,
                budget_cny=self.budget_cny,
                when_spent=self.ration_rule,
                quota=self.quota,
            )
        )
