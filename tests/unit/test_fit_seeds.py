"""Steps of a calibration take seeds from ranges of their own: what judges has not been seen by what searched."""

import itertools

import pytest

from calibration.budget import BUDGETS
from calibration.candidates import AGAIN_OFFSET
from calibration.fit import CHOOSE_OFFSET
from calibration.posterior import DESIGN_OFFSET, FEWEST_MEMBERS
from calibration.recover import FEWEST_TRUTHS, TRUTH_OFFSET, TRUTH_SEEDS
from calibration.ship import SHIP_OFFSET
from calibration.validate import SEED_OFFSET

APART = 10_000
"""Seeds by which the first ones of two commands may differ without their ranges meeting."""
MOST_VALIDATED = 10_000
"""Seeds of a validation: whoever calls it says how many."""


@pytest.mark.parametrize("name", BUDGETS)
def test_ranges_of_seeds_do_not_overlap(name):
    budget = BUDGETS[name]
    design = (budget.design + budget.waves * budget.wave_points) * budget.seeds
    members = max(FEWEST_MEMBERS, budget.members) * budget.member_seeds
    lengths = {
        0: max(budget.seeds, budget.screen_seeds),
        CHOOSE_OFFSET: budget.choose_seeds,
        TRUTH_OFFSET: max(FEWEST_TRUTHS, budget.truths) * TRUTH_SEEDS,
        DESIGN_OFFSET: design + members,
        SEED_OFFSET: MOST_VALIDATED,
        SHIP_OFFSET: budget.choose_seeds,
        AGAIN_OFFSET: budget.further * budget.seeds,
    }
    assert len(lengths) == 7
    for first, after in itertools.pairwise(sorted(lengths)):
        assert first + lengths[first] + APART <= after
