"""World file -> World: places, and one array per quantity in which every cell knows its source.

A quantity is a block `{unit, evidence | assumption + range, values}`. `values` nests in the order of the declared
dimensions; a number at a higher level holds for everything under it, and `default` for all names not given beside it.
A cell may carry its own provenance, otherwise the block's holds. A block may say `reconstructed: NAME` instead: the
array then comes from sim/world/reconstruction.py and the published margins under `reconstructions`.
A world that `extends` another takes from it the quantities that it does not give and that are not by place.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, ScenarioError
from sim.sourced import (
    NUMBER_KEYS,
    Node,
    Origin,
    Sourced,
    check_keys,
    check_unit,
    is_finite,
    read_number,
    read_origin,
    read_text,
    read_yaml,
    report,
    suggest_name,
)
from sim.types import INDUSTRY, REGION, TIER
from sim.world.spec import AXES, FloatArray, World, world_quantities

WORLD_FOLDER: Final = Path(__file__).parent / "world"
WORLD_KEYS: Final = ("name", "description", "extends", "places", "quantities", "reconstructions")
PLACE_KEYS: Final = ("label", "kind", "region", "tier", "coordinates", "area")
PLACE_KINDS: Final = ("city", "region")
LANGUAGES: Final = ("en", "zh")
BLOCK_KEYS: Final = (*(key for key in NUMBER_KEYS if key != "value"), "values", "reconstructed")
DEFAULT: Final = "default"
MAX_PLACES: Final = 62
"""Sets of places are kept in the bits of one signed 64-bit number."""

SUM_TO_ONE: Final = (
    "level_share",
    "field_share",
    "institution_share",
    "industry_share",
    "ai_industry_share",
    "ai_place_share",
    "education_mix",
    "experience_mix",
    "size_mix",
    "skill_weight",
)
"""Quantities whose last dimension is a distribution."""
ROUNDING: Final = 0.002
"""Published shares are rounded: a sum this near to 1 is scaled to 1."""
MAY_BE_NAN: Final = ("stickiness_published", "stickiness_indicator")


def load_world(path_or_name: str | Path) -> tuple[World, dict[str, Sourced]]:
    """Read a world.

    Args:
        path_or_name: a file, or the name of a world of this package such as `china`.

    Returns:
        The world, and the source of every cell under keys such as `world.rent_shared_cny_m.beijing`.

    Raises:
        ScenarioError: with all mistakes of the file.
    """
    problems: list[Problem] = []
    path = find_world(str(path_or_name), Path())
    loaded = read_world(path, None, problems)
    if problems or loaded is None:
        raise ScenarioError(problems)
    return loaded


def find_world(name: str, beside: Path) -> Path:
    """The file of a world: a path (seen from `beside`), else a name in the package."""
    if name.endswith((".yaml", ".yml")):
        return beside / name
    return WORLD_FOLDER / f"{name}.yaml"


def show_path(path: Path) -> str:
    """A path as messages and manifests show it: seen from the project or the working folder where possible."""
    resolved = path.resolve()
    for root in (WORLD_FOLDER.parent.parent, Path.cwd()):
        if resolved.is_relative_to(root):
            return resolved.relative_to(root).as_posix()
    return str(path)


def read_world(
    path: Path, overrides: Node | None, problems: list[Problem], *, strict_files: frozenset[str] = frozenset()
) -> tuple[World, dict[str, Sourced]] | None:
    """Read a world file, lay `overrides` (quantity -> values) over it, and add all mistakes to `problems`.

    Overrides that stand in `strict_files` must say where they are from.

    Returns:
        The world and its sources, or None where there was a mistake that leaves holes.
    """
    if not path.is_file():
        known = sorted(file.stem for file in WORLD_FOLDER.glob("*.yaml"))
        problems.append(Problem(show_path(path), 0, "world", "there is no such world", suggest_name(path.stem, known)))
        return None
    # a plan of hundreds of points reads the same world for each of them, a tenth of a second every time
    key, n_before = (path.resolve(), show_path(path)), len(problems)
    kept = _KEPT.get(key) if overrides is None else None
    if kept is None or not all(file.is_file() and file.read_bytes() == text for file, text in kept.texts.items()):
        kept = _read_files(path, overrides, problems, strict_files)
        if kept is not None and overrides is None and len(problems) == n_before:
            _KEPT[key] = kept
    return None if kept is None else (kept.world, dict(kept.sources))


@dataclasses.dataclass(frozen=True)
class _Kept:
    """A world that was read, and what the files held that it is from: with the same bytes it is the same world."""

    texts: dict[Path, bytes]
    world: World
    sources: dict[str, Sourced]


_KEPT: Final[dict[tuple[Path, str], _Kept]] = {}


def _read_files(
    path: Path, overrides: Node | None, problems: list[Problem], strict_files: frozenset[str]
) -> _Kept | None:
    n_before = len(problems)
    root = read_yaml(path, problems, shown=show_path(path))
    if root is None:
        return None
    check_keys(root, WORLD_KEYS, problems)
    for missing in sorted({"name", "places", "quantities"} - set(root.fields)):
        report(problems, root, f"`{missing}` is missing", f"Add `{missing}:`")
    places = root.fields.get("places")
    attributes = _read_places(places, problems) if places is not None else None
    base, inherited = _read_base(root, path.parent, problems)
    if attributes is None or "quantities" not in root.fields or "name" not in root.fields:
        return None
    arrays, sources = _read_quantities(root, inherited, attributes["places"], overrides, problems, strict_files)
    if len(problems) > n_before:
        return None
    texts = {file: file.read_bytes() for file in (path, base) if file is not None}
    return _Kept(texts, World(name=str(root.fields["name"].value), **attributes, **arrays), sources)


def _read_base(root: Node, folder: Path, problems: list[Problem]) -> tuple[Path | None, dict[str, Node]]:
    """The world that this one extends, if any, and its blocks of quantities that are not by place."""
    given = root.fields.get("extends")
    if given is None:
        return None, {}
    path = find_world(str(given.value), folder)
    if not path.is_file():
        known = sorted(file.stem for file in WORLD_FOLDER.glob("*.yaml"))
        report(problems, given, f"there is no world `{given.value}`", suggest_name(str(given.value), known))
        return None, {}
    base = read_yaml(path, problems, shown=show_path(path))
    blocks = base.fields.get("quantities") if base is not None else None
    if blocks is None:
        return path, {}
    shared = [name for name, spec in world_quantities().items() if "place" not in spec["dims"]]
    return path, {name: blocks.fields[name] for name in shared if name in blocks.fields}


def _read_places(node: Node, problems: list[Problem]) -> dict[str, Any] | None:
    n_before = len(problems)
    if not node.fields or len(node.fields) > MAX_PLACES:
        repair = f"Name from 1 to {MAX_PLACES} places"
        report(problems, node, f"{len(node.fields)} places are named", repair)
        return None
    rows = [_read_place(place, problems) for place in node.fields.values()]
    areas = [row["area"] or place for place, row in zip(node.fields, rows, strict=True)]
    for k, place in enumerate(node.fields.values()):
        if areas[k] in areas[:k] and areas[k] != areas[k - 1]:
            report(problems, place, f"the places of `{areas[k]}` stand apart", "Write them side by side")
    if len(problems) > n_before:
        return None
    return {
        "places": tuple(node.fields),
        "area": tuple(areas),
        "labels": {place: row["label"] for place, row in zip(node.fields, rows, strict=True)},
        "kind": tuple(row["kind"] for row in rows),
        "region": tuple(row["region"] for row in rows),
        "tier": tuple(row["tier"] for row in rows),
        "longitude": np.array([row["coordinates"][0] for row in rows]),
        "latitude": np.array([row["coordinates"][1] for row in rows]),
    }


def _read_place(node: Node, problems: list[Problem]) -> dict[str, Any]:
    check_keys(node, PLACE_KEYS, problems)
    row: dict[str, Any] = {}
    for name, allowed in (("kind", PLACE_KINDS), ("region", REGION), ("tier", TIER)):
        given = node.fields.get(name)
        if given is None:
            report(problems, node, f"`{name}` is missing", f"Add `{name}:`")
        elif given.value not in allowed:
            repair = suggest_name(str(given.value), allowed)
            report(problems, given, f"unknown {name} `{given.value}`", repair)
        else:
            row[name] = given.value
    label = node.fields.get("label")
    row["label"] = label.to_plain() if label is not None else None
    if not isinstance(row["label"], dict) or set(row["label"]) != set(LANGUAGES):
        at = label or node
        report(problems, at, "the label is not complete", "Write `label: {en: .., zh: ..}`")
    area = node.fields.get("area")
    row["area"] = read_text(area, problems) if area is not None else None
    point = node.fields.get("coordinates")
    row["coordinates"] = [item.value for item in point.items] if point is not None else []
    if len(row["coordinates"]) != 2 or not all(is_finite(item) for item in row["coordinates"]):
        at = point or node
        repair = "Write `coordinates: [LONGITUDE, LATITUDE]`"
        report(problems, at, "coordinates are two numbers", repair)
    return row


def _read_quantities(
    root: Node,
    inherited: dict[str, Node],
    places: tuple[str, ...],
    overrides: Node | None,
    problems: list[Problem],
    strict_files: frozenset[str],
) -> tuple[dict[str, Any], dict[str, Sourced]]:
    """All arrays and the source of each cell; `inherited` blocks stand where the file gives none."""
    declared = world_quantities()
    blocks = root.fields["quantities"]
    check_keys(blocks, declared, problems, what="quantity")
    if overrides is not None:
        check_keys(overrides, declared, problems, what="quantity")
    rebuilt = _reconstruct(root, places, problems)
    arrays: dict[str, Any] = {}
    sources: dict[str, Sourced] = {}
    for name, spec in declared.items():
        block = blocks.fields.get(name, inherited.get(name))
        if block is None:
            repair = f"Add a block with `unit: {spec['unit']}` and `values`"
            report(problems, blocks, f"quantity `{name}` is missing", repair)
            continue
        axes = [places if dim == "place" else AXES[dim] for dim in spec["dims"]]
        grid = _Grid(spec, axes, beside=math.nan if name in MAY_BE_NAN else None)
        n_before = len(problems)
        _fill_block(grid, block, rebuilt, problems)
        if overrides is not None and name in overrides.fields:
            grid.strict_files = strict_files
            grid.fill(overrides.fields[name], 0, (), None, problems)
        if len(problems) == n_before:
            _finish_grid(name, grid, block, problems)
        arrays[name] = grid.values
        owners = [grid.cells[i] if i >= 0 else None for i in grid.owner.ravel().tolist()]
        for names, cell in zip(itertools.product(*axes), owners, strict=True):
            if cell is not None:
                sources[".".join(("world", name, *names))] = cell
    return arrays, sources


class _Grid:
    """An array being filled, and for every cell the number of the written value that fills it."""

    def __init__(self, spec: dict[str, Any], axes: Sequence[tuple[str, ...]], *, beside: float | None = None) -> None:
        self.spec = spec
        self.axes = axes
        shape = tuple(len(axis) for axis in axes)
        self.values: FloatArray = np.full(shape, np.nan)
        self.owner: NDArray[np.int64] = np.full(shape, -1)
        self.cells: list[Sourced] = []
        self.strict_files: frozenset[str] = frozenset()
        """Files whose numbers must say where they are from."""
        self.beside = beside
        """What may stand in place of a finite number."""

    def put(self, index: tuple[int, ...], cell: Sourced) -> None:
        """Fill everything under `index` with one written value."""
        self.values[index] = cell.value
        self.owner[index] = len(self.cells)
        self.cells.append(cell)

    def fill(
        self, node: Node, depth: int, index: tuple[int, ...], origin: Origin | None, problems: list[Problem]
    ) -> None:
        """Fill the part under `index` from a number or from a map over the names of dimension `depth`."""
        if not isinstance(node.value, dict) or "value" in node.value:
            unit, low, high = (self.spec[name] for name in ("unit", "low", "high"))
            strict = node.file in self.strict_files
            cell = read_number(
                node, problems, unit=unit, low=low, high=high, strict=strict, default=origin, beside=self.beside
            )
            if cell is not None:
                self.put(index, cell)
            return
        if depth == len(self.axes):
            report(problems, node, "a number is wanted here", f"Write it in {self.spec['unit']}")
            return
        names = self.axes[depth]
        check_keys(node, (*names, DEFAULT), problems, what=self.spec["dims"][depth])
        if DEFAULT in node.fields:
            # a default fills the whole level at once; the names beside it are laid over it
            entry = node.fields[DEFAULT]
            if isinstance(entry.value, dict) and "value" not in entry.value:
                for i in range(len(names)):
                    self.fill(entry, depth + 1, (*index, i), origin, problems if i == 0 else [])
            else:
                self.fill(entry, depth + 1, index, origin, problems)
        for i, name in enumerate(names):
            if name in node.fields:
                self.fill(node.fields[name], depth + 1, (*index, i), origin, problems)


def _fill_block(
    grid: _Grid, block: Node, rebuilt: dict[str, dict[tuple[str, ...], FloatArray]], problems: list[Problem]
) -> None:
    check_keys(block, BLOCK_KEYS, problems)
    check_unit(block, grid.spec["unit"], problems, required=True)
    source = block.fields.get("reconstructed")
    if source is not None:
        array = rebuilt.get(str(source.value), {}).get(grid.spec["dims"])
        if array is None:
            repair = suggest_name(str(source.value), list(rebuilt))
            report(problems, source, "there is no such reconstruction", repair)
            return
        text = f"reconstructed: {source.value} (sim/world/reconstruction.py, from the published margins and cells)"
        for index in np.ndindex(array.shape):
            grid.put(index, Sourced(float(array[index]), grid.spec["unit"], text, block.file, block.line))
        return
    origin = read_origin(block, problems)
    if "values" not in block.fields:
        report(problems, block, "`values` is missing", "Add `values:`")
        return
    # a block without a source is fine as long as every cell brings its own
    grid.strict_files = frozenset() if origin is not None else frozenset({block.file})
    grid.fill(block.fields["values"], 0, (), origin, problems)


def _finish_grid(name: str, grid: _Grid, block: Node, problems: list[Problem]) -> None:
    """Report cells that nothing fills, and make distributions add to 1 exactly."""
    holes = np.argwhere(grid.owner < 0)
    if holes.size:
        first = ".".join(axis[i] for axis, i in zip(grid.axes, holes[0], strict=True))
        message = f"{len(holes)} values are missing, the first is {first}"
        report(problems, block, message, "Add it, or a `default`")
    elif np.isnan(grid.values).any() and name not in MAY_BE_NAN:
        report(problems, block, "a value is not a number", "Write a number")
    elif name in SUM_TO_ONE:
        sums = grid.values.sum(axis=-1, keepdims=True)
        worst = float(sums.ravel()[np.argmax(np.abs(sums - 1))])
        if abs(worst - 1) > ROUNDING:
            message = f"shares along the last dimension add to {worst:.4f}"
            report(problems, block, message, "Make them add to 1")
        else:
            grid.values /= sums


def _reconstruct(
    root: Node, places: tuple[str, ...], problems: list[Problem]
) -> dict[str, dict[tuple[str, ...], FloatArray]]:
    """Reconstructed arrays by name and dimensions."""
    found: dict[str, dict[tuple[str, ...], FloatArray]] = {}
    blocks = root.fields.get("reconstructions")
    if blocks is None:
        return found
    from sim.world.reconstruction import reconstruct_city_industry

    for name, block in blocks.fields.items():
        try:
            by_place, by_industry, _report = reconstruct_city_industry(block.to_plain(), places, INDUSTRY)
        except (ValueError, KeyError) as error:
            repair = "Make its margins, cells and bounds agree"
            report(problems, block, f"the reconstruction fails: {error}", repair)
            continue
        found[name] = {("place",): np.asarray(by_place), ("place", "industry"): np.asarray(by_industry)}
    return found
