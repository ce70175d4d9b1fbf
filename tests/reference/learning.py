"""Phase 12. Experience, learning by doing, training, courses, certificates, obsolescence; pay grows within jobs."""

import math
from collections import Counter

from sim.rng import LEARN
from sim.types import EMPLOYED, PREPARING, SEARCHING
from tests.reference.arithmetic import as_f4, clip
from tests.reference.courses import end_running_courses
from tests.reference.draws import uniform

SKILL_UNITS = 1_000_000
QUALITY_RANGE = (0.5, 2.0)


def people_learn(market):
    """Advance the clocks and skills of everybody by one quarter."""
    rule, key = market.params.skills, market.key(LEARN)
    for person in market.people:
        if person.state == EMPLOYED:
            learn_in_job(person, market, key)
        elif person.state == SEARCHING and not person.is_on_course:
            person.search_q += 1
        if person.state in (SEARCHING, EMPLOYED, PREPARING):
            person.technical = as_f4(person.technical * (1.0 - rule.obsolescence))
            person.certificate = person.certificate or uniform(key, person.uid, 1) < rule.certificate_hazard
            person.qualified = market.is_qualified(person)
    note_staff_skill(market)
    end_running_courses(market)


def learn_in_job(person, market, key):
    """One more quarter in a job."""
    rule, wages = market.params.skills, market.params.wages
    person.experience_q += 1
    person.tenure_q += 1
    growth = wages.real_growth + wages.experience_return * math.exp(-wages.experience_fade * 0.25 * person.experience_q)
    person.wage = as_f4(person.wage * (1.0 + 0.25 * growth))
    distance = as_f4(person.ability - person.practice)
    person.practice = as_f4(person.practice + rule.learning_by_doing * max(0.0, distance))
    if uniform(key, person.uid, 0) < person.firm.training:
        person.technical = as_f4(person.technical + rule.training_gain)
        person.knowledge = as_f4(person.knowledge + rule.training_knowledge * rule.training_gain)


def sum_staff_skill(market, to_whole):
    """Firm -> skills of its staff in the mean weights of industries, added up in whole millionths."""
    total = Counter()
    for person in market.people:
        if person.state == EMPLOYED:
            total[person.firm] += to_whole(SKILL_UNITS * person.skill(market.mean_skill_weight))
    return {firm: total[firm] / SKILL_UNITS for firm in market.firms}


def note_staff_skill(market):
    """Skill of the staff of each firm relative to the start and its trend; 1 without staff and before the start."""
    years = (market.quarter_number - market.first_quarter_number) / 4.0
    trend = math.exp(market.params.firms.skill_trend * years)
    for firm, skill in sum_staff_skill(market, int).items():
        firm.quality = 1.0
        if firm.headcount > 0 and firm.quality_start > 0:
            firm.quality = clip(skill / firm.headcount / (trend * firm.quality_start), *QUALITY_RANGE)


def note_skill_at_start(market):
    """Mean skill by place and industry when the run begins: the yardstick of what comes."""
    skill, staff = Counter(), Counter()
    for firm, total in sum_staff_skill(market, round).items():
        skill[firm.city, firm.industry] += total
        staff[firm.city, firm.industry] += firm.headcount
    everybody = sum(skill.values()) / max(1, sum(staff.values())) or 1.0
    for firm in market.firms:
        at = firm.city, firm.industry
        firm.quality_start = skill[at] / staff[at] if staff[at] else everybody
