"""What is to be moved: numbers of a series, or so many of it. Whole numbers, never floats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .errors import Refused

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers ``first`` to ``last`` of a series, both included."""

    series: int
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def plain(self) -> dict[str, int]:
        return {"series": self.series, "first": self.first, "last": self.last}


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many units of a series, the lowest numbers that are free to move."""

    series: int
    amount: int

    def plain(self) -> dict[str, int]:
        return {"series": self.series, "amount": self.amount}


What = Sequence[Span | Quantity]


def whole(value: Any) -> int:
    """A whole number from 1 on; neither a float, nor a text such as “1,312,595”, nor a truth."""
    if type(value) is not int or not 1 <= value <= LARGEST:
        raise Refused(
            _("“%(value)s” is no whole number of units: write an integer from 1 on.") % {"value": value}
        )
    return value


def checked(what: What) -> list[dict[str, int]]:
    """The same as plain data.

    Raises
    ------
    Refused
        where nothing is named, a number is not whole, or a span ends before it begins.
    """
    if not what:
        raise Refused(_("Nothing is named: say which units, or how many."))
    for part in what:
        if isinstance(part, Quantity):
            whole(part.amount)
        elif whole(part.first) > whole(part.last):
            raise Refused(
                _("The span %(first)s–%(last)s ends before it begins: put the smaller number first.")
                % {"first": part.first, "last": part.last}
            )
    return [part.plain() for part in what]


def plain(value: Any) -> Any:
    """Data that both databases give back exactly as it was: texts, integers, truths, lists and tables."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    raise Refused(
        _("“%(value)s” cannot be kept exactly: give texts, whole numbers, lists or tables.")
        % {"value": value}
    )


def digest(value: Any) -> str:
    """SHA-256 of plain data: sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(encoded(value)).hexdigest()


ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encoded(value: Any) -> bytes:
    return ENCODER.encode(value).encode()
