"""A comparison as tables of text for the terminal: effects, where they fall, whom money reaches, what each group costs.

Shares are in percent and their differences in percentage points, money for the whole period in million CNY, everything
else in the unit of the comparison; each difference carries its 95 % interval.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.compare import COST_PER_STAYER, DISPLACEMENT, HEADLINES, LEAKAGE_MONEY, LEAKAGE_PERSONS
from sim.expectations import Judgement
from sim.filewords import translate_text
from sim.labels import LABELS, Lang, PlaceLabels, in_brackets, label, label_code, label_place
from sim.leakage import COST_BY_PERSON, PAID, REACHED, REACHED_KEPT
from sim.outcomes import ALL, COST, ELSEWHERE, PUBLIC_COST, SHARE, STAYED, TOGETHER
from sim.types import EDUCATION

if TYPE_CHECKING:
    from pandas import DataFrame

Text = tuple[str, ...]
Found = Mapping[tuple[str, str], Mapping[Any, Any]]
"""Rows of one policy by outcome and group."""


class TextTable(NamedTuple):
    """One table to print."""

    title: str
    heads: Text
    rows: list[Text]
    n_names: int
    """Columns that name the row; numbers follow."""


POINTS: Final[dict[Lang, str]] = {"en": " points", "zh": " 个百分点"}
"""Behind a number: a difference of shares in percent is in percentage points."""
_POINTS_UNIT: Final[dict[Lang, str]] = {"en": "points", "zh": "百分点"}
"""The same as the unit of a column."""

_HEADINGS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("outcome", "unit", "baseline", "policy", "difference", "95 % interval"),
    "zh": ("结果", "单位", "基准", "政策", "差值", "95%区间"),
}


_TITLES: Final[dict[Lang, tuple[str, ...]]] = {
    "en": (
        "Where it falls",
        "Whom it reaches, in all places of the policy",
        "Cost per additional person who stays, by group",
    ),
    "zh": (
        "本地、其他地区与全国的效果",
        "政策惠及对象（各实施地合计）",  # noqa: RUF001  (full-width on purpose)
        "分群体每多留一人的成本",
    ),
}
_SPREAD_HEADINGS: Final[dict[Lang, Text]] = {
    "en": ("outcome", "unit", "here", "other places", "all places", "lost elsewhere per gain"),
    "zh": ("结果", "单位", "本地", "其他地区", "全国", "本地每增一人其他地区减少"),
}
_REACH_HEADINGS: Final[dict[Lang, Text]] = {
    "en": (
        "policy",
        "persons reached",
        "there anyway, at least",
        "more there at the end, at most",
        "million CNY",
        "of it to those there anyway, at least",
    ),
    "zh": (
        "政策",
        "惠及人数",
        "原本就会留下（至少）",  # noqa: RUF001  (full-width on purpose)
        "期末增留人数（至多）",  # noqa: RUF001  (full-width on purpose)
        "百万元",
        "其中付给原本就会留下者（至少）",  # noqa: RUF001  (full-width on purpose)
    ),
}
_GROUP_HEADINGS: Final[dict[Lang, Text]] = {
    "en": ("group", "million CNY", "additional persons who stay", "CNY per additional person"),
    "zh": ("群体", "百万元", "多留人数", "每多留一人（元）"),  # noqa: RUF001  (full-width on purpose)
}
_EXPECTED_TITLE: Final[dict[Lang, str]] = {"en": "What was expected", "zh": "预期与结果"}
_EXPECTED_HEADINGS: Final[dict[Lang, Text]] = {
    "en": ("outcome", "group", "place", "expected", "found", "difference (95 % interval)"),
    "zh": ("结果", "群体", "地点", "预期", "结论", "差值（95%区间）"),  # noqa: RUF001  (full-width on purpose)
}
RATIOS: Final = (COST_PER_STAYER, DISPLACEMENT)
"""Outcomes that are a ratio of two differences."""
_COSTS: Final = (PUBLIC_COST + TOGETHER, COST, COST + TOGETHER)
_SAME_COST: Final = {
    COST + TOGETHER: (COST, PUBLIC_COST + TOGETHER),
    COST: (PUBLIC_COST,),
    PUBLIC_COST + TOGETHER: (PUBLIC_COST,),
}
"""Costs that are left out where they are those of another row."""
_SPREAD: Final = ("talent", "employed", "stay_share_12m", "wage")
"""Outcomes that stand for this city, the others and, where persons are counted, all together."""


def list_tables(comparison: DataFrame, policy: str, *, lang: Lang) -> list[TextTable]:
    """Return the tables of one policy, the effects first; one about which the comparison says nothing is left out."""
    rows = comparison[comparison["policy"] == policy].to_dict("records")
    found = {(str(row["outcome"]), str(row["group"])): row for row in rows}
    tables = [
        TextTable(label_code("scenario", policy, lang), _HEADINGS[lang], list_effects(comparison, policy, lang=lang), 2)
    ]
    lists = (
        (_SPREAD_HEADINGS[lang], _list_spread(found, lang), 2),
        (_REACH_HEADINGS[lang], _list_reach(found, lang), 1),
        (_GROUP_HEADINGS[lang], _list_groups(found, lang), 1),
    )
    tables += [TextTable(title, *parts) for title, parts in zip(_TITLES[lang], lists, strict=True)]
    return [table for table in tables if table.rows]


def list_judgements(
    judgements: Sequence[Judgement], policy: str, *, lang: Lang, places: PlaceLabels | None = None
) -> list[TextTable]:
    """Return the table of what was expected of one policy and found; none where nothing was expected."""
    rows: list[Text] = []
    for judged in judgements:
        if judged.scenario == policy:
            one = judged.expectation
            names = (name_outcome(one.outcome, lang), name_group(one.group, lang), label_place(one.place, lang, places))
            words = (label(f"sign.{one.sign}", lang), label(f"verdict.{judged.verdict}", lang))
            rows.append((*names, *words, describe_difference(judged, lang)))
    verdicts = [judged.verdict for judged in judgements if judged.scenario == policy]
    title = in_brackets(_EXPECTED_TITLE[lang], count_verdicts(verdicts, lang), lang)
    return [TextTable(title, _EXPECTED_HEADINGS[lang], rows, 5)] if rows else []


def count_verdicts(verdicts: Sequence[str], lang: Lang) -> str:
    """How many of the expectations held, and apart from them where no change was expected and none seen."""
    words = label("note.held", lang).format(held=verdicts.count("held"), total=len(verdicts))
    unchanged = verdicts.count("no_change")
    return words + (label("note.unchanged", lang).format(n=unchanged) if unchanged else "")


def describe_difference(judged: Judgement, lang: Lang) -> str:
    """The difference of a judgement with its interval and unit; of a ratio that says nothing, why not."""
    row = dataclasses.asdict(judged) | {"outcome": judged.expectation.outcome}
    words = write_effect(row, lang)
    if _note_ratio(row, lang) or judged.expectation.outcome == DISPLACEMENT:
        return words
    return words + (POINTS[lang] if judged.unit == SHARE else f" {name_difference(judged.unit, lang)}")


def head_effects(lang: Lang) -> tuple[str, ...]:
    """Return the headings of the columns of list_effects."""
    return _HEADINGS[lang]


def list_effects(comparison: DataFrame, policy: str, *, lang: Lang) -> list[tuple[str, ...]]:
    """Return one row of text an outcome of `policy`, all groups together: the columns of head_effects."""
    by_outcome = find_outcomes(comparison, policy)
    # money that is all public, or all spent here, is said by one row
    for name, others in _SAME_COST.items():
        if any(_is_same(by_outcome, name, other) for other in others):
            del by_outcome[name]
    return [_write_row(by_outcome[name], lang) for name in (*HEADLINES, *_COSTS, COST_PER_STAYER) if name in by_outcome]


def find_outcomes(comparison: DataFrame, policy: str) -> dict[str, Mapping[Any, Any]]:
    """Rows of one policy, all groups together, by outcome."""
    rows = comparison[(comparison["policy"] == policy) & (comparison["group"] == ALL)]
    return {str(row["outcome"]): row for row in rows.to_dict("records")}


def name_group(group: str, lang: Lang) -> str:
    """Words for a group of persons, or the name of a policy itself."""
    vocabulary, _, code = group.partition("_")
    if group in EDUCATION:
        return label(f"education.{group}", lang)
    if vocabulary in {"home", "field"} and f"{vocabulary}.{code}" in LABELS:
        return label(f"{vocabulary}.{code}", lang)
    for others in ("firm_size", "reason", "payer"):
        if f"{others}.{group}" in LABELS:
            return label(f"{others}.{group}", lang)
    if f"group.{group}" in LABELS:
        return label(f"group.{group}", lang)
    return label_code("policy", translate_text(group, lang), lang)


def name_outcome(outcome: str, lang: Lang) -> str:
    """Words for an outcome."""
    return label_code("outcome", outcome, lang)


def _list_spread(found: Found, lang: Lang) -> list[Text]:
    rows: list[Text] = []
    for outcome in _SPREAD:
        parts = [found.get((outcome + end, ALL)) for end in ("", ELSEWHERE, TOGETHER)]
        if parts[0] is None or parts[1] is None:
            continue
        lost = found.get((DISPLACEMENT, ALL)) if outcome == "employed" else None
        cells = ("" if part is None else write_effect(part, lang) for part in (*parts, lost))
        rows.append((label(f"outcome.{outcome}", lang), name_difference(str(parts[0]["unit"]), lang), *cells))
    return rows


def _list_reach(found: Found, lang: Lang) -> list[Text]:
    rows: list[Text] = []
    for outcome, policy in found:
        if outcome != REACHED:
            continue
        persons, paid = (found[name, policy]["value"] for name in (REACHED, PAID))
        anyway, leaked = (_write_share(found.get((name, policy))) for name in (LEAKAGE_PERSONS, LEAKAGE_MONEY))
        reached, more = _write_number(persons, 0, sign=False), write_effect(found[REACHED_KEPT, policy], lang)
        money = _write_number(paid * 1e-6, 1, sign=False)
        rows.append((name_group(policy, lang), reached, anyway, more, money, leaked))
    return rows


def _list_groups(found: Found, lang: Lang) -> list[Text]:
    """A row for every group, unless the policy changes nothing in any."""
    rows: list[Text] = []
    moved = False
    for outcome, group in found:
        if outcome != COST_PER_STAYER or group == ALL:
            continue
        ratio, cost, stayed = (found[name, group] for name in (outcome, COST_BY_PERSON, STAYED))
        money = _write_number(cost["difference"] * 1e-6, 1, sign=True)
        is_moved = bool(cost["difference"] or stayed["difference"])
        moved |= is_moved
        # where no money came and nobody more stays there is no cost for each
        each = write_effect(ratio, lang) if is_moved else "-"
        rows.append((name_group(group, lang), money, write_effect(stayed, lang), each))
    return rows if moved else []


def write_effect(row: Mapping[Any, Any], lang: Lang) -> str:
    """A difference with its interval; of a ratio that says nothing, why not."""
    note = _note_ratio(row, lang)
    if note:
        return note
    factor, decimals, _ = choose_unit(str(row["unit"]), lang)
    sign = row["outcome"] not in RATIOS
    words = _write_number(row["difference"] * factor, decimals, sign=sign)
    words += " %" if row["outcome"] == DISPLACEMENT else ""
    if math.isnan(row["low"]):
        return words
    if has_no_width(row["low"], row["high"]):
        return in_brackets(words, label("note.alike", lang), lang)
    low, high = (_write_number(row[name] * factor, decimals, sign=sign) for name in ("low", "high"))
    return f"{words} ({low} .. {high})"


def has_no_width(low: float, high: float) -> bool:
    """Whether an interval has no width but for rounding: all runs are alike, which with few of them is little."""
    return math.isclose(low, high, rel_tol=1e-9)


def _note_ratio(row: Mapping[Any, Any], lang: Lang) -> str:
    """Why a ratio says nothing: it has no bounded interval, so that not even its sign is known, or is below zero.

    A cost per additional person below zero is none: cost and those who stay move opposite ways. Nothing paid while
    fewer stay is -0.0, and none either.
    """
    if row["outcome"] not in RATIOS:
        return ""
    if math.isnan(row["low"]):
        return label("note.not_estimated", lang) if row["seeds"] < 2 else label("note.may_be_zero", lang)
    is_none = row["high"] < 0 or (row["high"] == 0 and math.copysign(1.0, row["difference"]) < 0)
    return label("note.fewer_stay", lang) if row["outcome"] == COST_PER_STAYER and is_none else ""


def _write_share(row: Mapping[Any, Any] | None) -> str:
    if row is None:
        return "-"  # no share of nothing
    share, low, high = (_write_number(row[name] * 100.0, 1, sign=False) for name in ("value", "low", "high"))
    return f"{share} %" if math.isnan(row["low"]) else f"{share} % ({low} .. {high})"


def _is_same(by_outcome: Mapping[str, Mapping[Any, Any]], one: str, other: str) -> bool:
    """Whether two outcomes are known and alike with the policy and without."""
    if not {one, other} <= by_outcome.keys():
        return False
    return all(by_outcome[one][name] == by_outcome[other][name] for name in ("baseline", "value"))


def _write_row(row: Mapping[Any, Any], lang: Lang) -> tuple[str, ...]:
    factor, decimals, unit = choose_unit(str(row["unit"]), lang)
    words = name_outcome(str(row["outcome"]), lang)
    levels = (_write_number(row[name] * factor, decimals, sign=False) for name in ("baseline", "value"))
    interval = _write_interval(row, factor, decimals, lang)
    points = POINTS[lang] if row["unit"] == SHARE and not math.isnan(row["difference"]) else ""
    difference = _write_number(row["difference"] * factor, decimals, sign=True) + points
    if _note_ratio(row, lang):
        difference = "-"  # the interval says why
    return words, unit, *levels, difference, interval


def choose_unit(unit: str, lang: Lang) -> tuple[float, int, str]:
    """Return factor, decimals and name under which values of `unit` are shown."""
    if unit == SHARE:
        return 100.0, 2, "%"
    if unit == "CNY":
        return 1e-6, 1, label("unit.million_cny", lang)
    if unit in {"years", "minutes"}:
        return 1.0, 2, label(f"unit.{unit}", lang)
    key = f"unit.{unit}"
    return 1.0, 0, label(key, lang) if key in LABELS else unit


def name_difference(unit: str, lang: Lang) -> str:
    """Name of the unit of a difference, for heads and columns: shares in percent differ by percentage points."""
    return _POINTS_UNIT[lang] if unit == SHARE else choose_unit(unit, lang)[2]


def _write_number(value: float, decimals: int, *, sign: bool) -> str:
    if math.isnan(value):
        return "-"
    # rounding first keeps a tiny negative from showing as -0
    rounded = round(value, decimals) + 0.0
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"


def _write_interval(row: Mapping[Any, Any], factor: float, decimals: int, lang: Lang) -> str:
    if not math.isnan(row["low"]):
        if _note_ratio(row, lang):
            return _note_ratio(row, lang)
        if has_no_width(row["low"], row["high"]):
            return label("note.alike", lang)
        low, high = (_write_number(row[name] * factor, decimals, sign=True) for name in ("low", "high"))
        return f"{low} .. {high}"
    if row["outcome"] == COST_PER_STAYER and row["seeds"] > 1:
        return label("note.undetermined", lang)
    return "-"
