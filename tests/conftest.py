"""Shared set-up of all tests."""

import gc
import os

from hypothesis import settings

settings.register_profile("compiled", deadline=None)  # the first example of a compiled function waits for its compiler
settings.load_profile("compiled")


def pytest_configure(config):
    """Without compilation numpy warns where 64-bit hashes wrap around, which is what they are meant to do."""
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        config.addinivalue_line("filterwarnings", "ignore:overflow encountered in scalar:RuntimeWarning")


def pytest_collection_finish():
    """What has been imported by now stays: each run ends with a search for cycles, which need not look at it again."""
    gc.collect()
    gc.freeze()
