"""Robust choice: regret, worst case, thresholds and fronts where the answer is known, and what chance leaves open."""

import numpy as np
import pytest
from sweep_tables import make_sweep

from experiments.cases import Question, Threshold, gather_cases
from experiments.means import bound_share, draw_means
from experiments.robust import judge_choices
from sim.errors import ResultsError
from sim.estimate import bound_mean

FUTURES = ("boom", "winter")
GAINS = {"bold": {"boom": 100.0, "winter": -20.0}, "safe": {"boom": 30.0, "winter": 25.0}}


def make_choice(*, noise=0.0, seeds=8, costs=(4e6, 1e6), **gains):
    chosen = gains or GAINS
    return make_sweep(
        {
            name: {"stayed_12m": lambda future, _, own=own: own[future], "public_cost": cost}
            for (name, own), cost in zip(chosen.items(), costs, strict=True)
        },
        futures=FUTURES,
        seeds=seeds,
        levels={"stayed_12m": 1000.0},
        noise={"stayed_12m": (50.0, noise)},
    )


def ask(**values):
    return Question(**{"baseline": "baseline", "outcome": "stayed_12m", **values})


def judge(table, **values):
    question = ask(**values)
    return judge_choices(gather_cases(table, question), question)


def pick(frame, choice):
    return frame.set_index("choice").loc[choice]


def test_regret_worst_case_and_mean_are_those_computed_by_hand():
    ranking = judge(make_choice()).ranking
    assert list(ranking["choice"]) == ["bold", "safe", "baseline"]
    bold, safe, nothing = (pick(ranking, name) for name in ("bold", "safe", "baseline"))
    assert (bold["mean"], safe["mean"], nothing["mean"]) == pytest.approx((40.0, 27.5, 0.0))
    assert (bold["worst"], bold["worst_state"]) == (pytest.approx(-20.0), "winter")
    assert (safe["worst"], safe["worst_state"]) == (pytest.approx(25.0), "winter")
    assert (bold["regret"], bold["regret_state"]) == (pytest.approx(45.0), "winter")
    assert (safe["regret"], safe["regret_state"]) == (pytest.approx(70.0), "boom")
    assert nothing["regret"] == pytest.approx(100.0)
    assert [bold[f"{name}_verdict"] for name in ("mean", "worst", "regret")] == ["best", "worse", "best"]
    assert safe["worst_verdict"] == "best"


@pytest.mark.parametrize(("seeds", "verdict"), [(3, "tied"), (5, "tied"), (8, "worse")])
def test_few_runs_that_are_all_alike_decide_nothing(seeds, verdict):
    """Two choices and the baseline, two comparisons: 2 x 0.5^n < 0.05 / 2 from 7 runs on, < 0.05 from 6 on."""
    judged = judge(make_choice(seeds=seeds))
    ranking = judged.ranking
    assert [pick(ranking, "safe")[f"{name}_verdict"] for name in ("mean", "regret")] == [verdict, verdict]
    assert pick(ranking, "bold")["worst_verdict"] == verdict
    front = {"tied": {"undecided"}, "worse": {"front", "dominated"}}[verdict]
    assert {pick(judged.front, name)["verdict"] for name in ("bold", "safe")} <= front
    boom = judged.effects[judged.effects["state"] == "boom"].set_index("choice")
    assert boom["verdict"].to_dict() == {"baseline": verdict, "bold": "best", "safe": verdict}
    (low, high) = boom.loc["bold", ["low", "high"]]
    assert low == pytest.approx(high)


def test_nobody_who_counts_is_said(tmp_path):
    empty = make_choice(nothing=dict.fromkeys(FUTURES, 0.0), costs=(1e6,))
    empty.loc[empty["outcome"] == "stayed_12m", "value"] = 0.0
    with pytest.raises(ResultsError, match=r"`stayed_12m` of group `all` is zero in all runs: nobody counts there"):
        judge(empty)
    with pytest.raises(ResultsError, match=r"no outcome `stayed_12m` of group `phd` in the sweep. Its groups are: all"):
        judge(make_choice(), group="phd")


def test_a_key_that_changes_the_baseline_alone_is_refused():
    table = make_choice()
    table.insert(6, "baseline/params.search.b_wage", 1.0)
    with pytest.raises(ResultsError, match="changes the baseline alone"):
        gather_cases(table, ask())


def test_weights_move_the_mean_and_nothing_else():
    ranking = judge(make_choice(), weights={"boom": 1.0, "winter": 9.0}).ranking
    assert pick(ranking, "bold")["mean"] == pytest.approx(-8.0)
    assert pick(ranking, "bold")["worst"] == pytest.approx(-20.0)
    with pytest.raises(ResultsError, match="no weight for winter"):
        judge(make_choice(), weights={"boom": 1.0})


def test_less_may_be_better():
    ranking = judge(make_choice(), better="low").ranking
    assert list(ranking["choice"]) == ["baseline", "safe", "bold"]
    assert pick(ranking, "bold")["worst"] == pytest.approx(100.0)
    assert pick(ranking, "bold")["worst_state"] == "boom"
    assert pick(ranking, "bold")["regret"] == pytest.approx(100.0)


def test_effect_for_each_million_leaves_out_what_costs_nothing():
    judged = judge(make_choice(costs=(4e6, 0.0)), per_cost=True)
    assert judged.left_out == ("safe",)
    assert list(judged.ranking["choice"]) == ["bold"]
    assert pick(judged.ranking, "bold")["mean"] == pytest.approx(10.0)
    assert judged.unit == "persons/million CNY"
    with pytest.raises(ResultsError, match="per_cost"):
        judge(make_choice(costs=(0.0, 0.0)), per_cost=True)


def test_error_of_a_ratio_is_that_of_the_delta_method():
    table = make_choice(noise=5.0, seeds=200)
    chosen = (table["policy"] == "bold") & (table["outcome"] == "public_cost")
    table.loc[chosen, "value"] += np.random.default_rng(3).normal(0.0, 4e5, chosen.sum())
    row = pick(judge(table, per_cost=True).effects.set_index("state").loc["boom"], "bold")
    assert row["value"] == pytest.approx(25.0, rel=0.02)
    # sd of effect - 25 * cost over mean cost 4: sqrt(5^2 + (25 * 0.4)^2) / 4
    half = 1.972 * np.hypot(5.0, 10.0) / 4.0 / np.sqrt(200)
    assert row["value_high"] - row["value"] == pytest.approx(half, rel=0.15)


def test_ties_are_said_to_be_ties():
    even = {"bold": dict.fromkeys(FUTURES, 31.0), "safe": dict.fromkeys(FUTURES, 30.0)}
    noisy = judge(make_choice(noise=20.0, **even))
    assert sorted(pick(noisy.ranking, name)["mean_verdict"] for name in ("bold", "safe")) == ["best", "tied"]
    verdicts = noisy.effects[noisy.effects["choice"] != "baseline"].groupby("state")["verdict"].apply(sorted)
    assert all(own == ["best", "tied"] for own in verdicts)
    sure = judge(make_choice(noise=0.1, **even))
    assert pick(sure.ranking, "safe")["mean_verdict"] == "worse"


def test_what_all_seeds_share_does_not_blur_a_comparison():
    wide = pick(judge(make_choice(noise=1.0)).ranking, "bold")
    assert wide["mean_high"] - wide["mean_low"] < 3.0  # the shared noise alone has a standard deviation of 50


def test_one_seed_leaves_everything_open():
    judged = judge(make_choice(seeds=1))
    assert set(judged.ranking["mean_verdict"]) == set(judged.effects["verdict"]) == {"unknown"}
    assert judged.ranking["regret_low"].isna().all()
    assert set(judged.front["verdict"]) == {"unknown"}


def test_share_of_runs_that_reach_thresholds():
    limits = (Threshold(outcome="stayed_12m", low=20.0), Threshold(outcome="public_cost", high=5e6))
    ranking = judge(make_choice(), thresholds=limits).ranking
    assert [pick(ranking, name)["enough"] for name in ("bold", "safe", "baseline")] == [0.5, 1.0, 0.0]
    assert pick(ranking, "safe")["enough_low"] == pytest.approx(8 / (8 + 1.96**2), rel=1e-3)  # Wilson at 8 of 8
    levels = (Threshold(outcome="stayed_12m", of="value", low=0.0, high=900.0),)
    assert pick(judge(make_choice(noise=0.0), thresholds=levels).ranking, "bold")["enough"] < 0.5


def test_front_tells_dominated_from_undecided():
    cheap = {"boom": 50.0, "winter": 50.0}
    gains = {"waste": {"boom": 40.0, "winter": 40.0}, "good": cheap}
    front = judge(make_choice(noise=0.5, costs=(9e6, 1e6), **gains)).front
    assert [pick(front, name)["verdict"] for name in ("waste", "good", "baseline")] == ["dominated", "front", "front"]
    open_ = judge(make_choice(noise=60.0, costs=(9e6, 1e6), **gains)).front
    assert pick(open_, "waste")["verdict"] == "undecided"
    assert list(front["choice"]) == ["baseline", "good", "waste"]


def test_sizes_of_a_policy_are_choices_and_other_keys_are_states():
    points = [{"policies.0.units": u, "params.x": x} for u in (10.0, 20.0) for x in (0.0, 1.0)]
    effect = {"stayed_12m": lambda _, p: p["policies.0.units"] * (1 - 2 * p["params.x"]), "public_cost": 1e6}
    cases = gather_cases(make_sweep({"flats": effect}, points=points, seeds=3), ask())
    assert cases.choices == ("baseline", "flats units=10", "flats units=20")
    assert cases.states == ("x=0", "x=1")
    assert cases.effect[2].mean(axis=1) == pytest.approx([20.0, -20.0])


def test_runs_that_lack_a_partner_are_left_out_and_counted():
    table = make_choice()
    lacking = table[~((table["policy"] == "safe") & (table["seed"] == 3) & (table["future"] == "boom"))]
    cases = gather_cases(lacking, ask())
    assert cases.left_out == 1
    assert [seed for seed, _ in cases.repetitions] == [1, 2, 4, 5, 6, 7, 8]
    with pytest.raises(ResultsError, match="no seed was run for every choice"):
        gather_cases(table[(table["policy"] == "safe") ^ (table["seed"] > 4)], ask())


def test_seeds_of_one_parameter_set_are_not_independent():
    table = make_choice(noise=5.0)
    table["member"] = 1 + table["seed"] % 2
    assert gather_cases(table, ask()).effect.shape == (3, 2, 2)


def test_wrong_names_are_refused_with_what_there_is():
    table = make_choice()
    for values, words in (
        ({"baseline": "none"}, "no runs of the baseline `none`"),
        ({"outcome": "stayed"}, "Outcomes there are: stayed_12m, public_cost"),
        ({"city": "paris"}, "Name one of beijing"),
    ):
        with pytest.raises(ResultsError, match=words):
            gather_cases(table, ask(**values))
    both = make_choice()
    table.loc[:3, "city"] = "tianjin"
    with pytest.raises(ResultsError, match="Name one of them as `city`"):
        gather_cases(table, ask())
    both.loc[both.index[0], "value"] = np.nan
    with pytest.raises(ResultsError, match="nobody counts there"):
        gather_cases(both, ask())


def test_draws_of_means_have_the_spread_of_student():
    values = np.random.default_rng(2).normal(5.0, 3.0, (2, 6))
    values[1] = 2.0 * values[0]
    draws = draw_means(values, n_draws=20000)
    low, high = bound_mean(values[0])
    # 20,000 draws: the share inside has a standard error of 0.0015; more than 4 of them off in one test of 16,000
    assert np.mean((draws[:, 0] > low) & (draws[:, 0] < high)) == pytest.approx(0.95, abs=0.0062)
    assert draws[:, 1] == pytest.approx(2.0 * draws[:, 0])
    assert draw_means(values, n_draws=10) == pytest.approx(draws[:10])


def test_share_of_none_and_of_all_keeps_its_doubt():
    assert bound_share(0.0, 10)[0] == 0.0
    assert bound_share(0.0, 10)[1] == pytest.approx(0.2775, abs=1e-3)
    assert bound_share(1.0, 10)[1] == pytest.approx(1.0)


def test_worst_case_and_regret_hold_in_their_intervals():
    # three equal policies in four equal futures: the worst case of each is 10 and no regret is above 0; of 50 sweeps
    # 47 or more should cover the first; fewer than 42 in one test of 300
    covered = 0
    even = make_sweep(
        {name: {"stayed_12m": 10.0, "public_cost": 1.0} for name in "abc"}, futures=tuple("wxyz"), seeds=6
    )
    chosen = (even["policy"] != "baseline") & (even["outcome"] == "stayed_12m")
    for number in range(50):
        noise = np.random.default_rng(number).normal(0.0, 5.0, len(even))
        ranking = judge(even.assign(value=even["value"] + noise * chosen)).ranking
        own = ranking[ranking["choice"] != "baseline"]
        assert ((own["worst_low"] <= own["worst"]) & (own["worst"] <= own["worst_high"])).all()
        assert ((own["regret_low"] <= own["regret"]) & (own["regret"] <= own["regret_high"])).all()
        covered += pick(ranking, "a")["worst_low"] <= 10.0 <= pick(ranking, "a")["worst_high"]
        assert set(own["worst_verdict"]) <= {"best", "tied"}
    assert covered >= 42
