"""What a workspace says of the work plan, into the database. Loading twice changes nothing.

A state that a source tells of is kept as known from it: nobody signed here, so no signature is made up. An
activity that somebody changed here since is left as it stands.
"""

from typing import TYPE_CHECKING, Any

from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.workflow import moves

from .models import Activity, Budget, WorkPlan

if TYPE_CHECKING:
    from trunghoa.workspace import Commitment, Workspace

# What is asked of the other side is a proposal, which is loaded as such.
KINDS = ("focus", "activity")
# The source's words for a state in the life of an activity. What one side plans, both have yet to agree.
STATES = {
    "planned": "proposed",
    "proposed": "proposed",
    "agreed": "agreed",
    "in_progress": "in_progress",
    "completed": "completed",
}
LANGUAGES = ("vi", "ja", "en")


def load(workspace: "Workspace") -> None:
    """Commitments become activities of their year's plan, with the money stated for them."""
    for row in workspace.commitments:
        if row.kind.value in KINDS:
            _activity(workspace, row, _plan(workspace, row))


def _plan(workspace: "Workspace", row: "Commitment") -> WorkPlan:
    """The plan of the meeting at which it was said; without such a meeting, that of its year."""
    meeting = next((m for m in workspace.meetings if m.held_on == row.recorded_on), None)
    year = meeting.plan_year if meeting and meeting.plan_year else row.recorded_on.year
    plan, _fresh = WorkPlan.objects.get_or_create(
        year=year,
        defaults={
            "meeting_no": meeting.number if meeting else None,
            "source": meeting.source if meeting else row.source,
            "quality": meeting.quality.value if meeting else row.quality.value,
        },
    )
    return plan


def _activity(workspace: "Workspace", row: "Commitment", plan: WorkPlan) -> None:
    known = Activity.objects.filter(ref=row.ref).first()
    if known is not None and known.revision > 1:
        return
    stated = _stated(row)
    if known is None:
        known = Activity.objects.create(ref=row.ref, plan=plan, **stated)
    elif any(getattr(known, name) != value for name, value in stated.items()):
        for name, value in stated.items():
            setattr(known, name, value)
        known.save()
    _budgets(workspace, known, row)
    moves.began(known)


def _stated(row: "Commitment") -> dict[str, Any]:
    state = STATES[row.state.value]
    return {
        **{f"title_{lang}": getattr(row, f"title_{lang}") for lang in LANGUAGES},
        "system": System.objects.get(code=row.system),
        "also_system": System.objects.filter(code=row.also_system).first() if row.also_system else None,
        "owing": row.side.value if row.side.value in ("VN", "JP") else "",
        "due": row.due,
        "state": state,
        "known_state": state,
        "known_on": row.recorded_on,
        "source": row.source,
        "quality": row.quality.value,
    }


def _budgets(workspace: "Workspace", activity: Activity, row: "Commitment") -> None:
    """A grant that the workspace ties to the commitment; who pays it is not named, so nobody is."""
    for grant in workspace.portfolios:
        if grant.commitment == row.ref:
            Budget.objects.get_or_create(
                activity=activity,
                currency=Budget.Currency.USD,
                stage=Budget.Stage.COMMITTED,
                amount=grant.grant_cap_usd,
                on=row.recorded_on,
                defaults={
                    "source": f"{grant.source}. {grant.note}" if grant.note else grant.source,
                    "quality": grant.quality.value,
                },
            )
