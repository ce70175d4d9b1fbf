"""The git commit that the code comes from, and the files of code in which the checkout differs from it.

A commit says what ran only where the files on disk are those of the commit. So files of the three packages that were
changed, removed or never added are told beside it: Python, worlds and other settings (YAML), published figures (CSV).
One call of git answers both in a few milliseconds.
Left out: documents, results and the fits that are shipped, which are what code makes; scenarios, whose values stand in
the manifest of a run; files that git is told to ignore; an installed package, which has no commit.
"""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).parent.parent
"""Root of the checkout that the package runs from, if it runs from one."""
CODE: Final = tuple(
    f"{package}/*.{suffix}" for package in ("sim", "calibration", "experiments") for suffix in ("py", "yaml", "csv")
)
"""Patterns of the files that count, as git reads them: `*` goes through folders."""
FITS: Final = "calibration/fits"
_COMMIT: Final = "# branch.oid "
_NO_COMMIT: Final = "(initial)"
_FIELDS_BEFORE_PATH: Final = {"1": 8, "u": 10, "?": 1}
"""Kind of a line of `git status --porcelain=v2` (changed, in conflict, never added) -> words before the path."""
_TIMEOUT_S: Final = 10


@dataclasses.dataclass(frozen=True, kw_only=True)
class Checkout:
    """What git says of a checkout. Both are None where there is no commit: no checkout, no git, nothing committed."""

    commit: str | None = None
    """The commit checked out."""
    uncommitted: tuple[str, ...] | None = None
    """Paths of the files of code that are not as in the commit, sorted."""


def read_checkout(root: Path | None = None, *, also: Iterable[str] = ()) -> Checkout:
    """Return the commit of a checkout and the files of code that differ from it.

    Args:
        root: root of the checkout; that of the package without it.
        also: paths under it that count beside the code.
    """
    checkout = root if root is not None else CHECKOUT
    if not (checkout / ".git").exists():
        return Checkout()
    # without locks: many runs may ask at once, beside somebody who commits
    command = ["git", "--no-optional-locks", "-C", str(checkout), "status", "--porcelain=v2", "-z", "--branch"]
    command += ["--no-ahead-behind", "--no-renames", "--untracked-files=all", "--", *CODE, *also, f":(exclude){FITS}"]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return Checkout()
    return _read_status(done.stdout.split("\0"))


def _read_status(lines: list[str]) -> Checkout:
    """Commit and paths from the lines of git."""
    commit = next((line.removeprefix(_COMMIT) for line in lines if line.startswith(_COMMIT)), _NO_COMMIT)
    if commit == _NO_COMMIT:
        return Checkout()
    counted = [line.split(" ", _FIELDS_BEFORE_PATH[line[0]]) for line in lines if line[:1] in _FIELDS_BEFORE_PATH]
    return Checkout(commit=commit, uncommitted=tuple(sorted(fields[-1] for fields in counted)))
