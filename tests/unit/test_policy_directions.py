"""More of a policy moves its outcome the right way, for every kind, in the toy world.

Runs that differ in the size of one policy share all draws, so that their difference is that of the policy alone.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.policies import POLICY_KINDS
from sim.types import EDUCATION, EMPLOYED, FAMILY, Quarter

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
    world: dict = dataclasses.field(default_factory=dict)
    quarters: int = QUARTERS
    scale: int = 1000


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


def newcomers(model, _):
    """People who came to alpha less those who left it."""
    flows = model.tables()["flows"]
    flows = flows[flows["from_city"] != flows["to_city"]]
    return flows["persons"].sum() - 2 * flows.loc[flows["from_city"] == "alpha", "persons"].sum()


def rent_of_small_units(model, _):
    return model.places.records["rent_whole"][ALPHA]


def rent_paid(model, _):
    """Mean rent of who does not live with family in alpha."""
    people = model.columns.people
    return people.rent[(people.city == ALPHA) & (people.state == EMPLOYED) & (people.housing != FAMILY)].mean()


def owners(model, _):
    """People from elsewhere with a home of their own in alpha."""
    people = model.columns.people
    return np.count_nonzero((people.housing == FAMILY) & (people.city == ALPHA) & (people.home != ALPHA))


def settled(model, _):
    """People from elsewhere with the hukou of alpha."""
    people = model.columns.people
    return np.count_nonzero((people.hukou == ALPHA) & (people.home != ALPHA))


def level_of_settled(model, _):
    """Mean level of education of those with the hukou of alpha who came from elsewhere."""
    people = model.columns.people
    return people.education[(people.hukou == ALPHA) & (people.home != ALPHA)].mean()


def settled_movers(model, _):
    """People from elsewhere who came within two years and hold the hukou."""
    people = model.columns.people
    recent = people.arrived_q > model.quarter_number - 8
    return np.count_nonzero(recent & (people.hukou == people.city) & (people.home != people.city))


def family_leavers(model, _):
    flows = model.tables()["flows"]
    return flows.loc[(flows["from_city"] == "alpha") & (flows["reason"] == "leave_family"), "persons"].sum()


def moves(model, _):
    flows = model.tables()["flows"]
    return flows.loc[flows["from_city"] != flows["to_city"], "persons"].sum()


def hires(model, log):
    return sum(step["hires_in_alpha"] for step in log)


def ai_jobs(model, _):
    people = model.columns.people
    return np.count_nonzero((people.state == EMPLOYED) & (people.cell % 2 == 1) & (people.city == ALPHA))


def graduates_of_2022(model, _):
    people = model.columns.people
    new = people.cohort_q == Quarter.parse("2022Q2").number
    return np.count_nonzero(new & (people.study == ALPHA) & (people.education == EDUCATION.index("below_bachelor")))


def technical_in_alpha(model, _):
    people = model.columns.people
    return people.technical[people.city == ALPHA].mean()


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
    """Applications of each who searches: who has found a job by seeing more does not search again."""
    return sum(step["applications"] for step in log) / sum(step["searchers"] for step in log)


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
KNOWN = {"awareness": 1, "take_up": 1}
NO_OTHER_ROUTE = {
    "points_quota": np.zeros(2), "employer_quota": np.zeros(2), "central_quota": np.zeros(2),
    "direct_level": np.full(2, 4.0), "open_quarters": np.full(2, np.inf),
}  # fmt: skip
"""Nobody registers but by the policy."""
BY_POINTS = {**NO_OTHER_ROUTE, "points_quota": np.full(2, 6000.0)}
MANY_PLACES = {**NO_OTHER_ROUTE, "points_quota": np.full(2, 1e6)}
AT_ONCE = ("params.hukou.points_tenure=0",)
NO_TIES = ("params.search.b_move=0", "params.search.b_here=0", "params.search.b_home=0")
EASY_MOVES = (*NO_TIES, "params.hukou.points_tenure=8")
CASES = {
    "living_subsidy": Case(
        policy={"city": "alpha", **KNOWN},
        size="amount_cny_m",
        sizes=(0, 3000, 10_000),
        outcome=newcomers,
        options=NO_TIES,
    ),
    "rent_subsidy": Case(
        policy={"city": "alpha", **KNOWN}, size="rent_share", sizes=(0, 0.3, 0.9), outcome=rent_of_small_units
    ),
    "tax_refund": Case(
        policy={"city": "alpha", **KNOWN},
        size="refund_share",
        sizes=(0, 0.5, 1),
        outcome=newcomers,
        options=(*NO_TIES, "params.search.b_wage=10"),
        world={"wage_education_cny_m": 4 * toy_scenario().world.wage_education_cny_m},  # else there is little to refund
        scale=200,
    ),
    "award": Case(
        policy={"city": "alpha", **KNOWN}, size="amount_cny", sizes=(0, 3e5, 1.5e6), outcome=newcomers, options=NO_TIES
    ),
    "talent_housing": Case(
        policy={"city": "alpha", **KNOWN}, size="units", sizes=(0, 20_000, 100_000), outcome=rent_paid, falls=True
    ),
    "settling_support": Case(
        policy={"city": "alpha", **KNOWN}, size="units", sizes=(0, 20_000, 100_000), outcome=rent_paid, falls=True
    ),
    "purchase_subsidy": Case(policy={"city": "alpha", **KNOWN}, size="amount_cny", sizes=(0, 6e5, 6e6), outcome=owners),
    "hukou_quota": Case(
        policy={"city": "alpha", **KNOWN},
        size="places_per_year",
        sizes=(0, 5000, 20_000),
        outcome=settled,
        world=NO_OTHER_ROUTE,
    ),
    "hukou_relaxation": Case(
        policy={"city": "alpha"}, size="levels", sizes=(0, 2, 3), outcome=settled, world=NO_OTHER_ROUTE
    ),
    "hukou_points": Case(
        policy={"city": "alpha"},
        size="education_add",
        sizes=(0, 10, 80),
        outcome=level_of_settled,
        world=BY_POINTS,
        options=AT_ONCE,
    ),
    "school_places": Case(
        policy={"city": "alpha", **KNOWN},
        size="places_per_year",
        sizes=(0, 10_000, 1e6),
        outcome=family_leavers,
        falls=True,
        world=NO_OTHER_ROUTE,
        options=("params.mobility.schooling=3", "params.mobility.peak_family=0.05"),
    ),
    "regional_cooperation": Case(
        policy={"city": "all"},
        size="counted_share",
        sizes=(0, 0.5, 1),
        outcome=settled_movers,
        world=MANY_PLACES,
        options=EASY_MOVES,
        quarters=16,
    ),
    "migration_barrier": Case(policy={"between": "places"}, size="cost", sizes=(0, 1, 4), outcome=moves, falls=True),
    "transport_improvement": Case(
        policy={"city": "all"},
        size="distance_factor",
        sizes=(1, 0.5, 0.1),
        outcome=moves,
        options=("params.search.b_move=4",),
    ),
    "hiring_subsidy": Case(
        policy={"city": "alpha", "firm_awareness": 1}, size="cny_per_hire", sizes=(0, 20_000, 80_000), outcome=hires
    ),
    "ai_demand_shock": Case(policy={"city": "alpha"}, size="ai_factor", sizes=(1, 3, 8), outcome=ai_jobs),
    "ai_demand_shock: labour": Case(
        policy={"kind": "ai_demand_shock", "city": "alpha"},
        size="labour_factor",
        sizes=(1, 1.3, 1.8),
        outcome=staff(place=ALPHA),
    ),
    "enrolment_change": Case(
        policy={"city": "alpha"}, size="factor", sizes=(1, 1.2, 2), outcome=graduates_of_2022, quarters=14
    ),
    "curriculum_reform": Case(
        policy={"city": "alpha"}, size="lag_factor", sizes=(1, 0.5, 0.1), outcome=graduates("technical")
    ),
    "curriculum_reform: practice": Case(
        policy={"kind": "curriculum_reform", "city": "alpha"},
        size="practice_add",
        sizes=(0, 0.2, 0.5),
        outcome=graduates("practice"),
    ),
    "integrated_training": Case(
        policy={"city": "alpha", **KNOWN}, size="seats_per_year", sizes=(0, 20_000, 100_000), outcome=technical_in_alpha
    ),
    "association_platform": Case(
        policy={"city": "all", "sample_factor": 3}, size="coverage", sizes=(0, 0.4, 1), outcome=seen
    ),
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
                "searchers": len(model.searchers),
                "skill": sum(weights[k] * getattr(people, name)[hired].sum() for k, name in enumerate(names)),
                "hires": len(hired),
                "hires_in_alpha": np.count_nonzero(people.city[hired] == ALPHA),
                "certified": people.certificate[hired].sum(),
                "phd": lines["capacity"][lines["cell"] // 12 == PHD].sum(),
            }
        )

    scenario = toy_scenario(
        *case.options,
        policies=(*case.beside, policy),
        scale=case.scale,
        quarters=case.quarters,
        world=case.world,
    )
    model = run_toy(scenario, on_step=note)
    return case.outcome(model, log)


def test_every_kind_has_its_direction():
    assert {name.split(":")[0] for name in CASES} == POLICY_KINDS.keys()


@pytest.mark.parametrize("name", CASES)
def test_more_of_it_moves_its_outcome(name):
    case = CASES[name]
    none, some, much = (measure(case, name.split(":")[0], size) for size in case.sizes)
    assert (none > some > much) if case.falls else (none < some < much)
