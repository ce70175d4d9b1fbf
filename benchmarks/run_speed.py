"""Time and memory of one run of the baseline at several scales, each in a process of its own with a warm cache.

Prints one line a scale. Exits 1 if a run takes more time or memory than the limits that the project holds itself to.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time

LIMITS = {1000: (20.0, 1.0), 100: (180.0, 3.0)}
"""Scale -> seconds of wall time, GB of memory."""


def main() -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=int, nargs="+", default=[1000, 100])
    parser.add_argument("--threads", type=int, default=1)
    wanted = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    too_slow = False
    print(f"{'scale':>6} {'persons':>10} {'agents':>9} {'seconds':>8} {'GB':>5}")
    for scale in wanted.scales:
        with context.Pool(1) as pool:
            seconds, memory_gb, persons = pool.apply(measure_run, (scale, wanted.threads))
        limit_s, limit_gb = LIMITS.get(scale, (float("inf"), float("inf")))
        over = seconds > limit_s or memory_gb > limit_gb
        too_slow = too_slow or over
        note = f"  over the limit of {limit_s:g} s, {limit_gb:g} GB" if over else ""
        print(f"{scale:6d} {persons:10,d} {persons // scale:9,d} {seconds:8.1f} {memory_gb:5.2f}{note}", flush=True)
    return int(too_slow)


def measure_run(scale: int, threads: int) -> tuple[float, float, int]:
    """Run the baseline once; return wall time (s), peak memory of the process (GB) and persons in the last quarter."""
    from sim.run import run_scenario
    from sim.scenario import load_scenario

    started_s = time.perf_counter()
    result = run_scenario(load_scenario("baseline", scale=scale), seed=1, threads=threads)
    seconds = time.perf_counter() - started_s
    people = result.tables["people"]
    last = people[people["quarter"].astype(str) == people["quarter"].astype(str).max()]
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return seconds, memory_gb, int(last["persons"].sum())


if __name__ == "__main__":
    sys.exit(main())
