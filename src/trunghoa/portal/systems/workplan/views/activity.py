"""One activity: what was promised, how far it is, what it costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.record.tables import download
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow.models import SignOff

from .. import health, tables_plan
from ..indicators import standings
from ..machines.activity import ACTIVITY
from ..models import Activity
from .access import CHANGE, SETTLE, seen


@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    activity = seen(request, ref)
    lang = numbers.language()
    milestones = list(activity.milestones.all())
    indicators = list(activity.indicators.select_related("place", "baseline_figure"))
    budgets = list(activity.budgets.select_related("payer"))
    may_edit = bool(request.user.has_perm(CHANGE, activity))
    may_settle = activity.state in SETTLED_IN and bool(request.user.has_perm(SETTLE, activity))
    tables = [
        tables_plan.milestone_table(activity, milestones, lang, may_edit, may_settle),
        tables_plan.indicator_table(activity, standings(indicators, person(request)), lang, may_edit),
        tables_plan.budget_table(activity, budgets, lang, may_edit),
        tables_plan.totals_table(budgets),
    ]
    if answer := download(request, *tables):
        return answer
    known = [health.Step.of(row) for row in milestones]
    context = {
        "activity": activity,
        "title": activity.title(lang),
        "description": activity.description(lang),
        "system_names": [
            (system.pk, getattr(system, f"name_{lang}"))
            for system in (activity.system, activity.also_system)
            if system
        ],
        "health": health.shown(health.of_activity(activity, milestones)),
        "done_share": 100 * health.done_share(known) if known else None,
        "milestones": tables[0],
        "indicators": tables[1],
        "budgets": tables[2],
        "totals": tables[3],
        "may_edit": may_edit,
        "known": known_state(activity),
        "carried_to": list(activity.carried_to.all()),
    }
    return render(request, "workplan/activity.html", context)


def known_state(activity: Activity) -> str:
    """The state in words while it rests on a source alone: a signature or a move here takes its place."""
    if activity.known_state != activity.state or SignOff.objects.about(activity).exists():
        return ""
    return gettext(ACTIVITY.state(activity.state).label)


# A milestone is settled once it was promised and until all is over.
SETTLED_IN = ("agreed", "in_progress")
