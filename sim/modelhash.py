"""One word for the code that decides what is simulated: a hash of the package without its words, tables and pictures.

A fit holds as long as the model is the same. What shows results may change without making it another one, so the
modules that no run of the model executes are left out. They are listed here rather than the others, so that a new
module counts until it is known to be apart; a test runs the model and compares.
Left out: that a change of comments or docstrings changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

APART: Final = (
    "__init__.py",
    "captions.py",
    "cautions.py",
    "certainty.py",
    "checkout.py",
    "cli.py",
    "commandwords.py",
    "compare.py",
    "console.py",
    "effects.py",
    "ensemble.py",
    "estimate.py",
    "expectations.py",
    "explain.py",
    "fieldwords.py",
    "figurewords.py",
    "filewords.py",
    "indices.py",
    "kinds.py",
    "kindwords.py",
    "labels.py",
    "leakage.py",
    "meaningwords.py",
    "modelhash.py",
    "outcomes.py",
    "plots.py",
    "plots_data.py",
    "plots_effects.py",
    "plots_sensitivity.py",
    "plots_style.py",
    "report.py",
    "results.py",
    "schema.py",
    "shown.py",
    "sweep.py",
    "tables.py",
    "trace.py",
)
"""Modules of the package that decide nothing of what is simulated: what reads, compares, draws and explains results."""


def hash_model(root: Path | None = None) -> str:
    """Return the sha256 of the Python files of the package that decide what is simulated, their paths included."""
    folder = root if root is not None else Path(__file__).parent
    paths = (path for path in folder.rglob("*.py") if path.relative_to(folder).as_posix() not in APART)
    return hash_files(folder, paths)


def hash_files(folder: Path, paths: Iterable[Path]) -> str:
    """Return the sha256 of files under `folder`, their paths in it included; their order does not matter."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
