"""Money paid to people: each month for living, for rent or as tax paid back, or once as an award.

payment = min(amount[education] + step(pay) + rent_share x rent + pay_share x pay + refund_share x income tax, cap)

a month, for eligible people who know of the policy and apply, up to the term. A rent subsidy is paid against rent: it
never exceeds the rent paid, and it makes a dwelling affordable as a lower rent would. The others are income. An award
is paid once to a person; before, people who weigh a city reckon with it as a monthly amount over `counted_years`, and
once it is paid it holds nobody.
"""

import abc
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from sim.market import MOST_STEPS
from sim.policies.base import INFINITE, EducationName, RationedPolicy, find_places, quarters_of, setting
from sim.policies.levers import NO_LIMIT, Levers, Transfer
from sim.types import EDUCATION
from sim.world.spec import World

MONTHS_PER_YEAR: Final = 12

Amount = float | dict[EducationName, float]


def amounts_by_education(amount: Amount) -> NDArray[np.float64]:
    """(education,) amounts; levels that a map does not name get nothing."""
    if isinstance(amount, dict):
        return np.array([amount.get(level, 0.0) for level in EDUCATION])
    return np.full(len(EDUCATION), float(amount))


def check_amount(amount: Amount) -> Amount:
    """The amount as it is. Raises ValueError where a part of it is below 0 or not finite."""
    amounts = amounts_by_education(amount)
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise ValueError("an amount is below 0 or not finite; write an amount from 0 on")
    return amount


class _Monthly(RationedPolicy):
    against_rent: ClassVar = False
    """Whether the payment lowers the rent instead of adding to income."""

    cap_cny_m: float = setting(INFINITE, "CNY/month", "upper limit of the payment", source="no limit")
    term_years: float = setting(
        3, "years", "longest time of payment", source="evidence 003-4472-02: upper end", endless=True
    )

    @abc.abstractmethod
    def pays_nothing(self) -> bool:
        """Whether the rule of the amount gives nothing to anybody."""

    @abc.abstractmethod
    def amount_rule(self) -> dict[str, object]:
        """Parts of the payment, as fields of Transfer."""

    def is_zero(self) -> bool:
        """Nothing is paid."""
        return self.pays_nothing() or min(self.cap_cny_m, self.term_years, self.budget_cny, self.quota) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One transfer for all places."""
        self.communicate(levers, index)
        levers.transfers.append(
            Transfer(
                policy=index,
                eligible=self.eligible.to_record(world, find_places(self.city, world)),
                cap_cny_m=self.cap_cny_m,
                against_rent=self.against_rent,
                start_quarter=self.first,
                term_quarters=quarters_of(self.term_years),
                take_up=self.take_up,
                budget_cny=self.budget_cny,
                when_spent=self.ration_rule,
                quota=self.quota,
                **self.amount_rule(),  # type: ignore[arg-type]  # each part has the type of its field
            )
        )


class _Subsidy(_Monthly):
    amount_cny_m: Amount = Field(
        0.0,
        description="fixed amount, one number or one per level of education",
        json_schema_extra={"unit": "CNY/month", "low": 0, "high": INFINITE, "source": "no fixed amount"},
    )
    amount_by_pay_cny_m: dict[float, float] = Field(
        {},
        description="amount added by pay, as a map `{pay from which it holds: amount}`",
        json_schema_extra={"unit": "CNY/month", "low": 0, "high": INFINITE, "source": "no steps", "keys": "CNY/month"},
    )
    pay_share: float = setting(0.0, "share", "share of gross pay that is paid", high=1, source="no share of pay")

    @field_validator("amount_cny_m")
    @classmethod
    def _check_amount(cls, amount: Amount) -> Amount:
        return check_amount(amount)

    @field_validator("amount_by_pay_cny_m")
    @classmethod
    def _check_steps(cls, steps: dict[float, float]) -> dict[float, float]:
        numbers = [*steps, *steps.values()]
        if any(not 0 <= number < INFINITE for number in numbers):
            raise ValueError("a step is below 0 or not finite; write numbers from 0 on")
        if len(steps) > MOST_STEPS:
            raise ValueError(f"{len(steps)} steps are too many; keep {MOST_STEPS}")
        return steps

    def pays_nothing(self) -> bool:
        """Whether all parts are 0."""
        fixed = amounts_by_education(self.amount_cny_m).any() or any(self.amount_by_pay_cny_m.values())
        return not fixed and self.pay_share == 0

    def amount_rule(self) -> dict[str, object]:
        """Fixed amount, steps and share of pay."""
        return {
            "amount_cny_m": amounts_by_education(self.amount_cny_m),
            "steps": tuple(sorted(self.amount_by_pay_cny_m.items())),
            "pay_share": self.pay_share,
            "rent_share": 0.0,
        }


class LivingSubsidy(_Subsidy):
    """A monthly amount for living in a city."""

    summary: ClassVar = "a monthly amount for eligible people who live in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "attract and keep"
    item: ClassVar = "living_subsidy"
    zero: ClassVar = "amount_cny_m: 0, pay_share: 0 and no amount_by_pay_cny_m"

    kind: Literal["living_subsidy"] = "living_subsidy"


class RentSubsidy(_Subsidy):
    """A share of the rent, and an amount if wanted."""

    summary: ClassVar = "a share of the rent, up to a cap, for eligible people who rent in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "lower the burden of rent"
    item: ClassVar = "rent_subsidy"
    zero: ClassVar = "rent_share: 0, amount_cny_m: 0, pay_share: 0 and no amount_by_pay_cny_m"
    against_rent: ClassVar = True

    kind: Literal["rent_subsidy"] = "rent_subsidy"
    rent_share: float = setting(0.0, "share", "share of the rent that is paid", high=1, source="no share of the rent")

    def pays_nothing(self) -> bool:
        """Whether all parts are 0."""
        return super().pays_nothing() and self.rent_share == 0

    def amount_rule(self) -> dict[str, object]:
        """As a living subsidy, and a share of the rent."""
        return {**super().amount_rule(), "rent_share": self.rent_share}


class TaxRefund(_Monthly):
    """Income tax that is paid back."""

    summary: ClassVar = "a share of income tax is paid back each month to eligible people who work in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "attract and keep"
    item: ClassVar = "tax_refund"
    zero: ClassVar = "refund_share: 0"
    finds: ClassVar = ("employed",)

    kind: Literal["tax_refund"] = "tax_refund"
    refund_share: float = setting(..., "share", "share of income tax that is paid back", high=1)

    def pays_nothing(self) -> bool:
        """Whether nothing is paid back."""
        return self.refund_share == 0

    def amount_rule(self) -> dict[str, object]:
        """A share of the tax alone."""
        return {"amount_cny_m": np.zeros(len(EDUCATION)), "rent_share": 0.0, "tax_share": self.refund_share}


class Award(RationedPolicy):
    """A sum paid once to a person."""

    summary: ClassVar = "a sum paid once to each eligible person who lives in the city"
    instrument: ClassVar = "environment"
    goal: ClassVar = "attract leading talent"
    item: ClassVar = "award"
    zero: ClassVar = "amount_cny: 0"

    kind: Literal["award"] = "award"
    amount_cny: Amount = Field(
        300_000.0,
        description="sum, one number or one per level of education",
        json_schema_extra={"unit": "CNY/person", "low": 0, "high": INFINITE, "source": "evidence 003-0903-01"},
    )
    counted_years: float = setting(
        3,
        "years",
        "time over which people reckon with it when they weigh a city",
        low=0.25,
        high=30,
        source="assumption: a usual contract (range 1 to 10)",
    )

    @field_validator("amount_cny")
    @classmethod
    def _check_amount(cls, amount: Amount) -> Amount:
        return check_amount(amount)

    def is_zero(self) -> bool:
        """Nothing is paid."""
        return not amounts_by_education(self.amount_cny).any() or min(self.budget_cny, self.quota) == 0

    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:  # noqa: ARG002
        """One transfer, paid once, for all places."""
        self.communicate(levers, index)
        months = self.counted_years * MONTHS_PER_YEAR
        levers.transfers.append(
            Transfer(
                policy=index,
                eligible=self.eligible.to_record(world, find_places(self.city, world)),
                amount_cny_m=amounts_by_education(self.amount_cny) / months,
                rent_share=0.0,
                once_months=months,
                cap_cny_m=INFINITE,
                start_quarter=self.first,
                term_quarters=NO_LIMIT,
                take_up=self.take_up,
                budget_cny=self.budget_cny,
                when_spent=self.ration_rule,
                quota=self.quota,
            )
        )
