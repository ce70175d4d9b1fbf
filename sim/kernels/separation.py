"""Quits, layoffs, and the end of jobs whose firm closes.

P(the firm of a person closes) = share of the real firms of the group that have closed
quit hazard = base exp(-a pay_link) (wage / market wage)^-b exp(-c tenure);  layoff hazard = speed x surplus share

Quits fall with the link of pay to performance and with pay relative to the market (digest 000, mechanism 12). With
a = b = c = 0 and no surplus the hazard is constant, and unemployment tends to s / (s + f).
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.kernels.inlined import inlined
from sim.rng import draw_bits, uniform
from sim.types import EMPLOYED, NO_FIRM, SEARCHING

LEAST_RELATIVE_PAY: Final = 0.2
"""Pay relative to the market counts as no lower than this: keeps the power finite."""


@inlined
def quit_hazard(wage: float, market_wage: float, pay_link: float, tenure_q: int, rule: Any) -> float:
    """Probability that a job held is quit within the quarter."""
    relative = max(LEAST_RELATIVE_PAY, wage / max(1.0, market_wage))
    exponent = -rule.quit_pay_link * pay_link - 0.25 * rule.quit_tenure * tenure_q
    return min(1.0, rule.quit_base * math.exp(exponent) * relative ** (-rule.quit_wage))


@inlined
def leave_job(people: Any, i: int) -> None:
    """End the job of person `i`, who searches from now on."""
    people.firm[i] = NO_FIRM
    people.wage[i] = 0.0
    people.tenure_q[i] = 0
    people.search_q[i] = 0
    people.state[i] = SEARCHING


@njit(cache=True, nogil=True)
def separate_jobs(
    start: int,
    stop: int,
    people: Any,
    firms: Any,
    places: Any,
    rule: Any,
    key_quit: np.uint64,
    key_layoff: np.uint64,
    key_closure: np.uint64,
    separations: NDArray[np.int64],
) -> None:
    """Jobs that end in rows `start:stop`; `separations` (firm, 3) counts quits, layoffs and closures."""
    highest_hazard = rule.quit_base * LEAST_RELATIVE_PAY ** (-rule.quit_wage)
    for i in range(start, stop):
        if people.state[i] != EMPLOYED:
            continue
        firm = people.firm[i]
        closing = firms.closing[firm]
        if closing > 0.0 and uniform(draw_bits(key_closure, people.uid[i])) < closing:
            separations[firm, 2] += 1
            leave_job(people, i)
            continue
        # most draws lie above any hazard, which saves its power and exponential
        u = uniform(draw_bits(key_quit, people.uid[i]))
        if u < highest_hazard and u < quit_hazard(
            people.wage[i],
            places.market_wage[people.city[i], people.education[i]],
            firms.pay_link[firm],
            people.tenure_q[i],
            rule,
        ):
            separations[firm, 0] += 1
            leave_job(people, i)
        elif uniform(draw_bits(key_layoff, people.uid[i])) < rule.layoff_speed * firms.surplus_share[firm]:
            separations[firm, 1] += 1
            leave_job(people, i)
