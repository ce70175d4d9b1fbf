"""Known limit 2: with full information and strict preferences the outcome is the worker-optimal stable matching.

Checked against another implementation, the hospital-resident solver of the package `matching` (Wilde et al. 2020), in
random markets, and in the markets of a run of the toy world.
"""

import numpy as np
import pytest
from matching.games import HospitalResident
from toys import apply_to_lines, make_lines, make_people, make_places, make_rule, run_toy, toy_scenario

from sim.kernels.matching import count_blocking_pairs, match_deferred
from sim.phases import market_matches

N_MARKETS = 300


def draw_market(seed, *, limit=None):
    """Lists (full unless `limit`), scores with ties and with people who are not acceptable, ids and capacities."""
    rng = np.random.default_rng(seed)
    n_workers, n_lines = int(rng.integers(1, 40)), int(rng.integers(1, 12))
    limit = min(limit or n_lines, n_lines)
    taste = rng.normal(size=(n_workers, n_lines)) + rng.normal(size=n_lines)  # some are wanted by most
    applications = np.argsort(-taste, axis=1)[:, :limit].astype(np.int32)
    scores = np.round(rng.normal(size=applications.shape) + rng.normal(size=(n_workers, 1)), 1)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    applications[rng.random(applications.shape) < 0.05] = -1
    uids = rng.permutation(10 * n_workers)[:n_workers].astype(np.uint64)
    return applications, scores, uids, rng.integers(0, 6, n_lines).astype(np.int32)


def solve_elsewhere(applications, scores, uids, capacity):
    """(worker,) the line matched by the other implementation, -1 where none, and whether it holds it to be stable."""
    wishes, ranking = {}, {}
    for s, row in enumerate(applications.tolist()):
        acceptable = [line for a, line in enumerate(row) if line >= 0 and scores[s, a] > -np.inf and capacity[line] > 0]
        if acceptable:
            wishes[s] = acceptable
        for a, line in enumerate(row):
            if line in acceptable:
                ranking.setdefault(line, []).append((-scores[s, a], uids[s], s))
    matched = np.full(len(uids), -1)
    if not wishes:
        return matched, True
    game = HospitalResident.create_from_dictionaries(
        wishes,
        {line: [s for _, _, s in sorted(found)] for line, found in ranking.items()},
        {line: int(capacity[line]) for line in ranking},
    )
    for line, staff in game.solve(optimal="resident").items():
        for worker in staff:
            matched[worker.name] = line.name
    return matched, game.check_stability()


def assert_same_matching(applications, scores, uids, capacity):
    matched = match_deferred(applications, scores, uids, capacity)
    other, stable = solve_elsewhere(applications, scores, uids, capacity)
    assert stable
    assert np.array_equal(matched, other)
    assert count_blocking_pairs(applications, scores, uids, capacity, matched) == 0
    return matched


@pytest.mark.parametrize("limit", [None, 3], ids=["full lists", "lists of three"])
def test_random_markets_have_the_same_worker_optimal_matching(limit):
    sizes = []
    for seed in range(N_MARKETS):
        market = draw_market(seed, limit=limit)
        matched = assert_same_matching(*market)
        sizes.append(((matched >= 0).sum(), (matched < 0).sum()))
    hired, left = np.sum(sizes, axis=0)
    assert hired > 1000  # the markets are neither empty nor without competition
    assert left > 500


def test_the_other_side_would_choose_otherwise():
    # if firm-optimal and worker-optimal matchings never differed, the test above could not tell them apart
    wishes, ranking = {0: [0, 1], 1: [1, 0]}, {0: [1, 0], 1: [0, 1]}
    game = HospitalResident.create_from_dictionaries(wishes, ranking, {0: 1, 1: 1})
    firms_first = {line.name: staff[0].name for line, staff in game.solve(optimal="hospital").items()}
    applications, uids = np.array([[0, 1], [1, 0]], np.int32), np.array([1, 2], np.uint64)
    scores = np.array([[1.0, 2.0], [1.0, 2.0]])
    assert firms_first == {0: 1, 1: 0}
    assert assert_same_matching(applications, scores, uids, np.ones(2, np.int32)).tolist() == [0, 1]


def test_with_full_information_everybody_gets_the_best_of_those_that_would_have_them():
    n_people, n_lines = 60, 12
    people = make_people(n_people, home=-1, hukou=-1)
    lines = make_lines(wage=6000.0 + 500 * np.arange(n_lines), cell=2, capacity=4)
    applications = apply_to_lines(
        people, lines, make_rule("search", n_sampled=n_lines, b_wage=1, taste_position=0.3),
        housing=make_rule("housing", rent_share_limit=1, floor_share=0.01),
        tax=make_rule("tax", contribution_cap_cny_m=1e9, allowance_cny_m=1e9), places=make_places(1),
        n_applications=n_lines,
    )  # fmt: skip
    assert np.array_equal(np.sort(applications, axis=1), np.tile(np.arange(n_lines), (n_people, 1)))
    scores = np.random.default_rng(3).normal(size=applications.shape)
    matched = assert_same_matching(applications, scores, people.uid, lines["capacity"].copy())
    assert np.bincount(matched[matched >= 0]).tolist() == [4] * n_lines


def test_the_markets_of_a_run_have_the_same_matching(monkeypatch):
    sizes = []

    def match_twice(applications, scores, uids, capacity):
        matched = assert_same_matching(applications, scores, uids, capacity)
        sizes.append((matched >= 0).sum())
        return matched

    monkeypatch.setattr(market_matches, "match_deferred", match_twice)
    run_toy(toy_scenario(scale=5000, quarters=6))
    assert sum(sizes) > 100
