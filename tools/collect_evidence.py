"""Copy the published figures that the project cites into calibration/evidence, one file per document.

Every id (`003-4438-01`; a run is written `001-0251-01 to 04`) in the YAML and Python files of sim/, scenarios/,
calibration/ and tests/ is looked up in the CSV files of SOURCE; the rows found are written with the columns and in the
order of the source. Rows that are no longer cited are dropped. Ids that no source file has are listed and the exit
code is 1.

    python tools/collect_evidence.py SOURCE
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "calibration" / "evidence"
SCANNED_FOLDERS = ("sim", "scenarios", "calibration", "tests")
SCANNED_SUFFIXES = (".yaml", ".yml", ".py")

_RUN = re.compile(r"\b(\d{3}-\d{4})-(\d{2})(?:\s+to\s+(\d{2})\b(?!-))?")


def collect_evidence(source: Path, target: Path, root: Path) -> list[str]:
    """Write the cited rows of the CSV files in `source` to `target`; returns the cited ids that no file has."""
    cited = find_cited_ids(root)
    found: set[str] = set()
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or [])
            rows = [row for row in reader if row["id"] in cited]
        found.update(row["id"] for row in rows)
        copy = target / path.name
        if rows:
            with copy.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        else:
            copy.unlink(missing_ok=True)
    return sorted(cited - found)


def find_cited_ids(root: Path) -> set[str]:
    """Ids in the project's data and code, runs written out."""
    ids: set[str] = set()
    for folder in SCANNED_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SCANNED_SUFFIXES:
                for line, first, last in _RUN.findall(path.read_text(encoding="utf-8")):
                    ids.update(f"{line}-{number:02d}" for number in range(int(first), int(last or first) + 1))
    return ids


def main() -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(description="Copy the cited published figures into calibration/evidence.")
    parser.add_argument("source", type=Path, help="folder with the CSV files of all figures")
    missing = collect_evidence(parser.parse_args().source, TARGET, ROOT)
    for identifier in missing:
        sys.stderr.write(f"no source file has {identifier}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
