"""The journal of a calibration: one line for each run that ended, appended as it ends, never rewritten.

A run is named by the values of its parameters and its seed, so that whatever is asked again is read instead of run:
algorithms start afresh after an interruption, ask the same points and find them here. A process killed at any moment
loses the runs in flight only; half a last line, as a kill leaves it, is cut off when the journal is used next.
The first line says what was simulated. A journal of another model, other parameters or other figures is refused.
Several commands may use one journal at once: each holds a lock on the file while it reads or appends, and takes in what
the others have appended.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from calibration.problem import CalibrationError, Problem

FloatArray = NDArray[np.float64]

FORMAT: Final = "talentsim-journal-1"


class Journal:
    """Runs that ended, by values and seed; kept in a file if there is one.

    Args:
        problem: what is simulated.
        path: the file; it is made with the first run. None keeps runs in memory only.

    Raises:
        CalibrationError: if the file belongs to something else or is damaged before its last line.
    """

    def __init__(self, problem: Problem, path: Path | None = None) -> None:
        self._path = path
        self._head: dict[str, Any] = {
            "format": FORMAT,
            "identity": problem.identity,
            "parameters": list(problem.prior.names),
            "figures": list(problem.targets.names),
        }
        self._figures: dict[tuple[bytes, int], FloatArray] = {}
        self._read_to = 0
        self._n_lines = 0
        self.refresh()

    def __len__(self) -> int:
        return len(self._figures)

    def find(self, values: FloatArray, seed: int) -> FloatArray | None:
        """(target,) figures of a run that ended, or None."""
        return self._figures.get(_name_run(values, seed))

    def append(self, values: FloatArray, seed: int, figures: FloatArray) -> None:
        """Keep a run; on disk before this returns."""
        self._figures[_name_run(values, seed)] = np.where(np.isfinite(figures), figures, np.nan)
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _open_locked(self._path) as file:
            self._take_in(self._path, file)
            lines: list[dict[str, Any]] = [] if self._n_lines else [self._head]
            lines.append({"values": _to_plain(values), "seed": seed, "figures": _to_plain(figures)})
            file.write("".join(json.dumps(line) + "\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
            self._read_to, self._n_lines = file.tell(), self._n_lines + len(lines)

    def refresh(self) -> None:
        """Take in the runs that other commands have kept since."""
        if self._path is not None and self._path.exists():
            with _open_locked(self._path) as file:
                self._take_in(self._path, file)

    def _take_in(self, path: Path, file: BinaryIO) -> None:
        """Read what is new. Nobody else writes meanwhile, so that half a last line is what a kill has left."""
        if file.seek(0, os.SEEK_END) < self._read_to:  # the file was removed and begun anew
            self._read_to = self._n_lines = 0
        file.seek(self._read_to)
        text = file.read()
        whole = text.rfind(b"\n") + 1
        for line in text[:whole].splitlines():
            self._n_lines += 1
            if self._n_lines == 1:
                self._check_head(path, line)
            else:
                self._take_line(path, line)
        self._read_to += whole
        if whole < len(text):
            file.truncate(self._read_to)
            file.seek(0, os.SEEK_END)

    def _take_line(self, path: Path, line: bytes) -> None:
        run = _parse_line(path, self._n_lines, line)
        try:
            values, figures = (_to_array(run[name]) for name in ("values", "figures"))
            self._figures[_name_run(values, int(run["seed"]))] = figures
        except (KeyError, TypeError, ValueError) as error:
            repair = "Remove it to run it again"
            raise CalibrationError(f"{path}:{self._n_lines}: this line is no run. {repair}") from error

    def _check_head(self, path: Path, line: bytes) -> None:
        head = _parse_line(path, 1, line)
        for key, words in self._head.items():
            if head.get(key) != words:
                raise CalibrationError(
                    f"{path}: its runs are of other {key} than those asked for. Name another folder, or remove the file"
                )


@contextlib.contextmanager
def _open_locked(path: Path) -> Iterator[BinaryIO]:
    """The file, to be read and appended to, and nobody else's until it is closed."""
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _parse_line(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError as error:
        raise CalibrationError(f"{path}:{number}: this line is damaged. Remove it to run it again") from error
    if not isinstance(read, dict):
        raise CalibrationError(f"{path}:{number}: this line is no run. Remove it to run it again")
    return read


def _name_run(values: FloatArray, seed: int) -> tuple[bytes, int]:
    # adding 0 turns -0 into 0, which is the same value
    return (np.ascontiguousarray(values, np.float64) + 0.0).tobytes(), seed


def _to_plain(numbers: FloatArray) -> list[float | None]:
    return [float(number) if math.isfinite(number) else None for number in numbers]


def _to_array(numbers: Sequence[float | None]) -> FloatArray:
    return np.array([math.nan if number is None else number for number in numbers], np.float64)
