"""Orders to the ledger: what waits for approval, and preparing one on exact units."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.ledger.models import LedgerTransaction
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves

from .. import certificates, guidance, posting
from ..forms_accounts import OrderForm, ReasonForm
from ..machines.order import ORDER
from ..models import Order
from ..models.accounts import UNIT
from ..serials import written
from . import access
from .units import keeper


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Orders that the reader may see, those that wait first."""
    table = order_table(request)
    if answer := download(request, table):
        return answer
    return render(request, "registry/orders.html", {"table": table})


def order_table(request: HttpRequest) -> Table:
    lang = numbers.language()
    address = address_of("registry:order")
    states = {s.code: _(s.label) for s in ORDER.states}
    columns = [
        Column(
            "number",
            gettext_lazy("Order"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}">{}</a>', address(r.pk), r.pk),
            True,
            "pk",
        ),
        Column("kind", gettext_lazy("Kind of order"), lambda r: r.get_kind_display(), None, False, "kind"),
        Column("state", gettext_lazy("State"), lambda r: states[r.state], None, False, "state"),
        Column("side", gettext_lazy("Side"), lambda r: r.get_side_display()),
        Column(
            "source", gettext_lazy("From the account"), lambda r: r.source.label(lang) if r.source else ""
        ),
        Column("target", gettext_lazy("To the account"), lambda r: r.target.label(lang) if r.target else ""),
        Column("quantity", gettext_lazy("Units"), lambda r: r.quantity, None, True),
        Column("prepared_by", gettext_lazy("Prepared by"), lambda r: r.prepared_by.shown_name),
        Column(
            "prepared_on",
            gettext_lazy("Prepared on"),
            lambda r: r.prepared_on,
            lambda r: numbers.day(r.prepared_on.date()),
            False,
            "prepared_on",
        ),
    ]
    return paged(request, access.orders(request), columns, "orders", caption=_("Orders"))


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    order = get_object_or_404(access.orders(request), pk=pk)
    table = unit_table(order)
    if answer := download(request, table):
        return answer
    lang = numbers.language()
    may_reverse = order.state == "executed" and request.user.has_perm("registry.approve_order", order)
    context = {
        "order": order,
        "guidance": guidance.of(order),
        "may_reverse": may_reverse and order.kind != Order.Kind.REVERSE,
        "certificate": certificates.of(order),
        "table": table,
        "source": order.source.label(lang) if order.source else "",
        "target": order.target.label(lang) if order.target else "",
        "hindrances": posting.hindrances(order) if order.state == "prepared" else [],
        "done": order.transactions.select_related("reversal").order_by("pk"),
    }
    return render(request, "registry/order.html", context)


def unit_table(order: Order) -> Table:
    """Exactly the units that move."""
    series = posting.series_of(order)
    rows = [(series[number], first, last) for number, first, last in order.units if number in series]
    columns = [
        Column("serial", gettext_lazy("Serial"), lambda r: written(*r)),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r[2] - r[1] + 1, None, True),
    ]
    return Table("units", columns, rows, caption=_("Units of the order"))


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Prepare a transfer, use, cancellation or block of units of an account."""
    account = access.account(number)
    access.must(request, "registry.order", account)
    form = OrderForm(account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.make(person(request))
            moves.began(made)
        messages.success(request, _("The order is prepared. A registry administrator approves it."))
        return redirect(made)
    return access.form_page(request, form, _("Order from %(account)s") % {"account": account}, account)


@require_http_methods(access.GET_OR_POST)
def reverse(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Prepare the reversal of a transaction that should not have been; another administrator approves it."""
    order = get_object_or_404(access.orders(request), pk=pk)
    access.must(request, "registry.approve_order", order)
    wrong = get_object_or_404(order.transactions.filter(reversal=None), pk=number)
    return _reversing(request, wrong, order.side, [tuple(unit) for unit in order.units], order)


@require_http_methods(access.GET_OR_POST)
def reverse_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare taking a mark off again that an authorisation gave; no order gave it, so this is its page."""
    rows = LedgerTransaction.objects.filter(kind="mark", reversal=None, orders=None)
    wrong = get_object_or_404(rows.filter(postings__series__unit=UNIT).distinct(), pk=pk)
    access.must(request, "registry.keep_accounts")
    side = keeper(wrong)
    if request.user.side != side:
        raise PermissionDenied
    units = [(p.series_id, p.first, p.last) for p in wrong.postings.order_by("pk")]
    return _reversing(request, wrong, side, units, None)


def _reversing(
    request: HttpRequest,
    wrong: LedgerTransaction,
    side: str,
    units: list[tuple[int, int, int]],
    order: Order | None,
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = Order.objects.create(
                kind=Order.Kind.REVERSE,
                side=side,
                reverses=wrong,
                units=[list(unit) for unit in units],
                quantity=sum(last - first + 1 for _series, first, last in units),
                reason=form.cleaned_data["reason"],
                prepared_by=person(request),
            )
            moves.began(made)
        messages.success(request, _("The order is prepared. Another registry administrator approves it."))
        return redirect(made)
    title = _("Reverse transaction %(number)s") % {"number": wrong.pk}
    return access.form_page(request, form, title, order or "registry:orders")
