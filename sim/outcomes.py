"""What one run amounts to: its tables reduced to outcomes of one city over the period of a policy.

Outcomes come with the same quantity for all other cities and for all places together where people or jobs may move
between them, so that a gain here can be held against a loss elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from sim.errors import ResultsError
from sim.types import AI, EDUCATION, EMPLOYED, FIELD, FIRM_SIZE, HOME, PREPARING, REASON, SEARCHING, STATE, Quarter

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from sim.results import RunResult

OUTCOME_COLUMNS: Final = ("outcome", "group", "unit", "value")
ALL: Final = "all"
STAYED: Final = "stayed_12m"
COST: Final = "cost"
PUBLIC_COST: Final = "public_cost"
ELSEWHERE: Final = "_other_cities"
"""Ends the name of an outcome of all other places."""
TOGETHER: Final = "_all_cities"
"""Ends the name of an outcome of all places together."""

PUBLIC_PAYERS: Final = ("city", "national")
"""Payers of ledger lines whose money is public; associations and employers pay for policies too."""
GRADUATION_OF_YEAR: Final = 2
"""Cohorts are counted from the second quarter of their year: one that left before a policy began is not its work."""

SHARE: Final = "share"
PERSONS: Final = "persons"
CNY: Final = "CNY"
MINUTES: Final = "minutes"
YEARS: Final = "years"
FIRMS: Final = "firms"
_CNY_MONTH: Final = "CNY/month"

Row = tuple[str, str, str, float]


def summarise_run(result: RunResult, *, city: str, since: Quarter) -> DataFrame:
    """Reduce a run to outcomes of `city` from quarter `since` to the end of the run.

    Stay shares count the cohorts that graduated in the period and whose first 12 months lie within the run, shares with
    a first job those whose first 6 months do. Rent, rent burden, wage, employment and the share of the qualified are
    means over the quarters, talent, people in work, firms and their headcount are those of the last quarter, and
    arrivals, hires, hukou and cost are sums. Pay by rank is a mean over the quarters of each percentile. Cost
    is what was booked for the city, so that it can be set against the graduates of the city; with `_all_cities` it is
    what was booked anywhere. The employment rate is employed / (employed + searching + preparing); the AI share is that
    of new postings, the filled share hires over openings. The age of curricula is a mean over institutions by those
    enrolled, the share of qualified graduates one by those who graduate. In a world with areas, commuters in work here
    and live elsewhere, commuters out the other way round, in the last quarter; minutes one way are a mean over those
    who live here and work.

    Returns:
        Columns outcome, group (`all`, a level of education, a field of study `field_...`, an origin `home_...`, a
        percentile of pay `percentile_...`, a kind of arrival, a reason to leave, a size of firm or a payer), unit,
        value; one row an outcome and group, NaN where nobody counts.

    Raises:
        ResultsError: If the tables do not know the city.
    """
    import pandas as pd

    tables = result.tables
    if city not in set(tables["cities"]["city"].unique()):
        raise ResultsError(
            f"no city {city!r} in the results. Name one of {', '.join(_names(tables['cities']['city']))}"
        )
    rows = [
        *_summarise_stay(tables["cohorts"], city, since),
        *_summarise_first_jobs(tables["cohorts"], city, since),
        *_summarise_arrivals(_from_quarter(tables["flows"], since), city),
        *_summarise_city(_from_quarter(tables["cities"], since), city),
        *_summarise_work(_from_quarter(tables["people"], since), city),
        *_summarise_pay(_from_quarter(tables["distribution"], since), city),
        *_summarise_postings(_from_quarter(tables["postings"], since), city),
        *_summarise_firms(_from_quarter(tables["firms"], since), city),
        *_summarise_teaching(_from_quarter(tables["institutions"], since), city),
        *_summarise_cost(_from_quarter(tables["ledger"], since), city),
        *(_summarise_commuting(_from_quarter(tables["commuting"], since), city) if "commuting" in tables else ()),
    ]
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS)).astype({"value": "float64"})


def find_first_cohort(since: Quarter) -> int:
    """Year of the first cohort that graduates when a policy from `since` on is in force."""
    return since.year if since.of_year <= GRADUATION_OF_YEAR else since.year + 1


def _summarise_stay(cohorts: DataFrame, city: str, since: Quarter) -> list[Row]:
    recent = _select_cohorts(cohorts, since, STAYED)
    local = recent[recent["study_city"] == city]
    elsewhere = recent[recent["study_city"] != city]
    return [
        *_by_education("stay_share_12m", SHARE, local, _measure_stay_share),
        *(
            ("stay_share_12m", f"home_{home}", SHARE, _measure_stay_share(local[local["home"] == home]))
            for home in HOME
        ),
        *_by_education(STAYED, PERSONS, local, lambda rows: float(rows["stayed_12m"].sum())),
        *_by_education("stay_share_12m_other_cities", SHARE, elsewhere, _measure_stay_share),
    ]


def _summarise_first_jobs(cohorts: DataFrame, city: str, since: Quarter) -> Iterable[Row]:
    recent = _select_cohorts(cohorts, since, "employed_6m")
    return _by_education("first_job_share_6m", SHARE, recent[recent["study_city"] == city], _measure_first_jobs)


def _select_cohorts(cohorts: DataFrame, since: Quarter, column: str) -> DataFrame:
    """Cohorts that graduated in the period and have all reached what `column` counts."""
    recent = cohorts[cohorts["cohort_year"].astype(int) >= find_first_cohort(since)]
    unreached = recent.loc[recent[column].isna(), "cohort_year"].unique()
    return recent[~recent["cohort_year"].isin(unreached)]


def _measure_first_jobs(cohorts: DataFrame) -> float:
    return _divide(float(cohorts["employed_6m"].sum()), float(cohorts["graduated"].sum()))


def _measure_stay_share(cohorts: DataFrame) -> float:
    return _divide(float(cohorts["stayed_12m"].sum()), float(cohorts["graduated"].sum()))


def _summarise_arrivals(flows: DataFrame, city: str) -> list[Row]:
    arriving = flows[(flows["to_city"] == city) & (flows["from_city"] != city)]
    leaving = flows[(flows["from_city"] == city) & (flows["to_city"] != city)]
    is_new = arriving["new_graduate"].astype(bool)
    return [
        *_by_education("arrivals", PERSONS, arriving, _count_persons),
        ("arrivals", "new_graduate", PERSONS, _count_persons(arriving[is_new])),
        ("arrivals", "experienced", PERSONS, _count_persons(arriving[~is_new])),
        *_by_education("departures", PERSONS, leaving, _count_persons),
        *(("departures", name, PERSONS, _count_persons(leaving[leaving["reason"] == name])) for name in REASON),
    ]


def _summarise_city(cities: DataFrame, city: str) -> list[Row]:
    here = cities[cities["city"] == city]
    last = cities[cities["quarter"].astype(str) == cities["quarter"].astype(str).max()]
    return [
        ("rent", ALL, _CNY_MONTH, float(here["rent"].mean())),
        ("rent_burden", ALL, SHARE, float(here["rent_burden"].mean())),
        ("hukou_granted", ALL, PERSONS, float(here["hukou_granted"].sum())),
        ("subsidised_units_used", ALL, "units", float(here["occupied"].mean())),
        *_spread("talent", last, city),
        *_spread("employed", last, city),
    ]


def _spread(column: str, last: DataFrame, city: str) -> list[Row]:
    """Persons of `column` here, in all other places, and in all of them together."""
    is_here = last["city"] == city
    here, elsewhere = float(last.loc[is_here, column].sum()), float(last.loc[~is_here, column].sum())
    return [
        (column, ALL, PERSONS, here),
        (column + ELSEWHERE, ALL, PERSONS, elsewhere),
        (column + TOGETHER, ALL, PERSONS, here + elsewhere),
    ]


def _summarise_postings(postings: DataFrame, city: str) -> list[Row]:
    here = postings[postings["city"] == city]
    new = here["new_postings"].astype(float)
    ai = float(new[here["ai"].astype(str) == AI[1]].sum())
    filled = _divide(float(here["hires"].sum()), float(here["openings"].sum()))
    return [
        ("ai_share", ALL, SHARE, _divide(ai, float(new.sum()))),
        ("filled_share", ALL, SHARE, filled),
        *_by_education("hires", PERSONS, here, lambda rows: float(rows["hires"].sum())),
    ]


def _summarise_firms(firms: DataFrame, city: str) -> list[Row]:
    here = firms[firms["city"] == city]
    last = here[here["quarter"].astype(str) == here["quarter"].astype(str).max()]
    staff = here["headcount"].astype(float)
    left = float((here["turnover"].astype(float) * staff).sum())
    return [
        ("firms", ALL, FIRMS, float(last["firms"].sum())),
        ("firms_entered", ALL, FIRMS, float(here["entered"].sum())),
        ("turnover", ALL, SHARE, _divide(left, float(staff.sum()))),
        ("headcount", ALL, PERSONS, float(last["headcount"].sum())),
        *(("headcount", size, PERSONS, float(last.loc[last["size"] == size, "headcount"].sum())) for size in FIRM_SIZE),
    ]


def _summarise_teaching(institutions: DataFrame, city: str) -> list[Row]:
    here = institutions[institutions["city"] == city]
    return [
        ("curriculum_age", ALL, YEARS, _average(here["vintage_gap"], here["enrolled"])),
        ("qualified_graduates", ALL, SHARE, _average(here["qualified_share"], here["graduated"])),
    ]


def _summarise_work(people: DataFrame, city: str) -> list[Row]:
    here = people[people["city"] == city]
    active = here[here["state"].isin([STATE[EMPLOYED], STATE[SEARCHING], STATE[PREPARING]])]
    employed = active[active["state"] == STATE[EMPLOYED]]
    elsewhere = people[(people["city"] != city) & (people["state"] == STATE[EMPLOYED])]
    return [
        *_by_education("wage", _CNY_MONTH, employed, _average_wage),
        *_by_field("wage", _CNY_MONTH, employed, _average_wage),
        ("wage_other_cities", ALL, _CNY_MONTH, _average_wage(elsewhere)),
        *_by_education("employment_rate", SHARE, active, _measure_employment_rate),
        *_by_field("employment_rate", SHARE, active, _measure_employment_rate),
        *_by_education("qualified_share", SHARE, active, _measure_qualified_share),
    ]


def _summarise_pay(distribution: DataFrame, city: str) -> Iterable[Row]:
    """Wage at each percentile of those who work here: who has low pay may gain where the mean does not."""
    here = distribution[(distribution["group"] == city) & (distribution["variable"] == "wage_cny_m")]
    for quantile, rows in here.groupby("quantile"):
        yield "wage", f"percentile_{round(100 * float(str(quantile)))}", _CNY_MONTH, float(rows["value"].mean())


def _summarise_commuting(commuting: DataFrame, city: str) -> list[Row]:
    last = commuting[commuting["quarter"].astype(str) == commuting["quarter"].astype(str).max()]
    lives, works = last["city"] == city, last["work_city"] == city
    return [
        ("commuters_in", ALL, PERSONS, _count_persons(last[works & ~lives])),
        ("commuters_out", ALL, PERSONS, _count_persons(last[lives & ~works])),
        ("commute_minutes", ALL, MINUTES, _average(last.loc[lives, "minutes"], last.loc[lives, "persons"])),
    ]


def _average_wage(employed: DataFrame) -> float:
    return _average(employed["wage_mean"], employed["persons"])


def _average(values: Series[Any], weights: Series[Any]) -> float:
    """Weighted mean of the values that are known."""
    known = values.notna()
    weight = weights[known].astype(float)
    return _divide(float((values[known].astype(float) * weight).sum()), float(weight.sum()))


def _measure_employment_rate(active: DataFrame) -> float:
    return _divide(_count_persons(active[active["state"] == STATE[EMPLOYED]]), _count_persons(active))


def _measure_qualified_share(active: DataFrame) -> float:
    return _average(active["qualified_share"], active["persons"])


def _summarise_cost(ledger: DataFrame, city: str) -> list[Row]:
    """Money booked for `city`, also by payer, and in all places together."""
    money = ledger["cny"].astype(float)
    is_here, is_public = ledger["city"].astype(str) == city, ledger["payer"].isin(PUBLIC_PAYERS)
    by_payer = [
        (COST, payer, CNY, float(money[is_here & (ledger["payer"] == payer)].sum()))
        for payer in _names(ledger["payer"])
    ]
    return [
        (PUBLIC_COST, ALL, CNY, float(money[is_here & is_public].sum())),
        (PUBLIC_COST + TOGETHER, ALL, CNY, float(money[is_public].sum())),
        (COST, ALL, CNY, float(money[is_here].sum())),
        (COST + TOGETHER, ALL, CNY, float(money.sum())),
        *by_payer,
    ]


def _by_education(outcome: str, unit: str, rows: DataFrame, measure: Callable[[DataFrame], float]) -> Iterable[Row]:
    yield outcome, ALL, unit, measure(rows)
    for level in EDUCATION:
        yield outcome, level, unit, measure(rows[rows["education"] == level])


def _by_field(outcome: str, unit: str, rows: DataFrame, measure: Callable[[DataFrame], float]) -> Iterable[Row]:
    for field in FIELD:
        yield outcome, f"field_{field}", unit, measure(rows[rows["field"] == field])


def _count_persons(rows: DataFrame) -> float:
    return float(rows["persons"].sum())


def _divide(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _names(column: Series[Any]) -> list[str]:
    return sorted(str(name) for name in column.unique())


def _from_quarter(table: DataFrame, since: Quarter) -> DataFrame:
    # `2024Q1` sorts as text in the order of time; a column holds few distinct quarters, so those are compared
    late = [quarter for quarter in table["quarter"].unique() if str(quarter) >= str(since)]
    return table[table["quarter"].isin(late)]
