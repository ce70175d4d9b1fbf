"""A report as a PDF of landscape pages, with the font of the figures, so that it reads alike in both languages."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from calibration.report import REACH, Mark, Report, Row, Section, Table
from calibration.targetwords import wrap_words
from sim.plots_style import FONT_FAMILIES, GREY, apply_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_pdf import PdfPages

PAGE: Final = (11.69, 8.27)
"""A4 landscape, inches."""
_MARGIN: Final = 0.45
_SIZE: Final = 6.4
"""Points of the text of tables."""
_LINE: Final = 0.128
"""Inches from line to line of it."""
_COLUMNS_PER_INCH: Final = 20.5
"""Half-width characters of it in an inch."""
_GAP: Final = 0.06
_SENTENCE: Final = 0.19
_SENTENCE_COLUMNS: Final = 158
_BAD: Final = "#D55E00"
_BLUE: Final = "#0072B2"
_GREEN: Final = "#009E73"


def write_pdf(report: Report, path: Path) -> None:
    """Write a report as a document."""
    from matplotlib.backends.backend_pdf import PdfPages

    with apply_style(), PdfPages(path, metadata={"Title": report.title, "CreationDate": None}) as pages:
        writer = _Writer(pages)
        writer.write_title(report.title)
        writer.write_sentences(report.sentences)
        for section in report.sections:
            writer.write_section(section)
        writer.end_page()


class _Writer:
    """Writes down a page and begins a new one where it is full; positions are inches from the top left."""

    def __init__(self, pages: PdfPages) -> None:
        self._pages = pages
        self._axes: Axes | None = None
        self._number = 0
        self._y = 0.0

    def write_title(self, text: str) -> None:
        """The title of the document."""
        self._need(0.5)
        self._text(_MARGIN, self._y, text, size=14.0)
        self._y += 0.45

    def write_sentences(self, sentences: Sequence[str]) -> None:
        """Sentences below each other."""
        for sentence in sentences:
            lines = wrap_words(sentence, _SENTENCE_COLUMNS)
            self._need(_SENTENCE * len(lines))
            for line in lines:
                self._text(_MARGIN, self._y, line, size=9.0)
                self._y += _SENTENCE
            self._y += 0.04

    def write_section(self, section: Section) -> None:
        """A section with its table."""
        self._y += 0.15
        self._need(1.2)
        self._text(_MARGIN, self._y, section.title, size=11.5)
        self._y += 0.3
        self.write_sentences(section.sentences)
        if section.table is not None:
            self._write_table(section.table)

    def end_page(self) -> None:
        """Put the page into the document."""
        if self._axes is None:
            return
        self._text(PAGE[0] - _MARGIN, PAGE[1] - 0.3, str(self._number), size=7.0, right=True, color=GREY)
        self._pages.savefig(self._axes.figure)  # type: ignore[no-untyped-call]
        self._axes = None

    def _write_table(self, table: Table) -> None:
        layout = _Layout.of(table)
        self._write_heads(layout, table)
        for row in table.rows:
            lines = layout.wrap(row.cells)
            height = layout.measure(lines)
            if self._need(height):
                self._write_heads(layout, table)
            self._write_row(layout, table, row, lines)
            self._y += height

    def _write_heads(self, layout: _Layout, table: Table) -> None:
        lines = layout.wrap(table.heads)
        height = layout.measure(lines)
        self._need(height)
        self._box(_MARGIN, self._y, PAGE[0] - 2 * _MARGIN, height, "#F0F0F0")
        self._write_cells(layout, table, lines)
        self._y += height

    def _write_row(self, layout: _Layout, table: Table, row: Row, lines: list[list[str]]) -> None:
        height = layout.measure(lines)
        if row.bad:
            self._box(_MARGIN - 0.06, self._y + 0.02, 0.035, height - 0.04, _BAD)
        self._line(_MARGIN, PAGE[0] - _MARGIN, self._y + height, "#E4E4E4", 0.5)
        self._write_cells(layout, table, lines)
        if row.mark is not None and table.picture is not None:
            left, width = layout.left[table.picture], layout.width[table.picture]
            self._draw_mark(row.mark, left, width - _GAP, self._y + min(height, 0.25) / 2)

    def _write_cells(self, layout: _Layout, table: Table, lines: list[list[str]]) -> None:
        for number, texts in enumerate(lines):
            right = number in table.numbers
            x = layout.left[number] + (layout.width[number] - _GAP if right else 0.0)
            for k, text in enumerate(texts):
                self._text(x, self._y + 0.03 + k * _LINE, text, size=_SIZE, right=right)

    def _draw_mark(self, mark: Mark, left: float, width: float, y: float) -> None:
        def place(value: float) -> float:
            return left + (min(REACH, max(-REACH, value)) + REACH) / (2.0 * REACH) * width

        low, high = map(place, mark.accepted)
        self._box(low, y - 0.06, high - low, 0.12, "#D1ECE3")
        self._axis.plot([place(0.0)] * 2, [y - 0.06, y + 0.06], color=_GREEN, linewidth=0.7)
        if all(map(math.isfinite, mark.band)):
            self._line(place(mark.band[0]), place(mark.band[1]), y, _BLUE, 1.8)
        for value, fill in ((mark.before, "white"), (mark.point, _BLUE)):
            if math.isfinite(value):
                shape = "o" if abs(value) <= REACH else ">" if value > 0 else "<"
                self._axis.plot([place(value)], [y], shape, markersize=3.4, markerfacecolor=fill,
                                markeredgecolor=_BLUE, markeredgewidth=0.7)  # fmt: skip

    def _need(self, height: float) -> bool:
        """Begin a new page where this height is not left; whether one began."""
        if self._axes is not None and self._y + height <= PAGE[1] - _MARGIN:
            return False
        self.end_page()
        from matplotlib.figure import Figure

        axes = Figure(figsize=PAGE).add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0.0, PAGE[0])
        axes.set_ylim(PAGE[1], 0.0)
        axes.set_axis_off()
        self._axes, self._y, self._number = axes, _MARGIN, self._number + 1
        return True

    @property
    def _axis(self) -> Axes:
        if self._axes is None:
            self._need(0.0)
        assert self._axes is not None
        return self._axes

    def _text(self, x: float, y: float, text: str, *, size: float, right: bool = False, color: str = "#1A1A1A") -> None:
        self._axis.text(x, y, text, fontsize=size, ha="right" if right else "left", va="top", color=color,
                        family=list(FONT_FAMILIES), parse_math=False)  # fmt: skip

    def _box(self, x: float, y: float, width: float, height: float, color: str) -> None:
        from matplotlib.patches import Rectangle

        self._axis.add_patch(Rectangle((x, y), width, height, color=color, linewidth=0.0))

    def _line(self, left: float, right: float, y: float, color: str, width: float) -> None:
        self._axis.plot([left, right], [y, y], color=color, linewidth=width, solid_capstyle="butt")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Layout:
    """Where the columns of a table lie, inches."""

    left: tuple[float, ...]
    width: tuple[float, ...]

    @classmethod
    def of(cls, table: Table) -> _Layout:
        """Columns of a table over the width of a page."""
        unit = (PAGE[0] - 2 * _MARGIN) / sum(table.widths)
        width = tuple(share * unit for share in table.widths)
        return cls(left=tuple(_MARGIN + sum(width[:number]) for number in range(len(width))), width=width)

    def wrap(self, cells: Sequence[str]) -> list[list[str]]:
        """Lines of each cell."""
        return [
            wrap_words(cell, max(4, int((width - _GAP) * _COLUMNS_PER_INCH)))
            for cell, width in zip(cells, self.width, strict=True)
        ]

    def measure(self, lines: list[list[str]]) -> float:
        """Height of a row."""
        return 0.07 + _LINE * max(map(len, lines))
