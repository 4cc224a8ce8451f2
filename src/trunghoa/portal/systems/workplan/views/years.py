"""Opening the plan of a year, so that activities can be drafted for it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import health
from ..forms_years import YearForm, open_years
from ..models import WorkPlan
from ..rules import CHANGE_PLAN


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a plan; it holds nothing until something is drafted, carried on or imported into it."""
    if not request.user.has_perm(CHANGE_PLAN):
        raise PermissionDenied
    years, latest = open_years(), WorkPlan.objects.first()
    now = max(health.todays().values()).year
    start = {
        "year": now if now in years else max(years, default=None),
        "year_kind": latest.year_kind if latest else WorkPlan.YearKind.CALENDAR,
    }
    form = YearForm(request.POST or None, initial=start)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "years": years}
        return render(request, "workplan/plan_new.html", context, status=422 if form.is_bound else 200)
    plan = form.save()
    said = _("The plan of %(year)s is open: draft its activities, or carry on what a meeting decided.")
    messages.success(request, said % {"year": plan.year})
    return redirect(f"{reverse('workplan:plan')}?{urlencode({'year': plan.year})}")
