"""How the small functions are compiled that the loops over persons are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., object])


def inlined(function: _Function) -> _Function:
    """Compile `function` into each of its callers. It may read arrays, but neither makes nor returns any.

    Its callers hold the arrays, so it counts no references to them (`_nrt`): counting stops the processor, twice for
    each array of each call.
    """
    compiled: _Function = njit(cache=True, forceinline=True, _nrt=False)(  # type: ignore[call-overload]  # not in stubs
        function
    )
    return compiled
