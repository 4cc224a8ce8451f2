"""What a meeting should speak about: proposed from what is late, unsigned or waiting for an answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import days
from trunghoa.portal.core.workflow.errors import Stale
from trunghoa.portal.core.workflow.moves import changed_meanwhile
from trunghoa.quantities import N_

from .machines import proposals
from .models.meetings import AgendaItem, Meeting
from .models.plan import Activity
from .models.proposals import DRAFT, OTHER_SIDE, Proposal
from .rules import visible_activities

# More of one kind than this nobody speaks about in one meeting; the lists of the room hold them all.
MOST = 50
OVERDUE, TO_ANSWER = N_("proposal overdue"), N_("proposal to be answered")
LATE, UNSIGNED = N_("activity late"), N_("activity not signed by both sides")
RUNNING = ("agreed", "in_progress")


@dataclass(frozen=True)
class Suggestion:
    """Something that is not on the agenda yet, and why it should be."""

    subject: Proposal | Activity
    reason: str

    @property
    def key(self) -> str:
        return f"{'proposal' if isinstance(self.subject, Proposal) else 'activity'}-{self.subject.pk}"

    @property
    def why(self) -> str:
        return _(self.reason)


def suggestions(meeting: Meeting, user: User, now: datetime | None = None) -> list[Suggestion]:
    """Overdue proposals, late activities, unsigned activities, proposals to answer; nothing twice."""
    taken = set(meeting.agenda.exclude(proposal=None).values_list("proposal_id", flat=True))
    busy = set(meeting.agenda.exclude(activity=None).values_list("activity_id", flat=True))
    open_ones = Proposal.objects.filter(proposals.visible(user)).exclude(state=DRAFT).exclude(pk__in=taken)
    overdue = list(open_ones.overdue(now).order_by("due")[:MOST])
    rest = open_ones.unanswered().exclude(pk__in=[p.pk for p in overdue]).order_by("due")[:MOST]
    plan_rows = Activity.objects.filter(visible_activities(user)).exclude(pk__in=busy)
    if meeting.plan_id:
        plan_rows = plan_rows.filter(plan=meeting.plan_id)
    late = list(late_activities(plan_rows, now).order_by("due", "rank")[:MOST])
    unsigned = plan_rows.filter(state="proposed").exclude(pk__in=[a.pk for a in late]).order_by("rank")[:MOST]
    return [
        *_because(OVERDUE, overdue),
        *_because(LATE, late),
        *_because(UNSIGNED, unsigned),
        *_because(TO_ANSWER, rest),
    ]


def _because(reason: str, rows: Iterable[Any]) -> Iterator[Suggestion]:
    return (Suggestion(row, reason) for row in rows)


def late_activities(rows: Any, now: datetime | None = None) -> Any:
    """Not finished although its own day, or that of an open milestone, is over where it is owed."""
    earliest = min(days.today(side, now) for side in OTHER_SIDE)
    late = Q(due__lt=earliest, owing="")
    step = Q(pk__in=[])
    for side in OTHER_SIDE:
        day = days.today(side, now)
        late |= Q(due__lt=day, owing=side)
        step |= Q(
            milestones__owing=side,
            milestones__due__lt=day,
            milestones__done_on__isnull=True,
            milestones__waived_reason="",
        )
    return rows.filter(state__in=RUNNING).filter(late | step).distinct()


@transaction.atomic
def put_on_agenda(meeting: Meeting, found: Iterable[Suggestion]) -> int:
    """Add suggestions at the end, in their order; what is on the agenda already stays once."""
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    count = 0
    for suggestion in found:
        field = suggestion.key.partition("-")[0]
        if not held.agenda.filter(**{field: suggestion.subject}).exists():
            append(held, **{field: suggestion.subject})
            count += 1
    if count:
        grown(held)
    return count


@transaction.atomic
def put_free(meeting: Meeting, **attributes: Any) -> AgendaItem:
    """One more point at the end, about what its title says."""
    held = Meeting.objects.select_for_update().get(pk=meeting.pk)
    item = append(held, **attributes)
    grown(held)
    return item


def append(held: Meeting, **attributes: Any) -> AgendaItem:
    last = held.agenda.aggregate(last=Max("order"))["last"]
    return AgendaItem.objects.create(meeting=held, order=(last or 0) + 1, **attributes)


@transaction.atomic
def shift(item: AgendaItem, step: int, revision: int) -> None:
    """One place up (-1) or down (+1), if the agenda is still the one that was read."""
    held = hold(item.meeting_id, revision)
    rows = list(held.agenda.order_by("order", "pk"))
    place = next(n for n, row in enumerate(rows) if row.pk == item.pk)
    target = min(max(place + step, 0), len(rows) - 1)
    rows.insert(target, rows.pop(place))
    renumber(rows)
    grown(held)


@transaction.atomic
def take_off(item: AgendaItem, revision: int) -> bool:
    """Take a point off the agenda; one on which something was decided stays."""
    held = hold(item.meeting_id, revision)
    if item.decisions.exists():
        return False
    item.delete()
    renumber(list(held.agenda.order_by("order", "pk")))
    grown(held)
    return True


def hold(pk: int, revision: int) -> Meeting:
    held = Meeting.objects.select_for_update().get(pk=pk)
    if held.revision != revision:
        raise Stale(changed_meanwhile())
    return held


def renumber(rows: list[AgendaItem]) -> None:
    for order, row in enumerate(rows, start=1):
        if row.order != order:
            row.order = order
            row.save(update_fields=["order"])


def grown(held: Meeting) -> None:
    held.revision += 1
    held.save(update_fields=["revision"])
