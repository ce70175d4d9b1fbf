"""Kernels over ranges of rows, on one or more threads, with the same result for any number of threads."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

_Result = TypeVar("_Result")
LEAST_ROWS: Final = 20_000
"""Below this many rows a second thread costs more than it saves."""


def split_rows(n_rows: int, threads: int) -> list[tuple[int, int]]:
    """Ranges of about equal length, one a thread."""
    parts = max(1, threads) if n_rows >= LEAST_ROWS else 1
    edges = [n_rows * k // parts for k in range(parts + 1)]
    return list(itertools.pairwise(edges))


def run_ranges(n_rows: int, threads: int, call: Callable[[int, int], None]) -> None:
    """Call `call(start, stop)` on each range; kernels release the GIL."""
    call_each(split_rows(n_rows, threads), call)


def sum_ranges(
    n_rows: int, threads: int, shapes: tuple[tuple[int, ...], ...], call: Callable[..., None]
) -> tuple[NDArray[np.int64], ...]:
    """Call `call(start, stop, *counters)` on each range with counters of its own; return their sums."""
    ranges = split_rows(n_rows, threads)
    counters = [tuple(np.zeros(shape, np.int64) for shape in shapes) for _ in ranges]
    call_each([(*rows, *own) for rows, own in zip(ranges, counters, strict=True)], call)
    if len(ranges) == 1:
        return counters[0]
    return tuple(np.sum([own[k] for own in counters], axis=0) for k in range(len(shapes)))


def add_ranges(n_rows: int, threads: int, counters: tuple[NDArray[np.int64], ...], call: Callable[..., None]) -> None:
    """Add what `call(start, stop, *counters)` counts on each range to `counters`, without copies on one thread."""
    if len(split_rows(n_rows, threads)) == 1:
        call(0, n_rows, *counters)
        return
    sums = sum_ranges(n_rows, threads, tuple(counter.shape for counter in counters), call)
    for counter, added in zip(counters, sums, strict=True):
        np.add(counter, added, out=counter)


def call_each(arguments: Sequence[tuple[Any, ...]], call: Callable[..., _Result]) -> list[_Result]:
    """Results of `call(*own)` for each of `arguments`, in order: the first on this thread, the others beside it."""
    own, *others = arguments
    if not others:
        return [call(*own)]
    beside = [_workers(len(others)).submit(call, *other) for other in others]
    try:
        first = call(*own)
    finally:
        wait(beside)  # nobody writes into the state any more when an error leaves here
    return [first, *(future.result() for future in beside)]


@functools.cache
def _workers(threads: int) -> ThreadPoolExecutor:
    """Threads that wait for work as long as the process lives: starting them for each kernel would cost more."""
    return ThreadPoolExecutor(threads)


os.register_at_fork(after_in_child=_workers.cache_clear)  # threads do not survive a fork
