"""Ten people under each kind of policy, by hand: what each gets or meets, what is booked where, and who pays.

`tests/cases/people/KIND.yaml` names ten people of the toy world and nobody else lives there, so that one agent is one
person. The phases of a quarter in which policies act run on them; what they are measured by stands in MEASURES.
"""

from pathlib import Path

import numpy as np
import pytest
from toys import toy_scenario

from sim import types
from sim.agents.firms import FirmSet
from sim.columns import ColumnSet
from sim.demand import Demand
from sim.kernels.eligibility import count_residence_from
from sim.model import TalentMarket
from sim.phases.firms_adjust import book_grants
from sim.phases.grants import count_trained
from sim.phases.housing_clears import housing_clears
from sim.phases.hukou_allocates import _score_points, hukou_allocates
from sim.phases.institutions_teach import institutions_teach, seats_at_enrolment
from sim.phases.internships import do_internships
from sim.phases.people_move import _pay_for_hires
from sim.phases.policies_act import find_ended, policies_act
from sim.phases.school_places import give_school_places
from sim.policies import POLICY_KINDS
from sim.policies.costs import GRANT_ENTRANT, GRANT_TRAINED
from sim.policies.levers import Levers
from sim.sourced import read_yaml
from sim.trace import Trace
from sim.types import Quarter

PEOPLE = Path(__file__).parent.parent / "cases" / "people"
PERSON = {
    "education": "bachelor", "field": "other", "institution": "university", "state": "employed", "housing": "shared",
    "city": "alpha", "home": "beta", "study": "alpha", "hukou": "beta", "works": "<100 private computer_internet",
    "rent": 1000, "aware": 1, "received": 0, "certificate": 0, "course": types.NO_COURSE, "years": 2, "residence": 1,
    "hired": 0, "waits_q": None, "lease_q": None,
}  # fmt: skip
"""What is not said of a person."""
CODES = {
    "education": types.EDUCATION, "field": types.FIELD, "institution": types.INSTITUTION, "state": types.STATE,
    "housing": types.HOUSING,
}  # fmt: skip
PLACES = ("city", "home", "study", "hukou")
NO_QUOTA = {name: np.zeros(2) for name in ("points_quota", "employer_quota", "central_quota")}
COURSE_YEARS = ("course_years_below", "course_years_bachelor", "course_years_master", "course_years_phd")


def read_case(kind):
    problems = []
    case = read_yaml(PEOPLE / f"{kind}.yaml", problems).to_plain()
    assert not problems
    return case


CASES = {kind: read_case(kind) for kind in POLICY_KINDS}


class Town:
    """Ten people in the toy world under one policy, for one quarter."""

    def __init__(self, case, **change):
        spec = POLICY_KINDS[case["policy"]["kind"]]
        heard = {"take_up": 1, "awareness": 0, "communication": 0}  # who knows is said of each person
        heard = {name: value for name, value in heard.items() if name not in spec.unused}
        overrides = [f"params.{name}={value}" for name, value in case.get("params", {}).items()]
        world = {name: np.array(values) for name, values in case.get("world", {}).items() if name != "region"}
        if "region" in case.get("world", {}):
            world["region"] = tuple(case["world"]["region"])
        scenario = toy_scenario(
            "params.awareness.peer_rate=0", *overrides, policies=[{**case["policy"], **heard, **change}], scale=20_000,
            world={**NO_QUOTA, **world},
        )  # fmt: skip
        self.case, self.rows = case, [{**PERSON, **person} for person in case["people"]]
        self.model = model = TalentMarket(scenario, seed=1)
        model.scale, model.quarter_number = 1, Quarter.parse(case["quarter"]).number
        model.firms = FirmSet(model, model.world, model.params, scale=1, seed=1)
        model.demand = Demand(model.world, model.params, model.firms)
        model.trace = Trace(0)
        self._settle()
        people = model.columns.people
        self.before = people._replace(**{name: getattr(people, name).copy() for name in people._fields})
        self._pass_a_quarter()

    def close(self):
        self.model.close()

    def _settle(self):
        """Let the ten live and work; firms without staff stand for no real firm."""
        model, rows, quarter = self.model, self.rows, self.model.quarter_number
        columns = ColumnSet(10)
        columns.append(10)
        people = columns.people
        people.uid[:] = np.arange(1, 11)
        for name in ("rent", "aware", "received", "certificate", "course", *CODES, *PLACES):
            known = model.world.places if name in PLACES else CODES.get(name)
            getattr(people, name)[:] = [known.index(row[name]) if known else row[name] for row in rows]
        people.cohort_q[:] = [quarter - round(4 * row["years"]) for row in rows]
        people.arrived_q[:] = people.resident_q[:] = [quarter - round(4 * row["residence"]) for row in rows]
        people.lease_end_q[:] = 32767
        for k, row in enumerate(rows):
            works = row["state"] == "employed"
            people.firm[k] = self.find_firm(f"{row['city']} {row['works']}") if works else types.NO_FIRM
            people.wage[k] = row.get("wage", 10000 if works else 0)
            if row["waits_q"] is not None:
                people.queue_q[k] = quarter - row["waits_q"]
            if row["lease_q"] is not None:
                people.scheme[k], people.lease_start_q[k] = 0, quarter - row["lease_q"]
                people.lease_end_q[k] = quarter - row["lease_q"] + 8
        model.columns = columns
        model.firms.headcount = np.bincount(people.firm[people.firm >= 0], minlength=len(model.firms)).astype(np.int64)
        model.firms.number = (model.firms.headcount > 0).astype(np.int64)

    def find_firm(self, name):
        """Row of the firms of `city size ownership industry`."""
        place, size, owner, industry = name.split()
        cells = (self.model.world.places, types.INDUSTRY, types.FIRM_SIZE, types.OWNERSHIP)
        codes = (axis.index(part) for axis, part in zip(cells, (place, industry, size, owner), strict=True))
        wanted = np.ones(len(self.model.firms), bool)
        for column, code in zip(self.model.firms.cells, codes, strict=True):
            wanted &= column == code
        return int(np.flatnonzero(wanted)[0])

    def _pass_a_quarter(self):
        """All that books money or gives places, in the order of the quarter."""
        model = self.model
        policies_act(model)
        institutions_teach(model)
        do_internships(model, slice(0, 10))
        model.searchers = np.flatnonzero([row["hired"] for row in self.rows]).astype(np.uint32)
        model.matched = np.zeros(len(model.searchers), np.int32)
        _pay_for_hires(model)
        self.points = _score_points(model, np.arange(10), model.columns.people.education.astype(float))
        housing_clears(model)
        hukou_allocates(model)
        give_school_places(model)
        book_grants(model, GRANT_TRAINED, count_trained(model))
        founded = np.zeros(len(model.firms), np.int64)
        for name, number in self.case.get("founded", {}).items():
            founded[self.find_firm(name)] = number
        book_grants(model, GRANT_ENTRANT, founded)

    def measure(self, name):
        """(person,) values of one measure; those that ask for an employer mean nothing for who has none."""
        return np.asarray(MEASURES[name](self), float)

    def gained(self, name):
        return getattr(self.model.columns.people, name).astype(float) - getattr(self.before, name)

    def of_city(self, values):
        return values[self.before.city]

    def of_school(self, table):
        return table[self.before.study, self.before.institution]

    def of_firm(self, values):
        return values[self.before.firm]

    def of_cell(self, values):
        firms = self.model.firms
        return values[firms.place[self.before.firm], firms.industry[self.before.firm]]

    def paid(self):
        """CNY under the policy: a month where it is paid monthly, in the quarter elsewhere."""
        received = self.model.trace.finish(self.model).received
        cny = np.zeros(11)
        np.add.at(cny, received["uid"].astype(int), received["fen"] / 100)
        return cny[1:] / self.months()

    def months(self):
        """Payments in a quarter: 3 where money is paid monthly."""
        return 3 if any(entry.once_months == 0 for entry in self.model.levers.transfers) else 1

    def registers(self):
        now = self.model.columns.people.hukou == self.before.city
        return now & (self.before.hukou != self.before.city)

    def renewal(self):
        """Hazard per quarter that the curriculum of the school is brought to the frontier."""
        model, hazard = self.model, np.zeros((2, len(types.INSTITUTION)))
        for school in model.institutions:
            at = school.place, school.kind
            hazard[at] = school.update_hazard(model.levers.lag_factor[at], model.params.skills)
        return self.of_school(hazard)

    def seats(self):
        """Seats of the own level and field in the place of study, relative to the world file, of who enrols now."""
        people, rule, year = self.before, self.model.params.institutions, self.model.quarter.year
        level = zip(people.study, people.education, people.field, strict=True)
        return [
            seats_at_enrolment(self.model, year + getattr(rule, COURSE_YEARS[own]))[study, own, field]
            for study, own, field in level
        ]

    def market_jobs(self, levers):
        return self.model.demand.market_jobs(self.model.quarter_number, levers)

    def jobs(self):
        """Jobs that the policy adds in the city and industry of the employer."""
        model = self.model
        added = self.market_jobs(model.levers) - self.market_jobs(Levers.neutral(model.world))
        return self.of_firm(np.bincount(model.firms.market, weights=added)[model.firms.market])

    def demand(self):
        """Jobs of the employer relative to those without the policy."""
        return self.of_firm(self.market_jobs(self.model.levers) / self.market_jobs(Levers.neutral(self.model.world)))

    def ai(self):
        """Share of AI positions at the own level with the employer, relative to that without the policy."""
        model = self.model
        chance = model.demand.ai_probability(model.quarter_number, model.levers.ai_demand_factor)
        return (chance / model.demand.ai_probability(model.quarter_number))[self.before.firm, self.before.education]

    def asked(self):
        """Share of the positions in the city and industry of the employer that ask for the own level."""
        cumulative = self.of_cell(self.model.demand.level_cumulative(self.model.levers.level_weight_add))
        return np.diff(cumulative, prepend=0, axis=1)[np.arange(10), self.before.education]

    def output(self):
        """Output a head of the employer that the policy adds."""
        demand, levers = self.model.demand, self.model.levers
        return self.of_firm(demand.productivity(levers) / demand.productivity(Levers.neutral(self.model.world)) - 1)

    def hears(self):
        """Hazard per quarter of hearing of a policy beside communication and peers."""
        levers, rule = self.model.levers, self.model.params.awareness
        return self.of_city(rule.platform_rate * levers.platform_reach + levers.hearing_add)

    def years_there(self):
        """Years of residence that count after a move to the other city."""
        now, records = self.model.quarter_number, self.model.places.records
        pairs = zip(self.before.city.tolist(), self.before.resident_q.tolist(), strict=True)
        return [
            (now - count_residence_from(records[1 - city], city, 1 - city, since, now)) / 4 for city, since in pairs
        ]


MEASURES = {
    "paid": Town.paid,
    "pays": lambda town: town.model.columns.people.rent,
    "unit": lambda town: town.model.columns.people.housing == types.SUBSIDISED,
    "served": lambda town: town.gained("received"),
    "on_course": lambda town: town.model.columns.people.course == 0,
    "certified": lambda town: town.gained("certificate"),
    "experience_q": lambda town: town.gained("experience_q"),
    "practised": lambda town: town.gained("practice"),
    "registers": Town.registers,
    "points": lambda town: town.points,
    "chance": lambda town: town.model.places.hukou_chance[town.before.city, town.before.education],
    "years_there": Town.years_there,
    "move": lambda town: town.model.places.move_extra[town.before.city, 1 - town.before.city],
    "amenity": lambda town: town.of_city(town.model.places.records["amenity"] - town.model.world.amenity),
    "sees": lambda town: town.of_city(town.model.places.records["sample_factor"]),
    "hears": Town.hears,
    "seats": Town.seats,
    "renewal": Town.renewal,
    "practice": lambda town: town.of_school(town.model.schooling.practice),
    "cooperation": lambda town: town.of_school(town.model.schooling.cooperation),
    "teachers": lambda town: town.of_school(town.model.schooling.teachers),
    "noise": lambda town: town.of_firm(town.model.firms_table.noise),
    "degree": lambda town: town.of_firm(town.model.firms_table.degree),
    "recognition": lambda town: town.of_firm(town.model.firms_table.recognition),
    "training": lambda town: town.of_firm(town.model.firms_table.training),
    "link": lambda town: town.of_firm(town.model.firms_table.pay_link),
    "founding": lambda town: town.of_firm(town.model.levers.entry_factor[town.model.firms.cells]),
    "output": Town.output,
    "jobs": Town.jobs,
    "demand": Town.demand,
    "asked": Town.asked,
    "ai": Town.ai,
    "price": lambda town: town.of_cell(town.model.levers.ai_price_factor),
}
"""Name in the case files -> what each person gets, has then, or meets."""


@pytest.fixture
def make_town():
    made = []

    def make(kind, **change):
        made.append(Town(CASES[kind], **change))
        return made[-1]

    yield make
    for town in made:
        town.close()


def test_every_kind_has_its_ten_people_and_no_file_is_left_over():
    assert {path.stem for path in PEOPLE.glob("*.yaml")} == POLICY_KINDS.keys()
    for kind, case in CASES.items():
        assert case["policy"]["kind"] == kind
        assert len(case["people"]) == 10
        said = [person.keys() & MEASURES.keys() for person in case["people"]]
        assert said[0]
        assert all(names == said[0] for names in said), kind
        assert all(person.keys() <= PERSON.keys() | MEASURES.keys() | {"wage"} for person in case["people"])
        assert case["payer"] in {"city", "national", "association", "employers"}


def check_people(case, town):
    """Each measure that the file names has the value computed for each person."""
    for name in case["people"][0].keys() & MEASURES.keys():
        wanted = np.array([np.nan if person[name] is None else person[name] for person in case["people"]])
        known, found = ~np.isnan(wanted), town.measure(name)
        assert found[known] == pytest.approx(wanted[known], rel=2e-5, abs=0.005 if name == "paid" else 5e-7), name


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_ten_people_get_and_cost_what_was_computed_by_hand(kind, make_town):
    case, town = CASES[kind], make_town(kind)
    check_people(case, town)
    ledger = town.model.ledger
    wanted = [case["booked"].get(place, 0) for place in town.model.world.places]
    assert ledger.fen[0].tolist() == [round(100 * cny) for cny in wanted]
    assert int(ledger.persons.sum()) == case["persons"]
    spent = [government.settle(ledger) for government in town.model.governments]
    assert spent == {"city": [0, *wanted], "national": [sum(wanted), 0, 0]}.get(case["payer"], [0, 0, 0])
    if "paid" in case["people"][0]:  # what people got and what is booked is one sum
        assert town.paid().sum() * town.months() == pytest.approx(sum(wanted), abs=0.05)


PAYS_WITHIN = [kind for kind, spec in POLICY_KINDS.items() if "budget_cny" not in spec.unused and CASES[kind]["booked"]]


@pytest.mark.parametrize("kind", PAYS_WITHIN)
def test_half_of_the_money_is_met_and_not_exceeded(kind, make_town):
    """What is left is less than one more payment; costs that can be met in part leave no more than a rounding.

    Units are let only as far as money reaches over the term of a lease, so that more is left of theirs.
    """
    case, spec = CASES[kind], POLICY_KINDS[kind]
    budget = round(sum(case["booked"].values()) / 2, 2)
    town = make_town(kind, budget_cny=budget)
    left = town.model.ledger.remaining_cny(0, budget)
    assert 0 <= left <= budget
    if "units" not in spec.model_fields:
        assert left < budget
        dearest = max(person.get("paid", 0) for person in case["people"]) * town.months()
        assert left < max(dearest, 0.02)
    assert find_ended(town.model) == ({0} if spec.ends_with_budget and left == 0 else set())
