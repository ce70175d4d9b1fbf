"""What a sweep will take before it is run: runs, time and disk."""

from __future__ import annotations

import dataclasses
import io
import statistics
import time
from typing import TYPE_CHECKING, Final

from experiments.plan import Plan
from experiments.runner import Workers, describe_size, simulate_run
from experiments.store import Store
from sim.types import Quarter

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.scenario import Scenario

_SHORT: Final = (1, 4)
"""Quarters of the runs from whose times that of a whole one is drawn out: a year has every season."""
_REPEATS: Final = 2
_LABELS: Final = 1.4
"""Size of a file with labels over that without."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Forecast:
    """What a sweep will take."""

    n_runs: int
    n_there: int
    n_simulations: int
    """Runs that have to be simulated; the rest is there or copied."""
    run_s: float
    """Seconds of one simulation."""
    from_store: bool
    """Whether that was measured by runs in the store, not by two short ones."""
    wall_s: float
    run_bytes: int
    """Bytes on disk of one run."""

    @property
    def disk_bytes(self) -> int:
        """Bytes that the store will grow by."""
        return self.run_bytes * (self.n_runs - self.n_there)


def forecast_plan(plan: Plan, store: Store, workers: Workers, *, fresh: bool = False) -> Forecast:
    """Estimate time and disk of a plan, by some short simulations where the store knows no run of the same size.

    Args:
        plan: what is asked.
        store: where runs are looked up.
        workers: who will do them.
        fresh: runs that the store has of this sweep will be removed first, and count for their time alone.
    """
    there, index = store.list_runs(plan.sweep.name), store.read_index()
    run_bytes = [path.stat().st_size for path in there.values()]
    if fresh:
        contents = {entry.content for key, entry in index.items() if key not in there}
        there = {}
    else:
        contents = {entry.content for entry in index.values()}
    n_simulations = sum(
        job.content not in contents and any(run.key not in there for run in job.runs) for job in plan.jobs
    )
    size = describe_size(plan)
    known = [entry.seconds for entry in index.values() if entry.size == size and entry.seconds is not None]
    from_store = bool(known)
    if not known or not run_bytes:
        table, seconds = _time_short_runs(plan)
        run_bytes = run_bytes or [int(_LABELS * _count_bytes(table))]
        known = known or [seconds]
    run_s = statistics.median(known)
    return Forecast(
        n_runs=plan.n_runs,
        n_there=sum(run.key in there for job in plan.jobs for run in job.runs),
        n_simulations=n_simulations,
        run_s=run_s,
        from_store=from_store,
        wall_s=n_simulations * run_s / workers.jobs,
        run_bytes=round(statistics.fmean(run_bytes)),
    )


def _time_short_runs(plan: Plan) -> tuple[pa.Table, float]:
    """Outcomes of a short run, and the seconds of a whole one: start, and as many quarters as it has."""
    from sim.run import warm_kernels

    warm_kernels()
    run = plan.jobs[0].runs[0]
    scenario = plan.load(run)
    short, longer = (min(length, scenario.n_quarters) for length in _SHORT)

    def simulate(quarters: int) -> tuple[pa.Table, float]:
        started_s = time.perf_counter()
        table, _ = simulate_run(_cut(scenario, quarters), run.seed, plan.cities, scenario.start, ())
        return table, time.perf_counter() - started_s

    # what is imported, compiled or loaded once is no part of what each run takes
    table, _ = simulate(longer)
    # the least of several: what else the machine does meanwhile only adds
    short_s, longer_s = (min(simulate(length)[1] for _ in range(_REPEATS)) for length in (short, longer))
    quarter_s = max(0.0, longer_s - short_s) / max(1, longer - short)
    if plan.sweep.outcomes:
        import pyarrow.dataset as ds

        table = table.filter(ds.field("outcome").isin(list(plan.sweep.outcomes)))
    return table, longer_s + quarter_s * (scenario.n_quarters - longer)


def _cut(scenario: Scenario, quarters: int) -> Scenario:
    return dataclasses.replace(scenario, end=Quarter(scenario.start.number + quarters - 1))


def _count_bytes(table: pa.Table) -> int:
    import pyarrow.parquet as pq

    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd", write_statistics=False)
    return written.tell()
