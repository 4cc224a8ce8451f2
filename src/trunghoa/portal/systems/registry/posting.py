"""What an order enters in the ledger. Nothing else in this room moves a unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.ledger import services
from trunghoa.portal.core.ledger.errors import Refused
from trunghoa.portal.core.ledger.models import LedgerTransaction, Series
from trunghoa.portal.core.ledger.spans import Span
from trunghoa.portal.core.ledger.tasks import seal_soon
from trunghoa.portal.core.ledger.writing import Act
from trunghoa.portal.core.workflow import moves

from . import abroad, authorising
from .models import Issuance, Order, series_for
from .models.issuance import Allotment
from .tasks import notices

Kind = Order.Kind
MOVED = {Kind.TRANSFER: services.transfer, Kind.USE: services.retire, Kind.CANCEL: services.cancel}


def hindrances(order: Order) -> list[str]:
    """What stands in the way of an order, as far as can be told before it is tried."""
    found = []
    if order.kind == Kind.ISSUE and order.issuance is not None:
        if order.issuance.state != "decided":
            found.append(_("The Joint Committee has not decided, or everything is issued already."))
        if order.issuance.has_issued(order.side):
            found.append(_("Your side has issued these credits already."))
    found += [
        _("The account %(number)s is closed.") % {"number": account.number}
        for account in (order.source, order.target)
        if account is not None and account.closed_on is not None
    ]
    return [*found, *abroad.hindrances(order)]


def carry_out(order: Order, by: User) -> None:
    """Enter an order in the ledger, all of it or nothing.

    Raises
    ------
    LedgerError, InputError
        where the ledger, or the law of a side, does not allow it now.
    """
    if order.kind == Kind.ISSUE and order.issuance is not None:
        # Both sides may issue at once, or two orders of one side: who comes second sees what the first did.
        order.issuance = Issuance.objects.select_for_update().get(pk=order.issuance.pk)
        if said := hindrances(order):
            raise Refused(" ".join(said))
    order.transactions.add(*_entries(order, by))
    if order.kind == Kind.ISSUE and order.issuance is not None:
        _issued(order.issuance, order.side, by)
    seal_soon()
    notices.tell_soon(order)


def _entries(order: Order, by: User) -> Iterator[LedgerTransaction]:
    what = spans(order)
    match order.kind:
        case Kind.ISSUE:
            yield from _issue(order, by)
        case Kind.TRANSFER | Kind.USE | Kind.CANCEL if order.source and order.target:
            moved = MOVED[Kind(order.kind)]
            for number, part in enumerate(abroad.parts_of(order)):
                key = uuid5(order.key, str(number)) if number else order.key
                act = _act(order, by, key, check=abroad.check_of(order))
                accounts = order.source.account, order.target.account
                yield moved(act, *accounts, part.spans, mark=part.mark)
        case Kind.BLOCK if order.source:
            yield services.block(_act(order, by, order.key), order.source.account, what)
        case Kind.UNBLOCK if order.source:
            yield services.unblock(_act(order, by, order.key), order.source.account, what)
        case Kind.REVERSE if order.reverses:
            yield services.reverse(_act(order, by, order.key), order.reverses)
        case _:
            raise Refused(_("The order does not say from where and to where: prepare it anew."))


def _issue(order: Order, by: User) -> Iterator[LedgerTransaction]:
    if order.issuance is None:
        raise Refused(_("The order names no issuance: prepare it anew."))
    authorising.lock(order.issuance.project)
    rows = Allotment.objects.filter(issuance=order.issuance, amount__gt=0)
    rows = rows.select_related("account__account", "issuance__project")
    # Several in one database transaction: in the order of their accounts' ids.
    for row in sorted(rows, key=lambda r: (r.account.account_id, r.vintage)):
        if row.account.side != order.side:
            continue
        series = series_for(order.issuance.project, order.side, row.vintage)
        act = _act(order, by, uuid5(order.key, str(row.pk)))
        yield services.issue(act, series, row.account.account, row.amount)
    authorising.cover(order.issuance.project, order.prepared_by, by)


def _act(order: Order, by: User, key: UUID, **more: Any) -> Act:
    details = {
        "order": order.pk,
        "kind": str(order.kind),
        "beneficiary": order.beneficiary,
        "year": order.year,
        "reason": order.reason,
        "issuance": str(order.issuance) if order.issuance else "",
    }
    return Act(key=key, by=order.prepared_by, approved_by=by, details=details, **more)


def _issued(issuance: Issuance, side: str, by: User) -> None:
    """Each side issues for itself; when every side has, the issuance is over."""
    from .machines.issuance import sides_of

    name = f"issued_{side.lower()}_on"
    now = timezone.now()
    bulk.update(Issuance.objects.filter(pk=issuance.pk), **{name: now})
    setattr(issuance, name, now)
    if all(issuance.has_issued(each) for each in sides_of(issuance)):
        moves.follow(issuance, "issue", by)
    else:
        moves.await_next(issuance)


def spans(order: Order) -> list[Span]:
    """The units of an order as the ledger takes them."""
    return [Span(series, first, last) for series, first, last in order.units]


def series_of(order: Order) -> dict[int, Series]:
    return Series.objects.in_bulk([series for series, _first, _last in order.units])
