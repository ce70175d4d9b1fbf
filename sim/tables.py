"""Rows of codes and numbers -> the result tables as data frames, with text for codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from sim.types import (
    AI,
    EDUCATION,
    EXPERIENCE,
    FIELD,
    FIRM_SIZE,
    HOME,
    HUKOU,
    INDUSTRY,
    INSTITUTION,
    REASON,
    STATE,
    Quarter,
)
from sim.world.spec import COHORT_YEARS

if TYPE_CHECKING:
    from sim.model import TalentMarket

VOCABULARY: Final[dict[str, tuple[str, ...]]] = {
    "industry": INDUSTRY,
    "education": EDUCATION,
    "level": EDUCATION,
    "field": FIELD,
    "experience": EXPERIENCE,
    "firm_size": FIRM_SIZE,
    "size": FIRM_SIZE,
    "home": HOME,
    "hukou": HUKOU,
    "state": STATE,
    "reason": REASON,
    "type": INSTITUTION,
    "ai": AI,
}
NULLABLE: Final = ("employed_6m", "employed_12m", "stayed_6m", "stayed_12m", "stayed_3y", "stayed_5y", "stayed_8y")


def build_tables(
    model: TalentMarket, parts: dict[str, list[dict[str, Any]]], cohorts: dict[str, Any]
) -> dict[str, pd.DataFrame]:
    """All tables of a run, in the order in which the documentation lists them."""
    first = model.first_quarter_number
    tables = {name: _stack(model, parts[name], first) for name in ("postings", "people")}
    tables["cohorts"] = _cohorts(model, cohorts)
    tables |= {name: _stack(model, parts[name], first) for name in ("flows", "cities", "institutions", "firms")}
    tables["ledger"] = _ledger(model)
    tables["distribution"] = _stack(model, parts["distribution"], first)
    if model.world.has_commuting:
        tables["commuting"] = _stack(model, parts.get("commuting", []), first)
    return tables


def _stack(model: TalentMarket, parts: list[dict[str, Any]], first: int) -> pd.DataFrame:
    """Quarters one below the other, with the quarter as first column."""
    lengths = [len(next(iter(part.values()))) for part in parts]
    quarters = np.repeat(np.arange(len(parts), dtype=np.int16), lengths)
    columns: dict[str, Any] = {
        "quarter": _text(quarters, tuple(str(Quarter(first + k)) for k in range(max(1, len(parts)))), ordered=True)
    }
    names = list(parts[0]) if parts else []
    for name in names:
        values = np.concatenate([np.asarray(part[name]) for part in parts])
        columns[name] = _column(model, name, values)
    return pd.DataFrame(columns)


def _column(model: TalentMarket, name: str, values: np.ndarray[Any, Any]) -> Any:
    if name in ("city", "work_city", "from_city", "to_city", "study_city"):
        return _text(values, model.world.places)
    if name == "cohort_year":
        return values.astype(np.int16) + np.int16(COHORT_YEARS[0])
    if name == "new_graduate":
        return values.astype(bool)
    if name in VOCABULARY:
        return _text(values, VOCABULARY[name])
    if values.dtype.kind in "US":
        return pd.Categorical(values)
    return values


def _text(codes: np.ndarray[Any, Any], names: tuple[str, ...], *, ordered: bool = False) -> pd.Categorical:
    kind: Any = pd.CategoricalDtype(list(names), ordered=ordered)  # the stubs know no categories of text here
    return pd.Categorical.from_codes(codes, dtype=kind)


def _cohorts(model: TalentMarket, rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame({name: _column(model, name, np.asarray(values)) for name, values in rows.items()})
    for name in NULLABLE:
        frame[name] = frame[name].astype("Int64").mask(frame[name] < 0)
    return frame


def _ledger(model: TalentMarket) -> pd.DataFrame:
    """One row for each quarter, city and policy in which anybody was reached or anything was paid."""
    policies = model.scenario.policies
    keys: list[tuple[int, int, int]] = []
    persons: list[int] = []
    cny: list[float] = []
    for quarter, reached, fen in model.ledger.closed:
        for policy, city in np.argwhere((reached != 0) | (fen != 0)):
            keys.append((quarter, int(city), int(policy)))
            persons.append(int(reached[policy, city]))
            cny.append(fen[policy, city] / 100.0)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    names = policy_names(model)
    return pd.DataFrame(
        {
            "quarter": pd.Series([str(Quarter(keys[k][0])) for k in order], dtype="str"),
            "city": pd.Series([model.world.places[keys[k][1]] for k in order], dtype="str"),
            "policy": pd.Series([names[keys[k][2]] for k in order], dtype="str"),
            "item": pd.Series([policies[keys[k][2]].item for k in order], dtype="str"),
            "payer": pd.Series([policies[keys[k][2]].payer for k in order], dtype="str"),
            "persons": np.array([persons[k] for k in order], np.int64),
            "cny": np.array([cny[k] for k in order], np.float64),
        }
    )


def policy_names(model: TalentMarket) -> list[str]:
    """A name for each policy of the scenario: its label or kind, numbered where it would stand twice."""
    plain = [policy.label or policy.kind for policy in model.scenario.policies]
    return [name if plain.count(name) == 1 else f"{name}_{plain[: k + 1].count(name)}" for k, name in enumerate(plain)]
