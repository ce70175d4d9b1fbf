"""What is left to spend in each place at its mean pay, and the chance of having that pay.

spending = max(take-home pay - rent - living cost, floor share of take-home pay) x (1 - unemployment)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.pay import choose_tenure, take_home


@njit(cache=True)
def spend_by_place(
    market_wage: NDArray[np.float64], records: NDArray[np.void], housing: Any, tax: Any, spending: NDArray[np.float64]
) -> None:
    """Write `spending` (place, education), CNY/month, from the mean pay and the records of places."""
    for place in range(market_wage.shape[0]):
        record = records[place]
        employment = max(0.05, 1.0 - record["unemployment"])
        for level in range(market_wage.shape[1]):
            net = take_home(market_wage[place, level], tax)
            _, rent = choose_tenure(net, record["rent_shared"], record["rent_whole"], housing)
            left = max(net - rent - record["living_cost"], housing.floor_share * net)
            spending[place, level] = left * employment
