"""What a project fixes ex ante: written before its design goes in, changed later only by both sides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import guidance, monitoring
from ..forms_parameters import ChangeForm, ParametersForm
from ..machines.change import visible as visible_changes
from ..models import Change, Project
from ..workbook import elements, index_of
from . import access

# Later, what was handed in and validated is what will be registered.
OPEN_IN = ("draft", "pin_no_objection")
CHANGED_IN = ("registered", "ended")


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The form made from the methodology; after registration it becomes a change to be approved."""
    project = access.project(request, code)
    access.must(request, "registry.change_project", project)
    if project.state not in (*OPEN_IN, *CHANGED_IN):
        raise PermissionDenied
    methodology = monitoring.equations(project)
    if methodology is None:
        raise Http404
    changes = project.state in CHANGED_IN
    posted = request.method == "POST"
    made: type[ParametersForm] = ChangeForm if changes else ParametersForm
    form = made(
        methodology,
        project.registration,
        request.POST if posted else None,
        initial={"revision": project.revision},
    )
    problem = ""
    if posted and form.is_valid():
        if changes:
            return _begin_change(request, project, form)
        try:
            _keep(request, project, form)
        except Stale as error:
            problem = str(error)
        else:
            messages.success(
                request, _("The parameters are kept. They are frozen when the project is registered.")
            )
            return redirect("registry:parameters", project.code)
    title = _("Post-registration change (form 3.12)") if changes else _("Parameters fixed ex ante")
    return access.form_page(request, form, f"{title}: {project}", project, problem)


def _keep(request: HttpRequest, project: Project, form: ParametersForm) -> None:
    def change(held: Project) -> None:
        held.registration = form.registration

    moves.edit(project, person(request), revision=form.cleaned_data["revision"], change=change)


def _begin_change(request: HttpRequest, project: Project, form: ParametersForm) -> HttpResponse:
    with transaction.atomic():
        made = moves.began(
            Change.objects.create(
                project=project,
                before=project.registration,
                registration=form.registration,
                reason=form.cleaned_data["reason"],
                created_by=person(request),
            )
        )
    messages.success(request, _("The change is submitted. It counts when both sides have approved it."))
    return redirect(made)


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What is fixed, each value with its source and how far it was checked."""
    project = access.project(request, code)
    methodology = monitoring.equations(project)
    if methodology is None:
        raise Http404
    table = value_table(methodology, project.registration)
    if answer := download(request, table):
        return answer
    user = request.user
    may = user.is_authenticated and user.has_perm("registry.change_project", project)
    answers = project.registration.get("answers", {})
    context = {
        "project": project,
        "title": project.title(numbers.language()),
        "methodology": methodology,
        "table": table,
        "registration": project.registration,
        "checklist": [(c, answers.get(str(c.number))) for c in methodology.criteria],
        "changes": Change.objects.filter(visible_changes(user), project=project),
        "may_edit": may and project.state in OPEN_IN,
        "may_change": may and project.state in CHANGED_IN,
    }
    return render(request, "registry/parameters.html", context)


def value_table(methodology: Any, kept: Any) -> Table:
    named = elements(methodology, kept) if kept else {}
    rows = []
    for p in (p for p in methodology.parameters if not p.monitored):
        value = kept.get("fixed", {}).get(p.symbol)
        index = index_of(methodology, p.symbol)
        if isinstance(value, list):
            rows += [(p, named[index][at], one) for at, one in enumerate(value)]
        else:
            rows.append((p, "", value))
    sources, quality = kept.get("sources", {}), kept.get("quality", {})
    columns = [
        Column("symbol", gettext_lazy("Symbol"), lambda r: r[0].symbol),
        Column("label", gettext_lazy("Parameter"), lambda r: r[0].label),
        Column("element", gettext_lazy("Element"), lambda r: r[1]),
        Column("value", gettext_lazy("Value"), lambda r: r[2], lambda r: exact(r[2]), True),
        Column("unit", gettext_lazy("Unit"), lambda r: r[0].unit, lambda r: numbers.unit(r[0].unit)),
        Column("source", gettext_lazy("Source"), lambda r: sources.get(r[0].symbol, "")),
        Column(
            "quality",
            gettext_lazy("Quality"),
            lambda r: quality.get(r[0].symbol, "unverified") if r[2] is not None else "",
            lambda r: numbers.quality(quality.get(r[0].symbol, "unverified")) if r[2] is not None else "–",
        ),
    ]
    return Table("fixed", columns, rows, caption=_("Parameters fixed ex ante"))


def exact(value: Any) -> str:
    """All digits of a value, as the reader writes numbers."""
    from decimal import Decimal

    from trunghoa.portal.core.record.form_fields import written

    return written(Decimal(value)) if value is not None else "–"


@login_not_required
@require_safe
def change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A change after registration: what stood, what shall stand, why."""
    rows = Change.objects.filter(visible_changes(request.user)).select_related("project__methodology")
    found = get_object_or_404(rows, pk=pk, project__code=code)
    methodology = monitoring.equations(found.project)
    if methodology is None:
        raise Http404
    context = {
        "change": found,
        "guidance": guidance.of(found),
        "project": found.project,
        "tables": [
            (_("Before"), value_table(methodology, found.before)),
            (_("After"), value_table(methodology, found.registration)),
        ],
    }
    return render(request, "registry/change.html", context)
