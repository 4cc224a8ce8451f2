"""What stands where, and what happened to a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, Sum

from .models import Account, Block, LedgerTransaction, Posting, Series


def balances(*, account: Account | None = None, series: Series | None = None) -> dict[tuple[int, int], int]:
    """Units by (account, series), from the postings; issuing accounts are less than nought.

    One account's own, or all of a series, or all there are.
    """
    rows = Posting.objects.exclude(delta=0)
    if account is not None:
        rows = rows.filter(account=account)
    if series is not None:
        rows = rows.filter(series=series)
    sums = rows.order_by().values_list("account", "series").annotate(units=Sum("delta"))
    return {(account_id, series_id): int(units) for account_id, series_id, units in sums if units}


def holdings(account: Account) -> models.QuerySet[Block]:
    """The blocks in an account, by series and number."""
    return Block.objects.filter(account=account).select_related("series").order_by("series", "first")


def block_of(series: Series, number: int) -> Block | None:
    """The block in which a number stands; None where it was never issued."""
    found = Block.objects.filter(series=series, last__gte=number).select_related("series", "account")
    block = found.order_by("last").first()
    return block if block is not None and block.first <= number else None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a number, and to which numbers together."""

    transaction: LedgerTransaction
    first: int
    last: int
    source: int | None
    target: int


def story(series: Series, first: int, last: int | None = None) -> list[Event]:
    """Everything that happened to a number, or to any of a span, in order.

    An event of a block, an unblock or a mark has no source: nothing moved.
    """
    upto = first if last is None else last
    found = Posting.objects.filter(series=series, last__gte=first, first__lte=upto)
    postings = found.select_related("transaction__actor", "transaction__approver").order_by("pk")
    return list(_events(postings))


def _events(postings: Any) -> Iterator[Event]:
    """A span leaves one account and comes to another in neighbouring postings."""
    left = None
    for posting in postings:
        if posting.delta < 0:
            left = posting
            continue
        source = left.account_id if posting.delta and left is not None else None
        yield Event(posting.transaction, posting.first, posting.last, source, posting.account_id)


def left(account: Account, *, since: Any = None, **conditions: Any) -> int:
    """Units that went out of an account to others, for limits on many small transfers together.

    What was reversed did not go out, and its coming back is no transfer.
    """
    rows = Posting.objects.filter(
        account=account, delta__lt=0, transaction__reverses=None, transaction__reversal=None, **conditions
    )
    if since is not None:
        rows = rows.filter(Q(transaction__at__gte=since))
    return -int(rows.aggregate(units=Sum("delta"))["units"] or 0)
