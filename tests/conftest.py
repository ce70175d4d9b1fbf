"""Shared set-up of all tests."""

import os


def pytest_configure(config):
    """Without compilation numpy warns where 64-bit hashes wrap around, which is what they are meant to do."""
    if os.environ.get("NUMBA_DISABLE_JIT") == "1":
        config.addinivalue_line("filterwarnings", "ignore:overflow encountered in scalar:RuntimeWarning")
