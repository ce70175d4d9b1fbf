"""The fit that the product ships: what fit, posterior and recovery found, as a folder that scenarios use by its name.

parameters.yaml holds the point, each value with its prior, its posterior interval and its verdict; ensemble.csv the
weighted parameter sets that the published figures leave possible; manifest.json what they were made from, and the one
command that makes them again (`sim/fitfile.py` reads all three).
A parameter that recovery does not identify keeps its value before the fit, unless the ensemble excludes it or keeping
it costs too much (calibration/release.py): what the fit found for it is luck. It may be part of a combination that the
figures do tell, so what the fit found for the others need no longer be their best: with those values kept and the
others within the ensemble, candidates of search and posterior (calibration/candidates.py) are simulated with the seeds
that chose the fit. Of the one of least loss and those within one standard error of it, which are named, the one with
most figures inside their tolerance is shipped. These seeds chose, and the finalists before: so losses before, fitted
and as shipped are measured once more with seeds that chose nothing. Without a recovery, or where what is not identified
is wanted as fitted, it is what the fit found. Parameters whose value lies outside the 90 % interval of the ensemble are
then named.
Left out: correlations between parameters at the point; the ensemble has them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

import calibration
from calibration.budget import Budget
from calibration.candidates import bound_points, describe_losses, list_candidates, list_outside, measure_points
from calibration.fit import describe_found, run_fit
from calibration.holdout import load_rule
from calibration.pointfile import place_last, write_point
from calibration.posterior import (
    LIKELIHOOD,
    describe_trust,
    list_members,
    list_simulated,
    run_posterior,
    summarise_params,
)
from calibration.problem import CalibrationError, Problem
from calibration.recover import judge_params, run_recovery
from calibration.runs import Runner
from sim.errors import Problem as Mistake
from sim.errors import ScenarioError
from sim.fitfile import (
    ENSEMBLE,
    FEWEST_MEMBERS,
    FIT_FOLDERS,
    FIT_FORMAT,
    PARAMETERS,
    find_fit,
    hash_text,
    read_fit_manifest,
)
from sim.modelhash import hash_model
from sim.results import describe_code, hash_source, refuse_foreign_folder, stage_folder, write_manifest
from sim.scenariofile import PLAIN_NAME

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

NOT_IDENTIFIED: Final = "not identified"
NOT_JUDGED: Final = "not judged"
INPUTS: Final[dict[str, str]] = {
    "code_hash": "code of the model",
    "targets_hash": "published figures",
    "space_hash": "parameters or priors",
    "holdout": "rule of the hold-out",
}
"""Inputs of a fit that must be the same for all its parts, and the words for them."""
STEPS: Final = {"fit": "fit", "posterior": "posterior", "recover": "recovery"}
"""Command -> folder of its results."""
SHIP_OFFSET: Final = 500_000
"""Seeds that measure what is shipped begin so far above those of the fit: no other step has them."""
COMPARED: Final = (
    "loss", "loss_errors", "point", "candidates", "candidates_inside", "differences", "close", "outside", "inside",
    "kept", "moved", "verdicts", "trust", "effective_members",
)  # fmt: skip
"""Facts of a manifest that must come out the same when a fit is made again, beside the files."""
_TEXT_COLUMNS: Final = ("parameter", "verdict")
_STEP_FACTS: Final = ("budget", "seed", "scale", "until")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What the steps of a calibration found."""

    fit: dict[str, Any]
    """As describe_found gives it."""
    members: DataFrame
    """As list_members gives it."""
    simulated: DataFrame
    """As list_simulated gives it."""
    params: DataFrame
    """As summarise_params gives it."""
    posterior: dict[str, Any]
    """Its manifest."""
    verdicts: DataFrame | None
    """As judge_params gives it; None where no recovery was run."""
    recovery: dict[str, Any] | None
    """Its manifest."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shipped:
    """A fit as it is written."""

    texts: dict[str, str]
    """By name of the file."""
    manifest: dict[str, Any]


def describe_inputs(problem: Problem) -> dict[str, Any]:
    """What a fit rests on: hashes of code, published figures and priors, and the rule of the hold-out."""
    targets, prior = problem.targets, problem.prior
    bands = (targets.value, targets.below, targets.above, targets.weight)
    ranges = (prior.low, prior.high, prior.is_log, prior.is_whole, prior.start)
    return {
        "code_hash": hash_model(),
        "calibration_hash": hash_source(Path(calibration.__file__).parent),
        "targets_hash": _hash([targets.names, targets.families, [column.tolist() for column in bands]]),
        "space_hash": _hash([prior.names, [column.tolist() for column in ranges]]),
        "holdout": json.loads(json.dumps(dataclasses.asdict(load_rule()))),
    }


def read_found(problem: Problem, folder: Path, options: str) -> Found:
    """Read what fit, posterior and recovery wrote under `folder`.

    Args:
        problem: what they were asked about.
        folder: results/calibration/PROBLEM.
        options: of the commands that make what is missing.

    Raises:
        CalibrationError: where a part is missing, or was made from other inputs, with the command to run.
    """

    def read(command: str, manifest: str, *tables: str) -> tuple[dict[str, Any], list[DataFrame]]:
        place = folder / STEPS[command]
        files = [place / manifest, *(place / f"{table}.csv" for table in tables)]
        repair = f"Run: talentsim calibrate {command}{options}"
        for file in files:
            if not file.is_file():
                raise CalibrationError(f"{file} is missing. {repair}")
        facts = json.loads(files[0].read_text(encoding="utf-8"))
        changed = list_changes(facts, problem)
        if changed:
            raise CalibrationError(f"{files[0]} is of other {' and '.join(changed)}. {repair}")
        return facts, [_read_table(file) for file in files[1:]]

    fit, _ = read("fit", "parameters.json")
    posterior, (members, params, simulated) = read("posterior", "manifest.json", "ensemble", "parameters", "simulated")
    if LIKELIHOOD not in members:
        raise CalibrationError(
            f"{folder / STEPS['posterior']} has no likelihoods of members. Run: talentsim calibrate posterior{options}"
        )
    recovery, verdicts = None, None
    if (folder / STEPS["recover"]).is_dir():
        recovery, (verdicts,) = read("recover", "manifest.json", "verdicts")
    return Found(
        fit=fit,
        members=members,
        simulated=simulated,
        params=params,
        posterior=posterior,
        verdicts=verdicts,
        recovery=recovery,
    )


def list_changes(facts: Mapping[str, Any], problem: Problem) -> list[str]:
    """Inputs, in words, that are not those of `problem` now."""
    now = describe_inputs(problem)
    return [words for name, words in INPUTS.items() if facts.get(name) != now[name]]


def build_fit(
    problem: Problem,
    runner: Runner,
    name: str,
    found: Found,
    unidentified: str = "prior",
    last: Mapping[str, Any] | None = None,
) -> Shipped:
    """Choose the point, simulate it, and put the files together.

    Args:
        problem: what was fitted.
        runner: simulates the point.
        name: of the fit.
        found: what the steps found.
        unidentified: `prior`: parameters that are not identified keep their value before the fit; `fitted`: they get
            what the fit found.
        last: a fit to begin from, as read_last gives it: its point is a candidate, and what it freed is free.

    Raises CalibrationError with too few members, or with `last` where there is no choice of points.
    """
    if len(found.members) < FEWEST_MEMBERS:
        few = f"{len(found.members)} members, and a fit has {FEWEST_MEMBERS} at least"
        raise CalibrationError(f"{few}. Run: talentsim calibrate posterior")
    _refuse_last(found, unidentified, last)
    verdicts = _name_verdicts(problem, found.verdicts)
    unknown = np.array([unidentified == "prior" and verdict == NOT_IDENTIFIED for verdict in verdicts])
    fitted = np.array(found.fit["unit"], np.float64)
    low, high = found.fit["choose_seeds"]
    fresh = int(found.fit["seed"]) + SHIP_OFFSET
    ship_seeds = range(fresh, fresh + high - low + 1)
    is_open = unidentified == "prior" and found.verdicts is not None
    points, moved = _list_points(problem, runner, found, unknown, last) if is_open else ({"found": fitted}, [])
    runner.expect((len(points) + 3) * len(ship_seeds))
    compared = measure_points(problem, runner, points, range(low, high + 1))
    unit = points[compared.chosen]
    ends = {"before": problem.prior.start_unit, "fitted": fitted, "shipped": unit}
    measured = measure_points(problem, runner, ends, ship_seeds)
    members = found.members.drop(columns=LIKELIHOOD)
    members.insert(0, "member", range(1, len(members) + 1))
    texts = {
        PARAMETERS: write_point(problem, name, unit, fitted, found.params, verdicts),
        ENSEMBLE: members.to_csv(index=False, lineterminator="\n"),
    }
    manifest = _describe_fit(problem, name, found, texts) | {
        "unidentified": unidentified,
        "last": last,
        "kept": int(unknown.sum()) - len(moved),
        "moved": moved,
        "verdicts": {verdict: verdicts.count(verdict) for verdict in dict.fromkeys(verdicts)},
        "ship_seeds": [ship_seeds[0], ship_seeds[-1]],
        "point": compared.chosen,
        "outside": list_outside(problem, unit, found.params),
        "inside": measured.inside["shipped"],
        "targets": len(problem.targets.names),
    }
    return Shipped(texts=texts, manifest=manifest | describe_losses(compared, measured))


def _refuse_last(found: Found, unidentified: str, last: Mapping[str, Any] | None) -> None:
    """Raise where there is a fit to begin from and no other point than the fit's is looked for."""
    if last is None:
        return
    drop = f"leave out `--last {last['fit']}`"
    if found.verdicts is None:
        raise CalibrationError(f"without a recovery what the fit found is shipped. Run `calibrate recover`, or {drop}")
    if unidentified == "fitted":
        raise CalibrationError(f"with `--unidentified fitted` what the fit found is shipped. Leave it out, or {drop}")


def _list_points(
    problem: Problem, runner: Runner, found: Found, unknown: NDArray[np.bool_], last: Mapping[str, Any] | None
) -> tuple[dict[str, FloatArray], list[str]]:
    """Candidates by name, and the names of parameters that are free though not identified."""
    # the first design is of the whole prior, over which figures bend more than an emulator can follow
    near = found.simulated.iloc[int(found.posterior["budget"]["design"]) :]
    freed = () if last is None else last["moved"]
    box, moved = bound_points(problem, unknown, found.params, near, int(found.fit["seed"]), freed)
    begin = None if last is None else place_last(problem, last)
    return list_candidates(problem, runner, found.fit, near, found.members, box, begin), moved


def write_shipped(shipped: Shipped, folder: Path) -> None:
    """Write a fit into `folder`, all or nothing; an earlier fit there is replaced."""
    with stage_folder(folder) as staged:
        for name, text in shipped.texts.items():
            (staged / name).write_text(text, encoding="utf-8", newline="\n")
        write_manifest(shipped.manifest, staged)


def repeat_fit(problem: Problem, runner: Runner, manifest: Mapping[str, Any]) -> Shipped:
    """Make a fit again from its manifest: the same steps with the same budgets and seeds.

    Raises:
        CalibrationError: where code, figures, priors or hold-out are no longer those of the manifest.
    """
    changed = list_changes(manifest, problem)
    if changed:
        raise CalibrationError(
            f"the fit {manifest['name']} is of other {' and '.join(changed)} than these. "
            f"Check out commit {manifest['commit']} and call this again"
        )
    steps = {command: (_read_budget(facts), int(facts["seed"])) for command, facts in manifest["steps"].items()}
    result = run_fit(problem, runner, *steps["fit"])
    posterior = run_posterior(problem, runner, *steps["posterior"])
    recovery = run_recovery(problem, runner, *steps["recover"]) if "recover" in steps else None
    found = Found(
        fit=describe_found(problem, result) | manifest["steps"]["fit"],
        members=list_members(problem, posterior),
        simulated=list_simulated(problem, posterior.simulated),
        params=summarise_params(problem, posterior),
        posterior={"trust": describe_trust(problem, posterior), "effective_members": posterior.n_effective}
        | manifest["steps"]["posterior"],
        verdicts=judge_params(problem.prior.names, recovery) if recovery is not None else None,
        recovery=manifest["steps"].get("recover"),
    )
    return build_fit(problem, runner, manifest["name"], found, manifest["unidentified"], manifest.get("last"))


def list_differences(again: Shipped, manifest: Mapping[str, Any], folder: Path) -> list[str]:
    """What differs between a fit made again and the one in `folder`; empty where all is the same to the last digit."""
    found = []
    for name, text in again.texts.items():
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        n_other = sum(a != b for a, b in zip(lines, text.splitlines(), strict=False))
        n_other += abs(len(lines) - len(text.splitlines()))
        if n_other:
            found.append(f"{name}: {n_other} of {len(lines)} lines")
    for fact in COMPARED:
        now, then = again.manifest[fact], manifest.get(fact)
        if isinstance(now, Mapping) and isinstance(then, Mapping):
            found += [
                f"{fact} {name}: {now.get(name)!r}, not {then.get(name)!r}"
                for name in dict.fromkeys([*now, *then])
                if now.get(name) != then.get(name)
            ]
        elif now != then:
            found.append(f"{fact}: {now!r}, not {then!r}")
    return found


def place_fit(name: str) -> Path:
    """Folder of a fit to be written. Raises CalibrationError or ResultsError where name or folder is no good."""
    if not PLAIN_NAME.fullmatch(name):
        raise CalibrationError(f"`{name}` cannot name a folder. Use letters, digits, _ and -")
    refuse_foreign_folder(FIT_FOLDERS[0] / name)
    return FIT_FOLDERS[0] / name


def read_shipped(name: str) -> tuple[Path, dict[str, Any]]:
    """Folder and manifest of a fit that is shipped. Raises CalibrationError or ScenarioError where there is none."""
    folder = find_fit(name)
    if folder is None:
        raise CalibrationError(f"there is no fit `{name}`. Make it: talentsim calibrate ship {name}")
    mistakes: list[Mistake] = []
    manifest = read_fit_manifest(folder, mistakes)
    if manifest is None:
        raise ScenarioError(mistakes)
    return folder, manifest


def _describe_fit(problem: Problem, name: str, found: Found, texts: Mapping[str, str]) -> dict[str, Any]:
    """What a fit was made from."""
    facts = {"fit": found.fit, "posterior": found.posterior, "recover": found.recovery}
    steps = {
        command: {fact: manifest[fact] for fact in _STEP_FACTS}
        for command, manifest in facts.items()
        if manifest is not None
    }
    return {
        "format": FIT_FORMAT,
        "name": name,
        "reproduce": f"talentsim calibrate reproduce {name}",
        "problem": problem.identity,
        **{fact: found.fit[fact] for fact in ("scale", "until")},
        **describe_code(),
        **describe_inputs(problem),
        "algorithm": found.fit["chosen_from"],
        "choose_seeds": found.fit["choose_seeds"],
        "members": len(found.members),
        "effective_members": found.posterior["effective_members"],
        "trust": found.posterior["trust"],
        "steps": steps,
        "files": {file: hash_text(text) for file, text in texts.items()},
    }


def _name_verdicts(problem: Problem, verdicts: DataFrame | None) -> list[str]:
    """Verdict of each parameter in the order of the prior."""
    if verdicts is None:
        return [NOT_JUDGED] * len(problem.prior.names)
    by_name = dict(zip(verdicts["parameter"], verdicts["verdict"], strict=True))
    return [str(by_name[name]) for name in problem.prior.names]


def _read_table(path: Path) -> DataFrame:
    """A table as a step wrote it. Python reads a number back to the last digit, which not every pandas does."""
    import pandas as pd

    frame = pd.read_csv(path, dtype=str)
    return frame.assign(**{
        name: [float(text) for text in frame[name]] for name in frame.columns if name not in _TEXT_COLUMNS
    })  # fmt: skip


def _read_budget(facts: Mapping[str, Any]) -> Budget:
    counts = {name: value for name, value in facts["budget"].items() if name != "name"}
    if set(counts) != {field.name for field in dataclasses.fields(Budget)}:
        raise CalibrationError("the fit was made with other counts than budgets have now. Check out its commit")
    return Budget(**counts)


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
