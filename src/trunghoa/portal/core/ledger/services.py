"""What may be done to units. Each is one transaction, done once under its key, all of it or nothing.

Where several are called in one database transaction, call them in the order of their accounts' ids.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from .errors import Refused
from .models import Account, Block, LedgerTransaction, Posting, Series
from .spans import Span, What, checked, whole
from .statements import Held, Locked
from .writing import Act, Entry, once

Kind = LedgerTransaction.Kind
HELD, BLOCKED = Block.State.HELD, Block.State.BLOCKED


def issue(act: Act, series: Series, target: Account, amount: int) -> LedgerTransaction:
    """Issue ``amount`` units, numbered on from the last number that the series ever gave.

    Returns
    -------
    The transaction; its postings name the numbers. The issuing account is charged with as many.
    """
    whole(amount)

    def write(entry: Entry) -> None:
        _expect(entry.accounts[series.issuer_id], Account.Kind.ISSUING)
        _expect(entry.accounts[target.pk], Account.Kind.HOLDING)
        span = entry.give(series.pk, amount, target.pk)
        entry.post([span], (series.issuer_id, -1), (target.pk, 1))

    asked = {"series": series.pk, "target": target.pk, "amount": amount}
    return once(act, Kind.ISSUE, asked, (series.issuer_id, target.pk), write)


def transfer(act: Act, source: Account, target: Account, what: What, *, mark: str = "") -> LedgerTransaction:
    """Move units between holding accounts; with ``mark``, only such as do not have it yet."""
    return _moved(act, Kind.TRANSFER, source, target, Account.Kind.HOLDING, what, mark)


def retire(act: Act, source: Account, target: Account, what: What, *, mark: str = "") -> LedgerTransaction:
    """Use units for good: they stay in the retirement account."""
    return _moved(act, Kind.RETIRE, source, target, Account.Kind.RETIREMENT, what, mark)


def cancel(act: Act, source: Account, target: Account, what: What, *, mark: str = "") -> LedgerTransaction:
    """Take units out of use for good: they stay in the cancellation account."""
    return _moved(act, Kind.CANCEL, source, target, Account.Kind.CANCELLATION, what, mark)


def block(act: Act, account: Account, what: What) -> LedgerTransaction:
    """Stop units where they are; nothing but ``unblock`` moves them on."""
    return _changed(act, Kind.BLOCK, account, what, HELD, lambda b, entry: {"state": BLOCKED})


def unblock(act: Act, account: Account, what: What) -> LedgerTransaction:
    """Let blocked units move again."""
    return _changed(act, Kind.UNBLOCK, account, what, BLOCKED, lambda b, entry: {"state": HELD})


def mark(act: Act, account: Account, what: What, name: str) -> LedgerTransaction:
    """Give units a mark where they are, once each: a first transfer by authorisation, for instance."""
    if not name:
        raise Refused(_("Name the mark."))
    return _changed(
        act, Kind.MARK, account, what, HELD, lambda b, entry: {"marks": entry.marked(b, name)}, mark=name
    )


def reverse(act: Act, original: LedgerTransaction) -> LedgerTransaction:
    """Undo a transaction by a new one. Its units must still be where it put them, as it left them.

    What was issued goes back to the issuing account and its numbers are never given again.
    """
    if original.kind == Kind.REVERSE:
        raise Refused(_("A reversal is not reversed: do the original again under a new key."))

    postings = list(original.postings.order_by("pk"))

    def write(entry: Entry) -> None:
        for posting in postings:
            if posting.delta < 0:
                continue
            _as_it_left(posting, postings[-1].pk)
            span = Span(posting.series_id, posting.first, posting.last)
            account, home = posting.account_id, _home(postings, posting)
            state = BLOCKED if original.kind == Kind.BLOCK else HELD
            for held, first, last in entry.pieces(account, span, state):
                entry.carve(held, first, last, account_id=home, **_undone(original, held))
            signs = [(account, -1), (home, 1)] if posting.delta else [(account, 0)]
            entry.post([span], *signs)

    accounts = sorted({posting.account_id for posting in postings})
    try:
        return once(act, Kind.REVERSE, {"reverses": original.pk}, accounts, write, reverses=original)
    except IntegrityError:
        if not LedgerTransaction.objects.filter(reverses=original).exists():
            raise
        raise Refused(
            _("Transaction %(number)s has been reversed already.") % {"number": original.pk}
        ) from None


def _as_it_left(posting: Posting, upto: int) -> None:
    """Refuse where anything was done to these units since and stands."""
    since = Posting.objects.filter(
        series=posting.series_id, last__gte=posting.first, first__lte=posting.last, pk__gt=upto,
        transaction__reverses=None, transaction__reversal=None,
    )  # fmt: skip
    if later := since.order_by("pk").first():
        raise Refused(
            _("Transaction %(number)s was done to these units since: reverse it first.")
            % {"number": later.transaction_id}
        )


def _home(postings: list[Any], posting: Any) -> int:
    """The account from which a span came; the same one where it never left."""
    if posting.delta == 0:
        return posting.account_id
    return next(p.account_id for p in postings if p.delta < 0)


def _undone(original: LedgerTransaction, held: Held) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if original.kind == Kind.BLOCK:
        changes["state"] = HELD
    elif original.kind == Kind.UNBLOCK:
        changes["state"] = BLOCKED
    if original.mark:
        changes["marks"] = {name: by for name, by in held.marks.items() if by != original.pk}
    return changes


def _moved(
    act: Act, kind: str, source: Account, target: Account, wanted: str, what: What, mark: str
) -> LedgerTransaction:
    asked = {"source": source.pk, "target": target.pk, "what": checked(what)}

    def write(entry: Entry) -> None:
        if source.pk == target.pk:
            raise Refused(_("The units are in this account already: name another one."))
        _expect(entry.accounts[source.pk], Account.Kind.HOLDING)
        _expect(entry.accounts[target.pk], wanted)
        spans = []
        for part in what:
            for held, first, last in entry.pieces(source.pk, part, HELD, without=mark):
                marks = {"marks": entry.marked(held, mark)} if mark else {}
                entry.carve(held, first, last, account_id=target.pk, **marks)
                spans.append(Span(held.series_id, first, last))
        entry.post(spans, (source.pk, -1), (target.pk, 1))

    return once(act, kind, asked, (source.pk, target.pk), write, mark=mark)


def _changed(
    act: Act,
    kind: str,
    account: Account,
    what: What,
    state: str,
    change: Callable[[Held, Entry], dict[str, Any]],
    mark: str = "",
) -> LedgerTransaction:
    asked = {"account": account.pk, "what": checked(what)}

    def write(entry: Entry) -> None:
        _expect(entry.accounts[account.pk], Account.Kind.HOLDING)
        spans = []
        for part in what:
            for held, first, last in entry.pieces(account.pk, part, state, without=mark):
                entry.carve(held, first, last, **change(held, entry))
                spans.append(Span(held.series_id, first, last))
        entry.post(spans, (account.pk, 0))

    return once(act, kind, asked, (account.pk,), write, mark=mark)


def _expect(account: Locked, kind: str) -> None:
    if account.kind != kind:
        raise Refused(
            _("The account %(account)s is of the kind “%(kind)s”: name one of the kind “%(wanted)s”.")
            % {
                "account": account,
                "kind": Account.Kind(account.kind).label,
                "wanted": Account.Kind(kind).label,
            }
        )
