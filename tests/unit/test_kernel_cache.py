"""Machine code is never older than the sources: its folder is named after a hash of all that is compiled into it.

numba looks only at the file of the function that it compiles. A change of a callee or of a constant in another file
would go unnoticed, as the last test shows; hence the hash.
"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.kernels import KERNEL_FILES, source_hash

PACKAGE = Path(sim.__file__).parent
KERNELS = sorted(path.name for path in (PACKAGE / "kernels").glob("*.py"))
PROGRAM = """
import numpy as np
import sim.kernels
from sim.columns import ColumnSet
from sim.kernels.search import select_searchers
from sim.rng import make_key
from numba import config
columns = ColumnSet(1000)
columns.append(1000)
people = columns.people
people.uid[:] = np.arange(1000)
people.state[:700], people.state[700:] = 2, 3
found = select_searchers(people, 0.5, 1.0, make_key(1, 1), np.zeros(1000, np.uint32))
print(found, sum(select_searchers.stats.cache_hits.values()), config.CACHE_DIR)
"""
EDITS = {
    # a function in another file that is called, and a constant in another file
    "rng.py": ("return (float(np.uint64(bits) >> np.uint64(12)) + 0.5) * TO_UNIT", "return 0.25 + 0.0 * float(bits)"),
    "types.py": ("STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT", "STUDYING, PREPARING, EMPLOYED, SEARCHING, OUT"),
}


@pytest.fixture
def package(tmp_path):
    """A copy of the sources without machine code."""
    copy = tmp_path / "source" / "sim"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.nb[ci]"))
    return copy


def run_program(package, caches):
    """Searchers found, calls served from the cache, and the folder of the cache, in a process of its own."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**plain, "PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(caches)},
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found, hits, folder = done.stdout.split()
    return int(found), int(hits), Path(folder)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} no longer has {old!r}: give this test another line to change"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("name", [*(f"kernels/{name}" for name in KERNELS), *KERNEL_FILES])
def test_the_hash_changes_with_every_source(package, name):
    before = source_hash(package / "kernels")
    assert before == source_hash(PACKAGE / "kernels")
    path = package / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert source_hash(package / "kernels") != before


def test_the_hash_changes_when_a_kernel_is_added_removed_or_renamed(package):
    hashes = {source_hash(package / "kernels")}
    (package / "kernels" / "extra.py").write_text("'''Extra.'''\n")
    hashes.add(source_hash(package / "kernels"))
    (package / "kernels" / "extra.py").rename(package / "kernels" / "other.py")
    hashes.add(source_hash(package / "kernels"))
    (package / "kernels" / "pay.py").unlink()
    hashes.add(source_hash(package / "kernels"))
    assert len(hashes) == 4


def test_what_is_outside_kernels_does_not_matter(package):
    before = source_hash(package / "kernels")
    (package / "report.py").write_text("'''Report.'''\n")
    assert source_hash(package / "kernels") == before


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sim"):
            yield from (f"sim.{alias.name}" for alias in node.names) if node.module == "sim" else [node.module]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("sim"))


def test_all_that_kernels_import_is_hashed():
    hashed = {PACKAGE / "kernels" / name for name in KERNELS} | {PACKAGE / name for name in KERNEL_FILES}
    seen, waiting = set(), set(hashed)
    while waiting:
        path = waiting.pop()
        seen.add(path)
        files = {PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py") for module in imports_of(path)}
        waiting |= {file for file in files if file.exists()} - seen
    assert {path.relative_to(PACKAGE) for path in seen} == {path.relative_to(PACKAGE) for path in hashed}


def test_all_that_is_compiled_is_hashed():
    compiled = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(module == "numba" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
               for module in ([node.module] if isinstance(node, ast.ImportFrom) else []))
    }  # fmt: skip
    assert compiled <= {*(f"kernels/{name}" for name in KERNELS), *KERNEL_FILES}
    assert {"kernels/search.py", "rng.py"} <= compiled


def test_a_changed_source_never_meets_old_machine_code(package, tmp_path):
    first = run_program(package, tmp_path)
    again = run_program(package, tmp_path)
    assert first[2].parent == tmp_path / "talentsim"
    assert (again[0], again[2]) == (first[0], first[2])
    assert (first[1], again[1]) == (0, 1)  # there was machine code that could have been taken
    for name, (old, new) in EDITS.items():
        edit(package / name, old, new)
        changed = run_program(package, tmp_path)
        assert changed[0] != first[0], name
        assert changed[1] == 0, name  # compiled from the sources as they are now
        assert changed[2] != first[2], name
        edit(package / name, new, old)


def test_without_the_hash_old_machine_code_would_be_taken(package, tmp_path):
    edit(package / "kernels" / "__init__.py", "return digest.hexdigest()[:16]", 'return "always-the-same"')
    first = run_program(package, tmp_path)
    edit(package / "rng.py", *EDITS["rng.py"])
    stale = run_program(package, tmp_path)
    assert stale[:2] == (first[0], 1)
