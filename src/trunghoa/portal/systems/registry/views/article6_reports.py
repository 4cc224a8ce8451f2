"""Reports of a Party: initial report, regular information with table 4, and annual information (AEF)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import adjusting, submitting
from ..forms_parties import ReportForm, YearForm
from ..machines.reports import ANNUAL
from ..models import AnnualReport, PartyReport, PartySettings
from ..rules_article6 import party_of, visible_reports
from ..tasks import aef, article6
from ..tasks.methods import exact
from . import access
from .article6 import shown
from .article6_balances import shown as amount


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    table = report_table(request)
    if answer := download(request, table):
        return answer
    may_add = request.user.has_perm("registry.keep_article6")
    context = {"table": table, "may_add": may_add, "form": YearForm() if may_add else None}
    return render(request, "registry/article6/reports.html", context)


def report_table(request: HttpRequest) -> Table:
    lang = numbers.language()
    states = {s.code: _(s.label) for s in ANNUAL.states}
    seen = visible_reports(request.user)
    rows = [*PartyReport.objects.filter(seen), *AnnualReport.objects.filter(seen)]
    columns = [
        Column(
            "report",
            gettext_lazy("Report"),
            lambda r: r.label(lang),
            lambda r: format_html('<a href="{}">{}</a>', r.get_absolute_url(), r.label(lang)),
        ),
        Column("party", gettext_lazy("Party"), lambda r: r.party),
        Column("year", gettext_lazy("Year"), lambda r: r.year or None, lambda r: str(r.year or "–")),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column(
            "on",
            gettext_lazy("Submitted on"),
            lambda r: r.submitted_on,
            lambda r: numbers.day(r.submitted_on),
        ),
    ]
    return Table("reports", columns, rows, caption=_("Reports of the Parties"))


@require_POST
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin the initial report, or a report of a year; one that is there is opened."""
    access.must(request, "registry.keep_article6")
    by = person(request)
    with transaction.atomic():
        if kind == "initial":
            made, new = PartyReport.objects.get_or_create(
                kind="initial", party=party_of(by), year=0, defaults={"made_by": by}
            )
            if new:
                moves.began(made)
            return redirect(made)
        form = YearForm(request.POST)
        if form.is_valid():
            return redirect(form.annual(by) if kind == "annual" else form.regular(by))
    return shown(request, form, _("Begin a report"), "registry:article6:reports")


def seen_report(request: HttpRequest, pk: int) -> PartyReport:
    return get_object_or_404(PartyReport.objects.filter(visible_reports(request.user)), pk=pk)


@login_not_required
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What a report says, how complete it is, and for regular information table 4."""
    found = seen_report(request, pk)
    lang = numbers.language()
    items = article6.items(found.kind)
    lacks = {item.code for item in article6.missing(found.kind, found.answers)}
    said = [
        {
            "item": item,
            "text": item.text[lang],
            "answer": found.answers.get(item.code, {}),
            "missing": item.code in lacks,
        }
        for item in items
    ]
    table = summary_table(found) if found.kind == "regular" else None
    if table and (answer := download(request, table)):
        return answer
    user = request.user
    context = {
        "report": found,
        "label": found.label(lang),
        "items": said,
        "filled": len(items) - len(lacks),
        "all": len(items),
        "table": table,
        "unverified": any(item.quality != "verified" for item in items),
        "may_write": found.state == "draft" and user.has_perm("registry.keep_party", found),
    }
    return render(request, "registry/article6/report.html", context)


def summary_table(found: PartyReport) -> Table | None:
    """Table 4 as it follows from the ledger now; none where there is no balance."""
    settings = PartySettings.objects.filter(party=found.party).first()
    if settings is None:
        return None
    made = adjusting.book(settings)
    balance, _said = adjusting.balance_of(made)
    if balance is None:
        return None
    targets = {year: row.target for year, row in made.inventories.items() if row.target is not None}
    rows = article6.summary(balance, targets)
    years = [row.year for row in balance.years if row.year <= (found.year or row.year)]

    def value(year: int) -> Any:
        def exactly(row: Any) -> str | None:
            found = row.values[year]
            return None if found is None else exact(found)

        return exactly

    columns = [
        Column("row", gettext_lazy("Row"), lambda r: r.number, None, True),
        Column("label", gettext_lazy("Information"), lambda r: r.label),
        *(
            Column(
                str(year),
                str(year),
                value(year),
                lambda r, y=year: amount(r.values[y]) if r.values[y] is not None else "–",
                True,
            )
            for year in years
        ),
    ]
    return Table("table-4", columns, rows, caption=_("Structured summary (table 4)"))


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = seen_report(request, pk)
    access.must(request, "registry.keep_party", found)
    problem = ""
    if found.state != "draft":
        problem = _("It is decided on just now: have it given back before you change it.")
    posted = request.method == "POST" and not problem
    form = ReportForm(found, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            with transaction.atomic():
                form.keep(person(request))
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("The report is kept."))
            return redirect(found)
    return shown(request, form, found.label(numbers.language()), found, problem)


# Annual information.


def seen_annual(request: HttpRequest, pk: int) -> AnnualReport:
    return get_object_or_404(AnnualReport.objects.filter(visible_reports(request.user)), pk=pk)


@login_not_required
@require_safe
def annual(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as it follows from the ledger, and every check of it."""
    found = seen_annual(request, pk)
    context: dict[str, Any] = {"report": found, "label": found.label(numbers.language())}
    if found.state != "submitted":
        checked = submitting.checked(found)
        table = check_table((*checked.findings, checked.mirror))
        if answer := download(request, table):
            return answer
        chosen = checked.report.template
        context |= {
            "table": table,
            "sizes": [(t.sheet, len(checked.report.rows(n))) for n, t in enumerate(chosen.tables, start=1)],
            "template": chosen,
            "hindrances": submitting.hindrances(found),
        }
    return render(request, "registry/article6/annual.html", context)


def check_table(findings: Any) -> Table:
    """One row for each thing that is wrong, missing, or in order."""
    verdicts = {"passed": _("passed"), "failed": _("failed"), "unknown": _("unknown")}
    rows = aef.problems_of(findings)

    def where(problem: Any) -> str:
        if problem is None:
            return ""
        return " ".join(str(part) for part in (problem.file, problem.row, problem.field) if part)

    columns = [
        Column("check", gettext_lazy("Check"), lambda r: _(submitting.CHECKS[r[0]])),
        Column(
            "verdict",
            gettext_lazy("Verdict"),
            lambda r: verdicts[r[1]],
            lambda r: format_html('<span class="verdict {}">{}</span>', r[1], verdicts[r[1]]),
        ),
        Column("where", gettext_lazy("Where"), lambda r: where(r[2])),
        Column(
            "problem",
            gettext_lazy("What is wrong and what to do"),
            lambda r: numbers.problem(r[2]) if r[2] is not None else "",
        ),
    ]
    return Table("checks", columns, rows, caption=_("Check report"))


@login_not_required
@require_safe
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook as it was submitted, or a draft of it."""
    found = seen_annual(request, pk)
    if found.document is not None:
        content, name = documents.read(found.document), f"AEF-{found.party}-{found.year}"
    else:
        content = aef.workbook(submitting.checked(found).report, draft=True)
        name = f"AEF-{found.party}-{found.year}-draft"
    response = HttpResponse(content, content_type=submitting.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
