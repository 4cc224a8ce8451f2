"""Accounts: the public list, and each with what it holds for whoever may see that."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.ledger.models import Block, Posting
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days

from ..forms_accounts import AccountForm
from ..models import RegistryAccount
from ..models.accounts import open_account
from ..rules import sees_holdings
from ..serials import serial
from ..words import PARTY
from . import access
from .home import side_names, state_name, vintage


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    lang = numbers.language()
    rows = RegistryAccount.objects.select_related("account__organisation")
    address = address_of("registry:account", "NUMBER")
    columns = [
        Column(
            "number",
            gettext_lazy("Number of the account"),
            lambda r: r.number,
            lambda r: format_html('<a href="{}">{}</a>', address(r.number), r.number),
            False,
            "number",
        ),
        Column("kind", gettext_lazy("Kind of account"), lambda r: r.get_kind_display(), None, False, "kind"),
        Column("sub", gettext_lazy("Sub-account"), lambda r: r.get_sub_display() if r.sub else ""),
        Column("party", gettext_lazy("Party"), lambda r: r.account.party),
        Column("name", gettext_lazy("Holder"), lambda r: r.name(lang)),
        Column(
            "opened_on", gettext_lazy("Opened on"), lambda r: r.opened_on, lambda r: numbers.day(r.opened_on)
        ),
        Column(
            "closed_on", gettext_lazy("Closed on"), lambda r: r.closed_on, lambda r: numbers.day(r.closed_on)
        ),
    ]
    table = paged(request, rows, columns, "accounts", caption=_("Accounts"))
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_open": request.user.has_perm("registry.keep_accounts")}
    return render(request, "registry/accounts.html", context)


@login_not_required
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    account = access.account(number)
    open_to_reader = sees_holdings(request.user, account)
    tables = [holdings_table(request, account), statement_table(request, account)] if open_to_reader else []
    if answer := download(request, *tables) if tables else None:
        return answer
    user = request.user
    context = {
        "account": account,
        "name": account.name(numbers.language()),
        "tables": tables,
        "open_to_reader": open_to_reader,
        "may_order": user.is_authenticated
        and account.account.kind == "holding"
        and account.closed_on is None
        and user.has_perm("registry.order", account),
    }
    return render(request, "registry/account.html", context)


def holdings_table(request: HttpRequest, account: RegistryAccount) -> Table:
    rows = Block.objects.filter(account=account.account).select_related("series").order_by("series", "first")
    sides = side_names()
    columns = [
        Column("serial", gettext_lazy("Serial"), serial, lambda r: serial_link(r)),
        Column(
            "side", gettext_lazy("Issued by"), lambda r: sides.get(r.series.attributes.get("side", ""), "")
        ),
        Column(
            "vintage",
            gettext_lazy("Vintage"),
            lambda r: r.series.attributes.get("vintage") or None,
            lambda r: vintage(r.series.attributes.get("vintage", 0)),
        ),
        Column("state", gettext_lazy("State"), lambda r: state_name(r.state)),
        Column("units", gettext_lazy("Credits (t)"), lambda r: r.size, None, True),
    ]
    return paged(request, rows, columns, "holdings", caption=_("Holdings"))


def serial_link(block: Block) -> str:
    from django.urls import reverse

    text = serial(block)
    return format_html('<a href="{}?q={}"><code>{}</code></a>', reverse("registry:units"), text, text)


def statement_table(request: HttpRequest, account: RegistryAccount) -> Table:
    """Every posting of the account, newest first."""
    rows = Posting.objects.filter(account=account.account)
    rows = rows.select_related("transaction", "series").order_by("-pk")
    columns = [
        Column(
            "at",
            gettext_lazy("Time"),
            lambda r: r.transaction.at,
            lambda r: numbers.day(r.transaction.at.date()),
        ),
        Column("transaction", gettext_lazy("Transaction"), lambda r: r.transaction_id, None, True),
        Column("kind", gettext_lazy("Kind of transaction"), lambda r: r.transaction.get_kind_display()),
        Column("serial", gettext_lazy("Serial"), serial, lambda r: serial_link(r)),
        Column("delta", gettext_lazy("Credits (t)"), lambda r: r.delta, None, True),
    ]
    return paged(request, rows, columns, "statement", caption=_("Statement"))


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Open an account of an organisation of the own side."""
    access.must(request, "registry.keep_accounts")
    user = person(request)
    form = AccountForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            made = open_account(
                PARTY[user.side],
                given["kind"],
                organisation=given["organisation"],
                sub=given["sub"],
                opened_on=days.today(user.side),
            )
        messages.success(request, _("The account is open."))
        return redirect(made)
    return access.form_page(request, form, _("Open an account"), "registry:accounts")
