"""The ledger: who was reached and what was paid, by policy and place, in persons and hundredths of CNY."""

from collections import Counter


class Ledger:
    """Entries of the quarter, and what each policy has spent since the start."""

    def __init__(self):
        self.persons, self.fen, self.spent_fen = Counter(), Counter(), Counter()
        self.closed = []

    def book(self, policy, city, persons, fen):
        """Book `persons` reached and `fen` paid under `policy` in `city`."""
        self.persons[policy, city.index] += persons
        self.fen[policy, city.index] += fen
        self.spent_fen[policy] += fen

    def remaining_cny(self, entry):
        """Money that is left of the budget of an entry of the levers."""
        return entry.budget_cny - self.spent_fen[entry.policy] / 100.0

    def close_quarter(self, quarter):
        """Keep the entries of the quarter and start the next."""
        self.closed.append((quarter, self.persons, self.fen))
        self.persons, self.fen = Counter(), Counter()
