"""From result tables to the numbers that figures draw: pure pandas, no drawing.

A run is a mapping from table name to frame; a scenario is a sequence of runs, one per seed. Over seeds a series becomes
its median and the middle 95 % of the seeds. A table that a run lacks counts as empty, so a figure can say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.types import Quarter

if TYPE_CHECKING:
    import pandas as pd

Run = Mapping[str, "pd.DataFrame"]
Runs = Sequence[Run]
RunsByScenario = Mapping[str, Runs]

BAND: Final = (0.025, 0.5, 0.975)
"""Quantiles over seeds: lower edge, line, upper edge."""

HORIZONS: Final = ("6m", "12m", "3y", "5y", "8y")
OTHER_PLACES: Final = "rest"
REGION_PREFIX: Final = "rest_"
"""Begins the name of a place that is no city but the rest of a region."""


def band_over_seeds(runs: Runs, reduce: Callable[[Run], pd.Series]) -> pd.DataFrame:
    """Reduce each run to a series and lay the seeds over each other.

    Returns a frame with the union of the indices, sorted, and columns low, median, high; rows that no seed has are
    absent, and a seed that lacks a row does not count in it. Empty where every series is empty.
    """
    import pandas as pd

    series = [reduce(run).astype(float).dropna() for run in runs]
    series = [one for one in series if len(one)]
    if not series:
        return pd.DataFrame(columns=["low", "median", "high"], dtype=float)
    seeds = pd.concat(series, axis=1).sort_index()
    low, median, high = (seeds.quantile(at, axis=1) for at in BAND)
    return pd.DataFrame({"low": low, "median": median, "high": high})


def take_table(run: Run, name: str) -> pd.DataFrame:
    """The table of a run, or an empty frame without columns where the run has none."""
    import pandas as pd

    return run.get(name, pd.DataFrame())


def measure_stay_share(run: Run, city: str, horizon: str) -> pd.Series:
    """Percent of the graduates of `city` who still live there after `horizon`, by cohort year (int).

    A cohort of which a part has not reached the horizon is left out, not counted as leavers.
    """
    cohorts = take_table(run, "cohorts")
    if cohorts.empty:
        return empty_series()
    column = f"stayed_{horizon}"
    local = cohorts[(cohorts["study_city"].astype(str) == city).to_numpy()]
    year = local["cohort_year"].astype(int)
    reached = ~local[column].isna().groupby(year).any()
    stayed = local[column].fillna(0).astype(float).groupby(year).sum()
    graduated = local["graduated"].astype(float).groupby(year).sum()
    return 100.0 * divide(stayed[reached], graduated[reached])


def measure_postings(run: Run, *, city: str | None, ai_only: bool, quantity: str) -> pd.Series:
    """`quantity` of the postings of `city` (None: everywhere) by quarter number.

    new_postings and hires are counts; tightness is openings over applicants.
    """
    postings = select_postings(run, ai_only=ai_only)
    if city is not None and len(postings):
        postings = postings[(postings["city"].astype(str) == city).to_numpy()]
    if postings.empty:
        return empty_series()
    if quantity == "tightness":
        return divide(sum_by_quarter(postings, "openings"), sum_by_quarter(postings, "applicants"))
    return sum_by_quarter(postings, quantity)


def measure_pay(
    run: Run, *, by: str, ai_only: bool, start: Quarter | None = None, end: Quarter | None = None
) -> pd.Series:
    """Mean wage offered (CNY a month) by the codes of column `by`, from start to end, weighted by openings."""
    postings = select_period(select_postings(run, ai_only=ai_only), start, end)
    if postings.empty:
        return empty_series()
    priced = postings[postings["wage_offer_mean"].notna() & (postings["openings"] > 0)]
    codes = priced[by].astype(str)
    bill = (priced["wage_offer_mean"].astype(float) * priced["openings"].astype(float)).groupby(codes).sum()
    return divide(bill, priced["openings"].astype(float).groupby(codes).sum())


def measure_city(run: Run, city: str, column: str) -> pd.Series:
    """A column of the cities table for one city, by quarter number."""
    cities = take_table(run, "cities")
    if cities.empty:
        return empty_series()
    own = cities[(cities["city"].astype(str) == city).to_numpy()]
    return own[column].astype(float).groupby(number_quarters(own)).mean()


def measure_waiting(run: Run, city: str) -> pd.Series:
    """Residents of `city` without its hukou (persons), by quarter number."""
    people = take_table(run, "people")
    if people.empty:
        return empty_series()
    chosen = (people["city"].astype(str) == city).to_numpy() & (people["hukou"].astype(str) == "none").to_numpy()
    return sum_by_quarter(people[chosen], "persons")


def measure_cost_by_payer(runs: Runs) -> pd.DataFrame:
    """Money spent (CNY), mean over seeds: rows quarter number, columns payer; a quarter without a line is zero."""
    import pandas as pd

    per_seed = []
    for run in runs:
        ledger = take_table(run, "ledger")
        if len(ledger):
            keys = [number_quarters(ledger).rename("quarter"), ledger["payer"].astype(str).rename("payer")]
            per_seed.append(ledger["cny"].astype(float).groupby(keys).sum())
    if not per_seed:
        return pd.DataFrame()
    mean = (pd.concat(per_seed, axis=1).fillna(0.0).sum(axis=1) / len(runs)).reset_index(name="cny")
    return mean.pivot_table(values="cny", index="quarter", columns="payer", aggfunc="sum", fill_value=0.0)


def count_moves(
    runs: Runs,
    start: Quarter | None = None,
    end: Quarter | None = None,
    *,
    first: str | None = None,
    most_places: int = 14,
    like: Runs | None = None,
) -> pd.DataFrame:
    """Persons who moved, mean over seeds and sum over the period: rows from_city, columns to_city, by volume.

    Who finds a job where they live does not move, and is left out. `first` leads the order, rests of regions end it;
    volumes are those of `like`, by default the runs themselves, so that scenarios can have one order. Beyond
    `most_places` the last places are pooled as `rest`; moves between places of the pool stand on its diagonal.
    """
    import pandas as pd

    moves = _sum_moves(runs, start, end)
    if moves.empty:
        return pd.DataFrame()
    order = _rank_places(moves if like is None else _sum_moves(like, start, end), first)
    order += [place for place in _rank_places(moves, first) if place not in order]
    if len(order) > most_places:
        kept = [place for place in order if place != OTHER_PLACES][: most_places - 1]
        for side in ("from_city", "to_city"):
            moves[side] = moves[side].where(moves[side].isin(kept), OTHER_PLACES)
        order = [*kept, OTHER_PLACES]
    matrix = moves.pivot_table(values="persons", index="from_city", columns="to_city", aggfunc="sum", fill_value=0.0)
    return matrix.reindex(index=order, columns=order, fill_value=0.0)


def _sum_moves(runs: Runs, start: Quarter | None, end: Quarter | None) -> pd.DataFrame:
    """Columns from_city, to_city, persons (mean over seeds), one row for each two different places; empty if none."""
    import pandas as pd

    per_seed = []
    for run in runs:
        flows = select_period(take_table(run, "flows"), start, end)
        if len(flows):
            keys = [flows["from_city"].astype(str), flows["to_city"].astype(str)]
            per_seed.append(flows["persons"].astype(float).groupby(keys).sum())
    if not per_seed:
        return pd.DataFrame(columns=["from_city", "to_city", "persons"])
    moves = (pd.concat(per_seed, axis=1).fillna(0.0).sum(axis=1) / len(runs)).reset_index(name="persons")
    return moves[(moves["from_city"] != moves["to_city"]).to_numpy()].reset_index(drop=True)


def _rank_places(moves: pd.DataFrame, first: str | None) -> list[str]:
    """Places by the persons who left them or came, `first` before all and rests of regions behind."""
    import pandas as pd

    ends = pd.concat([moves.set_index("from_city")["persons"], moves.set_index("to_city")["persons"]])
    ranked = ends.groupby(level=0).sum().sort_values(ascending=False, kind="stable").index
    order = prefer_cities([str(place) for place in ranked])
    return [first, *(place for place in order if place != first)] if first is not None and first in order else order


def rank_cities(runs: Runs, first: str | None, most: int) -> list[str]:
    """`first`, then the cities with most talent in the last quarter of the first run; at most `most`.

    Rests of regions come last, whatever their size.
    """
    cities = take_table(runs[0], "cities") if runs else take_table({}, "cities")
    ranked: list[str] = []
    if len(cities):
        numbers = number_quarters(cities)
        last = cities[(numbers == numbers.max()).to_numpy()].sort_values("talent", ascending=False, kind="stable")
        ranked = prefer_cities([str(city) for city in last["city"]])
    head = [first] if first is not None else []
    return [*head, *(city for city in ranked if city not in head)][:most]


def prefer_cities(ranked: Sequence[str]) -> list[str]:
    """The places in their order, cities before rests of regions."""
    return sorted(ranked, key=lambda place: place.startswith(REGION_PREFIX))


def find_period(
    runs: Runs, table: str, start: Quarter | None, end: Quarter | None
) -> tuple[Quarter | None, Quarter | None]:
    """The period from start to end; a side that is None is that of the first run which has `table`, if one has."""
    held = (take_table(run, table) for run in runs)
    frame = next((one for one in held if len(one)), None)
    if frame is None or (start is not None and end is not None):
        return start, end
    numbers = number_quarters(frame)
    return start or Quarter(int(numbers.min())), end or Quarter(int(numbers.max()))


def select_postings(run: Run, *, ai_only: bool) -> pd.DataFrame:
    """The postings table, or only its AI rows."""
    postings = take_table(run, "postings")
    if postings.empty or not ai_only:
        return postings
    return postings[(postings["ai"].astype(str) == "ai").to_numpy()]


def select_period(frame: pd.DataFrame, start: Quarter | None, end: Quarter | None) -> pd.DataFrame:
    """The rows of a table with quarters from start to end, both inclusive; None leaves that side open."""
    if frame.empty or (start is None and end is None):
        return frame
    numbers = number_quarters(frame).to_numpy()
    low = start.number if start is not None else numbers.min()
    high = end.number if end is not None else numbers.max()
    return frame[(numbers >= low) & (numbers <= high)]


def number_quarters(frame: pd.DataFrame) -> pd.Series:
    """Quarter numbers of the text column `quarter`; each distinct text is read once."""
    texts = frame["quarter"].astype(str)
    numbers = {text: Quarter.parse(text).number for text in texts.unique()}
    return texts.map(numbers).astype(np.int64)


def sum_by_quarter(frame: pd.DataFrame, column: str) -> pd.Series:
    """Sum of a column by quarter number."""
    return frame[column].astype(float).groupby(number_quarters(frame)).sum()


def divide(above: pd.Series, below: pd.Series) -> pd.Series:
    """`above / below`, without the rows where `below` is zero."""
    return (above / below.where(below > 0)).dropna()


def empty_series() -> pd.Series:
    """What an absent table reduces to."""
    import pandas as pd

    return pd.Series(dtype=float)
