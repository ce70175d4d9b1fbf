"""The registry of published figures: what each says, how far it can be trusted, and what it is used for.

A row of evidence/ is used in one of four ways:
- `input`: a value of the world, of the parameters, of a policy or of a scenario rests on it. Found in the citations of
  these files, in the words of their assumptions too, never listed by hand. A row that prints the same figure once more
  counts as well.
- `target`: an outcome of the simulation that a fit is held against. An input can be none: the registry refuses it.
- `check`: compared with the simulation, but no fit sees it; mostly an input that has to come through.
- left out: with a reason (left_out.yaml).

Left out here: whether a source is right. Where sources contradict each other, docs/sources.md says which one is taken.
"""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

import sim
from sim.errors import Problem, TalentsimError
from sim.params import Params
from sim.policies import POLICY_KINDS, EligibilitySpec
from sim.policies.base import FirmsSpec
from sim.sourced import Node, read_yaml

EVIDENCE: Final = Path(__file__).parent / "evidence"
WORLD: Final = Path(sim.__file__).parent / "world" / "china.yaml"
"""The world that is held against the figures. What other worlds rest on is no input of it."""
SCENARIOS: Final = Path(sim.__file__).parent.parent / "scenarios"

EXACTNESS: Final = ("exact", "approximate", "read_from_chart")
LOW_BOUNDS: Final = ("gt", "ge", "low", "lower")
HIGH_BOUNDS: Final = ("lt", "le", "high", "upper")
GRADES: Final = ("A", "B", "C", "D")

_NOT_VALUES: Final = ("sources", "question", "expectation", "label")
"""Keys of a scenario that cite what a question is about; no number rests on them."""
_IDS: Final = re.compile(r"\b(\d{3}-\d{4})(?:-(\d{2})(?:\s+to\s+(\d{2})\b(?!-))?)?\b")
_GRADE: Final = re.compile(r"reliability grade ([A-D])")


class EvidenceError(TalentsimError):
    """A figure is missing, unreadable, or used as what it cannot be. Names its id."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """One published figure."""

    id: str
    statistic: str
    """Family of figures with one definition."""
    dims: Mapping[str, str]
    """What distinguishes it within the family: industry, city, year ..."""
    printed: str
    """The number as it stands in the document, digits and all."""
    unit: str
    period: str
    geography: str
    population: str
    """The denominator, or who is counted."""
    exactness: str
    """One of EXACTNESS."""
    document: str
    line: str
    locator: str
    role: str
    note: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.printed)

    @property
    def bound(self) -> str:
        """`low`: outcomes lie above the figure; `high`: below it; empty: at it."""
        given = self.dims.get("bound", "")
        return "low" if given in LOW_BOUNDS else "high" if given in HIGH_BOUNDS else ""

    @property
    def grade(self) -> str:
        """Reliability from A to D as the reader of the document judged it; empty where nobody did."""
        found = _GRADE.search(self.note)
        return found.group(1) if found else ""

    @property
    def rounding(self) -> float:
        """Half a unit of the last printed digit."""
        _, _, decimals = self.printed.partition(".")
        return 0.5 * 10.0 ** -len(decimals)

    @property
    def source(self) -> str:
        """Document and line."""
        return f"{self.document}, line {self.line} ({self.locator})"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Registry:
    """All figures at hand, and which of them are inputs."""

    rows: Mapping[str, Row]
    inputs: Mapping[str, str]
    """Id of each row that an input rests on, and where it is cited."""

    def find_row(self, identifier: str, wanted_by: str) -> Row:
        """The row with this id. Raises EvidenceError where there is none."""
        row = self.rows.get(identifier)
        if row is None:
            raise EvidenceError(
                f"{wanted_by} needs the published figure {identifier}, which calibration/evidence does not hold. "
                "Copy it there with tools/collect_evidence.py, or drop what needs it"
            )
        return row

    def refuse_input(self, identifier: str, wanted_by: str) -> None:
        """Raise EvidenceError where an input rests on the row: then it is no outcome, and no fit may see it."""
        if identifier in self.inputs:
            raise EvidenceError(
                f"{identifier} cannot be the target {wanted_by}: an input rests on it ({self.inputs[identifier]}). "
                "Make it a check, or let the input stand on something else"
            )


def load_registry(evidence: Path = EVIDENCE, world: Path = WORLD, scenarios: Path = SCENARIOS) -> Registry:
    """Read all rows and find which of them inputs rest on.

    Args:
        evidence: folder with one CSV file for each document.
        world: file of the world.
        scenarios: folder of the scenario files.

    Raises:
        EvidenceError: where a row cannot be read or an id stands twice.
    """
    rows = read_rows(evidence)
    inputs: dict[str, str] = {}
    for where, text in _walk_citations(world, scenarios):
        for identifier in find_ids(text, rows):
            inputs.setdefault(identifier, where)
    return Registry(rows=rows, inputs=inputs | _find_restated(rows, inputs))


def read_rows(folder: Path) -> dict[str, Row]:
    """All rows of the CSV files of a folder by id. Raises EvidenceError where one is unreadable or stands twice."""
    rows: dict[str, Row] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for fields in csv.DictReader(file):
                row = _read_row(fields, path)
                if row.id in rows:
                    raise EvidenceError(f"{path.name}: {row.id} stands twice. Keep one of the rows")
                rows[row.id] = row
    return rows


def find_ids(text: str, rows: Mapping[str, Row]) -> list[str]:
    """Ids that a text cites: single ones, runs (`001-0251-01 to 04`), whole lines (`003-4382`) as far as at hand."""
    found: list[str] = []
    for line, first, last in _IDS.findall(text):
        if first:
            found += [f"{line}-{number:02d}" for number in range(int(first), int(last or first) + 1)]
        else:
            found += [identifier for identifier in rows if identifier.startswith(f"{line}-")]
    return found


def _read_row(fields: Mapping[str, str], path: Path) -> Row:
    try:
        row = Row(
            dims=dict(item.split("=", 1) for item in fields["dims"].split(";") if item),
            printed=fields["value"].strip(),
            document=fields["id"][:3],
            **{name: fields[name] for name in (
                "id", "statistic", "unit", "period", "geography", "population", "exactness", "line", "locator", "role",
                "note",
            )},
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise EvidenceError(f"{path.name}: {fields.get('id')} cannot be read ({error}). Copy it again") from error
    try:
        readable = math.isfinite(row.value)
    except ValueError:
        readable = False
    if not readable:
        raise EvidenceError(f"{path.name}: {row.id} has no number but {row.printed!r}. Copy it again")
    if row.exactness not in EXACTNESS:
        raise EvidenceError(f"{path.name}: {row.id} is {row.exactness!r}. Use one of {', '.join(EXACTNESS)}")
    return row


def _find_restated(rows: Mapping[str, Row], inputs: Mapping[str, str]) -> dict[str, str]:
    """Rows that print the figure of an input once more, in another place or document.

    The same statistic, number, unit, period and region, and no dimension that both name differs.
    """

    def sign(row: Row) -> tuple[object, ...]:
        return row.statistic, row.value, row.unit, row.period, row.geography

    def agree(row: Row, other: Row) -> bool:
        return all(row.dims[name] == other.dims[name] for name in row.dims.keys() & other.dims.keys())

    known: dict[tuple[object, ...], list[Row]] = {}
    for identifier in inputs:
        if identifier in rows:
            known.setdefault(sign(rows[identifier]), []).append(rows[identifier])
    return {
        row.id: f"the same figure as {other.id}"
        for row in rows.values()
        if row.id not in inputs
        for other in known.get(sign(row), ())
        if agree(row, other)
    }


def _walk_citations(world: Path, scenarios: Path) -> Iterator[tuple[str, str]]:
    """(where, text) of all that may cite what an input rests on."""
    problems: list[Problem] = []
    for path in (world, *sorted(scenarios.glob("*.yaml"))):
        root = read_yaml(path, problems, shown=path.name)
        if root is not None:
            yield from _walk_texts(root)
    yield from _walk_sources(Params, "params")
    yield from _walk_policies()


def _walk_texts(node: Node) -> Iterator[tuple[str, str]]:
    """Every text under a node; what a question cites for its own sake is left out."""
    if isinstance(node.value, str):
        yield f"{node.file}:{node.line} {node.key}", node.value
    for name, child in node.fields.items():
        if name not in _NOT_VALUES:
            yield from _walk_texts(child)
    for child in node.items:
        yield from _walk_texts(child)


def _walk_policies() -> Iterator[tuple[str, str]]:
    """Sources of the defaults of all kinds of policy."""
    for kind, spec in POLICY_KINDS.items():
        yield from _walk_sources(spec, f"policies.{kind}")
    for shared in (EligibilitySpec, FirmsSpec):
        yield from _walk_sources(shared, f"policies.{shared.__name__}")


def _walk_sources(group: type[BaseModel], key: str) -> Iterator[tuple[str, str]]:
    """Sources that the fields of a group declare, those of nested groups too."""
    for name, field in group.model_fields.items():
        nested: Any = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from _walk_sources(nested, f"{key}.{name}")
        elif isinstance(field.json_schema_extra, dict):
            yield f"{key}.{name}", str(field.json_schema_extra.get("source", ""))
