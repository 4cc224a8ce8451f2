"""Meetings: their list, one with its agenda, and what is decided there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.differences import differences
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow.errors import Stale

from .. import agenda as agendas
from ..forms_meetings import ItemForm, MeetingForm
from ..machines.meetings import attends
from ..models.meetings import AgendaItem, Meeting
from ..subjects import Subject, subject_of

GET_OR_POST = ["GET", "HEAD", "POST"]
KEEP = "workplan.keep_minutes"


def attended(request: HttpRequest) -> None:
    if not attends(person(request)):
        raise PermissionDenied


def seen_meeting(request: HttpRequest, number: int) -> Meeting:
    attended(request)
    return get_object_or_404(Meeting.objects.select_related("plan", "minutes"), number=number)


def kept_meeting(request: HttpRequest, number: int) -> Meeting:
    """The meeting, if the reader keeps its minutes."""
    meeting = seen_meeting(request, number)
    if not person(request).has_perm(KEEP):
        raise PermissionDenied
    return meeting


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All meetings."""
    attended(request)
    lang = numbers.language()

    def link(meeting: Meeting) -> str:
        words = _("Meeting no. %(n)s") % {"n": numbers.number(meeting.number)}
        return format_html('<a href="{}">{}</a>', meeting.get_absolute_url(), words)

    columns = [
        Column("number", gettext_lazy("Meeting"), lambda m: m.number, link),
        Column("held_on", gettext_lazy("Held on"), lambda m: m.held_on, lambda m: numbers.day(m.held_on)),
        Column("place", gettext_lazy("Place"), lambda m: m.place(lang)),
        Column("plan", gettext_lazy("Plan it reviews"), lambda m: str(m.plan) if m.plan else ""),
        Column("source", gettext_lazy("Source"), lambda m: m.source),
    ]
    table = Table("meetings", columns, Meeting.objects.select_related("plan"), caption=_("Meetings"))
    if answer := download(request, table):
        return answer
    context = {"table": table, "may_keep": person(request).has_perm(KEEP)}
    return render(request, "workplan/meetings.html", context)


@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One meeting: what is known of it, its agenda, its decisions and actions."""
    meeting = seen_meeting(request, number)
    lang, user = numbers.language(), person(request)
    subjects = [subject_of(item, user, lang) for item in items_of(meeting)]
    table = agenda_table(subjects, lang)
    if answer := download(request, table):
        return answer
    context = {
        "meeting": meeting,
        "place": meeting.place(lang),
        "subjects": subjects,
        "table": table,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "workplan/meeting.html", context)


def items_of(meeting: Meeting) -> list[AgendaItem]:
    rows = meeting.agenda.select_related("activity__plan", "proposal__unit", "system")
    return list(rows.prefetch_related("decisions__actions__organisation").order_by("order", "pk"))


def agenda_table(subjects: list[Subject], lang: str) -> Table:
    """The agenda for downloads."""
    columns = [
        Column("order", gettext_lazy("No."), lambda s: s.item.order, None, True),
        Column("point", gettext_lazy("Point"), lambda s: s.title),
        Column("state", gettext_lazy("State"), lambda s: s.state),
        Column("late", gettext_lazy("Late"), lambda s: s.late),
        Column(
            "decisions",
            gettext_lazy("Decisions"),
            lambda s: "; ".join(d.label(lang) for d in s.item.decisions.all()),
        ),
    ]
    return Table("agenda", columns, subjects, caption=_("Agenda"))


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    if not person(request).has_perm(KEEP):
        raise PermissionDenied
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        meeting = form.save()
        messages.success(request, _("The meeting is on record. Now its agenda."))
        return redirect("workplan:agenda", meeting.number)
    return _form_page(request, form, _("A new meeting"))


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, number: int) -> HttpResponse:
    meeting = kept_meeting(request, number)
    title = _("Edit meeting no. %(n)s") % {"n": numbers.number(meeting.number)}
    if request.method != "POST":
        form = MeetingForm(instance=meeting, initial={"revision": meeting.revision})
        return _form_page(request, form, title, meeting)
    form = MeetingForm(request.POST, instance=Meeting.objects.get(pk=meeting.pk))
    if not form.is_valid():
        return _form_page(request, form, title, meeting)
    try:
        with transaction.atomic():
            held = agendas.hold(meeting.pk, form.cleaned_data["revision"] or 0)
            form.instance.revision = held.revision + 1
            form.save()
    except Stale:
        meeting.refresh_from_db()
        stored = {name: getattr(meeting, name) for name in form.Meta.fields}
        found = differences(form, stored)
        data = request.POST.copy()
        data["revision"] = str(meeting.revision)
        again = MeetingForm(data, instance=Meeting.objects.get(pk=meeting.pk))
        again.is_valid()
        return _form_page(request, again, title, meeting, differences=found, stale=True)
    messages.success(request, _("Saved."))
    return redirect(form.instance)


def _form_page(
    request: HttpRequest, form: Any, title: str, meeting: Meeting | None = None, **more: Any
) -> HttpResponse:
    status = 409 if more.get("stale") else 422 if form.is_bound else 200
    context = {"form": form, "title": title, "meeting": meeting, **more}
    return render(request, "workplan/meeting_form.html", context, status=status)


@require_safe
def agenda(request: HttpRequest, number: int) -> HttpResponse:
    """The agenda to be put in order, and what should be on it."""
    return _agenda_page(request, kept_meeting(request, number), ItemForm())


def _agenda_page(request: HttpRequest, meeting: Meeting, form: ItemForm) -> HttpResponse:
    lang, user = numbers.language(), person(request)
    context = {
        "meeting": meeting,
        "subjects": [subject_of(item, user, lang) for item in items_of(meeting)],
        "suggestions": [(s, s.subject.label(lang)) for s in agendas.suggestions(meeting, user)],
        "form": form,
    }
    return render(request, "workplan/meeting_agenda.html", context, status=422 if form.is_bound else 200)


@require_POST
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Put the chosen suggestions on the agenda."""
    meeting = kept_meeting(request, number)
    chosen = set(request.POST.getlist("key"))
    found = [s for s in agendas.suggestions(meeting, person(request)) if s.key in chosen]
    count = agendas.put_on_agenda(meeting, found)
    if count:
        messages.success(request, _("Points added: %(n)s.") % {"n": numbers.number(count)})
    else:
        messages.error(request, _("Nothing was added: choose at least one point."))
    return redirect("workplan:agenda", meeting.number)


@require_POST
def new_item(request: HttpRequest, number: int) -> HttpResponse:
    """A free point."""
    meeting = kept_meeting(request, number)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _agenda_page(request, meeting, form)
    agendas.put_free(meeting, **form.cleaned_data)
    messages.success(request, _("The point stands at the end of the agenda."))
    return redirect("workplan:agenda", meeting.number)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@require_POST
def shift_item(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """One place up or down."""
    meeting = kept_meeting(request, number)
    item = get_object_or_404(AgendaItem, pk=pk, meeting=meeting)
    step = {"up": -1, "down": 1}.get(request.POST.get("step", ""), 0)
    try:
        agendas.shift(item, step, _revision(request))
    except Stale as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('workplan:agenda', args=[meeting.number])}#item-{item.pk}")


@require_POST
def remove_item(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    meeting = kept_meeting(request, number)
    item = get_object_or_404(AgendaItem, pk=pk, meeting=meeting)
    try:
        if agendas.take_off(item, _revision(request)):
            messages.success(request, _("The point is off the agenda."))
        else:
            messages.error(request, _("Something was decided on this point: it stays on the agenda."))
    except Stale as error:
        messages.error(request, str(error))
    return redirect("workplan:agenda", meeting.number)
