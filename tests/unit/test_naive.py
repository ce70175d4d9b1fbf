"""Naive benchmarks on worlds whose answers are known; nothing held out reaches them."""

import dataclasses
import math

import numpy as np
import pytest
from toys import toy_scenario

from calibration.evidence import Row
from calibration.holdout import load_rule, split_targets
from calibration.market import load_inputs
from calibration.naive import list_fed, predict_last_value, predict_naive
from calibration.naive_gravity import Choice, Flows, find_destinations, find_homes, measure_km, predict_gravity
from calibration.naive_matching import SEPARATION, follow_market, predict_matching
from calibration.naive_postings import Postings
from calibration.targets import Target, load_targets
from calibration.validate import ask_benchmarks, group_figures

TWO = ("alpha", "beta")


@pytest.fixture(scope="module")
def world():
    """Two cities at one spot with like jobs and pay; nobody is a local student."""
    toy, n = toy_scenario().world, 2
    flat = np.zeros(n)
    return dataclasses.replace(
        toy, places=TWO, longitude=flat, latitude=flat, home_local_share=flat + 0.5, home_weight=flat + 1.0,
        jobs_start=flat + 100_000.0, new_jobs=np.zeros_like(toy.new_jobs), wage_place=np.ones_like(toy.wage_place),
        graduates=np.zeros_like(toy.graduates) + 10_000.0,
    )  # fmt: skip


@pytest.fixture(scope="module")
def china():
    return load_inputs()


@pytest.fixture(scope="module")
def board():
    return load_targets()


def make_row(identifier, period="unspecified"):
    return Row(
        id=identifier, statistic="s", dims={}, printed="1", unit="ratio", period=period, geography="", population="",
        exactness="exact", document="900", line="1", locator="", role="", note="",
    )  # fmt: skip


def make_figure(moment, value, *, rows=("r",), bound="", tolerance=0.01, family="f", **args):
    return Target(
        name=f"{'+'.join(rows)} {sorted(args.items())} {bound}", family=family, use="target",
        rows=tuple(map(make_row, rows)), value=value, tolerance=tolerance, bound=bound, unit="ratio", factor=1.0,
        moment=moment, args=args, cell="c", year=0,
    )  # fmt: skip


def stay(cohort, value, **changes):
    return make_figure("share_stayers", value, city="alpha", cohort=cohort, **changes)


def test_last_value_is_the_latest_that_is_not_later(world):
    known = [stay(2019, 0.5, rows=("a",)), stay(2021, 0.4, rows=("b",)), stay(2024, 0.1, rows=("c",))]
    asked = stay(2023, 0.9, rows=("d",))
    assert list(predict_last_value(world, known, [asked]).values()) == [0.4]


def test_last_value_knows_no_outcome_of_the_same_time_or_later(world):
    known = [stay(2024, 0.1, rows=("a",)), stay(2022, 0.3, rows=("b",))]
    assert predict_last_value(world, known, [stay(2022, 0.9, rows=("c",))]) == {}
    assert predict_last_value(world, known, [stay(2019, 0.9, rows=("c",))]) == {}


def of_period(figure, period):
    """The figure with rows that state it for a period."""
    return dataclasses.replace(figure, rows=tuple(make_row(row.id, period) for row in figure.rows))


def test_a_row_of_several_years_is_known_after_the_last_of_them(world):
    """Its part of 2023 tells nothing of 2024, which it speaks of too; 2025 it does."""
    many = [of_period(stay(year, 0.6, rows=("a",)), "2021-2024") for year in (2021, 2022, 2023, 2024)]
    for year in (2022, 2024):
        assert predict_last_value(world, many, [stay(year, 0.9, rows=("b",))]) == {}
    assert list(predict_last_value(world, many, [stay(2025, 0.9, rows=("b",))]).values()) == [0.6]
    one = of_period(stay(2023, 0.3, rows=("c",)), "2023")
    assert list(predict_last_value(world, [*many, one], [stay(2024, 0.9, rows=("b",))]).values()) == [0.3]


def test_the_later_of_two_bounds_says_when_their_middle_is_known(world):
    low, high = stay(2020, 0.2, rows=("a",), bound="low"), stay(2020, 0.4, rows=("b",), bound="high")
    known = [of_period(low, "2020"), of_period(high, "2020-2022")]
    assert predict_last_value(world, known, [stay(2022, 0.9, rows=("c",))]) == {}
    assert list(predict_last_value(world, known, [stay(2023, 0.9, rows=("c",))]).values()) == pytest.approx([0.3])


def test_a_share_of_several_quarters_is_known_after_the_last_of_them(world):
    def share(quarter, value, row):
        return make_figure("share_ai_quarter", value, rows=(row,), quarter=quarter, of=["2023Q3", "2023Q4", "2024Q1"])

    seen = share("2023Q3", 0.2, "a")
    assert predict_last_value(world, [seen], [share("2023Q4", 0.9, "b")]) == {}
    assert list(predict_last_value(world, [seen], [share("2024Q2", 0.9, "b")]).values()) == [0.2]
    fed = dataclasses.replace(seen, use="check")
    assert list(predict_last_value(world, [fed], [share("2023Q4", 0.9, "b")]).values()) == [0.2]


def test_last_value_knows_inputs_of_all_times(world):
    """As the model does: the last up to the period, else the first after it."""
    fed = [
        dataclasses.replace(stay(year, value, rows=(str(year),)), use="check")
        for year, value in ((2024, 0.1), (2022, 0.3))
    ]
    for year, value in ((2019, 0.3), (2022, 0.3), (2023, 0.3), (2024, 0.1)):
        assert list(predict_last_value(world, fed, [stay(year, 0.9, rows=("c",))]).values()) == [value]


def test_a_mean_of_several_years_is_not_told_by_one_of_them(world):
    mean = make_figure("mean_first_jobs", 0.3, rows=("a",), city="alpha", since=2021, until=2024)
    one = {
        year: make_figure("count_first_jobs", 0.1 * year, rows=("b",), city="alpha", year=year)
        for year in range(2020, 2025)
    }
    assert predict_last_value(world, [one[2021], one[2023], one[2024]], [mean]) == {}
    assert list(predict_last_value(world, list(one.values()), [mean]).values()) == pytest.approx([202.0])


def test_last_value_takes_the_middle_of_two_bounds_and_nothing_from_one(world):
    low, high = stay(2020, 0.2, rows=("a",), bound="low"), stay(2020, 0.4, rows=("b",), bound="high")
    asked = [stay(2023, 0.9, rows=("c",))]
    assert list(predict_last_value(world, [low, high], asked).values()) == pytest.approx([0.3])
    assert predict_last_value(world, [low], asked) == {}


def test_no_row_foretells_itself(world):
    figures = [stay(year, 0.6, rows=("a",)) for year in (2020, 2021)]
    assert predict_last_value(world, figures, figures) == {}


def test_another_kind_is_no_last_value(world):
    other = make_figure("share_stayers", 0.5, rows=("a",), city="beta", cohort=2019)
    assert predict_last_value(world, [other], [stay(2023, 0.9, rows=("b",))]) == {}


def test_a_change_is_expected_to_be_none_and_a_stock_to_stay(world):
    growth = make_figure("growth_talent", 0.3, city="alpha", period="2024", base="2020")
    stock = make_figure("count_talent", 1.0, city="alpha", period="2024")
    found = predict_last_value(world, [], [growth, stock])
    assert found == {growth.name: 0.0, stock.name: float(world.talent_start[0])}


def test_like_cities_share_graduates_alike_without_ties(world):
    assert find_destinations(world, 2019, 0.0) == pytest.approx(np.full((2, 2), 0.5))


def test_ties_hold_as_the_logit_says(world):
    """Home is the study city or the other one, half each: with tie t, 1/2 e^2t / (e^2t + 1) + 1/2 1/2 stay."""
    tie = 1.3
    expected = 0.5 * math.exp(2 * tie) / (math.exp(2 * tie) + 1.0) + 0.5 * 0.5
    assert find_destinations(world, 2019, tie)[0, 0] == pytest.approx(expected)


def test_twice_the_vacancies_draw_twice_as_many(world):
    bigger = dataclasses.replace(world, jobs_start=np.array([200_000.0, 100_000.0]))
    assert find_destinations(bigger, 2019, 0.0)[0] == pytest.approx([2 / 3, 1 / 3])


def test_distance_divides_as_it_grows(world):
    """1 + km / 100 to the power -1: a degree of latitude is 111.2 km."""
    away = dataclasses.replace(world, latitude=np.array([0.0, 1.0]))
    share = find_destinations(away, 2019, 0.0)[0]
    assert measure_km(away)[0, 1] == pytest.approx(111.19, abs=0.01)
    assert share[0] / share[1] == pytest.approx(1.0 + 1.1119, abs=1e-3)


def test_homes_add_to_one(china):
    assert find_homes(china, measure_km(china)).sum(axis=1) == pytest.approx(np.ones(china.n_places))


def test_gravity_finds_the_tie_that_figures_were_made_with(world):
    truth = Flows(choice=Choice(world=world, tie=2.0), employed=0.7)
    share = 0.7 * truth.stay("alpha", 2019)
    known = [stay(2019, share, rows=("a",)), make_figure("share_employed", 0.7, rows=("b",), city="alpha", cohort=2019)]
    asked = make_figure("count_first_jobs", 0.0, rows=("c",), city="beta", year=2022, origin="elsewhere")
    expected = 0.7 * 10_000.0 * (1.0 - truth.stay("alpha", 2022))
    assert predict_gravity(world, known, [asked])[asked.name] == pytest.approx(expected, rel=0.02)


def test_gravity_is_silent_without_a_figure_of_its_kind(world):
    assert predict_gravity(world, [], [stay(2023, 0.5)]) == {}


def test_flows_conserve_people(world):
    path = follow_market(world, Postings(world=world), 0.5, 0.8)
    for number in range(1, 24):
        ended = SEPARATION * path.filled[number - 1].sum()
        came = 0.8 * world.graduates[:, 0].sum() if number % 4 == 1 else 0.0
        left = path.searching[number - 1] - path.hires[number - 1]
        assert path.searching[number] == pytest.approx(left + ended + came)
        assert path.filled[number].sum() == pytest.approx(path.filled[number - 1].sum() - ended + path.hires[number])


def test_jobs_and_searchers_bound_the_matches(world):
    path = follow_market(world, Postings(world=world), 50.0, 0.8)
    assert path.hires == pytest.approx(np.minimum(path.searching, path.vacant))


def test_more_efficient_matching_leaves_fewer_jobs_open(world):
    asked = make_figure("share_unfilled", 0.0, rows=("z",), period="2022", cell={"city": "alpha"})
    found = []
    for published in (0.7, 0.3):
        known = [make_figure("share_unfilled", published, rows=("a",), period="2020", cell={"city": "alpha"})]
        found.append(predict_matching(world, known, [asked])[asked.name])
    assert found[0] > found[1]


def test_postings_of_a_cell_follow_the_inputs(china):
    postings = Postings(world=china)
    whole = postings.sum_cell("2024", {"ai": "ai"})
    shares = [postings.sum_cell("2024", {"ai": "ai", "city": city}) / whole for city in china.places]
    assert shares == pytest.approx((china.ai_place_share / china.ai_place_share.sum()).tolist(), abs=1e-9)


def test_pay_ratio_is_that_of_the_pay_indices(world):
    one_level = dataclasses.replace(
        world, education_mix=np.tile([0.0, 1.0, 0.0, 0.0], (12, 1)), ai_intensity_education=np.zeros(4)
    )
    asked = make_figure("pay_ratio", 1.0, period="2024", cell={"industry": "telecom"}, base={"industry": "electronics"})
    found = predict_matching(one_level, [], [asked])[asked.name]
    size = world.size_mix @ world.size_premium
    index = world.wage_industry[:, 0] * size
    assert found == pytest.approx(index[7] / index[1])


def test_pay_at_one_mix_of_education_does_not_know_the_mixes_of_industries(world):
    """Of a mix of one level the ratio is that of the pay indices, whatever levels the industries ask for."""
    human = dataclasses.replace(world, ai_intensity_education=np.zeros(4))
    cells = {"cell": {"industry": "telecom"}, "base": {"industry": "electronics"}}
    asked = make_figure("pay_ratio", 1.0, period="2024", mix={"master": 0.4}, **cells)
    index = world.wage_industry[:, 0] * (world.size_mix @ world.size_premium)
    assert predict_matching(human, [], [asked])[asked.name] == pytest.approx(index[7] / index[1])


def test_half_of_the_postings_offer_no_more_than_the_median(china):
    postings = Postings(world=china)
    beijing = {"city": "beijing"}
    median, mean = (
        postings.median_pay("2024", beijing),
        (postings.sum_cell("2024", beijing, pay=True) / postings.sum_cell("2024", beijing)),
    )
    assert 0.6 * mean < median < mean  # pay is skewed to the right
    one = {"city": "beijing", "industry": "telecom", "education": "phd", "ai": "ai", "size": "<100"}
    assert postings.median_pay("2024", one) == pytest.approx(
        postings.sum_cell("2024", one, pay=True) / postings.sum_cell("2024", one)
    )


def test_a_figure_held_out_is_never_looked_at(board, china):
    """Change every value that no fit sees: the benchmarks say the same."""
    groups = group_figures(board, None)
    moved = tuple(
        dataclasses.replace(figure, value=3.0 * figure.value + 1.0) if groups[figure.name] == "held" else figure
        for figure in board.figures
    )
    assert ask_benchmarks(dataclasses.replace(board, figures=moved), china, groups) == ask_benchmarks(
        board, china, groups
    )


def test_a_figure_of_the_fit_is_looked_at(board, china):
    groups = group_figures(board, None)
    moved = tuple(
        dataclasses.replace(figure, value=2.0 * figure.value) if figure.name == "003-4328-03 cohort=2019" else figure
        for figure in board.figures
    )
    before, after = (ask_benchmarks(one, china, groups) for one in (board, dataclasses.replace(board, figures=moved)))
    assert before["last_value"]["003-4328-04 cohort=2024"] != after["last_value"]["003-4328-04 cohort=2024"]


def test_later_years_stay_hidden_when_a_fit_saw_earlier_ones(board, china):
    groups = group_figures(board, 2023)
    assert {groups[figure.name] for figure in board.targets if figure.year > 2023} == {"later", "held"}
    moved = tuple(
        dataclasses.replace(figure, value=2.0 * figure.value) if groups[figure.name] == "later" else figure
        for figure in board.figures
    )
    assert ask_benchmarks(dataclasses.replace(board, figures=moved), china, groups) == ask_benchmarks(
        board, china, groups
    )


def test_what_a_benchmark_says_of_a_figure_does_not_depend_on_its_value(board, china):
    split = split_targets(board.targets, load_rule())
    other = [dataclasses.replace(figure, value=0.123) for figure in split.held]
    assert predict_naive(china, split.fit, list_fed(board), split.held) == predict_naive(
        china, split.fit, list_fed(board), other
    )


def test_each_benchmark_speaks_about_some_figures(board, china):
    said = ask_benchmarks(board, china, group_figures(board, None))
    families = {
        name: {figure.family for figure in board.targets if figure.name in values} for name, values in said.items()
    }
    assert {"graduates_stay", "talent", "ai_industries"} <= families["last_value"]
    assert families["gravity"] == {"graduates_stay", "graduates_employed", "graduates_arrive"}
    assert {"graduates_arrive", "digital_pay", "digital_education", "ai_shortage"} <= families["matching"]
    assert all(math.isfinite(value) for values in said.values() for value in values.values())


def test_fed_figures_are_inputs(board):
    for figure in list_fed(board):
        assert figure.use == "check"
        assert all(row.id in board.registry.inputs for row in figure.rows)
