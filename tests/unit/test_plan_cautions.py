"""What each command of experiments says before it runs anything: sizes of few agents, and few seeds."""

import json

import pytest
from sweeps import BASELINE, TINY, plan_of, write_sweep
from typer.testing import CliRunner

from experiments.plan_cautions import MOST_VALUES, find_cautions, list_doubts
from experiments.sensitivity_words import list_doubts as list_doubts_of
from sim.cli import app
from sim.labels import LANGUAGES

FLATS = "{kind: talent_housing, units: 50000, city: alpha, from: 2020Q1, label: Flats}"
SMALL = (
    f"name: toy\nquestion: Does it help?\nscale: 10000\nquarters: 8\npolicies: [{BASELINE}, "
    f"{{name: flats, scenario: {BASELINE}, policies: [{FLATS}]}}, "
    f"{{name: more, scenario: {BASELINE}, policies: [{FLATS}]}}]\n"
    "futures: [{name: calm}, {name: quota, policies: [{kind: hukou_quota, places_per_year: 900, city: alpha, "
    "from: 2019Q1, label: Places}]}]\n"
    "vary: {flats/policies.0.units: [0, 20000, 5000, 200000]}\n"
    "robust: {outcome: talent, better: high}\n"
)
FOUND = (
    "too small for scale 10000, so that chance decides: Places (places_per_year 900: 0.09 agents, in quota); "
    "Flats (units 5,000 to 50,000: 0.5 to 5 agents, in flats, more). Use --scale 90 or less for 10 agents in a place"
)


def call(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


def test_sizes_are_looked_for_at_all_values_policies_and_futures(tmp_path):
    assert find_cautions(plan_of(tmp_path, SMALL), "en") == [FOUND]
    assert find_cautions(plan_of(tmp_path, SMALL, scale=10), "en") == []
    many = SMALL.replace("[0, 20000, 5000, 200000]", f"{{range: [100, 100000], steps: {10 * MOST_VALUES}, log: true}}")
    many = many.replace("units: 50000", "units: 5000000").replace("log: true", "log: true, whole: true")
    (line,) = find_cautions(plan_of(tmp_path, many), "en")
    assert "Flats (units 100 to " in line


@pytest.mark.parametrize("command", ["sweep", "robust", "sensitivity", "optimise"])
def test_commands_say_it_once_before_they_run_and_in_a_dry_run(tmp_path, command):
    text = SMALL
    if command == "optimise":
        text = text.replace(f", {{name: more, scenario: {BASELINE}, policies: [{FLATS}]}}", "")
        text += "optimise: {outcome: talent, better: high, budget_cny: 1000000000}\n"
    words = [command, write_sweep(tmp_path, text), "--seeds", 3, "--store", tmp_path / "store", "--dry-run"]
    words += ["--of", "talent", "--method", "oat"] if command == "sensitivity" else []
    said = call(*words).stderr
    small, few = said.splitlines()
    assert small.startswith("warning: too small for scale 10000, so that chance decides: Places")
    assert small.count("Flats") == 1
    assert few == "warning: Only 3 seeds: intervals of fewer than 5 are not to be trusted. Take --seeds 5 or more."
    assert call(*(5 if word == 3 else word for word in words)).stderr.splitlines() == [small]
    if command == "sweep":
        assert call(*words, "--quiet").stderr == ""


def test_effects_say_what_the_sweep_said(tmp_path):
    text = TINY.replace("100000", "4000").replace("quarters: 6", "quarters: 8")
    flats = FLATS.replace("50000", "4000")
    text = text.replace("]\n", f", {{name: flats, scenario: {BASELINE}, policies: [{flats}]}}]\n")
    file, store = write_sweep(tmp_path, text), ("--store", tmp_path / "store")
    first = call("sweep", file, "--seeds", 2, "--jobs", 1, *store).stderr.splitlines()
    assert "Flats (units 4,000: 1 agent, in flats)" in first[0]
    words = ("effects", file, "--of", "talent", *store, "--out", tmp_path / "out")
    small, few = call(*words).stderr.splitlines()
    assert small == first[0]
    assert few == f"{first[1]} Go on with: talentsim sweep {file} --seeds 5"
    assert call(*words, "--quiet").stderr == ""
    kept = tmp_path / "store" / "sweeps" / "toy.json"
    facts = json.loads(kept.read_text())
    assert facts["warnings_zh"][0] in call(*words, "--lang", "zh").stderr
    # a store of before has no Chinese ones
    kept.write_text(json.dumps({name: value for name, value in facts.items() if name != "warnings_zh"}))
    assert facts["warnings"][0] in call(*words, "--lang", "zh").stderr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_parameter_sets_vary_they_are_what_counts(lang):
    assert "4" in list_doubts(9, 4, lang)[0]
    assert list_doubts(1, 5, lang) == []
    assert len(list_doubts(4, 1, lang)) == len(list_doubts(1, 0, lang)) == 1
    assert list_doubts(5, 0, lang) == []
    # intervals over paths or points need no seeds, but then nothing says what is chance
    assert list_doubts_of("oat", 4, 0, lang) == list_doubts(4, 0, lang)
    assert [len(list_doubts_of("morris", seeds, 0, lang)) for seeds in (1, 2)] == [1, 0]
