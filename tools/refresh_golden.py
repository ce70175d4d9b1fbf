"""Write the golden run anew. Only when a change of results is meant; say why in CHANGELOG.md.

python tools/refresh_golden.py
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.golden.golden_run import GOLDEN, summarise_golden_run  # noqa: E402  the root must be on the path first


def main() -> int:
    """Refresh the file and name it."""
    summarise_golden_run().to_csv(GOLDEN, index=False)
    sys.stdout.write(f"written: {GOLDEN.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
