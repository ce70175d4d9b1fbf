"""`talentsim sensitivity` and `talentsim effects` on the world of two cities."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.sensitivity_run import load_study, plan_study
from sim.certainty import CERTAINTY_COLUMNS
from sim.cli import app
from sim.errors import ScenarioError

DATA = Path(__file__).parent.parent / "data"
BASE, SUBSIDY = DATA / "two_cities_baseline.yaml", DATA / "two_cities_subsidy.yaml"
AMOUNT = "policies.0.amount_cny_m"
SMALL = ("--jobs", "1", "--scale", "10000", "--quarters", "8")


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*words, code=0):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return " ".join((done.stderr if code else done.stdout).split())

    return invoke


def write_sweep(folder, **changes):
    plain = {
        "name": "toy",
        "question": "What moves it?",
        "policies": [str(BASE), str(SUBSIDY)],
        "vary": {AMOUNT: [500, 1500, 2500], "params.search.b_wage": {"range": [1.0, 2.0], "steps": 2}},
        "cities": ["alpha", "beta"],
        "seeds": 2,
        **changes,
    }
    path = folder / "toy.yaml"
    path.write_text(json.dumps({key: value for key, value in plain.items() if value is not None}), encoding="utf-8")
    return path


def test_ranges_of_a_scenario_are_run_and_told(call, tmp_path):
    words = ("sensitivity", SUBSIDY, "--of", "public_cost", "--vary", f"{AMOUNT}=0:3000", "--seeds", 2, *SMALL)
    shown = call(*words, "--method", "oat", "--against", BASE, "--out", "here")
    assert "3 points of 1 key, 12 runs" in shown
    found = pd.read_csv(tmp_path / "here" / "sensitivity.csv")
    (row,) = found.to_dict("records")
    assert (row["key"], row["start"], row["low_value"], row["high_value"]) == (AMOUNT, 1500, 0, 3000)
    # a cost in proportion to the amount, but for those whom the amount keeps: all of it goes, or as much comes again
    assert row["at_low"] < 0.0
    assert row["at_high"] == pytest.approx(-row["at_low"], rel=0.1)
    assert (tmp_path / "here" / "sensitivity.png").stat().st_size > 10_000
    assert json.loads((tmp_path / "here" / "manifest.json").read_text())["against"] == "two_cities_baseline"
    again = call(*words, "--method", "oat", "--against", BASE, "--out", "again", "--lang", "zh")
    assert "取下限时的差值" in again
    assert pd.read_csv(tmp_path / "again" / "sensitivity.csv").equals(found)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_keys_of_a_sweep_file_are_told_apart(call, tmp_path, method):
    path = write_sweep(tmp_path, policies=[str(SUBSIDY)], quarters=8, scale=10_000)
    shown = call("sensitivity", path, "--of", "public_cost", "--method", method, "--n", 2, "--jobs", 1, "--out", "here")
    found = pd.read_csv(tmp_path / "here" / "sensitivity.csv").set_index("key")
    assert found.index[0] == AMOUNT
    assert set(found.index) == {AMOUNT, "params.search.b_wage"}
    assert "is chance" in shown
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert (manifest["method"], manifest["n"], manifest["city"]) == (method, 2, "alpha")


def test_a_dry_run_runs_nothing(call, tmp_path):
    shown = call("sensitivity", SUBSIDY, "--of", "talent", "--vary", f"{AMOUNT}=0:3000", *SMALL, "--dry-run")
    assert "20 points of 1 key, 100 runs" in shown
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--of", "talents", "--vary", f"{AMOUNT}=0:1"), "talents is no outcome"),
        (("--of", "talent", "--vary", f"{AMOUNT}=0"), "Write KEY=LOW:HIGH"),
        (("--of", "talent", "--vary", f"{AMOUNT}=1:0"), f"--vary {AMOUNT}=1:0: {AMOUNT}: 1 is not below 0"),
        (
            ("--of", "talent", "--vary", "params.search.n_sampled=-1:5"),
            "--vary params.search.n_sampled=-1:5: params.search.n_sampled: -1 is out of bounds. Write a value from",
        ),
        (("--of", "talent", "--vary", f"{AMOUNT}=0:1", "--vary", f"{AMOUNT}=0:2"), "a key stands twice"),
        (("--of", "talent", "--vary", "parms.search.b_wage=1:2"), "Did you mean `params`"),
        (("--of", "talent", "--vary", f"{AMOUNT}=0:1", "--method", "sobol", "--n", 3), "power of 2"),
        (("--of", "talent", "--vary", f"{AMOUNT}=0:1", "--city", "gamma"), "there is no place `gamma`"),
    ],
)
def test_what_cannot_be_told_is_refused(call, words, error):
    assert error in call("sensitivity", SUBSIDY, *words, code=2)


def test_texts_and_conditions_are_no_ranges(call, tmp_path):
    path = write_sweep(tmp_path, vary={"params.search.b_wage": ["a", "b"]})
    assert "no numbers to go between" in call("sensitivity", path, "--of", "talent", code=2)
    path = write_sweep(tmp_path)
    assert "is a sweep file" in call("sensitivity", path, "--of", "talent", "--vary", f"{AMOUNT}=0:1", code=2)
    path = write_sweep(tmp_path, when="amount_cny_m > 600")
    assert "every point counts" in call("sensitivity", path, "--of", "talent", code=2)


def test_whole_numbers_stay_whole(tmp_path):
    """Whether a key takes parts of a whole number is asked of the scenario, not of how its value is written there."""
    study = load_study(str(SUBSIDY), ["params.search.n_sampled=1:5", f"{AMOUNT}=1:5"])
    whole = {"params.search.n_sampled": True, AMOUNT: False}
    assert {key: own.whole for key, own in study.ranges.items()} == whole
    for method in ("morris", "sobol"):
        design, _ = plan_study(study, method, "wage", n=4, scale=10000)
        assert {type(point["params.search.n_sampled"]) for point in design.points} == {int}
        assert any(point[AMOUNT] % 1.0 for point in design.points)
    with pytest.raises(ScenarioError, match="Give it whole ends"):
        plan_study(load_study(str(SUBSIDY), ["params.search.n_sampled=1.5:5"]), "oat", "wage", n=1, scale=10000)
    ranges = {key: {"range": [1, 5]} for key in whole}
    path = write_sweep(tmp_path, vary=ranges, design={"kind": "latin", "n": 2})
    assert {key: own.whole for key, own in load_study(str(path)).ranges.items()} == whole


def test_effects_of_a_sweep_are_told_from_its_store(call, tmp_path):
    path = write_sweep(tmp_path, vary={AMOUNT: [500, 2500]}, quarters=8, scale=10_000)
    assert "no runs of toy" in call("effects", path, code=2)
    call("sweep", path, "--jobs", 1)
    shown = call("effects", path, "--of", "public_cost")
    assert "Effect on Public cost, All, against two cities baseline" in shown
    shares = call("effects", path, "--of", "employment_rate")
    assert "│ points │" in shares
    assert "│ % │" not in shares
    assert "Parts of variance" in shown
    found = pd.read_csv(tmp_path / "results" / "effects" / "toy" / "effects.csv")
    assert set(CERTAINTY_COLUMNS) <= set(found.columns)
    cost = found[(found["outcome"] == "public_cost") & (found["city"] == "alpha")]
    assert cost["difference"].is_monotonic_increasing
    assert {"all", "home_local", "percentile_10", "phd", "field_science"} <= set(found["group"])
    winners = pd.read_csv(tmp_path / "results" / "effects" / "toy" / "winners.csv")
    assert set(winners["city"]) == {"alpha", "beta"}
    assert (winners["p_holm"] >= winners["p_value"]).all()
    assert "政策" in call("effects", path, "--of", "public_cost", "--lang", "zh")
    other = write_sweep(tmp_path, vary={AMOUNT: [500, 3000]}, quarters=8, scale=10_000)
    assert "with other points than" in call("effects", other, code=2)
    path = write_sweep(tmp_path, vary={AMOUNT: [500, 2500]}, quarters=8, scale=10_000)
    next((tmp_path / "results" / "sweeps" / "runs").rglob("*.parquet")).unlink()
    assert "toy is not finished" in call("effects", path, code=2)
    alone = write_sweep(tmp_path, policies=[str(SUBSIDY)], quarters=8, scale=10_000)
    assert "has one policy only" in call("effects", alone, code=2)
