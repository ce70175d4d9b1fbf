"""A run leaves nothing behind: Mesa keeps a table of models by class, and agents and models point at each other."""

import gc
import weakref
from pathlib import Path

import mesa
from toys import run_toy, toy_scenario

from sim.model import TalentMarket
from sim.run import run_scenario

N_RUNS = 50
GROWTH_LIMIT_BYTES = 20 * 2**20
"""Far below what 50 models kept alive would take, far above what the allocator keeps for itself."""
TINY = toy_scenario(scale=3000, quarters=2)


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def count_models():
    gc.collect()
    return sum(isinstance(one, mesa.Model) for one in gc.get_objects())


def test_a_closed_model_is_forgotten():
    model = TalentMarket(TINY, seed=1)
    model.step()
    assert len(model.tables()["cities"]) == 2
    assert model.firms[0].place == 0  # a lazily made agent points at the model as well
    assert model in mesa.Agent._ids
    alive = weakref.ref(model)
    model.close()
    assert model not in mesa.Agent._ids
    del model
    gc.collect()
    assert alive() is None


def test_without_closing_mesa_would_keep_the_model():
    # the reason why close() exists: when Mesa no longer does this, close() has less to do
    model = TalentMarket(TINY, seed=1)
    alive = weakref.ref(model)
    del model
    gc.collect()
    kept = alive()
    assert kept is not None
    kept.close()


def test_many_runs_do_not_grow():
    runs, before = [], count_models()
    known = len(mesa.Agent._ids)
    for seed in range(N_RUNS):
        if seed == 5:  # by then everything that is made once has been made
            gc.collect()
            settled = resident_bytes()
        runs.append(weakref.ref(run_toy(TINY, seed=seed)))
    gc.collect()
    grown = resident_bytes() - settled
    assert [seed for seed, run in enumerate(runs) if run() is not None] == []
    assert len(mesa.Agent._ids) == known
    assert count_models() == before
    assert grown < GROWTH_LIMIT_BYTES


def test_the_result_of_a_run_does_not_hold_its_model():
    before = count_models()
    known = len(mesa.Agent._ids)
    result = run_scenario(TINY, seed=1)
    assert count_models() == before
    assert len(mesa.Agent._ids) == known
    assert len(result.tables["cities"]) == 4
