"""The commands of calibration on a problem whose answer is known."""

import json

import numpy as np
import pandas as pd
import pytest
from fit_commands import make_call
from fit_toys import SHIPPABLE_MATRIX, make_linear

import calibration.console
import calibration.market

PROBLEM = make_linear((0.3, 0.6, 0.8), SHIPPABLE_MATRIX, noise=0.01, tolerance=0.1)


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run a command on the toy in an empty folder; asserts the exit code."""
    return make_call(tmp_path, monkeypatch, PROBLEM)


def last_folder(done, tmp_path):
    last = done.stdout.strip().splitlines()[-1]
    assert last.startswith("results: ")
    return tmp_path / last.removeprefix("results: ")


def test_fit_writes_what_it_found(call, tmp_path):
    done = call("fit")
    folder = last_folder(done, tmp_path)
    head = json.loads((folder / "parameters.json").read_text())
    assert head["loss"] < 0.5 * head["loss_before"]
    assert head["budget"]["name"] == "small"
    assert head["problem"] == PROBLEM.identity
    assert set(head["parameters"]) == set(PROBLEM.prior.names)
    assert "Figures, misses first" in done.stdout
    assert (tmp_path / "results" / "calibration" / PROBLEM.identity / "journal.jsonl").exists()


def test_a_second_call_runs_nothing_and_finds_the_same(call, tmp_path):
    first = (last_folder(call("fit", "-q"), tmp_path) / "parameters.json").read_bytes()
    journal = tmp_path / "results" / "calibration" / PROBLEM.identity / "journal.jsonl"
    size = journal.stat().st_size
    again = (last_folder(call("fit", "-q"), tmp_path) / "parameters.json").read_bytes()
    assert again == first
    assert journal.stat().st_size == size


def test_screen_prints_effects(call, tmp_path):
    done = call("screen")
    table = pd.read_csv(last_folder(done, tmp_path) / "screening.csv", index_col="parameter")
    assert not table.loc["p2", "matters"]
    assert table.loc[["p0", "p1"], "matters"].all()
    assert "moves most" in done.stdout


def test_posterior_writes_a_weighted_ensemble(call, tmp_path):
    folder = last_folder(call("posterior"), tmp_path)
    ensemble = pd.read_csv(folder / "ensemble.csv")
    assert len(ensemble) == 50
    assert ensemble["weight"].sum() == pytest.approx(1.0)
    values = ensemble[list(PROBLEM.prior.names)].to_numpy()
    assert ((values >= PROBLEM.prior.low) & (values <= PROBLEM.prior.high)).all()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["trust"]) == set(PROBLEM.targets.families)
    assert all(0.0 <= trust <= 1.0 for trust in manifest["trust"].values())
    assert manifest["effective_members"] >= 24.9
    assert set(pd.read_csv(folder / "parameters.csv")["parameter"]) == set(PROBLEM.prior.names)
    assert pd.read_csv(folder / "bands.csv")["inside"].is_monotonic_increasing


def test_recover_gives_verdicts(call, tmp_path):
    done = call("recover", "--seed", "3")
    folder = last_folder(done, tmp_path)
    table = pd.read_csv(folder / "verdicts.csv", index_col="parameter")
    assert table.loc["p2", "verdict"] == "not identified"
    assert table.loc["p0", "verdict"] == "identified"
    assert "not identified: 1" in done.stdout
    truths = pd.read_csv(folder / "truths.csv")
    assert len(truths) == 20 * 3
    covered = truths.groupby("parameter")["covered"].mean()
    assert np.allclose(covered, table["coverage"].loc[covered.index])


def test_a_foreign_journal_is_a_mistake_of_the_user(call, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "journal.jsonl").write_text('{"format": "something else"}\n')
    done = call("fit", "--out", "out", code=2)
    assert "other format" in done.stderr


def test_missing_packages_are_named(call, monkeypatch):
    monkeypatch.setitem(calibration.console.PACKAGES, "no_such_package", "no-such-package")
    done = call("screen", code=2)
    assert "no-such-package" in done.stderr
    assert "talentsim[calibration]" in done.stderr


def test_an_interruption_says_that_runs_are_kept(call, tmp_path, monkeypatch):
    def interrupted(scale, until):
        raise KeyboardInterrupt

    monkeypatch.setattr(calibration.market, "make_problem", interrupted)
    assert "the same command goes on" in call("fit", code=130).stderr
