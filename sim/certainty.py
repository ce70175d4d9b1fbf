"""How sure a comparison is: the probability of its sign, how many seeds it takes, and what pairing by seed saves.

For each outcome and group the paired differences d_s = policy_s - baseline_s give the probability that the effect is
above zero, its two-sided p = 2 min(P, 1 - P), and the same adjusted for their number after Holm (formulas in
sim/estimate.py). Two families are adjusted apart: the headlines of all policies together, which a reader looks at
first, and all the rest, among which something always sticks out.
Left out: ratios of differences. Whether a cost per person has a sign is told by its interval.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from sim.compare import HEADLINES, pair_outcomes
from sim.errors import ResultsError, TalentsimError
from sim.estimate import Looked, adjust_holm, count_seeds, find_sign, measure_reduction
from sim.labels import LABELS
from sim.outcomes import ALL, SHARE

if TYPE_CHECKING:
    from pandas import DataFrame

CERTAINTY_COLUMNS: Final = (
    "policy",
    "outcome",
    "group",
    "unit",
    "difference",
    "p_up",
    "p_value",
    "p_holm",
    "seeds_for_half",
    "variance_reduction",
)
POINTS: Final = ("points", "point", "%")
"""Behind a number of --precision: it is in percentage points."""
A_POINT: Final = 0.01
MOST_SEEDS: Final = 200
"""Seeds that a wanted precision may take unless told otherwise."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Precision:
    """How well one effect is to be known."""

    outcome: str
    group: str
    half_width: float
    """Half the 95 % interval of its paired difference at most, in the unit of the outcome."""
    most: int = MOST_SEEDS
    """Seeds at most, also if that does not reach it."""
    in_points: bool = False
    """Whether the width was given in percentage points."""


def judge_certainty(
    base: Mapping[int, DataFrame],
    policies: Mapping[str, Mapping[int, DataFrame]],
    *,
    spread: bool = False,
    looked: Looked | None = None,
) -> DataFrame:
    """Judge how sure the paired differences of `policies` from `base` are; arguments as of sim.compare.compare_runs.

    Returns:
        CERTAINTY_COLUMNS, one row for each policy, outcome and group. `p_up` is the posterior probability that the
        effect is above zero, `seeds_for_half` how many seeds give an interval of plus or minus half the difference
        found (NaN with `spread`: an interval of one more run does not close in), `variance_reduction`
        (var baseline + var policy) / var difference. NaN where one seed, or no difference in any, tells nothing.
    """
    import numpy as np
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for policy, runs in policies.items():
        for key, pair in pair_outcomes(base, runs).items():
            known = np.isfinite(pair[0]) & np.isfinite(pair[1])
            told = None if looked is None else int(known[: looked.first].sum())
            wider = looked is not None and not looked.is_about(key)
            without, with_it = (values[known] for values in pair)
            effect = with_it - without
            mean = float(effect.mean()) if len(effect) else math.nan
            p_up = find_sign(effect, spread=spread, first=told, wider=wider)
            # an interval of one more run does not close in as seeds are added
            enough = math.nan if spread else count_seeds(effect, abs(mean) / 2.0)
            p_value = 2.0 * min(p_up, 1.0 - p_up)
            rows.append((policy, *key, mean, p_up, p_value, math.nan, enough, measure_reduction(without, with_it)))
    table = pd.DataFrame(rows, columns=list(CERTAINTY_COLUMNS))
    is_headline = select_headlines(table)
    for family in (is_headline, ~is_headline):
        table.loc[family, "p_holm"] = adjust_holm(table.loc[family, "p_value"].tolist())
    return table


def select_headlines(table: DataFrame) -> Any:
    """Return which rows are headlines: outcomes that planners are shown first, all groups together."""
    return table["outcome"].isin(HEADLINES) & (table["group"] == ALL)


def find_reduction(certainty: DataFrame) -> float:
    """Return the median over headlines of what pairing by seed saves, times; NaN where none tells."""
    known = certainty.loc[select_headlines(certainty), "variance_reduction"].dropna()
    return float(known.median()) if len(known) else math.nan


def parse_precision(text: str, most: int = MOST_SEEDS) -> Precision:
    """Read `OUTCOME=HALFWIDTH` or `OUTCOME:GROUP=HALFWIDTH`; a width in shares may end in `points`.

    Raises:
        TalentsimError: If it is written otherwise, or about no outcome.
    """
    key, _, number = text.partition("=")
    words = number.strip()
    in_points = words.endswith(POINTS)
    for ending in POINTS:
        words = words.removesuffix(ending).strip()
    try:
        half_width = float(words) * (A_POINT if in_points else 1.0)
    except ValueError:
        half_width = math.nan
    if not (math.isfinite(half_width) and half_width > 0.0):
        raise TalentsimError(
            f"--precision {text}: half an interval is a number above 0. "
            "Write stayed_12m=200, or stay_share_12m=0.2points"
        )
    outcome, group = split_outcome(key, f"--precision {text}")
    return Precision(outcome=outcome, group=group, half_width=half_width, most=most, in_points=in_points)


def split_outcome(text: str, where: str) -> tuple[str, str]:
    """Return the outcome and the group that `OUTCOME` or `OUTCOME:GROUP` names.

    Raises:
        TalentsimError: If there is no such outcome, with the nearest ones; `where` says what the user wrote.
    """
    outcome, _, group = (part.strip() for part in text.partition(":"))
    if outcome not in list_outcomes():
        raise TalentsimError(f"{where}: {outcome} is no outcome. {suggest_outcome(outcome)}")
    return outcome, group or ALL


def list_outcomes() -> list[str]:
    """Return the names of all outcomes; not every run has every one."""
    return [name.removeprefix("outcome.") for name in LABELS if name.startswith("outcome.")]


def suggest_outcome(name: str) -> str:
    """Return the repair for a wrong name of an outcome: the nearest right ones."""
    import difflib

    return f"The nearest are {', '.join(difflib.get_close_matches(name, list_outcomes(), n=3, cutoff=0.0))}"


def count_wanted(precision: Precision, effects: DataFrame, n_seeds: int) -> int:
    """Return how many seeds a precision takes for all policies, told from the effects of the first `n_seeds`.

    Stein's rule: n = max(first, ceil((t(0.975, first - 1) s / half width)^2)), at most `precision.most`, with s the
    spread of the first; more seeds never change it.

    Args:
        precision: What is wanted.
        effects: Comparison of the first seeds (see sim.compare.compare_runs).
        n_seeds: How many these are.

    Raises:
        ResultsError: If the comparison has no such difference, or one without an interval.
    """
    chosen = effects[(effects["outcome"] == precision.outcome) & (effects["group"] == precision.group)]
    if chosen.empty:
        groups = ", ".join(effects.loc[effects["outcome"] == precision.outcome, "group"].unique())
        raise ResultsError(
            f"--precision: these runs have no {precision.outcome} of the group {precision.group}. "
            + (f"Its groups are {groups}" if groups else "Name an outcome of comparison.csv")
        )
    if chosen["baseline"].isna().any() or chosen["low"].isna().any():
        raise ResultsError(
            f"--precision: {precision.outcome} has no interval of a difference. Take at least 2 seeds, and an outcome "
            "that is no ratio of others and that the quarters simulated can tell"
        )
    _refuse_width(precision, str(chosen["unit"].iloc[0]))
    return max(n_seeds, min(_count_needed(precision, _find_half(chosen), n_seeds), precision.most))


def _refuse_width(precision: Precision, unit: str) -> None:
    """Raise ResultsError for a width that is none in the unit of the outcome."""
    if precision.in_points and unit != SHARE:
        told = f"--precision: {precision.outcome} is no share, but in {unit}"
        raise ResultsError(f"{told}. Give the width without points")
    if unit == SHARE and precision.half_width >= 1.0:
        raise ResultsError(
            f"--precision: {precision.outcome} is a share, from 0 to 1, and cannot be known to +- "
            f"{precision.half_width:g} only. Write {precision.half_width:g}points for percentage points"
        )


def _find_half(chosen: DataFrame) -> float:
    """Half of the widest interval."""
    return float((chosen["high"] - chosen["low"]).max()) / 2.0


def _count_needed(precision: Precision, half: float, n_seeds: int) -> int:
    """Seeds that narrow an interval of +- `half` with `n_seeds` to the width wanted, at the same spread."""
    return math.ceil(n_seeds * (half / precision.half_width) ** 2 - 1e-9)  # a width that is met exactly is met


def describe_precision(precision: Precision, effects: DataFrame, n_seeds: int) -> dict[str, Any]:
    """Return for a manifest what was wanted and what was reached, the widest of the policies."""
    chosen = effects[(effects["outcome"] == precision.outcome) & (effects["group"] == precision.group)]
    reached = _find_half(chosen)
    return {
        **dataclasses.asdict(precision),
        "seeds": n_seeds,
        "reached": reached,
        "needed": _count_needed(precision, reached, n_seeds),
        "met": reached <= precision.half_width * (1.0 + 1e-9),
        "unit": str(chosen["unit"].iloc[0]),
    }
