"""Conditions such as `units > 5000 or rent_cap < 3000`: which points of a design are run.

A condition is read with Python's grammar and holds comparisons, `and`, `or`, `not`, `in`, sums and products of numbers,
texts and names. Nothing else is allowed, so that a file cannot run anything.
"""

from __future__ import annotations

import ast
import dataclasses
import keyword
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from sim.sourced import suggest_name

_BINARY: Final[dict[type[ast.AST], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_PARTS: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Compare, ast.Name,
    ast.Load, ast.Constant, ast.List, ast.Tuple, *_BINARY,
)  # fmt: skip


_EXAMPLE: Final = "Write one such as `units > 5000 and cap < 3000`"


class ConditionError(ValueError):
    """A condition cannot be read; `repair` says what to write."""

    def __init__(self, message: str, repair: str) -> None:
        self.repair = repair
        super().__init__(message)


@dataclasses.dataclass(frozen=True)
class Condition:
    """A condition over names."""

    text: str
    body: ast.expr

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it is true where the names have these values. Raises ConditionError where they cannot be compared."""
        try:
            return bool(_find_value(self.body, values))
        except (TypeError, ZeroDivisionError) as error:
            message = f"`{self.text}` cannot be worked out for {dict(values)} ({error})"
            raise ConditionError(message, "Compare numbers with numbers and texts with texts") from error


def read_condition(text: str, names: list[str]) -> Condition:
    """Read a condition over `names`. Raises ConditionError."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        words = [name for name in names if keyword.iskeyword(name) and name in text.split()]
        repair = f"Give the key another name than `{words[0]}` with `as:`" if words else _EXAMPLE
        raise ConditionError(f"`{text}` is no condition", repair) from error
    for node in ast.walk(tree):
        if not isinstance(node, _PARTS):
            message = f"`{ast.unparse(node) if isinstance(node, ast.expr) else text}` is not allowed in a condition"
            raise ConditionError(message, "Use comparisons, `and`, `or`, `not`, `in`, numbers, texts and names")
        if isinstance(node, ast.Name) and node.id not in names:
            raise ConditionError(f"there is no `{node.id}` here", suggest_name(node.id, names))
    return Condition(text, tree.body)


def _find_value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """The value of a part; which parts there are was checked when it was read."""
    match node:
        case ast.BoolOp(op=ast.And()):
            return all(_find_value(part, values) for part in node.values)
        case ast.BoolOp():
            return any(_find_value(part, values) for part in node.values)
        case ast.UnaryOp(op=ast.Not()):
            return not _find_value(node.operand, values)
        case ast.UnaryOp():
            return -_find_value(node.operand, values)
        case ast.BinOp():
            return _BINARY[type(node.op)](_find_value(node.left, values), _find_value(node.right, values))
        case ast.Compare():
            sides = [_find_value(side, values) for side in (node.left, *node.comparators)]
            pairs = zip(node.ops, sides, sides[1:], strict=False)
            return all(_BINARY[type(sign)](left, right) for sign, left, right in pairs)
        case ast.List() | ast.Tuple():
            return [_find_value(part, values) for part in node.elts]
        case ast.Name():
            return values[node.id]
        case ast.Constant():
            return node.value
    raise ConditionError(f"`{ast.unparse(node)}` is not allowed in a condition", "Remove it")
