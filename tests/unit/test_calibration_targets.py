"""Figures come from the registry, inputs are no targets, and the hold-out is what rule and seed give."""

import dataclasses
import math
import shutil

import pytest

from calibration.evidence import EVIDENCE, EvidenceError, Row, find_ids, load_registry, read_rows
from calibration.holdout import load_fit_targets, load_rule, split_by_year, split_targets
from calibration.periods import find_year, list_quarters
from calibration.targets import TARGETS, evaluate, find_tolerance, load_targets, weigh
from calibration.uses import INPUT, UNDECIDED, list_uses
from sim.types import Quarter

UNKNOWN = "999-9999-{:02d}"
"""Ids of rows that no document has."""


@pytest.fixture(scope="module")
def board():
    return load_targets()


@pytest.fixture
def copy(tmp_path):
    """A copy of the evidence, to be changed."""
    shutil.copytree(EVIDENCE, tmp_path / "evidence")
    return tmp_path / "evidence"


def change(folder, identifier, **fields):
    """Write other words into fields of a row (the value stands behind the dimensions); no fields remove the row."""
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = []
        for line in lines:
            if line.startswith(identifier + ","):
                if not fields:
                    continue
                kept.append(line.replace(f",{fields['old']},", f",{fields['new']},", 1))
            else:
                kept.append(line)
        path.write_text("".join(kept), encoding="utf-8")


def find(board, name):
    return next(figure for figure in board.figures if figure.name == name)


def test_a_digit_of_the_evidence_changes_the_targets(board, copy):
    change(copy, "003-4328-03", old="9.6", new="9.7")
    changed = load_targets(registry=load_registry(copy))
    assert find(board, "003-4328-03").value == pytest.approx(96_000)
    assert find(changed, "003-4328-03").value == pytest.approx(97_000)
    assert find(changed, "003-4328-03 cohort=2019").value == pytest.approx(9.7 / 23.1)
    others = [figure.name for figure in board.figures if figure.value != find(changed, figure.name).value]
    assert others == ["003-4328-03", "003-4328-03 cohort=2019"]


def test_no_number_is_typed_in_the_targets(board):
    """Every row that a figure stands on moves it: nothing comes from elsewhere. A sentence about an order has none."""
    rows = {row.id: row for figure in board.targets for row in figure.rows}
    assert len(rows) > 70
    for row in rows.values():
        moved = dataclasses.replace(row, printed=str(row.value * 1.5 + 7))
        registry = dataclasses.replace(board.registry, rows={**board.registry.rows, row.id: moved})
        changed = load_targets(registry=registry)
        for figure in board.figures:
            follows = row.id in {cited.id for cited in figure.rows} and figure.unit != "order"
            assert (find(changed, figure.name).value != figure.value) == follows, (row.id, figure.name)


@pytest.mark.parametrize("identifier", ["003-4328-03", "001-0281-02", "003-4328-01", "000-1472-02"])
def test_a_missing_row_fails_with_its_id(copy, identifier):
    change(copy, identifier)
    with pytest.raises(EvidenceError, match=identifier):
        load_targets(registry=load_registry(copy))


@pytest.mark.parametrize(
    ("identifier", "why"),
    [
        ("001-0508-03", "china.yaml"),  # a value of the world
        ("001-0403-05", "size_mix"),  # the words of an assumption
        ("003-4382-02", "years_since_graduation"),  # a value of a scenario
        ("003-0939-06", "awareness"),  # the default of a policy
        ("003-4322-04", "graduates"),  # a repeated figure, named in a note
    ],
)
def test_an_input_is_refused_as_a_target(tmp_path, board, identifier, why):
    assert why in board.registry.inputs[identifier]
    path = tmp_path / "targets.yaml"
    path.write_text(
        "families:\n  one:\n    label: {en: x, zh: x}\n    figures:\n"
        f"      - {{id: {identifier}, moment: share_stayers, args: {{city: beijing, cohort: 2019}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(EvidenceError, match=f"{identifier} cannot be the target of one"):
        load_targets(path, board.registry)
    text = path.read_text(encoding="utf-8").replace("    label", "    use: check\n    label")
    path.write_text(text.replace("moment:", "unit: ratio, moment:"), encoding="utf-8")
    assert load_targets(path, board.registry).targets == ()


def test_a_whole_line_named_by_a_parameter_is_an_input(board):
    assert board.registry.inputs["003-4382-01"] == "params.mobility.peak_citizen"


def test_a_figure_printed_twice_is_an_input_in_both_places(copy):
    header = (copy / "000_talent_needs.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("id,statistic,dims,value,unit,period,geography")
    said = "ai_posting_share_by_education,education=bachelor,56.86,percent,2024H1,CN,AI postings,exact,d,1,l,t,\n"
    same, different = (UNKNOWN.format(number) for number in (1, 2))
    twice, other = f"{same},{said}", f"{different},{said}".replace("bachelor", "none")
    with (copy / "000_talent_needs.csv").open("a", encoding="utf-8") as file:
        file.write(twice + other)
    registry = load_registry(copy)
    assert registry.inputs[same] == "the same figure as 001-0251-03"
    assert different not in registry.inputs


def test_no_target_is_an_input_and_most_checks_are(board):
    assert len(board.targets) > 120
    for figure in board.targets:
        assert not any(row.id in board.registry.inputs for row in figure.rows), figure.name
    checks = [figure for figure in board.figures if figure.use == "check"]
    fed = [figure for figure in checks if all(row.id in board.registry.inputs for row in figure.rows)]
    assert len(fed) > 150
    assert {figure.name for figure in checks} - {figure.name for figure in fed} == {
        "001-0738-01",
        "001-0780-01",
        "003-5137-02",
    }


def load_entry(tmp_path, board, entry, registry=None):
    """The figures of a file with this one entry."""
    path = tmp_path / "targets.yaml"
    path.write_text(
        f"families:\n  one:\n    label: {{en: x, zh: x}}\n    figures:\n      - {entry}\n", encoding="utf-8"
    )
    return load_targets(path, registry or board.registry).figures


@pytest.mark.parametrize(("order", "good", "bad"), [("below", 1.01, 1.03), ("above", 0.99, 0.97)])
def test_a_sentence_about_an_order_is_a_bound_of_one(tmp_path, board, order, good, bad):
    args = "{city: beijing, cohort: 2024, base: 2019}"
    (figure,) = load_entry(tmp_path, board, f"{{id: 003-4332-01, order: {order}, moment: ratio_stayers, args: {args}}}")
    assert (figure.value, figure.tolerance) == (1.0, 0.02)
    assert figure.accepts(good)
    assert not figure.accepts(bad)
    assert figure.accepts(10.0) == (order == "above")


def test_a_figure_of_a_part_bounds_the_whole(tmp_path, board):
    (figure,) = load_entry(tmp_path, board, "{id: 001-0281-02, bound: low, moment: share_ai_postings}")
    (plain,) = load_entry(tmp_path, board, "{id: 001-0281-02, moment: share_ai_postings}")
    assert figure.value == plain.value
    assert (figure.bound, plain.bound) == ("low", "")
    assert figure.tolerance == pytest.approx(0.02 * figure.value)
    assert figure.accepts(1.0)
    assert not plain.accepts(1.0)


def test_arguments_are_filled_from_rows(tmp_path, board, copy):
    entry = "{id: 003-0219-02, moment: count_talent, fill: {share: 003-0234-02, mix: {bachelor: 003-2774-01}}}"
    (figure,) = load_entry(tmp_path, board, entry)
    assert figure.args == {"share": pytest.approx(0.583), "mix": {"bachelor": pytest.approx(0.6543)}}
    change(copy, "003-2774-01", old="65.43", new="70")
    (changed,) = load_entry(tmp_path, board, entry, load_registry(copy))
    assert changed.args["mix"] == {"bachelor": pytest.approx(0.7)}
    change(copy, "003-2774-01")
    with pytest.raises(EvidenceError, match="003-2774-01"):
        load_entry(tmp_path, board, entry, load_registry(copy))


def test_every_row_has_a_use(board):
    uses = list_uses(board.registry, board.figures)
    assert [identifier for identifier, use in uses.items() if use.kind == UNDECIDED] == []
    assert uses["003-4328-03"].kind == "target"
    assert uses["001-0508-03"].kind == INPUT
    assert "engineers" in uses["003-6027-04"].why


def make_row(**fields):
    base = {
        "id": UNKNOWN.format(0), "statistic": "s", "dims": {}, "printed": "12.75", "unit": "percent", "period": "2024",
        "geography": "CN", "population": "p", "exactness": "exact", "document": "999", "line": "1", "locator": "l",
        "role": "target", "note": "",
    }  # fmt: skip
    return Row(**{**base, **fields})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"printed": "38.46"}, 1.923),  # a twentieth
        ({"printed": "1.34"}, 0.5),  # half a point at least
        ({"printed": "68", "exactness": "approximate", "note": "reliability grade C (memo)"}, 10.2),
        ({"printed": "60", "exactness": "approximate", "dims": {"bound": "upper"}}, 1.2),
        ({"printed": "3", "exactness": "approximate", "dims": {"bound": "gt"}}, 0.5),  # half a digit
        ({"printed": "9.6", "unit": "10k_persons"}, 0.48),
        ({"printed": "0.4", "unit": "ratio"}, 0.05),  # half a digit is more than a twentieth
    ],
)
def test_tolerance_follows_from_exactness_and_rounding(fields, expected):
    assert find_tolerance(make_row(**fields)) == pytest.approx(expected)


def test_errors_are_counted_in_tolerances_and_a_bound_has_a_good_side(board):
    point, low = find(board, "003-4328-03"), find(board, "003-4322-05 cohort=2021")
    assert point.error(96_000 + 4_800) == pytest.approx(1.0)
    assert point.accepts(96_000 - 4_790)
    assert not point.accepts(96_000 - 4_810)
    assert low.bound == "low"
    assert low.error(200_000) == 0
    assert low.error(low.value - 2 * low.tolerance) == pytest.approx(-2.0)
    assert not point.accepts(math.nan)


def test_a_derivation_carries_the_tolerance_over(board):
    share = find(board, "003-4328-03 cohort=2019")
    expected = math.hypot(0.48 / 23.1, 9.6 / 23.1 - 9.6 / 23.15)  # the input counts with its rounding alone
    assert share.tolerance == pytest.approx(expected, rel=1e-3)


def test_formulas_are_arithmetic_and_nothing_else():
    assert evaluate("50 + 50 * (a - b) / (c - b)", [3, 1, 5]) == 75
    assert evaluate("-a", [3]) == -3
    for formula in ("d", "abs(a)", "a ** 2", "__import__('os')", "a +"):
        with pytest.raises(EvidenceError, match="arithmetic"):
            evaluate(formula, [1, 2, 3])


def test_families_weigh_equally_and_rows_within_them(board):
    weights = weigh(board.targets)
    families = {figure.family for figure in board.targets}
    assert sum(weights.values()) == pytest.approx(1.0)
    for family in families:
        own = [figure for figure in board.targets if figure.family == family]
        assert sum(weights[figure.name] for figure in own) == pytest.approx(1 / len(families))
        rows = {}
        for figure in own:
            key = tuple(row.id for row in figure.rows)
            rows[key] = rows.get(key, 0) + weights[figure.name]
        assert len({round(weight, 12) for weight in rows.values()}) == 1


def test_the_hold_out_is_what_rule_and_seed_give(board):
    rule = load_rule()
    split = split_targets(board.targets, rule)
    assert split.names == rule.held, "the targets changed: see whether the hold-out may change, then write it anew"
    assert len(split.held) >= rule.share * len(board.targets)
    names = {figure.name for figure in (*split.fit, *split.held)}
    assert names == {figure.name for figure in board.targets}
    assert len(names) == len(split.fit) + len(split.held)
    assert not {figure.cell for figure in split.fit} & {figure.cell for figure in split.held}
    assert [figure.name for figure in load_fit_targets()] == [figure.name for figure in split.fit]
    whole = {figure.family for figure in split.held} - {figure.family for figure in split.fit}
    assert whole == {name for name in split.names if "/" not in name}
    assert sum(figure.family in whole for figure in board.targets) >= rule.family_share * len(board.targets)


def test_another_seed_holds_out_others_and_the_order_of_targets_does_not_matter(board):
    rule = load_rule()
    assert split_targets(board.targets, dataclasses.replace(rule, seed=1)).names != rule.held
    assert split_targets(board.targets[::-1], rule).names == rule.held


def test_figures_of_later_years_are_predicted(board):
    split = split_by_year(board.targets, load_rule().last_fit_year)
    assert {figure.year for figure in split.held} == {2024}
    assert find(board, "003-4328-04") in split.held
    assert find(board, "003-4328-03") in split.fit
    assert min(figure.year for figure in board.targets) == 2019


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{id: 003-4328-03, moment: share_nobody}", "share_nobody"),
        ("{id: 003-4328-03, moments: share_stayers}", "unknown key 'moments'"),
        ("{moment: share_stayers}", "one of `id`"),
        (f"{{id: {UNKNOWN.format(3)}, moment: share_stayers}}", UNKNOWN.format(3)),
        ("{id: 003-4328-03, moment: share_stayers, take: {city: town}}", "no dimension 'town'"),
    ],
)
def test_wrong_entries_are_refused(tmp_path, board, text, message):
    path = tmp_path / "targets.yaml"
    path.write_text(f"families:\n  one:\n    label: {{en: x, zh: x}}\n    figures:\n      - {text}\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=message):
        load_targets(path, board.registry)


def test_unreadable_evidence_is_refused(copy):
    change(copy, "003-4328-03", old="9.6", new="nine")
    with pytest.raises(EvidenceError, match="003-4328-03 has no number"):
        read_rows(copy)


def test_an_id_stands_once(copy):
    path = copy / "003b_beijing_b12_end.csv"
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("003-4328-03"))
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(EvidenceError, match="003-4328-03 stands twice"):
        read_rows(copy)


def test_citations_are_single_ids_runs_and_lines():
    rows = dict.fromkeys(("003-4382-01", "003-4382-02", "003-4438-01"))
    assert find_ids("as 001-0251-01 to 03 say", rows) == ["001-0251-01", "001-0251-02", "001-0251-03"]
    assert find_ids("evidence 003-4382", rows) == ["003-4382-01", "003-4382-02"]
    assert find_ids("range 2 to 3, 12 months", rows) == []


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2024", "2024Q1", "2024Q4"),
        ("2023H2", "2023Q3", "2023Q4"),
        ("2024Q1", "2024Q1", "2024Q1"),
        ("2023-2024H1", "2023Q1", "2024Q2"),
    ],
)
def test_periods_are_quarters(period, first, last):
    quarters = list_quarters(period)
    assert (str(Quarter(quarters[0])), str(Quarter(quarters[-1]))) == (first, last)
    assert quarters == sorted(quarters)
    assert find_year(period) == int(last[:4])


def test_an_unknown_period_is_refused():
    with pytest.raises(ValueError, match="spring"):
        list_quarters("spring 2024")


def test_the_file_of_targets_cites_only_what_is_at_hand(board):
    cited = find_ids(TARGETS.read_text(encoding="utf-8"), {})
    assert set(cited) <= set(board.registry.rows)
