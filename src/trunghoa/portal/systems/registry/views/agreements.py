"""An agreement: its schedule against what was delivered, payments, and the grant tied to it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, address_of, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days

from .. import granting, posting, purchasing
from ..forms_purchases import BARGAIN, AgreementForm, DeliveryForm, PaymentForm
from ..machines.purchase import PAYMENT
from ..models import Agreement, Delivery, Payment
from ..purchasing import Standing
from ..rules_purchases import visible_agreements, visible_payments
from ..serials import written
from . import access
from .purchases import edited, seen

LIVE = ("in_force", "ending")


def of(request: HttpRequest, pk: int) -> Agreement:
    rows = Agreement.objects.filter(visible_agreements(request.user))
    return get_object_or_404(rows.select_related("project", "seller", "buyer", "fund", "offer"), pk=pk)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = of(request, pk)
    lang = numbers.language()
    standing = purchasing.standing(agreement)
    may_keep = request.user.has_perm("registry.keep_agreement", agreement)
    tables = [
        schedule_table(standing),
        delivery_table(agreement, may_keep and agreement.state in LIVE),
        payment_table(agreement),
    ]
    if answer := download(request, *tables):
        return answer
    context = {
        "agreement": agreement,
        "standing": standing,
        "tables": tables,
        "title": agreement.project.title(lang),
        "seller": agreement.seller.name(lang),
        "buyer": agreement.buyer.name(lang),
        "fund": (agreement.fund.title(lang) or agreement.fund.code) if agreement.fund else "",
        "grant_paid": granting.paid_of(agreement),
        "grant_per_credit": purchasing.grant_per_credit(agreement),
        "recovered": (recovered * 100)
        if (recovered := purchasing.recovered(agreement)) is not None
        else None,
        "figures": agreement.figures.order_by("period_start"),
        "may_edit": may_keep and agreement.state == "draft",
        "may_record": may_keep and agreement.state in LIVE,
        "candidates": len(purchasing.candidates(agreement)) if may_keep and agreement.state in LIVE else 0,
    }
    return render(request, "registry/agreement.html", context)


def schedule_table(standing: Standing) -> Table:
    columns = [
        Column("due", gettext_lazy("Due"), lambda r: r.due, lambda r: numbers.day(r.due)),
        Column("volume", gettext_lazy("Agreed (t)"), lambda r: r.volume, None, True),
        Column("owed", gettext_lazy("With what was carried over (t)"), lambda r: r.owed, None, True),
        Column("delivered", gettext_lazy("Delivered (t)"), lambda r: r.delivered, None, True),
        Column("short", gettext_lazy("Missing on the day (t)"), lambda r: r.short, None, True),
    ]
    return Table("schedule", columns, standing.settlement.rows, caption=_("Schedule of deliveries"))


def delivery_table(agreement: Agreement, may_remove: bool) -> Table:
    """Each delivery with its exact units and the ledger's transactions."""
    address = address_of("registry:order")
    rows = list(agreement.deliveries.select_related("order", "recorded_by"))

    def serials(row: Delivery) -> str:
        series = posting.series_of(row.order)
        return ", ".join(written(series[n], first, last) for n, first, last in row.order.units if n in series)

    def transactions(row: Delivery) -> str:
        return ", ".join(str(number) for number in row.order.transactions.values_list("pk", flat=True))

    columns = [
        Column(
            "order",
            gettext_lazy("Order"),
            lambda r: r.order_id,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.order_id), r.order_id),
            True,
        ),
        Column("serials", gettext_lazy("Serial"), serials),
        Column(
            "units",
            gettext_lazy("Units that stand (t)"),
            lambda r: purchasing.standing_units(r.order),
            None,
            True,
        ),
        Column("transactions", gettext_lazy("Transactions of the ledger"), transactions),
        Column("recorded_by", gettext_lazy("Recorded by"), lambda r: r.recorded_by.shown_name),
    ]
    if may_remove:
        columns.append(
            Column(
                "remove",
                gettext_lazy("Correction"),
                lambda r: "",
                lambda r: format_html(
                    '<a href="{}" class="standing">{}</a>',
                    reverse("registry:remove_delivery", args=[agreement.pk, r.pk]),
                    _("Take it off"),
                ),
            )
        )
    return Table("deliveries", columns, rows, caption=_("Deliveries"))


def payment_table(agreement: Agreement) -> Table:
    address = address_of("registry:payment")
    states = {s.code: _(s.label) for s in PAYMENT.states}
    columns = [
        Column(
            "payment",
            gettext_lazy("Payment"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.pk), r.pk),
            True,
        ),
        Column("paid_on", gettext_lazy("Paid on"), lambda r: r.paid_on, lambda r: numbers.day(r.paid_on)),
        Column("purpose", gettext_lazy("What it is for"), lambda r: r.get_purpose_display()),
        Column("amount", gettext_lazy("Amount"), lambda r: r.amount, lambda r: money(r.amount), True),
        Column("currency", gettext_lazy("Currency"), lambda r: agreement.currency),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column("reference", gettext_lazy("Reference of the bank or the treasury"), lambda r: r.reference),
        Column("recorded_by", gettext_lazy("Recorded by"), lambda r: r.recorded_by.shown_name),
    ]
    return Table("payments", columns, purchasing.payments(agreement), caption=_("Payments"))


def money(amount: object) -> str:
    return numbers.number(amount, 2)  # type: ignore[arg-type]


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Write an agreement, from an offer where one is named."""
    access.must(request, "registry.bargain")
    user = person(request)
    asked = request.GET.get("offer", "")
    offer = seen(request, int(asked)) if asked.isascii() and asked.isdigit() else None
    initial = {}
    if offer is not None:
        initial = {name: getattr(offer, name) for name in BARGAIN}
        initial |= {"seller": offer.seller, "buyer": user.organisation}
    form = AgreementForm(user, request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.make(offer)
        messages.success(
            request, _("The agreement is written. Sign it; then the other party signs or gives it back.")
        )
        return redirect(made)
    return access.form_page(request, form, _("Write a purchase agreement"), "registry:purchases")


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    agreement = of(request, pk)
    access.must(request, "registry.keep_agreement", agreement)
    form = AgreementForm(
        person(request), request.POST if request.method == "POST" else None, instance=agreement
    )
    return edited(request, form, agreement, _("Edit agreement %(number)s") % {"number": pk})


def live(request: HttpRequest, pk: int) -> Agreement:
    """An agreement under which something may be recorded by this person."""
    agreement = of(request, pk)
    access.must(request, "registry.keep_agreement", agreement)
    if agreement.state not in LIVE:
        raise PermissionDenied
    return agreement


@require_http_methods(access.GET_OR_POST)
def deliver(request: HttpRequest, pk: int) -> HttpResponse:
    """Count an order that was carried out as a delivery."""
    agreement = live(request, pk)
    form = DeliveryForm(agreement, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.make(person(request))
        messages.success(request, _("The order counts as a delivery under this agreement."))
        return redirect(agreement)
    return access.form_page(request, form, _("Count an order as a delivery"), agreement)


@require_http_methods(access.GET_OR_POST)
def remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Take a delivery off that was counted by mistake; the units stay where they are."""
    agreement = live(request, pk)
    delivery = get_object_or_404(agreement.deliveries, pk=number)
    if request.method == "POST":
        delivery.delete()
        messages.success(request, _("The order does not count as a delivery any more."))
        return redirect(agreement)
    return render(request, "registry/remove_delivery.html", {"agreement": agreement, "delivery": delivery})


@require_http_methods(access.GET_OR_POST)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a payment; the other party confirms it."""
    agreement = live(request, pk)
    user = person(request)
    given = request.POST if request.method == "POST" else None
    form = PaymentForm(agreement, user, given, initial={"paid_on": days.today(user.side)})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.make()
        messages.success(request, _("The payment is recorded. The other party confirms it."))
        return redirect(agreement)
    return access.form_page(request, form, _("Record a payment"), agreement)


@require_safe
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Payment.objects.filter(visible_payments(request.user))
    found = get_object_or_404(
        rows.select_related("agreement__seller", "agreement__buyer", "recorded_by"), pk=pk
    )
    return render(request, "registry/payment.html", {"payment": found, "agreement": found.agreement})
