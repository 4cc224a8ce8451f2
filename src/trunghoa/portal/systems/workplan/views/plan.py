"""The plan of a year as a list, and as bars over time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.standing import Content, asks_for, standing
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags import numbers

from .. import drawings, health
from ..listing import FILTERS, asked, choices, filter_options, filtered, listing
from ..models import WorkPlan
from ..rules import ADD_ACTIVITY, CHANGE_PLAN, is_offered, reader

# The element that a filter replaces in place.
RESULTS = "results"


@require_safe
@standing("workplan/plan.html", part=RESULTS, reader=reader)
def page(request: HttpRequest) -> HttpResponse | Content:
    """Activities of a plan, filtered in place; a filter needs no script."""
    user, lang = person(request), numbers.language()
    found = choices(lang)
    wanted = asked(request.GET, found)
    table = listing(user, request.GET, found, lang)
    if answer := download(request, table):
        return answer
    context = {
        "table": table,
        "filtered": any(request.GET.get(name) for name in FILTERS),
        "limits": health.parameters(timezone.localdate()),
    }
    if asks_for(request, RESULTS):
        return Content("workplan/plan_results.html", context)
    context |= {
        "asked": wanted,
        **filter_options(found, wanted),
        "plan_year": wanted["year"] if wanted["year"] in found.plans else found.latest,
        "may_add": is_offered(user, ADD_ACTIVITY),
        "may_import": is_offered(user, CHANGE_PLAN),
    }
    return Content("workplan/plan_content.html", context)


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    """Bars of the activities over fiscal and calendar years, and the same as a table."""
    user, lang = person(request), numbers.language()
    found = choices(lang)
    wanted = asked(request.GET, found)
    kind = request.GET.get("grid", "")
    grid = kind if kind in WorkPlan.YearKind.values else WorkPlan.YearKind.CALENDAR.value
    rows = drawings.rows_of(filtered(user, wanted, found))
    table = drawings.timeline_table(rows, grid, lang)
    if answer := download(request, table):
        return answer
    context = {
        "table": table,
        "chart": drawings.timeline_of(rows, grid, lang),
        "undated": sum(row.activity.start is None and row.end is None for row in rows),
        "half_dated": sum(not row.is_dated and bool(row.activity.start or row.end) for row in rows),
        "cut": len([row for row in rows if row.is_dated]) > drawings.MOST_BARS,
        "most": drawings.MOST_BARS,
        "asked": wanted,
        "grid": grid,
        "grids": WorkPlan.YearKind.choices,
        **filter_options(found, wanted),
    }
    return render(request, "workplan/timeline.html", context)
