"""Known limit 7, first part: a policy of size zero is no policy, bit for bit."""

from pathlib import Path

import pytest
from toys import COMPILED, checksums, run_toy, toy_scenario

from sim.policies import POLICY_KINDS
from sim.sourced import read_yaml

CASES = Path(__file__).parent.parent / "cases"
QUARTERS = 8
SCALE = 1000 if COMPILED else 20_000
"""Equality needs no number of agents."""


def read_zeros(kind):
    case = read_yaml(CASES / f"{kind}.yaml", []).to_plain()
    return [{**case["policy"], "from": "2019Q3", "to": "2020Q3", **change} for change in case["zero"]]


@pytest.fixture(scope="module")
def baseline():
    return checksums(run_toy(toy_scenario(quarters=QUARTERS, scale=SCALE)))


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_size_zero_is_the_baseline(kind, baseline):
    for policy in read_zeros(kind):
        assert checksums(run_toy(toy_scenario(policies=[policy], quarters=QUARTERS, scale=SCALE))) == baseline, policy


def test_all_zeros_together_are_the_baseline(baseline):
    policies = [policy for kind in POLICY_KINDS for policy in read_zeros(kind)]
    assert checksums(run_toy(toy_scenario(policies=policies, quarters=QUARTERS, scale=SCALE))) == baseline


def test_before_their_first_quarter_policies_change_nothing(baseline):
    policies = [read_yaml(CASES / f"{kind}.yaml", []).to_plain()["policy"] for kind in POLICY_KINDS]
    later = [{name: value for name, value in policy.items() if name != "to"} for policy in policies]

    def is_baseline(*chosen):
        given = [policy | {"from": "2021Q1"} for policy in chosen]
        return checksums(run_toy(toy_scenario(policies=given, quarters=QUARTERS, scale=SCALE))) == baseline

    assert is_baseline(*later), [policy["kind"] for policy in later if not is_baseline(policy)]


def test_another_seed_is_another_run(baseline):
    other = checksums(run_toy(toy_scenario(quarters=QUARTERS, scale=SCALE), seed=2))
    assert other["people"] != baseline["people"]
