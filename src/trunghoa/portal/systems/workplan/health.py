"""How an activity stands: computed from its milestones each time it is asked for, never typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trunghoa.parameters import Parameter, Parameters
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.signing import SIDES

from .models import Activity, Milestone, WorkPlan

TABLE = "workplan_health"
LATE, AT_RISK, ON_TRACK, UNKNOWN, OVER = "late", "at_risk", "on_track", "unknown", "over"
NAMES = {
    LATE: _("late"),
    AT_RISK: _("at risk"),
    ON_TRACK: _("on track"),
    UNKNOWN: _("unknown"),
    OVER: _("no longer followed"),
}
# What is drafted, done or given up has no health.
FOLLOWED = ("proposed", "agreed", "in_progress")


@dataclass(frozen=True, slots=True)
class Step:
    """What health needs to know of a milestone."""

    due: date
    owing: str
    weight: Decimal
    done_on: date | None = None
    waived: bool = False

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.waived

    @classmethod
    def of(cls, row: Milestone) -> "Step":
        return cls(row.due, row.owing, row.weight, row.done_on, bool(row.waived_reason))


@dataclass(frozen=True, slots=True)
class Limits:
    """Within how many days, and how far behind the time gone, an activity is at risk."""

    days: int
    gap: Decimal


@lru_cache(maxsize=1)
def _parameters() -> Parameters:
    return Parameters.load()


def parameters(day: date) -> tuple[Parameter, Parameter]:
    """The limits as of a day, with their sources."""
    table = _parameters()
    return (
        table.get(TABLE, as_of=day, item="at_risk_days"),
        table.get(TABLE, as_of=day, item="at_risk_gap"),
    )


@lru_cache(maxsize=64)
def limits(day: date) -> Limits:
    within, gap = parameters(day)
    return Limits(int(within.value), gap.value)


def todays(now: datetime | None = None) -> dict[str, date]:
    """What day it is where each side owes."""
    return {side: days.today(side, now) for side in SIDES}


def span(plan: WorkPlan, start: date | None, due: date | None, steps: Sequence[Step]) -> tuple[date, date]:
    """From when to when; where no date is named, the plan's year and the last milestone stand in."""
    last = due or max((step.due for step in steps), default=plan.last_day)
    return min(start or plan.first_day, last), last


def health(state: str, steps: Sequence[Step], first: date, last: date, on: dict[str, date]) -> str:
    """The rule: late when an open milestone is past due; at risk when one is near and too little is done.

    A milestone's day is over when it is over on the side that owes it. What was waived counts neither as
    due nor as done. Without milestones nothing is known, so nothing is green.
    """
    if state not in FOLLOWED:
        return OVER
    if not steps:
        return UNKNOWN
    still = [step for step in steps if step.is_open]
    if any(on[step.owing] > step.due for step in still):
        return LATE
    bounds = limits(max(on.values()))
    near = any(step.due - on[step.owing] <= timedelta(days=bounds.days) for step in still)
    if near and done_share(steps) < elapsed_share(first, last, max(on.values())) - bounds.gap:
        return AT_RISK
    return ON_TRACK


def done_share(steps: Sequence[Step]) -> Decimal:
    """Weight of what is done over the weight of all that was not waived."""
    counted = [step for step in steps if not step.waived]
    whole = sum((step.weight for step in counted), Decimal(0))
    done = sum((step.weight for step in counted if step.done_on is not None), Decimal(0))
    return done / whole if whole else Decimal(1)


def elapsed_share(first: date, last: date, today: date) -> Decimal:
    """How much of the time from the first day to the last has gone, between 0 and 1."""
    if today >= last:
        return Decimal(1)
    return Decimal(max((today - first).days, 0)) / Decimal((last - first).days)


def of_activity(activity: Activity, steps: Iterable[Milestone], now: datetime | None = None) -> str:
    known = [Step.of(row) for row in steps]
    first, last = span(activity.plan, activity.start, activity.due, known)
    return health(activity.state, known, first, last, todays(now))


STEP_FIELDS = ("activity_id", "due", "owing", "weight", "done_on", "waived_reason", "pk")


def steps_of(keys: Any) -> dict[int, list[Step]]:
    """The milestones of many activities in one query, in order of their due dates."""
    found: dict[int, list[Step]] = {}
    rows = Milestone.objects.filter(activity__in=keys).order_by("due", "pk").values_list(*STEP_FIELDS)
    for activity, due, owing, weight, done_on, reason, _pk in rows:
        found.setdefault(activity, []).append(Step(due, owing, weight, done_on, bool(reason)))
    return found


def narrowed(rows: QuerySet, wanted: str, now: datetime | None = None) -> QuerySet:
    """Activities of one health; only those that may be at risk are looked at one by one."""
    on = todays(now)
    followed, steps = Q(state__in=FOLLOWED), Milestone.objects.filter(activity=OuterRef("pk"))
    still = steps.filter(done_on=None, waived_reason="")
    past, soon = Q(pk__in=[]), Q(pk__in=[])
    for side, day in on.items():
        past |= Q(owing=side, due__lt=day)
        soon |= Q(owing=side, due__gte=day, due__lte=day + timedelta(days=limits(max(on.values())).days))
    late = Exists(still.filter(past))
    match wanted:
        case "late":
            return rows.filter(followed, late)
        case "unknown":
            return rows.filter(followed, ~Exists(steps))
        case "over":
            return rows.exclude(followed)
        case "at_risk":
            return rows.filter(pk__in=_at_risk(rows.filter(followed, ~late, Exists(still.filter(soon))), on))
        case "on_track":
            risky = _at_risk(rows.filter(followed, ~late, Exists(still.filter(soon))), on)
            return rows.filter(followed, Exists(steps), ~late).exclude(pk__in=risky)
    return rows.none()


def _at_risk(candidates: QuerySet, on: dict[str, date]) -> list[int]:
    plans = {plan.pk: plan for plan in WorkPlan.objects.all()}
    steps = steps_of(candidates.order_by().values("pk"))
    found = []
    for pk, plan, state, start, due in candidates.order_by().values_list(
        "pk", "plan_id", "state", "start", "due"
    ):
        known = steps.get(pk, [])
        if health(state, known, *span(plans[plan], start, due, known), on) == AT_RISK:
            found.append(pk)
    return found


def shown(code: str) -> SafeString:
    """Health in words and in a shape of its own, so that it is not told by colour alone."""
    return format_html('<span class="health health-{}">{}</span>', code.replace("_", "-"), NAMES[code])
