"""Points and seeds -> simulated figures, over worker processes, each run once.

Every run goes to the journal the moment it ends, whatever else is still running. Results do not depend on the number
of workers or on who ends first. Points share their seeds (common random numbers), so that differences between points
keep what the parameters do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from calibration.journal import Journal
from calibration.problem import Problem

FloatArray = NDArray[np.float64]
Task = tuple[FloatArray, int]
"""Values and seed of a run."""
Item = TypeVar("Item")
Result = TypeVar("Result")


class Runner:
    """Runs a problem.

    Args:
        problem: what is simulated.
        journal: where runs are looked up and kept.
        jobs: worker processes; 1 runs everything here.
        on_run: called with (runs done, runs in all) when a run is there, run or read. The second is what `expect` said.
    """

    def __init__(
        self, problem: Problem, journal: Journal, *, jobs: int = 1, on_run: Callable[[int, int], None] | None = None
    ) -> None:
        self.problem = problem
        self._journal = journal
        self._jobs = jobs
        self._on_run = on_run
        self._done = 0
        self._total = 0

    def expect(self, n_runs: int) -> None:
        """Say how many more runs are to come, for the progress shown."""
        self._total += n_runs

    def evaluate(self, unit: FloatArray, seeds: Sequence[int] | NDArray[np.int64]) -> FloatArray:
        """(point, seed, target) figures at (point, n) points of the unit cube.

        `seeds` are those of all points, or (point, seed) those of each.
        """
        self._journal.refresh()
        values = self.problem.prior.to_values(np.atleast_2d(unit))
        each = np.broadcast_to(np.asarray(seeds, np.int64), (len(values), np.shape(seeds)[-1]))
        tasks = [(point, int(seed)) for point in range(len(values)) for seed in each[point]]
        wanted = {
            (values[point].tobytes(), seed): (values[point], seed)
            for point, seed in tasks
            if self._journal.find(values[point], seed) is None
        }
        self.advance(len(tasks) - len(wanted))
        for at, seed, figures in _run_tasks(self.problem.simulate, list(wanted.values()), self._jobs):
            self._journal.append(at, seed, figures)
            self.advance(1)
        found = np.empty((*each.shape, len(self.problem.targets.names)))
        for k, (point, seed) in enumerate(tasks):
            found[point, k % each.shape[1]] = self._journal.find(values[point], seed)
        return found

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """`function` of each item, in their order, over the worker processes; each counts as a run in the progress."""
        results: list[Result] = []
        for result in _call_all([functools.partial(function, item) for item in items], self._jobs, ordered=True):
            results.append(result)
            self.advance(1)
        return results

    def advance(self, n_runs: int) -> None:
        """Say that runs, or steps that count as some, are done."""
        self._done += n_runs
        if self._on_run is not None and n_runs:
            self._on_run(self._done, max(self._total, self._done))


def _run_tasks(
    simulate: Callable[[FloatArray, int], FloatArray], tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[FloatArray, int, FloatArray]]:
    """Yield (values, seed, figures) as runs end."""
    calls = [functools.partial(_run_one, simulate, values, seed) for values, seed in tasks]
    yield from _call_all(calls, jobs, ordered=False)


def _call_all(calls: Sequence[Callable[[], Result]], jobs: int, *, ordered: bool) -> Iterator[Result]:
    """Yield what the calls return, as they end or in their order."""
    workers = max(1, min(jobs, len(calls)))
    if workers == 1:
        for call in calls:
            yield call()
        return
    import joblib

    # one call ahead for each worker: a kill loses few
    order = "generator" if ordered else "generator_unordered"
    parallel = joblib.Parallel(n_jobs=workers, backend="loky", return_as=order, pre_dispatch="2*n_jobs", batch_size=1)
    yield from parallel(joblib.delayed(call)() for call in calls)


def _run_one(
    simulate: Callable[[FloatArray, int], FloatArray], values: FloatArray, seed: int
) -> tuple[FloatArray, int, FloatArray]:
    return values, seed, np.asarray(simulate(values, seed), np.float64)
