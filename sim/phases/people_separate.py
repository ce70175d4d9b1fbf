"""Phase 5. Jobs end: firms that have closed free their staff, others lay off, people quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.kernels.separation import separate_jobs
from sim.phases.ranges import sum_ranges
from sim.rng import FIRM_CLOSURE, LAYOFF, QUIT

if TYPE_CHECKING:
    from sim.model import TalentMarket


def people_separate(model: TalentMarket) -> None:
    """End jobs by their hazards and book them with the firms."""
    keys = model.key(QUIT), model.key(LAYOFF), model.key(FIRM_CLOSURE)
    people, firms = model.columns.people, model.firms
    (separations,) = sum_ranges(
        len(model.columns), model.threads, ((len(firms), 3),),
        lambda start, stop, counts: separate_jobs(
            start, stop, people, model.firms_table, model.places, model.rules.separation, *keys, counts
        ),
    )  # fmt: skip
    firms.quits = separations[:, 0].copy()
    firms.layoffs = separations[:, 1].copy()
    firms.closures = separations[:, 2].copy()
    firms.headcount -= separations.sum(axis=1)
