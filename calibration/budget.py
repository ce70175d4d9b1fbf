"""How much is simulated: four sizes of every step, each with the same rules."""

from __future__ import annotations

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """Counts of one size. A run is one point with one seed."""

    scale: int
    """Persons that one agent stands for, where the command does not say."""
    points: int
    """Points that each algorithm of a fit may try."""
    further: int
    """Points that are tried with all that the algorithms of a fit have found."""
    seeds: int
    """Seeds at each point of a search and of a design."""
    finalists: int
    """Best points of each algorithm that are looked at again."""
    choose_seeds: int
    """Seeds, none of them used in the search, that choose among finalists."""
    trajectories: int
    """Morris: paths through the space, each of one run more than there are parameters, times seeds."""
    screen_seeds: int
    """Seeds at each point of a screening."""
    sobol_base: int
    """Sobol: base sample, a power of 2; times the parameters that matter plus two it is the number of points."""
    sobol_params: int
    """Sobol: how many of the parameters that matter most are looked at."""
    design: int
    """Points of the first design of a posterior or a recovery; a fit tries half as many again as `points` of them."""
    waves: int
    """Further designs of a posterior, each drawn from the posterior so far."""
    wave_points: int
    """Points of a wave."""
    members: int
    """Parameter sets of the ensemble."""
    member_seeds: int
    """Seeds of each of them: what they say corrects the emulator."""
    particles: int
    """Particles of the sampler on the emulator."""
    truths: int
    """Synthetic truths of a recovery."""


BUDGETS: Final = {
    "small": Budget(
        scale=5000, points=100, further=60, seeds=2, finalists=1, choose_seeds=100, trajectories=4, screen_seeds=10,
        sobol_base=16, sobol_params=6, design=150, waves=1, wave_points=60, members=50,
        member_seeds=4, particles=256, truths=20,
    ),
    "medium": Budget(
        scale=5000, points=300, further=150, seeds=2, finalists=2, choose_seeds=100, trajectories=6, screen_seeds=10,
        sobol_base=32, sobol_params=8, design=450, waves=4, wave_points=100, members=100,
        member_seeds=6, particles=512, truths=40,
    ),
    "standard": Budget(
        scale=2000, points=1000, further=500, seeds=4, finalists=3, choose_seeds=100, trajectories=10, screen_seeds=10,
        sobol_base=64, sobol_params=12, design=1500, waves=4, wave_points=150, members=100,
        member_seeds=8, particles=512, truths=40,
    ),
    "full": Budget(
        scale=1000, points=4000, further=2000, seeds=5, finalists=5, choose_seeds=200, trajectories=20, screen_seeds=10,
        sobol_base=128, sobol_params=16, design=6000, waves=6, wave_points=400, members=200,
        member_seeds=10, particles=1024, truths=100,
    ),
}  # fmt: skip
"""small: minutes on two cores. medium: a quarter of an hour a step. standard: a few hours. full: a day."""
