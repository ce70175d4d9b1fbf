"""Cautions: what is allowed and yet seldom meant is named, with the scale or the date that would do."""

from pathlib import Path

import pytest

from sim.cautions import describe_contents, find_cautions, find_common_cautions
from sim.scenario import load_scenario

DATA = Path(__file__).parent.parent / "data"
HEAD = "name: case\nquestion: Why?\nextends: two_cities_baseline\n"


def load(folder, policies, **options):
    for other in DATA.glob("two_cities*.yaml"):
        (folder / other.name).write_text(other.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "case.yaml").write_text(f"{HEAD}standing_policies: []\npolicies: [{policies}]\n")
    return load_scenario(folder / "case.yaml", **options)


@pytest.mark.parametrize(
    ("size", "enough"),
    [("kind: talent_housing, units: 4000", 400), ("kind: living_subsidy, amount_cny_m: 9, quota: 70", 7),
     ("kind: hukou_quota, places_per_year: 15", 1), ("kind: firm_attraction, jobs: 4000", 400)],
)  # fmt: skip
def test_a_size_of_few_agents_is_named_with_the_scale_that_would_do(tmp_path, size, enough):
    policy = f"{{{size}, city: alpha, from: 2020Q1, label: Mine}}"
    (line,) = find_cautions(load(tmp_path, policy, scale=10_000))
    assert "Mine" in line
    assert "scale 10000" in line
    assert f"--scale {enough} " in line
    assert find_cautions(load(tmp_path, policy, scale=enough)) == []
    assert find_cautions(load(tmp_path, policy, scale=enough + 1)) != []


def test_a_size_of_zero_and_no_limit_are_no_small_sizes(tmp_path):
    none = "{kind: talent_housing, units: 0, city: alpha, from: 2020Q1}"
    assert find_cautions(load(tmp_path, f"{none}, {{kind: rent_subsidy, city: alpha, from: 2020Q1}}")) == []


def test_what_many_scenarios_share_is_said_once(tmp_path):
    """Sizes from their least to their greatest, with the names of those that have them unless all do."""
    shared = "{kind: hukou_quota, places_per_year: 20, city: alpha, from: 2020Q1, label: Places}"
    flats = "{{kind: talent_housing, units: {}, city: alpha, from: 2020Q1, label: Flats}}"
    early = "{kind: rent_subsidy, rent_share: 0.1, city: alpha, from: 2010Q1, label: Old}"
    some = [load(tmp_path, f"{shared}, {flats.format(units)}", scale=1000) for units in (3000, 500, 20_000)]
    none, old = load(tmp_path, shared, scale=1000), load(tmp_path, f"{shared}, {early}", scale=1000)
    lines = find_common_cautions({"none": [none], "some": some}, {"future x": [old]})
    assert lines == [
        (
            "too small for scale 1000, so that chance decides: Places (places_per_year 20: 0.02 agents); "
            "Flats (units 500 to 3,000: 0.5 to 3 agents, in some). Use --scale 2 or less for 10 agents in a place"
        ),
        "in future x: " + find_cautions(old)[1],
    ]
    assert find_common_cautions({"old": [old], "also": [old]})[1] == find_cautions(old)[1]
    (line,) = find_common_cautions({"one": [load(tmp_path, flats.format(1000), scale=1000)]})
    assert "1 agent)" in line


FLATS = "{{kind: talent_housing, units: {}, city: {}, from: 2020Q1{}}}"


@pytest.mark.parametrize(
    ("policies", "lang", "shown"),
    [
        ((FLATS.format(500, "alpha", ", label: A"), FLATS.format(3000, "beta", ", label: B")), "zh",
         "人才住房（A）的 units 500，相当于0.5个主体；人才住房（B）的 units 3,000，相当于3个主体。"),  # noqa: RUF001  (full-width on purpose)
        ((FLATS.format(500, "alpha", ""), FLATS.format(3000, "beta", "")), "en",
         "talent_housing in alpha (units 500: 0.5 agents); talent_housing in beta (units 3,000: 3 agents). "),
        ((FLATS.format(500, "alpha", ""), FLATS.format(3000, "beta", "")), "zh",
         ("人才住房（实施地：甲城）的 units 500，相当于0.5个主体；"  # noqa: RUF001  (as above)
          "人才住房（实施地：乙城）的 units 3,000，相当于3个主体。")),  # noqa: RUF001  (as above)
        ((FLATS.format(500, "alpha", ""), FLATS.format(3000, "alpha", "")), "en",
         ("talent_housing in alpha, number 1 (units 500: 0.5 agents); "
          "talent_housing in alpha, number 2 (units 3,000: 3 agents). ")),
    ],
)  # fmt: skip
def test_two_policies_that_are_called_alike_are_told_apart(tmp_path, policies, lang, shown):
    """Each has its own size; a range from one to the other is none that anybody wrote."""
    scenario = load(tmp_path, ", ".join(policies), scale=1000)
    (line,) = find_cautions(scenario, lang)
    assert shown in line
    assert find_common_cautions({"one": [scenario], "other": [scenario]}, lang=lang) == [line]


def test_one_policy_at_another_place_of_the_file_is_still_one(tmp_path):
    own, other = FLATS.format(500, "alpha", ""), "{kind: rent_subsidy, city: alpha, from: 2020Q1}"
    alone = load(tmp_path, own, scale=1000)
    behind = load(tmp_path, f"{other}, {own.replace('500', '900')}", scale=1000)
    (line,) = find_common_cautions({"one": [alone], "other": [behind]})
    assert "talent_housing (units 500 to 900: 0.5 to 0.9 agents)" in line


def test_a_policy_from_before_the_run_is_named(tmp_path):
    (line,) = find_cautions(load(tmp_path, "{kind: rent_subsidy, rent_share: 0.1, city: alpha, from: 2010Q1}"))
    assert "2010Q1, before the run (2019Q1)" in line


def test_contents_count_what_is_stated_without_a_source(tmp_path):
    policy = "{kind: rent_subsidy, city: alpha, from: 2020Q1, rent_share: 0.3, cap_cny_m: 900}"
    text = describe_contents(load(tmp_path, policy))
    assert text.startswith("1 policy, 0 standing policies, ")
    assert text.endswith(" values, of which 2 stated without a source")
    assert describe_contents(load_scenario("baseline")).endswith("each with its source")
