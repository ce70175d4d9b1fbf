"""Names of choices and states: what tells the runs of a sweep apart as a decision (experiments/cases.py).

A choice is a policy with the values of the keys that are chosen, a state a future with the values of those that happen.
A key is named by the end of it that no other key has, a number by as many digits as tell the values of its key apart:
two choices never share a name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from experiments.varyfile import is_lever, split_key

_DIGITS: Final = (6, 9, 12, 17)
"""Significant digits of a number; the first that tell all values of a key apart are taken."""
_LONG: Final = 1e6
"""From here on six digits would be written as a power of ten."""

Name = tuple[str, str]
"""Choice and state."""


def is_chosen(key: str) -> bool:
    """Whether a key that is varied belongs to a policy."""
    return split_key(key)[0] is not None or is_lever(key)


@dataclasses.dataclass(frozen=True, kw_only=True)
class CaseNames:
    """Names of the choice and the state of a run."""

    baseline: str
    """The policy that stands for doing nothing; it has no keys."""
    keys: tuple[str, ...]
    shorts: Mapping[str, str]
    """What each key is called."""
    digits: Mapping[str, int]

    def name(self, policy: str, future: str, values: Mapping[Any, Any]) -> Name:
        """The choice and the state of a run of `policy` in `future` with these values of the keys."""
        # a lever is for all policies but the baseline, or for the one that its key names
        own = [key for key in self.keys if is_chosen(key) and split_key(key)[0] in {None, policy}]
        choice = [policy, *(self._write(key, values[key]) for key in own if policy != self.baseline)]
        state = [future, *(self._write(key, values[key]) for key in self.keys if not is_chosen(key))]
        return " ".join(choice), ", ".join(filter(None, state)) or "-"

    def _write(self, key: str, value: Any) -> str:
        return f"{self.shorts[key]}={_write_number(value, self.digits[key])}"


def name_cases(keys: Sequence[str], points: Iterable[Mapping[Any, Any]], baseline: str) -> CaseNames:
    """Choose the names for a sweep.

    Args:
        keys: Keys that are varied.
        points: Their values, as the table of a sweep has them.
        baseline: The policy that stands for doing nothing.
    """
    values: dict[str, set[Any]] = {key: set() for key in keys}
    for point in points:
        for key in keys:
            values[key].add(point[key])
    digits = {key: _count_digits(own) for key, own in values.items()}
    return CaseNames(baseline=baseline, keys=tuple(keys), shorts=shorten_keys(keys), digits=digits)


def shorten_keys(keys: Sequence[str]) -> dict[str, str]:
    """The shortest end of each key that no other key has; the policy of `POLICY/KEY` is left out."""
    inner = {key: split_key(key)[1].split(".") for key in keys}

    def shorten(own: list[str]) -> str:
        others = [parts for parts in inner.values() if parts != own]
        lengths = (n for n in range(1, len(own)) if all(parts[-n:] != own[-n:] for parts in others))
        return ".".join(own[-next(lengths, len(own)) :])

    return {key: shorten(own) for key, own in inner.items()}


def find_hole(found: Iterable[Name], baseline: str) -> Name | None:
    """The first choice and state that lack a run, where some other choice has that state; None where none does."""
    there = dict.fromkeys(found)
    choices = dict.fromkeys([baseline, *(choice for choice, _ in there)])
    states = dict.fromkeys(state for _, state in there)
    return next(((choice, state) for choice in choices for state in states if (choice, state) not in there), None)


def _count_digits(values: set[Any]) -> int:
    numbers = {value for value in values if isinstance(value, float)}
    enough = (n for n in _DIGITS if len({f"{value:.{n}g}" for value in numbers}) == len(numbers))
    return next(enough, _DIGITS[-1])


def _write_number(value: Any, digits: int) -> str:
    if not isinstance(value, float):
        return str(value)
    whole = len(f"{abs(value):.0f}") if abs(value) >= _LONG else 0
    return f"{value:.{max(digits, whole)}g}"
