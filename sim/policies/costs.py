"""Entries of a quarter that cost money but pay no person: grants for firms, costs by head, fixed costs."""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

GRANT_BASES: Final = ("firm", "entrant", "staff", "trained")
GRANT_FIRM, GRANT_ENTRANT, GRANT_STAFF, GRANT_TRAINED = range(4)


@dataclasses.dataclass(frozen=True, kw_only=True)
class FirmGrant:
    """Money for firms, by what they count."""

    policy: int
    base: int
    """Index into GRANT_BASES: paid a quarter for each real firm, for each one founded, for each member of staff, or
    for each member of staff trained."""
    place_mask: int
    industry_mask: int
    size_mask: int
    ownership_mask: int
    share: float
    """Share of these firms that take part."""
    cny: float
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class HeadCost:
    """A cost each quarter for every person reached, who gets no money."""

    policy: int
    eligible: NDArray[np.void]
    share: float
    """Share of the eligible that is reached."""
    cny_per_person: float
    budget_cny: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class SeatCost:
    """What added seats of one place cost when they open, once for the whole course."""

    policy: int
    place: int
    added: NDArray[np.float64]
    """(education, field) seats that the policy adds, relative to those of the institutions."""
    cny_per_seat: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class FixedCost:
    """A cost that does not depend on who is reached."""

    policy: int
    place: int
    cny: float
    budget_cny: float = np.inf
