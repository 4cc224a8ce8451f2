"""Writing an activity and what belongs to it: nobody overwrites what they have not seen."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.differences import differences
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from ..carrying import next_ref
from ..forms_plan import ActivityForm, BudgetForm, IndicatorForm, MilestoneForm, PlanForm, SettleForm
from ..models import Activity, Budget, Indicator, Milestone, WorkPlan
from .access import SETTLE, changeable, seen
from .activity import SETTLED_IN

GET_OR_POST = ["GET", "HEAD", "POST"]
PARTS: dict[str, tuple[type[PlanForm], type[models.Model], Any]] = {
    "milestone": (MilestoneForm, Milestone, "milestones"),
    "indicator": (IndicatorForm, Indicator, "indicators"),
    "budget": (BudgetForm, Budget, "budgets"),
}


def _page(
    request: HttpRequest, activity: Activity | None, title: str, form: Any, **more: Any
) -> HttpResponse:
    status = 409 if more.get("differences") or more.get("problem") else 422 if form.is_bound else 200
    context = {
        "activity": activity,
        "label": activity.label(numbers.language()) if activity else "",
        "title": title,
        "form": form,
        "reopens": activity is not None and activity.state in ("agreed", "in_progress"),
        **more,
    }
    return render(request, "workplan/form.html", context, status=status)


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Draft an activity; the other side sees it once it is proposed."""
    user = person(request)
    if not user.has_perm("workplan.add_activity"):
        raise PermissionDenied
    asked = request.GET.get("plan", "")
    plans = WorkPlan.objects.all()
    wanted = plans.filter(year=int(asked)).first() if re.fullmatch("[0-9]{4}", asked) else None
    form = ActivityForm(user, request.POST or None, initial={"revision": 0, "plan": wanted or plans.first()})
    if request.method != "POST" or not form.is_valid():
        return _page(request, None, _("Draft an activity"), form)
    with transaction.atomic():
        given = form.attributes()
        activity = Activity.objects.create(
            ref=next_ref(given["plan"], given["system"]),
            state="draft", drafted_at=user.side, drafted_by=user, **given,
        )  # fmt: skip
        moves.began(activity)
    messages.success(request, _("The draft is kept. The other side does not see it before it is proposed."))
    return redirect(activity)


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    activity = changeable(request, ref)

    def write(held: Activity, form: PlanForm) -> None:
        for name, value in form.attributes().items():
            setattr(held, name, value)

    return _edit(
        request, activity, _("Edit the activity"), ActivityForm,
        lambda: Activity.objects.get(pk=activity.pk), write,
    )  # fmt: skip


@require_http_methods(GET_OR_POST)
def new_part(request: HttpRequest, ref: str, what: str) -> HttpResponse:
    """Add a milestone, an indicator or a budget row."""
    activity = changeable(request, ref)
    form_class, model, _related = PARTS[what]

    def write(held: Activity, form: PlanForm) -> None:
        model._default_manager.create(activity=held, **form.attributes())

    titles = {
        "milestone": _("Add a milestone"), "indicator": _("Add an indicator"), "budget": _("Add a budget row")
    }  # fmt: skip
    return _edit(request, activity, titles[what], form_class, lambda: model(activity=activity), write)


@require_http_methods(GET_OR_POST)
def part(request: HttpRequest, ref: str, what: str, pk: int) -> HttpResponse:
    """Edit a milestone, an indicator or a budget row."""
    activity = changeable(request, ref)
    form_class, model, _related = PARTS[what]
    get_object_or_404(model, pk=pk, activity=activity)

    def write(held: Activity, form: PlanForm) -> None:
        row = model._default_manager.select_for_update().get(pk=pk, activity=held)
        for name, value in form.attributes().items():
            setattr(row, name, value)
        row.save()

    titles = {
        "milestone": _("Edit the milestone"), "indicator": _("Edit the indicator"),
        "budget": _("Edit the budget row"),
    }  # fmt: skip
    return _edit(
        request, activity, titles[what], form_class,
        lambda: get_object_or_404(model, pk=pk, activity=activity), write, remove=(what, pk),
    )  # fmt: skip


@require_POST
def remove_part(request: HttpRequest, ref: str, what: str, pk: int) -> HttpResponse:
    """Take a row out of the promise; its history stays in the audit."""
    activity = changeable(request, ref)
    _form, model, _related = PARTS[what]
    row = get_object_or_404(model, pk=pk, activity=activity)
    return _at_once(request, activity, lambda held: row.delete(), _("Taken out."))


@require_http_methods(GET_OR_POST)
def settle(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A milestone with its papers, and to those who may, the form that marks it as done or waived."""
    activity, milestone, may_settle = _milestone(request, ref, pk)
    user = person(request)
    title = milestone.title(numbers.language())
    more = {"milestone": milestone, "may_settle": may_settle, "why": "" if may_settle else _why(activity)}
    form = SettleForm(milestone, request.POST or None, initial={"revision": activity.revision})
    if request.method != "POST" or not form.is_valid():
        if request.method == "POST" and not may_settle:
            raise PermissionDenied
        return _page(request, activity, title, form, **more)
    if not may_settle:
        raise PermissionDenied

    def write(held: Activity) -> None:
        row = Milestone.objects.select_for_update().get(pk=pk, activity=held)
        row.done_on = form.cleaned_data["done_on"]
        row.waived_reason = form.cleaned_data["waived_reason"]
        row.settled_by = user
        row.save()

    try:
        moves.edit(activity, user, revision=form.cleaned_data["revision"], change=write)
    except Stale as error:
        form = SettleForm(milestone, _with_revision(request, activity))
        form.is_valid()
        return _page(request, activity, title, form, problem=str(error), **more)
    messages.success(request, _("Kept."))
    return redirect(f"{activity.get_absolute_url()}#milestones-heading")


@require_POST
def open_again(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """It was not done after all."""
    activity, milestone, may_settle = _milestone(request, ref, pk)
    if not may_settle:
        raise PermissionDenied

    def write(held: Activity) -> None:
        row = Milestone.objects.select_for_update().get(pk=milestone.pk, activity=held)
        row.done_on, row.waived_reason, row.settled_by = None, "", None
        row.save()

    return _at_once(request, activity, write, _("The milestone is open again."))


def _milestone(request: HttpRequest, ref: str, pk: int) -> tuple[Activity, Milestone, bool]:
    """A milestone of an activity that the reader may see, and whether they may settle it."""
    activity = seen(request, ref)
    milestone = get_object_or_404(Milestone, pk=pk, activity=activity)
    may = activity.state in SETTLED_IN and bool(request.user.has_perm(SETTLE, activity))
    return activity, milestone, may


def _why(activity: Activity) -> str:
    """Why a milestone is not to be settled by the reader, and what to do."""
    match activity.state:
        case "draft":
            return _(
                "A milestone is marked as done or waived once both sides have agreed the activity. It is "
                "still a draft: propose it, then an officer of each side signs."
            )
        case "proposed":
            return _(
                "A milestone is marked as done or waived once both sides have agreed the activity. It waits "
                "for signatures: an officer of each side signs on the activity's page."
            )
        case "agreed" | "in_progress":
            return _(
                "The lead organisations and officers of either side mark a milestone as done or waived: ask "
                "one of them."
            )
    return _("The activity is no longer followed, so its milestones stay as they are.")


def _at_once(
    request: HttpRequest, activity: Activity, write: Callable[[Activity], Any], said: str
) -> HttpResponse:
    """A change that a button makes, of the revision that its page showed."""
    revision = request.POST.get("revision", "")
    if not revision.isdecimal():
        raise Http404
    try:
        moves.edit(activity, person(request), revision=int(revision[:9]), change=write)
    except Stale as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(activity)


def _with_revision(request: HttpRequest, activity: Activity) -> Any:
    """What was typed, with the revision that stands now, so that saving again is a decision."""
    data = request.POST.copy()
    data["revision"] = str(Activity.objects.values_list("revision", flat=True).get(pk=activity.pk))
    return data


def _edit(
    request: HttpRequest,
    activity: Activity,
    title: str,
    form_class: type[PlanForm],
    stored: Callable[[], Any],
    write: Callable[[Activity, PlanForm], None],
    **more: Any,
) -> HttpResponse:
    """One form from first sight to the write. ``stored`` gives the row as it stands now."""
    user = person(request)
    if request.method != "POST":
        form = form_class(user, instance=stored(), initial={"revision": activity.revision})
        return _page(request, activity, title, form, **more)
    form = form_class(user, request.POST, instance=stored())
    if not form.is_valid():
        return _page(request, activity, title, form, **more)
    try:
        moves.edit(
            activity, user, revision=form.cleaned_data["revision"], change=lambda held: write(held, form)
        )
    except Stale as error:
        typed = form_class(user, _with_revision(request, activity), instance=stored())
        typed.is_valid()
        now = stored()
        differing = differences(typed, {name: getattr(now, name, None) for name in typed.fields})
        return _page(request, activity, title, typed, differences=differing, problem=str(error), **more)
    messages.success(request, _("Saved."))
    return redirect(activity)
