"""Known limit 6: with perfectly inelastic housing a subsidy to all renters ends up in rents, with elastic housing not.

Only housing moves here: nobody is hired, moves or settles, and everybody rents. A whole unit is taken by whoever pays
at most the share L of pay T for it, less the subsidy a: R - a <= L T. Where the stock is fixed, rents rise until as
many take whole units as before, and the marginal tenant with pay T paid L T before and pays L T + a now:

    rise of the rent / subsidy = 1 with a fixed stock, whatever L,     0 with a perfectly elastic one.

In between, rents rest at the index i at which demand meets supply, demand(i, a) / demand(1, 0) = i^elasticity. A living
subsidy b is income instead, R <= L (T + b): the share L of it is capitalised with a fixed stock.
"""

import numpy as np
import pytest
from scipy import optimize
from toys import COMPILED, run_toy, toy_scenario

from sim.kernels.pay import take_home
from sim.model import PHASES
from sim.types import CROWDED, SHARED, WHOLE

SUBSIDY_CNY_M = 800.0
MARGINAL_PAY_CNY_M = 6500.0
"""Take-home pay that just affords a whole unit without a subsidy: in the middle of the pay of all."""
ELASTICITIES = (0.0, 0.5, 2.0, 8.0, 500.0)
QUARTERS = 44
SCALE, GRAIN = (200, 1.0) if COMPILED else (2000, 5.0)
"""Persons that an agent stands for, and the tolerance that goes with it: rents rest between the pay of two neighbours
in the order of pay, and these are ten times as far apart where there are a tenth as many agents."""
HOUSING_ALONE = tuple(phase for phase in PHASES if phase.name in {"policies_act", "housing_clears"})


def let_rents_settle(budget_share, elasticity, *, kind="rent_subsidy", **size):
    """The model after eleven years; the subsidy of the given `kind` and size starts when the stock is set."""
    rent = budget_share * MARGINAL_PAY_CNY_M
    subsidy = {
        "kind": kind, "city": "all", "from": "2019Q2", "to": "2030Q4", "term_years": 20, "awareness": 1, "take_up": 1,
        **size,
    }  # fmt: skip
    scenario = toy_scenario(
        "to=2030Q4",
        f"params.housing.rent_share_limit={budget_share}",
        "params.housing.crowding=1",  # two tenures: who cannot pay a room has one all the same
        # a market answers within quarters whatever the supply: only the way to the resting point depends on the speed
        f"params.housing.rent_elasticity={0.5 / (1 + elasticity)}",
        "params.housing.stock_speed=1",
        "params.housing.family_share=0",
        "params.housing.own_home_hazard=0",
        "params.housing.market_lease_quarters=1",
        policies=[subsidy],
        quarters=QUARTERS,
        scale=SCALE,
        world={
            "rent_whole_cny_m": np.full(2, rent),
            "rent_shared_cny_m": np.full(2, 0.5 * rent),
            "supply_elasticity": np.full(2, elasticity),
            "stock_growth": np.zeros(2),
        },
    )
    return run_toy(scenario, phases=HOUSING_ALONE)


def rent_index(model):
    return np.array([city.rent_index for city in model.cities])


def capitalised_share(model, budget_share):
    """(city,) rise of the rent of a whole unit over the subsidy."""
    return (rent_index(model) - 1) * budget_share * MARGINAL_PAY_CNY_M / SUBSIDY_CNY_M


def solve_index(model, budget_share, elasticity):
    """(city,) index at which demand in rooms meets supply, from the pay of people alone."""
    people, rooms = model.columns.people, model.params.housing.whole_rooms
    pay = np.array([take_home(float(wage), model.rules.tax) for wage in people.wage])

    def demand(city, index, amount):
        afford = budget_share * pay[people.city == city] + amount >= index * budget_share * MARGINAL_PAY_CNY_M
        return np.sum(np.where(afford, rooms, 1.0))

    def excess(index, city):
        return demand(city, index, SUBSIDY_CNY_M) / demand(city, 1.0, 0.0) - index**elasticity

    return np.array([optimize.bisect(excess, 0.9, 2.0, args=(city,), xtol=1e-9) for city in range(2)])


@pytest.mark.parametrize("elasticity", [0.0, 500.0])
def test_without_a_subsidy_rents_stand_still(elasticity):
    model = let_rents_settle(0.35, elasticity)
    people = model.columns.people
    assert rent_index(model) == pytest.approx(1)
    assert np.isin(people.housing, (CROWDED, SHARED, WHOLE)).all()
    assert 0.3 < np.mean(people.housing == WHOLE) < 0.7  # the subsidy has somebody to move


@pytest.mark.parametrize("budget_share", [0.25, 0.35, 0.6, 1.0])
def test_with_a_fixed_stock_a_rent_subsidy_ends_up_in_rents(budget_share):
    before = let_rents_settle(budget_share, 0.0)
    after = let_rents_settle(budget_share, 0.0, amount_cny_m=SUBSIDY_CNY_M)
    assert capitalised_share(after, budget_share) == pytest.approx(1.0, rel=0.02 * GRAIN)
    # nobody lives better than before: the same rooms are shared by as many
    for model in (before, after):
        assert [city.stock_rooms for city in model.cities] == [city.stock_rooms for city in before.cities]
    used = [[city.rooms_used(model.params.housing) for city in model.cities] for model in (before, after)]
    assert used[1] == pytest.approx(used[0], rel=0.002 * GRAIN)


@pytest.mark.parametrize("budget_share", [0.35, 1.0])
def test_with_a_fixed_stock_the_part_of_income_that_goes_to_rent_ends_up_in_rents(budget_share):
    model = let_rents_settle(budget_share, 0.0, kind="living_subsidy", amount_cny_m=SUBSIDY_CNY_M)
    assert capitalised_share(model, budget_share) == pytest.approx(budget_share, rel=0.02 * GRAIN)


@pytest.mark.parametrize("budget_share", [0.35, 1.0])
def test_with_elastic_supply_nothing_ends_up_in_rents(budget_share):
    model = let_rents_settle(budget_share, 500.0, amount_cny_m=SUBSIDY_CNY_M)
    assert np.all(capitalised_share(model, budget_share) < 0.01)
    fixed = let_rents_settle(budget_share, 0.0, amount_cny_m=SUBSIDY_CNY_M)
    for elastic, inelastic in zip(model.cities, fixed.cities, strict=True):
        assert elastic.rooms_used(model.params.housing) > 1.02 * inelastic.rooms_used(model.params.housing)


@pytest.mark.parametrize("budget_share", [0.35, 1.0])
def test_in_between_less_ends_up_in_rents_the_more_is_built(budget_share):
    shares = []
    for elasticity in ELASTICITIES:
        model = let_rents_settle(budget_share, elasticity, amount_cny_m=SUBSIDY_CNY_M)
        solved = solve_index(model, budget_share, elasticity)
        shares.append(capitalised_share(model, budget_share))
        assert shares[-1] == pytest.approx(
            (solved - 1) * budget_share * MARGINAL_PAY_CNY_M / SUBSIDY_CNY_M, abs=0.02 * GRAIN
        )
    steps = ", ".join(f"{e:g}: {share.mean():.3f}" for e, share in zip(ELASTICITIES, shares, strict=True))
    print(f"share of a subsidy in rents by elasticity of supply, budget share {budget_share}: {steps}")  # noqa: T201
    assert np.all(np.diff(shares, axis=0) < -0.02)
    assert shares[0] == pytest.approx(1, abs=0.02 * GRAIN)
    assert shares[-1] == pytest.approx(0, abs=0.01 * GRAIN)


@pytest.mark.parametrize("budget_share", [0.35, 1.0])
def test_a_share_of_the_rent_is_capitalised_like_the_amount_it_comes_to(budget_share):
    # the marginal tenant is paid s of the rent R of the whole unit that is weighed: (1 - s) R = L T
    paid = 0.2
    index = rent_index(let_rents_settle(budget_share, 0.0, rent_share=paid))
    assert index == pytest.approx(1 / (1 - paid), rel=0.005 * GRAIN)
    assert rent_index(let_rents_settle(budget_share, 500.0, rent_share=paid)) == pytest.approx(1, abs=0.002 * GRAIN)
