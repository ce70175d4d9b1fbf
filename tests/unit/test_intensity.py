"""Published AI shares come out of the postings that the model's own rules make."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.agents.firms import lead_adoption
from sim.demand import AI_QUARTER
from sim.intensity import rake_intensity
from sim.model import TalentMarket
from sim.scenario import load_scenario
from sim.types import INDUSTRY

COMPUTER, MACHINERY, OTHER = (INDUSTRY.index(name) for name in ("computer_internet", "machinery", "other"))


@pytest.fixture
def china():
    """A baseline market of the whole country without a fit, at the start; closed at the end."""
    made = []

    def make(*sets):
        scenario = load_scenario("baseline", ("fit=null", *sets), scale=20000, quarters=1)
        made.append(TalentMarket(scenario, seed=1))
        return made[-1]

    yield make
    for model in made:
        model.close()


def expect_postings(model, quarter):
    """(place, industry, education) all and AI postings to be expected in a quarter without policies."""
    demand, firms = model.demand, model.firms
    firms.adoption = demand.adoption_without_policies(quarter)
    firms.adoption_path = firms.adoption.copy()
    every = demand.usual_postings(AI_QUARTER)[:, None] * demand.requirement_mix[firms.place, firms.industry]
    ai = every * demand.ai_probability(quarter)
    shape = (model.world.n_places, len(INDUSTRY), every.shape[1])
    tables = np.zeros((2, *shape))
    for table, postings in zip(tables, (every, ai), strict=True):
        np.add.at(table, (firms.place, firms.industry), postings)
    return tables


def test_raking_by_hand():
    # two industries, one level: 60 of the 100 x 0.1 AI postings fall on 25 postings in reach, the others on 50
    reached = np.array([[[25.0], [50.0]]])
    chance = rake_intensity(reached, np.array([[[40.0], [60.0]]]), np.array([0.1]), np.ones(1), np.array([[0.6, 0.4]]))
    np.testing.assert_allclose(chance.ravel(), [6 / 25, 4 / 50])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_raked_chances_meet_all_three_margins(seed):
    generator = np.random.default_rng(seed)
    postings = generator.uniform(0.5, 2, (4, 5, 3)) * 100
    reached = postings * generator.uniform(0.2, 1, (4, 5, 1))
    reached[2, 3] = 0
    by_level, by_place = generator.uniform(0.02, 0.2, 3), generator.uniform(0.03, 0.06, 4)
    share = generator.dirichlet(np.ones(20)).reshape(4, 5) + 0.01
    ai = reached * rake_intensity(reached, postings, by_level, by_place, share)
    assert not ai[2, 3].any()
    np.testing.assert_allclose(ai.sum(axis=(0, 1)), by_level * postings.sum(axis=(0, 1)), rtol=1e-9)
    place = ai.sum(axis=(1, 2)) / postings.sum(axis=(1, 2)) / by_place
    np.testing.assert_allclose(place, place.mean(), rtol=1e-6)
    industry = ai.sum(axis=(0, 2)) / ai.sum() / (share.sum(axis=0) / share.sum())
    np.testing.assert_allclose(industry, 1, rtol=1e-6)


@pytest.mark.parametrize("rate", [0.01, 0.075, 0.2])
def test_inputs_come_back_out_of_expected_postings_however_far_ai_has_spread(china, rate):
    """Industries, levels and places of the half-year that was published, whoever has adopted by then."""
    model = china(f"params.firms.adoption_rate={rate}", "params.firms.ai_limit=1")
    world = model.world
    every, ai = expect_postings(model, AI_QUARTER)
    index = model.demand.national_ai_index(AI_QUARTER)
    np.testing.assert_allclose(
        ai.sum(axis=(0, 2)) / ai.sum(), world.ai_place_share @ world.ai_industry_share, rtol=0.01
    )
    level = ai.sum(axis=(0, 1)) / every.sum(axis=(0, 1)) / (world.ai_intensity_education * index)
    np.testing.assert_allclose(level[:2], 1, rtol=0.001)
    np.testing.assert_allclose(level[2:], 1, rtol=0.05)  # in a few cells more than all of these levels would be AI
    place = ai.sum(axis=(1, 2)) / every.sum(axis=(1, 2)) / world.ai_intensity_place
    np.testing.assert_allclose(place, place.mean(), rtol=0.01)


def test_ai_postings_keep_to_the_index_while_adoption_spreads_unevenly(china):
    model = china("params.firms.adoption_lead=0.6", "params.firms.ai_limit=1")
    shares = []
    for quarter in range(AI_QUARTER - 16, AI_QUARTER + 17, 4):
        every, ai = expect_postings(model, quarter)
        shares.append(ai.sum() / every.sum() / model.demand.national_ai_index(quarter))
    assert shares == pytest.approx([shares[0]] * len(shares), rel=0.01)


def test_the_index_stands_at_first_half_years(china):
    """The published ratio is that of first half-years, as are the shares of 2024."""
    demand = china().demand
    for year, value in ((2023, 0.9335), (2024, 1.0)):
        quarters = [AI_QUARTER - 1 + 4 * (year - 2024) + k for k in (0, 1)]
        straight = np.mean([demand.national_ai_index(quarter) for quarter in quarters])
        assert straight == pytest.approx(value, abs=0.02)


def test_no_lead_makes_industries_adopt_alike(china):
    assert np.array_equal(lead_adoption(china().world, 0.0), np.ones(len(INDUSTRY)))


def test_industries_with_more_uses_of_ai_adopt_sooner_and_others_catch_up(china):
    """Griliches (1957): profit leads. The composition of the published half-year is that of the input with any lead."""
    models = [china(f"params.firms.adoption_lead={lead}") for lead in (0.0, 0.5)]
    speed = models[1].firms.adoption_speed[np.argsort(models[1].firms.industry)]
    assert speed.max() == lead_adoption(models[1].world, 0.5)[COMPUTER]
    assert np.average(models[1].firms.adoption_speed, weights=models[1].firms.jobs_start) == pytest.approx(1, abs=0.02)
    earlier = []
    for model in models:
        _, ai = expect_postings(model, AI_QUARTER - 8)
        earlier.append(ai.sum(axis=(0, 2)) / ai.sum())
    assert earlier[1][COMPUTER] > 1.02 * earlier[0][COMPUTER]
    assert earlier[1][OTHER] < earlier[0][OTHER]
