import numpy as np
import pytest
from scipy import stats
from toys import checksums, run_toy, toy_scenario

import sim.phases.firms_adjust
from sim.agents.firms import QUALITY_RANGE
from sim.model import TalentMarket
from sim.phases.firms_adjust import firms_adjust
from sim.phases.firms_post import firms_post

ERROR_RATE = 1e-4
"""Chance that a fresh seed fails a statistical test here."""
NO_TURNOVER = tuple(f"params.firms.exit_{k}=0" for k in (1, 2, 3, 4, "excess"))
RECESSION = {"kind": "ai_demand_shock", "from": "2020Q1", "to": "2022Q4", "labour_factor": 0.5, "ramp_quarters": 2}


@pytest.fixture
def make_model():
    made = []

    def make(*overrides, **changes):
        made.append(TalentMarket(toy_scenario(*overrides, **changes), seed=1))
        return made[-1]

    yield make
    for model in made:
        model.close()


def adjust(model):
    firms_adjust(model)
    model.quarter_number += 1


def test_offers_rise_with_what_stays_unfilled_and_fall_back(make_model):
    model = make_model("params.wages.unfilled_step=0.04", "params.wages.premium_reversion=0.25")
    firms = model.firms
    firms.premium[:4] = [0, 0, 0.08, 0.08]
    firms.openings[:4], firms.hires[:4] = [0, 8, 8, 8], [0, 8, 2, 0]
    cell = np.zeros(4, np.int64)
    before = model.demand.offered_wage(np.arange(4), cell, model.quarter_number)
    adjust(model)
    assert firms.premium[:4] == pytest.approx([0, 0, 0.06 + 0.03, 0.06 + 0.04])
    assert firms.unfilled[:4].tolist() == [0, 0, 6, 8]
    after = model.demand.offered_wage(np.arange(4), cell, model.quarter_number - 1)
    assert np.sign(np.round(after - before, 6)).tolist() == [0, 0, 1, 1]


def test_expected_quits_follow_quits_seen(make_model):
    model = make_model("params.firms.quit_memory=0.75")
    firms = model.firms
    firms.quit_rate[:3], firms.quits[:3], firms.headcount[:3] = 0.04, [0, 2, 0], [8, 8, 0]
    adjust(model)
    assert firms.quit_rate[:3] == pytest.approx([0.03, 0.03 + 0.25 * 0.2, 0.04])


def stand_in(firms, place, industry):
    """Only as many firms as listed, in these markets."""
    firms.place, firms.industry = np.array(place, np.int8), np.array(industry, np.int8)
    firms.market = firms.place.astype(np.int64) * 12 + firms.industry


def test_adoption_among_like_peers_at_one_price_is_logistic(make_model):
    model = make_model(
        "params.firms.adoption_local=1", "params.firms.adoption_rate=0.02", "params.firms.adoption_lead=0"
    )
    firms, rate, rule = model.firms, 0.02, model.params.firms
    price = np.ones(len(firms))
    cell = firms.place.astype(np.int64) * 12 + firms.industry
    start = np.random.default_rng(1).uniform(0.02, 0.5, cell.max() + 1)[cell]
    adoption = start
    for _ in range(100):
        adoption = firms.spread_adoption(adoption, price, rule)
    odds = start / (1 - start) * np.exp(100 * np.log1p(rate))
    assert adoption == pytest.approx(odds / (1 + odds), abs=0.005)  # steps of a quarter against the curve in time
    assert firms.spread_adoption(start, price, rule) == pytest.approx(start + rate * start * (1 - start))


def test_peers_by_hand(make_model):
    model = make_model()
    firms = model.firms
    stand_in(firms, [0, 0, 1, 1], [2, 2, 2, 5])
    firms.jobs_start = np.array([10.0, 30, 40, 7])
    peers = firms.peer_adoption(np.array([0.4, 0.8, 0.1, 0.9]), 0.25)
    here, everywhere = 0.7, (4 + 24 + 4) / 80
    assert peers == pytest.approx([0.25 * here + 0.75 * everywhere] * 2 + [0.25 * 0.1 + 0.75 * everywhere, 0.9])


def test_adoption_stays_a_share_whatever_the_rate(make_model):
    model = make_model("params.firms.adoption_rate=1", "params.firms.ai_price_fall=0.9")
    for _ in range(30):
        adjust(model)
    assert np.all(model.firms.adoption <= 1)
    assert model.firms.adoption.min() > 0.99


def test_the_price_of_ai_falls_by_its_yearly_rate(make_model):
    model = make_model("params.firms.ai_price_fall=0.4")
    first = model.first_quarter_number
    assert [model.demand.ai_price(first + k) for k in (-3, 0, 4, 8)] == pytest.approx([1, 1, 0.6, 0.36])


@pytest.mark.parametrize(("name", "less", "more"), [("ai_price_fall", 0, 0.6), ("ai_price_elasticity", 0, 1)])
def test_cheaper_ai_is_adopted_sooner(make_model, name, less, more):
    slow, fast = (make_model(f"params.firms.{name}={value}") for value in (less, more))
    for _ in range(8):
        adjust(slow)
        adjust(fast)
    assert np.all(fast.firms.adoption > slow.firms.adoption)


@pytest.mark.parametrize("local", [0.0, 0.5, 1.0])
def test_a_lower_price_in_one_place_reaches_the_other_through_peers(make_model, local):
    model = make_model(f"params.firms.adoption_local={local}")
    model.levers.ai_price_factor[0] = 0.5
    for _ in range(6):
        adjust(model)
    gain, there = model.firms.adoption - model.firms.adoption_path, model.firms.place == 1
    assert gain[~there].min() > 0
    assert np.array_equal(gain[there] > 0, np.full(np.count_nonzero(there), local < 1))
    assert gain[there].max() < gain[~there].max()


def test_without_policies_adoption_keeps_to_its_path():
    def look(model):
        firms, demand = model.firms, model.demand
        assert np.array_equal(firms.adoption, firms.adoption_path)
        assert np.array_equal(firms.adoption, demand.adoption_without_policies(model.quarter_number))
        assert np.average(firms.adoption, weights=firms.jobs_start) == pytest.approx(demand.mean_adoption_path())

    model = run_toy(toy_scenario(quarters=6), on_step=look)
    assert model.firms.adoption.min() > 0.12


def test_room_is_what_jobs_keep_busy_and_at_least_one(make_model):
    model = make_model(scale=100)
    firms = model.firms
    firms._room_point[:] = 0.5
    jobs = firms.size_mean * np.resize([0.2, 0.9, 3.4, 3.6], len(firms)) / 100
    assert firms.find_room(jobs).tolist() == np.resize([1, 1, 3, 4], len(firms)).tolist()


def test_exits_follow_their_hazards(make_model):
    model = make_model(quarters=16)
    firms = model.firms
    exited, expected, variance = np.zeros(len(firms)), np.zeros(len(firms)), np.zeros(len(firms))
    for _ in range(300):
        hazard = firms.exit_hazard * firms.number + 0.1 * np.maximum(
            0, firms.number - firms.find_room(firms.market_jobs)
        )
        adjust(model)
        part = hazard - np.floor(hazard)
        exited, expected, variance = exited + firms.exited, expected + hazard, variance + part * (1 - part)
    for size in np.unique(firms.size):
        own = firms.size == size
        error = (exited[own].sum() - expected[own].sum()) / np.sqrt(variance[own].sum())
        assert abs(error) < stats.norm.isf(0.5 * ERROR_RATE / 4), size
    rates = [np.mean(firms.exit_hazard[firms.size == size]) for size in np.unique(firms.size)]
    assert rates == sorted(rates, reverse=True)


def test_firms_fill_their_room_on_average_as_desired_headcount_supposes(make_model):
    model = make_model("params.firms.exit_1=0.1", "params.firms.exit_2=0.1", "params.firms.entry_speed=0.3")
    firms = model.firms
    many = firms.room >= 40  # of few firms the one that is left makes the share lumpy
    assert many.any()
    share = []
    for _ in range(400):
        adjust(model)
        share.append(np.average((firms.number / firms.room / firms.standing_mean)[many]))
    # rounding is without bias; deviations last about 1 / (0.1 + 0.3) quarters
    error = np.std(share) / np.sqrt(400 * 0.4 / 2)
    assert abs(np.mean(share) - 1) < stats.norm.isf(0.5 * ERROR_RATE) * error


def test_growing_industries_lose_fewer_firms(make_model):
    growth = np.zeros(12)
    growth[2], growth[3] = 0.1, -0.1
    firms = make_model("params.firms.exit_growth=5", world={"industry_growth": growth}).firms
    base = make_model("params.firms.exit_growth=0", world={"industry_growth": growth}).firms.exit_hazard
    assert firms.exit_hazard == pytest.approx(base * np.exp(-5 * growth[firms.industry]))


def test_a_group_of_one_firm_closes_whole_and_opens_again():
    exits = (f"params.firms.exit_{k}={hazard}" for k, hazard in ((1, 0), (2, 0), (3, 0), (4, 0.2)))
    before, seen = {}, {"closed": 0, "reopened": 0}

    def keep(model):
        before.update({name: getattr(model.firms, name).copy() for name in ("headcount", "number", "room", "exited")})

    def look(model):
        firms, one = model.firms, before["room"] == 1
        closed = one & (before["number"] == 0)
        assert not firms.headcount[closed].any()
        assert not firms.openings[closed].any()
        assert not firms.closures[one & (before["exited"] == 0)].any()
        freed = one & (before["exited"] == 1)
        assert np.array_equal(firms.closures[freed], before["headcount"][freed])
        seen["closed"] += np.count_nonzero(freed & (before["headcount"] > 0))
        seen["reopened"] += np.count_nonzero(closed & (firms.number == 1))
        keep(model)

    run_toy(toy_scenario(*exits, "params.firms.entry_speed=0.3", scale=200), on_start=keep, on_step=look, check=True)
    assert seen["closed"] > 5
    assert seen["reopened"] > 5


@pytest.mark.parametrize("policies", [[], [RECESSION]], ids=["baseline", "recession"])
def test_staff_is_conserved_when_firms_close(policies):
    overrides = [f"params.firms.exit_{k}=0.15" for k in (1, 2, 3, 4)]
    staff, closures, freed = [], [], []

    def start(model):
        staff.append(model.firms.headcount.copy())

    def look(model):
        firms = model.firms
        ended = firms.quits + firms.layoffs + firms.closures
        assert np.array_equal(firms.headcount, staff[-1] + firms.hires - ended)
        closures.append(firms.closures.sum())
        if len(staff) > 1:
            freed.append(
                (closures[-1], (shares[-1] * staff[-1]).sum(), (shares[-1] * (1 - shares[-1]) * staff[-1]).sum())
            )
        shares.append(firms.closing.copy())
        staff.append(firms.headcount.copy())

    shares = []
    run_toy(toy_scenario(*overrides, policies=policies), on_start=start, on_step=look, check=True)
    seen, expected, variance = np.sum(freed, axis=0)
    assert abs(seen - expected) < stats.norm.isf(0.5 * ERROR_RATE / 2) * np.sqrt(variance)


def test_tables_count_births_and_deaths_of_firms():
    model = run_toy(toy_scenario(policies=[RECESSION]))
    table = model.tables()["firms"]
    assert table["exited"].sum() > 0
    for _, cell in table.groupby(["industry", "size", "city"], observed=True):
        change = cell["firms"].diff().iloc[1:]
        assert (change == (cell["entered"] - cell["exited"]).iloc[1:]).all()


def test_a_recession_closes_firms_and_the_recovery_founds_them():
    plain, shocked = (run_toy(toy_scenario(policies=p)).tables()["firms"] for p in ([], [RECESSION]))
    during = [f"{year}Q{k}" for year in (2020, 2021) for k in (1, 2, 3, 4)]
    sums = [table[table["quarter"].isin(during)][["exited", "entered"]].sum() for table in (plain, shocked)]
    assert sums[1]["exited"] > 1.5 * sums[0]["exited"]
    assert sums[1]["entered"] < sums[0]["entered"]


@pytest.mark.parametrize("change", ["entry_speed=0.9", "exit_growth=40", "ai_productivity=2", "skill_trend=0.1"])
def test_without_exits_and_elasticity_the_rest_changes_nothing(change):
    neutral = (*NO_TURNOVER, "params.firms.demand_elasticity=0")
    plain, changed = (run_toy(toy_scenario(*neutral, *more, quarters=8)) for more in ((), (f"params.firms.{change}",)))
    assert not plain.firms.closing.any()
    assert np.array_equal(plain.firms.number, plain.firms.room)
    assert np.array_equal(plain.firms.desired, plain.firms.market_jobs)
    assert checksums(changed) == checksums(plain)


def test_without_exits_the_run_is_that_without_the_rule(monkeypatch):
    plain = checksums(run_toy(toy_scenario(*NO_TURNOVER, quarters=8)))
    monkeypatch.setattr(sim.phases.firms_adjust, "_enter_and_exit", lambda model: None)
    without = checksums(run_toy(toy_scenario(*NO_TURNOVER, quarters=8)))
    differ = {name for name in plain if plain[name] != without[name]}
    assert differ == {"firms"}  # where firms founded on new room are counted


@pytest.mark.parametrize(("elasticity", "sign"), [(-0.3, -1), (0.0, 0), (0.3, 1)])
def test_better_skills_and_more_ai_move_desired_jobs_as_the_elasticity_says(make_model, elasticity, sign):
    model = make_model(f"params.firms.demand_elasticity={elasticity}")
    firms_post(model)
    before = model.firms.desired.copy()
    model.firms.quality[:] = 1.2
    firms_post(model)
    skilled = model.firms.desired.copy()
    assert np.all(np.sign(skilled - before) == sign)
    assert skilled == pytest.approx(before * 1.2**elasticity)
    model.firms.adoption = np.minimum(1.0, model.firms.adoption + 0.3)
    firms_post(model)
    assert np.all(np.sign(model.firms.desired - skilled) == sign)


@pytest.mark.parametrize(("elasticity", "sign"), [(-0.3, -1), (0.3, 1)])
def test_people_who_know_more_change_what_firms_want_in_a_run(elasticity, sign):
    wanted = []
    for factor in (1.0, 1.3):

        def start(model, factor=factor):
            for name in ("knowledge", "technical", "practice", "soft"):
                getattr(model.columns.people, name)[:] *= factor

        scenario = toy_scenario(f"params.firms.demand_elasticity={elasticity}", quarters=3)
        wanted.append(run_toy(scenario, on_start=start).firms.desired.sum())
    assert np.sign(wanted[1] - wanted[0]) == sign


def test_skill_of_staff_counts_relative_to_place_and_industry_at_the_start(make_model):
    firms = make_model().firms
    stand_in(firms, [0, 0, 1, 1], [2, 2, 2, 5])
    firms.headcount, firms.quality = np.array([4, 12, 2, 0]), np.ones(4)
    firms.start_quality(np.array([2.0, 10, 1.2, 0]))
    assert firms.quality_start == pytest.approx([0.75, 0.75, 0.6, 13.2 / 18])
    firms.note_skill(np.array([2.0, 10.8, 9, 0]), 1.2)
    assert firms.quality == pytest.approx([0.5 / 0.9, 0.9 / 0.9, QUALITY_RANGE[1], 1])
    firms.headcount[:] = 0
    firms.start_quality(np.zeros(4))
    firms.note_skill(np.zeros(4), 1.0)
    assert firms.quality.tolist() == [1, 1, 1, 1]


def test_skill_at_the_start_is_that_of_the_staff(make_model):
    model = make_model("params.cohorts.spin_up_quarters=0")
    firms = model.firms
    assert np.array_equal(firms.quality, np.ones(len(firms)))
    people, weights = model.columns.people, model.mean_skill_weight[0]
    working = people.firm >= 0
    here = working & (people.city == 1)
    here[working] &= firms.industry[people.firm[working]] == 3
    names = ("knowledge", "technical", "practice", "soft")
    skill = sum(w * getattr(people, name)[here].mean() for w, name in zip(weights, names, strict=True))
    own = (firms.place == 1) & (firms.industry == 3)
    assert firms.quality_start[own] == pytest.approx(skill, rel=1e-5)
