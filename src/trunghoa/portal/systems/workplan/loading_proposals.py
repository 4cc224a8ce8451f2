"""Requests and meetings that a workspace tells of, with the state its source knows; nobody is invented."""

from typing import TYPE_CHECKING, Any

from trunghoa.portal.core.record.models import System
from trunghoa.portal.core.workflow import moves
from trunghoa.quantities import TrungHoaError

from . import counting
from .deadlines import default_due
from .models.meetings import AgendaItem, Meeting
from .models.plan import WorkPlan
from .models.proposals import OTHER_SIDE, SIDE_LANGUAGE, Proposal, draft

if TYPE_CHECKING:
    from trunghoa.workspace import Commitment, Workspace
    from trunghoa.workspace import Meeting as MeetingRow

REQUEST = "request"
# What the source's words for a state are in the life of a proposal.
STATES = {"proposed": "submitted", "forwarded": "forwarded"}
LANGUAGES = ("vi", "ja", "en")


def load(workspace: "Workspace") -> None:
    """Requests become proposals, meetings their agenda. What somebody changed here since is left alone."""
    for row in workspace.commitments:
        if row.kind.value == REQUEST:
            _proposal(row)
    for meeting in workspace.meetings:
        _meeting(workspace, meeting)
    counting.record()


def _proposal(row: "Commitment") -> None:
    side, state = row.side.value, STATES.get(row.state.value)
    if side not in OTHER_SIDE or state is None:
        raise TrungHoaError(
            f"commitments.csv, {row.ref}: a request is made by one side and proposed or forwarded; "
            f"here it is of {side} and {row.state.value}."
        )
    known = Proposal.objects.filter(origin=row.ref).first()
    if known is not None and known.revision > 1:
        return
    stated = _stated(row, state)
    if known is None:
        known = draft(side, by=None, year=row.recorded_on.year, origin=row.ref, **stated)
    else:
        for name, value in stated.items():
            setattr(known, name, value)
        known.save()
    moves.began(known)


def _stated(row: "Commitment", state: str) -> dict[str, Any]:
    return {
        **{f"title_{lang}": getattr(row, f"title_{lang}") for lang in LANGUAGES},
        "language": SIDE_LANGUAGE[row.side.value],
        "system": System.objects.get(code=row.system),
        "plan": WorkPlan.objects.filter(year=row.recorded_on.year).first(),
        "state": state,
        "submitted_on": row.recorded_on,
        "due": row.due or default_due(row.recorded_on),
        "due_by_default": row.due is None,
        "known_state": state,
        "known_on": row.recorded_on,
        "source": row.source,
        "quality": row.quality.value,
    }


def _meeting(workspace: "Workspace", row: "MeetingRow") -> None:
    known = Meeting.objects.filter(number=row.number).first()
    if known is not None and known.revision > 1:
        return
    names = ("held_on", "place_vi", "place_ja", "place_en", "chair_vn", "chair_jp", "source")
    stated = {name: getattr(row, name) for name in names}
    plan = WorkPlan.objects.filter(year=row.plan_year).first() if row.plan_year else None
    meeting, _fresh = Meeting.objects.update_or_create(
        number=row.number, defaults={**stated, "quality": row.quality.value, "plan": plan}
    )
    for point in workspace.meeting_points:
        if point.meeting == row.code:
            AgendaItem.objects.update_or_create(
                meeting=meeting,
                order=point.order,
                defaults={
                    **{f"title_{lang}": getattr(point, f"title_{lang}") for lang in LANGUAGES},
                    "system": System.objects.filter(code=point.system).first(),
                    "source": point.source,
                },
            )
