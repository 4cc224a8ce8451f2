"""Proposals: the list, the thread of one, writing one, and what follows from an answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.differences import differences
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import moves
from trunghoa.portal.core.workflow.errors import Stale

from .. import carrying
from ..forms_proposals import ActivityChoice, ProposalForm
from ..listing_proposals import FILTERS, choices, filtered, listing, seen, summary
from ..machines.proposals import PROPOSAL
from ..models.plan import Activity
from ..models.proposals import DRAFT, Answer, Proposal, draft
from ..rules import visible_activities
from ..thread import thread

GET_OR_POST = ["GET", "HEAD", "POST"]
CHANGE = "workplan.change_proposal"
FOLLOW_UP = "workplan.follow_up_proposal"


def seen_proposal(request: HttpRequest, ref: str) -> Proposal:
    """The proposal, if the reader may see it."""
    rows = seen(person(request)).select_related("system", "plan", "organisation", "unit", "person")
    return get_object_or_404(rows, ref=ref)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All proposals that the reader may see, and how they stand by side."""
    user = person(request)
    rows = seen(user)
    table, sums = listing(request, filtered(rows, request.GET)), summary(rows)
    if answer := download(request, table, sums):
        return answer
    context = {
        "table": table,
        "summary": sums,
        "asked": {name: request.GET.get(name, "") for name in FILTERS},
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "may_add": user.has_perm("workplan.add_proposal"),
        **choices(),
    }
    return render(request, "workplan/proposals.html", context)


@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One proposal as a thread."""
    proposal = seen_proposal(request, ref)
    user, lang = person(request), numbers.language()
    context = {
        "proposal": proposal,
        "machine": PROPOSAL,
        "system_name": getattr(proposal.system, f"name_{lang}"),
        "title": (proposal.versions(lang, "title") or [(lang, "", True)])[0],
        "titles": proposal.versions(lang, "title")[1:],
        "texts": proposal.versions(lang),
        "thread": thread(proposal, lang),
        "days_late": proposal.days_late(),
        "may_edit": proposal.state == DRAFT and user.has_perm(CHANGE, proposal),
        "may_follow_up": user.has_perm(FOLLOW_UP),
    }
    return render(request, "workplan/proposal.html", context)


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """Write a draft."""
    user = person(request)
    if not user.has_perm("workplan.add_proposal"):
        raise PermissionDenied
    form = ProposalForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = moves.began(draft(user.side, by=user, **form.attributes()))
        messages.success(
            request, _("The draft is kept. The other side does not see it before it is submitted.")
        )
        return redirect(made)
    return _form_page(request, form, _("Write a proposal"))


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a draft, if nobody changed it since it was read."""
    proposal = seen_proposal(request, ref)
    user = person(request)
    if proposal.state != DRAFT or not user.has_perm(CHANGE, proposal):
        raise PermissionDenied
    title = _("Edit the draft %(ref)s") % {"ref": proposal.ref}
    if request.method != "POST":
        form = ProposalForm(user, instance=proposal, initial={"revision": proposal.revision})
        return _form_page(request, form, title, proposal)
    form = ProposalForm(user, request.POST, instance=Proposal.objects.get(pk=proposal.pk))
    if not form.is_valid():
        return _form_page(request, form, title, proposal)
    try:
        moves.edit(
            proposal,
            user,
            revision=form.cleaned_data["revision"] or 0,
            change=lambda held: _write(held, user, form.attributes()),
        )
    except Stale:
        return _conflict(request, form, title, proposal)
    messages.success(request, _("The draft is kept."))
    return redirect(proposal)


def _write(held: Proposal, user: Any, attributes: dict[str, Any]) -> None:
    """Who wrote last is the one that another person checks."""
    for name, value in attributes.items():
        setattr(held, name, value)
    held.person = user


def _conflict(request: HttpRequest, form: ProposalForm, title: str, proposal: Proposal) -> HttpResponse:
    """Show both versions; saving again is a decision."""
    proposal.refresh_from_db()
    if proposal.state != DRAFT:
        messages.error(request, _("It was submitted meanwhile and is no draft any more."))
        return redirect(proposal)
    stored = {name: getattr(proposal, name) for name in form.Meta.fields}
    found = differences(form, stored)
    data = request.POST.copy()
    data["revision"] = str(proposal.revision)
    again = ProposalForm(person(request), data, instance=Proposal.objects.get(pk=proposal.pk))
    again.is_valid()
    return _form_page(request, again, title, proposal, differences=found)


def _form_page(
    request: HttpRequest, form: ProposalForm, title: str, proposal: Proposal | None = None, **more: Any
) -> HttpResponse:
    status = 409 if more.get("differences") else 422 if form.is_bound else 200
    context = {"form": form, "title": title, "proposal": proposal, **more}
    return render(request, "workplan/proposal_form.html", context, status=status)


@require_http_methods(GET_OR_POST)
def follow_up(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Choose the activity that follows from an accepted answer."""
    proposal = seen_proposal(request, ref)
    user = person(request)
    if not user.has_perm(FOLLOW_UP):
        raise PermissionDenied
    answer = get_object_or_404(Answer.objects.filter(proposal=proposal), pk=pk)
    if not answer.is_acceptance:
        raise PermissionDenied
    choosable = activities_for(proposal, user)
    posted = request.method == "POST"
    initial = {"revision": proposal.revision, "activity": answer.activity_id}
    form = ActivityChoice(choosable, request.POST if posted else None, initial=initial)
    problem = ""
    if posted and form.is_valid():
        try:
            carrying.link(
                proposal, answer, form.cleaned_data["activity"], user, form.cleaned_data["revision"]
            )
        except Stale as error:
            problem = str(error)
        else:
            messages.success(request, _("The activity is linked to the answer."))
            return redirect(proposal)
    context = {"proposal": proposal, "answer": answer, "form": form, "problem": problem}
    return render(
        request, "workplan/proposal_activity.html", context, status=409 if problem else 422 if posted else 200
    )


def activities_for(proposal: Proposal, user: Any) -> Any:
    """What may follow: activities of its system in the plan of its year and later."""
    rows = Activity.objects.filter(visible_activities(user), system=proposal.system_id)
    return rows.filter(plan__year__gte=proposal.year).select_related("plan").order_by("plan__year", "rank")


@require_POST
def new_activity(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """A draft activity that begins with the words of the proposal."""
    proposal = seen_proposal(request, ref)
    user = person(request)
    if not user.has_perm(FOLLOW_UP):
        raise PermissionDenied
    answer = get_object_or_404(Answer.objects.filter(proposal=proposal), pk=pk)
    if not answer.is_acceptance:
        raise PermissionDenied
    text = request.POST.get("revision", "")
    revision = int(text) if text.isdecimal() and len(text) < 10 else 0
    try:
        activity = carrying.from_answer(proposal, answer, user, revision)
    except Stale as error:
        messages.error(request, str(error))
        return redirect("workplan:proposal_activity", ref, pk)
    messages.success(request, _("A draft activity stands in the plan. Complete it before it is proposed."))
    return redirect(activity)
