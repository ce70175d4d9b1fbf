"""The documentation says what the code does: generated parts, names of result tables, links."""

import re
from pathlib import Path

import pytest
from tool_scripts import load_tool

from sim.model import TalentMarket
from sim.policies.base import EligibilitySpec
from sim.scenario import load_scenario

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.fixture(scope="module")
def make_docs():
    return load_tool("make_docs")


@pytest.fixture(scope="module")
def tables():
    model = TalentMarket(load_scenario(ROOT / "tests" / "data" / "two_cities_baseline.yaml", quarters=3), seed=1)
    for _ in range(model.n_quarters):
        model.step()
    found = model.tables()
    model.close()
    return found


def test_generated_parts_are_up_to_date(make_docs):
    for page, text in make_docs.render_pages(ROOT).items():
        assert (ROOT / page).read_text(encoding="utf-8") == text, f"{page}: run python tools/make_docs.py"


@pytest.mark.parametrize("text", ["", "<!-- generated: one -->\n<!-- generated: one -->\n<!-- end: one -->"])
def test_parts_that_do_not_fit_are_refused(make_docs, text):
    with pytest.raises(ValueError, match="generated parts"):
        make_docs.fill_parts(text, {"one": lambda: "1"})


def test_a_part_without_its_end_is_refused(make_docs):
    with pytest.raises(ValueError, match="must end once"):
        make_docs.fill_parts("<!-- generated: one -->", {"one": lambda: "1"})


def test_what_is_written_by_hand_stays(make_docs):
    text = "above\n<!-- generated: one -->\nold\n<!-- end: one -->\nbelow\n"
    assert make_docs.fill_parts(text, {"one": lambda: "new"}) == text.replace("old", "new")


def test_result_tables_have_the_documented_columns(tables):
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8").split("## 9 Result tables")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", text, flags=re.MULTILINE)
    documented = {name: [*keys.strip().split(", "), *values.strip().split(", ")] for name, keys, values in rows}
    assert documented == {name: list(table.columns) for name, table in tables.items()}
    for name, keys, _ in rows:
        assert not tables[name].duplicated(keys.strip().split(", ")).any(), name


def test_every_parameter_named_in_a_rule_exists(make_docs):
    """Names in backquotes that look like parameters of the rules, in the section of the rules."""
    text = (ROOT / "docs" / "model.md").read_text(encoding="utf-8").split("## 6 Rules")[1].split("## 7 Parameters")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", text))
    known = {name for info in make_docs.Params.model_fields.values() for name in info.annotation.model_fields}
    known |= {phase.name for phase in make_docs.PHASES} | set(make_docs.POLICY_KINDS)
    known |= {name for kind in make_docs.POLICY_KINDS.values() for name in kind.model_fields}
    known |= set(EligibilitySpec.model_fields) | set(make_docs.world_quantities())
    assert not named - known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
