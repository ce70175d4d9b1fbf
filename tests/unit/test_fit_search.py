"""Fits of problems whose answer is known, interrupted and not."""

import dataclasses
import fcntl
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fit_toys import FEW_GENERATIONS, Linear, make_linear, make_prior, make_targets

import calibration.propose
from calibration.budget import BUDGETS
from calibration.emulator import Emulator
from calibration.fit import (
    BEFORE,
    TOGETHER,
    run_fit,
    summarise_algorithms,
    summarise_families,
    summarise_targets,
    write_fit,
)
from calibration.journal import Journal
from calibration.problem import CalibrationError, measure_errors, measure_loss
from calibration.propose import GENERATIONS, measure_expected_loss, propose_points
from calibration.runs import Runner
from calibration.scales import Scales
from calibration.search import ALGORITHMS, sample_latin, search_cma, search_emulated, search_latin

TESTS = Path(__file__).parent.parent
TRUTH = (0.3, 0.62, 0.8, 0.45)
MIXING = ((1.0, 0.4, 0.0, 0.1), (0.0, 1.0, -0.5, 0.0), (0.3, 0.0, 1.0, 0.0), (0.0, 0.2, 0.3, 1.0))
BUDGET = dataclasses.replace(BUDGETS["small"], points=60, further=20, seeds=2, choose_seeds=5, finalists=2)


@pytest.fixture(scope="module", autouse=True)
def few_generations():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration.propose, "GENERATIONS", FEW_GENERATIONS)
        yield


def fit(problem, path=None, budget=BUDGET, jobs=1, seed=1):
    return run_fit(problem, Runner(problem, Journal(problem, path), jobs=jobs), budget, seed)


def make_evaluate(problem):
    """The evaluation an algorithm gets, and the list of the points it tried."""
    tried = []

    def evaluate(unit):
        figures = np.array([problem.simulate(values, 1) for values in problem.prior.to_values(unit)])
        tried.extend(zip(unit, (measure_errors(problem.targets, figures) @ problem.targets.weight), strict=True))
        return np.log1p(measure_errors(problem.targets, figures)) @ problem.targets.weight, figures

    return evaluate, tried


def test_cma_finds_the_optimum():
    problem = make_linear(TRUTH, MIXING, tolerance=0.02)
    evaluate, tried = make_evaluate(problem)
    search_cma(problem, evaluate, 1500, 1)
    best, error = min(tried, key=lambda one: one[1])
    assert error == 0.0
    # all figures within 0.02: the parameters lie within what that leaves open
    assert np.abs(best - TRUTH).max() < 0.02 * np.abs(np.linalg.inv(MIXING)).sum(axis=1).max()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_budgets_are_kept_to_the_point(name):
    problem = make_linear(TRUTH, MIXING)
    evaluate, tried = make_evaluate(problem)
    ALGORITHMS[name](problem, evaluate, 47, 3)
    unit = np.array([point for point, _ in tried])
    assert len(unit) == 47
    assert unit.min() >= 0.0
    assert unit.max() <= 1.0


def test_learning_beats_the_latin_hypercube():
    problem = make_linear(TRUTH, MIXING)
    best = {}
    for algorithm in (search_latin, search_emulated):
        evaluate, tried = make_evaluate(problem)
        algorithm(problem, evaluate, 60, 5)
        best[algorithm] = min(error for _, error in tried)
    assert best[search_emulated] < 0.2 * best[search_latin]


def test_a_fit_improves_on_the_values_before_and_says_by_how_much():
    problem = make_linear(TRUTH, MIXING, noise=0.003)
    result = fit(problem)
    table = summarise_algorithms(problem, result)
    assert list(table["algorithm"])[-1] == BEFORE
    assert set(table["algorithm"]) == {BEFORE, TOGETHER, *ALGORITHMS}
    points = dict(zip(table["algorithm"], table["points"], strict=True))
    assert points == {BEFORE: 1, TOGETHER: BUDGET.further} | dict.fromkeys(ALGORITHMS, BUDGET.points)
    assert result.finalists.loss[0] == min(result.finalists.loss) < 0.1 * result.loss_before
    assert not set(result.search_seeds) & set(result.choose_seeds)
    targets = summarise_targets(problem, result)
    assert targets["error_after"].is_monotonic_decreasing
    assert targets["error_after"].sum() < targets["error_before"].sum()
    families = summarise_families(problem, result)
    assert families["loss_after"].mean() == pytest.approx(result.finalists.loss[0])


def test_what_all_have_tried_is_worth_more_than_the_best_of_it(monkeypatch):
    """Twelve parameters, noise of a tolerance: what all points tell together beats what each algorithm took for best.

    Over the three fits together the chance of failing by bad luck is small: single ones halve the loss or more.
    """
    monkeypatch.setattr(calibration.propose, "GENERATIONS", GENERATIONS)  # twelve parameters need them all
    matrix = np.eye(12) + np.eye(12, k=1) - 0.5 * np.eye(12, k=-3)
    problem = make_linear(np.linspace(0.25, 0.75, 12), matrix, noise=0.05, scatter=0.15, tolerance=0.05)
    budget = dataclasses.replace(BUDGET, points=50, further=30)
    found = dict.fromkeys((*ALGORITHMS, TOGETHER), 0.0)
    for seed in range(3):
        table = summarise_algorithms(problem, fit(problem, budget=budget, seed=1 + 10 * seed)).set_index("algorithm")
        for name in found:
            found[name] += table.loc[name, "loss_chosen"]
    assert found[TOGETHER] < 0.8 * min(found[name] for name in ALGORITHMS)


def test_expected_losses_are_means_over_the_error_of_the_emulator():
    """A band, a bound and a figure that is not emulated.

    The standard error of 40 000 draws is below 0.005; quadrature adds an error of its own.
    """
    targets = make_targets([0.5, 0.0, 9.0], tolerance=0.1, above=np.array([0.1, np.inf, 0.1]))
    problem = dataclasses.replace(make_linear([0.5, 0.5, 0.5]), targets=targets)
    emulator = Emulator(
        n=3, order=1, coefficient=np.diag([0.4, 0.4, 0.0]), constant=np.array([0.3, 0.1, 0.0]),
        sd=np.array([0.2, 0.3, np.inf]), scales=Scales.plain(3), lift=np.zeros(3),
    )  # fmt: skip
    unit = np.array([[0.1, 0.2, 0.3], [0.9, 0.1, 0.5]])
    drawn = emulator.predict(unit)[:, None, :] + np.random.default_rng(1).normal(size=(2, 40_000, 3)) * [0.2, 0.3, 0.0]
    drawn[..., 2] = 9.0
    expected = measure_loss(targets, drawn).mean(axis=1)
    assert measure_expected_loss(problem, emulator, unit) == pytest.approx(expected, abs=0.03)
    exact = dataclasses.replace(emulator, sd=np.array([0.0, 0.0, np.inf]))
    drawn[:, 0, :2] = emulator.predict(unit)[:, :2]
    assert measure_expected_loss(problem, exact, unit) == pytest.approx(measure_loss(targets, drawn[:, 0]))


def test_proposals_gather_where_figures_are_sure_and_spread_where_they_are_not():
    unit = sample_latin(4, 60, 1)
    spread = {}
    for noise in (0.0, 0.3):
        problem = make_linear(TRUTH, MIXING, scatter=noise, tolerance=0.02)
        figures = np.array([problem.simulate(values, 1) for values in problem.prior.to_values(unit)])
        new = propose_points(problem, unit, figures, 20, 1, 1)
        assert new.min() >= 0.0
        assert new.max() <= 1.0
        spread[noise] = new.std(axis=0).mean()
        if noise == 0.0:
            assert np.abs(new[0] - TRUTH).max() < 0.02
    assert spread[0.0] < 0.01
    assert spread[0.3] > 0.03


def test_what_is_held_keeps_its_value_and_the_others_make_up_for_it():
    problem = make_linear((0.3, 0.5), ((1.0, 1.0),))
    unit = sample_latin(2, 40, 1)
    figures = np.array([problem.simulate(values, 1) for values in unit])
    new = propose_points(problem, unit, figures, 5, 1, 1, np.array([[0.0, 1.0], [0.2, 0.2]]))
    assert np.all(new[:, 1] == 0.2)
    assert new[0, 0] == pytest.approx(0.6, abs=0.02)


def test_proposals_stay_in_their_box():
    problem = make_linear((0.3, 0.5), ((1.0, 1.0),))
    unit = sample_latin(2, 40, 1)
    figures = np.array([problem.simulate(values, 1) for values in unit])
    box = np.array([[0.1, 0.25], [0.4, 0.9]])
    new = propose_points(problem, unit, figures, 40, 1, 1, box)
    assert np.all(new >= box[:, 0])
    assert np.all(new <= box[:, 1])
    assert new[0].sum() == pytest.approx(0.8, abs=0.03)


def test_fresh_seeds_choose():
    """Among many points the luckiest one wins the search; the loss reported is not the lucky one."""
    problem = make_linear(TRUTH, MIXING, noise=0.05)
    result = fit(problem)
    figures = [problem.simulate(problem.prior.to_values(result.best), seed) for seed in result.choose_seeds]
    assert np.allclose(np.mean(figures, axis=0), result.finalists.figures[0])


def test_workers_do_not_change_a_fit(tmp_path):
    problem = make_linear(TRUTH, MIXING, noise=0.01)
    budget = dataclasses.replace(BUDGET, points=16, further=5, choose_seeds=2, finalists=1)
    alone, shared = fit(problem, budget=budget), fit(problem, tmp_path / "journal.jsonl", budget, jobs=2)
    assert np.array_equal(alone.searched.unit, shared.searched.unit)
    assert np.array_equal(alone.finalists.loss, shared.finalists.loss)
    runner = Runner(problem, Journal(problem), jobs=2)
    assert runner.map(math.sqrt, range(5)) == [math.sqrt(number) for number in range(5)]


class BrokenOffError(Exception):
    pass


@dataclasses.dataclass
class BreaksOff:
    """A simulation that is interrupted after some runs."""

    inner: Linear
    left: int

    def __call__(self, values, seed):
        if self.left == 0:
            raise BrokenOffError
        self.left -= 1
        return self.inner(values, seed)


@pytest.fixture(scope="module")
def undisturbed():
    return fit(make_linear(TRUTH, MIXING, noise=0.01))


@pytest.mark.parametrize("after", [1, 77, 380])
def test_an_interrupted_fit_ends_as_an_undisturbed_one(tmp_path, undisturbed, after):
    problem = make_linear(TRUTH, MIXING, noise=0.01)
    path = tmp_path / "journal.jsonl"
    breaking = dataclasses.replace(problem, simulate=BreaksOff(problem.simulate, after))
    with pytest.raises(BrokenOffError):
        fit(breaking, path)
    assert len(Journal(problem, path)) == after
    counting = dataclasses.replace(problem, simulate=BreaksOff(problem.simulate, 10**6))
    resumed = fit(counting, path)
    ran = 10**6 - counting.simulate.left
    assert after + ran == len(Journal(problem, path))
    assert np.array_equal(resumed.searched.unit, undisturbed.searched.unit)
    assert np.array_equal(resumed.searched.loss, undisturbed.searched.loss)
    assert np.array_equal(resumed.finalists.unit, undisturbed.finalists.unit)


KILLED = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from fit_toys import make_linear
from calibration.journal import Journal
from calibration.runs import Runner
from pathlib import Path
import numpy as np
problem = make_linear({truth}, {mixing}, log={log!r}, sleep_s=0.1)
if __name__ == "__main__":
    runner = Runner(problem, Journal(problem, Path({journal!r})), jobs={jobs})
    runner.evaluate(np.full((1, 4), 0.5), range(10_000))
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_kill_loses_the_runs_in_flight_only(tmp_path, jobs):
    journal, log = tmp_path / "journal.jsonl", tmp_path / "log"
    script = KILLED.format(
        root=str(TESTS.parent), tests=str(TESTS), truth=TRUTH, mixing=MIXING, log=str(log), journal=str(journal),
        jobs=jobs,
    )  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and (not log.exists() or len(log.read_text().splitlines()) < 15):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)  # with its workers
    process.wait()
    begun = len(log.read_text().splitlines())
    kept = len(Journal(make_linear(TRUTH, MIXING), journal))
    assert begun >= 15
    # two runs are sent to each worker ahead, and one may have ended just now
    assert begun - (3 * jobs if jobs > 1 else 1) <= kept <= begun


def test_half_a_line_is_cut_off(tmp_path):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    journal = Journal(problem, path)
    for seed in (1, 2):
        journal.append(np.array(TRUTH), seed, problem.simulate(np.array(TRUTH), seed))
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    again = Journal(problem, path)
    assert len(again) == 1
    assert again.find(np.array(TRUTH), 2) is None
    again.append(np.array(TRUTH), 2, problem.simulate(np.array(TRUTH), 2))
    assert path.read_bytes() == whole


APPENDING = """
import sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
import numpy as np
from fit_toys import make_linear
from calibration.journal import Journal
problem, path = make_linear([0.5]), Path({journal!r})
print("ready", flush=True)
sys.stdin.readline()
journal = Journal(problem, path)
for seed in range({first}, {first} + 100):
    journal.append(np.array([0.5]), seed, np.full(1000, 1.0 / seed))
"""


def test_two_commands_append_to_one_journal_at_once(tmp_path):
    """Both wait for whoever has the file, and then both begin it."""
    path = tmp_path / "journal.jsonl"
    both = []
    for first in (1, 1001):
        script = APPENDING.format(root=str(TESTS.parent), tests=str(TESTS), journal=str(path), first=first)
        both.append(subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    for process in both:
        assert process.stdout.readline() == b"ready\n"
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for process in both:
            process.stdin.write(b"go\n")
            process.stdin.flush()
        time.sleep(0.5)
        assert path.stat().st_size == 0
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    journal = Journal(make_linear([0.5]), path)
    assert len(path.read_text().splitlines()) == 201
    assert len(journal) == 200
    assert all(
        (journal.find(np.array([0.5]), seed) == 1.0 / seed).all() for seed in (*range(1, 101), *range(1001, 1101))
    )


def test_a_journal_takes_in_what_others_append(tmp_path):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    mine, other, point = Journal(problem, path), Journal(problem, path), np.array(TRUTH)
    other.append(point, 1, np.arange(4.0))
    runner = Runner(dataclasses.replace(problem, simulate=BreaksOff(problem.simulate, 0)), mine)
    assert runner.evaluate(problem.prior.to_unit(point)[None, :], [1])[0, 0].tolist() == [0.0, 1.0, 2.0, 3.0]
    with path.open("a") as file:
        file.write('{"values": [0.5, 0.')  # as a kill leaves it
    mine.append(point, 2, np.ones(4))
    other.append(point, 3, np.zeros(4))
    assert len(mine) == 2
    assert len(other) == len(Journal(problem, path)) == 3
    path.unlink()
    mine.append(point, 4, np.ones(4))
    assert len(Journal(problem, path)) == 1


def test_figures_come_back_bit_for_bit(tmp_path):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    figures = np.array([1 / 3, np.nan, 1e-300, -0.1])
    Journal(problem, path).append(np.array(TRUTH), 7, figures)
    assert np.array_equal(Journal(problem, path).find(np.array(TRUTH), 7), figures, equal_nan=True)
    assert all(json.loads(line) for line in path.read_text().splitlines())


@pytest.mark.parametrize(("changes", "word"), [
    ({"identity": "another model"}, "identity"),
    ({"prior": make_prior(4, names=("a", "b", "c", "d"))}, "parameters"),
    ({"targets": make_targets([1.0])}, "figures"),
])  # fmt: skip
def test_a_journal_of_something_else_is_refused(tmp_path, changes, word):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    Journal(problem, path).append(np.array(TRUTH), 1, np.zeros(4))
    with pytest.raises(CalibrationError, match=f"{path.name}.*other {word}"):
        Journal(dataclasses.replace(problem, **changes), path)


def test_published_values_may_change_without_new_runs(tmp_path):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    Journal(problem, path).append(np.array(TRUTH), 1, np.zeros(4))
    corrected = dataclasses.replace(problem, targets=dataclasses.replace(problem.targets, value=np.ones(4)))
    assert len(Journal(corrected, path)) == 1


def test_damage_in_the_middle_is_named(tmp_path):
    problem, path = make_linear(TRUTH), tmp_path / "journal.jsonl"
    for seed in (1, 2):
        Journal(problem, path).append(np.array(TRUTH), seed, np.zeros(4))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][:9] + "\n" + lines[2])
    with pytest.raises(CalibrationError, match=r"journal\.jsonl:2"):
        Journal(problem, path)


def test_progress_counts_runs_done_and_read():
    problem, seen = make_linear(TRUTH), []
    runner = Runner(problem, Journal(problem), on_run=lambda done, total: seen.append((done, total)))
    runner.expect(6)
    runner.evaluate(np.full((1, 4), 0.5), [1, 2])
    runner.evaluate(np.array([[0.5] * 4, [0.25] * 4]), [1, 2])
    assert seen == [(1, 6), (2, 6), (4, 6), (5, 6), (6, 6)]


def test_a_fit_is_written(tmp_path):
    problem = make_linear(TRUTH, MIXING)
    result = fit(problem, budget=dataclasses.replace(BUDGET, points=12, choose_seeds=2))
    write_fit(problem, result, tmp_path / "fit", {"seed": 1})
    head = json.loads((tmp_path / "fit" / "parameters.json").read_text())
    assert head["parameters"] == dict(zip(problem.prior.names, problem.prior.to_values(result.best), strict=True))
    assert head["loss"] <= head["loss_before"]
    assert {path.name for path in (tmp_path / "fit").iterdir()} == {
        "parameters.json", "targets.csv", "families.csv", "algorithms.csv", "points.csv",
    }  # fmt: skip
