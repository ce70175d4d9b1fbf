"""What a published figure is in words, English and Chinese, and how its numbers are written.

A description says what is counted, of whom, where and when. Industries are named as the source names them; where the
model has another class, that follows in brackets. A figure that was published for a later year than the one that it is
compared with says so. Shares are written in percent, whatever unit a derivation gives them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from calibration.report_words import say
from calibration.targets import UNIT_FACTOR, Target
from sim.labels import Lang, PlaceLabels, label_code, label_place


def describe_figure(figure: Target, places: PlaceLabels, lang: Lang) -> str:
    """What a figure is: its moment and what distinguishes it, such as `AI postings, share: Electronics, 2023H2`."""
    told = _Args(figure, places, lang)
    parts = [*told.say_cell(), *told.say_people(), *told.say_places(), *told.say_within(), *told.say_times()]
    colon = "：" if lang == "zh" else ": "  # noqa: RUF001  (full-width on purpose)
    late = _find_later_period(figure)
    note = say("published.for", lang).format(period=_say_period(late, lang)) if late else ""
    return _MOMENTS[figure.moment][lang == "zh"] + colon + say("join", lang).join(dict.fromkeys(parts)) + note


def describe_lines(figure: Target, places: PlaceLabels, lang: Lang, *facts: str) -> str:
    """What a figure is on lines of a column of a terminal; below it ids, facts and unit."""
    ids = ", ".join(row.id for row in figure.rows)
    told = describe_figure(figure, places, lang), "; ".join((ids, *facts, say_unit(figure, lang)))
    return "\n".join(line for text in told for line in wrap_words(text, _COLUMN))


def describe_source(figure: Target, lang: Lang) -> str:
    """Ids, documents and lines of a figure; ids of one line together."""
    words = "{} (文件{}第{}行)" if lang == "zh" else "{} (document {}, line {})"
    groups = itertools.groupby(figure.rows, key=lambda row: (row.document, row.line))
    return "; ".join(words.format(", ".join(row.id for row in rows), *place) for place, rows in groups)


def write_value(value: float, figure: Target) -> str:
    """A value in the unit of say_unit; a dash where there is none."""
    shown = round(value / UNIT_FACTOR[_find_unit(figure)], 4)
    return "-" if math.isnan(value) else f"{shown:,.0f}" if abs(shown) >= 1000.0 else f"{shown:.4g}"


def write_published(figure: Target) -> str:
    """The published value with its tolerance; a bound with its sign."""
    sign = {"low": "> ", "high": "< "}.get(figure.bound, "")
    tolerance = figure.tolerance / UNIT_FACTOR[_find_unit(figure)]
    return f"{sign}{write_value(figure.value, figure)} ± {tolerance:.3g}"


def write_error(error: float) -> str:
    """An error in tolerances; 1.00 is inside, so that one just beyond is written 1.01. A dash where there is none."""
    if math.isnan(error):
        return "-"
    return f"{error:.1f}" if error >= 10.0 else f"{max(error, 1.01) if error > 1.0 else error:.2f}"


def say_unit(figure: Target, lang: Lang) -> str:
    """Unit in which a figure is written."""
    return _UNITS[_find_unit(figure)][lang == "zh"]


def wrap_words(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` half-width characters; words, numbers and ids stay whole unless they are longer."""
    from sim.plots_style import measure_width  # here: what simulates figures loads nothing of pictures

    lines, width = [""], 0
    for piece in _PIECES.findall(text):
        size = measure_width(piece)
        if width + size > columns and width and piece[0] not in _CLOSING:
            lines.append("")
            width = 0
        if width or not piece.isspace():
            lines[-1] += piece
            width += size
    return [line.rstrip() for line in lines]


def _find_unit(figure: Target) -> str:
    """Unit of the documents; percent for a share that is derived as a ratio."""
    return "percent" if figure.unit == "ratio" and figure.moment.startswith("share_") else figure.unit


def _find_later_period(figure: Target) -> str:
    """Period for which the figure was published, where it goes beyond the one that it is compared with; else empty."""
    for row in figure.rows:
        years = [int(year) for year in re.findall(r"\d{4}", row.period)]
        if years and 0 < figure.year < (max(years) if "until" in figure.args else min(years)):
            return row.period
    return ""


def _say_period(period: str, lang: Lang) -> str:
    """A period such as 2023H2 or 2021-2024."""
    if lang == "en":
        return period
    halves = {"H1": "上半年", "H2": "下半年", "Q1": "第一季度", "Q2": "第二季度", "Q3": "第三季度", "Q4": "第四季度"}
    told = re.sub(r"(\d{4})([HQ]\d)?", lambda found: f"{found[1]}年{halves.get(found[2], '')}", period)
    return told.replace("-", "至")


class _Args:
    """The arguments of a moment in words."""

    def __init__(self, figure: Target, places: PlaceLabels, lang: Lang) -> None:
        self._figure, self._args, self._places, self._lang = figure, figure.args, places, lang

    def say_cell(self) -> list[str]:
        """What is counted: industries, levels, sizes, cities of a wider group; pay of one industry against another."""
        rows = self._figure.rows
        cell = {name: value for name, value in self._args.get("cell", {}).items() if name != "city"}
        if not cell:
            return []
        if "base" in self._args and isinstance(self._args["base"], Mapping):
            base = {name: value for name, value in self._args["base"].items() if name != "city"}
            words = say("against", self._lang)
            named = self._name_cell(cell, rows[:1], both=True), self._name_cell(base, rows[1:], both=False)
            return [words.format(*named)]
        if "industry" in cell:
            return [self._name_cell(cell, rows, both=True)]
        return [word for name, value in cell.items() for word in self._say(name, value)]

    def say_people(self) -> list[str]:
        """Whom: levels, fields, an industry or several."""
        names = ("levels", "education", "industry", "industries", "n", "field", "fields", "origin")
        return [word for name in names if name in self._args for word in self._say(name, self._args[name])]

    def say_within(self) -> list[str]:
        """Of which wider group it is a share."""
        lang, group = self._lang, self._args.get("within", {})
        place = "".join(self._say("city", group["city"])) if "city" in group else ""
        parts = {name: self._say(name, value) for name, value in group.items() if name != "city"}
        if "industry" in parts and not isinstance(group["industry"], list):
            parts["industry"] = [say("within.industry", lang).format(*parts["industry"])]
        others = say("and", lang).join(word for words in parts.values() for word in words)
        if not others:
            return [say("within.place", lang).format(place)] if place else []
        both = say("within.both", lang).format(others=others, place=place) if place else others
        return [say("within", lang).format(both)]

    def say_places(self) -> list[str]:
        """Places of the moment and of its cell; those of a wider group stand there."""
        found = [self._args.get("city"), self._args.get("cell", {}).get("city")]
        return [word for city in found if city is not None for word in self._say("city", city)]

    def say_times(self) -> list[str]:
        """Years and periods, and what a change is against."""
        args = self._args
        if "since" in args:
            return [_say_period(f"{args['since']}-{args['until']}", self._lang)]
        names = ("cohort", "year", "quarter", "period")
        told = [_say_period(str(args[name]), self._lang) for name in names if name in args]
        base = args.get("base")
        if base is None or isinstance(base, Mapping):
            return told
        return [*told, say("base", self._lang).format(base=_say_period(str(base), self._lang))]

    def _name_cell(self, cell: Mapping[str, Any], rows: Sequence[Any], *, both: bool) -> str:
        """A cell as the rows call it, `both` with its class in the model behind; else as the model calls it."""
        told = [word for name, value in cell.items() for word in self._say(name, value)]
        model = say("join", self._lang).join(told)
        codes = [str(row.dims.get("industry")) for row in rows if row.dims.get("industry") in _PUBLISHED]
        named = _SUM.join(_PUBLISHED[code][self._lang == "zh"] for code in dict.fromkeys(codes))
        return model if not named else named + (say("as.model", self._lang).format(model) if both else "")

    def _say(self, name: str, value: Any) -> list[str]:
        """Words of one argument."""
        lang = self._lang
        values = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        if len(values) > 4:
            return [say(f"several.{_VOCABULARY.get(name, name)}", lang).format(n=len(values))]
        if name == "n":
            return [say("largest", lang).format(n=value)]
        if name == "origin":
            return [say("elsewhere", lang)]
        if name == "city":
            return [_SUM.join(label_place(one, lang, self._places) for one in values)]
        vocabulary = _VOCABULARY.get(name)
        return [_SUM.join(label_code(vocabulary, one, lang) if vocabulary else one for one in values)]


_COLUMN: Final = 48
"""Characters of a column that says what a figure is."""
_PIECES: Final = re.compile(r"[!-~]+|（.|\s|.", re.DOTALL)  # noqa: RUF001  (full-width on purpose)
_CLOSING: Final = "，。；：、）”%),;:"  # noqa: RUF001  (full-width on purpose)
_SUM: Final = " + "
"""Between classes that are counted together."""
_PUBLISHED: Final[Mapping[str, tuple[str, str]]] = {
    "science_tech_services": ("Science and technology services", "科技服务业"),
    "integrated_circuit": ("Integrated circuits", "集成电路"),
    "software_information_services": ("Software and information services", "软件和信息服务"),
    "new_energy_smart_vehicle": ("New-energy and smart vehicles", "新能源智能汽车"),
    "smart_manufacturing": ("Smart manufacturing", "智能制造"),
    "new_generation_it": ("New-generation information technology", "新一代信息技术"),
    "health": ("Medicine and health", "医药健康"),
    "artificial_intelligence": ("Artificial intelligence", "人工智能"),
    "finance": ("Finance", "金融"),
    "digital_economy": ("Digital economy", "数字经济"),
    "new_energy_vehicle": ("New-energy vehicles", "新能源汽车"),
    "smart_high_end_manufacturing": ("Smart and high-end manufacturing", "智能与高端制造"),
    "energy_saving_green_energy": ("Energy saving and green energy", "节能环保与绿色能源"),
    "professional_services": ("Professional services", "专业服务"),
    "high_end_equipment": ("High-end equipment", "高端装备"),
}
"""Industries of the sources that are no class of the model, by their code in the registry."""
_VOCABULARY: Final[Mapping[str, str]] = {
    "industry": "industry", "industries": "industry", "education": "education", "levels": "education", "field": "field",
    "fields": "field", "size": "firm_size", "experience": "experience", "ai": "ai",
}  # fmt: skip
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "percent": ("%", "%"), "percentage_points": ("points", "百分点"), "10k_persons": ("10,000 persons", "万人"),
    "10k_persons_per_year": ("10,000 persons a year", "万人/年"), "10k_cny_per_year": ("10,000 CNY a year", "万元/年"),
    "cny_per_month": ("CNY a month", "元/月"), "ratio": ("ratio", "比值"), "index": ("index", "指数"),
    "order": ("ratio", "比值"),
}  # fmt: skip
_MOMENTS: Final[Mapping[str, tuple[str, str]]] = {
    "count_stayers": ("Graduates who stay", "毕业生留存人数"),
    "share_stayers": ("Share of graduates who stay", "毕业生留存率"),
    "ratio_stayers": ("Share of graduates who stay, ratio", "毕业生留存率之比"),
    "share_stayers_of_employed": ("Share who stay, of graduates in work", "就业毕业生留存率"),
    "share_located": ("Share of graduates located there", "毕业生在当地的比例"),
    "share_employed": ("Share of graduates in work", "毕业生就业率"),
    "count_first_jobs": ("First jobs of graduates", "毕业生首次就业人数"),
    "mean_first_jobs": ("First jobs of graduates, yearly mean", "毕业生首次就业年均人数"),
    "fall_first_jobs": ("Fall of first jobs", "首次就业人数降幅"),
    "share_ai_quarter": ("AI postings, share of a quarter", "AI岗位季度占比"),
    "share_postings": ("Postings, share", "岗位占比"),
    "share_ai_postings": ("AI postings, share", "AI岗位占比"),
    "change_ai_postings": ("AI postings, change of share", "AI岗位占比变化"),
    "share_ai_top_cities": ("AI postings, share of cities", "AI岗位城市集中度"),
    "intensity_ai": ("AI among all postings", "AI岗位占全部岗位比重"),
    "pay_ai_year": ("Pay of AI postings", "AI岗位年薪"),
    "pay_ratio": ("Pay, ratio", "薪酬之比"),
    "median_pay_ratio": ("Median pay, ratio", "薪酬中位数之比"),
    "premium_ai": ("AI pay over all pay", "AI岗位薪酬溢价"),
    "candidates_per_vacancy": ("Candidates a vacancy", "每个空缺岗位的候选人数"),
    "share_unfilled": ("Positions not filled", "未招满岗位占比"),
    "share_qualified": ("Graduates judged qualified", "毕业生合格率"),
    "count_talent": ("Stock of talent", "人才总量"),
    "growth_talent": ("Growth of talent", "人才增长率"),
    "count_working": ("Persons in work", "从业人员"),
    "density_talent": ("Density of talent", "人才密度"),
    "change_density": ("Change of the density of talent", "人才密度变化"),
    "share_levels": ("Levels of education, share", "学历占比"),
    "change_higher_education": ("Change of the share with higher education", "受过高等教育的从业人员占比变化"),
    "share_cohorts": ("Younger cohorts, share", "年轻群体占比"),
    "share_places": ("Places among people of a field, share", "专业人才地区占比"),
    "share_staff": ("Industries among staff, share", "行业人员占比"),
    "score_stickiness": ("Stickiness score", "人才黏性得分"),
}
