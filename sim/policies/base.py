"""What all policies share: when, where, for whom, how it becomes known, and who pays.

A policy is data. `add_to` writes what it amounts to in one quarter into the levers; outside its dates, and when its
size is zero, it writes nothing at all, so that a policy of size zero leaves a run as it is, bit for bit.

The kinds are written without `from __future__ import annotations`: pydantic would compile each annotation as text, the
common ones once more for every kind, and `talentsim check` would take longer.
"""

import abc
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.policies.levers import ANY, ELIGIBILITY_DTYPE, NO_LIMIT, WHEN_SPENT, Communication, Levers
from sim.types import EDUCATION, FIELD, FIRM_SIZE, INDUSTRY, OWNERSHIP, STATE, Quarter
from sim.world.spec import World

MONTHS_PER_QUARTER: Final = 3
QUARTERS_PER_YEAR: Final = 4
EVERY_QUARTER: Final = (1, 2, 3, 4)
GRADUATION_QUARTER: Final = 2
ENROLMENT_QUARTER: Final = 3
"""Quarter of the year in which students graduate, and in which students and pupils enrol."""
NOT_PEOPLE: Final = ("eligible", "awareness", "communication", "take_up")
"""Common fields without effect on a kind that reaches no persons of its own."""
ALL_PLACES: Final = "all"
INFINITE: Final = float("inf")

EducationName = Literal["below_bachelor", "bachelor", "master", "phd"]
FieldName = Literal["ai_computing", "engineering", "science", "other"]
IndustryName = Literal[
    "computer_internet", "electronics", "human_resources", "manufacturing", "consulting", "pharma_bio",
    "machinery", "telecom", "new_energy", "automotive", "nonbank_finance", "other",
]  # fmt: skip
SizeName = Literal["<100", "100-500", "500-10000", ">10000"]
InstitutionName = Literal["elite_university", "university", "vocational_college", "training_provider"]
OwnershipName = Literal["state", "private"]
StateName = Literal["studying", "preparing", "searching", "employed", "out"]
PlaceName = Annotated[
    str | tuple[str, ...],
    Field(json_schema_extra={"names": "places"}, description="a city, a list of cities, a region, or `all`"),
]


def setting(
    default: Any,
    unit: str,
    meaning: str,
    *,
    low: float = 0,
    high: float = INFINITE,
    source: str = "",
    endless: bool = False,
) -> Any:
    """Declare a number of a policy: default (`...`: must be given), unit, meaning, bounds, source of the default.

    It may be infinite where its default is, or where it is `endless`: a limit or a term, never an amount.
    """
    extra: dict[str, Any] = {"unit": unit, "low": low, "high": high, "source": source}
    endless = endless or bool(default == INFINITE)
    return Field(default=default, ge=low, le=high, description=meaning, json_schema_extra=extra, allow_inf_nan=endless)


class Data(BaseModel):
    """Frozen data in which a key that is not declared is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class YearsRange(Data):
    """A span of years."""

    min: float = setting(0, "years", "from this many years", source="no limit")
    max: float = setting(INFINITE, "years", "up to this many years", source="no limit")


class WageRange(Data):
    """A span of pay."""

    min: float = setting(0, "CNY/month", "from this pay", source="no limit")
    max: float = setting(INFINITE, "CNY/month", "up to this pay", source="no limit")


class EligibilitySpec(Data):
    """Who a policy reaches; what is not named does not matter."""

    education: tuple[EducationName, ...] | None = Field(None, description="levels of education")
    field: tuple[FieldName, ...] | None = Field(None, description="fields of study")
    years_since_graduation: YearsRange = Field(YearsRange(), description="time since graduation")
    hukou: Literal["any", "without", "with"] = Field("any", description="local hukou")
    home: Literal["any", "here", "elsewhere"] = Field("any", description="home in the place where the person lives")
    studied_in: PlaceName = ALL_PLACES
    industry: tuple[IndustryName, ...] | None = Field(None, description="industry of the employer")
    firm_size: tuple[SizeName, ...] | None = Field(None, description="size of the employer")
    state: tuple[StateName, ...] | None = Field(None, description="state in the labour market")
    wage_cny_m: WageRange = Field(WageRange(), description="pay")
    years_of_residence: YearsRange = Field(YearsRange(), description="time in the city, and elsewhere where it counts")
    housing: Literal["any", "subsidised", "not_subsidised"] = Field("any", description="lives in a subsidised unit")
    certificate: Literal["any", "without", "with"] = Field("any", description="industry certificate")
    received: tuple[str, ...] | None = Field(
        None, description="labels or kinds of policies of which one has reached the person before"
    )
    not_received: tuple[str, ...] | None = Field(
        None, description="labels or kinds of policies of which none has reached the person before"
    )

    def to_record(self, world: World, lives_in: Sequence[int]) -> NDArray[np.void]:
        """One row of ELIGIBILITY_DTYPE, shape (1,), for people who live in the places `lives_in`.

        `received` and `not_received` are left open: their policies are known to `sim.policies.build_levers` only.
        """
        row = np.zeros(1, ELIGIBILITY_DTYPE)
        span, pay = self.years_since_graduation, self.wage_cny_m
        row["education_mask"] = mask_names(self.education, EDUCATION)
        row["field_mask"] = mask_names(self.field, FIELD)
        row["place_mask"] = ANY if len(lives_in) == world.n_places else sum(1 << place for place in lives_in)
        studied = find_places(self.studied_in, world)
        row["study_mask"] = ANY if len(studied) == world.n_places else sum(1 << place for place in studied)
        row["industry_mask"] = mask_names(self.industry, INDUSTRY)
        row["size_mask"] = mask_names(self.firm_size, FIRM_SIZE)
        row["state_mask"] = mask_names(self.state, STATE)
        row["hukou"] = ("any", "without", "with").index(self.hukou)
        row["home"] = ("any", "here", "elsewhere").index(self.home)
        row["min_quarters"] = quarters_of(span.min)
        row["max_quarters"] = quarters_of(span.max)
        row["wage_min_cny_m"] = pay.min
        row["wage_max_cny_m"] = pay.max
        row["min_residence_q"] = quarters_of(self.years_of_residence.min)
        row["max_residence_q"] = quarters_of(self.years_of_residence.max)
        row["housing"] = ("any", "subsidised", "not_subsidised").index(self.housing)
        row["certificate"] = ("any", "without", "with").index(self.certificate)
        return row


class FirmsSpec(Data):
    """Which firms a policy reaches; what is not named does not matter."""

    industry: tuple[IndustryName, ...] | None = Field(None, description="industries")
    size: tuple[SizeName, ...] | None = Field(None, description="size classes")
    ownership: tuple[OwnershipName, ...] | None = Field(None, description="ownership")

    def to_cells(self, world: World, places: Sequence[int]) -> NDArray[np.float64]:
        """(place, industry, size, ownership) 1 for the firms reached in `places`, else 0."""
        reached = np.zeros((world.n_places, len(INDUSTRY), len(FIRM_SIZE), len(OWNERSHIP)))
        axes = ((self.industry, INDUSTRY), (self.size, FIRM_SIZE), (self.ownership, OWNERSHIP))
        reached[np.ix_(np.array(places), *(find_positions(names, known) for names, known in axes))] = 1.0
        return reached

    def to_masks(self, world: World, places: Sequence[int]) -> dict[str, int]:
        """The same as bit masks, by the names of the fields of FirmGrant."""
        return {
            "place_mask": ANY if len(places) == world.n_places else sum(1 << place for place in places),
            "industry_mask": mask_names(self.industry, INDUSTRY),
            "size_mask": mask_names(self.size, FIRM_SIZE),
            "ownership_mask": mask_names(self.ownership, OWNERSHIP),
        }


class PolicySpec(Data, abc.ABC):
    """A dated policy of one kind."""

    summary: ClassVar[str]
    instrument: ClassVar[str]
    """Class of instrument: `supply`, `environment` or `demand`."""
    goal: ClassVar[str]
    item: ClassVar[str]
    """Item under which its money stands in the ledger."""
    together: ClassVar[Literal["add", "multiply", "mixed", "one", "refused"]] = "add"
    """What becomes of two of the kind in one place and quarter; `mixed`: factors multiply, all else adds up; `one`: the
    numbers add up, and nobody is served by both."""
    zero: ClassVar[str]
    """Which values mean that there is no policy."""
    unused: ClassVar[tuple[str, ...]] = ()
    """Common fields that have no effect on the kind; a file that gives one is refused."""
    finds: ClassVar[tuple[str, ...]] = ("preparing", "searching", "employed")
    """States in which the people are when the policy looks for them; a file that names none of these is refused."""
    ends_with_budget: ClassVar[bool] = False
    """Whether the policy ends, with all its effects, in the quarter after its budget is spent."""

    kind: str = Field(description="kind of policy")
    label: str = Field("", description="name for readers; the kind where it is empty")
    city: PlaceName
    from_: str = Field(alias="from", description="first quarter, such as 2025Q1")
    to: str | None = Field(None, description="last quarter; without it to the end of the run")
    eligible: EligibilitySpec = Field(EligibilitySpec(), description="who is reached")
    awareness: float = setting(
        0.6, "share", "people who know of it at once", high=1, source="evidence 003-0939-06: 41.8 % never heard"
    )
    communication: float = setting(
        0.05, "1/quarter", "hazard of hearing of it", high=1, source="assumption: a fifth a year (range 0 to 0.2)"
    )
    take_up: float = setting(
        0.8, "share", "those who know and apply", high=1, source="assumption: applying costs time (range 0.5 to 1)"
    )
    payer: Literal["city", "national", "association", "employers"] = Field("city", description="who pays")
    budget_cny: float = setting(INFINITE, "CNY", "money for the whole policy", source="no limit")

    @field_validator("from_", "to")
    @classmethod
    def _check_quarter(cls, text: str | None) -> str | None:
        if text is not None:
            Quarter.parse(text)
        return text

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.to is not None and Quarter.parse(self.to) < Quarter.parse(self.from_):
            raise ValueError(f"`to` ({self.to}) lies before `from` ({self.from_}); write a later one")
        return self

    @model_validator(mode="after")
    def _check_used(self) -> Self:
        idle = [name for name in self.unused if name in self.model_fields_set]
        if idle:
            raise ValueError(f"`{'`, `'.join(idle)}` has no effect on {self.kind}; remove it")
        return self

    @model_validator(mode="after")
    def _check_state(self) -> Self:
        named = self.eligible.state
        if named is not None and not set(named) & set(self.finds):
            raise ValueError(
                f"`eligible.state` names nobody: people are {' or '.join(self.finds)} when {self.kind} looks for them; "
                "name one of these, or leave `state` out"
            )
        return self

    @property
    def first(self) -> int:
        """Number of the first quarter."""
        return Quarter.parse(self.from_).number

    @property
    def last(self) -> int:
        """Number of the last quarter; NO_LIMIT without an end."""
        return NO_LIMIT if self.to is None else Quarter.parse(self.to).number

    def is_active(self, quarter: int) -> bool:
        """Whether the policy is in force."""
        return self.first <= quarter <= self.last

    def add_to(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Add what the policy amounts to in `quarter` (a `Quarter.number`); `index` is its place in the scenario."""
        if not self.is_zero() and self.is_active(quarter):
            self.add_entries(levers, index, quarter, world)

    @abc.abstractmethod
    def is_zero(self) -> bool:
        """Whether the size is zero, so that there is no policy."""

    @abc.abstractmethod
    def add_entries(self, levers: Levers, index: int, quarter: int, world: World) -> None:
        """Write the entries of one quarter in force."""

    def acts_in(self) -> tuple[int, ...]:
        """Quarters of the year in which the policy acts; in the others it only becomes known.

        A scenario in which none of them lies between its dates is refused.
        """
        return EVERY_QUARTER

    def sets(self) -> tuple[str, ...]:
        """What the policy sets outright, where others would add or multiply.

        A scenario in which two policies set one thing in one place and quarter is refused.
        """
        return ()

    def communicate(self, levers: Levers, index: int) -> None:
        """Let knowledge of the policy spread."""
        levers.communications.append(
            Communication(policy=index, start_quarter=self.first, start_share=self.awareness, rate=self.communication)
        )


class RationedPolicy(PolicySpec):
    """A policy whose money or number of persons may run short."""

    when_spent: Literal["lottery", "queue", "points", "stop"] = Field(
        "lottery",
        description="who is paid when the budget is short: by lot, by the time since the claim began, by education and "
        "residence; or nobody any more",
    )
    quota: float = setting(
        INFINITE, "persons", "most persons paid at one time, or in a year where they are paid once", source="no limit"
    )

    @property
    def ration_rule(self) -> int:
        """Index into WHEN_SPENT."""
        return WHEN_SPENT.index(self.when_spent)


def find_places(name: str | Sequence[str], world: World) -> list[int]:
    """Indices of the places that a city, an area, a list, a region or `all` names.

    Raises:
        KeyError: for a name that is none of these.
    """
    if isinstance(name, str):
        if name == ALL_PLACES:
            return list(range(world.n_places))
        if name in world.places:
            return [world.places.index(name)]
        if name in world.area:
            return [i for i, area in enumerate(world.area) if area == name]
        if name in world.region:
            return [i for i, region in enumerate(world.region) if region == name]
        raise KeyError(name)
    return sorted({place for part in name for place in find_places(part, world)})


def mask_names(names: Sequence[str] | None, vocabulary: Sequence[str]) -> int:
    """Bits of the names in the vocabulary; ANY for None."""
    return ANY if names is None else sum(1 << vocabulary.index(name) for name in set(names))


def find_positions(names: Sequence[str] | None, vocabulary: Sequence[str]) -> NDArray[np.intp]:
    """Sorted codes of the names in the vocabulary; all codes for None."""
    return np.array(
        sorted({vocabulary.index(name) for name in (vocabulary if names is None else names)}), dtype=np.intp
    )


def ramp_up(first: int, quarter: int, ramp_quarters: int) -> float:
    """Share of the full size in a quarter when it is reached in equal steps, the first of them in quarter `first`."""
    return min(1.0, max(0.0, (quarter - first + 1) / ramp_quarters))


def grade(factor: float, coverage: float) -> float:
    """A factor that acts on the share `coverage`: 1 + coverage x (factor - 1)."""
    return 1 + coverage * (factor - 1)


def quarters_of(years: float) -> int:
    """Whole quarters of a time in years; NO_LIMIT for infinity."""
    return NO_LIMIT if years == INFINITE else round(years * 4)
