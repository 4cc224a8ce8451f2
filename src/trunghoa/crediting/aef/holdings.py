"""ITMO identifiers as ranges, and holdings as a balance: what was held, plus in, minus out."""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from trunghoa.quantities import N_, Problem

from .report import Row, Value
from .template import FIRST_ROW, Template

# A quantity of a metric that is no greenhouse gas stands as text.
NUMBER = re.compile(r"\d{1,30}(\.\d{1,12})?")


class Series(NamedTuple):
    """Numbers of ITMOs are unique in a cooperative approach, registry, first Party and vintage."""

    approach: str
    registry: str
    party: str
    vintage: int


class Ids(NamedTuple):
    """The units of a row: first and last number in a series, both included."""

    series: Series
    first: int
    last: int

    @property
    def quantity(self) -> int:
        return self.last - self.first + 1


class Holding(NamedTuple):
    """Units held: their numbers and the row they came in with, every attribute kept."""

    first: int
    last: int
    row: Row


def ids(row: Row) -> Ids | None:
    """Units of a row of table 3 or 4; None where a field that names them is blank or makes no sense."""
    vintage = row.get("Vintage")
    first, last = (_sequence(row.get(name)) for name in ("FirstID", "LastID"))
    if first is None or last is None or last < first or not isinstance(vintage, int):
        return None
    names = (
        row.get("CooperativeApproachID"),
        row.get("PartyITMORegistryID"),
        row.get("FirstTransferringPartyID"),
    )
    if not all(isinstance(name, str) and name for name in names):
        return None
    approach, registry, party = (str(name) for name in names)
    return Ids(Series(approach, registry, party, vintage), first, last)


def _sequence(value: Value) -> int | None:
    """The number itself, or the fourth part of a full ITMO identifier."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    parts = value.split("-") if isinstance(value, str) else []
    return int(parts[3]) if len(parts) == 5 and parts[3].isdecimal() else None


def moment(row: Row) -> datetime | None:
    """When an action took place, in UTC; a day counts from its beginning."""
    value = row.get("ActionDateTime")
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo is not None else None
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None


def in_order(actions: Iterable[Row]) -> list[tuple[int, Row]]:
    """Actions by moment, with their rows in the sheet; those of the same moment stay as they stand."""
    numbered = list(enumerate(actions, start=FIRST_ROW))
    return sorted(numbered, key=lambda pair: moment(pair[1]) or datetime.max.replace(tzinfo=UTC))


def holdings(
    before: Iterable[Row], actions: Iterable[Row], template: Template
) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Rows of table 4 at the end of the year: ``held before + in − out``, unit by unit.

    Parameters
    ----------
    before : rows of table 4 of the year before
    actions : rows of table 3 of the year; what each does to holdings stands in the template

    Returns
    -------
    rows, problems
        a problem for each action that takes out what is not held, puts in what is held already, or is
        of no known kind.
    """
    held: dict[Series, list[Holding]] = {}
    problems: list[Problem] = []
    names = [f.name for f in template.table(4).fields]
    for number, row in enumerate(before, start=FIRST_ROW):
        problems += _put(held, row, names, template.table(4).sheet, number)
    for number, row in in_order(actions):
        effect = template.effect(str(row.get("ActionType")), str(row.get("ActionSubtype") or ""))
        if effect is None:
            problems.append(
                Problem(
                    N_("“%(value)s” is no action whose effect on holdings is known."),
                    file=template.table(3).sheet, row=number, field="ActionType",
                    value=str(row.get("ActionType")), source=template.version,
                )
            )  # fmt: skip
        elif effect > 0:
            problems += _put(held, row, names, template.table(3).sheet, number)
        elif effect < 0:
            problems += _take(held, row, template.table(3).sheet, number)
    kept = [h.row for series in sorted(held) for h in held[series]]
    return tuple(kept), tuple(problems)


def _put(
    held: dict[Series, list[Holding]], row: Row, names: list[str], sheet: str, number: int
) -> Iterator[Problem]:
    units = ids(row)
    if units is None:
        yield Problem(N_("The row does not name its units."), file=sheet, row=number, field="FirstID")
        return
    those = held.setdefault(units.series, [])
    at = bisect_right(those, units.first, key=lambda h: h.first)
    near = those[max(0, at - 1) : at + 1]
    if clash := [h for h in near if h.first <= units.last and units.first <= h.last]:
        yield Problem(
            N_("The units %(value)s come in, but %(limit)s are held already."),
            file=sheet,
            row=number,
            field="FirstID",
            value=f"{units.first}-{units.last}",
            limit=f"{clash[0].first}-{clash[0].last}",
        )
        return
    insort(
        those,
        Holding(units.first, units.last, {name: row.get(name) for name in names}),
        key=lambda h: h.first,
    )


def _take(held: dict[Series, list[Holding]], row: Row, sheet: str, number: int) -> Iterator[Problem]:
    units = ids(row)
    if units is None:
        yield Problem(N_("The row does not name its units."), file=sheet, row=number, field="FirstID")
        return
    those = held.get(units.series, [])
    start = max(0, bisect_right(those, units.first, key=lambda h: h.first) - 1)
    end = bisect_right(those, units.last, key=lambda h: h.first)
    hit = [h for h in those[start:end] if h.last >= units.first]
    found = sum(min(h.last, units.last) - max(h.first, units.first) + 1 for h in hit)
    if found < units.quantity:
        yield Problem(
            N_("The units %(value)s go out, but only %(limit)s of them are held."),
            file=sheet,
            row=number,
            field="FirstID",
            value=f"{units.first}-{units.last}",
            limit=str(found),
        )
        return
    rest = [cut(h, h.first, units.first - 1) for h in hit] + [cut(h, units.last + 1, h.last) for h in hit]
    those[start:end] = sorted(
        [h for h in those[start:end] if h.last < units.first] + [h for h in rest if h is not None],
        key=lambda h: h.first,
    )


def cut(held: Holding, first: int, last: int) -> Holding | None:
    """The part of a holding from ``first`` to ``last``; it keeps every attribute. None where it is empty."""
    if last < first:
        return None
    if (first, last) == (held.first, held.last):
        return held
    row = dict(held.row)
    whole, part = held.last - held.first + 1, last - first + 1
    row["FirstID"], row["LastID"] = (_renumber(row[n], i) for n, i in (("FirstID", first), ("LastID", last)))
    quantity, other = row.get("QuantityCO2"), row.get("QuantityNon-GHG")
    if isinstance(quantity, int | Decimal):
        row["QuantityCO2"] = _share(quantity, part, whole)
    if isinstance(other, str) and NUMBER.fullmatch(other):
        row["QuantityNon-GHG"] = str(_share(Decimal(other), part, whole))
    start, end = row.get("UnderlyingUnitFirstUnitID"), row.get("UnderlyingUnitLastUnitID")
    if isinstance(start, int) and isinstance(end, int) and end - start + 1 == whole:
        row["UnderlyingUnitFirstUnitID"] = start + first - held.first
        row["UnderlyingUnitLastUnitID"] = start + last - held.first
    return Holding(first, last, row)


def _share(amount: int | Decimal, part: int, whole: int) -> int | Decimal:
    """As much of an amount as belongs to a part of its units; exact wherever decimals can say it."""
    share = Fraction(amount) * part / whole
    return int(share) if share.denominator == 1 else Decimal(share.numerator) / Decimal(share.denominator)


def _renumber(value: Value, number: int) -> Value:
    if not isinstance(value, str):
        return number
    parts = value.split("-")
    parts[3] = str(number)
    return "-".join(parts)
