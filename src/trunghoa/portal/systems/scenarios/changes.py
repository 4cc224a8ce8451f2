"""Changing a scenario: nobody overwrites what they have not seen, and nothing that cannot be run is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.workflow import moves
from trunghoa.quantities import Problem

from . import tasks
from .models import Edit, PathwayModel, Scenario


@dataclass(frozen=True)
class Difference:
    """A field that somebody else changed meanwhile: what stands and what was typed here."""

    label: str
    stored: str
    typed: str


def commit(scenario: Scenario, by: User, revision: int, apply: Callable[[Scenario], Any]) -> list[Problem]:
    """Apply a change to the revision its writer saw; what the kernel would refuse is taken back and returned.

    Raises
    ------
    Stale
        when somebody else was first.
    """

    def change(held: Scenario) -> None:
        apply(held)
        held.changed_by = by
        held.from_workspace = False

    with transaction.atomic():
        moves.edit(scenario, by, revision=revision, change=change)
        fresh = Scenario.objects.select_related("model").get(pk=scenario.pk)
        problems = tasks.problems_of(fresh)
        if problems:
            transaction.set_rollback(True)
    return problems


def put_edits(scenario: Scenario, rows: list[dict[str, Any]], by: User) -> None:
    """Add edits; an earlier edit of the same record stays and comes back when this one is undone."""
    made = [Edit(scenario=scenario, by=by, **row) for row in rows]
    bulk.create(Edit.objects, made, about=scenario)


def undo(edit: Edit, by: User) -> None:
    bulk.update(Edit.objects.filter(pk=edit.pk), undone_by=by, undone_on=timezone.now())


def free_code(wanted: str) -> str:
    """An address that no scenario has yet."""
    stem = slugify(wanted)[:48].strip("-") or "scenario"
    taken = set(Scenario.objects.filter(code__startswith=stem).values_list("code", flat=True))
    if stem not in taken and stem not in RESERVED:
        return stem
    return next(f"{stem}-{n}" for n in range(2, 10_000) if f"{stem}-{n}" not in taken)


def free_model_code(wanted: str) -> str:
    """A code that no model has yet."""
    taken = set(PathwayModel.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for code in (wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))) if code not in taken)


# What stands in the place of a scenario's code in the addresses.
RESERVED = frozenset({"new", "compare", "models"})


@transaction.atomic
def fork(scenario: Scenario, by: User) -> Scenario:
    """A scenario of one's own that begins where another stands, with its levers and its standing edits."""
    from .description import standing_edits

    copy = Scenario.objects.create(
        code=free_code(f"{scenario.code}-{by.organisation.code if by.organisation else by.username}"),
        state="own",
        model=scenario.model,
        parent=scenario,
        owner=by.organisation,
        created_by=by,
        changed_by=by,
        levers=scenario.levers,
        settings=scenario.settings,
        analysis=scenario.analysis,
        choices=scenario.choices,
        quality=scenario.quality,
        source=scenario.source,
        last_run=scenario.shown_run,
        shown_run=scenario.shown_run,
        **{
            f"{stem}_{lang}": getattr(scenario, f"{stem}_{lang}")
            for stem in ("title", "description")
            for lang in ("vi", "ja", "en")
        },
    )
    if scenario.shown_run is not None:
        copy.runs.add(scenario.shown_run)
    kept = ("table", "keys", "bound", "year", "value", "quality", "source")
    put_edits(copy, [{name: getattr(e, name) for name in kept} for e in standing_edits(scenario)], by)
    moves.began(copy)
    return copy
