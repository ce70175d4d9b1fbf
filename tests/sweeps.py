"""Small sweeps for tests, and what a store holds."""

from pathlib import Path

from experiments.plan import make_plan
from experiments.sweepfile import load_sweep

DATA = Path(__file__).parent / "data"
BASELINE, SUBSIDY = (DATA / f"two_cities_{name}.yaml" for name in ("baseline", "subsidy"))
TINY = f"name: toy\nquestion: Does it help?\nscale: 100000\nquarters: 6\npolicies: [{BASELINE}, {SUBSIDY}]\n"
LEVER = TINY + "vary: {policies.0.amount_cny_m: [500, 1500]}\nseeds: 3\n"
"""12 runs, of which 9 are simulated."""


def write_sweep(folder, text):
    path = folder / "toy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def plan_of(folder, text, **options):
    return make_plan(load_sweep(write_sweep(folder, text)), **options)


def read_files(folder):
    """Bytes of each finished run by its path."""
    runs = folder / "runs"
    return {path.relative_to(runs).as_posix(): path.read_bytes() for path in sorted(runs.rglob("*.parquet"))}
