"""Which targets no fit sees: whole families and whole cells, by a rule with a seed that is fixed before the first fit.

Rule (numbers in holdout.yaml): families are taken in the order of hash(seed, family), those that would hold more than
`largest_family` of all targets left out, until `family_share` of all targets are held out. Then cells of the other
families in the order of hash(seed, cell) until `share` is; a family keeps at least one cell. A cell holds all figures
that share a cohort, a year, an industry ... of one family (`cell` in targets.yaml).

Apart from it, figures that need years after `last_fit_year` are predicted by a fit of the earlier ones
(split_by_year).
"""

from __future__ import annotations

import collections
import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from calibration.evidence import EvidenceError
from calibration.targets import Target, load_targets
from sim.errors import Problem
from sim.sourced import read_yaml

HOLDOUT: Final = Path(__file__).parent / "holdout.yaml"


@dataclasses.dataclass(frozen=True, kw_only=True)
class HoldoutRule:
    """How targets are held out."""

    seed: int
    share: float
    """Least share of the targets that is held out."""
    family_share: float
    """Of all targets, those held out with their whole family."""
    largest_family: float
    """Share of all targets above which a family is not held out as a whole."""
    last_fit_year: int
    """Last year of which a fit sees figures when the later ones are predicted."""
    held: tuple[str, ...]
    """Families and cells that rule and seed gave when the file was written."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Split:
    """Targets for the fit, and targets that it does not see."""

    fit: tuple[Target, ...]
    held: tuple[Target, ...]
    names: tuple[str, ...]
    """Families and cells held out, sorted."""


def load_rule(path: Path = HOLDOUT) -> HoldoutRule:
    """Read the rule. Raises EvidenceError where the file is not in form."""
    problems: list[Problem] = []
    root = read_yaml(path, problems, shown=path.name)
    if root is None or problems:
        raise EvidenceError("\n".join(map(str, problems)))
    plain: dict[str, Any] = root.to_plain()
    try:
        return HoldoutRule(**{**plain, "held": tuple(plain["held"])})
    except (KeyError, TypeError) as error:
        names = ", ".join(field.name for field in dataclasses.fields(HoldoutRule))
        raise EvidenceError(f"{path.name}: {error}. Give {names}") from error


def load_fit_targets() -> tuple[Target, ...]:
    """The targets that a fit may see: what a search calls, so that nothing held out is at its hand."""
    return split_targets(load_targets().targets, load_rule()).fit


def split_targets(targets: Sequence[Target], rule: HoldoutRule) -> Split:
    """Hold out by the rule. The result depends on the targets and the seed alone."""
    families = _draw_families(targets, rule)
    cells = _draw_cells([target for target in targets if target.family not in families], len(targets), rule)
    held = tuple(target for target in targets if target.family in families or target.cell in cells)
    fit = tuple(target for target in targets if target not in held)
    return Split(fit=fit, held=held, names=tuple(sorted(families | cells)))


def split_by_year(targets: Sequence[Target], last_fit_year: int) -> Split:
    """Targets that need no year after `last_fit_year`, and the others, which are to be predicted."""
    fit = tuple(target for target in targets if target.year <= last_fit_year)
    held = tuple(target for target in targets if target.year > last_fit_year)
    return Split(fit=fit, held=held, names=tuple(sorted({target.cell for target in held})))


def _draw_families(targets: Sequence[Target], rule: HoldoutRule) -> set[str]:
    sizes = collections.Counter(target.family for target in targets)
    taken: set[str] = set()
    for family in sorted(sizes, key=lambda name: _hash(rule.seed, name)):
        if sum(sizes[name] for name in taken) >= rule.family_share * len(targets):
            break
        if sizes[family] <= rule.largest_family * len(targets):
            taken.add(family)
    return taken


def _draw_cells(targets: Sequence[Target], n_all: int, rule: HoldoutRule) -> set[str]:
    """Cells among the targets of the families that stay, until as many are held out as the share asks for."""
    sizes = collections.Counter(target.cell for target in targets)
    family_of = {target.cell: target.family for target in targets}
    left = collections.Counter(family_of.values())
    n_held, taken = n_all - len(targets), set[str]()
    for cell in sorted(sizes, key=lambda name: _hash(rule.seed, name)):
        if n_held >= rule.share * n_all:
            break
        if left[family_of[cell]] > 1:
            left[family_of[cell]] -= 1
            taken.add(cell)
            n_held += sizes[cell]
    return taken


def _hash(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed} {name}".encode()).digest()
