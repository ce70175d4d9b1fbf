"""The command line: what it prints, what it writes, and its exit codes. Runs are tiny: few agents, few quarters."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

import sim.report
from sim.cli import ENVIRONMENT, app
from sim.compare import COMPARISON_COLUMNS
from sim.errors import InvariantError
from sim.plots_style import measure_width
from sim.policies import POLICY_KINDS
from sim.results import read_manifest, read_result
from sim.scenario import load_scenario

TINY = ("--scale", "20000", "--quarters", "6")
POLICY = "beijing_affordable_rental"
POLICY_TEXT = """\
name: three_mistakes
question: Does it stay?
extends: baseline
policies:
  - kind: talent_housing
    city: bejing
    from: 2025Q1
    units: 20000
    term_yers: 3
    rent_cap: {value: 3000, unit: persons, assumption: a guess, range: [2000, 4000]}
"""


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Run a command in an empty folder; asserts the exit code."""
    monkeypatch.chdir(tmp_path)

    def invoke(*words, code=0):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return done

    return invoke


def last_folder(done, tmp_path):
    last = done.stdout.strip().splitlines()[-1]
    words = "结果：" if last.startswith("结果：") else "results: "  # noqa: RUF001  (full-width on purpose)
    assert last.startswith(words)
    return tmp_path / last.removeprefix(words)


def test_importing_the_command_line_loads_nothing_heavy():
    heavy = {"numpy", "pandas", "numba", "mesa", "matplotlib", "pyarrow", "pydantic", "scipy", "yaml", "joblib"}
    code = f"import sim.cli, sys; sys.exit(', '.join({heavy!r} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


def test_help_names_every_command(call):
    shown = call("--help").stdout
    assert all(
        name in shown for name in ("run", "check", "compare", "policies", "schema", "explain", "warmup", "calibrate")
    )


def test_targets_are_listed_with_their_families(call):
    done = call("calibrate", "targets", "--scale", 20000, "--seeds", 1, "--lang", "zh", "--quiet")
    assert "北京高校毕业生留京" in done.stdout
    assert "命中" in done.stdout
    assert "毕业生留存人数" not in done.stdout  # quiet: families only
    assert call("calibrate", "targets", "--set", "params.no.such=1", code=2).stderr


@pytest.mark.parametrize(("lang", "words"), [
    ("en", ("Graduates who stay: Beijing, 2019", "003-4328-03; seen; 10,000 persons", "held out", "41.56 ± 2.08",
            "those of one seed (3), with one agent for 20,000 persons", "Caution: below 50 seeds")),
    ("zh", ("毕业生留存人数：北京、2019年", "003-4328-03; 拟合所用; 万人", "留出", "1个随机种子（3）",  # noqa: RUF001
            "每个主体代表20,000人", "随机种子少于50个")),
])  # fmt: skip
def test_targets_fit_a_page_and_say_what_they_rest_on(call, lang, words):
    """Lines of 120 half-width characters, misses first, whose values, which seeds; in the language asked."""
    done = call("calibrate", "targets", "--scale", 20000, "--seed", 3, "--seeds", 1, "--lang", lang)
    lines = done.stdout.splitlines()
    table = [line for line in lines if line.startswith(("│", "┃", "┏", "┡", "└"))]
    assert max(map(measure_width, table)) <= 120
    assert all(word in done.stdout for word in words)
    assert "published_2024" in done.stdout
    verdicts = [cells[-2].strip() for line in table if len(cells := line.split("│")) == 8 and cells[-2].strip()]
    assert verdicts == sorted(verdicts, key=("no", "否", "yes", "是").index)
    assert len(verdicts) > 100
    ids = {line[2:13] for line in table if re.match(r"│ \d{3}-\d{4}-\d{2}", line)}
    assert len(ids) > 60
    if lang == "zh":
        assert not re.search(r"[A-Za-z]{3,}", "".join(table))


def test_targets_without_a_fit_say_so(call):
    words = ("--scale", 20000, "--seeds", 1, "--set", "fit=null", "--quiet")
    done = call("calibrate", "targets", *words)
    assert "without a fit" in done.stdout
    assert "published_2024" not in done.stdout
    checks = call("calibrate", "targets", "--checks", *words)
    assert "all but those fed in" in checks.stdout


def test_version_is_printed(call):
    assert call("--version").stdout.strip() == sim.__version__


def test_policies_are_listed_with_their_summaries(call):
    shown = call("policies").stdout
    assert all(kind in shown for kind in POLICY_KINDS)
    assert call("policies", "--quiet").stdout.split() == list(POLICY_KINDS)


def test_one_kind_is_described_with_example_and_evidence(call, tmp_path):
    shown = call("policies", "settling_support").stdout
    for words in ("Settling support", "units: 0", "free_months", "003-0903-06", "  - kind: settling_support"):
        assert words in shown
    assert "安居支持" in call("policies", "settling_support", "--lang", "zh").stdout
    assert "hukou_quota" in call("policies", "hukou_quot", code=2).stderr


def test_a_reader_that_has_seen_enough_hears_no_complaint():
    """A pipe that is closed, as that of `| head -1` is in the end."""
    reader, writer = os.pipe()
    os.close(reader)
    code = "from sim.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "policies", "talent_housing"],
        stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert done.stderr == ""


def test_schema_is_json_schema(call):
    schema = json.loads(call("schema").stdout)
    assert schema["type"] == "object"
    assert "policies" in schema["properties"]


def test_check_accepts_a_shipped_scenario(call):
    done = call("check", "baseline")
    assert "ok: " in done.stdout
    assert done.stderr == ""
    assert call("check", "baseline", "--quiet").stdout == ""


def test_check_says_what_an_amount_in_each_of_several_places_comes_to(call):
    lines = call("check", "districts_hukou_tilt").stdout.splitlines()[2:]
    assert lines == [
        "Talent apartments of the 14th five-year plan: units: 1,062.5 in each of 16 places = 17,000 units",
        "Hukou places for the university towns: places_per_year: 2,000 in each of 2 places = 4,000 places/year",
    ]
    assert "in each of" not in call("check", "policy_seeks_people").stdout


def test_check_reports_all_mistakes_with_lines_and_nearest_names(call, tmp_path):
    (tmp_path / "mistakes.yaml").write_text(POLICY_TEXT)
    lines = call("check", "mistakes.yaml", code=2).stderr.strip().splitlines()
    assert [int(line.split(":")[1]) for line in lines] == [6, 9, 10]
    assert "beijing" in lines[0]
    assert "term_years" in lines[1]
    assert "CNY/month" in lines[2]


def test_scenario_that_does_not_exist_is_the_users_to_mend(call):
    done = call("run", "baselin", code=2)
    assert "baseline" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("words", [("--seeds", "0"), ("--scale", "many"), ("--lang", "fr"), ("--nonsense",)])
def test_wrong_option_is_the_users_to_mend(call, words):
    call("run", "baseline", *words, code=2)


def test_unknown_override_is_the_users_to_mend(call):
    assert "--set" in call("run", "baseline", "--set", "nonsense=1", code=2).stderr


def test_explain_tells_unit_source_and_file(call):
    key, source = next(iter(load_scenario("baseline").sources.items()))
    shown = dict(line.split(": ", 1) for line in call("explain", "baseline", key).stdout.strip().splitlines())
    assert shown["key"] == key
    assert shown["unit"] == source.unit
    assert shown["source"] == source.source
    assert shown["set in"] == f"{source.file}:{source.line}"


def test_explain_of_an_unknown_key_gives_the_nearest(call):
    key = next(iter(load_scenario("baseline").sources))
    assert key in call("explain", "baseline", key + "x", code=2).stderr


def test_run_writes_results_and_says_where(call, tmp_path):
    done = call("run", "baseline", *TINY, "--seed", "3", "--check")
    folder = last_folder(done, tmp_path)
    assert folder.parent == tmp_path / "results" / "baseline"
    result = read_result(folder)
    assert result.manifest["seed"] == 3
    assert result.manifest["scale"] == 20000
    assert result.tables["cities"]["quarter"].nunique() == 6


def test_out_is_written_itself_and_again(call, tmp_path):
    for seed, words in ((1, ["--figures"]), (2, [])):
        call("run", "baseline", *TINY, "--seed", seed, "--out", "here", *words)
        assert read_result(tmp_path / "here").manifest["seed"] == seed
        assert bool(list((tmp_path / "here" / "figures").glob("*.png"))) == bool(words)  # no figure of before is left
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_out_with_other_things_in_it_is_refused_before_anything_runs(call, tmp_path, monkeypatch):
    monkeypatch.setattr(sim.report, "run_scenario", None)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "thesis.txt").write_text("years of work")
    assert "is not empty" in call("run", "baseline", *TINY, "--out", "here", code=2).stderr


def test_city_that_does_not_exist_is_refused(call):
    assert "beijing" in call("run", "baseline", *TINY, "--city", "atlantis", code=2).stderr


def test_several_seeds_give_a_folder_each(call, tmp_path):
    folder = last_folder(call("run", "baseline", *TINY, "--seeds", "2", "--jobs", "1"), tmp_path)
    assert read_manifest(folder)["seeds"] == [1, 2]
    for seed in (1, 2):
        assert read_result(folder / "runs" / "baseline" / f"seed-{seed}").manifest["seed"] == seed


def test_comparison_has_the_agreed_columns_and_figures(call, tmp_path):
    words = ("--scale", "20000", "--quarters", "32", "--seeds", "2", "--jobs", "1", "--set", "policies.0.units=50000")
    done = call("compare", "baseline", POLICY, *words)
    folder = last_folder(done, tmp_path)
    comparison = pd.read_csv(folder / "comparison.csv")
    assert tuple(comparison.columns) == COMPARISON_COLUMNS
    assert set(comparison["policy"]) == {POLICY}
    assert "figures: " in done.stdout
    assert list((folder / "figures").glob("*.png"))
    assert read_manifest(folder)["city"] == "beijing"
    leakage = comparison[comparison["outcome"] == "leakage_money"]
    assert leakage["value"].between(0, 1).all()
    assert "Affordable rental" in " ".join(leakage["group"])
    titles = ("Where it falls", "Whom it reaches", "by group", "What was expected")
    assert all(title in done.stdout for title in titles)
    first = read_manifest(folder)["expectations"][0]
    assert (first["outcome"], first["place"], first["sign"]) == ("subsidised_units_used", "beijing", "up")
    assert first["difference"] > 0


def test_a_comparison_says_what_it_is_about_and_where_else_policies_act(call, tmp_path):
    (tmp_path / "case.yaml").write_text(
        "name: case\nquestion: Who gains?\nextends: baseline\nfocus: beijing\npolicies:\n"
        "  - {kind: rent_subsidy, city: [beijing, shenzhen], from: 2025Q1, rent_share: "
        "{value: 0.3, unit: share, assumption: a guess, range: [0.1, 0.5]}}\n"
    )
    words = (
        "--scale",
        "20000",
        "--seeds",
        "2",
        "--jobs",
        "1",
        "--no-figures",
        "--set",
        "from=2024Q4",
        "--quarters",
        "6",
    )
    done = call("compare", "baseline", "case.yaml", *words)
    shown = " ".join(done.stdout.split())
    assert "Beijing, 2025Q1 to 2026Q1, 2 seeds, 1 agent = 20,000 persons" in shown
    assert "It also acts in Shenzhen." in shown
    assert "Only 2 seeds" in shown
    assert "In each place where it acts" in shown
    assert "Public cost in all places" in shown
    places = pd.read_csv(last_folder(done, tmp_path) / "comparison_places.csv")
    assert list(places["place"].unique()) == ["beijing", "shenzhen"]
    away = call("compare", "baseline", "case.yaml", *words, "--city", "shanghai", "--lang", "zh").stdout
    assert "而在北京、深圳实施。" in away


def test_an_expectation_of_another_place_is_judged_there(call, tmp_path):
    (tmp_path / "case.yaml").write_text(
        "name: case\nquestion: Who gains?\nextends: ai_boom\nfocus: shanghai\n"
        "expects:\n  - {outcome: ai_share, sign: up}\n  - {outcome: ai_share, place: beijing, sign: none}\n"
    )
    words = ("--scale", "20000", "--seeds", "2", "--jobs", "1", "--no-figures", "--lang", "zh", "--set", "from=2024Q4")
    done = call("compare", "baseline", "case.yaml", *words, "--quarters", "8")
    assert "预期与结果" in done.stdout
    facts = read_manifest(last_folder(done, tmp_path))["expectations"]
    assert [one["place"] for one in facts] == ["shanghai", "beijing"]
    assert len({one["baseline"] for one in facts}) == 2


def test_scenario_against_itself_differs_by_exactly_zero(call, tmp_path):
    done = call("compare", "baseline", "baseline", *TINY, "--seeds", "2", "--jobs", "1", "--no-figures", "--quiet")
    assert len(done.stdout.strip().splitlines()) == 1
    comparison = pd.read_csv(last_folder(done, tmp_path) / "comparison.csv")
    known = comparison[comparison["difference"].notna() & (comparison["seeds"] == 2)]
    assert len(known) > 10
    assert (known[["difference", "low", "high"]] == 0).all().all()


@pytest.mark.parametrize(("error", "code"), [(InvariantError("persons lost"), 1), (KeyboardInterrupt(), 130)])
def test_faults_have_their_exit_codes(call, tmp_path, monkeypatch, error, code):
    def fail(*_args, **_options):
        raise error

    monkeypatch.setattr(sim.report, "run_scenario", fail)
    done = call("run", "baseline", *TINY, "--out", "here", code=code)
    assert done.stderr.strip()
    assert not list(tmp_path.iterdir())


def test_warmup_says_how_long_it_took(call):
    assert "kernels are ready" in call("warmup").stdout


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], {"numpy", "pydantic", "yaml", "numba", "mesa", "pandas", "matplotlib"}),
        (["check", "baseline"], {"numba", "mesa", "pandas", "matplotlib", "scipy", "rich", "joblib"}),
    ],
)
def test_commands_that_answer_at_once_load_nothing_heavy(arguments, unwanted):
    code = f"""
import sys
sys.argv = ["talentsim", *{arguments!r}]
from sim.cli import main
try:
    main()
finally:
    print(*sorted({unwanted!r} & sys.modules.keys()), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_places_are_listed_by_code_name_and_region(call):
    shown = call("places").stdout
    assert all(words in shown for words in ("beijing", "Beijing", "北京", "north"))
    assert call("places", "districts_baseline", "--quiet").stdout.split()[:16] != []
    assert "haidian" in call("places", "districts_baseline").stdout


def test_small_sizes_are_warned_of_once_on_stderr(call):
    done = call("check", POLICY, "--scale", "10000")
    assert done.stderr.count("warning: ") == 1
    assert "1 policy, 1 standing policy" in done.stdout
    assert call("check", POLICY, "--scale", "10000", "--quiet").stderr == ""
    words = ("--scale", "20000", "--quarters", "4", "--seeds", "1", "--jobs", "1", "--no-figures")
    done = call("compare", "baseline", POLICY, *words, "--set", "from=2024Q4")
    assert done.stderr.count("warning: ") == 1
    assert "Affordable rental for graduates (units 20,000: 1 agent)" in done.stderr


def test_a_key_above_others_lists_them(call):
    lines = call("explain", "baseline", "params.hukou").stdout.strip().splitlines()
    assert all(line.startswith("params.hukou.") for line in lines)
    assert len(lines) > 5


def test_a_default_is_not_said_to_be_set_in_the_file(call):
    shown = call("explain", "baseline", "standing_policies.0.communication").stdout
    assert "source: default of the kind: assumption" in shown
    assert "declared in: sim/policies/housing.py\n" in shown
    assert "set in" not in shown


def test_a_folder_inside_a_file_is_refused_with_the_repair(call):
    assert "/dev/null is a file" in call("run", "baseline", *TINY, "--out", "/dev/null/x", code=2).stderr


def test_what_the_system_refuses_ends_in_a_repair(call, monkeypatch):
    def fail(*_args, **_options):
        raise OSError(28, "No space left on device", "results")

    monkeypatch.setattr(sim.report, "run_scenario", fail)
    error = call("run", "baseline", *TINY, code=2).stderr
    assert "results: No space left on device. Check the path" in error


def test_no_key_that_one_must_type_is_cut(call):
    shown = call("policies", "talent_housing").stdout
    assert "eligible.years_since_graduation.min" in shown
    assert "…" not in shown


def test_what_a_killed_program_leaves_to_clean_up_is_no_news():
    """The helper of joblib that outlives a killed program gets its filters of warnings by the environment."""
    loud = {}
    for words in ("resource_tracker: There appear to be 8 leaked semlock objects", "anything else"):
        code = f"import warnings; warnings.warn({words!r})"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env=os.environ | ENVIRONMENT
        )
        loud[words.split(":")[0]] = bool(done.stderr)
    assert loud == {"resource_tracker": False, "anything else": True}
