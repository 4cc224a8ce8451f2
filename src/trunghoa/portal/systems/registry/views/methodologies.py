"""Methodologies: the list, and each with its equations, parameters and how far they were checked."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers

from .. import guidance, monitoring, papers
from ..machines.methodology import METHODOLOGY
from ..models import Methodology
from . import access


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    lang = numbers.language()
    address = address_of("registry:methodology")
    states = {s.code: _(s.label) for s in METHODOLOGY.states}

    def title(row: Methodology) -> str:
        return format_html(
            '<a href="{}">{}</a> {}', address(row.pk), row.title(lang), numbers.mark(row.quality)
        )

    columns = [
        Column("code", gettext_lazy("Number of the methodology"), lambda r: r.code, None, False, "code"),
        Column("version", gettext_lazy("Version"), lambda r: r.version),
        Column("title", gettext_lazy("Title"), lambda r: r.title(lang), title),
        Column("scope", gettext_lazy("Sectoral scope"), lambda r: r.scope),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column(
            "approved_on",
            gettext_lazy("Approved on"),
            lambda r: r.approved_on,
            lambda r: numbers.day(r.approved_on),
            False,
            "approved_on",
        ),
        Column("proposed", gettext_lazy("Number as proposed"), lambda r: r.proposed_code),
    ]
    table = paged(
        request, access.methodologies(request), columns, "methodologies", caption=_("JCM methodologies")
    )
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_add": request.user.has_perm("registry.add_methodology")}
    return render(request, "registry/methodologies.html", context)


@login_not_required
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    methodology = get_object_or_404(access.methodologies(request), pk=pk)
    found = monitoring.equations_of(methodology)
    table = parameter_table(found) if found else None
    if table and (answer := download(request, table)):
        return answer
    context = {
        "methodology": methodology,
        "title": methodology.title(numbers.language()),
        "found": found,
        "table": table,
        "definition": methodology.definition.get("toml", "") if found else "",
        "may_edit": methodology.state == "draft"
        and request.user.has_perm("registry.change_methodology", methodology),
        "may_revise": methodology.state == "approved" and request.user.has_perm("registry.add_methodology"),
        "guidance": guidance.of(methodology),
        "papers": papers.offered(methodology),
        "projects": methodology.projects.filter(pk__in=access.projects(request).values("pk")),
    }
    return render(request, "registry/methodology.html", context)


def parameter_table(found: Any) -> Table:
    columns = [
        Column(
            "symbol",
            gettext_lazy("Symbol"),
            lambda p: p.symbol,
            lambda p: format_html("<code>{}</code>", p.symbol),
        ),
        Column("label", gettext_lazy("Parameter"), lambda p: p.label),
        Column("unit", gettext_lazy("Unit"), lambda p: p.unit, lambda p: numbers.unit(p.unit)),
        Column(
            "fixed",
            gettext_lazy("When fixed"),
            lambda p: _("monitored") if p.monitored else _("fixed ex ante"),
        ),
        Column(
            "options", gettext_lazy("Monitoring options"), lambda p: ", ".join(o.value for o in p.options)
        ),
        Column("minimum", gettext_lazy("Minimum"), lambda p: p.minimum, None, True),
        Column("maximum", gettext_lazy("Maximum"), lambda p: p.maximum, None, True),
    ]
    return Table("parameters", columns, list(found.parameters), caption=_("Parameters"))
