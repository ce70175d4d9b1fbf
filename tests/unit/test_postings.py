import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.kernels.postings import draw_positions, pick
from sim.rng import POSTING_CELL, make_key
from sim.types import EXPERIENCE, N_POSITION_CELLS

KEY = make_key(1, POSTING_CELL, 76)
ERROR_RATE = 1e-4
MIX = np.array([0.5, 0.3, 0.2, 0.0])
CLASSES = np.array([0.25, 0.05, 0.3, 0.25, 0.1, 0.05])


def draw(openings, *, ai=0.0, identity=None, mix=MIX, classes=CLASSES):
    openings = np.array(openings, np.int64)
    n = len(openings)
    counts = np.zeros((n, N_POSITION_CELLS), np.int32)
    identity = np.arange(1, n + 1) if identity is None else identity
    draw_positions(
        np.array(identity, np.uint64), np.zeros(n, np.int8), np.zeros(n, np.int8), openings, np.cumsum(mix)[None, None],
        np.cumsum(classes)[None], np.zeros((n, 4)) + ai, KEY, counts,
    )  # fmt: skip
    return counts


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.floats(0, 0.999999))
def test_pick_is_the_inverse_of_the_distribution(weights, u):
    cumulative = np.cumsum(np.array(weights, float) + 1e-3)
    k = pick(cumulative, u)
    assert u * cumulative[-1] <= cumulative[k] + 1e-12
    assert k == 0 or cumulative[k - 1] <= u * cumulative[-1]


def test_every_opening_becomes_one_position():
    assert draw([3, 0, 7]).sum(axis=1).tolist() == [3, 0, 7]


def test_levels_and_experience_follow_their_mixes():
    counts = draw([4000])[0].reshape(4, len(EXPERIENCE), 2).sum(axis=2)
    assert counts[3].sum() == 0
    assert stats.chisquare(counts[:3].ravel(), (4000 * MIX[:3, None] * CLASSES).ravel()).pvalue > ERROR_RATE


def test_the_ai_flag_follows_the_probability_of_the_level():
    counts = draw([2000], ai=np.array([[0.0, 0.3, 1.0, 0.5]]))[0].reshape(4, len(EXPERIENCE), 2).sum(axis=1)
    assert counts[0, 1] == 0
    assert counts[2, 0] == 0
    assert stats.binomtest(int(counts[1, 1]), int(counts[1].sum()), 0.3).pvalue > ERROR_RATE


@given(st.integers(0, 30), st.integers(0, 30))
def test_one_more_opening_leaves_the_others_as_they_are(first, second):
    more = draw([first + 1, second]) - draw([first, second])
    assert more.sum() == 1
    assert more.min() == 0
    assert not more[1].any()


def test_draws_belong_to_the_firm_and_not_to_its_row():
    assert np.array_equal(draw([5, 9], identity=[8, 3]), draw([9, 5], identity=[3, 8])[::-1])


def test_no_opening_no_position():
    assert not draw([0, 0]).any()
