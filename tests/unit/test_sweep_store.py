"""The store of sweeps: whole runs or none, an index that can be lost, and what pandas and DuckDB read of it."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.plan import Run
from experiments.store import Entry, Store
from experiments.table import LABEL_COLUMNS, OUTCOME_COLUMNS
from sim.errors import ResultsError

POINT = {"policies.0.units": 500, "params.search.b_wage": 1.5, "world_values.x": "a b"}


def make_run(number=0, *, policy="some", seed=1):
    key = f"{policy}{number}{seed}".encode().hex().rjust(20, "0")
    return Run(key=key, design=number, policy=policy, future="", seed=seed, member=-1)


def make_outcomes(value=1.0):
    rows = {"city": ["alpha", "beta"], "outcome": ["rent"] * 2, "group": ["all"] * 2, "unit": ["CNY/month"] * 2}
    return pa.table({**rows, "value": [value, float("nan")]})


def make_entry(content="c1", seconds=0.5):
    return Entry(run="", content=content, path="", size="toy/1/1", seconds=seconds)


@pytest.fixture
def store(tmp_path):
    kept = Store(tmp_path / "store")
    for number, policy, seed in ((0, "none", 1), (0, "some", 1), (1, "some", 1), (0, "none", 2)):
        run = make_run(number, policy=policy, seed=seed)
        kept.write_run("toy", run, POINT, make_outcomes(10.0 * seed), make_entry(f"{number}{policy}{seed}"))
    return kept


def test_a_run_is_a_file_of_one_row_group_in_its_place(store):
    path = store.list_runs("toy")[make_run(1).key]
    assert path.relative_to(store.folder).as_posix() == f"runs/sweep=toy/scenario=some/seed=1/{make_run(1).key}.parquet"
    assert pq.ParquetFile(path).num_row_groups == 1
    assert store.read_outcomes(path).equals(make_outcomes(10.0)) is False  # NaN is unlike itself
    assert store.read_outcomes(path).slice(0, 1).equals(make_outcomes(10.0).slice(0, 1))


def test_a_sweep_is_read_as_its_tidy_table(store):
    table = store.read_sweep("toy")
    assert list(table.columns) == [*LABEL_COLUMNS, *POINT, *OUTCOME_COLUMNS]
    assert len(table) == 8
    runs = table[["policy", "design", "seed"]].drop_duplicates().itertuples(index=False, name=None)
    assert list(runs) == [("none", 0, 1), ("none", 0, 2), ("some", 0, 1), ("some", 1, 1)]
    assert table["city"].tolist() == ["alpha", "beta"] * 4
    assert [str(table[key].dtype) for key in POINT] == ["int64", "float64", "str"]
    assert store.read_sweep("toy", outcomes=["rent"]).equals(table)
    with pytest.raises(ResultsError, match="no runs of other"):
        store.read_sweep("other")


def test_the_lines_of_the_docs_read_it(store):
    folder = store.folder / "runs" / "sweep=toy"
    query = (
        f"select scenario, city, avg(value) from '{folder}/**/*.parquet' where outcome = 'rent' and city = 'alpha' "
        "group by all order by all"
    )
    # in a program of its own: DuckDB complains at the end of one whose garbage was frozen, as that of tests is
    lines = f"import duckdb\nprint(duckdb.sql({query!r}).fetchall())"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[('none', 'alpha', 15.0), ('some', 'alpha', 10.0)]"
    frame = pd.read_parquet(folder)
    assert frame[frame.city == "alpha"].groupby("policy")["value"].mean().to_dict() == {"none": 15.0, "some": 10.0}


@pytest.mark.parametrize("harm", ["lost", "torn", "foreign", "short"])
def test_the_index_is_made_again_from_the_files(store, harm):
    before, index = store.read_index(), store.folder / "index.jsonl"
    assert {entry.content for entry in before.values()} == {"0none1", "0some1", "1some1", "0none2"}
    assert all(entry.seconds == 0.5 for entry in before.values())
    lines = index.read_text(encoding="utf-8").splitlines()
    texts = {
        "lost": None,
        "torn": "\n".join([lines[0], lines[1][:30]]),
        "foreign": "\n".join([*lines[:2], "{}", "[1]", "no json", lines[3].replace("0none2", "gone")[:-1]]),
        "short": "",
    }
    index.unlink()
    if texts[harm] is not None:
        index.write_text(texts[harm], encoding="utf-8")
    again = store.read_index()
    assert {key: (entry.content, entry.path, entry.size) for key, entry in again.items()} == {
        key: (entry.content, entry.path, entry.size) for key, entry in before.items()
    }
    assert Store(store.folder).read_index() == again


def test_entries_whose_files_are_gone_do_not_count(store):
    gone = make_run(1)
    store.remove_runs("toy", [gone.key])
    assert gone.key not in store.read_index()
    store.remove_runs("toy")
    assert store.read_index() == {}
    assert json.loads((store.folder / "index.jsonl").read_text(encoding="utf-8").splitlines()[0])["content"] == "0none1"


def test_half_a_file_is_no_run(store):
    hidden = store.folder / ".writing"
    assert list(hidden.iterdir()) == []
    (hidden / "abc-x").write_bytes(b"PAR1")
    place = next(iter(store.list_runs("toy").values())).parent
    (place / ".tmp.parquet").write_bytes(b"PAR1")
    assert len(store.list_runs("toy")) == len(store.read_index()) == 4
    assert len(store.read_sweep("toy")) == 8


def test_a_run_that_cannot_be_written_leaves_nothing(store, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    before = store.read_index()
    monkeypatch.setattr(pq, "write_table", fail)
    with pytest.raises(OSError, match="No space"):
        store.write_run("toy", make_run(7), POINT, make_outcomes(), make_entry())
    assert store.read_index() == before
    assert list((store.folder / ".writing").iterdir()) == []


def test_programs_that_write_at_once_leave_every_run(tmp_path):
    def write(number):
        store = Store(tmp_path)
        # each run twice, as two programs with the same sweep would
        store.write_run("toy", make_run(number // 2), POINT, make_outcomes(), make_entry(f"c{number // 2}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(80)))
    assert len(Store(tmp_path).read_sweep("toy")) == 80
    lines = (tmp_path / "index.jsonl").read_text(encoding="utf-8").splitlines()
    assert len([json.loads(line) for line in lines]) == 80
    assert {entry.content for entry in Store(tmp_path).read_index().values()} == {f"c{k}" for k in range(40)}
