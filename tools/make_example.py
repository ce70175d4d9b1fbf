"""Renew the worked example: run the sweep five_policies, and write its tables and figure into docs/.

Runs that results/sweeps has are not done again. Tables stand in docs/experiments_example.md behind the mark below.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the script documents the code beside it, installed or not

from experiments.cases import Cases, Question, gather_cases  # noqa: E402  after the path is set
from experiments.plan import make_plan  # noqa: E402
from experiments.plots import plot_judgement, save_figure  # noqa: E402
from experiments.robust import Judgement, judge_choices  # noqa: E402
from experiments.robust_tables import list_judgement, list_notes  # noqa: E402
from experiments.robustfile import read_question  # noqa: E402
from experiments.runner import Workers, run_plan  # noqa: E402
from experiments.store import Store  # noqa: E402
from experiments.sweepfile import load_sweep  # noqa: E402
from sim.console import count_cores  # noqa: E402

if TYPE_CHECKING:
    from pandas import DataFrame

    from experiments.runner import Report

NAME = "five_policies"
DOCS = ROOT / "docs"
PAGE = DOCS / "experiments_example.md"
FIGURE = DOCS / "images" / f"{NAME}.png"
MARK = "<!-- from here on: python tools/make_example.py -->"


def main() -> None:
    """Run the sweep with as many workers as there are cores, or as the first argument says."""
    workers = Workers(jobs=int(sys.argv[1]) if len(sys.argv) > 1 else count_cores())
    sweep = load_sweep(NAME)
    plan, store = make_plan(sweep), Store()
    report = run_plan(plan, store, workers)
    write_page(store.read_sweep(NAME), read_question(sweep), sweep.question, describe_time(report))
    print(f"written: {PAGE}, {FIGURE}")


def describe_time(report: Report) -> str:
    """What the runs took, if they were done now."""
    if report.n_there:
        return ""
    seconds = report.run_s / max(1, report.n_simulated)
    how = f"with {report.workers} workers, {seconds:.1f} s each"
    return f"\n{report.n_simulated} runs took {report.wall_s / 60:.1f} minutes {how}.\n"


def write_page(table: DataFrame, question: Question, title: str, time: str) -> None:
    """Write what is below the mark, and the figure."""
    cases = gather_cases(table, question)
    judged = judge_choices(cases, question)
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(f"{text}{MARK}\n{time}\n{describe_answer(judged, cases, question)}", encoding="utf-8")
    save_figure(plot_judgement(judged, cases, question, title, "en"), FIGURE)


def describe_answer(judged: Judgement, cases: Cases, question: Question) -> str:
    """The tables as Markdown, the figure, and what is said under them."""
    parts = [f"![Effect by choice and future, and effect against cost](images/{FIGURE.name})\n"]
    for shown in list_judgement(judged, cases, question, "en"):
        rows = [shown.heads, tuple("---" for _ in shown.heads), *shown.rows]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        parts.append("\n".join([f"**{shown.title}**\n", *lines]) + "\n")
    parts.append("\n".join(f"- {line}" for line in list_notes(judged, cases, question, "en")) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
