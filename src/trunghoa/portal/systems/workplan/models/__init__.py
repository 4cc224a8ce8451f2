"""What the room keeps."""

from .meetings import Action, AgendaItem, Decision, Meeting
from .plan import Activity, Budget, Indicator, Milestone, PlanImport, WorkPlan
from .proposals import Answer, Proposal

__all__ = [
    "Action",
    "Activity",
    "AgendaItem",
    "Answer",
    "Budget",
    "Decision",
    "Indicator",
    "Meeting",
    "Milestone",
    "PlanImport",
    "Proposal",
    "WorkPlan",
]
