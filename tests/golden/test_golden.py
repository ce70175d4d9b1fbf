"""The golden run: any change of results is seen. Refresh with tools/refresh_golden.py and a line in CHANGELOG.md."""

import pandas as pd

from tests.golden.golden_run import GOLDEN, summarise_golden_run


def test_golden_run_is_unchanged():
    """Counts are equal; money and rents agree to a millionth, which leaves room for another processor's last digit."""
    pd.testing.assert_frame_equal(summarise_golden_run(), pd.read_csv(GOLDEN), rtol=1e-6, check_dtype=False)
