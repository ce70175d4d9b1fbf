import json
import math

import pytest

from sim.params import Params
from sim.policies import POLICY_KINDS
from sim.policies.base import EligibilitySpec, WageRange, YearsRange
from sim.policyfile import read_policies
from sim.sourced import check_keys, merge_nodes, parse_yaml, read_number, read_yaml, set_node, suggest_name
from sim.world.spec import world_quantities
from sim.written import UNITS


def parse(text):
    problems = []
    node = parse_yaml(text, "file.yaml", problems)
    assert not problems
    return node


def read(text, **options):
    problems = []
    cell = read_number(parse(text).fields["x"], problems, **{"unit": "share", **options})
    return cell, problems


def test_nodes_keep_line_and_key():
    root = parse("a:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert root.fields["a"].line == 1
    assert root.fields["a"].fields["b"].key == "a.b"
    item = root.fields["a"].fields["c"].items[1].fields["y"]
    assert (item.key, item.line, item.value) == ("a.c.1.y", 5, 2)


def test_alias_stands_on_its_own_line():
    root = parse("a: &same\n  v: 1\nb: *same\n")
    assert (root.fields["b"].line, root.fields["b"].key, root.fields["b"].fields["v"].key) == (3, "b", "b.v")


@pytest.mark.parametrize(
    ("text", "value"),
    [("010", 10), ("1e5", 1e5), ("-.5", -0.5), ("true", True), ("no", "no"), ("~", None), ("'3'", "3")],
)
def test_scalars(text, value):
    found = parse(f"x: {text}").fields["x"].value
    assert found == value
    assert type(found) is type(value)


def test_not_a_number():
    assert math.isnan(parse("x: .nan").fields["x"].value)


def test_duplicate_key_is_a_problem_at_its_line():
    problems = []
    parse_yaml("a: 1\nb: 2\na: 3\n", "f.yaml", problems)
    assert [(problem.line, problem.key) for problem in problems] == [(3, "a")]
    assert "line 1" in problems[0].message


@pytest.mark.parametrize("text", ["a: [1, 2", "a: b: c", "\t- x", "a: &a [*a]"])
def test_broken_yaml_is_a_problem(text):
    problems = []
    assert parse_yaml(text, "f.yaml", problems) is None
    assert len(problems) == 1
    assert problems[0].line >= 1


def test_missing_and_strange_files_are_problems(tmp_path):
    problems = []
    assert read_yaml(tmp_path / "none.yaml", problems) is None
    (tmp_path / "list.yaml").write_text("- a\n", encoding="utf-8")
    assert read_yaml(tmp_path / "list.yaml", problems) is None
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xfa")
    assert read_yaml(tmp_path / "binary.yaml", problems) is None
    assert len(problems) == 3


def test_number_forms_and_their_sources():
    assert read("x: 0.3")[0].source == "stated in the scenario"
    assert read("x: {value: 0.3, evidence: 001-0251-02}")[0].source == "evidence 001-0251-02"
    cell, problems = read("x: {value: 0.3, unit: share, assumption: seen often, range: [0.1, 0.5]}", strict=True)
    assert cell.source == "assumption: seen often (range 0.1 to 0.5)"
    assert not problems
    assert read("x: {value: 2, assumption: a, relative_range: [0.5, 2]}")[0].source == "assumption: a (range 1 to 4)"
    several = read("x: {value: 2, evidence: [001-0251-02, 001-0251-03], derivation: a - b}")[0]
    assert several.source == "evidence 001-0251-02, 001-0251-03 (a - b)"


@pytest.mark.parametrize(
    ("text", "options", "repair"),
    [
        ("x: 0.3", {"strict": True}, "evidence: ID"),
        ("x: {value: 0.3}", {"strict": True}, "evidence: ID"),
        ("x: {value: 3, unit: persons}", {}, "`unit: share`"),
        ("x: {value: 3, unit: parsecs}", {}, "`unit: share`"),
        ("x: {value: 3, assumption: so}", {}, "range: [LOW, HIGH]"),
        ("x: {value: 3, evidence: page 12}", {}, "003-4438-01"),
        ("x: {value: 3, evidnece: 001-0251-02}", {}, "`evidence`"),
        ("x: {unit: share}", {}, "value"),
        ("x: much", {}, "a number in share"),
        ("x: true", {}, "a number in share"),
        ("x: .nan", {}, "a number in share"),
        ("x: .inf", {}, "a number in share"),
        ("x: {value: -.inf}", {"beside": math.inf}, "a number in share"),
        ("x: inf", {"beside": math.inf}, "a number in share"),
        ("x: {value: 3, assumption: so, range: [0, .inf]}", {}, "range: [LOW, HIGH]"),
        ("x: {value: 3, assumption: so, range: [false, true]}", {}, "range: [LOW, HIGH]"),
        ("x: {value: 3, assumption: so, range: [4, 2]}", {}, "range: [LOW, HIGH]"),
        ("x: {value: 3, assumption: so, relative_range: [1, 2, 3]}", {}, "range: [LOW, HIGH]"),
        ("x: 1.5", {"high": 1}, "to 1 share"),
    ],
)
def test_each_mistake_ends_in_its_repair(text, options, repair):
    problems = read(text, **options)[1]
    assert len(problems) == 1
    assert repair in problems[0].repair


@pytest.mark.parametrize(
    "written",
    ["true", "false", ".inf", "-.inf", ".nan", "1e400", "-1e400", "9" * 400, "2024-01-31", "2024Q1", "0x10", "1_000",
     "12:30", "inf", "nan", "null"],
)  # fmt: skip
def test_what_is_no_number_is_named_as_it_is_written(written):
    cell, (problem,) = read(f"x: {written}")
    assert cell is None
    assert problem.message == f"`{written}` is no number"
    assert problem.repair == "Write a number in share"


def test_lists_and_maps_are_no_numbers():
    assert [read(text)[1][0].message for text in ("x: [1]", "x: {value: {a: 1}}")] == [
        "a list is no number",
        "a map is no number",
    ]


def test_no_limit_and_not_known_may_stand_in_place_of_a_number_where_they_are_allowed():
    assert read("x: .inf", beside=math.inf)[0].value == math.inf
    assert math.isnan(read("x: {value: .nan, evidence: 001-0251-02}", beside=math.nan)[0].value)
    assert read("x: .nan", beside=math.inf)[0] is None


def test_unknown_keys_get_the_nearest_name():
    problems = []
    assert not check_keys(parse("unitz: 1\nrent_cap: 2\n"), ["units", "rent_cap"], problems)
    assert [problem.repair for problem in problems] == ["Did you mean `units`?"]
    assert suggest_name("zzz", ["a", "b"]) == "Use one of: a, b"


def test_merge_goes_key_by_key_and_replaces_lists_and_sourced_numbers():
    base = parse("a: {x: 1, y: {value: 2, evidence: 001-0251-02}}\nlist: [1, 2]\n")
    over = parse("a: {y: 5}\nlist: [3]\nnew: 1\n")
    assert merge_nodes(base, over).to_plain() == {"a": {"x": 1, "y": 5}, "list": [3], "new": 1}


def test_set_node_makes_maps_and_needs_list_items():
    problems = []
    root = parse("a: [{x: 1}]\n")
    leaf = parse("v: 9").fields["v"]
    changed = set_node(root, ["a", "0", "x"], leaf, problems)
    assert changed.to_plain() == {"a": [{"x": 9}]}
    assert root.to_plain() == {"a": [{"x": 1}]}
    assert set_node(root, ["b", "c"], leaf, problems).to_plain()["b"] == {"c": 9}
    assert not problems
    set_node(root, ["a", "3", "x"], leaf, problems)
    assert len(problems) == 1


def test_every_declared_unit_is_known():
    models = [info.annotation for info in Params.model_fields.values()]
    models += [*POLICY_KINDS.values(), EligibilitySpec, YearsRange, WageRange]
    extras = [field.json_schema_extra for model in models for field in model.model_fields.values()]
    units = {extra["unit"] for extra in extras if extra and "unit" in extra}
    units |= {spec["unit"] for spec in world_quantities().values()}
    assert units <= UNITS, json.dumps(sorted(units - UNITS))


@pytest.mark.parametrize(
    ("written", "unit", "repair"),
    [("58%", "share", "0.58"), ("58\uff05", "share", "0.58"), ("20,000", "units", "20000"), ("2万", "units", "20000"),
     ("1.5 亿", "CNY", "150000000")],
)  # fmt: skip
def test_a_number_as_people_write_it_is_repaired(written, unit, repair):
    cell, (problem,) = read(f"x: '{written}'", unit=unit)
    assert cell is None
    assert problem.repair == f"Write {repair}"


@pytest.mark.parametrize(
    ("value", "unit", "repair"),
    [("-1", "index", "Write 0 or more index"), ("-1", "units", "Write a value from 0 to 1000000000 units"),
     ("1e300", "units", "to 1000000000 units"), ("1e12", "CNY/person", "to 100000000 CNY/person"),
     ("1e8", "CNY/month", "to 10000000 CNY/month"), ("1e16", "CNY", "to 1e+15 CNY"), ("1e300", "years", "1000 years")],
)  # fmt: skip
def test_what_no_world_could_use_is_refused(value, unit, repair):
    cell, (problem,) = read(f"x: {value}", unit=unit, low=0)
    assert cell is None
    assert repair in problem.repair
    assert "inf" not in problem.repair


def test_no_limit_may_stand_where_there_is_a_largest():
    cell, problems = read("x: .inf", unit="units", low=0, beside=math.inf)
    assert cell.value == math.inf
    assert not problems


@pytest.mark.parametrize("text", ["name\uff1a case", "a: 1\nname\uff1acase\n", "- name\uff1a case"])
def test_the_wide_colon_is_named(text, tmp_path):
    problems = []
    (tmp_path / "file.yaml").write_text(text, encoding="utf-8")
    assert read_yaml(tmp_path / "file.yaml", problems) is None
    assert "`name: `" in problems[0].repair or text.startswith("-")


def test_a_policy_with_a_wide_colon_is_repaired():
    problems = []
    node = parse("policies:\n  - kind\uff1a talent_housing\n").fields["policies"]
    read_policies(node, None, strict_files=frozenset(), problems=problems)
    assert "`kind: `" in problems[0].repair
