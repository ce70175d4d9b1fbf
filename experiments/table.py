"""The tidy table of a sweep: one row for each run, outcome, group and city. All statistics take such a table.

Columns, in this order: `sweep`, `design`, `policy`, `future`, `seed`, `member`, then one for each key that is varied
(such as `params.search.b_wage`), then `city`, `outcome`, `group`, `unit`, `value`. A run is a row of all columns before
`city`. Runs of two policies that agree in `design`, `future`, `seed` and `member` are a pair: they share their draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.errors import TalentsimError

if TYPE_CHECKING:
    from pandas import DataFrame

LABEL_COLUMNS: Final = ("sweep", "design", "policy", "future", "seed", "member")
"""What tells runs apart: name of the sweep, number of the point (from 0), name of the policy, name of the future (empty
where there is one only), seed, place of the parameter set in the draw from the ensemble (from 1; NO_MEMBER where runs
take the parameters of their scenario)."""
OUTCOME_COLUMNS: Final = ("city", "outcome", "group", "unit", "value")
"""What a run amounts to, as of sim.outcomes; NaN where nobody counts."""
PAIR_COLUMNS: Final = ("design", "future", "seed", "member")
"""Runs of two policies with the same values here are a pair."""
NO_MEMBER: Final = -1
_TEXTS: Final = ("sweep", "policy", "future", "city", "outcome", "group", "unit")
_WHOLE: Final = ("design", "seed", "member")


class TableError(TalentsimError):
    """A table is not the tidy table of a sweep."""


def list_keys(table: DataFrame) -> list[str]:
    """Keys that are varied: the columns between the labels and the city."""
    fixed = {*LABEL_COLUMNS, *OUTCOME_COLUMNS}
    return [str(name) for name in table.columns if name not in fixed]


def check_table(table: DataFrame) -> DataFrame:
    """Return the table if it keeps what the docstring of the module promises.

    Raises:
        TableError: if columns are missing or in another order, a label has no value, whole numbers or values are of
            another type, or an outcome of a run stands twice.
    """
    import pandas as pd

    wanted = [*LABEL_COLUMNS, *list_keys(table), *OUTCOME_COLUMNS]
    if list(table.columns) != wanted:
        missing = [name for name in (*LABEL_COLUMNS, *OUTCOME_COLUMNS) if name not in table.columns]
        what = f"lacks {', '.join(missing)}" if missing else "has its columns in another order"
        raise TableError(f"the table {what}. Give one with the columns {', '.join(wanted)}")
    for name in _WHOLE:
        if not pd.api.types.is_integer_dtype(table[name].dtype):
            raise TableError(f"column {name} of the table holds no whole numbers. Read it with read_sweep")
    if not pd.api.types.is_float_dtype(table["value"].dtype):
        raise TableError("column value of the table holds no numbers. Read it with read_sweep")
    empty = [name for name in (*_TEXTS, *_WHOLE) if table[name].isna().any()]
    if empty:
        raise TableError(
            f"columns {', '.join(empty)} of the table have rows without a value. Give every row its labels"
        )
    twice = table.duplicated([*LABEL_COLUMNS, *OUTCOME_COLUMNS[:3]])
    if twice.any():
        row = table.loc[twice, [*LABEL_COLUMNS, *OUTCOME_COLUMNS[:3]]].iloc[0].to_dict()
        raise TableError(f"an outcome stands twice in the table: {row}. Keep one of the runs")
    return table


def select_outcome(table: DataFrame, outcome: str, *, group: str = "all", city: str | None = None) -> DataFrame:
    """Rows of one outcome, one a run.

    Args:
        table: tidy table.
        outcome: name as of sim.outcomes, such as `stay_share_12m`.
        group: group within the outcome.
        city: place; may be left out where the table knows one only.

    Raises:
        TableError: if the table does not know them, or knows several cities and none is named.
    """
    chosen: dict[str, Any] = {"outcome": outcome, "group": group}
    if city is None:
        cities = sorted(map(str, table["city"].unique()))
        if len(cities) != 1:
            raise TableError(f"the table has outcomes of {', '.join(cities) or 'no city'}. Name one of them")
        city = cities[0]
    chosen["city"] = city
    rows = table
    for name, value in chosen.items():
        known = sorted(map(str, rows[name].unique()))
        rows = rows[rows[name] == value]
        if rows.empty:
            raise TableError(f"the table has no {name} {value!r}. Name one of {', '.join(known)}")
    return rows
