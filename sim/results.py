"""Results of a run: the tables, the manifest that says where they come from, and the folder that holds both.

A results folder is written under a temporary name beside its final place and moved there whole: readers see a
complete folder or none. Each table carries a checksum of its content (names, order, values; not of the file), so
that two runs can be compared across machines and a folder changed afterwards is noticed when it is read.
Left out: locks between processes that write to the same folder at the same moment; the last one wins.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.metadata
import json
import math
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sim
from sim.cautions import find_cautions
from sim.checkout import read_checkout
from sim.errors import ResultsError
from sim.fitfile import FIT_FORMAT
from sim.modelhash import hash_files, hash_model

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame, Series

    from sim.scenario import Scenario
    from sim.trace import PersonRecord

MANIFEST: Final = "manifest.json"
RUN_FORMAT: Final = "talentsim-run-1"
COMPARISON_FORMAT: Final = "talentsim-comparison-1"
SWEEP_FORMAT: Final = "talentsim-seeds-1"
_FORMATS: Final = (RUN_FORMAT, COMPARISON_FORMAT, SWEEP_FORMAT, FIT_FORMAT)
_PACKAGES: Final = (
    "mesa",
    "numpy",
    "numba",
    "pandas",
    "pyarrow",
    "scipy",
    "pydantic",
    "pyyaml",
)
_HASH_LENGTH: Final = 12


@dataclasses.dataclass(frozen=True, kw_only=True)
class RunResult:
    """What one run leaves behind."""

    tables: dict[str, DataFrame]
    """Result tables by name, each sorted by its key columns."""
    manifest: dict[str, Any]
    """Provenance: scenario, sources, seed, versions, checksums. Plain data, ready for JSON."""
    persons: PersonRecord | None = None
    """Whom policies reached and where everybody is, if the run was asked to keep it; not written to the folder."""


def write_result(result: RunResult, folder: Path) -> Path:
    """Write the tables (parquet) and manifest.json into `folder`, all or nothing, and return `folder`.

    An earlier results folder there is replaced. Raises ResultsError if `folder` holds anything else.
    """
    with stage_folder(folder) as staged:
        for name, table in result.tables.items():
            _write_table(table, staged / f"{name}.parquet")
        write_manifest({**result.manifest, "tables": _describe_written(result)}, staged)
    return folder


def read_result(folder: Path | str) -> RunResult:
    """Read what write_result wrote. Raises ResultsError if the folder is no run, incomplete, or was changed."""
    import pandas as pd
    import pyarrow as pa

    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest.get("format") != RUN_FORMAT:
        raise ResultsError(f"{folder} holds no single run. Name a folder that has tables beside its {MANIFEST}")
    tables = {}
    for name, written in manifest["tables"].items():
        path = folder / written["file"]
        try:
            table = pd.read_parquet(path, engine="pyarrow")
        except (OSError, pa.ArrowException) as error:
            raise ResultsError(f"{path} cannot be read ({error}). Run the scenario again") from error
        if table_checksum(table) != written["sha256"]:
            raise ResultsError(f"{path} is not what the run wrote: its checksum differs. Run the scenario again")
        tables[name] = table
    return RunResult(tables=tables, manifest=manifest)


@contextlib.contextmanager
def stage_folder(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside `folder` to write into; move it there whole when the block ends well.

    On any error the temporary folder is removed and `folder` stays as it was. A process that is killed may leave
    the hidden temporary folder, which nothing reads. Raises ResultsError if `folder` holds something not ours.
    """
    refuse_foreign_folder(folder)
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{target.name}.tmp-", dir=target.parent))
    try:
        staged.chmod(0o755)
        yield staged
        _replace_folder(staged, target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def refuse_foreign_folder(folder: Path) -> None:
    """Raise ResultsError unless `folder` is absent, empty, or an earlier results folder of this program."""
    if not folder.exists():
        above = next(parent for parent in folder.absolute().parents if parent.exists())
        if not above.is_dir():
            raise ResultsError(f"{above} is a file, and {folder} cannot lie in it. Name a folder with --out")
        return
    if not folder.is_dir():
        raise ResultsError(f"{folder} is a file. Name a folder with --out")
    if folder.resolve() == Path.cwd():
        raise ResultsError(f"{folder} is the current folder, which cannot be replaced whole. Name a folder inside it")
    if not any(folder.iterdir()):
        return
    try:
        known = read_manifest(folder).get("format") in _FORMATS
    except ResultsError:
        known = False
    if not known:
        raise ResultsError(
            f"{folder} is not empty and holds no earlier results. Name a new or empty folder, or empty this one"
        )


def table_checksum(frame: DataFrame) -> str:
    """Return the sha256 of a table's content: column names, order of rows, values, and which values are missing.

    The same content gives the same checksum whatever the storage: text or categories, int32 or nullable Int64.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps([list(map(str, frame.columns)), len(frame)]).encode())
    for name in frame.columns:
        for part in _column_parts(frame[name]):
            digest.update(memoryview(part).nbytes.to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def describe_tables(tables: Mapping[str, DataFrame]) -> dict[str, dict[str, Any]]:
    """Return file name, number of rows, columns and checksum of each table."""
    return {
        name: {
            "file": f"{name}.parquet",
            "rows": len(table),
            "columns": list(map(str, table.columns)),
            "sha256": table_checksum(table),
        }
        for name, table in tables.items()
    }


def describe_run(
    scenario: Scenario, *, seed: int, threads: int, wall_time_s: float, tables: Mapping[str, DataFrame]
) -> dict[str, Any]:
    """Return the manifest of one run as plain data: enough to run it again and to trace each of its inputs."""
    return {
        "format": RUN_FORMAT,
        "scenario": {
            "name": scenario.name,
            "question": scenario.question,
            "start": str(scenario.start),
            "end": str(scenario.end),
            "resolved": scenario.resolved,
        },
        "warnings": find_cautions(scenario),
        "sources": {key: describe_source(source) for key, source in scenario.sources.items()},
        "fit": describe_fit(scenario),
        "seed": seed,
        "scale": scenario.scale,
        "threads": threads,
        "wall_time_s": round(wall_time_s, 3),
        **describe_code(),
        "tables": describe_tables(tables),
    }


def describe_fit(scenario: Scenario) -> dict[str, Any] | None:
    """Return the fit whose parameters a scenario uses, and whether it was made with the model that runs."""
    fit = scenario.fit
    if fit is None:
        return None
    code = {"code_hash": fit.code_hash, "same_code": fit.code_hash == hash_model()}
    return {"name": fit.name, "member": fit.member, "parameters": len(fit.keys), **code}


def describe_source(source: Any) -> dict[str, Any]:
    """Return one value of a scenario with its unit, source, file and line as plain data."""
    return {
        "value": _to_plain(source.value),
        "unit": source.unit,
        "source": _to_plain(source.source),
        "file": str(source.file),
        "line": source.line,
    }


def describe_code() -> dict[str, Any]:
    """Return which code runs: version, commit, files that differ from it, hash of the source, Python and packages.

    Outside a checkout commit and `uncommitted` are None.
    """
    checkout = read_checkout()
    return {
        "version": sim.__version__,
        "commit": checkout.commit,
        "uncommitted": checkout.uncommitted if checkout.uncommitted is None else list(checkout.uncommitted),
        "code_hash": hash_source(),
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in _PACKAGES},
    }


def result_hash(resolved: Mapping[str, Any], seeds: Sequence[int], code_hash: str) -> str:
    """Return the short name of a results folder: the same for the same scenario, seeds and code, else different."""
    content = json.dumps(_to_plain([resolved, list(seeds), code_hash]), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:_HASH_LENGTH]


def hash_source(root: Path | None = None) -> str:
    """Return the sha256 of all Python files of the package, their paths included."""
    folder = root if root is not None else Path(sim.__file__).parent
    return hash_files(folder, folder.rglob("*.py"))


def write_tables(tables: Mapping[str, DataFrame], folder: Path) -> None:
    """Write NAME.csv for each table into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)


def write_manifest(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write manifest.json into `folder`, which must exist."""
    text = json.dumps(_to_plain(manifest), indent=1, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read manifest.json of `folder`. Raises ResultsError if it is missing or no JSON object."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ResultsError(f"{folder} has no {MANIFEST}. Name a folder that `talentsim run` wrote") from error
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path} cannot be read ({error}). Run the scenario again") from error
    if not isinstance(manifest, dict):
        raise ResultsError(f"{path} is no manifest of this program. Run the scenario again")
    return manifest


def _write_table(table: DataFrame, path: Path) -> None:
    """Write one table. Only text repeats enough for a dictionary, and nothing here asks for statistics of columns."""
    import pandas as pd

    text = [str(name) for name in table.columns if not pd.api.types.is_numeric_dtype(table[name].dtype)]
    table.to_parquet(
        path, engine="pyarrow", compression="zstd", index=False, use_dictionary=text, write_statistics=False
    )


def _describe_written(result: RunResult) -> dict[str, dict[str, Any]]:
    """Describe the tables; a run has done so already, which stands unless other tables were put in their place."""
    known = result.manifest.get("tables", {})
    shapes = {name: (len(table), [str(column) for column in table.columns]) for name, table in result.tables.items()}
    if shapes == {name: (table["rows"], table["columns"]) for name, table in known.items()}:
        return dict(known)
    return describe_tables(result.tables)


def _replace_folder(staged: Path, target: Path) -> None:
    """Move `staged` to `target`; an old folder there is set aside first and comes back if the move fails."""
    aside: Path | None = None
    try:
        if target.exists() and any(target.iterdir()):
            aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old-", dir=target.parent))
            target.replace(aside)
        staged.replace(target)
    except OSError as error:
        if aside is not None and not target.exists():
            aside.replace(target)
        raise ResultsError(f"{target} cannot be replaced ({error}). Name another folder with --out") from error
    if aside is not None:
        shutil.rmtree(aside, ignore_errors=True)


def _column_parts(column: Series[Any]) -> list[Any]:
    """Return a column as buffers in a form that does not depend on how pandas stores it."""
    import numpy as np
    import pandas as pd

    dtype = column.dtype
    if not pd.api.types.is_numeric_dtype(dtype):  # bool counts as a number here
        codes, names = pd.factorize(column)
        text = json.dumps([str(name) for name in names], ensure_ascii=False).encode()
        return [b"text", text, np.ascontiguousarray(codes, dtype="<i4")]
    missing = column.isna().to_numpy(dtype=bool)
    mask = np.packbits(missing)
    if pd.api.types.is_bool_dtype(dtype):
        return [b"bool", mask, _fill_missing(column, np.dtype(bool), missing)]
    if pd.api.types.is_integer_dtype(dtype):
        return [b"int", mask, _fill_missing(column, np.dtype("<i8"), missing)]
    # adding zero turns -0.0 into 0.0, which compare equal and must hash equal
    return [b"float", mask, _fill_missing(column, np.dtype("<f8"), missing) + 0.0]


def _fill_missing(column: Series[Any], dtype: Any, missing: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    if not missing.any():
        return np.ascontiguousarray(column.to_numpy(dtype=dtype))
    return column.to_numpy(dtype=dtype, na_value=dtype.type(0), copy=True)


def _to_plain(value: Any) -> Any:
    """Return arrays, numpy numbers, tuples and paths as what JSON knows; not-a-number as None, infinity as text."""
    if hasattr(value, "tolist"):
        return _to_plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): _to_plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_to_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
