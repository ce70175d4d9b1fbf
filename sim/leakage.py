"""Whom money reaches who would be there anyway: persons of a run looked up in the baseline run with the same seed.

Runs with the same seed share their persons and all draws, so that the baseline tells of each person whom a policy
reached what they do without it. A person reached in a city would be there anyway who lives and works in that city at
the end of the baseline run. Leakage is the share of persons reached, and of money paid, that goes to them. How many of
those reached live and work there at the end of the run, less how many do without the policy, is what it keeps. Who is
granted a hukou place of a policy is reached, without money. The same look-up gives cost and stayers of one city by
group: education and origin. Both are fixed before any policy acts; groups by what a run itself brings about, such as
pay in the baseline, would differ between runs by regression to the mean alone.
Left out: the time between, since somebody who leaves later than without the policy counts like one who never stayed.
Jobs that change hands through the policy lead other people on other ways, which has no direction for the city but some
for those reached, who were there when they were: leakage so measured is a lower bound, and what is kept an upper one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sim.outcomes import ALL, CNY, OUTCOME_COLUMNS, PERSONS, STAYED, Row, find_first_cohort
from sim.types import EDUCATION, HOME, HOME_LOCAL

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

    from sim.trace import PersonRecord
    from sim.types import Quarter

REACHED: Final = "reached"
REACHED_ANYWAY: Final = "reached_there_anyway"
REACHED_KEPT: Final = "reached_kept"
"""More of those reached who are there at the end than without the policy."""
PAID: Final = "paid"
PAID_ANYWAY: Final = "paid_there_anyway"
COST_BY_PERSON: Final = "cost_by_person"
"""Money that persons got who lived in the city, as against what a policy costs there whoever is reached."""

ORIGINS: Final = tuple(f"home_{name}" for name in HOME)


def summarise_persons(own: PersonRecord, base: PersonRecord, *, city: str, since: Quarter) -> DataFrame:
    """Return outcomes of a run that need the persons of the baseline run with the same seed.

    Args:
        own: Persons of the run.
        base: Persons of the baseline run; the same record for the baseline itself.
        city: The city that graduates stay in.
        since: First quarter of the policies in question.

    Returns:
        Columns outcome, group, unit, value as of sim.outcomes. By policy: persons `reached`, those of them who are
        `there_anyway`, how many more are there at the end (`kept`), and money `paid`, also to who is there anyway. By
        group: money that persons got while they lived in `city`, and graduates who stayed; by education the latter
        follow from the tables.
    """
    import pandas as pd

    rows = [*_summarise_policies(own, base), *_summarise_groups(own, own.places.index(city), since)]
    return pd.DataFrame(rows, columns=list(OUTCOME_COLUMNS)).astype({"value": "float64"})


def _find_groups(own: PersonRecord, uid: NDArray[Any], city: int) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield name and members (uid,) of each group; who is at home in `city` is of local origin."""
    import numpy as np

    rows, _ = _find(own, uid)
    persons = own.persons[rows]
    region = np.array([ORIGINS.index(f"home_{name}") for name in own.region])[persons["home"]]
    origin = np.where(persons["home"] == city, ORIGINS.index(f"home_{HOME_LOCAL}"), region)
    for names, codes in ((EDUCATION, persons["education"]), (ORIGINS, origin)):
        for code, name in enumerate(names):
            yield name, codes == code


def _find(record: PersonRecord, uid: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rows of people in a record, and whether they are in it at all: enrolment policies change who graduates."""
    import numpy as np

    rows = np.minimum(np.searchsorted(record.persons["uid"], uid), len(record.persons) - 1)
    return rows, record.persons["uid"][rows] == uid


def _summarise_policies(own: PersonRecord, base: PersonRecord) -> Iterator[Row]:
    received = own.received
    in_base, known = _find(base, received["uid"])
    there_anyway = known & (base.persons["city"][in_base] == received["city"])
    in_own, _ = _find(own, received["uid"])
    there = own.persons["city"][in_own] == received["city"]
    for number, policy in enumerate(own.policies):
        mine = received["policy"] == number
        if not mine.any():
            continue
        persons, anyway = int(mine.sum()), int((mine & there_anyway).sum())
        kept = int((mine & there).sum()) - anyway
        for name, count in ((REACHED, persons), (REACHED_ANYWAY, anyway), (REACHED_KEPT, kept)):
            yield name, policy, PERSONS, float(count) * own.scale
        for name, chosen in ((PAID, mine), (PAID_ANYWAY, mine & there_anyway)):
            yield name, policy, CNY, float(received["fen"][chosen].sum()) / 100.0


def _summarise_groups(own: PersonRecord, city: int, since: Quarter) -> Iterator[Row]:
    received = own.received[own.received["city"] == city]
    yield COST_BY_PERSON, ALL, CNY, float(received["fen"].sum()) / 100.0
    for name, members in _find_groups(own, received["uid"], city):
        yield COST_BY_PERSON, name, CNY, float(received["fen"][members].sum()) / 100.0
    rows, _ = _find(own, own.stayed)
    persons = own.persons[rows]
    counts = (persons["study"] == city) & (persons["cohort_year"] >= find_first_cohort(since))
    for name, members in _find_groups(own, own.stayed, city):
        if name not in EDUCATION:
            yield STAYED, name, PERSONS, float((members & counts).sum()) * own.scale
