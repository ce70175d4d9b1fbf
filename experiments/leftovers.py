"""Runs of a sweep that a store has and a plan does not ask for: which stay, which go, and which forbid to go on.

Runs with other seeds than those asked for stay, and are not read: fewer seeds throw no work away, and the answer is
that of the seeds asked, whatever else the store has. Runs that the plan asks for under other labels are replaced. All
others are of another question, and would be mixed with its answer by whoever reads the folder: they are refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from experiments.plan import widen_plan
from sim.errors import ResultsError

if TYPE_CHECKING:
    from experiments.plan import Plan
    from experiments.store import Entry, Store


@dataclasses.dataclass(frozen=True, kw_only=True)
class Leftovers:
    """What a store has of a sweep beside the runs that a plan asks for."""

    renamed: tuple[str, ...] = ()
    """Keys of runs that the plan asks for under other labels."""
    seeds: tuple[int, ...] = ()
    """Seeds that the plan does not ask for; their runs stay."""


def find_leftovers(plan: Plan, store: Store, index: Mapping[str, Entry]) -> Leftovers:
    """Sort the runs of the sweep in the store that the plan does not ask for.

    Args:
        plan: what is asked.
        store: where it is looked up.
        index: of the store.

    Raises:
        ResultsError: if some are of another question.
    """
    asked, contents = plan.list_keys(), {job.content for job in plan.jobs}
    others = {key: path for key, path in store.list_runs(plan.sweep.name).items() if key not in asked}
    renamed = tuple(sorted(key for key in others if index[key].content in contents))
    rest = others.keys() - set(renamed)
    seeds = sorted({store.read_seed(others[key]) for key in rest} - set(plan.sweep.seeds))
    wide = widen_plan(plan, seeds) if seeds else plan
    lost = rest - wide.list_keys()
    if lost:
        known = {job.content for job in wide.jobs}
        _refuse(plan, store, len(lost), seeds if all(index[key].content in known for key in lost) else [])
    return Leftovers(renamed=renamed, seeds=tuple(seeds))


def write_seeds(seeds: Iterable[int]) -> str:
    """Seeds as people write them: 1-4, 7."""
    blocks: list[list[int]] = []
    for seed in sorted(seeds):
        if blocks and seed == blocks[-1][-1] + 1:
            blocks[-1].append(seed)
        else:
            blocks.append([seed])
    return ", ".join(f"{block[0]}-{block[-1]}" if len(block) > 2 else ", ".join(map(str, block)) for block in blocks)


def _refuse(plan: Plan, store: Store, count: int, seeds: list[int]) -> None:
    """Say why, and how to go on; `seeds` are those of runs that differ in seed and labels only."""
    have = f"{store.folder} has {count} {'run' if count == 1 else 'runs'} of {plan.sweep.name}"
    if seeds:
        raise ResultsError(
            f"{have} with other seeds ({write_seeds(seeds)}) from before its points were numbered anew. Run it with "
            f"these seeds too, so that they are sorted in, or name another folder with --store"
        )
    raise ResultsError(
        f"{have} as it was before: with other values, another scale or length, other parameter sets, or other code. "
        f"To keep them name another folder with --store; to remove them, and all its other runs, give --fresh to: "
        f"talentsim sweep {plan.sweep.file}"
    )
