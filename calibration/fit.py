"""A fit: three algorithms with equal budgets and common seeds, then a choice with seeds that none of them has seen.

What the three have tried is then used `together`: emulators of all of it say what is tried further, and last where the
least loss is expected, which is one more point to choose from. That step has a budget of its own and more to learn
from, so that it is no fourth competitor.
The point of least loss among many tried is partly the luckiest one. So the best points of each algorithm and the
values before the fit are simulated again with fresh seeds, and these alone decide. Everything follows from the
problem, the budget and the seed; runs are kept in a journal, so that an interrupted fit goes on where it was and ends
with the same result.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.budget import Budget
from calibration.problem import (
    Problem,
    average_seeds,
    count_inside,
    describe_bands,
    measure_errors,
    measure_family_losses,
    measure_loss,
)
from calibration.propose import propose_points
from calibration.runs import Runner
from calibration.search import ALGORITHMS, BATCHES, Evaluate, run_algorithm, search_on
from sim.results import write_tables

if TYPE_CHECKING:
    from pandas import DataFrame

FloatArray = NDArray[np.float64]

BEFORE: Final = "before"
"""Name of the values before the fit among the algorithms."""
TOGETHER: Final = "together"
"""Name of the points that follow from all that the algorithms have tried."""
CHOOSE_OFFSET: Final = 100_000
"""Seeds that choose among finalists begin so far above those of the search."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """Points that were tried. Arrays are (point, ...)."""

    algorithm: tuple[str, ...]
    unit: FloatArray
    """(point, n)"""
    figures: FloatArray
    """(point, target) means over seeds."""
    loss: FloatArray
    """(point,)"""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class FitResult:
    """What a fit found."""

    searched: Trials
    """All points of all algorithms in the order in which they were tried, the values before the fit first."""
    finalists: Trials
    """Best points of each algorithm and the values before the fit, under fresh seeds, the best first."""
    search_seeds: tuple[int, ...]
    choose_seeds: tuple[int, ...]

    @property
    def best(self) -> FloatArray:
        """(n,) the point chosen, in the unit cube."""
        return np.asarray(self.finalists.unit[0], np.float64)

    @property
    def loss_before(self) -> float:
        """Loss of the values before the fit under the seeds that choose."""
        return float(self.finalists.loss[self.finalists.algorithm.index(BEFORE)])


def run_fit(problem: Problem, runner: Runner, budget: Budget, seed: int) -> FitResult:
    """Search with every algorithm and then with all that they have tried, and choose."""
    search_seeds = list_seeds(seed, budget.seeds)
    choose_seeds = list_seeds(seed + CHOOSE_OFFSET, budget.choose_seeds)
    n_finalists = 2 + budget.finalists * (len(ALGORITHMS) + 1)
    n_points = 1 + budget.points * len(ALGORITHMS) + budget.further
    runner.expect(n_points * budget.seeds + n_finalists * budget.choose_seeds)
    parts = [_try_points(problem, runner, BEFORE, problem.prior.start_unit[None, :], search_seeds)]
    for name in ALGORITHMS:
        tried: list[Trials] = []
        evaluate = _make_evaluate(problem, runner, name, search_seeds, tried)
        run_algorithm(name, problem, evaluate, budget.points, seed)
        parts.append(_join(tried))
    known = _join(parts)
    further, centre = search_together(problem, runner, known.unit, known.figures, budget.further, search_seeds, seed)
    parts.append(further)
    chosen = np.concatenate([*(_pick_best(part, budget.finalists) for part in parts), centre])
    names = [BEFORE, *(name for name in (*ALGORITHMS, TOGETHER) for _ in range(budget.finalists)), TOGETHER]
    again = _join([
        _try_points(problem, runner, name, unit[None, :], choose_seeds)
        for name, unit in zip(names, chosen, strict=True)
    ])  # fmt: skip
    return FitResult(
        searched=_join(parts),
        finalists=_take(again, np.argsort(again.loss, kind="stable")),
        search_seeds=tuple(search_seeds),
        choose_seeds=tuple(choose_seeds),
    )


def _make_evaluate(problem: Problem, runner: Runner, name: str, seeds: Sequence[int], tried: list[Trials]) -> Evaluate:
    """What an algorithm asks, which notes in `tried` what was asked."""

    def evaluate(unit: FloatArray) -> tuple[FloatArray, FloatArray]:
        tried.append(_try_points(problem, runner, name, unit, seeds))
        return tried[-1].loss, tried[-1].figures

    return evaluate


def search_together(
    problem: Problem,
    runner: Runner,
    unit: FloatArray,
    figures: FloatArray,
    n_points: int,
    seeds: Sequence[int],
    seed: int,
) -> tuple[Trials, FloatArray]:
    """`n_points` further points from all that is known, and the (1, n) point where the least loss is expected at last.

    Known are the (point, target) `figures` of (point, n) points.
    """
    tried: list[Trials] = []
    evaluate = _make_evaluate(problem, runner, TOGETHER, seeds, tried)
    unit, figures = search_on(problem, evaluate, unit, figures, n_points, seed)
    return _join(tried), propose_points(problem, unit, figures, 1, seed, BATCHES + 1)


def list_seeds(first: int, n: int) -> list[int]:
    """Seeds counted up from the first."""
    return list(range(first, first + n))


def summarise_algorithms(problem: Problem, result: FitResult) -> DataFrame:
    """One row for each algorithm, the best first: its best point under the seeds that choose."""
    import pandas as pd

    rows = []
    for name in dict.fromkeys(result.finalists.algorithm):
        tried = np.array([one == name for one in result.searched.algorithm])
        at = result.finalists.algorithm.index(name)
        figures = result.finalists.figures[at]
        rows.append({
            "algorithm": name,
            "points": int(tried.sum()),
            "loss_searched": float(result.searched.loss[tried].min()),
            "loss_chosen": float(result.finalists.loss[at]),
            "mean_error": float(measure_errors(problem.targets, figures) @ problem.targets.weight),
            "inside": int(count_inside(problem.targets, figures)),
            "targets": len(problem.targets.names),
        })  # fmt: skip
    return pd.DataFrame(rows)


def summarise_targets(problem: Problem, result: FitResult) -> DataFrame:
    """One row for each target, the worst first: published, band, simulated before and after, error in tolerances."""
    import pandas as pd

    targets, finalists = problem.targets, result.finalists
    before = finalists.figures[finalists.algorithm.index(BEFORE)]
    after = finalists.figures[0]
    frame = pd.DataFrame({
        **describe_bands(targets),
        "before": before,
        "after": after,
        "error_before": measure_errors(targets, before),
        "error_after": measure_errors(targets, after),
    })  # fmt: skip
    return frame.sort_values(["error_after", "target"], ascending=[False, True], ignore_index=True)


def summarise_families(problem: Problem, result: FitResult) -> DataFrame:
    """One row for each family, the worst first: its loss and figures inside before and after."""
    import pandas as pd

    targets, finalists = problem.targets, result.finalists
    members = targets.members
    ends = {"before": finalists.figures[finalists.algorithm.index(BEFORE)], "after": finalists.figures[0]}
    columns: dict[str, Any] = {"family": targets.family_names, "targets": members.sum(axis=1)}
    for name, figures in ends.items():
        inside = measure_errors(targets, figures) <= 0.0
        columns[f"inside_{name}"] = members @ inside.astype(np.int64)
        columns[f"loss_{name}"] = measure_family_losses(targets, figures)
    return pd.DataFrame(columns).sort_values("loss_after", ascending=False, ignore_index=True, kind="stable")


def describe_found(problem: Problem, result: FitResult) -> dict[str, Any]:
    """The point chosen, its loss and the one before, and the seeds, as plain data."""
    prior = problem.prior
    values = dict(zip(prior.names, prior.to_values(result.best).tolist(), strict=True))
    return {
        "loss": float(result.finalists.loss[0]),
        "loss_before": result.loss_before,
        "chosen_from": result.finalists.algorithm[0],
        "search_seeds": list(result.search_seeds),
        "choose_seeds": [result.choose_seeds[0], result.choose_seeds[-1]],
        "parameters": values,
        "unit": result.best.tolist(),
    }


def write_fit(problem: Problem, result: FitResult, folder: Path, manifest: dict[str, Any]) -> None:
    """Write parameters.json with the manifest, and tables of targets, families, algorithms and points."""
    import pandas as pd

    head = {**manifest, **describe_found(problem, result)}
    searched = result.searched
    prior = problem.prior
    points = pd.DataFrame(prior.to_values(searched.unit), columns=list(prior.names))
    points.insert(0, "loss", searched.loss)
    points.insert(0, "algorithm", searched.algorithm)
    tables = {
        "targets": summarise_targets(problem, result),
        "families": summarise_families(problem, result),
        "algorithms": summarise_algorithms(problem, result),
        "points": points,
    }
    write_tables(tables, folder)
    (folder / "parameters.json").write_text(json.dumps(head, indent=2) + "\n", encoding="utf-8")


def _try_points(problem: Problem, runner: Runner, name: str, unit: FloatArray, seeds: Sequence[int]) -> Trials:
    figures = average_seeds(runner.evaluate(unit, seeds))
    loss = measure_loss(problem.targets, figures)
    return Trials(algorithm=(name,) * len(unit), unit=unit, figures=figures, loss=loss)


def _pick_best(trials: Trials, n: int) -> FloatArray:
    order = np.argsort(trials.loss, kind="stable")[:n]
    return np.asarray(trials.unit[order], np.float64)


def _take(trials: Trials, order: NDArray[np.intp]) -> Trials:
    return Trials(
        algorithm=tuple(trials.algorithm[k] for k in order),
        unit=trials.unit[order],
        figures=trials.figures[order],
        loss=trials.loss[order],
    )


def _join(parts: Sequence[Trials]) -> Trials:
    return Trials(
        algorithm=tuple(name for part in parts for name in part.algorithm),
        unit=np.concatenate([part.unit for part in parts]),
        figures=np.concatenate([part.figures for part in parts]),
        loss=np.concatenate([part.loss for part in parts]),
    )
