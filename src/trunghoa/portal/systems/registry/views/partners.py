"""Registries of partner countries: statements handed in, compared with the ledger, mismatches settled."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.form_fields import refused
from trunghoa.portal.core.record.tables import Column, Table, address_of, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.quantities import InputError

from .. import partnering
from ..forms_partners import NoteForm, PartnerForm, StatementForm
from ..models import PartnerRegistry, Statement
from ..models.partners import PLACES
from ..rules_partners import visible_partners
from ..tasks import partners
from . import access

PLACE_NAMES = dict(PLACES)
MATCHES = {
    "agreed": gettext_lazy("agreed"),
    "only_here": gettext_lazy("only here"),
    "only_there": gettext_lazy("only there"),
    "elsewhere": gettext_lazy("stands otherwise"),
}


def _partner(request: HttpRequest, pk: int) -> PartnerRegistry:
    access.must(request, "registry.see_partners")
    return get_object_or_404(PartnerRegistry.objects.filter(visible_partners(request.user)), pk=pk)


def _statement(request: HttpRequest, pk: int) -> Statement:
    access.must(request, "registry.see_partners")
    seen = PartnerRegistry.objects.filter(visible_partners(request.user))
    rows = Statement.objects.filter(registry__in=seen).select_related("registry", "document", "by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Each partner with its latest statement, and how far that agrees."""
    access.must(request, "registry.see_partners")
    rows = []
    for row in PartnerRegistry.objects.filter(visible_partners(request.user)):
        last = row.statements.first()
        rows.append((row, last, partnering.reconciled(last) if last else None))
    lang, address = numbers.language(), address_of("registry:partners:partner")
    columns = [
        Column("party", gettext_lazy("Party"), lambda r: r[0].party),
        Column(
            "name",
            gettext_lazy("Registry"),
            lambda r: r[0].name(lang),
            lambda r: format_html('<a class="standing" href="{}">{}</a>', address(r[0].pk), r[0].name(lang)),
        ),
        Column("quality", gettext_lazy("Quality"), lambda r: r[0].get_quality_display()),
        Column(
            "day",
            gettext_lazy("Latest statement"),
            lambda r: r[1] and r[1].day,
            lambda r: _day(r[1]),
        ),
        Column("agreed", gettext_lazy("Units that agree"), lambda r: r[2] and r[2].agreed, None, True),
        Column("differing", gettext_lazy("Units that do not"), lambda r: r[2] and r[2].differing, None, True),
    ]
    table = Table("partners", columns, rows, caption=_("Partner registries"))
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_add": request.user.has_perm("registry.add_partner")}
    return render(request, "registry/partners/list.html", context)


def _day(row: Statement | None) -> str:
    if row is None:
        return _("none yet")
    said = numbers.day(row.day)
    return f"{said} ({_('illustrative')})" if row.is_illustrative else said


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    access.must(request, "registry.add_partner")
    form = PartnerForm(person(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect(form.save())
    return access.form_page(request, form, _("Enter a partner registry"), "registry:partners:list")


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    row = _partner(request, pk)
    address = address_of("registry:partners:statement")
    columns = [
        Column("day", gettext_lazy("As at the end of"), lambda s: s.day, _day),
        Column(
            "file",
            gettext_lazy("File"),
            lambda s: s.filename,
            lambda s: format_html('<a class="standing" href="{}">{}</a>', address(s.pk), s.filename),
        ),
        Column("sha256", gettext_lazy("Hash of the file"), lambda s: s.document.sha256, _short),
        Column("by", gettext_lazy("By"), lambda s: s.by.shown_name),
        Column("on", gettext_lazy("Handed in"), lambda s: s.on, lambda s: numbers.day(s.on.date())),
    ]
    statements = list(row.statements.select_related("registry", "document", "by"))
    table = Table("statements", columns, statements, caption=_("Statements"))
    if answer := download(request, table):
        return answer
    context = {
        "partner": row,
        "title": row.name(numbers.language()),
        "table": table,
        "may_keep": request.user.has_perm("registry.keep_partner", row),
    }
    return render(request, "registry/partners/partner.html", context)


def _short(row: Statement) -> str:
    return format_html("<code>{}</code>", row.document.sha256[:16])


@require_http_methods(access.GET_OR_POST)
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a statement in; with one wrong cell nothing is kept and every wrong cell is named."""
    row = _partner(request, pk)
    access.must(request, "registry.keep_partner", row)
    form = StatementForm(row, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        said = {"day": given["day"], "illustrative": given["illustrative"]}
        try:
            return redirect(partnering.keep(row, given["file"], person(request), **said))
        except InputError as error:
            form.add_error("file", refused(error))
    context = {
        "form": form,
        "partner": row,
        "places": partners.PLACE_OF,
        "title": _("Hand in a statement"),
    }
    return render(request, "registry/partners/hand_in.html", context, status=422 if form.errors else 200)


@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """A statement beside the ledger as it stood when that day was over."""
    row = _statement(request, pk)
    found = partnering.reconciled(row)
    may_keep = request.user.has_perm("registry.keep_partner", row.registry)
    tables = [_balances(found), _mismatches(row, found, may_keep), _gaps(row)]
    for table in tables if row.is_illustrative else []:
        # A file that is saved carries it in its name.
        table.slug += "-illustrative"
    if answer := download(request, *tables):
        return answer
    context = {
        "statement": row,
        "title": _("%(registry)s, %(day)s")
        % {"registry": row.registry.name(numbers.language()), "day": numbers.day(row.day)},
        "found": found,
        "tables": tables,
    }
    return render(request, "registry/partners/statement.html", context)


def _place(code: str | None) -> str:
    return str(PLACE_NAMES[code]) if code else ""


def _balances(found: partnering.Found) -> Table:
    columns = [
        Column("series", gettext_lazy("Series"), lambda r: r.series),
        Column("place", gettext_lazy("How they stand"), lambda r: r.place, lambda r: _place(r.place)),
        Column("here", gettext_lazy("Here (t)"), lambda r: r.here, None, True),
        Column("there", gettext_lazy("There (t)"), lambda r: r.there, None, True),
        Column("difference", gettext_lazy("Difference (t)"), lambda r: r.difference, None, True),
    ]
    return Table("balances", columns, found.balances, caption=_("Balances"))


def _mismatches(row: Statement, found: partnering.Found, may_keep: bool) -> Table:
    notes, settling = partnering.notes_of(row), reverse("registry:partners:settle", args=[row.pk])

    def said(piece: Any) -> str:
        note = notes.get(partnering.key_of(piece))
        return f"{note.text} ({note.by.shown_name}, {numbers.day(note.on.date())})" if note else ""

    def note_cell(piece: Any) -> str:
        text = said(piece)
        if not may_keep:
            return format_html("{}", text or "–")
        query = urlencode({"series": piece.series, "first": piece.first})
        link = format_html('<a class="standing" href="{}?{}">{}</a>', settling, query, _("Settle"))
        return format_html("{} {}", text, link)

    columns = [
        Column("series", gettext_lazy("Series"), lambda p: p.series),
        Column("first", gettext_lazy("First"), lambda p: p.first, lambda p: str(p.first)),
        Column("last", gettext_lazy("Last"), lambda p: p.last, lambda p: str(p.last)),
        Column("quantity", gettext_lazy("Units"), lambda p: p.quantity, None, True),
        Column(
            "match", gettext_lazy("Mismatch"), lambda p: p.match.value, lambda p: str(MATCHES[p.match.value])
        ),
        Column("here", gettext_lazy("Here"), lambda p: p.here, lambda p: _place(p.here) or "–"),
        Column("there", gettext_lazy("There"), lambda p: p.there, lambda p: _place(p.there) or "–"),
        Column("note", gettext_lazy("Settlement"), said, note_cell),
    ]
    return Table("mismatches", columns, found.mismatches, caption=_("Mismatches block by block"))


def _gaps(row: Statement) -> Table:
    columns = [
        Column("series", gettext_lazy("Series"), lambda g: g[0]),
        Column("first", gettext_lazy("First"), lambda g: g[1], lambda g: str(g[1])),
        Column("last", gettext_lazy("Last"), lambda g: g[2], lambda g: str(g[2])),
    ]
    rows = partners.missing(row.blocks.values_list("series", "first", "last"))
    return Table("gaps", columns, rows, caption=_("Numbers that the statement leaves out between its blocks"))


@require_http_methods(access.GET_OR_POST)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a mismatch is settled. It stays in the table until the books agree."""
    row = _statement(request, pk)
    access.must(request, "registry.keep_partner", row.registry)
    asked = request.GET.get("series", ""), request.GET.get("first", "")
    rows = partnering.reconciled(row).mismatches
    piece = next((p for p in rows if (p.series, str(p.first)) == asked), None)
    if piece is None:
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        partnering.settle(row, piece, form.cleaned_data["text"], person(request))
        messages.success(request, _("The note is entered."))
        return redirect(row)
    title = _("Settle %(series)s, %(first)s–%(last)s") % {
        "series": piece.series,
        "first": piece.first,
        "last": piece.last,
    }
    if row.is_illustrative:
        title += f" ({_('illustrative')})"
    return access.form_page(request, form, title, row)
