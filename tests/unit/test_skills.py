import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_firms, make_people, make_rule

from sim.kernels.skills import SKILL_UNITS, form_skills, learn, reaches_bar, set_institutions
from sim.rng import INSTITUTION_TYPE, LEARN, PERSON_TRAITS, draw_bits_of, make_key, normal, uniform, uniforms
from sim.types import COURSE_DONE, EMPLOYED, NO_COURSE, OUT, PREPARING, SEARCHING, STUDYING

KEY = make_key(1, PERSON_TRAITS)
LEARN_KEY = make_key(1, LEARN, 76)
SHAPE = {
    "taught": 0.5, "taught_practice": 0.8, "soft_start": 0.5, "level_part": 0.5, "field_part": 0.5,
    "training_knowledge": 0.5,
}  # fmt: skip
"""Proportions of the skills, for numbers by hand."""
MEAN = np.array([[0.25, 0.25, 0.25, 0.25]])


def form(people, *, quality=1.0, gap=0.0, practice=0.0, cooperation=0.0, teachers=0.0, **rule):
    tables = [np.zeros((2, 4)) + value for value in (gap, practice, cooperation, teachers)]
    form_skills(0, len(people.uid), people, np.zeros(4) + quality, *tables, make_rule("skills", **SHAPE | rule), KEY)
    return people


def study(people, *, firms=None, growth=0.0, experience=0.0, fade=0.0, staff_skill=None, **rule):
    firms = firms or make_firms()
    learn(
        0,
        len(people.uid),
        people,
        firms,
        MEAN,
        make_rule("skills", **SHAPE | rule),
        make_rule("matching", bar=0.5),
        growth,
        experience,
        fade,
        LEARN_KEY,
        np.zeros(len(firms.identity), np.int64) if staff_skill is None else staff_skill,
    )
    return people


def test_skills_of_the_mean_graduate_by_hand():
    people = form(
        make_people(2, education=[0, 2], field=[0, 1]),
        quality=1.2,
        gap=4,
        practice=0.5,
        cooperation=0.4,
        teachers=0.3,
        gap_loss=0.05,
        practice_gain=0.6,
        teacher_gain=0.2,
        field_bonus=0.1,
        level_bonus=0.08,
    )
    taught = 0.5 * 1.2 * 0.8
    assert people.ability.tolist() == [1, 1]
    assert people.knowledge == pytest.approx([taught, taught + 0.16])
    assert people.technical == pytest.approx([taught + 0.1, taught + 0.05 + 0.08])
    assert people.practice == pytest.approx([0.8 * taught + 0.18] * 2)
    assert people.soft == pytest.approx([0.5, 0.58])


def test_abilities_are_log_normal_by_their_draws():
    people = form(make_people(50), ability_spread=0.2)
    for i, uid in enumerate(people.uid):
        ability, soft = (
            math.exp(0.2 * normal(np.uint64(draw_bits_of(KEY, uid, alternative))))
            for alternative in np.array([0, 1], np.uint64)
        )
        assert people.ability[i] == pytest.approx(ability, rel=1e-5)
        assert people.knowledge[i] == pytest.approx(0.5 * ability, rel=1e-5)
        assert people.soft[i] == pytest.approx(0.5 * soft, rel=1e-5)


def test_skills_are_never_lost_below_nothing():
    assert form(make_people(1), gap=90, gap_loss=0.05).knowledge[0] == 0


@given(st.floats(0, 15), st.floats(0, 1), st.floats(0, 1))
def test_fresher_curricula_practice_and_cooperation_never_hurt(gap, practice, cooperation):
    rule = {"gap_loss": 0.05, "practice_gain": 0.4}
    base = form(make_people(1), gap=gap, practice=practice, cooperation=cooperation, **rule)
    fresher = form(make_people(1), gap=0.5 * gap, practice=practice, cooperation=cooperation, **rule)
    deeper = form(
        make_people(1), gap=gap, practice=min(1, 1.2 * practice), cooperation=min(1, 1.2 * cooperation), **rule
    )
    assert fresher.technical[0] >= base.technical[0]
    assert deeper.practice[0] >= base.practice[0]


def test_institutions_differ_by_place_of_study():
    people = make_people(2, study=[0, 1], institution=[1, 3])
    tables = [np.zeros((2, 4)) for _ in range(4)]
    tables[0][0, 1], tables[0][1, 3] = 2, 6
    form_skills(0, 2, people, np.ones(4), *tables, make_rule("skills", **SHAPE, gap_loss=0.1), KEY)
    assert people.knowledge == pytest.approx([0.4, 0.2])


def test_who_is_qualified():
    rule = make_rule("matching", bar=0.4, bar_level=0.1, bar_ai=0.05)
    cases = [(0.41, 0, 1), (0.51, 1, 1), (0.51, 1, 0), (0.56, 1, 0)]  # skill, level, field
    assert [reaches_bar(*case, rule) for case in cases] == [1, 1, 0, 1]


def test_clocks():
    people = study(make_people(5, state=[STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT], firm=0, tenure_q=0))
    assert people.experience_q.tolist() == [0, 0, 0, 1, 0]
    assert people.tenure_q.tolist() == [0, 0, 0, 1, 0]
    assert people.search_q.tolist() == [0, 0, 1, 0, 0]


def test_time_on_a_course_is_no_time_of_search():
    assert study(make_people(3, state=SEARCHING, course=[0, NO_COURSE, COURSE_DONE])).search_q.tolist() == [0, 1, 1]


def test_pay_grows_with_the_economy_and_fading_experience():
    people = make_people(2, state=[EMPLOYED, SEARCHING], firm=0, wage=[10000, 0], experience_q=7)
    study(people, growth=0.03, experience=0.04, fade=0.1)
    assert people.wage[0] == pytest.approx(10000 * (1 + 0.25 * (0.03 + 0.04 * math.exp(-0.2))), rel=1e-6)
    assert people.wage[1] == 0


def test_practice_approaches_ability_in_work():
    people = make_people(3, state=[EMPLOYED, EMPLOYED, SEARCHING], firm=0, ability=1, practice=[0.5, 1.2, 0.5])
    study(people, learning_by_doing=0.1)
    assert people.practice == pytest.approx([0.55, 1.2, 0.5])


def test_training_follows_the_firm():
    people = make_people(400, state=EMPLOYED, firm=np.arange(400) % 2, technical=0.5, knowledge=0.5)
    study(people, firms=make_firms(2, training=[0, 0.4]), training_gain=0.1)
    draws = np.array([uniform(np.uint64(draw_bits_of(LEARN_KEY, uid, np.uint64(0)))) for uid in people.uid])
    trained = (people.firm == 1) & (draws < 0.4)
    assert people.technical == pytest.approx(0.5 + 0.1 * trained)
    assert people.knowledge == pytest.approx(0.5 + 0.05 * trained)


def test_technical_skill_becomes_obsolete_in_the_labour_force():
    people = study(
        make_people(5, state=[STUDYING, PREPARING, SEARCHING, EMPLOYED, OUT], firm=0, technical=1), obsolescence=0.1
    )
    assert people.technical == pytest.approx([1, 0.9, 0.9, 0.9, 1])


@pytest.mark.parametrize(("hazard", "earned"), [(0.0, [0, 1]), (1.0, [1, 1])])
def test_certificates_are_earned_and_kept(hazard, earned):
    people = study(make_people(2, state=SEARCHING, certificate=[0, 1]), certificate_hazard=hazard)
    assert people.certificate.tolist() == earned


def test_qualification_is_judged_again():
    people = make_people(2, state=[SEARCHING, OUT], qualified=[0, 1], knowledge=1, technical=1, practice=1, soft=1)
    assert study(people).qualified.tolist() == [1, 1]
    people.technical[0] = -9
    assert study(people).qualified.tolist() == [0, 1]


def test_skills_of_the_staff_add_up_by_firm():
    people = make_people(4, state=[EMPLOYED, EMPLOYED, SEARCHING, EMPLOYED], firm=[1, 1, -1, 0])
    people.knowledge[:], people.technical[:] = [0.4, 0.8, 9, 0.2], [0.6, 0, 9, 0]
    total = np.zeros(3, np.int64)
    study(people, firms=make_firms(3), staff_skill=total)
    assert total / SKILL_UNITS == pytest.approx([0.05, 0.45, 0])


def test_types_of_institution_follow_the_shares_of_the_level():
    people, key = make_people(1000, education=np.arange(1000) % 2), make_key(1, INSTITUTION_TYPE)
    shares = np.array([[0.0, 0.1, 0.9, 0.0], [0.5, 0.5, 0.0, 0.0], [1.0, 0, 0, 0], [1.0, 0, 0, 0]])
    set_institutions(people, 0, 1000, np.cumsum(shares, axis=1), key)
    u = uniforms(key, people.uid)
    assert people.institution.tolist() == np.where(people.education == 0, np.where(u < 0.1, 1, 2), (u >= 0.5)).tolist()
