"""What is seldom meant in the scenarios of a plan, and what few repetitions mean for intervals: told before any run.

All policies are looked at in the first future that has them, at the values of their own keys; of a key with many values
the least, which are the smallest sizes, and the greatest. Of the other futures one policy is looked at, for what the
future itself brings.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from experiments.points import rank_value, write_value
from experiments.varyfile import is_lever, split_key
from sim.captions import ENOUGH_SEEDS, caution_seeds
from sim.cautions import find_common_cautions
from sim.errors import ScenarioError
from sim.labels import Lang

if TYPE_CHECKING:
    from experiments.plan import Plan, Run
    from sim.scenario import Scenario

    Chosen = tuple[dict[str, list[Scenario]], dict[str, list[Scenario]]]

MOST_VALUES: Final = 12
"""Values of a key that are looked at."""
_FEW_SETS: Final[dict[Lang, str]] = {
    "en": "Only {n} parameter sets: intervals of fewer than {enough} are not to be trusted. Raise `members`.",
    "zh": "只有{n}个参数组：不足{enough}个时区间不可信。请增大 `members`。",  # noqa: RUF001  (full-width on purpose)
}


def choose_scenarios(plan: Plan) -> Chosen:
    """Load the scenarios of a plan that are looked at: by policy, and by future for what futures bring."""
    runs: dict[str, dict[str, dict[int, Run]]] = {}
    for run in sorted((run for job in plan.jobs for run in job.runs), key=lambda run: run.design):
        runs.setdefault(run.policy, {}).setdefault(run.future, {}).setdefault(run.design, run)
    policies = [one.name for one in plan.sweep.policies if one.name in runs]
    futures = [one.name for one in plan.sweep.futures]
    first = {name: next(future for future in futures if future in runs[name]) for name in policies}
    own = {name: _load(plan, _choose_runs(plan, runs[name][future])) for name, future in first.items()}
    others: dict[str, list[Scenario]] = {}
    for future in futures:
        seen = [by_design for name in policies if (by_design := runs[name].get(future))]
        if seen and future not in first.values():
            others[future] = _load(plan, list(seen[0].values())[:1])
    return own, others


def find_cautions(plan: Plan, lang: Lang) -> list[str]:
    """Lines about the scenarios of a plan, each once, with the names of the policies that have it unless all do."""
    return find_common_cautions(*plan.looked_at, lang, plan.sweep.labels)


def list_doubts(n_seeds: int, n_members: int, lang: Lang) -> list[str]:
    """What so few repetitions mean for intervals; where there are several parameter sets these are what counts."""
    if n_members < 2:
        return caution_seeds(n_seeds, lang)
    return [_FEW_SETS[lang].format(n=n_members, enough=ENOUGH_SEEDS)] if n_members < ENOUGH_SEEDS else []


def _choose_runs(plan: Plan, runs: Mapping[int, Run]) -> list[Run]:
    """Of runs by the number of their point as many as show each value of each key that changes a size."""
    designs = list(runs)
    chosen = {designs[0]: None}
    for key in plan.sweep.keys:
        if is_lever(key) or split_key(key)[1] == "scale":
            by_value = {write_value(plan.points[design][key]): design for design in reversed(designs)}
            ordered = sorted(by_value.values(), key=lambda design, key=key: rank_value(plan.points[design][key]))  # type: ignore[misc]
            chosen |= dict.fromkeys([*ordered[: MOST_VALUES - 1], ordered[-1]])
    return [runs[design] for design in chosen]


def _load(plan: Plan, runs: Sequence[Run]) -> list[Scenario]:
    """The scenarios of runs; what makes none is told when it is run."""
    found: list[Scenario] = []
    for run in runs:
        with contextlib.suppress(ScenarioError):
            found.append(plan.load(run))
    return found
