"""The best size under a budget: where it is known, where the budget binds, and where nothing can be told."""

import itertools

import numpy as np
import pytest
from sweep_tables import make_sweep

from experiments.cases import Question, gather_cases
from experiments.optimise import Budget, find_best_size
from experiments.robust_tables import list_optimum
from sim.errors import ResultsError

UNITS, CAP = "policies.0.units", "policies.0.rent_cap"


def make_sizes(effect, *, values=tuple(range(0, 1001, 125)), seeds=10, noise=5.0, futures=("",), cost=1e4, spread=0.0):
    return make_sweep(
        {
            "flats": {
                "stayed_12m": lambda future, point: effect(point[UNITS], future),
                "public_cost": lambda _, point: cost * point[UNITS],
            }
        },
        futures=futures,
        points=[{UNITS: float(value)} for value in values],
        seeds=seeds,
        levels={"stayed_12m": 1000.0},
        noise={"stayed_12m": (80.0, noise), "public_cost": (0.0, spread)},
    )


def find(table, *, most_cny=np.inf, weights=None, better="high", **values):
    question = Question(baseline="baseline", outcome="stayed_12m", better=better)
    cases = gather_cases(table, question)
    weights = np.full(len(cases.states), 1 / len(cases.states)) if weights is None else np.array(weights)
    return find_best_size(cases, question, Budget(most_cny=most_cny, **values), weights)


def top_at(best, height=100.0):
    return lambda units, _: height * (1 - ((units - best) / 500) ** 2)


def test_top_of_a_curve_is_found_with_its_interval():
    found = find(make_sizes(top_at(600.0)))
    (size,) = found.sizes
    assert found.verdict == "inside"
    assert size.best == pytest.approx(600.0, abs=15.0)
    assert size.low < 600.0 < size.high
    assert size.high - size.low < 60.0
    assert size.as_good_from < size.best < size.as_good_to
    assert found.effect == pytest.approx(100.0, abs=5.0)
    assert found.effect_low < 100.0 < found.effect_high
    assert not found.is_rough


def make_known(effect, **values):
    """Nothing changes without units: no run of size 0 differs from the baseline."""
    table = make_sizes(effect, **values)
    alike = table["policy"].eq("baseline") | table[UNITS].eq(0.0)
    keys = ["outcome", "future", "seed"]
    level = table[table["policy"] == "baseline"].drop_duplicates(keys).set_index(keys)["value"]
    return table.assign(value=table["value"].where(~alike, level.reindex(table[keys]).to_numpy()))


@pytest.mark.parametrize("better", ["high", "low"])
@pytest.mark.parametrize("bend", [0.0, 1.0, 3.0])
def test_a_size_that_changes_nothing_is_known_without_error(better, bend):
    """Whatever the order of the curve, and though noise at the other sizes would draw it elsewhere."""
    table = make_known(lambda units, _: 100 * (units / 1000) ** bend, noise=60.0, spread=2e6, seeds=4)
    curves = find(table, most_cny=0.0, better=better).curves
    assert (curves.effect[0], curves.cost[0], curves.p_budget[0]) == (0.0, 0.0, 1.0)
    assert not curves.draws[:, 0].any()
    assert (curves.p_budget_draws[:, 0] == 1.0).all()
    assert curves.draws[:, 100].std() > 5.0


def test_a_size_of_zero_that_changes_something_is_not_known():
    """A policy may have rules beside its size; and one of a few units may do nothing by chance, or by coarse scale."""
    assert find(make_sizes(lambda units, _: 50.0 + units / 10)).curves.effect[0] == pytest.approx(50.0, abs=10.0)
    table = make_known(lambda units, _: units / 10, noise=1.0)
    moved = table.assign(**{UNITS: table[UNITS] + 100.0})
    assert find(moved).curves.draws[:, 0].any()


@pytest.mark.parametrize("number", range(8))
def test_doing_nothing_is_as_good_where_an_effect_is_not_told_from_zero(number):
    """What the sentence says of the best size, and the range beside it, are the same: some sweeps either way."""
    table = make_known(lambda units, _: units * 0.02, noise=4.0 * number, seeds=4)
    found = find(table, most_cny=5e6)
    maybe_nothing = found.effect_low <= 0 <= found.effect_high
    assert (found.sizes[0].as_good_from == 0.0) == maybe_nothing
    _, lines = list_optimum(found, Budget(most_cny=5e6), Question(baseline="baseline", outcome="stayed_12m"), "en")
    assert any(line.startswith("Whether that size does anything is not known") for line in lines) == maybe_nothing
    if number in {0, 7}:
        assert maybe_nothing == (number == 7)


@pytest.mark.parametrize(("most_cny", "verdict"), [(0.0, "budget_binds"), (np.inf, "at_bound")])
def test_where_nothing_is_best_it_is_said_to_change_nothing(most_cny, verdict):
    """More is better, and nothing may be spent; or all that is more does harm."""
    table = make_known(lambda units, _: units / 10 * (1 if most_cny == 0 else -1))
    found = find(table, most_cny=most_cny)
    assert (found.verdict, found.sizes[0].best, found.effect) == (verdict, 0.0, 0.0)
    _, lines = list_optimum(found, Budget(most_cny=most_cny), Question(baseline="baseline", outcome="stayed_12m"), "en")
    assert "That size changes nothing: its effect is zero in every run." in lines
    assert not any(line.startswith("Whether") for line in lines)


def test_two_keys_of_which_one_at_zero_changes_nothing():
    """Without flats it does not matter what their rent is: the whole edge is known, between its points too."""
    points = [{UNITS: u, CAP: c} for u, c in itertools.product((0.0, 300.0, 600.0, 1000.0), (1e3, 2e3, 3e3, 4e3))]
    noise = np.random.default_rng(1)

    def chance(size):
        return lambda _, p: p[UNITS] * size * noise.normal(1.0, 0.5)

    table = make_sweep({"flats": {"stayed_12m": chance(0.1), "public_cost": chance(1e4)}}, points=points, seeds=4)
    curves = find(table, most_cny=1e6).curves
    edge = curves.sizes[:, 0] == 0.0
    assert edge.sum() == 41
    assert not curves.effect[edge].any()
    assert not curves.draws[:, edge].any()
    assert (curves.p_budget[edge] == 1.0).all()
    assert (curves.p_budget[~edge] < 1.0).all()


@pytest.mark.parametrize("fixed", [0.0, 5e5])
@pytest.mark.parametrize("number", range(8))
def test_what_costs_more_keeps_the_budget_less_often(number, fixed):
    """Spreads of four runs are far apart by chance: the mean cost rises in a line, so the probability falls."""
    table = make_sizes(lambda units, _: units / 10, seeds=4, values=(0, 125, 250, 500, 750, 1000))
    chosen = (table["policy"] == "flats") & (table["outcome"] == "public_cost")
    noise = np.random.default_rng(number).normal(0.0, 1.0, len(table)) * (fixed + table[UNITS] * 3e3)
    noise = (noise - noise[chosen].groupby(table[UNITS]).transform("mean")).fillna(0.0)
    curves = find(table.assign(value=table["value"] + noise), most_cny=4e6, probability=0.5).curves
    assert np.diff(curves.cost) == pytest.approx(5e4)
    assert (np.diff(curves.p_budget) <= 1e-9).all()
    assert curves.p_budget[0] > curves.p_budget[-1] + 0.4


def test_budget_binds():
    found = find(make_sizes(top_at(600.0)), most_cny=4e6)
    assert found.verdict == "budget_binds"
    assert found.sizes[0].best == pytest.approx(400.0)
    assert found.cost_million_cny == pytest.approx(4.0)


def test_cost_that_varies_keeps_away_from_the_budget():
    table = make_sizes(lambda units, _: units / 10, spread=5e5, seeds=40)
    careful, bold = (find(table, most_cny=5e6, probability=p) for p in (0.95, 0.5))
    assert careful.sizes[0].best < bold.sizes[0].best
    # 500 units cost the budget on average; one-sided 95 % of a normal is 1.64 standard deviations of 50 units
    assert bold.sizes[0].best == pytest.approx(500.0, abs=20.0)
    assert careful.sizes[0].best == pytest.approx(500.0 - 1.68 * 50.0, abs=30.0)
    assert careful.p_budget >= 0.95


def test_the_interval_of_a_size_holds_what_chance_does_to_the_cost():
    """Where the budget binds: 50 units a run, 16 over ten seeds, 5 on a line through nine sizes."""
    (size,) = find(make_sizes(lambda units, _: units / 10, spread=5e5), most_cny=5e6, probability=0.5).sizes
    assert 8.0 < size.high - size.low < 45.0
    assert size.low < 500.0 < size.high


def test_an_interval_beyond_the_budget_is_said_to_be_about_the_cost():
    """More is better, and the budget ends near 500: where its end is known but for chance, the interval passes it."""
    question = Question(baseline="baseline", outcome="stayed_12m")
    told = {}
    for spread in (0.0, 4e5):
        found = find(make_sizes(lambda units, _: units / 10, spread=spread, noise=0.5), most_cny=5e6)
        (size,) = found.sizes
        assert found.verdict == "budget_binds"
        assert (size.allowed_from, size.allowed_to) == (0.0, size.best)
        assert (size.high > size.allowed_to) == (spread > 0)
        told[spread] = list_optimum(found, Budget(most_cny=5e6), question, "en")[1]
    assert told[0.0][0] == "The budget binds: more would be better, and it allows policies.0.units = 0 .. 500."
    assert not any("The interval reaches beyond" in line for line in told[0.0])
    (line,) = [line for line in told[4e5] if "The interval reaches beyond" in line]
    assert "(policies.0.units = 0 .. " in line


def test_the_end_of_the_sizes_is_known_as_the_end():
    """Steps of a line between 0.2 and 0.9 end at 0.8999999999999999."""
    found = find(make_sizes(lambda units, _: units * 100.0, values=(0.2, 0.4, 0.6, 0.9)))
    assert found.verdict == "at_bound"


def test_more_is_better_up_to_the_end_of_what_was_swept():
    found = find(make_sizes(lambda units, _: units / 10))
    assert found.verdict == "at_bound"
    assert found.sizes[0].best == 1000.0


def test_nothing_can_be_told_where_noise_is_all():
    found = find(make_sizes(lambda _units, _future: 0.0, noise=50.0, seeds=4))
    assert found.verdict == "undetermined"
    assert (found.sizes[0].as_good_from, found.sizes[0].as_good_to) == (0.0, 1000.0)


def test_no_size_is_within_the_budget():
    found = find(make_sizes(top_at(600.0), values=range(500, 1001, 125)), most_cny=4e6)
    assert found.verdict == "too_dear"
    assert found.sizes == ()


def test_worst_future_and_mean_of_futures_differ():
    table = make_sizes(
        lambda units, future: units / 10 if future == "boom" else 100 - units / 5, futures=("boom", "winter")
    )
    assert find(table).verdict == "at_bound"
    assert find(table).sizes[0].best == 0.0
    # boom and winter cross where units / 10 = 100 - units / 5
    assert find(table, over="worst").sizes[0].best == pytest.approx(1000 / 3, abs=20.0)
    assert find(table, weights=[0.9, 0.1]).sizes[0].best == 1000.0


def test_less_may_be_better():
    found = find(make_sizes(lambda units, _: ((units - 300) / 10) ** 2), better="low")
    assert found.sizes[0].best == pytest.approx(300.0, abs=10.0)


def test_two_keys_at_once():
    points = [
        {UNITS: u, CAP: c} for u, c in itertools.product((0.0, 250.0, 500.0, 750.0, 1000.0), (1e3, 2e3, 3e3, 4e3))
    ]
    effect = {
        "stayed_12m": lambda _, p: 100 - ((p[UNITS] - 400) / 50) ** 2 - ((p[CAP] - 2200) / 200) ** 2,
        "public_cost": lambda _, p: p[UNITS] * 1e4,
    }
    table = make_sweep({"flats": effect}, points=points, seeds=8, noise={"stayed_12m": (50.0, 4.0)})
    found = find(table)
    assert found.verdict == "inside"
    assert [size.best for size in found.sizes] == [pytest.approx(400.0, abs=30.0), pytest.approx(2200.0, abs=120.0)]
    assert all(size.low <= size.best <= size.high for size in found.sizes)


def test_a_curve_that_misses_its_points_is_said_to():
    step = make_sizes(lambda units, _: 100.0 if units in {250.0, 875.0} else 0.0, noise=1.0)
    assert find(step).is_rough


def test_interval_of_the_best_covers_it():
    # 60 sweeps, 95 % each: fewer than 50 inside in one test of 5,000
    inside = 0
    even = make_sizes(top_at(600.0), noise=0.0, seeds=6)
    chosen = (even["policy"] == "flats") & (even["outcome"] == "stayed_12m")
    for number in range(60):
        noise = np.random.default_rng(number).normal(0.0, 20.0, len(even))
        (size,) = find(even.assign(value=even["value"] + noise * chosen)).sizes
        inside += size.low <= 600.0 <= size.high
    assert inside >= 50


def make_line():
    """Two keys whose values go together, as lists do."""
    points = [{UNITS: float(value), CAP: 1000.0 - value} for value in range(0, 1001, 125)]
    return make_sweep({"flats": {"stayed_12m": 1.0, "public_cost": 1.0}}, points=points, seeds=4)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (make_sizes(top_at(5.0), values=(1, 2, 3)), "too few for a curve"),
        (make_line(), "on one line"),
        (make_sizes(top_at(5.0), seeds=2), "Raise `seeds`"),
        (make_sweep({"a": {"stayed_12m": 1.0, "public_cost": 1.0}}, seeds=4), "here are 0"),
        (make_sweep({name: {"stayed_12m": 1.0, "public_cost": 1.0} for name in "ab"}, seeds=4), "not 2: a, b"),
    ],
)
def test_what_cannot_be_optimised_is_refused_with_its_repair(table, words):
    with pytest.raises(ResultsError, match=words):
        find(table)
