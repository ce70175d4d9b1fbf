"""What a sensitivity prints: the outcome and its unit in one line, each key with its own."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.sensitivity_words import describe_asked, list_notes, list_sensitivity
from sim.cli import app
from sim.labels import LANGUAGES

DATA = Path(__file__).parent.parent / "data"
BASE, SUBSIDY = DATA / "two_cities_baseline.yaml", DATA / "two_cities_subsidy.yaml"
KEY = {"policy": "p", "future": "", "key": "params.search.b_wage", "key_unit": "utility", "start": 1.2}
ROW = {**KEY, "low_value": 0.5, "high_value": 2000000.0, "unit": "share", "noise": 0.1, "seeds": 3}
STEPS = {"at_low": 0.0123, "at_low_low": -0.01, "at_low_high": 0.03, "at_high": -0.02, "at_high_low": -0.02}
PATHS = {"mu": -0.0281, "mu_star": 0.0281, "low": 0.0281, "high": 0.0281, "sigma": 0.001, "signal": 0.02}
SHARES = {"first": 0.5, "first_low": 0.4, "first_high": 0.6, "total": 0.7, "total_low": 0.6, "total_high": 0.8}


def show(method, lang="en", **values):
    (table,) = list_sensitivity(pd.DataFrame([{**ROW, **values}]), method, lang=lang)
    assert len(table.heads) == len(table.rows[0])
    return dict(zip(table.heads, table.rows[0], strict=True))


def test_a_key_stands_with_its_own_unit_and_the_effect_with_sign_and_that_of_the_outcome():
    shown = show("oat", **STEPS, at_high_high=-0.02)
    assert shown == {
        "key": "search.b_wage",
        "its unit": "utility",
        "start": "1.2",
        "low": "0.5",
        "high": "2,000,000",
        "at low, points (95 %)": "+1.23 (-1.00 .. +3.00)",
        "at high, points (95 %)": "-2.00 (all runs alike)",
    }
    assert show("oat", **STEPS, at_high_high=-0.02, start=float("nan"))["start"] == "-"
    money = show("oat", **STEPS, at_high_high=0.0, unit="CNY/month", key_unit="CNY/month")
    assert (money["its unit"], "at low, CNY a month (95 %)" in money) == ("CNY a month", True)


def test_paths_and_shares_have_signs_where_something_has_a_direction():
    shown = show("morris", **PATHS)
    assert shown["mean absolute effect, points (95 %)"] == "2.81 (all paths alike)"
    assert (shown["mean effect, points"], shown["spread, points"]) == ("-2.81", "0.10")
    shares = show("sobol", **SHARES)
    assert shares["alone, % of variance (95 %)"] == "50.0 (40.0 .. 60.0)"
    assert (shares["its unit"], shares["start"]) == ("utility", "1.2")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_design_too_small_is_said_below_the_table(lang):
    shares, paths = pd.DataFrame([{**ROW, **SHARES}]), pd.DataFrame([{**ROW, **PATHS}])
    (chance,) = list_notes(shares, "sobol", 32, lang)
    assert "10.0" in chance
    assert list_notes(paths, "morris", 4, lang) == [chance]
    assert list_notes(paths, "oat", 1, lang) == []
    rough, few = (list_notes(table, method, n, lang)[1:] for table, method, n in
                  ((shares, "sobol", 16), (paths, "morris", 3)))  # fmt: skip
    assert ["--n 32" in line for line in rough] == ["--n 4" in line for line in few] == [True]
    # an estimate outside whose interval reaches within is one of a large design too
    assert list_notes(shares.assign(total=1.1, total_low=0.9, total_high=1.3), "sobol", 64, lang) == [chance]
    for low, high in ((1.221, 2.433), (-0.5, -0.1)):
        (_, strange) = list_notes(shares.assign(first_low=low, first_high=high), "sobol", 64, lang)
        assert "search.b_wage" in strange
        assert "params." not in strange


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_line_says_which_outcome_is_meant_and_from_how_many_runs(lang):
    counts = {"seeds": 1, "members": 3, "runs": 40}
    words = {"outcome": "Wages", "city": "Alpha", "against": "none", "counts": counts, "lang": lang}
    line = describe_asked("oat", **words, unit="share")
    for part in ("Wages", "Alpha", "none", "1", "3", "40", {"en": "in points", "zh": "百分点"}[lang]):
        assert part in line
    assert line != describe_asked("oat", **words)
    if lang == "en":
        assert line == (
            "Wages, Alpha, less that of none in the same run: what each end of the range of a key changes, all else at "
            "the start, in points; 1 seed x 3 parameter sets, 40 runs"
        )


def test_the_command_says_all_of_it(tmp_path):
    rent = "world_values.rent_whole_cny_m.alpha"
    words = ["sensitivity", SUBSIDY, "--of", "stay_share_12m", "--against", BASE, "--method", "oat", "--jobs", 1]
    words += ["--vary", "policies.0.amount_cny_m=0:3000", "--vary", f"{rent}=1000:4000", "--seeds", 2]
    words += ["--scale", 10000, "--quarters", 12, "--store", tmp_path / "store"]
    asked = "Share of local graduates who stay 12 months, Alpha, less that of two cities baseline in the same run"
    dry = CliRunner().invoke(app, [*map(str, words), "--dry-run"])
    assert f"{asked}: what each end" in dry.stdout
    done = CliRunner().invoke(app, [*map(str, words), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "5 points of 2 keys, 20 runs" in done.stdout
    assert (
        f"{asked}: what each end of the range of a key changes, all else at the start, in points; 2 seeds"
        in done.stdout
    )
    found = pd.read_csv(tmp_path / "out" / "sensitivity.csv").set_index("key")
    assert list(found.columns[2:6]) == ["key_unit", "start", "low_value", "high_value"]
    assert found.loc["policies.0.amount_cny_m", ["key_unit", "start", "low_value", "high_value"]].tolist() == [
        "CNY/month", 1500.0, 0.0, 3000.0,
    ]  # fmt: skip
    # a value of the world is known where the scenario lays nothing over it
    assert found.loc[rent, ["key_unit", "low_value", "high_value"]].tolist() == ["CNY/month", 1000.0, 4000.0]
    assert 1000.0 < found.loc[rent, "start"] < 4000.0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["seeds"] == [1, 2]
