"""What the host's law asks before units go abroad: an approval after issuance, and a cap by project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger.models import Posting, Series
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import InputError, ParameterError

from . import authorising
from .models import Order, Project, TransferApproval
from .tasks import limits
from .words import PARTY

HOST = PARTY["VN"]


def goes_abroad(order: Order) -> bool:
    """Out of the host's registry to an account of another party."""
    return (
        order.kind == Order.Kind.TRANSFER
        and order.source is not None
        and order.target is not None
        and order.source.account.party == HOST
        and order.target.account.party != HOST
    )


def hindrances(order: Order) -> list[str]:
    found = [said] if goes_abroad(order) and (said := _refusal(order)) else []
    return [*found, *authorising.hindrances(order)]


def parts_of(order: Order) -> list[authorising.Part]:
    """Units that are first transferred by this order get the mark of it, once; the others move beside."""
    return authorising.parts(order, goes_abroad(order))


def check_of(order: Order) -> Callable[[], str] | None:
    """Asked again when the accounts are locked: many small transfers at once do not pass the cap together."""
    return (lambda: _refusal(order, lock=True)) if goes_abroad(order) else None


def _refusal(order: Order, *, lock: bool = False) -> str:
    wanted: dict[int, int] = {}
    projects = _projects(order, lock)
    for series, first, last in order.units:
        project = projects.get(series)
        if project is None:
            return _("The units are of no project on record: they cannot be transferred abroad.")
        wanted[project.pk] = wanted.get(project.pk, 0) + last - first + 1
    known = {project.pk: project for project in projects.values()}
    said = [refusal(known[pk], quantity, days.today("VN")) for pk, quantity in wanted.items()]
    return " ".join(text for text in said if text)


def _projects(order: Order, lock: bool) -> dict[int, Project]:
    """By series; locked in the order of their keys where what they say has to hold until commit."""
    rows = Series.objects.in_bulk([series for series, _first, _last in order.units])
    wanted = {pk: row.attributes.get("project") for pk, row in rows.items()}
    known = Project.objects.filter(pk__in={pk for pk in wanted.values() if pk}).order_by("pk")
    found = {row.pk: row for row in (known.select_for_update() if lock else known)}
    return {series: found[pk] for series, pk in wanted.items() if pk in found}


def refusal(project: Project, quantity: int, day: date) -> str:
    """Why so many more units of a project may not go abroad; nothing where they may."""
    if not project.cap_class:
        return _(
            "The class of the transfer cap of %(project)s is not set: an officer sets it with its basis."
        ) % {"project": project}
    issued, gone = amounts(project)
    try:
        limits.check(limits.cap(issued, gone, "VN", project.cap_class, day), quantity)
    except (InputError, ParameterError) as error:
        problems = getattr(error, "problems", [error])
        return " ".join(str(problem) for problem in problems)
    if limits.needs_approval("VN", day) and quantity > (left := approved(project)):
        return _(
            "The transfer approvals of %(project)s that hold today leave %(left)s units; %(quantity)s are "
            "asked for. The ministry approves transfers after issuance (Decree 112/2026, art. 5)."
        ) % {"project": project, "left": left, "quantity": quantity}
    return ""


def approved(project: Project) -> int:
    """Units that the approvals in force still leave."""
    now = timezone.now()
    return sum(left for approval, left in remaining(project) if approval.stands_at(now))


def remaining(project: Project) -> list[tuple[TransferApproval, int]]:
    """Each approval of a project with what is left of it: transfers use up those that end first."""
    approvals = list(project.approvals.exclude(approved_at=None).order_by("until", "approved_at"))
    left = {row.pk: row.quantity for row in approvals}
    for at, quantity in _transfers(project):
        for row in approvals:
            if row.stands_at(at):
                taken = min(quantity, left[row.pk])
                left[row.pk] -= taken
                quantity -= taken
    return [(row, left[row.pk]) for row in approvals]


def _transfers(project: Project) -> Iterable[tuple[datetime, int]]:
    """Transfers out of the host that stand, in order."""
    rows = _standing(project).filter(transaction__kind="transfer").order_by("pk")
    leaving = set(rows.filter(account__party=HOST, delta__lt=0).values_list("transaction", flat=True))
    abroad = rows.filter(transaction__in=leaving, delta__gt=0).exclude(account__party=HOST)
    return abroad.values_list("transaction__at", "delta")


def _standing(project: Project) -> Any:
    series = [row.pk for row in Series.objects.filter(attributes__project=project.pk)]
    return Posting.objects.filter(series__in=series, transaction__reverses=None, transaction__reversal=None)


def amounts(project: Project) -> tuple[int, int]:
    """Units of a project that were issued, and of them those that were ever abroad, each once."""
    rows = _standing(project)
    issued = rows.filter(transaction__kind="issue", delta__gt=0).aggregate(n=Sum("delta"))["n"] or 0
    foreign = rows.filter(delta__gt=0, transaction__kind__in=("issue", "transfer")).exclude(
        account__party=HOST
    )
    spans = foreign.order_by("series", "first").values_list("series", "first", "last")
    return int(issued), covered(spans)


def covered(spans: Iterable[tuple[int, int, int]]) -> int:
    """How many numbers stand in any of the spans, which come by series and first number."""
    total, reach = 0, (0, 0)
    for series, first, last in spans:
        start = max(first, reach[1] + 1) if reach[0] == series else first
        total += max(0, last - start + 1)
        reach = (series, max(last, reach[1]) if reach[0] == series else last)
    return total
