"""Every internal rate of return of a cash flow, by bracketing.

With v = 1/(1+r) the net present value is a polynomial in v. Its real roots on 0 < v ≤ 1 (r ≥ 0), and
those of the reversed polynomial on 0 < x < 1 with x = 1+r (r < 0), are all the rates above −1. On the unit
interval nothing overflows, and between neighbouring roots of the derivative the polynomial is monotone, so
each bracket holds one root or none: none is missed and none is guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

# A turning point that misses zero by less than the rounding of the sum itself is a root that touches.
ROUNDING = 64 * float(np.finfo(np.float64).eps)


def rates_of_return(cash_flow: ArrayLike) -> tuple[float, ...]:
    """All real r > −1 with Σ c_t (1+r)^−t = 0, in rising order.

    Parameters
    ----------
    cash_flow : c_t, money, t = 0, 1, …; an all-zero flow has no rate of its own and gives none
    """
    flow = np.trim_zeros(np.asarray(cash_flow, dtype=np.float64)).tolist()
    if len(flow) < 2:
        return ()
    gains = [1.0 / v - 1.0 for v in _roots(flow)]
    losses = [x - 1.0 for x in _roots(flow[::-1]) if x < 1.0]
    return tuple(sorted(losses + gains))


def _value(coefficients: Sequence[float], v: float) -> float:
    total = 0.0
    for c in reversed(coefficients):
        total = total * v + c
    return total


def _sign_changes(coefficients: Sequence[float]) -> int:
    signs = [c > 0 for c in coefficients if c]
    return sum(a is not b for a, b in pairwise(signs))


def _roots(coefficients: Sequence[float]) -> list[float]:
    """Roots on 0 < v ≤ 1, in rising order; Descartes' rule ends the descent early."""
    while coefficients and not coefficients[0]:  # a factor v has no root above 0
        coefficients = coefficients[1:]
    changes = _sign_changes(coefficients)
    if not changes:
        return []
    turning = [] if changes == 1 else _roots([i * c for i, c in enumerate(coefficients)][1:])
    points = [0.0, *(p for p in turning if p < 1.0), 1.0]
    found = [p for p in points[1:] if _is_zero(coefficients, p)]
    for left, right in pairwise(points):
        if (left and left in found) or right in found:
            continue
        if (_value(coefficients, left) > 0) is not (_value(coefficients, right) > 0):
            found.append(_bisect(coefficients, left, right))
    return sorted(found)


def _is_zero(coefficients: Sequence[float], v: float) -> bool:
    size = _value([abs(c) for c in coefficients], v)
    return abs(_value(coefficients, v)) <= ROUNDING * size


def _bisect(coefficients: Sequence[float], left: float, right: float) -> float:
    rising = _value(coefficients, right) > 0
    while (middle := 0.5 * (left + right)) not in (left, right):
        if (_value(coefficients, middle) > 0) is rising:
            right = middle
        else:
            left = middle
    return middle
