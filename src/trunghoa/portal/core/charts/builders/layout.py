"""Where labels and axes go: plain arithmetic that the builders share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from trunghoa.quantities import format_number

Number = Decimal | int | float


def written(value: Number, lang: str) -> str:
    """A number with about three significant digits, whole from a hundred on."""
    size = abs(float(value))
    decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 1 else 3
    return format_number(value, lang, decimals)


def scale_ends(low: float, high: float, steps: int = 5) -> tuple[float, float]:
    """Round ends of an axis that holds low and high, in steps of 1, 2, 2.5 or 5 times a power of ten."""
    if high == low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / steps
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart as little as needed: at least ``gap`` between them, all within low and high."""
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    placed = [min(max(wanted[i], low), high) for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + gap)
    placed[-1] = min(placed[-1], high)
    for i in range(len(placed) - 2, -1, -1):
        placed[i] = min(placed[i], placed[i + 1] - gap)
    result = [0.0] * len(wanted)
    for position, i in zip(placed, order, strict=True):
        result[i] = position
    return result
