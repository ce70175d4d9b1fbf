"""The sections `robust` and `optimise` of a sweep file: what is asked of the runs of the sweep."""

from __future__ import annotations

import dataclasses
import itertools
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.casenames import find_hole, is_chosen, name_cases
from experiments.cases import Question, Threshold
from experiments.groups import list_groups
from experiments.optimise import FEWEST_REPETITIONS, STEPS, Budget, find_fault
from experiments.plan import list_cells
from experiments.points import Point, label_points, write_value
from experiments.varyfile import split_key
from sim.certainty import list_outcomes, suggest_outcome
from sim.errors import Problem, ScenarioError
from sim.outcomes import ALL, PUBLIC_COST
from sim.sourced import Node, check_keys, is_finite, read_text, report, suggest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from experiments.casenames import Name
    from experiments.plan import Cell
    from experiments.sweepfile import Sweep

QUESTION_KEYS: Final[dict[str, str]] = {
    "outcome": "what is judged, such as stayed_12m",
    "group": "group within the outcome; `all` without it",
    "better": "high or low",
    "cost": "outcome in CNY that counts as cost; public_cost without it",
    "city": "city whose outcomes count, where the sweep keeps several",
    "weights": "weight by future; none where nothing is known about how likely they are",
}
ROBUST_KEYS: Final = QUESTION_KEYS | {
    "per_cost": "true to judge by the effect for each million CNY",
    "thresholds": "list of maps of `outcome`, `group`, `of` (difference or value), `low`, `high`",
}
OPTIMISE_KEYS: Final = QUESTION_KEYS | {
    "budget_cny": "largest cost of a run",
    "probability": "least share of runs, in every state, that keep the budget; 0.9 without it",
    "over": "mean or worst: which effect over the states is to be largest",
}
THRESHOLD_KEYS: Final = ("outcome", "group", "of", "low", "high")


def read_question(sweep: Sweep) -> Question:
    """Read the section `robust` of a sweep. Raises ScenarioError with all its mistakes."""
    section, problems = _find_section(sweep, "robust", ROBUST_KEYS)
    values = _read_common(sweep, section, problems)
    for key in sweep.keys:
        if split_key(key)[0] == sweep.baseline:
            message = f"`{key}` changes the baseline alone, and every choice is compared with one baseline"
            report(problems, sweep.vary[key], message, "Drop it")
    values["per_cost"] = _read_flag(section.fields.get("per_cost"), problems)
    listed = section.fields.get("thresholds")
    if listed is not None and not listed.items:
        report(problems, listed, "a list of maps is wanted here", "Write `- {outcome: stayed_12m, low: 0}` under it")
    values["thresholds"] = tuple(_read_threshold(item, sweep, problems) for item in (listed.items if listed else ()))
    _check_crossed(sweep, _list_left(sweep), problems)
    if problems:
        raise ScenarioError(problems)
    return Question(**values)


def read_budget(sweep: Sweep) -> tuple[Question, Budget]:
    """Read the section `optimise` of a sweep. Raises ScenarioError with all its mistakes."""
    section, problems = _find_section(sweep, "optimise", OPTIMISE_KEYS)
    values = _read_common(sweep, section, problems)
    fields = section.fields
    most = _read_number(fields.get("budget_cny"), 0.0, math.inf, problems)
    if "budget_cny" not in fields:
        report(problems, section, "`budget_cny` is missing", "Add it: without a budget there is no largest size")
    probability = _read_number(fields.get("probability"), 0.5, 0.999, problems)
    over = _read_word(fields.get("over"), ("mean", "worst"), problems)
    left = _list_left(sweep)
    _check_crossed(sweep, left, problems)
    _check_sizes(sweep, left, problems)
    if problems:
        raise ScenarioError(problems)
    budget = Budget(
        most_cny=math.inf if most is None else most,
        probability=0.9 if probability is None else probability,
        over="worst" if over == "worst" else "mean",
    )
    return Question(**values), budget


def count_states(sweep: Sweep) -> int:
    """States of a sweep that has a baseline: futures, each at every value of the keys that nobody chooses."""
    labels = label_points(sweep.points)
    names = name_cases(sweep.keys, labels, sweep.baseline or "")
    return len({names.name(policy, future, labels[design])[1] for design, policy, future in _list_left(sweep)})


def check_city(sweep: Sweep, name: str, question: Question, cities: Sequence[str]) -> None:
    """Refuse a city that no run keeps outcomes of.

    Args:
        sweep: The sweep; without `cities` it keeps the focus of its scenarios, which only their files say.
        name: Of the section.
        question: What the section asks.
        cities: Those that the runs keep.

    Raises:
        ScenarioError: If the city is none of them.
    """
    if question.city is None or question.city in cities:
        return
    problems: list[Problem] = []
    message = f"the sweep keeps outcomes of {', '.join(cities)}"
    repair = f"Add `cities: [{question.city}]` to the sweep, or leave out `city`"
    report(problems, sweep.sections[name].fields["city"], message, repair)
    raise ScenarioError(problems)


def _find_section(sweep: Sweep, name: str, keys: dict[str, str]) -> tuple[Node, list[Problem]]:
    problems: list[Problem] = []
    section = sweep.sections.get(name)
    if section is None or not section.fields:
        at = _find_place(sweep, name)
        report(problems, at, f"nothing says what is asked under `{name}`", f"Add {_show(name)}")
        raise ScenarioError(problems)
    check_keys(section, keys, problems)
    if sweep.baseline is None:
        repair = "Write `policies: [baseline, NAME]`, with the one that stands for doing nothing first"
        at = _find_place(sweep, "policies")
        report(problems, at, "there is one policy only, and nothing to hold it against", repair)
    return section, problems


def _find_place(sweep: Sweep, key: str) -> Node:
    """Where a key of the file stands, or would stand."""
    return sweep.root.fields.get(key, dataclasses.replace(sweep.root, key=key))


def _show(name: str) -> str:
    more = ", budget_cny: 1000000000" if name == "optimise" else ""
    return f"`{name}: {{outcome: stayed_12m, better: high{more}}}`"


def _read_common(sweep: Sweep, section: Node, problems: list[Problem]) -> dict[str, Any]:
    fields = section.fields
    for key in ("outcome", "better"):
        if key not in fields:
            report(problems, section, f"`{key}` is missing", f"Add `{key}:` ({QUESTION_KEYS[key]})")
    texts = {key: _read_outcome(fields.get(key), sweep, problems) for key in ("outcome", "cost")}
    texts["city"] = _read_optional(fields.get("city"), problems)
    if "cost" not in fields and sweep.outcomes and PUBLIC_COST not in sweep.outcomes:
        repair = f"Add {PUBLIC_COST} to `outcomes`, or name one of them as `cost`"
        report(problems, section, f"`cost` is {PUBLIC_COST}, and the sweep does not keep it", repair)
    city, kept = texts["city"], sweep.cities
    if (city is None and len(kept) > 1) or (city is not None and kept and city not in kept):
        message = f"the sweep keeps outcomes of {', '.join(kept)}"
        report(problems, fields.get("city", section), message, "Name one of them as `city`")
    return {
        "baseline": sweep.baseline or "",
        "outcome": texts["outcome"] or "",
        "group": _read_group(fields.get("group"), texts["outcome"], problems),
        "better": _read_word(fields.get("better"), ("high", "low"), problems) or "high",
        "cost": texts["cost"] or PUBLIC_COST,
        "city": texts["city"],
        "policies": tuple(policy.name for policy in sweep.policies),
        "futures": tuple(future.name for future in sweep.futures),
        "labels": sweep.labels,
        "weights": _read_weights(fields.get("weights"), [future.name for future in sweep.futures], problems),
    }


def _read_weights(node: Node | None, futures: list[str], problems: list[Problem]) -> dict[str, float]:
    if node is None:
        return {}
    if not check_keys(node, futures, problems, what="future"):
        return {}
    weights = {name: _read_number(entry, 0.0, math.inf, problems) or 0.0 for name, entry in node.fields.items()}
    missing = [name for name in futures if name not in weights]
    if missing or not sum(weights.values()) > 0:
        message = f"no weight for {', '.join(missing)}" if missing else "no future has a weight above 0"
        report(problems, node, message, "Give every future its weight, or leave out `weights`")
    return weights


def _list_left(sweep: Sweep) -> list[Cell]:
    """What `when` leaves of points, policies and futures; all where it cannot be worked out, which the plan reports."""
    try:
        return list_cells(sweep)
    except ScenarioError:
        return _list_all(sweep)


def _list_all(sweep: Sweep) -> list[Cell]:
    """Points, policies and futures without `when`."""
    policies, futures = ([one.name for one in own] for own in (sweep.policies, sweep.futures))
    return list(itertools.product(range(len(sweep.points)), policies, futures))


def _check_crossed(sweep: Sweep, left: Sequence[Cell], problems: list[Problem]) -> None:
    """Report a choice that some state lacks, before anything is run: no seed would have every choice in every state."""
    if sweep.baseline is None or not left:
        return
    labels, baseline = label_points(sweep.points), sweep.baseline
    names = name_cases(sweep.keys, labels, baseline)

    def find(cells: Iterable[Cell]) -> Name | None:
        return find_hole((names.name(policy, future, labels[design]) for design, policy, future in cells), baseline)

    hole = find(left)
    if hole is not None and find(_list_all(sweep)) is not None:
        own = [key for key in sweep.keys if is_chosen(key)]
        message = (
            f"{_write_case(*hole)} is not run: keys of policies ({', '.join(own)}) and other keys are filled together"
        )
        repair = "Give the ones or the others a grid, or `steps:`, so that every choice meets every state"
        report(problems, _find_place(sweep, "vary"), message, repair)
        return
    at = sweep.root.fields.get("when", sweep.root)
    if hole is not None:
        message = f"`when` leaves out {_write_case(*hole)}, and every choice has to be run in every state"
        repair = (
            "Remove it, or let it leave out a choice in all states, or a state for all choices, but not the baseline"
        )
        report(problems, at, message, repair)
    elif all(policy == sweep.baseline for _, policy, _ in left):
        report(problems, at, "`when` leaves out every policy but the baseline", "Widen it, or the values of the keys")


def _write_case(choice: str, state: str) -> str:
    return choice if state == "-" else f"{choice} in state {state}"


def _check_sizes(sweep: Sweep, left: Sequence[Cell], problems: list[Problem]) -> None:
    """Report what no best size can be told from, before anything is run."""
    if len(sweep.policies) > 2:
        names = ", ".join(one.name for one in sweep.policies if one.name != sweep.baseline)
        message = f"one policy has a best size, not {len(sweep.policies) - 1} ({names})"
        report(problems, _find_place(sweep, "policies"), message, "Keep the baseline and one of them")
    run = dict.fromkeys(design for design, policy, _ in left if policy != sweep.baseline)
    fault = _find_fault([sweep.points[design] for design in run])
    if fault is not None:
        whole = _find_fault(sweep.points)
        at = sweep.root.fields.get("vary" if whole is not None or sweep.condition is None else "when", sweep.root)
        message, repair = whole or (f"of the sizes that `when` leaves, {fault[0]}", fault[1])
        report(problems, at, message, repair)
    _check_repetitions(sweep, problems)


def _find_fault(points: Sequence[Point]) -> tuple[str, str] | None:
    """Why no best size can be told from these points, and the repair; None where one can."""
    keys = [key for key in (points[0] if points else ()) if is_chosen(key) and len(_list_values(points, key)) > 1]
    if len(keys) not in STEPS or not all(is_finite(point[key]) for key in keys for point in points):
        message = f"a best size needs one key of the policy that is varied over numbers, or two; here are {len(keys)}"
        return message, "Vary one such as policies.0.units"
    return find_fault(np.array(sorted({tuple(float(point[key]) for key in keys) for point in points})))


def _list_values(points: Sequence[Point], key: str) -> list[Any]:
    """The different values of a key; 1 and 1.0 are one."""
    values = [point[key] for point in points]
    return list({value if is_finite(value) else write_value(value): value for value in values}.values())


def _check_repetitions(sweep: Sweep, problems: list[Problem]) -> None:
    """Report too few repetitions for an interval: seeds, or parameter sets where there are several."""
    sets = sweep.members or 1
    key, count, what = ("members", sets, "parameter sets") if sets > 1 else ("seeds", len(sweep.seeds), "seeds")
    if count < FEWEST_REPETITIONS:
        repair = f"Write `{key}: {FEWEST_REPETITIONS}` or more"
        report(problems, _find_place(sweep, key), f"an interval needs more {what}", repair)


def _read_outcome(node: Node | None, sweep: Sweep, problems: list[Problem]) -> str | None:
    """The name of an outcome that the sweep keeps."""
    name = _read_optional(node, problems)
    if node is not None and name is not None:
        if name not in list_outcomes():
            report(problems, node, f"there is no outcome `{name}`", suggest_outcome(name))
        elif not list_groups(name):
            message = f"`{name}` compares two scenarios, and no run of a sweep has it"
            report(problems, node, message, "Name an outcome that a run has by itself, such as stayed_12m")
        elif sweep.outcomes and name not in sweep.outcomes:
            report(problems, node, f"the sweep does not keep `{name}`", "Add it to `outcomes`")
    return name


def _read_group(node: Node | None, outcome: str | None, problems: list[Problem]) -> str:
    """A group of an outcome, of any where that is not known."""
    name = _read_optional(node, problems)
    groups = list_groups(outcome) if outcome is not None else ()
    if node is not None and name is not None and groups and name not in groups:
        report(problems, node, f"`{outcome}` has no group `{name}`", suggest_name(name, groups))
    return name or ALL


def _read_threshold(node: Node, sweep: Sweep, problems: list[Problem]) -> Threshold:
    check_keys(node, THRESHOLD_KEYS, problems)
    fields = node.fields
    outcome = _read_outcome(fields.get("outcome"), sweep, problems)
    ends = {key: _read_number(fields.get(key), -math.inf, math.inf, problems) for key in ("low", "high")}
    if outcome is None or (ends["low"] is None and ends["high"] is None):
        repair = "Write `{outcome: stayed_12m, low: 0}`; `low` and `high` bound what is good enough"
        report(problems, node, "a threshold needs an outcome and an end", repair)
    of = _read_word(fields.get("of"), ("difference", "value"), problems)
    return Threshold(
        outcome=outcome or "",
        group=_read_group(fields.get("group"), outcome, problems),
        of="value" if of == "value" else "difference",
        low=-math.inf if ends["low"] is None else ends["low"],
        high=math.inf if ends["high"] is None else ends["high"],
    )


def _read_optional(node: Node | None, problems: list[Problem]) -> str | None:
    return read_text(node, problems) if node is not None else None


def _read_word(node: Node | None, words: tuple[str, ...], problems: list[Problem]) -> str | None:
    if node is None:
        return None
    if node.value not in words:
        report(problems, node, f"`{node.value}` is not known here", suggest_name(str(node.value), list(words)))
        return None
    return str(node.value)


def _read_flag(node: Node | None, problems: list[Problem]) -> bool:
    if node is not None and not isinstance(node.value, bool):
        report(problems, node, f"`{node.value}` is neither true nor false", "Write true or false")
    return node is not None and node.value is True


def _read_number(node: Node | None, low: float, high: float, problems: list[Problem]) -> float | None:
    if node is None:
        return None
    if not is_finite(node.value) or not low <= node.value <= high:
        bounds = f"from {low:g} on" if high == math.inf else f"from {low:g} to {high:g}"
        report(problems, node, f"`{node.value}` is no number {'' if low == -math.inf else bounds}".strip(), "Write one")
        return None
    return float(node.value)
