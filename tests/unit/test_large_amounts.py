"""Amounts far beyond any real policy: the second count of money allows what single precision loses, and no more."""

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.errors import InvariantError
from sim.phases.policies_act import _doubt_fen

EVERYBODY = {"city": "all", "from": "2019Q1", "awareness": 1, "take_up": 1}
BILLION = {"kind": "living_subsidy", "amount_cny_m": 1e9 - 0.37, "term_years": 20, **EVERYBODY}
THIRD = {**BILLION, "amount_cny_m": 1e9 / 3}
SHARE = {"kind": "living_subsidy", "amount_cny_m": 150_000.77, "pay_share": 0.9, "term_years": 20, **EVERYBODY}


@pytest.mark.parametrize("policies", [[BILLION], [THIRD, THIRD, THIRD], [SHARE, BILLION, SHARE], [SHARE]])
def test_transfers_of_any_size_pass_the_check(policies):
    model = run_toy(toy_scenario(policies=policies, quarters=2, scale=4000), check=True)
    persons = model.ledger.closed[-1][1].sum(axis=1)
    assert (persons > 1_000_000).all()
    paid = model.ledger.spent_fen[0] / 100
    assert paid == pytest.approx(policies[0]["amount_cny_m"] * 3 * 2 * persons[0], rel=0.2)


@pytest.mark.parametrize("policies", [[BILLION], [THIRD, THIRD, THIRD], [SHARE]])
@pytest.mark.parametrize("factor", [1 - 1e-5, 1 + 1e-5])
def test_what_is_off_by_more_is_still_found(policies, factor):
    def cheat(model):
        book = model.ledger.book
        model.ledger.book = lambda policy, persons, fen: book(policy, persons, np.rint(fen * factor).astype(np.int64))

    with pytest.raises(InvariantError, match="the ledger is the sum of transfers"):
        run_toy(toy_scenario(policies=policies, quarters=1, scale=4000), check=True, on_start=cheat)


@pytest.mark.parametrize("market", [1e5, 1e9])
def test_high_rents_pass_the_check(market):
    wages = toy_scenario().world.wage_education_cny_m * (market / 1000)
    world = {
        "rent_whole_cny_m": np.full(2, market + 0.17), "rent_shared_cny_m": np.full(2, market / 2),
        "wage_education_cny_m": wages,
    }  # fmt: skip
    flats = {"kind": "talent_housing", "units": 200_000, "rent_share": 0.0333, "term_years": 3, **EVERYBODY}
    model = run_toy(toy_scenario(policies=[flats], world=world, quarters=6, scale=4000), check=True)
    assert model.ledger.spent_fen[0] / 100 > 1e6 * market


@pytest.mark.parametrize("payments", [1, 2, 5])
def test_the_doubt_bounds_what_single_precision_loses(payments):
    draws = np.random.default_rng(payments)
    fen = np.rint(10.0 ** draws.uniform(0, 12, (payments, 20_000))).astype(np.int64)
    kept = np.zeros(20_000, np.float32)
    for one in fen:
        kept += (one / 100.0).astype(np.float32)
    off = np.abs(np.rint(kept.astype(np.float64) * 100.0).astype(np.int64) - fen.sum(axis=0))
    doubt = np.array([_doubt_fen(kept[i : i + 1], payments) for i in range(len(kept))])
    assert (off <= doubt).all()
    assert (off > 0).any()
    assert doubt.sum() < 5 * payments * off.sum()


def test_ordinary_amounts_leave_no_doubt():
    amounts = np.array([0.0, 1500.0, 20_000.01, 60_000.0], np.float32)
    assert _doubt_fen(amounts, 1) == _doubt_fen(amounts[:3], 3) == 0
