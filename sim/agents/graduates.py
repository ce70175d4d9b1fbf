"""Graduates: held in columns, seen through light Mesa agents.

`Graduates` offers the verbs of Mesa's AgentSet (select, get, set, agg, do, groupby, to_frame) on columns, and
`graduates[i]` is a `Graduate`, a view that reads and writes row i. Views are not registered with the model: a
registered object per person would cost twenty times the memory and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.columns import COLUMNS, ColumnSet

if TYPE_CHECKING:
    import pandas as pd

_NAMES: Final = tuple(column.name for column in COLUMNS)


class Graduate(mesa.Agent):
    """A person from graduation on: a view on one row of the columns.

    Every column of sim.columns is an attribute. A view is valid until rows are reordered.
    """

    def __init__(self, graduates: Graduates, row: int) -> None:  # the base registers with the model: not wanted here
        object.__setattr__(self, "model", graduates.model)
        object.__setattr__(self, "pos", None)
        object.__setattr__(self, "_columns", graduates.columns)
        object.__setattr__(self, "row", row)
        object.__setattr__(self, "unique_id", int(graduates.columns.people.uid[row]))

    def __getattr__(self, name: str) -> Any:
        if name in _NAMES:
            return getattr(self._columns.people, name)[self.row]
        raise AttributeError(f"a graduate has no {name!r}; columns are {', '.join(sorted(_NAMES))}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _NAMES:
            getattr(self._columns.people, name)[self.row] = value
        else:
            object.__setattr__(self, name, value)


class Graduates:
    """All persons of a model, or those of `rows`, with AgentSet's verbs on columns."""

    def __init__(self, model: mesa.Model, columns: ColumnSet, rows: NDArray[np.int64] | None = None) -> None:
        self.model = model
        self.columns = columns
        self._rows = rows

    @property
    def rows(self) -> NDArray[np.int64]:
        """Rows of the set, in its order."""
        return np.arange(len(self.columns)) if self._rows is None else self._rows

    def __len__(self) -> int:
        return len(self.columns) if self._rows is None else len(self._rows)

    def __getitem__(self, index: int) -> Graduate:
        return Graduate(self, int(self.rows[index]))

    def __iter__(self) -> Iterator[Graduate]:
        return (Graduate(self, int(row)) for row in self.rows)

    def get(self, name: str) -> NDArray[Any]:
        """Values of one column (a copy when the set is a selection)."""
        values: NDArray[Any] = getattr(self.columns.people, name)
        return values if self._rows is None else values[self._rows]

    def set(self, name: str, value: Any) -> Graduates:
        """Write one column."""
        getattr(self.columns.people, name)[self.rows] = value
        return self

    def select(self, condition: NDArray[np.bool_] | Callable[[Graduates], NDArray[np.bool_]]) -> Graduates:
        """The persons for whom `condition` (a mask, or a function of this set that gives one) holds."""
        mask = condition(self) if callable(condition) else condition
        return Graduates(self.model, self.columns, self.rows[mask])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """`function` of one column."""
        return function(self.get(name))

    def do(self, function: Callable[[Graduates], Any]) -> Graduates:
        """Call `function` on this set."""
        function(self)
        return self

    def groupby(self, name: str) -> dict[int, Graduates]:
        """Code -> the persons with that code in column `name`."""
        values = self.get(name)
        return {int(code): self.select(values == code) for code in np.unique(values)}

    def to_frame(self, names: tuple[str, ...] = _NAMES) -> pd.DataFrame:
        """Columns `names` as a data frame."""
        import pandas as pd

        return pd.DataFrame({name: self.get(name).copy() for name in names})
