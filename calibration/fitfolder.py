"""A fit as it was written: one point, an ensemble, and what is known of its parameters.

Two kinds of folder are read. `results/calibration/PROBLEM` holds what the commands `fit`, `posterior` and `recover`
wrote, each in a folder of its own. `calibration/fits/NAME` is a fit that is shipped: parameters.yaml, ensemble.csv,
manifest.json. Verdicts are those of the recovery; without one a parameter is `not tested`.
"""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.posterior import INTERVAL, LIKELIHOOD, UNIFORM_SD, find_quantiles
from calibration.problem import CalibrationError
from calibration.sampler import count_effective
from calibration.space import Prior, is_outside
from sim.errors import Problem
from sim.fitfile import ENSEMBLE, FIT_FOLDERS, PARAMETERS, read_fit_manifest
from sim.sourced import read_yaml

FloatArray = NDArray[np.float64]

RESULTS: Final = Path("results") / "calibration"
NOT_TESTED: Final = "not tested"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FitFolder:
    """What a fit found. Values are in the units of the parameters, in the order of the prior."""

    name: str
    folder: Path
    point: FloatArray
    """(n,)"""
    members: FloatArray
    """(member, n)"""
    weight: FloatArray
    """(member,) sum to 1."""
    manifest: Mapping[str, Any]
    verdicts: Mapping[str, str]
    """Verdict by parameter."""

    @property
    def n_effective(self) -> float:
        """Members that the weights leave effective."""
        return count_effective(self.weight)

    @property
    def until(self) -> int | None:
        """Last year of the figures that the fit saw; None for all."""
        found = self.manifest.get("until")
        return None if found is None else int(found)

    @property
    def scale(self) -> int:
        """Persons that one agent stood for in the fit."""
        return int(self.manifest["scale"])


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParamRow:
    """A parameter before and after the fit."""

    key: str
    prior_low: float
    prior_high: float
    before: float
    point: float
    median: float
    low: float
    high: float
    """Median and 90 % interval of the ensemble."""
    sd_ratio: float
    """Posterior over prior standard deviation, of the quantile under the prior."""
    verdict: str

    @property
    def is_outside(self) -> bool:
        """Whether the point lies outside the interval."""
        return is_outside(self.point, self.low, self.high)


def find_fit(name: str) -> Path:
    """The folder of a fit: a path, the name of a shipped one, or of a problem in results/calibration.

    Raises CalibrationError where there is none.
    """
    named = [place / name for place in (*FIT_FOLDERS, RESULTS)] if Path(name).name == name else []
    places = (Path(name), *named)
    for folder in places:
        if (folder / PARAMETERS).is_file() or (folder / "fit" / "parameters.json").is_file():
            return folder
    raise CalibrationError(
        f"there is no fit in {', '.join(map(str, dict.fromkeys(places)))}. "
        "Make one: talentsim calibrate fit, then talentsim calibrate posterior"
    )


def read_fit(name: str, prior: Prior) -> FitFolder:
    """Read a fit by path or name.

    Raises:
        CalibrationError: where a piece is missing, damaged, or of other parameters than `prior` has.
    """
    folder = find_fit(name)
    shipped = (folder / PARAMETERS).is_file()
    try:
        manifest, point, verdicts = _read_shipped(folder) if shipped else _read_results(folder)
        members, weight = _read_members(folder / ("." if shipped else "posterior") / ENSEMBLE, prior)
    except FileNotFoundError as error:
        step = "posterior" if "ensemble" in str(error.filename) else "fit"
        raise CalibrationError(f"{error.filename} is missing. Make it: talentsim calibrate {step}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise CalibrationError(f"{folder}: the fit cannot be read ({error}). Make it again") from error
    _check_names(folder, point, prior)
    return FitFolder(
        name=name if shipped else folder.name,
        folder=folder,
        point=np.array([point[key] for key in prior.names]),
        members=members,
        weight=weight / weight.sum(),
        manifest=manifest,
        verdicts=verdicts,
    )


def describe_params(fit: FitFolder, prior: Prior) -> list[ParamRow]:
    """Parameters before and after, the best known first."""
    tail = 0.5 * (1.0 - INTERVAL)
    unit = prior.to_unit(fit.members)
    low, middle, high = prior.to_values(find_quantiles(unit, fit.weight, (tail, 0.5, 1.0 - tail)))
    sd = np.sqrt(fit.weight @ np.square(unit - fit.weight @ unit)) / UNIFORM_SD
    rows = [
        ParamRow(
            key=key, prior_low=float(prior.low[k]), prior_high=float(prior.high[k]), before=float(prior.start[k]),
            point=float(fit.point[k]), median=float(middle[k]), low=float(low[k]), high=float(high[k]),
            sd_ratio=float(sd[k]), verdict=fit.verdicts.get(key, NOT_TESTED),
        )
        for k, key in enumerate(prior.names)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row.sd_ratio)


def _read_results(folder: Path) -> tuple[dict[str, Any], dict[str, float], dict[str, str]]:
    head = json.loads((folder / "fit" / "parameters.json").read_text(encoding="utf-8"))
    path, verdicts = folder / "recovery" / "verdicts.csv", {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            verdicts = {row["parameter"]: row["verdict"] for row in csv.DictReader(file)}
    return head, {key: float(value) for key, value in head["parameters"].items()}, verdicts


def _read_shipped(folder: Path) -> tuple[dict[str, Any], dict[str, float], dict[str, str]]:
    problems: list[Problem] = []
    manifest = read_fit_manifest(folder, problems)
    root = read_yaml(folder / PARAMETERS, problems, shown=str(folder / PARAMETERS))
    if manifest is None or root is None or problems:
        raise CalibrationError("\n".join(map(str, problems)))
    entries = root.to_plain()["parameters"]
    point = {str(entry["key"]): float(entry["value"]) for entry in entries}
    return manifest, point, {str(entry["key"]): str(entry.get("verdict", NOT_TESTED)) for entry in entries}


def _read_members(path: Path, prior: Prior) -> tuple[FloatArray, FloatArray]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(f"{path.name} holds no member")
    _check_names(path, rows[0], prior)
    members = np.array([[float(row[key]) for key in prior.names] for row in rows])
    return members, np.array([float(row["weight"]) for row in rows])


def _check_names(path: Path, found: Mapping[str, Any], prior: Prior) -> None:
    known = set(found) - {"weight", "member", LIKELIHOOD}
    odd = sorted(known ^ set(prior.names))
    if odd:
        raise CalibrationError(f"{path}: its parameters are not those of calibration/space.yaml: {', '.join(odd)}. "
                               "Make the fit again")  # fmt: skip
