"""Attaching papers to objects of any declared kind, and deciding on them."""

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.quantities import InputError

from . import evidence
from .document_forms import AttachForm, told
from .models import Evidence

LARGEST_KEY = 2**63 - 1


def visible(user: User, label: str, pk: int) -> tuple[evidence.Backed, models.Model]:
    """A declared kind of object, and the one that the person may see; what is not visible is not found."""
    kind = evidence.backed(label)
    if kind is None or pk > LARGEST_KEY:
        raise Http404(label)
    return kind, get_object_or_404(apps.get_model(label).objects.filter(kind.visible(user)), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    """A paper for an object: one on record or a new file."""
    user = person(request)
    kind, obj = visible(user, label, pk)
    if not evidence.may_attach(user, obj) or not user.has_perm("record.add_document"):
        raise PermissionDenied
    form = AttachForm(user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.attach(obj, user)
        except InputError as error:
            form.add_error(None, told(error))
        else:
            messages.success(request, _("The paper is attached; somebody else has to accept it."))
            return redirect(kind.address(obj))
    context = {"form": form, "name": kind.name(obj), "address": kind.address(obj)}
    return render(request, "record/attach.html", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, pk: int, decide: Any, done: str) -> HttpResponse:
    user = person(request)
    row = get_object_or_404(
        Evidence.objects.select_related("document", "content_type"), pk=min(pk, LARGEST_KEY)
    )
    label = f"{row.content_type.app_label}.{row.content_type.model}"
    kind, obj = visible(user, label, row.object_id)
    try:
        decide(row, user)
    except InputError as error:
        for line in told(error):
            messages.error(request, line)
    else:
        messages.success(request, done)
    return redirect(kind.address(obj))


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decided(request, pk, evidence.accept, _("The paper is accepted."))


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")[:2000]
    return _decided(
        request,
        pk,
        lambda row, user: evidence.reject(row, user, reason),
        _("The paper is rejected, with your reason."),
    )
