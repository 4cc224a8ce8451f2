"""A scenario's tables as a workbook: handed out, changed, looked at, taken over."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.document_forms import DocumentField
from trunghoa.portal.core.record.form_fields import refused
from trunghoa.portal.core.record.intake import Accepted
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags.numbers import language
from trunghoa.portal.core.workflow.errors import Stale
from trunghoa.quantities import InputError

from .. import changes
from .. import workbook as books
from ..models import Scenario, TablesImport
from .access import changeable, tabled
from .builder import tell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Outcome = TablesImport.Outcome


class UploadForm(forms.Form):
    """A workbook of a scenario."""

    file = DocumentField(label=gettext_lazy("Workbook (.xlsx)"), types=(XLSX,))


@require_safe
def workbook(request: HttpRequest, code: str) -> HttpResponse:
    scenario = tabled(request, code)
    response = HttpResponse(books.write(scenario, language()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{scenario.code}-tables.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Hand a workbook in; with one wrong cell nothing is taken over and every wrong cell is named."""
    scenario = changeable(request, code)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            record = keep(scenario, form.cleaned_data["file"], person(request))
            return redirect("scenarios:import", code, record.pk)
        except InputError as error:
            form.add_error("file", refused(error))
    context = {
        "scenario": scenario,
        "label": scenario.title(language()),
        "form": form,
        "history": scenario.imports.select_related("by")[:20],
    }
    return render(request, "scenarios/upload.html", context, status=422 if form.is_bound else 200)


def keep(scenario: Scenario, accepted: Accepted, by: User) -> TablesImport:
    """The file and what was found in it, both or neither."""
    found = books.read(accepted.content, scenario, language())
    with documents.uploaded(accepted, by=by, classification=Document.Classification.ORGANISATION) as kept:
        return TablesImport.objects.create(
            scenario=scenario,
            document=kept.document,
            filename=accepted.filename,
            by=by,
            outcome=Outcome.REFUSED if found.problems else Outcome.CHECKED,
            problems=found.problems,
            content={"edits": found.edits, "cells": found.cells},
            revision=scenario.revision,
        )


@require_safe
def checked(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What was found in a file: problems by cell, or what would change."""
    scenario = changeable(request, code)
    record = get_object_or_404(scenario.imports.select_related("by", "document"), pk=pk)
    problems, cells = problem_table(record), change_table(record)
    if answer := download(request, problems, cells):
        return answer
    context = {
        "scenario": scenario,
        "label": scenario.title(language()),
        "record": record,
        "problems": problems,
        "changes": cells,
    }
    return render(request, "scenarios/import.html", context)


def problem_table(record: TablesImport) -> Table:
    columns = [
        Column("sheet", gettext_lazy("Sheet"), lambda p: p["sheet"]),
        Column("row", gettext_lazy("Row"), lambda p: p["row"], None, True),
        Column("column", gettext_lazy("Column"), lambda p: p["column"]),
        Column("problem", gettext_lazy("What is wrong and what to do"), lambda p: p["text"]),
    ]
    return Table("problems", columns, record.problems, caption=_("Cells to mend"))


def change_table(record: TablesImport) -> Table:
    columns = [
        Column("table", gettext_lazy("Table"), lambda c: c["table"]),
        Column("row", gettext_lazy("Row"), lambda c: c["row"]),
        Column("before", gettext_lazy("On record now"), lambda c: c["before"]),
        Column("after", gettext_lazy("In the file"), lambda c: c["after"] or _("taken out")),
    ]
    return Table("changes", columns, record.content.get("cells", []), caption=_("What would change"))


@require_POST
def confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Take the checked rows over, all or none; a second click changes nothing."""
    scenario = changeable(request, code)
    user = person(request)
    with transaction.atomic():
        rows = TablesImport.objects.select_for_update(of=("self",))
        record = get_object_or_404(rows, pk=pk, scenario=scenario)
        if record.outcome != Outcome.CHECKED:
            messages.info(request, _("This file was dealt with already."))
            return redirect("scenarios:import", code, pk)
        if "cancel" in request.POST:
            bulk.update(TablesImport.objects.filter(pk=pk), outcome=Outcome.CANCELLED)
            return redirect("scenarios:tables", code)
        try:
            problems = changes.commit(
                scenario,
                user,
                record.revision,
                lambda held: changes.put_edits(held, record.content["edits"], user),
            )
        except Stale:
            messages.error(
                request,
                _("Somebody changed the scenario after the file was checked. Hand the file in again."),
            )
            return redirect("scenarios:import", code, pk)
        if not problems:
            bulk.update(TablesImport.objects.filter(pk=pk), outcome=Outcome.APPLIED)
    tell(request, problems, _("The numbers were taken over. Run the scenario to see what changes."))
    return redirect("scenarios:import", code, pk)
