"""Count the net leavers of Beijing, whom china.yaml takes off its new jobs.

Reported new urban jobs count people who begin, those who take the place of a leaver among them. What the stock of jobs
gains is less by the graduates with experience who leave the city, beyond those who come to it with experience:

    net leavers(y) = sum over moves of year y out of the city - the same into it,   both without first jobs.

Published figures do not tell them, so they are counted in the model. They follow the rates at which people leave: where
a fit or a setting changes these, what the world file takes off is of another model (docs/decisions/013).

    python tools/count_leavers.py              # 30 seeds at scale 1000, with the fit of the baseline: a minute
    python tools/count_leavers.py --set fit=null --set params.mobility.peak_citizen=0.01 --seeds 8
"""

from __future__ import annotations

import argparse
import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.board import HORIZON_QUARTERS
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
    parser.add_argument("--seeds", type=int, default=SEEDS, help="number of runs, 2 or more")
    parser.add_argument("--scale", type=int, default=SCALE, help="persons that one agent stands for")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the baseline")
    arguments = parser.parse_args()
    if arguments.seeds < 2:
        parser.error("--seeds: a standard error takes 2 runs or more")
    scenario = load_scenario("baseline", tuple(arguments.set), scale=arguments.scale, quarters=HORIZON_QUARTERS)
    place = scenario.world.places.index(CITY)
    seeds = range(FIRST_SEED, FIRST_SEED + arguments.seeds)
    counts = np.array([count_leavers(simulate_moments(scenario, seed).flows, place) for seed in seeds]) * scenario.scale
    errors = counts.std(axis=0, ddof=1) / len(seeds) ** 0.5
    sys.stdout.write("year  net leavers, persons  standard error\n")
    for k, (mean, error) in enumerate(zip(counts.mean(axis=0), errors, strict=True)):
        sys.stdout.write(f"{scenario.start.year + k}  {mean:20,.0f}  {error:14,.0f}\n")


if __name__ == "__main__":
    main()
