"""Inviting people, and changing what they may do."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts import factors, sessions
from trunghoa.portal.core.accounts import invitations as inviting
from trunghoa.portal.core.accounts.models import Invitation, Organisation, Side, User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import stands
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.record.tables import download

from .. import tables
from ..forms import InvitationForm, PersonForm
from .organisations import GET_OR_POST

INVITE = "accounts.invite"


def looked_after(user: User) -> QuerySet[Organisation]:
    """The organisations that an officer looks after: agrees with the predicate ``administers``."""
    if user.is_superuser:
        return Organisation.objects.all()
    return Organisation.objects.filter(Q(side=user.side) | Q(side=Side.OTHER))


def inviting_only(request: HttpRequest) -> User:
    if not request.user.has_perm(INVITE):
        raise PermissionDenied
    return person(request)


@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    user = inviting_only(request)
    rows = Invitation.objects.filter(organisation__in=looked_after(user)).select_related(
        "organisation", "invited_by"
    )
    table = tables.invitations(request, rows)
    if answer := download(request, table):
        return answer
    return render(request, "administration/invitations.html", {"table": table})


@require_http_methods(GET_OR_POST)
def invite(request: HttpRequest) -> HttpResponse:
    """Put an invitation in the queue; the answer is the same whether the address is known or not."""
    user = inviting_only(request)
    standing = [row for row in looked_after(user) if stands(row)]
    initial = {"language": user.language, "organisation": request.GET.get("organisation", "")}
    form = InvitationForm(standing, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        inviting.invite(request, data["email"], data["organisation"], data["role"], data["language"], user)
        messages.success(request, _("The invitation is on its way."))
        return redirect("administration:invitations")
    context = {"title": _("Invite somebody"), "form": form, "submit": _("Send the invitation")}
    return render(request, "administration/form.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_OR_POST)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then make the link useless."""
    user = inviting_only(request)
    row = get_object_or_404(
        Invitation.objects.select_related("organisation"), pk=pk, organisation__in=looked_after(user)
    )
    if request.method == "POST":
        standing = Invitation.objects.filter(pk=pk, accepted_on=None, revoked_on=None)
        bulk.update(standing, revoked_on=timezone.now())
        messages.success(request, _("The invitation is taken back; its link no longer works."))
        return redirect("administration:invitations")
    return render(request, "administration/take_back.html", {"row": row})


def looked_at(request: HttpRequest, pk: int) -> User:
    """A person whom the officer looks after; nobody else is found."""
    user = inviting_only(request)
    rows = User.objects.filter(organisation__in=looked_after(user), is_service=False)
    if not user.is_superuser:
        rows = rows.filter(is_superuser=False)
    return get_object_or_404(rows, pk=pk)


@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Role, organisation, sign-in; a change ends the person's sign-ins."""
    row = looked_at(request, pk)
    initial = {"organisation": row.organisation.code, "role": row.role, "is_active": row.is_active}
    form = PersonForm(looked_after(person(request)), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if row.pk == person(request).pk:
            form.add_error(None, _("Nobody changes their own role. Ask another officer."))
        else:
            row.organisation = form.cleaned_data["organisation"]
            row.role = form.cleaned_data["role"]
            row.is_active = form.cleaned_data["is_active"]
            row.save()
            messages.success(request, _("Saved. If rights changed, the person has to sign in again."))
            return redirect("administration:person", pk)
    context = {"row": row, "form": form, "has_factor": factors.has(row)}
    return render(request, "administration/person.html", context, status=422 if form.errors else 200)


@require_POST
def reset_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """For who lost telephone and recovery codes: the next sign-in sets a new factor up."""
    row = looked_at(request, pk)
    if row.pk == person(request).pk:
        raise PermissionDenied
    with transaction.atomic():
        factors.forget(row)
        sessions.end_all(row)
    messages.success(request, _("The second factors are removed and the person's sign-ins have ended."))
    return redirect("administration:person", pk)
