"""What waits for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import ngettext

from trunghoa.portal.core.accounts.models import Side, User
from trunghoa.portal.core.accounts.rules import is_officer, may_write
from trunghoa.portal.core.record.templatetags import numbers

from . import days, moves
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
        return (days.today(self.row.owing_side) - self.row.due).days if self.row.due else 0

    @property
    def overdue(self) -> bool:
        return self.days_over > 0

    @property
    def late(self) -> str:
        """How late, in words."""
        n = self.days_over
        return ngettext("%(n)s day late", "%(n)s days late", n) % {"n": numbers.number(n)}

    def may_act(self, user: User) -> bool:
        """Whether one of the moves out of the present state is this person's."""
        return any(moves.may(self.object, transition, user) for transition in self.machine.transitions)


def lists_for(user: User) -> tuple[str, ...]:
    """The lists in the order in which they concern this person: one's own side before the other."""
    return ("me", "organisation", "jp", "vn") if user.side == Side.JP else LISTS


def signature_of(user: User) -> Q:
    """Rows that wait for a signature of the person's side, if they may give it: officers sign for a side."""
    wanted = Q(pk__in=[])
    if not (may_write & is_officer)(user):
        return wanted
    for machine in machines.all_machines():
        states = {code for t in machine.transitions if t.both_sides for code in t.sources}
        wanted |= Q(machine=machine.name, state__in=states)
    return Q(side=user.side) & wanted


def condition(user: User, which: str) -> Q:
    """Rows of one of the lists; a side's list holds what its organisations owe too."""
    match which:
        case "me":
            return Q(person=user) | signature_of(user)
        case "organisation":
            return Q(organisation=user.organisation_id) if user.organisation_id else Q(pk__in=[])
        case "vn":
            return Q(side=Side.VN) | Q(organisation__side=Side.VN)
        case "jp":
            return Q(side=Side.JP) | Q(organisation__side=Side.JP)
    raise ValueError(which)


def visible(user: User) -> QuerySet[Waiting]:
    """Rows whose object the person may see; what is due first comes first."""
    seen = Q(pk__in=[])
    for machine in machines.all_machines():
        objects = apps.get_model(machine.model)._base_manager.filter(machine.visible(user))
        seen |= Q(machine=machine.name, object_id__in=objects.values("pk"))
    rows = Waiting.objects.filter(seen).select_related("organisation", "person__organisation")
    return rows.order_by(F("due").asc(nulls_last=True), "since", "pk")


def with_objects(rows: Iterable[Waiting]) -> list[Task]:
    """The rows with what they are about, in their order, with one query for each kind of object."""
    rows = list(rows)
    objects: dict[tuple[str, int], Any] = {}
    for name in {row.machine for row in rows}:
        machine = machines.get(name)
        if machine is not None:
            keys = {row.object_id for row in rows if row.machine == name}
            found = apps.get_model(machine.model)._base_manager.in_bulk(keys)
            objects.update({(name, key): obj for key, obj in found.items()})
    return [
        Task(row, machines.of(obj), obj)
        for row in rows
        if (obj := objects.get((row.machine, row.object_id))) is not None
    ]


def waiting_for(user: User, which: str) -> QuerySet[Waiting]:
    return visible(user).filter(condition(user, which))


def counts(user: User) -> dict[str, int]:
    """How long each list is."""
    # A sum that bears the name of a field would stand in its place in the conditions after it.
    wanted = {f"n_{which}": Count("pk", filter=condition(user, which)) for which in LISTS}
    found = visible(user).order_by().aggregate(**wanted)
    return {which: found[f"n_{which}"] for which in LISTS}
