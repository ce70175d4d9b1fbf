"""From fit, posterior and recovery to a fit that scenarios use, and back: made again, it is the same."""

import contextlib
import dataclasses
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from fit_commands import TINY, make_call
from fit_folders import write_toy_fit
from fit_toys import SHIPPABLE, make_shippable

import calibration.market
import calibration.ship
import sim.checkout
import sim.results
import sim.scenariofile
from calibration.candidates import measure_points
from calibration.pointfile import read_last
from calibration.problem import average_seeds, measure_loss
from calibration.ship import Shipped, list_differences
from sim.checkout import Checkout
from sim.explain import explain_key
from sim.fitfile import read_ensemble
from sim.modelhash import hash_model
from sim.params import Params
from sim.results import hash_source
from sim.scenario import load_scenario
from sim.sourced import read_yaml

PROBLEM = make_shippable()
BLIND = SHIPPABLE[2]


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run a command on the toy in an empty folder; asserts the exit code."""
    return make_call(tmp_path, monkeypatch, PROBLEM, "-q")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder of results in which fit, posterior and recovery have ended."""
    folder = tmp_path_factory.mktemp("steps")
    with pytest.MonkeyPatch.context() as patch:
        call = make_call(folder, patch, PROBLEM, "-q")
        for words in (("fit",), ("posterior",), ("recover", "--seed", "3")):
            call(*words)
    return folder / "results"


@pytest.fixture
def steps(call, finished, tmp_path):
    """The command, after fit, posterior and recovery, in a folder with a copy of what they wrote."""
    shutil.copytree(finished, tmp_path / "results")
    return call


@contextlib.contextmanager
def edit_json(path):
    """What a file says, to be changed; it is written back at the end."""
    content = json.loads(path.read_text())
    yield content
    path.write_text(json.dumps(content))


def read_point(folder):
    problems = []
    root = read_yaml(folder / "parameters.yaml", problems)
    assert not problems
    return {entry["key"]: entry for entry in root.to_plain()["parameters"]}


def test_what_is_missing_is_named_with_the_command_that_makes_it(call, tmp_path):
    assert "Run: talentsim calibrate fit --budget small\n" in call("ship", "first", code=2).stderr
    call("fit", "--scale", "3000", "--out", "mine")
    again = call("ship", "first", "--scale", "3000", "--from", "mine", code=2).stderr
    assert "Run: talentsim calibrate posterior --budget small --scale 3000 --out mine\n" in again
    assert not (tmp_path / "calibration").exists()


def test_a_shipped_fit_says_what_it_is_and_where_it_is_from(steps, tmp_path):
    done = steps("ship", "first")
    assert done.stdout.strip().splitlines()[-1] == "fit: calibration/fits/first"
    folder = tmp_path / "calibration" / "fits" / "first"
    found = json.loads((tmp_path / "results/calibration/linear/fit/parameters.json").read_text())["parameters"]
    params = pd.read_csv(tmp_path / "results/calibration/linear/posterior/parameters.csv", index_col="parameter")
    point = read_point(folder)
    assert tuple(point) == SHIPPABLE
    for key in SHIPPABLE[:2]:
        assert (point[key]["value"], point[key]["verdict"]) == (found[key], "identified")
        assert point[key]["posterior"] == pytest.approx(params.loc[key, ["low", "high"]].tolist(), rel=1e-12)
    assert point[BLIND]["verdict"] == "not identified"
    assert (point[BLIND]["value"], point[BLIND]["fitted"]) == (0.2, found[BLIND])
    assert found[BLIND] != 0.2
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["reproduce"] == "talentsim calibrate reproduce first"
    assert manifest["code_hash"] == hash_model()
    assert manifest["steps"]["recover"] == {
        "budget": {"name": "small", **dataclasses.asdict(TINY)}, "seed": 3, "scale": 5000, "until": None,
    }  # fmt: skip
    assert manifest["holdout"]["share"] > 0
    assert (manifest["verdicts"], manifest["kept"]) == ({"identified": 2, "not identified": 1}, 1)
    assert manifest["inside"] == manifest["targets"] == 3


def test_the_loss_as_shipped_is_that_of_the_point_with_seeds_that_chose_nothing(call, tmp_path, monkeypatch):
    # figures that contradict each other: no point meets all of them
    targets = dataclasses.replace(PROBLEM.targets, value=PROBLEM.targets.value + np.array([0.0, 0.0, 0.4]))
    problem = dataclasses.replace(PROBLEM, targets=targets)
    monkeypatch.setattr(calibration.market, "make_problem", lambda scale, until: problem)
    call("fit")
    call("posterior")
    call("ship", "first")
    folder = tmp_path / "calibration" / "fits" / "first"
    manifest = json.loads((folder / "manifest.json").read_text())
    values = np.array([entry["value"] for entry in read_point(folder).values()])
    first, last = manifest["ship_seeds"]
    assert first > manifest["choose_seeds"][1]
    runs = np.array([[problem.simulate(values, seed) for seed in range(first, last + 1)]])
    assert len(runs[0]) == TINY.choose_seeds
    loss = float(measure_loss(targets, average_seeds(runs))[0])
    assert loss > 0.05
    assert manifest["loss"]["shipped"] == manifest["loss"]["fitted"] == pytest.approx(loss, rel=1e-9)
    assert manifest["loss"]["before"] > 0.1 + loss
    assert manifest["loss"]["shipped"] != manifest["candidates"]["found"]
    assert 0.0 < manifest["loss_errors"]["shipped"] < 0.1


def test_what_is_identified_makes_up_for_what_keeps_its_value(call, tmp_path, monkeypatch):
    """One figure tells the sum of two parameters; with one of them back at 0.2 the other has to be 0.7."""
    problem = make_shippable(((1.0, 1.0, 0.0),), tolerance=0.02)
    monkeypatch.setattr(calibration.market, "make_problem", lambda scale, until: problem)
    for words in (("fit",), ("posterior",), ("recover", "--seed", "3")):
        call(*words)
    file = tmp_path / "results/calibration/linear/recovery/verdicts.csv"
    verdicts = pd.read_csv(file)
    verdicts["verdict"] = ["identified" if name == SHIPPABLE[0] else "not identified" for name in verdicts["parameter"]]
    verdicts.to_csv(file, index=False)
    call("ship", "first")
    folder = tmp_path / "calibration" / "fits" / "first"
    point = read_point(folder)
    assert [point[key]["value"] for key in SHIPPABLE[1:]] == [0.2, 0.2]
    assert point[SHIPPABLE[0]]["value"] == pytest.approx(0.7, abs=0.04)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["inside"], manifest["kept"], manifest["moved"], manifest["outside"]) == (1, 2, [], [])


def test_the_candidate_of_least_loss_is_shipped(steps, tmp_path):
    """What the fit found is spoiled by hand, and what bounds it; what is searched again is not."""
    with edit_json(tmp_path / "results/calibration/linear/fit/parameters.json") as head:
        head["unit"][0] = 0.9
    file = tmp_path / "results/calibration/linear/posterior/parameters.csv"
    params = pd.read_csv(file, index_col="parameter")
    params.loc[SHIPPABLE[0], "high"] = 0.7  # else the point found would be drawn back to the ensemble
    params.to_csv(file)
    steps("ship", "first")
    folder = tmp_path / "calibration" / "fits" / "first"
    manifest = json.loads((folder / "manifest.json").read_text())
    losses = manifest["candidates"]
    assert set(losses) == {"found", "again", "median", "member"}
    assert manifest["point"] == min(losses, key=losses.get) != "found"
    assert losses["found"] > 0.2 > max(manifest["loss"]["shipped"], min(losses.values()))
    assert manifest["differences"][manifest["point"]] == 0.0
    assert 0.0 < manifest["differences"]["found"] < 0.2
    assert manifest["point"] in manifest["close"]
    assert "found" not in manifest["close"]
    point = read_point(folder)
    assert point[SHIPPABLE[0]]["value"] == pytest.approx(0.3, abs=0.1)
    assert point[BLIND]["value"] == 0.2
    steps("ship", "second", "--unidentified", "fitted")
    manifest = json.loads((folder.parent / "second" / "manifest.json").read_text())
    assert (manifest["point"], set(manifest["candidates"])) == ("found", {"found"})
    assert SHIPPABLE[0] in manifest["outside"]


def test_a_fit_may_begin_from_one_that_is_shipped(steps, tmp_path):
    steps("ship", "first")
    folder = tmp_path / "calibration" / "fits"
    steps("ship", "second", "--last", "first")
    manifest = json.loads((folder / "second" / "manifest.json").read_text())
    values = {key: entry["value"] for key, entry in read_point(folder / "first").items()}
    assert manifest["last"] == {"fit": "first", "values": values, "moved": []}
    losses = manifest["candidates"]
    assert set(losses) == {"found", "again", "median", "member", "last", "onward"}
    assert losses["last"] == losses["found"]  # which is what the first one shipped
    (folder / "first" / "parameters.yaml").unlink()  # all that is needed of it stands in the manifest
    assert "the same to the last digit" in steps("reproduce", "second").stdout
    assert "there is no fit `first`" in steps("ship", "third", "--last", "first", code=2).stderr


def test_a_fit_that_says_nothing_of_values_freed_has_freed_none(steps, tmp_path):
    steps("ship", "first")
    with edit_json(tmp_path / "calibration/fits/first/manifest.json") as manifest:
        del manifest["moved"]  # as in the manifests of the first fits
    assert read_last("first")["moved"] == []


def test_an_ensemble_of_few_members_is_refused(steps, tmp_path):
    file = tmp_path / "results/calibration/linear/posterior/ensemble.csv"
    pd.read_csv(file).head(9).to_csv(file, index=False)
    refused = steps("ship", "first", code=2).stderr
    assert "9 members, and a fit has 50 at least. Run: talentsim calibrate posterior" in refused


@pytest.mark.parametrize("cause", ["without a recovery", "with `--unidentified fitted`"])
def test_where_no_point_is_looked_for_none_can_be_begun_from(steps, tmp_path, cause):
    steps("ship", "first")
    words = []
    if "recovery" in cause:
        shutil.rmtree(tmp_path / "results/calibration/linear/recovery")
    else:
        words = ["--unidentified", "fitted"]
    refused = steps("ship", "second", "--last", "first", *words, code=2).stderr
    assert f"{cause} what the fit found is shipped" in refused
    assert "or leave out `--last first`" in refused
    assert not (tmp_path / "calibration/fits/second").exists()


def test_what_is_not_the_same_again_is_named(tmp_path):
    named = ("loss", "loss_errors", "candidates", "candidates_inside", "differences", "trust", "verdicts")
    facts = {name: {"x": 1.0} for name in named}
    facts |= {
        "point": "found",
        "close": [],
        "outside": [],
        "inside": 1,
        "kept": 1,
        "moved": [],
        "effective_members": 2.0,
    }
    assert list_differences(Shipped(texts={}, manifest=facts), facts, tmp_path) == []
    for name, value in facts.items():
        other = {"x": 2.0} if isinstance(value, dict) else "other"
        found = list_differences(Shipped(texts={}, manifest=facts), {**facts, name: other}, tmp_path)
        assert len(found) == 1
        assert found[0].startswith(name)
        without = {key: fact for key, fact in facts.items() if key != name}
        assert len(list_differences(Shipped(texts={}, manifest=facts), without, tmp_path)) == 1


def test_results_without_likelihoods_are_refused(steps, tmp_path):
    file = tmp_path / "results/calibration/linear/posterior/ensemble.csv"
    pd.read_csv(file).drop(columns="log_likelihood").to_csv(file, index=False)
    assert "Run: talentsim calibrate posterior --budget small\n" in steps("ship", "first", code=2).stderr


def test_a_budget_of_other_counts_is_refused(steps, tmp_path):
    steps("ship", "first")
    with edit_json(tmp_path / "calibration/fits/first/manifest.json") as manifest:
        del manifest["steps"]["posterior"]["budget"]["member_seeds"]
    assert "Check out its commit" in steps("reproduce", "first", code=2).stderr


def test_scenarios_use_it_by_its_name(steps, tmp_path):
    steps("ship", "first")
    scenario = load_scenario("baseline", ("fit=first",))
    point = read_point(tmp_path / "calibration" / "fits" / "first")
    assert scenario.params.search.b_home == point["params.search.b_home"]["value"]
    assert scenario.fit.keys == SHIPPABLE
    source = explain_key(scenario, "params.search.b_home").sourced.source
    assert source.startswith("fitted: first, posterior interval 0.")
    assert source.endswith(", identified")
    members = read_ensemble(scenario.fit)
    written = pd.read_csv(tmp_path / "results/calibration/linear/posterior/ensemble.csv", dtype=str)
    assert [member.weight for member in members] == [float(text) for text in written["weight"]]
    assert [dataclasses.asdict(member)["values"][BLIND] for member in members] == [float(x) for x in written[BLIND]]


def test_without_recovery_nothing_is_judged_and_the_fit_is_kept(call, tmp_path):
    call("fit")
    call("posterior")
    call("ship", "first")
    point = read_point(tmp_path / "calibration" / "fits" / "first")
    assert {entry["verdict"] for entry in point.values()} == {"not judged"}
    assert all(entry["value"] == entry["fitted"] for entry in point.values())


def test_all_that_was_fitted_is_kept_on_demand(steps, tmp_path):
    steps("ship", "first", "--unidentified", "fitted")
    point = read_point(tmp_path / "calibration" / "fits" / "first")
    assert point[BLIND]["value"] == point[BLIND]["fitted"]
    assert point[BLIND]["verdict"] == "not identified"


def test_a_fit_made_again_is_the_same_to_the_last_digit(steps, tmp_path):
    steps("ship", "first")
    done = steps("reproduce", "first")
    assert "the same to the last digit: calibration/fits/first" in done.stdout
    shipped, again = tmp_path / "calibration" / "fits" / "first", tmp_path / "results/calibration/reproduced-first"
    for name in ("parameters.yaml", "ensemble.csv"):
        assert (shipped / name).read_bytes() == (again / name).read_bytes()
    # it was run again, not read: its journal holds every run of the first one
    assert len((again / "journal.jsonl").read_text().splitlines()) >= 24 * 3 * 2


def test_a_fit_that_does_not_come_out_the_same_is_named(steps, tmp_path):
    steps("ship", "first")
    with edit_json(tmp_path / "calibration/fits/first/manifest.json") as manifest:
        manifest["steps"]["fit"]["seed"] = 2
    words = steps("reproduce", "first", code=2).stderr
    assert "is not reproduced (parameters.yaml: " in words
    assert "loss before" in words


def test_other_figures_or_priors_are_refused(steps, monkeypatch):
    steps("ship", "first")
    moved = dataclasses.replace(PROBLEM.targets, value=PROBLEM.targets.value + 0.001)
    monkeypatch.setattr(
        calibration.market, "make_problem", lambda scale, until: dataclasses.replace(PROBLEM, targets=moved)
    )
    assert "is of other published figures" in steps("reproduce", "first", code=2).stderr
    assert "Run: talentsim calibrate fit" in steps("ship", "second", code=2).stderr
    wider = dataclasses.replace(PROBLEM.prior, high=PROBLEM.prior.high * 2)
    monkeypatch.setattr(
        calibration.market, "make_problem", lambda scale, until: dataclasses.replace(PROBLEM, prior=wider)
    )
    assert "is of other parameters or priors" in steps("reproduce", "first", code=2).stderr


def test_a_fit_is_written_whole_or_not_at_all(steps, tmp_path, monkeypatch):
    steps("ship", "first")
    folder = tmp_path / "calibration" / "fits" / "first"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(calibration.ship, "write_manifest", fail)
    steps("ship", "first", "--unidentified", "fitted", code=2)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["first"]


DEFAULT = Params().search.b_home


def test_the_fit_that_the_baseline_uses_does_not_change_what_a_fit_begins_with(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_toy_fit(tmp_path)
    text = (sim.scenariofile.SCENARIO_FOLDERS[1] / "baseline.yaml").read_text()
    place = tmp_path / "scenarios" / "baseline.yaml"
    place.parent.mkdir()
    problems = []
    try:
        for fit in ("null", "first"):
            calibration.market._load.cache_clear()
            place.write_text(text.replace("fit: published_2024\n", f"fit: {fit}\n"))
            assert load_scenario("baseline").params.search.b_home == (
                0.75 if fit == "first" else Params().search.b_home
            )
            problems.append(calibration.market.make_problem(20000))
    finally:
        calibration.market._load.cache_clear()
    without, with_fit = problems
    assert with_fit.identity == without.identity
    assert with_fit.prior.start.tolist() == without.prior.start.tolist()


@pytest.fixture
def changes(monkeypatch):
    """Files that differ from the commit of a checkout that is there in name only; a test adds to them."""
    found = []
    for room in (sim.checkout, sim.results):
        monkeypatch.setattr(
            room, "read_checkout", lambda also=(): Checkout(commit="c" * 40, uncommitted=tuple(found))
        )  # fmt: skip
    return found


def test_a_fit_of_code_that_is_not_committed_is_refused_before_anything_runs(steps, changes, tmp_path, monkeypatch):
    changes.append("sim/params.py")
    with monkeypatch.context() as patch:
        patch.setattr(calibration.market, "make_problem", lambda scale, until: pytest.fail("it began"))
        words = steps("ship", "first", code=2).stderr
    assert "differ from cccccccccccccccccccccccccccccccccccccccc: sim/params.py. Commit them" in words
    assert not (tmp_path / "calibration").exists()
    changes.clear()
    steps("ship", "first")
    manifest = json.loads((tmp_path / "calibration" / "fits" / "first" / "manifest.json").read_text())
    assert (manifest["commit"], manifest["uncommitted"]) == ("c" * 40, [])


@pytest.mark.parametrize("fact", ["uncommitted", "calibration_hash"])
def test_a_fit_is_not_shipped_where_code_changes_meanwhile(steps, changes, tmp_path, monkeypatch, fact):
    def measure(*arguments):
        if fact == "uncommitted":
            changes.append("sim/params.py")
        else:
            monkeypatch.setattr(calibration.ship, "hash_source", lambda _: "other")
        return measure_points(*arguments)

    monkeypatch.setattr(calibration.ship, "measure_points", measure)
    assert f"was changed or committed while this ran ({fact})" in steps("ship", "first", code=2).stderr
    assert not (tmp_path / "calibration").exists()


def test_steps_say_what_code_they_are_of(steps, tmp_path):
    for name in ("fit/parameters.json", "posterior/manifest.json", "recovery/manifest.json"):
        facts = json.loads((tmp_path / "results/calibration/linear" / name).read_text())
        assert facts["code_hash"] == hash_model() != hash_source()
        assert facts["packages"]["numpy"] == np.__version__
        assert (facts["commit"], facts["uncommitted"]) == (None, None)


def test_a_folder_with_other_things_is_not_replaced(steps, tmp_path):
    place = tmp_path / "calibration" / "fits" / "first"
    place.mkdir(parents=True)
    (place / "notes.txt").write_text("mine")
    assert "holds no earlier results" in steps("ship", "first", code=2).stderr
    assert "cannot name a folder" in steps("ship", "a/b", code=2).stderr
