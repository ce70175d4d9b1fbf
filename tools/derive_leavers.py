"""Count the net leavers of Beijing that china.yaml takes off its new jobs.

Reported new urban jobs count people who begin, those who take the place of a leaver among them. What the stock of jobs
gains is less by the graduates with experience who leave the city, beyond those who come to it with experience:

    net leavers(y) = sum over moves of year y out of the city - the same into it,   both without first jobs.

Published figures do not tell them, so they are counted in the model, with the shipped fit, as the mean over seeds. A
world file with these numbers gives other leavers, by a tenth or less: they are rounded, and stay while the count lies
within their range. Years after the last reported one keep its number, as the new jobs do.

    python tools/derive_leavers.py              # 30 seeds at scale 1000: a minute on two cores
    python tools/derive_leavers.py --seeds 8
"""

from __future__ import annotations

import argparse
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.run import simulate_moments
from sim.scenario import load_scenario

IntArray = NDArray[np.int64]

CITY: Final = "beijing"
SCALE: Final = 1000
SEEDS: Final = 30
FIRST_SEED: Final = 1_000


def count_leavers(flows: IntArray, place: int) -> IntArray:
    """(year,) agents with experience who leave the place, less those who come to it.

    `flows` (year, from, to, education, reason, new graduate) are moves and first jobs (sim/moments.py). Who stays where
    he is counts in neither.
    """
    moves = flows[..., 0].sum(axis=(3, 4))
    return np.asarray(moves[:, place].sum(axis=1) - moves[:, :, place].sum(axis=1), np.int64)


def main() -> None:
    """Print mean and standard error of each year."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="number of runs, two at least")
    parser.add_argument("--scale", type=int, default=SCALE, help="persons that one agent stands for")
    arguments = parser.parse_args()
    scenario = load_scenario("baseline", (), scale=arguments.scale)
    place = scenario.world.places.index(CITY)
    seeds = range(FIRST_SEED, FIRST_SEED + max(2, arguments.seeds))
    counts = np.array([count_leavers(simulate_moments(scenario, seed).flows, place) for seed in seeds]) * scenario.scale
    errors = counts.std(axis=0, ddof=1) / len(seeds) ** 0.5
    print("year  net leavers with experience  standard error")
    for k, (mean, error) in enumerate(zip(counts.mean(axis=0), errors, strict=True)):
        print(f"{scenario.start.year + k}  {mean:27,.0f}  {error:14,.0f}")


if __name__ == "__main__":
    main()
