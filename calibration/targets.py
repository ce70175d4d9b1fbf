"""Published figures with their simulated counterpart: targets that a fit is held against, and checks.

targets.yaml says for each figure which rows of the registry it is made of and which moment of a run it is compared
with; the number itself is never typed there. Rules, the same for all figures:

Value: the figure printed, in persons, shares and CNY; `derivation` writes arithmetic over the rows a, b, c ... in their
order, the rows of `given` (inputs that only put an outcome in proportion) after them.

A figure that bounds the simulated part of what it counts says so by `bound`. `order: above` (or `below`) is a sentence
without a number, that one outcome lies above (below) another: the ratio of both is held against a bound of 1.
`fill` takes arguments of the moment from rows, which weigh an outcome but are not compared.

Tolerance: the largest of half a unit of the last printed digit, of a share of the figure (5 % where it is exact, 10 %
where it is approximate, 15 % where it is read from a chart; half as much again for reliability C, twice as much for D;
2 % for a bound), and of half a point for percentages. Through a derivation it is carried over to first order, the rows
as independent; given rows count with their rounding alone.

Error: the distance from the figure in tolerances; for a bound the distance beyond it, else 0. Inside: at most 1.

Weight: families weigh equally, within a family the rows, within a row the figures that it states.
"""

from __future__ import annotations

import ast
import collections
import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from calibration.evidence import EvidenceError, Registry, Row, find_ids, load_registry
from calibration.moments import MOMENTS
from calibration.periods import find_year
from sim.errors import Problem
from sim.sourced import Node, read_yaml

TARGETS: Final = Path(__file__).parent / "targets.yaml"

SHARE_OF_VALUE: Final = {"exact": 0.05, "approximate": 0.10, "read_from_chart": 0.15}
SHARE_OF_BOUND: Final = 0.02
GRADE_FACTOR: Final = {"": 1.0, "A": 1.0, "B": 1.0, "C": 1.5, "D": 2.0}
LEAST_POINTS: Final = 0.5
"""Smallest tolerance of a percentage, in points: no survey of postings or graduates is nearer to the truth."""
UNIT_FACTOR: Final = {
    "percent": 0.01, "percentage_points": 0.01, "10k_persons": 1e4, "10k_persons_per_year": 1e4,
    "10k_cny_per_year": 1e4, "cny_per_month": 1.0, "ratio": 1.0, "index": 1.0, "order": 1.0,
}  # fmt: skip
"""What a unit of the documents is in persons, shares and CNY."""

_USES: Final = ("target", "check")
_FAMILY_KEYS: Final = ("label", "use", "moment", "args", "take", "fill", "cell", "note", "figures")
_FIGURE_KEYS: Final = (
    "id", "ids", "rows", "given", "derivation", "moment", "args", "take", "fill", "each", "unit", "bound", "order",
    "note",
)  # fmt: skip
_ORDERS: Final = {"above": "low", "below": "high"}
_WORDS: Final[Mapping[str, Any]] = {
    "y1_3": "1-3y", "y3_5": "3-5y", "y5_10": "5-10y", "gt10": ">10y", "lt1": "<1y", "lt3": ["none", "<1y", "1-3y"],
    "lt100": "<100", "100_500": "100-500", "500_10000": "500-10000",
}  # fmt: skip
"""Words of the documents that the model writes otherwise; those under three years include those who are asked none."""
_DIMS: Final = {"firm_size": "size"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """One published figure and the moment that it is compared with."""

    name: str
    """Ids of its rows and what distinguishes it among figures of the same rows."""
    family: str
    use: str
    """`target` or `check`."""
    rows: tuple[Row, ...]
    """Rows that state it."""
    value: float
    """Persons, shares, CNY or a ratio."""
    tolerance: float
    bound: str
    """`low`: outcomes lie above the value; `high`: below; empty: at it."""
    unit: str
    """Unit of the documents."""
    factor: float
    """One of that unit in the unit of the value."""
    moment: str
    args: Mapping[str, Any]
    cell: str
    """Figures of one cell are held out together."""
    year: int
    """Calendar year that the simulated counterpart needs last; 0 where the arguments name none."""

    @property
    def population(self) -> str:
        """Denominators of its rows, or who is counted."""
        return "; ".join(dict.fromkeys(row.population for row in self.rows))

    def error(self, simulated: float) -> float:
        """Distance from the figure in tolerances, signed; 0 on the good side of a bound. NaN where nothing came out."""
        distance = (simulated - self.value) / self.tolerance
        if self.bound == "low":
            return min(0.0, distance)
        return max(0.0, distance) if self.bound == "high" else distance

    def accepts(self, simulated: float) -> bool:
        """Whether a simulated value lies within the tolerance."""
        return bool(abs(self.error(simulated)) <= 1.0)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Board:
    """All figures of a targets file."""

    registry: Registry
    figures: tuple[Target, ...]
    labels: Mapping[str, Mapping[str, str]]
    """Name of each family by language."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """Figures that a fit may see."""
        return tuple(figure for figure in self.figures if figure.use == "target")


def load_targets(path: Path = TARGETS, registry: Registry | None = None) -> Board:
    """Read the figures of a targets file, with their values from the registry.

    Raises:
        EvidenceError: where a row is missing or an input would be a target, with its id; where an entry is not in form.
    """
    registry = registry or load_registry()
    problems: list[Problem] = []
    root = read_yaml(path, problems, shown=path.name)
    if root is None or problems:
        raise EvidenceError("\n".join(map(str, problems)))
    figures: list[Target] = []
    labels = {}
    for name, family in root.fields["families"].fields.items():
        _check_keys(family, _FAMILY_KEYS)
        labels[name] = family.fields["label"].to_plain()
        for node in family.fields["figures"].items:
            _check_keys(node, _FIGURE_KEYS)
            figures += _read_entry(name, family.to_plain(), node, registry)
    twice = [name for name, n in collections.Counter(figure.name for figure in figures).items() if n > 1]
    if twice:
        raise EvidenceError(f"{path.name}: {twice[0]} stands twice. Drop one, or tell them apart by `args`")
    return Board(registry=registry, figures=tuple(figures), labels=labels)


def weigh(figures: Sequence[Target]) -> dict[str, float]:
    """Weight of each figure by name; together they are 1. See the rule above."""
    rows = collections.defaultdict(set)
    shared: collections.Counter[tuple[str, tuple[str, ...]]] = collections.Counter()
    for figure in figures:
        rows[figure.family].add(_name_rows(figure))
        shared[figure.family, _name_rows(figure)] += 1
    return {
        figure.name: 1.0 / len(rows) / len(rows[figure.family]) / shared[figure.family, _name_rows(figure)]
        for figure in figures
    }


def evaluate(formula: str, numbers: Sequence[float]) -> float:
    """Arithmetic (+ - * /) over a, b, c ..., the numbers in their order. Raises EvidenceError on anything else."""
    names = {chr(ord("a") + index): number for index, number in enumerate(numbers)}

    def visit(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return float(_OPERATIONS[type(node.op)](visit(node.left), visit(node.right)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -visit(node.operand)
        if isinstance(node, ast.Name) and node.id in names:
            return names[node.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        raise EvidenceError(f"{formula!r} is no arithmetic over {', '.join(names)}. Use + - * / and brackets")

    try:
        return visit(ast.parse(formula, mode="eval").body)
    except SyntaxError as error:
        raise EvidenceError(f"{formula!r} is no arithmetic. Use + - * / and brackets") from error


_OPERATIONS: Final[Mapping[type[ast.operator], Any]] = {
    ast.Add: lambda x, y: x + y, ast.Sub: lambda x, y: x - y, ast.Mult: lambda x, y: x * y, ast.Div: lambda x, y: x / y,
}  # fmt: skip


def find_tolerance(row: Row) -> float:
    """Tolerance of a printed figure in its own unit, by the rule above."""
    share = SHARE_OF_BOUND if row.bound else SHARE_OF_VALUE[row.exactness]
    least = LEAST_POINTS if row.unit in {"percent", "percentage_points"} and not row.bound else 0.0
    return max(row.rounding, share * GRADE_FACTOR[row.grade] * abs(row.value), least)


def _read_entry(name: str, family: Mapping[str, Any], node: Node, registry: Registry) -> Iterator[Target]:
    """The figures of one entry: one for each row of `rows`, and for each combination of `each`."""
    where = f"{node.file}:{node.line}"
    entry: dict[str, Any] = node.to_plain()
    for ids in _list_ids(entry, where, registry):
        rows = tuple(_bound_row(registry.find_row(identifier, f"{where} ({name})"), entry) for identifier in ids)
        for combination in itertools.product(*entry.get("each", {}).values()):
            varied = dict(zip(entry.get("each", {}), combination, strict=True))
            args = _merge_args(family, entry, rows, varied) | _fill_args({**family, **entry}, registry, where)
            yield _make_target(name, {**family, **entry}, rows, varied, args, registry, where)


def _make_target(
    family: str,
    entry: Mapping[str, Any],
    rows: tuple[Row, ...],
    varied: Mapping[str, Any],
    args: Mapping[str, Any],
    registry: Registry,
    where: str,
) -> Target:
    use, moment = entry.get("use", "target"), str(entry.get("moment"))
    if use not in _USES or moment not in MOMENTS:
        raise EvidenceError(f"{where}: use {use!r} or moment {moment!r} is unknown. Take one of "
                            f"{', '.join(_USES)}; {', '.join(MOMENTS)}")  # fmt: skip
    if use == "target":
        for row in rows:
            registry.refuse_input(row.id, f"of {family}")
    unit = "order" if "order" in entry else entry.get("unit", rows[0].unit)
    if unit not in UNIT_FACTOR:
        raise EvidenceError(f"{where}: {rows[0].id} has the unit {unit!r}. Add it to UNIT_FACTOR")
    given = [registry.find_row(identifier, where) for identifier in entry.get("given", ())]
    value, tolerance = (1.0, SHARE_OF_BOUND) if unit == "order" else _derive(entry.get("derivation", "a"), rows, given)
    factor = UNIT_FACTOR[unit]
    told_apart = {**varied, **({"bound": entry["bound"]} if "bound" in entry else {})}
    suffix = "".join(f" {key}={word}" for key, word in told_apart.items())
    return Target(
        name="+".join(row.id for row in rows) + suffix, family=family, use=use, rows=rows, value=value * factor,
        tolerance=tolerance * factor, bound=rows[0].bound, unit=unit, factor=factor, moment=moment, args=args,
        cell=_name_cell(family, entry, args), year=_find_last_year(args),
    )  # fmt: skip


def _bound_row(row: Row, entry: Mapping[str, Any]) -> Row:
    """The row as a bound, where its entry says `bound` or `order`; else as it is."""
    side = _ORDERS.get(entry.get("order", ""), entry.get("bound"))
    return dataclasses.replace(row, dims={**row.dims, "bound": side}) if side else row


def _fill_args(entry: Mapping[str, Any], registry: Registry, where: str) -> dict[str, Any]:
    """Arguments of the moment that `fill` takes from rows, in the unit of figures: one id, or ids by word."""

    def read(identifier: str) -> float:
        row = registry.find_row(identifier, where)
        return row.value * UNIT_FACTOR[row.unit]

    return {
        name: {word: read(one) for word, one in wanted.items()} if isinstance(wanted, Mapping) else read(wanted)
        for name, wanted in entry.get("fill", {}).items()
    }


def _derive(formula: str, rows: Sequence[Row], given: Sequence[Row]) -> tuple[float, float]:
    """Value and tolerance of a formula over rows, in the unit of its result."""
    numbers = [row.value for row in (*rows, *given)]
    spreads = [*(find_tolerance(row) for row in rows), *(row.rounding for row in given)]
    value = evaluate(formula, numbers)
    moved = [
        evaluate(formula, [*numbers[:index], numbers[index] + spread, *numbers[index + 1 :]]) - value
        for index, spread in enumerate(spreads)
    ]
    return value, math.hypot(*moved)


def _list_ids(entry: Mapping[str, Any], where: str, registry: Registry) -> list[list[str]]:
    """Ids of each figure of an entry."""
    named = [key for key in ("id", "ids", "rows") if key in entry]
    if len(named) != 1:
        raise EvidenceError(f"{where}: an entry has one of `id`, `ids` (of one figure) and `rows` (a figure each)")
    if named == ["id"]:
        return [[entry["id"]]]
    if named == ["ids"]:
        return [list(entry["ids"])]
    return [[identifier] for identifier in find_ids(entry["rows"], registry.rows)]


def _merge_args(
    family: Mapping[str, Any], entry: Mapping[str, Any], rows: Sequence[Row], varied: Mapping[str, Any]
) -> dict[str, Any]:
    """Arguments of the moment: of the family, of the entry, what `take` takes from the row, and what varies.

    An argument that is null is none. `take` names for an argument the dimensions of the row that fill it: a list fills
    a cell, a text the argument itself.
    """
    args: dict[str, Any] = {**family.get("args", {}), **entry.get("args", {})}
    for name, wanted in {**family.get("take", {}), **entry.get("take", {})}.items():
        if wanted == "period":
            args[name] = rows[0].period
        elif isinstance(wanted, list):
            args[name] = {**args.get(name, {}), **{_DIMS.get(dim, dim): _read_dim(rows[0], dim) for dim in wanted}}
        else:
            args[name] = _read_dim(rows[0], wanted)
    return {name: value for name, value in (args | dict(varied)).items() if value is not None}


def _read_dim(row: Row, name: str) -> Any:
    if name not in row.dims:
        raise EvidenceError(f"{row.id} has no dimension {name!r} but {', '.join(row.dims)}. Write it under `args`")
    word = row.dims[name]
    return word.split("+") if "+" in word else _WORDS.get(word, word)


def _name_cell(family: str, entry: Mapping[str, Any], args: Mapping[str, Any]) -> str:
    """Family and the arguments that make a cell (`cell: [cohort]`, `cell: [cell.industry]`)."""
    parts = [family]
    for path in entry.get("cell", ()):
        value: Any = args
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        parts.append("+".join(value) if isinstance(value, list) else "all" if value is None else str(value))
    return "/".join(parts)


def _find_last_year(args: Mapping[str, Any]) -> int:
    years = [int(args[key]) for key in ("cohort", "year", "until") if key in args]
    periods = [str(args[key]) for key in ("period", "quarter") if key in args]
    return max([*years, *(find_year(period) for period in periods), 0])


def _name_rows(figure: Target) -> tuple[str, ...]:
    return tuple(row.id for row in figure.rows)


def _check_keys(node: Node, known: Sequence[str]) -> None:
    unknown = node.fields.keys() - set(known)
    if unknown:
        raise EvidenceError(f"{node.file}:{node.line}: unknown key {min(unknown)!r}. Use {', '.join(known)}")
