"""A plan -> its runs in the store, over workers.

joblib is the only seam: processes of this machine (loky), threads, or the workers of a Dask scheduler. A worker gets a
scenario and a seed and sends the outcomes back; the program that started the sweep writes them, so that workers need
neither its files nor its disk, and nothing gathers in its memory. Results do not depend on workers or their order.
When a worker process dies, what was in flight is done again by new ones, as long as other runs get done meanwhile.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from experiments.leftovers import find_leftovers
from experiments.plan import Job, Plan
from experiments.plan_cautions import find_cautions
from experiments.store import Entry, Store
from sim.errors import TalentsimError

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame

    from experiments.sweepfile import Sweep
    from sim.scenario import Scenario
    from sim.types import Quarter

Backend = Literal["loky", "threading", "dask"]
OnDone = Callable[[int, int], None]
MOST_DEATHS: Final = 3
"""Workers may die this often in a row without a run getting done between; then a run is what kills them."""

ANSWER_S: Final = 20.0
"""Seconds that a Dask scheduler has to answer."""
LOOK_S: Final = 1.0
"""Seconds between two looks of a worker process whether the program that started it is still there."""


class SweepError(TalentsimError):
    """A sweep cannot be run as asked."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Workers:
    """Who does the runs."""

    jobs: int = 1
    backend: Backend = "loky"
    scheduler: str | None = None
    """Address of a Dask scheduler; without it, Dask gets `jobs` processes of its own on this machine."""

    def __post_init__(self) -> None:
        """Refuse an address that nobody would use."""
        if self.scheduler is not None and self.backend != "dask":
            raise SweepError("--scheduler is for Dask. Add --backend dask")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What it took."""

    n_there: int
    """Runs that the store had."""
    n_copied: int
    """Runs that simulate the same as another."""
    n_simulated: int
    wall_s: float
    """Seconds from the first run to the last."""
    run_s: float
    """Seconds within simulations, summed over workers."""
    workers: int
    n_deaths: int
    """Worker processes that died and were replaced."""

    @property
    def overhead_s(self) -> float:
        """Seconds of a worker around each simulation."""
        return (self.wall_s * self.workers - self.run_s) / self.n_simulated if self.n_simulated else 0.0


def run_plan(plan: Plan, store: Store, workers: Workers, *, on_done: OnDone | None = None) -> Report:
    """Do all runs of a plan that the store lacks.

    Args:
        plan: what to run.
        store: where runs are looked up and kept.
        workers: who does them.
        on_done: called with (runs there, runs in all).

    Raises:
        ResultsError: if the store has runs of this sweep as it was before (experiments.leftovers).
        ScenarioError: if a point makes no scenario; runs that ended are kept.
        SweepError: if workers die again and again, or Dask is asked for and not installed.
    """
    index = store.read_index()
    leftovers = find_leftovers(plan, store, index)
    there = store.list_runs(plan.sweep.name).keys()
    progress = _Progress(plan.n_runs, on_done)
    missing = [job for job in plan.jobs if any(run.key not in there for run in job.runs)]
    progress.move(plan.n_runs - sum(run.key not in there for job in missing for run in job.runs))
    n_there, size = progress.done, describe_size(plan)
    by_content = {entry.content: entry for entry in index.values()}
    store.write_facts(plan.sweep.name, describe_plan(plan))
    todo: list[Job] = []
    for job in missing:
        twin = by_content.get(job.content)
        if twin is None:
            todo.append(job)
        else:
            _write_job(plan, store, job, store.read_outcomes(store.find_file(twin)), there, size, None)
            progress.move(sum(run.key not in there for run in job.runs))
    n_copied = progress.done - n_there
    started_s, run_s = time.perf_counter(), 0.0
    batch = _Batch(plan, workers)
    for job, table, seconds in batch.run(todo):
        _write_job(plan, store, job, table, there, size, seconds)
        run_s += seconds
        progress.move(len(job.runs))
        n_copied += len(job.runs) - 1
    store.remove_runs(plan.sweep.name, leftovers.renamed)
    return Report(
        n_there=n_there,
        n_copied=n_copied,
        n_simulated=len(todo),
        wall_s=time.perf_counter() - started_s,
        run_s=run_s,
        workers=batch.n_workers,
        n_deaths=batch.n_deaths,
    )


def simulate_run(
    scenario: Scenario, seed: int, cities: Sequence[str], since: Quarter, outcomes: Sequence[str]
) -> tuple[pa.Table, float]:
    """Outcomes of one run by city, and the seconds of its simulation.

    Raises:
        SweepError: if a run has no outcome of a name in `outcomes`.
    """
    import pandas as pd
    import pyarrow as pa

    from sim.outcomes import summarise_run
    from sim.results import RunResult

    started_s = time.perf_counter()
    tables = simulate_tables(scenario, seed)
    seconds = time.perf_counter() - started_s
    result = RunResult(tables=tables, manifest={})
    parts = [summarise_run(result, city=city, since=since).assign(city=city) for city in cities]
    rows = pd.concat(parts, ignore_index=True)
    known = rows["outcome"].unique()
    unknown = [name for name in outcomes if name not in known]
    if unknown:
        raise SweepError(f"outcomes: runs have no {unknown[0]}. Name some of {', '.join(sorted(known))}")
    if outcomes:
        rows = rows[rows["outcome"].isin(list(outcomes))]
    texts = [pa.array(rows[name].astype(str), pa.string()) for name in ("city", "outcome", "group", "unit")]
    values = pa.array(rows["value"].to_numpy(float), pa.float64())
    return pa.table([*texts, values], names=["city", "outcome", "group", "unit", "value"]), seconds


def simulate_tables(scenario: Scenario, seed: int) -> dict[str, DataFrame]:
    """Result tables of a run without the manifest that sim.run.run_scenario makes for its folder."""
    from sim.model import TalentMarket

    model = TalentMarket(scenario, seed=seed)
    try:
        for _ in range(model.n_quarters):
            model.step()
        return model.tables()
    finally:
        model.close()
        vars(model).clear()  # agents and model point at each other: cut, so that nobody has to look for the cycle


def describe_size(plan: Plan) -> str:
    """World, scale and quarters of the runs: what their time hangs on."""
    scenario = plan.load(plan.jobs[0].runs[0])
    return f"{scenario.world.name}/{scenario.scale}/{scenario.n_quarters}"


def describe_asked(sweep: Sweep) -> dict[str, Any]:
    """What a sweep compares, in which futures and at which points, as plain data."""
    return {
        "policies": [one.name for one in sweep.policies],
        "futures": [one.name for one in sweep.futures],
        "points": [dict(point) for point in sweep.points],
    }


def describe_plan(plan: Plan) -> dict[str, Any]:
    """What a sweep was asked, as plain data."""
    from sim.results import describe_code

    sweep = plan.sweep
    return {
        "sweep": sweep.name,
        "question": sweep.question,
        "file": sweep.file,
        "runs": plan.n_runs,
        "size": describe_size(plan),
        **describe_asked(sweep),
        "baseline": sweep.baseline,
        "seeds": list(sweep.seeds),
        "members": {number: member.number for number, member in plan.members.items()},
        "cities": list(plan.cities),
        "since": str(plan.since),
        "warnings": find_cautions(plan, "en"),
        "warnings_zh": find_cautions(plan, "zh"),
        **describe_code(),
    }


class _Progress:
    """Counts runs."""

    def __init__(self, total: int, on_done: OnDone | None) -> None:
        self.done = 0
        self._total, self._on_done = total, on_done

    def move(self, n: int) -> None:
        self.done += n
        if self._on_done is not None:
            self._on_done(self.done, self._total)


class _Batch:
    """Runs jobs over workers."""

    def __init__(self, plan: Plan, workers: Workers) -> None:
        self._plan, self._workers = plan, workers
        self._failed: TalentsimError | None = None
        self.n_workers, self.n_deaths = workers.jobs, 0

    def run(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, pa.Table, float]]:
        """Yield each job with what it left, as they end."""
        if not jobs:
            return
        if self._workers.backend == "dask":
            with self._open_dask():
                yield from self._call_all(jobs)
        elif min(self._workers.jobs, len(jobs)) == 1:
            self.n_workers = 1
            for job in jobs:
                yield job, *simulate_run(*self._prepare(job))
        else:
            yield from self._outlive_deaths(jobs)

    def _outlive_deaths(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, pa.Table, float]]:
        """As long as runs get done between, replace workers that die."""
        from joblib.externals.loky.process_executor import BrokenProcessPool

        left, in_a_row = {job.content: job for job in jobs}, 0
        while left:
            try:
                for job, table, seconds in self._call_all(list(left.values())):
                    del left[job.content]
                    in_a_row = 0
                    yield job, table, seconds
            except BrokenProcessPool as error:
                self.n_deaths += 1
                in_a_row += 1
                if in_a_row >= MOST_DEATHS:
                    raise SweepError(
                        f"workers died {in_a_row} times in a row with {len(left)} runs left. Look whether memory is "
                        "enough, take fewer --jobs, and go on with the same command"
                    ) from error

    def _call_all(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, pa.Table, float]]:
        import joblib

        from sim.run import warm_kernels

        # once here, before the workers start: they then load compiled kernels instead of each compiling its own
        warm_kernels()
        with joblib.parallel_config(backend=self._workers.backend, n_jobs=self.n_workers):
            parallel = joblib.Parallel(return_as="generator_unordered", pre_dispatch="2*n_jobs", batch_size=1)
        by_content = {job.content: job for job in jobs}
        for content, table, seconds in parallel(self._list_calls(jobs)):
            yield by_content[content], table, seconds
        if self._failed is not None:
            raise self._failed

    def _list_calls(self, jobs: Sequence[Job]) -> Iterator[Any]:
        """Calls for joblib, made when a worker is free. It asks for them in a thread in which errors would be lost."""
        import joblib

        own_process = self._workers.backend == "loky"
        for job in jobs:
            try:
                prepared = self._prepare(job)
            except TalentsimError as error:
                self._failed = error
                return
            yield joblib.delayed(_simulate_named)(job.content, own_process, *prepared)

    def _prepare(self, job: Job) -> tuple[Scenario, int, tuple[str, ...], Quarter, tuple[str, ...]]:
        run = job.runs[0]
        return self._plan.load(run), run.seed, self._plan.cities, self._plan.since, self._plan.sweep.outcomes

    @contextlib.contextmanager
    def _open_dask(self) -> Iterator[None]:
        """Connect to the scheduler, or start one with as many processes as there are jobs."""
        try:
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise SweepError("--backend dask needs Dask. Install it: pip install 'talentsim[cluster]'") from error
        address = self._workers.scheduler
        with contextlib.ExitStack() as opened:
            if address is None:
                cluster = opened.enter_context(
                    LocalCluster(
                        n_workers=self._workers.jobs,
                        threads_per_worker=1,
                        dashboard_address="127.0.0.1:0",
                        silence_logs=logging.ERROR,
                    )
                )
                address = cluster.scheduler_address
            try:
                client = opened.enter_context(Client(address, timeout=ANSWER_S))
            except OSError as error:
                raise SweepError(f"--scheduler: {address} does not answer ({error}). Check the address") from error
            self.n_workers = sum(client.nthreads().values())
            if not self.n_workers:
                raise SweepError(f"--scheduler: {address} has no workers. Start some: dask worker {address}")
            yield


def _simulate_named(content: str, own_process: bool, *args: Any) -> tuple[str, pa.Table, float]:  # noqa: FBT001  joblib
    if own_process:
        _end_with_parent()
    return content, *simulate_run(*args)


@functools.cache
def _end_with_parent() -> None:
    """Let this worker process end when the program that started it is killed: it would wait for work for minutes."""
    parent = os.getppid()

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _write_job(
    plan: Plan, store: Store, job: Job, table: pa.Table, there: Any, size: str, seconds: float | None
) -> None:
    """Write all runs of a job that the store lacks; the time is noted with the first."""
    for run in job.runs:
        if run.key not in there:
            facts = Entry(run="", content=job.content, path="", size=size, seconds=seconds)
            store.write_run(plan.sweep.name, run, plan.labels[run.design], table, facts)
            seconds = None
