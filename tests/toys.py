"""Small inputs for kernels and small runs of the toy world.

Rules hold 0 wherever a test gives no value (1 quarter of settling), so that tests do not depend on tuned parameters.
"""

import dataclasses
from pathlib import Path

import numpy as np
from numba import config
from pydantic import TypeAdapter

from sim import kernels, params
from sim.columns import ColumnSet
from sim.kernels.eligibility import gather_persons, make_persons
from sim.kernels.search import fill_offers, search_positions
from sim.market import (
    ELIGIBILITY_FIELDS,
    LINE_DTYPE,
    OFFER_DTYPE,
    PLACE_DTYPE,
    SCHEME_DTYPE,
    TRANSFER_DTYPE,
    Firms,
    Places,
    SearchKeys,
)
from sim.model import PHASES, TalentMarket
from sim.phases.people_search import index_openings
from sim.policies import PolicyUnion
from sim.policies.levers import ANY, NO_LIMIT
from sim.results import table_checksum
from sim.rng import OPENING_SLOT, gumbel_bounds, make_key
from sim.scenario import load_scenario
from sim.types import N_POSITION_CELLS

assert kernels.source_hash()

DATA = Path(__file__).parent / "data"
BASELINE = DATA / "two_cities_baseline.yaml"
COMPILED = not config.DISABLE_JIT
"""Without compilation statistical tests take fewer draws: their error rates stay, they only see less."""
POLICY = TypeAdapter(PolicyUnion)
"""Reads plain data as a policy; built once, because the union of all kinds takes its time."""
NO_TAX = {"contribution_cap_cny_m": 1e9, "allowance_cny_m": 1e9}
"""Take-home pay is the wage."""


def make_rule(name, **values):
    """Named tuple of one group of parameters, such as `search`: the values given, 0 everywhere else."""
    group = params.Params.model_fields[name].annotation
    kind = getattr(params, group.__name__.replace("Params", "Rule"))
    unknown = values.keys() - group.model_fields.keys()
    assert not unknown, unknown
    values = {"settle_quarters": 1, **values} if name == "search" else values
    return kind(*(field.annotation(values.get(key, 0)) for key, field in group.model_fields.items()))


def make_people(n, **values):
    """Columns of `n` people with ids 1 to n, graduates of quarter 60; a value may be one number or one per person."""
    columns = ColumnSet(n)
    columns.append(n)
    people = columns.people
    people.uid[:] = np.arange(1, n + 1)
    people.cohort_q[:] = people.arrived_q[:] = 60
    for name, value in values.items():
        getattr(people, name)[:] = value
    if "resident_q" not in values:
        people.resident_q[:] = people.arrived_q
    return people


def make_firms(n=1, **values):
    """The table of `n` firms; identity 1 to n."""
    small = {"place", "industry", "size", "ownership"}
    table = {name: np.zeros(n, np.int8 if name in small else np.float64) for name in Firms._fields}
    table["identity"] = np.arange(1, n + 1).astype(np.uint64)
    table["degree"][:] = table["recognition"][:] = 1
    for name, value in values.items():
        table[name][:] = value
    return Firms(**table)


def make_records(n=2, **values):
    """Records of `n` places in which everything is 0 but positions seen."""
    records = np.zeros(n, PLACE_DTYPE)
    records["sample_factor"] = 1.0
    for name, value in values.items():
        records[name] = value
    return records


def make_places(
    n=2, *, records=None, market_wage=10000.0, utility=0.0, hukou_chance=0.0, distance=0.0, move_extra=0.0, travel=None
):
    """The table of `n` places; numbers are spread over places and levels. Without `travel` nobody can commute."""
    return Places(
        records=make_records(n) if records is None else records,
        hukou_chance=np.zeros((n, 4)) + hukou_chance,
        distance=np.zeros((n, n)) + distance,
        move_extra=np.zeros((n, n)) + move_extra,
        market_wage=np.zeros((n, 4)) + market_wage,
        utility=np.zeros((n, 4)) + utility,
        travel=np.where(np.eye(n, dtype=bool), 0.0, np.inf) if travel is None else np.array(travel, float),
    )


def make_entries(dtype, n=1, **values):
    """`n` entries of a policy table that reach everybody, with the values given."""
    entries = np.zeros(n, dtype)
    for name, _ in ELIGIBILITY_FIELDS:
        if name.endswith("_mask"):
            entries[name] = ANY
    entries["max_quarters"], entries["wage_max_cny_m"] = NO_LIMIT, np.inf
    entries["max_residence_q"] = NO_LIMIT
    if dtype == TRANSFER_DTYPE:
        entries["cap_cny_m"], entries["term_q"], entries["take_up"] = np.inf, NO_LIMIT, 1.0
    if dtype == SCHEME_DTYPE:
        entries["rent_cap_cny_m"], entries["term_q"], entries["take_up"] = np.inf, 12, 1.0
    for name, value in values.items():
        entries[name] = value
    return entries


def make_lines(**values):
    """Lines of open positions; `wage` says how many. Identity and firm follow the number of the line."""
    n = len(values["wage"])
    lines = np.zeros(n, LINE_DTYPE)
    lines["capacity"] = 1
    lines["firm"] = np.arange(n)
    for name, value in values.items():
        lines[name] = value
    lines["identity"] = (lines["firm"].astype(np.uint64) + np.uint64(1)) * np.uint64(N_POSITION_CELLS) + lines[
        "cell"
    ].astype(np.uint64)
    return lines


def index_lines(lines, n_places=2, *, key=1, usual=1.0, area_of=None):
    """Hash tables of all openings of `lines`."""
    block = (lines["cell"].astype(np.int64) // 12) * n_places + lines["place"]
    usual = np.full((4, n_places), float(usual))
    area_of = np.arange(n_places) if area_of is None else np.array(area_of)
    return index_openings(lines, block, lines["capacity"].copy(), usual, make_key(key, OPENING_SLOT), area_of)


def apply_to_lines(
    people, lines, rule, *, housing, tax, firms=None, places=None, n_applications=3, seed=1, firm_place=None, **index
):
    """(person, A) lines that all `people` apply for in quarter 76 where no policy acts."""
    n, places, firms = len(people.uid), places or make_places(), firms or make_firms(max(1, len(lines)))
    firm_place = np.zeros(len(firms.size)) if firm_place is None else firm_place
    keys = SearchKeys(*(make_key(seed, decision) for decision in range(1, 8)))
    tables = index_lines(lines, len(places.records), **index)
    persons, offers = make_persons(n), np.zeros(len(lines), OFFER_DTYPE)
    gather_persons(0, n, np.arange(n, dtype=np.uint32), people, firms.industry, firms.size, persons)
    fill_offers(lines, places.records, rule, housing, tax, offers)
    applications = np.full((n, n_applications), -7, np.int32)
    search_positions(
        0, n, persons, firms.career, np.asarray(firm_place, np.int8), lines, offers, lines["capacity"].copy(), *tables,
        places.records, places.hukou_chance, rule.b_move * places.distance + places.move_extra, places.travel,
        places.market_wage,
        np.zeros(0, TRANSFER_DTYPE), np.zeros(0, SCHEME_DTYPE), rule, housing, tax, 76, keys, gumbel_bounds(),
        applications,
    )  # fmt: skip
    return applications


def toy_scenario(*overrides, policies=(), scale=1000, quarters=16, world=None):
    """The toy baseline with changes: overrides, policies as plain data, and arrays of the world."""
    scenario = load_scenario(BASELINE, overrides, scale=scale, quarters=quarters)
    specs = tuple(POLICY.validate_python(data) for data in policies)
    changed = dataclasses.replace(scenario.world, **(world or {}))
    return dataclasses.replace(scenario, policies=specs, world=changed)


def run_toy(scenario, *, seed=1, threads=1, check=False, phases=PHASES, on_step=None, on_start=None):
    """Run a scenario; `on_start(model)` and `on_step(model)` act before the first and after each quarter."""
    model = TalentMarket(scenario, seed=seed, threads=threads, check=check, phases=phases)
    if on_start is not None:
        on_start(model)
    for _ in range(model.n_quarters):
        model.step()
        if on_step is not None:
            on_step(model)
    model.close()
    return model


def checksums(model):
    """Table -> checksum of its content."""
    return {name: table_checksum(frame) for name, frame in model.tables().items()}


def snapshot(model, names=None):
    """Column -> values in the order of ids: the state of persons whatever their rows."""
    people = model.columns.people
    order = np.argsort(people.uid, kind="stable")
    return {name: getattr(people, name)[order].copy() for name in (names or people._fields)}
