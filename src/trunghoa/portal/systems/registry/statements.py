"""Statement of an account: what stood there, what came and went with its serials, what stands there now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum

from trunghoa.portal.core.ledger.models import LedgerTransaction, Posting
from trunghoa.portal.core.workflow import days

from .models import RegistryAccount
from .models.accounts import UNIT
from .serials import serial


@dataclass(frozen=True, slots=True)
class Line:
    """One span of units that came (more than nought) or went, and the balance after it."""

    transaction: LedgerTransaction
    serial: str
    units: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Days ``first`` to ``last`` on the calendar of the account's side; ``opening + Σ units = closing``."""

    account: RegistryAccount
    first: date
    last: date
    opening: int
    lines: tuple[Line, ...]

    @property
    def closing(self) -> int:
        return self.lines[-1].balance if self.lines else self.opening


def of(account: RegistryAccount, first: date, last: date) -> Statement:
    """The statement of an account for a span of days."""
    begin, end = days.begin(account.side, first), days.begin(account.side, last + timedelta(days=1))
    opening = _postings(account).filter(transaction__at__lt=begin).aggregate(n=Sum("delta"))["n"] or 0
    within = _postings(account).filter(transaction__at__gte=begin, transaction__at__lt=end)
    return Statement(account, first, last, int(opening), tuple(_lines(int(opening), within)))


def _lines(opening: int, postings: QuerySet[Posting]) -> Iterator[Line]:
    balance = opening
    for row in postings.select_related("transaction", "series").order_by("transaction__at", "pk"):
        balance += row.delta
        yield Line(row.transaction, serial(row), row.delta, balance)


def _postings(account: RegistryAccount) -> QuerySet[Posting]:
    """What moved units; to block or mark them moves none."""
    return Posting.objects.filter(account=account.account, series__unit=UNIT).exclude(delta=0)
