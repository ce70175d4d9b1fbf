"""Compare the reference with the engine, person by person, after each phase of each quarter.

Codes, ids, places, jobs, states, clocks and counts must be equal. Numbers stored as floats must agree to RTOL: both
sides store 32 bits a person, but the logarithms, exponentials and powers behind a number may differ in the last of 53
bits between Python's library and compiled code, which can turn the rounding to 32 bits the other way (a step of 1.2e-7)
and builds up over eight quarters.
"""

from collections import Counter

import numpy as np

from sim.columns import COLUMNS
from sim.model import TalentMarket
from sim.types import NO_FIRM, NO_SCHEME
from tests.reference.market import PHASES, ReferenceMarket

RTOL = 1e-6
NOT_COMPARED = ("received", "resident_q")
"""Columns that only rules outside of the reference read: once-only payments, and rights that move with the person."""

READ_PERSON = {
    "home": lambda person: person.home.index,
    "study": lambda person: person.study.index,
    "city": lambda person: person.city.index,
    "hukou": lambda person: person.hukou.index,
    "scheme": lambda person: NO_SCHEME if person.scheme is None else person.scheme,
    "firm": lambda person: NO_FIRM if person.firm is None else person.firm.row,
    "aware": lambda person: sum(1 << policy for policy in person.knows),
}
"""Columns that a person holds in another form."""

FIRM_NAMES = (
    "market_jobs", "desired", "headcount", "openings", "carried", "unfilled", "hires", "quits", "layoffs", "closures",
    "premium", "adoption", "adoption_path", "quality", "quality_start", "quit_rate", "room", "number", "closing",
    "entered", "exited",
)  # fmt: skip
RECORD_NAMES = ("rent_shared", "rent_whole", "career", "unemployment", "sample_factor")
CITY_NAMES = (
    "rent_index", "stock_rooms", "stock_trend_rooms", "occupied_crowded", "occupied_shared", "occupied_whole",
    "rent_mean_cny_m",
)  # fmt: skip
PLACE_NAMES = ("hukou_chance", "market_wage", "utility", "distance")


LAST_WITH_OPEN_BOOKS = "firms_adjust"
"""The last phase after which flows and the ledger of the quarter can be seen."""


def run_side_by_side(scenario, seed, quarters):
    """Run both and compare them after each quarter; returns the two markets.

    Raises:
        AssertionError: naming quarter, phase, column and person of the first difference. For that the run is made
            again and compared after each phase.
    """
    try:
        return _run(scenario, seed, quarters, ("observe",))
    except AssertionError as found:
        _run(scenario, seed, quarters, tuple(phase.__name__ for phase in PHASES))
        raise AssertionError("a second run, compared after each phase, does not differ") from found


def _run(scenario, seed, quarters, compared):
    reference, engine = ReferenceMarket(scenario, seed), TalentMarket(scenario, seed=seed)
    compare(reference, engine, "start")
    for _ in range(quarters):
        for act, phase in zip(PHASES, engine.phases, strict=True):
            assert act.__name__ == phase.name
            act(reference)
            phase.act(engine)
            if phase.name == LAST_WITH_OPEN_BOOKS:
                _compare_books(reference, engine, f"{engine.quarter} after {phase.name}")
            if phase.name in compared:
                compare(reference, engine, phase.name)
        reference.quarter_number += 1
        engine.quarter_number += 1
    reference.close()
    engine.close()
    return reference, engine


def compare(reference, engine, phase):
    """Raise AssertionError at the first difference of the two states."""
    where = f"{engine.quarter} after {phase}"
    _compare_people(reference, engine, where)
    names = [act.__name__ for act in PHASES]
    if phase in names[names.index("people_search") :]:
        _compare_applications(reference, engine, where)
    if phase in names[names.index("market_matches") :]:
        _compare_matches(reference, engine, where)
    _compare_firms(reference, engine, where)
    _compare_places(reference, engine, where)
    _compare_institutions(reference, engine, where)
    _compare_books(reference, engine, where)


def _assert_equal(where, what, found, wanted, names=None):
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape, f"{where}: {what}: {found.shape} in the reference, {wanted.shape} in the engine"
    if np.issubdtype(wanted.dtype, np.floating):
        same = np.isclose(found, wanted, rtol=RTOL, atol=1e-12, equal_nan=True)
    else:
        same = found == wanted
    if not same.all():
        at = tuple(np.argwhere(~same)[0].tolist())
        who = at if names is None else (names[at[0]], *at[1:])
        raise AssertionError(
            f"{where}: {what} of {', '.join(map(str, who))}: {found[at]} in the reference, {wanted[at]} in the engine"
            f" ({np.count_nonzero(~same)} of {same.size} differ)"
        )


def _compare_people(reference, engine, where):
    persons = sorted(reference.people, key=lambda person: person.uid)
    people = engine.columns.people
    order = np.argsort(people.uid)
    uids = [person.uid for person in persons]
    _assert_equal(where, "uid", uids, people.uid[order])
    for column in COLUMNS:
        if column.name in NOT_COMPARED:
            continue
        read = READ_PERSON.get(column.name)
        values = [getattr(person, column.name) if read is None else read(person) for person in persons]
        _assert_equal(where, column.name, values, getattr(people, column.name)[order], uids)


def _compare_applications(reference, engine, where):
    uid, identity = engine.columns.people.uid, engine.positions.lines["identity"].tolist()
    wanted = {
        int(uid[row]): [identity[line] for line in lines if line >= 0]
        for row, lines in zip(engine.searchers, engine.applications.tolist(), strict=True)
    }
    found = {person.uid: [one.identity for one in positions] for person, positions in reference.applications.items()}
    assert found.keys() == wanted.keys(), f"{where}: searchers differ: {found.keys() ^ wanted.keys()}"
    _assert_same(where, "applications", found, wanted)


def _compare_matches(reference, engine, where):
    uid, identity = engine.columns.people.uid, engine.positions.lines["identity"].tolist()
    matched = {
        int(uid[row]): identity[line] for row, line in zip(engine.searchers, engine.matched, strict=True) if line >= 0
    }
    found = {person.uid: position.identity for person, position in reference.matched.items()}
    _assert_same(where, "match", found, matched)
    applied = {position.identity: number for position, number in reference.applicants.items()}
    _assert_same(where, "applicants", applied, dict(zip(identity, engine.line_applicants.tolist(), strict=True)))


def _assert_same(where, what, found, wanted):
    """Dictionaries of whole numbers; entries of 0 do not count."""
    for key in sorted(found.keys() | wanted.keys(), key=str):
        one, other = found.get(key, 0), wanted.get(key, 0)
        assert one == other, f"{where}: {what} of {key}: {one} in the reference, {other} in the engine"


def _compare_firms(reference, engine, where):
    for name in FIRM_NAMES:
        values = [getattr(firm, name) for firm in reference.firms]
        _assert_equal(where, f"firm's {name}", values, getattr(engine.firms, name))


def _compare_places(reference, engine, where):
    places = engine.world.places
    for name in RECORD_NAMES:
        values = [getattr(city, name) for city in reference.cities]
        _assert_equal(where, name, values, engine.places.records[name], places)
    for name in CITY_NAMES:
        values = [getattr(city, name) for city in reference.cities]
        _assert_equal(where, name, values, [getattr(city, name) for city in engine.cities], places)
    for name in PLACE_NAMES:
        values = [getattr(city, name) for city in reference.cities]
        _assert_equal(where, name, values, getattr(engine.places, name), places)
    _assert_equal(where, "wage_start", [city.wage_start for city in reference.cities], engine.wage_start, places)
    _assert_equal(where, "mean_pay", [city.mean_pay for city in reference.cities], engine.mean_pay_cny_m, places)
    _assert_equal(where, "hukou_belief", [city.hukou_belief for city in reference.cities], engine.hukou_belief, places)
    tightness = [city.log_tightness for city in reference.cities]
    _assert_equal(where, "log_tightness", tightness, engine.demand.log_tightness, places)


def _compare_institutions(reference, engine, where):
    found = [reference.institutions[one.place, one.kind] for one in engine.institutions]
    names = [f"{one.type} of {engine.world.places[one.place]}" for one in engine.institutions]
    for name in ("gap_years", "practice_now", "cooperation_now"):
        values = [getattr(one, name) for one in engine.institutions]
        _assert_equal(where, name, [getattr(one, name) for one in found], values, names)
    _assert_equal(
        where, "signal", [one.signal for one in reference.associations], [one.signal for one in engine.associations]
    )
    _assert_equal(where, "seats", reference.seats, engine.seats, engine.world.places)
    assert reference.seats_by_year.keys() == engine.seats_by_year.keys(), where
    for year, seats in reference.seats_by_year.items():
        _assert_equal(where, f"seats of {year}", seats, engine.seats_by_year[year], engine.world.places)


def _compare_books(reference, engine, where):
    flows = {tuple(map(int, at)): int(engine.flows[tuple(at)]) for at in np.argwhere(engine.flows)}
    _assert_same(where, "flow", reference.flows, flows)
    _assert_same(where, "course", reference.course_use, engine.course_use)
    _assert_same(where, "scheme", reference.scheme_use, engine.scheme_use)
    assert reference.scheme_chance == engine.scheme_chance, where
    for name in ("persons", "fen"):
        table = getattr(engine.ledger, name)
        _assert_same(where, f"ledger {name}", getattr(reference.ledger, name), _sparse(table))
    _assert_same(where, "spent", reference.ledger.spent_fen, dict(enumerate(engine.ledger.spent_fen.tolist())))
    for name in ("hukou_granted", "hukou_quota"):
        found = Counter({city.index: number * reference.scale for city, number in getattr(reference, name).items()})
        _assert_same(where, name, found, dict(enumerate(getattr(engine, name).tolist())))


def _sparse(table):
    return {tuple(map(int, at)): int(table[tuple(at)]) for at in np.argwhere(table)}
