"""What is measured, each in a process of its own: plain functions of plain numbers that return plain numbers.

Times of a run are taken after a tiny run has loaded the kernels, so that nothing is compiled while the clock runs.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import importlib
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROBE_SCALE = 20_000
"""Coarse enough to be quick, fine enough to know how many persons there are."""
TRIAD_LENGTH = 2**24
"""Numbers in each of three arrays: far more than any cache holds."""


def measure_run(
    persons: int,
    quarters: int,
    threads: int = 1,
    recorder: str = "tables",
    repeats: int = 1,
    overrides: Sequence[str] = (),
) -> dict[str, Any]:
    """Time quarters of the baseline with about `persons` agents; the best of `repeats` runs, with its memory.

    `recorder` is tables, moments or nothing; `overrides` are those of the command line.
    """
    scale = find_scale(persons)
    runs = [_time_run(scale, quarters, threads, recorder, overrides) for _ in range(repeats)]
    best = min(runs, key=lambda run: run["seconds_per_quarter"])
    return best | {"scale": scale, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def find_scale(persons: int) -> int:
    """Persons that one agent must stand for so that about `persons` agents live at the start; loads the kernels."""
    with open_market(PROBE_SCALE, 2) as model:
        model.step()
        return max(1, round(len(model.columns) * PROBE_SCALE / persons))


def find_mean_scale(persons: int, quarters: int) -> int:
    """Persons per agent so that on average over the run about `persons` agents live; loads the kernels."""
    with open_market(PROBE_SCALE, quarters, recorder="moments") as model:
        total = 0
        for _ in range(quarters):
            model.step()
            total += len(model.columns)
    return max(1, round(total / quarters * PROBE_SCALE / persons))


@contextlib.contextmanager
def open_market(
    scale: int, quarters: int, threads: int = 1, recorder: str = "tables", overrides: Sequence[str] = ()
) -> Iterator[Any]:
    """Make a model of the baseline and let go of it in the end."""
    from sim.model import TalentMarket
    from sim.moments import MomentObserver
    from sim.observe import Observer
    from sim.scenario import load_scenario

    recorders = {"tables": Observer, "moments": MomentObserver, "nothing": _Blind}
    scenario = load_scenario("baseline", overrides, scale=scale, quarters=quarters)
    model = TalentMarket(scenario, seed=1, threads=threads, observer=recorders[recorder])
    try:
        yield model
    finally:
        model.close()
        vars(model).clear()


class _Blind:
    """Records nothing: what is left is the cost of the rules."""

    def __init__(self, model: Any) -> None:
        del model

    def record(self, pulse: Any) -> None:
        """Look away."""


def _time_run(scale: int, quarters: int, threads: int, recorder: str, overrides: Sequence[str] = ()) -> dict[str, Any]:
    from sim.columns import BYTES_PER_PERSON

    lap = _Lap()
    with open_market(scale, quarters, threads, recorder, overrides) as model:
        made_s = lap.read()
        phase_s: collections.Counter[str] = collections.Counter()
        person_quarters = 0
        for _ in range(quarters):
            lap.read()
            for phase in model.phases:
                phase.act(model)
                phase_s[phase.name] += lap.read()
            model.quarter_number += 1
            person_quarters += len(model.columns)
        total_s = phase_s.total()
        return {
            "persons": person_quarters / quarters,
            "quarters": quarters,
            "seconds_per_quarter": total_s / quarters,
            "person_quarters_per_second": person_quarters / total_s,
            "make_seconds": made_s,
            "phases": {name: seconds / total_s for name, seconds in phase_s.items()},
            "bytes_per_person": BYTES_PER_PERSON,
            "checksum": hash_state(model),
        }


def hash_state(model: Any) -> str:
    """Hash of all columns: two runs with the same one went the same way."""
    digest = hashlib.sha256()
    for array in model.columns.people:
        digest.update(array.data)
    return digest.hexdigest()[:16]


class _Lap:
    """A stop watch that starts anew when it is read."""

    def __init__(self) -> None:
        self._since_s = time.perf_counter()

    def read(self) -> float:
        """Seconds since it was read last."""
        now_s = time.perf_counter()
        passed_s, self._since_s = now_s - self._since_s, now_s
        return passed_s


def measure_tables(persons: int, quarters: int) -> dict[str, Any]:
    """Seconds per quarter with tables, with sums only and with nothing recorded; of building and writing the tables."""
    from sim.results import RunResult, describe_tables, read_result, write_result

    scale = find_scale(persons)
    found: dict[str, Any] = {"scale": scale}
    for recorder in ("nothing", "moments", "tables"):
        runs = [_time_run(scale, quarters, 1, recorder) for _ in range(3)]
        found[recorder] = min(run["seconds_per_quarter"] for run in runs)
        found["persons"] = runs[0]["persons"]
    with open_market(scale, quarters) as model:
        for _ in range(quarters):
            model.step()
        lap = _Lap()
        tables = model.tables()
        found["build"] = lap.read() / quarters
    lap.read()
    described = describe_tables(tables)
    found["describe"] = lap.read() / quarters
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "run"
        lap.read()
        write_result(RunResult(tables=tables, manifest={"format": "talentsim-run-1", "tables": described}), place)
        found["write"] = lap.read() / quarters
        read_result(place)
        found["read"] = lap.read() / quarters
    return found


def measure_triad() -> dict[str, Any]:
    """Bandwidth of `a = b + s c`, GB/s: two arrays read, one written."""
    import numba
    import numpy as np

    @numba.njit
    def triad(a: Any, b: Any, c: Any, s: float) -> None:
        for k in range(a.shape[0]):
            a[k] = b[k] + s * c[k]

    a, b, c = (np.full(TRIAD_LENGTH, float(k)) for k in range(3))
    triad(a[:10], b[:10], c[:10], 3.0)
    lap, best_s = _Lap(), float("inf")
    for _ in range(10):
        lap.read()
        triad(a, b, c, 3.0)
        best_s = min(best_s, lap.read())
    return {"gb_per_second": 3 * a.nbytes / best_s / 1e9}


def measure_first_quarter(scale: int) -> dict[str, Any]:
    """Process time from the start of Python to the end of the first reported quarter."""
    with open_market(scale, 1) as model:
        model.step()
        return {"seconds": time.process_time(), "persons": len(model.columns)}


def measure_moments(persons: int, quarters: int) -> dict[str, Any]:
    """One run of sums only with warm kernels: seconds to make the model (with its spin-up) and to simulate."""
    scale = find_mean_scale(persons, quarters)
    runs = [_time_run(scale, quarters, 1, "moments") for _ in range(7)]
    best = min(runs, key=lambda run: run["seconds_per_quarter"])
    return {
        "scale": scale,
        "persons": best["persons"],
        "quarters": quarters,
        "make_seconds": min(run["make_seconds"] for run in runs),
        "seconds": best["seconds_per_quarter"] * quarters,
        "phases": best["phases"],
    }


def measure_sweep(persons: int, quarters: int, runs: int, backend: str, workers: int) -> dict[str, Any]:
    """Wall time of many runs that keep sums only, by joblib; the workers have loaded the kernels before."""
    import joblib

    from sim.scenario import load_scenario

    scenario = load_scenario("baseline", scale=find_mean_scale(persons, quarters), quarters=quarters)
    lap = _Lap()
    for seed in range(3):
        run_moments(scenario, seed)
    one_s = lap.read() / 3
    with joblib.parallel_config(backend=backend, n_jobs=workers):
        joblib.Parallel()(joblib.delayed(run_moments)(scenario, seed) for seed in range(2 * workers))
        lap.read()
        sums = joblib.Parallel()(joblib.delayed(run_moments)(scenario, seed) for seed in range(runs))
    return {
        "scale": scenario.scale,
        "runs": runs,
        "workers": workers,
        "seconds": lap.read(),
        "one_run_seconds": one_s,
        "distinct": len(set(sums)),
        "sum": sum(sums),
    }


def run_moments(scenario: Any, seed: int) -> int:
    """One run, reduced to one number so that nothing large travels between processes."""
    from sim.run import simulate_moments

    moments = simulate_moments(scenario, seed)
    return int(moments.pulse.sum()) + int(moments.flows.sum())


def measure_experiment(persons: int, quarters: int, runs: int, backend: str, workers: int) -> dict[str, Any]:
    """Wall time of a sweep that keeps outcomes in a store; the start of the workers counts."""
    missing = _find_missing("distributed" if backend == "dask" else "joblib")
    if missing is not None:
        return missing
    from experiments.runner import Workers, run_plan
    from experiments.store import Store

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = f"policies: [baseline]\nseeds: {runs}\n"
        plan = _plan_sweep(folder, text, scale=find_mean_scale(persons, quarters), quarters=quarters)
        report = run_plan(plan, Store(folder), Workers(jobs=workers, backend=backend))
        return {
            "runs": runs,
            "workers": report.workers,
            "seconds": report.wall_s,
            "run_seconds": report.run_s / runs,
            "overhead_seconds": report.overhead_s,
            "content": _hash_store(folder),
        }


def measure_store(runs: int, workers: int) -> dict[str, Any]:
    """A sweep of many small runs: memory of the program that started it, and a question to its store."""
    missing = _find_missing("duckdb")
    if missing is not None:
        return missing
    import duckdb

    from experiments.runner import Workers, run_plan
    from experiments.store import Store

    peak_mb: dict[int, float] = {}
    early = runs // 10

    def look(done: int, total: int) -> None:
        if done in {early, total}:
            peak_mb[done] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = ROOT / "tests" / "data"
        text = (
            f"policies: [{data}/two_cities_baseline.yaml, {data}/two_cities_subsidy.yaml]\n"
            f"cities: [alpha, beta]\nseeds: {runs // 2}\n"
        )
        report = run_plan(
            _plan_sweep(folder, text, scale=100_000, quarters=8), Store(folder), Workers(jobs=workers), on_done=look
        )
        query = (
            f"select scenario, city, avg(value) from '{folder}/runs/sweep=bench/**/*.parquet' "
            "where outcome = 'talent' group by all"
        )
        lap = _Lap()
        rows = duckdb.sql(query).fetchall()
        seconds = lap.read()
        files = list((folder / "runs").rglob("*.parquet"))
        return {
            "runs": len(files),
            "seconds": report.wall_s,
            "overhead_seconds": report.overhead_s,
            "early_runs": early,
            "early_peak_mb": peak_mb[early],
            "last_peak_mb": peak_mb[runs],
            "query_seconds": seconds,
            "query_rows": len(rows),
            "store_mb": sum(file.stat().st_size for file in files) / 2**20,
        }


def _find_missing(package: str) -> dict[str, Any] | None:
    found = importlib.util.find_spec(package) is not None
    return None if found else {"missing": f"{package} is not installed"}


def _plan_sweep(folder: Path, text: str, *, scale: int, quarters: int) -> Any:
    from experiments.plan import make_plan
    from experiments.sweepfile import load_sweep

    file = folder / "bench.yaml"
    file.write_text(f"name: bench\nquestion: What does a run cost?\n{text}", encoding="utf-8")
    return make_plan(load_sweep(file), scale=scale, quarters=quarters)


def _hash_store(folder: Path) -> str:
    """Hash of all runs of a store, their places included."""
    digest = hashlib.sha256()
    runs = folder / "runs"
    for path in sorted(runs.rglob("*.parquet")):
        digest.update(path.relative_to(runs).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def measure_reference(persons: int, quarters: int) -> dict[str, Any]:
    """Seconds per quarter of the plain-Mesa market and of the columns, same scenario and seed, one process."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    try:
        market = importlib.import_module("tests.reference.market")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("tests"):
            raise
        return {"missing": "there is no tests/reference/market.py"}
    from sim.scenario import load_scenario

    scale = find_scale(persons)
    columns = min((_time_run(scale, quarters, 1, "tables") for _ in range(3)), key=lambda r: r["seconds_per_quarter"])
    lap = _Lap()
    reference = market.ReferenceMarket(load_scenario("baseline", scale=scale, quarters=quarters), seed=1)
    made_s = lap.read()
    for _ in range(quarters):
        reference.step()
    reference_s = lap.read() / quarters
    return {
        "scale": scale,
        "persons": columns["persons"],
        "columns": columns["seconds_per_quarter"],
        "reference": reference_s,
        "reference_make_seconds": made_s,
        "ratio": reference_s / columns["seconds_per_quarter"],
    }


MEASURES = {
    function.__name__.removeprefix("measure_"): function
    for function in (
        measure_run,
        measure_tables,
        measure_triad,
        measure_first_quarter,
        measure_moments,
        measure_sweep,
        measure_experiment,
        measure_store,
        measure_reference,
    )
}
"""Name on the command line -> measurement."""
