"""What the room keeps."""

from .plan import Activity, Budget, Indicator, Milestone, PlanImport, WorkPlan

__all__ = ["Activity", "Budget", "Indicator", "Milestone", "PlanImport", "WorkPlan"]
