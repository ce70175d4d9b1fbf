"""Graduates with experience who leave a place, less those who come with it, by year: what `new_jobs` is net of.

New urban jobs count people who were in no work and now are, whether the position is new or a leaver's. The world file
holds the growth of jobs: reported new urban jobs times the share of graduates among those who begin, less the leavers
of the model. It holds graduates from 2011 on, so its leavers grow as its cohorts come to the ages at which people
leave; one number for all years would turn that growth into first jobs.

    python tools/derive_leavers.py                     # Beijing, with the fit that the baseline names
    python tools/derive_leavers.py --set fit=null
"""

import argparse
import sys

import numpy as np

from calibration.board import simulate_moments
from sim.scenario import load_scenario

QUARTERS, THOUSAND = 24, 1000.0


def main() -> None:
    """Print the mean over seeds and its standard error, thousand persons a year."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--place", default="beijing", help="a place of the world (default beijing)")
    parser.add_argument("--seeds", type=int, default=30, help="runs (default 30)")
    parser.add_argument("--scale", type=int, default=1000, help="persons that one agent stands for (default 1000)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the scenario")
    choice = parser.parse_args()
    scenario = load_scenario("baseline", tuple(choice.set), scale=choice.scale, quarters=QUARTERS)
    place = scenario.world.places.index(choice.place)
    leavers = []
    for seed in range(1, choice.seeds + 1):
        moments = simulate_moments(scenario, seed)
        moved = moments.flows[..., 0].sum(axis=(3, 4)) * moments.scale / THOUSAND
        moved[:, place, place] = 0.0
        leavers.append(moved[:, place].sum(axis=1) - moved[:, :, place].sum(axis=1))
    mean, error = np.mean(leavers, axis=0), np.std(leavers, axis=0, ddof=1) / np.sqrt(choice.seeds)
    for year, value, spread in zip(range(len(mean)), mean, error, strict=False):
        sys.stdout.write(f"{year + 2019}: {value:6.1f} +- {spread:.1f} thousand persons\n")


if __name__ == "__main__":
    main()
