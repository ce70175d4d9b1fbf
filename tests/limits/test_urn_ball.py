"""Known limit 1: one city, people and jobs all alike, one opening seen and one application sent.

U people throw one ball each into V urns, and a firm hires one of those who come. With openings that are equally likely
to be seen, hires follow the urn-ball function (Butters 1977)

    E[hires] = V (1 - (1 - 1/V)^U).

The model sees openings on a ring: whoever looks sees the opening that follows a random point, with the probability of
the arc p before it. Points drawn anew make arcs of unequal length, Dirichlet(1, ..., 1), so p ~ Beta(1, V - 1) and

    E[hires] = V (1 - E[(1 - p)^U]) = V (1 - (V - 1)/(V - 1 + U)) = U V / (U + V - 1);

balls then fall as in Bose-Einstein statistics and hires are hypergeometric: V marked among U + V - 1, U drawn.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from toys import NO_TAX, make_firms, make_lines, make_people, make_places, make_rule

from sim.kernels.matching import match_deferred
from sim.kernels.search import search_positions
from sim.market import SCHEME_DTYPE, TRANSFER_DTYPE, SearchKeys
from sim.phases.firms_post import place_on_rings
from sim.rng import make_key

ERROR_RATE = 1e-3
"""Chance that fresh seeds would fail a test here although the rule is right."""
MARKETS = [(50, 50), (400, 100), (100, 400), (3000, 1000)]
"""Searchers and openings."""
TAX = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=1, floor_share=0.01)
ONCE = {"n_sampled": 1, "b_wage": 1.0, "own_level": 1.0}


def spread_evenly(lines, quarter):
    return np.arange(len(lines), dtype=np.int32), np.arange(1, len(lines) + 1) / len(lines)


def draw_points(lines, quarter):
    """The rings of the model itself."""
    model = SimpleNamespace(key=lambda decision: make_key(1, decision, quarter))
    return place_on_rings(model, lines, np.zeros(len(lines), np.int64))


def count_hires(n_people, n_openings, place_openings, n_quarters, *, rule=ONCE, n_applications=1):
    """(quarter,) hires of independent quarters of one and the same market."""
    lines, people = make_lines(wage=[8000.0] * n_openings, cell=2), make_people(n_people)
    firms, places, rule = make_firms(n_openings), make_places(1), make_rule("search", **rule)
    block_start = np.tile(np.array([[0, n_openings], [n_openings, n_openings]]), (2, 1))[[0, 1, 1, 1]].astype(np.int64)
    searchers = np.arange(n_people, dtype=np.uint32)
    applications = np.zeros((n_people, n_applications), np.int32)
    scores, hires = np.zeros(applications.shape), []
    for quarter in range(n_quarters):
        keys = SearchKeys(*(make_key(1, decision, quarter) for decision in range(1, 7)))
        search_positions(
            0, n_people, searchers, people, firms, lines, *place_openings(lines, quarter), block_start,
            places.records, places.hukou_chance, places.distance, places.market_wage, np.zeros(0, TRANSFER_DTYPE),
            np.zeros(0, SCHEME_DTYPE), rule, HOUSING, TAX, 76, keys, applications,
        )  # fmt: skip
        matched = match_deferred(applications, scores, people.uid, lines["capacity"].copy())
        assert np.all(applications[:, 0] >= 0)  # everybody applies
        hires.append(np.count_nonzero(matched >= 0))
    return np.array(hires)


def expect_urn_ball(n_people, n_openings):
    """Mean and variance of the number of urns that are hit, urns equally likely."""
    n, missed = n_openings, (1 - 1 / n_openings) ** n_people
    both_missed = (1 - 2 / n) ** n_people
    return n * (1 - missed), n * (n - 1) * both_missed + n * missed - (n * missed) ** 2


def expect_on_rings(n_people, n_openings):
    """Distribution of the number of arcs that are hit, ends of arcs drawn at random."""
    return stats.hypergeom(n_people + n_openings - 1, n_openings, n_people)


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
def test_with_equal_arcs_hires_follow_the_urn_ball_function(n_people, n_openings):
    hires = count_hires(n_people, n_openings, spread_evenly, 200)
    assert misses(hires, *expect_urn_ball(n_people, n_openings)) > ERROR_RATE


@pytest.mark.parametrize(("n_people", "n_openings"), MARKETS)
def test_with_points_drawn_anew_hires_follow_the_mean_over_arcs(n_people, n_openings):
    hires = count_hires(n_people, n_openings, draw_points, 200)
    rings = expect_on_rings(n_people, n_openings)
    assert rings.mean() == pytest.approx(n_people * n_openings / (n_people + n_openings - 1))
    assert misses(hires, rings.mean(), rings.var()) > ERROR_RATE


@pytest.mark.parametrize("arcs", ["equal", "drawn"])
def test_not_only_the_mean_of_hires_is_right(arcs):
    n_people, n_openings, n_quarters = 12, 10, 3000
    if arcs == "equal":
        hires = count_hires(n_people, n_openings, spread_evenly, n_quarters)
        probability = list_occupancy(n_people, n_openings)
    else:
        hires = count_hires(n_people, n_openings, draw_points, n_quarters)
        probability = expect_on_rings(n_people, n_openings).pmf(np.arange(n_openings + 1))
    assert fits(hires, probability) > ERROR_RATE


def test_the_test_tells_the_two_apart():
    hires = count_hires(400, 100, draw_points, 200)
    assert misses(hires, *expect_urn_ball(400, 100)) < 1e-9


def test_what_unequal_arcs_cost():
    mean, _ = expect_urn_ball(500, 500)
    friction = {"1 seen, 1 tried": (ONCE, 1), "14 seen, 3 tried": ({**ONCE, "n_sampled": 14, "taste_position": 0.6}, 3)}
    lost = []
    for name, (rule, n_applications) in friction.items():
        even, drawn = (
            count_hires(500, 500, place, 40, rule=rule, n_applications=n_applications).mean()
            for place in (spread_evenly, draw_points)
        )
        lost.append(1 - drawn / even)
        print(f"hires lost to unequal arcs, {name}: {lost[-1]:.1%} of {even:.0f}")  # noqa: T201
    assert lost[0] == pytest.approx(1 - expect_on_rings(500, 500).mean() / mean, abs=0.01)
    assert 0 < lost[1] < lost[0]
