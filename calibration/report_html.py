"""A report as one HTML file that needs no other: styles and pictures stand in it, nothing is fetched."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from calibration.report import REACH, Mark, Report, Row, Section, Table

_WIDTH: Final = 150.0
_HEIGHT: Final = 14.0
_STYLE: Final = """
body { font: 14px/1.45 "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; color: #1a1a1a;
       margin: 2em auto; max-width: 1500px; padding: 0 1.5em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 2em; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.85em; }
th, td { text-align: left; vertical-align: top; padding: 0.25em 0.6em; border-bottom: 1px solid #e4e4e4; }
th { background: #f4f4f4; position: sticky; top: 0; }
.number { text-align: right; } .number, .short { white-space: nowrap; }
tr.bad td:first-child { border-left: 4px solid #D55E00; } svg { display: block; }
@media print { body { max-width: none; } th { position: static; } }
"""


def write_html(report: Report, path: Path) -> None:
    """Write a report as a page."""
    path.write_text(render_html(report), encoding="utf-8")


def render_html(report: Report) -> str:
    """The page as text."""
    language = "zh-CN" if report.lang == "zh" else "en"
    body = "".join(f"<li>{html.escape(sentence)}</li>\n" for sentence in report.sentences)
    sections = "".join("".join(_render_section(section)) for section in report.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{html.escape(report.title)}</h1>\n<ul>\n{body}</ul>\n{sections}</body>\n</html>\n"
    )


def _render_section(section: Section) -> Iterator[str]:
    yield f"<h2>{html.escape(section.title)}</h2>\n"
    for sentence in section.sentences:
        yield f"<p>{html.escape(sentence)}</p>\n"
    if section.table is not None:
        yield from _render_table(section.table)


def _render_table(table: Table) -> Iterator[str]:
    yield '<div class="wide"><table>\n<thead><tr>'
    for number, head in enumerate(table.heads):
        yield f"<th{_align(table, number)}>{html.escape(head)}</th>"
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        yield (
            f'<tr class="bad">{_render_cells(table, row)}</tr>\n'
            if row.bad
            else f"<tr>{_render_cells(table, row)}</tr>\n"
        )
    yield "</tbody>\n</table></div>\n"


def _render_cells(table: Table, row: Row) -> str:
    texts = [
        draw_mark(row.mark) if number == table.picture and row.mark is not None else html.escape(cell)
        for number, cell in enumerate(row.cells)
    ]
    return "".join(f"<td{_align(table, number)}>{text}</td>" for number, text in enumerate(texts))


def _align(table: Table, number: int) -> str:
    if number in table.numbers:
        return ' class="number"'
    return ' class="short"' if number in table.short else ""


def draw_mark(mark: Mark) -> str:
    """The picture of a figure as SVG."""
    middle = _HEIGHT / 2
    left, right = (_place(end) for end in mark.accepted)
    parts = [
        (
            f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{_HEIGHT}" fill="#009E73" '
            'fill-opacity="0.18"/>'
        ),
        f'<line x1="{_WIDTH / 2}" x2="{_WIDTH / 2}" y1="0" y2="{_HEIGHT}" stroke="#009E73"/>',
    ]
    if all(map(math.isfinite, mark.band)):
        low, high = (_place(end) for end in mark.band)
        parts.append(
            f'<line x1="{low:.1f}" x2="{max(high, low + 1):.1f}" y1="{middle}" y2="{middle}" stroke="#0072B2" '
            'stroke-width="3" stroke-opacity="0.6"/>'
        )
    parts += [_draw_dot(mark.before, "none"), _draw_dot(mark.point, "#0072B2")]
    return f'<svg width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}" role="img">{"".join(parts)}</svg>'


def _draw_dot(value: float, fill: str) -> str:
    """A dot, or an arrow at the edge where the value lies further out; nothing without a value."""
    if not math.isfinite(value):
        return ""
    x, y = _place(value), _HEIGHT / 2
    if abs(value) <= REACH:
        return f'<circle cx="{x:.1f}" cy="{y}" r="3.2" fill="{fill}" stroke="#0072B2"/>'
    tip = math.copysign(6.0, value)
    return f'<path d="M{x:.1f} {y} l{-tip} -4 v8 z" fill="{fill}" stroke="#0072B2"/>'


def _place(value: float) -> float:
    """Where a value in tolerances lies in the picture."""
    kept = min(REACH, max(-REACH, value))
    return 4.0 + (kept + REACH) / (2.0 * REACH) * (_WIDTH - 8.0)
