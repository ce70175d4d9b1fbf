"""State of all persons as columns, declared in one table.

Allocation, the checks of a run, the documentation and the kernels' argument all follow from `COLUMNS`. `People` is the
named tuple of the arrays that kernels receive; row i of every array is one person, and rows may stand in any order.
"""

from __future__ import annotations

import collections
import dataclasses
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.types import NEVER_EMPLOYED, NO_COURSE, NO_FIRM, NO_QUARTER, NO_SCHEME, SEARCHING, UNHOUSED


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its name, storage, unit, value of a new row, and meaning."""

    name: str
    dtype: str
    unit: str
    fill: float
    meaning: str


COLUMNS: Final = (
    Column("uid", "u8", "id", 0, "cohort year, place, level, field and rank in that cell, packed; never changes"),
    Column("cohort_q", "i2", "quarter", NO_QUARTER, "quarter of graduation, counted from 2000Q1"),
    Column("education", "i1", "code", 0, "highest degree (EDUCATION)"),
    Column("field", "i1", "code", 0, "field of study (FIELD)"),
    Column("institution", "i1", "code", 0, "type of institution (INSTITUTION)"),
    Column("home", "i1", "place", 0, "place of origin"),
    Column("study", "i1", "place", 0, "place of study"),
    Column("city", "i1", "place", 0, "place of residence"),
    Column("hukou", "i1", "place", 0, "place of household registration"),
    Column("state", "i1", "code", SEARCHING, "STATE"),
    Column("housing", "i1", "code", UNHOUSED, "HOUSING"),
    Column("scheme", "i1", "policy", NO_SCHEME, "policy that provides the unit, or NO_SCHEME"),
    Column("certificate", "i1", "flag", 0, "holds an industry certificate"),
    Column("qualified", "i1", "flag", 0, "skills reach the bar of positions at the own level"),
    Column("cell", "i1", "code", 0, "position held: education x experience x ai, flattened"),
    Column("course", "i1", "policy", NO_COURSE, "policy whose course the person is on, NO_COURSE or COURSE_DONE"),
    Column("course_end_q", "i2", "quarter", NO_QUARTER, "last quarter of the course"),
    Column("lease_end_q", "i2", "quarter", NO_QUARTER, "quarter in which the lease ends"),
    Column("lease_start_q", "i2", "quarter", NO_QUARTER, "quarter in which the lease began"),
    Column(
        "queue_q", "i2", "quarter", NO_QUARTER, "quarter of the first application for a unit of the city, while waiting"
    ),
    Column("arrived_q", "i2", "quarter", NO_QUARTER, "quarter of arrival in the city"),
    Column(
        "resident_q",
        "i2",
        "quarter",
        NO_QUARTER,
        "quarter from which residence counts: of arrival, unless rights followed",
    ),
    Column("experience_q", "i2", "quarters", 0, "quarters in employment"),
    Column("tenure_q", "i2", "quarters", NEVER_EMPLOYED, "quarters in the present job; -1 before the first"),
    Column("search_q", "i2", "quarters", 0, "quarters of search without a job"),
    Column("aware", "u4", "bits", 0, "bit k: knows of policy k of the scenario"),
    Column("received", "u4", "bits", 0, "bit k: has received money, a unit or a place under policy k of the scenario"),
    Column("firm", "i4", "row", NO_FIRM, "employer's row, or NO_FIRM"),
    Column("ability", "f4", "index", 1.0, "lasting ability, mean about 1"),
    Column("knowledge", "f4", "skill", 0, "professional knowledge"),
    Column("technical", "f4", "skill", 0, "technical skill"),
    Column("practice", "f4", "skill", 0, "engineering practice"),
    Column("soft", "f4", "skill", 0, "soft skills"),
    Column("wage", "f4", "CNY/month", 0, "gross pay, 0 without a job"),
    Column("rent", "f4", "CNY/month", 0, "rent paid by the person"),
    Column("transfer", "f4", "CNY/month", 0, "transfers received this quarter"),
    Column("rent_aid", "f4", "CNY/month", 0, "part of them that is paid against rent"),
)
"""The one table of person state."""

BYTES_PER_PERSON: Final = sum(np.dtype(column.dtype).itemsize for column in COLUMNS)

People: Any = collections.namedtuple("People", [column.name for column in COLUMNS])  # type: ignore[misc]
"""The arrays of all columns, cut to the rows in use: what a kernel receives."""


class ColumnSet:
    """Growable columns. `people` is a view on the rows in use; append returns the range of new rows."""

    def __init__(self, capacity: int) -> None:
        self._arrays = {column.name: self._filled(column, capacity) for column in COLUMNS}
        self._size = 0
        self._people = self._cut()

    @staticmethod
    def _filled(column: Column, capacity: int) -> NDArray[Any]:
        return np.full(capacity, column.fill, dtype=column.dtype)

    def __len__(self) -> int:
        return self._size

    @property
    def capacity(self) -> int:
        """Rows allocated."""
        return len(self._arrays["uid"])

    @property
    def people(self) -> Any:
        """Arrays of the rows in use, in the order of COLUMNS. Views: writing changes the state."""
        return self._people

    def _cut(self) -> Any:
        return People(*(self._arrays[column.name][: self._size] for column in COLUMNS))

    def append(self, rows: int) -> slice:
        """Add `rows` rows with the fill of each column; grows by half when full."""
        start, stop = self._size, self._size + rows
        if stop > self.capacity:
            capacity = max(stop, self.capacity + self.capacity // 2)
            for column in COLUMNS:
                grown = self._filled(column, capacity)
                grown[: self._size] = self._arrays[column.name][: self._size]
                self._arrays[column.name] = grown
        self._size = stop
        self._people = self._cut()
        return slice(start, stop)

    def reorder(self, order: NDArray[np.int64]) -> None:
        """Put the rows in use into another order. Results do not depend on it."""
        for array in self._arrays.values():
            array[: self._size] = array[: self._size][order]
