"""The plan of a year."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person

from ..models import Activity
from ..rules import visible_activities


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "workplan/plan.html", {})


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    return render(request, "workplan/plan.html", {})


@require_safe
def activity(request: HttpRequest, ref: str) -> HttpResponse:
    rows = Activity.objects.filter(visible_activities(person(request)))
    return render(request, "workplan/activity.html", {"activity": get_object_or_404(rows, ref=ref)})
