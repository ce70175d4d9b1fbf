"""Tables that kernels read besides the persons: places, firms, open positions and the entries of policies.

All are named tuples of arrays. They are rebuilt or refreshed by the agents each quarter and never changed by kernels,
except where a kernel's docstring says so.
"""

from __future__ import annotations

import collections
from typing import Any

Places: Any = collections.namedtuple(  # type: ignore[misc]
    "Places",
    [
        "rent_shared",  # (place,) CNY/month
        "rent_whole",  # (place,) CNY/month
        "living_cost",  # (place,) CNY/month
        "amenity",  # (place,) index
        "hukou_value",  # (place,) index
        "hukou_chance",  # (place, education) chance of a local hukou within the horizon that people believe in
        "career",  # (place,) utility of the thickness of the job market
        "distance",  # (place, place) 1000 km
        "market_wage",  # (place, education) mean pay last quarter, CNY/month
        "utility",  # (place, education) mean utility of living there last quarter
        "unemployment",  # (place,) share of the labour force without a job
        "sample_factor",  # (place,) factor on the positions seen by people who live there
    ],
)

Firms: Any = collections.namedtuple(  # type: ignore[misc]
    "Firms",
    [
        "place",  # (firm,) i1
        "industry",  # (firm,) i1
        "size",  # (firm,) i1
        "ownership",  # (firm,) i1
        "identity",  # (firm,) u8, persistent
        "pay_link",  # (firm,) share
        "training",  # (firm,) share of staff a quarter
        "surplus_share",  # (firm,) share of staff above desired headcount and slack
        "career",  # (firm,) utility of a job there besides pay, place and AI
        "noise",  # (firm,) screening noise, score
    ],
)

Positions: Any = collections.namedtuple(  # type: ignore[misc]
    "Positions",
    [
        "firm",  # (line,) i4 row of the firm
        "cell",  # (line,) i1 position cell
        "wage",  # (line,) f4 offered pay, CNY/month
        "capacity",  # (line,) i4 openings
        "identity",  # (line,) u8, persistent: firm identity and cell
        "opening_line",  # (opening,) i4 line of each opening, sorted by (education asked, place)
        "block_start",  # (education, place + 1) i8 first opening of the block in opening_line
    ],
)

Transfers: Any = collections.namedtuple(  # type: ignore[misc]
    "Transfers",
    [
        "policy",  # (entry,) i8
        "amount",  # (entry, education) CNY/month
        "rent_share",  # (entry,) share
        "cap",  # (entry,) CNY/month
        "start_q",  # (entry,) quarter
        "term_q",  # (entry,) quarters
        "take_up",  # (entry,) share
        "rules",  # (entry,) records of who is eligible
    ],
)

Schemes: Any = collections.namedtuple(  # type: ignore[misc]
    "Schemes",
    [
        "policy",  # (entry,) i8
        "place",  # (entry,) i8
        "rent_cap",  # (entry,) CNY/month
        "rent_share",  # (entry,) share of the market rent of a whole unit
        "free_q",  # (entry,) quarters
        "term_q",  # (entry,) quarters
        "take_up",  # (entry,) share
        "chance",  # (entry,) chance of a unit that applicants believe in
        "rules",  # (entry,) records of who is eligible
    ],
)

SearchKeys: Any = collections.namedtuple(  # type: ignore[misc]
    "SearchKeys", ["family", "take_up", "taste_city", "taste_position", "sample_place", "sample_position"]
)
"""Keys of the draws of one quarter's search; the first three last for life."""

Schooling: Any = collections.namedtuple(  # type: ignore[misc]
    "Schooling",
    [
        "gap",  # (place, institution) years behind the frontier
        "practice",  # (place, institution) share of practice
        "cooperation",  # (place, institution) depth of cooperation
        "teachers",  # (place, institution) share of dual teachers
    ],
)
