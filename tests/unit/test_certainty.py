"""How sure a comparison is: exact numbers on small tables, stated error rates on random ones."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.captions import list_certainty, list_findings, note_precision
from sim.certainty import (
    CERTAINTY_COLUMNS,
    count_wanted,
    describe_precision,
    find_reduction,
    judge_certainty,
    parse_precision,
)
from sim.compare import compare_runs
from sim.errors import ResultsError, TalentsimError
from sim.estimate import Looked, adjust_holm, bound_mean, bound_ratio, count_seeds, find_sign, measure_reduction
from sim.labels import label

STAYED = ("stayed_12m", "all", "persons")


def make_runs(values, key=STAYED):
    """Outcomes by seed, from 1 on, with one value each."""
    columns = ["outcome", "group", "unit", "value"]
    return {seed: pd.DataFrame([(*key, float(value))], columns=columns) for seed, value in enumerate(values, 1)}


def compare_values(base, policy, **options):
    return compare_runs(make_runs(base), {"p": make_runs(policy)}, **options).iloc[0]


def test_the_sign_is_that_of_the_t_test():
    values = np.array([1.0, 2.0, -0.5, 1.5, 0.2])
    one_sided = stats.ttest_1samp(values, 0.0, alternative="less").pvalue
    assert find_sign(values) == pytest.approx(one_sided)
    assert find_sign(-values) == pytest.approx(1.0 - one_sided)
    assert 0.5 < find_sign(values, spread=True) < find_sign(values)
    assert math.isnan(find_sign(np.zeros(5)))
    assert math.isnan(find_sign(np.array([3.0])))
    # all alike: a test of signs, since counts of few agents are alike by chance
    assert (find_sign(np.full(3, 2.0)), find_sign(np.full(3, -2.0))) == (0.875, 0.125)
    # the mean of such numbers is rounded, and is still the same in all runs
    assert np.full(3, 0.1).std() > 0.0
    assert find_sign(np.full(3, 0.1)) == 0.875


@pytest.mark.parametrize("half_width", [0.05, 0.2, 1.0, 30.0])
def test_seeds_for_a_width_are_the_fewest_that_do(half_width):
    values = np.array([1.0, 2.0, -0.5, 1.5, 0.2])

    def reach(n):
        return stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / math.sqrt(n)

    n = int(count_seeds(values, half_width))
    assert reach(n) <= half_width
    assert n == 2 or reach(n - 1) > half_width
    assert math.isnan(count_seeds(values, 0.0))
    assert count_seeds(values, 1e-200) == math.inf
    assert math.isnan(count_seeds(values[:1], 1.0))


def test_holm_counts_what_was_tested():
    assert adjust_holm([0.01, 0.04, math.nan, 0.03, 0.005])[:2] == pytest.approx([0.03, 0.06])
    assert adjust_holm([0.01, 0.04, math.nan, 0.03, 0.005])[3:] == pytest.approx([0.06, 0.02])
    assert math.isnan(adjust_holm([0.01, math.nan])[1])
    assert adjust_holm([0.9, 0.8]) == [1.0, 1.0]
    assert adjust_holm([]) == []


def test_pairing_saves_what_both_have_in_common():
    base = np.array([0.0, 2.0, 4.0, 6.0])
    policy = base + np.array([1.0, 0.0, 1.0, 0.0])
    assert measure_reduction(base, policy) == pytest.approx((np.var(base) + np.var(policy)) / np.var(policy - base))
    assert measure_reduction(base, base[[2, 0, 3, 1]]) < 2.0
    assert math.isnan(measure_reduction(base, base + 3.0))
    assert math.isnan(measure_reduction(base[:1], policy[:1]))


def test_certainty_of_a_small_table():
    base, policy = [10.0, 12.0, 11.0], [11.0, 14.0, 12.0]
    table = judge_certainty(make_runs(base), {"p": make_runs(policy)})
    assert tuple(table.columns) == CERTAINTY_COLUMNS
    row = table.iloc[0]
    p_value = stats.ttest_rel(policy, base).pvalue
    assert row["difference"] == pytest.approx(4.0 / 3.0)
    assert row["p_value"] == pytest.approx(p_value)
    assert row["p_holm"] == pytest.approx(p_value)
    assert row["p_up"] == pytest.approx(1.0 - p_value / 2.0)
    assert row["variance_reduction"] == pytest.approx(find_reduction(table))
    assert row["variance_reduction"] == pytest.approx((1.0 + 7.0 / 3.0) / (1.0 / 3.0))


def test_headlines_of_all_policies_are_one_family_and_the_rest_another():
    base, policy = [10.0, 12.0, 11.0], [11.0, 14.0, 12.0]
    rest = {seed: run.assign(group="phd") for seed, run in make_runs(base).items()}
    runs = {
        name: {seed: pd.concat([run, rest[seed].assign(value=3.0 * seed)]) for seed, run in make_runs(policy).items()}
        for name in ("p", "q")
    }
    table = judge_certainty({seed: pd.concat([run, rest[seed]]) for seed, run in make_runs(base).items()}, runs)
    ratio = table["p_holm"] / table["p_value"]
    assert ratio.to_numpy() == pytest.approx([2.0] * 4)


def test_one_seed_judges_nothing():
    table = judge_certainty(make_runs([1.0]), {"p": make_runs([2.0])})
    assert table[["p_up", "p_value", "p_holm", "seeds_for_half", "variance_reduction"]].isna().all().all()
    assert list_certainty(table, "p", lang="en") == []
    assert list_findings(table, "en") == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_certainty_is_shown_in_words(lang):
    table = judge_certainty(make_runs([10.0, 12.0, 11.0]), {"p": make_runs([11.0, 14.0, 12.0])})
    (shown,) = list_certainty(table, "p", lang=lang)
    assert [len(row) for row in shown.rows] == [len(shown.heads)]
    assert shown.rows[0][1] == "97.1 %"
    saved, tested = list_findings(table, lang)
    assert "10.0" in saved
    assert ("none" if lang == "en" else "无") in tested


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_seeds_that_close_no_interval_are_not_counted(lang):
    """Over an ensemble intervals are those of one more run: no number of seeds halves them."""
    base, policies = make_runs([10.0, 12.0, 11.0]), {"p": make_runs([11.0, 14.0, 12.0])}
    without, with_count = (judge_certainty(base, policies, spread=spread) for spread in (True, False))
    assert without["seeds_for_half"].isna().all()
    assert with_count["seeds_for_half"].notna().all()
    (short,), (long,) = (list_certainty(table, "p", lang=lang) for table in (without, with_count))
    assert [len(row) for row in short.rows] == [len(short.heads)]
    assert [head for head in long.heads if head not in short.heads] == [long.heads[3]]
    assert (short.rows[0][0], short.rows[0][-1]) == (long.rows[0][0], long.rows[0][-1])


def test_paired_intervals_cover_the_effect():
    """200 comparisons of 8 seeds with a known effect and seeds in common: hits are binomial(200, 0.95).

    Between 180 and 198 of them lie all but 0.12 % of such counts; an interval of 90 % (180 expected) is missed half of
    the time, one over seeds that are not paired, ten times as wide, always.
    """
    generator = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        common = generator.normal(1000.0, 50.0, 8)
        row = compare_values(common + generator.normal(0.0, 5.0, 8), common + 3.0 + generator.normal(0.0, 5.0, 8))
        hits += row["low"] <= 3.0 <= row["high"]
    assert 180 <= hits <= 198


def test_a_wanted_precision_is_counted_after_stein():
    effect = np.array([4.0, 1.0, 3.0, 0.0])
    precision = parse_precision("stayed_12m=1")
    effects = compare_runs(make_runs(np.zeros(4)), {"p": make_runs(effect)})
    wanted = math.ceil((stats.t.ppf(0.975, 3) * effect.std(ddof=1)) ** 2)
    assert count_wanted(precision, effects, 4) == wanted
    assert count_wanted(dataclasses.replace(precision, most=9), effects, 4) == 9
    assert count_wanted(dataclasses.replace(precision, half_width=100.0), effects, 4) == 4


def test_the_widest_policy_tells_how_many_seeds():
    runs = {"narrow": make_runs([1.0, 1.1, 0.9]), "wide": make_runs([5.0, 0.0, 9.0])}
    effects = compare_runs(make_runs(np.zeros(3)), runs)
    alone = compare_runs(make_runs(np.zeros(3)), {"wide": runs["wide"]})
    precision = parse_precision("stayed_12m=2", 10_000)
    assert count_wanted(precision, effects, 3) == count_wanted(precision, alone, 3) > 3


def test_two_stages_keep_what_an_interval_promises():
    """4,000 studies of 4 first seeds and as many more as Stein's rule says, of normal effects.

    Covered are binomial(4000, 0.95): below 0.9397 is three standard errors, an error rate of 0.14 %. The usual interval
    over all seeds covers less, which is what is mended: below 0.9397 too, or the mending would be idle. No
    interval is wider than was wanted.
    """
    generator = np.random.default_rng(11)
    half, hits, plain, widest = 0.9, 0, 0, 0.0
    for _ in range(4000):
        first = generator.normal(0.0, 1.0, 4)
        low, high = bound_mean(first)
        n = max(4, math.ceil(4 * ((high - low) / 2.0 / half) ** 2))
        values = np.concatenate([first, generator.normal(0.0, 1.0, n - 4)])
        low, high = bound_mean(values, first=4)
        widest = max(widest, (high - low) / 2.0)
        hits += low <= 0.0 <= high
        low, high = bound_mean(values)
        plain += low <= 0.0 <= high
    assert hits / 4000 >= 0.9397 > plain / 4000
    assert widest <= half * (1.0 + 1e-9)


def test_the_spread_of_the_first_seeds_is_that_of_the_interval():
    values = np.array([1.0, 3.0, 2.0, 90.0])
    low, high = bound_mean(values, first=3)
    assert (high - low) / 2.0 == pytest.approx(stats.t.ppf(0.975, 2) * 1.0 / 2.0)
    assert (low + high) / 2.0 == pytest.approx(24.0)
    assert bound_mean(values, first=4) == bound_mean(values)
    nearly_one = 1.0 + 1e-12 * np.arange(4)
    assert bound_ratio(values, nearly_one, first=3) == pytest.approx((low, high))
    assert bound_ratio(values, np.ones(4), first=3) == pytest.approx(bound_mean(values))
    rare = np.array([1.0, 1.0, 1.0, 0.0])
    assert bound_mean(rare, first=3) == bound_mean(rare)
    nearly_alike = np.array([1.0, 1.0 + 1e-15, 1.0, 5.0])  # rounding is no spread
    assert bound_mean(nearly_alike, first=3) == bound_mean(nearly_alike)
    looked = Looked(4, *STAYED[:2])
    row = compare_values([math.nan, 0.0, 0.0, 0.0, 0.0], [9.0, *values], looked=looked)
    assert (row["low"], row["high"]) == pytest.approx((low, high))


def test_outcomes_that_nobody_looked_at_have_the_wider_interval():
    """The first three seeds know nothing of the fourth, and of the last ones more than these do."""
    jumpy, calm = np.array([1.0, 3.0, 2.0, 90.0]), np.array([1.0, 9.0, 5.0, *(5.0 + 0.01 * np.arange(9))])
    for values, widest in ((jumpy, bound_mean(jumpy)), (calm, bound_mean(calm, first=3))):
        assert bound_mean(values, first=3, wider=True) == pytest.approx(widest)
        zeros, ones = np.zeros(len(values)), np.ones(len(values))
        rows = {
            group: compare_runs(make_runs(zeros), {"p": make_runs(values)}, looked=Looked(3, "stayed_12m", group)).iloc[
                0
            ]
            for group in ("all", "master")
        }
        assert (rows["master"]["low"], rows["master"]["high"]) == pytest.approx(widest)
        assert (rows["all"]["low"], rows["all"]["high"]) == pytest.approx(bound_mean(values, first=3))
        low, high = bound_ratio(values, ones + 1e-6 * values, first=3, wider=True)
        assert low <= bound_ratio(values, ones + 1e-6 * values)[0]
        assert high >= bound_ratio(values, ones + 1e-6 * values, first=3)[1]
        signs = [find_sign(values), find_sign(values, first=3)]
        assert find_sign(values, first=3, wider=True) == min(signs, key=lambda p_up: abs(p_up - 0.5))
    certainty = judge_certainty(
        make_runs(np.zeros(4)), {"p": make_runs(jumpy)}, looked=Looked(3, "arrivals", "all")
    ).iloc[0]
    assert certainty["p_up"] == pytest.approx(find_sign(jumpy, first=3, wider=True))


def test_a_width_that_is_none_in_the_unit_of_the_outcome_is_refused():
    effects = compare_runs(make_runs(np.zeros(3)), {"p": make_runs([1.0, 2.0, 4.0])})
    with pytest.raises(ResultsError, match="is no share, but in persons"):
        count_wanted(parse_precision("stayed_12m=2points"), effects, 3)
    share = ("stay_share_12m", "all", "share")
    effects = compare_runs(make_runs(np.zeros(3), share), {"p": make_runs([0.1, 0.2, 0.4], share)})
    with pytest.raises(ResultsError, match="Write 2points"):
        count_wanted(parse_precision("stay_share_12m=2"), effects, 3)
    precision = parse_precision("stay_share_12m=1points", 10)
    assert count_wanted(precision, effects, 3) == 10
    told = describe_precision(precision, effects, 3)
    unlimited = parse_precision("stay_share_12m=1points", 100_000)
    assert told["needed"] == count_wanted(unlimited, effects, 3) > 10


@pytest.mark.parametrize(
    ("text", "outcome", "group", "half_width"),
    [
        ("stayed_12m=200", "stayed_12m", "all", 200.0),
        ("stay_share_12m=0.2points", "stay_share_12m", "all", 0.002),
        ("stay_share_12m:phd = 0.5 %", "stay_share_12m", "phd", 0.005),
    ],
)
def test_a_precision_is_read(text, outcome, group, half_width):
    found = parse_precision(text, 50)
    assert (found.outcome, found.group, found.most) == (outcome, group, 50)
    assert found.half_width == pytest.approx(half_width)


@pytest.mark.parametrize("text", ["stayed_12m", "stayed_12m=", "stayed_12m=-1", "stayed_12m=few", "stayed_12m=nan"])
def test_a_precision_without_a_width_is_refused(text):
    with pytest.raises(TalentsimError, match="is a number above 0"):
        parse_precision(text)


def test_a_precision_of_no_outcome_is_refused_with_the_nearest():
    with pytest.raises(TalentsimError, match="stayed_12m"):
        parse_precision("stayd_12m=3")


def test_a_precision_that_runs_cannot_tell_is_refused():
    effects = compare_runs(make_runs([1.0, 2.0]), {"p": make_runs([1.0, 3.0])})
    with pytest.raises(ResultsError, match="Its groups are all"):
        count_wanted(parse_precision("stayed_12m:phd=3"), effects, 2)
    unknown = compare_runs(make_runs([math.nan] * 2), {"p": make_runs([math.nan] * 2)})
    with pytest.raises(ResultsError, match="no interval"):
        count_wanted(parse_precision("stayed_12m=3"), unknown, 2)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_precision_says_whether_it_was_reached(lang):
    effects = compare_runs(make_runs([0.0, 0.0]), {"p": make_runs([1.0, 3.0])})
    for half_width, met in ((50.0, True), (2.0, False)):
        facts = describe_precision(parse_precision(f"stayed_12m={half_width}"), effects, 2) | {"first": 2}
        (line,) = note_precision(facts, lang)
        assert facts["met"] == met
        assert ("--max-seeds" in line) != met
        assert "Stein" in line
        assert "。 " not in line
        if lang == "zh":
            assert f"对“{label('outcome.stayed_12m', lang)}”的效果，95%区间半宽为±" in line  # noqa: RUF001  (full-width on purpose)
    assert note_precision(None, lang) == []
