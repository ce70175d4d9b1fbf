"""Sweep files: what is run, and how mistakes are reported."""

from pathlib import Path

import pytest

from experiments.cli import print_plan
from experiments.plan import make_plan
from experiments.sweepfile import SWEEP_FOLDERS, load_sweep
from sim.errors import ScenarioError

DATA = Path(__file__).parent.parent / "data"
BASELINE, SUBSIDY = (DATA / f"two_cities_{name}.yaml" for name in ("baseline", "subsidy"))
HEAD = f"name: toy\nquestion: Does it help?\nscale: 20000\nquarters: 8\npolicies: [{BASELINE}, {SUBSIDY}]\n"
SLUMP = "{kind: demand_recession, from: 2019Q3, depth: 0.3}"
SHIPPED = sorted({path.resolve() for folder in SWEEP_FOLDERS for path in folder.glob("*.yaml")})


def write(folder, text):
    path = folder / "toy.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder, text):
    return load_sweep(write(folder, text))


def plan(folder, text, **options):
    return make_plan(read(folder, text), **options)


def problems_of(action, *args):
    with pytest.raises(ScenarioError) as caught:
        action(*args)
    return [(problem.line, str(problem)) for problem in caught.value.problems]


def list_labels(made):
    return [(run.design, run.policy, run.future, run.seed) for job in made.jobs for run in job.runs]


def test_all_mistakes_are_reported_together_with_lines_and_repairs(tmp_path):
    text = (
        "name: toy\n"
        "question: Does it help?\n"
        f"policies: [{BASELINE}, {{nane: x, scenario: {SUBSIDY}}}]\n"
        "baseline: two_cities_base\n"
        "vary:\n"
        "  param.search.n_sampled: [5, 6]\n"
        "  policies.0.units: {range: [9, 1]}\n"
        "  scale: {grid: [5], list: [6]}\n"
        "when: units >\n"
        "seeds: [1, 1]\n"
        "since: soon\n"
        "futurs: []\n"
    )
    found = problems_of(read, tmp_path, text)
    assert [line for line, _ in found] == [3, 4, 6, 7, 8, 9, 10, 11, 12]
    for (_, shown), words in zip(
        found,
        [
            "unknown key `nane`. Did you mean `name`?",
            "Did you mean `two_cities_baseline`?",
            "Did you mean `params`?",
            "the lower one first. Write [LOW, HIGH]",
            "`grid` and `list` exclude each other",
            "no condition. Write one such as",
            "Write `seeds: 8`",
            "Write it as 2024Q1",
            "Did you mean `futures`?",
        ],
        strict=True,
    ):
        assert words in shown


def test_mistakes_that_only_scenarios_know_are_told_with_those_of_the_file(tmp_path):
    """The reader mends all of them in one go: policies, keys, values, outcomes and what options stand for."""
    text = (
        f"name: toy\nquestion: Does it help?\nscenario: {BASELINE}\n"
        "policies:\n"
        "  - two_cities_sbsidy\n"
        "  - {name: own, policies: [{kind: living_subsdy, city: alpha}]}\n"
        "futures: [{name: calm}, {name: odd, policies: [two_cities_subsdy]}]\n"
        "vary:\n"
        "  params.search.n_sampeld: [5, 6]\n"
        "  params.search.b_wage: [1, 99]\n"
        "outcomes: [talents]\n"
        "scale: 99999999\n"
        "quarters: 9999\n"
    )
    found = problems_of(read, tmp_path, text)
    assert [line for line, _ in found] == [5, 6, 7, 9, 10, 11, 12, 13]
    for (_, shown), words in zip(
        found,
        [
            "there is no scenario `two_cities_sbsidy`",
            "Did you mean `living_subsidy`?",
            "there is no scenario `two_cities_subsdy`",
            "Did you mean `n_sampled`?",
            "99 is out of bounds. Write a value from",
            "there is no outcome `talents`. The nearest are talent",
            "toy.yaml:12: scale: 1e+08 is out of bounds",
            "toy.yaml:13: quarters: 9999 quarters do not fit",
        ],
        strict=True,
    ):
        assert words in shown
        assert "toy.yaml" in shown
    assert "--scale:1: scale: 9e+06 is out of bounds" in str(
        problems_of(plan_with, tmp_path, HEAD.replace("scale: 20000\n", ""), 9_000_000)
    )


def test_a_scale_beside_one_that_is_varied_is_refused(tmp_path):
    text = HEAD.replace("scale: 20000\n", "") + "vary: {scale: [10000, 20000]}\n"
    ((line, shown),) = problems_of(plan_with, tmp_path, text, 5000)
    assert line == 5
    assert "toy.yaml:5: vary.scale: `--scale` holds for all runs, and the sweep varies it. Leave out one" in shown
    assert plan(tmp_path, text).n_runs == 2 * 2 * 8
    assert plan_with(tmp_path, HEAD + "vary: {params.search.n_sampled: [5, 6]}\n", 5000).n_runs == 2 * 2 * 8


def plan_with(folder, text, scale):
    return plan(folder, text, scale=scale)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("vary: {params.search.n_sampled: {range: [1, 9]}}", 6, "Add `design:"),
        ("vary: {params.search.n_sampled: {range: [1, 9]}}\ndesign: {kind: sobol, n: 12}", 7, "such as 8 or 16"),
        ("vary: {params.search.n_sampled: {range: [0, 9], log: true, steps: 3}}", 6, "above 0"),
        ("vary: {params.search.n_sampled: {range: [1, 1.5], whole: true, steps: 3}}", 6, "whole ends"),
        ("vary: {params.search.n_sampled: [1, 2, 1]}", 6, "1 stands twice"),
        ("vary: {params.search.b_wage: {list: [1, 2]}, params.search.n_sampled: {list: [1]}}", 6, "b_wage has 2"),
        ("vary: {params.search.n_sampled: [1, 2]}\ndesign: {kind: latin, n: 2}", 7, "no range to fill"),
        ("vary: {policies.0.from: [2019Q1]}\nwhen: from == '2019Q1'", 7, "another name than `from` with `as:`"),
        ("vary: {question: [a, b]}", 6, "changes no run"),
        ("vary: {nobody/params.search.n_sampled: [1, 2]}", 6, "no policy `nobody`"),
        ("futures: [{set: {scale: 5}}]", 6, "a `name` of its own"),
        ("cities: alpha", 6, "a list of names"),
        ("members: -1", 6, "whole number"),
        ("seeds: many", 6, "seeds are a number"),
        ("vary: {scale: [10000, 20000]}", 6, "`scale` of the file holds for all runs"),
        ("vary: {two_cities_subsidy/scale: [10000, 20000]}", 6, "`scale` of the file holds for all runs"),
        ("vary: {params.search.n_sampled: [5, 6]}\nset: {params.search.n_sampled: 7}", 7, "Set it, or vary it"),
        (
            "vary: {params.search.b_wage: [5, 6]}\nfutures: [{name: big, set: {params.search.b_wage: 7}}]",
            7,
            "`params.search.b_wage` is varied",
        ),
        ("outcomes: [rents]", 6, "there is no outcome `rents`. The nearest are rent"),
        ("futures: [{name: boom, policies: [ai_bom]}]", 6, "Did you mean `ai_boom`?"),
    ],
)
def test_a_mistake_has_its_line_and_repair(tmp_path, text, line, words):
    found = problems_of(read, tmp_path, HEAD + text)
    assert [at for at, _ in found] == [line]
    assert words in found[0][1]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("vary: {params.search.n_sampeld: [5, 6]}", 6, "n_sampled"),
        ("vary:\n  params.search.n_sampled: [5, -1]", 7, "out of bounds"),
        ("futures:\n  - {name: odd, set: {params.serch.n_sampled: 5}}", 7, "search"),
        ("when: policy == 'x'", 6, "leaves out every run"),
        ("vary: {params.search.n_sampled: [5, 6]}\nwhen: n_sampled > 'x'", 7, "cannot be worked out"),
        ("vary: {params.search.n_sampled: {range: [2, 9]}}\ndesign: {kind: latin, n: 4}", 6, "Add `whole: true` to it"),
        ("cities: [alfa]", 6, "Did you mean `alpha`?"),
        ("since: 2030Q1", 6, "outside the runs"),
        ("members: 4", 6, "uses no fit"),
    ],
)
def test_what_only_the_scenarios_know_is_reported_in_the_sweep_file(tmp_path, text, line, words):
    found = problems_of(plan, tmp_path, HEAD + text)
    assert {at for at, _ in found} == {line}
    assert all("toy.yaml" in shown for _, shown in found)
    assert words in found[0][1]


def test_runs_are_the_product_less_what_is_left_out(tmp_path, capsys):
    text = HEAD + (
        "vary: {policies.0.amount_cny_m: {grid: [500, 1500], as: amount}, params.search.n_sampled: [5, 6]}\n"
        "when: amount > 1000 or n_sampled == 5 or policy == 'two_cities_baseline'\n"
        "futures: [{name: usual}, {name: dear, set: {world_values.rent_whole_cny_m.alpha: 3000}}]\n"
        "seeds: [3, 5]\n"
    )
    made = plan(tmp_path, text)
    labels = list_labels(made)
    assert made.n_runs == len(labels) == len(set(labels)) == (4 * 2 - 1) * 2 * 2
    assert made.left_out == 2
    print_plan(made)
    told = "28 runs: 4 points x 2 policies x 2 futures x 2 seeds, less 4 that `when` leaves out"
    assert told in capsys.readouterr().out
    assert (1, "two_cities_subsidy", "usual", 3) not in labels  # 500 and 6
    assert {run.key for job in made.jobs for run in job.runs} == {
        run.key for job in plan(tmp_path, text).jobs for run in job.runs
    }


def test_a_baseline_that_a_lever_does_not_touch_is_simulated_once(tmp_path):
    made = plan(tmp_path, HEAD + "vary: {policies.0.amount_cny_m: [500, 1000, 1500]}\nseeds: 2")
    sizes = {job.runs[0].policy: len(job.runs) for job in made.jobs}
    assert sizes == {"two_cities_baseline": 3, "two_cities_subsidy": 1}
    assert (made.n_runs, len(made.jobs)) == (12, 2 + 6)


def test_values_reach_the_scenarios_they_are_for(tmp_path):
    text = HEAD + (
        "vary: {policies.0.amount_cny_m: [700], two_cities_subsidy/params.search.n_sampled: [5]}\n"
        "set: {params.search.n_applications: 2}\n"
    )
    made = plan(tmp_path, text, scale=5000, quarters=6)
    base, subsidy = (made.load(run) for run in {job.runs[0].policy: job.runs[0] for job in made.jobs}.values())
    assert subsidy.policies[0].amount_cny_m == 700
    assert base.params.search.n_sampled != 5
    assert subsidy.params.search.n_sampled == 5
    assert [one.params.search.n_applications for one in (base, subsidy)] == [2, 2]
    assert [(one.scale, one.n_quarters) for one in (base, subsidy)] == [(5000, 6)] * 2


def test_levers_that_are_set_for_all_are_not_for_the_baseline(tmp_path):
    """As with `vary`: what is set in the file, in a future or by an option reaches each policy but the baseline."""
    text = HEAD + (
        "set: {policies.0.amount_cny_m: 700}\n"
        "futures: [{name: usual}, {name: dear, set: {policies.0.awareness: 0.25}}]\n"
    )
    made = make_plan(load_sweep(write(tmp_path, text), overrides=("policies.0.take_up=0.5",)))
    found = {(run.policy, run.future): made.load(run).policies for job in made.jobs for run in job.runs}
    assert found["two_cities_baseline", "usual"] == found["two_cities_baseline", "dear"] == ()
    (usual,), (dear,) = (found["two_cities_subsidy", future] for future in ("usual", "dear"))
    assert (usual.amount_cny_m, dear.amount_cny_m) == (700, 700)
    assert (usual.take_up, dear.take_up, dear.awareness) == (0.5, 0.5, 0.25)
    assert usual.awareness != 0.25
    alone = f"name: toy\nquestion: Does it help?\nscenario: {SUBSIDY}\nset: {{policies.0.amount_cny_m: 700}}\n"
    assert plan(tmp_path, alone).load(plan(tmp_path, alone).jobs[0].runs[0]).policies[0].amount_cny_m == 700


def test_a_scenario_is_no_sweep():
    ((line, shown),) = problems_of(load_sweep, SUBSIDY)
    assert line == 4
    assert "this is a scenario and no sweep. Write a file with `scenario: two_cities_subsidy`" in shown


def test_a_lever_that_not_every_policy_has_is_told_with_the_way_to_give_it_to_one(tmp_path):
    text = HEAD.replace(f"{SUBSIDY}]", f"{SUBSIDY}, {{name: slump, scenario: {BASELINE}, policies: [{SLUMP}]}}]")
    (found,) = problems_of(plan, tmp_path, text + "vary: {policies.0.amount_cny_m: [1, 2]}")
    assert found[0] == 6
    assert found[1].endswith("For one policy only write `POLICY/policies.0.amount_cny_m`")
    made = plan(tmp_path, text + "vary: {two_cities_subsidy/policies.0.amount_cny_m: [1, 2]}")
    assert made.n_runs == 3 * 2 * 8


def test_policies_of_a_future_stand_beside_the_standing_ones(tmp_path):
    text = HEAD + (
        "futures:\n"
        "  - name: usual\n"
        "  - name: answer\n"
        "    policies:\n"
        "      - {kind: living_subsidy, city: beta, from: 2020Q1, amount_cny_m: 100, awareness: 1, take_up: 1}\n"
    )
    made = plan(tmp_path, text)
    found = {
        (job.runs[0].policy, job.runs[0].future): [policy.city for policy in made.load(job.runs[0]).policies]
        for job in made.jobs
    }
    assert found == {
        ("two_cities_baseline", "usual"): [],
        ("two_cities_baseline", "answer"): ["beta"],
        ("two_cities_subsidy", "usual"): ["alpha"],
        ("two_cities_subsidy", "answer"): ["beta", "alpha"],
    }


def test_policies_can_be_written_in_place(tmp_path):
    text = (
        f"name: toy\nquestion: Does it help?\nscenario: {BASELINE}\nscale: 20000\npolicies:\n"
        "  - name: none\n"
        "  - name: some\n"
        "    policies: [{kind: living_subsidy, city: alpha, from: 2020Q1, amount_cny_m: 900}]\n"
        "  - {name: more, policies: [{kind: living_subsidy, city: alpha, from: 2020Q1, amount_cny_m: 900}],"
        " set: {policies.0.amount_cny_m: 1800}}\n"
    )
    made = plan(tmp_path, text)
    amounts = {
        job.runs[0].policy: [policy.amount_cny_m for policy in made.load(job.runs[0]).policies] for job in made.jobs
    }
    assert amounts == {"none": [], "some": [900], "more": [1800]}
    assert made.sweep.baseline == "none"


def test_what_is_simulated_is_told_apart_and_texts_do_not_count(tmp_path):
    def contents(text, **options):
        return {job.content for job in plan(tmp_path, text, **options).jobs}

    base = contents(HEAD)
    assert contents(HEAD.replace("Does it help?", "Does it harm?")) == base
    assert contents(HEAD.replace("name: toy", "name: other")) == base
    assert not contents(HEAD, scale=10000) & base
    assert not contents(HEAD + "since: 2020Q2") & base
    assert not contents(HEAD + "set: {params.search.n_sampled: 5}") & base
    assert not contents(HEAD + "cities: [beta]") & base
    assert contents(HEAD + "seeds: 3") < base


def test_a_scenario_that_changes_is_another_run(tmp_path):
    for path in DATA.glob("two_cities*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    text = "name: toy\nquestion: Does it help?\nscenario: two_cities_subsidy\nscale: 20000\n"
    before = {job.content for job in plan(tmp_path, text).jobs}
    file = tmp_path / "two_cities_subsidy.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("question: Does", "question: How much does"), "utf-8")
    assert {job.content for job in plan(tmp_path, text).jobs} == before
    file.write_text(file.read_text(encoding="utf-8").replace("1500", "1501"), "utf-8")
    assert not {job.content for job in plan(tmp_path, text).jobs} & before


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_sweeps_are_right(path):
    made = make_plan(load_sweep(path), scale=20000)
    assert made.sweep.name == path.stem
    assert made.n_runs > 0
