"""Agreements as the kernel settles them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from trunghoa.crediting import Instalment, Settlement, Shortfall, settle

__all__ = ["Settlement", "settlement"]


def settlement(
    schedule: Iterable[tuple[date, int]],
    deliveries: Iterable[tuple[date, int]],
    rule: str,
    price: Decimal,
    damages: Decimal,
    today: date,
) -> Settlement:
    """What was due, delivered and owed on a day."""
    rows = [Instalment(due, volume) for due, volume in schedule]
    return settle(rows, deliveries, Shortfall(rule), price, damages, today)
