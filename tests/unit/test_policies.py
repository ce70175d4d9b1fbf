import dataclasses
import typing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from toys import POLICY

from sim import types
from sim.policies import POLICY_KINDS, PolicyUnion, base, build_levers, find_places
from sim.policies.base import EligibilitySpec
from sim.policies.levers import ANY, NO_LIMIT, Levers
from sim.sourced import read_yaml
from sim.types import Quarter
from sim.world.spec import World
from sim.worldfile import load_world

ROOT = Path(__file__).parent.parent
WORLD, _ = load_world(ROOT / "data" / "two_cities.yaml")
FIRM = ("place", "industry", "size", "ownership")
AXES_OF = {
    "seat_factor": ("place", "education", "field"),
    "lag_factor": ("place", "institution"),
    "practice_add": ("place", "institution"),
    "cooperation_add": ("place", "institution"),
    "sample_factor": ("place",),
    "platform_reach": ("place",),
    "teacher_add": ("place", "institution"),
    "hearing_add": ("place",),
    "noise_factor": FIRM,
    "degree_factor": FIRM,
    "certificate_factor": FIRM,
    "training_add": FIRM,
    "pay_link_add": FIRM,
    "productivity_add": FIRM,
    "entry_factor": FIRM,
    "jobs_add": ("place", "industry"),
    "level_weight_add": ("place", "industry", "education"),
    "ai_demand_factor": ("place", "industry"),
    "labour_demand_factor": ("place", "industry"),
    "ai_price_factor": ("place", "industry"),
    "direct_level_cut": ("place",),
    "points_cut_q": ("place",),
    "open_after_q": ("place",),
    "points_education_add": ("place",),
    "points_year_add": ("place",),
    "points_wage_add": ("place",),
    "rights_mask": ("place",),
    "rights_share": ("place",),
    "move_cost_add": ("place", "place"),
    "travel_factor": ("place", "place"),
}
FREE = {
    "education_mask": ANY, "field_mask": ANY, "place_mask": ANY, "study_mask": ANY, "industry_mask": ANY,
    "size_mask": ANY, "state_mask": ANY, "hukou": 0, "home": 0, "min_quarters": 0, "max_quarters": NO_LIMIT,
    "wage_min_cny_m": 0.0, "wage_max_cny_m": np.inf, "min_residence_q": 0, "max_residence_q": NO_LIMIT, "housing": 0,
    "certificate": 0, "received_bits": 0, "not_received_bits": 0,
}  # fmt: skip


def read_case(kind):
    problems = []
    node = read_yaml(ROOT / "cases" / f"{kind}.yaml", problems)
    assert not problems
    return node.to_plain()


def make(data):
    return POLICY.validate_python(data)


def levers_of(data, quarter):
    return build_levers([make(data)], Quarter.parse(quarter).number, WORLD)


def assert_neutral(levers):
    neutral = Levers.neutral(WORLD)
    for field in dataclasses.fields(Levers):
        found, wanted = getattr(levers, field.name), getattr(neutral, field.name)
        assert np.array_equal(found, wanted), field.name


def cells_of(lever, names):
    """Index of the cells that names such as `alpha.*.<100` mean; dimensions that are left out are all meant."""
    axes = [WORLD.axis(dim) for dim in AXES_OF[lever]]
    named = zip(axes, names.split("."), strict=False)
    return tuple(slice(None) if name == "*" else axis.index(name) for axis, name in named)


def assert_entry(entry, wanted):
    for name, value in wanted.items():
        found = getattr(entry, name)
        if name == "eligible":
            assert found.shape == (1,)
            assert {key: found[key][0] for key in FREE} == {**FREE, **value}
        else:
            assert np.allclose(found, value, rtol=1e-12), name


def test_no_kind_writes_its_annotations_as_text():
    # pydantic would compile each of them for each class, and `talentsim check` would be slower by it
    own = {(kind, name): text for kind, one in POLICY_KINDS.items() for name, text in one.__annotations__.items()}
    assert {key for key, text in own.items() if isinstance(text, str)} == set()


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_levers_are_those_computed_by_hand(kind):
    case = read_case(kind)
    assert case["policy"]["kind"] == kind
    assert case["cases"]
    for item in case["cases"]:
        levers, wanted = levers_of(case["policy"], item["quarter"]), item["levers"]
        neutral = Levers.neutral(WORLD)
        for field in dataclasses.fields(Levers):
            found = getattr(levers, field.name)
            if field.name in AXES_OF:
                expected = getattr(neutral, field.name)
                for names, value in wanted.get(field.name, {}).items():
                    expected[cells_of(field.name, names)] = value
                assert np.allclose(found, expected, rtol=1e-12), (item["quarter"], field.name)
            else:
                entries = wanted.get(field.name, [])
                assert len(found) == len(entries), (item["quarter"], field.name)
                for entry, values in zip(found, entries, strict=True):
                    assert_entry(entry, values)


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_size_zero_adds_nothing_at_all(kind):
    case = read_case(kind)
    for change in case["zero"]:
        for quarter in ("2019Q4", "2020Q1", "2020Q4", "2021Q1", "2025Q1"):
            assert_neutral(levers_of({**case["policy"], **change}, quarter))


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_every_kind_tells_what_it_is(kind):
    policy_class = POLICY_KINDS[kind]
    assert policy_class.model_fields["kind"].default == kind
    assert policy_class.instrument in {"supply", "environment", "demand"}
    assert all((policy_class.summary, policy_class.goal, policy_class.item, policy_class.zero))
    for name, field in policy_class.model_fields.items():
        if field.annotation in {float, int}:
            extra = field.json_schema_extra
            assert extra["unit"], name
            assert field.description, name
            assert field.is_required() or extra["source"], name


def test_union_and_kinds_are_one_set():
    union = typing.get_args(typing.get_args(PolicyUnion)[0])
    assert list(POLICY_KINDS.values()) == list(union)


def test_names_in_policies_are_the_vocabularies():
    for literal, names in (
        (base.EducationName, types.EDUCATION),
        (base.FieldName, types.FIELD),
        (base.IndustryName, types.INDUSTRY),
        (base.SizeName, types.FIRM_SIZE),
        (base.InstitutionName, types.INSTITUTION),
        (base.StateName, types.STATE),
    ):
        assert typing.get_args(literal) == names


def test_policies_keep_their_place_and_factors_multiply():
    housing = {"kind": "talent_housing", "city": "alpha", "from": "2020Q1", "units": 0}
    enrolment = {"kind": "enrolment_change", "city": "all", "from": "2020Q1", "factor": 1.5}
    quota = {"kind": "hukou_quota", "city": "alpha", "from": "2020Q1", "places_per_year": 1}
    levers = build_levers([make(item) for item in (housing, enrolment, enrolment, quota)], 80, WORLD)
    assert np.all(levers.seat_factor == 2.25)
    assert [entry.policy for entry in levers.quotas] == [3]
    assert [entry.policy for entry in levers.communications] == [3]


def test_fewer_seats_cost_nothing():
    fewer = {"kind": "enrolment_change", "city": "all", "from": "2020Q1", "factor": 0.5, "cost_cny_per_seat": 9}
    assert levers_of(fewer, "2020Q1").seat_costs == []


def test_places():
    assert find_places("all", WORLD) == [0, 1]
    assert find_places("east", WORLD) == [0, 1]
    assert find_places(("beta", "beta"), WORLD) == [1]
    with pytest.raises(KeyError):
        find_places("gamma", WORLD)


@pytest.mark.parametrize(
    "change",
    [
        {"units": -1},
        {"awareness": 1.1},
        {"from": "2020"},
        {"to": "2019Q4"},
        {"kind": "talent_houses"},
        {"payer": "nobody"},
        {"eligible": {"education": ["dr"]}},
        {"unit": 5},
    ],
)
def test_wrong_values_are_refused(change):
    data = {"kind": "talent_housing", "city": "alpha", "from": "2020Q1", "units": 5}
    make(data)
    with pytest.raises(ValidationError):
        make({**data, **change})


def test_amounts_by_level_are_not_negative():
    with pytest.raises(ValidationError):
        make({"kind": "living_subsidy", "city": "alpha", "from": "2020Q1", "amount_cny_m": {"phd": -1}})


@given(
    levels=st.none() | st.lists(st.sampled_from(types.EDUCATION), max_size=6),
    low=st.floats(0, 10),
    places=st.lists(st.sampled_from([0, 1]), unique=True),
)
def test_masks_hold_exactly_the_names(levels, low, places):
    spec = EligibilitySpec(
        education=None if levels is None else tuple(levels), years_since_graduation={"min": low, "max": 20}
    )
    row = spec.to_record(WORLD, places)
    for code, name in enumerate(types.EDUCATION):
        assert bool(row["education_mask"][0] >> code & 1) == (levels is None or name in levels)
    for place in (0, 1):
        assert bool(row["place_mask"][0] >> place & 1) == (place in places)
    assert row["min_quarters"][0] == round(low * 4)
    assert row["max_quarters"][0] == 80


def test_a_world_of_many_places_fits_into_the_masks():
    n = 62
    many = dataclasses.replace(
        WORLD,
        **{
            field.name: getattr(WORLD, field.name) * (n // 2)
            for field in dataclasses.fields(World)
            if isinstance(getattr(WORLD, field.name), tuple)
        },
    )
    row = EligibilitySpec().to_record(many, [0, n - 1])
    assert row["place_mask"][0] == 1 + (1 << (n - 1))
