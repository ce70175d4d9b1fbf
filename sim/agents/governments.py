"""Governments: owners of policies and budgets, national and by place, and the ledger in which all money is booked."""

from __future__ import annotations

import mesa
import numpy as np
from numpy.typing import NDArray


class Ledger:
    """Money and people by quarter, place and policy. Amounts are whole hundredths of CNY in real money (x scale)."""

    def __init__(self, n_policies: int, n_places: int) -> None:
        self.persons = np.zeros((n_policies, n_places), np.int64)
        self.fen = np.zeros((n_policies, n_places), np.int64)
        self.spent_fen = np.zeros(n_policies, np.int64)
        self.closed: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []

    def book(self, policy: int, persons: NDArray[np.int64], fen: NDArray[np.int64]) -> None:
        """Book (place,) people reached and hundredths of CNY paid under `policy` in this quarter."""
        self.persons[policy] += persons
        self.fen[policy] += fen
        self.spent_fen[policy] += int(fen.sum())

    def remaining_cny(self, policy: int, budget_cny: float) -> float:
        """Money of a policy's budget that is left."""
        return self.remaining_fen(policy, budget_cny) / 100.0

    def remaining_fen(self, policy: int, budget_cny: float) -> float:
        """The same in whole hundredths of CNY, or infinite: fractions would lose the last of them, or owe it."""
        return find_budget_fen(budget_cny) - float(self.spent_fen[policy])

    def close_quarter(self, quarter: int) -> None:
        """Keep the quarter's entries and start the next."""
        self.closed.append((quarter, self.persons.copy(), self.fen.copy()))
        self.persons[:] = 0
        self.fen[:] = 0


def find_budget_fen(budget_cny: float) -> float:
    """Whole hundredths of CNY in a budget; 0.29 CNY are 29 of them, though 0.29 x 100 is a little less."""
    return float(np.floor(np.round(budget_cny * 100.0, 3)))


class Government(mesa.Agent):
    """The national government (`place` None) or that of one place."""

    def __init__(self, model: mesa.Model, place: int | None, policies: tuple[int, ...]) -> None:
        super().__init__(model)
        self.place = place
        self.policies = policies
        self.spent_cny = 0.0

    def settle(self, ledger: Ledger) -> float:
        """Money spent in this quarter from the ledger, CNY; also added to `spent_cny`."""
        if not self.policies:
            return 0.0
        rows = list(self.policies)
        fen = ledger.fen[rows].sum() if self.place is None else ledger.fen[rows, self.place].sum()
        self.spent_cny += float(fen) / 100.0
        return float(fen) / 100.0
