"""The worlds against the published figures they cite: every cell has a source, and the source says that."""

import ast
import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from tool_scripts import load_tool

from sim.types import EDUCATION, FIRM_SIZE, INDUSTRY
from sim.world.spec import AXES, COHORT_YEARS, MODEL_YEARS, world_quantities
from sim.worldfile import MAY_BE_NAN, SUM_TO_ONE, WORLD_FOLDER, load_world

ROOT = Path(__file__).resolve().parents[2]
WORLD_FILE = WORLD_FOLDER / "china.yaml"
EVIDENCED = {"china": 150, "beijing_districts": 48}
"""World -> how many of its cells are published or derived from published figures, at least."""
ID = re.compile(r"\d{3}-\d{4}-\d{2}")
CONVERSION = {
    ("percent", "share"): 0.01,
    ("10k_persons", "persons"): 1e4,
    ("cny_per_month", "CNY/month"): 1.0,
    ("index", "score"): 1.0,
}


@pytest.fixture(scope="module")
def evidence():
    rows = {}
    for path in sorted((ROOT / "calibration" / "evidence").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert row["id"] not in rows
                rows[row["id"]] = row
    return rows


@pytest.fixture(scope="module")
def raw():
    return yaml.safe_load(WORLD_FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=EVIDENCED)
def world_file(request):
    return WORLD_FOLDER / f"{request.param}.yaml"


@pytest.fixture(scope="module")
def raw_world(world_file):
    return yaml.safe_load(world_file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def loaded(world_file):
    return load_world(world_file.stem)


@pytest.fixture(scope="module")
def china():
    return load_world("china")


def walk_cells(node, path=()):
    """Every map with a value, low or high and a provenance, with the path to it."""
    if isinstance(node, dict):
        if {"evidence", "assumption"} & set(node) and {"value", "low", "high"} & set(node):
            yield path, node
        for key, value in node.items():
            yield from walk_cells(value, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk_cells(value, (*path, str(index)))


def evaluate(formula, names):
    """Arithmetic over named numbers, nothing else."""
    operations = {
        ast.Add: lambda x, y: x + y,
        ast.Sub: lambda x, y: x - y,
        ast.Mult: lambda x, y: x * y,
        ast.Div: lambda x, y: x / y,
    }

    def visit(node):
        if isinstance(node, ast.BinOp):
            return operations[type(node.op)](visit(node.left), visit(node.right))
        if isinstance(node, ast.Name):
            return names[node.id]
        assert isinstance(node, ast.Constant), ast.dump(node)
        return float(node.value)

    return visit(ast.parse(formula, mode="eval").body)


def unit_at(path, raw):
    if path[0] == "reconstructions":
        return "share"
    return raw["quantities"][path[1]]["unit"]


def test_every_cited_id_is_in_the_repository(evidence):
    tool = load_tool("collect_evidence")
    cited = {i for path in WORLD_FOLDER.glob("*.yaml") for i in ID.findall(path.read_text(encoding="utf-8"))}
    assert len(cited) > 100
    assert cited <= tool.find_cited_ids(ROOT)
    assert cited <= set(evidence), sorted(cited - set(evidence))


def test_every_evidenced_cell_equals_its_figure(raw_world, world_file, evidence):
    wrong, n_checked = [], 0
    for path, cell in walk_cells(raw_world):
        if "evidence" not in cell:
            continue
        ids = cell["evidence"] if isinstance(cell["evidence"], list) else [cell["evidence"]]
        figures = [float(evidence[identifier]["value"]) for identifier in ids]
        given = cell.get("value", cell.get("low", cell.get("high")))
        if "derivation" in cell:
            expected = evaluate(cell["derivation"], {chr(ord("a") + i): figure for i, figure in enumerate(figures)})
        else:
            assert len(ids) == 1, path
            expected = figures[0] * CONVERSION[evidence[ids[0]]["unit"], unit_at(path, raw_world)]
        n_checked += 1
        # derived cells are rounded where they are written
        if not math.isclose(given, expected, rel_tol=1e-4 if "derivation" in cell else 1e-9):
            wrong.append(f"{'.'.join(path)}: {given} instead of {expected}")
    assert not wrong, "\n".join(wrong)
    assert n_checked >= EVIDENCED[world_file.stem]


def test_a_bound_is_cited_as_the_bound_it_is(raw, evidence):
    sides = {"gt": "low", "ge": "low", "lt": "high", "le": "high"}
    for fact in raw["reconstructions"]["ai_postings"]["facts"]:
        dims = dict(item.split("=") for item in evidence[fact["evidence"]]["dims"].split(";"))
        assert sides.get(dims.get("bound"), "value") in fact, fact
        places = fact["place"] if isinstance(fact["place"], list) else [fact["place"]]
        assert dims["city"].split("+") == places
        assert dims["industry"] == fact["industry"]
        within = "by_city_within_industry" if fact["of"] == "industry" else "by_industry_within_city"
        assert evidence[fact["evidence"]]["statistic"].endswith(within)


def test_every_published_city_share_is_used(raw, evidence):
    used = {fact["evidence"] for fact in raw["reconstructions"]["ai_postings"]["facts"]}
    for identifier, row in evidence.items():
        if row["statistic"] in {"ai_posting_share_by_city_within_industry", "ai_posting_share_by_industry_within_city"}:
            assert identifier in used


def test_no_assumption_lacks_a_reason_and_a_range(raw_world):
    blocks = [*raw_world["quantities"].items()]
    for rebuilt in raw_world.get("reconstructions", {}).values():
        blocks.extend(rebuilt.items())
    for name, block in blocks:
        if isinstance(block, dict) and "assumption" in block:
            assert len(block["assumption"]) > 20, name
            low, high = block.get("range") or block["relative_range"]
            assert low <= high, name
    for path, cell in walk_cells(raw_world):
        if "assumption" in cell:
            low, high = cell["range"]
            assert low <= cell["value"] <= high, path
            assert len(cell["assumption"]) > 10, path


def test_every_value_lies_in_its_range(loaded):
    _, sources = loaded
    for key, source in sources.items():
        found = re.search(r"\(range (\S+) to (\S+)\)$", source.source)
        if found and not math.isnan(source.value):
            assert float(found[1]) <= source.value * 1.00001 + 1e-9, key
            assert source.value <= float(found[2]) * 1.00001 + 1e-9, key


def test_all_quantities_are_there_with_source(loaded):
    world, sources = loaded
    for name, spec in world_quantities().items():
        array = getattr(world, name)
        shape = tuple(len(world.places) if dim == "place" else len(AXES[dim]) for dim in spec["dims"])
        assert array.shape == shape, name
        assert sum(key.startswith(f"world.{name}.") for key in sources) == array.size, name
        if name not in MAY_BE_NAN:
            assert (array >= spec["low"]).all(), name
            assert (array <= spec["high"]).all(), name


def test_lines_are_short(world_file):
    assert max(map(len, world_file.read_text(encoding="utf-8").splitlines())) <= 160


def test_names_are_known(raw):
    assert len(raw["places"]) == 25
    assert set(raw["quantities"]) == set(world_quantities())


@pytest.mark.parametrize("name", SUM_TO_ONE)
def test_shares_add_to_one(loaded, name):
    np.testing.assert_allclose(getattr(loaded[0], name).sum(axis=-1), 1, atol=1e-9)


def test_graduates_of_the_country(china):
    world, _ = china
    national = dict(zip(COHORT_YEARS, world.graduates.sum(axis=0), strict=True))
    known = {"2011": 6.6e6, "2019": 8.34e6, "2020": 8.74e6, "2022": 10.76e6, "2024": 11.79e6, "2030": 13.0e6}
    for year, heads in known.items():
        assert national[year] == pytest.approx(heads, rel=0.01)
    by_level = world.graduates[:, COHORT_YEARS.index("2024")] @ world.level_share / national["2024"]
    np.testing.assert_allclose(by_level, [0.45, 0.46, 0.08, 0.008], rtol=0.08)


NEW_URBAN_JOBS = (13.52, 11.86, 12.69, 12.06, 12.44, 12.56)
"""Of the country, millions, 2019 to 2024."""
NET_LEAVERS = np.array([25, 33, 35, 36, 40, 40])
"""Of Beijing, with experience, less those who come, thousand, 2019 to 2024 (tools/count_leavers.py)."""


def test_jobs_are_consistent_with_graduates(china):
    world, _ = china
    stock = world.graduates[:, : COHORT_YEARS.index("2019")].sum()
    assert world.jobs_start.sum() == pytest.approx(0.96 * stock, rel=0.01)
    for i, year in enumerate(MODEL_YEARS):
        share = 0.8887 * NEW_URBAN_JOBS[min(i, 5)] / NEW_URBAN_JOBS[0]
        expected = share * world.graduates[:, COHORT_YEARS.index(year)].sum()
        assert world.new_jobs[:, i].sum() == pytest.approx(expected, rel=0.001)
    beijing = world.new_jobs[world.places.index("beijing")]
    reported = np.array([351, 261, 269, 260, 281, 299])
    np.testing.assert_allclose(beijing[:6], 800 * reported - 1000 * NET_LEAVERS)
    assert (beijing[6:] == beijing[5]).all()
    earlier = world.graduates[:, [COHORT_YEARS.index(year) for year in ("2017", "2018")]].sum() / 2
    assert world.new_jobs_before.sum() == pytest.approx(0.8887 * earlier, rel=0.001)
    assert world.new_jobs_before[world.places.index("beijing")] == 0.8 * 422_000 - 1000 * NET_LEAVERS[0]


def test_postings_reproduce_the_published_ai_composition(china):
    """Levels among AI postings, whether industries weigh by jobs or by AI postings; intensity by level."""
    world, _ = china
    by_jobs = world.jobs_start @ world.industry_share / world.jobs_start.sum()
    by_ai = world.ai_place_share @ world.ai_industry_share
    composition = np.array([0.3404, 0.5686, 0.0816, 0.0094])
    all_postings = by_jobs @ world.education_mix
    ai_postings = all_postings * world.ai_intensity_education
    np.testing.assert_allclose(ai_postings / ai_postings.sum(), composition, rtol=2e-3)
    within = world.education_mix * world.ai_intensity_education
    np.testing.assert_allclose(by_ai @ (within / within.sum(axis=1, keepdims=True)), composition, rtol=2e-3)


def test_ai_intensity_of_places_and_of_levels_agree(china):
    world, _ = china
    by_level = 1 / np.sum(np.array([0.3404, 0.5686, 0.0816, 0.0094]) / world.ai_intensity_education)
    by_place = 1 / np.sum(world.ai_place_share / world.ai_intensity_place)
    assert by_place == pytest.approx(by_level, rel=0.01)


def test_mixes_keep_the_published_means(china):
    world, _ = china
    by_ai = world.ai_place_share @ world.ai_industry_share
    np.testing.assert_allclose(
        by_ai @ world.experience_mix, [0.2005, 0.0134, 0.3016, 0.3167, 0.1520, 0.0158], atol=2e-5
    )
    sizes = dict(zip(FIRM_SIZE, by_ai @ world.size_mix, strict=True))
    assert sizes["100-500"] == pytest.approx(0.2834, abs=1e-4)
    assert sizes["500-10000"] == pytest.approx(0.3260, abs=1e-4)
    assert world.season.mean() == pytest.approx(1)


def test_relative_wages_have_mean_one(china):
    world, _ = china
    jobs = world.jobs_start / world.jobs_start.sum()
    by_ai = world.ai_place_share @ world.ai_industry_share
    assert jobs @ world.wage_place[:, 0] == pytest.approx(1, abs=0.005)
    assert world.ai_place_share @ world.wage_place[:, 1] == pytest.approx(1, abs=0.005)
    assert jobs @ world.industry_share @ world.wage_industry[:, 0] == pytest.approx(1, abs=0.01)
    assert by_ai @ world.wage_industry[:, 1] == pytest.approx(1, abs=0.01)
    assert by_ai @ world.experience_mix @ world.wage_experience == pytest.approx(1, abs=0.005)
    assert world.size_premium @ (by_ai @ world.size_mix) == pytest.approx(1, abs=0.005)


def test_ai_postings_pay_more_in_the_large_cities(china):
    """Levels and places alone, over the other postings of a place; runs are compared with the published premia."""
    world, _ = china
    composition = np.array([0.3404, 0.5686, 0.0816, 0.0094])
    mix = world.jobs_start @ world.industry_share / world.jobs_start.sum() @ world.education_mix
    ai = composition @ world.wage_education_cny_m[:, 1]
    other = mix @ world.wage_education_cny_m[:, 0]
    for name in ("beijing", "shenzhen", "shanghai", "chengdu", "guangzhou", "hangzhou", "nanjing", "suzhou"):
        place = world.places.index(name)
        premium = ai * world.wage_place[place, 1] / (other * world.wage_place[place, 0]) - 1
        assert 0.2 < premium < 0.4, name
    assert list(EDUCATION) == ["below_bachelor", "bachelor", "master", "phd"]
    assert (np.diff(world.wage_education_cny_m, axis=0) > 0).all()


def test_orders_that_the_sources_state(china):
    world, _ = china
    place = {name: index for index, name in enumerate(world.places)}
    intensity = world.ai_intensity_place
    top = np.argsort(-intensity)[:3]
    assert [world.places[i] for i in top] == ["beijing", "shanghai", "shenzhen"]
    assert world.rent_shared_cny_m.argmax() == place["beijing"]
    assert world.rent_shared_cny_m[place["beijing"]] > 3000
    assert (world.rent_whole_cny_m > world.rent_shared_cny_m).all()
    assert np.isnan(world.stickiness_published).sum() == 7
    density = world.talent_start / world.employed_start
    assert density.argmax() == place["beijing"]
    assert density[place["beijing"]] < 0.722
    assert world.ai_industry_share[place["beijing"]].argmax() == INDUSTRY.index("computer_internet")
