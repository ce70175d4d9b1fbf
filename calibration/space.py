"""The space of free parameters: which parameters of the rules are fitted, over which range, and why (space.yaml).

Every algorithm here works in the unit cube: u in (0, 1) is the quantile of a parameter under its prior, so that equal
steps are equally likely beforehand and the prior is the uniform distribution. `Prior` maps between both and knows
nothing of the model; `Space` adds keys, reasons and the parameters of a run.
Priors: `uniform` over the range, `loguniform` over the range (factors and rates that may differ by orders of size).
Left out: priors of several parameters together. Parameters not listed keep their value.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem as Mistake
from sim.errors import ScenarioError
from sim.params import Params
from sim.sourced import Node, check_keys, check_unit, read_text, read_yaml, report, suggest_name

FloatArray = NDArray[np.float64]

SPACE_FILE: Final = Path(__file__).with_name("space.yaml")
PRIORS: Final = ("uniform", "loguniform")
ENTRY_KEYS: Final = ("key", "unit", "prior", "range", "informed_by", "reason")
FEWEST, MOST = 20, 60
"""How many parameters the shipped file may free."""
_LAST_DIGITS: Final = 1e-9
"""Of the width of an interval: what a value loses on its way through the unit cube."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Prior:
    """Independent priors of n parameters. Arrays are (n,)."""

    names: tuple[str, ...]
    low: FloatArray
    high: FloatArray
    is_log: NDArray[np.bool_]
    """True where the logarithm is uniform."""
    is_whole: NDArray[np.bool_]
    """True for parameters that count something: their values are rounded."""
    start: FloatArray
    """Values before the fit, in the units of the parameters."""

    @property
    def start_unit(self) -> FloatArray:
        """(n,) values before the fit as a point of the unit cube."""
        return np.clip(self.to_unit(self.start), 0.0, 1.0)

    def to_values(self, unit: FloatArray) -> FloatArray:
        """(..., n) points of the unit cube -> values in the units of the parameters."""
        low, high = np.where(self.is_log, _log(self.low), self.low), np.where(self.is_log, _log(self.high), self.high)
        value = low + unit * (high - low)
        value = np.where(self.is_log, np.exp(np.where(self.is_log, value, 0.0)), value)
        # exp(log(x)) may miss x in its last bit, and a value out of range is refused by the model
        value = np.clip(value, self.low, self.high)
        # the values before the fit come back bit for bit, so that their run is the baseline's
        value = np.where(np.isclose(value, self.start, rtol=1e-12, atol=0.0), self.start, value)
        return np.asarray(np.where(self.is_whole, np.rint(value), value), np.float64)

    def to_unit(self, values: FloatArray) -> FloatArray:
        """(..., n) values -> points of the unit cube."""
        low, high = np.where(self.is_log, _log(self.low), self.low), np.where(self.is_log, _log(self.high), self.high)
        return np.asarray((np.where(self.is_log, _log(values), values) - low) / (high - low), np.float64)


def is_outside(value: float, low: float, high: float) -> bool:
    """Whether a value lies outside an interval by more than its last digits: ends pass through the unit cube."""
    slack = _LAST_DIGITS * (high - low)
    return not low - slack <= value <= high + slack


@dataclasses.dataclass(frozen=True, kw_only=True)
class FreeParam:
    """One free parameter as space.yaml declares it."""

    key: str
    """Such as `params.search.see_here`."""
    unit: str
    prior: str
    low: float
    high: float
    informed_by: tuple[str, ...]
    """Families of targets that are expected to tell something about it."""
    reason: str
    start: float
    """Value in the baseline."""
    whole: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Space:
    """All free parameters, in the order of the file."""

    free: tuple[FreeParam, ...]

    @property
    def prior(self) -> Prior:
        """What the algorithms see."""
        free = self.free
        return Prior(
            names=tuple(one.key for one in free),
            low=np.array([one.low for one in free]),
            high=np.array([one.high for one in free]),
            is_log=np.array([one.prior == "loguniform" for one in free]),
            is_whole=np.array([one.whole for one in free]),
            start=np.array([one.start for one in free]),
        )

    def apply(self, params: Params, values: FloatArray) -> Params:
        """`params` with the (n,) values of the free parameters; checked as if they stood in a file."""
        plain = params.model_dump()
        for one, value in zip(self.free, values.tolist(), strict=True):
            _, group, name = one.key.split(".")
            plain[group][name] = int(value) if one.whole else value
        return Params.model_validate(plain)


def load_space(
    path: Path = SPACE_FILE, *, base: Params | None = None, families: Collection[str] | None = None
) -> Space:
    """Read and check a space.

    Args:
        path: the file.
        base: values before the fit; the defaults of sim/params.py without it.
        families: families of targets that exist; without it their names are not checked.

    Raises:
        ScenarioError: with all mistakes of the file, each with its line and repair.
    """
    mistakes: list[Mistake] = []
    root = read_yaml(path, mistakes, shown=path.name)
    space = _read_space(root, base or Params(), families, mistakes) if root is not None else Space(free=())
    if mistakes:
        raise ScenarioError(mistakes)
    return space


def _read_space(root: Node, base: Params, families: Collection[str] | None, mistakes: list[Mistake]) -> Space:
    check_keys(root, ("parameters",), mistakes)
    items = root.fields["parameters"].items if "parameters" in root.fields else []
    found = [one for item in items if (one := _read_free(item, base, families, mistakes)) is not None]
    seen: set[str] = set()
    for item in items:
        key = str(item.fields["key"].value) if "key" in item.fields else ""
        if key in seen:
            report(mistakes, item, f"`{key}` is listed twice", "Keep one of them")
        seen.add(key)
    if not FEWEST <= len(items) <= MOST:
        report(mistakes, root, f"{len(items)} free parameters", f"List {FEWEST} to {MOST} under `parameters:`")
    return Space(free=tuple(found))


def _read_free(item: Node, base: Params, families: Collection[str] | None, mistakes: list[Mistake]) -> FreeParam | None:
    before = len(mistakes)
    check_keys(item, ENTRY_KEYS, mistakes)
    missing = [name for name in ENTRY_KEYS if name not in item.fields]
    for name in missing:
        report(mistakes, item, f"`{name}` is missing", f"Add `{name}:`")
    declared = _find_declared(item.fields["key"], mistakes) if "key" in item.fields else None
    if missing or declared is None:
        return None
    key, extra, annotation = declared
    fields = item.fields
    check_unit(item, extra["unit"], mistakes, required=True)
    prior = fields["prior"]
    if prior.value not in PRIORS:
        report(mistakes, prior, f"unknown prior `{prior.value}`", suggest_name(str(prior.value), PRIORS))
    _, group, name = key.split(".")
    start = float(getattr(getattr(base, group), name))
    low, high = _read_range(fields["range"], extra, start, log=prior.value == "loguniform", mistakes=mistakes)
    informed_by = _read_families(fields["informed_by"], families, mistakes)
    reason = read_text(fields["reason"], mistakes)
    if len(mistakes) > before:
        return None
    return FreeParam(
        key=key,
        unit=extra["unit"],
        prior=str(prior.value),
        low=low,
        high=high,
        informed_by=informed_by,
        reason=reason or "",
        start=start,
        whole=annotation is int,
    )


def _find_declared(node: Node, mistakes: list[Mistake]) -> tuple[str, dict[str, Any], Any] | None:
    """Key, declaration and type of the parameter that a node names; None with the nearest name where there is none."""
    declared: dict[str, tuple[dict[str, Any], Any]] = {}
    for group, info in Params.model_fields.items():
        kind: Any = info.annotation
        for name, field in kind.model_fields.items():
            declared[f"params.{group}.{name}"] = (field.json_schema_extra, field.annotation)
    key = str(node.value)
    if key not in declared:
        report(mistakes, node, f"unknown parameter `{key}`", suggest_name(key, list(declared)))
        return None
    return key, *declared[key]


def _read_range(
    node: Node, extra: dict[str, Any], start: float, *, log: bool, mistakes: list[Mistake]
) -> tuple[float, float]:
    ends = [item.value for item in node.items]
    numbers = [float(end) for end in ends if isinstance(end, int | float) and not isinstance(end, bool)]
    if len(ends) != 2 or len(numbers) != 2 or numbers[0] >= numbers[1]:
        report(mistakes, node, "a range is two numbers, the lower first", "Write `range: [LOW, HIGH]`")
        return 0.0, 1.0
    low, high = numbers
    if low < extra["low"] or high > extra["high"]:
        limits = f"{extra['low']:g} to {extra['high']:g}"
        report(mistakes, node, f"{low:g} to {high:g} is wider than the parameter allows", f"Stay within {limits}")
    if log and low <= 0:
        report(mistakes, node, "a loguniform prior needs positive ends", "Raise the lower end, or write `uniform`")
    if not low <= start <= high:
        report(mistakes, node, f"the value before the fit, {start:g}, is outside", "Widen the range to hold it")
    return low, high


def _read_families(node: Node, families: Collection[str] | None, mistakes: list[Mistake]) -> tuple[str, ...]:
    names = [str(item.value) for item in node.items]
    if not names:
        report(mistakes, node, "no family of targets", "Write `informed_by: [FAMILY, ...]`")
    for item, name in zip(node.items, names, strict=True):
        if families is not None and name not in families:
            report(mistakes, item, f"there is no family `{name}`", suggest_name(name, sorted(families)))
    return tuple(names)


def _log(values: FloatArray) -> FloatArray:
    """Logarithm where there is one; 0 where the caller looks at the value itself."""
    return np.asarray(np.log(np.where(values > 0, values, 1.0)), np.float64)
