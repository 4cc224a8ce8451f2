"""Units: the life of a block by its serial, and the seals under which everybody can check the ledger."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.ledger import reading
from trunghoa.portal.core.ledger.models import LedgerTransaction, Seal, Series
from trunghoa.portal.core.record.tables import Column, Table, download, paged
from trunghoa.portal.core.record.templatetags import numbers

from ..models import Project, RegistryAccount
from ..models.accounts import UNIT
from ..serials import serial, spelled
from . import access
from .home import vintage


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that happened to the units of a serial."""
    asked = " ".join(request.GET.get("q", "").split())[:200]
    found = spelled(asked)
    context: dict[str, Any] = {"asked": asked, "missing": bool(asked) and found is None}
    if found is not None:
        series, first, last = found
        table = story_table(series, first, last)
        if answer := download(request, table):
            return answer
        block = reading.block_of(series, first)
        at = series.attributes
        context |= {
            "series": series,
            "first": first,
            "last": last,
            "table": table,
            "issued": block is not None,
            "account": RegistryAccount.objects.filter(account=block.account_id).first() if block else None,
            "block": block,
            "project": Project.objects.filter(pk=at.get("project")).first(),
            "vintage": vintage(at.get("vintage", 0)),
        }
    return render(request, "registry/units.html", context)


def story_table(series: Series, first: int, last: int) -> Table:
    accounts = {
        row.account_id: row for row in RegistryAccount.objects.select_related("account__organisation")
    }
    lang = numbers.language()

    def name(pk: int | None) -> str:
        if pk is None:
            return ""
        return accounts[pk].label(lang) if pk in accounts else str(pk)

    columns = [
        Column(
            "at",
            gettext_lazy("Time"),
            lambda e: e.transaction.at,
            lambda e: numbers.day(e.transaction.at.date()),
        ),
        Column(
            "transaction",
            gettext_lazy("Transaction"),
            lambda e: e.transaction.pk,
            lambda e: transaction_link(e.transaction.pk),
            True,
        ),
        Column("kind", gettext_lazy("What happened"), lambda e: e.transaction.get_kind_display()),
        Column("units", gettext_lazy("Numbers"), lambda e: f"{e.first}–{e.last}"),
        Column("source", gettext_lazy("From the account"), lambda e: name(e.source)),
        Column("target", gettext_lazy("To the account"), lambda e: name(e.target)),
    ]
    return Table("story", columns, reading.story(series, first, last), caption=_("Life of the units"))


def transaction_link(number: int) -> str:
    return format_html(
        '<a href="{}" class="standing">{}</a>', reverse("registry:transaction", args=[number]), number
    )


@login_not_required
@require_safe
def transaction(request: HttpRequest, pk: int) -> HttpResponse:
    """One transaction by an address of its own: its units, its hash and its seal."""
    rows = LedgerTransaction.objects.filter(postings__series__unit=UNIT).distinct()
    row = get_object_or_404(rows.select_related("reverses"), pk=pk)
    table = posting_table(row)
    if answer := download(request, table):
        return answer
    order = None
    if request.user.is_authenticated:
        order = access.orders(request).filter(transactions=row).first()
    context = {
        "row": row,
        "reversal": LedgerTransaction.objects.filter(reverses=row).first(),
        "seal": Seal.objects.filter(first__lte=pk, last__gte=pk).first(),
        "order": order,
        "may_reverse": may_take_off(request, row),
        "table": table,
    }
    return render(request, "registry/transaction.html", context)


def may_take_off(request: HttpRequest, row: LedgerTransaction) -> bool:
    """A mark that no order gave and that stands, by administrators of the registry that keeps its units."""
    stands = row.kind == "mark" and not hasattr(row, "reversal") and not row.orders.exists()
    return stands and request.user.has_perm("registry.keep_accounts") and request.user.side == keeper(row)


def keeper(row: LedgerTransaction) -> str:
    """The side in whose registry the units of a transaction stand first; empty for neither."""
    posting = row.postings.select_related("account__registry").order_by("pk").first()
    account = getattr(posting.account, "registry", None) if posting else None
    return account.side if account else ""


def posting_table(row: LedgerTransaction) -> Table:
    lang = numbers.language()
    rows = list(row.postings.select_related("series").order_by("pk"))
    wanted = {posting.account_id for posting in rows}
    known = RegistryAccount.objects.filter(account__in=wanted).select_related("account__organisation")
    accounts = {found.account_id: found.label(lang) for found in known}
    columns = [
        Column("account", gettext_lazy("Account"), lambda p: accounts.get(p.account_id, str(p.account_id))),
        Column(
            "serial",
            gettext_lazy("Serial"),
            serial,
            lambda p: format_html(
                '<a href="{}?q={}">{}</a>', reverse("registry:units"), serial(p), serial(p)
            ),
        ),
        Column("delta", gettext_lazy("Credits (t)"), lambda p: p.delta, None, True),
    ]
    return Table("postings", columns, rows, caption=_("Units"))


@login_not_required
@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """Each seal with its root: whoever kept an earlier page sees whether anything was changed since."""
    columns = [
        Column("number", gettext_lazy("Seal"), lambda r: r.number, None, True),
        Column("at", gettext_lazy("Time"), lambda r: r.at),
        Column("first", gettext_lazy("First transaction"), lambda r: r.first, None, True),
        Column("last", gettext_lazy("Last transaction"), lambda r: r.last, None, True),
        Column("count", gettext_lazy("Transactions"), lambda r: r.count, None, True),
        Column("root", gettext_lazy("Merkle root"), lambda r: r.root),
        Column("sha256", gettext_lazy("Hash of the seal"), lambda r: r.sha256),
    ]
    table = paged(
        request, Seal.objects.order_by("-number"), columns, "seals", caption=_("Seals of the ledger")
    )
    if answer := download(request, table):
        return answer
    return render(request, "registry/seals.html", {"table": table})
