"""results.json -> results.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

SHARE_SHOWN = 0.005
"""Phases below this share of the time are not listed."""


def render_results(results: dict[str, Any], checks: Sequence[dict[str, Any]]) -> str:
    """The page: the machine, limits and goals, then one section per part that has results."""
    machine = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    lines = [
        "# Benchmarks",
        "",
        (
            f"{machine['processor']}, {machine['cores']} cores; Python {machine['python']}; {packages}. "
            f"Load when the last part began: {machine['load']}. Written by `make bench`."
        ),
        "",
        "## Limits and goals",
        "",
        (
            "A limit is a ratio of two times of one run, or memory, and holds on any machine. A goal is in seconds "
            "and is meant for a quiet machine."
        ),
        "",
        *render_table(
            ("what", "found", "wanted", "kind", "met"),
            (
                (
                    one["name"],
                    _round(one["found"]),
                    one["wanted"],
                    "limit" if one["hard"] else "goal",
                    "yes" if one["met"] else "**no**",
                )
                for one in checks
            ),
        ),
    ]
    for part, render in RENDERERS.items():
        if part in results:
            found = results[part]
            lines += ["", *([f"{part}: left out, {found['missing']}."] if "missing" in found else render(found))]
    return "\n".join(lines) + "\n"


def render_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Lines of a table."""
    return [
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
        *(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows),
    ]


def _round(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _render_scaling(found: dict[str, Any]) -> list[str]:
    runs = found["runs"]
    rows = [
        (
            f"{run['persons']:,.0f}",
            run["scale"],
            run["quarters"],
            f"{run['seconds_per_quarter']:.4f}",
            f"{run['person_quarters_per_second'] / 1e6:.2f}",
            run["bytes_per_person"],
            f"{run['peak_mb']:.0f}",
            f"{run['make_seconds']:.2f}",
        )
        for run in runs
    ]
    heads = ("persons", "scale", "quarters", "s per quarter", "million person-quarters/s/core", "bytes/person")
    lines = [
        "## Size",
        "",
        "All rules and all tables, one core. Memory is that of the whole process.",
        "",
        *render_table((*heads, "peak MB", "s to make and spin up"), rows),
        "",
    ]
    if found["exponent"] is not None:
        lines += [f"Exponent of time over persons, 1e4 to 1e6: {found['exponent']:.3f}.", ""]
    phases = sorted(runs[-1]["phases"], key=lambda name: -runs[-1]["phases"][name])
    shares = [
        (name, *(f"{run['phases'][name]:.1%}" for run in runs))
        for name in phases
        if any(run["phases"][name] >= SHARE_SHOWN for run in runs)
    ]
    heads = ("phase", *(f"{run['persons']:,.0f} persons" for run in runs))
    return [*lines, "Share of time by phase:", "", *render_table(heads, shares)]


def _render_reference(found: dict[str, Any]) -> list[str]:
    rows = [
        (f"{one['persons']:,.0f}", f"{one['columns']:.4f}", f"{one['reference']:.2f}", f"{one['ratio']:.0f}")
        for one in found.values()
    ]
    heads = ("persons", "columns, s per quarter", "plain Mesa, s per quarter", "ratio")
    return ["## Plain Mesa objects", "", "The same rules, one core, one process.", "", *render_table(heads, rows)]


def _render_triad(found: dict[str, Any]) -> list[str]:
    return [
        "## Streaming bound",
        "",
        (
            f"Triad: {found['gb_per_second']:.1f} GB/s on one core. Reading and writing the state of "
            f"{found['persons']:,.0f} persons once ({found['bytes_per_quarter'] / 1e6:.0f} MB) would take "
            f"{found['bound_seconds'] * 1e3:.2f} ms; a quarter takes {found['seconds_per_quarter'] * 1e3:.1f} ms, "
            f"{found['ratio']:.0f} times as long."
        ),
    ]


def _render_rules(found: dict[str, Any]) -> list[str]:
    first = next(iter(found.values()))
    rows = [
        (name, f"{run['person_quarters_per_second'] / 1e6:.2f}",
         f"{run['person_quarters_per_second'] / first['person_quarters_per_second']:.1f}",
         f"{1e9 / run['person_quarters_per_second']:.0f}")
        for name, run in found.items()
    ]  # fmt: skip
    heads = ("rules", "million person-quarters a second", "times the first row", "ns per person-quarter")
    text = f"{first['persons']:,.0f} persons, one core."
    return ["## Fewer rules", "", text, "", *render_table(heads, rows)]


def _render_tables(found: dict[str, Any]) -> list[str]:
    names = {
        "nothing": "rules, nothing recorded",
        "moments": "rules and sums (moments)",
        "tables": "rules and all tables",
        "build": "data frames, at the end",
        "describe": "checksums, at the end",
        "write": "files, at the end",
        "read": "reading and checking the files",
    }
    rows = [
        (text, f"{found[name] * 1e3:.2f}", f"{found[name] / found['persons'] * 1e9:.0f}")
        for name, text in names.items()
    ]
    heads = ("what", "ms per quarter", "ns per person-quarter")
    return ["## Tables", "", f"{found['persons']:,.0f} persons.", "", *render_table(heads, rows)]


def _render_moments(found: dict[str, Any]) -> list[str]:
    rows = [
        (name, f"{share:.1%}", f"{share * found['seconds'] * 1e3:.1f}")
        for name, share in sorted(found["phases"].items(), key=lambda item: -item[1])
        if share >= SHARE_SHOWN
    ]
    return [
        "## One run of a calibration",
        "",
        (
            f"{found['persons']:,.0f} persons x {found['quarters']} quarters, sums only, warm kernels: "
            f"{found['seconds'] * 1e3:.0f} ms; making the model and its spin-up take "
            f"{found['make_seconds'] * 1e3:.0f} ms more."
        ),
        "",
        *render_table(("phase", "share", "ms"), rows),
    ]


def _render_sweep(found: dict[str, Any]) -> list[str]:
    rows = [
        (
            backend,
            run["workers"],
            run["runs"],
            f"{run['seconds']:.1f}",
            f"{run['runs'] / run['seconds']:.1f}",
            f"{run['one_run_seconds'] * run['runs'] / run['seconds']:.2f}",
        )
        for backend, run in found.items()
    ]
    heads = ("joblib backend", "workers", "runs", "seconds", "runs per second", "gain over one worker")
    text = "20,000 persons x 24 quarters each, sums only, with the making of the model and its spin-up."
    return ["## Many runs", "", text, "", *render_table(heads, rows)]


def _render_experiments(found: dict[str, Any]) -> list[str]:
    names = {"one": "here, without workers", "loky": "processes (loky)", "dask": "Dask scheduler and processes"}
    rows = [
        (
            names[name],
            run["workers"],
            run["runs"],
            f"{run['seconds']:.1f}",
            f"{run['run_seconds']:.3f}",
            f"{1000 * run['overhead_seconds']:.0f}",
            f"{found['one']['seconds'] / run['seconds']:.2f}",
        )
        for name, run in found.items()
    ]
    heads = ("who", "workers", "runs", "seconds", "s a simulation", "ms around it", "gain over one worker")
    text = "20,000 persons x 24 quarters each, outcomes into a store; the start of workers counts."
    return ["## Sweeps into a store", "", text, "", *render_table(heads, rows)]


def _render_store(found: dict[str, Any]) -> list[str]:
    return [
        "## Many small runs in a store",
        "",
        (
            f"{found['runs']:,} runs in {found['seconds']:.0f} s, {1000 * found['overhead_seconds']:.0f} ms around "
            f"each simulation; {found['store_mb']:.0f} MB on disk. Peak memory of the program that started them: "
            f"{found['early_peak_mb']:.0f} MB after {found['early_runs']:,} runs, {found['last_peak_mb']:.0f} MB at "
            f"the end. DuckDB answers a mean by policy and city in {found['query_seconds']:.2f} s."
        ),
    ]


def _render_threads(found: dict[str, Any]) -> list[str]:
    same = "the same bits" if found["equal"] else "**different results**"
    return [
        "## Threads in one run",
        "",
        (
            f"{found['persons']:,.0f} persons: {found['one']:.3f} s per quarter on one thread, "
            f"{found['two']:.3f} on two: {found['gain']:.2f} times as fast, {same}."
        ),
    ]


def _render_startup(found: dict[str, Any]) -> list[str]:
    names = {
        "python": "Python alone",
        "numpy": "Python and numpy",
        "help": "`talentsim --help`",
        "check": "`talentsim check scenarios/baseline.yaml`",
        "first_quarter": "first quarter simulated (process time, warm cache)",
        "cold_compile": "`talentsim warmup` without a cache",
        "warm_start": "`talentsim warmup` with one",
    }
    rows = [(text, f"{found[name]:.2f}") for name, text in names.items()]
    return ["## Start-up", "", *render_table(("what", "seconds"), rows)]


RENDERERS = {
    "scaling": _render_scaling,
    "reference": _render_reference,
    "triad": _render_triad,
    "tables": _render_tables,
    "rules": _render_rules,
    "moments": _render_moments,
    "sweep": _render_sweep,
    "experiments": _render_experiments,
    "store": _render_store,
    "threads": _render_threads,
    "startup": _render_startup,
}
"""Part -> its section."""
