"""Validation of a fit on a toy whose answers are known, and the report of it."""

import dataclasses
import json
import math
import re

import numpy as np
import pytest
from fit_toys import Linear, make_prior, make_targets
from test_naive import make_row
from toys import toy_scenario
from typer.testing import CliRunner

import calibration.cli_validate
import calibration.market
import calibration.space
import calibration.targets
import sim.run
from calibration.evidence import Registry
from calibration.fitfolder import FitFolder, describe_params, read_fit
from calibration.holdout import load_rule, split_targets
from calibration.journal import Journal
from calibration.naive import BENCHMARKS
from calibration.paramwords import describe_param
from calibration.posterior import UNIFORM_SD
from calibration.problem import MISSING, CalibrationError, Problem
from calibration.report import make_report, tell_scores
from calibration.report_html import draw_mark, render_html
from calibration.report_pdf import write_pdf
from calibration.runs import Runner
from calibration.seeds import FEW, Seeds, read_seeds, tell_seeds
from calibration.targets import Board, Target
from calibration.validate import (
    BEFORE,
    EVEN,
    FITTED,
    Entry,
    find_band,
    read_entries,
    run_validation,
    score_entries,
    tabulate_entries,
    tabulate_scores,
)
from sim.cli import app
from sim.fitfile import FIT_FORMAT, hash_text

PLACES = {"alpha": {"en": "Alpha", "zh": "甲城"}}
NAMES = ("p0", "p1")
SEEDS = Seeds(first=1, n=7, scale=5000)


def make_figure(number, value=0.5, *, family="stay", use="target", bound="", year=2019):
    identifier = f"900-{number:04d}-01"
    return Target(
        name=identifier, family=family, use=use, rows=(make_row(identifier),), value=value, tolerance=0.1, bound=bound,
        unit="ratio", factor=1.0, moment="share_stayers", args={"city": "alpha", "cohort": year},
        cell=f"{family}/{number}", year=year,
    )  # fmt: skip


def make_board():
    """Eleven figures of three families, one of them fed in; the second parameter moves the last half of them."""
    figures = [make_figure(number, family="stay" if number < 5 else "work") for number in range(10)]
    figures.append(make_figure(10, 0.1, family="fed", use="check"))
    labels = {name: {"en": name.title(), "zh": f"类别{name}"} for name in ("stay", "work", "fed")}
    rows = {figure.name: figure.rows[0] for figure in figures}
    return Board(registry=Registry(rows=rows, inputs={}), figures=tuple(figures), labels=labels)


BOARD = make_board()
MATRIX = (*[(1.0, 0.0)] * 5, *[(0.0, 1.0)] * 5, (0.0, 0.0))


def make_problem(noise=0.01, matrix=MATRIX):
    targets = make_targets([figure.value for figure in BOARD.figures], families=[f.family for f in BOARD.figures])
    targets = dataclasses.replace(targets, names=tuple(figure.name for figure in BOARD.figures))
    return Problem(prior=make_prior(2), targets=targets, simulate=Linear(matrix, noise), identity="toy")


def make_fit(point=(0.5, 0.9), spread=0.05, **changes):
    members = np.array(point) + spread * np.linspace(-1.0, 1.0, 21)[:, None]
    fields = {
        "name": "toy", "folder": None, "point": np.array(point), "members": members, "weight": np.full(21, 1 / 21),
        "manifest": {"scale": 5000, "until": None}, "verdicts": {"p0": "identified", "p1": "not identified"},
    }  # fmt: skip
    return FitFolder(**{**fields, **changes})


@pytest.fixture(scope="module")
def world():
    return dataclasses.replace(toy_scenario().world, places=("alpha", "beta"))


@pytest.fixture(scope="module")
def entries(world):
    problem = make_problem()
    return run_validation(problem, Runner(problem, Journal(problem)), BOARD, world, make_fit(), seed=1, n_seeds=7)


def make_entry(number, fitted, *, group="fit", band=(0.4, 0.6), prior_band=(0.0, 1.0), noise=0.01, bound="", **naive):
    values = {"fitted": fitted, "ensemble": fitted, "before": 0.9, "prior": 0.8, **naive}
    return Entry(figure=make_figure(number, bound=bound), group=group, values=values, noise=noise, band=band,
                 prior_band=prior_band)  # fmt: skip


def test_what_is_simulated_is_what_the_parameters_say(entries):
    """Point (0.5, 0.9), values before 0.2, prior uniform: the figures are the parameters."""
    for entry in entries[:5]:
        assert entry.values[FITTED] == pytest.approx(0.5, abs=0.02)
        assert entry.values[BEFORE] == pytest.approx(0.2, abs=0.02)
        assert entry.values["ensemble"] == pytest.approx(0.5, abs=0.03)
        assert entry.band == pytest.approx((0.45, 0.55), abs=0.03)
        assert entry.values["prior"] == pytest.approx(0.5, abs=0.1)
        assert entry.prior_band == pytest.approx((0.05, 0.95), abs=0.05)
        assert entry.inside
    for entry in entries[5:10]:
        assert entry.values[FITTED] == pytest.approx(0.9, abs=0.02)
        assert entry.error(FITTED) == pytest.approx(4.0, abs=0.2)
        assert not entry.inside
        assert not entry.covers(wide=True)
        assert entry.reason == "traded"


def test_groups_are_the_hold_out_and_what_is_fed_in(entries):
    groups = [entry.group for entry in entries]
    assert groups[10] == "check"
    assert groups.count("held") == 2
    assert groups.count("fit") == 8


def test_a_fit_of_earlier_years_predicts_later_ones(world):
    problem, fit = make_problem(), make_fit(manifest={"scale": 5000, "until": 2018})
    found = run_validation(problem, Runner(problem, Journal(problem)), BOARD, world, fit, seed=1, n_seeds=3)
    assert [entry.group for entry in found].count("later") == 8
    assert not any(entry.group == "fit" for entry in found)
    assert {score.group for score in score_entries(found)} == {"held", "later"}


def test_the_same_seed_gives_the_same_and_a_journal_runs_nothing_again(world, tmp_path):
    problem, path = make_problem(), tmp_path / "journal.jsonl"
    first, second = (
        run_validation(problem, Runner(problem, Journal(problem, path)), BOARD, world, make_fit(), seed=1, n_seeds=3)
        for _ in range(2)
    )
    assert first == second
    # the middle member is the point, and its seed one of the point's: that run is read
    assert len(path.read_text().splitlines()) == 1 + 2 * 3 + 2 * 21 - 1


def test_a_figure_that_no_run_produces_is_missed_by_far(world):
    problem = make_problem(matrix=((math.nan, 0.0), *MATRIX[1:]))
    found = run_validation(problem, Runner(problem, Journal(problem)), BOARD, world, make_fit(), seed=1, n_seeds=3)
    assert found[0].error(FITTED) == MISSING
    assert not found[0].inside
    assert not found[0].covers(wide=True)
    assert found[0].reason == "absent"


def test_bands_weigh_members():
    values = np.arange(101.0)
    assert find_band(values, np.full(101, 1 / 101)) == pytest.approx((4.55, 50.0, 95.45))
    heavy = np.where(values == 70.0, 1.0, 1e-9)
    assert find_band(values, heavy / heavy.sum()) == pytest.approx((70.0, 70.0, 70.0), abs=1.0)
    assert all(map(math.isnan, find_band(np.full(3, np.nan), np.full(3, 1 / 3))))


@pytest.mark.parametrize(
    ("bound", "band", "narrow", "wide"),
    [
        ("", (0.4, 0.6), True, True),
        ("", (0.55, 0.6), False, True),
        ("", (0.7, 0.8), False, False),
        ("low", (0.7, 0.8), True, True),
        ("high", (0.7, 0.8), False, False),
        ("high", (0.1, 0.2), True, True),
        ("low", (0.1, 0.2), False, False),
    ],
)
def test_a_band_holds_a_figure_or_what_a_bound_allows(bound, band, narrow, wide):
    entry = make_entry(1, sum(band) / 2, band=band, bound=bound)
    assert entry.covers(wide=False) is narrow
    assert entry.covers(wide=True) is wide


def test_a_figure_that_the_fit_does_not_produce_is_not_called_traded():
    """Also where draws from the prior produce it: nothing was traded, there is nothing to compare."""
    entry = make_entry(1, math.nan)
    assert entry.reason == "absent"
    rows = make_report(BOARD, [entry], make_fit(), make_prior(2), PLACES, "en", seeds=SEEDS).sections[0].table.rows
    assert rows[0].cells[9] == "no run produces it"
    assert rows[0].cells[4] == "-"


def test_only_misses_have_a_column_of_reasons(entries):
    report = make_report(BOARD, entries, make_fit(), make_prior(2), PLACES, "en", seeds=SEEDS)
    missed, met = report.sections[0].table, report.sections[3].table
    assert "likely reason" in missed.heads
    assert "likely reason" not in met.heads
    for table in (missed, met):
        assert {len(row.cells) for row in table.rows} == {len(table.heads)} == {len(table.widths)}
        assert table.heads[table.picture] == "in tolerances"
        assert table.heads[-1] == "source"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"prior_band": (0.7, 1.0)}, "unreached"),
        ({"noise": 0.2}, "noise"),
        ({}, "traded"),
    ],
)
def test_reasons_of_misses(changes, reason):
    assert make_entry(1, 0.9, **changes).reason == reason
    assert make_entry(1, 0.5, **changes).reason == ""


def test_benchmarks_are_compared_over_what_they_speak_about():
    """Errors of the fit 0 and 2 tolerances; the last value speaks about the second only, with an error of 1."""
    scores = score_entries([make_entry(1, 0.5, matching=0.6), make_entry(2, 0.7, last_value=0.6, matching=0.9)])
    whole = scores[0]
    assert whole.error[FITTED] == pytest.approx(1.0)
    assert whole.spoken == {"fitted": 2, "ensemble": 2, "before": 2, "prior": 2, "last_value": 1, "gravity": 0,
                            "matching": 2}  # fmt: skip
    assert whole.rival == pytest.approx({"last_value": 2.0, "matching": 1.0})
    assert whole.error["last_value"] == pytest.approx(1.0)
    assert whole.error["matching"] == pytest.approx(2.5)
    assert whole.beaten_by == ("last_value",)
    assert whole.winner == "last_value"
    assert whole.is_above("matching")


@pytest.mark.parametrize(
    ("naive", "winner"),
    [
        ({}, "alone"),
        ({"gravity": 0.7}, FITTED),
        ({"gravity": 0.6}, "even"),
        ({"gravity": 0.6 - 0.1 * 2 * EVEN}, "gravity"),
        ({"gravity": 0.7, "matching": 0.6}, "even"),
        ({"gravity": 0.5, "matching": 0.55}, "gravity"),
    ],
)
def test_who_wins(naive, winner):
    assert score_entries([make_entry(1, 0.6, **naive)])[0].winner == winner


def test_what_is_fed_in_is_never_counted():
    scores = score_entries([make_entry(1, 0.5), make_entry(2, 0.9, group="check", matching=0.5)])
    assert [(score.group, score.figures) for score in scores] == [("fit", 1), ("fit", 1)]
    assert scores[0].winner == "alone"


def test_tables_come_back_as_they_were(entries, tmp_path):
    tabulate_entries(entries).to_csv(tmp_path / "figures.csv", index=False)
    again = read_entries(tmp_path / "figures.csv", BOARD)
    assert again == entries
    assert tabulate_scores(score_entries(again)).equals(tabulate_scores(score_entries(entries)))


def test_a_validation_of_other_figures_is_refused(entries, tmp_path):
    tabulate_entries(entries[1:]).to_csv(tmp_path / "figures.csv", index=False)
    with pytest.raises(CalibrationError, match="calibrate validate"):
        read_entries(tmp_path / "figures.csv", BOARD)
    with pytest.raises(CalibrationError, match="has not been validated"):
        read_entries(tmp_path / "none.csv", BOARD)


def test_parameters_before_and_after():
    rows = describe_params(make_fit(spread=0.1), make_prior(2))
    assert {row.key for row in rows} == set(NAMES)
    first = next(row for row in rows if row.key == "p0")
    assert first.median == pytest.approx(0.5)
    assert (first.low, first.high) == pytest.approx((0.41, 0.59), abs=0.01)
    assert first.sd_ratio == pytest.approx(np.linspace(-0.1, 0.1, 21).std() / UNIFORM_SD)
    assert first.verdict == "identified"


def test_the_report_names_parameters_on_which_point_and_ensemble_disagree(entries):
    members = np.full((21, 2), 0.5) + 0.05 * np.linspace(-1.0, 1.0, 21)[:, None]
    prior = make_prior(2)
    agreed = make_report(BOARD, entries, make_fit(point=(0.5, 0.5), members=members), prior, PLACES, "en", seeds=SEEDS)
    far = make_fit(point=(0.9, prior.start[1]), members=members)
    told = make_report(BOARD, entries, far, prior, PLACES, "en", seeds=SEEDS)
    sections = [next(one for one in report.sections if one.title == "Parameters") for report in (agreed, told)]
    assert len(sections[0].sentences) == 1  # how the table is read
    # 21 equal weights: 0.05 lies 0.55 of the way from the first to the second member
    interval = "outside the 90 % interval of the ensemble (0.4527 to 0.5473)."
    assert set(sections[1].sentences[1:]) == {
        f"p0: 0.9, the value at the point shipped, lies {interval}",
        f"p1: 0.2, the value before the fit, lies {interval}",
    }
    assert "21 parameter sets, 21 of them effective" in told.sentences[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_holds_every_target_once_and_misses_first(entries, lang):
    report = make_report(BOARD, entries, make_fit(), make_prior(2), PLACES, lang, seeds=SEEDS)
    tables = [section.table for section in report.sections if section.table is not None and section.table.picture]
    told = [row.cells[-1].partition(" ")[0] for table in tables for row in table.rows]
    assert sorted(told) == sorted(figure.name for figure in BOARD.figures)
    missed = report.sections[0].table.rows
    assert {row.cells[-1].partition(" ")[0] for row in missed} == {f"900-{number:04d}-01" for number in range(5, 10)}
    assert all(row.bad for row in missed)
    errors = [float(row.cells[8]) for row in missed]
    assert errors == sorted(errors, reverse=True)
    page = render_html(report)
    assert all(page.count(f"{figure.name} (") == 1 for figure in BOARD.figures)
    assert ("甲城" in page) is (lang == "zh")
    tolerance = {"en": "5% of a figure that is stated exactly", "zh": "精确数值的5%"}[lang]
    assert tolerance in report.sections[-1].sentences[0]
    assert "http" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_a_digit_of_a_published_figure_changes_the_report(entries, tmp_path):
    tabulate_entries(entries).to_csv(tmp_path / "figures.csv", index=False)
    figures = tuple(
        dataclasses.replace(figure, value=0.8) if figure.name == "900-0000-01" else figure for figure in BOARD.figures
    )
    board = dataclasses.replace(BOARD, figures=figures)
    pages = [
        render_html(make_report(one, read_entries(tmp_path / "figures.csv", one), make_fit(), make_prior(2), PLACES,
                                "en", seeds=SEEDS))
        for one in (BOARD, board)
    ]  # fmt: skip
    assert "80 ± 10" not in pages[0]
    assert "80 ± 10" in pages[1]
    assert "Figures missed (5)" in pages[0]
    assert "Figures missed (6)" in pages[1]


def test_sentences_say_who_wins():
    entries = [make_entry(1, 0.7, matching=0.6, gravity=0.9)]
    told = tell_scores(score_entries(entries), BOARD, "en").sentences
    saw = "Figures that the fit saw: "
    assert f"{saw}0 of 1 lie within their tolerance (0 before the fit)" in told[0]
    assert told[0].endswith("mean error 2.00 tolerances (4.00 before the fit).")
    where = "where it says something (1 of 1): mean error 1.00 against 2.00 tolerances."
    assert f'{saw}the benchmark "matching function" beats the model {where}' in told
    assert any('the model beats the benchmark "logit and gravity"' in sentence for sentence in told)
    assert told[-1] == f"{saw}a benchmark beats the model on these families: Stay (matching function)."


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_few_seeds_are_said_with_a_caution(lang):
    many, few = (tell_seeds(Seeds(first=3, n=n, scale=2000), lang) for n in (FEW, FEW - 1))
    assert len(many) == 1
    assert all(word in many[0] for word in (str(FEW), "3", "2,000"))
    assert len(few) == 2
    assert f"--seeds {FEW}" in few[1]


def test_pictures_clip_to_their_frame():
    entry = make_entry(1, 5.0)
    report = make_report(BOARD, [entry], make_fit(), make_prior(2), PLACES, "en", seeds=SEEDS)
    picture = draw_mark(report.sections[0].table.rows[0].mark)
    assert "<path" in picture
    numbers = [float(number) for number in re.findall(r'(?:x1?2?|cx)="([\d.-]+)"', picture)]
    assert all(0.0 <= number <= 150.0 for number in numbers)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_document_has_pages_and_is_the_same_twice(entries, tmp_path, lang):
    report = make_report(BOARD, entries * 4, make_fit(), make_prior(2), PLACES, lang, seeds=SEEDS)
    write_pdf(report, tmp_path / "one.pdf")
    write_pdf(report, tmp_path / "two.pdf")
    first = (tmp_path / "one.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", first)) > 1
    assert first == (tmp_path / "two.pdf").read_bytes()


def write_results(folder, *, verdicts=True, ensemble=True):
    """A fit as the commands write it."""
    (folder / "fit").mkdir(parents=True)
    head = {"scale": 5000, "until": None, "parameters": {"p0": 0.5, "p1": 0.9}}
    (folder / "fit" / "parameters.json").write_text(json.dumps(head))
    if ensemble:
        (folder / "posterior").mkdir()
        lines = [f"{1 / 21},-2.5,{0.5 + 0.05 * x},{0.9 + 0.05 * x}" for x in np.linspace(-1, 1, 21)]
        (folder / "posterior" / "ensemble.csv").write_text("\n".join(["weight,log_likelihood,p0,p1", *lines]))
    if verdicts:
        (folder / "recovery").mkdir()
        (folder / "recovery" / "verdicts.csv").write_text("parameter,verdict\np0,identified\np1,weak\n")


def test_a_folder_of_results_is_read(tmp_path):
    write_results(tmp_path / "one")
    fit = read_fit(str(tmp_path / "one"), make_prior(2))
    assert fit.point.tolist() == [0.5, 0.9]
    assert fit.members.shape == (21, 2)
    assert fit.weight.sum() == pytest.approx(1.0)
    assert fit.verdicts == {"p0": "identified", "p1": "weak"}
    assert fit.scale == 5000


def test_a_shipped_folder_is_read(tmp_path):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "parameters.yaml").write_text(
        "fit: shipped\nparameters:\n"
        "  - {key: p0, value: 0.5, verdict: weak}\n  - {key: p1, value: 0.2, verdict: not identified}\n"
    )
    (folder / "ensemble.csv").write_text("member,weight,p1,p0\n1,0.25,0.2,0.4\n2,0.75,0.3,0.6\n")
    files = {name: hash_text((folder / name).read_text()) for name in ("parameters.yaml", "ensemble.csv")}
    manifest = {"format": FIT_FORMAT, "scale": 2000, "until": 2023, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    fit = read_fit(str(folder), make_prior(2))
    assert fit.members.tolist() == [[0.4, 0.2], [0.6, 0.3]]
    assert fit.point.tolist() == [0.5, 0.2]
    assert (fit.scale, fit.until) == (2000, 2023)
    assert fit.verdicts["p1"] == "not identified"
    with (folder / "ensemble.csv").open("a") as file:
        file.write("3,0.5,0.3,0.6\n")
    with pytest.raises(CalibrationError, match="not what was shipped"):
        read_fit(str(folder), make_prior(2))


def test_pieces_that_are_missing_are_named(tmp_path):
    with pytest.raises(CalibrationError, match="there is no fit"):
        read_fit(str(tmp_path / "none"), make_prior(2))
    write_results(tmp_path / "one", ensemble=False)
    with pytest.raises(CalibrationError, match="calibrate posterior"):
        read_fit(str(tmp_path / "one"), make_prior(2))


def test_a_fit_of_other_parameters_is_refused(tmp_path):
    write_results(tmp_path / "one")
    with pytest.raises(CalibrationError, match="p2"):
        read_fit(str(tmp_path / "one"), make_prior(3))


@pytest.fixture
def call(tmp_path, monkeypatch, world):
    """Run a command on the toy in an empty folder; asserts the exit code."""
    space = dataclasses.make_dataclass("Space", ["prior"])(make_prior(2))
    scenario_world = dataclasses.replace(world, labels=PLACES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calibration.space, "load_space", lambda: space)
    monkeypatch.setattr(calibration.targets, "load_targets", lambda: BOARD)
    monkeypatch.setattr(calibration.market, "load_inputs", lambda: scenario_world)
    monkeypatch.setattr(calibration.market, "make_whole_problem", lambda _scale: make_problem())
    monkeypatch.setattr(sim.run, "warm_kernels", lambda: 0.0)

    def invoke(*words, code=0):
        done = CliRunner().invoke(app, ["calibrate", *map(str, words)])
        assert done.exit_code == code, done.output
        return done

    return invoke


def test_commands_validate_and_report(call, tmp_path):
    write_results(tmp_path / "one")
    assert "calibrate validate" in call("report", "one", code=2).output
    done = call("validate", "one", "--seeds", 3, "--jobs", 1)
    assert "of 8 lie within their tolerance" in done.stdout
    assert "Fit one: 21 parameter sets" in done.stdout
    assert "means over 3 seeds (from 400001 on), with one agent for 1,000 persons" in done.stdout
    ran = (tmp_path / "one" / "validation").glob("journal-*.jsonl")
    assert {json.loads(line)["seed"] for line in next(ran).read_text().splitlines()[1:]} == {400001, 400002, 400003}
    assert f"Caution: below {FEW} seeds" in done.stdout
    assert read_seeds(tmp_path / "one" / "validation" / "manifest.json") == Seeds(first=400001, n=3, scale=1000)
    manifest = json.loads((tmp_path / "one" / "validation" / "manifest.json").read_text())
    assert (manifest["fit"], manifest["scale"], manifest["seeds"]) == ("one", 1000, 3)
    for lang in ("en", "zh"):
        done = call("report", "one", "--lang", lang)
        assert (tmp_path / "one" / "report" / f"report_{lang}.html").is_file()
        assert (tmp_path / "one" / "report" / f"report_{lang}.pdf").read_bytes().startswith(b"%PDF")
        assert f"report_{lang}.pdf" in done.stdout
        page = (tmp_path / "one" / "report" / f"report_{lang}.html").read_text(encoding="utf-8")
        assert "--seeds 50" in page
    (tmp_path / "one" / "validation" / "manifest.json").unlink()
    assert "Validate again" in call("report", "one", code=2).stderr


def test_the_scale_of_a_validation_does_not_choose_the_fit(call, monkeypatch):
    """Without FIT it is that of the present problem at the scale of the small budget, whatever is simulated."""
    asked = []

    def make(scale, until):
        asked.append((scale, until))
        return dataclasses.make_dataclass("Named", ["identity"])("none")

    monkeypatch.setattr(calibration.market, "make_problem", make)
    for words in (("validate",), ("validate", "--scale", 700), ("report",), ("report", "--until", 2023)):
        assert "there is no fit" in call(*words, code=2).stderr
    assert asked == [(5000, None)] * 3 + [(5000, 2023)]
    assert "No such option: --scale" in call("report", "--scale", 700, code=2).stderr


def test_the_rule_of_verdicts_is_that_of_the_recovery(monkeypatch):
    for lang in ("en", "zh"):
        assert "80%" in calibration.report._tell_verdict_rule(lang)
        assert "0.5" in calibration.report._tell_verdict_rule(lang)
        monkeypatch.setattr(calibration.report, "WEAK", 0.77)
        assert "0.77" in calibration.report._tell_verdict_rule(lang)


def test_a_shipped_fit_is_validated_outside_its_folder(tmp_path):
    (tmp_path / "name").mkdir()
    assert calibration.cli_validate.place_validation(tmp_path / "name").parts[-2:] == ("name", "validation")
    assert not calibration.cli_validate.place_validation(tmp_path / "name").is_relative_to(tmp_path)


def test_words_exist_for_all_methods_groups_and_moments():
    from calibration.moments import MOMENTS
    from calibration.report_words import say
    from calibration.targets import UNIT_FACTOR
    from calibration.targetwords import _MOMENTS, _UNITS
    from calibration.validate import COUNTED, GROUPS, METHODS

    for key in (*METHODS, *GROUPS, *BENCHMARKS, *(f"group.{group}" for group in COUNTED)):
        assert all(say(key, lang) for lang in ("en", "zh"))
    assert _MOMENTS.keys() == MOMENTS.keys()
    assert _UNITS.keys() == UNIT_FACTOR.keys()


def test_only_a_validation_computes_what_is_held_out():
    board = calibration.targets.load_targets()
    held = {figure.name for figure in split_targets(board.targets, load_rule()).held}
    whole, seen = calibration.market.make_whole_problem(5000), calibration.market.make_problem(5000)
    assert whole.targets.names == tuple(figure.name for figure in board.figures)
    assert held <= set(whole.targets.names)
    assert not held & set(seen.targets.names)
    assert whole.identity != seen.identity


def test_every_free_parameter_has_a_meaning_and_a_unit_in_both_languages():
    for key in calibration.space.load_space().prior.names:
        (meaning, unit), (chinese, chinese_unit) = (describe_param(key, lang) for lang in ("en", "zh"))
        assert meaning
        assert unit
        assert re.search(r"[\u4e00-\u9fff]", chinese), key
        assert re.search(r"[\u4e00-\u9fff]", chinese_unit), key
    assert describe_param("p0", "en") == describe_param("params.no.such", "zh") == ("", "")
