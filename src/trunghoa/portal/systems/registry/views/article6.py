"""The first page of Article 6: what is authorised and first transferred, approaches and their entities."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, address_of, download
from trunghoa.portal.core.record.templatetags import numbers

from .. import itmos
from ..forms_article6 import ApproachForm, EntityForm
from ..models import CooperativeApproach
from ..words_article6 import PARTY_NAMES
from . import access


class Sum(NamedTuple):
    """Units of one authorisation and vintage."""

    authorisation: str
    party: str
    vintage: int
    authorised: int
    transferred: int
    unresolved: int


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    tables = [units_table(), approach_table()]
    if answer := download(request, *tables):
        return answer
    context = {
        "tables": tables,
        "begins": not any(table.rows for table in tables),
        "parties": PARTY_NAMES.items(),
        "may_add": request.user.has_perm("registry.keep_article6"),
    }
    return render(request, "registry/article6/home.html", context)


def units_table() -> Table:
    """Authorised units, and of them those first transferred, by authorisation and vintage."""
    sums: dict[tuple[str, str, int], list[int]] = {}
    for piece in itmos.pieces():
        row = sums.setdefault((piece.authorisation.code, piece.host, piece.vintage), [0, 0, 0])
        row[0] += piece.size
        row[1] += piece.size if piece.at else 0
        row[2] += piece.size if not piece.is_resolved else 0
    rows = [Sum(*key, *amounts) for key, amounts in sorted(sums.items())]
    columns = [
        Column("authorisation", gettext_lazy("Authorisation"), lambda r: r.authorisation),
        Column("party", gettext_lazy("First transferring Party"), lambda r: r.party),
        Column("vintage", gettext_lazy("Vintage"), lambda r: r.vintage, lambda r: str(r.vintage)),
        Column("authorised", gettext_lazy("Authorised (t)"), lambda r: r.authorised, None, True),
        Column("transferred", gettext_lazy("First transferred (t)"), lambda r: r.transferred, None, True),
        Column("unresolved", gettext_lazy("Unresolved (t)"), lambda r: r.unresolved, None, True),
    ]
    return Table("itmos", columns, rows, caption=_("Authorised units by authorisation and vintage"))


def approach_table() -> Table:
    lang = numbers.language()
    address = address_of("registry:article6:approach", "CA0000")
    columns = [
        Column(
            "code",
            gettext_lazy("Number of the approach"),
            lambda r: r.code,
            lambda r: format_html('<a href="{}">{}</a>', address(r.code), r.code),
        ),
        Column("title", gettext_lazy("Title"), lambda r: r.title(lang)),
        Column("parties", gettext_lazy("Parties"), lambda r: r.parties),
        Column("from", gettext_lazy("Begun on"), lambda r: r.started_on, lambda r: numbers.day(r.started_on)),
        Column("authorisations", gettext_lazy("Authorisations"), lambda r: len(r.shown), None, True),
    ]
    rows = list(CooperativeApproach.objects.prefetch_related("authorisations"))
    for row in rows:
        row.shown = [a for a in row.authorisations.all() if a.state not in ("draft", "proposed")]
    return Table("approaches", columns, rows, caption=_("Cooperative approaches"))


@login_not_required
@require_safe
def approach(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(CooperativeApproach, code=code)
    table = entity_table(found)
    if answer := download(request, table):
        return answer
    context = {
        "approach": found,
        "title": found.title(numbers.language()),
        "table": table,
        "may_add": request.user.has_perm("registry.keep_article6"),
        "authorisations": [
            row for row in found.authorisations.all() if row.state not in ("draft", "proposed")
        ],
    }
    return render(request, "registry/article6/approach.html", context)


def entity_table(found: CooperativeApproach) -> Table:
    """Table 5 of the annual information. A number that may be a person's stands only in the report."""
    columns = [
        Column("name", gettext_lazy("Entity"), lambda r: r.name),
        Column("country", gettext_lazy("Country of incorporation"), lambda r: r.country),
        Column("party", gettext_lazy("Authorised by"), lambda r: r.party),
        Column(
            "on",
            gettext_lazy("Authorised on"),
            lambda r: r.authorised_on,
            lambda r: numbers.day(r.authorised_on),
        ),
        Column("conditions", gettext_lazy("Conditions"), lambda r: r.conditions),
    ]
    return Table("entities", columns, list(found.entities.all()), caption=_("Authorised entities"))


@require_http_methods(access.GET_OR_POST)
def new_approach(request: HttpRequest) -> HttpResponse:
    access.must(request, "registry.keep_article6")
    form = ApproachForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("The cooperative approach is entered."))
        return redirect(form.save())
    return shown(request, form, _("Enter a cooperative approach"), "registry:article6:home")


@require_http_methods(access.GET_OR_POST)
def new_entity(request: HttpRequest, code: str) -> HttpResponse:
    access.must(request, "registry.keep_article6")
    found = get_object_or_404(CooperativeApproach, code=code)
    form = EntityForm(found, person(request), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The entity is entered."))
        return redirect(found)
    return shown(request, form, _("Authorise an entity in %(approach)s") % {"approach": found}, found)


def shown(request: HttpRequest, form: Any, title: str, back: Any, problem: str = "") -> HttpResponse:
    """A form on a page of this part; what is wrong stands beside each field."""
    return access.form_page(request, form, title, back, problem, "registry/article6/form.html")
