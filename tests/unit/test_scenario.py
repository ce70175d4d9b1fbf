import copy
import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import pytest
from toys import run_toy

from sim.errors import ScenarioError
from sim.explain import explain_key, list_keys
from sim.policies import POLICY_KINDS
from sim.scenario import load_scenario, load_world
from sim.schema import scenario_schema
from sim.sourced import NUMBER_KEYS
from sim.types import FIELD

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
BASELINE = DATA / "two_cities_baseline.yaml"
SUBSIDY = DATA / "two_cities_subsidy.yaml"
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


def write(folder, text, name="case.yaml"):
    for other in DATA.glob("two_cities*.yaml"):
        (folder / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(action, *args, **options):
    with pytest.raises(ScenarioError) as caught:
        action(*args, **options)
    return caught.value.problems


def test_a_small_scenario():
    scenario = load_scenario(SUBSIDY)
    assert scenario.name == "two_cities_subsidy"
    assert (str(scenario.start), str(scenario.end), scenario.n_quarters) == ("2019Q1", "2022Q4", 16)
    assert scenario.focus == "alpha"
    assert [policy.kind for policy in scenario.policies] == ["living_subsidy"]
    assert scenario.world.places == ("alpha", "beta")
    assert scenario.world.level_share[0].sum() == pytest.approx(1, abs=1e-15)
    assert scenario.files == tuple(
        f"tests/data/{name}.yaml" for name in ("two_cities_baseline", "two_cities_subsidy", "two_cities")
    )


def test_all_mistakes_are_reported_together_with_lines_and_nearest_names(tmp_path):
    path = write(
        tmp_path,
        "name: case\n"
        "question: Does it help?\n"
        "extends: two_cities_baseline\n"
        "policies:\n"
        "  - kind: talent_housing\n"
        "    city: alfa\n"
        "    from: 2020Q1\n"
        "    unitz: 20\n"
        "    units: 200\n"
        "    rent_cap: {value: 3, unit: CNY/year}\n",
    )
    problems = problems_of(load_scenario, path)
    assert [(problem.line, problem.repair) for problem in problems] == [
        (6, "Did you mean `alpha`?"),
        (8, "Did you mean `units`?"),
        (10, "Convert the number and write `unit: CNY/month`"),
    ]
    assert [problem.key for problem in problems] == ["policies.0.city", "policies.0.unitz", "policies.0.rent_cap.unit"]


@pytest.mark.parametrize(
    ("lines", "line", "repair"),
    [
        ("polices: []", 4, "Did you mean `policies`?"),
        ("params: {search: {n_smapled: 3}}", 4, "Did you mean `n_sampled`?"),
        ("params: {serach: {n_sampled: 3}}", 4, "Did you mean `search`?"),
        ("params: {search: {n_sampled: 3.5}}", 4, "Write 4"),
        ("params: {search: {n_sampled: 300}}", 4, "Write a value from 1 to 60 positions"),
        ("params: {search: {n_sampled: .nan}}", 4, "Write a number in positions"),
        ("params: {search: {n_sampled: true}}", 4, "Write a number in positions"),
        ("scale: .nan", 4, "Write a number in persons/agent"),
        ("scale: 1e400", 4, "Write a number in persons/agent"),
        ("world_values: {graduates: {alpha: .inf}}", 4, "Write a number in persons/year"),
        ("world_values: {graduates: {alpha: .nan}}", 4, "Write a number in persons/year"),
        ("policies: [{kind: talent_housing, city: alpha, from: 2020Q1, units: .inf}]", 4, "Write a number in units"),
        ("policies: [{kind: award, city: alpha, from: 2020Q1, amount_cny: {phd: .nan}}]", 4, "Write a number in CNY"),
        ("policies: [{kind: award, city: alpha, from: 2020Q1, amount_cny: 2024-01-01}]", 4, "Write a number in CNY"),
        ("policies: [{kind: award, city: alpha, from: 2020Q1, amount_cny: 1, budget_cny: .nan}]", 4, "a number in CNY"),
        ("world_values: {rent_sharedcny_m: {alpha: 3}}", 4, "Did you mean `rent_shared_cny_m`?"),
        ("world_values: {rent_shared_cny_m: {alhpa: 3}}", 4, "Did you mean `alpha`?"),
        ("world_values: {vacancy_start: {alpha: 3}}", 4, "Write a value from 0 to 0.9 share"),
        ("world_values: {level_share: {alpha: {phd: 0.5}}}", 30, "Make them add to 1"),
        ("policies: [{kind: talent_housing, city: alpha, from: 2020Q1, units: 1e300}]", 4, "to 1000000000 units"),
        ("policies: [{kind: talent_housing, city: alpha, from: 2020Q1, units: 4000.5}]", 4, "Write 4000"),
        ("policies: [{kind: award, city: [], from: 2020Q1, amount_cny: 1}]", 4, "Name a place, or write `all`"),
        ("policies: [{kind: award, city: [alpha, alpha], from: 2020Q1, amount_cny: 1}]", 4, "Keep one of them"),
        ("policies: [{kind: award, city: alpha, from: 2020Q1, amount_cny: 1e12}]", 4, "to 100000000 CNY/person"),
        ("world: chian", 4, "Did you mean `china`?"),
        ("focus: gamma", 4, "Use one of: alpha, beta"),
        ("from: 2019", 4, "Write it as 2024Q1"),
        ("to: 2018Q1", 4, "Write a quarter from 2019Q1 to 2030Q4"),
        ("policies: [{city: alpha}]", 4, "Add `kind:`"),
        ("policies: [{kind: rent_subsidi, city: alpha, from: 2020Q1}]", 4, "Did you mean `rent_subsidy`?"),
        ("policies: [{kind: talent_housing, city: alpha, from: 2020Q1}]", 4, "Add `units:` (in units)"),
        ("policies:\n  - kind: rent_subsidy\n    city: alpha\n    from: 2025Q1", 7, "up to 2022Q4"),
        ("policies:\n  - kind: rent_subsidy\n    city: alpha\n    from: 2020", 7, "Write it as 2024Q1"),
        ("policies:\n  - {kind: rent_subsidy, city: alpha, from: 2020Q1, eligible: {education: [phdd]}}", 5, "`phd`"),
        ("policies: [{kind: rent_subsidy, city: alpha, from: 2020Q1, eligible: {education: phd}}]", 4, "Write [phd]"),
        ("policies:\n  - {kind: rent_subsidy, city: alpha, from: 2020Q1, to: 2019Q4}", 5, "Write a later one"),
        ("policies: {kind: rent_subsidy}", 4, "Begin each with"),
        ("policies:\n  - {kind: rent_subsidy, city: alpha, from: 2018Q1, to: 2018Q4}", 5, "from 2019Q1 on"),
    ],
)
def test_a_mistake_ends_in_its_repair(tmp_path, lines, line, repair):
    path = write(tmp_path, f"name: case\nquestion: Why?\nextends: two_cities_baseline\n{lines}\n")
    problems = problems_of(load_scenario, path)
    assert len(problems) == 1
    if line < 30:
        assert problems[0].line == line
    assert repair in problems[0].repair


@pytest.mark.parametrize(
    ("kind", "season"),
    [
        ("kind: hukou_quota, places_per_year: 9, channel: points", 4),
        ("kind: hukou_quota, places_per_year: 9, channel: employer", 3),
        ("kind: hukou_quota, places_per_year: 9, channel: central", 3),
        ("kind: hukou_points, points: 9", 4),
        ("kind: hukou_relaxation, points_years_cut: 1", 4),
        ("kind: school_places, places_per_year: 9", 3),
        ("kind: enrolment_change, factor: 1.2", 3),
        ("kind: internship, share: 0.1", 2),
    ],
)
def test_a_policy_must_meet_the_quarter_in_which_it_acts(tmp_path, kind, season):
    def check(since, to):
        policy = f"  - {{{kind}, city: alpha, from: {since}, to: {to}}}"
        head = "name: case\nquestion: Why?\nextends: two_cities_baseline\n"
        return write(tmp_path, f"{head}policies:\n{policy}\n")

    assert load_scenario(check(f"2020Q{season}", f"2020Q{season}")).policies
    (problem,) = problems_of(
        load_scenario, check(f"2020Q{season + 1}" if season < 4 else "2021Q1", f"2021Q{season - 1}")
    )
    assert (problem.line, problem.key) == (5, "policies.0.from")
    assert f"acts in Q{season} of a year" in problem.message
    # the run begins in 2019Q1: a quarter of the season before it does not count
    (problem,) = problems_of(load_scenario, check(f"2018Q{season}", f"2019Q{season - 1}"))
    assert f"Q{season}" in problem.repair


def test_what_acts_at_once_or_goes_on_after_its_end_may_miss_every_season(tmp_path):
    text = """name: case
question: Why?
extends: two_cities_baseline
policies:
  - {kind: hukou_relaxation, city: alpha, from: 2020Q1, to: 2020Q1, levels: 1, points_years_cut: 1}
  - {kind: demand_recession, city: alpha, from: 2018Q1, to: 2018Q4, depth: 0.2}
"""
    assert len(load_scenario(write(tmp_path, text)).policies) == 2


@pytest.mark.parametrize(
    ("kind", "nobody", "somebody"),
    [
        ("kind: hiring_subsidy, cny_per_hire: 9", "searching", "employed"),
        ("kind: internship, share: 0.1", "studying", "searching"),
        ("kind: purchase_subsidy, amount_cny: 9", "searching", "employed"),
        ("kind: living_subsidy, amount_cny_m: 9", "studying", "preparing"),
        ("kind: talent_housing, units: 9, rent_cap: 900", "preparing", "searching"),
    ],
)
def test_a_state_in_which_nobody_is_met_is_refused(tmp_path, kind, nobody, somebody):
    def check(states):
        policy = f"  - {{{kind}, city: alpha, from: 2020Q1, eligible: {{state: [{states}]}}}}"
        return write(tmp_path, f"name: case\nquestion: Why?\nextends: two_cities_baseline\npolicies:\n{policy}\n")

    (problem,) = problems_of(load_scenario, check(f"out, {nobody}"))
    assert somebody in problem.message
    assert load_scenario(check(f"{nobody}, {somebody}")).policies


def test_a_limit_may_be_written_as_infinity(tmp_path):
    policy = "{kind: award, city: alpha, from: 2020Q1, amount_cny: 1, budget_cny: .inf, quota: .inf}"
    path = write(tmp_path, f"name: case\nquestion: Why?\nextends: two_cities_baseline\npolicies: [{policy}]\n")
    assert load_scenario(path).policies[0].budget_cny == float("inf")


def test_a_baseline_must_say_where_its_numbers_are_from(tmp_path):
    text = BASELINE.read_text(encoding="utf-8")
    path = write(tmp_path, text + "params: {search: {n_sampled: 9}}\nworld_values: {rent_shared_cny_m: {alpha: 900}}\n")
    problems = problems_of(load_scenario, path)
    assert {problem.key for problem in problems} == {"params.search.n_sampled", "world_values.rent_shared_cny_m.alpha"}
    assert all("evidence: ID" in problem.repair for problem in problems)


def test_missing_files_and_circles(tmp_path):
    assert problems_of(load_scenario, "baselin")[0].repair == "Did you mean `baseline`?"
    path = write(tmp_path, "name: case\nquestion: Why?\nextends: two_cities_baselin\n")
    problem = problems_of(load_scenario, path)[0]
    assert (problem.line, problem.repair) == (3, "Did you mean `two_cities_baseline`?")
    path = write(tmp_path, "name: case\nquestion: Why?\nextends: case\n")
    assert "itself" in problems_of(load_scenario, path)[0].message


def test_a_baseline_needs_its_keys(tmp_path):
    text = "question: Why?\nworld: two_cities.yaml\nfrom: 2020Q1\nextends: two_cities_baseline\n"
    (problem,) = problems_of(load_scenario, write(tmp_path, text))
    assert problem.message == "`name` is missing"


def test_a_forgotten_base_is_said_first_and_alone(tmp_path):
    policy = "{kind: talent_housing, city: alpha, from: 2020Q1, units: 200}"
    text = f"name: case\nquestion: Why?\nworld: two_cities.yaml\npolicies: [{policy}]\n"
    (problem,) = problems_of(load_scenario, write(tmp_path, text))
    assert problem.repair.startswith("Add `extends: baseline`")
    assert "`from`, `to`, `scale`" in problem.message
    # what gives its span is a baseline, whose numbers need their sources
    problems = problems_of(load_scenario, write(tmp_path, f"{text}from: 2019Q1\n"))
    assert [problem.repair[:10] for problem in problems] == ["Add `exten", "Write {val"]


def test_an_unknown_name_gets_the_three_nearest():
    (problem,) = problems_of(load_scenario, "qqqqqqqq")
    assert problem.repair.count(",") <= 3
    assert ":0" not in str(problem)


def test_the_values_under_a_key_are_listed():
    scenario = load_scenario(SUBSIDY)
    under = list_keys(scenario, "params.hukou")
    assert set(under) == {key for key in scenario.sources if key.startswith("params.hukou.")}
    assert list_keys(scenario, "world_values.graduates") == list_keys(scenario, "world.graduates") != {}
    assert list_keys(scenario, "params.huko") == {}


@pytest.mark.parametrize("name", ["payer", "label", "take_up", "to"])
def test_what_a_policy_leaves_out_is_a_default_of_the_kind(tmp_path, name):
    policy = "{kind: talent_housing, city: alpha, from: 2020Q1, units: 200}"
    text = f"name: case\nquestion: Why?\nextends: two_cities_baseline\npolicies: [{policy}]\n"
    found = explain_key(load_scenario(write(tmp_path, text)), f"policies.0.{name}")
    assert found.sourced.source.startswith("default of the kind")
    assert (found.sourced.file, found.sourced.line) == ("sim/policies/housing.py", 0)
    assert found.meaning


def test_a_focus_that_is_not_named_is_explained():
    assert explain_key(load_scenario(SUBSIDY), "focus").sourced.value == "alpha"


def test_overrides_are_typed_and_sourced():
    overrides = [
        "params.search.n_sampled=10",
        "policies.0.amount_cny_m=100",
        "world_values.rent_shared_cny_m.beta=900",
        "policies.0.eligible.education=[phd]",
        "to=2021Q4",
    ]
    scenario = load_scenario(SUBSIDY, overrides, scale=300, quarters=5)
    assert scenario.params.search.n_sampled == 10
    assert scenario.policies[0].amount_cny_m == 100
    assert scenario.policies[0].eligible.education == ("phd",)
    assert scenario.world.rent_shared_cny_m.tolist() == [1200, 900]
    assert (scenario.scale, scenario.n_quarters) == (300, 5)
    for key in ("params.search.n_sampled", "policies.0.amount_cny_m", "world.rent_shared_cny_m.beta"):
        assert explain_key(scenario, key).sourced.source == "--set"
    assert explain_key(scenario, "scale").sourced.source == "--scale"


@pytest.mark.parametrize(
    ("override", "repair"),
    [
        ("parms.search.n_sampled=10", "Did you mean `params`?"),
        ("params.search.n_smapled=10", "Did you mean `n_sampled`?"),
        ("policies.0.ammount_cny_m=10", "Did you mean `amount_cny_m`?"),
        ("policies.4.amount_cny_m=10", "Use a number from 0 to 0"),
        ("world_values.rent_shared_cny_m.gamma=10", "Use one of"),
        ("scale=1.5", "Write 2"),
        ("scale", "KEY=VALUE"),
        ("params.search.n_sampled=many", "a number in positions"),
        ("extends=baseline", "Name the other scenario"),
        ("question=[", "Check indentation"),
    ],
)
def test_wrong_overrides_are_refused(override, repair):
    problems = problems_of(load_scenario, SUBSIDY, [override])
    assert len(problems) == 1
    assert problems[0].file == "--set"
    assert repair in problems[0].repair


@pytest.mark.parametrize("quarters", [0, 17])
def test_quarters_shorten_only(quarters):
    assert "from 1 to 16" in problems_of(load_scenario, SUBSIDY, quarters=quarters)[0].repair


def test_extension_replaces_lists_and_keeps_standing_policies(tmp_path):
    standing = "{value: 5, unit: units, assumption: toy, range: [1, 9]}"
    base = BASELINE.read_text(encoding="utf-8")
    base += f"standing_policies: [{{kind: talent_housing, city: beta, from: 2019Q1, units: {standing}}}]\n"
    write(tmp_path, base, "base.yaml")
    text = "name: case\nquestion: Why?\nextends: base\n"
    text += "policies: [{kind: rent_subsidy, city: [beta, alpha], from: 2020Q1}]\n"
    scenario = load_scenario(write(tmp_path, text))
    assert [policy.kind for policy in scenario.policies] == ["talent_housing", "rent_subsidy"]
    assert scenario.n_standing == 1
    assert scenario.focus == "alpha"
    assert explain_key(scenario, "standing_policies.0.units").sourced.value == 5
    assert "range 1 to 9" in explain_key(scenario, "standing_policies.0.units").sourced.source
    replaced = load_scenario(write(tmp_path, text + "standing_policies: []\n"))
    assert [policy.kind for policy in replaced.policies] == ["rent_subsidy"]


def test_focus_follows_the_first_policy(tmp_path):
    text = "name: case\nquestion: Why?\nextends: two_cities_baseline\n"
    policies = "policies: [{kind: rent_subsidy, city: beta, from: 2020Q1}]\n"
    assert load_scenario(write(tmp_path, text + policies)).focus == "beta"
    assert load_scenario(write(tmp_path, text)).focus == "alpha"
    assert load_scenario(write(tmp_path, text + "focus: alpha\n" + policies)).focus == "alpha"


@pytest.mark.parametrize("path", [SUBSIDY, *SCENARIOS], ids=lambda path: path.stem)
def test_every_value_can_be_explained(path):
    scenario = load_scenario(path)
    assert scenario.sources
    for key in scenario.sources:
        found = explain_key(scenario, key)
        assert found.meaning, key
        assert found.sourced.unit, key
    for name in ("params.search.n_sampled", f"world.rent_shared_cny_m.{scenario.focus}"):
        assert explain_key(scenario, name).sourced.source
    json.dumps(scenario.resolved, allow_nan=False)


def test_unknown_value_gets_the_nearest():
    scenario = load_scenario(BASELINE)
    assert "n_sampled" in problems_of(explain_key, scenario, "params.search.n_samples")[0].repair
    assert "begin with" in problems_of(explain_key, scenario, "zzz")[0].repair


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_number_of_the_project_names_its_source(path):
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    assert scenario.question.endswith("?")
    plain = [
        key for key, cell in scenario.sources.items() if cell.source == "stated in the scenario" and cell.unit != "text"
    ]
    assert not plain


def test_reading_is_fast():
    load_scenario("baseline")
    begin = time.process_time()
    load_scenario("baseline")
    assert time.process_time() - begin < 1.0, "a scenario is read in about 0.1 s; something reads it far more slowly"


def test_world_blocks_name_their_source(tmp_path):
    text = (DATA / "two_cities.yaml").read_text(encoding="utf-8")
    broken = text.replace("unit: minutes, assumption: toy value, relative_range: [0.5, 2], ", "unit: hours, ")
    broken = broken.replace("tier: second", "tier: secnd", 1)
    path = write(tmp_path, broken, "world.yaml")
    problems = problems_of(load_world, path)
    assert [problem.key.split(".")[-1] for problem in problems] == ["tier"]
    path = write(tmp_path, broken.replace("tier: secnd", "tier: second"), "world.yaml")
    messages = [str(problem) for problem in problems_of(load_world, path)]
    assert any("no unit" in message and "`unit: minutes`" in message for message in messages)
    assert any("no source" in message for message in messages)
    assert all(f":{text[: text.index('commute_min')].count(chr(10)) + 1}:" in message for message in messages)


def test_holes_are_named(tmp_path):
    text = (DATA / "two_cities.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("values: {default: 35}", "values: {alpha: 35}"), "world.yaml")
    assert "1 values are missing, the first is beta" in problems_of(load_world, path)[0].message


def test_missing_and_unknown_quantities(tmp_path):
    text = (DATA / "two_cities.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("  commute_min:", "  comute_min:"), "world.yaml")
    messages = [str(problem) for problem in problems_of(load_world, path)]
    assert any("Did you mean `commute_min`?" in message for message in messages)
    assert any("`commute_min` is missing" in message for message in messages)


def test_world_values_at_several_depths():
    scenario = load_scenario(BASELINE, ["world_values.graduates.alpha=5", "world_values.graduates.beta.2020=7"])
    assert (scenario.world.graduates[0] == 5).all()
    years = scenario.world.axis("cohort_year")
    assert scenario.world.graduates[1, years.index("2020")] == 7
    assert scenario.world.graduates[1, years.index("2021")] == 100000
    assert explain_key(scenario, "world.graduates.beta.2020").sourced.source == "--set"
    assert np.isfinite(scenario.world.rent_whole_cny_m).all()


def test_schema_is_json_and_names_everything():
    schema = json.loads(json.dumps(scenario_schema(), allow_nan=False))
    assert schema["properties"]["params"]["properties"]["search"]["properties"]["n_sampled"]["unit"] == "positions"
    assert schema["$defs"]["TalentHousing"]["properties"]["units"]["anyOf"][1] == {"$ref": "#/$defs/number"}
    assert "from" in schema["$defs"]["TalentHousing"]["properties"]
    assert schema["additionalProperties"] is False


def test_schema_holds_a_policy_to_its_kind():
    schema = scenario_schema()
    for key in ("policies", "standing_policies"):
        policy = schema["properties"][key]["items"]
        assert set(policy["properties"]["kind"]["enum"]) == set(POLICY_KINDS)
        assert policy["required"] == ["kind"]
        chosen = {part["if"]["properties"]["kind"]["const"]: part["then"]["$ref"] for part in policy["allOf"]}
        assert {kind: reference.split("/")[-1] for kind, reference in chosen.items()} == {
            kind: spec.__name__ for kind, spec in POLICY_KINDS.items()
        }
    for spec in POLICY_KINDS.values():
        definition = schema["$defs"][spec.__name__]
        assert definition["additionalProperties"] is False
        assert set(definition["properties"]) == {info.alias or name for name, info in spec.model_fields.items()}
    amounts = schema["$defs"]["LivingSubsidy"]["properties"]["amount_cny_m"]["anyOf"][0]["anyOf"]
    assert {"$ref": "#/$defs/number"} in amounts[1]["additionalProperties"]["anyOf"]
    assert set(schema["$defs"]["number"]["properties"]) == set(NUMBER_KEYS)


def test_a_default_names_the_line_that_declares_it():
    lines = (ROOT / "sim" / "params.py").read_text(encoding="utf-8").splitlines()
    for key, source in load_scenario(BASELINE).sources.items():
        if key.startswith("params."):
            assert source.file == "sim/params.py"
            assert lines[source.line - 1].startswith(f"    {key.split('.')[2]}: ")
    assert explain_key(load_scenario(BASELINE), "params.tax.allowance_cny_m").sourced.line > 1


def test_a_name_that_leaves_the_results_folder_is_refused(tmp_path):
    path = tmp_path / "evil.yaml"
    path.write_text("name: ../../evil\nquestion: Where to?\nextends: baseline\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="cannot name a folder"):
        load_scenario(str(path))


def write_area(folder, alpha="town", beta="town", extends=None):
    """The toy world with its cities in areas, and one quantity left to the world that it extends."""
    text = (DATA / "two_cities.yaml").read_text(encoding="utf-8")
    start, end = text.index("  field_share:"), text.index("  home_local_share:")
    text = text.replace(text[start:end], "") if extends else text
    text = text.replace("name: two_cities\n", f"name: case\nextends: {extends}\n" if extends else "name: case\n")
    for name, area in (("alpha", alpha), ("beta", beta)):
        text = text.replace(f"  {name}: {{label", f"  {name}: {{area: {area}, label")
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_places_of_one_area():
    world, _ = load_world("beijing_districts")
    assert set(world.area[:16]) == {"beijing"}
    assert world.area[16:] == world.places[16:]
    china, _ = load_world("china")
    assert china.area == china.places


def test_a_world_takes_what_it_does_not_give_from_the_one_it_extends(tmp_path):
    whole, _ = load_world(DATA / "two_cities.yaml")
    (tmp_path / "two_cities.yaml").write_text((DATA / "two_cities.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    world, sources = load_world(write_area(tmp_path, extends="two_cities.yaml"))
    assert np.array_equal(world.field_share, whole.field_share)
    assert sources["world.field_share.bachelor.science"].file.endswith("two_cities.yaml")
    assert sources["world.graduates.alpha.2019"].file.endswith("case.yaml")
    assert world.area == ("town", "town")


def test_a_world_is_read_once_until_a_file_of_it_changes(tmp_path):
    base = tmp_path / "two_cities.yaml"
    base.write_text((DATA / "two_cities.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    path = write_area(tmp_path, extends="two_cities.yaml")
    first, sources = load_world(path)
    sources.clear()
    again, sources = load_world(path)
    assert again is first
    assert sources
    for file, before, after in ((path, "default: 1200", "default: 1300"), (base, "science: 0.10", "science: 0.11")):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(before, after).replace("other: 0.45", "other: 0.44"), encoding="utf-8")
        changed, _ = load_world(path)
        assert changed is not again
        again = changed
    assert (again.rent_shared_cny_m == 1300).all()
    assert np.allclose(again.field_share[..., FIELD.index("science")], 0.11)
    base.unlink()
    assert problems_of(load_world, path)[0].message == "there is no world `two_cities.yaml`"


def test_a_run_leaves_the_world_as_it_was():
    """Scenarios of one world share it."""
    scenario = load_scenario(SUBSIDY, scale=2000)
    before = copy.deepcopy(scenario.world)
    run_toy(scenario)
    for field in dataclasses.fields(before):
        kept, now = getattr(before, field.name), getattr(scenario.world, field.name)
        np.testing.assert_equal(now, kept, err_msg=field.name)


def test_a_world_to_extend_must_be_there(tmp_path):
    problems = problems_of(load_world, write_area(tmp_path, extends="chinna"))
    assert problems[0].message == "there is no world `chinna`"
    assert problems[0].repair == "Did you mean `china`?"


def test_quantities_by_place_are_not_taken_over(tmp_path):
    path = write_area(tmp_path, extends="china")
    text = path.read_text(encoding="utf-8")
    start = text.index("  graduates:")
    path.write_text(text.replace(text[start : text.index("\n", start)], ""), encoding="utf-8")
    assert [problem.message for problem in problems_of(load_world, path)] == ["quantity `graduates` is missing"]


def test_places_of_an_area_stand_side_by_side(tmp_path):
    path = write_area(tmp_path)
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("  beta:"))
    other = line.replace("beta", "gamma").replace("area: town, ", "")
    path.write_text(text.replace(line, f"{other}\n{line}"), encoding="utf-8")
    assert "the places of `town` stand apart" in [problem.message for problem in problems_of(load_world, path)]


def test_an_area_is_a_place_for_policies(tmp_path):
    write_area(tmp_path).rename(tmp_path / "case_world.yaml")
    path = write(
        tmp_path,
        "name: case\nquestion: q\nextends: two_cities_baseline\nworld: case_world.yaml\npolicies:\n"
        "  - {kind: living_subsidy, city: town, from: 2020Q1, amount_cny_m: 1000}\n"
        "  - {kind: living_subsidy, city: towm, from: 2020Q1, amount_cny_m: 1000}\n",
    )
    assert [(problem.message, problem.repair) for problem in problems_of(load_scenario, path)] == [
        ("there is no place `towm`", "Did you mean `town`?")
    ]


POLICIES = "name: case\nquestion: Why?\nextends: two_cities_baseline\npolicies:\n"


@pytest.mark.parametrize(
    ("second", "refused"),
    [
        ("{kind: hukou_relaxation, city: all, from: 2021Q1, open_after_years: 3}", True),
        ("{kind: hukou_relaxation, city: beta, from: 2021Q1, open_after_years: 3}", False),
        ("{kind: hukou_relaxation, city: alpha, from: 2022Q1, open_after_years: 3}", False),
        ("{kind: hukou_relaxation, city: alpha, from: 2021Q1, levels: 1}", False),
    ],
)
def test_two_policies_that_set_one_thing_are_refused_and_both_named(tmp_path, second, refused):
    first = "{kind: hukou_relaxation, label: opening, city: alpha, from: 2020Q1, to: 2021Q4, open_after_years: 5}"
    path = write(tmp_path, f"{POLICIES}  - {first}\n  - {second}\n")
    if not refused:
        assert len(load_scenario(path).policies) == 2
        return
    (problem,) = problems_of(load_scenario, path)
    assert problem.line == 6
    assert "opening (policies.0) and hukou_relaxation (policies.1)" in problem.message
    assert "`open_after_years` in alpha" in problem.message
    assert "other dates or places" in problem.repair


def test_conditions_on_other_policies_name_policies_of_the_file(tmp_path):
    award = "{kind: award, label: prize, city: alpha, from: 2020Q1}"
    refund = "{kind: tax_refund, city: alpha, from: 2020Q1, refund_share: 0.5, eligible: {not_received: [WORD]}}"
    for word in ("prize", "award"):
        path = write(tmp_path, f"{POLICIES}  - {award}\n  - {refund.replace('WORD', word)}\n")
        assert len(load_scenario(path).policies) == 2
    path = write(tmp_path, f"{POLICIES}  - {award}\n  - {refund.replace('WORD', 'prise')}\n")
    (problem,) = problems_of(load_scenario, path)
    assert "prise" in problem.message
    assert "prize" in problem.repair


def test_an_amount_by_pay_is_a_map_of_numbers(tmp_path):
    text = POLICIES + "  - {kind: living_subsidy, city: alpha, from: 2020Q1, amount_by_pay_cny_m: MAP}\n"
    path = write(tmp_path, text.replace("MAP", "{0: 1500, 8000: {value: 700, unit: CNY/month}}"))
    scenario = load_scenario(path)
    assert scenario.policies[0].amount_by_pay_cny_m == {0: 1500, 8000: 700}
    assert scenario.sources["policies.0.amount_by_pay_cny_m.8000"].value == 700
    for wrong, word in (("900", "map"), ("{low: 900}", "`low` is no number"), ("{0: -1}", "-1 is out of bounds")):
        path = write(tmp_path, text.replace("MAP", wrong))
        assert word in problems_of(load_scenario, path)[0].message
