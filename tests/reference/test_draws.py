"""The draws of the reference are those of the engine, written a second time."""

import numpy as np
import pytest

from sim import rng
from tests.reference import draws
from tests.reference.arithmetic import as_f4, first_above

SEEDS = (0, 1, 2**31, 2**64 - 1)
IDENTITIES = (0, 1, 12345, 2**63, 2**64 - 1, (19 << 40) + 7)
ALTERNATIVES = (0, 1, 63, 2**40)


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_are_equal(seed):
    for decision in (rng.ROUND_COHORT, rng.HUKOU_DIRECT):
        for quarter in (0, 76, 2030):
            key = draws.make_key(seed, decision, quarter)
            assert key == int(rng.make_key(seed, decision, quarter))
            assert draws.sub_key(key, 130) == int(rng.sub_key(np.uint64(key), 130))


@pytest.mark.parametrize("identity", IDENTITIES)
def test_bits_are_equal(identity):
    for seed in SEEDS:
        key = draws.make_key(seed, rng.LEARN, 80)
        assert draws.draw_bits(key, identity) == int(rng.draw_bits(np.uint64(key), np.uint64(identity)))
        for other in ALTERNATIVES:
            bits = rng.draw_bits_of(np.uint64(key), np.uint64(identity), np.uint64(other))
            assert draws.draw_bits(key, identity, other) == int(bits)


def test_numbers_made_of_bits_are_equal():
    """A uniform is exact; a normal and a Gumbel variate pass through logarithms, whose last digit may differ."""
    key = draws.make_key(7, rng.TASTE_CITY)
    for identity in range(2000):
        bits = np.uint64(rng.draw_bits(np.uint64(key), np.uint64(identity)))
        assert draws.uniform(key, identity) == rng.uniform(bits)
        assert draws.normal(key, identity) == pytest.approx(rng.normal(bits), rel=1e-14, abs=1e-14)
        assert draws.gumbel(key, identity) == pytest.approx(rng.gumbel(bits), rel=1e-14, abs=1e-14)


def test_rounding_at_random_is_equal():
    expected = [0.0, 0.2, 1.0, 3.7, 1e6 + 0.5]
    key = draws.make_key(3, rng.ROUND_QUOTA, 78)
    found = [draws.round_up_or_down(key, k, value) for k, value in enumerate(expected)]
    assert found == rng.round_randomly(np.uint64(key), np.array(expected)).tolist()


def test_stored_numbers_have_32_bits():
    for value in (0.1, 12345.678, 1 / 3):
        assert as_f4(value) == float(np.float32(value)) != value


@pytest.mark.parametrize(("point", "index"), [(0.0, 0), (0.4999, 0), (0.5, 2), (0.9, 2), (1.0, 2)])
def test_draw_from_running_sums_skips_what_has_no_weight(point, index):
    assert first_above([0.5, 0.5, 1.0], point) == index
