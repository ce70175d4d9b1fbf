"""The frame of a figure: fonts, colours, title, caption, legend, number and quarter axes.

No global state of matplotlib is changed but one: the shipped font becomes known to its font list. Fonts are named on
each text, not in rcParams, so that drawing after this module returned looks the same. Colours are those of Okabe and
Ito, which people with the common kinds of colour blindness tell apart.
"""

from __future__ import annotations

import functools
import math
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from sim.labels import Lang, label, label_code
from sim.types import Quarter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LineStyle = Literal["-", "--"]

FONT_FILE: Final = Path(__file__).parent / "fonts" / "TalentsimSansSC-Regular.otf"
FONT_FAMILIES: Final = ("Talentsim Sans SC", "DejaVu Sans")
PALETTE: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#B2A400")
"""Scenarios, in their order."""

GREY: Final = "#595959"
COLOR_ALL: Final = "#595959"
COLOR_AI: Final = "#CC79A7"
PAYER_COLORS: Final = ("#E69F00", "#56B4E9", "#000000", "#B2A400", "#CC79A7")
"""Payers and kinds of posting differ from the first scenarios' colours, so that none is taken for a scenario."""
DPI: Final = 150
THOUSAND: Final = 1e3
MILLION: Final = 1e6
COUNT_UNITS: Final[dict[Lang, tuple[tuple[float, str], ...]]] = {
    "en": ((MILLION, "M"), (THOUSAND, "k")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
"""Size and name of the units of long counts."""

_WIDE = 4.0  # points, of a line that others may cover
_COLUMNS_PER_INCH = 18.0  # of caption text, counted in half-width characters
_CLOSING = "，。；：、）%)"  # noqa: RUF001  (full-width on purpose)
_MANY_QUARTERS = 10  # from here on the axis names years, not quarters


@contextmanager
def apply_style() -> Iterator[None]:
    """Set matplotlib's own defaults with the shipped font, whatever the caller has set; undone on leaving."""
    import matplotlib as mpl

    _register_font()
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "font.family": list(FONT_FAMILIES),
                "font.size": 9.0,
                "axes.titlesize": 10.0,
                "axes.labelsize": 9.0,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.grid": True,
                "axes.axisbelow": True,
                "grid.color": "#E4E4E4",
                "axes.unicode_minus": True,
                "legend.frameon": False,
                "lines.linewidth": 1.6,
            }
        )
        yield


@functools.cache
def _register_font() -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT_FILE)


def start_figure(
    rows: int,
    columns: int,
    size: tuple[float, float],
    title: str,
    *,
    sharex: bool = False,
    sharey: Literal["none", "all", "row"] = "none",
) -> tuple[Figure, list[list[Axes]]]:
    """A titled figure of `size` inches with a grid of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    figure.get_layout_engine().set(h_pad=0.08, w_pad=0.08)  # type: ignore[union-attr,call-arg]
    figure.suptitle(wrap_text(title, int(size[0] * 10)), x=0.01, ha="left", fontsize=12.0)
    axes = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False)
    for one in axes.flat:
        set_tick_font(one)
    return figure, [list(row) for row in axes]


def start_panels(number: int, title: str, *, columns: int, panel: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure of `number` panels of `panel` inches each, at most `columns` in a row; the last row may end blank."""
    width = min(columns, number)
    rows = math.ceil(number / width)
    size = (max(7.5, width * panel[0] + 2.0), rows * panel[1] + 1.1)
    figure, axes = start_figure(rows, width, size, title)
    flat = [one for row in axes for one in row]
    for spare in flat[number:]:
        spare.remove()
    return figure, flat[:number]


def set_tick_font(axes: Axes) -> None:
    """Tick labels are made when drawn, after the style is undone: give the axes their font now."""
    axes.tick_params(labelfontfamily=list(FONT_FAMILIES))


def write_caption(figure: Figure, *sentences: str) -> None:
    """The small print under a figure, wrapped to its width."""
    text = " ".join(sentences).replace("。 ", "。")
    columns = int(figure.get_figwidth() * _COLUMNS_PER_INCH)
    figure.supxlabel(wrap_text(text, columns), x=0.01, ha="left", fontsize=8.0, color=GREY)


def write_empty_figure(title: str, lang: Lang, note: str = "note.no_data") -> Figure:
    """A figure that says why there is nothing to draw."""
    figure, grid = start_figure(1, 1, (7.0, 3.0), title)
    write_note(grid[0][0], label(note, lang))
    return figure


def write_note(axes: Axes, text: str) -> None:
    """Say in empty axes why they are empty."""
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)


def caption_bands(n_seeds: int, lang: Lang) -> str:
    """The sentence that explains lines and bands."""
    return label("caption.one_seed", lang) if n_seeds == 1 else label("caption.band", lang).format(seeds=n_seeds)


def draw_scenarios(
    axes: Axes, bands: Sequence[pd.DataFrame], *, linestyle: LineStyle = "-", scale: float = 1.0
) -> None:
    """The bands of the scenarios in their colours, the baseline below the others: wider and lighter, never hidden."""
    for number, band in enumerate(bands):
        color = PALETTE[number % len(PALETTE)]
        draw_band(axes, band, color, linestyle=linestyle, scale=scale, below=number == 0 and len(bands) > 1)


def draw_band(
    axes: Axes, band: pd.DataFrame, color: str, *, linestyle: LineStyle = "-", scale: float = 1.0, below: bool = False
) -> None:
    """Line of the median and band of the seeds; `scale` divides the values. A marker keeps single points visible.

    With `below` the line is wide and light, so that it shows where another lies upon it.
    """
    if band.empty:
        return
    x = band.index.to_numpy(dtype=float)
    low, median, high = (band[name].to_numpy(dtype=float) / scale for name in ("low", "median", "high"))
    axes.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0.0)
    size = (2.6 if len(x) > 1 else 5.0) * (2.0 if below else 1.0)
    (line,) = axes.plot(x, median, color=color, linestyle=linestyle, marker="o", markersize=size)
    if below:
        line.set(linewidth=_WIDE, alpha=0.6)


def draw_legend(
    figure: Figure, entries: Sequence[tuple[str, str]], extra: Sequence[tuple[str, LineStyle]] = (), *, least: int = 2
) -> None:
    """Legend right of the axes: (words, colour) as lines, then (words, style) in grey; none below `least` entries."""
    if len(entries) + len(extra) < least:
        return
    from matplotlib.lines import Line2D

    handles: list[Artist] = [Line2D([], [], color=color, label=wrap_text(words, 22)) for words, color in entries]
    handles += [Line2D([], [], color=GREY, linestyle=style, label=words) for words, style in extra]
    figure.legend(handles=handles, loc="outside right upper", handlelength=1.6)


def color_scenarios(runs_by_scenario: Mapping[str, object]) -> list[str]:
    """One colour a scenario, in their order; colours come round again after the palette is used up."""
    return [PALETTE[number % len(PALETTE)] for number in range(len(runs_by_scenario))]


def list_scenarios(runs_by_scenario: Mapping[str, object], lang: Lang) -> list[tuple[str, str]]:
    """(name, colour) of each scenario, for a legend."""
    names = (label_code("scenario", scenario, lang) for scenario in runs_by_scenario)
    return list(zip(names, color_scenarios(runs_by_scenario), strict=True))


def set_quarter_axis(axes: Axes, numbers: Iterable[float]) -> None:
    """Ticks that name quarters (2024Q1) in short spans and years in long ones, at most about eight of them."""
    known = [int(number) for number in numbers]
    if not known:
        return
    low, high = min(known), max(known)
    if high - low < _MANY_QUARTERS:
        step = 1 if high - low < 4 else 2 if high - low < 6 else 4
        ticks = list(range(low, high + 1, step))
        words = [str(Quarter(tick)) for tick in ticks]
    else:
        starts = [number for number in range(low, high + 1) if Quarter(number).of_year == 1]
        ticks = starts[:: max(1, math.ceil(len(starts) / 6))]
        words = [str(Quarter(tick).year) for tick in ticks]
    axes.set_xticks(ticks, words)
    axes.set_xlim(low - 0.6, high + 0.6)


def set_year_axis(axes: Axes, years: Iterable[float]) -> None:
    """Whole years, at most six, with room at both ends."""
    known = sorted({int(year) for year in years})
    if known:
        step = max(1, math.ceil((known[-1] - known[0] + 1) / 5))
        axes.set_xticks(range(known[0], known[-1] + 1, step))
        axes.set_xlim(known[0] - 0.6, known[-1] + 0.6)


def set_number_axis(axes: Axes, which: str, *, most: int = 5) -> None:
    """Plain numbers with thousands separators on axis `x` or `y`; no powers of ten, no offsets."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _position: format_number(value)))


def format_number(value: float) -> str:
    """A number in at most four significant digits, with thousands separators and a true minus sign."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else ""
    size = abs(value)
    if size >= 1000:
        words = f"{size:,.0f}"
    else:
        words = f"{size:.{max(0, 2 - math.floor(math.log10(size)))}f}" if size < 100 else f"{size:.1f}"
        words = words.rstrip("0").rstrip(".") if "." in words else words
    return f"−{words}" if value < 0 else words  # noqa: RUF001  (the minus sign of print)


def shorten_count(count: float, lang: Lang) -> str:
    """Counts in cells: 840, 12k, 3.4M, in Chinese by ten thousands; nothing where nobody moved."""
    if count <= 0:
        return ""
    for size, unit in COUNT_UNITS[lang]:
        if count >= size:
            return f"{count / size:.2g}{unit}" if count < 10 * size else f"{count / size:.0f}{unit}"
    return f"{count:.0f}"


def wrap_text(text: str, columns: int) -> str:
    """Break `text` into lines of at most `columns` half-width characters; Chinese may break between any two of them."""
    if measure_width(text) == len(text):
        return "\n".join(textwrap.wrap(text, columns, break_long_words=False)) or text
    lines, width = [""], 0
    for char in text:
        size = measure_width(char)
        # Closing punctuation must not open a line.
        if width + size > columns and char not in _CLOSING:
            lines.append("")
            width = 0
        lines[-1] += char
        width += size
    return "\n".join(line.strip() for line in lines)


def measure_width(text: str) -> int:
    """Width in half-width characters: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
