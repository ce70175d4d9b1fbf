import numpy as np
from toys import NO_TAX, make_entries, make_firms, make_people, make_records, make_rule, run_toy, toy_scenario

from sim.kernels.housing import end_leases, grant_leases, leave_queue, list_applicants, settle_tenures
from sim.kernels.pay import lives_with_family
from sim.market import SCHEME_DTYPE, TRANSFER_DTYPE
from sim.policies.levers import NO_LIMIT
from sim.rng import FAMILY_HOME, OWN_HOME, TAKE_UP, make_key, uniforms
from sim.types import (
    CROWDED,
    EMPLOYED,
    FAMILY,
    NO_QUARTER,
    NO_SCHEME,
    OUT,
    PREPARING,
    SEARCHING,
    SHARED,
    STUDYING,
    SUBSIDISED,
    UNHOUSED,
    WHOLE,
)

TAX = make_rule("tax", **NO_TAX)
RULE = make_rule("housing", rent_share_limit=0.3, crowding=0.5, market_lease_quarters=4)
FAMILY_KEY, OWN_KEY, KEY = make_key(1, FAMILY_HOME), make_key(1, OWN_HOME, 76), make_key(1, TAKE_UP)
PLACES = make_records(rent_shared=[1000, 800], rent_whole=[2400, 1800])
NO_SCHEMES, NO_TRANSFERS = np.zeros(0, SCHEME_DTYPE), np.zeros(0, TRANSFER_DTYPE)


def mark_aided(transfers):
    """Both places where anything is paid against rent."""
    return np.full(2, bool(transfers["against_rent"].any()))


def settle(people, *, schemes=NO_SCHEMES, entry_of=((-1, -1),), rule=RULE, quarter=76, transfers=NO_TRANSFERS):
    gap, tenants = np.zeros(2, np.int64), np.zeros(2, np.int64)
    settle_tenures(
        0,
        len(people.uid),
        people,
        PLACES,
        make_firms(),
        schemes,
        np.array(entry_of, np.int64),
        transfers,
        mark_aided(transfers),
        quarter,
        rule,
        TAX,
        KEY,
        FAMILY_KEY,
        OWN_KEY,
        gap,
        tenants,
    )
    return gap.tolist(), tenants.tolist()


def applicants(people, quarter=76, transfers=NO_TRANSFERS, rule=RULE, **entry):
    out, waiting = np.zeros(len(people.uid), np.uint32), np.zeros(len(people.uid), np.bool_)
    schemes = make_entries(SCHEME_DTYPE, rent_share=0.5, **entry)
    found = list_applicants(
        people, make_firms(), PLACES, schemes, 0, transfers, mark_aided(transfers), quarter, TAX, rule, KEY, FAMILY_KEY,
        waiting, out,
    )  # fmt: skip
    assert np.flatnonzero(waiting).tolist() == out[:found].tolist()
    leave_queue(0, len(people.uid), people, waiting)
    return out[:found].tolist()


def test_leases_end_in_their_quarter_and_homes_do_not():
    people = make_people(
        4, housing=[SHARED, SUBSIDISED, SUBSIDISED, FAMILY], scheme=[-1, 2, 2, -1], lease_end_q=[76, 76, 77, 0]
    )
    end_leases(0, 4, people, 76)
    assert people.housing.tolist() == [UNHOUSED, UNHOUSED, SUBSIDISED, FAMILY]
    assert people.scheme.tolist() == [NO_SCHEME, NO_SCHEME, 2, NO_SCHEME]


def test_the_market_houses_by_pay_and_transfers_for_a_year():
    people = make_people(
        5,
        home=9,
        state=[EMPLOYED, EMPLOYED, EMPLOYED, SEARCHING, EMPLOYED],
        wage=[8000, 7000, 3000, 0, 7000],
        transfer=[0, 0, 0, 0, 1000],
        city=[0, 0, 0, 1, 0],
    )
    settle(people)
    assert people.housing.tolist() == [WHOLE, SHARED, CROWDED, CROWDED, WHOLE]
    assert people.rent.tolist() == [2400, 1000, 500, 400, 2400]
    assert set(people.lease_start_q) == {76}
    assert set(people.lease_end_q) == {80}


def test_a_running_lease_keeps_its_rent():
    people = make_people(1, home=9, state=EMPLOYED, housing=SHARED, rent=777, wage=90000, lease_end_q=80)
    settle(people)
    assert (people.housing[0], people.rent[0]) == (SHARED, 777)


def test_students_and_people_out_are_not_housed():
    people = make_people(2, state=[STUDYING, OUT])
    settle(people, rule=make_rule("housing", family_share=1))
    assert people.housing.tolist() == [UNHOUSED, UNHOUSED]


def test_at_home_the_same_people_live_with_family():
    people = make_people(300, home=0, city=0, state=PREPARING)
    rule = make_rule("housing", rent_share_limit=0.3, crowding=0.5, family_share=0.4)
    settle(people, rule=rule)
    at_home = [lives_with_family(uid, rule, FAMILY_KEY) for uid in people.uid]
    assert (people.housing == FAMILY).tolist() == at_home
    assert np.all((people.rent == 0) == (people.housing == FAMILY))


def test_the_employed_settle_from_the_year_on_that_the_rule_says():
    people = make_people(300, home=9, state=EMPLOYED, wage=9000, cohort_q=np.where(np.arange(300) % 2, 56, 57))
    settle(people, rule=make_rule("housing", own_home_years=5, own_home_hazard=0.3, rent_share_limit=1))
    assert np.array_equal(people.housing == FAMILY, (people.cohort_q == 56) & (uniforms(OWN_KEY, people.uid) < 0.3))


def test_tenants_of_a_scheme_pay_its_rent_and_the_gap_is_booked():
    people = make_people(
        3, home=9, state=EMPLOYED, wage=9000, housing=SUBSIDISED, scheme=1, lease_start_q=[76, 74, 70], lease_end_q=99
    )
    schemes = make_entries(SCHEME_DTYPE, 2, policy=[0, 1], rent_share=0.5, rent_cap_cny_m=1000, free_q=2)
    gap, tenants = settle(people, schemes=schemes, entry_of=[[0, -1], [1, -1]])
    assert people.rent.tolist() == [0, 1000, 1000]
    assert gap == [0, 240000 + 2 * 140000]
    assert tenants == [0, 3]


def test_tenants_of_a_scheme_that_is_gone_rent_on_the_market():
    people = make_people(1, home=9, state=EMPLOYED, wage=9000, housing=SUBSIDISED, scheme=0, lease_end_q=99)
    assert settle(people) == ([0, 0], [0, 0])
    assert (people.housing[0], people.scheme[0], people.rent[0]) == (WHOLE, NO_SCHEME, 2400)


def test_who_applies_for_a_unit():
    people = make_people(
        9,
        home=1,
        aware=[1, 1, 1, 1, 1, 1, 1, 0, 1],
        state=[EMPLOYED, SEARCHING, PREPARING, EMPLOYED, EMPLOYED, EMPLOYED, EMPLOYED, EMPLOYED, EMPLOYED],
        housing=[WHOLE, UNHOUSED, WHOLE, SUBSIDISED, FAMILY, SHARED, WHOLE, WHOLE, UNHOUSED],
        city=[0, 0, 0, 0, 0, 0, 1, 0, 0],
        rent=[2400, 0, 2400, 0, 0, 1200, 2400, 2400, 0],
        wage=[9000, 0, 0, 9000, 9000, 9000, 9000, 9000, 9000],
    )
    # units at 1,200: a tenant of a room at 1,200 does not gain; who must find a dwelling compares with the market
    assert applicants(people) == [0, 8]


def test_applicants_must_be_eligible():
    people = make_people(2, aware=1, state=EMPLOYED, housing=WHOLE, rent=2400, education=[0, 2])
    assert applicants(people, education_mask=4) == [1]
    assert applicants(people, take_up=0) == []


def test_leases_granted_run_for_their_term():
    people = make_people(3, housing=WHOLE)
    grant_leases(people, np.array([2, 0], np.uint32), 5, 12, 76)
    assert people.housing.tolist() == [SUBSIDISED, WHOLE, SUBSIDISED]
    assert people.scheme.tolist() == [5, NO_SCHEME, 5]
    assert people.lease_end_q[[0, 2]].tolist() == [88, 88]
    assert people.lease_start_q[[0, 2]].tolist() == [76, 76]


def test_a_lease_without_end_does_not_end():
    people = make_people(1)
    grant_leases(people, np.array([0], np.uint32), 0, NO_LIMIT, 76)
    end_leases(0, 1, people, 200)
    assert people.housing[0] == SUBSIDISED


def test_who_can_live_with_family_does_not_apply():
    people = make_people(300, home=np.arange(300) % 2, aware=1, state=EMPLOYED, wage=9000)
    rule = make_rule("housing", rent_share_limit=0.3, crowding=0.5, family_share=0.4)
    at_home = [lives_with_family(uid, rule, FAMILY_KEY) for uid in people.uid]
    assert applicants(people, rule=rule) == np.flatnonzero((people.home == 1) | ~np.array(at_home)).tolist()


def test_the_queue_remembers_the_first_application():
    people = make_people(
        4, home=1, aware=[1, 1, 1, 0], state=EMPLOYED, housing=WHOLE, rent=2400, education=[2, 2, 0, 2]
    )
    applicants(people, 76, education_mask=4)
    assert people.queue_q.tolist() == [76, 76, NO_QUARTER, NO_QUARTER]
    people.education[:] = [2, 0, 2, 2]  # the second is not eligible any more, the third is now
    people.aware[3] = 1
    applicants(people, 77, education_mask=4)
    assert people.queue_q.tolist() == [76, NO_QUARTER, 77, 77]
    grant_leases(people, np.array([0], np.uint32), 0, 12, 77)
    applicants(people, 78, education_mask=4)
    assert people.queue_q.tolist() == [NO_QUARTER, NO_QUARTER, 77, 77]
    people.education[1] = 2  # back after an interruption: at the end of the queue
    applicants(people, 79, education_mask=4)
    assert people.queue_q.tolist() == [NO_QUARTER, 79, 77, 77]


def test_what_is_paid_against_rent_makes_dwellings_affordable_like_a_lower_rent():
    # 30 % of income: a whole unit at 2,400 less 600 asks for 6,000, a room at 1,000 less 600 for 1,334
    people = make_people(5, home=9, state=EMPLOYED, aware=[1, 1, 1, 1, 0], wage=[6000, 5999, 1334, 1333, 6000])
    transfers = make_entries(TRANSFER_DTYPE, amount_cny_m=[600] * 4, against_rent=1)
    settle(people, transfers=transfers)
    assert people.housing.tolist() == [WHOLE, SHARED, SHARED, CROWDED, SHARED]
    assert people.rent.tolist() == [2400, 1000, 1000, 500, 1000]  # what is paid is the market rent


def test_what_was_received_against_rent_is_no_income_and_other_transfers_are():
    people = make_people(3, home=9, state=EMPLOYED, wage=7000, transfer=[1000, 1000, 1500], rent_aid=[0, 1000, 500])
    settle(people)
    assert people.housing.tolist() == [WHOLE, SHARED, WHOLE]


def test_a_share_of_the_rent_is_the_share_of_the_rent_of_the_dwelling_weighed():
    people = make_people(2, home=9, state=EMPLOYED, aware=1, wage=[4000, 3999])
    settle(people, transfers=make_entries(TRANSFER_DTYPE, rent_share=0.5, against_rent=1))
    assert people.rent.tolist() == [2400, 1000]


def test_applicants_compare_with_the_dwelling_that_aid_makes_affordable():
    # alone, 5,000 affords a room at 1,000, below the unit at 1,200; with 900 against rent a whole unit at 2,400
    people = make_people(1, home=1, aware=1, state=EMPLOYED, wage=5000)
    assert applicants(people) == []
    assert applicants(people, transfers=make_entries(TRANSFER_DTYPE, amount_cny_m=[900] * 4, against_rent=1)) == [0]


def test_first_come_is_first_served_by_the_quarter_of_application():
    """Nobody who applied later holds a unit before somebody who applied earlier and still waits."""
    policy = {
        "kind": "talent_housing", "city": "alpha", "from": "2019Q2", "units": 12_000, "units_per_quarter": 3000,
        "term_years": 1, "queue": "first_come", "awareness": 0.3, "communication": 0.1,
    }  # fmt: skip
    before, served = {}, []

    def look(model):
        people, quarter = model.columns.people, model.quarter_number - 1
        queue = dict(zip(people.uid.tolist(), people.queue_q.tolist(), strict=True))
        housed = (people.housing == SUBSIDISED) & (people.lease_start_q == quarter)
        moved = dict(zip(people.uid.tolist(), (people.arrived_q == quarter).tolist(), strict=True))
        waiting = {uid: since for uid, since in queue.items() if since != NO_QUARTER}
        for uid, since in waiting.items():
            earlier = before.get(uid, NO_QUARTER)
            assert since == (quarter if earlier == NO_QUARTER or moved[uid] else earlier)
        since = [
            quarter if moved[uid] or before.get(uid, NO_QUARTER) == NO_QUARTER else before[uid]
            for uid in people.uid[housed].tolist()
        ]
        if since and waiting:
            assert max(since) <= min(waiting.values())
            served.append(quarter - max(since))
        before.clear()
        before.update(queue)

    run_toy(toy_scenario(policies=[policy], scale=400, quarters=12), on_step=look)
    assert max(served) > 0  # some waited


def test_nobody_waits_when_the_scheme_is_over():
    policy = {
        "kind": "talent_housing",
        "city": "alpha",
        "from": "2019Q2",
        "to": "2019Q3",
        "units": 1000,
        "term_years": 1,
    }
    waiting = []
    run_toy(
        toy_scenario(policies=[policy], scale=400, quarters=8),
        on_step=lambda model: waiting.append(int((model.columns.people.queue_q != NO_QUARTER).sum())),
    )
    assert waiting[0] == 0
    assert min(waiting[1:3]) > 0
    assert max(waiting[3:]) == 0
