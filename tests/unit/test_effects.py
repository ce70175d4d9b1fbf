"""A comparison as tables of text: what stands where, and what is said where nothing is known."""

import math

import pandas as pd
import pytest

from sim.compare import COMPARISON_COLUMNS
from sim.effects import POINTS, list_tables, name_difference, name_group, write_effect
from sim.labels import LANGUAGES, label
from sim.leakage import ORIGINS
from sim.types import EDUCATION

NAN = math.nan
ROWS = [
    ("stay_share_12m", "all", "share", 0.4, 0.412, 0.012, 0.01, 0.014, 8),
    ("stay_share_12m_other_cities", "all", "share", 0.5, 0.499, -0.001, -0.002, 0.0, 8),
    ("employed", "all", "persons", 1e6, 1.012e6, 12_000, 10_000, 14_000, 8),
    ("employed_other_cities", "all", "persons", 9e6, 8.991e6, -9000, -9900, -8100, 8),
    ("employed_all_cities", "all", "persons", 1e7, 1.0003e7, 3000, 2000, 4000, 8),
    ("displacement", "all", "share", NAN, NAN, 0.75, 0.7, 0.8, 8),
    ("reached", "rent_subsidy", "persons", 0, 5000, 5000, 4900, 5100, 8),
    ("reached_kept", "rent_subsidy", "persons", 0, 300, 300, 200, 400, 8),
    ("paid", "rent_subsidy", "CNY", 0, 4e6, 4e6, 3e6, 5e6, 8),
    ("leakage_persons", "rent_subsidy", "share", NAN, 0.87654, NAN, 0.85, 0.9, 8),
    ("leakage_money", "rent_subsidy", "share", NAN, 0.9, NAN, NAN, NAN, 1),
    ("cost_by_person", "home_north", "CNY", 0, 2e6, 2e6, 1e6, 3e6, 8),
    ("stayed_12m", "home_north", "persons", 100, 140, 40, 30, 50, 8),
    ("cost_per_additional_stayer", "home_north", "CNY/person", NAN, NAN, 50_000, 40_000, 60_000, 8),
    ("cost_by_person", "phd", "CNY", 0, 1e6, 1e6, 1e6, 1e6, 8),
    ("stayed_12m", "phd", "persons", 100, 101, 1, -1, 3, 8),
    ("cost_per_additional_stayer", "phd", "CNY/person", NAN, NAN, 1e6, NAN, NAN, 8),
    ("cost_by_person", "master", "CNY", 0, 0, 0, 0, 0, 8),
    ("stayed_12m", "master", "persons", 100, 100, 0, 0, 0, 8),
    ("cost_per_additional_stayer", "master", "CNY/person", NAN, NAN, NAN, NAN, NAN, 8),
]


@pytest.fixture
def comparison():
    return pd.DataFrame([("p", *row) for row in ROWS], columns=list(COMPARISON_COLUMNS))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_fits_its_headings(comparison, lang):
    tables = list_tables(comparison, "p", lang=lang)
    assert len(tables) == 4
    for table in tables:
        assert table.rows
        assert all(len(row) == len(table.heads) for row in table.rows)
        assert not any("nan" in cell for row in table.rows for cell in row)


def test_local_other_and_national_effects_stand_beside_each_other(comparison):
    spread = {row[0]: row[2:] for row in list_tables(comparison, "p", lang="en")[1].rows}
    units = {row[0]: row[1] for row in list_tables(comparison, "p", lang="en")[1].rows}
    # what stands there are differences, and those of shares are in points; levels stay in percent
    assert units["Share of local graduates who stay 12 months"] == "points"
    assert units["People in work"] == "persons"
    levels = {row[0]: row[1] for row in list_tables(comparison, "p", lang="en")[0].rows}
    assert levels["Share of local graduates who stay 12 months"] == "%"
    assert spread["People in work"] == (
        "+12,000 (+10,000 .. +14,000)",
        "-9,000 (-9,900 .. -8,100)",
        "+3,000 (+2,000 .. +4,000)",
        "75.00 % (70.00 .. 80.00)",
    )
    assert spread["Share of local graduates who stay 12 months"][2:] == ("", "")


def test_chinese_heads_say_points_without_a_measure_word_and_no_confidence(comparison):
    """Percentage points are counted behind a number, not in a head; and intervals of one more run have none."""
    assert (name_difference("share", "zh"), POINTS["zh"]) == ("百分点", " 个百分点")
    tables = list_tables(comparison, "p", lang="zh")
    assert tables[0].rows[0][4] == "+1.20 个百分点"
    assert "百分点" in {row[1] for row in tables[1].rows}
    assert tables[0].heads[5] == "95%区间"
    alike = {"outcome": "talent", "unit": "persons", "difference": 1.0, "low": 1.0, "high": 1.0, "seeds": 8}
    assert write_effect(alike, "zh") == "+1（各次模拟结果相同）"  # noqa: RUF001  (full-width on purpose)


def test_leakage_is_a_share_of_persons_and_of_money(comparison):
    (row,) = list_tables(comparison, "p", lang="en")[2].rows
    assert row == ("Rent subsidy", "5,000", "87.7 % (85.0 .. 90.0)", "+300 (+200 .. +400)", "4.0", "90.0 %")


def test_groups_that_nothing_happens_to_have_a_dash_and_unknown_ratios_say_so(comparison):
    rows = list_tables(comparison, "p", lang="en")[3].rows
    assert rows == [
        ("From North China", "+2.0", "+40 (+30 .. +50)", "50,000 (40,000 .. 60,000)"),
        ("PhD", "+1.0", "+1 (-1 .. +3)", label("note.may_be_zero", "en")),
        ("Master", "0.0", "0 (all runs alike)", "-"),
    ]


@pytest.mark.parametrize(
    ("ratio", "low", "high", "words"),
    [
        (-0.0, 0.0, 0.0, label("note.fewer_stay", "en")),  # nothing paid, and fewer stay in every run
        (0.0, 0.0, 0.0, f"0 ({label('note.alike', 'en')})"),  # nothing paid, and more stay
        (-5.0, -8.0, -2.0, label("note.fewer_stay", "en")),
    ],
)
def test_a_cost_per_additional_person_where_fewer_stay_is_none(comparison, ratio, low, high, words):
    (row,) = comparison[
        (comparison["outcome"] == "cost_per_additional_stayer") & (comparison["group"] == "phd")
    ].to_dict("records")
    assert write_effect({**row, "difference": ratio, "low": low, "high": high}, "en") == words


def test_a_share_of_nobody_is_a_dash(comparison):
    nobody = comparison[comparison["outcome"] == "stay_share_12m"].assign(
        baseline=NAN, value=NAN, difference=NAN, low=NAN, high=NAN
    )
    (row,) = list_tables(nobody, "p", lang="en")[0].rows
    assert row[1:] == ("%", "-", "-", "-", "-")


def test_tables_without_rows_are_left_out(comparison):
    only = comparison[comparison["outcome"] == "stay_share_12m"]
    assert len(list_tables(only, "p", lang="en")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_group_has_its_words(lang):
    groups = [*EDUCATION, *ORIGINS, "new_graduate"]
    words = [name_group(group, lang) for group in groups]
    assert len(set(words)) == len(words)
    assert not any("_" in word for word in words)
    assert name_group("Talent apartments", lang) == "Talent apartments"
