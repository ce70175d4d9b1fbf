"""The world: every quantity that a world file must give, declared once.

A quantity is one array over named dimensions. The declaration below is what the reader checks a world file
against, what `talentsim explain` prints, and what the documentation tables are made from. Values live in the
YAML files of this folder, each with its evidence id or its assumption and range.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.types import EDUCATION, EXPERIENCE, FIELD, FIRM_SIZE, INDUSTRY, INSTITUTION, OWNERSHIP, SKILL
from sim.world.indicators import EXTERNAL

FloatArray = NDArray[np.float64]

FIRST_COHORT_YEAR: Final = 2011
"""Oldest cohort in the initial stock: in 2019 it enters its eighth year, the end of the second leaving peak."""
LAST_COHORT_YEAR: Final = 2030
COHORT_YEARS: Final = tuple(str(year) for year in range(FIRST_COHORT_YEAR, LAST_COHORT_YEAR + 1))
MODEL_YEARS: Final = tuple(str(year) for year in range(2019, LAST_COHORT_YEAR + 1))
QUARTERS_OF_YEAR: Final = ("Q1", "Q2", "Q3", "Q4")

AXES: Final[dict[str, tuple[str, ...]]] = {
    "education": EDUCATION,
    "field": FIELD,
    "industry": INDUSTRY,
    "size": FIRM_SIZE,
    "ownership": OWNERSHIP,
    "experience": EXPERIENCE,
    "skill": SKILL,
    "institution": INSTITUTION,
    "cohort_year": COHORT_YEARS,
    "year": MODEL_YEARS,
    "quarter": QUARTERS_OF_YEAR,
    "ai": ("other", "ai"),
    "indicator": EXTERNAL,
}
"""Names along each fixed dimension; the dimension `place` takes its names from the world file."""


def quantity(unit: str, dims: tuple[str, ...], meaning: str, *, low: float = 0.0, high: float = float("inf")) -> Any:
    """Declare one quantity: its unit, dimensions, meaning and the bounds outside which a value is refused."""
    return dataclasses.field(metadata={"unit": unit, "dims": dims, "meaning": meaning, "low": low, "high": high})


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class World:
    """Places, industries and institutions as arrays; money in CNY of 2024, persons as heads."""

    name: str
    places: tuple[str, ...]
    labels: dict[str, dict[str, str]]
    """Place -> language (`en`, `zh`) -> name for readers."""
    kind: tuple[str, ...]
    """`city`, or `region` for the rest of a region."""
    region: tuple[str, ...]
    tier: tuple[str, ...]
    longitude: FloatArray
    latitude: FloatArray
    area: tuple[str, ...] = ()
    """Name of the area that each place belongs to: its districts share a hukou, and people commute between them. The
    places of an area stand side by side. Without any, every place is an area of its own."""

    # --- supply of graduates
    graduates: FloatArray = quantity(
        "persons/year", ("place", "cohort_year"), "graduates of all levels and fields, by place of study"
    )
    level_share: FloatArray = quantity(
        "share", ("place", "education"), "levels among graduates of a place; rows add to 1", high=1
    )
    field_share: FloatArray = quantity("share", ("education", "field"), "fields among graduates of a level", high=1)
    home_local_share: FloatArray = quantity("share", ("place",), "students of a place whose home is that place", high=1)
    home_weight: FloatArray = quantity(
        "weight", ("place",), "relative number of students that a place sends elsewhere to study"
    )
    institution_share: FloatArray = quantity(
        "share", ("education", "institution"), "types of institution among the graduates of a level", high=1
    )
    institution_count: FloatArray = quantity("institutions", ("place", "institution"), "institutions by type")
    institution_quality: FloatArray = quantity("index", ("institution",), "teaching quality, 1 = average", high=2)
    curriculum_lag_years: FloatArray = quantity(
        "years", ("institution",), "mean time until a curriculum copies the frontier", low=0.25, high=15
    )
    vintage_gap_start_years: FloatArray = quantity(
        "years", ("institution",), "age of curricula behind the frontier at the start", high=15
    )
    dual_teacher_share: FloatArray = quantity("share", ("institution",), "teachers with practice in firms", high=1)
    practice_share: FloatArray = quantity("share", ("institution",), "practice among teaching hours", high=1)
    cooperation_depth: FloatArray = quantity(
        "index", ("institution",), "depth of cooperation with firms: 0 none, 1 joint laboratory", high=1
    )
    association_share: FloatArray = quantity(
        "share", ("institution",), "institutions that work with an industry association", high=1
    )

    # --- demand for graduates
    jobs_start: FloatArray = quantity(
        "persons", ("place",), "jobs held by graduates of the initial cohorts at the start of 2019", low=1
    )
    new_jobs: FloatArray = quantity(
        "persons/year", ("place", "year"), "net new jobs for graduates a year (replacement of older workers included)"
    )
    new_jobs_before: FloatArray = quantity(
        "persons/year", ("place",), "the same before 2019: what jobs were before the start is counted back by it"
    )
    industry_share: FloatArray = quantity("share", ("place", "industry"), "industries among graduate jobs", high=1)
    ai_industry_share: FloatArray = quantity(
        "share", ("place", "industry"), "industries among the AI postings of a place", high=1
    )
    ai_place_share: FloatArray = quantity("share", ("place",), "places among all AI postings of the country", high=1)
    ai_intensity_place: FloatArray = quantity(
        "share", ("place",), "AI postings among all postings of a place, 2023 to 2024H1", high=1
    )
    ai_intensity_education: FloatArray = quantity(
        "share", ("education",), "AI postings among all postings that ask for a level", high=1
    )
    ai_demand_index: FloatArray = quantity(
        "index", ("year",), "AI share of postings in the first half-year, relative to 2024"
    )
    education_mix: FloatArray = quantity(
        "share", ("industry", "education"), "levels asked among all postings of an industry", high=1
    )
    experience_mix: FloatArray = quantity(
        "share", ("industry", "experience"), "experience asked among postings of an industry", high=1
    )
    size_mix: FloatArray = quantity("share", ("industry", "size"), "firm sizes among jobs of an industry", high=1)
    state_share: FloatArray = quantity("share", ("industry",), "jobs in state-owned employers", high=1)
    industry_growth: FloatArray = quantity(
        "1/year", ("industry",), "growth of an industry's labour demand relative to its place", low=-0.5, high=0.5
    )
    season: FloatArray = quantity("index", ("quarter",), "season of new postings, mean 1", high=4)
    wage_education_cny_m: FloatArray = quantity(
        "CNY/month", ("education", "ai"), "mean advertised pay by level, for other and AI postings", low=1
    )
    wage_experience: FloatArray = quantity("index", ("experience",), "pay relative to the mean over experience")
    wage_industry: FloatArray = quantity(
        "index", ("industry", "ai"), "pay relative to the mean over industries, for other and AI postings"
    )
    wage_place: FloatArray = quantity("index", ("place", "ai"), "pay relative to the mean over places, all else alike")
    size_premium: FloatArray = quantity("index", ("size",), "pay by firm size relative to the mean")
    skill_weight: FloatArray = quantity(
        "share", ("industry", "skill"), "weights of skills in judging applicants; rows add to 1", high=1
    )
    pay_link: FloatArray = quantity("share", ("ownership", "size"), "pay that follows evaluated performance", high=1)
    training_intensity: FloatArray = quantity(
        "1/year", ("ownership", "size"), "share of staff trained in-house a year", high=4
    )

    # --- living
    rent_shared_cny_m: FloatArray = quantity("CNY/month", ("place",), "market rent of a room in a shared flat")
    rent_whole_cny_m: FloatArray = quantity("CNY/month", ("place",), "market rent of a small whole unit")
    vacancy_start: FloatArray = quantity("share", ("place",), "vacant among rental places at the start", high=0.9)
    stock_growth: FloatArray = quantity("1/year", ("place",), "trend growth of the rental stock", low=-0.5, high=1)
    supply_elasticity: FloatArray = quantity(
        "elasticity", ("place",), "response of rental stock growth to rents above their starting level"
    )
    living_cost_cny_m: FloatArray = quantity("CNY/month", ("place",), "cost of living besides rent")
    commute_min: FloatArray = quantity("minutes", ("place",), "mean one-way commute")
    amenity: FloatArray = quantity("index", ("place",), "amenities besides cost, national mean 0", low=-5, high=5)

    # --- hukou and talent
    points_quota: FloatArray = quantity("persons/year", ("place",), "hukou places granted by points")
    employer_quota: FloatArray = quantity("persons/year", ("place",), "hukou places granted to graduates by employers")
    central_quota: FloatArray = quantity(
        "persons/year",
        ("place",),
        "hukou places granted to new graduates by large central firms, apart from the city's",
    )
    direct_level: FloatArray = quantity(
        "level", ("place",), "lowest code of education that registers with a job and without quota; 4 = none", high=4
    )
    open_quarters: FloatArray = quantity(
        "quarters", ("place",), "quarters of residence after which anybody employed registers; 400 = never", high=400
    )
    hukou_value: FloatArray = quantity("index", ("place",), "worth of a local hukou, Beijing 1")
    talent_start: FloatArray = quantity("persons", ("place",), "talent stock at the start, all ages")
    employed_start: FloatArray = quantity("persons", ("place",), "employed persons at the start, all ages")
    stickiness_published: FloatArray = quantity(
        "score", ("place",), "published talent stickiness score; NaN where none", high=100
    )
    stickiness_indicator: FloatArray = quantity(
        "indicator",
        ("place", "indicator"),
        "indicators of the stickiness index that are not simulated, each in its own unit; NaN where none",
    )

    @property
    def n_places(self) -> int:
        """Number of places."""
        return len(self.places)

    @functools.cached_property
    def has_commuting(self) -> bool:
        """Whether any area has more places than one."""
        return len(set(self.area)) < len(self.area)

    @functools.cached_property
    def area_of(self) -> NDArray[np.int64]:
        """(place,) first place of its area; found once, and not to be written to."""
        areas = self.area or self.places
        first = np.array([areas.index(area) for area in areas], np.int64)
        first.flags.writeable = False
        return first

    def axis(self, dim: str) -> tuple[str, ...]:
        """Names along dimension `dim`."""
        return self.places if dim == "place" else AXES[dim]


def world_quantities() -> dict[str, dict[str, Any]]:
    """Declared quantities by name: unit, dims, meaning, low, high."""
    return {field.name: dict(field.metadata) for field in dataclasses.fields(World) if field.metadata}
