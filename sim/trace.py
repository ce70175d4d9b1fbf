"""Whom each policy reached and who is where at the end of a run, by id: what the comparison of paired runs asks for.

Runs with the same seed share their persons, so that somebody who was paid under a policy can be looked up in the run
without it. A trace keeps three things and no more: money by policy, person and city from a given quarter on, zero for a
hukou place; the
graduates who stayed 12 months; and, at the end, where everybody lives and works. It is kept in memory for the
comparison and stands in no result table. A run without a trace does nothing of this.
Left out: costs that nobody in particular receives, and what people got before the given quarter.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.tables import policy_names
from sim.types import CALENDAR_START_YEAR, EMPLOYED, SUBSIDISED

if TYPE_CHECKING:
    from sim.model import TalentMarket

NOWHERE: Final = -1
"""City of who is not in work."""
STAY_QUARTERS: Final = 4
"""A graduate has stayed who lives and works in the city of study this many quarters after graduation."""
_MERGE_ROWS: Final = 200_000
"""New payments after which those of one person are added up."""

RECEIVED_DTYPE: Final = np.dtype(
    [
        ("uid", np.uint64),
        ("policy", np.int16),
        ("city", np.int8),  # in which the person lived when paid
        ("fen", np.int64),  # real money: times the persons that an agent stands for
    ]
)
"""What one person got under one policy while living in one city."""

PERSON_DTYPE: Final = np.dtype(
    [
        ("uid", np.uint64),
        ("city", np.int8),  # where the person lives and works, or NOWHERE
        ("home", np.int8),
        ("study", np.int8),
        ("education", np.int8),
        ("cohort_year", np.int16),
    ]
)
"""One person at the end of the run."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonRecord:
    """What one run leaves behind about persons."""

    scale: int
    """Persons for whom one agent stands."""
    places: tuple[str, ...]
    region: tuple[str, ...]
    """Region of each place."""
    policies: tuple[str, ...]
    """Name of each policy, as in the ledger."""
    persons: NDArray[np.void]
    """(person,) records of PERSON_DTYPE, sorted by uid."""
    received: NDArray[np.void]
    """(payment,) records of RECEIVED_DTYPE, one for each person, policy and city, sorted by these."""
    stayed: NDArray[np.uint64]
    """Sorted uids of the graduates who stayed 12 months in their city of study."""


class Trace:
    """Follows one run from quarter number `since` on."""

    def __init__(self, since: int) -> None:
        self.since = since
        self._received = np.zeros(0, RECEIVED_DTYPE)
        self._new: list[NDArray[np.void]] = []
        self._stayed: list[NDArray[np.uint64]] = []

    def note_paid(self, model: TalentMarket, policy: int, rows: NDArray[Any], fen: NDArray[np.int64]) -> None:
        """Keep that people of `rows` got `fen` (row,) of real money, or a right and 0, under `policy` this quarter."""
        if model.quarter_number < self.since or not len(rows):
            return
        people, paid = model.columns.people, np.empty(len(rows), RECEIVED_DTYPE)
        paid["uid"], paid["city"], paid["policy"], paid["fen"] = people.uid[rows], people.city[rows], policy, fen
        self._new.append(paid)
        if sum(map(len, self._new)) > _MERGE_ROWS:
            self._merge()

    def note_tenants(self, model: TalentMarket, market_rent: NDArray[np.float64]) -> None:
        """Keep what tenants of subsidised units save against `market_rent` (place,) of whole units, CNY/month."""
        people = model.columns.people
        rows = np.flatnonzero(people.housing == SUBSIDISED)
        saved = np.maximum(0.0, market_rent[people.city[rows]] - people.rent[rows])
        fen = np.rint(saved * 100.0).astype(np.int64) * 3 * model.scale
        for policy in np.unique(people.scheme[rows]):
            own = people.scheme[rows] == policy
            self.note_paid(model, int(policy), rows[own], fen[own])

    def look(self, model: TalentMarket) -> None:
        """Keep, at the end of a quarter, who of the cohort that graduated 12 months ago has stayed."""
        if model.quarter_number < self.since:
            return
        people = model.columns.people
        stays = (people.cohort_q == model.quarter_number - STAY_QUARTERS) & (people.state == EMPLOYED)
        uid = people.uid[stays & (people.city == people.study)]
        if len(uid):
            self._stayed.append(uid)

    def finish(self, model: TalentMarket) -> PersonRecord:
        """Return what was kept, with where everybody is now."""
        self._merge()
        people, world = model.columns.people, model.world
        order = np.argsort(people.uid)
        persons = np.empty(len(order), PERSON_DTYPE)
        for name in ("uid", "home", "study", "education"):
            persons[name] = getattr(people, name)[order]
        works = people.state[order] == EMPLOYED
        persons["city"] = np.where(works, people.city[order], NOWHERE)
        persons["cohort_year"] = CALENDAR_START_YEAR + people.cohort_q[order] // 4
        return PersonRecord(
            scale=model.scale,
            places=tuple(world.places),
            region=tuple(world.region),
            policies=tuple(policy_names(model)),
            persons=persons,
            received=self._received,
            stayed=np.sort(np.concatenate([np.zeros(0, np.uint64), *self._stayed])),
        )

    def _merge(self) -> None:
        """Add up what one person got under one policy in one city."""
        rows = np.concatenate([self._received, *self._new])
        self._new = []
        if not len(rows):
            return
        rows = rows[np.lexsort((rows["city"], rows["policy"], rows["uid"]))]
        is_first = np.ones(len(rows), np.bool_)
        for name in ("uid", "policy", "city"):
            is_first[1:] &= rows[name][1:] == rows[name][:-1]
        is_first[1:] = ~is_first[1:]
        starts = np.flatnonzero(is_first)
        merged = rows[starts]
        merged["fen"] = np.add.reduceat(rows["fen"], starts)
        self._received = merged
