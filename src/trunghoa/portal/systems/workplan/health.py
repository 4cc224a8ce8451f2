"""How an activity stands: computed from its days and milestones each time it is asked for, never typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trunghoa.parameters import Parameter, Parameters
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.signing import SIDES

from .gathering import milestones
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
# Shares of weight and time decide, which no query tells exactly.
BY_THE_RULE = (AT_RISK, ON_TRACK)


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

    @classmethod
    def read(cls, gathered: Iterable[Any] | None) -> "list[Step]":
        """The milestones that came with an activity's row, in order of their due dates."""
        return [
            cls(
                date.fromisoformat(due), owing, Decimal(weight), date.fromisoformat(done) if done else None,
                bool(reason),
            )
            for due, _key, owing, weight, done, reason in sorted(gathered or (), key=itemgetter(0, 1))
        ]  # fmt: skip


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


def health(
    state: str, due: date | None, steps: Sequence[Step], first: date, last: date, on: dict[str, date]
) -> str:
    """The rule: late when it or an open milestone is past due; at risk when one is near and too little done.

    A milestone's day is over when it is over on the side that owes it; the activity's own, which both owe,
    when it is over on both. What was waived counts neither as due nor as done. Without milestones its own
    due date stands for the only one; without that too nothing is known, so nothing is green.
    """
    if state not in FOLLOWED:
        return OVER
    if due is not None and min(on.values()) > due:
        return LATE
    if not steps and due is None:
        return UNKNOWN
    still = [step for step in steps if step.is_open]
    if any(on[step.owing] > step.due for step in still):
        return LATE
    today = max(on.values())
    bounds = limits(today)
    within = timedelta(days=bounds.days)
    if steps:
        near, done = any(step.due - on[step.owing] <= within for step in still), done_share(steps)
    else:
        near, done = due is not None and due - today <= within, Decimal(0)
    if near and done < elapsed_share(first, last, today) - bounds.gap:
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
    return health(activity.state, activity.due, known, first, last, todays(now))


STEP_FIELDS = ("activity_id", "due", "owing", "weight", "done_on", "waived_reason", "pk")


def steps_of(keys: Any) -> dict[int, list[Step]]:
    """The milestones of many activities in one query, in order of their due dates."""
    found: dict[int, list[Step]] = {}
    rows = Milestone.objects.filter(activity__in=keys).order_by("due", "pk").values_list(*STEP_FIELDS)
    for activity, due, owing, weight, done_on, reason, _pk in rows:
        found.setdefault(activity, []).append(Step(due, owing, weight, done_on, bool(reason)))
    return found


@dataclass(frozen=True)
class Conditions:
    """The rule as far as the database can tell it."""

    late: Q
    soon: Q
    unknown: Q

    @classmethod
    def on(cls, days: Mapping[str, date]) -> "Conditions":
        steps = Milestone.objects.filter(activity=OuterRef("pk"))
        still = steps.filter(done_on=None, waived_reason="")
        past, soon = Q(pk__in=[]), Q(pk__in=[])
        today = max(days.values())
        within = timedelta(days=limits(today).days)
        for side, day in days.items():
            past |= Q(owing=side, due__lt=day)
            soon |= Q(owing=side, due__gte=day, due__lte=day + within)
        bare = ~Q(Exists(steps))
        return cls(
            late=Q(Exists(still.filter(past))) | Q(due__lt=min(days.values())),
            soon=Q(Exists(still.filter(soon))) | bare & Q(due__lte=today + within),
            unknown=bare & Q(due=None),
        )


def narrowed(rows: QuerySet, wanted: str, now: datetime | None = None) -> QuerySet:
    """Activities of one health."""
    if wanted in BY_THE_RULE:
        return rows.filter(pk__in=keys(rows.order_by(), wanted, now))
    followed, known = Q(state__in=FOLLOWED), Conditions.on(todays(now))
    match wanted:
        case "late":
            return rows.filter(followed, known.late)
        case "unknown":
            return rows.filter(followed, known.unknown)
        case "over":
            return rows.exclude(followed)
    return rows.none()


def keys(rows: QuerySet, wanted: str, now: datetime | None = None) -> list[int]:
    """Keys, in the order of the rows, of a health that only the rule itself tells; one query."""
    on = todays(now)
    known = Conditions.on(on)
    rows = rows.filter(~known.unknown, ~known.late, state__in=FOLLOWED)
    if wanted == AT_RISK:
        rows = rows.filter(known.soon)
    # Where nothing is near none is at risk, and its milestones need not be read.
    soon = Case(When(known.soon, then=Value(True)), default=Value(False))
    steps = Case(When(known.soon, then=milestones()), default=None)
    found = []
    for pk, year, kind, state, start, due, is_soon, gathered in rows.values_list(
        "pk", "plan__year", "plan__year_kind", "state", "start", "due", soon, steps
    ):
        code = ON_TRACK
        if is_soon:
            near = Step.read(gathered)
            plan = WorkPlan(year=year, year_kind=kind)
            code = health(state, due, near, *span(plan, start, due, near), on)
        if code == wanted:
            found.append(pk)
    return found


def shown(code: str) -> SafeString:
    """Health in words and in a shape of its own, so that it is not told by colour alone."""
    return format_html('<span class="health health-{}">{}</span>', code.replace("_", "-"), NAMES[code])
