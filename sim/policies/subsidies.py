"""Money paid to people each month: for living, or for rent.

payment = min(amount[education] + rent_share x rent, cap), for eligible people who know of the policy and apply, up to
the term. A rent subsidy is paid against rent: it never exceeds the rent paid, and it makes a dwelling affordable as a
lower rent would. A living subsidy is income. A one-off award is left out: with yearly terms it is a monthly amount over
a short term.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from sim.policies.base import INFINITE, EducationName, PolicySpec, find_places, quarters_of, setting
from sim.policies.levers import Levers, Transfer
from sim.types import EDUCATION
from sim.world.spec import World

Amount = float | dict[EducationName, float]


def amounts_by_education(amount: Amount) -> NDArray[np.float64]:
    """(education,) amounts; levels that a map does not name get nothing."""
    if isinstance(amount, dict):
        return np.array([amount.get(level, 0.0) for level in EDUCATION])
    return np.full(len(EDUCATION), float(amount))


class _Subsidy(PolicySpec):
    amount_cny_m: Amount = Field(
        0.0,
        description="fixed amount, one number or one per level of education",
        json_schema_extra={"unit": "CNY/month", "low": 0, "high": INFINITE, "source": "no fixed amount"},
    )
    against_rent: ClassVar = False
    """Whether the payment lowers the rent instead of adding to income."""

    cap_cny_m: float = setting(INFINITE, "CNY/month", "upper limit of the payment", source="no limit")
    term_years: float = setting(3, "years", "longest time of payment", source="evidence 003-4472-02: upper end")

    @field_validator("amount_cny_m")
    @classmethod
    def _check_amount(cls, amount: Amount) -> Amount:
        amounts = amounts_by_education(amount)
        if not np.isfinite(amounts).all() or (amounts < 0).any():
            raise ValueError("an amount is below 0 or not finite")
        return amount

    @property
    def share_of_rent(self) -> float:
        """Share of the rent that is paid."""
        return 0.0

    def is_zero(self) -> bool:
        """Nothing is paid."""
        nothing = self.share_of_rent == 0 and not amounts_by_education(self.amount_cny_m).any()
        return nothing or min(self.cap_cny_m, self.term_years, self.budget_cny) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One transfer for all places."""
        self.communicate(levers, index)
        levers.transfers.append(
            Transfer(
                policy=index,
                eligible=self.eligible.to_record(world, find_places(self.city, world)),
                amount_cny_m=amounts_by_education(self.amount_cny_m),
                rent_share=self.share_of_rent,
                cap_cny_m=self.cap_cny_m,
                against_rent=self.against_rent,
                start_quarter=self.first,
                term_quarters=quarters_of(self.term_years),
                take_up=self.take_up,
                budget_cny=self.budget_cny,
            )
        )


class LivingSubsidy(_Subsidy):
    """A monthly amount for living in a city."""

    summary: ClassVar = "a monthly amount for eligible people who live in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "attract and keep"
    item: ClassVar = "living_subsidy"
    zero: ClassVar = "amount_cny_m: 0"

    kind: Literal["living_subsidy"] = "living_subsidy"


class RentSubsidy(_Subsidy):
    """A share of the rent, and an amount if wanted."""

    summary: ClassVar = "a share of the rent, up to a cap, for eligible people who rent in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "lower the burden of rent"
    item: ClassVar = "rent_subsidy"
    zero: ClassVar = "rent_share: 0 and amount_cny_m: 0"
    against_rent: ClassVar = True

    kind: Literal["rent_subsidy"] = "rent_subsidy"
    rent_share: float = setting(0.0, "share", "share of the rent that is paid", high=1, source="no share of the rent")

    @property
    def share_of_rent(self) -> float:
        """Share of the rent that is paid."""
        return self.rent_share
