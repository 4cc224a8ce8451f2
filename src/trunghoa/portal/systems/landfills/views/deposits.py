"""Deposits from a file: check, show what would change, take over on confirmation."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags.numbers import language

from .. import exports, imports, uploads
from ..forms import UploadForm
from ..models import DepositImport
from ..tables import change_table, problem_table
from ..uploads import XLSX
from .access import changeable, seen
from .changes import GET_OR_POST, Changed, commit


@require_safe
def template(request: HttpRequest, code: str) -> HttpResponse:
    """The workbook to fill in, with the deposits on record, in the reader's language."""
    landfill = seen(request, code)
    response = HttpResponse(exports.deposit_template(landfill), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{landfill.place.code}-deposits.xlsx"'
    return response


@require_http_methods(GET_OR_POST)
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Hand a file in; with one wrong cell nothing is taken over and every wrong cell is named."""
    landfill = changeable(request, code)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"revision": landfill.revision})
    if request.method != "POST" or not form.is_valid():
        history = landfill.imports.select_related("by", "document")[:20]
        limits = {"mib": uploads.MAX_BYTES // 2**20, "rows": uploads.MAX_ROWS}
        context = {"landfill": landfill, "form": form, "history": history, "limits": limits}
        return render(request, "landfills/upload.html", context, status=422 if form.is_bound else 200)
    handed = form.cleaned_data["file"]
    content = handed.read()
    reading = imports.read(content, landfill, language())
    with transaction.atomic():
        kept = documents.store(
            content,
            media_type=reading.media_type,
            filename=handed.name,
            classification="organisation",
            by=person(request),
        )
        record = DepositImport.objects.create(
            landfill=landfill,
            document=kept,
            filename=handed.name[:200],
            by=person(request),
            outcome=DepositImport.Outcome.REFUSED if reading.problems else DepositImport.Outcome.CHECKED,
            problems=[p.as_json() for p in reading.problems],
            rows=imports.as_json(reading.rows) if not reading.problems else [],
            source=form.cleaned_data["source"],
            quality=form.cleaned_data["quality"],
            revision=landfill.revision,
        )
    return redirect("landfills:import", code, record.pk)


@require_safe
def checked(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What was found in a file: problems by cell, or what would change."""
    landfill = changeable(request, code)
    record = get_object_or_404(
        DepositImport.objects.select_related("by", "document"), pk=pk, landfill=landfill
    )
    problems = problem_table(record)
    changes = change_table(landfill, record)
    if answer := download(request, problems, changes):
        return answer
    context = {
        "landfill": landfill,
        "record": record,
        "problems": problems,
        "changes": changes,
        "stale": record.revision != landfill.revision,
    }
    return render(request, "landfills/import.html", context)


@require_POST
def confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take the checked rows over, all or none; a second click changes nothing."""
    landfill = changeable(request, code)
    record = get_object_or_404(DepositImport, pk=pk, landfill=landfill)
    if record.outcome != DepositImport.Outcome.CHECKED:
        messages.info(request, _("This file was dealt with already."))
        return redirect("landfills:import", code, pk)
    if "cancel" in request.POST:
        bulk.update(DepositImport.objects.filter(pk=pk), outcome=DepositImport.Outcome.CANCELLED)
        return redirect("landfills:site", code)

    def apply() -> None:
        imports.replace(landfill, imports.rows_of(record), source=record.source, quality=record.quality)
        bulk.update(DepositImport.objects.filter(pk=pk), outcome=DepositImport.Outcome.APPLIED)

    try:
        problems = commit(request, landfill, record.revision, apply)
    except Changed:
        messages.error(
            request, _("Somebody changed this landfill after the file was checked. Hand the file in again.")
        )
        return redirect("landfills:import", code, pk)
    for problem in problems:
        messages.error(request, str(problem))
    if problems:
        return redirect("landfills:import", code, pk)
    messages.success(request, _("The deposits were taken over. The figures are computed anew."))
    return redirect("landfills:site", code)
