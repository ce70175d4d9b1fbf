"""What published figures are called, and in which unit they are written."""

import dataclasses
import math
import re

import pytest

from calibration.market import load_inputs
from calibration.targets import load_targets
from calibration.targetwords import (
    describe_figure,
    describe_source,
    say_unit,
    write_error,
    write_published,
    write_value,
)


@pytest.fixture(scope="module")
def board():
    return load_targets()


@pytest.fixture(scope="module")
def places():
    return load_inputs().labels


def find(board, name):
    return next(figure for figure in board.figures if figure.name == name)


def test_industries_are_named_as_the_source_names_them(board, places):
    """Posts of science and technology services are compared with consulting; they are no consulting."""
    share, pay = find(board, "003-2731-01"), find(board, "003-2768-02+003-2768-01")
    assert "share: Science and technology services (in the model: Consulting)" in describe_figure(share, places, "en")
    assert "科技服务业（模型中为咨询）" in describe_figure(share, places, "zh")  # noqa: RUF001  (full-width on purpose)
    told = describe_figure(pay, places, "en")
    assert "Science and technology services (in the model: Consulting) against Software and information" in told
    consulting = describe_figure(find(board, "001-0285-02"), places, "en")
    assert consulting == "AI postings, share: Consulting, 2023H2"


def test_what_is_counted_stands_before_what_it_is_a_share_of(board, places):
    """A city among the postings of an industry, and an industry among those of a city."""
    city, industry = (describe_figure(find(board, name), places, "en") for name in ("001-0861-01", "001-1009-01"))
    assert city == "AI postings, share: Beijing, of those in Computer and internet, 2024H1"
    assert industry == "AI postings, share: Computer and internet, of those in Beijing, 2024H1"


def test_a_figure_of_a_later_year_says_so(board, places):
    told = {name: describe_figure(find(board, name), places, "en") for name in ("003-2774-01", "003-4318-03")}
    assert told["003-2774-01"].endswith("2024 (published for 2025)")
    assert told["003-4318-03"].endswith("2021-2024 (published for 2021-2025)")
    within = describe_figure(find(board, "003-4322-05 cohort=2021"), places, "en")
    assert within == "Graduates who stay: Beijing, 2021"  # the row is about 2021 to 2024


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_two_figures_read_alike(board, places, lang):
    told = [(one.family, describe_figure(one, places, lang), write_published(one), say_unit(one, lang))
            for one in board.figures]  # fmt: skip
    assert len(set(told)) == len(told)


def test_chinese_descriptions_are_chinese(board, places):
    for figure in board.figures:
        told = describe_figure(figure, places, "zh")
        assert not re.search(r"[A-Za-z]{3,}|\d[HQ]\d", told), told


def test_shares_are_written_in_percent(board):
    shares = [figure for figure in board.figures if figure.moment.startswith("share_")]
    assert {figure.unit for figure in shares} == {"percent", "ratio"}
    for figure in shares:
        assert say_unit(figure, "en") == "%"
        number = float(re.sub(r"^[<>] | ±.*", "", write_published(figure)))
        assert number == pytest.approx(100.0 * figure.value, rel=1e-3)
        assert write_value(0.5, figure) == "50"
    ratio = next(figure for figure in board.figures if figure.moment == "pay_ratio")
    assert say_unit(ratio, "en") == "ratio"
    assert write_value(0.5, ratio) == "0.5"


def test_numbers_are_short_and_tell_what_is_inside(board):
    staff = find(board, "003-0296-02")
    assert write_value(11_180_000.0, staff) == "1,118"
    assert write_value(math.nan, staff) == "-"
    assert [write_error(error) for error in (1.04, 23.75, math.nan)] == ["1.04", "23.8", "-"]


@pytest.mark.parametrize(
    ("error", "words"),
    [(0.994, "0.99"), (0.996, "1.00"), (1.0, "1.00"), (1.0001, "1.01"), (1.004, "1.01"), (1.016, "1.02")],
)
def test_what_is_written_as_one_is_inside(error, words):
    assert write_error(error) == words
    assert (float(write_error(error)) <= 1.0) == (error <= 1.0)


def test_longer_lists_are_called_what_they_are(board, places):
    """More than four of anything are counted: five classes of experience are no industries."""
    figure = find(board, "001-1009-01")
    for name, values, english, chinese in (
        ("experience", ["none", "<1y", "1-3y", "3-5y", "5-10y"], "5 classes of experience", "5档经验要求"),
        ("industry", ["a", "b", "c", "d", "e"], "5 industries", "5个行业"),
        ("city", ["a", "b", "c", "d", "e"], "5 places", "5个地区"),
    ):
        longer = dataclasses.replace(figure, args={"cell": {name: values}, "period": "2024H1"}, rows=())
        assert describe_figure(longer, places, "en") == f"AI postings, share: {english}, 2024H1"
        assert describe_figure(longer, places, "zh") == f"AI岗位占比：{chinese}、2024年上半年"  # noqa: RUF001  (full-width on purpose)


def test_a_group_is_an_industry_a_place_or_one_of_the_other(board, places):
    told = {lang: [describe_figure(find(board, name), places, lang) for name in
                   ("001-0861-01", "001-1009-01", "003-2731-01")] for lang in ("en", "zh")}  # fmt: skip
    assert all(part in words for part, words in zip(
        ("、计算机/互联网行业中、", "、北京范围内、", "、北京的9个行业中、"), told["zh"], strict=True))  # fmt: skip
    assert "of those in 9 industries of Beijing" in told["en"][2]


def test_units_of_persons_say_persons(board):
    assert say_unit(find(board, "003-4322-05 cohort=2021"), "en") == "10,000 persons a year"


def test_ids_of_one_line_stand_together(board):
    figure = find(board, "003-2731-02+003-2731-03")
    assert describe_source(figure, "en") == "003-2731-02, 003-2731-03 (document 003, line 2731)"
    apart = dataclasses.replace(figure.rows[1], line="9")
    other = describe_source(dataclasses.replace(figure, rows=(figure.rows[0], apart)), "en")
    assert other == "003-2731-02 (document 003, line 2731); 003-2731-03 (document 003, line 9)"
