"""Descriptions of the kinds of policy: every kind has an example that loads and does something, and its evidence."""

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim.errors import TalentsimError
from sim.kinds import describe_kind, find_evidence, list_kinds, make_example, read_evidence
from sim.labels import LABELS, LANGUAGES
from sim.policies import POLICY_KINDS, build_levers
from sim.scenario import load_scenario

ROOT = Path(__file__).parent.parent.parent
EVIDENCE = ROOT / "calibration" / "evidence"
WORLD = load_scenario("baseline").world
FACTORS = {
    "certification": {"recognition": 1.5},
    "transport_improvement": {"distance_factor": 0.5, "city": "all"},
    "curriculum_reform": {"practice_add": 0.1},
}
"""What the examples leave as it is."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_is_listed_with_words_of_its_own(lang):
    rows = list_kinds(lang)
    assert [kind for kind, _, _ in rows] == list(POLICY_KINDS)
    assert len({words for _, words, _ in rows}) == len({does for _, _, does in rows}) == len(POLICY_KINDS)
    assert all(does.isascii() == (lang == "en") for _, _, does in rows)
    assert all(f"policy.{kind}" in LABELS for kind in POLICY_KINDS)


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_the_example_is_a_policy_that_does_something(kind):
    assert not POLICY_KINDS[kind].model_validate(make_example(kind)).is_zero()


@pytest.mark.parametrize("instrument", ["supply", "environment", "demand"])
def test_the_examples_load_in_a_scenario(instrument, tmp_path):
    kinds = [kind for kind, spec in POLICY_KINDS.items() if spec.instrument == instrument]
    shown = [describe_kind(kind, "en").example.partition("\n") for kind in kinds]
    assert {head for head, _, _ in shown} == {"policies:"}
    text = "\n".join(["name: try", "question: Do they load?", "extends: baseline", "policies:"])
    (tmp_path / "try.yaml").write_text("\n".join([text, *(policy for _, _, policy in shown)]) + "\n")
    loaded = load_scenario(tmp_path / "try.yaml")
    examples = [POLICY_KINDS[kind].model_validate(make_example(kind)) for kind in kinds]
    assert list(loaded.policies[-len(kinds) :]) == examples


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_the_page_names_every_field_that_has_an_effect(kind):
    spec, page = POLICY_KINDS[kind], describe_kind(kind, "en")
    shown = {row[0].split(".")[0] for row in page.fields}
    expected = {field.alias or name for name, field in spec.model_fields.items()} - {"kind", *spec.unused}
    assert shown == expected
    for name, default, unit, limits, meaning, source in page.fields:
        assert meaning or name == "label", name
        assert not unit or (limits and (source or default == "must be given")), name


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_the_evidence_of_a_kind_is_found_and_says_where_it_stands(kind):
    ids = find_evidence(POLICY_KINDS[kind])
    rows = read_evidence(EVIDENCE, ids)
    assert [row[0] for row in rows] == ids


def test_a_figure_is_told_with_document_line_year_and_value():
    with (EVIDENCE / "003a_beijing_b1_b11.csv").open(encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["id"] == "003-0903-06")
    ((identifier, where, period, figure),) = read_evidence(EVIDENCE, ["003-0903-06", "999-0000-00"])
    assert (identifier, period) == ("003-0903-06", row["period"])
    assert where.startswith("003, 903")
    assert f"= {row['value']} " in figure


def test_runs_of_ids_are_written_out():
    class Described(POLICY_KINDS["hukou_quota"]):
        """Rests on 001-0251-01 to 03."""

    assert find_evidence(Described)[:3] == ["001-0251-01", "001-0251-02", "001-0251-03"]


def test_fields_without_effect_are_not_shown_and_their_evidence_neither():
    page = describe_kind("hiring_subsidy", "en")
    assert not {"awareness", "take_up"} & {row[0] for row in page.fields}
    assert page.evidence == []
    assert page.fields[0][0] == "cny_per_hire"


def test_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(TalentsimError, match="hukou_quota"):
        describe_kind("hukou_qota", "en")


def sizes(kind, number):
    """Levers that `number` policies of a kind move in each quarter of 2026: (name, quarter) -> array."""
    spec = POLICY_KINDS[kind].model_validate({**make_example(kind), **FACTORS.get(kind, {})})
    levers = [build_levers([spec] * number, 4 * 2026 + quarter, WORLD) for quarter in range(4)]
    named = [(field.name, quarter) for field in dataclasses.fields(levers[0]) for quarter in range(4)]
    return {at: value for at in named if not isinstance(value := getattr(levers[at[1]], at[0]), list)}


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_the_page_says_how_two_of_a_kind_act_together(kind):
    """Held against what two of them write where one writes something."""
    none, one, two = (sizes(kind, number) for number in range(3))
    moved = {name for name, _ in none if any(not np.array_equal(none[name, q], one[name, q]) for q in range(4))}
    factors, others = {name for name in moved if name.endswith("_factor")}, {name for name in moved if "_add" in name}
    for name, quarter in none:
        before, once, twice = (found[name, quarter] for found in (none, one, two))
        if name in factors:
            assert twice == pytest.approx(once**2), name
        elif name in others:
            assert twice - before == pytest.approx(2 * (once - before)), name
    together = POLICY_KINDS[kind].together
    if together == "refused":
        assert POLICY_KINDS[kind].model_validate(make_example(kind)).sets()
    else:
        assert bool(factors) == (together in ("multiply", "mixed"))
        assert not (others and together == "multiply")
    words = {
        "add": "add up",
        "multiply": "factors multiply",
        "mixed": "all else adds up",
        "one": "by both",
        "refused": "are refused",
    }
    assert describe_kind(kind, "en").facts[-1].endswith(words[together])
    assert "两项" in describe_kind(kind, "zh").facts[-1]
