"""What a scenario expects of its policies, and whether a comparison bears it out.

An expectation names a row of a comparison and the sign of its difference: `up`, `down`, or `none` where nothing should
move. It is written before anything is run. Held against the 95 % interval of the difference, paired by seed, it

    held              the interval lies on the expected side
    no change seen    for `none`: it covers zero, which may as well be a change too small for so few seeds
    against           the interval lies on the other side; for `none` it lies on one side
    not determined    it covers zero where a change was expected, or there is none (a single seed, nobody who counts)

Left out: how large a change is expected, and what many expectations together prove; one in twenty whose effect is nil
is off zero by chance.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.errors import Problem
from sim.labels import LABELS
from sim.sourced import Node, check_keys, report, suggest_name
from sim.types import EDUCATION, FIELD, FIRM_SIZE, HOME, REASON

if TYPE_CHECKING:
    from pandas import DataFrame

Sign = Literal["up", "down", "none"]
Verdict = Literal["held", "no_change", "against", "not_determined"]

SIGNS: Final[tuple[Sign, ...]] = ("up", "down", "none")
EXPECTS_KEYS: Final[dict[str, str]] = {
    "outcome": "outcome of a comparison, such as stay_share_12m",
    "group": "group of persons, firms or payers; `all` where none is named; for `reached` and `paid` a policy",
    "place": "place whose outcome is meant; the focus of the scenario where none is named",
    "sign": "side of zero on which the difference from the base is expected",
}
ALL: Final = "all"
BY_POLICY: Final = ("reached", "paid")
"""Outcomes of which a group is a policy, by its label or, without one, its kind."""
COMMUTING: Final = ("commuters_in", "commuters_out", "commute_minutes")
"""Outcomes of worlds with areas."""
NO_DIFFERENCE: Final = ("leakage_persons", "leakage_money")
"""Outcomes without a difference from the base."""

_VOCABULARY: Final = "outcome."
OUTCOME_NAMES: Final = tuple(
    key.removeprefix(_VOCABULARY)
    for key in LABELS
    if key.startswith(_VOCABULARY) and key.removeprefix(_VOCABULARY) not in NO_DIFFERENCE
)
"""Outcomes that can be expected to move: those that have words and a difference."""

_ORIGINS: Final = tuple(f"home_{name}" for name in HOME)
_PERCENTILES: Final = tuple(f"percentile_{number}" for number in (10, 25, 50, 75, 90))
_FIELDS: Final = tuple(f"field_{name}" for name in FIELD)
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("stay_share_12m_other_cities", "first_job_share_6m", "qualified_share", "hires"), EDUCATION),
    **dict.fromkeys(("stay_share_12m", "stayed_12m", "cost_per_additional_stayer"), (*EDUCATION, *_ORIGINS)),
    "wage": (*EDUCATION, *_FIELDS, *_PERCENTILES),
    "employment_rate": (*EDUCATION, *_FIELDS),
    "arrivals": (*EDUCATION, "new_graduate", "experienced"),
    "departures": (*EDUCATION, *REASON),
    "headcount": FIRM_SIZE,
    "cost": ("association", "city", "employers", "national"),
}
"""Groups of an outcome beside `all`."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Expectation:
    """The sign that the difference of one outcome should have."""

    outcome: str
    group: str
    place: str
    sign: Sign


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judgement:
    """One expectation beside what the comparison found."""

    scenario: str
    expectation: Expectation
    unit: str
    baseline: float
    value: float
    difference: float
    low: float
    high: float
    """Ends of the 95 % interval of the difference; NaN where there is none."""
    seeds: int
    verdict: Verdict


def read_expects(
    node: Node | None,
    *,
    focus: str,
    places: Sequence[str],
    policies: Sequence[str],
    commute: bool = True,
    problems: list[Problem],
) -> tuple[Expectation, ...]:
    """Read the list under `expects`; mistakes are added to `problems`, each with the nearest right name.

    Args:
        node: the list, if the file has one.
        focus: place that is meant where none is named.
        places: places of the world.
        policies: labels, or kinds, of the policies of the scenario.
        commute: whether people may work in another place than they live in, as they may within areas.
        problems: mistakes are added here.
    """
    if node is None:
        return ()
    if not isinstance(node.value, list):
        report(problems, node, "a list is wanted here", "Write one `- {outcome: ..., sign: up}` for each expectation")
        return ()
    found = [_read_one(item, focus, places, policies, problems) for item in node.items]
    for item in node.items:
        outcome = item.fields.get("outcome")
        if outcome is not None and not commute and outcome.value in COMMUTING:
            repair = "Leave it out, or choose a world with areas, such as beijing_districts"
            report(problems, outcome, f"nobody commutes between the places of this world: no `{outcome.value}`", repair)
    return tuple(one for one in found if one is not None)


def judge_expectations(
    scenario: str, expectations: Sequence[Expectation], comparisons: Mapping[str, DataFrame]
) -> list[Judgement]:
    """Hold expectations of a scenario against comparisons by place.

    Args:
        scenario: name of the scenario in the comparisons.
        expectations: what it expects.
        comparisons: place -> rows of sim.compare.compare_runs for that place.

    Returns:
        One judgement for each expectation, in their order. A row that the comparison lacks determines nothing.
    """
    judged = []
    for one in expectations:
        table = comparisons[one.place]
        is_row = (table["policy"] == scenario) & (table["outcome"] == one.outcome) & (table["group"] == one.group)
        rows = table[is_row].to_dict("records")
        judged.append(_judge(scenario, one, rows[0] if rows else {}))
    return judged


def judge_sign(sign: Sign, low: float, high: float) -> Verdict:
    """Verdict on a sign, given the interval of the difference."""
    if not low <= high:  # also where the ends are NaN
        return "not_determined"
    if low <= 0 <= high:
        return "no_change" if sign == "none" else "not_determined"
    return "held" if sign == ("up" if low > 0 else "down") else "against"


def describe_judgement(judgement: Judgement) -> dict[str, Any]:
    """One judgement as plain data; what is not known is None."""
    facts = {**dataclasses.asdict(judgement), **dataclasses.asdict(judgement.expectation)}
    del facts["expectation"]
    return {key: None if value != value else value for key, value in facts.items()}  # noqa: PLR0124  (NaN is not itself)


def _judge(scenario: str, expectation: Expectation, row: Mapping[Any, Any]) -> Judgement:
    nan = float("nan")
    numbers = {name: float(row.get(name, nan)) for name in ("baseline", "value", "difference", "low", "high")}
    return Judgement(
        scenario=scenario,
        expectation=expectation,
        unit=str(row.get("unit", "")),
        seeds=int(row.get("seeds", 0)),
        verdict=judge_sign(expectation.sign, numbers["low"], numbers["high"]),
        **numbers,
    )


def _read_one(
    item: Node, focus: str, places: Sequence[str], policies: Sequence[str], problems: list[Problem]
) -> Expectation | None:
    fields = item.fields
    if not fields:
        report(problems, item, "an expectation is a map", "Write it as {outcome: stay_share_12m, sign: up}")
        return None
    fine = check_keys(item, EXPECTS_KEYS, problems)
    for key, example in (("outcome", "stay_share_12m"), ("sign", "up")):
        if key not in fields:
            report(problems, item, f"`{key}` is missing", f"Add `{key}: {example}`")
            fine = False
    outcome, sign, group = (fields[key].value if key in fields else None for key in ("outcome", "sign", "group"))
    place = fields["place"].value if "place" in fields else focus
    groups = tuple(policies) if outcome in BY_POLICY else (ALL, *GROUPS.get(str(outcome), ()))
    choices = (("outcome", OUTCOME_NAMES), ("sign", SIGNS), ("place", places), ("group", groups))
    for key, names in choices:
        if key in fields and fields[key].value not in names and (key != "group" or outcome in OUTCOME_NAMES):
            given = str(fields[key].to_plain())
            report(problems, fields[key], f"there is no {key} `{given}`", suggest_name(given, names))
            fine = False
    if fine and group is None and outcome in BY_POLICY:
        report(problems, item, f"`group` is missing, the policy that `{outcome}` is about", suggest_name("", groups))
        fine = False
    if not fine:
        return None
    return Expectation(outcome=str(outcome), group=str(group or ALL), place=str(place), sign=sign)  # type: ignore[arg-type]  # one of SIGNS, as checked above
