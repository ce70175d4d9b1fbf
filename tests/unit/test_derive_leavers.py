"""Leavers of a place that the world file takes off its new jobs, against the table of moves of the same runs."""

import re
import runpy
import sys
from pathlib import Path

import numpy as np
from toys import run_toy

from sim.scenario import load_scenario

TOOL = Path(__file__).resolve().parents[2] / "tools" / "derive_leavers.py"
SCALE = 20_000


def test_leavers_are_those_of_the_table_of_moves(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["derive_leavers", "--seeds", "2", "--scale", str(SCALE)])
    runpy.run_path(str(TOOL), run_name="__main__")
    printed = [float(re.search(r": +(\S+) \+-", line)[1]) for line in capsys.readouterr().out.splitlines()]
    scenario = load_scenario("baseline", scale=SCALE, quarters=24)
    runs = []
    for seed in (1, 2):
        moves = run_toy(scenario, seed=seed).tables()["flows"]
        moves = moves[~moves["new_graduate"] & (moves["from_city"].astype(str) != moves["to_city"].astype(str))]
        sign = (moves["from_city"] == "beijing").astype(int) - (moves["to_city"] == "beijing").astype(int)
        runs.append((moves["persons"] * sign).groupby(moves["quarter"].astype(str).str[:4]).sum())
    np.testing.assert_allclose(printed, np.mean(runs, axis=0) / 1000, atol=0.05)
