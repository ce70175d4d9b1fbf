"""Net leavers of a city: moves of people with experience, out less in."""

import numpy as np
import pytest
from tool_scripts import load_tool

from sim.types import EDUCATION, REASON


@pytest.fixture(scope="module")
def tool():
    return load_tool("count_leavers")


def test_leavers_less_arrivals_without_first_jobs_and_without_who_stays(tool):
    flows = np.zeros((2, 3, 3, len(EDUCATION), len(REASON), 2), np.int64)
    flows[0, 1, 0, 1, 0, 0] = 7
    flows[0, 1, 2, 2, 1, 0] = 4
    flows[0, 2, 1, 1, 0, 0] = 3
    flows[0, 1, 1] = 100
    flows[0, 2, 1, 1, 0, 1] = 50
    flows[0, 0, 2] = 20
    flows[1, 0, 1, 3, 2, 0] = 6
    assert tool.count_leavers(flows, 1).tolist() == [7 + 4 - 3, -6]
    assert tool.count_leavers(flows, 0).tolist()[1] == 6
    assert sum(tool.count_leavers(flows, place).sum() for place in range(3)) == 0
