"""What waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q

from trunghoa.portal.core.accounts.models import Side, User

from . import days
from . import machine as machines
from .machine import Machine
from .models import Waiting

LISTS = ("me", "organisation", "vn", "jp")


@dataclass(frozen=True)
class Task:
    """One object that waits."""

    row: Waiting
    machine: Machine
    object: Any

    @property
    def days_over(self) -> int:
        """Days past the due date on the calendar of the side that owes; 0 or less when in time."""
        owing = self.row.organisation.side if self.row.organisation else self.row.side
        return (days.today(owing) - self.row.due).days if self.row.due else 0

    @property
    def overdue(self) -> bool:
        return self.days_over > 0


def condition(user: User, which: str) -> Q:
    """Rows of one of the lists; a side's list holds what its organisations owe too."""
    match which:
        case "me":
            return Q(person=user)
        case "organisation":
            return Q(organisation=user.organisation_id) if user.organisation_id else Q(pk__in=[])
        case "vn":
            return Q(side=Side.VN) | Q(organisation__side=Side.VN)
        case "jp":
            return Q(side=Side.JP) | Q(organisation__side=Side.JP)
    raise ValueError(which)


def tasks(user: User, rows: Iterable[Waiting]) -> list[Task]:
    """The rows with their objects, without what the person may not see; what is due first comes first."""
    by_machine: dict[str, list[Waiting]] = {}
    for row in rows:
        by_machine.setdefault(row.machine, []).append(row)
    found = []
    for name, waiting in by_machine.items():
        machine = machines.get(name)
        if machine is None:
            continue
        model = apps.get_model(machine.model)
        keys = {row.object_id for row in waiting}
        objects = {o.pk: o for o in model._base_manager.filter(machine.visible(user), pk__in=keys)}
        found += [Task(row, machine, objects[row.object_id]) for row in waiting if row.object_id in objects]
    return sorted(found, key=lambda t: (t.row.due or date.max, t.row.since))


def waiting_for(user: User, which: str) -> list[Task]:
    rows = Waiting.objects.filter(condition(user, which)).select_related("organisation", "person")
    return tasks(user, rows)
