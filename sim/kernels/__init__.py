"""Numba kernels: pure functions over columns, one module per mechanism.

Every kernel takes a range of rows and all it needs as arguments, never a global, and allocates nothing per person.
Machine code is cached in a folder named after a hash of the kernel sources: numba itself checks only the file of the
function it compiles, not that of its callees, and would reuse stale code after a change elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

KERNEL_FILES: Final = ("rng.py", "types.py", "columns.py", "market.py")
"""Files outside this folder whose content is compiled into kernels."""


def source_hash(package: Path = Path(__file__).parent) -> str:
    """Hash of all sources that end up in machine code (16 hexadecimal digits)."""
    digest = hashlib.sha256()
    for path in sorted([*package.glob("*.py"), *(package.parent / name for name in KERNEL_FILES)]):
        if path.exists():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    root = os.environ.get("XDG_CACHE_HOME")
    base = Path(root) if root else Path.home() / ".cache"
    folder = base / "talentsim" / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / f"talentsim-{os.getuid()}" / source_hash()
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def _point_numba_at_cache() -> None:
    from numba import config

    own = os.environ.get("NUMBA_CACHE_DIR")
    if own is None or not own.endswith(source_hash()):
        folder = Path(own) / source_hash() if own else _cache_folder()
        config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # numba makes its options at run time


_point_numba_at_cache()
