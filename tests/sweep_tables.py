"""Tables of sweeps with known effects, made without simulating."""

import itertools

import numpy as np
import pandas as pd

from experiments.table import LABEL_COLUMNS, NO_MEMBER, OUTCOME_COLUMNS

UNITS = {"stayed_12m": "persons", "public_cost": "CNY", "stay_share_12m": "share", "rent": "CNY/month"}


def make_sweep(effects, *, futures=("",), seeds=8, levels=None, noise=None, points=None, baseline="baseline"):
    """One row an outcome of each run of every policy in every future and point with every seed.

    Args:
        effects: {policy: {outcome: f(future, point) or number}} added to the level of the baseline.
        futures: Names.
        seeds: Number of seeds, from 1.
        levels: {outcome: level of the baseline}.
        noise: {outcome: (shared, own)} standard deviations: shared by the runs with one seed, and of each run.
        points: List of {key: value}; the same keys in each.
        baseline: Its name.
    """
    levels, noise, points = levels or {}, noise or {}, points or [{}]
    rng = np.random.default_rng(1)
    outcomes = list(dict.fromkeys(name for own in effects.values() for name in own)) or list(levels)
    shared = {(name, seed): rng.normal() for name in outcomes for seed in range(1, seeds + 1)}
    rows = []
    runs = itertools.product(enumerate(points), [baseline, *effects], futures, range(1, seeds + 1))
    for (design, point), policy, future, seed in runs:
        for name in outcomes:
            effect = effects.get(policy, {}).get(name, 0.0)
            effect = effect(future, point) if callable(effect) else effect
            common, own = noise.get(name, (0.0, 0.0))
            own = 0.0 if policy == baseline else own * rng.normal()
            value = levels.get(name, 0.0) + effect + common * shared[name, seed] + own
            labels = ("sweep", design, policy, future, seed, NO_MEMBER)
            rows.append((*labels, *point.values(), "beijing", name, "all", UNITS[name], float(value)))
    return pd.DataFrame(rows, columns=[*LABEL_COLUMNS, *points[0], *OUTCOME_COLUMNS])
