"""Small sums: what is stored is a 32-bit number, and distributions are drawn from by their running sums."""

import struct
from itertools import accumulate

_F4 = struct.Struct("f")


def as_f4(value):
    """The number nearest to `value` that the columns of the engine can hold (32 bits)."""
    return _F4.unpack(_F4.pack(value))[0]


def running_sum(weights):
    """Running sums of a list."""
    return list(accumulate(weights))


def first_above(ends, point):
    """First index whose running sum lies above `point`; the last one where none does."""
    for index, end in enumerate(ends):
        if end > point:
            return index
    return len(ends) - 1


def mean(values):
    """Mean of a list."""
    return sum(values) / len(values)


def clip(value, low, high):
    """`value` within `low` and `high`."""
    return min(max(value, low), high)


def to_fen(cny):
    """Whole hundredths of CNY."""
    return int(cny * 100.0 + 0.5)
