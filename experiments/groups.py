"""Groups that the outcomes of a sweep come in, so that a wrong one is told before anything is run."""

from __future__ import annotations

from typing import Final

from sim.labels import LABELS
from sim.outcomes import ALL, COST, STAYED
from sim.types import EDUCATION, FIELD, FIRM_SIZE, HOME, REASON


def _list_labels(start: str) -> tuple[str, ...]:
    return tuple(name.partition(".")[2] for name in LABELS if name.startswith(start))


_FIELDS: Final = tuple(f"field_{name}" for name in FIELD)
_PARTS: Final[dict[str, tuple[str, ...]]] = {
    "stay_share_12m": (*EDUCATION, *(f"home_{name}" for name in HOME)),
    "stay_share_12m_other_cities": EDUCATION,
    STAYED: EDUCATION,
    "first_job_share_6m": EDUCATION,
    "arrivals": (*EDUCATION, "new_graduate", "experienced"),
    "departures": (*EDUCATION, *REASON),
    "wage": (*EDUCATION, *_FIELDS, *_list_labels("group.percentile_")),
    "employment_rate": (*EDUCATION, *_FIELDS),
    "qualified_share": EDUCATION,
    "hires": EDUCATION,
    "headcount": FIRM_SIZE,
    COST: _list_labels("payer."),
}
"""Groups by outcome, beside `all`; outcomes that are not here have no other. A payer without a policy has no cost."""
COMPARED: Final = (
    "displacement",
    "leakage_persons",
    "leakage_money",
    "reached",
    "paid",
    "cost_per_additional_stayer",
)
"""Outcomes of a comparison of two scenarios, which runs of a sweep do not have."""


def list_groups(outcome: str) -> tuple[str, ...]:
    """The groups of an outcome in the runs of a sweep; none where they do not have it."""
    return () if outcome in COMPARED else (ALL, *_PARTS.get(outcome, ()))
