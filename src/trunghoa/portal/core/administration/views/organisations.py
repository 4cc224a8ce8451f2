"""Organisations: who exists, since when, who took over. Everyone reads; officers of the side correct."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trunghoa.portal.core.accounts import rules
from trunghoa.portal.core.accounts.models import Organisation, Side
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags.numbers import language

from .. import keeping, tables
from ..forms import ClosingForm, OrganisationForm

GET_OR_POST = ["GET", "HEAD", "POST"]
CHANGE = "accounts.change_organisation"


def changeable(request: HttpRequest, code: str) -> Organisation:
    """The organisation, if the reader looks after it."""
    row = get_object_or_404(Organisation.objects.select_related("successor"), code=code)
    if not request.user.has_perm(CHANGE, row):
        raise PermissionDenied
    return row


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All organisations, or those of a side or a kind."""
    rows = Organisation.objects.select_related("successor")
    asked = {key: request.GET.get(key, "") for key in ("side", "kind")}
    for key, choices in (("side", Side.values), ("kind", Organisation.Kind.values)):
        if asked[key] in choices:
            rows = rows.filter(**{key: asked[key]})
    table = tables.organisations(request, rows)
    if answer := download(request, table):
        return answer
    context = {
        "table": table,
        "sides": Side.choices,
        "kinds": Organisation.Kind.choices,
        "asked": asked,
        "may_add": request.user.has_perm(CHANGE),
    }
    return render(request, "administration/organisations.html", context)


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation; its people are shown to officers of its side."""
    row = get_object_or_404(Organisation.objects.select_related("successor"), code=code)
    may_change = request.user.has_perm(CHANGE, row)
    rows = row.people.filter(is_service=False).order_by("username")
    people = tables.people(request, rows) if may_change else None
    if people and (answer := download(request, people)):
        return answer
    context = {
        "row": row,
        "table": people,
        "stands": rules.stands(row),
        "may_change": may_change,
        "predecessors": [p.name(language()) for p in row.predecessors.all()],
    }
    return render(request, "administration/organisation.html", context)


def _form(request: HttpRequest, title: str, form: Any, back: Any, **more: Any) -> HttpResponse:
    context = {"title": title, "form": form, "back": back, **more}
    return render(request, "administration/form.html", context, status=422 if form.errors else 200)


@require_http_methods(GET_OR_POST)
def create(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    form = OrganisationForm(person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        messages.success(request, _("Saved."))
        return redirect("administration:organisation", row.code)
    return _form(request, _("Add an organisation"), form, None)


@require_http_methods(GET_OR_POST)
def correct(request: HttpRequest, code: str) -> HttpResponse:
    row = changeable(request, code)
    form = OrganisationForm(person(request), request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("administration:organisation", code)
    # A refused form has put its values on the row; the page names what is on record.
    return _form(request, _("Correct the organisation"), form, code)


@require_http_methods(GET_OR_POST)
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Give the last day and the successor."""
    row = changeable(request, code)
    initial = {
        "valid_to": row.valid_to or timezone.localdate(),
        "successor": row.successor.code if row.successor else "",
    }
    form = ClosingForm(row, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        row.valid_to = form.cleaned_data["valid_to"]
        row.successor = form.cleaned_data["successor"]
        row.save()
        messages.success(request, _("Saved. Its people can read from the next day on, but no longer write."))
        return redirect("administration:organisation", code)
    return _form(request, _("Close the organisation"), form, code)


@require_POST
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete what was made by mistake; what anything rests on stays."""
    row = changeable(request, code)
    name = row.name(language())
    found = keeping.delete(row)
    if found:
        messages.error(
            request,
            _(
                "%(name)s is not deleted, because on record are %(what)s. Close it instead: give its last "
                "day and, if another takes its work over, its successor."
            )
            % {"name": name, "what": ", ".join(found)},
        )
        return redirect("administration:organisation", code)
    messages.success(request, _("%(name)s is deleted.") % {"name": name})
    return redirect("administration:organisations")
