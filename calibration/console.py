"""What the commands of calibration share: options, the check of packages, tables and manifests on disk."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

if TYPE_CHECKING:
    from pandas import DataFrame

RESULTS: Final = Path("results") / "calibration"
PACKAGES: Final = {"SALib": "SALib", "cmaes": "cmaes", "sklearn": "scikit-learn"}
BASELINE_FILE: Final = "scenarios/baseline.yaml"
"""What a fit begins with, as a path in the checkout."""
_SHOWN: Final = 10
"""Files that differ from a commit that are named; the others are counted."""

BudgetName = Annotated[Literal["small", "medium", "standard", "full"], typer.Option(help="How much is simulated.")]
ScenarioName = Annotated[str, typer.Argument(help="A scenario file, or the name of a scenario that is shipped.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change one value of the scenario; repeatable.")
]
Seed = Annotated[int, typer.Option(help="First seed.", min=0, max=2**40)]
Scale = Annotated[
    int | None, typer.Option(help="Persons that one agent stands for. Default: that of the budget.", min=1)
]
Until = Annotated[int | None, typer.Option(help="Look at figures of years up to this one only.")]
Jobs = Annotated[int | None, typer.Option(help="Worker processes. Default: one a core.", min=1)]
Out = Annotated[Path | None, typer.Option(help="Write into this folder, not results/calibration/PROBLEM.")]
Unidentified = Annotated[
    Literal["prior", "fitted"], typer.Option(help="What a parameter gets that recovery does not identify.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the last line only.")]


def need_packages() -> None:
    """Raise CalibrationError where a package of the extra `calibration` is missing."""
    from calibration.problem import CalibrationError

    missing = [name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise CalibrationError(
            f"calibration needs {', '.join(missing)}. Install them: pip install 'talentsim[calibration]'"
        )


def need_committed() -> None:
    """Raise CalibrationError where code, figures, priors or baseline differ from the commit that a fit would name.

    A fit is made again from that commit, which must therefore hold all that chose it. Outside a checkout there is no
    commit to name, and nothing is asked.
    """
    from calibration.problem import CalibrationError
    from sim.checkout import read_checkout

    found = read_checkout(also=(BASELINE_FILE,))
    if found.uncommitted:
        shown, more = found.uncommitted[:_SHOWN], len(found.uncommitted) - _SHOWN
        files = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
        raise CalibrationError(
            f"a fit names the commit that makes it again, and these files differ from {found.commit}: {files}. "
            "Commit them, or put them back as they were, and call this again"
        )


def write_step(folder: Path, tables: dict[str, DataFrame], manifest: dict[str, Any]) -> None:
    """Write tables as CSV and a manifest into a folder."""
    from sim.results import write_tables

    write_tables(tables, folder)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
