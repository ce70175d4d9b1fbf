"""Relative pay of the world: published means divided by what the composition behind them makes of pay."""

import dataclasses

import numpy as np
import pytest
from tool_scripts import load_tool

from sim.params import FirmParams
from sim.types import EDUCATION, INDUSTRY
from sim.worldfile import load_world

ADAPT = FirmParams().requirement_adapt


@pytest.fixture(scope="module")
def tool():
    return load_tool("derive_pay")


@pytest.fixture(scope="module")
def world():
    return load_world("china")[0]


@pytest.fixture(scope="module")
def margins(tool, world):
    return tool.read_margins(world, tool.read_figures())


@pytest.fixture(scope="module")
def postings(tool, world, margins):
    return tool.compose(world, margins, ADAPT)


def mean_pay(world, table, ai, axes):
    """Mean over a table (place, industry, education) of the pay that the world file gives, 10,000 CNY a year."""
    firms = (world.experience_mix @ world.wage_experience) * (world.size_mix @ world.size_premium)
    pay = (
        world.wage_place[:, ai, None, None]
        * (world.wage_industry[:, ai] * firms)[None, :, None]
        * world.wage_education_cny_m[None, None, :, ai]
    )
    return (table * pay).sum(axis=axes) / table.sum(axis=axes) * 12.0 / 1e4


def test_the_world_file_holds_what_the_tool_derives(tool, world, margins):
    """Fails when a mix, a share or an intensity was changed and pay was not derived anew (see the tool)."""
    factors = tool.derive(world, margins, ADAPT)
    np.testing.assert_allclose(world.wage_education_cny_m, factors.level * 1e4 / 12.0, rtol=2e-4)
    np.testing.assert_allclose(world.wage_industry, factors.industry, rtol=2e-4)
    np.testing.assert_allclose(world.wage_place, factors.place, rtol=2e-4)


def test_ai_postings_have_the_published_means(world, margins, postings):
    """By level as published; by industry and city relative to each other, since the margins differ in their mean."""
    np.testing.assert_allclose(mean_pay(world, postings.ai, 1, (0, 1)), [12.3, 20.2, 25.4, 34.6], rtol=1e-3)
    by_industry = dict(zip(INDUSTRY, mean_pay(world, postings.ai, 1, (0, 2)), strict=True))
    assert by_industry["electronics"] / by_industry["computer_internet"] == pytest.approx(24.9 / 27.1, rel=1e-3)
    assert by_industry["new_energy"] / by_industry["computer_internet"] == pytest.approx(18.5 / 27.1, rel=1e-3)
    by_place = dict(zip(world.places, mean_pay(world, postings.ai, 1, (1, 2)), strict=True))
    assert by_place["beijing"] == pytest.approx(23.3, rel=2e-3)
    assert by_place["shenzhen"] == pytest.approx(22.9, rel=2e-3)
    assert by_place["shanghai"] == pytest.approx(21.5, rel=2e-3)


def test_premia_over_all_postings_are_the_published_ones_but_for_one_level(world, postings):
    """The levels that premia by industry and by city ask for differ, and half of the gap is left to each."""

    def premium(axes):
        ai, share = mean_pay(world, postings.ai, 1, axes), postings.ai.sum(axis=axes) / postings.every.sum(axis=axes)
        return ai / (share * ai + (1 - share) * mean_pay(world, postings.other, 0, axes))

    by_industry = dict(zip(INDUSTRY, premium((0, 2)), strict=True))
    by_place = dict(zip(world.places, premium((1, 2)), strict=True))
    short = [by_industry[name] / (1 + above) for name, above in (("electronics", 0.2029), ("new_energy", 0.217))]
    over = [by_place[name] / 1.22 for name in ("beijing", "suzhou")]
    np.testing.assert_allclose(short, short[0], rtol=5e-3)
    np.testing.assert_allclose(over, over[0], rtol=5e-3)
    assert short[0] * over[0] == pytest.approx(1, abs=0.01)
    assert 1 < over[0] < 1.06


def test_factors_that_made_the_means_are_found_again(tool, world, margins, postings):
    """Means of a market whose factors are known, which are not its means."""
    generator = np.random.default_rng(3)
    level = np.array([10.0, 16.0, 21.0, 30.0])
    industry, place = generator.uniform(0.7, 1.4, len(INDUSTRY)), generator.uniform(0.7, 1.4, world.n_places)
    firms = (world.experience_mix @ world.wage_experience) * (world.size_mix @ world.size_premium)
    paid = postings.ai * place[:, None, None] * (industry * firms)[None, :, None] * level
    made = dataclasses.replace(
        margins,
        level=paid.sum(axis=(0, 1)) / postings.ai.sum(axis=(0, 1)),
        industry=paid.sum(axis=(0, 2)) / postings.ai.sum(axis=(0, 2)),
        place=paid.sum(axis=(1, 2)) / postings.ai.sum(axis=(1, 2)),
    )
    found = tool.derive(world, made, ADAPT)
    np.testing.assert_allclose(found.industry[:, 1] / found.industry[0, 1], industry / industry[0], rtol=1e-6)
    np.testing.assert_allclose(found.place[:, 1] / found.place[0, 1], place / place[0], rtol=1e-6)
    np.testing.assert_allclose(found.level[:, 1] / found.level[0, 1], level / level[0], rtol=1e-6)
    assert not np.allclose(made.place / made.place[0], place / place[0], rtol=1e-2)


def test_composition_has_the_published_shares(world, margins, postings):
    share = postings.ai.sum()
    np.testing.assert_allclose(postings.ai.sum(axis=(0, 1)) / share, margins.composition, rtol=1e-6)
    np.testing.assert_allclose(
        postings.ai.sum(axis=2) / share, world.ai_place_share[:, None] * world.ai_industry_share, rtol=1e-6, atol=1e-12
    )
    by_level = postings.ai.sum(axis=(0, 1)) / postings.every.sum(axis=(0, 1))
    np.testing.assert_allclose(by_level, world.ai_intensity_education, rtol=1e-6)
    by_place = postings.ai.sum(axis=(1, 2)) / postings.every.sum(axis=(1, 2))
    np.testing.assert_allclose(by_place, world.ai_intensity_place, rtol=0.01)
    assert list(EDUCATION)[1] == "bachelor"
    assert by_level[1] == pytest.approx(0.0503)


def test_pay_of_others_follows_from_a_premium_over_all(tool):
    """Four in five others at 100, one AI posting at 130: all have 106."""
    found = tool.other_pay(np.array([130.0]), np.array([130 / 106 - 1]), np.array([1.0]), np.array([5.0]))
    assert found == pytest.approx([100.0])
