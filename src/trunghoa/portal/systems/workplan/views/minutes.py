"""Meeting mode: the agenda walked point by point, decisions and actions written down at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.differences import differences
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Refused, Stale

from .. import carrying
from ..forms_meetings import CarryForm, DecisionForm, action_forms, write_actions
from ..models.meetings import Action, AgendaItem, Decision
from ..models.proposals import SIDE_LANGUAGE
from ..subjects import subject_of
from .meetings import GET_OR_POST, KEEP, attended, items_of, seen_meeting


@require_http_methods(GET_OR_POST)
def mode(request: HttpRequest, number: int, pk: int | None = None) -> HttpResponse:
    """One point at a time, for a projector and for a phone."""
    meeting = seen_meeting(request, number)
    items = items_of(meeting)
    place = next((n for n, item in enumerate(items) if item.pk == pk), None if pk else 0)
    if place is None:
        raise Http404
    user, lang = person(request), numbers.language()
    may_keep = user.has_perm(KEEP)
    if not items:
        return render(request, "workplan/meeting_mode.html", {"meeting": meeting, "may_keep": may_keep})
    item = items[place]
    posted = request.method == "POST"
    if posted and not may_keep:
        raise PermissionDenied
    form = DecisionForm(
        request.POST if posted else None, initial={"language": SIDE_LANGUAGE.get(user.side, "en")}
    )
    rows = action_forms(request.POST if posted else None)
    if posted and form.is_valid() and rows.is_valid():
        record(item, form, rows, user)
        messages.success(
            request, _("The decision is written down. It stands when both sides have signed it.")
        )
        return redirect(f"{reverse('workplan:meeting_mode_item', args=[number, item.pk])}#decisions")
    context = {
        "meeting": meeting,
        "items": [(row, row.title(lang)) for row in items],
        "place": place + 1,
        "count": len(items),
        "before": items[place - 1] if place else None,
        "after": items[place + 1] if place + 1 < len(items) else None,
        "subject": subject_of(item, user, lang),
        "decisions": [(d, d.versions(lang), list(d.actions.all())) for d in item.decisions.all()],
        "form": form,
        "rows": rows,
        "may_keep": may_keep,
    }
    return render(request, "workplan/meeting_mode.html", context, status=422 if posted else 200)


@transaction.atomic
def record(item: AgendaItem, form: DecisionForm, rows: Any, user: Any) -> Decision:
    """A decision with its actions, all or nothing."""
    decision = form.save(commit=False)
    decision.item, decision.state, decision.recorded_by = item, "recorded", user
    decision.save()
    write_actions(decision, rows)
    return moves.began(decision)


def seen_decision(request: HttpRequest, pk: int) -> Decision:
    attended(request)
    rows = Decision.objects.select_related(
        "item__meeting", "item__proposal", "item__activity", "item__system"
    )
    return get_object_or_404(rows, pk=pk)


@require_safe
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision, its actions and who signed it."""
    row = seen_decision(request, pk)
    lang = numbers.language()
    context = {
        "decision": row,
        "meeting": row.item.meeting,
        "point": row.item.title(lang),
        "versions": row.versions(lang),
        "actions": [
            (a, a.title(lang), a.activity.label(lang) if a.activity else "")
            for a in row.actions.select_related("organisation", "activity")
        ],
        "year": str(carrying.next_year(row.item.meeting)),
        "may_keep": person(request).has_perm(KEEP),
    }
    return render(request, "workplan/meeting_decision.html", context)


@require_http_methods(GET_OR_POST)
def edit_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words or actions; signatures given for other words are taken back."""
    row = seen_decision(request, pk)
    user = person(request)
    if not user.has_perm(KEEP):
        raise PermissionDenied
    actions = list(row.actions.all())
    if request.method != "POST":
        form = DecisionForm(instance=row, initial={"revision": row.revision})
        return _decision_form(request, row, form, action_forms(actions=actions, extra=2))
    form = DecisionForm(request.POST, instance=Decision.objects.get(pk=pk))
    rows = action_forms(request.POST, actions, extra=2)
    if not (form.is_valid() and rows.is_valid()):
        return _decision_form(request, row, form, rows)
    given = {name: form.cleaned_data[name] for name in form.Meta.fields}

    def change(held: Decision) -> None:
        for name, value in given.items():
            setattr(held, name, value)
        write_actions(held, rows)

    try:
        moves.edit(row, user, revision=form.cleaned_data["revision"] or 0, change=change)
    except Stale:
        row.refresh_from_db()
        found = differences(form, {name: getattr(row, name) for name in form.Meta.fields})
        data = request.POST.copy()
        data["revision"] = str(row.revision)
        again = DecisionForm(data, instance=Decision.objects.get(pk=pk))
        again.is_valid()
        return _decision_form(request, row, again, rows, stale=True, differences=found)
    messages.success(request, _("Saved."))
    return redirect(row)


def _decision_form(request: HttpRequest, row: Decision, form: Any, rows: Any, **more: Any) -> HttpResponse:
    status = 409 if more.get("stale") else 422 if form.is_bound else 200
    context = {"decision": row, "form": form, "rows": rows, **more}
    return render(request, "workplan/meeting_decision_form.html", context, status=status)


@require_http_methods(GET_OR_POST)
def carry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an action into next year's plan."""
    attended(request)
    action = get_object_or_404(
        Action.objects.select_related("decision__item__meeting__plan", "decision__item__activity"), pk=pk
    )
    user, item = person(request), action.decision.item
    if not user.has_perm(KEEP):
        raise PermissionDenied
    subject = item.subject
    start = {"system": item.system_id or (subject.system_id if subject else None)}
    form = CarryForm(request.POST if request.method == "POST" else None, initial=start)
    reasons: list[str] = []
    if form.is_bound and form.is_valid():
        try:
            made = carrying.carry(action, form.cleaned_data["system"], user)
        except Refused as error:
            reasons = error.reasons
        except Stale as error:
            reasons = [str(error)]
        else:
            messages.success(request, _("The action stands in the plan as a draft activity."))
            return redirect(made)
    context = {
        "action": action,
        "title": action.title(numbers.language()),
        "year": str(carrying.next_year(item.meeting)),
        "defers": item.activity
        if item.activity is not None and item.activity.state in carrying.UNFINISHED
        else None,
        "form": form,
        "reasons": reasons,
    }
    status = 409 if reasons else 422 if form.is_bound else 200
    return render(request, "workplan/meeting_carry.html", context, status=status)
