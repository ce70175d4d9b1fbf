"""Policies of a sweep held against each other: exact small tables, and components of variance that are known."""

import dataclasses
import itertools
import math

import numpy as np
import pandas as pd
import pytest

from experiments.cli_effects import print_winners
from experiments.paired import COMPONENTS, GOOD, compare_policies, list_winners, measure_components, split_variance
from experiments.paired_words import list_parts, note_not_run, note_unpaired
from experiments.paired_words import list_winners as write_winners
from experiments.table import TableError
from sim.certainty import judge_certainty
from sim.compare import COMPARISON_COLUMNS, compare_runs
from sim.errors import ResultsError
from sim.labels import LABELS
from sim.report import Comparison

KEY = "params.search.b_wage"


def make_table(find_value, *, designs=(0,), policies=("base", "p"), seeds=(1, 2, 3), members=(-1,), rows=None):
    """Tidy table with value find_value(design, policy, seed, member) in each of (city, outcome, group, unit)."""
    rows = rows or [("alpha", "stayed_12m", "all", "persons")]
    runs = itertools.product(designs, policies, seeds, members)
    return pd.DataFrame(
        [
            ("s", design, policy, "", seed, member, 0.5 + design, *row, float(find_value(design, policy, seed, member)))
            for design, policy, seed, member in runs
            for row in rows
        ],
        columns=[
            *("sweep", "design", "policy", "future", "seed", "member", KEY),
            *("city", "outcome", "group", "unit", "value"),
        ],
    )


def compare_stayed(table):
    """Effects on those who stay; ratios of what the table does not hold are left out."""
    found = compare_policies(table, "base")
    return found[found["outcome"] == "stayed_12m"].reset_index(drop=True)


def test_policies_are_compared_at_each_point_of_the_design():
    table = make_table(lambda design, policy, seed, _: seed**2 + (policy == "p") * (10 * design + seed), designs=(0, 1))
    found = compare_stayed(table)
    assert tuple(found.columns[:4]) == ("design", "future", "city", KEY)
    assert set(COMPARISON_COLUMNS) <= set(found.columns)
    assert found["difference"].tolist() == [2.0, 12.0]
    assert found[KEY].tolist() == [0.5, 1.5]
    outcomes = {
        policy: {
            seed: own[["outcome", "group", "unit", "value"]]
            for seed, own in table[(table["design"] == 1) & (table["policy"] == policy)].groupby("seed")
        }
        for policy in ("base", "p")
    }
    same = compare_runs(outcomes["base"], {"p": outcomes["p"]}).iloc[[0]]
    pd.testing.assert_frame_equal(found.loc[[1], list(COMPARISON_COLUMNS)].reset_index(drop=True), same)
    assert found["p_up"].gt(0.95).all()


def test_parameter_sets_are_pairs_and_widen_intervals():
    table = make_table(lambda _, policy, seed, member: (policy == "p") * member + seed, members=(1, 2, 3), seeds=(1,))
    (row,) = compare_stayed(table).to_dict("records")
    half = 4.302652729911275 * 1.0 * math.sqrt(1 + 1 / 3)
    assert (row["difference"], row["high"]) == pytest.approx((2.0, 2.0 + half))


def test_runs_without_their_pair_and_unknown_policies_are_refused():
    table = make_table(lambda _, policy, seed, __: seed)
    with pytest.raises(TableError, match="base, p"):
        compare_policies(table, "other")
    with pytest.raises(ResultsError, match="different seeds"):
        compare_policies(table.iloc[:-1], "base")


def test_winners_and_losers_are_named_once_enough_is_known():
    rows = [("alpha", name, group, unit) for name, group, unit in (
        ("wage", "all", "CNY/month"), ("wage", "percentile_10", "CNY/month"), ("rent", "all", "CNY/month"),
        ("talent", "all", "persons"), ("ai_share", "all", "share"),
    )]  # fmt: skip
    gains = {"percentile_10": 30.0, "rent": 20.0, "wage": -50.0, "talent": 0.5, "ai_share": 9.0}
    table = make_table(lambda *_: 0.0, rows=rows, seeds=range(1, 7))
    size = np.where(table["group"] == "all", table["outcome"].map(gains), gains["percentile_10"])
    noise = np.where(table["outcome"] == "talent", 5.0, 0.1) * np.sin(table["seed"] * (1 + table["outcome"].str.len()))
    table["value"] = (size + noise) * (table["policy"] == "p")
    found = list_winners(compare_policies(table, "base")).set_index(["outcome", "group"])
    assert found["verdict"].to_dict() == {
        ("wage", "percentile_10"): "gains",
        ("wage", "all"): "loses",
        ("rent", "all"): "loses",
        ("talent", "all"): "unclear",
    }
    assert (found["p_holm"] >= found["p_value"]).all()
    assert list(found.index)[:2] == [("wage", "percentile_10"), ("wage", "all")]
    assert all(f"outcome.{name}" in LABELS for name in GOOD)


def test_points_with_one_policy_are_left_out_and_said_to_be():
    """As `when` may leave them: the base at the first of two points only."""
    table = make_table(lambda _, policy, seed, __: (policy == "p") * (100 + seed), designs=(0, 1))
    holed = table[~((table["design"] == 1) & (table["policy"] == "base"))]
    found = compare_policies(holed, "base")
    parts = split_variance(holed, "stayed_12m", city="alpha")
    assert set(found["design"]) == set(parts["design"]) == {0}
    (line,) = note_unpaired(holed, found, "base", lang="en")
    assert line.startswith("1 of 2 points and futures are left out: base was not run there")
    assert note_unpaired(table, compare_policies(table, "base"), "base", lang="zh") == []
    third = holed[holed["policy"] == "p"].assign(policy="q")
    more = pd.concat([holed, third], ignore_index=True)  # two policies at the second point, and no base
    parts = split_variance(more, "stayed_12m", city="alpha")
    assert [row[0] for row in list_parts(parts, compare_policies(more, "base"), lang="en").rows] == ["0", "1"]
    apart = table[(table["design"] == 0) == (table["policy"] == "base")]
    with pytest.raises(TableError, match="no point of the sweep has two policies"):
        split_variance(apart, "stayed_12m", city="alpha")


def test_points_that_are_not_run_at_all_are_named():
    table = make_table(lambda _, policy, seed, __: (policy == "p") * (100 + seed), designs=(0, 2))
    points = [{"policies.0.units": units} for units in (100, 200, 300)]
    (line,) = note_not_run(table, points, [""], lang="en")
    assert line == "1 of 3 points and futures are not run, as `when` says: units=200."
    (line,) = note_not_run(table, points, [""], lang="zh")
    assert "units=200" in line
    assert "3个" in line
    assert note_not_run(table.replace({"design": {2: 1}}), points[:2], [""], lang="en") == []


def test_tables_of_a_sweep_say_which_point_is_meant():
    """Two points, of which only the second has an effect: rows of both, or of one, need the value of the key."""
    table = make_table(lambda design, policy, seed, _: design * (policy == "p") * (100 + seed), designs=(0, 1))
    found = compare_policies(table, "base")
    (gains,) = write_winners(list_winners(found), found, lang="en")
    assert gains.heads[0] == "search.b_wage"
    assert [row[0] for row in gains.rows] == ["1.5"]
    parts = list_parts(split_variance(table, "stayed_12m", city="alpha"), found, lang="en")
    assert [row[0] for row in parts.rows] == ["b_wage=0.5", "b_wage=1.5"]
    alone = make_table(lambda _, policy, seed, __: (policy == "p") * (100 + seed))
    found = compare_policies(alone, "base")
    (gains,) = write_winners(list_winners(found), found, lang="en")
    assert gains.heads[0] == "policy"
    assert list_parts(split_variance(alone, "stayed_12m", city="alpha"), found, lang="zh").rows[0][0] == "0"


def test_groups_that_gain_in_one_comparison_are_printed(capsys):
    base = {seed: make_pay(12_000.0 + seed, 6_000.0 + seed) for seed in range(1, 6)}
    policy = {seed: make_pay(12_000.0 + seed, 6_300.0 + 1.1 * seed) for seed in range(1, 6)}
    effects = compare_runs(base, {"p": policy})
    certainty = judge_certainty(base, {"p": policy})
    comparison = Comparison(effects=effects, judgements=[], by_place={}, certainty=certainty)
    print_winners(comparison, "alpha", "en")
    shown = capsys.readouterr().out
    assert "gains" in shown
    assert "10th percentile of pay" in shown
    assert "Mean wage │ All" not in shown
    comparison = Comparison(effects=compare_runs(base, {"p": base}), judgements=[], by_place={}, certainty=certainty)
    print_winners(dataclasses.replace(comparison, certainty=judge_certainty(base, {"p": base})), "alpha", "zh")
    assert capsys.readouterr().out.startswith("没有显著受益或显著受损的群体")
    one = {1: base[1]}
    comparison = dataclasses.replace(
        comparison, effects=compare_runs(one, {"p": one}), certainty=judge_certainty(one, {"p": one})
    )
    print_winners(comparison, "alpha", "en")  # a single seed cannot tell
    assert capsys.readouterr().out == ""


def make_pay(mean, low):
    rows = [("wage", "all", "CNY/month", mean), ("wage", "percentile_10", "CNY/month", low)]
    return pd.DataFrame(rows, columns=["outcome", "group", "unit", "value"])


@pytest.mark.parametrize(
    ("find_value", "component"),
    [
        (lambda p, m, s: p, "policy"),
        (lambda p, m, s: m, "member"),
        (lambda p, m, s: s, "seed"),
        (lambda p, m, s: p * m, "policy_by_member"),
    ],
)
def test_what_varies_is_found_alone(find_value, component):
    centred = (-1.5, -0.5, 0.5, 1.5)
    values = np.array([[[find_value(p, m, s) for s in centred] for m in centred] for p in centred])
    found = measure_components(values)
    bessel = (4 / 3) ** 2 if component == "policy_by_member" else 4 / 3
    assert found[component] == pytest.approx(values.var() * bessel)
    assert [name for name in COMPONENTS if found[name] > 0.0] == [component]


def test_known_components_are_recovered_on_average():
    """Means of 300 estimates from 6 policies, 8 members and 5 seeds each: within four standard errors of the truth.

    The estimators are unbiased before they are cut at 0, and sizes are such that next to none is cut. Five means at
    four standard errors: error rate 0.03 %.
    """
    generator = np.random.default_rng(3)
    truth = {"policy": 9.0, "member": 16.0, "seed": 4.0, "policy_by_member": 2.0, "policy_by_seed": 1.0}
    shapes = {
        "policy": (6, 1, 1), "member": (1, 8, 1), "seed": (1, 8, 5), "policy_by_member": (6, 8, 1),
        "policy_by_seed": (6, 8, 5),
    }  # fmt: skip
    found = []
    for _ in range(300):
        values = sum(generator.normal(0.0, math.sqrt(size), shapes[name]) for name, size in truth.items())
        found.append(list(measure_components(values).values()))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / math.sqrt(300)
    assert (np.abs(mean - list(truth.values())) < 4.0 * error).all(), mean


def test_shares_of_variance_of_a_table():
    table = make_table(
        lambda _, policy, seed, member: 3.0 * (policy == "p") + member * 10.0 + (-1) ** seed,
        members=(1, 2), seeds=(1, 2),
    )  # fmt: skip
    found = split_variance(table, "stayed_12m", city="alpha").set_index("component")
    assert found["share"].sum() == pytest.approx(1.0)
    assert found.loc["policy", "variance"] == pytest.approx(4.5)
    assert found.loc["seed", "variance"] == pytest.approx(2.0)
    assert found.loc["member", "variance"] == pytest.approx(50.0 - 2.0 / 2)
    assert (found[["policies", "members", "seeds"]] == 2).all().all()


def test_what_a_design_cannot_tell_is_left_open():
    values = np.random.default_rng(1).normal(size=(3, 4, 5))
    one_member, one_seed = measure_components(values[:, :1]), measure_components(values[:, :, :1])
    assert {name for name, size in one_member.items() if math.isnan(size)} == {"member", "policy_by_member"}
    assert {name for name, size in one_seed.items() if math.isnan(size)} == {"seed", "policy_by_seed"}
    with pytest.raises(TableError, match="two of them"):
        measure_components(values[:1])


def test_an_unbalanced_table_is_refused():
    table = make_table(lambda _, policy, seed, member: seed, members=(1, 2))
    with pytest.raises(TableError, match=r"at point 0 not every policy has a value.*Finish the sweep"):
        split_variance(table.iloc[:-1], "stayed_12m", city="alpha")
    with pytest.raises(TableError, match="no outcome 'wage'"):
        split_variance(table, "wage", city="alpha")
