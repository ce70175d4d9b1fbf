"""Periods as documents print them: `2024`, `2023H2`, `2024Q1`, `2023-2024H1`, `2019-2024`."""

from __future__ import annotations

import re
from typing import Final

from sim.types import Quarter

_PERIOD: Final = re.compile(r"(\d{4})(?:(H)([12])|(Q)([1-4]))?")


def list_quarters(period: str) -> list[int]:
    """Numbers of the quarters of a period, in order. Raises ValueError where it is none that is known here."""
    first, _, last = period.partition("-")
    start, end = _find_ends(first)
    if last:
        end = _find_ends(last)[1]
    return list(range(start, end + 1))


def find_year(period: str) -> int:
    """Calendar year in which a period ends. Raises ValueError like list_quarters."""
    return Quarter(list_quarters(period)[-1]).year


def _find_ends(text: str) -> tuple[int, int]:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no period. Write 2024, 2023H2, 2024Q1 or 2023-2024H1")
    year, _, half, _, quarter = found.groups()
    if quarter:
        first, length = int(quarter), 1
    elif half:
        first, length = 2 * int(half) - 1, 2
    else:
        first, length = 1, 4
    start = Quarter.parse(f"{year}Q{first}").number
    return start, start + length - 1
