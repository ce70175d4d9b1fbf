"""Units, how large a number may be, and what people write where a number or a key is wanted, with its repair."""

from __future__ import annotations

import re
from typing import Any, Final

UNITS: Final = frozenset({
    "share", "share/quarter", "share/year", "1/quarter", "1/year", "CNY", "CNY/month", "CNY/year", "CNY/person",
    "CNY/seat", "rooms", "rounds", "persons", "persons/year", "persons/agent", "agents", "units", "units/quarter",
    "seats", "institutions", "positions", "places/year", "minutes", "months", "quarters", "year", "years", "years/year",
    "index", "level", "score", "score/level", "score/year", "points", "points/level", "points/year", "weight", "factor",
    "indicator", "firms", "papers/year", "patents", "persons/1000", "Mbit/s", "ug/m3", "100m USD",
    "elasticity", "log", "log/share", "log/utility", "logit", "utility", "skill", "index/hour",
    "utility/1000 km", "1/1000 km", "utility/minute", "km/h", "CNY/job", "CNY/firm", "jobs",
})  # fmt: skip
"""Every unit that a field may declare; a test checks that no field declares another."""

LARGEST: Final[dict[str, float]] = {
    "CNY": 1e15, "CNY/year": 1e13, "CNY/month": 1e7,
    **dict.fromkeys(("CNY/person", "CNY/seat", "CNY/job", "CNY/firm"), 1e8),
    **dict.fromkeys(("persons", "units", "units/quarter", "seats", "jobs", "positions", "places/year"), 1e9),
    "persons/year": 1e9, "years": 1e3, "months": 1e4, "quarters": 1e4, "factor": 1e6,
}  # fmt: skip
"""Most that a number of a unit may be, whatever its field allows: beyond any country, and few enough for whole fen. Ten
million CNY a month for fifty million people over twelve years is seven tenths of what 64 bits hold."""

_WIDE_COLON = re.compile(r"^[\s-]*(\w+)\uff1a", re.MULTILINE)
_WRITTEN = re.compile(r"([-+]?\d[\d,]{0,15}(?:\.\d+)?)\s*([%\uff05万亿]?)")
_MULTIPLES: Final = {"": 1.0, "%": 0.01, "\uff05": 0.01, "万": 1e4, "亿": 1e8}
"""How people write numbers, and what the sign behind them stands for."""


def guess_number(value: Any, unit: str) -> str:
    """The repair for what is no number: the number that people write so, as `58%`, `20,000` or `2万`, if it is one."""
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return f"Write a number in {unit}"
    return f"Write {float(found[1].replace(',', '')) * _MULTIPLES[found[2] or '']:.12g}"


def find_wide_colon(value: Any) -> str:
    """The repair where a key is followed by the colon of Chinese text, which YAML takes for a letter; else nothing."""
    found = _WIDE_COLON.search(value) if isinstance(value, str) else None
    return f"Write `{found[1]}: ` with the narrow colon and a space, not `{found[1]}\uff1a`" if found else ""
