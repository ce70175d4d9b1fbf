"""Keyed random draws: draw = hash(seed, decision, quarter, identity [, alternative]).

There is no generator and no state. A draw depends only on what it is for, so that two scenarios share the draws of
every decision that both take (common random numbers), row order and threads do not matter, and one more person
changes nobody else's draws. The hash is the finaliser of splitmix64 (Steele, Lea and Flood 2014), applied once per
key part; its 64 bits give one uniform, or one normal through Box and Muller with 32 bits each.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
FACTOR_1: Final = np.uint64(0xBF58476D1CE4E5B9)
FACTOR_2: Final = np.uint64(0x94D049BB133111EB)
FACTOR_3: Final = np.uint64(0xD6E8FEB86659FD93)
TO_UNIT: Final = 2.0**-52
"""52 bits and a half step fit a double exactly, so that no draw rounds to 1."""
MASK_32: Final = np.uint64(0xFFFFFFFF)

# One stream per decision. Numbers are fixed for ever: changing one changes every result. A retired one (SCHEME_APPLY)
# keeps its number.
(
    ROUND_COHORT,
    PERSON_TRAITS,
    HOME_PLACE,
    INITIAL_PLACE,
    INITIAL_JOB,
    COHORT_CHOICE,
    CURRICULUM,
    FIRM_TRAITS,
    ROUND_FIRM,
    POSTING_CELL,
    QUIT,
    LAYOFF,
    SEARCH_START,
    SAMPLE_PLACE,
    SAMPLE_LEVEL,
    TASTE_POSITION,
    TASTE_CITY,
    SCREENING,
    MATCH_QUALITY,
    FAMILY_HOME,
    SCHEME_APPLY,
    SCHEME_LOTTERY,
    HUKOU_TIE,
    LEAVE,
    LEAVE_REASON,
    LEAVE_TARGET,
    LEARN,
    AWARE,
    TAKE_UP,
    PREPARE_EXIT,
    ROUND_QUOTA,
    ROUND_UNITS,
    INITIAL_HUKOU,
    BUDGET_QUEUE,
    FIRM_AWARE,
    INSTITUTION_TYPE,
    OWN_HOME,
    ROUND_POSTINGS,
    OPENING_SLOT,
    FIRM_EXIT,
    FIRM_ENTRY,
    FIRM_CLOSURE,
    SURVEY,
    COURSE_LOTTERY,
    COURSE_ROUND,
    HUKOU_DIRECT,
    SAMPLE_OPENING,
    FIRM_BAR,
) = range(1, 49)


@njit(cache=True, forceinline=True)
def mix(bits: np.uint64) -> np.uint64:
    """Finaliser of splitmix64: 64 bits in, 64 well-mixed bits out."""
    bits = np.uint64(bits)
    bits = (bits ^ (bits >> np.uint64(30))) * FACTOR_1
    bits = (bits ^ (bits >> np.uint64(27))) * FACTOR_2
    return np.uint64(bits ^ (bits >> np.uint64(31)))


@njit(cache=True, forceinline=True)
def draw_bits(key: np.uint64, identity: np.uint64) -> np.uint64:
    """64 random bits of one identity (person, firm, cell) under one key."""
    return mix(key + np.uint64(identity) * GOLDEN)


@njit(cache=True, forceinline=True)
def draw_next(bits: np.uint64, alternative: np.uint64) -> np.uint64:
    """64 random bits of one alternative under the `draw_bits` of an identity."""
    return mix(bits + np.uint64(alternative) * FACTOR_3)


@njit(cache=True, forceinline=True)
def draw_bits_of(key: np.uint64, identity: np.uint64, alternative: np.uint64) -> np.uint64:
    """64 random bits of one alternative of one identity."""
    return draw_next(draw_bits(key, identity), alternative)


@njit(cache=True, forceinline=True)
def uniform(bits: np.uint64) -> float:
    """Uniform on (0, 1): never exactly 0 or 1."""
    return (float(np.uint64(bits) >> np.uint64(12)) + 0.5) * TO_UNIT


@njit(cache=True, forceinline=True)
def normal(bits: np.uint64) -> float:
    """Standard normal from 64 bits (Box and Muller)."""
    first = (float(np.uint64(bits) >> np.uint64(32)) + 0.5) * 2.0**-32
    second = float(np.uint64(bits) & MASK_32) * 2.0**-32
    return math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second)


@njit(cache=True, forceinline=True)
def gumbel(bits: np.uint64) -> float:
    """Standard Gumbel (maximum) variate."""
    return -math.log(-math.log(uniform(bits)))


GUMBEL_STEPS: Final = 256


@functools.cache
def gumbel_bounds() -> NDArray[np.float64]:
    """(GUMBEL_STEPS,) upper bound of the Gumbel variate of bits whose first 8 are the index."""
    share = np.arange(1, GUMBEL_STEPS) / GUMBEL_STEPS
    bounds = np.append(-np.log(-np.log(share)), 53 * math.log(2.0))  # the largest uniform is 1 - 2^-53
    return bounds + 1e-12  # logarithms differ in their last bits


@njit(cache=True)
def _hash_key(seed: np.uint64, decision: np.uint64, quarter: np.uint64) -> np.uint64:
    bits = mix(seed + GOLDEN)
    bits = mix(bits + decision * FACTOR_3)
    return mix(bits + quarter * GOLDEN)


def make_key(seed: int, decision: int, quarter: int = 0) -> np.uint64:
    """Key of one decision in one quarter of one seeded run. `quarter` 0 is for draws that last."""
    return np.uint64(_hash_key(np.uint64(seed), np.uint64(decision), np.uint64(quarter)))


@njit(cache=True)
def _hash_sub_key(key: np.uint64, number: np.uint64) -> np.uint64:
    return np.uint64(key + number * FACTOR_3)


def sub_key(key: np.uint64, number: int) -> np.uint64:
    """One of many keys under `key`: of a policy, of a quarter."""
    return np.uint64(_hash_sub_key(np.uint64(key), np.uint64(number)))


@njit(cache=True)
def _fill_uniforms(key: np.uint64, identities: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    for k in range(identities.shape[0]):
        out[k] = uniform(draw_bits(key, identities[k]))


def uniforms(key: np.uint64, identities: NDArray[np.uint64]) -> NDArray[np.float64]:
    """One uniform per identity, the same numbers as `uniform(draw_bits(key, identity))`."""
    out = np.empty(identities.shape[0])
    _fill_uniforms(np.uint64(key), np.ascontiguousarray(identities, np.uint64), out)
    return out


@njit(cache=True)
def _fill_uniforms_of(
    key: np.uint64, identities: NDArray[np.uint64], alternative: np.uint64, out: NDArray[np.float64]
) -> None:
    for k in range(identities.shape[0]):
        out[k] = uniform(draw_bits_of(key, identities[k], alternative))


def uniforms_of(key: np.uint64, identities: NDArray[np.uint64], alternative: int) -> NDArray[np.float64]:
    """One uniform per identity, the same numbers as `uniform(draw_bits_of(key, identity, alternative))`."""
    out = np.empty(identities.shape[0])
    _fill_uniforms_of(np.uint64(key), np.ascontiguousarray(identities, np.uint64), np.uint64(alternative), out)
    return out


@njit(cache=True)
def _fill_normals(key: np.uint64, identities: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    for k in range(identities.shape[0]):
        out[k] = normal(draw_bits(key, identities[k]))


def normals(key: np.uint64, identities: NDArray[np.uint64]) -> NDArray[np.float64]:
    """One standard normal per identity, the same numbers as `normal(draw_bits(key, identity))`."""
    out = np.empty(identities.shape[0])
    _fill_normals(key, identities, out)
    return out


def round_randomly(key: np.uint64, expected: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers whose expectation is `expected`: floor, plus one with the probability of the fraction.

    The draw of an element depends on its position in the flattened array, so positions must persist.
    """
    flat = np.asarray(expected, dtype=np.float64).ravel()
    return round_by(key, np.arange(flat.size, dtype=np.uint64), flat).reshape(np.shape(expected))


def round_by(key: np.uint64, identities: NDArray[np.uint64], expected: NDArray[np.float64]) -> NDArray[np.int64]:
    """`expected` (identity,), not below 0, rounded as `round_randomly` does, by the draw of each identity."""
    floor = np.floor(expected)
    up = uniforms(key, identities) < expected - floor
    return (floor + up).astype(np.int64)


def round_one(key: np.uint64, identity: int, expected: float) -> int:
    """One number rounded by the draw of one identity."""
    return int(round_by(key, np.array([identity], np.uint64), np.array([expected]))[0])
