"""Policies of a sweep held against one of them, paired by seed: effects, winners and losers, and where variance lies.

Runs of two policies that agree in design, future, seed and member share their draws. Effects and how sure they are come
from sim/compare.py and sim/certainty.py, for each point of the design, future and city by itself.
Variance of one outcome, over policies p, members m (parameter sets of an ensemble) and seeds s of each member:

    y_pms = mean + P_p + M_m + S_s(m) + (PM)_pm + e_ps(m)

Seeds are nested in members and both are crossed with policies, since all policies share them. Components are those of
the analysis of variance (Henderson 1953): mean squares set equal to their expectations, with a policies, b members, n
seeds a member
    e = MS_E, PM = (MS_PM - MS_E) / n, S = (MS_S - MS_E) / a, M = (MS_M - MS_S - MS_PM + MS_E) / (a n),
    P = (MS_P - MS_PM) / (b n),
a negative one cut at 0. So `policy_by_member` says how much an effect depends on parameters, `policy_by_seed` how much
on chance. Left out: intervals of the components, which few policies or members leave wide; and that members may share
their seeds, which leaves part of what chance does to all members out of `seed` and takes as much from `member`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from experiments.table import OUTCOME_COLUMNS, TableError, check_table, list_keys, select_outcome
from sim.certainty import judge_certainty
from sim.compare import compare_runs
from sim.estimate import CONFIDENCE, adjust_holm

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

COMPONENTS: Final = ("policy", "member", "seed", "policy_by_member", "policy_by_seed")
GOOD: Final = {
    "stay_share_12m": 1,
    "stayed_12m": 1,
    "first_job_share_6m": 1,
    "wage": 1,
    "employment_rate": 1,
    "qualified_share": 1,
    "talent": 1,
    "employed": 1,
    "hires": 1,
    "rent": -1,
    "rent_burden": -1,
    "departures": -1,
    "commute_minutes": -1,
}
"""Outcomes of which more (1) or less (-1) is a gain to those whom a group or a city stands for."""
LEVEL: Final = 1.0 - CONFIDENCE
_BLOCK: Final = ("design", "future", "city")

Runs = dict[str, dict[int, "DataFrame"]]
"""Outcomes by policy and number of the pair."""


def compare_policies(table: DataFrame, base: str) -> DataFrame:
    """Compare all policies of a sweep with one of them.

    Args:
        table: Tidy table of a sweep (see experiments/table.py).
        base: Policy that the others are held against.

    Returns:
        One row for each point of the design, future, city, policy, outcome and group: `design`, `future`, `city`, the
        keys that are varied, then the columns of sim.compare.compare_runs and, behind them, those of
        sim.certainty.judge_certainty that it lacks; `p_holm` counts the headlines of the policies at one point. Where
        runs have parameter sets of their own, intervals and probabilities are those of one more run. Points without
        runs of the base, or of any other policy, are left out.

    Raises:
        TableError: If the table has no such policy, or no other.
        ResultsError: If policies have runs without their pair.
    """
    import pandas as pd

    _refuse_policy(check_table(table), base)
    keys, parts = list_keys(table), []
    for block, runs, spread in _split_blocks(table):
        others = {policy: own for policy, own in runs.items() if policy != base}
        if base not in runs or not others:
            continue
        effects = compare_runs(runs[base], others, spread=spread)
        part = join_certainty(effects, judge_certainty(runs[base], others, spread=spread))
        for place, (name, value) in enumerate(block.items()):
            part.insert(place, name, value)
        parts.append(part)
    if not parts:
        raise TableError(f"no point of the sweep has {base} and another policy. Name another base")
    head = [*_BLOCK, *keys]
    found = pd.concat(parts, ignore_index=True)
    return found[[*head, *(name for name in found.columns if name not in head)]]


def join_certainty(effects: DataFrame, certainty: DataFrame) -> DataFrame:
    """Return the rows of sim.compare.compare_runs with the columns of sim.certainty.judge_certainty behind them."""
    told = certainty.drop(columns="difference")
    return effects.merge(told, on=["policy", "outcome", "group", "unit"], how="left", sort=False)


def list_winners(effects: DataFrame, outcomes: Sequence[str] = tuple(GOOD)) -> DataFrame:
    """List who gains and who loses: groups within a city, and cities as a whole.

    Args:
        effects: As of compare_policies, or of one comparison as of join_certainty.
        outcomes: Outcomes to look at, keys of GOOD.

    Returns:
        The rows of these outcomes with a difference in any seed, with `p_holm` adjusted for their number, `verdict`
        (`gains`, `loses`; `unclear` where the p so adjusted is 0.05 or more) and `gain`, the difference with the sign
        of GOOD; by policy and outcome, the largest gain first.
    """
    chosen = effects[effects["outcome"].isin(list(outcomes)) & effects["p_value"].notna()].copy()
    chosen["p_holm"] = adjust_holm(chosen["p_value"].tolist())
    chosen["gain"] = chosen["difference"] * chosen["outcome"].map(GOOD).astype(float)
    verdict = np.where(chosen["gain"] > 0.0, "gains", "loses")
    chosen["verdict"] = np.where(chosen["p_holm"] < LEVEL, verdict, "unclear")
    rank = chosen["outcome"].map({name: number for number, name in enumerate(outcomes)})
    order = chosen.assign(_rank=rank).sort_values(["policy", "_rank", "gain"], ascending=[True, True, False])
    return order.drop(columns="_rank").reset_index(drop=True)


def split_variance(table: DataFrame, outcome: str, *, city: str, group: str = "all") -> DataFrame:
    """Split the variance of an outcome into policy, parameter set, seed, and how these act together.

    Args:
        table: Tidy table of a sweep.
        outcome: Name as of sim.outcomes.
        city: Place whose outcome is meant.
        group: Group within the outcome.

    Returns:
        One row for each point of the design, future and component (COMPONENTS): `design`, `future`, `component`,
        `variance` in the squared unit of the outcome, `share` of their sum, and the numbers of policies, members and
        seeds. A component that the design does not tell from others is NaN: members with a single one, seeds with
        one a member, where `member` holds both. Points that only one policy is run at are left out.

    Raises:
        TableError: If the table has no such outcome, there are fewer than two policies, or runs are missing in part of
            the members or seeds.
    """
    import pandas as pd

    chosen = select_outcome(table, outcome, group=group, city=city)
    rows: list[dict[str, Any]] = []
    for (design, future), part in chosen.groupby(["design", "future"], sort=True):
        if part["policy"].nunique() < 2 <= chosen["policy"].nunique():
            continue  # `when` may leave a policy alone at some points
        values = _arrange(part)
        components = measure_components(values)
        total = sum(size for size in components.values() if not math.isnan(size))
        for component, variance in components.items():
            share = variance / total if total else math.nan
            row = {"design": design, "future": future, "component": component, "variance": variance, "share": share}
            rows.append(row | dict(zip(("policies", "members", "seeds"), values.shape, strict=True)))
    if not rows:
        raise TableError("no point of the sweep has two policies, between which there is variance. Widen `when`")
    return pd.DataFrame(rows)


def measure_components(values: NDArray[np.float64]) -> dict[str, float]:
    """Return variance by component of `values` (policy, member, seed of the member); NaN where not told apart."""
    a, b, n = values.shape
    if a < 2:
        raise TableError("variance between policies takes two of them. Add one to the sweep")
    by_member, by_policy = values.mean(axis=2), values.mean(axis=(1, 2))
    member, cell, grand = by_member.mean(axis=0), values.mean(axis=0), values.mean()
    both = by_member - by_policy[:, None] - member[None, :] + grand
    rest = values - by_member[:, :, None] - cell[None] + member[None, :, None]
    squares = {
        "policy": _divide(b * n * ((by_policy - grand) ** 2).sum(), a - 1),
        "member": _divide(a * n * ((member - grand) ** 2).sum(), b - 1),
        "seed": _divide(a * ((cell - member[:, None]) ** 2).sum(), b * (n - 1)),
        "policy_by_member": _divide(n * (both**2).sum(), (a - 1) * (b - 1)),
        "policy_by_seed": _divide((rest**2).sum(), (a - 1) * b * (n - 1)),
    }
    if b < 2:  # seeds alone: what acts with policies is chance
        error = squares["policy_by_seed"]
        parts = {"policy": (squares["policy"] - error) / n, "seed": (squares["seed"] - error) / a}
        parts |= {"policy_by_seed": error}
    elif n < 2:  # a seed goes with its member, and what acts with policies is both
        error = squares["policy_by_member"]
        parts = {"policy": (squares["policy"] - error) / b, "member": (squares["member"] - error) / a}
        parts |= {"policy_by_member": error}
    else:
        error, both_ms = squares["policy_by_seed"], squares["policy_by_member"]
        parts = {
            "policy": (squares["policy"] - both_ms) / (b * n),
            "member": (squares["member"] - squares["seed"] - both_ms + error) / (a * n),
            "seed": (squares["seed"] - error) / a,
            "policy_by_member": (both_ms - error) / n,
            "policy_by_seed": error,
        }
    # rounding leaves specks where a component is nothing
    floor = 1e-12 * float(np.abs(values).max()) ** 2
    return {name: _cut(parts.get(name, math.nan), floor) for name in COMPONENTS}


def _arrange(part: DataFrame) -> NDArray[np.float64]:
    """Values (policy, member, seed) of one point; seeds of a member in ascending order."""
    wide = part.pivot_table(index="policy", columns=["member", "seed"], values="value", aggfunc="first", dropna=False)
    wide = wide.dropna(axis="columns", how="all")
    counts = {member: len(seeds) for member, seeds in wide.T.groupby(level="member").groups.items()}
    if wide.isna().any().any() or len(set(counts.values())) != 1:
        design, future = part[["design", "future"]].iloc[0]
        where = f"point {design}" + (f" in {future}" if future else "")
        raise TableError(
            f"at {where} not every policy has a value for each parameter set and seed, or sets have unequal seeds. "
            "Finish the sweep, or choose an outcome that all runs tell: where nobody counts in some, more people or "
            "quarters help"
        )
    return wide.to_numpy(float).reshape(len(wide), len(counts), -1)


def _split_blocks(table: DataFrame) -> Iterator[tuple[dict[str, Any], Runs, bool]]:
    """Yield labels and keys of each point, future and city, its runs by policy and pair, and whether sets differ."""
    keys, columns = list_keys(table), list(OUTCOME_COLUMNS[1:])
    for labels, part in table.groupby(list(_BLOCK), sort=True):
        pairs = part[["member", "seed"]].drop_duplicates().sort_values(["member", "seed"])
        number = {pair: place for place, pair in enumerate(pairs.itertuples(index=False, name=None), 1)}
        runs: Runs = {}
        for (policy, member, seed), own in part.groupby(["policy", "member", "seed"], sort=False):
            runs.setdefault(str(policy), {})[number[member, seed]] = own[columns]
        block = dict(zip(_BLOCK, labels, strict=True)) | {key: part[key].iloc[0] for key in keys}
        yield block, runs, len(set(part["member"])) > 1


def _refuse_policy(table: DataFrame, base: str) -> None:
    known = sorted(map(str, table["policy"].unique()))
    if base not in known or len(known) < 2:
        raise TableError(f"the table has the policies {', '.join(known)}. Compare one of them with another")


def _divide(part: float, whole: float) -> float:
    return float(part) / whole if whole else math.nan


def _cut(variance: float, floor: float) -> float:
    return variance if math.isnan(variance) else float(variance) if variance > floor else 0.0
