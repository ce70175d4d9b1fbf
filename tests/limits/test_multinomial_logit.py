"""Known limit 3: without information friction and capacity limits, choices are exactly multinomial logit."""

import numpy as np
import pytest
from scipy import stats
from toys import (
    COMPILED,
    NO_TAX,
    apply_to_lines,
    make_firms,
    make_lines,
    make_people,
    make_places,
    make_records,
    make_rule,
)

from sim.kernels.mobility import choose_place
from sim.rng import LEAVE_TARGET, make_key, uniforms
from sim.types import EMPLOYED

N = 20_000 if COMPILED else 1000
ERROR_RATE = 1e-3
"""Chance that a fresh seed would fail a test here although the draws are exact."""
TAX = make_rule("tax", **NO_TAX)
HOUSING = make_rule("housing", rent_share_limit=1, floor_share=0.01)


def choose_lines(people, lines, rule, places, seed):
    return apply_to_lines(
        people, lines, rule, housing=HOUSING, tax=TAX, places=places, n_applications=1, seed=seed
    )[:, 0]  # fmt: skip


def logit(values):
    weights = np.exp(values - np.max(values))
    return weights / weights.sum()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_choices_among_all_positions_are_logit(spread, seed):
    wage, place, career = np.array([6000, 7000, 9000, 9000, 11000.0]), np.array([0, 0, 1, 2, 2]), [0.4, 0, 0.1, 0, -0.2]
    lines = make_lines(wage=wage, place=place, career=career, cell=2)
    records = make_records(
        3, rent_whole=[1000, 2000, 3000], rent_shared=[1000, 2000, 3000], living_cost=1500, amenity=[0, 0.5, 1]
    )
    rule = make_rule(
        "search", n_sampled=len(lines), b_wage=1.2, b_career=1, b_amenity=0.3, b_move=0.4, taste_position=spread
    )
    people = make_people(N, home=-1, hukou=-1, city=0)
    distance = np.array([[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0.0]])
    chosen = choose_lines(people, lines, rule, make_places(3, records=records, distance=distance), seed)
    rent = records["rent_whole"][place]
    utility = 1.2 * np.log(wage - rent - 1500) + career + 0.3 * records["amenity"][place] - 0.4 * distance[0, place]
    counts = np.bincount(chosen, minlength=len(lines))
    assert counts.sum() == N  # going on searching without any pay is worse than any position
    assert stats.chisquare(counts, N * logit(utility / spread)).pvalue > ERROR_RATE


def test_shares_of_cities_without_differences_are_equal():
    lines = make_lines(wage=[8000] * 3, place=[0, 1, 2], cell=2)
    rule = make_rule("search", n_sampled=3, b_wage=1, taste_position=1)
    chosen = choose_lines(make_people(N, home=-1, hukou=-1), lines, rule, make_places(3), 3)
    assert stats.chisquare(np.bincount(chosen, minlength=3)).pvalue > ERROR_RATE


def test_the_employed_move_with_the_probability_that_an_offer_beats_the_job():
    # a fixed floor g above the value of the only offer is passed with probability 1 - exp(-exp(-g / spread))
    people = make_people(N, state=EMPLOYED, firm=1, wage=8000, home=-1, hukou=-1)
    lines = make_lines(wage=[8000], cell=2)
    rule = make_rule("search", n_sampled=1, b_wage=1, taste_position=0.5, job_move_gain=0.4)
    applications = apply_to_lines(
        people, lines, rule, housing=HOUSING, tax=TAX, firms=make_firms(2), n_applications=1, seed=5
    )
    expected = 1 - np.exp(-np.exp(-0.4 / 0.5))
    assert stats.binomtest(int((applications >= 0).sum()), N, expected).pvalue > ERROR_RATE


@pytest.mark.parametrize("excluded", [-1, 2])
def test_leavers_choose_among_cities_by_logit(excluded):
    utilities = np.array([0.0, 0.7, 2.0, -1.0, 0.3])
    draws = uniforms(make_key(1, LEAVE_TARGET, 76), np.arange(N, dtype=np.uint64))
    counts = np.bincount([choose_place(utilities, excluded, u) for u in draws], minlength=5)
    open_to = [place for place in range(5) if place != excluded]
    assert counts.sum() == counts[open_to].sum() == N
    assert stats.chisquare(counts[open_to], N * logit(utilities[open_to])).pvalue > ERROR_RATE
