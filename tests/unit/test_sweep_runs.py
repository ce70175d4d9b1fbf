"""Sweeps that run: the same store whoever does the runs, whatever was there before, and whoever dies on the way."""

import json
import os
import signal
import tracemalloc
from pathlib import Path

import psutil
import pyarrow as pa
import pytest
from sweeps import BASELINE, LEVER, SUBSIDY, TINY, plan_of, read_files, write_sweep
from typer.testing import CliRunner

from experiments import forecast
from experiments.runner import SweepError, Workers, describe_size, run_plan
from experiments.store import Entry, Store
from sim.cli import app
from sim.compare import find_start
from sim.errors import ResultsError, ScenarioError
from sim.outcomes import summarise_run
from sim.run import run_scenario
from sim.scenario import load_scenario

TWO = Workers(jobs=2)
GROWTH_LIMIT_BYTES = 2**17
"""Less than what the outcomes of 40 runs would take if they were kept."""


def kill_workers():
    """Kill all processes of this test's own pools; returns how many there were."""
    children = [child for child in psutil.Process().children() if "loky" in " ".join(child.cmdline())]
    workers = [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]
    for child in workers:
        os.kill(child.pid, signal.SIGKILL)
    return len(workers)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Folder of a store that one worker filled in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    report = run_plan(plan_of(folder, LEVER), Store(folder), Workers())
    assert (report.n_there, report.n_copied, report.n_simulated) == (0, 3, 9)
    return folder


def test_a_run_of_a_sweep_is_the_run_of_its_scenario(undisturbed):
    table = Store(undisturbed).read_sweep("toy")
    mine = table[(table["policy"] == SUBSIDY.stem) & (table["design"] == 1) & (table["seed"] == 2)]
    scenario = load_scenario(SUBSIDY, ["policies.0.amount_cny_m=1500"], scale=100000, quarters=6)
    result = run_scenario(scenario, seed=2)
    expected = summarise_run(result, city=scenario.focus, since=find_start([scenario]))
    for name in ("outcome", "group", "unit"):
        assert mine[name].tolist() == expected[name].tolist()
    assert mine["value"].to_numpy() == pytest.approx(expected["value"].to_numpy(), nan_ok=True, abs=0)


@pytest.mark.parametrize("workers", [TWO, Workers(jobs=3, backend="threading")], ids=["loky", "threading"])
def test_the_store_does_not_depend_on_who_does_the_runs(undisturbed, tmp_path, workers):
    seen = []
    report = run_plan(
        plan_of(tmp_path, LEVER), Store(tmp_path), workers, on_done=lambda done, total: seen.append((done, total))
    )
    assert read_files(tmp_path) == read_files(undisturbed)
    assert (report.n_there, report.n_copied, report.n_simulated, report.n_deaths) == (0, 3, 9, 0)
    assert [total for _, total in seen] == [12] * len(seen)
    assert seen[-1] == (12, 12)


def test_a_finished_run_is_never_done_again(undisturbed, tmp_path):
    made, store = plan_of(tmp_path, LEVER), Store(tmp_path)
    run_plan(made, store, Workers())
    again = run_plan(made, store, Workers())
    assert (again.n_there, again.n_copied, again.n_simulated, again.overhead_s) == (12, 0, 0, 0.0)
    # two runs are lost: one is simulated, one stands for the same as others that are there
    lost = [made.jobs[0].runs[0].key, made.jobs[-1].runs[0].key]
    assert [len(made.jobs[k].runs) for k in (0, -1)] == [2, 1]
    store.remove_runs("toy", lost)
    rest = run_plan(made, store, Workers())
    assert (rest.n_there, rest.n_copied, rest.n_simulated) == (10, 1, 1)
    assert read_files(tmp_path) == read_files(undisturbed)


def test_runs_alike_are_copied_from_other_sweeps_and_designs(undisturbed, tmp_path):
    store = Store(tmp_path)
    run_plan(plan_of(tmp_path, LEVER), store, Workers())
    other = plan_of(tmp_path, LEVER.replace("name: toy", "name: other").replace("[500, 1500]", "[500]"))
    assert run_plan(other, store, Workers()).n_simulated == 0
    # a value in front moves the numbers of all points, and one more seed is new
    more = plan_of(tmp_path, LEVER.replace("[500, 1500]", "[100, 500, 1500]").replace("seeds: 3", "seeds: 4"))
    report = run_plan(more, store, Workers())
    assert (report.n_there + report.n_copied, report.n_simulated) == (
        24 - 7,
        7,
    )  # seed 4 of the baseline once, and that of each amount; seeds 1 to 3 of the new one
    assert len(store.list_runs("toy")) == 24
    fresh = tmp_path / "fresh"
    run_plan(more, Store(fresh), Workers())
    mine = {path: content for path, content in read_files(tmp_path).items() if "sweep=toy" in path}
    assert mine == read_files(fresh)


def test_runs_that_are_not_asked_for_are_refused_before_anything_runs(tmp_path):
    store = Store(tmp_path)
    run_plan(plan_of(tmp_path, TINY + "seeds: 1"), store, Workers())
    before = read_files(tmp_path)
    with pytest.raises(ResultsError, match=r"2 runs of toy as it was before.*--fresh"):
        run_plan(plan_of(tmp_path, TINY + "seeds: 1", scale=50000), store, Workers())
    assert read_files(tmp_path) == before
    store.remove_runs("toy")
    assert run_plan(plan_of(tmp_path, TINY + "seeds: 1", scale=50000), store, Workers()).n_simulated == 2


def test_two_sweeps_share_a_store(undisturbed, tmp_path):
    store, names = Store(tmp_path), []

    def start_the_other(done, _):
        if done == 4 and not names:
            names.append("other")
            other = plan_of(tmp_path, TINY.replace("name: toy", "name: other") + "seeds: 5")
            assert run_plan(other, Store(tmp_path), Workers()).n_simulated > 0

    run_plan(plan_of(tmp_path, LEVER), store, Workers(), on_done=start_the_other)
    mine = {path: content for path, content in read_files(tmp_path).items() if "sweep=toy" in path}
    assert mine == read_files(undisturbed)
    assert len(store.read_index()) == 12 + 10


def test_workers_that_die_are_replaced(undisturbed, tmp_path):
    deaths = []

    def kill_once(done, _):
        if done >= 2 and not deaths:
            deaths.append(kill_workers())

    report = run_plan(plan_of(tmp_path, LEVER), Store(tmp_path), TWO, on_done=kill_once)
    assert deaths[0] >= 1
    assert report.n_deaths >= 1
    assert read_files(tmp_path) == read_files(undisturbed)


def test_a_point_that_makes_no_scenario_is_reported_and_what_ended_is_kept(tmp_path):
    # the ends of the list are right, what is between is not
    text = (
        TINY + "vary: {params.search.n_sampled: {list: [4, -3, 5]}, params.search.n_applications: {list: [2, 2, 3]}}\n"
    )
    made = plan_of(tmp_path, text.replace("-3", "4.5") + "seeds: 2")
    for workers in (Workers(), TWO):
        folder = tmp_path / f"store{workers.jobs}"
        with pytest.raises(ScenarioError, match=r"toy.yaml:6: params.search.n_sampled"):
            run_plan(made, Store(folder), workers)
        assert 2 <= len(read_files(folder)) <= 4


def test_an_outcome_that_no_run_has_is_refused(tmp_path):
    with pytest.raises(SweepError, match=r"no commute_minutes\. Name some of .*rent"):
        run_plan(plan_of(tmp_path, TINY + "outcomes: [commute_minutes]"), Store(tmp_path), Workers())
    made = plan_of(tmp_path, TINY + "outcomes: [rent, talent]\ncities: [alpha, beta]\nseeds: 1")
    run_plan(made, Store(tmp_path), Workers())
    table = Store(tmp_path).read_sweep("toy")
    assert set(table["outcome"]) == {"rent", "talent"}
    assert set(table["city"]) == {"alpha", "beta"}


def test_memory_of_the_program_stays_flat(tmp_path):
    memory = {}
    made = plan_of(tmp_path, TINY + "seeds: 30", quarters=5)

    def look(done, _):
        memory[done] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        run_plan(made, Store(tmp_path), TWO, on_done=look)
    finally:
        tracemalloc.stop()
    assert len(memory) == 61
    assert memory[60] - memory[20] < GROWTH_LIMIT_BYTES


def test_a_forecast_holds_nothing_that_is_done_once(tmp_path, monkeypatch):
    """With 100 s for the first run, then 3 s for each start and 2 s for each quarter: 3 + 6 x 2 s a run."""
    clock, calls = [0.0], []

    def simulate(scenario, *_):
        calls.append(scenario.n_quarters)
        clock[0] += 3.0 + 2.0 * scenario.n_quarters + 100.0 * (len(calls) == 1)
        return pa.table({"outcome": ["talent"], "value": [1.0]}), 0.0

    monkeypatch.setattr(forecast, "simulate_run", simulate)
    monkeypatch.setattr(forecast.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr("sim.run.warm_kernels", lambda: 0.0)
    found = forecast.forecast_plan(plan_of(tmp_path, LEVER), Store(tmp_path), TWO)
    assert (found.run_s, found.n_simulations, found.wall_s) == (15.0, 9, 9 * 15.0 / 2)
    assert not found.from_store
    # runs of another sweep tell the time, not the disk
    other = Entry(run="x", content="x", path="x", size=describe_size(plan_of(tmp_path, LEVER)), seconds=7.0)
    monkeypatch.setattr(Store, "read_index", lambda _: {"x": other})
    found = forecast.forecast_plan(plan_of(tmp_path, LEVER), Store(tmp_path), TWO)
    assert (found.run_s, found.from_store) == (7.0, True)


def call(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def test_the_command_says_what_it_will_take_and_what_it_took(undisturbed, tmp_path):
    file, store = write_sweep(tmp_path, LEVER), tmp_path / "store"
    dry = call("sweep", file, "--dry-run", "--jobs", 1, "--store", store).stdout
    for words in ("12 runs: 2 points x 2 policies x 3 seeds", "from 2020Q1 on", "drawn out from a short run", "kB"):
        assert words in dry
    assert not store.exists()
    done = call("sweep", file, "--jobs", 1, "--store", store).stdout
    assert "0 runs were there, 3 copied from runs alike, 9 simulated" in done
    assert "ms around it" in done
    assert read_files(store) == read_files(undisturbed)
    facts = json.loads((store / "sweeps" / "toy.json").read_text(encoding="utf-8"))
    assert facts["points"] == [{"policies.0.amount_cny_m": 500}, {"policies.0.amount_cny_m": 1500}]
    assert facts["policies"] == [BASELINE.stem, SUBSIDY.stem]
    dry = call("sweep", file, "--dry-run", "--seeds", 4, "--store", store).stdout
    assert "as runs in the store took" in dry
    quiet = call("sweep", file, "--resume", "--store", store, "--quiet").stdout
    assert quiet == f"store: {store}, sweep toy, 12 runs\n"


def test_the_command_names_what_can_be_mended(tmp_path):
    file = write_sweep(tmp_path, LEVER)
    assert "Add --backend dask" in call("sweep", file, "--scheduler", "tcp://x:1", code=2).output
    assert "there is no sweep `nothing`" in call("sweep", "nothing", code=2).output
    words = ("sweep", file, "--store", tmp_path / "store", "--jobs", 1, "--quiet", "--seeds", 1)
    call(*words)
    assert "--fresh" in call(*words, "--scale", 50000, code=2).output
    call(*words, "--scale", 50000, "--fresh")
    assert "n_sampled" in call(*words, "--set", "params.search.n_sampled=-1", code=2).output
    assert len(Store(Path(tmp_path) / "store").list_runs("toy")) == 4
