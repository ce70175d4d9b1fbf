"""The shape of the code: which room may import which, which package belongs in which room, and how long things get."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("sim", "calibration", "experiments")

LAYERS = (
    (
        "types",
        "errors",
        "rng",
        "figurewords",
        "commandwords",
        "labels",
        "kindwords",
        "fieldwords",
        "meaningwords",
        "filewords",
        "version",
        "written",
        "modelhash",
        "checkout",
    ),
    ("params", "columns", "kernels", "market", "world", "policies"),
    ("sourced",),
    ("worldfile", "policyfile", "scenariofile", "fitfile", "expectations"),
    ("scenario", "ensemble", "schema", "kinds", "cautions"),
    ("places", "commuting", "intensity", "demand", "population", "agents"),
    ("recount", "audit", "invariants", "stickiness", "tables", "trace"),
    ("phases",),
    ("observe_lines", "observe_people"),
    ("observe", "moments"),
    ("model",),
    ("results",),
    ("run", "explain"),
    ("estimate", "indices", "outcomes", "leakage", "compare", "certainty", "sweep"),
    ("effects", "captions", "plots_style", "plots_data", "plots_effects", "plots_sensitivity", "plots", "report"),
    ("console", "shown"),
    ("cli",),
)
"""Rooms of sim/ from the lowest to the highest; a room imports its own layer (without a cycle) and lower ones."""

ABOVE = {"sim": ("calibration", "experiments"), "calibration": ("experiments",), "experiments": ()}
"""Packages that stand above each; none of its rooms imports them, but for the command line of sim/."""

OWNERS = {
    "mesa": ("sim.agents", "sim.model"),
    "matplotlib": (
        "sim.plots",
        "sim.plots_style",
        "sim.plots_data",
        "sim.plots_effects",
        "sim.plots_sensitivity",
        "calibration.report_pdf",
        "experiments.plots",
    ),
    "joblib": ("sim.sweep", "calibration.runs", "experiments.runner"),
    "distributed": ("experiments.runner",),
    "yaml": ("sim.sourced",),
    "typer": (
        "sim.cli",
        "sim.console",
        "sim.shown",
        "calibration.cli",
        "calibration.cli_validate",
        "calibration.console",
        "experiments.cli",
        "experiments.cli_effects",
        "experiments.cli_sensitivity",
        "experiments.cli_robust",
    ),
    "rich": ("sim.console",),
    "SALib": ("sim.indices",),
    "cmaes": ("calibration.search", "calibration.propose"),
    "sklearn": ("calibration.emulator",),
    "ema_workbench": ("experiments.discovery",),
}
"""Packages that only these rooms may import."""

FILE_LINES = 400
LONG_FILES: dict[str, str] = {
    "sim.params": "one declaration for each parameter and little else: a table that is read by looking up, kept whole",
}
"""Files that may be longer, each with its reason."""

FUNCTION_LINES = 40
LONG_FUNCTIONS: dict[str, str] = {
    "sim.kernels.search:search_positions": "its calls are inlined: a second call site would double the machine code",
}
"""Functions (`module:name`) whose body may be longer, each with its reason. Signature and docstring do not count."""

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_module(path): path for path in SOURCES}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def walk_run_time(node):
    """Walk a tree without what stands under `if TYPE_CHECKING`, which is never imported when the program runs.

    Phases and tables so name the type of the model that calls them, without standing on the room above them.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from walk_run_time(child)


def list_imports(name):
    """Modules that a module imports, ours by their full name; `from sim import x` counts as sim.x where that exists."""
    found = set()
    for node in walk_run_time(TREES[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative import. Write the full name"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in full}
    return found


IMPORTS = {name: list_imports(name) for name in MODULES}
LAYER_OF = {room: number for number, layer in enumerate(LAYERS) for room in layer}


def find_room(module):
    return module.split(".")[1] if module.startswith("sim.") else None


def is_inside(module, rooms):
    return any(module == room or module.startswith(room + ".") for room in rooms)


def test_every_room_has_its_layer():
    rooms = {find_room(name) for name in MODULES} - {None}
    assert not rooms - LAYER_OF.keys(), "give these rooms their layer in LAYERS"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_to_lower_rooms(name):
    above = ABOVE[name.split(".")[0]] if find_room(name) != "cli" else ()
    assert not any(target.split(".")[0] in above for target in IMPORTS[name])
    if not name.startswith("sim"):
        assert not any(find_room(target) == "cli" for target in IMPORTS[name])
        return
    room = find_room(name)
    targets = {find_room(target) for target in IMPORTS[name]} - {None}
    if room is None:
        assert not targets, "sim/__init__.py imports nothing, so that any room can be imported alone"
        return
    higher = {target for target in targets if LAYER_OF[target] > LAYER_OF[room]}
    assert not higher, f"{name} imports from rooms above it: {higher}"


def test_no_module_imports_itself_in_a_circle():
    done = set()

    def visit(name, path):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name in done:
            return
        for target in sorted(IMPORTS[name] & MODULES.keys() - {"sim"}):
            visit(target, [*path, name])
        done.add(name)

    for name in MODULES:
        visit(name, [])


@pytest.mark.parametrize("name", sorted(MODULES))
def test_packages_stay_in_their_rooms(name):
    for target in IMPORTS[name]:
        owners = OWNERS.get(target.split(".")[0])
        assert owners is None or is_inside(name, owners), f"{name} imports {target}, which belongs to {owners}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_draws_are_keyed(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Attribute) and node.attr == "random":
            base = node.value.id if isinstance(node.value, ast.Name) else ""
            assert base not in {"np", "numpy", "self", "model"}, f"{name}:{node.lineno}: draw from sim.rng instead"
    foreign = {target for target in IMPORTS[name] if target == "random" or target.startswith("numpy.random")}
    assert not foreign, f"{name} imports {foreign}; draw from sim.rng instead"


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("sim.kernels.")))
def test_inlined_functions_are_compiled_in_one_way(name):
    own = "forceinline" in MODULES[name].read_text(encoding="utf-8")
    assert own == (name == "sim.kernels.inlined"), f"{name}: use @inlined of sim/kernels/inlined.py"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_files_are_short(name):
    lines = len(MODULES[name].read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES or name in LONG_FILES, f"{name} has {lines} lines; split it or state the reason"


def count_body(function):
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("name", sorted(MODULES))
def test_functions_are_short(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines, key = count_body(node), f"{name}:{node.name}"
            assert lines <= FUNCTION_LINES or key in LONG_FUNCTIONS, f"{key} has {lines} lines; split it or state why"


def test_exceptions_are_needed():
    functions = {
        f"{name}:{node.name}": count_body(node)
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert all(functions.get(key, 0) > FUNCTION_LINES for key in LONG_FUNCTIONS)
    assert all(len(MODULES[name].read_text(encoding="utf-8").splitlines()) > FILE_LINES for name in LONG_FILES)
    assert all(len(reason) > 20 for reason in (*LONG_FILES.values(), *LONG_FUNCTIONS.values()))


@pytest.mark.parametrize("name", sorted(MODULES))
def test_modules_say_what_they_do(name):
    empty_package = MODULES[name].name == "__init__.py" and not MODULES[name].read_text(encoding="utf-8").strip()
    assert empty_package or ast.get_docstring(TREES[name]), f"{name} has no docstring"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_library_does_not_print_or_swallow(name):
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"{name}:{node.lineno}: only the command line prints"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{name}:{node.lineno}: name the exception"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_is_left_for_later(path):
    with tokenize.open(path) as file:
        tokens = list(tokenize.generate_tokens(io.StringIO(file.read()).readline))
    for token in tokens:
        if token.type in {tokenize.COMMENT, tokenize.STRING}:
            assert not re.search(r"\b(TODO|FIXME|XXX)\b", token.string), f"{path.name}:{token.start[0]}"
