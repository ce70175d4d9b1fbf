"""Many runs: the same results in the same order for any number of workers, and one folder a run."""

import pytest

from sim.results import read_result, table_checksum
from sim.scenario import load_scenario
from sim.sweep import locate_run, run_paired


def hash_tables(result):
    return {name: table_checksum(table) for name, table in result.tables.items()}


@pytest.fixture(scope="module")
def scenarios():
    short = load_scenario("baseline", scale=20000, quarters=4)
    return {"long": load_scenario("baseline", scale=20000, quarters=5), "short": short}


def test_workers_change_nothing(scenarios, tmp_path):
    seen = []
    alone = run_paired(
        scenarios, [5, 2], jobs=1, reduce=hash_tables, on_done=lambda done, total: seen.append((done, total))
    )
    together = run_paired(scenarios, [5, 2], jobs=2, reduce=hash_tables, folder=tmp_path)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert together == alone
    assert [(name, list(runs)) for name, runs in together.items()] == [("long", [5, 2]), ("short", [5, 2])]
    written = read_result(locate_run(tmp_path, "short", 2))
    assert hash_tables(written) == alone["short"][2]
    assert alone["short"][2] != alone["short"][5]
