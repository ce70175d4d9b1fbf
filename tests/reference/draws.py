"""Keyed draws in plain Python integers; the streams and their numbers are those of sim/rng.py.

draw = splitmix64 finaliser of (key of seed, decision and quarter) and the identity of whom it concerns.
"""

import math

MASK_64 = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SPREAD = 0xD6E8FEB86659FD93


def mix(bits):
    """Finaliser of splitmix64."""
    bits ^= bits >> 30
    bits = bits * 0xBF58476D1CE4E5B9 & MASK_64
    bits ^= bits >> 27
    bits = bits * 0x94D049BB133111EB & MASK_64
    return bits ^ (bits >> 31)


def make_key(seed, decision, quarter=0):
    """Key of one decision in one quarter; quarter 0 for draws that last for life."""
    bits = mix((seed + GOLDEN) & MASK_64)
    bits = mix((bits + decision * SPREAD) & MASK_64)
    return mix((bits + quarter * GOLDEN) & MASK_64)


def sub_key(key, number):
    """One of many keys under a key."""
    return (key + number * SPREAD) & MASK_64


def draw_bits(key, identity, alternative=None):
    """64 random bits of an identity, or of one of the alternatives that it weighs."""
    bits = mix((key + identity * GOLDEN) & MASK_64)
    return bits if alternative is None else mix((bits + alternative * SPREAD) & MASK_64)


def uniform(key, identity, alternative=None):
    """Uniform on (0, 1)."""
    return ((draw_bits(key, identity, alternative) >> 12) + 0.5) * 2.0**-52


def normal(key, identity, alternative=None):
    """Standard normal (Box and Muller, 32 bits each)."""
    bits = draw_bits(key, identity, alternative)
    radius, angle = ((bits >> 32) + 0.5) * 2.0**-32, (bits & 0xFFFFFFFF) * 2.0**-32
    return math.sqrt(-2.0 * math.log(radius)) * math.cos(2.0 * math.pi * angle)


def gumbel(key, identity, alternative=None):
    """Standard Gumbel (maximum)."""
    return -math.log(-math.log(uniform(key, identity, alternative)))


def round_up_or_down(key, identity, expected):
    """Whole number whose expectation is `expected`."""
    floor = math.floor(expected)
    return floor + (uniform(key, identity) < expected - floor)
