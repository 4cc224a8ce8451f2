"""The life of an activity: drafted, proposed, agreed by both sides on one revision, done."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import rules
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import Side, User
from trunghoa.portal.core.workflow import signing
from trunghoa.portal.core.workflow.machine import Input, Machine, State, Transition, Wait, register
from trunghoa.quantities import N_

from ..models import Activity, Budget, Indicator, Milestone
from ..rules import officer_of_a_side, today_of, visible_activities, works_on

OFFICERS = N_("officers of either side")
WORKERS = N_("the lead organisations and officers of either side")


def exact(amount: Decimal | None) -> str:
    """One text per amount: 1 and 1.00 are the same promise."""
    return "" if amount is None else f"{amount.normalize():f}"


def signed(activity: Activity) -> Mapping[str, Any]:
    """What both sides sign; what was done since is not part of it."""

    def titles(row: Any) -> list[str]:
        return [row.title_vi, row.title_ja, row.title_en]

    return {
        "ref": activity.ref,
        "titles": titles(activity),
        "leads": [o.code if o else "" for o in (activity.lead_vn, activity.lead_jp)],
        "dates": [activity.start, activity.due],
        "milestones": [
            [*titles(m), m.due, m.owing, exact(m.weight)] for m in Milestone.objects.filter(activity=activity)
        ],
        "indicators": [
            [
                *titles(i), i.kind, str(i.place.key), i.unit, i.status, i.scenario, i.category,
                i.baseline_figure_id, exact(i.baseline), exact(i.target), i.target_date, i.direction,
            ]
            for i in Indicator.objects.filter(activity=activity).select_related("place")
        ],
        "budgets": [
            [b.payer.code if b.payer else b.payer_text, b.currency, exact(b.amount), b.stage, b.on]
            for b in Budget.objects.filter(activity=activity).select_related("payer")
        ],
    }  # fmt: skip


def says_who_and_when(activity: Activity, user: User, inputs: Mapping[str, Any]) -> str:
    """A promise names who keeps it and by when."""
    wanted = [
        label
        for value, label in (
            (activity.lead_vn_id, _("Lead, Viet Nam")),
            (activity.lead_jp_id, _("Lead, Japan")),
            (activity.start, _("Start")),
            (activity.due, _("Due")),
        )
        if not value
    ]
    if not wanted:
        return ""
    return _("Before it is agreed, edit the activity and fill in: %(fields)s.") % {
        "fields": ", ".join(wanted)
    }


def all_settled(activity: Activity, user: User, inputs: Mapping[str, Any]) -> str:
    still = [m for m in Milestone.objects.filter(activity=activity) if m.is_open]
    if not still:
        return ""
    return _("Milestones are open (%(n)s): mark each as done, or waive it with a reason.") % {"n": len(still)}


def another_than_who_settled(activity: Activity, user: User, inputs: Mapping[str, Any]) -> str:
    """Who says that the work is done is not who says that it is enough."""
    if not Milestone.objects.filter(activity=activity, settled_by=user).exists():
        return ""
    return _("You marked a milestone as done or waived: ask a colleague to complete the activity.")


def a_later_year(activity: Activity, user: User, inputs: Mapping[str, Any]) -> str:
    year = inputs.get("year")
    if year in (None, "") or int(year) > activity.plan.year:
        return ""
    return _("Defer it to a year after that of its plan (%(year)s).") % {"year": activity.plan.year}


def agreed_now(activity: Activity, inputs: Mapping[str, Any], by: User) -> None:
    activity.agreed_revision = signing.revision_hash(activity)


def no_longer_agreed(activity: Activity, inputs: Mapping[str, Any], by: User) -> None:
    activity.agreed_revision = ""


def deferred(activity: Activity, inputs: Mapping[str, Any], by: User) -> None:
    activity.deferred_to = int(inputs["year"])


def waits(activity: Activity) -> list[Wait]:
    match activity.state:
        case "draft" if activity.drafted_by:
            return [Wait("", person=activity.drafted_by, what=N_("Finish the draft and propose it."))]
        case "proposed":
            have = signing.pending(activity, "agree")
            return [
                Wait(side, what=N_("Read the proposed activity and sign it."))
                for side in signing.SIDES
                if side not in have
            ]
        case "agreed":
            due = activity.start
            return [
                wait_of(activity, side, due, N_("Begin what was agreed.")) for side in owing_sides(activity)
            ]
        case "in_progress":
            return in_progress_waits(activity)
    return []


def in_progress_waits(activity: Activity) -> list[Wait]:
    still = [m for m in Milestone.objects.filter(activity=activity) if m.is_open]
    found = []
    for side in signing.SIDES:
        owed = [m for m in still if m.owing == side]
        if owed:
            what = N_("Reach the next milestone, or waive it with a reason.")
            found.append(wait_of(activity, side, owed[0].due, what))
    if found:
        return found
    what = N_("Attach the evidence and complete the activity.")
    return [wait_of(activity, side, activity.due, what) for side in owing_sides(activity)]


def owing_sides(activity: Activity) -> list[str]:
    """The sides that owe the activity: those with a lead, or the one that the source names."""
    led = [s for s in signing.SIDES if lead_of(activity, s) is not None]
    return led or ([activity.owing] if activity.owing else list(signing.SIDES))


def lead_of(activity: Activity, side: str) -> Any:
    return today_of(activity.lead_vn if side == Side.VN else activity.lead_jp)


def wait_of(activity: Activity, side: str, due: Any, what: str) -> Wait:
    lead = lead_of(activity, side)
    return Wait("", organisation=lead, due=due, what=what) if lead else Wait(side, due=due, what=what)


REASON = Input("reason", N_("Reason"))

ACTIVITY = register(
    Machine(
        name="activity",
        label=N_("Activity"),
        model="workplan.Activity",
        states=(
            State("draft", N_("draft")),
            State("proposed", N_("proposed")),
            State("agreed", N_("agreed")),
            State("in_progress", N_("in progress")),
            State("completed", N_("completed"), final=True),
            State("deferred", N_("deferred"), final=True),
            State("cancelled", N_("cancelled"), final=True),
        ),
        transitions=(
            Transition("propose", N_("Propose"), ("draft",), "proposed", works_on, WORKERS),
            Transition(
                "agree", N_("Sign and agree"), ("proposed",), "agreed", officer_of_a_side, OFFICERS,
                guards=(says_who_and_when,), both_sides=True, apply=agreed_now,
            ),
            Transition("start", N_("Begin"), ("agreed",), "in_progress", works_on, WORKERS),
            Transition(
                "complete", N_("Complete"), ("in_progress",), "completed", works_on, WORKERS,
                guards=(all_settled, another_than_who_settled), papers=("any",), not_by=("start",),
            ),
            Transition(
                "defer", N_("Defer to another year"), ("proposed", "agreed", "in_progress"), "deferred",
                officer_of_a_side, OFFICERS,
                inputs=(Input("year", N_("Deferred to the year"), "year"), REASON),
                guards=(a_later_year,), apply=deferred, aside=True,
            ),
            Transition(
                "cancel", N_("Cancel the activity"), ("proposed", "agreed", "in_progress"), "cancelled",
                officer_of_a_side, OFFICERS, inputs=(REASON,), aside=True,
            ),
            Transition(
                "reopen", N_("Edited: to be agreed anew"), ("agreed", "in_progress"), "proposed",
                rules.always_false, N_("nobody: it follows from an edit of what was signed"),
                apply=no_longer_agreed, automatic=True,
            ),
        ),
        waits=waits,
        visible=visible_activities,
        signed=signed,
    )
)  # fmt: skip
