"""The sums kept without tables are those of the tables of the same run."""

import gc

import mesa
import numpy as np
import pytest
from toys import toy_scenario

import sim.phases.ranges
from sim.kernels.tallies import PRESENT_EMPLOYED, PRESENT_READY, PRESENT_SEARCHING
from sim.model import TalentMarket
from sim.moments import MomentObserver
from sim.observe_people import N_COHORTS
from sim.run import run_scenario, simulate_moments
from sim.types import AI, EDUCATION, EXPERIENCE, FIELD, FIRM_SIZE, HOME, INDUSTRY, N_POSITION_CELLS, REASON, Quarter
from sim.world.indicators import DIMENSIONS
from sim.world.spec import FIRST_COHORT_YEAR

SCENARIO = toy_scenario(
    policies=[
        {"kind": "living_subsidy", "city": "alpha", "from": "2020Q1", "to": "2021Q4", "amount_cny_m": 1500,
         "awareness": 0.9},
    ],
    scale=500, quarters=14,
)  # fmt: skip
PLACES = SCENARIO.world.places


@pytest.fixture(scope="module")
def moments():
    return simulate_moments(SCENARIO, 3)


@pytest.fixture(scope="module")
def tables():
    return run_scenario(SCENARIO, seed=3).tables


def fill(frame, keys, value, shape):
    """The column `value` as an array over `keys`, which hold codes."""
    found = np.zeros(shape)
    np.add.at(found, tuple(frame[key].to_numpy() for key in keys), frame[value].to_numpy())
    return found


def encode(frame, **words):
    """Text replaced by codes; quarters by their number in the run and their year."""
    numbers = [Quarter.parse(text).number for text in frame["quarter"].astype(str)]
    codes = {name: frame[name].astype(str).map({word: k for k, word in enumerate(of)}) for name, of in words.items()}
    return frame.assign(
        **codes, q=np.array(numbers) - SCENARIO.start.number,
        year=[Quarter(number).year - SCENARIO.start.year for number in numbers],
    )  # fmt: skip


def test_people_rents_and_money_are_those_of_the_cities(moments, tables):
    cities = encode(tables["cities"], city=PLACES)
    shape = moments.rent_cny_m.shape
    keys = "q", "city"

    def column(name):
        return fill(cities, keys, name, shape)

    assert (moments.start, moments.scale) == (SCENARIO.start, SCENARIO.scale)
    assert np.array_equal(column("talent"), moments.talent)
    assert np.array_equal(column("employed"), moments.working)
    assert np.array_equal(column("rent"), moments.rent_cny_m)
    assert np.array_equal(column("rent_burden"), moments.rent_burden)
    assert np.array_equal(column("hukou_granted"), moments.hukou_granted)
    assert np.array_equal(column("budget_spent"), moments.spent_fen / 100.0)
    assert moments.spent_fen.sum() > 0
    for k, name in enumerate(("stickiness", *(f"stickiness_{name}" for name in DIMENSIONS))):
        assert np.array_equal(column(name), moments.stickiness[:, k], equal_nan=True)


def test_postings_are_those_of_the_table(moments, tables):
    words = {"city": PLACES, "industry": INDUSTRY, "education": EDUCATION, "experience": EXPERIENCE, "ai": AI,
             "firm_size": FIRM_SIZE}  # fmt: skip
    postings = encode(tables["postings"], **words)
    keys = ("q", "city", "industry", "firm_size", "cell")
    postings["cell"] = (postings["education"] * len(EXPERIENCE) + postings["experience"]) * len(AI) + postings["ai"]
    names, sizes = ("quarter", "place", "industry", "size", "cell"), (
        len(moments.pulse), len(PLACES), len(INDUSTRY), len(FIRM_SIZE), N_POSITION_CELLS,
    )  # fmt: skip
    postings["offered"] = postings["wage_offer_mean"] * postings["openings"] * 100
    postings["hired"] = (postings["wage_hired_mean"] * postings["hires"] * 100).fillna(0)
    for column, name in (("openings", "openings"), ("new_postings", "new"), ("hires", "hires")):
        found = moments.sum_postings(names, sizes, name)
        assert np.array_equal(fill(postings, keys, column, sizes), found * moments.scale)
        assert found.sum() > 100
    # the tables hold means: their product with the counts is off by roundings of doubles
    for name, value in (("offered", "offered_fen"), ("hired", "hired_fen")):
        found = moments.sum_postings(names, sizes, value)
        np.testing.assert_allclose(fill(postings, keys, name, sizes), found * moments.scale, rtol=1e-12)


def test_flows_are_those_of_the_table_by_year(moments, tables):
    flows = encode(tables["flows"], from_city=PLACES, to_city=PLACES, education=EDUCATION, reason=REASON)
    flows["new_graduate"] = flows["new_graduate"].astype(int)
    keys = ("year", "from_city", "to_city", "education", "reason", "new_graduate")
    assert np.array_equal(fill(flows, keys, "persons", moments.flows.shape), moments.flows * moments.scale)


def test_cohorts_are_those_of_the_table(moments, tables):
    words = {"study_city": PLACES, "education": EDUCATION, "field": FIELD, "home": HOME}
    cohorts = encode(tables["cohorts"].assign(quarter=str(SCENARIO.start)), **words)
    cohorts["cohort_year"] -= FIRST_COHORT_YEAR
    keys, shape = ("cohort_year", *words), moments.graduated.shape[:-1]
    assert shape[0] == N_COHORTS
    for k, name in enumerate(("graduated", "further_study", "preparing")):
        assert np.array_equal(fill(cohorts, keys, name, shape), moments.graduated[..., k] * moments.scale)
    seen = cohorts.assign(**{name: cohorts[name].fillna(0).astype(int) for name in ("employed_6m", "stayed_12m")})
    listed = moments.graduated[..., 0] > 0  # the table leaves out the cohorts of before the run
    for name, counted in (("employed_6m", moments.employed[..., 0]), ("stayed_12m", moments.stayed[..., 1])):
        assert np.array_equal(fill(seen, keys, name, shape), np.where(listed, counted, 0) * moments.scale)
        assert counted[listed].sum() > 0


def test_people_by_field_are_those_of_the_table(moments, tables):
    people = encode(tables["people"], city=PLACES, education=EDUCATION, field=FIELD)
    keys, shape = ("q", "city", "education", "field"), moments.present.shape[:-1]
    searching = people[people["state"].astype(str) == "searching"]
    ready = searching.assign(persons=(searching["persons"] * searching["qualified_share"]).round().astype(int))
    parts = {PRESENT_EMPLOYED: people[people["state"].astype(str) == "employed"], PRESENT_SEARCHING: searching}
    for k, part in {**parts, PRESENT_READY: ready}.items():
        assert np.array_equal(fill(part, keys, "persons", shape), moments.present[..., k] * moments.scale)
        assert moments.present[..., k].sum() > 0


def test_new_graduates_and_staff_are_those_of_the_tables(moments, tables):
    schools = encode(tables["institutions"], city=PLACES, level=EDUCATION, field=FIELD)
    schools["qualified"] = (schools["graduated"] * schools["qualified_share"]).fillna(0)
    keys, shape = ("year", "city", "level", "field"), moments.newcomers.shape[:-1]
    for k, name in enumerate(("graduated", "qualified")):
        np.testing.assert_allclose(
            fill(schools, keys, name, shape), moments.newcomers[..., k] * moments.scale, atol=1e-6
        )
        assert moments.newcomers[..., k].sum() > 0
    firms = encode(tables["firms"], city=PLACES, industry=INDUSTRY)
    keys = ("q", "city", "industry")
    assert np.array_equal(fill(firms, keys, "headcount", moments.headcount.shape), moments.headcount * moments.scale)


def test_staff_by_cohort_is_that_of_the_table_at_the_ends_of_years(moments, tables):
    people = tables["people"]
    quarter = people["quarter"].astype(str)
    staff = people[quarter.str.endswith("Q4") & (people["state"].astype(str) == "employed")]
    staff = staff.assign(
        year=staff["quarter"].astype(str).str[:4].astype(int) - moments.start.year,
        cohort=staff["cohort_year"].astype(int) - FIRST_COHORT_YEAR,
        **{name: staff[name].cat.codes.to_numpy() for name in ("education", "field")},
        place=staff["city"].astype(str).map(PLACES.index),
    )
    keys, found = ("year", "place", "cohort", "education", "field"), moments.cohort_staff
    assert found.sum() > 0
    np.testing.assert_allclose(fill(staff, keys, "persons", found.shape), found * moments.scale)


def test_sums_do_not_depend_on_threads(monkeypatch, moments):
    monkeypatch.setattr(sim.phases.ranges, "LEAST_ROWS", 1)
    other = simulate_moments(SCENARIO, 3, threads=2)
    for name, value in vars(moments).items():
        assert np.array_equal(value, getattr(other, name), equal_nan=name == "stickiness"), name


def test_another_seed_gives_other_sums(moments):
    assert not np.array_equal(simulate_moments(SCENARIO, 4).pulse, moments.pulse)


def test_no_model_survives_without_a_search_for_cycles():
    def count_models():
        return sum(isinstance(one, mesa.Model) and "scenario" in vars(one) for one in gc.get_objects())

    gc.collect()
    before = count_models()
    gc.disable()
    try:
        simulate_moments(toy_scenario(scale=3000, quarters=2), 1)
        assert count_models() == before
    finally:
        gc.enable()


def test_a_run_of_sums_has_no_tables():
    model = TalentMarket(toy_scenario(scale=3000, quarters=2), seed=1, observer=MomentObserver)
    try:
        with pytest.raises(TypeError, match="MomentObserver"):
            model.tables()
    finally:
        model.close()
