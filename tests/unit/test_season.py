"""The season of postings: it moves new postings, not those already open."""

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.model import TalentMarket
from sim.phases.firms_post import firms_post, shift_season
from sim.rng import ROUND_FIRM, round_by

SEASON = np.array([0.5, 1.5, 1.2, 0.8])


@pytest.fixture
def make_model():
    made = []

    def make(*overrides, **changes):
        made.append(TalentMarket(toy_scenario(*overrides, quarters=1, **changes), seed=1))
        return made[-1]

    yield make
    for model in made:
        model.close()


def post(model, unfilled):
    """(firm,) openings wanted and those among them that stay open, where `unfilled` were left."""
    firms, rule = model.firms, model.params.firms
    firms.unfilled = unfilled
    firms_post(model)
    gap = np.maximum(0.0, firms.desired - firms.staying)
    wanted = rule.gap_speed * gap + rule.quit_lead * firms.quit_rate * firms.staying
    return wanted, np.minimum(unfilled, wanted)


@pytest.mark.parametrize("of_year", [1, 2])
def test_the_season_withdraws_no_opening_that_is_still_wanted(make_model, of_year):
    model = make_model(world={"season": SEASON})
    model.quarter_number += of_year - model.quarter.of_year
    wanted, left = post(model, np.arange(len(model.firms)) % 5)
    expected = left + SEASON[of_year - 1] * (wanted - left)
    assert left.max() > 1
    assert np.all(np.abs(model.firms.openings - expected) < 1)
    assert np.all(model.firms.openings >= np.floor(left))


@pytest.mark.parametrize("of_year", [2, 3])
def test_autumn_moves_new_postings_to_the_third_quarter(make_model, of_year):
    """A twentieth of the year's 4 quarters is 0.2 of a quarter."""
    model = make_model("params.firms.autumn=0.05", world={"season": SEASON})
    model.quarter_number += of_year - model.quarter.of_year
    wanted, left = post(model, np.arange(len(model.firms)) % 5)
    season = 0.95 * SEASON[of_year - 1] + (0.2 if of_year == 3 else 0.0)
    assert np.all(np.abs(model.firms.openings - left - season * (wanted - left)) < 1)


def test_whatever_moves_to_autumn_the_mean_season_is_one():
    shifted = [shift_season(season, 0.08, of_year) for of_year, season in enumerate(SEASON, start=1)]
    assert np.mean(shifted) == pytest.approx(1.0)
    assert shifted[2] > SEASON[2]


def test_without_a_season_openings_are_what_firms_want(make_model):
    model = make_model(world={"season": np.ones(4)})
    wanted, _ = post(model, np.arange(len(model.firms)) % 5)
    assert np.array_equal(model.firms.openings, round_by(model.key(ROUND_FIRM), model.firms.identity, wanted))


def test_new_postings_of_a_run_peak_and_fall_with_the_season():
    new = np.zeros(4)

    def look(model):
        if model.quarter_number - model.first_quarter_number > 8:
            new[(model.quarter_number - 1) % 4] += (model.firms.openings - model.firms.carried).sum()

    run_toy(toy_scenario(quarters=16, scale=100, world={"season": SEASON}), on_step=look)
    assert new.argmax() == 1
    assert new.argmin() == 0
