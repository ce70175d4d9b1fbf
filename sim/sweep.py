"""Many runs: every scenario with every seed, over worker processes.

Seeds are fixed before anything starts and each run depends on its scenario and seed alone, so the results do not
depend on the number of workers or on who finishes first. Scenarios share their seeds: the draws of a person are the
same under every policy (common random numbers), so a paired difference keeps only what the policy does.
Tables are written and reduced where they are made; only what `reduce` returns travels back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sim.ensemble import take_member
from sim.results import RunResult, write_result
from sim.run import run_scenario, warm_kernels

if TYPE_CHECKING:
    from sim.fitfile import Member
    from sim.scenario import Scenario
    from sim.types import Quarter

T = TypeVar("T")
Run = TypeVar("Run")


def run_paired(
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    *,
    jobs: int,
    reduce: Callable[[RunResult], T],
    folder: Path | None = None,
    check: bool = False,
    threads: int = 1,
    trace_from: Quarter | None = None,
    members: Mapping[int, Member] | None = None,
    on_done: Callable[[int, int], None] | None = None,
) -> dict[str, dict[int, T]]:
    """Run every scenario with every seed; return what `reduce` makes of each run, by name and seed in the order given.

    Args:
        scenarios: Scenario by name; the name is that of its folder.
        seeds: Seeds, the same for all scenarios.
        jobs: Worker processes at most; 1 runs everything here.
        reduce: Called in the worker with the result of a run. What it returns is sent back, so keep it small.
        folder: If given, each run is written to `folder`/NAME/seed-N.
        check: Check the invariants after each quarter.
        threads: Threads inside a run; used only when one worker does all, since workers share the cores already.
        trace_from: Keep whom policies reach from this quarter on in the result that `reduce` gets.
        members: Parameter set by seed; a run has that of its seed in place of what its scenario takes from a fit.
        on_done: Called after each run with (runs done, runs in all).
    """
    tasks = [(name, seed) for seed in seeds for name in scenarios]
    workers = max(1, min(jobs, len(tasks)))
    runs = [
        functools.partial(
            _run_one,
            name,
            scenarios[name] if members is None else take_member(scenarios[name], members[seed]),
            seed=seed,
            reduce=reduce,
            folder=folder,
            check=check,
            threads=threads if workers == 1 else 1,
            trace_from=trace_from,
        )
        for name, seed in tasks
    ]
    finished: dict[tuple[str, int], T] = {}
    for name, seed, value in _run_tasks(runs, workers):
        finished[name, seed] = value
        if on_done is not None:
            on_done(len(finished), len(tasks))
    return {name: {seed: finished[name, seed] for seed in seeds} for name in scenarios}


def locate_run(folder: Path, name: str, seed: int) -> Path:
    """Return where run_paired writes the run of a scenario with a seed."""
    return folder / name / f"seed-{seed}"


def _run_tasks(runs: Sequence[Callable[[], Run]], workers: int) -> Iterator[Run]:
    """Yield what the runs return as they finish."""
    if workers == 1:
        for one in runs:
            yield one()
        return
    import joblib

    # once here, before the workers start: they then load compiled kernels instead of each compiling its own
    warm_kernels()
    parallel = joblib.Parallel(n_jobs=workers, backend="loky", return_as="generator_unordered")
    yield from parallel(joblib.delayed(one)() for one in runs)


def _run_one(
    name: str,
    scenario: Scenario,
    *,
    seed: int,
    reduce: Callable[[RunResult], T],
    folder: Path | None,
    check: bool,
    threads: int,
    trace_from: Quarter | None,
) -> tuple[str, int, T]:
    result = run_scenario(scenario, seed=seed, threads=threads, check=check, trace_from=trace_from)
    if folder is not None:
        write_result(result, locate_run(folder, name, seed))
    return name, seed, reduce(result)
