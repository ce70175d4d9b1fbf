"""The 24 indicators of the Talent Stickiness Index, declared once: six dimensions, each indicator with its sign.

The tree and the signs are published (evidence 003-3104-01 to 003-3127-01); weights, data and formula are not. Seven
indicators follow from the state of the model; the others are values of the world file, in the unit stated here.
Numbers that grow with the size of a city by orders of magnitude enter as logarithms, an assumption.
"""

from __future__ import annotations

import dataclasses
from typing import Final

DIMENSIONS: Final = ("economy", "innovation", "openness", "ecology", "welfare", "public_life")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Indicator:
    """One indicator of the index."""

    name: str
    dimension: str
    sign: int
    """1 where more of it holds people, -1 where it drives them away."""
    simulated: bool
    """True where it follows from the state of the model, False where the world file gives it."""
    log: bool = False
    """True where ln(1 + value) enters the index."""
    unit: str
    meaning: str
    evidence: str
    """Id of the published line that names the indicator and its sign."""


INDICATORS: Final = (
    Indicator(name="night_light", dimension="economy", sign=1, simulated=False, unit="index",
              meaning="light at night, the brightest first-tier city about 1", evidence="003-3104-01"),
    Indicator(name="labour_productivity", dimension="economy", sign=1, simulated=True, log=True, unit="CNY/month",
              meaning="pay per employed person, which stands for what a person produces", evidence="003-3105-01"),
    Indicator(name="firms", dimension="economy", sign=1, simulated=True, log=True, unit="firms",
              meaning="real firms", evidence="003-3106-01"),
    Indicator(name="broadband", dimension="economy", sign=1, simulated=False, unit="Mbit/s",
              meaning="speed of fixed broadband", evidence="003-3107-01"),
    Indicator(name="papers", dimension="innovation", sign=1, simulated=False, log=True, unit="papers/year",
              meaning="AI papers in a year", evidence="003-3108-01"),
    Indicator(name="patents", dimension="innovation", sign=1, simulated=False, log=True, unit="patents",
              meaning="invention patents in force", evidence="003-3109-01"),
    Indicator(name="top_scientists", dimension="innovation", sign=1, simulated=False, log=True, unit="persons",
              meaning="AI scientists of high output who are highly cited", evidence="003-3110-01"),
    Indicator(name="research_institutions", dimension="innovation", sign=1, simulated=False, log=True,
              unit="institutions", meaning="research institutions among the leading ones of the world",
              evidence="003-3111-01"),
    Indicator(name="unicorn_value", dimension="innovation", sign=1, simulated=False, log=True, unit="100m USD",
              meaning="market value of unlisted firms worth more than a billion USD", evidence="003-3112-01"),
    Indicator(name="connectivity", dimension="openness", sign=1, simulated=False, unit="index",
              meaning="links by air and rail, the best connected city 100", evidence="003-3113-01"),
    Indicator(name="research_collaboration", dimension="openness", sign=1, simulated=False, unit="share",
              meaning="papers written with authors abroad", evidence="003-3114-01"),
    Indicator(name="international_students", dimension="openness", sign=1, simulated=False, unit="share",
              meaning="students from abroad", evidence="003-3115-01"),
    Indicator(name="travel_freedom", dimension="openness", sign=1, simulated=False, unit="index",
              meaning="countries open to holders of the passport; one value for a country", evidence="003-3116-01"),
    Indicator(name="climate", dimension="ecology", sign=1, simulated=False, unit="index",
              meaning="comfort of the climate, 100 = mild all year", evidence="003-3117-01"),
    Indicator(name="air_pollution", dimension="ecology", sign=-1, simulated=False, unit="ug/m3",
              meaning="yearly mean of fine particles in the air", evidence="003-3118-01"),
    Indicator(name="life_expectancy", dimension="ecology", sign=1, simulated=False, unit="years",
              meaning="life expectancy at birth", evidence="003-3119-01"),
    Indicator(name="income", dimension="welfare", sign=1, simulated=True, log=True, unit="CNY/month",
              meaning="pay and transfers per person who works or searches", evidence="003-3120-01"),
    Indicator(name="universities", dimension="welfare", sign=1, simulated=False, log=True, unit="institutions",
              meaning="universities of renown", evidence="003-3121-01"),
    Indicator(name="schooling", dimension="welfare", sign=1, simulated=True, unit="years",
              meaning="mean years of schooling of the talent that lives there", evidence="003-3122-01"),
    Indicator(name="physicians", dimension="welfare", sign=1, simulated=False, unit="persons/1000",
              meaning="physicians per 1000 residents", evidence="003-3123-01"),
    Indicator(name="housing_burden", dimension="public_life", sign=-1, simulated=True, unit="share",
              meaning="rent over take-home pay and transfers of those who rent", evidence="003-3124-01"),
    Indicator(name="living_cost", dimension="public_life", sign=-1, simulated=True, unit="CNY/month",
              meaning="cost of living besides rent", evidence="003-3125-01"),
    Indicator(name="commute", dimension="public_life", sign=-1, simulated=True, unit="minutes",
              meaning="one-way commute, longer the more talent there is than at the start", evidence="003-3126-01"),
    Indicator(name="safety", dimension="public_life", sign=1, simulated=False, unit="index",
              meaning="public safety, 100 = safest", evidence="003-3127-01"),
)  # fmt: skip
"""The one table of indicators, in the published order."""

EXTERNAL: Final = tuple(indicator.name for indicator in INDICATORS if not indicator.simulated)
"""Names along the dimension `indicator` of the world file."""
