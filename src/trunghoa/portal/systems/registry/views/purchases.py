"""Purchases: published offers for everybody, agreements and funds for those whom they concern."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, address_of, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import granting
from ..forms_purchases import OfferForm
from ..machines.purchase import AGREEMENT, OFFER
from ..models import Agreement, GrantFund, Offer
from ..rules_purchases import visible_agreements, visible_offers
from . import access


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    tables = [offer_table(request), fund_table()]
    if request.user.is_authenticated and request.user.organisation_id:
        tables.insert(1, agreement_table(request))
    if answer := download(request, *tables):
        return answer
    may_bargain = request.user.has_perm("registry.bargain")
    return render(request, "registry/purchases.html", {"tables": tables, "may_bargain": may_bargain})


def offer_table(request: HttpRequest) -> Table:
    lang = numbers.language()
    address = address_of("registry:offer")
    states = {s.code: _(s.label) for s in OFFER.states}
    rows = Offer.objects.filter(visible_offers(request.user)).select_related("project", "seller")
    columns = [
        Column(
            "offer",
            gettext_lazy("Offer"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.pk), r.pk),
            True,
        ),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column("seller", gettext_lazy("Seller"), lambda r: r.seller.name(lang)),
        *bargain_columns(lang),
        Column(
            "valid_until",
            gettext_lazy("Valid until"),
            lambda r: r.valid_until,
            lambda r: numbers.day(r.valid_until),
        ),
    ]
    return Table("offers", columns, list(rows), caption=_("Offers of credits"))


def bargain_columns(lang: str) -> list[Column]:
    return [
        Column("project", gettext_lazy("Project"), lambda r: r.project.label(lang)),
        Column(
            "vintages",
            gettext_lazy("Vintages"),
            lambda r: f"{r.vintage_from}–{r.vintage_to}",
        ),
        Column("volume", gettext_lazy("Volume (t)"), lambda r: r.volume, None, True),
        Column("price", gettext_lazy("Price per credit"), lambda r: r.price, None, True),
        Column("currency", gettext_lazy("Currency"), lambda r: r.currency),
        Column(
            "quality", gettext_lazy("Quality"), lambda r: r.quality, lambda r: numbers.quality_mark(r.quality)
        ),
    ]


def agreement_table(request: HttpRequest) -> Table:
    lang = numbers.language()
    address = address_of("registry:agreement")
    states = {s.code: _(s.label) for s in AGREEMENT.states}
    rows = Agreement.objects.filter(visible_agreements(request.user))
    columns = [
        Column(
            "agreement",
            gettext_lazy("Agreement"),
            lambda r: r.pk,
            lambda r: format_html('<a href="{}" class="standing">{}</a>', address(r.pk), r.pk),
            True,
        ),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column("seller", gettext_lazy("Seller"), lambda r: r.seller.name(lang)),
        Column("buyer", gettext_lazy("Buyer"), lambda r: r.buyer.name(lang)),
        *bargain_columns(lang),
    ]
    found = list(rows.select_related("project", "seller", "buyer"))
    return Table("agreements", columns, found, caption=_("Agreements of your organisation"))


def fund_table() -> Table:
    """Public money: what there is of it, what is committed, and what was paid."""
    lang = numbers.language()
    rows = [
        (fund, granting.left(fund), granting.paid_from(fund))
        for fund in GrantFund.objects.select_related("payer")
    ]
    columns = [
        Column("fund", gettext_lazy("Grant fund"), lambda r: r[0].title(lang) or r[0].code),
        Column("payer", gettext_lazy("Payer"), lambda r: r[0].payer.name(lang) if r[0].payer else ""),
        Column("currency", gettext_lazy("Currency"), lambda r: r[0].currency),
        Column("amount", gettext_lazy("Amount"), lambda r: r[0].amount, None, True),
        Column(
            "committed", gettext_lazy("Committed, not paid"), lambda r: r[0].amount - r[1] - r[2], None, True
        ),
        Column("paid", gettext_lazy("Paid"), lambda r: r[2], None, True),
        Column("left", gettext_lazy("Left"), lambda r: r[1], None, True),
        Column("source", gettext_lazy("Source"), lambda r: r[0].source),
        Column(
            "quality",
            gettext_lazy("Quality"),
            lambda r: r[0].quality,
            lambda r: numbers.quality_mark(r[0].quality),
        ),
    ]
    return Table("funds", columns, rows, caption=_("Grant funds"))


@login_not_required
@require_safe
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen(request, pk)
    user = request.user
    context = {
        "offer": found,
        "title": found.project.title(numbers.language()),
        "seller": found.seller.name(numbers.language()),
        "may_edit": found.state == "draft" and user.has_perm("registry.keep_offer", found),
        "may_agree": found.state == "published"
        and user.has_perm("registry.bargain")
        and user.organisation_id != found.seller_id,
    }
    return render(request, "registry/offer.html", context)


def seen(request: HttpRequest, pk: int) -> Offer:
    rows = Offer.objects.filter(visible_offers(request.user)).select_related("project", "seller")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(access.GET_OR_POST)
def new_offer(request: HttpRequest) -> HttpResponse:
    access.must(request, "registry.bargain")
    form = OfferForm(person(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.make()
        messages.success(request, _("The offer is written. Nobody else sees it before you publish it."))
        return redirect(made)
    return access.form_page(request, form, _("Write an offer of credits"), "registry:purchases")


@require_http_methods(access.GET_OR_POST)
def edit_offer(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen(request, pk)
    access.must(request, "registry.keep_offer", found)
    form = OfferForm(person(request), request.POST if request.method == "POST" else None, instance=found)
    return edited(request, form, found, _("Edit offer %(number)s") % {"number": pk})


def edited(request: HttpRequest, form: Any, found: Any, title: str) -> HttpResponse:
    """Take over a draft that was changed, if nobody changed it since it was read."""
    if found.state != "draft":
        raise PermissionDenied
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            revision = form.cleaned_data["revision"] or 0
            moves.edit(
                type(found).objects.get(pk=found.pk), person(request), revision=revision, change=form.apply
            )
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    return access.form_page(request, form, title, found, problem)
