"""Serial numbers, read and written."""

from __future__ import annotations

from trunghoa.crediting import Serial, parse_serial
from trunghoa.quantities import InputError


def parsed(text: str) -> Serial | None:
    """A serial of any registry that is known, or None."""
    try:
        return parse_serial(text)
    except InputError:
        return None
