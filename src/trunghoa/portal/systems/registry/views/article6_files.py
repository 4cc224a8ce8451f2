"""Files that officers hand in, the board of double counting, and contributions out of an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import is_officer
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.form_fields import full_text, refused
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import InputError

from .. import board, submitting
from ..forms_parties import HANDED, ContributionForm
from ..models import Handed
from ..tasks import aef, article6, counting_twice
from ..words_article6 import DENOMINATORS, METHODS
from . import access
from .article6_balances import balance_table, cell_table, methods_table
from .article6_parties import reader
from .article6_reports import check_table


def officer(request: HttpRequest) -> User:
    """What was handed in is read by officers of either side."""
    user = person(request)
    if not is_officer(user):
        raise PermissionDenied
    return user


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    officer(request)
    address = address_of("registry:article6:handed")
    columns = [
        Column(
            "file",
            gettext_lazy("File"),
            lambda r: r.filename,
            lambda r: format_html('<a href="{}">{}</a>', address(r.pk), r.filename),
        ),
        Column("kind", gettext_lazy("Kind of file"), lambda r: r.get_kind_display()),
        Column("party", gettext_lazy("Party"), lambda r: r.party),
        Column("year", gettext_lazy("Year"), lambda r: r.year, lambda r: str(r.year or "–")),
        Column("by", gettext_lazy("By"), lambda r: r.by.shown_name),
        Column("on", gettext_lazy("Handed in"), lambda r: r.on, lambda r: numbers.day(r.on.date())),
    ]
    table = paged(
        request, Handed.objects.select_related("by"), columns, "files", caption=_("Files handed in")
    )
    if answer := download(request, table):
        return answer
    context = {"table": table, "kinds": Handed.Kind.choices}
    return render(request, "registry/article6/files.html", context)


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand a file in; with one wrong cell nothing is kept and every wrong cell is named."""
    access.must(request, "registry.keep_article6")
    if kind not in HANDED:
        raise Http404
    form = HANDED[Handed.Kind(kind)](request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_keep(kind, form.cleaned_data, person(request)))
        except InputError as error:
            form.add_error("file", refused(error))
    context = {"form": form, "title": Handed.Kind(kind).label, "kind": kind}
    return render(request, "registry/article6/upload.html", context, status=422 if form.errors else 200)


def _keep(kind: str, given: dict[str, Any], by: User) -> Handed:
    """The file is read before it is kept."""
    accepted, beside = given["file"], given.get("inventory")
    row = Handed(kind=kind, filename=accepted.filename[:200], by=by, party=given.get("party") or "")
    if kind == "blocks":
        blocks, reported = article6.read_lists(accepted.content, beside.content if beside else None)
        _first_of(blocks, reported)
    elif kind == "report":
        found = aef.read(accepted.content)
        if found.party != row.party:
            raise InputError(counting_twice.of_another(found.party, row.party))
        row.year = found.year
    else:
        counting_twice.read_issuances(accepted.content)
    closed = Document.Classification.OFFICERS
    with documents.uploaded(accepted, by=by, classification=closed) as kept:
        row.document = kept.document
        if beside:
            with documents.uploaded(beside, by=by, classification=closed) as other:
                row.inventory = other.document
                row.save()
        else:
            row.save()
    return row


def _first_of(blocks: Any, reported: Any) -> None:
    """Every Party of a list can be reckoned, or the cells that hinder it are named."""
    period, _parameter = article6.usual_period()
    for party in article6.parties_in(blocks, reported):
        article6.balance(_account(blocks, reported, party, period))


def _account(blocks: Any, reported: Any, party: str, period: tuple[int, int]) -> article6.Account:
    return article6.Account(
        party,
        tuple(b for b in blocks if b.party == party),
        tuple(r for r in reported if r.party == party),
        period,
    )


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file says: balances of its Parties, or a Party's report against the ledger."""
    officer(request)
    row = get_object_or_404(Handed.objects.select_related("document", "inventory", "by"), pk=pk)
    context: dict[str, Any] = {"row": row}
    tables: list[Table] = []
    if row.kind == Handed.Kind.BLOCKS:
        tables = _blocks(request, row, context)
    elif row.kind == Handed.Kind.REPORT:
        found = aef.read(documents.read(row.document))
        tables = [check_table(aef.checked(found, (), first_report=False))]
    if tables and (answer := download(request, *tables)):
        return answer
    return render(request, "registry/article6/file.html", {**context, "tables": tables})


def _blocks(request: HttpRequest, row: Handed, context: dict[str, Any]) -> list[Table]:
    inventory = documents.read(row.inventory) if row.inventory else None
    blocks, reported = article6.read_lists(documents.read(row.document), inventory)
    parties = article6.parties_in(blocks, reported)
    asked = request.GET.get("party", "")
    party = asked if asked in parties else parties[0]
    method, denominator = request.GET.get("method", ""), request.GET.get("denominator", "")
    period, parameter = article6.usual_period()
    account = _account(blocks, reported, party, period).by(
        method if method in dict(METHODS) else "trajectory",
        denominator if denominator in dict(DENOMINATORS) else "elapsed",
    )
    found = article6.balance(account)
    extra = f"&party={party}&method={account.method}&denominator={account.denominator}"
    tables = [balance_table(found, period[1], extra), methods_table(account)]
    cell, year = request.GET.get("cell", ""), request.GET.get("year", "")
    if cell in article6.CELLS and year.isdecimal() and len(year) == 4:
        tables.append(cell_table(account, cell, int(year)))
    for table in tables:
        table.query = extra.lstrip("&")
    context |= {
        "parties": parties,
        "party": party,
        "account": account,
        "methods": METHODS,
        "denominators": DENOMINATORS,
        "found": found,
        "period": f"{period[0]}–{period[1]}",
        "quality": parameter.quality.value,
        "source": parameter.source,
        "notices": [full_text(problem) for problem in found.notices[:20]],
    }
    return tables


@require_safe
def double_counting(request: HttpRequest) -> HttpResponse:
    """Each kind of double counting with its verdict."""
    reader(request)
    rows = board.findings()
    verdicts = {"passed": _("passed"), "failed": _("failed"), "unknown": _("unknown")}
    columns = [
        Column("check", gettext_lazy("Check"), lambda r: _(submitting.CHECKS[r[1].check])),
        Column("party", gettext_lazy("Party"), lambda r: r[0]),
        Column(
            "verdict",
            gettext_lazy("Verdict"),
            lambda r: verdicts[r[1].verdict.value],
            lambda r: format_html(
                '<span class="verdict {}">{}</span>', r[1].verdict.value, verdicts[r[1].verdict.value]
            ),
        ),
        Column(
            "problems",
            gettext_lazy("What was found or is missing"),
            lambda r: " ".join(numbers.problem(problem) for problem in r[1].problems),
        ),
    ]
    table = Table("double-counting", columns, rows, caption=_("Double counting"))
    if answer := download(request, table):
        return answer
    return render(request, "registry/article6/board.html", {"table": table})


@require_http_methods(access.GET_OR_POST)
def contribute(request: HttpRequest, number: str) -> HttpResponse:
    """Contribute to adaptation and overall mitigation out of an account: orders, not flags."""
    account = access.account(number)
    access.must(request, "registry.order", account)
    form = ContributionForm(account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.make(person(request))
        messages.success(request, _("The orders are prepared. A registry administrator approves them."))
        return redirect("registry:orders")
    context = {
        "form": form,
        "title": _("Contribution from %(account)s") % {"account": account},
        "back": account,
        "problem": "",
    }
    return render(request, "registry/article6/form.html", context, status=422 if form.errors else 200)
