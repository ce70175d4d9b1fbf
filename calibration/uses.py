"""What every published figure is used for, and why the others are left out (left_out.yaml)."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from calibration.evidence import EvidenceError, Registry, Row
from calibration.targets import Target
from sim.errors import Problem
from sim.sourced import read_yaml

LEFT_OUT: Final = Path(__file__).parent / "left_out.yaml"
INPUT: Final = "input"
OMITTED: Final = "left out"
UNDECIDED: Final = "undecided"


@dataclasses.dataclass(frozen=True)
class Use:
    """What one row is used for."""

    kind: str
    """`input`, `target`, `check`, `left out` or `undecided`."""
    why: str
    """Where it is cited, which family it is in, or the reason why it is left out."""


def list_uses(registry: Registry, figures: Sequence[Target], left_out: Path = LEFT_OUT) -> dict[str, Use]:
    """The use of every row by id. An input that is compared as well counts as an input.

    Raises:
        EvidenceError: where left_out.yaml is not in form.
    """
    problems: list[Problem] = []
    root = read_yaml(left_out, problems, shown=left_out.name)
    if root is None or problems:
        raise EvidenceError("\n".join(map(str, problems)))
    reasons = [node.to_plain() for node in root.fields["reasons"].items]
    compared = {row.id: figure for figure in figures for row in figure.rows}
    return {row.id: _find_use(row, registry, compared, reasons) for row in registry.rows.values()}


def _find_use(
    row: Row, registry: Registry, compared: Mapping[str, Target], reasons: Sequence[Mapping[str, Any]]
) -> Use:
    if row.id in registry.inputs:
        return Use(INPUT, registry.inputs[row.id])
    if row.id in compared:
        return Use(compared[row.id].use, compared[row.id].family)
    named = [reason for reason in reasons if row.id in reason.get("ids", ())]
    fitting = [reason for reason in reasons if "ids" not in reason and _fits(row, reason)]
    for reason in (*named, *fitting):
        return Use(OMITTED, reason["why"])
    return Use(UNDECIDED, "no entry of left_out.yaml fits")


def _fits(row: Row, reason: Mapping[str, Any]) -> bool:
    """Whether statistic, document and role of a row are those of an entry, as far as it names them."""
    given = {"statistics": row.statistic, "documents": row.document, "roles": row.role}
    return all(
        any(fnmatch.fnmatchcase(word, pattern) for pattern in reason[name])
        for name, word in given.items()
        if name in reason
    )
