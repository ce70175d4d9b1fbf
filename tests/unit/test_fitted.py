"""Scenarios that use a fit: its parameters, their sources, what is refused, and members of its ensemble."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from fit_folders import POINT, write_toy_fit
from typer.testing import CliRunner

from calibration import draws
from sim.cli import app
from sim.commandwords import COMMAND_WORDS
from sim.compare import compare_runs
from sim.ensemble import DRAW_MEMBERS, choose_members, draw_members, take_member
from sim.errors import ScenarioError, TalentsimError
from sim.estimate import bound_mean, bound_ratio
from sim.explain import explain_key
from sim.fitfile import Member, read_ensemble
from sim.modelhash import hash_model
from sim.params import Rules
from sim.results import read_manifest, read_result
from sim.scenario import load_scenario
from sim.sourced import VERDICTS

USE = ("fit=first",)
TINY = ("--scale", "20000", "--quarters", "2")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load_plain():
    """The baseline without the fit that it uses."""
    return load_scenario("baseline", ("fit=null",))


def invoke(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def test_a_fit_lies_under_params_and_over_defaults(place):
    write_toy_fit(place)
    plain, fitted = load_plain(), load_scenario("baseline", USE)
    assert (fitted.params.search.b_home, fitted.params.search.n_sampled) == (0.75, 9)
    assert fitted.fit.keys == tuple(POINT)
    same = plain.params.model_dump()
    same["search"] |= {"b_home": 0.75, "n_sampled": 9}
    assert fitted.params.model_dump() == same
    assert fitted.resolved["fit"] == {"name": "first", "member": None}


def test_what_a_scenario_or_the_command_line_sets_itself_wins(place):
    write_toy_fit(place)
    (place / "mine.yaml").write_text(
        "name: mine\nquestion: Why?\nextends: baseline\nfit: first\nparams: {search: {n_sampled: 20}}\n"
    )
    mine = load_scenario("mine.yaml")
    assert (mine.params.search.n_sampled, mine.params.search.b_home) == (20, 0.75)
    assert mine.fit.keys == ("params.search.b_home",)
    own = load_scenario("mine.yaml", ("params.search.b_home=1.25",))
    assert own.params.search.b_home == 1.25
    assert own.fit.keys == ()


def test_a_scenario_takes_the_fit_over_from_what_it_extends_and_may_refuse_it(place):
    write_toy_fit(place)
    (place / "base.yaml").write_text("name: base\nquestion: Why?\nextends: baseline\nfit: first\n")
    (place / "over.yaml").write_text("name: over\nquestion: Why?\nextends: base\n")
    assert load_scenario("over.yaml").params.search.b_home == 0.75
    without = load_scenario("over.yaml", ("fit=null",))
    assert without.fit is None
    assert without.params == load_plain().params
    assert "fit" not in without.resolved


def test_explain_names_the_fit_its_interval_and_the_verdict(place):
    folder = write_toy_fit(place, verdict="not identified")
    sourced = explain_key(load_scenario("baseline", USE), "params.search.b_home").sourced
    assert sourced.source == "fitted: first, posterior interval 0.5 to 10, not identified"
    lines = (folder / "parameters.yaml").read_text().splitlines()
    assert lines[sourced.line - 1].strip() == "value: 0.75"
    done = invoke("explain", "baseline", "params.search.b_home", "--set", "fit=first")
    assert "fitted: first, posterior interval 0.5 to 10, not identified" in done.stdout
    assert "parameters.yaml:4" in done.stdout


def test_explain_says_where_a_fit_keeps_the_value_before_it():
    kept, moved = (invoke("explain", "baseline", f"params.{key}").stdout for key in ("search.b_wage", "matching.bar"))
    assert "not identified; the value before the fit is kept" in kept
    assert "is kept" not in moved


def test_explain_reads_a_fitted_value_out():
    """Digits that mean something, what interval and verdict say, and the value without the fit."""
    shown = dict(
        line.split(": ", 1) for line in invoke("explain", "baseline", "params.matching.bar").stdout.splitlines()
    )
    value = load_scenario("baseline").params.matching.bar
    assert shown["value"] == f"{value:.6g}"
    assert len(shown["value"]) < len(repr(value))
    assert shown["reading"].startswith("the published figures place it in this interval with 90 %")
    assert shown["reading"].endswith("trials with a known value found it again")
    assert shown["value before the fit"] == f"{load_scenario('baseline', ('fit=null',)).params.matching.bar:g}"
    listed = invoke("explain", "baseline", "params.matching").stdout
    assert f"params.matching.bar: {value:.6g} skill\n" in listed
    plain = invoke("explain", "baseline", "params.search.n_sampled").stdout
    assert "reading" not in plain
    assert "before the fit" not in plain


def test_every_verdict_has_its_reading():
    told = {name.removeprefix("explain.") for name in COMMAND_WORDS}
    assert {verdict.replace(" ", "_") for verdict in VERDICTS} <= told


EDITS = (
    ({"parameters.yaml": ("params.search.b_home", "params.search.b_hom")}, "does not exist. Did you mean"),
    ({"parameters.yaml": ("value: 0.75", "value: 11")}, "which is 0 to 10 now"),
    ({"parameters.yaml": ("value: 9\n", "value: 9.5\n")}, "no whole number"),
    ({"parameters.yaml": ("unit: utility", "unit: share")}, "it is in utility now"),
    ({"parameters.yaml": ("    verdict: identified\n", "")}, "`verdict` is missing"),
    ({"parameters.yaml": ("posterior: [0.5, 10]", "posterior: [10, 0.5]")}, "posterior interval"),
)


@pytest.mark.parametrize(("edit", "words"), EDITS)
def test_a_fit_that_does_not_suit_the_parameters_is_refused_with_its_repair(place, edit, words):
    write_toy_fit(place, edit=edit)
    with pytest.raises(ScenarioError, match=words) as caught:
        load_scenario("baseline", USE)
    assert all(problem.repair and problem.line > 0 for problem in caught.value.problems)


def test_a_fit_that_is_not_there_or_was_changed_is_refused(place):
    with pytest.raises(ScenarioError, match=r"there is no fit `first`. Use one of: published_2024"):
        load_scenario("baseline", USE)
    folder = write_toy_fit(place)
    with pytest.raises(ScenarioError, match=r"there is no fit `frist`.*Did you mean `first`"):
        load_scenario("baseline", ("fit=frist",))
    with pytest.raises(ScenarioError, match="there is no fit"):
        load_scenario("baseline", ("fit=../fits/first",))
    path = folder / "parameters.yaml"
    path.write_text(path.read_text().replace("value: 0.75", "value: 0.8"))
    with pytest.raises(ScenarioError, match="not what was shipped"):
        load_scenario("baseline", USE)
    (folder / "manifest.json").unlink()
    with pytest.raises(ScenarioError, match="manifest of the fit cannot be read"):
        load_scenario("baseline", USE)


MEMBERS = (
    ([(0.5, 0.1, 9), (0.5, 0.2, 9)], "2 members are too few"),
    ([(0.03, 0.1, 9)] * 50, "weights sum to 1.5"),
    ([(0.02, 11.0, 9)] * 50, "which is 0 to 10 now"),
    ([(0.02, 0.5)] * 50, "no member"),
)


@pytest.mark.parametrize(("members", "words"), MEMBERS)
def test_an_ensemble_that_is_none_is_refused(place, members, words):
    write_toy_fit(place, members=members)
    with pytest.raises(ScenarioError, match=words):
        read_ensemble(load_scenario("baseline", USE).fit)


def test_members_come_as_often_as_their_weight_says():
    members = [Member(number=k, weight=w, values={}) for k, w in enumerate((0.5, 0.25, 0.0, 0.2, 0.05), start=1)]
    for first in range(1, 40):
        drawn = [member.number for member in draw_members(members, range(first, first + 30)).values()]
        counts = [drawn.count(member.number) for member in members]
        for count, member in zip(counts, members, strict=True):
            assert math.floor(30 * member.weight - 1e-9) <= count <= math.ceil(30 * member.weight)
    assert draw_members(members, range(7, 12)) == draw_members(members, range(7, 12))
    # one draw each: over seeds the share of a member is its weight, 4 standard errors wide (false alarm 6e-5 a member)
    alone = np.array([draw_members(members, [seed])[seed].number for seed in range(2000)])
    for member in members:
        error = math.sqrt(member.weight * (1 - member.weight) / len(alone))
        assert abs((alone == member.number).mean() - member.weight) <= 4 * error


def test_the_offset_has_a_stream_of_its_own():
    assert DRAW_MEMBERS == draws.ENSEMBLE


def test_a_member_takes_the_place_of_what_comes_from_the_fit_only(place):
    write_toy_fit(place)
    scenario = load_scenario("baseline", (*USE, "params.search.n_sampled=20"))
    member = Member(number=3, weight=0.02, values={"params.search.b_home": 0.3, "params.search.n_sampled": 8.0})
    taken = take_member(scenario, member)
    assert (taken.params.search.b_home, taken.params.search.n_sampled) == (0.3, 20)
    assert taken.resolved["params"] == taken.params.model_dump()
    assert taken.resolved["fit"] == {"name": "first", "member": 3}
    assert taken.sources["params.search.b_home"].value == 0.3
    assert taken.sources["params.search.b_home"].source == "fitted: first, member 3 of the ensemble"
    assert scenario.params.search.b_home == 0.75


def test_a_member_leaves_the_other_values_their_type(place):
    """A number of another type would have kernels compiled once more, which takes longer than a small run."""
    write_toy_fit(place)
    scenario = load_scenario("baseline", USE)
    taken = take_member(
        scenario, Member(number=3, weight=0.02, values={"params.search.b_home": 0.3, "params.search.n_sampled": 8.0})
    )
    kinds = [[[type(value) for value in rule] for rule in Rules.of(one.params)] for one in (scenario, taken)]
    assert kinds[0] == kinds[1]


def test_an_ensemble_needs_one_fit_for_all(place):
    write_toy_fit(place)
    write_toy_fit(place, name="second")
    first, second = load_scenario("baseline", USE), load_scenario("beijing_affordable_rental", ("fit=second",))
    with pytest.raises(TalentsimError, match="baseline uses no fit"):
        choose_members([load_plain()], [1])
    with pytest.raises(TalentsimError, match="Give all scenarios the same fit"):
        choose_members([first, second], [1])


def test_a_run_over_an_ensemble_says_which_member_it_had(place):
    write_toy_fit(place, code_hash=hash_model())
    done = invoke(
        "run", "baseline", *TINY, "--set", "fit=first", "--ensemble", "--members", 3, "--jobs", 1, "--out", "r"
    )
    assert "other code" not in done.stderr
    head = read_manifest(place / "r")
    drawn = head["fit"]["members"]
    assert len(set(drawn.values())) == len(drawn) == 3
    tables = set()
    for seed, number in drawn.items():
        manifest = read_result(place / "r" / "runs" / "baseline" / f"seed-{seed}").manifest
        assert manifest["fit"] == {
            "name": "first", "member": number, "parameters": 2, "code_hash": hash_model(), "same_code": True,
        }  # fmt: skip
        search = manifest["scenario"]["resolved"]["params"]["search"]
        assert (search["b_home"], search["n_sampled"]) == (number / 100, 8 + number % 2)
        tables.add(manifest["tables"]["people"]["sha256"])
    assert len(tables) == 3


def test_a_member_runs_as_if_its_parameters_were_written_in_the_file(place):
    write_toy_fit(place, members=[(0.02, 0.31, 8)] * 50)
    common = ("run", "baseline", *TINY, "--set", "fit=first", "--seed", 5)
    invoke(*common, "--ensemble", "--out", "drawn")
    written = ("--set", "params.search.b_home=0.31", "--set", "params.search.n_sampled=8")
    invoke(*common, *written, "--out", "written")
    drawn = read_manifest(place / "drawn" / "runs" / "baseline" / "seed-5")
    assert drawn["tables"] == read_manifest(place / "written")["tables"]


@pytest.mark.parametrize(
    ("lang", "words", "drawn"),
    [("en", "4 members of the fit first", "--figures"), ("zh", "拟合 first 的4个成员", "--no-figures")],
)
def test_a_comparison_over_an_ensemble_pairs_members_and_says_so(place, lang, words, drawn):
    write_toy_fit(place, code_hash=hash_model())
    done = invoke(
        "compare", "baseline", "beijing_affordable_rental", "--scale", 20000, "--quarters", 26, "--set", "fit=first",
        "--ensemble", "--members", 4, "--jobs", 1, "--out", "r", "--lang", lang, drawn,
    )  # fmt: skip
    assert words in done.stdout
    head = json.loads((place / "r" / "manifest.json").read_text())
    assert head["intervals"] == "one more run"
    for seed, number in head["fit"]["members"].items():
        for name in ("baseline", "beijing_affordable_rental"):
            assert read_manifest(place / "r" / "runs" / name / f"seed-{seed}")["fit"]["member"] == number
    table = pd.read_csv(place / "r" / "comparison.csv")
    assert set(table.loc[table["outcome"] == "rent", "seeds"]) == {4}


def test_other_code_is_said_once_on_stderr(place):
    write_toy_fit(place)
    done = invoke("check", "baseline", "--set", "fit=first")
    assert done.stderr == "note: the fit first was made with other code of the model; its parameters are used\n"
    assert invoke("check", "baseline").stderr == ""


def test_members_without_an_ensemble_are_refused(place):
    write_toy_fit(place)
    assert "Give both" in invoke("run", "baseline", "--members", 3, code=2).stderr
    assert "uses no fit" in invoke("run", "baseline", "--set", "fit=null", "--ensemble", code=2).stderr


def test_the_interval_of_one_more_run_holds_it_in_95_percent():
    # 4000 samples of 8: standard error 0.0034, bounds 4 of them away (false alarm 6e-5)
    normal = np.random.default_rng(1).normal(2.0, 3.0, (4000, 9))
    held = [low <= new <= high for *seen, new in normal for low, high in [bound_mean(np.array(seen), spread=True)]]
    assert 0.936 < np.mean(held) < 0.964


def test_more_runs_do_not_close_the_interval_of_one_more():
    values = np.random.default_rng(2).normal(2.0, 3.0, 4000)
    width = [np.subtract(*bound_mean(values[:n], spread=True)) for n in (40, 4000)]
    assert width[0] / width[1] == pytest.approx(1.0, abs=0.3)
    top, bottom = 3.0 + 0.1 * values[:40], 10.0 + 0.1 * values[::-1][:40]
    mean, more = (np.subtract(*bound_ratio(top, bottom, spread=spread)) for spread in (False, True))
    assert more / mean == pytest.approx(math.sqrt(41.0), rel=0.05)


def test_a_comparison_that_differs_nowhere_stays_exact_over_an_ensemble():
    frame = pd.DataFrame({"outcome": ["rent"], "group": ["all"], "unit": ["CNY/month"], "value": [1.0]})
    row = compare_runs({1: frame, 2: frame}, {"p": {1: frame, 2: frame}}, spread=True).iloc[0]
    assert (row["difference"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
