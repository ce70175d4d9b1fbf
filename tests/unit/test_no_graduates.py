"""Worlds in which nobody graduates: never, in one place, from some year on, or because all seats are taken away.

Everything runs and is checked; a count is 0 and a mean or a share of nobody is not a number.
"""

import numpy as np
import pytest
from toys import DATA, toy_scenario

from sim.outcomes import summarise_run
from sim.report import Study, load_compared, write_comparison
from sim.run import run_scenario, simulate_moments
from sim.types import Quarter
from sim.world.spec import FIRST_COHORT_YEAR

GRADUATES = toy_scenario().world.graduates
YEARS = FIRST_COHORT_YEAR + np.arange(GRADUATES.shape[1])


def run_both(**changes):
    """Tables, and sums without tables, of one run whose invariants are checked."""
    scenario = toy_scenario(scale=4000, **changes)
    return run_scenario(scenario, seed=2, check=True), simulate_moments(scenario, 2)


def outcomes_of(result, since="2019Q1"):
    """Outcome -> value of all groups together."""
    frame = summarise_run(result, city="alpha", since=Quarter.parse(since))
    everybody = frame[frame["group"] == "all"]
    return dict(zip(everybody["outcome"], everybody["value"], strict=True))


def test_a_world_that_never_had_graduates_stays_empty():
    result, sums = run_both(world={"graduates": 0 * GRADUATES}, quarters=8)
    assert not sums.pulse.any()
    assert not sums.graduated.any()
    assert not sums.flows.any()
    assert np.isnan(sums.rent_burden).all()
    for name in ("people", "cohorts", "flows"):
        assert len(result.tables[name]) == 0, name
    assert result.tables["postings"]["openings"].sum() > 0
    assert result.tables["postings"]["hires"].sum() == 0
    found = outcomes_of(result)
    assert found["stayed_12m"] == found["arrivals"] == 0
    assert all(np.isnan(found[name]) for name in ("stay_share_12m", "wage", "employment_rate", "rent_burden"))
    start = toy_scenario().world.talent_start[0]  # all of it older than the model's people
    rate = toy_scenario().params.cohorts.retirement_rate
    assert found["talent"] == start - round(start * (1 - (1 - rate) ** 2))


def test_a_place_without_graduates_is_staffed_from_elsewhere():
    none_here = np.where(np.arange(2)[:, None] == 0, 0.0, GRADUATES)
    result, sums = run_both(world={"graduates": none_here}, quarters=8)
    assert not sums.graduated[:, 0].any()
    assert sums.graduated[:, 1].any()
    found = outcomes_of(result)
    assert np.isnan(found["stay_share_12m"])
    assert found["arrivals"] > 0
    assert found["employment_rate"] > 0


def test_when_graduates_end_the_earlier_ones_go_on():
    result, sums = run_both(world={"graduates": np.where(YEARS < 2020, GRADUATES, 0.0)}, quarters=12)
    cohorts = result.tables["cohorts"]
    assert set(cohorts["cohort_year"]) == {2019}
    assert cohorts["stayed_12m"].sum() > 0
    assert sums.pulse[-1].sum() > 0
    found = outcomes_of(result)
    assert 0 < found["stay_share_12m"] < 1
    assert np.isnan(outcomes_of(result, "2020Q1")["stay_share_12m"])


def test_without_seats_graduates_end_when_the_last_course_does():
    closed = {"kind": "enrolment_change", "city": "all", "from": "2019Q1", "factor": 0, "levels": ["below_bachelor"]}
    result, sums = run_both(policies=[closed], quarters=16)
    left = sums.graduated[..., 0].sum(axis=(1, 3, 4))[YEARS >= 2019]
    assert (left[:3, 0] > 0).all()  # whoever was enrolled before the seats were taken away
    assert not left[3:, 0].any()
    assert (left[:4, 1] > 0).all()
    institutions = result.tables["institutions"]
    last = institutions[institutions["quarter"].astype(str) == institutions["quarter"].astype(str).max()]
    seats = last.groupby("level", observed=False)["seats"].sum()
    assert seats["below_bachelor"] == 0
    assert seats["bachelor"] > 0


@pytest.mark.parametrize(("key", "figures"), [("graduates.default", True), ("graduates.alpha.default", False)])
def test_a_comparison_shows_what_is_not_known_as_missing(tmp_path, key, figures):
    files = [str(DATA / f"two_cities_{name}.yaml") for name in ("baseline", "subsidy")]
    scenarios = load_compared(files[0], files[1:], [f"world_values.{key}=0"], 4000, 10)
    study = Study(seeds=range(1, 3), city="alpha", jobs=1, check=True, figures=figures)
    comparison = write_comparison(scenarios, tmp_path / "out", study, since=Quarter.parse("2020Q1"))
    effects = comparison.effects
    rows = effects[effects["group"] == "all"].set_index("outcome")
    assert np.isnan(rows.loc["stay_share_12m", "value"])
    assert rows.loc["stayed_12m", "value"] == 0
    assert not np.isinf(effects.select_dtypes("number")).any(axis=None)
    assert bool(list((tmp_path / "out").rglob("*.png"))) == figures
