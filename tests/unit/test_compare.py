"""Outcomes of a run and their paired differences: exact numbers on small tables, stated error rates on random ones."""

import math
import types

import numpy as np
import pandas as pd
import pytest

from sim.compare import COMPARISON_COLUMNS, compare_runs, find_start
from sim.effects import head_effects, list_effects
from sim.errors import ResultsError
from sim.estimate import bound_mean, bound_ratio
from sim.labels import label, label_code
from sim.outcomes import summarise_run
from sim.results import RunResult
from sim.types import Quarter

SINCE = Quarter.parse("2025Q1")


@pytest.fixture
def tables():
    cohorts = pd.DataFrame(
        [
            (2024, "beijing", "bachelor", 1000, 950, 900),  # before the policy
            (2025, "beijing", "bachelor", 1000, 600, 400),
            (2025, "beijing", "phd", 100, 90, 80),
            (2025, "shanghai", "bachelor", 500, 300, 250),
            (2026, "beijing", "bachelor", 1000, 500, 300),
            (2027, "beijing", "bachelor", 1000, 700, None),  # 12 months not reached
            (2027, "beijing", "phd", 100, 95, 90),
            (2028, "beijing", "bachelor", 1000, None, None),
        ],
        columns=["cohort_year", "study_city", "education", "graduated", "employed_6m", "stayed_12m"],
    ).astype({"stayed_12m": "Int64", "employed_6m": "Int64"})
    cohorts["home"] = ["local", "local", "east", "east", "east", "local", "east", "local"]
    distribution = pd.DataFrame(
        [
            ("2024Q4", "beijing", "wage_cny_m", 0.1, 99999.0),
            ("2025Q1", "beijing", "wage_cny_m", 0.1, 5000.0),
            ("2025Q2", "beijing", "wage_cny_m", 0.1, 5200.0),
            ("2025Q2", "beijing", "wage_cny_m", 0.9, 30000.0),
            ("2025Q2", "beijing", "rent_cny_m", 0.1, 900.0),
            ("2025Q2", "shanghai", "wage_cny_m", 0.1, 7000.0),
        ],
        columns=["quarter", "group", "variable", "quantile", "value"],
    )
    flows = pd.DataFrame(
        [
            ("2024Q4", "shanghai", "beijing", "bachelor", "job_move", False, 999),
            ("2025Q1", "shanghai", "beijing", "bachelor", "job_move", False, 30),
            ("2025Q2", "shanghai", "beijing", "master", "first_job", True, 20),
            ("2025Q2", "beijing", "beijing", "master", "first_job", True, 500),
            ("2025Q3", "beijing", "shanghai", "phd", "leave_hukou", False, 7),
        ],
        columns=["quarter", "from_city", "to_city", "education", "reason", "new_graduate", "persons"],
    )
    cities = pd.DataFrame(
        [
            ("2024Q4", "beijing", 1, 1, 9999.0, 0.9, 77, 900),
            ("2025Q1", "beijing", 1000, 700, 3000.0, 0.30, 5, 10),
            ("2025Q1", "shanghai", 2000, 1500, 100.0, 0.10, 50, 900),
            ("2025Q2", "beijing", 1100, 800, 3200.0, 0.34, 6, 20),
            ("2025Q2", "shanghai", 2100, 1600, 100.0, 0.10, 50, 900),
        ],
        columns=["quarter", "city", "talent", "employed", "rent", "rent_burden", "hukou_granted", "occupied"],
    )
    people = pd.DataFrame(
        [
            ("2025Q1", "beijing", "bachelor", "science", "employed", 300, 10000.0, 0.5),
            ("2025Q1", "beijing", "bachelor", "science", "searching", 50, math.nan, 0.2),
            ("2025Q1", "beijing", "bachelor", "science", "preparing", 50, math.nan, 0.0),
            ("2025Q1", "beijing", "bachelor", "science", "studying", 5000, math.nan, 0.9),
            ("2025Q1", "beijing", "phd", "ai_computing", "employed", 100, 30000.0, 1.0),
            ("2025Q1", "shanghai", "phd", "ai_computing", "employed", 100, 20000.0, 1.0),
        ],
        columns=["quarter", "city", "education", "field", "state", "persons", "wage_mean", "qualified_share"],
    )
    postings = pd.DataFrame(
        [
            ("2024Q4", "beijing", "phd", "ai", 500, 900, 900),
            ("2025Q1", "beijing", "phd", "ai", 30, 30, 6),
            ("2025Q1", "beijing", "bachelor", "other", 70, 80, 60),
            ("2025Q2", "beijing", "bachelor", "other", 100, 90, 54),
            ("2025Q1", "shanghai", "phd", "ai", 900, 900, 900),
        ],
        columns=["quarter", "city", "education", "ai", "new_postings", "openings", "hires"],
    )
    firms = pd.DataFrame(
        [
            ("2024Q4", "beijing", "<100", 900, 900, 9000, 0.9),
            ("2025Q1", "beijing", "<100", 40, 3, 100, 0.10),
            ("2025Q2", "beijing", "<100", 42, 4, 150, 0.08),
            ("2025Q2", "beijing", ">10000", 1, 0, 250, 0.02),
            ("2025Q2", "shanghai", "<100", 900, 900, 9000, 0.9),
        ],
        columns=["quarter", "city", "size", "firms", "entered", "headcount", "turnover"],
    )
    institutions = pd.DataFrame(
        [
            ("2024Q4", "beijing", 900, 900, 9.0, 0.9),
            ("2025Q1", "beijing", 100, 0, 4.0, math.nan),
            ("2025Q2", "beijing", 300, 30, 6.0, 0.6),
            ("2025Q2", "beijing", 0, 10, math.nan, 0.8),
            ("2025Q2", "shanghai", 900, 900, 9.0, 0.9),
        ],
        columns=["quarter", "city", "enrolled", "graduated", "vintage_gap", "qualified_share"],
    )
    ledger = pd.DataFrame(
        [
            ("2024Q4", "beijing", "housing", "rent", "city", 10, 1e9),
            ("2025Q1", "beijing", "housing", "rent", "city", 10, 2e6),
            ("2025Q2", "beijing", "housing", "rent", "national", 10, 1e6),
            ("2025Q2", "beijing", "housing", "rent", "employers", 10, 5e6),
            ("2025Q2", "shanghai", "housing", "rent", "city", 10, 7e6),
            ("2025Q2", "shanghai", "housing", "rent", "association", 10, 9e6),
        ],
        columns=["quarter", "city", "policy", "item", "payer", "persons", "cny"],
    )
    frames = {"cohorts": cohorts, "flows": flows, "cities": cities, "people": people, "ledger": ledger}
    frames |= {"postings": postings, "firms": firms, "institutions": institutions, "distribution": distribution}
    texts = (
        "field",
        "size",
        "ai",
        "quarter",
        "city",
        "study_city",
        "education",
        "from_city",
        "to_city",
        "reason",
        "state",
        "payer",
        "home",
        "group",
        "variable",
    )
    return {
        name: frame.astype({column: "category" for column in texts if column in frame})
        for name, frame in frames.items()
    }


def test_commuters_are_those_of_the_last_quarter_by_where_they_live_and_work(tables):
    tables["commuting"] = pd.DataFrame(
        [
            ("2025Q1", "beijing", "beijing", 900, 20.0),
            ("2025Q2", "beijing", "beijing", 300, 20.0),
            ("2025Q2", "beijing", "other", 100, 60.0),
            ("2025Q2", "other", "beijing", 40, 50.0),
            ("2025Q2", "other", "other", 7, 10.0),
        ],
        columns=["quarter", "city", "work_city", "persons", "minutes"],
    ).astype({"quarter": "category", "city": "category", "work_city": "category"})
    found = summarise_run(RunResult(tables=tables, manifest={}), city="beijing", since=SINCE).set_index("outcome")[
        "value"
    ]
    assert found["commuters_in"] == 40
    assert found["commuters_out"] == 100
    assert found["commute_minutes"] == 30


def test_a_world_without_areas_has_no_commuters(summary):
    assert not summary["outcome"].str.startswith("commut").any()


@pytest.fixture
def summary(tables):
    return summarise_run(RunResult(tables=tables, manifest={}), city="beijing", since=SINCE)


@pytest.mark.parametrize(
    ("outcome", "group", "unit", "value"),
    [
        ("stay_share_12m", "all", "share", 780 / 2100),
        ("stay_share_12m", "bachelor", "share", 0.35),
        ("stay_share_12m", "phd", "share", 0.8),
        ("stayed_12m", "all", "persons", 780),
        ("stay_share_12m_other_cities", "all", "share", 0.5),
        ("arrivals", "all", "persons", 50),
        ("arrivals", "master", "persons", 20),
        ("departures", "leave_hukou", "persons", 7),
        ("departures", "leave_family", "persons", 0),
        ("wage", "field_ai_computing", "CNY/month", 30000),
        ("employment_rate", "field_science", "share", 0.75),
        ("subsidised_units_used", "all", "units", 15),
        ("filled_share", "all", "share", 120 / 200),
        ("hires", "all", "persons", 120),
        ("hires", "phd", "persons", 6),
        ("firms", "all", "firms", 43),
        ("firms_entered", "all", "firms", 7),
        ("headcount", "all", "persons", 400),
        ("headcount", "<100", "persons", 150),
        ("turnover", "all", "share", (10 + 12 + 5) / 500),
        ("curriculum_age", "all", "years", 5.5),
        ("qualified_graduates", "all", "share", 0.65),
        ("arrivals", "new_graduate", "persons", 20),
        ("arrivals", "experienced", "persons", 30),
        ("departures", "phd", "persons", 7),
        ("rent", "all", "CNY/month", 3100),
        ("rent_burden", "all", "share", 0.32),
        ("hukou_granted", "all", "persons", 11),
        ("talent", "all", "persons", 1100),
        ("talent_other_cities", "all", "persons", 2100),
        ("talent_all_cities", "all", "persons", 3200),
        ("employed", "all", "persons", 800),
        ("employed_other_cities", "all", "persons", 1600),
        ("employed_all_cities", "all", "persons", 2400),
        ("first_job_share_6m", "all", "share", 1985 / 3200),
        ("first_job_share_6m", "phd", "share", 185 / 200),
        ("ai_share", "all", "share", 0.15),
        ("qualified_share", "all", "share", 260 / 500),
        ("qualified_share", "bachelor", "share", 0.4),
        ("wage", "all", "CNY/month", 15000),
        ("wage", "phd", "CNY/month", 30000),
        ("wage_other_cities", "all", "CNY/month", 20000),
        ("employment_rate", "all", "share", 0.8),
        ("employment_rate", "bachelor", "share", 0.75),
        ("stay_share_12m", "home_local", "share", 0.4),
        ("stay_share_12m", "home_east", "share", 380 / 1100),
        ("wage", "percentile_10", "CNY/month", 5100),
        ("wage", "percentile_90", "CNY/month", 30000),
        ("public_cost", "all", "CNY", 3e6),
        ("public_cost_all_cities", "all", "CNY", 10e6),
        ("cost", "all", "CNY", 8e6),
        ("cost_all_cities", "all", "CNY", 24e6),
        ("cost", "association", "CNY", 0),
        ("cost", "city", "CNY", 2e6),
        ("cost", "national", "CNY", 1e6),
        ("cost", "employers", "CNY", 5e6),
    ],
)
def test_outcome_is_exact(summary, outcome, group, unit, value):
    row = summary[(summary["outcome"] == outcome) & (summary["group"] == group)]
    assert list(row["unit"]) == [unit]
    assert row["value"].item() == pytest.approx(value, rel=1e-12)


def test_outcomes_are_named_once(summary):
    assert not summary.duplicated(["outcome", "group"]).any()


def test_nobody_gives_no_share(summary):
    row = summary[(summary["outcome"] == "stay_share_12m") & (summary["group"] == "master")]
    assert math.isnan(row["value"].item())


def test_policy_after_graduation_counts_from_the_next_cohort(tables):
    late = summarise_run(RunResult(tables=tables, manifest={}), city="beijing", since=Quarter.parse("2025Q3"))
    row = late[(late["outcome"] == "stayed_12m") & (late["group"] == "all")]
    assert row["value"].item() == 300


def test_empty_ledger_costs_nothing(tables):
    tables["ledger"] = tables["ledger"].iloc[:0]
    empty = summarise_run(RunResult(tables=tables, manifest={}), city="beijing", since=SINCE)
    assert empty.loc[empty["outcome"] == "public_cost", "value"].tolist() == [0.0]


def test_unknown_city_is_refused(tables):
    with pytest.raises(ResultsError, match="beijing, shanghai"):
        summarise_run(RunResult(tables=tables, manifest={}), city="atlantis", since=SINCE)


def make_outcomes(stay, cost, share=0.4):
    return pd.DataFrame(
        [
            ("stay_share_12m", "all", "share", share),
            ("stayed_12m", "all", "persons", stay),
            ("public_cost", "all", "CNY", cost / 2),
            ("cost", "all", "CNY", cost),
        ],
        columns=["outcome", "group", "unit", "value"],
    )


def pick(comparison, outcome, group="all", policy="p"):
    chosen = comparison["outcome"].eq(outcome) & comparison["group"].eq(group) & comparison["policy"].eq(policy)
    return comparison[chosen].iloc[0]


def test_known_effect_is_recovered_with_the_textbook_interval():
    gains = [90.0, 110.0, 100.0]
    base = {seed: make_outcomes(1000.0 * seed, 0.0) for seed in (1, 2, 3)}
    policy = {seed: make_outcomes(1000.0 * seed + gains[seed - 1], 5e6) for seed in (1, 2, 3)}
    comparison = compare_runs(base, {"p": policy})
    assert tuple(comparison.columns) == COMPARISON_COLUMNS
    row = pick(comparison, "stayed_12m")
    half = 4.302652729911275 * 10 / math.sqrt(3)  # t(0.975, 2) = 4.3027, sd = 10
    assert (row["baseline"], row["value"], row["difference"], row["seeds"]) == (2000, 2100, 100, 3)
    assert (row["low"], row["high"]) == pytest.approx((100 - half, 100 + half))


def test_order_of_seeds_does_not_matter():
    base = {seed: make_outcomes(100.0 * seed, 0.0) for seed in (1, 2, 3)}
    policy = {seed: make_outcomes(100.0 * seed + seed**2, 1e6) for seed in (3, 1, 2)}
    again = {seed: policy[seed] for seed in (1, 2, 3)}
    pd.testing.assert_frame_equal(compare_runs(base, {"p": policy}), compare_runs(base, {"p": again}))


@pytest.mark.parametrize("seeds", [(1, 2), (1, 2, 3)])
def test_no_difference_is_exactly_zero(seeds):
    base = {seed: make_outcomes(0.1 * seed, 0.3 * seed, share=0.1 * seed) for seed in seeds}
    comparison = compare_runs(base, {"p": {seed: frame.copy() for seed, frame in base.items()}})
    for outcome in ("stay_share_12m", "stayed_12m", "public_cost"):
        row = pick(comparison, outcome)
        assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)


def test_single_seed_is_sure_of_nothing_even_where_nothing_differs():
    comparison = compare_runs({1: make_outcomes(10.0, 0.0)}, {"p": {1: make_outcomes(10.0, 0.0)}})
    row = pick(comparison, "stayed_12m")
    assert row["difference"] == 0
    assert math.isnan(row["low"])
    assert list_effects(comparison, "p", lang="en")[0][-1] == "-"


def test_single_seed_has_an_effect_but_no_interval():
    comparison = compare_runs({1: make_outcomes(10.0, 0.0)}, {"p": {1: make_outcomes(15.0, 100.0)}})
    row = pick(comparison, "stayed_12m")
    assert row["difference"] == 5
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])
    assert pick(comparison, "cost_per_additional_stayer")["difference"] == 20


def test_payer_that_the_baseline_lacks_counts_from_zero():
    base = {seed: make_outcomes(1.0, 0.0) for seed in (1, 2)}
    extra = pd.DataFrame([("cost", "city", "CNY", 7.0)], columns=["outcome", "group", "unit", "value"])
    policy = {1: pd.concat([make_outcomes(1.0, 7.0), extra]), 2: make_outcomes(1.0, 0.0)}
    row = pick(compare_runs(base, {"p": policy}), "cost", "city")
    assert (row["baseline"], row["value"], row["difference"], row["seeds"]) == (0, 3.5, 3.5, 2)


def test_pairs_with_a_missing_share_do_not_count():
    base = {seed: make_outcomes(1.0, 0.0, share=0.5) for seed in (1, 2, 3)}
    policy = {1: make_outcomes(1.0, 0.0, share=math.nan), 2: make_outcomes(1.0, 0.0, share=0.6)}
    policy[3] = make_outcomes(1.0, 0.0, share=0.8)
    row = pick(compare_runs(base, {"p": policy}), "stay_share_12m")
    assert row["seeds"] == 2
    assert row["difference"] == pytest.approx(0.2)


def test_unpaired_seeds_are_refused():
    base = {1: make_outcomes(1.0, 0.0), 2: make_outcomes(1.0, 0.0)}
    with pytest.raises(ResultsError, match="different seeds"):
        compare_runs(base, {"p": {1: base[1]}})


def test_interval_covers_as_often_as_it_says():
    # 4,000 samples of 6: the count of covers is binomial(4000, 0.95), sd 0.0034; 4.5 sd fail by chance once in 1e5 runs
    generator = np.random.default_rng(20240601)
    samples = generator.normal(3.0, 2.0, size=(4000, 6))
    covered = [low <= 3.0 <= high for low, high in map(bound_mean, samples)]
    assert np.mean(covered) == pytest.approx(0.95, abs=4.5 * math.sqrt(0.95 * 0.05 / 4000))


def test_ratio_interval_covers_as_often_as_it_says():
    # as above; correlated numerator and denominator, the denominator 20 standard errors from zero
    generator = np.random.default_rng(20240602)
    bottom = generator.normal(100.0, 12.0, size=(4000, 6))
    top = 3.0 * bottom + generator.normal(0.0, 30.0, size=(4000, 6))
    covered = [low <= 3.0 <= high for low, high in map(bound_ratio, top, bottom)]
    assert np.mean(covered) == pytest.approx(0.95, abs=4.5 * math.sqrt(0.95 * 0.05 / 4000))


def test_ratio_interval_solves_fiellers_equation():
    top, bottom = np.array([9.0, 11.0, 13.0, 12.0]), np.array([4.0, 5.0, 5.5, 6.0])
    t = 3.182446305284263  # t(0.975, 3)
    for ratio in bound_ratio(top, bottom):
        rest = top - ratio * bottom
        assert abs(rest.mean()) == pytest.approx(t * rest.std(ddof=1) / 2)


def test_exact_ratio_has_an_interval_of_one_point():
    bottom = np.array([4.0, 5.0, 6.0])
    assert bound_ratio(3 * bottom, bottom) == pytest.approx((3.0, 3.0))


@pytest.mark.parametrize("bottom", [[-1.0, 1.0, 0.5], [0.0, 0.0, 0.0], [1.0, 9.0, 2.0]])
def test_ratio_to_an_effect_that_may_be_zero_is_not_determined(bottom):
    low, high = bound_mean(np.array(bottom))
    assert low <= 0 <= high
    assert all(math.isnan(end) for end in bound_ratio(np.array([1.0, 2.0, 3.0]), np.array(bottom)))


def test_undetermined_cost_is_said_in_words():
    base = {seed: make_outcomes(1000.0, 0.0) for seed in (1, 2, 3)}
    policy = {seed: make_outcomes(1000.0 + gain, 5e6) for seed, gain in zip((1, 2, 3), (-50, 60, 20), strict=True)}
    rows = list_effects(compare_runs(base, {"p": policy}), "p", lang="en")
    assert rows[-1][-1] == label("note.undetermined", "en")
    assert all(len(row) == len(head_effects("en")) for row in rows)


def test_shares_are_shown_in_percent_and_money_in_millions():
    base = {seed: make_outcomes(1000.0, 0.0, share=0.4) for seed in (1, 2, 3)}
    policy = {seed: make_outcomes(1100.0 + seed, 5e6, share=0.412 + seed / 1e4) for seed in (1, 2, 3)}
    shown = {row[:2]: row for row in list_effects(compare_runs(base, {"p": policy}), "p", lang="en")}
    assert shown[label("outcome.stay_share_12m", "en"), "%"][1:] == (
        "%",
        "40.00",
        "41.22",
        "+1.22 points",
        "+1.20 .. +1.24",
    )
    assert shown[label("outcome.public_cost", "en"), "million CNY"][2:] == ("0.0", "2.5", "+2.5", "all runs alike")
    assert shown[label_code("outcome", "cost", "en"), "million CNY"][2:] == ("0.0", "5.0", "+5.0", "all runs alike")
    assert all("nan" not in cell for row in shown.values() for cell in row)


def test_cost_that_is_all_public_is_shown_once():
    base = {seed: make_outcomes(1000.0, 0.0) for seed in (1, 2)}
    shown = list_effects(compare_runs(base, {"p": base}), "p", lang="en")
    assert [row[0] for row in shown].count(label("outcome.public_cost", "en")) == 1
    assert label_code("outcome", "cost", "en") not in {row[0] for row in shown}


def make_scenario(*starts, n_standing=1):
    policies = tuple(types.SimpleNamespace(first=Quarter.parse(start).number) for start in starts)
    start, end = Quarter.parse("2019Q1"), Quarter.parse("2030Q4")
    return types.SimpleNamespace(policies=policies, n_standing=n_standing, start=start, end=end)


@pytest.mark.parametrize(
    ("scenarios", "since"),
    [
        ([make_scenario("2019Q1", "2026Q1", "2025Q3")], "2025Q3"),
        ([make_scenario("2019Q1", "2026Q1"), make_scenario("2025Q1", n_standing=0)], "2025Q1"),
        ([make_scenario("2020Q1")], "2019Q1"),
        ([make_scenario("2010Q1", n_standing=0)], "2019Q1"),
    ],
    ids=["earliest own", "several scenarios", "standing only", "before the run"],
)
def test_period_begins_with_the_earliest_policy_in_question(scenarios, since):
    assert str(find_start(scenarios)) == since


def test_policy_after_the_end_is_refused():
    with pytest.raises(ResultsError, match="Simulate more quarters"):
        find_start([make_scenario("2031Q1", n_standing=0)])
