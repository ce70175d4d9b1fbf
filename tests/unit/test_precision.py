"""`talentsim compare --precision`: more seeds until an effect is known well enough, on the world of two cities."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.certainty import CERTAINTY_COLUMNS
from sim.cli import app

DATA = Path(__file__).parent.parent / "data"
WORDS = ("compare", DATA / "two_cities_baseline.yaml", DATA / "two_cities_subsidy.yaml", "--jobs", 1, "--no-figures")


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*words, code=0):
        done = CliRunner().invoke(app, [str(word) for word in (*WORDS, *words)])
        assert done.exit_code == code, done.output
        return " ".join((done.stderr if code else done.stdout).split())

    return invoke


def read_manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_seeds_are_added_until_the_effect_is_known(call, tmp_path):
    few = call("--seeds", 3, "--out", "few")
    assert "Precision" not in few
    assert "seeds of their own would have to be" in few
    assert "How sure it is" in few
    rows = pd.read_csv(tmp_path / "few" / "comparison.csv").set_index(["outcome", "group"])
    rent = rows.loc["rent", "all"]
    half = (rent["high"] - rent["low"]) / 2.0
    shown = call("--seeds", 3, "--out", "more", "--precision", f"rent={half / 1.25}")
    precision = read_manifest(tmp_path / "more")["precision"]
    assert (precision["first"], precision["seeds"], precision["met"]) == (3, 5, True)  # 3 x 1.25^2 = 4.7
    assert "Precision: the effect on Market rent is known to" in shown
    assert "with 5 seeds. How many it takes was told from the spread of the first 3" in shown
    assert read_manifest(tmp_path / "more")["seeds"] == [1, 2, 3, 4, 5]
    rent = pd.read_csv(tmp_path / "more" / "comparison.csv").set_index(["outcome", "group"]).loc["rent", "all"]
    assert (rent["high"] - rent["low"]) / 2.0 == pytest.approx(half * (3 / 5) ** 0.5)
    assert len(list((tmp_path / "more" / "runs" / "two_cities_subsidy").iterdir())) == 5
    certainty = pd.read_csv(tmp_path / "more" / "certainty.csv")
    assert tuple(certainty.columns) == CERTAINTY_COLUMNS


def test_a_precision_out_of_reach_is_said_to_be(call, tmp_path):
    shown = call("--seeds", 2, "--out", "here", "--precision", "rent=0.001", "--max-seeds", 3)
    assert "It was not reached: raise --max-seeds" in shown
    assert len(read_manifest(tmp_path / "here")["seeds"]) == 3


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--precision", "rent"), "is a number above 0"),
        (("--precision", "rents=3"), "The nearest are rent"),
        (("--precision", "rent=3", "--seeds", 1), "Change --seeds"),
        (("--precision", "rent=3", "--seeds", 9, "--max-seeds", 5), "--max-seeds 5"),
        (("--precision", "rent=3", "--ensemble"), "leave out one of the two"),
        (("--precision", "rent:phd=3", "--seeds", 2), "Its groups are all"),
    ],
)
def test_a_precision_that_makes_no_sense_is_refused(call, tmp_path, words, error):
    assert error in call(*words, code=2)
    assert not list(tmp_path.rglob("*.*"))
