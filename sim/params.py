"""Parameters of the rules: one frozen group per mechanism, one line of meaning, unit, range and source each.

Values of the world (places, industries, institutions) are not here but in the world files. Every value below is an
assumption unless its source names evidence; calibration replaces assumptions by fitted values.
"""

from __future__ import annotations

import collections
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field


def rule(default: float, unit: str, low: float, high: float, meaning: str, source: str) -> Any:
    """Declare one parameter: value, unit, admissible range, meaning and source."""
    return Field(
        default=default,
        ge=low,
        le=high,
        description=meaning,
        json_schema_extra={"unit": unit, "low": low, "high": high, "source": source},
    )


class Group(BaseModel):
    """A frozen group of parameters of one mechanism."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CohortParams(Group):
    """Choice at graduation: further study, slow employment or search."""

    spin_up_quarters: int = rule(
        8,
        "quarters",
        0,
        24,
        "simulated before the start and not reported",
        "assumption: until people placed by lot have sorted themselves",
    )
    home_decay: float = rule(
        0.6, "1/1000 km", 0, 5, "fall of the origin of students with distance", "assumption: gravity"
    )
    initial_here: float = rule(2.2, "logit", 0, 8, "initial stock: living in the study city", "assumption: digest 003b")
    initial_jobless_fade: float = rule(
        0.5, "1/year", 0, 3, "fall with experience of being without a job at the start", "assumption: mostly the newest"
    )
    initial_home: float = rule(1.6, "logit", 0, 8, "initial stock: living in the home place", "assumption: home ties")
    retirement_rate: float = rule(
        0.025,
        "1/year",
        0,
        0.1,
        "retirement of the older talent and workers whom the model does not hold as persons",
        "assumption: ages from 30 to 60 evenly filled would give 3.3 %, two in seven above 40 (003-4854-01) 2 %",
    )
    study_base: float = rule(
        -1.55, "logit", -6, 3, "further study against search, bachelor", "assumption: about a sixth goes on studying"
    )
    study_vocational: float = rule(
        -0.6, "logit", -6, 3, "added for below bachelor", "assumption: upgrading to a bachelor course is rarer"
    )
    study_postgraduate: float = rule(-1.3, "logit", -6, 3, "added for masters", "assumption: doctoral places are few")
    study_premium: float = rule(
        1.0, "logit", 0, 5, "per log pay gap to the next level above its start", "assumption: digest 001 mechanism 8"
    )
    preparing_base: float = rule(
        -2.6, "logit", -6, 3, "slow employment against search", "assumption: a minority prepares for examinations"
    )
    preparing_slack: float = rule(
        1.5,
        "logit",
        0,
        10,
        "added per unit of unemployment rate of the study city",
        "assumption: slack markets discourage",
    )
    preparing_exit: float = rule(
        0.35, "1/quarter", 0.01, 1, "hazard of ending slow employment", "assumption: examinations once or twice a year"
    )


class SearchParams(Group):
    """Information friction and the choice among positions."""

    n_sampled: int = rule(14, "positions", 1, 60, "positions seen in a quarter (K)", "assumption: a few job boards")
    n_applications: int = rule(3, "positions", 1, 5, "applications sent (A)", "assumption: time limits applications")
    employed_share: float = rule(
        0.03, "share/quarter", 0, 1, "employed people who search", "assumption: on-the-job search is a minority"
    )
    see_here: float = rule(
        11.0, "factor", 0, 1000, "visibility of openings where one lives relative to the rest", "assumption: local news"
    )
    see_home: float = rule(
        30.0, "factor", 0, 1000, "visibility of openings at home relative to the rest", "assumption: family networks"
    )
    see_study: float = rule(
        2.0, "factor", 0, 1000, "visibility of openings in the study city relative to the rest", "assumption: alumni"
    )
    own_level: float = rule(
        0.72, "share", 0, 1, "sampled positions that ask the person's own level", "assumption: search is directed"
    )
    b_wage: float = rule(1.2, "utility", 0, 10, "weight of log disposable income", "assumption: logit of pay offers")
    b_career: float = rule(
        0.6, "utility", 0, 10, "weight of career prospects", "assumption: evidence 003-4402 direction"
    )
    b_hukou: float = rule(0.8, "utility", 0, 10, "weight of the chance of a local hukou", "assumption: digest 003a M11")
    b_amenity: float = rule(0.25, "utility", 0, 10, "weight of city amenities", "assumption: smaller than pay")
    amenity_commute: float = rule(
        0.6,
        "index/hour",
        0,
        10,
        "amenity of a commute shorter by an hour each way",
        "assumption: a quarter of the working time at half of the pay, in units of amenity",
    )
    b_home: float = rule(1.0, "utility", 0, 10, "being at home", "assumption: home ties")
    b_here: float = rule(
        6.0, "utility", 0, 10, "living where one has settled, reached over the settling time", "assumption: roots grow"
    )
    settle_quarters: int = rule(
        20, "quarters", 1, 80, "time from arrival or graduation to settle", "assumption: five years"
    )
    b_move: float = rule(0.6, "utility/1000 km", 0, 5, "distance", "assumption: travel and family visits")
    b_relocate: float = rule(
        0.5, "utility", 0, 10, "moving house within an area", "assumption: less than a move between cities"
    )
    b_commute: float = rule(
        0.012,
        "utility/minute",
        0,
        1,
        "a minute of travel to work (one way) beyond the commute of who lives where they work",
        "assumption: an hour each way weighs as much as nearly half of disposable income",
    )
    career_ai: float = rule(0.35, "utility", 0, 5, "an AI position", "assumption: fast promotion")
    career_size: float = rule(0.10, "utility", 0, 5, "per class of firm size", "assumption: internal labour markets")
    career_growth: float = rule(
        2.0, "utility", 0, 20, "per unit of yearly industry growth", "assumption: promotion room"
    )
    career_place: float = rule(
        0.20, "utility", 0, 5, "per log size of the city's job market over the mean", "assumption: thick markets"
    )
    effort: float = rule(
        1.0, "share/quarter", 0, 1, "people without a job who search in a quarter", "assumption: all do"
    )
    taste_city: float = rule(0.5, "utility", 0, 5, "spread of lasting tastes for cities", "assumption: heterogeneity")
    taste_place: float = rule(
        0.3, "utility", 0, 5, "spread of lasting tastes for places within an area", "assumption: less than for cities"
    )
    taste_position: float = rule(
        0.6, "utility", 0.01, 5, "spread of the Gumbel taste for a position", "assumption: unobserved traits of jobs"
    )
    replacement: float = rule(
        0.55,
        "share",
        0.05,
        1,
        "reservation pay of a new searcher relative to own market pay",
        "assumption: family support",
    )
    replacement_decay: float = rule(
        0.10, "1/quarter", 0, 1, "fall of the reservation pay with the time searched", "assumption: savings run down"
    )
    job_move_gain: float = rule(
        0.5, "utility", 0, 5, "gain over the present job below which nobody applies", "assumption: cost of changing"
    )


class MatchingParams(Group):
    """How firms rank applicants."""

    rounds: int = rule(2, "rounds", 1, 4, "hiring rounds in a quarter", "assumption: who is rejected tries once more")
    later_sample: float = rule(
        0.5, "share", 0.05, 1, "positions seen in a later round relative to the first", "assumption: less time is left"
    )
    w_skill: float = rule(1.0, "score", 0, 5, "weight of skills in the industry's weights", "assumption: unit of score")
    w_level: float = rule(0.15, "score", -1, 5, "per level above the one asked", "assumption: degrees signal")
    w_experience: float = rule(
        0.12, "score/year", 0, 5, "lack of the experience asked", "assumption: evidence 001-0593"
    )
    w_certificate: float = rule(0.10, "score", 0, 5, "an industry certificate", "assumption: lowers doubt")
    w_cooperation: float = rule(
        0.10, "score", 0, 5, "institution that cooperates with firms", "assumption: knows graduates"
    )
    w_local: float = rule(0.0, "score", 0, 5, "applicant who lives in the city", "assumption: referral and interviews")
    noise: float = rule(0.25, "score", 0, 5, "spread of screening noise", "assumption: interviews are noisy")
    noise_certificate: float = rule(
        0.7, "factor", 0, 1, "noise left with a certificate", "assumption: certified skills"
    )
    bar: float = rule(
        0.38, "skill", 0, 2, "skill bar of a position that asks below bachelor", "assumption: level of skills"
    )
    bar_level: float = rule(0.075, "skill", 0, 1, "rise of the bar per level asked", "assumption: tasks grow harder")
    bar_ai: float = rule(0.05, "skill", 0, 1, "rise of the bar in AI positions", "assumption: AI tasks are harder")
    ai_gap: float = rule(
        0.2,
        "skill",
        0,
        1,
        "skill that graduates of other fields lack in AI positions",
        "assumption: knowledge of a field carries over in part (horizontal mismatch, Robst 2007)",
    )
    ai_gap_part: float = rule(
        0.5, "share", 0, 1, "of that, what engineers lack", "assumption: a neighbour, as in skills.field_part"
    )
    bar_spread: float = rule(
        0.05,
        "skill",
        0,
        0.5,
        "spread of the bar between firms, which lasts",
        "assumption: less than the spread of skills within a level, so that the weaker find some firm",
    )


class WageParams(Group):
    """Posted and paid wages."""

    real_growth: float = rule(0.03, "1/year", -0.1, 0.2, "trend of real pay, 2024 = 1", "assumption: with productivity")
    tightness_elasticity: float = rule(
        0.04, "elasticity", 0, 1, "posted pay to tightness of city and level", "assumption: wage curve of about -0.1"
    )
    unfilled_step: float = rule(
        0.02, "1/quarter", 0, 0.5, "rise of a firm's offers when nothing is filled", "assumption: slow adjustment"
    )
    premium_reversion: float = rule(0.05, "1/quarter", 0, 1, "return of offers to the market", "assumption: slow")
    firm_spread: float = rule(0.10, "log", 0, 1, "spread of firm pay premia", "assumption: below the AKM firm share")
    match_spread: float = rule(0.08, "log", 0, 1, "spread of match quality", "assumption: learned after hiring")
    experience_return: float = rule(0.035, "1/year", 0, 0.2, "pay growth in a job", "assumption: Mincer return")
    experience_fade: float = rule(0.08, "1/year", 0, 1, "decline of that growth with experience", "assumption: concave")


class SeparationParams(Group):
    """Quits and layoffs."""

    quit_base: float = rule(
        0.05, "1/quarter", 0, 0.5, "hazard at market pay without pay link", "assumption: yearly ~15 %"
    )
    quit_pay_link: float = rule(1.2, "log", 0, 10, "fall of quits with the pay link", "assumption: digest 000 M12")
    quit_wage: float = rule(1.0, "elasticity", 0, 10, "quits to pay below the market", "assumption: search models")
    quit_tenure: float = rule(
        0.8, "1/year", 0, 2, "fall of quits with tenure", "assumption: matches that last are good"
    )
    layoff_speed: float = rule(0.4, "1/quarter", 0, 1, "share of surplus staff laid off", "assumption: notice periods")
    layoff_slack: float = rule(0.03, "share", 0, 1, "surplus that is tolerated", "assumption: labour hoarding")


class FirmParams(Group):
    """Labour demand of firms."""

    vacancy_start: float = rule(
        0.04, "share", 0, 0.5, "jobs open at the start", "assumption: as in later years of a run"
    )
    gap_speed: float = rule(
        0.85, "1/quarter", 0.01, 1, "share of the gap posted", "assumption: hiring plans by quarter"
    )
    quit_lead: float = rule(
        1.0, "share", 0, 1, "expected quits that are posted ahead", "assumption: replacement hiring"
    )
    autumn: float = rule(
        0.0,
        "share",
        -0.1,
        0.5,
        "new postings of a year that move to the third quarter from where the season of the world has them",
        "assumption: the season of the world holds; recruitment for the graduates of the next year begins in September",
    )
    adoption_rate: float = rule(
        0.075,
        "1/quarter",
        0,
        1,
        "diffusion of AI among peers at the price of the start",
        "assumption: most firms use AI by 2026 (000-0397-01)",
    )
    adoption_start: float = rule(
        0.12, "share", 0.001, 1, "adoption at the start, private firm under 100", "assumption: 000-0618"
    )
    adoption_size: float = rule(
        0.5, "logit", 0, 3, "added to adoption per size class", "assumption: large firms adopt first"
    )
    adoption_lead: float = rule(
        0.3,
        "elasticity",
        0,
        3,
        "speed of the diffusion of AI to its uses in the industry",
        "assumption: what pays more spreads sooner (Griliches 1957, Mansfield 1961); less than in proportion",
    )
    adoption_local: float = rule(
        0.5, "share", 0, 1, "weight of peers in the same place among peers of the industry", "assumption: half is seen"
    )
    ai_price_fall: float = rule(
        0.3,
        "1/year",
        0,
        0.9,
        "fall of the price of AI",
        "assumption: half of the fall published for model calls in 2024 (000-0618-02)",
    )
    ai_price_elasticity: float = rule(
        0.2,
        "elasticity",
        0,
        3,
        "diffusion to a lower price of AI",
        "assumption: calls are a small part of the cost; 000-0620-01 and -02 would give more, on weak ground",
    )
    ai_productivity: float = rule(
        0.15, "factor", 0, 2, "gain of productivity when all firms use AI", "assumption: gains seen in single tasks"
    )
    skill_trend: float = rule(
        0.007, "1/year", -0.1, 0.1, "growth of skills that jobs of the world contain", "assumption: as in the baseline"
    )
    demand_elasticity: float = rule(
        0.3,
        "elasticity",
        -0.5,
        1,
        "desired headcount to productivity",
        "assumption: customers answer lower prices; below 0 the same output needs fewer people",
    )
    ai_limit: float = rule(0.9, "share", 0, 1, "AI share of any cell of postings at most", "assumption: not all")
    requirement_adapt: float = rule(
        0.6,
        "elasticity",
        0,
        2,
        "levels asked to the local supply of levels",
        "assumption: firms ask for what they can find",
    )
    size_mean_1: float = rule(25, "persons", 1, 100, "mean staff of firms under 100", "assumption: many are tiny")
    size_mean_2: float = rule(
        220, "persons", 100, 500, "mean staff of firms of 100 to 500", "assumption: geometric mean"
    )
    size_mean_3: float = rule(1800, "persons", 500, 10000, "mean staff of firms of 500 to 10000", "assumption: skewed")
    size_mean_4: float = rule(25000, "persons", 10000, 500000, "mean staff of firms over 10000", "assumption: skewed")
    exit_1: float = rule(
        0.02, "1/quarter", 0, 0.5, "exit of firms under 100", "assumption: about a twelfth of small firms a year"
    )
    exit_2: float = rule(0.01, "1/quarter", 0, 0.5, "exit of firms of 100 to 500", "assumption: half of the smallest")
    exit_3: float = rule(0.004, "1/quarter", 0, 0.5, "exit of firms of 500 to 10000", "assumption: falls with size")
    exit_4: float = rule(0.001, "1/quarter", 0, 0.5, "exit of firms over 10000", "assumption: once in 250 years")
    exit_growth: float = rule(
        5.0, "years", 0, 50, "fall of exits per unit of yearly industry growth", "assumption: growing markets forgive"
    )
    exit_excess: float = rule(
        0.1, "1/quarter", 0, 1, "exit of firms for which there is no room", "assumption: firms shrink before they close"
    )
    entry_speed: float = rule(
        0.4, "1/quarter", 0.01, 1, "room left by exits that entrants take", "assumption: most of it within a year"
    )
    subsidy_horizon: float = rule(
        8, "quarters", 1, 60, "quarters over which a hiring subsidy is spread", "assumption: stays"
    )
    subsidy_elasticity: float = rule(
        0.5, "elasticity", 0, 5, "hiring to its cost when a hire is subsidised", "assumption: labour demand near -0.5"
    )
    quit_memory: float = rule(0.9, "share", 0, 1, "weight of the past in expected quits", "assumption: two years")
    jobs_per_firm: float = rule(6.0, "agents", 1, 1000, "mean jobs of a firm agent at least", "assumption: whole jobs")


class HousingParams(Group):
    """Tenure choice, market rents and subsidised units."""

    rent_share_limit: float = rule(
        0.35, "share", 0.05, 1, "rent to take-home pay above which a tenure is out", "assumption: usual limit"
    )
    family_share: float = rule(
        0.65, "share", 0, 1, "people at home who can live with family", "assumption: parents' homes"
    )
    rent_elasticity: float = rule(
        0.30, "elasticity", 0, 5, "quarterly response of rent to occupancy above normal", "assumption: sluggish rents"
    )
    normal_vacancy: float = rule(0.08, "share", 0, 0.9, "vacancy at which rents rest", "assumption: natural vacancy")
    stock_speed: float = rule(
        0.10, "1/quarter", 0, 1, "speed of supply towards its response", "assumption: building takes years"
    )
    market_lease_quarters: int = rule(4, "quarters", 1, 40, "length of a market lease", "assumption: yearly leases")
    floor_share: float = rule(
        0.10, "share", 0.01, 1, "least disposable part of take-home pay that people count on", "assumption: subsistence"
    )
    own_home_years: int = rule(
        5,
        "years",
        0,
        30,
        "years after graduation before people settle in a home of their own",
        "assumption: nest before family node",
    )
    own_home_hazard: float = rule(
        0.04, "1/quarter", 0, 1, "hazard of settling then, for the employed", "assumption: purchases"
    )
    price_months: float = rule(
        560,
        "months",
        50,
        2000,
        "price of a home in rents of a small whole unit",
        "assumption: gross yields of rent near 2 % in large cities",
    )
    purchase_elasticity: float = rule(
        2.0,
        "elasticity",
        0,
        20,
        "purchases to a lower price of a home",
        "assumption: the deposit binds, of which the price is three times as much",
    )
    rent_step: float = rule(
        1.1, "factor", 1, 2, "largest change of rents in a quarter, up or down", "assumption: leases are yearly"
    )
    depreciation: float = rule(
        0.005, "1/quarter", 0, 0.1, "largest loss of stock, when less is wanted", "assumption: buildings last"
    )
    whole_rooms: float = rule(1.8, "rooms", 1, 4, "rooms that a small whole unit stands for", "assumption: rent ratio")
    crowding: float = rule(
        0.6, "share", 0.1, 1, "rent of a place in a crowded room relative to a room", "assumption: sharing"
    )


class HukouParams(Group):
    """Eligibility and ranking for a local hukou."""

    employer_window: int = rule(
        6,
        "quarters",
        1,
        20,
        "quarters after graduation for the employer channel",
        "assumption: this year's and last year's graduates",
    )
    points_tenure: int = rule(
        20, "quarters", 0, 60, "quarters of residence before points count", "assumption: years insured"
    )
    points_education: float = rule(11.5, "points/level", 0, 60, "per level of education", "assumption: point schemes")
    points_year: float = rule(3.0, "points/year", 0, 20, "per year of residence", "assumption: point schemes")
    points_wage: float = rule(2.0, "points", 0, 60, "per log point of pay over the mean", "assumption: tax bonus")
    direct_window: int = rule(
        80,
        "quarters",
        0,
        200,
        "quarters after graduation within which a degree registers without quota",
        "assumption: age limits of 35 to 45 years are beyond the cohorts of the model",
    )
    registration_share: float = rule(
        0.7,
        "share",
        0,
        1,
        "those who register among those who may without quota",
        "assumption: land, family and schools keep some registered at home",
    )
    open_horizon: float = rule(
        40, "quarters", 1, 200, "wait from which on an open city promises nothing", "assumption: ten years"
    )
    state_priority: float = rule(
        1.0, "score", 0, 10, "state employers in the employer channel", "assumption: digest 003a M11"
    )
    level_priority: float = rule(
        0.8, "score/level", 0, 10, "level of education in the employer channel", "assumption: degrees first"
    )
    initial_years: float = rule(
        8.0, "years", 0, 40, "years of quotas by which residents from elsewhere have settled", "assumption: cohorts"
    )
    initial_most: float = rule(0.95, "share", 0, 1, "settled at the start at most", "assumption: some never do")
    new_graduate_share: float = rule(
        0.12, "share", 0.01, 1, "new graduates among jobs, for first beliefs", "assumption: window over a career"
    )
    belief_speed: float = rule(
        0.3, "1/quarter", 0, 1, "speed at which chances believed follow chances seen", "assumption: years"
    )


class MobilityParams(Group):
    """Hazard of leaving a city where home ties are weak."""

    base: float = rule(0.0005, "1/quarter", 0, 0.2, "hazard apart from the two nodes", "assumption: yearly ~2 %")
    peak_citizen: float = rule(0.004, "1/quarter", 0, 0.3, "height of the first peak", "assumption: evidence 003-4382")
    centre_citizen: float = rule(2.0, "years", 0, 4, "centre of the first peak", "assumption: within the first 3 years")
    width_citizen: float = rule(0.8, "years", 0.2, 4, "width of the first peak", "assumption: within the first 3 years")
    peak_family: float = rule(0.003, "1/quarter", 0, 0.3, "height of the second peak", "assumption: evidence 003-4382")
    centre_family: float = rule(6.5, "years", 4, 10, "centre of the second peak", "assumption: years 5 to 8")
    width_family: float = rule(1.0, "years", 0.2, 4, "width of the second peak", "assumption: years 5 to 8")
    rent_burden: float = rule(2.0, "log/share", 0, 10, "rent burden above 0.3", "assumption: digest 003b mechanism 5")
    burden_free: float = rule(
        0.3, "share", 0, 1, "rent burden that drives nobody away", "assumption: usual limit of rent"
    )
    family_from_years: float = rule(
        4, "years", 0, 20, "years from which no hukou means no school", "assumption: between the peaks"
    )
    reason_base: float = rule(0.5, "log", 0.01, 5, "weight of leaving without a cause", "assumption: half a cause")
    no_hukou: float = rule(0.5, "log", 0, 5, "no local hukou, by the worth of the hukou", "assumption: citizen node")
    schooling: float = rule(0.5, "log", 0, 5, "no local hukou at the family node", "assumption: school places")
    other_city: float = rule(0.3, "log/utility", 0, 5, "advantage of the best other city", "assumption: push and pull")
    jobless: float = rule(0.6, "log", 0, 5, "no job", "assumption: employment first (003-4402)")
    go_home: float = rule(
        0.55,
        "share",
        0,
        1,
        "leavers who go home; the others choose by utility, home among them",
        "assumption: home ties",
    )


class SkillParams(Group):
    """Formation, use and loss of skills."""

    frontier_speed: float = rule(1.0, "years/year", 0, 3, "advance of the technology frontier", "assumption: unit")
    gap_loss: float = rule(
        0.045, "1/year", 0, 0.3, "skill lost per year of curriculum gap", "assumption: renewal 000-1021"
    )
    practice_gain: float = rule(
        0.35, "skill", 0, 2, "practice share times cooperation depth", "assumption: digest 000 M8"
    )
    teacher_gain: float = rule(0.20, "skill", 0, 2, "per share of dual teachers", "assumption: digest 000 M6")
    cooperation_hazard: float = rule(
        0.6, "factor", 0, 5, "faster curricula with full cooperation", "assumption: co-design"
    )
    association_hazard: float = rule(
        0.4, "factor", 0, 5, "faster curricula through an association", "assumption: digest 002"
    )
    teacher_hazard: float = rule(
        0.5, "factor", 0, 5, "faster curricula with dual teachers", "assumption: digest 000 M6"
    )
    taught: float = rule(0.5, "skill", 0, 2, "skill taught at mean ability and quality", "assumption: unit of skill")
    taught_practice: float = rule(
        0.8, "share", 0, 2, "practice learned in class relative to what is taught", "assumption: below theory"
    )
    soft_start: float = rule(0.5, "skill", 0, 2, "soft skill at mean ability", "assumption: as what is taught")
    level_part: float = rule(
        0.5, "share", 0, 1, "level bonus in technical and soft skill", "assumption: half of that in knowledge"
    )
    field_part: float = rule(
        0.5, "share", 0, 1, "field bonus of engineers relative to graduates of AI fields", "assumption: a neighbour"
    )
    training_knowledge: float = rule(
        0.5, "share", 0, 1, "knowledge gained in training in the firm relative to technical skill", "assumption: half"
    )
    ability_spread: float = rule(0.18, "log", 0, 1, "spread of ability", "assumption: scale of skills")
    field_bonus: float = rule(0.12, "skill", 0, 1, "own field in technical skill", "assumption: specialisation")
    level_bonus: float = rule(0.10, "skill", 0, 1, "per level in professional knowledge", "assumption: years of study")
    learning_by_doing: float = rule(
        0.02, "1/quarter", 0, 0.5, "approach of practice to its limit in work", "assumption: a decade"
    )
    obsolescence: float = rule(
        0.006, "1/quarter", 0, 0.2, "loss of technical skill", "assumption: renewal 6-12 months 000-1021"
    )
    training_gain: float = rule(
        0.03, "skill", 0, 0.5, "gain from a training in the firm", "assumption: a tenth of a level"
    )
    certificate_hazard: float = rule(
        0.01, "1/quarter", 0, 0.5, "hazard of earning a certificate", "assumption: 4 % a year"
    )


class InstitutionParams(Group):
    """Seats that respond to the market (cobweb)."""

    respond_from: int = rule(
        2025, "year", 2019, 2040, "first year in which seats respond", "assumption: history is input"
    )
    seat_elasticity: float = rule(0.15, "elasticity", 0, 3, "seats to lagged relative pay", "assumption: slow planning")
    capacity: float = rule(0.10, "share/year", 0, 1, "largest change of seats a year", "assumption: teachers and rooms")
    course_years_below: int = rule(3, "years", 1, 8, "length of study below bachelor", "assumption: junior college")
    course_years_bachelor: int = rule(4, "years", 1, 8, "length of study, bachelor", "assumption: statutory")
    course_years_master: int = rule(3, "years", 1, 8, "length of study, master", "assumption: statutory")
    course_years_phd: int = rule(4, "years", 1, 8, "length of study, PhD", "assumption: statutory")
    vacancy_elasticity: float = rule(
        0.05, "elasticity", 0, 3, "seats to the lagged tightness of a level", "assumption: slower than to pay"
    )
    seats_limit: float = rule(
        0.5, "share", 0, 10, "seats added to those of the world file at most", "assumption: campuses and teachers"
    )
    survey_noise: float = rule(
        0.1, "log", 0, 2, "error of a report on all institutions and firms", "assumption: intentions are not hires"
    )


class CommutingParams(Group):
    """Travel between the places of an area. Without effect where every place is an area of its own."""

    speed_kmh: float = rule(
        25, "km/h", 1, 200, "speed along the straight line, door to door", "assumption: rail and bus of a large city"
    )
    limit_min: float = rule(
        75, "minutes", 0, 300, "longest travel to work beyond the own place", "assumption: some four hours a day in all"
    )


class AwarenessParams(Group):
    """Spread of the knowledge of policies."""

    peer_rate: float = rule(
        0.10, "1/quarter", 0, 1, "hazard per share of people in the city who know", "assumption: contagion"
    )
    platform_rate: float = rule(
        0.05, "1/quarter", 0, 1, "hazard of hearing through a platform that reaches all", "assumption: as communication"
    )


class TaxParams(Group):
    """From gross to take-home pay: social contributions, then the monthly income tax schedule."""

    contribution_rate: float = rule(
        0.175, "share", 0, 0.5, "employee share of insurances and housing fund", "assumption: statutory"
    )
    contribution_cap_cny_m: float = rule(
        33000, "CNY/month", 1000, 200000, "highest pay that counts", "assumption: statutory order"
    )
    allowance_cny_m: float = rule(5000, "CNY/month", 0, 50000, "tax-free pay", "assumption: statutory since 2018")


class StickinessParams(Group):
    """Talent Stickiness Index."""

    scale_low: float = rule(50, "score", 0, 100, "lowest city", "evidence 003-3139 scale of the published index")
    scale_high: float = rule(100, "score", 0, 200, "highest city", "evidence 003-3139 scale of the published index")
    commute_elasticity: float = rule(
        0.1, "elasticity", 0, 2, "commutes to the talent of the city relative to its start", "assumption: congestion"
    )


class Params(Group):
    """All parameters of the rules."""

    cohorts: CohortParams = CohortParams()
    search: SearchParams = SearchParams()
    matching: MatchingParams = MatchingParams()
    wages: WageParams = WageParams()
    separation: SeparationParams = SeparationParams()
    firms: FirmParams = FirmParams()
    housing: HousingParams = HousingParams()
    hukou: HukouParams = HukouParams()
    mobility: MobilityParams = MobilityParams()
    skills: SkillParams = SkillParams()
    institutions: InstitutionParams = InstitutionParams()
    commuting: CommutingParams = CommutingParams()
    awareness: AwarenessParams = AwarenessParams()
    tax: TaxParams = TaxParams()
    stickiness: StickinessParams = StickinessParams()


def _tuple_of(group: type[Group]) -> Any:
    """Named tuple with the fields of a group: the form in which numba kernels receive parameters."""
    return collections.namedtuple(group.__name__.replace("Params", "Rule"), group.model_fields, module=__name__)


CohortRule = _tuple_of(CohortParams)
SearchRule = _tuple_of(SearchParams)
MatchingRule = _tuple_of(MatchingParams)
SeparationRule = _tuple_of(SeparationParams)
HousingRule = _tuple_of(HousingParams)
MobilityRule = _tuple_of(MobilityParams)
SkillRule = _tuple_of(SkillParams)
AwarenessRule = _tuple_of(AwarenessParams)
TaxRule = _tuple_of(TaxParams)


class Rules(NamedTuple):
    """Parameters of all groups that kernels read, as named tuples."""

    cohorts: Any
    search: Any
    matching: Any
    separation: Any
    housing: Any
    mobility: Any
    skills: Any
    awareness: Any
    tax: Any

    @classmethod
    def of(cls, params: Params) -> Rules:
        """The groups of `params`; whole numbers stay whole."""
        kinds = (
            CohortRule, SearchRule, MatchingRule, SeparationRule, HousingRule, MobilityRule, SkillRule,
            AwarenessRule, TaxRule,
        )  # fmt: skip
        return cls(*(as_rule(kind, getattr(params, name)) for name, kind in zip(cls._fields, kinds, strict=True)))


def as_rule(kind: Any, group: Group) -> Any:
    """Values of `group` as the named tuple `kind`; whole numbers stay whole."""
    return kind(*(getattr(group, name) for name in kind._fields))
