import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import make_firms, make_lines, make_people, make_records, make_rule

from sim.kernels.matching import (
    EXPERIENCE_YEARS,
    count_blocking_pairs,
    match_deferred,
    score_applications,
    skill_bar,
    weigh_skills,
)
from sim.rng import SCREENING, draw_bits_of, make_key, normal
from sim.types import EXPERIENCE

KEY = make_key(1, SCREENING, 76)
YEARS = np.array(EXPERIENCE_YEARS)
WEIGHTS = np.array([[0.4, 0.3, 0.2, 0.1], [0.0, 0.0, 0.0, 1.0]])


@st.composite
def markets(draw, workers=6, lines=4, limit=3):
    """Random lists, scores (with ties and unacceptable workers), ids and capacities."""
    n_workers, n_lines = draw(st.integers(1, workers)), draw(st.integers(1, lines))
    applications = np.full((n_workers, limit), -1, np.int32)
    scores = np.full((n_workers, limit), -np.inf)
    for s in range(n_workers):
        wishes = draw(st.permutations(range(n_lines)))[: draw(st.integers(0, min(limit, n_lines)))]
        applications[s, : len(wishes)] = wishes
        for a in range(len(wishes)):
            scores[s, a] = draw(st.sampled_from([-np.inf, 0.0, 1.0, 1.0, 2.0, 3.0]))
    uids = np.array(draw(st.permutations(range(1, n_workers + 1))), np.uint64)
    capacity = np.array(draw(st.lists(st.integers(0, 3), min_size=n_lines, max_size=n_lines)), np.int32)
    return applications, scores, uids, capacity


def rank_of(applications, s, line):
    """Position of the line on the worker's list; the end of the list without one."""
    wishes = applications[s].tolist()
    return wishes.index(line) if line >= 0 else len(wishes)


def is_stable(applications, scores, uids, capacity, matched):
    """By definition: all are acceptable, no line is over capacity, no pair would rather have each other."""
    held = {line: [s for s in range(len(uids)) if matched[s] == line] for line in range(len(capacity))}
    value = {
        (s, line): (scores[s, a], -int(uids[s]))
        for s, wishes in enumerate(applications.tolist())
        for a, line in enumerate(wishes)
        if line >= 0
    }
    if any(len(staff) > capacity[line] for line, staff in held.items()):
        return False
    for s in range(len(uids)):
        if matched[s] >= 0 and value[s, matched[s]][0] == -np.inf:
            return False
        for line in applications[s][: rank_of(applications, s, matched[s])]:
            if line < 0 or value[s, line][0] == -np.inf or capacity[line] == 0:
                continue
            staff = held[line]
            if len(staff) < capacity[line] or min(value[t, line] for t in staff) < value[s, line]:
                return False
    return True


def all_matchings(applications):
    return itertools.product(*(sorted({-1, *wishes.tolist()}) for wishes in applications))


@given(markets(12, 5))
def test_the_outcome_is_stable(market):
    applications, _, _, capacity = market
    matched = match_deferred(*market)
    assert is_stable(*market, matched)
    assert count_blocking_pairs(*market, matched) == 0
    assert np.all(np.bincount(matched[matched >= 0], minlength=len(capacity)) <= capacity)
    assert all(line == -1 or line in wishes for line, wishes in zip(matched, applications, strict=True))


@settings(max_examples=60)
@given(markets(4, 3, 2))
def test_no_stable_matching_is_better_for_any_worker(market):
    matched = match_deferred(*market)
    stable = [other for other in all_matchings(market[0]) if is_stable(*market, other)]
    assert tuple(matched) in stable
    for other in stable:
        for s, line in enumerate(matched):
            assert rank_of(market[0], s, line) <= rank_of(market[0], s, other[s])


@given(markets(12, 5), st.randoms(use_true_random=False))
def test_the_order_of_proposals_does_not_matter(market, random):
    applications, scores, uids, capacity = market
    order = list(range(len(uids)))
    random.shuffle(order)
    matched = match_deferred(applications, scores, uids, capacity)
    assert np.array_equal(match_deferred(applications[order], scores[order], uids[order], capacity), matched[order])


@settings(max_examples=60)
@given(markets(4, 3, 2))
def test_blocking_pairs_are_counted_where_there_are_some(market):
    applications, scores, uids, capacity = market
    for other in all_matchings(applications):
        feasible = np.all(np.bincount([line for line in other if line >= 0], minlength=len(capacity)) <= capacity)
        acceptable = all(
            line < 0 or scores[s, rank_of(applications, s, line)] > -np.inf for s, line in enumerate(other)
        )
        if feasible and acceptable:
            found = count_blocking_pairs(applications, scores, uids, capacity, np.array(other, np.int32))
            assert (found == 0) == is_stable(*market, other)


@given(markets(8, 4))
def test_one_more_opening_hurts_no_worker(market):
    applications, scores, uids, capacity = market
    before = match_deferred(applications, scores, uids, capacity)
    after = match_deferred(applications, scores, uids, capacity + 1)
    for s in range(len(uids)):
        assert rank_of(applications, s, after[s]) <= rank_of(applications, s, before[s])


def test_a_market_by_hand():
    # 1 and 2 want line 0, which prefers 2; 3 holds line 1 until 1 is turned down and takes it
    applications = np.array([[0, 1], [0, 1], [1, -1]], np.int32)
    scores = np.array([[1.0, 5.0], [2.0, 0.0], [4.0, -np.inf]])
    uids, one = np.array([1, 2, 3], np.uint64), np.ones(2, np.int32)
    assert match_deferred(applications, scores, uids, one).tolist() == [1, 0, -1]
    assert match_deferred(applications, scores, uids, 2 * one).tolist() == [0, 0, 1]
    assert match_deferred(applications, scores, uids, 0 * one).tolist() == [-1, -1, -1]


def test_equal_scores_go_to_the_lower_id():
    applications, scores = np.zeros((3, 1), np.int32), np.zeros((3, 1))
    matched = match_deferred(applications, scores, np.array([7, 3, 5], np.uint64), np.array([2], np.int32))
    assert matched.tolist() == [-1, 0, 0]


def test_nobody_and_nothing():
    none = np.zeros((0, 3), np.int32), np.zeros((0, 3)), np.zeros(0, np.uint64)
    assert len(match_deferred(*none, np.array([2], np.int32))) == 0
    apart = np.full((2, 3), -1, np.int32), np.full((2, 3), -np.inf), np.array([1, 2], np.uint64)
    assert match_deferred(*apart, np.zeros(0, np.int32)).tolist() == [-1, -1]


def test_every_experience_class_has_its_years():
    assert len(EXPERIENCE_YEARS) == len(EXPERIENCE)
    assert list(EXPERIENCE_YEARS) == sorted(EXPERIENCE_YEARS)


def score(
    people, lines, cooperation=0.0, firm_noise=0.0, degree=1.0, recognition=1.0, firm_bar=0.0, records=None, **rule
):
    n = len(people.uid)
    applications = np.tile(np.arange(len(lines), dtype=np.int32), (n, 1))
    scores = np.zeros((n, len(lines)))
    score_applications(
        0,
        n,
        np.arange(n, dtype=np.uint32),
        applications,
        people,
        lines,
        make_firms(len(lines), noise=firm_noise, degree=degree, recognition=recognition, bar=firm_bar),
        make_records() if records is None else records,
        WEIGHTS,
        np.zeros((2, 4)) + cooperation,
        YEARS,
        make_rule("matching", **rule),
        KEY,
        scores,
    )
    return scores


def test_skills_are_weighted_by_industry():
    skills = 1.0, 2.0, 3.0, 4.0
    assert weigh_skills(WEIGHTS, 0, *skills) == pytest.approx(0.4 + 0.6 + 0.6 + 0.4)
    assert weigh_skills(WEIGHTS, 1, *skills) == 4


def test_the_bar_rises_with_level_and_ai():
    rule = make_rule("matching", bar=0.3, bar_level=0.1, bar_ai=0.05)
    assert skill_bar(0, 0, rule) == pytest.approx(0.3)
    assert skill_bar(2, 1, rule) == pytest.approx(0.55)


def test_score_by_hand():
    # asks a bachelor with 3 to 5 years: cell (1 x 6 + 3) x 2
    people = make_people(1, soft=0.8, education=2, experience_q=4, city=1)
    lines = make_lines(wage=[9000, 9000], cell=18, industry=1, place=[0, 1])
    scores = score(
        people, lines, cooperation=0.5, w_skill=2, w_level=0.15, w_experience=0.1, w_local=0.2, w_cooperation=0.4
    )
    assert scores[0] == pytest.approx([1.6 + 0.15 - 0.2 + 0.2, 1.6 + 0.15 - 0.2 + 0.2 + 0.2])


def test_employers_may_weigh_degrees_less():
    people = make_people(1, soft=0.8, education=3)
    scores = score(people, make_lines(wage=[1, 1, 1], industry=1), degree=[1, 0.5, 0], w_skill=1, w_level=0.1)
    assert scores[0] == pytest.approx([1.1, 0.95, 0.8])


def test_recognition_is_weight_and_surer_judgement_of_a_certificate():
    people = make_people(2, certificate=[0, 1])
    draws = [normal(np.uint64(draw_bits_of(KEY, np.uint64(2), np.uint64(firm)))) for firm in (1, 2, 3)]
    lines, recognition = make_lines(wage=[1, 1, 1]), [0, 1, 2]
    rule = {"noise": 0.4, "w_certificate": 3, "noise_certificate": 0.25}
    scores = score(people, lines, firm_noise=1, recognition=recognition, **rule)
    assert scores[1] == pytest.approx(np.array([0, 3, 6]) + 0.4 * np.array([1, 0.25, 0.0625]) * draws)
    assert np.array_equal(scores[0], score(people, lines, firm_noise=1, **rule)[0])


def test_below_the_bar_nobody_is_acceptable():
    people = make_people(2, soft=[0.49, 0.51])
    scores = score(people, make_lines(wage=[9000], cell=3, industry=1), w_skill=1, bar=0.4, bar_ai=0.1)
    assert scores[0, 0] == -math.inf
    assert scores[1, 0] == pytest.approx(0.51)


def test_who_studied_another_field_lacks_skill_in_ai_positions():
    people = make_people(4, soft=0.5, field=[0, 1, 2, 3])
    lines = make_lines(wage=[1, 1], cell=[2, 3], industry=1)
    scores = score(people, lines, w_skill=1, ai_gap=0.2, ai_gap_part=0.25)
    assert scores[:, 0] == pytest.approx(0.5)
    assert scores[:, 1] == pytest.approx([0.5, 0.45, 0.3, 0.3])
    barred = score(people, lines, w_skill=1, ai_gap=0.2, ai_gap_part=0.25, bar=0.4)
    assert np.isfinite(barred).tolist() == [[True, True], [True, True], [True, False], [True, False]]


def test_a_firm_may_ask_more_or_less_than_the_mean_one():
    people = make_people(1, soft=0.45)
    scores = score(people, make_lines(wage=[1, 1, 1], industry=1), firm_bar=[-0.1, 0, 0.1], w_skill=1, bar=0.4)
    assert scores[0, :2] == pytest.approx([0.45, 0.45])
    assert scores[0, 2] == -math.inf


@pytest.mark.parametrize(("before", "after", "local"), [(0, 0, 0), (1, 0, 1), (0, 1, 0)])
def test_who_lives_in_the_area_of_a_position_is_local(before, after, local):
    people, records = make_people(1, city=0), make_records(before=before, after=after)
    scores = score(people, make_lines(wage=[1], place=[1]), records=records, w_local=0.2)
    assert scores[0, 0] == pytest.approx(0.2 * local)


def test_an_empty_application_has_no_score():
    people, scores = make_people(1), np.zeros((1, 2))
    score_applications(
        0,
        1,
        np.zeros(1, np.uint32),
        np.full((1, 2), -1, np.int32),
        people,
        make_lines(wage=[1]),
        make_firms(),
        make_records(),
        WEIGHTS,
        np.zeros((2, 4)),
        YEARS,
        make_rule("matching"),
        KEY,
        scores,
    )
    assert np.all(scores == -np.inf)


def test_noise_is_keyed_by_person_and_firm_and_smaller_with_a_certificate():
    people = make_people(2, certificate=[0, 1])
    lines = make_lines(wage=[9000, 9000])
    draws = [
        [normal(np.uint64(draw_bits_of(KEY, np.uint64(uid), np.uint64(firm)))) for firm in (1, 2)] for uid in (1, 2)
    ]
    scores = score(people, lines, firm_noise=0.5, noise=0.4, w_certificate=3, noise_certificate=0.25)
    assert scores[0] == pytest.approx([0.2 * draw for draw in draws[0]])
    assert scores[1] == pytest.approx([3 + 0.05 * draw for draw in draws[1]])


@given(st.floats(0, 2), st.floats(0, 1), st.integers(0, 40))
def test_more_skill_and_experience_never_score_less(skill, more, quarters):
    people = make_people(3, soft=[skill, skill + more, skill], experience_q=[quarters, quarters, quarters + 4])
    scores = score(people, make_lines(wage=[9000], cell=10, industry=1), w_skill=1, w_experience=0.1)[:, 0]
    assert scores[0] <= scores[1]
    assert scores[0] <= scores[2]
