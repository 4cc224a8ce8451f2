"""Sums of postings that are asked for often, carried forward with each seal.

A transfer does not touch them, so none waits because of them: where they are read, the few postings since the
last seal are added. ``verify`` compares what was carried with all postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, IntegerField, Max, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractYear
from django.utils.timezone import get_default_timezone

from . import statements
from .models import LedgerTransaction, Posting, Seal, Total, Turnover

Kind = LedgerTransaction.Kind
Key = tuple[Any, ...]
Sums = tuple[int, int]
Rows = Iterable[tuple[Any, ...]]


class Standing(NamedTuple):
    """Units, and how many of them are blocked."""

    units: int
    blocked: int


class Done(NamedTuple):
    """Transactions that moved units, and the units."""

    transactions: int
    units: int


def standing(*by: str) -> dict[Key, Standing]:
    """Units by fields that lead from an account or a series, such as ``account__kind`` or ``series``.

    Issuing accounts have less than nought: what was issued.
    """
    carried = Total.objects.order_by().values_list(*by).annotate(Sum("units"), Sum("blocked"))
    found = _sums(carried, _changes(_since(), *by))
    return {key: Standing(*sums) for key, sums in found.items() if any(sums)}


def turnover(unit: str) -> dict[tuple[int, str], Done]:
    """What was done with units of this sort, by year (where the server is) and kind of transaction."""
    carried = Turnover.objects.filter(unit=unit).values_list("year", "kind", "unit", "transactions", "units")
    found = _sums(carried, _done(_since().filter(series__unit=unit)))
    return {(year, kind): Done(*sums) for (year, kind, _), sums in sorted(found.items())}


def carry(seal: Seal) -> None:
    """Add what a new seal binds; in the database transaction that writes it."""
    bound = Posting.objects.filter(transaction__gte=seal.first, transaction__lte=seal.last)
    for rows, add in ((_changes(bound, "account", "series"), TOTAL), (_done(bound), TURNOVER)):
        for key, sums in _sums(rows).items():
            statements.run(add, [*key, *sums])


TOTAL = """
INSERT INTO ledger_total (account_id, series_id, units, blocked) VALUES (%s, %s, %s, %s)
ON CONFLICT (account_id, series_id) DO UPDATE
SET units = ledger_total.units + excluded.units, blocked = ledger_total.blocked + excluded.blocked
"""
TURNOVER = """
INSERT INTO ledger_turnover (year, kind, unit, transactions, units) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (year, kind, unit) DO UPDATE
SET transactions = ledger_turnover.transactions + excluded.transactions,
units = ledger_turnover.units + excluded.units
"""


def faults() -> Iterator[str]:
    """Where what was carried is not what the postings up to the last seal add up to."""
    bound = Posting.objects.filter(transaction__lte=_upto())
    stands = _sums(Total.objects.values_list("account", "series", "units", "blocked"))
    for account, series in _differing(_sums(_changes(bound, "account", "series")), stands):
        yield f"Account {account}, series {series}: the sum carried is not that of its postings."
    stands = _sums(Turnover.objects.values_list("year", "kind", "unit", "transactions", "units"))
    for year, kind, unit in _differing(_sums(_done(bound)), stands):
        yield f"{year}, {kind}, {unit}: the turnover carried is not that of the postings."


def _upto() -> int:
    return Seal.objects.aggregate(last=Max("last"))["last"] or 0


def _since() -> QuerySet[Posting]:
    return Posting.objects.filter(transaction__gt=_upto())


def _changes(postings: QuerySet[Posting], *by: str) -> Any:
    """Units that came, and units that were blocked, by these fields."""
    sign = Case(
        When(transaction__kind=Kind.BLOCK, then=Value(1)),
        When(transaction__kind=Kind.UNBLOCK, then=Value(-1)),
        When(transaction__reverses__kind=Kind.BLOCK, then=Value(-1)),
        When(transaction__reverses__kind=Kind.UNBLOCK, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    blocked = Sum((F("last") - F("first") + 1) * sign)
    return postings.order_by().values_list(*by).annotate(Sum("delta"), blocked=blocked)


def _done(postings: QuerySet[Posting]) -> Any:
    """Transactions and units that came somewhere, by year, kind and unit."""
    year = ExtractYear("transaction__at", tzinfo=get_default_timezone())
    rows = postings.filter(delta__gt=0).order_by().annotate(year=year)
    rows = rows.values_list("year", "transaction__kind", "series__unit")
    return rows.annotate(Count("transaction", distinct=True), Sum("delta"))


def _sums(*sources: Rows) -> dict[Key, Sums]:
    """Rows that end in two sums, added by what stands before those."""
    found: dict[Key, Sums] = {}
    for source in sources:
        for *key, one, other in source:
            before = found.get(tuple(key), (0, 0))
            found[tuple(key)] = (before[0] + int(one), before[1] + int(other))
    return found


def _differing(left: dict[Key, Sums], right: dict[Key, Sums]) -> list[Key]:
    return sorted(k for k in left.keys() | right.keys() if left.get(k, (0, 0)) != right.get(k, (0, 0)))
