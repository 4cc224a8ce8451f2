"""The plan as a workbook: handed out, changed, looked at, taken over."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
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

from .. import applying, reading
from .. import workbook as books
from ..models import PlanImport, WorkPlan
from ..rules import CHANGE_PLAN
from ..sheets import content_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Outcome = PlanImport.Outcome


class UploadForm(forms.Form):
    """A workbook of the plan."""

    file = DocumentField(label=gettext_lazy("Workbook (.xlsx)"), types=(XLSX,))


@require_safe
def workbook(request: HttpRequest, year: int) -> HttpResponse:
    plan = get_object_or_404(WorkPlan, year=year)
    response = HttpResponse(books.write(content_of(plan, person(request))), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="plan-{plan.year}.xlsx"'
    return response


def changeable_plan(request: HttpRequest, year: int) -> WorkPlan:
    if not request.user.has_perm(CHANGE_PLAN):
        raise PermissionDenied
    return get_object_or_404(WorkPlan, year=year)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, year: int) -> HttpResponse:
    """Hand a workbook in; with one wrong cell nothing is taken over and every wrong cell is named."""
    plan = changeable_plan(request, year)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            record = _keep(plan, form.cleaned_data["file"], person(request))
            return redirect("workplan:import", plan.year, record.pk)
        except InputError as error:
            form.add_error("file", refused(error))
    history = plan.imports.select_related("by")[:20]
    context = {"plan": plan, "form": form, "history": history}
    return render(request, "workplan/upload.html", context, status=422 if form.is_bound else 200)


def _keep(plan: WorkPlan, accepted: Accepted, by: User) -> PlanImport:
    """The file and what was found in it, both or neither."""
    found = reading.read(accepted.content, plan, by, language())
    with documents.uploaded(accepted, by=by, classification=Document.Classification.ORGANISATION) as kept:
        return PlanImport.objects.create(
            plan=plan,
            document=kept.document,
            filename=accepted.filename,
            by=by,
            outcome=Outcome.REFUSED if found.problems else Outcome.CHECKED,
            problems=[problem.as_json() for problem in found.problems],
            content={
                "lang": language(),
                "cells": [] if found.problems else [cell for c in found.changes for cell in c.cells()],
            },
        )


@require_safe
def checked(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """What was found in a file: problems by cell, or what would change."""
    plan = changeable_plan(request, year)
    record = get_object_or_404(plan.imports.select_related("by", "document"), pk=pk)
    problems, changes = problem_table(record), change_table(record)
    if answer := download(request, problems, changes):
        return answer
    context = {"plan": plan, "record": record, "problems": problems, "changes": changes}
    return render(request, "workplan/import.html", context)


def problem_table(record: PlanImport) -> Table:
    columns = [
        Column("sheet", gettext_lazy("Sheet"), lambda p: p["sheet"]),
        Column("row", gettext_lazy("Row"), lambda p: p["row"], None, True),
        Column("column", gettext_lazy("Column"), lambda p: p["column"]),
        Column("problem", gettext_lazy("What is wrong and what to do"), lambda p: p["text"]),
    ]
    return Table("problems", columns, record.problems, caption=_("Cells to mend"))


def change_table(record: PlanImport) -> Table:
    columns = [
        Column("ref", gettext_lazy("Reference"), lambda c: c["ref"]),
        Column("sheet", gettext_lazy("Sheet"), lambda c: c["sheet"]),
        Column("field", gettext_lazy("Column"), lambda c: c["field"]),
        Column("before", gettext_lazy("On record now"), lambda c: c["before"]),
        Column("after", gettext_lazy("In the file"), lambda c: c["after"]),
    ]
    return Table("changes", columns, record.content.get("cells", []), caption=_("What would change"))


@require_POST
def confirm(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """Take the checked rows over, all or none; a second click changes nothing."""
    plan = changeable_plan(request, year)
    with transaction.atomic():
        record = get_object_or_404(PlanImport.objects.select_for_update(of=("self",)), pk=pk, plan=plan)
        if record.outcome != Outcome.CHECKED or record.document is None:
            messages.info(request, _("This file was dealt with already."))
            return redirect("workplan:import", plan.year, pk)
        if "cancel" in request.POST:
            bulk.update(PlanImport.objects.filter(pk=pk), outcome=Outcome.CANCELLED)
            return redirect("workplan:plan")
        found = reading.read(documents.read(record.document), plan, person(request), record.content["lang"])
        if found.problems:
            bulk.update(
                PlanImport.objects.filter(pk=pk),
                outcome=Outcome.REFUSED,
                problems=[problem.as_json() for problem in found.problems],
            )
            messages.error(request, _("Something changed after the file was checked; see the cells below."))
            return redirect("workplan:import", plan.year, pk)
        try:
            rows = applying.apply(found)
        except Stale as error:
            messages.error(request, str(error))
            return redirect("workplan:import", plan.year, pk)
        bulk.update(PlanImport.objects.filter(pk=pk), outcome=Outcome.APPLIED)
    messages.success(request, _("Taken over: %(n)s rows.") % {"n": rows})
    return redirect("workplan:plan")
