"""Typed errors. Each says what is wrong, where, and how to mend it."""

from __future__ import annotations

import dataclasses


class TalentsimError(Exception):
    """Base of all errors that a user can mend."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """One mistake in one file."""

    file: str
    line: int
    key: str
    message: str
    repair: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}. {self.repair}"


class ScenarioError(TalentsimError):
    """All mistakes of a scenario and the files under it, reported together in the order of their lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvariantError(TalentsimError):
    """The run broke a rule that must always hold (docs/model.md, section on invariants)."""


class ResultsError(TalentsimError):
    """A results folder is missing, incomplete or was changed since it was written."""
