"""More of a policy for firms, matching, institutions or demand moves its outcome the right way, in the toy world.

Runs that differ in the size of one policy share all draws, so that their difference is that of the policy alone.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.types import EMPLOYED

ALPHA, BETA = 0, 1
COMPUTING = 0
PHD = 3
QUARTERS = 12


@dataclasses.dataclass(kw_only=True)
class Case:
    """A policy, the field that is its size, three sizes from none on, and what it should move."""

    policy: dict
    size: str
    sizes: tuple[float, float, float]
    outcome: Callable
    falls: bool = False
    beside: tuple[dict, ...] = ()
    options: tuple[str, ...] = ()


def staff(**where):
    """Staff of the firms named."""

    def measure(model, _):
        firms = model.firms
        chosen = np.ones(len(firms), bool)
        for name, code in where.items():
            chosen &= getattr(firms, name) == code
        return firms.headcount[chosen].sum()

    return measure


def graduates(name):
    """Mean of a column over the graduates of alpha after the first year."""

    def measure(model, _):
        people = model.columns.people
        return getattr(people, name)[(people.study == ALPHA) & (people.cohort_q >= 81)].astype(float).mean()

    return measure


def small_firms(model, _):
    firms = model.firms
    return firms.number[(firms.place == BETA) & (firms.size == 0)].sum()


def certificates(model, _):
    return model.columns.people.certificate[model.columns.people.city == ALPHA].sum()


def technical_of_staff(model, _):
    people = model.columns.people
    return people.technical[(people.state == EMPLOYED) & (people.city == BETA)].mean()


def quits(model, log):
    return sum(step["quits"] for step in log)


def seen(model, log):
    return sum(step["applications"] for step in log)


def skill_hired(model, log):
    return sum(step["skill"] for step in log) / sum(step["hires"] for step in log)


def certified_hired(model, log):
    return sum(step["certified"] for step in log)


def aware(model, _):
    people = model.columns.people
    return (people.aware[people.city == BETA] & 1).mean()


def adoption(model, _):
    return np.average(model.firms.adoption, weights=model.firms.jobs_start)


def adoption_in_alpha(model, _):
    return model.firms.adoption[model.firms.place == ALPHA].mean()


def doctors_asked(model, log):
    return sum(step["phd"] for step in log)


SUBSIDY = {"kind": "living_subsidy", "city": "beta", "from": "2019Q1", "amount_cny_m": 10, "awareness": 0.1}
CROWDED = {"kind": "demand_recession", "from": "2019Q1", "depth": 0.3}
"""Few jobs, so that firms can choose."""
CASES = {
    "firm_attraction": Case(
        policy={"city": "alpha", "ramp_quarters": 4},
        size="jobs",
        sizes=(0, 40_000, 120_000),
        outcome=staff(place=ALPHA),
    ),
    "firm_attraction: displacement": Case(
        policy={"kind": "firm_attraction", "city": "alpha", "jobs": 120_000, "ramp_quarters": 4},
        size="displacement",
        sizes=(0, 0.5, 1),
        outcome=staff(place=BETA),
        falls=True,
    ),
    "startup_space": Case(policy={"city": "beta"}, size="entry_factor", sizes=(1, 2, 5), outcome=small_firms),
    "dual_teachers": Case(
        policy={"city": "alpha", "ramp_quarters": 1},
        size="share_add",
        sizes=(0, 0.2, 0.6),
        outcome=graduates("practice"),
    ),
    "internship": Case(policy={"city": "alpha"}, size="share", sizes=(0, 0.3, 1), outcome=graduates("practice")),
    "internship: qualified": Case(
        policy={"kind": "internship", "city": "alpha"}, size="share", sizes=(0, 0.3, 1), outcome=graduates("qualified")
    ),
    "cooperation_deepening": Case(
        policy={"city": "alpha", "towards": "joint_lab", "ramp_quarters": 1},
        size="share",
        sizes=(0, 0.3, 1),
        outcome=graduates("practice"),
    ),
    "certification": Case(
        policy={"city": "alpha"}, size="seats_per_year", sizes=(0, 20_000, 80_000), outcome=certificates
    ),
    "certification: recognition": Case(
        policy={"kind": "certification", "city": "all"},
        size="recognition",
        sizes=(1, 3, 10),
        outcome=certified_hired,
        options=("params.skills.certificate_hazard=0.05",),
        beside=(CROWDED,),
    ),
    "training_subsidy": Case(
        policy={"city": "beta"}, size="trained_add", sizes=(0, 0.5, 2), outcome=technical_of_staff
    ),
    "talent_pool": Case(
        policy={"city": "beta", "output_gain": 0.4},
        size="coverage",
        sizes=(0, 0.4, 1),
        outcome=staff(place=BETA, size=0),
    ),
    "pay_link": Case(policy={"city": "all"}, size="at_least", sizes=(0, 0.7, 1), outcome=quits, falls=True),
    "flexible_talent": Case(
        policy={"city": "alpha", "output_gain": 0.3},
        size="experts",
        sizes=(0, 4000, 12_000),
        outcome=staff(place=ALPHA),
    ),
    "job_fairs": Case(policy={"city": "all", "sample_factor": 3}, size="coverage", sizes=(0, 0.4, 1), outcome=seen),
    "information_platform": Case(
        policy={"city": "beta"}, size="coverage", sizes=(0, 0.4, 1), outcome=aware, beside=(SUBSIDY,)
    ),
    "evaluation_reform": Case(
        policy={"city": "all", "noise_factor": 0},
        size="coverage",
        sizes=(0, 0.5, 1),
        outcome=skill_hired,
        beside=(CROWDED,),
    ),
    "application_scenarios": Case(
        policy={"city": "alpha"},
        size="orders_cny_per_year",
        sizes=(0, 6e9, 3e10),
        outcome=staff(place=ALPHA, industry=COMPUTING),
    ),
    "application_scenarios: adoption": Case(
        policy={"kind": "application_scenarios", "city": "alpha", "orders_cny_per_year": 1e9, "price_factor": 0.1},
        size="firms_share",
        sizes=(0, 0.5, 1),
        outcome=adoption_in_alpha,
    ),
    "research_funding": Case(
        policy={"city": "alpha", "levels": ["phd"]}, size="positions", sizes=(0, 10_000, 40_000), outcome=doctors_asked
    ),
    "ai_price_fall": Case(policy={}, size="price_factor", sizes=(1, 0.5, 0.1), outcome=adoption),
    "demand_recession": Case(
        policy={"city": "alpha"}, size="depth", sizes=(0, 0.2, 0.5), outcome=staff(place=ALPHA), falls=True
    ),
}


def measure(case, kind, size):
    policy = {"kind": kind, "from": "2019Q2", **case.policy, case.size: size}
    log = []

    def note(model):
        people, hired = model.columns.people, model.searchers[model.matched >= 0].astype(np.int64)
        weights = model.mean_skill_weight[0]
        names = ("knowledge", "technical", "practice", "soft")
        lines = model.positions.lines
        log.append(
            {
                "quits": model.firms.quits.sum(),
                "applications": (model.applications >= 0).sum(),
                "skill": sum(weights[k] * getattr(people, name)[hired].sum() for k, name in enumerate(names)),
                "hires": len(hired),
                "certified": people.certificate[hired].sum(),
                "phd": lines["capacity"][lines["cell"] // 12 == PHD].sum(),
            }
        )

    scenario = toy_scenario(*case.options, policies=(*case.beside, policy), scale=1000, quarters=QUARTERS)
    model = run_toy(scenario, on_step=note)
    return case.outcome(model, log)


@pytest.mark.parametrize("name", CASES)
def test_more_of_it_moves_its_outcome(name):
    case = CASES[name]
    none, some, much = (measure(case, name.split(":")[0], size) for size in case.sizes)
    assert (none > some > much) if case.falls else (none < some < much)
