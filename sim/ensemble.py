"""Runs over the parameter sets that published figures leave possible: each seed has a member of a fit's ensemble.

Members are drawn by weight with systematic resampling: n evenly spaced points on (0, 1) with one common offset, drawn
by the first seed, fall into the cumulated weights. So a member with weight w comes floor(n w) or ceil(n w) times, and
the same seeds always give the same members. The k-th member runs with the k-th seed, in the baseline as under every
policy: a paired difference then keeps what the policy does, and its spread over members holds the uncertainty of the
parameters as well as chance.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from sim.errors import TalentsimError
from sim.fitfile import Member, list_declared, read_ensemble
from sim.params import Params
from sim.rng import make_key, uniforms
from sim.scenario import Scenario

DRAW_MEMBERS: Final = 1007
"""Stream of the offset. No run draws from it: it is one of those numbered from 1001 on (calibration/draws.py)."""


def choose_members(scenarios: Iterable[Scenario], seeds: Sequence[int]) -> dict[int, Member]:
    """The member for each seed.

    Args:
        scenarios: all that are run with these seeds.
        seeds: at least one.

    Raises:
        TalentsimError: unless all scenarios use the same fit.
    """
    found = {scenario.name: scenario.fit for scenario in scenarios}
    for name, fit in found.items():
        if fit is None:
            raise TalentsimError(f"--ensemble: {name} uses no fit. Write `fit: NAME` in it, or give --set fit=NAME")
    fits = [fit for fit in found.values() if fit is not None]
    if len({fit.folder.resolve() for fit in fits}) > 1:
        names = ", ".join(f"{name} uses {fit.name}" for name, fit in zip(found, fits, strict=True))
        raise TalentsimError(f"--ensemble: {names}. Give all scenarios the same fit, such as by --set fit=NAME")
    return draw_members(read_ensemble(fits[0]), seeds)


def draw_members(members: Sequence[Member], seeds: Sequence[int]) -> dict[int, Member]:
    """Draw a member for each seed, by weight."""
    offset = uniforms(make_key(seeds[0], DRAW_MEMBERS), np.array([1], np.uint64))[0]
    at = (np.arange(len(seeds)) + offset) / len(seeds)
    reached = np.cumsum([member.weight for member in members])
    picked = np.searchsorted(reached / reached[-1], at, side="right")
    return {seed: members[int(k)] for seed, k in zip(seeds, picked, strict=True)}


def take_member(scenario: Scenario, member: Member) -> Scenario:
    """`scenario` with the parameters of a member in place of those that it takes from the fit."""
    fit = scenario.fit
    if fit is None:
        raise ValueError("a scenario without a fit has no members")
    declared, sources = list_declared(), dict(scenario.sources)
    values = {key: int(member.values[key]) if declared[key][1] is int else member.values[key] for key in fit.keys}
    source = f"fitted: {fit.name}, member {member.number} of the ensemble"
    for key, value in values.items():
        sources[key] = dataclasses.replace(sources[key], value=value, source=source)
    params = _replace_values(scenario.params, values)
    return dataclasses.replace(
        scenario,
        params=params,
        sources=sources,
        fit=dataclasses.replace(fit, member=member.number),
        resolved={
            **scenario.resolved,
            "params": params.model_dump(),
            "fit": {"name": fit.name, "member": member.number},
        },
    )


def _replace_values(params: Params, values: Mapping[str, float]) -> Params:
    """`params` with values by key, `params.GROUP.NAME`, checked as if they stood in a file.

    All others stay as they are, their types too: kernels would be compiled once more for a whole number that came back
    as a decimal, as it does from a check.
    """
    groups: dict[str, Any] = {}
    for key, value in values.items():
        _, group, name = key.split(".")
        groups[group] = groups.get(group, getattr(params, group)).model_copy(update={name: value})
    changed = params.model_copy(update=groups)
    Params.model_validate(changed.model_dump())
    return changed
