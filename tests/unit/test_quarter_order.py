"""Quarters of result tables are ordered: a reader may ask for those from a given one on."""

import pytest
from toys import toy_scenario

from sim.results import read_result, table_checksum, write_result
from sim.run import run_scenario


@pytest.fixture(scope="module")
def result():
    policies = [{"kind": "living_subsidy", "city": "alpha", "from": "2019Q2", "amount_cny_m": 900}]
    return run_scenario(toy_scenario(policies=policies, quarters=6, scale=4000), seed=1)


def count_late(tables):
    return {
        name: int((table["quarter"] >= "2019Q3").sum()) for name, table in tables.items() if "quarter" in table.columns
    }


def test_quarters_compare_in_the_order_of_time_as_written_and_as_read(result, tmp_path):
    read = read_result(write_result(result, tmp_path / "run"))
    late = count_late(result.tables)
    assert {"cities", "people", "ledger"} <= late.keys()
    assert late == count_late(read.tables)
    for name, table in read.tables.items():
        if name in late:
            texts = table["quarter"].astype(str)
            assert late[name] == sum(text >= "2019Q3" for text in texts), name
            assert 0 < late[name] < len(table), name
            assert str(table["quarter"].min()) == min(texts), name


def test_order_is_no_content(result):
    cities = result.tables["cities"]
    unordered = cities.assign(quarter=cities["quarter"].cat.as_unordered())
    assert table_checksum(unordered) == table_checksum(cities)
