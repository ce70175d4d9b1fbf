import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import rng
from sim.rng import GUMBEL_STEPS, gumbel, gumbel_bounds, make_key, normals, round_randomly, sub_key, uniforms

N = 20_000
ERROR_RATE = 1e-4
"""Chance that a statistical test here would fail for a seed drawn afresh, were the draws perfect."""
IDS = np.arange(N, dtype=np.uint64)
WORD = st.integers(0, 2**64 - 1)


def hash_by_definition(word):
    mask = 2**64 - 1
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return word ^ (word >> 31)


@given(WORD)
def test_mix_is_the_finaliser_of_splitmix64(word):
    assert int(rng.mix(np.uint64(word))) == hash_by_definition(word)


def test_mix_gives_the_published_sequence_of_splitmix64():
    # first outputs of the reference generator with seed 1234567
    state, golden = 1234567, 0x9E3779B97F4A7C15
    found = [int(rng.mix(np.uint64((state + k * golden) % 2**64))) for k in (1, 2, 3)]
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(WORD, WORD, WORD)
def test_draws_are_hashes_of_their_parts(key, identity, alternative):
    one = hash_by_definition((key + identity * 0x9E3779B97F4A7C15) % 2**64)
    two = hash_by_definition((one + alternative * 0xD6E8FEB86659FD93) % 2**64)
    assert int(rng.draw_bits(np.uint64(key), np.uint64(identity))) == one
    assert int(rng.draw_bits_of(np.uint64(key), np.uint64(identity), np.uint64(alternative))) == two


@pytest.mark.parametrize("word", [0, 1, 2**63, 2**64 - 1, 2**32 - 1, 2**32])
def test_extreme_bits_give_finite_variates(word):
    assert 0 < rng.uniform(np.uint64(word)) < 1
    assert math.isfinite(rng.normal(np.uint64(word)))
    assert math.isfinite(rng.gumbel(np.uint64(word)))


def test_uniforms_are_uniform():
    assert stats.kstest(uniforms(make_key(1, rng.QUIT, 76), IDS), "uniform").pvalue > ERROR_RATE


def test_normals_are_normal():
    draws = normals(make_key(1, rng.MATCH_QUALITY, 76), IDS)
    assert stats.kstest(draws, "norm").pvalue > ERROR_RATE
    limit = stats.norm.isf(ERROR_RATE / 2)
    assert abs(draws.mean()) < limit / math.sqrt(N)
    assert abs(draws.var() - 1) < limit * math.sqrt(2 / N)


def test_gumbels_are_gumbel():
    key = make_key(1, rng.LEAVE)
    draws = [rng.gumbel(np.uint64(rng.draw_bits(key, identity))) for identity in IDS[:5000]]
    assert stats.kstest(draws, "gumbel_r").pvalue > ERROR_RATE


def test_vectors_equal_scalars_bit_for_bit():
    key = make_key(3, rng.LEAVE, 80)
    ids = np.array([0, 1, 7, 2**40, 2**64 - 1], np.uint64)
    bits = [np.uint64(rng.draw_bits(key, identity)) for identity in ids]
    assert uniforms(key, ids).tolist() == [rng.uniform(word) for word in bits]
    assert normals(key, ids).tolist() == [rng.normal(word) for word in bits]


@pytest.mark.parametrize(
    "other",
    [
        make_key(2, rng.QUIT, 76),
        make_key(1, rng.LAYOFF, 76),
        make_key(1, rng.QUIT, 77),
        make_key(1, rng.QUIT),
        sub_key(make_key(1, rng.QUIT, 76), 1),
    ],
    ids=["seed", "decision", "quarter", "lasting", "part"],
)
def test_keys_that_differ_in_one_part_give_independent_draws(other):
    one, two = uniforms(make_key(1, rng.QUIT, 76), IDS), uniforms(other, IDS)
    assert stats.pearsonr(one, two).pvalue > ERROR_RATE
    table = np.histogram2d(one, two, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chi2_contingency(table).pvalue > ERROR_RATE


def test_neighbouring_ids_give_independent_draws():
    draws = uniforms(make_key(1, rng.QUIT, 76), IDS)
    assert stats.pearsonr(draws[:-1], draws[1:]).pvalue > ERROR_RATE


def test_alternatives_give_independent_draws():
    key = make_key(1, rng.TASTE_POSITION, 76)
    one, two = (
        [rng.uniform(np.uint64(rng.draw_bits_of(key, identity, alternative))) for identity in IDS[:5000]]
        for alternative in np.array([4, 5], np.uint64)
    )
    assert stats.pearsonr(one, two).pvalue > ERROR_RATE


def test_decisions_have_keys_of_their_own():
    decisions = [value for name, value in vars(rng).items() if name.isupper() and isinstance(value, int)]
    decisions = [value for value in decisions if 0 < value < 1000]
    keys = {
        int(make_key(seed, decision, quarter)) for seed in (0, 1, 2) for decision in decisions for quarter in (0, 76)
    }
    assert len(set(decisions)) == len(decisions) == 49
    assert len(keys) == 3 * 49 * 2


def test_a_key_depends_on_nothing_but_its_parts():
    assert make_key(5, rng.QUIT, 76) == make_key(5, rng.QUIT, 76)


def test_round_randomly_keeps_whole_numbers():
    whole = np.array([[0.0, 1.0], [2.0, 7.0]])
    assert np.array_equal(round_randomly(make_key(1, rng.ROUND_COHORT), whole), whole)


@given(st.integers(0, 10**6), st.lists(st.floats(0, 1e6), min_size=1, max_size=9))
def test_round_randomly_goes_to_a_neighbour(seed, values):
    expected = np.array(values)
    rounded = round_randomly(make_key(seed, rng.ROUND_COHORT), expected)
    assert np.all((rounded == np.floor(expected)) | (rounded == np.floor(expected) + 1))


def test_round_randomly_is_unbiased():
    fraction = np.array([0.1, 0.5, 0.9])
    rounded = round_randomly(make_key(1, rng.ROUND_COHORT), np.repeat(fraction + 3, N)).reshape(3, N)
    z = (rounded.mean(axis=1) - fraction - 3) / np.sqrt(fraction * (1 - fraction) / N)
    assert np.all(np.abs(z) < stats.norm.isf(ERROR_RATE / 6))


def test_one_more_unit_changes_no_other_element():
    key, expected = make_key(1, rng.ROUND_COHORT), np.array([1.25, 2.5, 3.75])
    more = expected + np.array([0, 1, 0])
    assert np.array_equal(round_randomly(key, more) - round_randomly(key, expected), [0, 1, 0])


def test_no_gumbel_variate_is_above_its_bound():
    bounds = gumbel_bounds()
    first = np.arange(GUMBEL_STEPS, dtype=np.uint64) << np.uint64(56)
    highest = first | np.uint64(2**56 - 1)
    for step in range(GUMBEL_STEPS):
        assert gumbel(np.uint64(first[step])) <= gumbel(np.uint64(highest[step])) <= bounds[step]
