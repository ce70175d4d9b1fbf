"""Derive the relative pay of china.yaml by level, industry and place from published means.

A published mean of the pay of AI postings of an industry holds the places, levels and firms that advertise in that
industry, just as the mean of a city holds its industries. In the model all of these multiply, so the factor of an
industry is its published mean divided by what its composition alone makes of pay:

    mean(g) = factor(g) x sum over cells of g of (postings x other factors) / postings of g,   for all g of all margins

solved in turns, as in iterative proportional fitting (Deming and Stephan 1940). Composition behind the figures:

    AI postings    reconstructed shares of place and industry x levels asked there, weighed by the AI intensity of the
                   level, raked to the published levels of AI postings
    all postings   AI postings of a place over its AI intensity x industries x levels asked, raked to the levels that
                   the published AI postings and intensities give
    others         all less AI

A premium p compares AI pay A with that of all postings, a share s of which is AI, so pay of the others is
A x (1 / (1 + p) - s) / (1 - s). It is of the same premium at all levels. The margins of industries and of places differ
in their mean; AI pay takes its level from education, pay of the others the geometric mean of both.

Levels asked are those of `requirement_adapt` before a fit; a fit that moves it moves the composition.

    python tools/derive_pay.py           # print the three blocks of china.yaml
    python tools/derive_pay.py --write   # and write them; needed whenever a mix, share or intensity there changes
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.params import FirmParams
from sim.types import EDUCATION, INDUSTRY
from sim.world.spec import World
from sim.worldfile import WORLD_FOLDER, load_world

FloatArray = NDArray[np.float64]

ROOT: Final = Path(__file__).resolve().parent.parent
ROUNDS: Final = 400
LEVELS: Final = {
    "below_bachelor": "001-0508-04", "bachelor": "001-0508-03", "master": "001-0508-02", "phd": "001-0508-01",
}  # fmt: skip
COMPOSITION: Final = ("001-0251-04", "001-0251-03", "001-0251-02", "001-0251-01")
"""Rows of the levels of AI postings, in the order of EDUCATION; percent."""
INDUSTRY_PAY: Final[Mapping[str, str | float]] = {
    "computer_internet": "001-0417-01", "electronics": "001-0417-03", "new_energy": "001-0417-05",
    "human_resources": 15.5, "manufacturing": 17.5, "consulting": 19.0, "pharma_bio": 19.0, "machinery": 17.5,
    "telecom": 22.0, "automotive": 20.0, "nonbank_finance": 20.0, "other": 15.0,
}  # fmt: skip
"""Mean pay of AI postings, 10,000 CNY a year: the row that prints it, or an assumption (retail and catering, the only
others printed, have 14.9 and 14.6)."""
INDUSTRY_PREMIUM: Final[Mapping[str, str | float]] = {
    "computer_internet": "001-0417-02", "electronics": "001-0417-04", "new_energy": "001-0417-06",
    "nonbank_finance": "001-0440-01", "human_resources": 12.0, "manufacturing": 14.0, "consulting": 12.0,
    "pharma_bio": 14.0, "machinery": 14.0, "telecom": 14.0, "automotive": 14.0, "other": 3.6,
}  # fmt: skip
"""AI pay over pay of all postings, percent. Printed for some only as 12 to 16: the middle for these and for automotive,
which is manufacture too; the lower end for services to firms (human resources, consulting), which are not printed; for
other industries the most that retail and catering have (001-0436-10 and -12)."""
CITY_PAY: Final[Mapping[str, str]] = {
    "beijing": "001-0480-01", "shenzhen": "001-0480-02", "shanghai": "001-0480-03"
}  # fmt: skip
PLACE_PAY: Final[Mapping[str, float]] = {
    "chengdu": 16.3, "guangzhou": 17.7, "hangzhou": 19.1, "nanjing": 17.35, "suzhou": 17.2, "xian": 15.4,
    "zhengzhou": 14.4, "wuhan": 16.0, "hefei": 15.8, "tianjin": 16.0, "changsha": 15.3, "jinan": 14.9, "shenyang": 13.9,
    "changchun": 13.5, "chongqing": 15.1, "rest_north": 13.2, "rest_northeast": 12.5, "rest_east": 15.3,
    "rest_central": 13.2, "rest_south": 14.9, "rest_southwest": 13.35, "rest_northwest": 13.0,
}  # fmt: skip
"""Mean pay of AI postings, 10,000 CNY a year: assumptions by the known order of city pay."""
OVER_14: Final = ("beijing", "shenzhen", "shanghai", "chengdu", "guangzhou", "hangzhou", "nanjing", "suzhou")
PREMIUM_OVER_14, PREMIUM_ELSEWHERE = 22.0, 13.0
"""Percent: assumptions, near the upper ends of the published bands (over 14 in eight cities and 7 to 23 in most), since
premia of industries ask for more than the middle."""

REASONS: Final = {
    "wage_education_cny_m": """
        Published AI pay by level over what place, industry, experience and firm size of the postings of the level
        make of pay. Other postings: the same gaps between levels; their level is the geometric mean of what premia
        by industry and by city say, which differ by {gap:.0f} percent.""",
    "wage_industry": """
        Published or assumed AI pay of the industry over what place, level, experience and firm size of its postings
        make of pay, so that the postings behind the figures have the published means. Other postings: AI pay
        less the published premium over all postings; where 12 to 16 percent are published (001-0436-01 to 08)
        the middle, as in automotive, which is not printed; the lower end in human resources and consulting,
        which are not either; in other industries as much as retail and catering (001-0436-10, 001-0436-12). AI
        taken out, in the same way. Means of 1 over AI postings and over jobs.""",
    "wage_place": """
        AI pay of cities, for the places not published by the known order of city pay, over what industry, level,
        experience and firm size of their postings make of pay. Other postings: premia over all postings of 22
        percent in the eight cities published as over 14 (001-0500-03 to 10) and 13 elsewhere, near the upper ends
        of the published bands (001-0500-02) since premia by industry are larger; AI taken out, in the same way.
        Means of 1 over AI postings and over jobs.""",
}
"""Reasons of the blocks, as they stand in the world file."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Margins:
    """Published or assumed means of pay, 10,000 CNY a year; premia as shares."""

    level: FloatArray
    """(education,) AI postings."""
    industry: FloatArray
    """(industry,) AI postings."""
    industry_premium: FloatArray
    place: FloatArray
    """(place,) AI postings."""
    place_premium: FloatArray
    composition: FloatArray
    """(education,) levels of AI postings, adding to 1."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Postings:
    """The postings behind the published means, as shares of all: (place, industry, education)."""

    ai: FloatArray
    every: FloatArray

    @property
    def other(self) -> FloatArray:
        """All less AI; a cell has none where its intensity would be above 1."""
        return np.maximum(0.0, self.every - self.ai)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Factors:
    """Pay as the world file has it; the second axis is other and AI."""

    level: FloatArray
    """(education, 2) 10,000 CNY a year."""
    industry: FloatArray
    place: FloatArray
    scale: FloatArray
    """(2, 2) of the margins of industry and place, other and AI: mean over the one that the model takes."""


def read_figures() -> dict[str, float]:
    """Published figures that the project cites, by id."""
    found: dict[str, float] = {}
    for path in sorted((ROOT / "calibration" / "evidence").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found |= {row["id"]: float(row["value"]) for row in csv.DictReader(file)}
    return found


def read_margins(world: World, figures: Mapping[str, float]) -> Margins:
    """The means that pay is derived from."""

    def read(source: str | float) -> float:
        return figures[source] if isinstance(source, str) else source

    composition = np.array([figures[row] for row in COMPOSITION])
    premium = [PREMIUM_OVER_14 if name in OVER_14 else PREMIUM_ELSEWHERE for name in world.places]
    return Margins(
        level=np.array([figures[LEVELS[name]] for name in EDUCATION]),
        industry=np.array([read(INDUSTRY_PAY[name]) for name in INDUSTRY]),
        industry_premium=np.array([read(INDUSTRY_PREMIUM[name]) for name in INDUSTRY]) / 100.0,
        place=np.array([read(CITY_PAY[name] if name in CITY_PAY else PLACE_PAY[name]) for name in world.places]),
        place_premium=np.array(premium) / 100.0,
        composition=composition / composition.sum(),
    )


def compose(world: World, margins: Margins, adapt: float) -> Postings:
    """The postings behind the means; `adapt` moves levels asked towards those supplied locally (sim/demand.py)."""
    supplied = (world.graduates.sum(axis=1)[:, None] * world.level_share).sum(axis=0)
    relative = np.maximum(world.level_share, 1e-6) / (supplied / supplied.sum())
    mix = world.education_mix[None] * relative[:, None, :] ** adapt
    mix = mix / mix.sum(axis=2, keepdims=True)
    share = 1.0 / float((margins.composition / world.ai_intensity_education).sum())
    levels = share * margins.composition / world.ai_intensity_education
    ai_cells = world.ai_place_share[:, None] * world.ai_industry_share
    by_place = world.ai_place_share / world.ai_intensity_place
    cells = (by_place / by_place.sum())[:, None] * world.industry_share
    ai = rake(ai_cells[:, :, None] * mix * world.ai_intensity_education, ai_cells, margins.composition)
    return Postings(ai=share * ai, every=rake(cells[:, :, None] * mix, cells, levels))


def rake(table: FloatArray, cells: FloatArray, levels: FloatArray) -> FloatArray:
    """Table (place, industry, education) with the sums `cells` (place, industry) and `levels` (education,)."""
    for _ in range(ROUNDS):
        table = table * (levels / table.sum(axis=(0, 1)))
        table = table * (cells / table.sum(axis=2))[:, :, None]
    return table


def derive(world: World, margins: Margins, adapt: float) -> Factors:
    """Factors under which the postings behind the figures have the published means."""
    postings = compose(world, margins, adapt)
    firms = (world.experience_mix @ world.wage_experience) * (world.size_mix @ world.size_premium)
    weight = postings.ai * firms[None, :, None]
    by_industry, by_place = postings.ai.sum(axis=(0, 2)), postings.ai.sum(axis=(1, 2))
    mean = float(margins.composition @ margins.level)
    scale_ai = [_mean(margins.industry, by_industry) / mean, _mean(margins.place, by_place) / mean]
    level, industry, place = np.ones(len(EDUCATION)), np.ones(len(INDUSTRY)), np.ones(world.n_places)
    for _ in range(ROUNDS):
        level = margins.level * postings.ai.sum(axis=(0, 1)) / np.einsum("cie,i,c->e", weight, industry, place)
        industry = margins.industry / scale_ai[0] * by_industry / np.einsum("cie,e,c->i", weight, level, place)
        place = margins.place / scale_ai[1] * by_place / np.einsum("cie,e,i->c", weight, level, industry)
    level, industry, place = _to_mean_one(level, industry, place, by_industry, by_place)
    other = _derive_other(world, margins, postings, level)
    return Factors(
        level=np.stack([other[0], level], axis=1),
        industry=np.stack([other[1], industry], axis=1),
        place=np.stack([other[2], place], axis=1),
        scale=np.array([other[3], scale_ai]),
    )


def other_pay(pay: FloatArray, premium: FloatArray, ai: FloatArray, every: FloatArray) -> FloatArray:
    """Mean pay of postings other than AI, from AI pay, its premium over all and the numbers of AI and all postings."""
    share = ai / every
    return np.asarray(pay * (1.0 / (1.0 + premium) - share) / (1.0 - share), np.float64)


def _derive_other(
    world: World, margins: Margins, postings: Postings, level: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, list[float]]:
    """Level, industry, place and scales of other postings; levels relative to each other as `level`."""
    firms = (world.experience_mix @ world.wage_experience) * (world.size_mix @ world.size_premium)
    weight = postings.other * firms[None, :, None]
    by_industry, by_place = postings.other.sum(axis=(0, 2)), postings.other.sum(axis=(1, 2))
    mean_ai = float(margins.composition @ margins.level)
    pays = []
    for pay, premium, axes in (
        (margins.industry, margins.industry_premium, (0, 2)),
        (margins.place, margins.place_premium, (1, 2)),
    ):
        ai = postings.ai.sum(axis=axes)
        pays.append(other_pay(pay * mean_ai / _mean(pay, ai), premium, ai, postings.every.sum(axis=axes)))
    means = [_mean(pays[0], by_industry), _mean(pays[1], by_place)]
    middle = float(np.sqrt(means[0] * means[1]))
    industry, place = np.ones(len(INDUSTRY)), np.ones(world.n_places)
    for _ in range(ROUNDS):
        industry = pays[0] * (middle / means[0]) * by_industry / np.einsum("cie,e,c->i", weight, level, place)
        place = pays[1] * (middle / means[1]) * by_place / np.einsum("cie,e,i->c", weight, level, industry)
    jobs = world.jobs_start / world.jobs_start.sum()
    result = _to_mean_one(level, industry, place, jobs @ world.industry_share, jobs)
    return (*result, [means[0] / middle, means[1] / middle])


def _to_mean_one(
    level: FloatArray, industry: FloatArray, place: FloatArray, by_industry: FloatArray, by_place: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The same pay with factors of mean 1 over industries and places."""
    over_industries, over_places = _mean(industry, by_industry), _mean(place, by_place)
    return level * over_industries * over_places, industry / over_industries, place / over_places


def _mean(values: FloatArray, weights: FloatArray) -> float:
    return float(values @ weights / weights.sum())


def write_blocks(world: World, margins: Margins, factors: Factors, adapt: float) -> dict[str, str]:
    """Text of the three quantities of china.yaml, by name."""
    postings = compose(world, margins, adapt)
    share = postings.ai.sum(axis=(0, 2)) / postings.every.sum(axis=(0, 2))
    levels, industries = [], []
    for code, name in enumerate(EDUCATION):
        other, ai = factors.level[code] * 1e4 / 12.0
        cell = _derived(LEVELS[name], "a * 10000 / 12", margins.level[code] * 1e4 / 12.0, ai)
        levels.append(f"      {name}:\n        other: {_number(other)}\n        ai: {cell}")
    for code, name in enumerate(INDUSTRY):
        industries.append(f"      {name}:{_industry_cells(name, margins, factors, float(share[code]))}")
    places = []
    for code, name in enumerate(world.places):
        other, ai = factors.place[code]
        cell = _derived(CITY_PAY[name], "a", margins.place[code], ai) if name in CITY_PAY else _number(ai)
        places.append(
            f"      {name}:\n        other: {_number(other)}\n        ai: {cell}"
            if name in CITY_PAY else f"      {name}: {{other: {_number(other)}, ai: {cell}}}"
        )  # fmt: skip
    gap = factors.scale[0, 0] / factors.scale[0, 1]
    texts = {"wage_education_cny_m": levels, "wage_industry": industries, "wage_place": places}
    return {name: "\n".join([*_head(name, 1.0 / gap), *lines]) for name, lines in texts.items()}


def _industry_cells(name: str, margins: Margins, factors: Factors, share: float) -> str:
    code = INDUSTRY.index(name)
    other, ai = factors.industry[code]
    pay, premium = INDUSTRY_PAY[name], INDUSTRY_PREMIUM[name]
    if isinstance(pay, float) and isinstance(premium, float):
        return f" {{other: {_number(other)}, ai: {_number(ai)}}}"
    rows = [row for row in (pay, premium) if isinstance(row, str)]
    names = dict(zip(rows, "ab", strict=False))
    said = names[pay] if isinstance(pay, str) else f"{pay:g}"
    part = round(share, 4)
    above = 100.0 * margins.industry_premium[code]
    formula = f"{said} * (1 / (1 + {names[str(premium)]} / 100) - {part}) / (1 - {part})"
    raw = margins.industry[code] * (1.0 / (1.0 + above / 100.0) - part) / (1.0 - part)
    cited = rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"
    lines = [f"other: {_derived(cited, formula, raw, other)}"]
    lines.append(f"ai: {_derived(pay, 'a', margins.industry[code], ai) if isinstance(pay, str) else _number(ai)}")
    return "".join(f"\n        {line}" for line in lines)


def _derived(rows: str, formula: str, raw: float, factor: float) -> str:
    """A cell whose published mean `raw` is divided by what its composition makes of pay."""
    effect = float(f"{raw / factor:.5g}")
    return f'{{value: {_number(raw / effect)}, evidence: {rows}, derivation: "{formula} / {effect:g}"}}'


def _number(value: float) -> str:
    return f"{value:.6g}" if value > 100 else f"{value:.4f}"


def _head(name: str, gap: float) -> list[str]:
    """Unit, reason and range of a block; `gap` is the ratio of the levels that premia of places and industries give."""
    reason = REASONS[name].format(gap=100.0 * gap - 100.0) + " All solved together by tools/derive_pay.py."
    words = textwrap.wrap(" ".join(reason.split()), 126, break_on_hyphens=False)
    wide = "[0.9, 1.1]" if name == "wage_place" else "[0.85, 1.15]"
    return [
        f"  {name}:",
        f"    unit: {'CNY/month' if name == 'wage_education_cny_m' else 'index'}",
        "    assumption: >-",
        *(f"      {line}" for line in words),
        f"    relative_range: {wide}",
        "    values:",
    ]


def main() -> int:
    """Print or write the blocks."""
    parser = argparse.ArgumentParser(description="Relative pay of china.yaml from published means.")
    parser.add_argument("--write", action="store_true", help="write them into sim/world/china.yaml")
    chosen = parser.parse_args()
    world, _sources = load_world("china")
    margins, adapt = read_margins(world, read_figures()), FirmParams().requirement_adapt
    blocks = write_blocks(world, margins, derive(world, margins, adapt), adapt)
    path = WORLD_FOLDER / "china.yaml"
    text = path.read_text(encoding="utf-8")
    for name, block in blocks.items():
        lines = re.compile(rf"^  {name}:\n(?:    .*\n|\n(?=    ))*", re.MULTILINE)
        text, n = lines.subn(block.replace("\\", r"\\") + "\n", text)
        assert n == 1, name
        print(block)
    if chosen.write:
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
