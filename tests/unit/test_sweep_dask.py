"""Sweeps on Dask: a real scheduler with worker processes leaves the same store as one process."""

import logging

import pytest
from distributed import LocalCluster
from sweeps import LEVER, plan_of, read_files, write_sweep
from typer.testing import CliRunner

from experiments.runner import SweepError, Workers, run_plan
from experiments.store import Store
from sim.cli import app


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR) as running:
        yield running


@pytest.mark.slow
def test_a_dask_scheduler_leaves_the_same_store(cluster, tmp_path):
    file, store, calm = write_sweep(tmp_path, LEVER), tmp_path / "store", tmp_path / "calm"
    words = ["sweep", file, "--backend", "dask", "--scheduler", cluster.scheduler_address, "--store", store]
    done = CliRunner().invoke(app, list(map(str, words)))
    assert done.exit_code == 0, done.output
    assert "9 simulated" in done.stdout
    assert "with 2 workers" in done.stdout
    run_plan(plan_of(tmp_path, LEVER), Store(calm), Workers())
    assert len(read_files(calm)) == 12
    assert read_files(store) == read_files(calm)


@pytest.mark.slow
def test_without_an_address_dask_gets_processes_of_its_own(tmp_path):
    report = run_plan(plan_of(tmp_path, LEVER), Store(tmp_path / "store"), Workers(jobs=2, backend="dask"))
    assert (report.n_simulated, report.n_copied, report.workers) == (9, 3, 2)
    calm = tmp_path / "calm"
    run_plan(plan_of(tmp_path, LEVER), Store(calm), Workers())
    assert read_files(tmp_path / "store") == read_files(calm)


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_the_users_to_mend(tmp_path):
    workers = Workers(backend="dask", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(SweepError, match=r"--scheduler: tcp://127.0.0.1:9 does not answer"):
        run_plan(plan_of(tmp_path, LEVER), Store(tmp_path), workers)
