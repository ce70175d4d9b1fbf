"""Phase 7. Firms rank applicants, and people propose to positions until nobody is turned away (Gale and Shapley).

The outcome is the stable matching that is best for people, whatever the order in which they propose.
"""

import heapq
from collections import Counter

from sim.rng import SCREENING
from sim.types import SEARCHING
from tests.reference.board import Board
from tests.reference.draws import normal
from tests.reference.search import apply_for_positions

EXPERIENCE_YEARS = (0.0, 0.0, 1.0, 3.0, 5.0, 10.0)


def market_matches(market):
    """Fill `market.matched`: searcher -> position. Who is left without a job applies again for the openings left."""
    left = {position: position.capacity for position in market.positions}
    market.matched = match_round(market, market.applications, left)
    market.applicants = Counter(one for positions in market.applications.values() for one in positions)
    for hiring_round in range(1, market.params.matching.rounds):
        taken = Counter(market.matched.values())
        left = {position: position.capacity - taken[position] for position in market.positions}
        again = [one for one in market.applications if one not in market.matched and one.state == SEARCHING]
        applications = apply_for_positions(market, again, Board(market, left, hiring_round), hiring_round)
        market.matched |= match_round(market, applications, left)
        market.applicants += Counter(one for positions in applications.values() for one in positions)


def match_round(market, applications, left):
    """Deferred acceptance on the lists of one round; a position holds the best applicants up to its openings left."""
    key, held = market.key(SCREENING), {position: [] for position in left}
    untried = {person: iter(positions) for person, positions in applications.items()}
    for proposer in applications:
        person = proposer
        while person is not None:
            position = next(untried[person], None)
            if position is None:
                break
            score = score_applicant(person, position, market, key)
            if score is None:
                continue
            heapq.heappush(held[position], (score, -person.uid, person))
            person = None
            if len(held[position]) > left[position]:
                person = heapq.heappop(held[position])[2]
    return {person: position for position, staff in held.items() for _, _, person in staff}


def skill_bar(level, ai, rule):
    """Skill that a position asks at least in the mean firm."""
    return rule.bar + rule.bar_level * level + rule.bar_ai * ai


def lacking_skill(field, rule):
    """Skill that who studied `field` lacks in AI positions: none of AI, part of it of engineering, all of the rest."""
    return (0.0, rule.ai_gap * rule.ai_gap_part, rule.ai_gap, rule.ai_gap)[field]


def score_applicant(person, position, market, key):
    """How the firm ranks the person; None below the bar."""
    rule, firm = market.params.matching, position.firm
    skill = person.skill(market.world.skill_weight[firm.industry])
    if position.ai:
        skill -= lacking_skill(person.field, rule)
    if skill < skill_bar(position.level, position.ai, rule) + firm.bar:
        return None
    lack = max(0.0, EXPERIENCE_YEARS[position.experience] - 0.25 * person.experience_q)
    score = rule.w_skill * skill + rule.w_level * (person.education - position.level) - rule.w_experience * lack
    noise = rule.noise * firm.noise_factor
    if person.certificate:
        score += rule.w_certificate
        noise *= rule.noise_certificate
    if person.city is position.city:
        score += rule.w_local
    teaching = market.institutions.get((person.study.index, person.institution))
    if teaching is not None:
        score += rule.w_cooperation * teaching.cooperation_now
    return score + noise * normal(key, person.uid, firm.identity)
