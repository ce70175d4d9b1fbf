"""From scenarios to a folder of results: runs, comparison, figures; and the effects as rows of text for the terminal.

A folder holds runs/NAME/seed-N (tables and manifest of each run), figures/, and, for a comparison, comparison.csv.
It is staged and moved whole, so a comparison that stops half way leaves nothing. In the rows of text shares are in
percent and their differences in percentage points, money for the whole period in million CNY, everything else in the
unit of the comparison; each difference carries its 95 % interval.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sim.compare import COST, COST_PER_STAYER, HEADLINES, compare_runs, summarise_run
from sim.labels import LABELS, Lang, label, label_code
from sim.results import (
    COMPARISON_FORMAT,
    SWEEP_FORMAT,
    RunResult,
    describe_code,
    read_result,
    stage_folder,
    write_manifest,
    write_result,
)
from sim.run import run_scenario
from sim.sweep import locate_run, run_paired

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.scenario import Scenario
    from sim.types import Quarter

OnDone = Callable[[int, int], None]
T = TypeVar("T")
_RUNS: Final = "runs"
_FIGURES: Final = "figures"

POINTS: Final[dict[Lang, str]] = {"en": " points", "zh": " 个百分点"}
"""A difference of shares in percent is in percentage points."""

_HEADINGS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("outcome", "unit", "baseline", "policy", "difference", "95 % interval"),
    "zh": ("结果", "单位", "基准", "政策", "差值", "95% 区间"),
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """How scenarios are run and shown."""

    seeds: Sequence[int]
    """Seeds, the same for every scenario."""
    city: str
    """Place that outcomes and figures are about."""
    jobs: int = 1
    """Worker processes at most."""
    threads: int = 1
    """Threads inside a run that has the machine to itself."""
    check: bool = False
    """Check the invariants after each quarter."""
    figures: bool = False
    """Draw the figures."""
    lang: Lang = "en"
    """Language of the figures."""


def write_single(scenario: Scenario, folder: Path, study: Study, *, on_quarter: OnDone | None = None) -> None:
    """Run one scenario with the first seed and write its tables, manifest and figures into `folder` itself."""
    result = run_scenario(
        scenario, seed=study.seeds[0], threads=study.threads, check=study.check, on_quarter=on_quarter
    )
    with stage_folder(folder) as staged:
        write_result(result, staged)
        if study.figures:
            from sim.plots import save_figures

            runs = {scenario.name: [result.tables]}
            save_figures(runs, None, staged / _FIGURES, study.lang, study.city, scenario.world.labels)


def write_seeds(scenario: Scenario, folder: Path, study: Study, *, on_done: OnDone | None = None) -> None:
    """Run one scenario with several seeds; `folder` gets runs/NAME/seed-N, a manifest and figures."""
    with stage_folder(folder) as staged:
        _run_all({scenario.name: scenario}, staged, study, _forget, on_done)
        if study.figures:
            _draw({scenario.name: scenario}, staged, study, None)
        facts = {"scenario": scenario.name, "seeds": list(study.seeds), "scale": scenario.scale}
        write_manifest({"format": SWEEP_FORMAT, **facts, **describe_code()}, staged)


def write_comparison(
    scenarios: Mapping[str, Scenario], folder: Path, study: Study, *, since: Quarter, on_done: OnDone | None = None
) -> DataFrame:
    """Run a baseline (the first of `scenarios`) and policies with the same seeds; write and return what changes.

    `folder` gets comparison.csv beside the runs and figures. Outcomes count from quarter `since`.
    """
    base, *policies = scenarios
    with stage_folder(folder) as staged:
        reduce = functools.partial(summarise_run, city=study.city, since=since)
        outcomes = _run_all(scenarios, staged, study, reduce, on_done)
        comparison = compare_runs(outcomes[base], {name: outcomes[name] for name in policies})
        comparison.to_csv(staged / "comparison.csv", index=False)
        if study.figures:
            _draw(scenarios, staged, study, comparison)
        facts = {"baseline": base, "policies": policies, "city": study.city, "since": str(since)}
        size = {"seeds": list(study.seeds), "scale": scenarios[base].scale}
        write_manifest({"format": COMPARISON_FORMAT, **facts, **size, **describe_code()}, staged)
    return comparison


def head_effects(lang: Lang) -> tuple[str, ...]:
    """Return the headings of the columns of list_effects."""
    return _HEADINGS[lang]


def list_effects(comparison: DataFrame, policy: str, *, lang: Lang) -> list[tuple[str, ...]]:
    """Return one row of text an outcome of `policy`, all groups together: the columns of head_effects."""
    rows = comparison[(comparison["policy"] == policy) & (comparison["group"] == "all")]
    by_outcome = {str(row["outcome"]): row for row in rows.to_dict("records")}
    if _is_same_cost(by_outcome):
        del by_outcome["cost"]
    return [_write_row(by_outcome[name], lang) for name in (*HEADLINES, COST, COST_PER_STAYER) if name in by_outcome]


def _run_all(
    scenarios: Mapping[str, Scenario],
    staged: Path,
    study: Study,
    reduce: Callable[[RunResult], T],
    on_done: OnDone | None,
) -> dict[str, dict[int, T]]:
    return run_paired(
        scenarios,
        study.seeds,
        jobs=study.jobs,
        reduce=reduce,
        folder=staged / _RUNS,
        check=study.check,
        threads=study.threads,
        on_done=on_done,
    )


def _forget(_result: RunResult) -> None:
    """Keep nothing of a run but the tables that the worker wrote."""


def _draw(scenarios: Mapping[str, Scenario], staged: Path, study: Study, comparison: DataFrame | None) -> None:
    from sim.plots import save_figures

    runs = {
        name: [read_result(locate_run(staged / _RUNS, name, seed)).tables for seed in study.seeds] for name in scenarios
    }
    labels = next(iter(scenarios.values())).world.labels
    save_figures(runs, comparison, staged / _FIGURES, study.lang, study.city, labels)


def _is_same_cost(by_outcome: Mapping[str, Mapping[Any, Any]]) -> bool:
    """Whether all money is public, so that one row says it."""
    if not {"cost", "public_cost"} <= by_outcome.keys():
        return False
    return all(by_outcome["cost"][name] == by_outcome["public_cost"][name] for name in ("baseline", "value"))


def _write_row(row: Mapping[Any, Any], lang: Lang) -> tuple[str, ...]:
    factor, decimals, unit = _choose_unit(str(row["unit"]), lang)
    key = f"outcome.{row['outcome']}"
    words = label(key, lang) if key in LABELS else label_code("outcome", str(row["outcome"]), lang)
    levels = (_write_number(row[name] * factor, decimals, sign=False) for name in ("baseline", "value"))
    interval = _write_interval(row, factor, decimals, lang)
    points = POINTS[lang] if row["unit"] == "share" else ""
    difference = _write_number(row["difference"] * factor, decimals, sign=True) + points
    if row["outcome"] == COST_PER_STAYER and math.isnan(row["low"]):
        difference = "-"  # a ratio whose interval is not bounded says nothing, not even its sign
    return words, unit, *levels, difference, interval


def _choose_unit(unit: str, lang: Lang) -> tuple[float, int, str]:
    """Return factor, decimals and name under which values of `unit` are shown."""
    if unit == "share":
        return 100.0, 2, "%"
    if unit == "CNY":
        return 1e-6, 1, label("unit.million_cny", lang)
    key = f"unit.{unit}"
    return 1.0, 0, label(key, lang) if key in LABELS else unit


def _write_number(value: float, decimals: int, *, sign: bool) -> str:
    if math.isnan(value):
        return "-"
    # rounding first keeps a tiny negative from showing as -0
    rounded = round(value, decimals) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"


def _write_interval(row: Mapping[Any, Any], factor: float, decimals: int, lang: Lang) -> str:
    if not math.isnan(row["low"]):
        low, high = (_write_number(row[name] * factor, decimals, sign=True) for name in ("low", "high"))
        return f"{low} .. {high}"
    if row["outcome"] == "cost_per_additional_stayer" and row["seeds"] > 1:
        return label("note.undetermined", lang)
    return "-"
