"""Targeted courses: who is admitted (phase 2), and what who ends one has learned (phase 12)."""

from sim.rng import COURSE_LOTTERY, COURSE_ROUND, LEARN
from sim.types import COURSE_DONE, EMPLOYED, NO_COURSE, SEARCHING
from tests.reference.arithmetic import as_f4
from tests.reference.draws import round_up_or_down, sub_key, uniform
from tests.reference.eligibility import Condition, knows_and_applies
from tests.reference.policies import ration

MOST_PLACES = 64


def admit_to_courses(market):
    """Fill the seats of the quarter, in an order drawn by lot, as far as the budget goes."""
    market.course_use = {}
    for course in market.levers.courses:
        identity = course.policy * MOST_PLACES + course.place
        expected = 0.25 * course.seats_per_year / market.scale
        seats = round_up_or_down(market.key(COURSE_ROUND), identity, expected)
        condition, key = Condition(course.eligible), sub_key(market.key(COURSE_LOTTERY), course.policy)
        applicants = [person for person in market.people if applies(person, course, condition, market)]
        applicants.sort(key=lambda person: (uniform(key, person.uid), person.uid))
        cost_fen = round(course.cost_cny_per_person * 100) * market.scale
        admitted = ration(market, course, dict.fromkeys(applicants[:seats], cost_fen))
        for person, fen in admitted:
            market.ledger.book(course.policy, person.city, market.scale, fen)
            person.course, person.course_end_q = course.policy, market.quarter_number + course.quarters - 1
        market.course_use[course.policy, course.place] = seats, len(admitted)


def applies(person, course, condition, market):
    """Who lives there, searches or works, has never been on a course, is eligible, knows of it and applies."""
    return (
        person.city.index == course.place
        and person.course == NO_COURSE
        and person.state in (SEARCHING, EMPLOYED)
        and condition.reaches_now(person, market.quarter_number)
        and knows_and_applies(person, course.policy, course.take_up, market.keys.take_up)
    )


def end_running_courses(market):
    """Who ends a course this quarter has learned what it teaches; who has moved away has left it."""
    courses = {(course.policy, course.place): course for course in market.levers.courses}
    key = sub_key(market.key(LEARN), 1)
    for person in market.people if courses else ():
        if not person.is_on_course:
            continue
        policy, course = person.course, courses.get((person.course, person.city.index))
        if course is None:
            person.course = COURSE_DONE
        elif person.course_end_q <= market.quarter_number:
            person.course = COURSE_DONE
            person.technical = as_f4(person.technical + course.technical_gain)
            person.practice = as_f4(person.practice + course.practice_gain)
            if uniform(key, person.uid, policy) < course.certificate_share:
                person.certificate = True
            person.qualified = market.is_qualified(person)
