"""Which modules decide what is simulated: those that a run executes, and no others."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim.modelhash
from calibration.market import make_problem
from sim.modelhash import APART, hash_model

ROOT = Path(__file__).parent.parent.parent
LOADED = {
    "__init__.py", "cautions.py", "checkout.py", "commandwords.py", "expectations.py", "figurewords.py", "filewords.py",
    "labels.py", "modelhash.py", "results.py",
}  # fmt: skip
"""Modules apart that a run imports all the same: words of scenarios, checks of files, manifests."""

RUN = """
import json, sys
from calibration.market import _load
from calibration.moments import Reading, read_moment
from sim.run import simulate_moments
from sim.scenario import load_scenario
_, _, figures = _load(200_000, None)
scenario = load_scenario("baseline", ("fit=null",), scale=200_000, quarters=24)
executed = set()
def note(frame, event, _):
    if event == "call" and not frame.f_code.co_name.startswith("<"):
        executed.add(frame.f_code.co_filename)
sys.setprofile(note)
reading = Reading.of(simulate_moments(scenario, 1), scenario)
[read_moment(reading, figure.moment, figure.args) for figure in figures]
sys.setprofile(None)
loaded = [module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "sim"]
print(json.dumps([sorted(executed), loaded]))
"""


def name_files(paths):
    """Files of the package by their names in it."""
    inside = [Path(path) for path in paths if Path(path).is_relative_to(ROOT / "sim")]
    return {path.relative_to(ROOT / "sim").as_posix() for path in inside}


def test_modules_apart_are_those_that_no_run_executes():
    done = subprocess.run([sys.executable, "-c", RUN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    executed, loaded = map(name_files, json.loads(done.stdout))
    assert len(executed) > 30
    assert not executed & set(APART)
    assert loaded & set(APART) == LOADED
    everything = name_files((ROOT / "sim").rglob("*.py"))
    assert everything - loaded == set(APART) - LOADED
    assert len(APART) == len(set(APART))


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the package that the hash is taken of."""
    folder = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", folder, ignore=shutil.ignore_patterns("__pycache__", "fonts"))
    monkeypatch.setattr(sim.modelhash, "__file__", str(folder / "modelhash.py"))
    return folder


@pytest.mark.parametrize("name", ["plots.py", "captions.py", "labels.py", "cli.py", "results.py"])
def test_a_change_of_what_shows_results_keeps_the_name_of_the_problem(copied, name):
    before = make_problem(20_000).identity, hash_model()
    with (copied / name).open("a") as file:
        file.write("# another word\n")
    assert (make_problem(20_000).identity, hash_model()) == before


@pytest.mark.parametrize("name", ["kernels/search.py", "phases/market_matches.py", "params.py", "new.py"])
def test_a_change_of_the_model_changes_the_name_of_the_problem(copied, name):
    before = make_problem(20_000).identity
    with (copied / name).open("a") as file:
        file.write("# another rule\n")
    assert make_problem(20_000).identity != before
