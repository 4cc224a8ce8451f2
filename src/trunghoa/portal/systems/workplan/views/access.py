"""Who may see and change an activity: not seen is not found, not to be changed is refused."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from trunghoa.portal.core.accounts.people import person

from ..models import Activity
from ..rules import visible_activities

CHANGE = "workplan.change_activity"
SETTLE = "workplan.settle_milestone"


def seen(request: HttpRequest, ref: str) -> Activity:
    """The activity, if the reader may see it."""
    rows = Activity.objects.filter(visible_activities(person(request)))
    return get_object_or_404(
        rows.select_related(
            "plan", "system", "also_system", "lead_vn__successor", "lead_jp__successor", "carried_from"
        ),
        ref=ref,
    )


def changeable(request: HttpRequest, ref: str) -> Activity:
    """The activity, if the reader may change it."""
    activity = seen(request, ref)
    if not request.user.has_perm(CHANGE, activity):
        raise PermissionDenied
    return activity
