"""How many seeds stand behind a table, how large an agent is, and what few seeds do to errors.

The error of a figure is that of a mean over seeds, so that the chance which the mean still holds is part of it. It
moves figures near the edge of their tolerance in and out, so that counts move by some figures either way: at scale 5000
one fit met 71 of 99 figures with 20 seeds, 76 with 50 and 73 with 200.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Final

from calibration.problem import CalibrationError
from calibration.report_words import say
from sim.labels import Lang

FEW: Final = 50
"""Seeds below which a command warns."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seeds:
    """What means over runs are made of."""

    first: int
    """The first one that is simulated; the others follow it."""
    n: int
    scale: int
    """Persons that one agent stands for."""


def tell_seeds(seeds: Seeds, lang: Lang) -> list[str]:
    """A sentence on the seeds, and a caution where they are few."""
    words = say("seeds" if seeds.n > 1 else "seeds.one", lang)
    told = [words.format(n=seeds.n, first=seeds.first, scale=seeds.scale)]
    return told if seeds.n >= FEW else [*told, say("seeds.few", lang).format(few=FEW)]


def read_seeds(manifest: Path) -> Seeds:
    """Seeds that a validation was made with. Raises CalibrationError where its manifest is missing or damaged."""
    from calibration.validate import find_first_seed  # here: a table of figures needs no benchmarks

    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        return Seeds(first=find_first_seed(int(facts["seed"])), n=int(facts["seeds"]), scale=int(facts["scale"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        repair = "Validate again: talentsim calibrate validate"
        raise CalibrationError(f"{manifest} cannot be read ({error}). {repair}") from error
