"""What a point of the agenda is about, as it stands now."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.record.templatetags import numbers
from trunghoa.portal.core.workflow import machine as machines

from .agenda import late_activities
from .machines.proposals import visible
from .models.meetings import AgendaItem
from .models.plan import Activity
from .models.proposals import Proposal
from .rules import visible_activities

# A system's point shows so many of what is late; the lists of the room hold the rest.
MOST = 20


@dataclass(frozen=True)
class Subject:
    """A point with its live state; ``late`` says in words how late, if it is."""

    item: AgendaItem
    title: str
    url: str = ""
    state: str = ""
    late: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    # (label, address, how late) of what is overdue in a system.
    overdue: list[tuple[str, str, str]] = field(default_factory=list)


def subject_of(item: AgendaItem, user: User, lang: str) -> Subject:
    """The point as this person may see it."""
    if item.proposal is not None:
        return _of_proposal(item, item.proposal, user, lang)
    if item.activity is not None:
        return _of_activity(item, item.activity, user, lang)
    title = item.title(lang)
    if item.system_id is None:
        return Subject(item, title)
    return Subject(item, title, overdue=_late_in(item.system_id, user, lang))


def _hidden(item: AgendaItem) -> Subject:
    return Subject(item, _("A point about something that is not open to you"))


def _of_proposal(item: AgendaItem, proposal: Proposal, user: User, lang: str) -> Subject:
    if not Proposal.objects.filter(visible(user), pk=proposal.pk).exists():
        return _hidden(item)
    owes = proposal.unit.name(lang) if proposal.unit else proposal.get_to_side_display()
    return Subject(
        item,
        item.title(lang),
        proposal.get_absolute_url(),
        _state(proposal),
        days_late(proposal.days_late()),
        [(_("Answer owed by"), owes), (_("Due"), numbers.day(proposal.due))],
    )


def _of_activity(item: AgendaItem, activity: Activity, user: User, lang: str) -> Subject:
    if not Activity.objects.filter(visible_activities(user), pk=activity.pk).exists():
        return _hidden(item)
    late = late_activities(Activity.objects.filter(pk=activity.pk)).exists()
    return Subject(
        item,
        item.title(lang),
        activity.get_absolute_url(),
        _state(activity),
        _("late") if late else "",
        [(_("Plan"), str(activity.plan.year)), (_("Due"), numbers.day(activity.due))],
    )


def _late_in(system: str, user: User, lang: str) -> list[tuple[str, str, str]]:
    proposals = Proposal.objects.filter(visible(user), system=system).overdue().order_by("due")[:MOST]
    found = [(p.label(lang), p.get_absolute_url(), days_late(p.days_late())) for p in proposals]
    rows = late_activities(Activity.objects.filter(visible_activities(user), system=system))
    return found + [
        (a.label(lang), a.get_absolute_url(), _("late")) for a in rows.order_by("due", "rank")[:MOST]
    ]


def days_late(days: int) -> str:
    words = ngettext("%(n)s day late", "%(n)s days late", days)
    return words % {"n": numbers.number(days)} if days else ""


def _state(thing: Proposal | Activity) -> str:
    return _(machines.of(thing).state(thing.state).label)
