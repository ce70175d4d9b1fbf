"""The initial stock of people and firms: data that the reference shares with the engine."""

import dataclasses
import math

from sim.model import TalentMarket
from sim.rng import FIRM_BAR, FIRM_ENTRY
from sim.types import Quarter
from tests.reference.arithmetic import clip
from tests.reference.draws import normal, uniform
from tests.reference.firm import FirmAgent
from tests.reference.person import Person

SAME_NAME = (
    "institution", "state", "cell", "experience_q", "tenure_q", "search_q", "housing", "lease_start_q", "lease_end_q",
    "arrived_q", "queue_q", "course", "course_end_q", "ability", "knowledge", "technical", "practice", "soft", "wage",
    "rent", "transfer", "rent_aid",
)  # fmt: skip
"""Columns that are plain numbers of a person."""

FIRM_NUMBERS = (
    "jobs_start", "size_mean", "trait", "premium", "pay_link", "training", "career", "quit_rate", "market_jobs",
    "desired", "headcount", "openings", "carried", "unfilled", "hires", "quits", "layoffs", "room", "number",
    "exit_hazard", "standing_mean",
)  # fmt: skip


def place_initial_stock(market):
    """Make the firms and people who are there when the spin-up begins."""
    spin_up = market.params.cohorts.spin_up_quarters
    cohorts = market.params.cohorts.model_copy(update={"spin_up_quarters": 0})
    scenario = dataclasses.replace(
        market.scenario,
        params=market.params.model_copy(update={"cohorts": cohorts}),
        start=Quarter(market.scenario.start.number - spin_up),
    )
    engine = TalentMarket(scenario, seed=market.seed)
    copy_firms(market, engine.firms)
    copy_people(market, engine.columns.people)
    engine.close()


def copy_firms(market, firms):
    """One FirmAgent for each row of the engine's firms."""
    market.firms = []
    for row in range(len(firms)):
        firm = FirmAgent(
            market, row=row, city=market.cities[int(firms.place[row])], industry=int(firms.industry[row]),
            size=int(firms.size[row]), ownership=int(firms.ownership[row]), identity=int(firms.identity[row]),
        )  # fmt: skip
        for name in FIRM_NUMBERS:
            setattr(firm, name, getattr(firms, name)[row].item())
        firm.adoption = firm.adoption_path = adoption_at_start(market, firm)
        firm.bar = bar_of(market, firm)
        firm.room_point = uniform(market.lasting_key(FIRM_ENTRY), firm.identity)
        market.firms.append(firm)


def bar_of(market, firm):
    """What the firm asks above the mean firm for as long as it lasts, within two spreads."""
    return market.params.matching.bar_spread * clip(normal(market.lasting_key(FIRM_BAR), firm.identity), -2.0, 2.0)


def adoption_at_start(market, firm):
    """Share of the real firms that use AI when the published figures start: large and state-owned ones first."""
    rule = market.params.firms
    odds = rule.adoption_start / (1.0 - rule.adoption_start)
    return 1.0 / (1.0 + math.exp(-rule.adoption_size * (firm.size + 0.5 * firm.is_state_owned)) / odds)


def copy_people(market, people):
    """One Person for each row of the engine's columns."""
    columns = {name: getattr(people, name).tolist() for name in people._fields}
    firms, cities = market.firms, market.cities
    for row, uid in enumerate(columns["uid"]):
        person = Person(
            market, uid=uid, cohort_q=columns["cohort_q"][row], education=columns["education"][row],
            field=columns["field"][row], home=cities[columns["home"][row]], study=cities[columns["study"][row]],
        )  # fmt: skip
        for name in SAME_NAME:
            setattr(person, name, columns[name][row])
        person.city, person.hukou = cities[columns["city"][row]], cities[columns["hukou"][row]]
        person.firm = firms[columns["firm"][row]] if columns["firm"][row] >= 0 else None
        person.certificate = bool(columns["certificate"][row])
        person.qualified = bool(columns["qualified"][row])
