"""Kernels over ranges of rows, on one or more threads, with the same result for any number of threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_ROWS: Final = 20_000
"""Below this many rows a second thread costs more than it saves."""


def split_rows(n_rows: int, threads: int) -> list[tuple[int, int]]:
    """Ranges of about equal length, one a thread."""
    parts = threads if n_rows >= LEAST_ROWS else 1
    edges = [n_rows * k // parts for k in range(parts + 1)]
    return list(itertools.pairwise(edges))


def run_ranges(n_rows: int, threads: int, call: Callable[[int, int], None]) -> None:
    """Call `call(start, stop)` on each range; kernels release the GIL."""
    ranges = split_rows(n_rows, threads)
    if len(ranges) == 1:
        call(*ranges[0])
        return
    with ThreadPoolExecutor(len(ranges)) as pool:
        for future in [pool.submit(call, *rows) for rows in ranges]:
            future.result()


def sum_ranges(
    n_rows: int, threads: int, shapes: tuple[tuple[int, ...], ...], call: Callable[..., None]
) -> tuple[NDArray[np.int64], ...]:
    """Call `call(start, stop, *counters)` on each range with counters of its own; return their sums."""
    ranges = split_rows(n_rows, threads)
    counters = [tuple(np.zeros(shape, np.int64) for shape in shapes) for _ in ranges]
    if len(ranges) == 1:
        call(*ranges[0], *counters[0])
        return counters[0]
    with ThreadPoolExecutor(len(ranges)) as pool:
        futures = [pool.submit(call, *rows, *own) for rows, own in zip(ranges, counters, strict=True)]
        for future in futures:
            future.result()
    return tuple(np.sum([own[k] for own in counters], axis=0) for k in range(len(shapes)))
