"""State -> tables of one quarter, kept until the end of the run.

Rows are kept as arrays of codes and numbers; text and data frames are made once, at the end. Persons are agents x
scale. Every table is in the order of its key columns, each in the order of its vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.commuting import commute_minutes, count_commuters
from sim.kernels.tallies import (
    ANNIVERSARIES,
    PULSE_BURDEN,
    PULSE_RENTERS,
)
from sim.observe_lines import count_new_postings, sum_offers_fen
from sim.observe_people import CohortCounts, PeopleCounts, Stocks, rank_amounts
from sim.policies.base import ENROLMENT_QUARTER
from sim.population import cohort_quarter, course_years, seats_of_world
from sim.stickiness import score_cities
from sim.types import (
    AI,
    EDUCATION,
    EXPERIENCE,
    FIELD,
    FIRM_SIZE,
    INDUSTRY,
    INSTITUTION,
    NO_QUARTER,
)
from sim.world.indicators import DIMENSIONS
from sim.world.spec import FIRST_COHORT_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from sim.model import TalentMarket

STAY_NAMES: Final = ("6m", "12m", "3y", "5y", "8y")
QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
Rows = dict[str, Any]


class Observer:
    """Collects the tables of one run."""

    def __init__(self, model: TalentMarket) -> None:
        self._model = model
        self._parts: dict[str, list[Rows]] = {
            name: [] for name in ("postings", "people", "flows", "cities", "institutions", "firms", "distribution")
        }
        world = model.world
        self._cohorts = CohortCounts(world.region)
        self._counts = PeopleCounts(world.region)
        self._stocks = Stocks(model)
        self._qualified = np.full((world.n_places, len(EDUCATION), len(FIELD), len(INSTITUTION)), np.nan)

    def record(self, pulse: NDArray[np.int64]) -> None:
        """Add the rows of the quarter; `pulse` (place, education, counters) as taken by the kernel."""
        self._cohorts.look(self._model)
        self._parts["postings"].append(self._postings())
        self._parts["people"].append(self._people())
        self._parts["flows"].append(self._flows())
        self._parts["cities"].append(self._cities(pulse))
        self._parts["institutions"].append(self._institutions())
        self._parts["firms"].append(self._firms())
        self._parts["distribution"].append(self._distribution())
        if self._model.world.has_commuting:
            self._parts.setdefault("commuting", []).append(self._commuting())

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables as data frames, in the order of docs/model.md."""
        from sim.tables import build_tables

        return build_tables(self._model, self._parts, self._cohort_rows())

    def _postings(self) -> Rows:
        model, lines = self._model, self._model.positions.lines
        firms, cell, firm = model.firms, lines["cell"].astype(np.int64), lines["firm"]
        codes = (
            firms.place[firm], firms.industry[firm], cell // (2 * len(EXPERIENCE)), (cell // 2) % len(EXPERIENCE),
            firms.size[firm], cell % 2,
        )  # fmt: skip
        sizes = (model.world.n_places, len(INDUSTRY), len(EDUCATION), len(EXPERIENCE), len(FIRM_SIZE), len(AI))
        keys, sums = sum_by_cell(
            codes, sizes,
            (lines["capacity"], count_new_postings(model), model.line_hires, model.line_applicants,
             sum_offers_fen(model), model.line_hired_fen),
        )  # fmt: skip
        openings, new, hires, applicants, offered, hired = sums
        return {
            "city": keys[0], "industry": keys[1], "education": keys[2], "experience": keys[3], "firm_size": keys[4],
            "ai": keys[5], "openings": openings * model.scale, "new_postings": new * model.scale,
            "hires": hires * model.scale, "applicants": applicants * model.scale,
            "wage_offer_mean": divide(offered, openings * 100), "wage_hired_mean": divide(hired, hires * 100),
        }  # fmt: skip

    def _people(self) -> Rows:
        codes, persons, means = self._counts.count_people(self._model)
        names = ("city", "education", "field", "cohort_year", "home", "hukou", "state")
        table: Rows = dict(zip(names, codes, strict=True))
        table["persons"] = persons * self._model.scale
        return table | dict(zip(("wage_mean", "rent_burden_mean", "qualified_share"), means, strict=True))

    def _flows(self) -> Rows:
        flows = self._model.flows
        rows = np.flatnonzero(flows)
        keys = np.unravel_index(rows, flows.shape)
        names = ("from_city", "to_city", "education", "reason", "new_graduate")
        return dict(zip(names, keys, strict=True)) | {"persons": flows.ravel()[rows] * self._model.scale}

    def _cities(self, pulse: NDArray[np.int64]) -> Rows:
        model, world, scale = self._model, self._model.world, self._model.scale
        talent, working = self._stocks.count(pulse)
        burden = divide(pulse[..., PULSE_BURDEN].sum(axis=1), pulse[..., PULSE_RENTERS].sum(axis=1) * 1_000_000)
        people = model.columns.people
        queue = np.bincount(people.city[people.queue_q != NO_QUARTER], minlength=world.n_places) * scale
        units, occupied = (np.zeros(world.n_places, np.int64) for _ in range(2))
        for (_, place), used in model.scheme_use.items():
            units[place] += used[0] * scale
            occupied[place] += used[1] * scale
        scores = score_cities(model, pulse, talent)
        return {
            "city": np.arange(world.n_places), "talent": talent, "employed": working,
            "density": talent / np.maximum(1.0, working),
            "rent": np.array([city.rent_mean_cny_m for city in model.cities]), "rent_burden": burden,
            "units": units, "occupied": occupied, "queue": queue, "hukou_quota": model.hukou_quota,
            "hukou_granted": model.hukou_granted, "budget_spent": model.ledger.fen.sum(axis=0) / 100.0,
            "stickiness": scores[0],
        } | {f"stickiness_{name}": score for name, score in zip(DIMENSIONS, scores[1:], strict=True)}  # fmt: skip

    def _institutions(self) -> Rows:
        model, world, people = self._model, self._model.world, self._model.columns.people
        shape = (world.n_places, len(EDUCATION), len(FIELD), len(INSTITUTION))
        new = np.flatnonzero(people.cohort_q == model.quarter_number)
        codes = (people.study[new], people.education[new], people.field[new], people.institution[new])
        index = np.ravel_multi_index(tuple(code.astype(np.int64) for code in codes), shape)
        graduated = np.bincount(index, minlength=int(np.prod(shape))).reshape(shape)
        if len(new):
            qualified = np.bincount(index, weights=people.qualified[new], minlength=int(np.prod(shape))).reshape(shape)
            self._qualified = np.where(graduated > 0, qualified / np.maximum(1, graduated), self._qualified)
        opened = model.quarter.year - (model.quarter.of_year < ENROLMENT_QUARTER)
        length = np.array(course_years(model.params.institutions))
        entrants = seats_of_world(model, opened) * model.seats_by_year.get(opened, 1.0)
        seats = entrants[..., None] * world.institution_share[None, :, None, :]
        rows = np.flatnonzero(seats.ravel() > 0.5)
        place, level, field, kind = np.unravel_index(rows, shape)
        seat = np.rint(seats.ravel()[rows]).astype(np.int64)
        return {
            "type": kind, "city": place, "level": level, "field": field, "seats": seat,
            "enrolled": seat * length[level], "graduated": graduated.ravel()[rows] * model.scale,
            "vintage_gap": model.schooling.gap[place, kind], "qualified_share": self._qualified.ravel()[rows],
        }  # fmt: skip

    def _firms(self) -> Rows:
        model, firms = self._model, self._model.firms
        sizes = (len(INDUSTRY), len(FIRM_SIZE), model.world.n_places)
        left = firms.quits + firms.layoffs + firms.closures
        keys, sums = sum_by_cell(
            (firms.industry, firms.size, firms.place), sizes,
            (firms.headcount, firms.openings, left, firms.hires, firms.number, firms.entered, firms.exited),
        )  # fmt: skip
        headcount, openings, left, hires, number, entered, exited = sums
        return {
            "industry": keys[0], "size": keys[1], "city": keys[2], "firms": number, "entered": entered,
            "exited": exited,
            "headcount": headcount * model.scale, "openings": openings * model.scale,
            "turnover": divide(left, headcount + left - hires),
        }  # fmt: skip

    def _commuting(self) -> Rows:
        model = self._model
        commuters = count_commuters(model)
        home, work = np.nonzero(commuters)
        return {
            "city": home, "work_city": work, "persons": commuters[home, work] * model.scale,
            "minutes": commute_minutes(model)[home, work],
        }  # fmt: skip

    def _distribution(self) -> Rows:
        people, threads = self._model.columns.people, self._model.threads
        quantiles = np.array(QUANTILES)
        variables = {"wage_cny_m": people.wage, "rent_cny_m": people.rent}
        values = rank_amounts(people, tuple(variables.values()), self._model.world.n_places, quantiles, threads)
        names = np.array(["all", *EDUCATION, *self._model.world.places])
        group, variable, _ = np.nonzero(~np.isnan(values))
        return {
            "group": names[group], "variable": np.array(list(variables))[variable],
            "quantile": np.tile(quantiles, len(group) // len(quantiles)), "value": values[~np.isnan(values)],
        }  # fmt: skip

    def _cohort_rows(self) -> Rows:
        model, counts = self._model, self._cohorts
        graduates = counts.graduated[..., 0]
        seen = model.quarter_number - 1
        rows = np.flatnonzero(graduates)
        keys = np.unravel_index(rows, graduates.shape)
        names = ("cohort_year", "study_city", "education", "field", "home")
        table: Rows = dict(zip(names, keys, strict=True))
        flat = counts.graduated.reshape(-1, 3)[rows] * model.scale
        table["graduated"] = flat[:, 0]
        age = seen - cohort_quarter(FIRST_COHORT_YEAR) - 4 * keys[0]
        for counted, prefix in ((counts.employed, "employed"), (counts.stayed, "stayed")):
            values = counted.reshape(-1, len(ANNIVERSARIES))[rows] * model.scale
            for k, name in enumerate(STAY_NAMES):
                if prefix == "employed" and k > 1:
                    break
                table[f"{prefix}_{name}"] = np.where(age >= ANNIVERSARIES[k], values[:, k], -1)
        table["further_study"], table["preparing"] = flat[:, 1], flat[:, 2]
        return table


def sum_by_cell(
    codes: tuple[NDArray[Any], ...], sizes: tuple[int, ...], values: tuple[NDArray[Any], ...]
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]]:
    """Sum whole numbers by combination of codes: (codes of the cells present, in order; one sum per value)."""
    index = np.ravel_multi_index(tuple(np.asarray(code, np.int64) for code in codes), sizes)
    cells, inverse = np.unique(index, return_inverse=True)
    sums = []
    for value in values:
        total = np.zeros(len(cells), np.int64)
        np.add.at(total, inverse, np.asarray(value, np.int64))
        sums.append(total)
    return [np.asarray(code) for code in np.unravel_index(cells, sizes)], sums


def divide(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """Ratio, NaN where the denominator is 0."""
    ratio: NDArray[np.float64] = np.where(denominator > 0, numerator / np.maximum(1, denominator), np.nan)
    return ratio
