"""Every published figure is read twice from the same run: fast from its sums, and plainly from its tables."""

from pathlib import Path

import pytest

from calibration.board import HORIZON_QUARTERS, list_families, list_figures, simulate_figures
from calibration.evidence import EvidenceError
from calibration.moments import MOMENTS, Reading, read_moment
from calibration.second_reading import READERS, read_tables
from calibration.targets import load_targets
from sim.run import run_scenario, simulate_moments
from sim.scenario import load_scenario

BOARD = load_targets()
SCALE, SEED = 2000, 5
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("baseline", scale=SCALE, quarters=HORIZON_QUARTERS)


@pytest.fixture(scope="module")
def reading(scenario):
    return Reading.of(simulate_moments(scenario, SEED), scenario)


@pytest.fixture(scope="module")
def tables(scenario):
    return run_scenario(scenario, seed=SEED).tables


def test_every_moment_has_a_second_reading_and_a_use():
    assert MOMENTS.keys() == READERS.keys()
    assert {figure.moment for figure in BOARD.figures} == MOMENTS.keys()


@pytest.mark.parametrize("family", BOARD.labels)
def test_both_readings_agree(reading, tables, family):
    figures = [figure for figure in BOARD.figures if figure.family == family]
    fast = [read_moment(reading, figure.moment, figure.args) for figure in figures]
    plain = [read_tables(tables, figure.moment, figure.args) for figure in figures]
    # tables hold means and shares: their product with counts is off by roundings of doubles
    assert fast == pytest.approx(plain, rel=1e-9, abs=1e-12, nan_ok=True)
    assert any(value == value for value in fast)  # noqa: PLR0124  not all of them are missing


def test_the_horizon_ends_with_2024(reading):
    assert len(reading.moments.pulse) == HORIZON_QUARTERS
    assert reading.quarters("2024") == [20, 21, 22, 23]
    assert reading.quarters("2025") == []


def test_misses_come_first_and_the_worst_of_them(scenario):
    figures = [figure for figure in BOARD.targets if figure.family in {"talent", "graduates_stay"}]
    values = {figure.name: [figure.value] for figure in figures}
    worst, bad = figures[3].name, figures[0].name
    values[worst] = [figures[3].value - 9 * figures[3].tolerance]
    values[bad] = [figures[0].value + 2 * figures[0].tolerance]
    table = list_figures(BOARD, values, {worst}, {}, "en")
    assert [row[-1] for row in table.rows[:3]] == ["no", "no", "yes"]
    assert [row[-2] for row in table.rows[:2]] == ["9.00", "2.00"]
    assert f"{figures[3].rows[0].id}; held out; " in table.rows[0][0]
    assert table.heads == ("figure", "published", "simulated", "sd of seeds", "error", "inside")
    assert list_figures(BOARD, values, set(), {}, "zh").heads[-1] == "在容差内"
    families = list_families(BOARD, values, {worst}, "en").rows
    assert families[-3:] == [
        ("Figures that the fit saw", str(len(figures) - 1), str(len(figures) - 2)),
        ("Figures held out", "1", "0"),
        ("all", str(len(figures)), str(len(figures) - 2)),
    ]


def test_a_seed_without_anybody_does_not_count():
    figure = next(figure for figure in BOARD.targets if figure.family == "talent")
    table = list_figures(BOARD, {figure.name: [figure.value, float("nan")]}, set(), {}, "en")
    assert table.rows[0][-1] == "yes"
    assert table.rows[0][3] == "-"  # one value has no spread
    assert list_figures(BOARD, {figure.name: [float("nan")]}, set(), {}, "en").rows[0][2:] == ("-", "-", "-", "no")


def test_a_scenario_that_the_figures_are_not_about_is_refused():
    toy = load_scenario(str(DATA / "two_cities_baseline.yaml"), scale=SCALE)
    early = [figure for figure in BOARD.targets if figure.year <= toy.end.year]
    with pytest.raises(EvidenceError, match="no beijing"):
        simulate_figures(toy, early, [SEED])
    short = load_scenario("baseline", scale=SCALE, quarters=8)
    with pytest.raises(EvidenceError, match="2020Q4"):
        simulate_figures(short, BOARD.targets, [SEED])


def test_figures_are_simulated_once_for_each_seed(scenario):
    figures = [figure for figure in BOARD.targets if figure.family == "talent"]
    done = []
    values = simulate_figures(scenario, figures, [SEED, SEED + 1], on_done=lambda n, total: done.append((n, total)))
    assert done == [(1, 2), (2, 2)]
    assert all(len(set(found)) == 2 for found in values.values())
