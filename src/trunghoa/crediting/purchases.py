"""Purchase of credits: what an agreement's schedule asked for, what was delivered, and what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from trunghoa.quantities import N_, InputError, Problem


class Shortfall(StrEnum):
    """What becomes of units that were not there on the day they were due."""

    CARRY = "carry"
    DAMAGES = "damages"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Instalment:
    """Units (t CO2e) to be delivered by the end of a day."""

    due: date
    volume: int


@dataclass(frozen=True, slots=True)
class Due:
    """One instalment as it stands.

    ``owed`` is its volume with what was carried to it; ``delivered`` is what came by the due day and no
    earlier instalment took; ``short`` is what was missing on that day, nought while the day is not over.
    """

    due: date
    volume: int
    owed: int
    delivered: int
    short: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """An agreement on a day, in units and in its currency.

    ``delivered + outstanding + lapsed`` is the volume agreed; ``surplus`` was delivered beyond it, and
    ``overdue`` is what is outstanding after the last due day.
    ``price_due`` is for what was delivered, ``damages_due`` for what lapsed.
    """

    rows: tuple[Due, ...]
    volume: int
    delivered: int
    outstanding: int
    overdue: int
    lapsed: int
    surplus: int
    price_due: Decimal
    damages_due: Decimal


def settle(
    schedule: Sequence[Instalment],
    deliveries: Iterable[tuple[date, int]],
    rule: Shortfall,
    price: Decimal,
    damages: Decimal,
    today: date,
) -> Settlement:
    """Set what was delivered against the schedule, earliest first.

    Parameters
    ----------
    schedule : instalments with due days, each day once, whole units from 1 on
    deliveries : day and whole units of each delivery that stands, in any order
    rule : with ``carry`` missing units are added to the next instalment, the last one's stay outstanding;
        with ``damages`` and ``lapse`` they are owed no more, and with ``damages`` paid for
    price, damages : per unit, in the agreement's currency
    today : a due day is missed when it is over

    Raises
    ------
    InputError
        for a schedule that is empty, names a day twice, or has units that are not whole numbers from 1 on;
        for a delivery of none.

    Source: terms of an emission reduction purchase agreement; no law prescribes them.
    """
    ordered = _checked(schedule)
    pool = sorted(deliveries)
    for _day, units in pool:
        if units < 1:
            raise InputError(
                Problem(
                    N_("A delivery of %(value)s units is none."), field="units", value=str(units), limit="1"
                )
            )
    came = sum(units for _day, units in pool)
    rows: list[Due] = []
    used = carried = lapsed = 0
    for place, instalment in enumerate(ordered):
        owed = instalment.volume + carried
        until = sum(units for day, units in pool if day <= instalment.due) - used
        over = today > instalment.due
        # While the day is not over, whatever came counts.
        delivered = min(owed, until if over else came - used)
        used += delivered
        short = owed - delivered if over else 0
        carried = short if rule is Shortfall.CARRY and place + 1 < len(ordered) else 0
        if rule is not Shortfall.CARRY:
            lapsed += short
        rows.append(Due(instalment.due, instalment.volume, owed, delivered, short))
    volume = sum(i.volume for i in ordered)
    # What came after the last day still fills what a carrying agreement owes.
    late = min(came - used, volume - used) if rule is Shortfall.CARRY else 0
    used += late
    outstanding = volume - used - lapsed
    return Settlement(
        rows=tuple(rows),
        volume=volume,
        delivered=used,
        outstanding=outstanding,
        overdue=outstanding if today > ordered[-1].due else 0,
        lapsed=lapsed,
        surplus=came - used,
        price_due=price * used,
        damages_due=damages * lapsed if rule is Shortfall.DAMAGES else Decimal(0),
    )


def _checked(schedule: Sequence[Instalment]) -> list[Instalment]:
    if not schedule:
        raise InputError(
            Problem(
                N_("The schedule names no delivery."), field="schedule", hint=N_("Give at least one day.")
            )
        )
    ordered = sorted(schedule, key=lambda i: i.due)
    for before, after in pairwise(ordered):
        if before.due == after.due:
            raise InputError(
                Problem(N_("The day %(value)s stands twice."), field="due", value=after.due.isoformat())
            )
    for instalment in ordered:
        if instalment.volume < 1:
            raise InputError(
                Problem(
                    N_("“%(value)s” is no whole number of units: write an integer from 1 on."),
                    field="volume",
                    value=str(instalment.volume),
                    limit="1",
                )
            )
    return ordered
