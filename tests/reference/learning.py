"""Phase 12. Experience, learning by doing, training, certificates, obsolescence; pay grows within jobs."""

import math

from sim.rng import LEARN
from sim.types import EMPLOYED, PREPARING, SEARCHING
from tests.reference.arithmetic import as_f4
from tests.reference.draws import uniform
from tests.reference.matching import skill_bar


def people_learn(market):
    """Advance the clocks and skills of everybody by one quarter."""
    rule, key = market.params.skills, market.key(LEARN)
    for person in market.people:
        if person.state == EMPLOYED:
            learn_in_job(person, market, key)
        elif person.state == SEARCHING:
            person.search_q += 1
        if person.state in (SEARCHING, EMPLOYED, PREPARING):
            person.technical = as_f4(person.technical * (1.0 - rule.obsolescence))
            person.certificate = person.certificate or uniform(key, person.uid, 1) < rule.certificate_hazard
            person.qualified = is_qualified(person, market)


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
        person.knowledge = as_f4(person.knowledge + 0.5 * rule.training_gain)


def is_qualified(person, market):
    """Whether skills reach the bar of positions of the own level, of AI positions for graduates of AI and computing."""
    bar = skill_bar(person.education, int(person.field == 0), market.params.matching)
    return person.skill(market.mean_skill_weight) >= bar
