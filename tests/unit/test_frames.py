"""Tables of fit and posterior as a terminal shows them."""

import pandas as pd
import pytest

from calibration.frames import name_families, name_family, name_figures, write_cell, write_percent
from calibration.problem import describe_bands
from calibration.targets import load_targets

BEIJING = {"beijing": {"en": "Beijing", "zh": "北京"}}


@pytest.fixture(scope="module")
def board():
    return load_targets()


def make_frame(board, names):
    figures = [next(figure for figure in board.figures if figure.name == name) for name in names]
    from calibration.market import make_targets

    bands = describe_bands(make_targets(tuple(figures)))
    return pd.DataFrame({**bands, "after": [figure.value for figure in figures], "error_after": [2.5, 0.0]})


def test_figures_are_named_and_written_in_the_unit_of_the_documents(board):
    frame = make_frame(board, ["003-4328-03", "003-4328-03 cohort=2019"])
    told = name_figures(frame, board, BEIJING, ("after",))
    assert list(told.columns) == ["figure", "published", "after", "error_after"]
    assert told["figure"].tolist() == [
        "Graduates who stay: Beijing, 2019\n003-4328-03; 10,000 persons",
        "Share of graduates who stay: Beijing, 2019\n003-4328-03; %",
    ]
    assert told["published"].tolist() == ["9.6 ± 0.48", "41.56 ± 2.08"]
    assert told["after"].tolist() == ["9.6", "41.56"]
    assert told["error_after"].tolist() == [2.5, 0.0]  # an error has no unit


def test_names_of_another_problem_stay(board):
    frame = make_frame(board, ["003-4328-03", "003-4328-03 cohort=2019"]).assign(target=["t0", "t1"])
    assert name_figures(frame, board, BEIJING, ("after",)) is frame
    assert name_family("f0", board) == "f0"


def test_families_and_shares_are_readable(board):
    told = name_families(pd.DataFrame({"family": ["engineers"], "moves_most": ["talent"]}), board)
    assert told.iloc[0].tolist() == ["Education of engineers in Beijing", "Talent and persons in work in Beijing"]
    shares = write_percent(pd.DataFrame({"coverage": [0.925], "inside": [3], "sd_ratio": [0.25]}))
    assert shares.iloc[0].tolist() == ["92.5 %", 3, 0.25]


def test_cells_are_short():
    cells = [write_cell(value) for value in ("params.search.b_wage", 1234567.0, 0.123456, float("nan"), True)]
    assert cells == ["search.b_wage", "1,234,567", "0.123", "-", "True"]
