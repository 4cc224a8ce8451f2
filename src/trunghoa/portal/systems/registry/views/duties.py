"""Who holds which duty; a second officer of the side gives it and ends it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import Column, Table, download
from trunghoa.portal.core.record.templatetags import numbers

from ..forms_accounts import DutyForm
from ..models import Duty
from . import access


@require_http_methods(access.GET_OR_POST)
def page(request: HttpRequest) -> HttpResponse:
    """Duties of both sides; officers give those of their own."""
    user = person(request)
    access.must(request, "registry.give_duties")
    form = DutyForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        Duty.objects.create(given_by=user, **form.cleaned_data)
        messages.success(request, _("The duty is given."))
        return redirect("registry:duties")
    rows = list(Duty.objects.filter(ended_on__isnull=True).select_related("person__organisation", "given_by"))
    table = duty_table(rows)
    if answer := download(request, table):
        return answer
    mine = [row for row in rows if row.person.side == user.side and row.person_id != user.pk]
    context = {"table": table, "form": form, "mine": mine}
    return render(request, "registry/duties.html", context, status=422 if form.errors else 200)


def duty_table(rows: list[Duty]) -> Table:
    lang = numbers.language()
    columns = [
        Column("person", gettext_lazy("Person"), lambda r: r.person.shown_name),
        Column(
            "organisation",
            gettext_lazy("Organisation"),
            lambda r: r.person.organisation.name(lang) if r.person.organisation else "",
        ),
        Column("duty", gettext_lazy("Duty"), lambda r: r.get_name_display()),
        Column("given_by", gettext_lazy("Given by"), lambda r: r.given_by.shown_name if r.given_by else ""),
        Column(
            "given_on",
            gettext_lazy("Given on"),
            lambda r: r.given_on,
            lambda r: numbers.day(r.given_on.date()),
        ),
    ]
    return Table("duties", columns, rows, caption=_("Duties"))


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a duty of the own side."""
    user = person(request)
    access.must(request, "registry.give_duties")
    duty = get_object_or_404(
        Duty.objects.select_related("person__organisation"), pk=pk, ended_on__isnull=True
    )
    if duty.person.side != user.side or duty.person_id == user.pk:
        raise PermissionDenied
    duty.ended_on = timezone.now()
    duty.save()
    messages.success(request, _("The duty has ended."))
    return redirect("registry:duties")
