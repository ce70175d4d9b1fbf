"""Known limit 1: one city, people and jobs all alike, one opening seen and one application sent.

U people throw one ball each into V urns, and a firm hires one of those who come. Each opening is equally likely to be
seen, so hires follow the urn-ball function (Butters 1977)

    E[hires] = V (1 - (1 - 1/V)^U).
"""

import numpy as np
import pytest
from scipy import stats
from toys import COMPILED, NO_TAX, apply_to_lines, make_lines, make_people, make_places, make_rule

from sim.kernels.matching import match_deferred

ERROR_RATE = 1e-3
"""Chance that fresh seeds would fail a test here although the rule is right."""
MARKETS = [(50, 50), (400, 100), (100, 400), (3000, 1000)] if COMPILED else [(50, 50), (40, 10)]
"""Searchers and openings."""
TAX = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=1, floor_share=0.01)
ONCE = {"n_sampled": 1, "b_wage": 1.0, "own_level": 1.0}


def count_hires(n_people, n_openings, n_quarters, *, per_line=1):
    """(quarter,) hires of independent quarters of one and the same market, `per_line` openings to a line."""
    n_lines = n_openings // per_line
    lines, people = make_lines(wage=[8000.0] * n_lines, cell=2, capacity=per_line), make_people(n_people)
    rule, hires = make_rule("search", **ONCE), []
    scores = np.zeros((n_people, 1))
    for quarter in range(n_quarters):
        applications = apply_to_lines(
            people, lines, rule, housing=HOUSING, tax=TAX, places=make_places(1), n_applications=1, seed=quarter,
            key=quarter, usual=n_openings,
        )  # fmt: skip
        assert np.all(applications[:, 0] >= 0)  # everybody applies
        hires.append(np.count_nonzero(match_deferred(applications, scores, people.uid, lines["capacity"].copy()) >= 0))
    return np.array(hires)


def expect_urn_ball(n_people, n_openings):
    """Mean and variance of the number of urns that are hit, urns equally likely."""
    n, missed = n_openings, (1 - 1 / n_openings) ** n_people
    both_missed = (1 - 2 / n) ** n_people
    return n * (1 - missed), n * (n - 1) * both_missed + n * missed - (n * missed) ** 2


def list_occupancy(n_people, n_openings):
    """(hires,) probability of 0, 1, ... different urns, by adding one ball at a time."""
    chance = np.zeros(n_openings + 1)
    chance[0] = 1.0
    hit = np.arange(n_openings + 1) / n_openings
    for _ in range(n_people):
        chance = chance * hit + np.concatenate([[0.0], (chance * (1 - hit))[:-1]])
    return chance


def fits(hires, probability):
    """p-value of the chi-square test of counts of hires against their distribution; rare tails are put together."""
    expected = probability * len(hires)
    observed = np.bincount(hires, minlength=len(expected))
    common = expected >= 5
    edges = [np.append(counts[common], counts[~common].sum()) for counts in (observed, expected)]
    return stats.chisquare(*edges).pvalue


def misses(hires, mean, variance):
    """p-value of the mean of independent counts with a known mean and variance."""
    return 2 * stats.norm.sf(abs(hires.mean() - mean) / np.sqrt(variance / len(hires)))


@pytest.mark.parametrize(("n_people", "n_openings"), MARKETS)
def test_hires_follow_the_urn_ball_function(n_people, n_openings):
    hires = count_hires(n_people, n_openings, 200 if COMPILED else 20)
    assert misses(hires, *expect_urn_ball(n_people, n_openings)) > ERROR_RATE


def test_not_only_the_mean_of_hires_is_right():
    hires = count_hires(12, 10, 3000 if COMPILED else 200)
    assert fits(hires, list_occupancy(12, 10)) > ERROR_RATE


def test_the_test_would_see_openings_that_are_not_equally_likely():
    """Openings on a ring with arcs of random length, Bose-Einstein statistics, give V U / (U + V - 1) hires."""
    n_people, n_openings = 400, 100
    rings = stats.hypergeom(n_people + n_openings - 1, n_openings, n_people)
    assert misses(rings.rvs(200, random_state=1), *expect_urn_ball(n_people, n_openings)) < 1e-9


def test_openings_of_one_line_are_filled_by_as_many_as_come():
    """With lines of many openings fewer are lost to two people who meet: hires rise towards min(U, V)."""
    quarters = 60 if COMPILED else 3
    single, many = count_hires(200, 200, quarters).mean(), count_hires(200, 200, quarters, per_line=20).mean()
    assert single < many < 200
