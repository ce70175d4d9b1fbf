"""The index: the published tree, the formula by hand, and what moves it."""

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import run_toy, toy_scenario

from sim.labels import LABELS
from sim.model import PHASES, TalentMarket
from sim.phases.observe_quarter import refresh_market
from sim.scenario import load_scenario
from sim.stickiness import measure_indicators, score_indicators
from sim.world.indicators import DIMENSIONS, EXTERNAL, INDICATORS
from sim.written import UNITS

ROOT = Path(__file__).resolve().parents[2]
NAMES = [indicator.name for indicator in INDICATORS]
PUBLISHED_DIMENSION = {
    "economic_base": "economy",
    "innovation_potential": "innovation",
    "cultural_openness": "openness",
    "ecological_health": "ecology",
    "social_welfare": "welfare",
    "public_life": "public_life",
}


@pytest.fixture(scope="module")
def china():
    """Scenario, indices of the cities, and the table of cities after a quarter."""
    scenario = load_scenario(ROOT / "scenarios" / "baseline.yaml", scale=5000, quarters=1)
    return scenario, city_table(scenario)


def city_table(scenario):
    model = TalentMarket(scenario, seed=1)
    model.step()
    table = model.tables()["cities"].set_index("city")
    model.close()
    return table


def score(values):
    return score_indicators(np.asarray(values, dtype=float), 50.0, 100.0)


def alike(n_cities=3):
    return np.ones((len(INDICATORS), n_cities))


def test_the_tree_and_the_signs_are_the_published_ones():
    with (ROOT / "calibration" / "evidence" / "003b_beijing_b12_end.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert len(INDICATORS) == len(set(NAMES)) == 24
    for number, indicator in enumerate(INDICATORS, start=1):
        row = rows[indicator.evidence]
        dims = dict(part.split("=") for part in row["dims"].split(";"))
        assert row["statistic"] == "talent_stickiness_indicator"
        assert int(row["value"]) == number
        assert PUBLISHED_DIMENSION[dims["dimension"]] == indicator.dimension
        assert {"positive": 1, "negative": -1}[dims["polarity"]] == indicator.sign
    assert tuple(dict.fromkeys(indicator.dimension for indicator in INDICATORS)) == DIMENSIONS


def test_indicators_have_units_and_words():
    assert {indicator.unit for indicator in INDICATORS} <= UNITS
    assert all(f"indicator.{name}" in LABELS for name in NAMES)
    assert all(f"dimension.{name}" in LABELS for name in DIMENSIONS)


def test_scores_by_hand():
    values = alike()
    values[NAMES.index("climate")] = [10, 20, 40]
    values[NAMES.index("commute")] = [30, 60, 30]
    scores = score(values)
    ecology, public_life = 1 + DIMENSIONS.index("ecology"), 1 + DIMENSIONS.index("public_life")
    assert scores[ecology] == pytest.approx([50, 50 + 50 / 3, 100])
    assert scores[public_life] == pytest.approx([100, 50, 100])
    # the means of the six dimensions: 550, 516.67 and 600 over 6
    assert scores[0] == pytest.approx([50 + 50 * (550 - 1550 / 3) / (600 - 1550 / 3), 50, 100])


def test_numbers_of_firms_count_by_their_logarithm():
    values = alike()
    values[NAMES.index("firms")] = np.expm1([1.0, 2.0, 5.0])
    assert score(values)[1] == pytest.approx([50, 62.5, 100])


def test_cities_alike_score_alike():
    assert (score(alike()) == 100).all()


def test_a_missing_value_counts_nowhere():
    values = alike()
    values[NAMES.index("climate")] = [10, np.nan, 40]
    values[NAMES.index("air_pollution")] = [10, 20, 30]
    for name in NAMES:
        if INDICATORS[NAMES.index(name)].dimension == "openness":
            values[NAMES.index(name)] = np.nan
    scores = score(values)
    ecology, openness = 1 + DIMENSIONS.index("ecology"), 1 + DIMENSIONS.index("openness")
    # spread 15 and sqrt(200 / 3); life expectancy alike
    dirt = np.array([10, 0, -10]) / np.sqrt(200 / 3)
    mean = np.array([(-1 + dirt[0]) / 3, dirt[1] / 2, (1 + dirt[2]) / 3])
    assert scores[ecology] == pytest.approx(50 + 50 * (mean - mean.min()) / np.ptp(mean))
    assert np.isnan(scores[openness]).all()
    assert not np.isnan(scores[0]).any()


@pytest.mark.parametrize("indicator", INDICATORS, ids=NAMES)
def test_every_indicator_moves_its_dimension_by_its_sign(indicator):
    rng = np.random.default_rng(3)
    values = rng.uniform(1, 2, (len(INDICATORS), 5))
    more = values.copy()
    more[NAMES.index(indicator.name), 2] += 0.3
    row = 1 + DIMENSIONS.index(indicator.dimension)
    # against the mean of the others: the scale itself moves with the extremes
    before, after = score(values)[row], score(more)[row]
    gain = (after[2] - np.delete(after, 2).mean()) - (before[2] - np.delete(before, 2).mean())
    assert np.sign(gain) == indicator.sign


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 50), st.floats(-100, 100))
def test_scores_stay_on_their_scale_and_units_do_not_matter(seed, factor, shift):
    values = np.random.default_rng(seed).uniform(0, 10, (len(INDICATORS), 6))
    scores = score(values)
    assert scores.min() >= 50 - 1e-9
    assert scores.max() <= 100 + 1e-9
    straight = np.array([not indicator.log for indicator in INDICATORS])
    values[straight] = factor * values[straight] + shift
    assert score(values) == pytest.approx(scores, abs=1e-5)


def test_every_city_has_all_dimensions_and_no_region_has_any(china):
    scenario, table = china
    is_city = np.array([kind == "city" for kind in scenario.world.kind])
    columns = ["stickiness", *(f"stickiness_{name}" for name in DIMENSIONS)]
    known = table.loc[list(scenario.world.places), columns].notna().to_numpy()
    assert known[is_city].all()
    assert not known[~is_city].any()
    assert (np.isnan(scenario.world.stickiness_indicator) == ~is_city[:, None]).all()


def test_published_scores_are_a_check_and_no_input(china):
    scenario, table = china
    nothing = dataclasses.replace(scenario.world, stickiness_published=np.full(scenario.world.n_places, np.nan))
    other = city_table(dataclasses.replace(scenario, world=nothing))
    assert other["stickiness"].equals(table["stickiness"])
    cities = table["stickiness"].dropna()
    published = [scenario.world.stickiness_published[scenario.world.places.index(name)] for name in cities.index]
    assert np.corrcoef(cities, published)[0, 1] > 0.6


def test_the_stickier_the_city_the_worse_its_public_life(china):
    """Congestion is an outcome of pay, rents and commutes: no indicator is set to bring it about."""
    _, table = china
    scores = table[["stickiness", "stickiness_public_life"]].dropna()
    assert np.corrcoef(scores["stickiness"], scores["stickiness_public_life"])[0, 1] < -0.3


def test_transfers_raise_the_income_of_the_city_that_gets_them():
    subsidy = {
        "kind": "living_subsidy", "city": "alpha", "from": "2019Q1", "amount_cny_m": 3000, "awareness": 1, "take_up": 1
    }  # fmt: skip
    row, before_observing = NAMES.index("income"), PHASES[:-1]  # observing closes the ledger of the quarter
    models = [run_toy(toy_scenario(policies=given, quarters=1), phases=before_observing) for given in ([], [subsidy])]
    income = [measure_indicators(model, refresh_market(model), model.world.talent_start)[row] for model in models]
    assert income[1][0] - income[0][0] == pytest.approx(3000, rel=0.1)  # all who live there, per head of the force
    assert income[1][1] == pytest.approx(income[0][1], rel=0.05)


def test_a_world_without_cities_has_no_scores():
    scenario = toy_scenario(quarters=1, world={"kind": ("region", "region")})
    assert run_toy(scenario).tables()["cities"]["stickiness"].isna().all()


def test_the_axis_of_the_world_file_is_what_is_not_simulated():
    assert len(EXTERNAL) == 17
    assert set(NAMES) - set(EXTERNAL) == {
        "labour_productivity", "firms", "income", "schooling", "housing_burden", "living_cost", "commute",
    }  # fmt: skip
