"""The file of free parameters, and the market model as a problem of calibration."""

import dataclasses

import numpy as np
import pytest

from calibration.board import HORIZON_QUARTERS
from calibration.market import make_problem, make_targets
from calibration.moments import Reading, read_moment
from calibration.problem import CalibrationError, measure_errors
from calibration.space import FEWEST, MOST, SPACE_FILE, load_space
from calibration.targets import load_targets
from sim.errors import ScenarioError
from sim.params import Params
from sim.run import simulate_moments
from sim.scenario import load_scenario

SCALE = 20_000
GOOD = """\
  - key: params.search.b_move
    unit: utility/1000 km
    prior: loguniform
    range: [0.15, 2.4]
    informed_by: [graduates_stay]
    reason: cost of distance
"""


def test_the_shipped_space_is_sound():
    families = {figure.family for figure in load_targets().targets}
    space = load_space(families=families)
    assert FEWEST <= len(space.free) <= MOST
    prior = space.prior
    assert len(set(prior.names)) == len(prior.names)
    assert (prior.low < prior.start).all()
    assert (prior.start < prior.high).all()
    assert all(one.reason and one.informed_by for one in space.free)


def test_values_before_the_fit_are_the_baseline_bit_for_bit():
    space = load_space()
    prior = space.prior
    assert space.apply(Params(), prior.to_values(prior.to_unit(prior.start))) == Params()


def test_corners_of_the_space_are_allowed():
    space = load_space()
    n = len(space.free)
    for unit in (np.zeros(n), np.ones(n)):
        values = space.prior.to_values(unit)
        changed = space.apply(Params(), values).model_dump()
        got = [changed[one.key.split(".")[1]][one.key.split(".")[2]] for one in space.free]
        assert np.allclose(got, np.where(unit > 0.5, space.prior.high, space.prior.low))


def test_whole_parameters_stay_whole(tmp_path):
    entry = GOOD.replace("b_move", "n_sampled").replace("utility/1000 km", "positions").replace("0.15, 2.4", "6, 30")
    space = load_space(write(tmp_path, entry))
    one = next(one for one in space.free if one.key == "params.search.n_sampled")
    assert one.whole
    values = space.prior.to_values(np.full(len(space.free), 0.4321))
    assert isinstance(space.apply(Params(), values).search.n_sampled, int)


def write(folder, entry):
    """A file of the shipped parameters, with `entry` in place of the one of the same key or of b_move."""
    blocks = SPACE_FILE.read_text(encoding="utf-8").split("  - key: ")
    key = entry.removeprefix("  - key: ").split("\n")[0]
    others = [block for block in blocks[1:] if block.split("\n")[0] not in {key, "params.search.b_move"}]
    path = folder / "space.yaml"
    path.write_text("parameters:\n" + "".join("  - key: " + block for block in others) + entry, encoding="utf-8")
    return path


@pytest.mark.parametrize(("old", "new", "message"), [
    ("search.b_move", "search.b_mvoe", r"unknown parameter.*Did you mean `params\.search\.b_move`"),
    ("utility/1000 km", "utility", "unit `utility` is wrong here"),
    ("    unit: utility/1000 km\n", "", "`unit` is missing"),
    ("loguniform", "lognormal", "unknown prior `lognormal`"),
    ("[0.15, 2.4]", "[0.15, 6]", r"wider than the parameter allows.*Stay within 0 to 5"),
    ("[0.15, 2.4]", "[2.4, 0.15]", "the lower first"),
    ("[0.15, 2.4]", "[0, 2.4]", "positive ends"),
    ("[0.15, 2.4]", "[0.9, 2.4]", r"value before the fit, 0\.6, is outside"),
    ("[graduates_stay]", "[graduates_sty]", "no family `graduates_sty`.*Did you mean `graduates_stay`"),
    ("[graduates_stay]", "[]", "no family of targets"),
    ("    reason: cost of distance\n", "", "`reason` is missing"),
    ("    reason", "    resaon", "unknown key `resaon`"),
    ("search.b_move", "search.b_home", "unit"),
])  # fmt: skip
def test_mistakes_of_the_file_are_named_with_their_repair(tmp_path, old, new, message):
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ScenarioError, match=message) as caught:
        load_space(path, families={figure.family for figure in load_targets().targets})
    assert all(problem.file == "space.yaml" and problem.line > 1 for problem in caught.value.problems)


def test_a_parameter_listed_twice_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="listed twice"):
        load_space(write(tmp_path, GOOD + GOOD))


def test_too_few_parameters_are_refused(tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text("parameters:\n" + GOOD, encoding="utf-8")
    with pytest.raises(ScenarioError, match="List 20 to 60"):
        load_space(path)


def test_the_problem_sees_the_fit_targets_of_a_run_only():
    problem = make_problem(SCALE)
    scenario = load_scenario("baseline", ("fit=null",), scale=SCALE, quarters=HORIZON_QUARTERS)
    board = load_targets()
    seen = {figure.name: figure for figure in board.targets if figure.name in problem.targets.names}
    assert len(seen) == len(problem.targets.names) < 0.85 * len(board.targets)
    reading = Reading.of(simulate_moments(scenario, 3), scenario)
    expected = [read_moment(reading, seen[name].moment, seen[name].args) for name in problem.targets.names]
    assert np.array_equal(problem.simulate(problem.prior.start, 3), expected, equal_nan=True)
    moved = problem.prior.to_values(np.full(len(problem.prior.names), 0.25))
    assert not np.array_equal(problem.simulate(moved, 3), expected, equal_nan=True)


def test_errors_agree_with_those_of_the_table_of_targets():
    figures = load_targets().targets
    targets = make_targets(figures)
    for shift in (-3.0, -0.5, 0.5, 3.0):
        simulated = targets.value + shift * np.array([figure.tolerance for figure in figures])
        errors = measure_errors(targets, simulated)
        expected = [
            max(0.0, abs(figure.error(value)) - 1.0) for figure, value in zip(figures, simulated.tolist(), strict=True)
        ]
        assert errors.tolist() == pytest.approx(expected)


def test_the_problem_of_earlier_years_has_fewer_figures_and_another_name():
    whole, early = make_problem(SCALE), make_problem(SCALE, 2023)
    assert set(early.targets.names) < set(whole.targets.names)
    assert early.identity != whole.identity
    assert make_problem(10_000).identity != whole.identity
    with pytest.raises(CalibrationError, match="2010"):
        make_problem(SCALE, 2010)
    assert dataclasses.replace(whole, identity="x").identity == "x"
