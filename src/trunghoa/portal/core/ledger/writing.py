"""How a transaction is written: its key, then its accounts locked in the order of their ids, then its blocks.

Whoever takes these in this order never waits for somebody who waits for them. Every change of a block in an
account needs that account's lock, so what is read under it stays true until commit. SQLite has one writer at
a time (BEGIN IMMEDIATE).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User

from . import statements
from .errors import Conflict, Refused
from .models import Block, LedgerTransaction
from .spans import Quantity, Span, digest, plain, whole
from .statements import Held, Locked

# Rows in one statement, where a quantity is gathered from many blocks.
CHUNK = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does it, who approves it, and the key under which it is done once.

    Parameters
    ----------
    key : drawn by whoever asks, before asking; the same key with the same content gives the same transaction
    by, approved_by : maker and checker
    four_eyes : whether a second person has to approve
    details : plain data of the system that asks (purpose, beneficiary, reason)
    check : asked when the accounts are locked; a sentence that it gives stops the transaction. Limits on what
        leaves an account belong here, where two who ask at once cannot both be below them.
    """

    key: UUID
    by: User
    approved_by: User | None = None
    four_eyes: bool = True
    details: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[], str] | None = None


def once(
    act: Act,
    kind: str,
    asked: Mapping[str, Any],
    accounts: Sequence[int],
    write: Callable[[Entry], None],
    *,
    mark: str = "",
    reverses: LedgerTransaction | None = None,
) -> LedgerTransaction:
    """Write one transaction, or give the one that this key stands for.

    Parameters
    ----------
    accounts : locked in the order of their keys, however they are named, before ``write`` reads anything
    write : changes blocks and posts, through its entry

    Raises
    ------
    Conflict
        where the key stands for another content.
    Refused
        where maker and checker are not two people, an account is not there, or ``write`` refuses.
    """
    _two_people(act)
    approver = act.approved_by.pk if act.approved_by else None
    # What is asked is numbers and texts of the ledger's own; only the details are somebody else's.
    body = {"kind": str(kind), "by": act.by.pk, "approved_by": approver, "mark": mark, **asked}
    body["details"] = plain(act.details)
    sha256 = digest(body)
    undoes = reverses.pk if reverses else None
    values = (act.key, str(kind), act.by.pk, approver, timezone.now(), mark, undoes, body, sha256)
    try:
        with transaction.atomic():
            # The key comes first: a second request with it waits here, holding nothing.
            row, locked = statements.begin(values, accounts)
            for pk in accounts:
                if pk not in locked:
                    raise Refused(_("There is no account %(account)s.") % {"account": pk})
            if act.check is not None and (said := act.check()):
                raise Refused(said)
            write(Entry(row, locked))
    except IntegrityError:
        known = LedgerTransaction.objects.filter(key=act.key).first()
        if known is None:
            raise
        if known.sha256 != sha256:
            raise Conflict(
                _("The key %(key)s stands for another transaction: draw a new key.") % {"key": act.key}
            ) from None
        return known
    return row


def _two_people(act: Act) -> None:
    if act.approved_by is not None and act.approved_by.pk == act.by.pk:
        raise Refused(_("The same person may not do both: ask a colleague to approve."))
    if act.four_eyes and act.approved_by is None:
        raise Refused(_("A second person has to approve: name one."))


@dataclass(frozen=True, slots=True)
class Entry:
    """A transaction while it is written, under the locks of its accounts."""

    row: LedgerTransaction
    accounts: dict[int, Locked]

    def pieces(
        self, account: int, part: Span | Quantity, state: str, without: str = ""
    ) -> Iterator[tuple[Held, int, int]]:
        """The blocks of a locked account that cover ``part``, each with the numbers of it that are meant.

        A quantity is gathered from units that do not have the mark ``without``.

        Raises
        ------
        Refused
            where a number stands in another account or state, was never issued, or too few are there.
        """
        holder = self.accounts[account]
        if isinstance(part, Quantity):
            yield from self._gathered(holder, part, state, without)
            return
        at, most = part.first, 1
        while at <= part.last:
            there = statements.blocks(
                "series_id = %s AND last >= %s ORDER BY last LIMIT %s", part.series, at, most
            )
            if not there:
                raise _never_issued(at)
            for block in there:
                if at > part.last:
                    return
                _expect_in(holder, block, at, state)
                upto = min(block.last, part.last)
                yield block, at, upto
                at, most = upto + 1, CHUNK

    def _gathered(
        self, holder: Locked, part: Quantity, state: str, without: str
    ) -> Iterator[tuple[Held, int, int]]:
        missing, after = part.amount, 0
        while missing:
            found = statements.blocks(
                "account_id = %s AND series_id = %s AND state = %s AND first > %s ORDER BY first LIMIT %s",
                holder.pk, part.series, state, after, CHUNK if after else 1,
            )  # fmt: skip
            if not found:
                raise Refused(
                    _("The account %(account)s lacks %(missing)s of the %(amount)s units asked for.")
                    % {"account": holder, "missing": missing, "amount": part.amount}
                )
            for block in found:
                after = block.first
                if without and without in block.marks:
                    continue
                taken = min(missing, block.last - block.first + 1)
                yield block, block.first, block.first + taken - 1
                missing -= taken
                if not missing:
                    return

    def give(self, series: int, amount: int, account: int) -> Span:
        """New numbers of a series for an account, on from the last that it ever gave."""
        # Who holds the issuing account's lock counts on. Blocks are never deleted, so no number comes twice.
        given = statements.blocks("series_id = %s ORDER BY last DESC LIMIT 1", series)
        last = given[0].last if given else 0
        span = Span(series, last + 1, whole(last + amount))
        statements.insert_blocks([Held(0, series, span.first, span.last, account, Block.State.HELD, {})])
        return span

    def carve(self, block: Held, first: int, last: int, **changes: Any) -> None:
        """Make numbers ``first`` to ``last`` a block of its own with these changes; all else stays.

        That holds only where the block is still as it was read.
        """
        made = []
        if (first, last) == (block.first, block.last):
            new = changes
        elif first == block.first:
            new = {"first": last + 1}
            made = [block._replace(**changes, last=last)]
        else:
            new = {"last": first - 1}
            made = [block._replace(**changes, first=first, last=last)]
            if last < block.last:
                made.append(block._replace(first=last + 1))
        if not statements.change(block, new, made):
            raise Refused(_("Somebody moved these units meanwhile: look again."))

    def marked(self, block: Held, mark: str) -> dict[str, int]:
        """The block's marks with one more, which it may not have yet."""
        if mark in block.marks:
            raise Refused(
                _("Number %(number)s has the mark “%(mark)s” already: it is given once only.")
                % {"number": block.first, "mark": mark}
            )
        return {**block.marks, mark: self.row.pk}

    def post(self, spans: list[Span], *changes: tuple[int, int]) -> None:
        """Write the postings: for each span one per pair of account and sign (-1, 0, +1)."""
        postings = [
            (self.row.pk, account, span.series, span.first, span.last, sign * span.size)
            for span in joined(spans)
            for account, sign in changes
        ]
        for start in range(0, len(postings), CHUNK):
            statements.insert_postings(postings[start : start + CHUNK])


def _never_issued(number: int) -> Refused:
    return Refused(_("Number %(number)s of this series was never issued.") % {"number": number})


def _expect_in(holder: Locked, block: Held, number: int, state: str) -> None:
    if block.first > number:
        raise _never_issued(number)
    if block.account_id != holder.pk:
        raise Refused(
            _("The account %(account)s does not hold number %(number)s.")
            % {"account": holder, "number": number}
        )
    if block.state != state:
        raise Refused(
            _("Number %(number)s is %(state)s: that has to change first.")
            % {"number": number, "state": Block.State(block.state).label}
        )


def joined(spans: list[Span]) -> list[Span]:
    """Neighbours of one series as one span."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].series == span.series and found[-1].last + 1 == span.first:
            found[-1] = Span(span.series, found[-1].first, span.last)
        else:
            found.append(span)
    return found
