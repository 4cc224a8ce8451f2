"""Of what there may be evidence here; importing this declares it."""

from django.db.models import Q
from django.urls import reverse

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record import evidence
from trunghoa.portal.core.record.templatetags.numbers import language

from .models import Activity, Milestone
from .rules import visible_activities


def may_attach_to_activity(user: User, activity: Activity) -> bool:
    return bool(user.has_perm("workplan.settle_milestone", activity))


def visible_milestones(user: User) -> Q:
    return visible_activities(user, "activity__")


def may_attach_to_milestone(user: User, milestone: Milestone) -> bool:
    return may_attach_to_activity(user, milestone.activity)


def address_of(milestone: Milestone) -> str:
    return reverse("workplan:settle", args=[milestone.activity.ref, milestone.pk])


evidence.register(
    "workplan.Activity",
    visible=visible_activities,
    may_attach=may_attach_to_activity,
    address=Activity.get_absolute_url,
    name=lambda activity: activity.label(language()),
)
evidence.register(
    "workplan.Milestone",
    visible=visible_milestones,
    may_attach=may_attach_to_milestone,
    address=address_of,
    name=lambda milestone: milestone.title(language()),
)
