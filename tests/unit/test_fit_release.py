"""Values before a fit that are given up because the figures gain by it: which, in which order, and when none is."""

import numpy as np
import pandas as pd
import pytest
from fit_toys import make_linear

from calibration.release import release_values
from calibration.search import sample_latin

MATRIX = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
"""Each figure is one parameter; none is the fourth."""
TRUTH = (0.8, 0.5, 0.25, 0.9)
PROBLEM = make_linear(TRUTH, MATRIX, tolerance=0.1)
WIDE = np.tile([0.1, 0.9], (4, 1))


@pytest.fixture(scope="module")
def simulated():
    unit = sample_latin(4, 60, 1)
    columns = [*PROBLEM.prior.names, *PROBLEM.targets.names]
    return pd.DataFrame(np.hstack([unit, unit @ np.array(MATRIX).T]), columns=columns)


def keep(values):
    return np.repeat(np.array(values)[:, None], 2, axis=1)


def test_what_costs_most_goes_first_and_what_costs_nothing_stays(simulated):
    """At 0.2 the first misses by six tolerances, the second by three, the third by half of one, the fourth by none."""
    box, freed = release_values(PROBLEM, keep([0.2] * 4), WIDE, simulated, 1)
    assert freed == ["p0", "p1"]
    assert box.tolist() == [[0.1, 0.9], [0.1, 0.9], [0.2, 0.2], [0.2, 0.2]]


def test_where_all_figures_are_met_all_values_stay(simulated):
    kept = keep(TRUTH)
    box, freed = release_values(PROBLEM, kept, WIDE, simulated, 1)
    assert freed == []
    assert box.tolist() == kept.tolist()


@pytest.mark.parametrize(("high", "freed"), [(0.22, []), (0.3, ["p0"]), (0.2, [])])
def test_a_value_goes_only_where_its_interval_gains_enough(simulated, high, freed):
    """Five tolerances outside at 0.2: ln(6 / 5.8) over three families is 0.011, too little, and ln(6 / 5) 0.06."""
    wide = np.array([[0.2, high], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    box, found = release_values(PROBLEM, keep([0.2, 0.5, 0.2, 0.2]), wide, simulated, 1)
    assert found == freed
    assert box[0].tolist() == (wide[0].tolist() if freed else [0.2, 0.2])
