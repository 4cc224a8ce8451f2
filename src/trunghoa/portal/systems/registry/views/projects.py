"""Projects: the public list, the page of one with its way through the cycle, writing one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, address_of, download, paged
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import days, moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import guidance, monitoring, papers
from ..forms import CapForm, InputForm, ProjectForm
from ..machines.issuance import ISSUANCE
from ..machines.project import PROJECT
from ..models import Issuance, Opinion, Project, PublicInput
from . import access, verification
from .home import vintage

FILTERS = ("q", "state")
# While these last the design may still be changed; of a validated one only who speaks and who gets what.
EDITABLE = ("draft", "pin_no_objection", "validated")


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    table = project_table(request, asked)
    if answer := download(request, table):
        return answer
    context = {
        "table": table,
        "asked": asked,
        "filtered": any(asked.values()),
        "states": [(s.code, _(s.label)) for s in PROJECT.states],
        "may_add": request.user.has_perm("registry.add_project"),
    }
    return render(request, "registry/projects.html", context)


def project_table(request: HttpRequest, asked: dict[str, str]) -> Table:
    lang = numbers.language()
    rows = access.projects(request).prefetch_related("issuances__allotments")
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    rows = access.named(rows, asked["q"])
    address = address_of("registry:project", "CODE")
    states = {s.code: _(s.label) for s in PROJECT.states}

    def title(row: Project) -> str:
        return format_html(
            '<a href="{}">{}</a> {}', address(row.code), row.title(lang), numbers.mark(row.quality)
        )

    def issued(row: Project) -> int:
        return sum(i.total for i in row.issuances.all() if i.state == "issued")

    columns = [
        Column(
            "reference",
            gettext_lazy("Reference of the project"),
            lambda r: r.reference,
            None,
            False,
            "reference",
        ),
        Column("title", gettext_lazy("Project"), lambda r: r.title(lang), title),
        Column(
            "methodology", gettext_lazy("Methodology"), lambda r: str(r.methodology or r.methodology_said)
        ),
        Column("scope", gettext_lazy("Sectoral scope"), lambda r: r.scope),
        Column(
            "third_party",
            gettext_lazy("Third-party entity"),
            lambda r: r.third_party.name(lang) if r.third_party else "",
        ),
        Column("state", gettext_lazy("State"), lambda r: states[r.state], None, False, "state"),
        Column(
            "registered_on",
            gettext_lazy("Registered on"),
            lambda r: r.registered_on,
            lambda r: numbers.day(r.registered_on),
            False,
            "registered_on",
        ),
        Column("issued", gettext_lazy("Credits issued (t)"), issued, None, True),
    ]
    return paged(request, rows, columns, "projects", caption=_("JCM projects"))


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    project = access.project(request, code)
    lang = numbers.language()
    issued = issuance_table(request, project)
    allotted = allotment_table(project, request)
    tables = [issued, allotted]
    if answer := download(request, *tables):
        return answer
    user = request.user
    context = {
        "project": project,
        "title": project.title(lang),
        "summary": project.summary(lang),
        "participants": [
            (row.organisation.name(lang), row.get_part_display())
            for row in project.participants.select_related("organisation")
        ],
        "opinions": Opinion.objects.about(project).select_related("organisation"),
        "inputs": PublicInput.objects.about(project).select_related("by__organisation"),
        "window_open": window_open(project),
        "input_form": InputForm(),
        "expected": sorted(project.expected.items()),
        "issued": issued,
        "allotted": allotted,
        "may_edit": project.state in EDITABLE and user.has_perm("registry.change_project", project),
        "may_set_cap": user.has_perm("registry.set_cap"),
        "may_issue": project.state in ("registered", "ended")
        and user.has_perm("registry.add_issuance", project),
        "has_equations": monitoring.equations(project) is not None,
        "guidance": guidance.of(project),
        "papers": papers.offered(project),
        **verification.context_of(request, project),
    }
    return render(request, "registry/project.html", context)


def window_open(obj: Any) -> bool:
    return obj.input_until is not None and obj.input_from <= days.today("VN") <= obj.input_until


def issuance_table(request: HttpRequest, project: Project) -> Table:
    rows = list(access.issuances(request).filter(project=project).prefetch_related("allotments"))
    states = {s.code: _(s.label) for s in ISSUANCE.states}

    def period(row: Issuance) -> str:
        if row.start is None or row.end is None:
            return _("not stated in the source")
        return f"{numbers.day(row.start)} – {numbers.day(row.end)}"

    columns = [
        Column(
            "number",
            gettext_lazy("Issuance"),
            lambda r: str(r),
            lambda r: format_html(
                '<a href="{}">{}</a> {}', r.get_absolute_url(), str(r), numbers.mark(r.quality)
            ),
        ),
        Column("period", gettext_lazy("Monitoring period"), period),
        Column("state", gettext_lazy("State"), lambda r: states[r.state]),
        Column("credits", gettext_lazy("Credits (t)"), lambda r: r.total or None, None, True),
        Column(
            "decided_on",
            gettext_lazy("Decided on"),
            lambda r: r.decided_on,
            lambda r: numbers.day(r.decided_on),
        ),
        Column("source", gettext_lazy("Source"), lambda r: r.source),
    ]
    return Table("issuances", columns, rows, caption=_("Issuances"))


def allotment_table(project: Project, request: HttpRequest) -> Table:
    """Who got how many, by vintage: the table of the decision."""
    lang = numbers.language()
    seen = access.issuances(request).filter(project=project)
    rows = [
        (issuance, row)
        for issuance in seen.prefetch_related("allotments__account__account__organisation")
        for row in issuance.allotments.all()
    ]
    columns = [
        Column("issuance", gettext_lazy("Issuance"), lambda r: str(r[0])),
        Column(
            "vintage",
            gettext_lazy("Vintage"),
            lambda r: r[1].vintage or None,
            lambda r: vintage(r[1].vintage),
        ),
        Column(
            "account",
            gettext_lazy("Account"),
            lambda r: r[1].account.label(lang),
            lambda r: format_html(
                '<a href="{}">{}</a>', r[1].account.get_absolute_url(), r[1].account.label(lang)
            ),
        ),
        Column("credits", gettext_lazy("Credits (t)"), lambda r: r[1].amount, None, True),
    ]
    return Table("allocation", columns, rows, caption=_("Allocation of credits"))


@require_http_methods(access.GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Write down a project idea."""
    access.must(request, "registry.add_project")
    user = person(request)
    form = ProjectForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = moves.began(form.make(user))
        messages.success(request, _("The draft is kept. Complete it and submit the idea note."))
        return redirect(made)
    return access.form_page(request, form, _("Write a project idea"), "registry:projects")


@require_http_methods(access.GET_OR_POST)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a project, if nobody changed it since it was read; signatures on it are taken back."""
    project = access.project(request, code)
    access.must(request, "registry.change_project", project)
    if project.state not in EDITABLE:
        raise PermissionDenied
    user = person(request)
    posted = request.method == "POST"
    form = ProjectForm(user, request.POST if posted else None, instance=project)
    title = _("Edit %(project)s") % {"project": project}
    if posted and form.is_valid():
        try:
            moves.edit(project, user, revision=form.cleaned_data["revision"], change=form.apply)
        except Stale as error:
            return access.form_page(request, form, title, project, str(error))
        messages.success(request, _("Saved."))
        return redirect(project)
    return access.form_page(request, form, title, project)


@require_http_methods(access.GET_OR_POST)
def cap(request: HttpRequest, code: str) -> HttpResponse:
    """The host's registry says to which class of the transfer cap a project belongs."""
    project = access.project(request, code)
    access.must(request, "registry.set_cap")
    form = CapForm(request.POST if request.method == "POST" else None, instance=project)
    title = _("Class of the transfer cap")
    if request.method == "POST" and form.is_valid():
        try:
            moves.edit(project, person(request), revision=form.cleaned_data["revision"], change=form.apply)
        except Stale as error:
            return access.form_page(request, form, title, project, str(error))
        messages.success(request, _("Saved."))
        return redirect(project)
    return access.form_page(request, form, title, project)


@require_POST
def give_input(request: HttpRequest, code: str) -> HttpResponse:
    """Say something while the window is open."""
    project = access.project(request, code)
    access.must(request, "registry.comment_in_window")
    form = InputForm(request.POST)
    if not window_open(project):
        messages.error(request, _("Public inputs are closed."))
    elif form.is_valid():
        PublicInput.objects.create(object=project, by=person(request), text=form.cleaned_data["text"])
        messages.success(request, _("Your input is on record. The third-party entity considers it."))
    else:
        messages.error(request, _("Write something first, up to 8000 characters."))
    return redirect(project)
