"""Certificates of use and cancellation: what the ledger says of an order, and whether it still holds.

A certificate is kept nowhere. Its number is that of the order and part of a hash over the order's
transactions, so it cannot be made up, and what the page of its check says is read from the ledger each time.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger import sealing
from trunghoa.portal.core.ledger.models import LedgerTransaction, Posting, Seal, Series
from trunghoa.portal.core.ledger.spans import digest
from trunghoa.portal.core.record.templatetags import numbers

from .models import Order, Project
from .serials import written

KINDS = (Order.Kind.USE, Order.Kind.CANCEL)
# So many digits of the hash stand in the number.
DIGITS = 20


@dataclass(frozen=True)
class Line:
    """Neighbouring units that went out of use together."""

    series: Series
    first: int
    last: int
    project: Project | None

    @property
    def serial(self) -> str:
        return written(self.series, self.first, self.last)

    @property
    def units(self) -> int:
        return self.last - self.first + 1

    @property
    def vintage(self) -> int:
        return int(self.series.attributes.get("vintage") or 0)

    @property
    def gwp_set(self) -> str:
        return str(self.series.attributes.get("gwp_set") or "")


@dataclass(frozen=True)
class Certificate:
    """An order that took units out of use, as it stands in the ledger now."""

    order: Order
    transactions: tuple[LedgerTransaction, ...]
    lines: tuple[Line, ...]
    seals: tuple[Seal, ...]

    @property
    def number(self) -> str:
        return f"{self.order.pk}-{_mark(self.transactions)}"

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def at(self) -> datetime:
        return self.transactions[-1].at

    @property
    def day(self) -> date:
        """Of the entry, in the time of the portal."""
        return timezone.localtime(self.at).date()

    @property
    def reversals(self) -> tuple[LedgerTransaction, ...]:
        found = (getattr(row, "reversal", None) for row in self.transactions)
        return tuple(row for row in found if row is not None)

    @property
    def projects(self) -> tuple[Project, ...]:
        return tuple({line.project.pk: line.project for line in self.lines if line.project}.values())

    @property
    def faults(self) -> list[str]:
        """Why the certificate does not hold; nothing where it does."""
        found = [
            _("Transaction %(number)s was reversed on %(day)s: the units are in use again.")
            % {"number": row.reverses_id, "day": numbers.day(timezone.localtime(row.at).date())}
            for row in self.reversals
        ]
        for row in self.transactions:
            if digest(row.body) != row.sha256:
                found.append(_("Transaction %(number)s does not agree with its hash.") % {"number": row.pk})
            elif self._sealed(row) and not sealing.proof(row).holds:
                found.append(_("Transaction %(number)s does not agree with its seal.") % {"number": row.pk})
        return found

    def _sealed(self, row: LedgerTransaction) -> bool:
        return any(seal.first <= row.pk <= seal.last for seal in self.seals)

    @property
    def is_sealed(self) -> bool:
        return all(self._sealed(row) for row in self.transactions)


def of(order: Order) -> Certificate | None:
    """The certificate of an order; None where it took nothing out of use, or has not yet."""
    if order.kind not in KINDS or order.state != "executed":
        return None
    rows = tuple(order.transactions.select_related("reversal").order_by("pk"))
    if not rows:
        return None
    arrived = Posting.objects.filter(transaction__in=rows, delta__gt=0).select_related("series")
    moved = list(arrived.order_by("series__code", "first"))
    wanted = {posting.series.attributes.get("project") for posting in moved}
    projects = Project.objects.in_bulk([pk for pk in wanted if pk])
    lines = tuple(
        Line(p.series, p.first, p.last, projects.get(p.series.attributes.get("project", 0))) for p in moved
    )
    seals = Seal.objects.filter(first__lte=rows[-1].pk, last__gte=rows[0].pk).order_by("number")
    return Certificate(order, rows, lines, tuple(seals))


def find(number: str) -> Certificate | None:
    """The certificate of a number as it is printed; None where the ledger knows none."""
    pk, _dash, mark = "".join(number.split()).lower().partition("-")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19 and mark.isascii()):
        return None
    order = Order.objects.select_related("source__account__organisation").filter(pk=int(pk)).first()
    found = of(order) if order is not None else None
    if found is None or not hmac.compare_digest(_mark(found.transactions), mark):
        return None
    return found


def _mark(rows: tuple[LedgerTransaction, ...]) -> str:
    return sha256("".join(row.sha256 for row in rows).encode()).hexdigest()[:DIGITS]
