"""Certificates, and the page on which anybody sees whether one still holds."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.tables import Column, Table, download

from .. import certificates
from ..certificates import Certificate
from ..papers import certificate as paper


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Ask for a certificate by its number."""
    asked = " ".join(request.GET.get("number", "").split())[:100]
    found = certificates.find(asked) if asked else None
    if found is not None:
        return redirect("registry:certificate", found.number)
    return render(request, "registry/certificates.html", {"asked": asked})


@login_not_required
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """What the ledger says of a certificate now."""
    found = certificates.find(number)
    if found is None:
        # A number with a slip of the pen: asked again, with what was typed.
        return render(request, "registry/certificates.html", {"asked": number[:100]}, status=404)
    table = unit_table(found)
    if answer := download(request, table):
        return answer
    context = {
        "certificate": found,
        "title": paper.title(found.order),
        "headline": paper.headline(found),
        "notes": paper.notes(found),
        "facts": paper.facts(found),
        "faults": found.faults,
        "table": table,
    }
    return render(request, "registry/certificate.html", context)


@login_not_required
@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate to print, in the language of the address."""
    found = certificates.find(number)
    if found is None:
        raise Http404
    address = request.build_absolute_uri(reverse("registry:certificate", args=[found.number]))
    platform = "Trung hòa: " + _("Viet Nam – Japan cooperation toward carbon neutrality")
    response = HttpResponse(paper.made(found, address, platform), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response


def unit_table(found: Certificate) -> Table:
    serial, project, vintage, units = paper.columns()
    columns = [
        Column("serial", serial, lambda line: line.serial, _serial),
        Column("project", project, paper.project_of),
        Column("vintage", vintage, paper.vintage_of),
        Column("units", units, lambda line: line.units, None, True),
    ]
    return Table("units", columns, list(found.lines), caption=_("Units"))


def _serial(line: certificates.Line) -> str:
    return format_html('<a href="{}?q={}">{}</a>', reverse("registry:units"), line.serial, line.serial)
