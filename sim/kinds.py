"""The kinds of policy, described for readers: what each does, its fields, an example, the evidence it rests on.

Everything follows from the classes of sim/policies, so that a new kind is described as soon as it is declared.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from pydantic.fields import FieldInfo

from sim.cautions import name_policy
from sim.errors import TalentsimError
from sim.kindwords import SUMMARIES
from sim.labels import Lang, label, label_code
from sim.meaningwords import translate_meaning, translate_source
from sim.policies import POLICY_KINDS, PolicySpec
from sim.policies.base import INFINITE, Data, find_places
from sim.sourced import suggest_name
from sim.world.spec import World

KIND_HEADINGS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("kind", "name", "what it does"),
    "zh": ("种类", "名称", "作用"),
}
FIELD_HEADINGS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("field", "default", "unit", "range", "meaning", "source of the default"),
    "zh": ("字段", "默认值", "单位", "范围", "含义", "默认值的出处"),
}
EVIDENCE_HEADINGS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("id", "document, line", "period", "figure"),
    "zh": ("编号", "文献，行", "时期", "数值（原文摘录）"),  # noqa: RUF001  (full-width on purpose)
}

EXAMPLES: Final[Mapping[str, float]] = {
    "CNY": 1_000_000, "CNY/month": 1500, "CNY/person": 10_000, "CNY/seat": 20_000, "CNY/year": 1_000_000,
    "factor": 1.5, "level": 1, "months": 6, "persons": 1000, "persons/year": 1000, "places/year": 5000, "quarters": 4,
    "share": 0.3, "units": 5000, "years": 3,
    "lag_factor": 0.7, "noise_factor": 0.8,
}  # fmt: skip
"""Amount of an example by name of the field or else by its unit; whatever is not listed is 1."""
SHARED: Final = frozenset(field.alias or name for name, field in PolicySpec.model_fields.items())

_ID = re.compile(r"\b(\d{3}-\d{4})-(\d{2})(?:\s+to\s+(\d{2})\b(?!-))?")
_FOR_EACH = re.compile(r"\b(?:in|to) each (?:city|place)\b")
"""Marks the meaning of a field whose amount every place has that a policy names."""
_NAMED = re.compile(r"\b(\w+): ")
_SENTENCE: Final[dict[Lang, tuple[str, ...]]] = {
    "en": (
        "does", "instrument", "goal", "item in the ledger", "nothing happens, bit for bit, with",
        "two of this kind in one place and quarter",
    ),
    "zh": ("作用", "工具类别", "目标", "账目", "以下取值时结果逐位不变", "同一地点同一季度有两项此类政策时"),
}  # fmt: skip
_ENDS: Final = {"must be given": "必填", "no limit": "不限", "any": "任意"}
_JOINTS: Final = ((", or ", "；或 "), (", ", "，"), (" or ", " 或 "), (" and no ", "，且未设 "), (" and ", " 且 "))  # noqa: RUF001  (as above)
_TOGETHER: Final[Mapping[str, tuple[str, str]]] = {
    "add": ("add up", "相加"),
    "one": ("their numbers add up, and nobody is served by both", "数量相加、同一人只享受其中一项"),
    "multiply": ("their factors multiply", "倍数相乘"),
    "mixed": ("their factors multiply, all else adds up", "倍数相乘、其余相加"),
    "refused": ("are refused", "不被接受"),
}
"""How two policies of a kind act together, in English and Chinese."""


class KindPage(NamedTuple):
    """One kind in words."""

    title: str
    facts: list[str]
    """Lines such as `instrument: supply`."""
    fields: list[tuple[str, ...]]
    """Columns of FIELD_HEADINGS."""
    example: str
    """YAML of a policy of this kind that does something, as it stands in a scenario."""
    evidence: list[str]
    """Ids of the figures that defaults rest on."""


def list_kinds(lang: Lang) -> list[tuple[str, str, str]]:
    """Return kind, its words and what it does, one row a kind."""
    return [(kind, label_code("policy", kind, lang), _summarise(kind, lang)) for kind in POLICY_KINDS]


def describe_kind(kind: str, lang: Lang) -> KindPage:
    """Return all there is to say about a kind, its own fields first.

    Raises:
        TalentsimError: on an unknown kind, with the nearest name.
    """
    if kind not in POLICY_KINDS:
        raise TalentsimError(f"there is no kind of policy {kind!r}. {suggest_name(kind, list(POLICY_KINDS))}")
    spec = POLICY_KINDS[kind]
    together = _TOGETHER[spec.together][lang == "zh"]
    aim = translate_meaning(spec.instrument, lang), translate_meaning(spec.goal, lang)
    values = (_summarise(kind, lang), *aim, spec.item, _say_zero(spec.zero, lang), together)
    colon = label("line.colon", lang)
    fields = sorted(_walk_used(spec), key=lambda named: named[0].split(".")[0] in SHARED)
    return KindPage(
        title=f"{kind}{colon}{label_code('policy', kind, lang)}",
        facts=[f"{name}{colon}{value}" for name, value in zip(_SENTENCE[lang], values, strict=True)],
        fields=[_describe_field(name, field, lang) for name, field in fields],
        example="\n".join(["policies:", *_write_yaml(make_example(kind))]),
        evidence=find_evidence(spec),
    )


def list_multiplied(policies: Sequence[PolicySpec], world: World, lang: Lang = "en") -> list[str]:
    """Return a line for each amount that several places have each, with what it comes to in all.

    Args:
        policies: of a scenario.
        world: its world, whose places they name.
        lang: language.
    """
    lines = []
    for policy in policies:
        n_places = len(find_places(policy.city, world))
        for name, field in type(policy).model_fields.items():
            value = getattr(policy, name)
            if n_places > 1 and _FOR_EACH.search(field.description or "") and 0 < value < INFINITE:
                amounts = {"value": f"{value:,.10g}", "total": f"{value * n_places:,.10g}", "places": n_places}
                facts = {"policy": name_policy(policy, lang), "name": name, "unit": _extra(field)["unit"], **amounts}
                lines.append(label("amount.each", lang).format(**facts))
    return lines


def make_example(kind: str) -> dict[str, Any]:
    """Return a policy of `kind` as plain data: what must be given, and what keeps it from being of size zero."""
    spec = POLICY_KINDS[kind]
    example: dict[str, Any] = {"kind": kind, "city": "beijing", "from": "2025Q1"}
    own = {field.alias or name: field for name, field in spec.model_fields.items() if name not in example}
    for name, field in own.items():
        if field.is_required() and name not in example:
            example[name] = _choose_value(name, field)
    # the fields that make it zero, then any other of its own, as far as they are needed
    for name in (*_NAMED.findall(f"{spec.zero} "), *(name for name in own if name not in SHARED)):
        if not spec.model_validate(example).is_zero():
            break
        if name in own and name not in example and (_extra(own[name]) or _name_choices(own[name])):
            example[name] = _choose_value(name, own[name])
    return example


def find_evidence(spec: type[PolicySpec]) -> list[str]:
    """Return the ids that the defaults of a kind and its own description name, each once."""
    texts = [str(_extra(field).get("source", "")) for _, field in _walk_used(spec)]
    found: dict[str, None] = {}
    for line, first, last in _ID.findall("\n".join([spec.__doc__ or "", *texts])):
        found |= dict.fromkeys(f"{line}-{number:02d}" for number in range(int(first), int(last or first) + 1))
    return list(found)


def read_evidence(folder: Path, ids: list[str]) -> list[tuple[str, ...]]:
    """Return the published figures of `ids` in their order: the columns of EVIDENCE_HEADINGS; unknown ids are left out.

    Args:
        folder: holds one CSV file for each document, with the columns id, doc, line, period, value and others.
        ids: such as 003-4472-02.
    """
    rows: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["id"] in ids:
                    rows[row["id"]] = _describe_figure(row)
    return [rows[identifier] for identifier in ids if identifier in rows]


def _summarise(kind: str, lang: Lang) -> str:
    return SUMMARIES.get(kind, POLICY_KINDS[kind].summary) if lang == "zh" else POLICY_KINDS[kind].summary


def _describe_figure(row: Mapping[str, str]) -> tuple[str, ...]:
    figure = f"{row['statistic'].replace('_', ' ')} = {row['value']} {row['unit'].replace('_', ' ')}"
    about = "; ".join(row[name] for name in ("geography", "population", "note") if row[name])
    return row["id"], f"{row['id'][:3]}, {row['line']} ({row['locator']})", row["period"], f"{figure} ({about})"


def _walk_used(spec: type[PolicySpec]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield dotted name and field of what has an effect on the kind."""
    return ((name, field) for name, field in _walk_fields(spec) if name.split(".")[0] not in spec.unused)


def _walk_fields(spec: type[Data], head: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield dotted name and field, those of nested data after their parent's name."""
    for name, field in spec.model_fields.items():
        if not head and name == "kind":
            continue
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, Data):
            yield from _walk_fields(nested, f"{head}{name}.")
        else:
            yield f"{head}{field.alias or name}", field


def _say_zero(text: str, lang: Lang) -> str:
    """The values at which nothing happens."""
    for words, chinese in _JOINTS if lang == "zh" else ():
        text = text.replace(words, chinese)
    return text


def _describe_field(name: str, field: FieldInfo, lang: Lang) -> tuple[str, ...]:
    extra = _extra(field)
    unit = str(extra.get("unit", ""))
    limits = _write_limits(extra["low"], extra["high"], lang) if unit else _name_choices(field)
    texts = translate_meaning(field.description or "", lang), translate_source(str(extra.get("source", "")), lang)
    return name, _translate_default(_write_default(field), lang), unit, limits, *texts


def _write_limits(low: float, high: float, lang: Lang) -> str:
    if lang == "zh":
        return f"{_write_number(low)}及以上" if high == INFINITE else f"{_write_number(low)}至{_write_number(high)}"
    return f"{_write_number(low)} to {_write_number(high)}"


def _translate_default(text: str, lang: Lang) -> str:
    """A default; what stands in place of a number is a word."""
    return _ENDS.get(text, text) if lang == "zh" else text


def _name_choices(field: FieldInfo) -> str:
    """Words that a field may be; nothing where it is a text of any kind."""
    choices: list[str] = []
    waiting = [field.annotation]
    while waiting:
        annotation: Any = waiting.pop(0)
        parts = get_args(annotation)
        choices += [part for part in parts if isinstance(part, str)]
        waiting += [part for part in parts if not isinstance(part, str)]
    return ", ".join(choices)


def _write_default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    if isinstance(field.default, int | float):
        return _write_number(field.default)
    return str(field.default) if field.default else "any" if field.default is None else ""


def _write_number(value: Any) -> str:
    return "no limit" if value == INFINITE else f"{value:.10g}"


def _choose_value(name: str, field: FieldInfo) -> Any:
    extra = _extra(field)
    if "unit" not in extra:
        return _name_choices(field).split(", ")[0]
    value = min(max(EXAMPLES.get(name, EXAMPLES.get(extra["unit"], 1)), extra["low"]), extra["high"])
    return int(value) if value == int(value) else value


def _write_yaml(data: Mapping[str, Any]) -> Iterator[str]:
    for number, (name, value) in enumerate(data.items()):
        yield f"  {'-' if number == 0 else ' '} {name}: {value}"


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
