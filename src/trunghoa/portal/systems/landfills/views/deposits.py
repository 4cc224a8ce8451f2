"""Deposits from a file: check, show what would change, take over on confirmation."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.form_fields import refused
from trunghoa.portal.core.record.intake import Accepted
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.quantities import InputError

from .. import exports, imports, series, uploads
from ..forms import UploadForm
from ..models import DepositImport, Landfill
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
    if request.method == "POST" and form.is_valid():
        try:
            record = _keep(landfill, form, person(request))
        except InputError as error:
            form.add_error("file", refused(error))
        else:
            return redirect("landfills:import", code, record.pk)
    history = landfill.imports.select_related("by", "document")[:20]
    limits = {"mib": settings.DOCUMENT_MAX_BYTES // 2**20, "rows": uploads.MAX_ROWS}
    context = {"landfill": landfill, "form": form, "history": history, "limits": limits}
    return render(request, "landfills/upload.html", context, status=422 if form.is_bound else 200)


def _keep(landfill: Landfill, form: UploadForm, by: User) -> DepositImport:
    """The file and what was found in it, both or neither."""
    accepted: Accepted = form.cleaned_data["file"]
    reading = imports.read(accepted.content, landfill, language())
    with documents.uploaded(accepted, by=by, classification=Document.Classification.ORGANISATION) as kept:
        return DepositImport.objects.create(
            landfill=landfill,
            document=kept.document,
            filename=accepted.filename,
            by=by,
            outcome=DepositImport.Outcome.REFUSED if reading.problems else DepositImport.Outcome.CHECKED,
            problems=[p.as_json() for p in reading.problems],
            rows=series.rows_as_json(reading.rows, reading.sources) if not reading.problems else [],
            source=form.cleaned_data["source"],
            quality=form.cleaned_data["quality"],
            revision=landfill.revision,
        )


@require_safe
def checked(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What was found in a file: problems by cell, or what would change."""
    landfill = changeable(request, code)
    record = get_object_or_404(
        DepositImport.objects.select_related("by", "document"), pk=pk, landfill=landfill
    )
    problems = problem_table(record)
    before = series.stored(landfill)
    after = series.proposed(before, record) if record.outcome == DepositImport.Outcome.CHECKED else before
    found = list(series.changes(before, after))
    changes = change_table(found)
    if answer := download(request, problems, changes):
        return answer
    context = {
        "landfill": landfill,
        "record": record,
        "problems": problems,
        "changes": changes,
        "counted": series.counted(found, before),
        "largest": series.largest(found),
        "stale": record.revision != landfill.revision,
        "can_take_back": series.can_be_taken_back(record),
        "earlier": landfill.imports.filter(on__lt=record.on, outcome=DepositImport.Outcome.APPLIED).first(),
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

    return _settled(
        request, record, record.revision, lambda: series.take_over(record),
        _("Somebody changed this landfill after the file was checked. Hand the file in again."),
        _("The deposits were taken over. The figures are computed anew."),
    )  # fmt: skip


@require_POST
def take_back(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Put the series that stood before a file in its place again, while nobody changed it since."""
    landfill = changeable(request, code)
    record = get_object_or_404(DepositImport, pk=pk, landfill=landfill)
    if record.outcome != DepositImport.Outcome.APPLIED:
        messages.info(request, _("This file was dealt with already."))
        return redirect("landfills:import", code, pk)

    def apply() -> None:
        fresh = DepositImport.objects.get(pk=pk)
        if not series.can_be_taken_back(fresh):
            raise Changed
        series.take_back(fresh)

    return _settled(
        request, record, landfill.revision, apply,
        _("The deposits no longer stand as this file left them. Nothing was changed."),
        _("The file was taken back: the deposits stand as before it. The figures are computed anew."),
    )  # fmt: skip


def _settled(
    request: HttpRequest,
    record: DepositImport,
    revision: int,
    apply: Callable[[], None],
    changed: str,
    done: str,
) -> HttpResponse:
    """Do what a file asks for; back to the file where that cannot be done, else to its site."""
    try:
        problems = [str(problem) for problem in commit(request, record.landfill, revision, apply)]
    except Changed:
        problems = [changed]
    for problem in problems:
        messages.error(request, problem)
    code = record.landfill.place.code
    if problems:
        return redirect("landfills:import", code, record.pk)
    messages.success(request, done)
    return redirect("landfills:site", code)
