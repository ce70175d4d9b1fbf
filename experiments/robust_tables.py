"""Judgements, boxes and best sizes as tables and lines of text, in English or Chinese."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from experiments.casenames import shorten_keys
from experiments.cases import Cases, Question
from experiments.discovery import FEWEST_CASES, FEWEST_FAILURES, Box, Side
from experiments.optimise import Budget, Optimum, Size
from experiments.robust import BEST, CRITERIA, TIED, UNKNOWN, Judgement
from experiments.robust_words import word
from sim.effects import POINTS, Text, TextTable, choose_unit, has_no_width, name_difference, name_group
from sim.labels import Lang, in_brackets, join_words, label, label_code, label_scenario
from sim.outcomes import ALL, SHARE

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_STATES: Final = 12
"""States beyond which the table of choices and states is left to its file."""
MOST_CHOICES: Final = 40

_DIGITS: Final = 3
"""Significant digits of a value for a million CNY."""


class Writer:
    """Writes differences of one outcome.

    Args:
        unit: Of the outcome, or of it for a million CNY.
        lang: Language.
    """

    def __init__(self, unit: str, lang: Lang) -> None:
        self._lang: Lang = lang
        base, _, self._per = unit.partition("/million CNY") if unit.endswith("/million CNY") else (unit, "", "-")
        self.factor, self._decimals, _ = choose_unit(base, lang)
        name = name_difference(base, lang)
        self._is_ratio = self._per == ""
        self.unit = f"{name} / {label('unit.million_cny', lang)}" if self._is_ratio else name
        """For heads."""
        is_points = base == SHARE and not self._is_ratio
        self.unit_behind = POINTS[lang].strip() if is_points else self.unit
        """Behind a number."""

    def write(self, value: float, *, sign: bool = True) -> str:
        """A value in the unit shown; a dash where there is none."""
        if math.isnan(value):
            return "-"
        shown = value * self.factor
        size = abs(shown)
        decimals = self._decimals
        if self._is_ratio:
            decimals = min(_DIGITS, max(0, _DIGITS - 1 - math.floor(math.log10(size)))) if size else 0
        rounded = round(shown, decimals) + 0.0
        return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}"

    def write_interval(self, value: float, low: float, high: float, *, sign: bool = True) -> str:
        """A value with its interval, where there is one; without a sign it is a regret, whose interval ends at zero."""
        own = self.write(value, sign=sign)
        if math.isnan(low):
            return own
        if has_no_width(low, high) and sign:
            return in_brackets(own, label("note.alike", self._lang), self._lang)
        return f"{own} ({self.write(low, sign=sign)} .. {self.write(high, sign=sign)})"


def name_choice(choice: str, question: Question, lang: Lang) -> str:
    """Words for a choice: those of its policy, and the values of its keys."""
    if choice == question.baseline:
        return word("doing_nothing", lang)
    policy, *values = choice.split(" ")
    return " ".join([label_scenario(policy, lang, question.labels), *values])


def name_asked(question: Question, lang: Lang) -> str:
    """Words for the outcome that is judged, with its group where that is not everybody."""
    outcome = label_code("outcome", question.outcome, lang)
    return outcome if question.group == ALL else in_brackets(outcome, name_group(question.group, lang), lang)


def name_state(state: str, question: Question, lang: Lang) -> str:
    """Words for a state: those of its future, and the values of its keys."""
    future, *values = state.split(", ")
    return join_words([future if "=" in future else label_scenario(future, lang, question.labels), *values], lang)


def list_judgement(judged: Judgement, cases: Cases, question: Question, lang: Lang) -> list[TextTable]:
    """Tables of effects by state (where they are few), of the criteria, and of the front."""
    tables = [_table_ranking(judged, cases, question, lang), _table_front(judged, cases, question, lang)]
    if len(cases.states) <= MOST_STATES and len(cases.choices) <= MOST_CHOICES:
        tables.insert(0, _table_effects(judged, cases, question, lang))
    return tables


def list_notes(judged: Judgement, cases: Cases, question: Question, lang: Lang) -> list[str]:
    """What must be known to read the tables: who leads and who is tied, and what the numbers are not."""
    lines: list[str] = []
    if cases.effect.shape[2] > 1:
        lines += [*_note_leaders(judged.ranking, question, lang), word("note.front", lang)]
    if judged.left_out:
        names = join_words([_quote_choice(name, question, lang) for name in judged.left_out], lang)
        lines.append(word("note.left_out_choices", lang).format(names=names))
    if cases.left_out:
        lines.append(word("note.left_out_runs", lang).format(n=cases.left_out))
    weights = join_words(
        [f"{name_state(name, question, lang)} {weight:g}" for name, weight in question.weights.items()], lang
    )
    lines.append(word("note.weighted", lang).format(weights=weights) if weights else word("note.equal", lang))
    return lines


def list_box(
    box: Box | None, cases: Cases, question: Question, choice: str, lang: Lang
) -> tuple[list[TextTable], list[str]]:
    """The box of conditions under which a choice misses its thresholds as a table, or a line that says why not."""
    name = name_choice(choice, question, lang)
    if box is None:
        assert cases.meets is not None
        meets = cases.meets[cases.choices.index(choice)]
        few = min(meets.sum(), (~meets).sum()) < FEWEST_FAILURES
        key = "note.few_runs" if meets.size < FEWEST_CASES else "note.all_or_none" if few else "note.no_box"
        facts = {"share": _write_share(float(meets.mean())), "n": meets.size, "fewest": FEWEST_CASES}
        return [], [word(key, lang).format(choice=_quote_choice(choice, question, lang), **facts)]
    heads = tuple(word(f"head.{key}", lang) for key in ("choice", "condition", "coverage", "density", "base"))
    shares = tuple(_write_share(share) for share in (box.coverage, box.density, box.base))
    every = (*cases.conditions.columns[1:], *cases.levers.columns[1:], *(side.key for side in box.sides))
    keys = shorten_keys(list(dict.fromkeys(every)))
    rows = [(name, " & ".join(write_side(side, keys[side.key], question, lang) for side in box.sides), *shares)]
    return [TextTable(word("title.box", lang), heads, rows, 2)], []


def write_side(side: Side, key: str, question: Question, lang: Lang) -> str:
    """One restriction of a box; `key` is what its key is called."""
    if side.among:
        is_future = side.key == "future"
        named = (name_state(one, question, lang) if is_future else one for one in side.among)
        return f"{word('head.state', lang) if is_future else key} = {' / '.join(named)}"
    return f"{key} >= {side.low:.4g}" if side.low > -math.inf else f"{key} <= {side.high:.4g}"


def list_optimum(found: Optimum, budget: Budget, question: Question, lang: Lang) -> tuple[list[TextTable], list[str]]:
    """The best size as a table, and what is to be known of it."""
    heads = tuple(word(f"head.{key}", lang) for key in ("key", "best", "interval", "as_good", "swept"))
    rows: list[Text] = [
        (
            size.key,
            _write_size(size.best),
            _write_range(size.low, size.high),
            _write_range(size.as_good_from, size.as_good_to),
            _write_range(size.swept_from, size.swept_to),
        )
        for size in found.sizes
    ]
    ends = _write_allowed(found.sizes, lang)
    lines = [word(f"optimum.{found.verdict}", lang).format(allowed=ends)]
    if found.sizes:
        writer = Writer(found.unit, lang)
        lines.append(
            word("optimum.effect", lang).format(
                outcome=name_asked(question, lang),
                effect=writer.write_interval(found.effect, found.effect_low, found.effect_high),
                unit=writer.unit_behind,
                cost=f"{found.cost_million_cny:,.1f}",
                share=_write_share(found.p_budget),
                budget=f"{budget.most_cny / 1e6:,.1f} {label('unit.million_cny', lang)}",
            )
        )
        is_nothing = found.effect_low == 0 == found.effect_high
        doubt = _doubt_gain(found.effect * question.sign, found.effect_low, found.effect_high)
        doubt = "nothing" if is_nothing else doubt
        lines += [word(f"optimum.{doubt}", lang)] if doubt else []
        lines += _note_beyond(found, lang)
    if found.is_rough:
        lines.append(word("optimum.rough", lang).format(misfit=found.misfit))
    return [TextTable(word("title.size", lang), heads, rows, 1)] if rows else [], lines


def _note_beyond(found: Optimum, lang: Lang) -> list[str]:
    """Why an interval reaches beyond the sizes that the budget allows, where one does."""
    beyond = [
        size
        for size in found.sizes
        if _write_size(min(size.low, size.allowed_from)) != _write_size(size.allowed_from)
        or _write_size(max(size.high, size.allowed_to)) != _write_size(size.allowed_to)
    ]
    return [word("optimum.beyond", lang).format(allowed=_write_allowed(beyond, lang))] if beyond else []


def _write_allowed(sizes: Sequence[Size], lang: Lang) -> str:
    return join_words([f"{size.key} = {_write_range(size.allowed_from, size.allowed_to)}" for size in sizes], lang)


def _table_effects(judged: Judgement, cases: Cases, question: Question, lang: Lang) -> TextTable:
    effect, value = Writer(cases.unit, lang), Writer(judged.unit, lang)
    outcome = name_asked(question, lang)
    heads = [word("head.choice", lang), word("head.state", lang)]
    heads += [word("head.difference", lang).format(unit=effect.unit), word("head.cost", lang)]
    heads += [word("head.value", lang)] * question.per_cost + [word("head.regret", lang), word("head.verdict", lang)]
    rows: list[Text] = []
    for row in judged.effects.to_dict("records"):
        if row["choice"] == question.baseline:
            continue
        cells = [name_choice(row["choice"], question, lang), name_state(row["state"], question, lang)]
        cells += [effect.write_interval(row["effect"], row["low"], row["high"]), f"{row['cost_million_cny']:,.1f}"]
        if question.per_cost:
            cells.append(value.write_interval(row["value"], row["value_low"], row["value_high"]))
        rows.append((*cells, value.write(row["regret"], sign=False), word(f"verdict.{row['verdict']}", lang)))
    return TextTable(word("title.effects", lang).format(outcome=outcome), tuple(heads), rows, 2)


def _table_ranking(judged: Judgement, cases: Cases, question: Question, lang: Lang) -> TextTable:
    writer = Writer(judged.unit, lang)
    names = ("choice", "mean", "worst", "most_regret", *(["enough"] if cases.meets is not None else []))
    rows: list[Text] = []
    for row in judged.ranking.to_dict("records"):
        cells = [name_choice(row["choice"], question, lang)]
        is_policy = row["choice"] != question.baseline
        for key in CRITERIA:
            ends = (row[f"{key}_low"], row[f"{key}_high"])
            if key != "regret" and not is_policy:
                ends = (math.nan, math.nan)  # nothing is what it is by definition, not by chance
            text = writer.write_interval(row[key], *ends, sign=key != "regret")
            named = key != "mean" and is_policy and len(cases.states) > 1
            comma = "，" if lang == "zh" else ","  # noqa: RUF001  (full-width on purpose)
            where = f" {name_state(row[f'{key}_state'], question, lang)}{comma}" if named else ""
            verdict = word("verdict." + row[f"{key}_verdict"], lang)
            cells.append(f"{text}{where} {verdict}".replace("， ", "，"))  # noqa: RUF001  (as above)
        if cases.meets is not None:
            share, low, high = (_write_share(row[name]) for name in ("enough", "enough_low", "enough_high"))
            cells.append(f"{share} ({low} .. {high})")
        rows.append(tuple(cells))
    title = in_brackets(word("title.ranking", lang), writer.unit, lang)
    return TextTable(title, tuple(word(f"head.{name}", lang) for name in names), rows, 1)


def _table_front(judged: Judgement, cases: Cases, question: Question, lang: Lang) -> TextTable:
    writer = Writer(cases.unit, lang)
    outcome = name_asked(question, lang)
    effect = word("head.difference", lang).format(unit=writer.unit)
    heads = (
        word("head.choice", lang),
        word("head.cost", lang),
        effect,
        word("head.share_on_front", lang),
        word("head.front", lang),
    )
    rows: list[Text] = []
    for row in judged.front.to_dict("records"):
        ends = (row["cost_low"], row["cost_high"]), (row["low"], row["high"])
        if row["choice"] == question.baseline:
            ends = (math.nan, math.nan), (math.nan, math.nan)
        cost = _write_cost(row["cost_million_cny"], *ends[0], lang)
        effect = writer.write_interval(row["effect"], *ends[1])
        name = name_choice(row["choice"], question, lang)
        verdict = word(f"verdict.{row['verdict']}", lang)
        rows.append((name, cost, effect, _write_share(row["share_on_front"], digits=1), verdict))
    mean = word("mean.weighted" if question.weights else "mean.equal", lang)
    return TextTable(word("title.front", lang).format(outcome=outcome, mean=mean), heads, rows, 1)


def _quote_choice(choice: str, question: Question, lang: Lang) -> str:
    """Words for a choice within a sentence; Chinese has no spaces that would tell them apart."""
    name = name_choice(choice, question, lang)
    return f"“{name}”" if lang == "zh" else name


def _doubt_gain(gain: float, low: float, high: float) -> str | None:
    """What is to be said where an effect is no gain beyond chance; `low` and `high` are its 95 % interval."""
    if low <= 0 <= high:
        return "maybe_nothing"
    return "harm" if gain < 0 else None


def _note_leaders(ranking: DataFrame, question: Question, lang: Lang) -> list[str]:
    """Who leads by each criterion, and who cannot be told from the leader."""
    names: dict[str, tuple[str, str]] = {}
    rows = ranking.to_dict("records")
    for key in CRITERIA:
        best = next(row["choice"] for row in rows if row[f"{key}_verdict"] in {BEST, UNKNOWN})
        tied = [_quote_choice(row["choice"], question, lang) for row in rows if row[f"{key}_verdict"] == TIED]
        names[key] = _quote_choice(best, question, lang), join_words(tied, lang)
    best, tied_names = names["mean"]
    lead = "note.tied" if tied_names else "note.clear" if len(rows) > 1 else "note.alone"
    lines = [word(lead, lang).format(best=best, tied=tied_names)]
    row = next(row for row in rows if row["mean_verdict"] == BEST)
    if question.baseline not in {row["choice"] for row in rows}:
        doubt = _doubt_gain(row["mean"] * question.sign, row["mean_low"], row["mean_high"])
        lines += [word(f"note.{doubt}", lang).format(best=best)] if doubt else []
    if len(rows) == 1:
        return lines
    also = {key: word("note.also", lang).format(names=own) if own else "" for key, (_, own) in names.items()}
    rest = word("note.worst", lang).format(
        best=names["worst"][0], tied=also["worst"], regret=names["regret"][0], regret_tied=also["regret"]
    )
    return [*lines, rest]


def _write_range(low: float, high: float) -> str:
    if math.isnan(low):
        return "-"
    ends = dict.fromkeys((_write_size(low), _write_size(high)))
    return " .. ".join(ends)


def _write_size(value: float) -> str:
    """Four significant digits without a power of ten: sizes are read as they are written in files."""
    return f"{float(f'{value:.4g}'):,.10g}"


def _write_cost(cost: float, low: float, high: float, lang: Lang) -> str:
    if math.isnan(low):
        return f"{cost:,.1f}"
    if has_no_width(low, high):
        return in_brackets(f"{cost:,.1f}", label("note.alike", lang), lang)
    return f"{cost:,.1f} ({low:,.1f} .. {high:,.1f})"


def _write_share(share: float, digits: int = 0) -> str:
    return "-" if math.isnan(share) else f"{share * 100:.{digits}f} %"
