"""An internship gives experience and practice. It is no job."""

import numpy as np
import pytest
from toys import run_toy, toy_scenario

from sim.types import NEVER_EMPLOYED


@pytest.mark.parametrize("share", [0, 1])
def test_the_first_job_after_an_internship_is_a_first_job(share):
    policy = {"kind": "internship", "city": "all", "from": "2019Q1", "share": share}
    employed = []

    def count(model):
        employed.append(np.count_nonzero(model.columns.people.tenure_q != NEVER_EMPLOYED))

    model = run_toy(toy_scenario(policies=[policy], quarters=8), on_start=count, on_step=count)
    flows = model.tables()["flows"]
    first = flows[flows["new_graduate"].astype(bool)]
    assert employed[-1] - employed[0] > 200
    assert first["persons"].sum() == (employed[-1] - employed[0]) * model.scale
    assert set(first["reason"]) == {"first_job"}
