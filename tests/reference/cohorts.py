"""Phase 3. Once a year a cohort graduates; each graduate goes on studying, prepares for examinations, or searches."""

import math

from sim.rng import COHORT_CHOICE, PREPARE_EXIT, ROUND_COHORT
from sim.types import CALENDAR_START_YEAR, EDUCATION, FIELD, PREPARING, SEARCHING, STUDYING
from sim.world.spec import FIRST_COHORT_YEAR
from tests.reference.arithmetic import as_f4, first_above, running_sum
from tests.reference.draws import make_key, normal, round_up_or_down, uniform
from tests.reference.person import Person
from tests.reference.policies import spread_knowledge
from tests.reference.teaching import seats_at_enrolment

GRADUATION_QUARTER = 2
PHD = len(EDUCATION) - 1
START_QUARTER = (2019 - CALENDAR_START_YEAR) * 4


def cohort_graduates(market):
    """End preparation for some, and add the cohort of the year in its quarter."""
    key = market.key(PREPARE_EXIT)
    for person in market.people:
        if person.state == PREPARING and uniform(key, person.uid) < market.params.cohorts.preparing_exit:
            person.state, person.search_q = SEARCHING, 0
    if market.quarter.of_year != GRADUATION_QUARTER:
        return
    graduates = add_cohort(market, market.quarter.year)
    spread_knowledge(market, graduates)
    for person in graduates:
        choose_what_next(person, market)


def add_cohort(market, year):
    """The graduates of a year, cell by cell; an id packs cohort, cell and rank in the cell."""
    world, graduates = market.world, []
    key_round = make_key(market.seed, ROUND_COHORT, year)
    cell = -1
    for city in market.cities:
        total = world.graduates[city.index][year - FIRST_COHORT_YEAR]
        for level in range(len(EDUCATION)):
            for field in range(len(FIELD)):
                cell += 1
                share = world.level_share[city.index][level] * world.field_share[level][field]
                seats = seats_at_enrolment(market, year, city.index, level, field)
                number = round_up_or_down(key_round, cell, total * share / market.scale * seats)
                first_uid = (((year - CALENDAR_START_YEAR) << 12) + cell) << 28
                graduates += [graduate(market, first_uid + rank, city, level, field) for rank in range(number)]
    return graduates


def graduate(market, uid, city, level, field):
    """One graduate, with home, type of institution and skills."""
    homes = market.home_ends[city.index]
    home = first_above(homes, uniform(market.keys.home, uid) * homes[-1])
    person = Person(
        market, uid=uid, cohort_q=market.quarter_number, education=level, field=field, home=market.cities[home],
        study=city,
    )  # fmt: skip
    types = market.institution_ends[level]
    person.institution = first_above(types, uniform(market.keys.institution, uid))
    form_skills(person, market)
    return person


def home_distribution(market, city):
    """Running sums over places of origin of the students of a city: local ones, and others by weight and distance."""
    world, decay = market.world, market.params.cohorts.home_decay
    local = world.home_local_share[city.index]
    weights = [
        0.0 if other is city else world.home_weight[other.index] * math.exp(-decay * city.distance[other.index])
        for other in market.cities
    ]
    total = max(sum(weights), 1e-12)
    shares = [weight / total * (1.0 - local) for weight in weights]
    shares[city.index] += local
    return running_sum(shares)


def form_skills(person, market):
    """Skills at graduation, from ability, teaching and practice."""
    rule, traits = market.params.skills, market.keys.traits
    teaching = market.institutions.get((person.study.index, person.institution))
    gap, hands_on = 0.0, 0.0
    if teaching is not None:
        gap = teaching.gap_years
        hands_on = rule.practice_gain * teaching.practice_now * teaching.cooperation_now
        hands_on += rule.teacher_gain * teaching.teachers
    quality = market.world.institution_quality[person.institution]
    ability = math.exp(rule.ability_spread * normal(traits, person.uid, 0))
    taught = rule.taught * ability * quality * max(0.0, 1.0 - rule.gap_loss * gap)
    level = rule.level_bonus * person.education
    own_field = rule.field_bonus * (1.0, rule.field_part, 0.0, 0.0)[person.field]
    person.ability = as_f4(ability)
    person.knowledge = as_f4(taught + level)
    person.technical = as_f4(taught + own_field + rule.level_part * level)
    person.practice = as_f4(rule.taught_practice * taught + hands_on)
    soft = rule.soft_start * math.exp(rule.ability_spread * normal(traits, person.uid, 1))
    person.soft = as_f4(soft + rule.level_part * level)


def choose_what_next(person, market):
    """Multinomial logit of further study, preparing for examinations, and search, whose utility is 0.

    Nobody goes on studying before 2019, of which the jobs at the start are.
    """
    rule, level, city = market.params.cohorts, person.education, person.study
    further = 0.0
    if level < PHD and market.quarter_number >= START_QUARTER:
        growth = [math.log(city.market_wage[k] / city.wage_start[k]) for k in (level, level + 1)]
        extra = {0: rule.study_vocational, 2: rule.study_postgraduate}.get(level, 0.0)
        further = math.exp(rule.study_base + rule.study_premium * (growth[1] - growth[0]) + extra)
    preparing = math.exp(rule.preparing_base + rule.preparing_slack * city.unemployment)
    point = uniform(market.key(COHORT_CHOICE), person.uid) * (1.0 + further + preparing)
    if point < further:
        person.state = STUDYING
    elif point < further + preparing:
        person.state = PREPARING
    else:
        person.state = SEARCHING
