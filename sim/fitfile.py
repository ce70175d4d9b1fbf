"""A fit that is shipped: calibration/fits/NAME with parameters.yaml, ensemble.csv and manifest.json.

`fit: NAME` in a scenario lays the parameters of a fit under its `params`: whatever a file or the command line says
itself wins. `talentsim calibrate ship` writes the folder; here it is only read. A folder that was changed by hand, that
knows a parameter which does not exist, or a value that the parameter no longer allows, is refused.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from sim.errors import Problem, ScenarioError
from sim.params import Params
from sim.scenariofile import PLAIN_NAME
from sim.sourced import Node, Sourced, check_keys, is_finite, read_yaml, report, suggest_name
from sim.worldfile import show_path

FIT_FOLDERS: Final = (Path("calibration") / "fits", Path(__file__).resolve().parent.parent / "calibration" / "fits")
"""Where a fit is looked for by its name: under the working folder, then beside the package."""
FIT_FORMAT: Final = "talentsim-fit-1"
PARAMETERS: Final = "parameters.yaml"
ENSEMBLE: Final = "ensemble.csv"
MANIFEST: Final = "manifest.json"
FEWEST_MEMBERS: Final = 50
ENTRY_KEYS: Final = (
    "key",
    "value",
    "unit",
    "prior",
    "prior_range",
    "before",
    "fitted",
    "posterior",
    "verdict",
)
"""What parameters.yaml says of each parameter."""
_WEIGHT_ERROR: Final = 1e-6


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fit:
    """A fit that a scenario uses."""

    name: str
    folder: Path
    file: str
    """Name of its parameters.yaml in messages and sources."""
    code_hash: str
    """Hash of the code of the model that was fitted."""
    free: tuple[str, ...]
    """Keys of all its parameters, such as `params.search.n_sampled`."""
    keys: tuple[str, ...] = ()
    """Those that the scenario takes from it, because nothing else sets them."""
    member: int | None = None
    """Number of the member of the ensemble whose parameters are used; None for the point."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Member:
    """One parameter set of an ensemble."""

    number: int
    """From 1."""
    weight: float
    values: dict[str, float]
    """By key."""


def use_fit(fields: dict[str, Node], problems: list[Problem]) -> tuple[Fit | None, Node | None]:
    """The fit that a scenario with these fields names, and its `params` laid over those of the fit."""
    params, node = fields.get("params"), fields.get("fit")
    found = read_fit(node, problems)
    if found is None or node is None:
        return None, params
    return found[0], lay_under(params, found[1], node)


def bind_fit(fit: Fit | None, sources: dict[str, Sourced]) -> Fit | None:
    """The fit with the keys that nothing else sets."""
    if fit is None:
        return None
    return dataclasses.replace(fit, keys=tuple(key for key in fit.free if sources[key].file == fit.file))


def read_fit(node: Node | None, problems: list[Problem]) -> tuple[Fit, dict[str, dict[str, Node]]] | None:
    """Read the fit that a scenario names.

    Args:
        node: the name, or null for none.
        problems: mistakes are added here.

    Returns:
        The fit and its parameters by group and name, as numbers with their source; None where there is none.
    """
    if node is None or node.value is None:
        return None
    name = str(node.value)
    folder = find_fit(name)
    if folder is None:
        known = sorted({path.parent.name for place in FIT_FOLDERS for path in place.glob(f"*/{PARAMETERS}")})
        repair = suggest_name(name, known) if known else f"Make it: talentsim calibrate ship {name}"
        report(problems, node, f"there is no fit `{name}`", repair)
        return None
    before = len(problems)
    manifest = read_fit_manifest(folder, problems)
    root = read_yaml(folder / PARAMETERS, problems, shown=show_path(folder / PARAMETERS))
    if manifest is None or root is None or len(problems) > before:
        return None
    groups = _read_parameters(root, name, problems)
    if len(problems) > before:
        return None
    free = tuple(f"params.{group}.{key}" for group, entries in groups.items() for key in entries)
    return Fit(name=name, folder=folder, file=root.file, code_hash=str(manifest["code_hash"]), free=free), groups


def find_fit(name: str) -> Path | None:
    """The folder of a fit, or None."""
    if not PLAIN_NAME.fullmatch(name):
        return None
    return next((place / name for place in FIT_FOLDERS if (place / name / PARAMETERS).is_file()), None)


def lay_under(params: Node | None, groups: dict[str, dict[str, Node]], at: Node) -> Node:
    """`params` of a scenario with the parameters of a fit wherever it sets none itself; `at` names the fit."""
    if params is not None and not isinstance(params.value, dict):
        return params  # no map: refused where it is read
    laid = dict(params.fields) if params is not None else {}
    for name, entries in groups.items():
        group = laid.get(name, Node(at.file, at.line, f"params.{name}", {}))
        if isinstance(group.value, dict):
            laid[name] = dataclasses.replace(group, value={**entries, **group.value})
    base = params if params is not None else Node(at.file, at.line, "params", {})
    return dataclasses.replace(base, value=laid)


def read_fit_manifest(folder: Path, problems: list[Problem]) -> dict[str, Any] | None:
    """The manifest of a fit, if its files are those that were shipped; None with a problem else."""
    shown = show_path(folder / MANIFEST)
    repair = f"Ship it again: talentsim calibrate ship {folder.name}"
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problems.append(Problem(shown, 0, "fit", f"the manifest of the fit cannot be read ({error})", repair))
        return None
    if not isinstance(manifest, dict) or manifest.get("format") != FIT_FORMAT:
        problems.append(Problem(shown, 0, "format", "this is no manifest of a fit", repair))
        return None
    before = len(problems)
    for name in (PARAMETERS, ENSEMBLE):
        file = folder / name
        if not file.is_file():
            problems.append(Problem(shown, 0, "files", f"{name} is missing beside it", repair))
        elif hash_text(file.read_text(encoding="utf-8")) != manifest["files"].get(name):
            problems.append(Problem(show_path(file), 0, "fit", "the file is not what was shipped", repair))
    return manifest if len(problems) == before else None


def read_ensemble(fit: Fit) -> list[Member]:
    """All members of a fit.

    Raises:
        ScenarioError: where the file holds something else, or values that parameters do not allow.
    """
    problems: list[Problem] = []
    path = fit.folder / ENSEMBLE
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    shown, repair = show_path(path), f"Ship it again: talentsim calibrate ship {fit.name}"
    heads = rows[0] if rows else []
    if heads[:2] != ["member", "weight"] or set(heads[2:]) != set(fit.free):
        message = f"the columns are not member, weight and the parameters of {PARAMETERS}"
        raise ScenarioError([Problem(shown, 1, "ensemble", message, repair)])
    members = []
    for line, row in enumerate(rows[1:], start=2):
        member = _read_member(row, heads[2:], Node(shown, line, "ensemble", None), fit.name, problems)
        members += [member] if member is not None else []
    total = sum(member.weight for member in members)
    if not problems and len(members) < FEWEST_MEMBERS:
        message = f"{len(members)} members are too few ({FEWEST_MEMBERS} at least)"
        problems.append(Problem(shown, 0, "ensemble", message, repair))
    if not problems and not abs(total - 1.0) < _WEIGHT_ERROR:
        problems.append(Problem(shown, 0, "weight", f"weights sum to {total:g}, not 1", repair))
    if problems:
        raise ScenarioError(problems)
    return members


def hash_text(text: str) -> str:
    """Return the sha256 of a text; line ends count as they are read, not as a system keeps them."""
    return hashlib.sha256(text.encode()).hexdigest()


def _read_parameters(root: Node, name: str, problems: list[Problem]) -> dict[str, dict[str, Node]]:
    check_keys(root, ("fit", "parameters"), problems)
    groups: dict[str, dict[str, Node]] = {}
    for item in root.fields["parameters"].items if "parameters" in root.fields else ():
        check_keys(item, ENTRY_KEYS, problems)
        missing = [key for key in ENTRY_KEYS if key not in item.fields]
        for key in missing:
            report(problems, item, f"`{key}` is missing", f"Ship it again: talentsim calibrate ship {name}")
        if missing:
            continue
        fields, key = item.fields, str(item.fields["key"].value)
        sound = _check_declared(item, key, fields["unit"].value, problems, name)
        if not sound or not _check_value(fields["value"], key, fields["value"].value, name, problems):
            continue
        _, group, param = key.split(".")
        number = {part: fields[part] for part in ("value", "unit", "posterior", "verdict")}
        number["fit"] = Node(item.file, item.line, f"{item.key}.fit", name)
        groups.setdefault(group, {})[param] = Node(item.file, item.line, key, number)
    return groups


def _read_member(row: list[str], keys: list[str], at: Node, name: str, problems: list[Problem]) -> Member | None:
    try:
        number, weight, *values = int(row[0]), *map(float, row[1:])
    except (IndexError, ValueError):
        number, weight, values = 0, -1.0, []
    if len(values) != len(keys) or not weight >= 0.0:
        report(problems, at, "this line is no member", f"Ship it again: talentsim calibrate ship {name}")
        return None
    sound = [_check_value(at, key, value, name, problems) for key, value in zip(keys, values, strict=True)]
    return Member(number=number, weight=weight, values=dict(zip(keys, values, strict=True))) if all(sound) else None


def _check_declared(node: Node, key: str, unit: Any, problems: list[Problem], name: str) -> bool:
    """Whether a parameter exists and has the unit that the fit knows."""
    declared = list_declared()
    if key not in declared:
        near = suggest_name(key, list(declared)) if suggest_name(key, list(declared)).startswith("Did") else ""
        report(problems, node, f"the fit sets `{key}`, which does not exist", f"{near} {_advise(name)}".strip())
        return False
    known = declared[key][0]["unit"]
    if unit != known:
        report(problems, node, f"the fit gives `{key}` in {unit}, it is in {known} now", _advise(name))
        return False
    return True


def _check_value(node: Node, key: str, value: Any, name: str, problems: list[Problem]) -> bool:
    """Whether a value is one that the parameter allows."""
    extra, kind = list_declared()[key]
    low, high = extra["low"], extra["high"]
    if not is_finite(value) or not low <= value <= high:
        report(problems, node, f"{value} is no value of `{key}`, which is {low:g} to {high:g} now", _advise(name))
        return False
    if kind is int and value != int(value):
        report(problems, node, f"{value:g} is no whole number, as `{key}` is", _advise(name))
        return False
    return True


def _advise(name: str) -> str:
    return f"Fit again and ship it: talentsim calibrate fit, posterior, recover, ship {name}"


@functools.cache
def list_declared() -> dict[str, tuple[dict[str, Any], Any]]:
    """Key of every parameter -> what is declared of it, and its type."""
    declared: dict[str, tuple[dict[str, Any], Any]] = {}
    for group, info in Params.model_fields.items():
        kind: Any = info.annotation
        for name, field in kind.model_fields.items():
            extra: Any = field.json_schema_extra
            declared[f"params.{group}.{name}"] = (extra, field.annotation)
    return declared
