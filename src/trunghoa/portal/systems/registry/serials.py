"""Serials as this registry writes them: the code of a series, then the first and the last number."""

from __future__ import annotations

from typing import Any

from trunghoa.portal.core.ledger.models import Series


def written(series: Series, first: int, last: int) -> str:
    """Numbers carry no separators."""
    return f"{series.code}-{first}-{last}"


def serial(row: Any) -> str:
    """A block or posting by its serial: the series, first and last number."""
    return written(row.series, row.first, row.last)


def spelled(text: str) -> tuple[Series, int, int] | None:
    """A serial as this registry writes it: the code of a series, then one number or two."""
    parts = text.split("-")
    for count in (2, 1):
        numbers_ = parts[-count:]
        if len(parts) > count and all(n.isdecimal() and len(n) < 19 for n in numbers_):
            series = Series.objects.filter(code="-".join(parts[:-count])).first()
            if series is not None:
                first, last = int(numbers_[0]), int(numbers_[-1])
                return (series, first, last) if 1 <= first <= last else None
    return None
