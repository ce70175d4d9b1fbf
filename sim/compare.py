"""What a policy changes: outcomes of single runs, and their differences paired by seed.

A run is reduced to outcomes of one city over the policy period. Runs with the same seed share all their draws, so
the effect is estimated from the differences d_s = policy_s - baseline_s: mean(d) with the Student-t interval
mean(d) +- t(0.975, n - 1) sd(d) / sqrt(n). The cost of one more person who stays is a ratio of two such means; its
interval is Fieller's (Fieller 1954): all r with (c - r e)^2 <= t^2 (v_cc - 2 r v_ce + r^2 v_ee), which is bounded
only where the interval of the effect e excludes zero. Intervals cover the randomness of the simulation, not the
uncertainty of its inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.errors import ResultsError
from sim.types import EDUCATION, EMPLOYED, PREPARING, SEARCHING, STATE, Quarter

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame, Series

    from sim.results import RunResult
    from sim.scenario import Scenario

HEADLINES: Final = (
    "stay_share_12m",
    "stayed_12m",
    "arrivals",
    "rent",
    "rent_burden",
    "wage",
    "employment_rate",
    "hukou_granted",
    "talent",
    "stay_share_12m_other_cities",
    "talent_other_cities",
    "public_cost",
)
"""Outcomes that planners are shown first, in this order; comparison.csv has them all."""
OUTCOME_COLUMNS: Final = ("outcome", "group", "unit", "value")
COMPARISON_COLUMNS: Final = (
    "policy",
    "outcome",
    "group",
    "unit",
    "baseline",
    "value",
    "difference",
    "low",
    "high",
    "seeds",
)
ALL: Final = "all"
STAYED: Final = "stayed_12m"
COST: Final = "cost"
PUBLIC_COST: Final = "public_cost"
COST_PER_STAYER: Final = "cost_per_additional_stayer"

PUBLIC_PAYERS: Final = ("city", "national")
"""Payers of ledger lines whose money is public; associations and employers pay for policies too."""
GRADUATION_OF_YEAR: Final = 2
"""Cohorts are counted from the second quarter of their year: one that left before a policy began is not its work."""
CONFIDENCE: Final = 0.95

_SHARE: Final = "share"
_PERSONS: Final = "persons"
_CNY: Final = "CNY"
_CNY_MONTH: Final = "CNY/month"
_CNY_PERSON: Final = "CNY/person"
_SUMS: Final = (_PERSONS, _CNY)

Row = tuple[str, str, str, float]


def summarise_run(result: RunResult, *, city: str, since: Quarter) -> DataFrame:
    """Reduce a run to outcomes of `city` from quarter `since` to the end of the run.

    Stay shares count the cohorts that graduated in the period and whose first 12 months lie within the run. Rent,
    rent burden, wage and employment are means over the quarters, talent is that of the last quarter, and arrivals,
    hukou and cost are sums. The employment rate is employed / (employed + searching + preparing).

    Returns:
        Columns outcome, group (`all`, a level of education, a kind of arrival or a payer), unit, value; one row an
        outcome and group, NaN where nobody counts.

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
        *_summarise_arrivals(_from_quarter(tables["flows"], since), city),
        *_summarise_city(_from_quarter(tables["cities"], since), city),
        *_summarise_work(_from_quarter(tables["people"], since), city),
        *_summarise_cost(_from_quarter(tables["ledger"], since)),
    ]
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS)).astype({"value": "float64"})


def compare_runs(base: Mapping[int, DataFrame], policies: Mapping[str, Mapping[int, DataFrame]]) -> DataFrame:
    """Compare the outcomes of policies with those of the baseline, paired by seed.

    Args:
        base: Outcomes of the baseline (see summarise_run) by seed.
        policies: The same for each policy, with the same seeds.

    Returns:
        Columns policy, outcome, group, unit, baseline, value, difference, low, high, seeds. `baseline` and `value`
        are means over seeds, `difference` is their paired mean difference, low and high bound its 95 % interval
        (NaN with a single seed, unless nothing differs at all). For the cost per additional person who stays
        `difference` is the ratio, and low and high are NaN where it is not determined.

    Raises:
        ResultsError: If a policy has other seeds than the baseline.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for policy, runs in policies.items():
        if set(runs) != set(base):
            raise ResultsError(f"{policy} and the baseline have different seeds. Run both with the same seeds")
        pairs = _pair_outcomes(base, runs, sorted(base))
        rows += [(policy, *key, *_estimate_effect(*pair)) for key, pair in pairs.items()]
        rows.append((policy, COST_PER_STAYER, ALL, _CNY_PERSON, *_estimate_cost_per_stayer(pairs)))
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))


def bound_mean(values: NDArray[Any]) -> tuple[float, float]:
    """Return the 95 % Student-t interval of the mean of `values` (n,); NaN for n < 2, exact where all are zero."""
    from scipy import stats

    if len(values) and not values.any():
        return 0.0, 0.0
    if len(values) < 2:
        return math.nan, math.nan
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
    return float(values.mean()) - half, float(values.mean()) + half


def bound_ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> tuple[float, float]:
    """Return Fieller's 95 % interval of mean(numerator) / mean(denominator), paired (n,).

    NaN for n < 2, and where the interval of the denominator includes zero: no bounded interval exists then.
    """
    import numpy as np
    from scipy import stats

    count = len(numerator)
    if count < 2:
        return math.nan, math.nan
    t_squared = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) ** 2
    top, bottom = float(numerator.mean()), float(denominator.mean())
    (v_top, v_both), (_, v_bottom) = np.cov(numerator, denominator, ddof=1) / count
    square = bottom**2 - t_squared * v_bottom
    if square <= 0:
        return math.nan, math.nan
    middle = top * bottom - t_squared * v_both
    root = math.sqrt(max(0.0, middle**2 - square * (top**2 - t_squared * v_top)))
    return float((middle - root) / square), float((middle + root) / square)


def find_start(scenarios: Sequence[Scenario]) -> Quarter:
    """Return the first quarter of the earliest policy that the scenarios are about, or of the runs if there is none.

    Raises:
        ResultsError: If that policy begins after the runs end, so that there is nothing to compare.
    """
    begin, end = min(scenario.start for scenario in scenarios), max(scenario.end for scenario in scenarios)
    own = [policy.first for scenario in scenarios for policy in scenario.policies[scenario.n_standing :]]
    since = max(Quarter(min(own, default=begin.number)), begin)
    if since > end:
        raise ResultsError(f"the policies begin in {since}, after the runs end ({end}). Simulate more quarters")
    return since


def _summarise_stay(cohorts: DataFrame, city: str, since: Quarter) -> list[Row]:
    first_year = since.year if since.of_year <= GRADUATION_OF_YEAR else since.year + 1
    recent = cohorts[cohorts["cohort_year"].astype(int) >= first_year]
    unreached = recent.loc[recent["stayed_12m"].isna(), "cohort_year"].unique()
    recent = recent[~recent["cohort_year"].isin(unreached)]
    local = recent[recent["study_city"] == city]
    elsewhere = recent[recent["study_city"] != city]
    return [
        *_by_education("stay_share_12m", _SHARE, local, _measure_stay_share),
        *_by_education(STAYED, _PERSONS, local, lambda rows: float(rows["stayed_12m"].sum())),
        *_by_education("stay_share_12m_other_cities", _SHARE, elsewhere, _measure_stay_share),
    ]


def _measure_stay_share(cohorts: DataFrame) -> float:
    return _divide(float(cohorts["stayed_12m"].sum()), float(cohorts["graduated"].sum()))


def _summarise_arrivals(flows: DataFrame, city: str) -> list[Row]:
    arriving = flows[(flows["to_city"] == city) & (flows["from_city"] != city)]
    leaving = flows[(flows["from_city"] == city) & (flows["to_city"] != city)]
    is_new = arriving["new_graduate"].astype(bool)
    return [
        *_by_education("arrivals", _PERSONS, arriving, _count_persons),
        ("arrivals", "new_graduate", _PERSONS, _count_persons(arriving[is_new])),
        ("arrivals", "experienced", _PERSONS, _count_persons(arriving[~is_new])),
        *_by_education("departures", _PERSONS, leaving, _count_persons),
    ]


def _summarise_city(cities: DataFrame, city: str) -> list[Row]:
    here = cities[cities["city"] == city]
    last = cities[cities["quarter"].astype(str) == cities["quarter"].astype(str).max()]
    return [
        ("rent", ALL, _CNY_MONTH, float(here["rent"].mean())),
        ("rent_burden", ALL, _SHARE, float(here["rent_burden"].mean())),
        ("hukou_granted", ALL, _PERSONS, float(here["hukou_granted"].sum())),
        ("talent", ALL, _PERSONS, float(last.loc[last["city"] == city, "talent"].sum())),
        ("talent_other_cities", ALL, _PERSONS, float(last.loc[last["city"] != city, "talent"].sum())),
    ]


def _summarise_work(people: DataFrame, city: str) -> list[Row]:
    here = people[people["city"] == city]
    active = here[here["state"].isin([STATE[EMPLOYED], STATE[SEARCHING], STATE[PREPARING]])]
    elsewhere = people[(people["city"] != city) & (people["state"] == STATE[EMPLOYED])]
    return [
        *_by_education("wage", _CNY_MONTH, active[active["state"] == STATE[EMPLOYED]], _average_wage),
        ("wage_other_cities", ALL, _CNY_MONTH, _average_wage(elsewhere)),
        *_by_education("employment_rate", _SHARE, active, _measure_employment_rate),
    ]


def _average_wage(employed: DataFrame) -> float:
    paid = employed[employed["wage_mean"].notna()]
    persons = paid["persons"].astype(float)
    return _divide(float((paid["wage_mean"].astype(float) * persons).sum()), float(persons.sum()))


def _measure_employment_rate(active: DataFrame) -> float:
    return _divide(_count_persons(active[active["state"] == STATE[EMPLOYED]]), _count_persons(active))


def _summarise_cost(ledger: DataFrame) -> list[Row]:
    money = ledger["cny"].astype(float)
    by_payer = [(COST, payer, _CNY, float(money[ledger["payer"] == payer].sum())) for payer in _names(ledger["payer"])]
    return [
        (PUBLIC_COST, ALL, _CNY, float(money[ledger["payer"].isin(PUBLIC_PAYERS)].sum())),
        (COST, ALL, _CNY, float(money.sum())),
        *by_payer,
    ]


def _by_education(outcome: str, unit: str, rows: DataFrame, measure: Callable[[DataFrame], float]) -> Iterable[Row]:
    yield outcome, ALL, unit, measure(rows)
    for level in EDUCATION:
        yield outcome, level, unit, measure(rows[rows["education"] == level])


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


def _pair_outcomes(
    base: Mapping[int, DataFrame], runs: Mapping[int, DataFrame], seeds: Sequence[int]
) -> dict[tuple[str, str, str], tuple[NDArray[Any], NDArray[Any]]]:
    """Return (outcome, group, unit) -> values of baseline and policy by seed; a sum that a run lacks is zero."""
    import numpy as np

    def look_up(frame: DataFrame) -> dict[tuple[str, str, str], float]:
        names = zip(frame["outcome"], frame["group"], frame["unit"], strict=True)
        return dict(zip(names, frame["value"].astype(float), strict=True))

    base_rows = [look_up(base[seed]) for seed in seeds]
    rows = [look_up(runs[seed]) for seed in seeds]
    # in the order of first mention, new groups behind those of their outcome
    keys = dict.fromkeys(key for frame in (*base_rows, *rows) for key in frame)
    outcomes = list(dict.fromkeys(outcome for outcome, _, _ in keys))
    ordered = sorted(keys, key=lambda key: outcomes.index(key[0]))

    def collect(frames: list[dict[tuple[str, str, str], float]], key: tuple[str, str, str]) -> NDArray[Any]:
        absent = 0.0 if key[2] in _SUMS else math.nan
        return np.array([frame.get(key, absent) for frame in frames])

    return {key: (collect(base_rows, key), collect(rows, key)) for key in ordered}


def _estimate_effect(base: NDArray[Any], policy: NDArray[Any]) -> tuple[float, float, float, float, float, int]:
    """Return baseline, value, difference, low, high, seeds; pairs with a missing value do not count."""
    import numpy as np

    known = np.isfinite(base) & np.isfinite(policy)
    if not known.any():
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    base, policy = base[known], policy[known]
    difference = policy - base
    low, high = bound_mean(difference)
    return float(base.mean()), float(policy.mean()), float(difference.mean()), low, high, int(known.sum())


def _estimate_cost_per_stayer(
    pairs: Mapping[tuple[str, str, str], tuple[NDArray[Any], NDArray[Any]]],
) -> tuple[float, float, float, float, float, int]:
    import numpy as np

    none = np.zeros(0)
    base_cost, cost = pairs.get((COST, ALL, _CNY), (none, none))
    base_stay, stay = pairs.get((STAYED, ALL, _PERSONS), (none, none))
    seeds = min(len(cost), len(stay))
    if seeds == 0:
        return math.nan, math.nan, math.nan, math.nan, math.nan, 0
    more_cost, more_stay = cost - base_cost, stay - base_stay
    ratio = _divide(float(more_cost.mean()), float(more_stay.mean()))
    return math.nan, math.nan, ratio, *bound_ratio(more_cost, more_stay), seeds
