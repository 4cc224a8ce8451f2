"""From what was answered and decided into a plan: draft activities that remember where they come from."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from trunghoa.portal.core.accounts.models import Organisation, Side, User
from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.record.quality import Quality
from trunghoa.portal.core.workflow import moves

from .models.meetings import Action, Meeting
from .models.plan import Activity, WorkPlan
from .models.proposals import Answer, Headed, Proposal

LANGUAGES = ("vi", "ja", "en")
# An activity in one of these is deferred when its work goes on in a later plan.
UNFINISHED = ("proposed", "agreed", "in_progress")


def next_year(meeting: Meeting) -> int:
    return (meeting.plan.year if meeting.plan else meeting.held_on.year) + 1


def next_ref(plan: WorkPlan, system: System) -> str:
    """The next free reference of a plan and system; the system's row keeps two writers apart."""
    list(System.objects.select_for_update().filter(pk=system.pk))
    stem = f"{plan.year}-{system.code}-"
    taken = Activity.objects.filter(ref__startswith=stem).values_list("ref", flat=True)
    numbers = [int(ref.removeprefix(stem)) for ref in taken if ref.removeprefix(stem).isdecimal()]
    return f"{stem}{max(numbers, default=0) + 1:02d}"


def titles_of(row: Headed) -> dict[str, str]:
    """Titles for a draft; what is missing in Vietnamese stands in the language it has until it is edited."""
    found = {f"title_{lang}": getattr(row, f"title_{lang}")[:300] for lang in LANGUAGES}
    return {**found, "title_vi": found["title_vi"] or row.title("vi")[:300]}


def leads_of(organisation: Organisation | None) -> dict[str, Any]:
    if organisation is None or organisation.side not in (Side.VN, Side.JP):
        return {}
    lead = "lead_vn" if organisation.side == Side.VN else "lead_jp"
    return {lead: organisation, "owing": organisation.side}


def draft_activity(
    plan: WorkPlan, system: System, by: User, *, titles: Mapping[str, str], source: str, **more: Any
) -> Activity:
    """A draft at the side of who makes it, waiting for that person."""
    activity = Activity.objects.create(
        plan=plan,
        ref=next_ref(plan, system),
        system=system,
        state="draft",
        drafted_at=by.side,
        drafted_by=by,
        source=source,
        quality=Quality.VERIFIED,
        **titles,
        **more,
    )
    moves.began(activity)
    return activity


@transaction.atomic
def from_answer(proposal: Proposal, answer: Answer, by: User, revision: int) -> Activity:
    """A draft activity of what was accepted, linked to its answer."""
    plan = proposal.plan or WorkPlan.objects.order_by("-year").first()
    if plan is None:
        plan = WorkPlan.objects.create(year=proposal.year)
    unit = answer.organisation
    activity = draft_activity(
        plan,
        proposal.system,
        by,
        titles=titles_of(proposal),
        source=f"{proposal.ref}, answer of {answer.on.isoformat()}",
        **{f"description_{lang}": getattr(proposal, f"text_{lang}") for lang in LANGUAGES},
        **leads_of(unit),
    )
    link(proposal, answer, activity, by, revision)
    return activity


def link(proposal: Proposal, answer: Answer, activity: Activity, by: User, revision: int) -> None:
    """The activity that follows from an answer."""

    def change(held: Proposal) -> None:
        answer.activity = activity
        answer.save(update_fields=["activity"])

    moves.edit(proposal, by, revision=revision, change=change)


@transaction.atomic
def carry(action: Action, system: System, by: User) -> Activity:
    """Put an action into next year's plan. An unfinished activity it is about is deferred and remembered."""
    held = Action.objects.select_for_update().get(pk=action.pk)
    if held.activity is not None:
        return held.activity
    item = held.decision.item
    year = next_year(item.meeting)
    plan, _fresh = WorkPlan.objects.get_or_create(year=year)
    before = item.activity
    if before is not None and before.state in UNFINISHED:
        reason = held.decision.label(by.language)
        moves.move(before, "defer", by, revision=before.revision, inputs={"year": year, "reason": reason})
    held.activity = draft_activity(
        plan,
        system,
        by,
        titles=titles_of(held),
        source=f"Joint Working Group, meeting no. {item.meeting.number}, {item.meeting.held_on.isoformat()}",
        due=held.due,
        carried_from=before,
        **_leads(held, before),
    )
    held.save(update_fields=["activity"])
    return held.activity


def _leads(action: Action, before: Activity | None) -> dict[str, Any]:
    """Who led it goes on leading it; who is to do the action takes its side's place."""
    old = {"lead_vn": before.lead_vn, "lead_jp": before.lead_jp} if before else {}
    return {**old, **leads_of(action.organisation)}
