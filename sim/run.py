"""One run: scenario and seed in, tables and manifest out."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from sim.results import RunResult, describe_run

if TYPE_CHECKING:
    from sim.moments import Moments
    from sim.scenario import Scenario
    from sim.types import Quarter

_WARM_SCALE: Final = 100_000
_WARM_QUARTERS: Final = 2


def run_scenario(
    scenario: Scenario,
    *,
    seed: int,
    threads: int = 1,
    check: bool = False,
    trace_from: Quarter | None = None,
    on_quarter: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Simulate `scenario` from its first to its last quarter and return its tables and manifest.

    Args:
        scenario: What is simulated; not changed.
        seed: Seed of all random draws. The same scenario and seed give the same tables for any number of threads.
        threads: Threads inside the kernels; more than one pays off in a single big run only.
        check: Check the invariants after each quarter.
        trace_from: Keep by person whom policies reach from this quarter on (see sim.trace); nothing is kept without it.
        on_quarter: Called after each quarter with (quarters done, quarters in all).

    Raises:
        InvariantError: With `check`, when a rule that must always hold is broken.
    """
    from sim.model import TalentMarket
    from sim.trace import Trace

    started_s = time.perf_counter()
    trace = Trace(trace_from.number) if trace_from is not None else None
    model = TalentMarket(scenario, seed=seed, threads=threads, check=check, trace=trace)
    try:
        for done in range(1, model.n_quarters + 1):
            model.step()
            if on_quarter is not None:
                on_quarter(done, model.n_quarters)
        tables = model.tables()
        persons = trace.finish(model) if trace is not None else None
    finally:
        model.close()
    # agents and model point at each other: without a collection their columns stay until Python finds the cycle
    del model
    gc.collect()
    wall_time_s = time.perf_counter() - started_s
    manifest = describe_run(scenario, seed=seed, threads=threads, wall_time_s=wall_time_s, tables=tables)
    return RunResult(tables=tables, manifest=manifest, persons=persons)


def simulate_moments(scenario: Scenario, seed: int, threads: int = 1) -> Moments:
    """Simulate `scenario` and return its sums only: no tables, nothing for a manifest. For calibration.

    The same scenario and seed give the same sums as the tables of run_scenario, for any number of threads.
    """
    from sim.model import TalentMarket
    from sim.moments import MomentObserver

    model = TalentMarket(scenario, seed=seed, threads=threads, observer=MomentObserver)
    try:
        for _ in range(model.n_quarters):
            model.step()
        moments = cast("MomentObserver", model.observer).moments()
    finally:
        model.close()
        # agents and model point at each other. A search for cycles takes longer than half of a small run, so they are
        # cut here instead
        vars(model).clear()
    return moments


def warm_kernels() -> float:
    """Compile the kernels into their cache by a run of a few agents over two quarters; return the seconds it took."""
    from sim.scenario import load_scenario

    started_s = time.perf_counter()
    run_scenario(load_scenario("baseline", scale=_WARM_SCALE, quarters=_WARM_QUARTERS), seed=1)
    return time.perf_counter() - started_s
