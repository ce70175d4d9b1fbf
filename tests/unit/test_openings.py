"""Hash tables of openings: every opening equally likely, and one more changes only who meets it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from toys import index_lines, make_lines

from sim.kernels.openings import EMPTIEST, FULLEST, GUIDE_STEPS, fill_guide, find_opening, size_tables
from sim.rng import draw_bits, make_key

ERROR_RATE = 1e-4


def find(index, block, n_draws, key=5):
    first, last = index.slot_start[block], index.slot_start[block + 1]
    bits = [draw_bits(make_key(1, key), np.uint64(k)) for k in range(n_draws)]
    return np.array([find_opening(index.slots, first, last - first, np.uint64(b)) for b in bits])


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.floats(0.01, 500))
def test_every_opening_has_one_slot_in_its_block(capacity, usual):
    n = len(capacity)
    lines = make_lines(wage=[9000] * n, cell=np.sort(np.arange(n) % 4) * 12, place=0, capacity=capacity)
    index = index_lines(lines, usual=usual)
    taken = index.slots[index.slots >= 0]
    assert np.bincount(taken, minlength=n).tolist() == capacity
    block = np.searchsorted(index.slot_start, np.flatnonzero(index.slots >= 0), side="right") - 1
    assert np.array_equal(block, lines["cell"][taken] // 12 * 2)
    sizes = np.diff(index.slot_start)
    assert np.all(sizes & (sizes - 1) == 0)


@given(st.integers(0, 5000), st.floats(0.01, 5000))
def test_tables_are_neither_too_full_nor_too_empty(openings, usual):
    (size,) = size_tables(np.array([openings]), np.array([usual]))
    assert openings <= FULLEST * size
    assert openings == 0 or openings >= EMPTIEST * size or size <= 2


def test_the_usual_openings_set_the_size():
    assert size_tables(np.array([30, 40, 50]), np.full(3, 30.0)).tolist() == [64, 64, 64]


def test_every_opening_is_equally_likely():
    capacity = [1, 2, 5, 12]
    lines = make_lines(wage=[9000] * 4, cell=0, place=0, capacity=capacity)
    met = find(index_lines(lines, usual=20), 0, 20_000)
    assert stats.chisquare(np.bincount(met), 1000 * np.array(capacity)).pvalue > ERROR_RATE


def test_one_opening_more_changes_only_the_draws_that_meet_it():
    lines = make_lines(wage=[9000] * 60, cell=0, place=0, capacity=2)
    more = lines.copy()
    more["capacity"][7] = 3
    before, after = find(index_lines(lines, usual=100), 0, 5000), find(index_lines(more, usual=100), 0, 5000)
    changed = before != after
    assert 0 < changed.mean() < 4 / 121
    assert np.mean(after[changed] == 7) > 0.5  # the others meet an opening that had to step aside


def test_a_table_with_one_opening_finds_it():
    lines = make_lines(wage=[9000], cell=0, place=1)
    assert set(find(index_lines(lines, usual=0.1), 1, 50)) == {0}


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30).filter(any))
def test_the_guide_gives_the_place_of_the_first_opening_of_a_step(openings):
    block_start = np.concatenate([[0], np.cumsum(openings)])[None, :].astype(np.int64)
    guide = np.empty((1, GUIDE_STEPS), np.int64)
    fill_guide(block_start, guide)
    total = sum(openings)
    for opening in range(total):
        step = opening * GUIDE_STEPS // total
        first = next(o for o in range(total) if o * GUIDE_STEPS // total == step)
        assert guide[0, step] == np.searchsorted(block_start[0], first, side="right") - 1
