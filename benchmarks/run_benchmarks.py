"""The benchmarks: what a quarter costs, how that grows, where it goes, and how it compares. `make bench` runs all.

Each measurement runs in a process of its own; the machine should be quiet. Results are kept in results.json beside this
file, part by part, so that parts can be run apart; results.md is written from it. Exits 1 if a limit is missed that
holds on any machine: a ratio of two times taken here, or memory. Times in seconds have goals, which are only shown.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measures import MEASURES, ROOT
from render import render_results

FOLDER = Path(__file__).resolve().parent
SIZES = {10_000: (8, 5), 100_000: (8, 3), 1_000_000: (4, 1), 5_000_000: (2, 1)}
"""Persons -> quarters simulated, runs of which the best counts."""
BIG = 1_000_000
TABLE_PERSONS = 100_000
SMALL_RUN = {"persons": 20_000, "quarters": 24}
"""One run of a calibration."""
STORE_RUNS = 5000
STORE_GROWTH_MB = 20
"""Far below what the outcomes of so many runs take."""
FEW_POSITIONS = ("params.search.n_sampled=2", "params.search.n_applications=1")
ONE_ROUND = ("params.matching.rounds=1",)
RULE_SETS = {
    "all rules and tables": ("tables", ()),
    "all rules, sums only": ("moments", ()),
    "all rules, nothing recorded": ("nothing", ()),
    "one hiring round": ("nothing", ONE_ROUND),
    "one round, 2 positions seen, 1 application": ("nothing", ONE_ROUND + FEW_POSITIONS),
}
"""Name -> what is recorded, and overrides."""
LEAST_RATIO = {10_000: 30, 100_000: 60}
"""Persons -> least ratio to plain Mesa."""
LEAST_SPEED = {100_000: 10e6, BIG: 7e6}
"""Persons -> person-quarters per second aimed at on one core."""


def main() -> int:
    """Run the parts asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, of {','.join(PARTS)}")
    parser.add_argument("--most-persons", type=int, default=max(SIZES), help="leave larger runs out")
    parser.add_argument("--runs", type=int, default=200, help="runs of the sweep")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="workers of the sweep")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of results.json and results.md")
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "JSON"), help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.measure:
        name, arguments = wanted.measure
        print(json.dumps(MEASURES[name](**json.loads(arguments))))
        return 0
    parts = wanted.only.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {', '.join(unknown)}; choose from {','.join(PARTS)}")
    return run_parts(parts, wanted)


def run_parts(parts: list[str], wanted: argparse.Namespace) -> int:
    """Run parts, keep and show their results; 1 if one of them misses a limit."""
    file = wanted.out / "results.json"
    wanted.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for part in parts:
        results["machine"] = describe_machine()
        started_s = time.perf_counter()
        results[part] = PARTS[part](wanted)
        file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        print(f"{part}: {time.perf_counter() - started_s:.0f} s", flush=True)
    checks = {part: list_checks(part, results) for part in PARTS}
    page = render_results(results, [check for part in PARTS for check in checks[part]])
    (wanted.out / "results.md").write_text(page, encoding="utf-8")
    missed = [check for part in parts for check in checks[part] if not check["met"]]
    for check in missed:
        kind = "limit" if check["hard"] else "goal"
        print(f"{kind} missed: {check['name']}: {check['found']:.4g}, wanted {check['wanted']}")
    return int(any(check["hard"] for check in missed))


def measure(name: str, **arguments: Any) -> dict[str, Any]:
    """Run one measurement in a fresh process."""
    command = [sys.executable, __file__, "--measure", name, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=make_environment())
    if done.returncode:
        raise RuntimeError(f"{name} {arguments} failed:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def make_environment(**more: str) -> dict[str, str]:
    """Variables under which this checkout is imported."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def describe_machine() -> dict[str, Any]:
    """Cores, processor, versions, load; no names of hosts or folders."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    packages = ("numpy", "numba", "mesa", "pandas", "pyarrow")
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
        "load": round(os.getloadavg()[0], 2),
    }


def run_scaling(wanted: argparse.Namespace) -> dict[str, Any]:
    """Runs from 1e4 to 5e6 persons with all tables, and the slope of time over persons."""
    sizes = [persons for persons in SIZES if persons <= wanted.most_persons]
    runs = [measure("run", persons=size, quarters=SIZES[size][0], repeats=SIZES[size][1]) for size in sizes]
    for size, run in zip(sizes, runs, strict=True):
        run["size"] = size
    fitted = [run for run in runs if run["size"] <= BIG]
    return {"runs": runs, "exponent": fit_slope(fitted) if len(fitted) > 1 else None}


def fit_slope(runs: list[dict[str, Any]]) -> float:
    """Least-squares slope of log seconds over log persons."""
    x = [math.log(run["persons"]) for run in runs]
    y = [math.log(run["seconds_per_quarter"]) for run in runs]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    over = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return over / sum((a - mean_x) ** 2 for a in x)


def run_reference(wanted: argparse.Namespace) -> dict[str, Any]:
    """Ratio to the same rules as plain Mesa objects."""
    found: dict[str, Any] = {}
    for persons in LEAST_RATIO:
        if persons <= wanted.most_persons:
            one = measure("reference", persons=persons, quarters=2)
            if "missing" in one:
                print(f"reference: left out, {one['missing']}")
                return one
            found[str(persons)] = one
    return found


def run_triad(wanted: argparse.Namespace) -> dict[str, Any]:
    """Time of a quarter over the time in which the state could be read and written once."""
    bandwidth = measure("triad")["gb_per_second"]
    run = measure("run", persons=min(BIG, wanted.most_persons), quarters=4)
    moved = 2 * run["bytes_per_person"] * run["persons"]
    bound_s = moved / (bandwidth * 1e9)
    return {
        "gb_per_second": bandwidth,
        "bytes_per_quarter": moved,
        "bound_seconds": bound_s,
        "persons": run["persons"],
        "seconds_per_quarter": run["seconds_per_quarter"],
        "ratio": run["seconds_per_quarter"] / bound_s,
    }


def run_tables(wanted: argparse.Namespace) -> dict[str, Any]:
    """Cost of collecting the tables."""
    return measure("tables", persons=min(TABLE_PERSONS, wanted.most_persons), quarters=8)


def run_rules(wanted: argparse.Namespace) -> dict[str, Any]:
    """What the costly rules cost: the same market with fewer of them."""
    size = min(TABLE_PERSONS, wanted.most_persons)
    return {
        name: measure("run", persons=size, quarters=8, repeats=3, recorder=recorder, overrides=overrides)
        for name, (recorder, overrides) in RULE_SETS.items()
    }


def run_moments(wanted: argparse.Namespace) -> dict[str, Any]:
    """One run of a calibration."""
    del wanted
    return measure("moments", **SMALL_RUN)


def run_sweep(wanted: argparse.Namespace) -> dict[str, Any]:
    """Many runs of a calibration, by processes and by threads."""
    return {
        backend: measure("sweep", **SMALL_RUN, runs=wanted.runs, backend=backend, workers=wanted.workers)
        for backend in ("loky", "threading")
    }


def run_experiments(wanted: argparse.Namespace) -> dict[str, Any]:
    """The same sweep into a store by one worker, by several, and by a Dask scheduler with as many processes."""
    ways = {"one": ("loky", 1), "loky": ("loky", wanted.workers), "dask": ("dask", wanted.workers)}
    found = {
        name: measure("experiment", **SMALL_RUN, runs=wanted.runs, backend=backend, workers=workers)
        for name, (backend, workers) in ways.items()
    }
    return next((one for one in found.values() if "missing" in one), found)


def run_store(wanted: argparse.Namespace) -> dict[str, Any]:
    """Many small runs: memory and questions to the store."""
    return measure("store", runs=STORE_RUNS, workers=wanted.workers)


def run_threads(wanted: argparse.Namespace) -> dict[str, Any]:
    """One big run on one and on two threads."""
    size = min(BIG, wanted.most_persons)
    one, two = (measure("run", persons=size, quarters=4, threads=threads) for threads in (1, 2))
    return {
        "persons": one["persons"],
        "one": one["seconds_per_quarter"],
        "two": two["seconds_per_quarter"],
        "gain": one["seconds_per_quarter"] / two["seconds_per_quarter"],
        "equal": one["checksum"] == two["checksum"],
    }


def run_startup(wanted: argparse.Namespace) -> dict[str, Any]:
    """Wall time of short commands, process time of a first quarter, wall time of a cold compile."""
    del wanted
    command = [sys.executable, "-m", "sim.cli"]
    short = {
        "python": [sys.executable, "-c", ""],
        "numpy": [sys.executable, "-c", "import numpy"],
        "help": [*command, "--help"],
        "check": [*command, "check", "scenarios/baseline.yaml"],
    }
    found = {name: min(time_command(line) for _ in range(5)) for name, line in short.items()}
    measure("first_quarter", scale=10_000)  # fills the cache of kernels
    found["first_quarter"] = min(measure("first_quarter", scale=10_000)["seconds"] for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold_compile", "warm_start"):
            found[name] = time_command([*command, "warmup"], NUMBA_CACHE_DIR=folder)
    return found


def time_command(command: list[str], **environment: str) -> float:
    """Wall time of a command, s."""
    started_s = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=make_environment(**environment))
    return time.perf_counter() - started_s


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "scaling": run_scaling,
    "reference": run_reference,
    "triad": run_triad,
    "tables": run_tables,
    "rules": run_rules,
    "moments": run_moments,
    "sweep": run_sweep,
    "experiments": run_experiments,
    "store": run_store,
    "threads": run_threads,
    "startup": run_startup,
}


def at_most(name: str, found: float, limit: float, *, hard: bool) -> dict[str, Any]:
    """A check that something is not too large; `hard` for a limit, else a goal."""
    return {"name": name, "found": found, "wanted": f"at most {limit:g}", "met": found <= limit, "hard": hard}


def at_least(name: str, found: float, limit: float, *, hard: bool) -> dict[str, Any]:
    """A check that something is not too small; `hard` for a limit, else a goal."""
    return {"name": name, "found": found, "wanted": f"at least {limit:g}", "met": found >= limit, "hard": hard}


def list_checks(part: str, results: dict[str, Any]) -> list[dict[str, Any]]:
    """Limits and goals of one part, if it has results."""
    found = results.get(part)
    if found is None or "missing" in found:
        return []
    if part == "scaling":
        return _check_scaling(found)
    if part == "reference":
        return [
            at_least(f"ratio to plain Mesa at {int(size):,} persons", one["ratio"], LEAST_RATIO[int(size)], hard=True)
            for size, one in found.items()
        ]
    if part == "moments":
        return [at_most("s of 20,000 persons x 24 quarters, sums only", found["seconds"], 0.1, hard=False)]
    if part == "sweep":
        sums = {run["sum"] for run in found.values()}
        return [at_most("different results of processes and threads", len(sums), 1, hard=True)]
    if part == "experiments":
        one = found["one"]["seconds"]
        contents = {run["content"] for run in found.values()}
        return [
            at_least("gain of several processes in a sweep", one / found["loky"]["seconds"], 1.7, hard=True),
            at_least("gain of a Dask scheduler with as many", one / found["dask"]["seconds"], 1.4, hard=True),
            at_most("different stores of the three", len(contents), 1, hard=True),
        ]
    if part == "store":
        growth = found["last_peak_mb"] - found["early_peak_mb"]
        return [
            at_most(f"MB that {found['runs']:,} runs add to the program", growth, STORE_GROWTH_MB, hard=True),
            at_most(
                f"s of a mean by policy and city over {found['runs']:,} runs", found["query_seconds"], 1, hard=False
            ),
        ]
    if part == "threads":
        return [
            at_least("gain of a second thread", found["gain"], 1.25, hard=True),
            at_least("one and two threads give the same bits", float(found["equal"]), 1, hard=True),
        ]
    if part == "startup":
        return [
            at_most("s of `--help`", found["help"], 0.3, hard=False),
            at_most("s of `check`", found["check"], 0.3, hard=False),
            at_most("process s of a first quarter", found["first_quarter"], 1.5, hard=False),
        ]
    return []


def _check_scaling(found: dict[str, Any]) -> list[dict[str, Any]]:
    checks = [at_most("bytes of state per person", found["runs"][0]["bytes_per_person"], 96, hard=True)]
    if found["exponent"] is not None:
        checks.append(at_most("exponent of time over persons, 1e4 to 1e6", found["exponent"], 1.15, hard=True))
    for run in found["runs"]:
        if run["size"] == BIG:
            checks.append(at_most("peak MB at 1,000,000 persons", run["peak_mb"], 700, hard=True))
        if run["size"] in LEAST_SPEED:
            name = f"person-quarters per second at {run['size']:,}"
            checks.append(at_least(name, run["person_quarters_per_second"], LEAST_SPEED[run["size"]], hard=False))
    return checks


if __name__ == "__main__":
    sys.exit(main())
