"""Expectations: read with their lines and repairs, and held against intervals."""

import math
from pathlib import Path

import pandas as pd
import pytest

from sim.compare import COMPARISON_COLUMNS, compare_runs
from sim.effects import count_verdicts, describe_difference, list_effects, list_judgements
from sim.errors import ScenarioError
from sim.expectations import GROUPS, NO_DIFFERENCE, OUTCOME_NAMES, Expectation, judge_expectations, judge_sign
from sim.labels import LABELS, LANGUAGES
from sim.leakage import summarise_persons
from sim.outcomes import summarise_run
from sim.run import run_scenario
from sim.scenario import load_scenario

DATA = Path(__file__).parent.parent / "data"
NAN = math.nan


@pytest.fixture
def load(tmp_path):
    """Load the subsidised toy scenario with lines added below it."""
    for other in DATA.glob("two_cities*.yaml"):
        (tmp_path / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "case.yaml"

    def load_with(*lines):
        head = ["name: case", "question: Does it help?", "extends: two_cities_subsidy"]
        path.write_text("\n".join([*head, *lines]), encoding="utf-8")
        return load_scenario(path)

    return load_with


def test_an_expectation_is_about_the_focus_and_everybody_unless_it_says_otherwise(load):
    scenario = load(
        "expects:",
        "  - {outcome: stayed_12m, sign: up}",
        "  - {outcome: wage, group: phd, place: beta, sign: none}",
        "finding: It did not.",
    )
    assert scenario.expects == (
        Expectation(outcome="stayed_12m", group="all", place="alpha", sign="up"),
        Expectation(outcome="wage", group="phd", place="beta", sign="none"),
    )
    assert scenario.finding == "It did not."
    assert scenario.resolved["expects"][1]["place"] == "beta"


def test_expectations_are_not_taken_over(load):
    assert load("focus: beta").expects == ()


@pytest.mark.parametrize(
    ("line", "repair"),
    [
        ("  - {outcome: rentt, sign: up}", "Did you mean `rent`?"),
        ("  - {outcome: leakage_money, sign: up}", "Use one of: "),
        ("  - {outcome: rent, sign: rise}", "Use one of: up, down, none"),
        ("  - {outcome: rent, sign: up, place: alhpa}", "Did you mean `alpha`?"),
        ("  - {outcome: wage, sign: up, group: master_}", "Did you mean `master`?"),
        ("  - {outcome: rent, sign: up, group: master}", "Use one of: all"),
        ("  - {outcome: rent, sing: up}", "Did you mean `sign`?"),
        ("  - {outcome: rent}", "Add `sign: up`"),
        ("  - {sign: up}", "Add `outcome: stay_share_12m`"),
        ("  - rent up", "Write it as {outcome: stay_share_12m, sign: up}"),
        ("  - {outcome: reached, sign: up}", "Use one of: living_subsidy"),
        ("  - {outcome: rent, sign: [up]}", "Did you mean `up`?"),
        ("  - {outcome: commuters_in, sign: up}", "Leave it out, or choose a world with areas"),
        ("  - {outcome: commute_minutes, sign: up}", "Leave it out, or choose a world with areas"),
        ("  {outcome: rent}", "Write one `- {outcome: ..., sign: up}` for each expectation"),
    ],
)
def test_mistakes_are_refused_with_line_and_repair(load, line, repair):
    with pytest.raises(ScenarioError) as caught:
        load("expects:", line)
    assert any(problem.repair.startswith(repair) for problem in caught.value.problems), caught.value
    assert {problem.line for problem in caught.value.problems} <= {4, 5}
    assert "Node(" not in str(caught.value)


def test_a_list_in_the_wrong_place_is_shown_as_it_was_written(load):
    for lines, shown in ((["focus: [alpha, beta]"], "['alpha', 'beta']"), (["sources: 003-0939-06"], "[003-0939-06]")):
        with pytest.raises(ScenarioError) as caught:
            load(*lines)
        assert shown in str(caught.value)
        assert "Node(" not in str(caught.value)


def test_sources_are_a_list_of_ids(load):
    assert load("sources: [003-0939-06]").evidence == ("003-0939-06",)
    with pytest.raises(ScenarioError, match="a list is wanted"):
        load("sources:")


@pytest.mark.parametrize(
    ("sign", "low", "high", "verdict"),
    [
        ("up", 1, 2, "held"),
        ("up", -2, -1, "against"),
        ("up", -1, 2, "not_determined"),
        ("up", 0, 2, "not_determined"),
        ("up", 0, 0, "not_determined"),
        ("down", -2, -1, "held"),
        ("down", 1, 2, "against"),
        ("down", -2, 0, "not_determined"),
        ("none", -1, 1, "no_change"),
        ("none", 0, 0, "no_change"),
        ("none", 1, 2, "against"),
        ("none", -2, -1, "against"),
        *((sign, NAN, NAN, "not_determined") for sign in ("up", "down", "none")),
    ],
)
def test_verdict_follows_from_the_interval(sign, low, high, verdict):
    assert judge_sign(sign, low, high) == verdict


def test_each_expectation_is_judged_by_its_own_row():
    rows = [
        ("p", "rent", "all", "CNY/month", 4000.0, 3900.0, -100.0, -120.0, -80.0, 8),
        ("p", "wage", "phd", "CNY/month", 4000.0, 4100.0, 100.0, -20.0, 220.0, 8),
        ("q", "rent", "all", "CNY/month", 4000.0, 4100.0, 100.0, 80.0, 120.0, 8),
    ]
    here = pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))
    there = here.assign(low=1.0, high=2.0)
    expected = [
        Expectation(outcome="rent", group="all", place="alpha", sign="down"),
        Expectation(outcome="rent", group="all", place="beta", sign="down"),
        Expectation(outcome="wage", group="phd", place="alpha", sign="up"),
        Expectation(outcome="wage", group="all", place="alpha", sign="none"),
    ]
    judged = judge_expectations("p", expected, {"alpha": here, "beta": there})
    assert [one.verdict for one in judged] == ["held", "against", "not_determined", "not_determined"]
    for lang in LANGUAGES:
        (table,) = list_judgements(judged, "p", lang=lang)
        assert all(len(row) == len(table.heads) for row in table.rows)
        assert list_judgements(judged, "q", lang=lang) == []
    (table,) = list_judgements(judged, "p", lang="en")
    assert table.title == "What was expected (1 of 4 held)"
    assert table.rows[0] == ("Market rent", "All", "alpha", "falls", "held", "-100 (-120 .. -80) CNY a month")


def test_no_change_where_none_was_expected_is_counted_apart():
    verdicts = ["held", "no_change", "held", "not_determined"]
    assert count_verdicts(verdicts, "en") == "2 of 4 held, 1 no change seen"
    assert count_verdicts(verdicts[2:], "en") == "1 of 2 held"
    assert count_verdicts(verdicts, "zh") == "4项中2项符合预期，1项未见变化"  # noqa: RUF001  (full-width on purpose)


@pytest.mark.parametrize(
    ("outcome", "unit", "numbers", "words"),
    [
        ("cost_per_additional_stayer", "CNY/person", (-1842.0, NAN, NAN, 10), "not determined"),
        ("cost_per_additional_stayer", "CNY/person", (9e5, NAN, NAN, 1), "not estimated"),
        ("cost_per_additional_stayer", "CNY/person", (-4e6, -12e6, -2e6, 10), "fewer stay, or cost falls"),
        ("cost_per_additional_stayer", "CNY/person", (200.0, 100.0, 900.0, 10), "200 (100 .. 900) CNY a person"),
        ("displacement", "share", (-0.5, -0.7, -0.2, 10), "-50.00 % (-70.00 .. -20.00)"),
        ("displacement", "share", (0.5, NAN, NAN, 10), "not determined"),
        ("stay_share_12m", "share", (0.5, NAN, NAN, 1), "+50.00 points"),
    ],
)  # fmt: skip
def test_a_ratio_that_says_nothing_is_not_printed(outcome, unit, numbers, words):
    row = ("p", outcome, "all", unit, NAN, NAN, *numbers)
    expected = [Expectation(outcome=outcome, group="all", place="alpha", sign="none")]
    table = pd.DataFrame([row], columns=list(COMPARISON_COLUMNS))
    (judged,) = judge_expectations("p", expected, {"alpha": table})
    assert describe_difference(judged, "en") == words


def test_a_cost_below_zero_is_none_in_the_table_of_effects_too():
    row = ("p", "cost_per_additional_stayer", "all", "CNY/person", NAN, NAN, -4e6, -12e6, -2e6, 10)
    (shown,) = list_effects(pd.DataFrame([row], columns=list(COMPARISON_COLUMNS)), "p", lang="en")
    assert shown[-2:] == ("-", "fewer stay, or cost falls")


def test_outcomes_and_groups_that_can_be_expected_are_those_of_a_comparison():
    """Every row that has words can be expected, and nothing else can."""
    scenario = load_scenario(DATA / "two_cities_subsidy.yaml")
    since = scenario.start
    run = run_scenario(scenario, seed=1, trace_from=since)
    rows = [
        summarise_run(run, city="alpha", since=since),
        summarise_persons(run.persons, run.persons, city="alpha", since=since),
    ]
    outcomes = pd.concat(rows, ignore_index=True)
    compared = compare_runs({1: outcomes}, {"p": {1: outcomes}})
    found = {}
    for row in compared.to_dict("records"):
        if f"outcome.{row['outcome']}" in LABELS and row["outcome"] not in NO_DIFFERENCE:
            found.setdefault(row["outcome"], set()).add(row["group"])
    in_areas = {name for name in OUTCOME_NAMES if name.startswith("commut")}
    assert set(found) == set(OUTCOME_NAMES) - in_areas
    for outcome, groups in found.items():
        if outcome in {"reached", "paid"}:
            assert groups <= {policy.label or policy.kind for policy in scenario.policies}
        else:
            assert groups <= {"all", *GROUPS.get(outcome, ())}, outcome
            assert outcome == "cost" or groups == {"all", *GROUPS.get(outcome, ())}, outcome
