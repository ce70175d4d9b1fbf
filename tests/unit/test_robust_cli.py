"""`talentsim robust` and `talentsim optimise` on the toy world, their files, tables and figures."""

import numpy as np
import pandas as pd
import pytest
from sweep_tables import make_sweep
from toys import DATA
from typer.testing import CliRunner

from experiments.cases import Question, Threshold, gather_cases
from experiments.discovery import Box, Side
from experiments.groups import COMPARED, list_groups
from experiments.optimise import FEWEST_REPETITIONS, Budget, find_best_size
from experiments.plots import plot_judgement, plot_optimum, save_figure
from experiments.robust import judge_choices
from experiments.robust_tables import Writer, list_box, list_judgement, list_notes, list_optimum, name_asked
from experiments.robust_words import WORDS, word
from experiments.robustfile import read_budget, read_question
from experiments.runner import simulate_run
from experiments.sweepfile import load_sweep
from sim.certainty import list_outcomes
from sim.cli import app
from sim.errors import ScenarioError
from sim.labels import LANGUAGES
from sim.scenario import load_scenario

POLICIES = f"""
  - {{name: baseline, scenario: {DATA}/two_cities_baseline.yaml}}
  - {{name: subsidy, scenario: {DATA}/two_cities_subsidy.yaml}}"""
HEAD = f"name: toy\nquestion: Does it hold?\npolicies:{POLICIES}\nseeds: 3\nquarters: 8\n"
FUTURES = "futures: [{name: calm}, {name: slump, policies: [{kind: demand_recession, from: 2019Q3, depth: 0.3}]}]\n"
ROBUST = "robust: {outcome: talent, better: high, thresholds: [{outcome: talent, low: 0}]}\n"
SIZES = "vary: {policies.0.amount_cny_m: [0, 500, 1000, 2000]}\n"
UNITS = "policies.0.units"
AMOUNT, YEARS = "policies.0.amount_cny_m", "policies.0.term_years"
ASKED = "optimise: {outcome: rent, better: low, budget_cny: 1}"
OPTIMISE = "optimise: {outcome: talent, better: high, budget_cny: 1000000000}\n"


def write(tmp_path, text):
    path = tmp_path / "toy.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def invoke(tmp_path, command, text, *options):
    words = [command, write(tmp_path, text), "--jobs", "1", "--store", str(tmp_path / "store"), *options]
    return CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out")])


def test_robust_runs_judges_and_draws(tmp_path):
    done = invoke(tmp_path, "robust", HEAD + FUTURES + ROBUST)
    assert done.exit_code == 0, done.output
    out = tmp_path / "out"
    ranking = pd.read_csv(out / "ranking.csv")
    assert sorted(ranking["choice"]) == ["baseline", "subsidy"]
    for name in ("effects", "ranking", "front"):
        assert set(pd.read_csv(out / f"{name}.csv")["unit"]) == {"persons"}
    assert list(pd.read_csv(out / "effects.csv")["state"].unique()) == ["calm", "slump"]
    assert (out / "front.csv").is_file()
    assert (out / "robust.png").read_bytes()[:4] == b"\x89PNG"
    assert "do nothing" in done.output
    assert "12 runs: 2 policies x 2 futures x 3 seeds; outcomes of alpha from 2020Q1 on" in done.output
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    again = invoke(tmp_path, "robust", HEAD + FUTURES + ROBUST, "--quiet")
    assert again.output == f"results: {out}\n"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


@pytest.mark.parametrize("command", ["robust", "optimise"])
def test_a_dry_run_tells_what_it_takes_and_runs_nothing(tmp_path, command):
    done = invoke(tmp_path, command, HEAD + SIZES + ROBUST + OPTIMISE, "--dry-run")
    assert done.exit_code == 0, done.output
    for words in ("24 runs: 4 points x 2 policies x 3 seeds", "to be simulated", "time with 1 workers"):
        assert words in done.output
    assert not (tmp_path / "store").exists()
    assert not (tmp_path / "out").exists()
    refused = invoke(tmp_path, command, HEAD + SIZES + ROBUST + OPTIMISE, "--scheduler", "tcp://x:1")
    assert "Add --backend dask" in refused.output
    few = invoke(tmp_path, "optimise", HEAD + SIZES + OPTIMISE, "--seeds", "2")
    assert "an interval needs more seeds" in few.output


def test_mistakes_of_a_section_are_told_with_those_of_the_scenarios(tmp_path):
    text = HEAD + "vary: {params.search.n_sampeld: [5, 6]}\n" + ROBUST.replace("talent", "talents", 1)
    done = invoke(tmp_path, "robust", text)
    assert done.exit_code == 2
    assert "toy.yaml:8: params.search.n_sampeld: unknown parameter" in done.output
    assert "toy.yaml:9: robust.outcome: there is no outcome `talents`" in done.output


@pytest.mark.parametrize(("command", "section"), [("robust", ROBUST), ("optimise", OPTIMISE)])
def test_a_city_that_no_run_keeps_is_told_before_the_runs(tmp_path, command, section):
    text = HEAD + SIZES + section.replace("outcome: talent", "city: beta, outcome: talent", 1)
    done = invoke(tmp_path, command, text)
    assert done.exit_code == 2
    assert f"toy.yaml:9: {command}.city: the sweep keeps outcomes of alpha. Add `cities: [beta]`" in done.output
    assert not (tmp_path / "store").exists()
    assert invoke(tmp_path, command, f"{text}cities: [beta]\n", "--dry-run").exit_code == 0
    assert invoke(tmp_path, command, text.replace("beta", "alpha"), "--dry-run").exit_code == 0


HOLED = """futures: [{name: calm}, {name: slump, set: {params.search.n_sampled: 3}}]
vary: {policies.0.amount_cny_m: {grid: [0, 500, 1000, 2000, 3000], as: amount}}
"""


@pytest.mark.parametrize(
    ("when", "at", "words"),
    [
        ("amount < 2000 or future == 'calm'", "when", "leaves out subsidy amount_cny_m=2000 in state slump, and"),
        ("policy == 'subsidy'", "when", "leaves out baseline in state calm, and every choice"),
        ("policy == 'subsidy' or future == 'calm'", "when", "leaves out baseline in state slump, and every choice"),
        ("policy == 'baseline'", "when", "leaves out every policy but the baseline. Widen it"),
    ],
)
@pytest.mark.parametrize(("command", "section"), [("robust", ROBUST), ("optimise", OPTIMISE)])
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_holes_between_choices_and_states_are_told_before_any_run(tmp_path, command, section, options, when, at, words):
    done = invoke(tmp_path, command, f"{HEAD}{HOLED}when: {when}\n{section}", *options)
    assert done.exit_code == 2
    assert f"toy.yaml:10: {at}: `{at}` {words}" in done.output
    assert not (tmp_path / "store").exists()


def test_runs_that_are_filled_together_are_told_before_any_run(tmp_path):
    """A list, or a range, of a key of a policy and of another one leaves most combinations out."""
    keys = f"{AMOUNT}: {{list: [0, 500, 1000]}}, params.search.n_sampled: {{list: [3, 4, 5]}}"
    done = invoke(tmp_path, "robust", f"{HEAD}vary: {{{keys}}}\n{ROBUST}", "--dry-run")
    assert done.exit_code == 2
    assert "toy.yaml:8: vary: subsidy amount_cny_m=0 in state n_sampled=4 is not run: keys of policies" in done.output
    assert "Give the ones or the others a grid" in done.output


@pytest.mark.parametrize(("values", "is_refused"), [("3, 4, 5, 6", True), ("3, 4, 5", False)])
def test_a_package_that_is_missing_is_told_before_any_run(tmp_path, monkeypatch, values, is_refused):
    """Two futures at four values are the eight states from which on conditions are looked for."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    vary = f"vary: {{params.search.n_sampled: [{values}]}}\n"
    done = invoke(tmp_path, "robust", HEAD + FUTURES + vary + ROBUST, "--dry-run")
    assert ("Install it: pip install 'talentsim[robust]'" in done.output) == is_refused
    assert (done.exit_code != 0) == is_refused


@pytest.mark.parametrize("when", ["amount > 0", "future == 'calm'", "policy == 'baseline' or amount > 0"])
def test_when_may_leave_out_whole_choices_and_whole_states(tmp_path, when):
    text = write(tmp_path, f"{HEAD}{HOLED}when: {when}\n{ROBUST}{OPTIMISE}")
    read_question(load_sweep(text))
    read_budget(load_sweep(text))


def test_sizes_that_when_leaves_are_counted(tmp_path):
    text = f"{HEAD}{HOLED}when: amount > 500\n{ASKED}\n"
    with pytest.raises(ScenarioError, match=r"toy\.yaml:10: when: of the sizes that `when` leaves, 3 sizes are"):
        read_budget(load_sweep(write(tmp_path, text)))
    cap = HOLED.replace("as: amount}", f"as: amount}}, {YEARS}: [1, 2, 3]")
    read_budget(load_sweep(write(tmp_path, f"{HEAD}{cap}when: term_years == 2\n{ASKED}\n")))  # one key, five sizes


def test_groups_are_those_of_the_runs():
    scenario = load_scenario(f"{DATA}/two_cities_subsidy.yaml", scale=4000, quarters=12)
    table, _ = simulate_run(scenario, 1, ["alpha"], scenario.start, [])
    found = {}
    for outcome, group in zip(*(table[name].to_pylist() for name in ("outcome", "group")), strict=True):
        found.setdefault(outcome, set()).add(group)
    assert found["cost"] < set(list_groups("cost"))  # one policy, one payer
    areas = {"commuters_in", "commuters_out", "commute_minutes"}
    assert found.keys() == set(list_outcomes()) - set(COMPARED) - areas
    for outcome in found.keys() - {"cost"}:
        assert found[outcome] == set(list_groups(outcome)), outcome


def test_optimise_runs_and_finds_a_size_within_the_budget(tmp_path):
    done = invoke(tmp_path, "optimise", HEAD + SIZES + OPTIMISE)
    assert done.exit_code == 0, done.output
    best = pd.read_csv(tmp_path / "out" / "best.csv")
    curve = pd.read_csv(tmp_path / "out" / "curve.csv")
    assert best["key"].tolist() == ["policies.0.amount_cny_m"]
    assert set(curve["unit"]) == set(best["unit"]) == {"persons"}
    allowed = curve[curve["p_budget"] >= 0.9]
    assert 0 < len(allowed) < len(curve)
    assert best["best"].item() <= allowed["policies.0.amount_cny_m"].max()
    assert best["cost_million_cny"].item() <= 1000.0
    assert (tmp_path / "out" / "optimise.png").is_file()


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("", "toy.yaml:1: robust: nothing says what is asked under `robust`. Add `robust: {outcome: stayed_12m"),
        ("robust: {outcome: rent, beter: low}", "robust.beter: unknown key `beter`. Did you mean `better`?"),
        ("robust: {outcome: rent, better: up}", "`up` is not known here"),
        ("robust: {outcome: rents, better: low}", "there is no outcome `rents`. The nearest are rent"),
        ("outcomes: [rent]\nrobust: {outcome: talent, better: high, cost: rent}", "does not keep `talent`. Add it to"),
        (
            "outcomes: [rent]\nrobust: {outcome: rent, better: low}",
            "`cost` is public_cost, and the sweep does not keep",
        ),
        ("cities: [alpha, beta]\nrobust: {outcome: rent, better: low}", "keeps outcomes of alpha, beta. Name one"),
        ("cities: [alpha]\nrobust: {outcome: rent, better: low, city: beta}", "keeps outcomes of alpha. Name one"),
        ("vary: {baseline/params.search.n_sampled: [5, 6]}\nrobust: {outcome: rent, better: low}", "baseline alone"),
        ("robust: {outcome: rent, better: low, weights: {calm: 1}}", "no weight for slump"),
        ("robust: {outcome: rent, better: low, weights: {calm: 0, slump: 0}}", "no future has a weight above 0"),
        ("robust: {outcome: rent, better: low, weights: {clam: 1}}", "Did you mean `calm`?"),
        (
            "robust: {outcome: wage, better: high, group: phdd}",
            "robust.group: `wage` has no group `phdd`. Did you mean",
        ),
        ("robust: {outcome: rent, better: low, group: phd}", "`rent` has no group `phd`. Use one of: all"),
        ("robust: {outcome: reached, better: high}", "no run of a sweep has it"),
        (
            "robust: {outcome: rent, better: low, thresholds: [{outcome: hires, low: 0, group: field_science}]}",
            "`hires` has no group `field_science`",
        ),
        ("robust: {outcome: rent, better: low, per_cost: maybe}", "`maybe` is neither true nor false"),
        ("robust: {outcome: rent, better: low, thresholds: [{outcome: rent}]}", "a threshold needs an outcome and an"),
        ("robust: {outcome: rent, better: low, thresholds: {}}", "a list of maps is wanted here"),
        ("optimise: {outcome: rent, better: low}", "`budget_cny` is missing"),
        ("optimise: {outcome: rent, better: low, budget_cny: 1}", "one key of the policy that is varied over numbers"),
        (SIZES.replace("0, 500,", "") + "optimise: {outcome: rent, better: low, budget_cny: 1}", "2 sizes are too few"),
        (f"vary: {{{AMOUNT}: [1, 2], {YEARS}: [1, 2, 3]}}\n{ASKED}", "6 sizes with 2 values of a key are too few"),
        (f"vary: {{{AMOUNT}: [1, 2, 3], {YEARS}: [2, 2.0]}}\n{ASKED}", "3 sizes are too few for a curve"),
        (
            f"vary: {{{AMOUNT}: {{list: [1, 2, 3, 4, 5]}}, {YEARS}: {{list: [1, 2, 3, 4, 5]}}}}\n{ASKED}",
            "both keys lie on one line",
        ),
        (
            SIZES + f"members: 2\n{ASKED}",
            "toy.yaml:10: members: an interval needs more parameter sets. Write `members: 3`",
        ),
        ("optimise: {outcome: rent, better: low, budget_cny: -1}", "`-1` is no number from 0 on"),
        ("optimise: {outcome: rent, better: low, budget_cny: 1, probability: 2}", "no number from 0.5 to 0.999"),
    ],
)
def test_mistakes_of_a_section_name_line_key_and_repair(tmp_path, section, words):
    path = write(tmp_path, f"{HEAD}{FUTURES}{section}\n")
    with pytest.raises(ScenarioError) as error:
        (read_budget if "optimise:" in section else read_question)(load_sweep(path))
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "options", "enough"),
    [("", 3, True), ("", 2, False), ("members: 1\n", 3, True), ("members: 3\n", 1, True), ("members: 2\n", 9, False)],
)
def test_repetitions_are_counted_as_the_interval_counts_them(tmp_path, text, options, enough):
    sweep = load_sweep(write(tmp_path, HEAD + SIZES + text + ASKED), seeds=options)
    table = make_sweep({"a": {"stayed_12m": 1.0, "public_cost": 1.0}}, seeds=options)
    sets = [table.assign(member=number) for number in range(1, (sweep.members or 1) + 1)]
    cases = gather_cases(pd.concat(sets), Question(baseline="baseline", outcome="stayed_12m"))
    assert (cases.effect.shape[2] >= FEWEST_REPETITIONS) == enough
    if enough:
        read_budget(sweep)
    else:
        with pytest.raises(ScenarioError, match="an interval needs more"):
            read_budget(sweep)


def test_alone_a_policy_has_nothing_to_be_held_against(tmp_path):
    alone = f"name: toy\nquestion: Alone?\nscenario: {DATA}/two_cities_baseline.yaml\n{ROBUST}"
    with pytest.raises(ScenarioError, match="one policy only"):
        read_question(load_sweep(write(tmp_path, alone)))


def test_every_word_is_known_in_both_languages():
    assert all(english and chinese and english != chinese for english, chinese in WORDS.values())


def make_judged(per_cost=False, seeds=6):
    effect = {
        "bold": {"stayed_12m": lambda future, _: 900.0 if future == "boom" else -200.0, "public_cost": 4e9},
        "safe": {"stayed_12m": 300.0, "public_cost": 1e9},
    }
    noise = {"stayed_12m": (100.0, 40.0)}
    table = make_sweep(effect, futures=("boom", "winter"), seeds=seeds, noise=noise)
    limits = (Threshold(outcome="stayed_12m", low=0.0),)
    question = Question(baseline="baseline", outcome="stayed_12m", per_cost=per_cost, thresholds=limits)
    cases = gather_cases(table, question)
    return judge_choices(cases, question), cases, question


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("per_cost", [False, True])
def test_tables_and_figure_in_both_languages(tmp_path, lang, per_cost):
    judged, cases, question = make_judged(per_cost)
    for table in list_judgement(judged, cases, question, lang):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.heads)}
    assert list_notes(judged, cases, question, lang)
    figure = plot_judgement(judged, cases, question, "?", lang)
    save_figure(figure, tmp_path / "one.png")
    save_figure(plot_judgement(judged, cases, question, "?", lang), tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert sorted(names) == ["bold", "safe"]
    # zero on these axes is doing nothing, so they must not read as levels
    axes = figure.axes[0].get_xlabel(), figure.axes[1].get_ylabel()
    assert all({"en": ": difference (", "zh": "差值"}[lang] in words.replace("\n", " ") for words in axes)


def test_who_leads_is_said_with_who_is_tied():
    judged, cases, question = make_judged()
    lines = list_notes(judged, cases, question, "en")
    assert lines[0].startswith("bold leads on the mean")
    assert "safe leads in its worst future" in lines[1]
    one, cases, question = make_judged(seeds=1)
    # what one seed means is told before the runs
    assert list_notes(one, cases, question, "en") == [word("note.equal", "en")]


@pytest.mark.parametrize("seeds", [3, 6])
def test_the_leader_on_the_mean_is_not_called_the_highest_where_less_is_better(seeds):
    effect = {name: {"stayed_12m": size, "public_cost": 1e9} for name, size in (("bold", -50.0), ("safe", -20.0))}
    table = make_sweep(effect, seeds=seeds, noise={"stayed_12m": (100.0, 40.0 if seeds == 3 else 1.0)})
    question = Question(baseline="baseline", outcome="stayed_12m", better="low")
    cases = gather_cases(table, question)
    line = list_notes(judge_choices(cases, question), cases, question, "zh")[0]
    assert "均值最优" in line
    assert "最高" not in line


def test_what_is_the_same_in_all_runs_is_said_to_be():
    assert Writer("persons", "en").write_interval(5.0, 5.0, 5.0 + 1e-12) == "+5 (all runs alike)"
    assert Writer("persons", "zh").write_interval(0.0, 0.0, 0.0) == "0（各次模拟结果相同）"  # noqa: RUF001  (full-width on purpose)
    judged, cases, question = make_judged()
    assert "(all runs alike)" in list_judgement(judged, cases, question, "en")[-1].rows[1][1]


def test_a_leader_without_rivals_that_may_do_nothing_is_no_clear_one():
    effect = {
        "dear": {"stayed_12m": 0.0, "public_cost": 4e9},
        "free": {"stayed_12m": 0.0, "public_cost": 0.0},
    }
    table = make_sweep(effect, seeds=6, noise={"stayed_12m": (100.0, 400.0)})
    question = Question(baseline="baseline", outcome="stayed_12m", per_cost=True)
    cases = gather_cases(table, question)
    lines = list_notes(judge_choices(cases, question), cases, question, "en")
    assert lines[0] == "dear is the only choice that can be judged."
    assert lines[1].startswith("Whether dear does anything is not known")
    assert not any("leads in its worst future" in line for line in lines)  # nothing to lead


@pytest.mark.parametrize(("better", "is_harm"), [("high", True), ("low", False)])
def test_a_leader_that_does_harm_is_said_to(better, is_harm):
    """For each million CNY doing nothing has no value, so that even harm may lead."""
    effect = {
        "dear": {"stayed_12m": -500.0, "public_cost": 4e9},
        "worse": {"stayed_12m": -600.0, "public_cost": 4e9},
    }
    table = make_sweep(effect, seeds=6, noise={"stayed_12m": (100.0, 10.0)})
    question = Question(baseline="baseline", outcome="stayed_12m", per_cost=True, better=better)
    cases = gather_cases(table, question)
    lines = list_notes(judge_choices(cases, question), cases, question, "en")
    assert any(line.startswith("Doing nothing is better than dear") for line in lines) == is_harm


def test_a_size_that_does_harm_or_nothing_is_said_to():
    for height, words in ((-500.0, "Doing nothing is better"), (0.0, "Whether that size does anything is not known")):
        effect = {"flats": {"stayed_12m": lambda _, p, h=height: h - p[UNITS], "public_cost": 1e6}}
        points = [{UNITS: value} for value in (0.0, 1.0, 2.0, 3.0)]
        table = make_sweep(effect, points=points, seeds=6, noise={"stayed_12m": (100.0, 20.0)})
        question = Question(baseline="baseline", outcome="stayed_12m")
        budget = Budget(most_cny=1e9)
        found = find_best_size(gather_cases(table, question), question, budget, np.ones(1))
        _, lines = list_optimum(found, budget, question, "en")
        assert lines[1].startswith("Effect there on Local graduates who stay 12 months: ")
        assert lines[2].startswith(words)


def test_the_group_that_is_judged_is_named():
    masters = Question(baseline="baseline", outcome="stayed_12m", group="master")
    assert name_asked(masters, "en") == "Local graduates who stay 12 months (Master)"
    assert name_asked(Question(baseline="baseline", outcome="stayed_12m"), "en") == "Local graduates who stay 12 months"


def test_values_are_written_in_the_unit_of_people():
    assert Writer("share", "en").write(0.0123) == "+1.23"
    assert Writer("persons", "en").write(-0.2) == "0"
    assert Writer("persons/million CNY", "en").write(12.345) == "+12.3"
    assert Writer("persons/million CNY", "en").write(6e-16) == "0.000"
    assert Writer("share/million CNY", "en").unit == "points / million CNY"
    assert Writer("persons", "en").write_interval(5.0, np.nan, np.nan) == "+5"
    assert (Writer("share", "zh").unit, Writer("share", "zh").unit_behind) == ("百分点", "个百分点")
    assert (Writer("share", "en").unit_behind, Writer("persons", "zh").unit_behind) == ("points", "人")


def test_box_is_written_as_conditions():
    judged, cases, question = make_judged()
    assert judged.unit == "persons"
    sides = (
        Side(key="future", among=("boom",), quasi_p=0.01),
        Side(key="params.search.b_wage", low=0.5, quasi_p=0.01),
        Side(key="params.search.b_home", high=2.0, quasi_p=0.01),
    )
    box = Box(sides=sides, coverage=0.8, density=0.9, mass=0.2, base=0.3, cases=100)
    (table,), _ = list_box(box, cases, question, "bold", "en")
    assert table.rows == [("bold", "future = boom & b_wage >= 0.5 & b_home <= 2", "80 %", "90 %", "30 %")]
    none, lines = list_box(None, cases, question, "bold", "en")
    assert none == []
    assert lines == ["12 runs of bold are too few to look for conditions: 40 are needed. Add seeds or points."]


def test_sides_of_a_box_say_which_key_is_meant():
    """A text or a truth value is no future, and keys with the same end are told apart."""
    points = [
        {"world_values.rent.beijing": value, "world_values.flats.beijing": 1.0, "fit": "a"} for value in (1.0, 2.0)
    ]
    effect = {"bold": {"stayed_12m": 1.0, "public_cost": 1.0}}
    limits = (Threshold(outcome="stayed_12m", low=0.0),)
    table = make_sweep(effect, points=points, levels={"stayed_12m": 5.0})
    question = Question(baseline="baseline", outcome="stayed_12m", thresholds=limits)
    cases = gather_cases(table, question)
    assert cases.states == ("rent.beijing=1, flats.beijing=1, fit=a", "rent.beijing=2, flats.beijing=1, fit=a")
    sides = (
        Side(key="world_values.rent.beijing", low=0.5, quasi_p=0.01),
        Side(key="fit", among=("a", "b"), quasi_p=0.01),
    )
    box = Box(sides=sides, coverage=0.8, density=0.9, mass=0.2, base=0.3, cases=100)
    (written,), _ = list_box(box, cases, question, "bold", "en")
    assert written.rows[0][1] == "rent.beijing >= 0.5 & fit = a / b"


def test_values_that_differ_far_behind_are_choices_of_their_own():
    points = [{UNITS: value} for value in (1000000.4, 1000000.6, 2e9)]
    table = make_sweep({"flats": {"stayed_12m": 1.0, "public_cost": 1.0}}, points=points, levels={"stayed_12m": 5.0})
    cases = gather_cases(table, Question(baseline="baseline", outcome="stayed_12m"))
    assert cases.choices == ("baseline", "flats units=1000000.4", "flats units=1000000.6", "flats units=2000000000")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("keys", [1, 2])
def test_best_size_in_both_languages(tmp_path, lang, keys):
    names = ["policies.0.units", "policies.0.rent_cap"][:keys]
    values = [0.0, 1e5, 2e5, 3e5, 4e5]
    points = [{names[0]: value} for value in values]
    if keys == 2:
        points = [point | {names[1]: other} for point in points for other in (1.0, 2.0, 3.0)]
    effect = {
        "stayed_12m": lambda _, p: 100.0 - (1e-4 * p[names[0]] - 25.0) ** 2,
        "public_cost": lambda _, p: 1e2 * p[names[0]],
    }
    table = make_sweep({"flats": effect}, points=points, seeds=4, noise={"stayed_12m": (20.0, 4.0)})
    question = Question(baseline="baseline", outcome="stayed_12m")
    cases = gather_cases(table, question)
    for most in (3e7, 1e9, -1.0):
        budget = Budget(most_cny=most)
        found = find_best_size(cases, question, budget, np.ones(1))
        tables, lines = list_optimum(found, budget, question, lang)
        assert len(tables) == (most > 0)
        assert not any("e+" in cell for table in tables for row in table.rows for cell in row)
        assert lines[0] == WORDS[f"optimum.{found.verdict}"][LANGUAGES.index(lang)]
        # a million CNY is spaced alike behind cost and budget
        assert not any(f"{digit}百万元" in line for line in lines for digit in range(10))
        save_figure(plot_optimum(found, budget, question, "?", lang), tmp_path / "best.png")
