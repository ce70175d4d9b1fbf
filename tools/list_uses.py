"""Say what all published figures are used for, those too that are not copied into calibration/evidence.

SOURCE holds the CSV files of all figures. Printed are the numbers of rows by document and use, and each row for which
nothing is decided; then the exit code is 1.

    python tools/list_uses.py SOURCE
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the code beside the script, installed or not

from calibration.evidence import load_registry
from calibration.targets import load_targets
from calibration.uses import UNDECIDED, list_uses


def main() -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(description="Say what all published figures are used for.")
    parser.add_argument("source", type=Path, help="folder with the CSV files of all figures")
    registry = load_registry(parser.parse_args().source)
    uses = list_uses(registry, load_targets(registry=registry).figures)
    counts = collections.Counter((identifier[:3], use.kind) for identifier, use in uses.items())
    for (document, kind), number in sorted(counts.items()):
        print(f"{document}  {kind:10s} {number:5d}")
    undecided = [identifier for identifier, use in uses.items() if use.kind == UNDECIDED]
    for identifier in undecided:
        print(f"undecided: {identifier} {registry.rows[identifier].statistic}")
    return 1 if undecided else 0


if __name__ == "__main__":
    raise SystemExit(main())
