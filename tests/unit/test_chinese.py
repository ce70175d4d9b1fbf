"""A planner who reads Chinese only: with --lang zh, all that commands print in normal work is in Chinese."""

import html
import json
import re
import string

import pytest
from sweeps import DATA
from typer.testing import CliRunner

from calibration.fitfolder import read_fit
from calibration.naive import BENCHMARKS
from calibration.report_words import WORDS as TOLD
from calibration.space import load_space
from calibration.targets import load_targets
from calibration.validate import SIMULATED, Entry, group_figures, tabulate_entries
from experiments.cli_words import WORDS as LINES
from experiments.robust_words import WORDS as JUDGED
from experiments.sweepfile import SWEEP_FOLDERS, load_sweep
from sim.cautions import find_cautions, name_policy
from sim.cli import app
from sim.commandwords import COMMAND_WORDS
from sim.figurewords import FIGURE_WORDS
from sim.filewords import translate_text
from sim.kinds import describe_kind
from sim.labels import label, label_scenario
from sim.meaningwords import translate_meaning, translate_source
from sim.params import Params
from sim.policies import POLICY_KINDS
from sim.scenario import load_scenario
from sim.scenariofile import SCENARIO_FOLDERS, SCENARIO_KEYS
from sim.world.spec import world_quantities

CHINESE = re.compile("[一-鿿]")
ENGLISH = re.compile(r"[A-Za-z]{2,}[ ,;:]+[A-Za-z]{2,}")
"""Two words or more; keys, paths and units are single words or joined by other signs."""
COMMAND = re.compile("talentsim [ -~]+")
OPTION = re.compile("--[a-z]+ [a-z]+=[a-z]+")
YAML = re.compile(r" *(?:- )?[a-z_]+: [a-z0-9_]+ *", re.IGNORECASE)
QUOTED = {"范围", "默认值的出处", "文献，行", "数值（原文摘录）"}  # noqa: RUF001  (full-width on purpose)
"""Columns of what stays as files have it: codes, reasons of assumptions, excerpts of documents."""
SWEEP = f"""name: toy
question: Does it hold?
question_zh: 是否稳健？
policies:
  - {{name: baseline, scenario: {DATA}/two_cities_baseline.yaml}}
  - {{name: subsidy, label_zh: 生活补贴, scenario: {DATA}/two_cities_subsidy.yaml}}
futures:
  - {{name: as_it_was_planned, label_zh: 常态发展}}
  - {{name: a_long_slump, label_zh: 经济下行, policies: [{{kind: demand_recession, from: 2019Q3, depth: 0.3}}]}}
vary: {{policies.0.amount_cny_m: [0, 500, 1000, 2000]}}
cities: [alpha]
seeds: 3
quarters: 6
scale: 100000
robust: {{outcome: talent, better: high, thresholds: [{{outcome: talent, low: 0}}]}}
optimise: {{outcome: talent, better: high, budget_cny: 1000000000}}
"""  # noqa: RUF001  (full-width on purpose)
CASE = f"""name: case
question: 补贴是否有效？
extends: {DATA}/two_cities_baseline.yaml
policies:
  - {{kind: living_subsidy, city: alpha, from: 2018Q1, amount_cny_m: 900, quota: 700, label: Help}}
"""  # noqa: RUF001  (full-width on purpose)
COMMANDS = [
    ("sweep", "toy.yaml", "--jobs", "1", "--dry-run"),
    ("sweep", "toy.yaml", "--jobs", "1"),
    ("effects", "toy.yaml", "--of", "talent"),
    ("robust", "toy.yaml", "--jobs", "1", "--dry-run"),
    ("robust", "toy.yaml", "--jobs", "1"),
    ("optimise", "toy.yaml", "--jobs", "1"),
    ("sensitivity", "toy.yaml", "--of", "talent", "--method", "oat", "--against", "baseline", "--jobs", "1"),
    ("compare", f"{DATA}/two_cities_baseline.yaml", "case.yaml", "--seeds", "2", "--quarters", "6", "--no-figures",
     "--jobs", "1"),
    ("run", "case.yaml", "--quarters", "4"),
    ("check", "case.yaml"),
    ("check", "beijing_affordable_rental", "--scale", "20000"),
    ("explain", "baseline", "params.search.n_sampled"),
    ("explain", "baseline", "params.search.b_wage"),
    ("explain", "beijing_affordable_rental", "policies.0.units"),
    ("explain", "baseline", "standing_policies.0.budget_cny"),
    ("policies",),
    ("policies", "talent_housing"),
    ("policies", "hukou_quota"),
    ("calibrate", "targets", "--scale", "200000", "--seeds", "2", "--checks"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder whose store goes from command to command."""
    made = tmp_path_factory.mktemp("zh")
    (made / "toy.yaml").write_text(SWEEP, encoding="utf-8")
    (made / "case.yaml").write_text(CASE, encoding="utf-8")
    return made


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words)[:40])
def test_all_that_is_printed_is_chinese(folder, monkeypatch, words):
    monkeypatch.chdir(folder)
    if words[0] == "effects":
        CliRunner().invoke(app, ["sweep", "toy.yaml", "--jobs", "1", "--quiet"])
    done = CliRunner().invoke(app, [*words, "--lang", "zh"])
    assert done.exit_code == 0, done.output
    for line in leave_quoted(done.output):
        told = COMMAND.sub("", line.partition("假设：")[0])  # noqa: RUF001  (a reason stands as its file has it)
        assert not ENGLISH.search(OPTION.sub("", told)), line
    assert CHINESE.search(done.output)


def leave_quoted(output):
    """Lines without columns that quote and without lines of an example file."""
    heads = []
    for line in output.splitlines():
        if line.startswith("┃"):
            heads = [cell.strip() for cell in line.split("┃")]
        if line.startswith("│"):
            cells = zip(heads, line.split("│"), strict=True)
            yield "│".join(cell for head, cell in cells if head not in QUOTED)
        elif not YAML.fullmatch(line):
            yield line


def test_a_report_is_chinese(tmp_path, monkeypatch):
    """With values that miss for each reason, benchmarks that win and lose, and the fit that is shipped."""
    board, prior = load_targets(), load_space().prior
    groups = group_figures(board, None)
    entries = []
    for k, figure in enumerate(board.figures):
        by = {"noise": 0.9 * figure.tolerance * (k % 2)}
        wide = (figure.value - 9 * figure.tolerance, figure.value + 9 * figure.tolerance)
        far = (figure.value + 20 * figure.tolerance, figure.value + 30 * figure.tolerance)
        values = {
            name: figure.value + (k % 4 + n) * figure.tolerance for n, name in enumerate((*SIMULATED, *BENCHMARKS))
        }
        band = {"band": wide, "prior_band": far if k % 3 else wide}
        entries.append(Entry(figure=figure, group=groups[figure.name], values=values, **by, **band))
    folder = tmp_path / "results" / "calibration" / "published_2024" / "validation"
    folder.mkdir(parents=True)
    tabulate_entries(entries).to_csv(folder / "figures.csv", index=False)
    (folder / "manifest.json").write_text(json.dumps({"seed": 1, "seeds": 3, "scale": 1000}))
    monkeypatch.chdir(tmp_path)
    assert read_fit("published_2024", prior).verdicts
    done = CliRunner().invoke(app, ["calibrate", "report", "published_2024", "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert done.output.count("已写入：") == 2  # noqa: RUF001  (full-width on purpose)
    page = (folder.parent / "report" / "report_zh.html").read_text(encoding="utf-8")
    body = re.sub("<(style|script|svg).*?</\\1>", "", page, flags=re.DOTALL)
    texts = [html.unescape(text).strip() for text in re.split("<[^>]*>", body)]
    assert sum(bool(CHINESE.search(text)) for text in texts) > 1000
    for text in texts:
        assert not ENGLISH.search(OPTION.sub("", text)), text
    for reason in ("traded", "unreached", "noise"):
        assert any(TOLD[reason][1] in text for text in texts), reason


@pytest.mark.parametrize(
    "words",
    [LINES, JUDGED, TOLD, COMMAND_WORDS, FIGURE_WORDS],
    ids=["lines", "judged", "calibration", "cli", "figures"],
)
def test_both_languages_of_a_line_fill_in_the_same(words):
    for key, (english, chinese) in words.items():
        filled = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
        assert filled[0] == filled[1], key
        assert CHINESE.search(chinese) or not re.search("[a-z]", re.sub("{.*?}", "", english)), key
        assert not CHINESE.search(english), key


def test_shipped_sweeps_ask_and_name_in_chinese():
    files = sorted(SWEEP_FOLDERS[-1].glob("*.yaml"))
    assert files
    for path in files:
        sweep = load_sweep(path)
        assert CHINESE.search(sweep.ask("zh")), path
        assert not CHINESE.search(sweep.ask("en")), path
        for one in (*sweep.policies, *sweep.futures):
            if one.name:
                assert CHINESE.search(label_scenario(one.name, "zh", sweep.labels)), one.name
                assert not CHINESE.search(label_scenario(one.name, "en", sweep.labels)), one.name


def test_shipped_scenarios_ask_and_name_in_chinese():
    files = sorted(SCENARIO_FOLDERS[-1].glob("*.yaml"))
    assert len(files) > 40
    for path in files:
        scenario = load_scenario(path)
        assert CHINESE.search(translate_text(scenario.question, "zh")), path
        assert translate_text(scenario.question, "en") == scenario.question
        for policy in scenario.policies:
            assert not policy.label or CHINESE.search(translate_text(policy.label, "zh")), policy.label


def test_every_meaning_is_known_in_chinese():
    groups = [field.annotation for field in Params.model_fields.values()]
    meanings = [info.description for group in groups for info in group.model_fields.values()]
    meanings += [quantity["meaning"] for quantity in world_quantities().values()]
    meanings += SCENARIO_KEYS.values()
    for meaning in meanings:
        assert CHINESE.search(translate_meaning(meaning, "zh")), f"sim/meaningwords.py lacks: {meaning}"
        assert translate_meaning(meaning, "en") == meaning
    for kind in POLICY_KINDS:
        page = describe_kind(kind, "zh")
        for row in page.fields:
            assert CHINESE.search(row[4]), f"sim/fieldwords.py lacks: {row[4]}"
            # what follows an assumption or a published figure is a reason, and stands as its file has it
            plain = re.split("假设：|公布数据 ", row[5])[0]  # noqa: RUF001  (as above)
            assert not re.search("[A-Za-z]", plain), f"sim/meaningwords.py lacks: {row[5]}"
        for fact in page.facts[:3]:
            assert CHINESE.search(fact.partition("：")[2]), f"sim/fieldwords.py lacks: {fact}"  # noqa: RUF001  (as above)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("evidence 003-0401-07 (1.7 x 10000)", "公布数据 003-0401-07 (1.7 x 10000)"),
        ("assumption: a guess (range 1 to 3)", "假设：a guess（取值范围1至3）"),  # noqa: RUF001  (full-width on purpose)
        ("fitted: mine, posterior interval 1 to 2, not identified", "由拟合 mine 得出，后验区间1至2，公布值不能识别"),  # noqa: RUF001  (as above)
        ("default of sim/params.py: assumption: a few", "sim/params.py 的默认值：假设：a few"),  # noqa: RUF001  (as above)
        ("stated in the scenario", "情景文件中直接给出"),
        ("no limit", "不限"),
        ("default of the kind: no limit", "该类政策的默认值：不限"),  # noqa: RUF001  (as above)
        ("default of the kind: no change", "该类政策的默认值：不变"),  # noqa: RUF001  (as above)
        ("default of the kind: none", "该类政策的默认值：无"),  # noqa: RUF001  (as above)
    ],
)
def test_where_a_value_is_from_is_told_in_chinese(source, words):
    assert translate_source(source, "zh") == words
    assert translate_source(source, "en") == source


def test_a_policy_is_called_as_its_file_does_unless_that_is_english(folder):
    (policy,) = load_scenario(folder / "case.yaml").policies[-1:]
    assert name_policy(policy, "en") == "Help"
    assert name_policy(policy, "zh") == "生活补贴（Help）"  # noqa: RUF001  (full-width on purpose)
    assert name_policy(policy.model_copy(update={"label": "每月补助"}), "zh") == "每月补助"
    assert name_policy(policy.model_copy(update={"label": ""}), "en") == "living_subsidy"
    for lang, words in (("en", "before the run"), ("zh", "早于模拟起点")):
        assert any(words in line for line in find_cautions(load_scenario(folder / "case.yaml"), lang))


def test_a_label_without_chinese_is_taken_as_it_is(tmp_path):
    text = SWEEP.replace("label_zh: 常态发展", "label: As it was").replace("question_zh", "# question_zh")
    (tmp_path / "toy.yaml").write_text(text, encoding="utf-8")
    sweep = load_sweep(tmp_path / "toy.yaml")
    assert sweep.ask("zh") == "Does it hold?"
    assert {label_scenario("as_it_was_planned", lang, sweep.labels) for lang in ("en", "zh")} == {"As it was"}
    assert label_scenario("a_long_slump", "en", sweep.labels) == "a long slump"


def test_an_interruption_says_in_chinese_what_is_kept(folder, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.sweepfile.load_sweep", stop)
    done = CliRunner().invoke(app, ["sweep", str(folder / "toy.yaml"), "--lang", "zh"])
    assert done.exit_code == 130
    assert done.stderr == f"已中断；{label('line.runs_kept', 'zh')}\n"  # noqa: RUF001  (full-width on purpose)
