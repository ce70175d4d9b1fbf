"""A sweep that is killed, whole or in part, and goes on: the store is that of one that nobody disturbed."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sweeps import TINY, plan_of, read_files, write_sweep

from experiments.runner import Workers, run_plan
from experiments.store import Store

ROOT = Path(__file__).parent.parent.parent
WAIT_S = 600
LEVER = "vary: {policies.0.amount_cny_m: [500, 1000, 1500]}\n"


def start(file, store):
    words = ["sweep", str(file), "--jobs", "2", "--store", str(store), "--quiet"]
    return subprocess.Popen(
        [sys.executable, "-c", "from sim.cli import main; main()", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def find_workers(process):
    try:
        children = psutil.Process(process.pid).children()
        lines = {child: " ".join(child.cmdline()) for child in children}
    except psutil.Error:
        return []
    return [child for child, line in lines.items() if "loky" in line and "resource_tracker" not in line]


def wait_for(is_so, process=None):
    """Wait until something is so or the process ends."""
    end = time.monotonic() + WAIT_S
    while not is_so() and (process is None or process.poll() is None):
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.005)


def disturb(file, store, victims, draws, per_kill):
    """Start the sweep again and again; kill it, or a worker of it, at a random moment after some more runs."""
    kept, orphans = 0, []
    for victim in victims:
        process, before = start(file, store), len(read_names(store))
        wait_for(lambda before=before: len(read_names(store)) >= before + draws.randint(1, per_kill), process)
        time.sleep(draws.uniform(0, 0.1))
        workers = find_workers(process)
        if victim == "parent":
            process.kill()
            process.wait()
            orphans += workers
        else:
            assert workers, "the sweep ended before it could be disturbed"
            draws.choice(workers).send_signal(signal.SIGKILL)
            assert process.wait(WAIT_S) == 0
        done = len(read_names(store))
        assert done >= max(kept, before)  # what has ended is never lost
        kept = done
    _, alive = psutil.wait_procs(orphans, timeout=WAIT_S)
    assert not alive, "workers outlive a program that was killed"


def read_names(store):
    return list((store / "runs").rglob("*.parquet"))


def compare_with_undisturbed(tmp_path, text, victims, per_kill):
    store, calm = tmp_path / "store", tmp_path / "calm"
    file = write_sweep(tmp_path, text)
    disturb(file, store, victims, random.Random(len(victims)), per_kill)
    assert start(file, store).wait(WAIT_S) == 0
    made = plan_of(tmp_path, text)
    run_plan(made, Store(calm), Workers(jobs=2))
    assert len(read_files(calm)) == made.n_runs
    assert read_files(store) == read_files(calm)
    known = Store(store).read_index()
    assert {key: entry.content for key, entry in known.items()} == {
        key: entry.content for key, entry in Store(calm).read_index().items()
    }


def test_a_killed_sweep_goes_on(tmp_path):
    compare_with_undisturbed(tmp_path, TINY + LEVER + "seeds: 8\n", ["parent", "worker"], 8)


@pytest.mark.slow
def test_kills_at_ten_random_moments_change_nothing(tmp_path):
    victims = ["parent"] * 10
    compare_with_undisturbed(tmp_path, TINY + LEVER + "seeds: 60\n", victims, 12)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(10))
def test_a_worker_killed_at_a_random_moment_changes_nothing(tmp_path, number):
    store, text, draws = tmp_path / "store", TINY + LEVER + "seeds: 8\n", random.Random(100 + number)
    disturb(write_sweep(tmp_path, text), store, ["worker"], draws, 20)
    made = plan_of(tmp_path, text)
    calm = tmp_path / "calm"
    run_plan(made, Store(calm), Workers())
    assert read_files(store) == read_files(calm)
