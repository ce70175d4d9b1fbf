"""A policy of each kind that does something in the toy world, and where its money is booked."""

from sim.audit import COSTS, COURSES, FOUNDED, HIRES, HOMES, INTERNS, SCHOOLS, TRAINED

FROM, TO = "2019Q2", "2020Q4"
POLICIES = {
    "living_subsidy": {"city": "alpha", "amount_cny_m": 1500, "budget_cny": 300_000_000},
    "rent_subsidy": {"city": "east", "rent_share": 0.5, "cap_cny_m": 800, "eligible": {"home": "elsewhere"}},
    "talent_housing": {"city": "all", "units": 40_000, "units_per_quarter": 15_000, "term_years": 1, "queue": "points"},
    "settling_support": {"city": "beta", "units": 25_000, "queue": "first_come", "budget_cny": 200_000_000},
    "hukou_quota": {"city": "alpha", "places_per_year": 20_000, "channel": "employer", "awareness": 0.9},
    "hukou_relaxation": {"city": "alpha", "levels": 2, "points_years_cut": 3, "open_after_years": 2},
    "tax_refund": {"city": "all", "refund_share": 0.5, "budget_cny": 1e8, "when_spent": "stop", "quota": 90_000},
    "award": {
        "city": "alpha", "amount_cny": {"master": 5e4, "phd": 1e5}, "budget_cny": 3e9, "quota": 25_000,
        "when_spent": "queue", "eligible": {"years_of_residence": {"min": 0.5}, "housing": "not_subsidised"},
    },
    "purchase_subsidy": {
        "city": "all", "price_share": 0.1, "quota": 10_000, "budget_cny": 2e10, "when_spent": "points",
        "eligible": {"not_received": ["award"]},
    },
    "hukou_points": {"city": "beta", "points": 30, "education_add": 4, "eligible": {"certificate": "with"}},
    "school_places": {"city": "all", "places_per_year": 9000, "cost_cny_per_place": 20_000, "budget_cny": 3e8},
    "regional_cooperation": {"city": "all", "counted_share": 0.5},
    "migration_barrier": {"cost": 1, "between": "places"},
    "transport_improvement": {"city": "all", "distance_factor": 0.5, "commute_factor": 0.7, "cost_cny_per_year": 1e8},
    "hiring_subsidy": {"city": "alpha", "cny_per_hire": 30_000, "budget_cny": 1_000_000_000},
    "ai_demand_shock": {"ai_factor": 4, "labour_factor": 0.7, "ramp_quarters": 3},
    "enrolment_change": {"city": "alpha", "factor": 1.5, "levels": ["master"], "cost_cny_per_seat": 40_000},
    "curriculum_reform": {"city": "all", "lag_factor": 0.5, "practice_add": 0.2, "cost_cny_per_year": 1_000_000},
    "association_platform": {"city": "beta", "coverage": 0.8},
    "dual_teachers": {"city": "all", "share_add": 0.3, "budget_cny": 30_000_000},
    "internship": {"city": "all", "share": 0.5, "budget_cny": 200_000_000},
    "cooperation_deepening": {"city": "alpha", "share": 0.8},
    "certification": {"city": "all", "seats_per_year": 50_000, "recognition": 2, "budget_cny": 12_000_000},
    "training_subsidy": {"city": "alpha", "trained_add": 1, "budget_cny": 300_000_000},
    "firm_attraction": {"city": "alpha", "jobs": 60_000, "displacement": 1, "budget_cny": 4_000_000_000},
    "startup_space": {"city": "beta", "entry_factor": 5, "budget_cny": 40_000_000},
    "talent_pool": {"city": "beta", "coverage": 0.9, "budget_cny": 100_000_000},
    "pay_link": {"city": "all", "at_least": 0.9},
    "flexible_talent": {"city": "beta", "experts": 3000, "budget_cny": 200_000_000},
    "job_fairs": {"city": "alpha", "coverage": 0.9, "sample_factor": 3, "in_quarters": [2, 4]},
    "information_platform": {"city": "all", "coverage": 0.7},
    "evaluation_reform": {"city": "alpha", "coverage": 0.8, "degree_factor": 0},
    "application_scenarios": {"city": "beta", "orders_cny_per_year": 2e10, "firms_share": 0.5, "budget_cny": 2e9},
    "research_funding": {"city": "alpha", "positions": 20_000, "budget_cny": 3_000_000_000},
    "ai_price_fall": {"price_factor": 0.1, "ramp_quarters": 4},
    "demand_recession": {"city": "alpha", "depth": 0.6},
    "integrated_training": {"city": "all", "seats_per_year": 30_000, "cost_cny_per_person": 9000, "budget_cny": 2e8},
}  # fmt: skip
MONTHLY = "the ledger is the sum of transfers"
MONEY = {
    **dict.fromkeys(("living_subsidy", "rent_subsidy", "tax_refund"), MONTHLY),
    **dict.fromkeys(("talent_housing", "settling_support", "purchase_subsidy"), HOMES),
    **dict.fromkeys(("integrated_training", "certification", "enrolment_change"), COURSES),
    "award": COSTS, "hiring_subsidy": HIRES, "internship": INTERNS, "school_places": SCHOOLS,
    "training_subsidy": TRAINED, "startup_space": FOUNDED,
    **dict.fromkeys(
        (
            "transport_improvement", "curriculum_reform", "dual_teachers", "cooperation_deepening",
            "firm_attraction", "talent_pool", "pay_link", "flexible_talent", "job_fairs", "information_platform",
            "evaluation_reform", "application_scenarios", "research_funding",
        ),
        COSTS,
    ),
}  # fmt: skip
"""Kind that costs money -> the rule under which its money is counted a second time."""


def policies_of(*kinds):
    return [{"kind": kind, "from": FROM, "to": TO, **POLICIES[kind]} for kind in kinds]
