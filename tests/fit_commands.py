"""Commands of calibration on a toy: a tiny budget, and a call in an empty folder."""

from fit_toys import FEW_GENERATIONS
from typer.testing import CliRunner

import calibration.budget
import calibration.market
import calibration.propose
import sim.checkout
import sim.run
from calibration.budget import Budget
from sim.cli import app

TINY = Budget(
    scale=5000, points=24, further=12, seeds=2, finalists=1, choose_seeds=4, trajectories=4, screen_seeds=2,
    sobol_base=16, sobol_params=2, design=24, waves=1, wave_points=10, members=50, member_seeds=2, particles=64,
    truths=20,
)  # fmt: skip


def make_call(tmp_path, monkeypatch, problem, *always):
    """A function that runs a command on `problem` with the options `always`; it asserts the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calibration.market, "make_problem", lambda scale, until: problem)
    monkeypatch.setattr(sim.checkout, "CHECKOUT", tmp_path)  # no checkout: tests run while code is being changed too
    monkeypatch.setattr(calibration.propose, "GENERATIONS", FEW_GENERATIONS)
    monkeypatch.setattr(sim.run, "warm_kernels", lambda: 0.0)
    monkeypatch.setitem(calibration.budget.BUDGETS, "small", TINY)

    def invoke(*words, code=0):
        done = CliRunner().invoke(app, ["calibrate", *map(str, words), *always, "--jobs", "1"])
        assert done.exit_code == code, done.output
        return done

    return invoke
