"""The tidy table of a sweep: what statistics may rely on."""

import pandas as pd
import pytest

from experiments.table import (
    LABEL_COLUMNS,
    NO_MEMBER,
    OUTCOME_COLUMNS,
    TableError,
    check_table,
    list_keys,
    select_outcome,
)


def make_table(**changes):
    rows = []
    for seed in (1, 2):
        for outcome in ("rent", "talent"):
            label = ("s", 0, "baseline", "", seed, NO_MEMBER)
            rows.append((*label, 5000, "alpha", outcome, "all", "CNY/month", float(seed)))
    table = pd.DataFrame(rows, columns=[*LABEL_COLUMNS, "policies.0.units", *OUTCOME_COLUMNS])
    return table.assign(**changes)


def test_a_right_table_passes_and_knows_its_keys():
    table = make_table()
    assert check_table(table) is table
    assert list_keys(table) == ["policies.0.units"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (make_table().drop(columns="seed"), "lacks seed"),
        (make_table()[[*OUTCOME_COLUMNS, *LABEL_COLUMNS, "policies.0.units"]], "another order"),
        (make_table(design=0.5), "design .* no whole numbers"),
        (make_table(value="much"), "value .* no numbers"),
        (make_table(future=None), "future .* without a value"),
        (make_table(seed=1), "stands twice"),
    ],
)
def test_a_wrong_table_is_refused(table, words):
    with pytest.raises(TableError, match=words):
        check_table(table)


def test_one_outcome_is_one_row_a_run():
    assert select_outcome(make_table(), "rent")["seed"].tolist() == [1, 2]
    with pytest.raises(TableError, match="no outcome 'wage'"):
        select_outcome(make_table(), "wage")
    with pytest.raises(TableError, match="outcomes of alpha, beta"):
        select_outcome(pd.concat([make_table(), make_table(city="beta")]), "rent")
