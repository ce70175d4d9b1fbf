"""Runs of a sweep that a store has and nobody asked for: kept, replaced or refused, and told in a dry run as well."""

import json

import pandas as pd
import pytest
from sweeps import LEVER, plan_of, read_files, write_sweep
from typer.testing import CliRunner

from experiments.leftovers import find_leftovers, write_seeds
from experiments.runner import Workers, run_plan
from experiments.store import Store
from sim.cli import app
from sim.errors import ResultsError

ROBUST = LEVER + "robust: {outcome: talent, better: high}\n"


def call(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture
def store(tmp_path):
    """Store with the twelve runs of three seeds."""
    kept = Store(tmp_path / "store")
    run_plan(plan_of(tmp_path, LEVER), kept, Workers())
    return kept


def test_fewer_seeds_leave_all_runs_and_read_those_asked_for(store, tmp_path):
    before = read_files(store.folder)
    few = plan_of(tmp_path, LEVER.replace("seeds: 3", "seeds: [3, 1]"))
    found = find_leftovers(few, store, store.read_index())
    assert (found.renamed, found.seeds) == ((), (2,))
    report = run_plan(few, store, Workers())
    assert (report.n_there, report.n_simulated) == (8, 0)
    assert read_files(store.folder) == before
    assert store.read_facts("toy")["seeds"] == [3, 1]
    whole, part = store.read_sweep("toy"), store.read_sweep("toy", seeds=[3, 1])
    assert sorted(part["seed"].unique()) == [1, 3]
    assert part.equals(whole[whole["seed"] != 2].reset_index(drop=True))
    again = plan_of(tmp_path, LEVER)
    assert run_plan(again, store, Workers()).n_there == 12
    assert find_leftovers(again, store, store.read_index()).seeds == ()


def test_other_runs_are_refused_whatever_their_seeds(store, tmp_path):
    other = plan_of(tmp_path, LEVER.replace("seeds: 3", "seeds: 1"), scale=50000)
    with pytest.raises(ResultsError, match="12 runs of toy as it was before: with other values, another scale"):
        run_plan(other, store, Workers())


def test_further_seeds_under_other_labels_are_refused_without_the_advice_to_remove_them(store, tmp_path):
    """The point 1500 was number 1 and becomes number 2: its run with seed 2 cannot stay where it is."""
    more = LEVER.replace("[500, 1500]", "[500, 1000, 1500]")
    with pytest.raises(ResultsError, match=r"other seeds \(2, 3\) from before its points were numbered") as caught:
        run_plan(plan_of(tmp_path, more.replace("seeds: 3", "seeds: 1")), store, Workers())
    assert "--fresh" not in str(caught.value)
    run_plan(plan_of(tmp_path, more), store, Workers())
    few = run_plan(plan_of(tmp_path, more.replace("seeds: 3", "seeds: 1")), store, Workers())
    assert (few.n_there, few.n_simulated) == (6, 0)


def test_a_dry_run_says_what_the_real_one_does_or_refuses(store, tmp_path):
    file = write_sweep(tmp_path, ROBUST)
    here = ("--store", store.folder, "--jobs", 1)
    before = read_files(store.folder)
    for command, text in (("sweep", "they stay, and are not used"), ("robust", "Seeds asked for: 1, 2")):
        into = ("--out", tmp_path / "out") if command == "robust" else ()
        real, dry = (call(command, file, "--seeds", 2, *here, *more, *into) for more in ((), ("--dry-run",)))
        for done in (real, dry):
            assert f"{store.folder} also has runs of toy with other seeds (3)" in done.stdout
            assert text in done.stdout
        assert "│ in the store" in dry.stdout
        for more in ((), ("--dry-run",)):
            assert "as it was before" in call(command, file, "--scale", 50000, *here, *more, code=2).stderr
    assert read_files(store.folder) == before
    rows = [line.split("│")[2].strip() for line in dry.stdout.splitlines() if line.startswith("│")]
    assert rows[:3] == ["8", "8", "0"]
    fresh = call("sweep", file, "--fresh", "--dry-run", *here).stdout
    rows = [line.split("│")[2].strip() for line in fresh.splitlines() if line.startswith("│")]
    assert rows[:3] == ["12", "0", "9"]
    assert read_files(store.folder) == before


def test_answers_name_the_seeds_that_were_used(store, tmp_path):
    file, here = write_sweep(tmp_path, ROBUST), ("--store", store.folder)
    out = tmp_path / "out"
    call("robust", file, "--seeds", 2, "--jobs", 1, *here, "--out", out)
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seeds"] == [1, 2]
    alone = tmp_path / "alone"
    call("robust", file, "--seeds", 2, "--jobs", 1, "--store", tmp_path / "other", "--out", alone)
    for name in ("effects", "ranking", "front"):  # whatever else the store has
        assert (out / f"{name}.csv").read_bytes() == (alone / f"{name}.csv").read_bytes()
    done = call("effects", file, "--of", "talent", *here, "--out", tmp_path / "effects")
    assert "with other seeds (3), which are not used. Seeds asked for last: 1, 2" in done.stdout
    assert json.loads((tmp_path / "effects" / "manifest.json").read_text(encoding="utf-8"))["seeds"] == [1, 2]
    assert set(pd.read_csv(tmp_path / "effects" / "effects.csv")["seeds"]) <= {0, 1, 2}
    assert pd.read_csv(tmp_path / "effects" / "variance.csv")["seeds"].unique().tolist() == [2]


def test_an_unfinished_sweep_is_refused_before_its_table_is_read(store, tmp_path, monkeypatch):
    file = write_sweep(tmp_path, LEVER)
    store.list_runs("toy").popitem()[1].unlink()

    def fail(*_, **__):
        raise AssertionError

    monkeypatch.setattr(Store, "read_sweep", fail)
    assert "11 of its 12 runs" in call("effects", file, "--store", store.folder, code=2).stderr


def test_seeds_are_written_as_people_write_them():
    assert write_seeds([4, 1, 2, 3, 7, 9, 10]) == "1-4, 7, 9, 10"
    assert write_seeds([5]) == "5"
