"""The store of sweeps: one parquet file, of one row group, for each run.

    STORE/runs/sweep=NAME/scenario=POLICY/seed=N/RUN.parquet    the rows of a run; never changed once it is there
    STORE/index.jsonl                                           what is known of each run; made again from the files
    STORE/sweeps/NAME.json                                      what the sweep was asked

A run is written under a hidden name and moved to its place whole, so that who reads sees all of it or nothing, and two
programs that write the same run leave one. The name of a file is the hash of what the run simulates and of its labels:
a file that is there is a run that need not be done. Sweep, policy (as `scenario`) and seed stand in the path as every
reader of partitioned data sets expects; the rows hold the rest. The index saves reading all files to find out what they
simulate and how long that took; a line that is torn or lost is made again from its file, but for the time.
Left out: locks. Two programs that run the same sweep at once may both do a run, with the same result.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from experiments.table import LABEL_COLUMNS, OUTCOME_COLUMNS, check_table
from sim.errors import ResultsError

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame

    from experiments.plan import Run
    from experiments.points import Point

STORE: Final = Path("results") / "sweeps"
RUNS: Final = "runs"
INDEX: Final = "index.jsonl"
SWEEPS: Final = "sweeps"
_HIDDEN: Final = ".writing"
_SUFFIX: Final = ".parquet"
_CONTENT: Final = b"talentsim.content"
_SIZE: Final = b"talentsim.size"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the index knows of a run."""

    run: str
    content: str
    path: str
    """Under the folder of runs."""
    size: str
    """World, scale and quarters: runs of one size take about the same time."""
    seconds: float | None
    """What the simulation took; None where it is not known, and for a copy."""


class Store:
    """A folder of runs.

    Args:
        folder: made when the first run is written.
    """

    def __init__(self, folder: Path = STORE) -> None:
        self.folder = folder
        self._runs = folder / RUNS
        self._index = folder / INDEX

    def list_runs(self, sweep: str) -> dict[str, Path]:
        """File of each finished run of a sweep, by the key of the run."""
        return {path.stem: path for path in _walk(self._runs / f"sweep={sweep}")}

    def read_seed(self, path: Path) -> int:
        """Seed of a run, by its file."""
        return int(path.parent.name.partition("=")[2])

    def write_run(self, sweep: str, run: Run, point: Point, table: pa.Table, facts: Entry) -> Path:
        """Write the rows of a run, whole or not at all, and note it in the index.

        Args:
            sweep: name of the sweep.
            run: its labels.
            point: value of each key that is varied.
            table: city, outcome, group, unit and value.
            facts: what the index is to know; run and path are filled in here.
        """
        import pyarrow.parquet as pq

        path = self._runs / f"sweep={sweep}" / f"scenario={run.policy}" / f"seed={run.seed}" / f"{run.key}{_SUFFIX}"
        labelled = _add_labels(table, run, point, {_CONTENT: facts.content.encode(), _SIZE: facts.size.encode()})
        with _stage_file(path, self.folder / _HIDDEN) as staged:
            text = [field.name for field in labelled.schema if str(field.type) == "string"]
            pq.write_table(labelled, staged, compression="zstd", use_dictionary=text, write_statistics=False)
        self._append([dataclasses.replace(facts, run=run.key, path=path.relative_to(self._runs).as_posix())])
        return path

    def read_outcomes(self, path: Path) -> pa.Table:
        """The rows of a run without its labels, as write_run takes them."""
        import pyarrow.parquet as pq

        # as one file: its path would be read as columns otherwise
        with pq.ParquetFile(path) as file:
            return file.read(columns=list(OUTCOME_COLUMNS)).replace_schema_metadata(None)

    def read_sweep(self, sweep: str, *, outcomes: Sequence[str] = (), seeds: Sequence[int] = ()) -> DataFrame:
        """The tidy table of a sweep (experiments.table), in the order of its labels.

        Args:
            sweep: name of the sweep.
            outcomes: names to read; all without them.
            seeds: those to read; all that the store has without them.

        Raises:
            ResultsError: if the store has no runs of it.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        folder = self._runs / f"sweep={sweep}"
        if not any(_walk(folder)):
            known = sorted(path.name.partition("=")[2] for path in self._runs.glob("sweep=*"))
            raise ResultsError(f"{self.folder} has no runs of {sweep}. It has {', '.join(known) or 'none at all'}")
        parts = ds.partitioning(pa.schema([("scenario", pa.string()), ("seed", pa.int64())]), flavor="hive")
        data = ds.dataset(folder, format="parquet", partitioning=parts)
        chosen = ds.scalar(True)
        for name, values in (("outcome", outcomes), ("seed", seeds)):
            chosen = chosen & ds.field(name).isin(list(values)) if values else chosen
        table = data.to_table(filter=chosen).to_pandas().drop(columns="scenario")
        table.insert(0, "sweep", sweep)
        keys = [name for name in table.columns if name not in {*LABEL_COLUMNS, *OUTCOME_COLUMNS}]
        table = table[[*LABEL_COLUMNS, *keys, *OUTCOME_COLUMNS]]
        # rows of a run stay in the order in which they were written
        return check_table(table.sort_values(list(LABEL_COLUMNS), kind="stable", ignore_index=True))

    def read_index(self) -> dict[str, Entry]:
        """What is known of each run in the store, by its key; the index is made again where it does not tell."""
        files = {path.stem: path for path in _walk(self._runs)}
        known = {entry.run: entry for entry in self._read_lines() if entry.run in files}
        lost = [path for key, path in files.items() if key not in known]
        found = [self._describe_file(path) for path in lost]
        if found:
            self._append(found)
        return known | {entry.run: entry for entry in found}

    def find_file(self, entry: Entry) -> Path:
        """The file of a run."""
        return self._runs / entry.path

    def remove_runs(self, sweep: str, keys: Iterable[str] | None = None) -> None:
        """Remove runs of a sweep; all without `keys`."""
        folder = self._runs / f"sweep={sweep}"
        if keys is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        files = self.list_runs(sweep)
        for key in keys:
            files[key].unlink(missing_ok=True)

    def write_facts(self, sweep: str, facts: dict[str, Any]) -> None:
        """Keep what a sweep was asked, for who reads its runs later."""
        path = self.folder / SWEEPS / f"{sweep}.json"
        with _stage_file(path, self.folder / _HIDDEN) as staged:
            staged.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    def read_facts(self, sweep: str) -> dict[str, Any] | None:
        """What a sweep was asked; None where the store does not say."""
        path = self.folder / SWEEPS / f"{sweep}.json"
        facts: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        return facts

    def _append(self, entries: Sequence[Entry]) -> None:
        """Add lines in one write, which other programs that append cannot split."""
        lines = "".join(json.dumps(dataclasses.asdict(entry)) + "\n" for entry in entries)
        target = os.open(self._index, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(target, lines.encode())
        finally:
            os.close(target)

    def _read_lines(self) -> Iterator[Entry]:
        if not self._index.is_file():
            return
        with self._index.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                # a program that was killed may leave half a line
                with contextlib.suppress(ValueError, TypeError):
                    yield Entry(**json.loads(line))

    def _describe_file(self, path: Path) -> Entry:
        import pyarrow.parquet as pq

        found = pq.read_schema(path).metadata or {}
        content, size = (found.get(name, b"").decode() for name in (_CONTENT, _SIZE))
        inside = path.relative_to(self._runs).as_posix()
        return Entry(run=path.stem, content=content, path=inside, size=size, seconds=None)


def _walk(folder: Path) -> Iterator[Path]:
    """All finished runs under a folder, in the order of their paths."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place, name) for name in sorted(names) if name.endswith(_SUFFIX) and name[0] != ".")


def _add_labels(table: pa.Table, run: Run, point: Point, facts: dict[bytes, bytes]) -> pa.Table:
    """The rows of a run with its labels in front; sweep and seed stand in its path."""
    import pyarrow as pa

    labels: list[tuple[str, Any, Any]] = [
        ("design", run.design, pa.int32()),
        ("policy", run.policy, pa.string()),
        ("future", run.future, pa.string()),
        ("member", run.member, pa.int32()),
        *((key, value, _choose_type(value)) for key, value in point.items()),
    ]
    columns = [pa.repeat(pa.scalar(value, kind), len(table)) for _, value, kind in labels]
    names = [name for name, _, _ in labels] + list(table.column_names)
    return pa.table([*columns, *table.columns], names=names).replace_schema_metadata(facts)


def _choose_type(value: Any) -> Any:
    import pyarrow as pa

    if isinstance(value, bool):
        return pa.bool_()
    if isinstance(value, int):
        return pa.int64()
    return pa.float64() if isinstance(value, float) else pa.string()


@contextlib.contextmanager
def _stage_file(path: Path, hidden: Path) -> Iterator[Path]:
    """Give a hidden file to write, and move it to its place when the block ends well."""
    for folder in (hidden, path.parent):
        folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}-", dir=hidden)
    os.close(handle)
    staged = Path(name)
    try:
        yield staged
        staged.chmod(0o644)
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
