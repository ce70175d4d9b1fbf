"""The results folder: what is written is read back, changes are noticed, a crash leaves nothing, others are kept."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from sim.errors import ResultsError
from sim.results import (
    MANIFEST,
    RUN_FORMAT,
    RunResult,
    describe_run,
    describe_tables,
    hash_source,
    read_result,
    result_hash,
    stage_folder,
    table_checksum,
    write_result,
)
from sim.types import Quarter


@dataclasses.dataclass(frozen=True)
class FakeSource:
    value: object
    unit: str
    source: str
    file: str
    line: int


@dataclasses.dataclass(frozen=True)
class FakeScenario:
    name: str = "toy"
    question: str = "Does it hold?"
    start: Quarter = Quarter.parse("2024Q1")
    end: Quarter = Quarter.parse("2024Q4")
    scale: int = 100
    policies: tuple = ()
    n_standing: int = 0
    fit: None = None
    resolved: dict = dataclasses.field(default_factory=lambda: {"policies": [], "limit": float("inf")})
    sources: dict = dataclasses.field(
        default_factory=lambda: {"rent": FakeSource(np.array([1.5, np.nan]), "CNY/month", "evidence 1", "a.yaml", 3)}
    )


@pytest.fixture
def result():
    cities = pd.DataFrame(
        {
            "quarter": pd.Categorical(["2024Q1", "2024Q1", "2024Q2"]),
            "city": pd.Categorical(["beijing", "shanghai", "beijing"]),
            "talent": np.array([100, 200, 300], dtype=np.int64),
            "rent": np.array([3000.0, np.nan, 3100.0]),
        }
    )
    cohorts = pd.DataFrame(
        {
            "cohort_year": np.array([2023, 2024], dtype=np.int16),
            "stayed_12m": pd.array([50, pd.NA], dtype="Int64"),
            "new_graduate": [True, False],
        }
    )
    tables = {"cities": cities, "cohorts": cohorts}
    return RunResult(
        tables=tables, manifest=describe_run(FakeScenario(), seed=7, threads=2, wall_time_s=1.25, tables=tables)
    )


def test_written_result_is_read_back_the_same(result, tmp_path):
    folder = write_result(result, tmp_path / "a" / "b")
    read = read_result(folder)
    assert read.tables.keys() == result.tables.keys()
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(read.tables[name], table)
    assert read.manifest == json.loads((folder / MANIFEST).read_text())


def test_manifest_says_where_a_result_comes_from(result, tmp_path):
    manifest = read_result(write_result(result, tmp_path / "run")).manifest
    assert manifest["format"] == RUN_FORMAT
    assert (manifest["seed"], manifest["scale"], manifest["threads"], manifest["wall_time_s"]) == (7, 100, 2, 1.25)
    assert manifest["scenario"]["resolved"] == {"policies": [], "limit": "inf"}
    assert manifest["sources"]["rent"] == {
        "value": [1.5, None],
        "unit": "CNY/month",
        "source": "evidence 1",
        "file": "a.yaml",
        "line": 3,
    }
    assert manifest["packages"]["numpy"] == np.__version__
    assert manifest["code_hash"] == hash_source()
    assert manifest["tables"]["cities"]["rows"] == 3
    assert manifest["tables"]["cities"]["sha256"] == table_checksum(result.tables["cities"])


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(talent=[100, 200, 301]),
        lambda frame: frame.assign(city=["beijing", "shanghai", "shanghai"]),
        lambda frame: frame.assign(rent=[3000.0, 0.0, 3100.0]),
        lambda frame: frame.iloc[::-1].reset_index(drop=True),
        lambda frame: frame.rename(columns={"rent": "price"}),
        lambda frame: frame.iloc[:2],
        lambda frame: frame[["city", "quarter", "talent", "rent"]],
    ],
    ids=["number", "text", "missing", "order", "name", "rows", "columns"],
)
def test_checksum_differs_when_content_differs(result, change):
    frame = result.tables["cities"]
    assert table_checksum(change(frame)) != table_checksum(frame)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.copy(),
        lambda frame: frame.assign(city=frame["city"].astype(object)),
        lambda frame: frame.assign(city=frame["city"].cat.set_categories(["wuhan", "shanghai", "beijing"])),
        lambda frame: frame.assign(talent=frame["talent"].astype("int32")),
        lambda frame: frame.assign(talent=frame["talent"].astype("Int64")),
        lambda frame: frame.set_index(np.array([9, 8, 7])),
    ],
    ids=["copy", "text", "categories", "int32", "nullable", "index"],
)
def test_checksum_does_not_depend_on_storage(result, change):
    frame = result.tables["cities"]
    assert table_checksum(change(frame)) == table_checksum(frame)


def test_checksum_treats_both_zeros_alike():
    assert table_checksum(pd.DataFrame({"x": [0.0]})) == table_checksum(pd.DataFrame({"x": [-0.0]}))


def test_checksum_is_not_fooled_by_where_a_text_ends():
    first, second = pd.DataFrame({"x": ["ab", "c"]}), pd.DataFrame({"x": ["a", "bc"]})
    assert table_checksum(first) != table_checksum(second)


def test_changed_table_is_refused(result, tmp_path):
    folder = write_result(result, tmp_path / "run")
    result.tables["cities"].assign(talent=1).to_parquet(folder / "cities.parquet", index=False)
    with pytest.raises(ResultsError, match=r"cities\.parquet is not what the run wrote"):
        read_result(folder)


def test_missing_and_damaged_tables_are_refused(result, tmp_path):
    folder = write_result(result, tmp_path / "run")
    (folder / "cities.parquet").write_bytes(b"no table")
    with pytest.raises(ResultsError, match="cannot be read"):
        read_result(folder)
    (folder / "cities.parquet").unlink()
    with pytest.raises(ResultsError, match="cannot be read"):
        read_result(folder)


@pytest.mark.parametrize("text", ["{", "[]", None], ids=["broken", "list", "absent"])
def test_folder_without_manifest_is_refused(text, tmp_path):
    if text is not None:
        (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(ResultsError, match="manifest"):
        read_result(tmp_path)


def test_comparison_folder_is_no_run(tmp_path):
    (tmp_path / MANIFEST).write_text('{"format": "talentsim-comparison-1"}')
    with pytest.raises(ResultsError, match="no single run"):
        read_result(tmp_path)


def test_earlier_result_is_replaced_whole(result, tmp_path):
    folder = write_result(result, tmp_path / "run")
    fewer = RunResult(tables={"cities": result.tables["cities"]}, manifest=result.manifest)
    write_result(fewer, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["cities.parquet", MANIFEST]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_empty_folder_is_used(result, tmp_path):
    (tmp_path / "run").mkdir()
    assert read_result(write_result(result, tmp_path / "run")).tables.keys() == result.tables.keys()


def test_foreign_folder_is_refused_and_kept(result, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultsError, match="is not empty and holds no earlier results"):
        write_result(result, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_foreign_manifest_is_refused(result, tmp_path):
    (tmp_path / MANIFEST).write_text('{"name": "a web app"}')
    with pytest.raises(ResultsError, match="is not empty"):
        write_result(result, tmp_path)


def test_file_and_current_folder_are_refused(result, tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(ResultsError, match="is a file"):
        write_result(result, path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ResultsError, match="current folder"):
        write_result(result, tmp_path / "here")


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_crash_leaves_the_old_result_and_nothing_else(result, tmp_path, error):
    folder = write_result(result, tmp_path / "run")

    def fail():
        with stage_folder(folder) as staged:
            (staged / "half").write_text("")
            raise error

    with pytest.raises(error):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert read_result(folder).manifest["seed"] == 7


def test_hash_of_a_result_follows_scenario_seeds_and_code():
    first = result_hash({"a": 1, "b": 2}, [1, 2], "code")
    assert result_hash({"b": 2, "a": 1}, range(1, 3), "code") == first
    others = {result_hash({"a": 1}, [1, 2], "code"), result_hash({"a": 1, "b": 2}, [1], "code")}
    others.add(result_hash({"a": 1, "b": 2}, [1, 2], "other"))
    assert len(others | {first}) == 4


def test_hash_of_the_source_follows_content_and_names(tmp_path):
    (tmp_path / "a.py").write_text("x = 1")
    first = hash_source(tmp_path)
    (tmp_path / "note.txt").write_text("no code")
    assert hash_source(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert hash_source(tmp_path) != first


def test_description_of_tables_names_the_columns(result):
    assert describe_tables(result.tables)["cohorts"]["columns"] == ["cohort_year", "stayed_12m", "new_graduate"]
