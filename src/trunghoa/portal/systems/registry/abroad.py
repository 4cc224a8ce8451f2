"""What the host's law asks before units go abroad: an approval after issuance, and a cap by project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from trunghoa.portal.core.ledger.models import Posting, Series
from trunghoa.portal.core.workflow import days
from trunghoa.quantities import InputError, ParameterError

from .models import Order, Project
from .tasks import limits
from .words import PARTY

HOST = PARTY["VN"]
MARK = "first_transfer"


def goes_abroad(order: Order) -> bool:
    """Out of the host's registry to an account of another party."""
    return (
        order.kind == Order.Kind.TRANSFER
        and order.source is not None
        and order.target is not None
        and order.source.account.party == HOST
        and order.target.account.party != HOST
    )


def mark_of(order: Order) -> str:
    """Units that leave the host for the first time get the mark of the first transfer, once."""
    return MARK if goes_abroad(order) else ""


def hindrances(order: Order) -> list[str]:
    return [said] if goes_abroad(order) and (said := _refusal(order)) else []


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
    return ""


def amounts(project: Project) -> tuple[int, int]:
    """Units of a project that were issued, and of them those that went abroad."""
    series = [row.pk for row in Series.objects.filter(attributes__project=project.pk)]
    rows = Posting.objects.filter(series__in=series, transaction__reverses=None, transaction__reversal=None)
    issued = rows.filter(transaction__kind="issue", delta__gt=0).aggregate(n=Sum("delta"))["n"] or 0
    foreign = rows.filter(delta__gt=0).exclude(account__party=HOST)
    # Issued to the partner's side, or transferred there from the host's.
    gone = foreign.filter(transaction__kind="issue").aggregate(n=Sum("delta"))["n"] or 0
    moved = foreign.filter(transaction__kind="transfer", transaction__mark=MARK)
    gone += moved.aggregate(n=Sum("delta"))["n"] or 0
    return int(issued), int(gone)
