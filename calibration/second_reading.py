"""The moments read a second time, by plain pandas over the result tables of a run.

Written from what the documents say they counted (the `population` of a row), not from calibration.moments. Slow and
simple on purpose. Where both differ, one of them reads the figure wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from calibration.periods import list_quarters
from sim.types import Quarter

Tables = Mapping[str, pd.DataFrame]


def read_tables(tables: Tables, name: str, args: Mapping[str, Any]) -> float:
    """The value of a moment from the tables of one run. Raises KeyError on an unknown name."""
    return READERS[name](tables, **args)


def _in_period(table: pd.DataFrame, period: str) -> pd.DataFrame:
    wanted = [str(Quarter(number)) for number in list_quarters(period)]
    return table[table["quarter"].astype(str).isin(wanted)]


def _at_end(table: pd.DataFrame, period: str) -> pd.DataFrame:
    rows = _in_period(table, period)
    return rows[rows["quarter"].astype(str) == rows["quarter"].astype(str).max()]


def _ads(tables: Tables, period: str, *cells: Mapping[str, Any]) -> pd.DataFrame:
    """Advertisements of a period that meet all conditions."""
    ads = _in_period(tables["postings"], period)
    for cell in cells:
        for name, wanted in cell.items():
            column = ads["firm_size" if name == "size" else name].astype(str)
            ads = ads[column.isin(wanted if isinstance(wanted, list) else [wanted])]
    return ads


def _ai(ads: pd.DataFrame) -> pd.DataFrame:
    return ads[ads["ai"].astype(str) == "ai"]


def _mean_pay(ads: pd.DataFrame) -> float:
    """Advertised pay a month: the mean over positions on offer."""
    return float((ads["wage_offer_mean"] * ads["openings"]).sum() / ads["openings"].sum())


def _graduates(tables: Tables, city: str, cohort: int) -> pd.Series[Any]:
    """Sums over the graduates of one year of the universities in a city."""
    table = tables["cohorts"]
    rows = table[(table["study_city"].astype(str) == city) & (table["cohort_year"] == cohort)]
    return rows.drop(columns=["study_city", "education", "field", "home"]).astype(float).sum()


def _stayers(tables: Tables, city: str, cohort: int) -> float:
    """New graduates of universities of the city who take jobs in the city, by the end of the year."""
    return float(_graduates(tables, city, cohort)["stayed_6m"])


def _stay_share(tables: Tables, city: str, cohort: int) -> float:
    people = _graduates(tables, city, cohort)
    return float(people["stayed_6m"] / people["graduated"])


def _stay_share_of_employed(tables: Tables, city: str, cohort: int) -> float:
    """Employed new graduates of universities of the city who stay."""
    people = _graduates(tables, city, cohort)
    return float(people["stayed_6m"] / people["employed_6m"])


def _stay_share_ratio(tables: Tables, city: str, cohort: int, base: int) -> float:
    """Whether the stay rate rose or fell between the cohorts of two years."""
    return _stay_share(tables, city, cohort) / _stay_share(tables, city, base)


def _employment_rate(tables: Tables, city: str, cohort: int) -> float:
    """New graduates of universities of the city who have a job."""
    people = _graduates(tables, city, cohort)
    return float(people["employed_6m"] / people["graduated"])


def _located(tables: Tables, city: str, cohort: int) -> float:
    """New graduates who are located in the city, at work, at a university or before an examination."""
    people = _graduates(tables, city, cohort)
    return float((people["stayed_6m"] + people["further_study"] + people["preparing"]) / people["graduated"])


def _first_jobs(tables: Tables, city: str, year: int, origin: str = "any") -> float:
    """New graduates who take jobs in the city; from elsewhere: of universities outside, so they come from elsewhere."""
    flows = tables["flows"]
    here = flows[(flows["to_city"].astype(str) == city) & flows["new_graduate"].astype(bool)]
    here = here[here["quarter"].astype(str).str.startswith(str(year))]
    if origin == "elsewhere":
        here = here[here["from_city"].astype(str) != city]
    return float(here["persons"].sum())


def _mean_first_jobs(tables: Tables, city: str, since: int, until: int) -> float:
    return float(pd.Series([_first_jobs(tables, city, year) for year in range(since, until + 1)]).mean())


def _fall_first_jobs(tables: Tables, city: str, since: int, until: int) -> float:
    """Shrinkage of the annual intake of new graduates."""
    return 1 - _first_jobs(tables, city, until) / _first_jobs(tables, city, since)


def _quarter_share(tables: Tables, quarter: str, of: list[str]) -> float:
    """AI postings of the quarter / AI postings of all quarters together."""
    every = pd.concat([_ai(_ads(tables, period)) for period in of])
    by_quarter = every.groupby(every["quarter"].astype(str))["new_postings"].sum()
    return float(by_quarter[quarter] / by_quarter.sum())


def _postings_by(tables: Tables, period: str, cell: Mapping[str, Any], within: Mapping[str, Any]) -> float:
    """Posts of the industries by what they ask for / all posts of these industries."""
    whole = _ads(tables, period, within)
    part = _ads(tables, period, within, cell)
    return float(part["new_postings"].sum() / whole["new_postings"].sum())


def _composition(
    tables: Tables, period: str, cell: Mapping[str, Any], within: Mapping[str, Any] | None = None
) -> float:
    """AI postings of the cell / all AI postings of the period, or of the industry or city `within`."""
    whole = _ai(_ads(tables, period, within or {}))
    part = _ai(_ads(tables, period, within or {}, cell))
    return float(part["new_postings"].sum() / whole["new_postings"].sum())


def _composition_change(tables: Tables, period: str, base: str, cell: Mapping[str, Any]) -> float:
    return _composition(tables, period, cell) - _composition(tables, base, cell)


def _top_cities(tables: Tables, period: str, industry: str, n: int) -> float:
    """AI postings of the industry in the cities that have most / all AI postings of that industry in the country."""
    ads = _ai(_ads(tables, period, {"industry": industry}))
    by_city = ads.groupby(ads["city"].astype(str))["new_postings"].sum()
    cities = by_city[~by_city.index.str.startswith("rest_")]
    return float(cities.nlargest(n).sum() / by_city.sum())


def _intensity(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """AI postings of the city (or level) / all postings, AI and not, of the city (or level)."""
    ads = _ads(tables, period, cell)
    return float(_ai(ads)["new_postings"].sum() / ads["new_postings"].sum())


def _pay(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """Mean monthly pay of posts demanded."""
    return _mean_pay(_ads(tables, period, cell))


def _ai_pay(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """Advertised annual salary of AI postings."""
    return _mean_pay(_ai(_ads(tables, period, cell))) * 12


def _pay_ratio(
    tables: Tables, period: str, cell: Mapping[str, Any], base: Mapping[str, Any], mix: Mapping[str, float]
) -> float:
    """Mean pay of posts, levels of education weighted as in the published demand; levels found on both sides."""
    sides = []
    for one in (cell, base):
        ads = _ads(tables, period, one)
        paid = (ads["wage_offer_mean"] * ads["openings"]).groupby(ads["education"].astype(str)).sum()
        posts = ads["openings"].groupby(ads["education"].astype(str)).sum()
        sides.append((paid / posts)[posts > 0])
    both = pd.concat(sides, axis=1, join="inner")
    weights = pd.Series(mix).reindex(both.index).fillna(0.0)
    return float((both[0] * weights).sum() / (both[1] * weights).sum())


def _median(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """Pay of the post in the middle, posts sorted by pay; only means of posts alike are at hand."""
    ads = _ads(tables, period, cell)
    ads = ads.assign(paid=ads["wage_offer_mean"] * ads["openings"])
    keys = [ads[name].astype(str) for name in ("city", "industry", "firm_size", "education", "experience", "ai")]
    alike = ads.groupby(keys)[["paid", "openings"]].sum()
    alike = alike[alike["openings"] > 0]
    alike["pay"] = alike["paid"] / alike["openings"]
    alike = alike.sort_values("pay")
    return float(alike.loc[alike["openings"].cumsum() >= alike["openings"].sum() / 2, "pay"].iloc[0])


def _median_ratio(tables: Tables, period: str, cell: Mapping[str, Any], base: Mapping[str, Any]) -> float:
    return _median(tables, period, cell) / _median(tables, period, base)


def _premium(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """(AI mean - all-postings mean) / all-postings mean; all postings include the AI ones."""
    ads = _ads(tables, period, cell)
    return (_mean_pay(_ai(ads)) - _mean_pay(ads)) / _mean_pay(ads)


def _candidates(tables: Tables, period: str, field: str) -> float:
    """Qualified AI candidates per AI vacancy: who still looks for work over what is still vacant."""
    people = _in_period(tables["people"], period)
    looking = people[(people["field"].astype(str) == field) & (people["state"].astype(str) == "searching")]
    able = (looking["persons"] * looking["qualified_share"]).sum()
    ads = _ai(_ads(tables, period))
    return float(able / (ads["openings"] - ads["hires"]).sum())


def _unfilled(tables: Tables, period: str, cell: Mapping[str, Any]) -> float:
    """Shortage relative to need: positions that nobody took / positions."""
    ads = _ads(tables, period, cell)
    return float((ads["openings"] - ads["hires"]).sum() / ads["openings"].sum())


def _qualified(tables: Tables, year: int, education: str, field: str) -> float:
    """Graduates of the level and field judged qualified."""
    schools = _in_period(tables["institutions"], str(year))
    rows = schools[(schools["level"].astype(str) == education) & (schools["field"].astype(str) == field)]
    rows = rows[rows["graduated"] > 0]
    return float((rows["graduated"] * rows["qualified_share"]).sum() / rows["graduated"].sum())


def _city(tables: Tables, city: str, period: str, column: str) -> float:
    table = _at_end(tables["cities"], period)
    return float(table.loc[table["city"].astype(str) == city, column].iloc[0])


def _talent(tables: Tables, city: str, period: str) -> float:
    """All talent resources of the area."""
    return _city(tables, city, period, "talent")


def _talent_growth(tables: Tables, city: str, period: str, base: str) -> float:
    return (_talent(tables, city, period) - _talent(tables, city, base)) / _talent(tables, city, base)


def _working(tables: Tables, city: str, period: str) -> float:
    """Employed persons."""
    return _city(tables, city, period, "employed")


def _higher_education(tables: Tables, city: str, period: str, base: str, share: float) -> float:
    """Employed persons with higher education / employed persons, less what it was.

    Those of the table of people are graduates; of the rest, who only retire, the same part are at both ends.
    """
    graduates, rest = {}, {}
    for when in (base, period):
        people = _at_end(tables["people"], when)
        there = (people["city"].astype(str) == city) & (people["state"].astype(str) == "employed")
        graduates[when] = float(people.loc[there, "persons"].sum())
        rest[when] = _working(tables, city, when) - graduates[when]
    with_degree = share * (graduates[base] + rest[base]) - graduates[base]
    now = graduates[period] + with_degree * rest[period] / rest[base]
    return now / (graduates[period] + rest[period]) - share


def _density(tables: Tables, city: str, period: str) -> float:
    """Talent as a share of employed persons."""
    return _city(tables, city, period, "density")


def _density_change(tables: Tables, city: str, period: str, base: str) -> float:
    return _density(tables, city, period) - _density(tables, city, base)


def _levels(tables: Tables, city: str, period: str, fields: list[str], levels: list[str], among: list[str]) -> float:
    """Engineers of the city by education: at work, and studied engineering or computing to a bachelor or more."""
    people = _at_end(tables["people"], period)
    there = (people["city"].astype(str) == city) & (people["state"].astype(str) == "employed")
    engineers = people[there & people["field"].astype(str).isin(fields)]
    by_level = engineers.groupby(engineers["education"].astype(str))["persons"].sum()
    return float(by_level.reindex(levels).fillna(0).sum() / by_level.reindex(among).fillna(0).sum())


def _cohorts(
    tables: Tables, city: str, year: int, fields: list[str], young: Mapping[str, int], among: Mapping[str, int]
) -> float:
    """Engineers of the city by birth cohort: at work at the end of the year, by when they finished their level."""
    people = _at_end(tables["people"], str(year))
    there = (people["city"].astype(str) == city) & (people["state"].astype(str) == "employed")
    engineers = people[there & people["field"].astype(str).isin(fields)]
    level, cohort = engineers["education"].astype(str), engineers["cohort_year"].astype(int)
    later, every = (
        engineers.loc[level.isin(list(years)) & (cohort >= level.map(years).fillna(9999)), "persons"].sum()
        for years in (young, among)
    )
    return float(later / every)


def _in_places(tables: Tables, city: list[str], period: str, field: str) -> float:
    """Talent of the field in these places / all of it in the country; in work or looking for it."""
    people = _at_end(tables["people"], period)
    active = people["state"].astype(str).isin(["employed", "searching"])
    stock = people[active & (people["field"].astype(str) == field)]
    return float(stock.loc[stock["city"].astype(str).isin(city), "persons"].sum() / stock["persons"].sum())


def _staff(tables: Tables, city: str, period: str, industries: list[str]) -> float:
    """Talent of the city who work in these industries / all of it."""
    firms = _at_end(tables["firms"], period)
    here = firms[firms["city"].astype(str) == city]
    return float(here.loc[here["industry"].astype(str).isin(industries), "headcount"].sum() / here["headcount"].sum())


def _stickiness(tables: Tables, city: str, period: str) -> float:
    return _city(tables, city, period, "stickiness")


READERS: Final[Mapping[str, Callable[..., float]]] = {
    "count_stayers": _stayers,
    "share_stayers": _stay_share,
    "share_stayers_of_employed": _stay_share_of_employed,
    "ratio_stayers": _stay_share_ratio,
    "share_employed": _employment_rate,
    "share_located": _located,
    "count_first_jobs": _first_jobs,
    "mean_first_jobs": _mean_first_jobs,
    "fall_first_jobs": _fall_first_jobs,
    "share_ai_quarter": _quarter_share,
    "share_postings": _postings_by,
    "share_ai_postings": _composition,
    "change_ai_postings": _composition_change,
    "share_ai_top_cities": _top_cities,
    "intensity_ai": _intensity,
    "pay_ai_year": _ai_pay,
    "pay_ratio": _pay_ratio,
    "median_pay_ratio": _median_ratio,
    "premium_ai": _premium,
    "candidates_per_vacancy": _candidates,
    "share_unfilled": _unfilled,
    "share_qualified": _qualified,
    "count_talent": _talent,
    "growth_talent": _talent_growth,
    "count_working": _working,
    "change_higher_education": _higher_education,
    "density_talent": _density,
    "change_density": _density_change,
    "share_levels": _levels,
    "share_cohorts": _cohorts,
    "share_places": _in_places,
    "share_staff": _staff,
    "score_stickiness": _stickiness,
}
"""Second readings by the name of the moment."""
