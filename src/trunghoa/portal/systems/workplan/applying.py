"""Take over what a checked workbook says: all of it, or nothing."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.workflow import moves

from .carrying import next_ref
from .models import Activity, WorkPlan
from .reading import Change, Reading
from .sheets import PARTS


@transaction.atomic
def apply(reading: Reading) -> int:
    """Write every change; one edit per activity, so that its revision grows once. Returns how many rows.

    Raises
    ------
    Stale
        when somebody changed one of the activities meanwhile; nothing is written then.
    """
    by_ref: dict[str, list[Change]] = {}
    for change in reading.changes:
        by_ref.setdefault(change.ref, []).append(change)
    for ref, changes in by_ref.items():
        activity = reading.content.activities.get(ref)
        if activity is None:
            made = _create(reading.plan, changes, reading.user)
            moves.began(made)
            continue
        moves.edit(
            activity,
            reading.user,
            revision=reading.revisions[ref],
            change=partial(_write_all, changes),
        )
    return len(reading.changes)


def _create(plan: WorkPlan, changes: list[Change], by: User) -> Activity:
    first = next(change for change in changes if change.sheet == "activities")
    given = _given(first)
    activity = Activity.objects.create(
        ref=next_ref(plan, given["system"]), state="draft", drafted_at=by.side, drafted_by=by,
        **{**given, "plan": plan},
    )  # fmt: skip
    for change in changes:
        if change is not first:
            _write(activity, change)
    return activity


def _given(change: Change) -> dict[str, Any]:
    if change.form is None:
        raise ValueError(_("The row was not checked."))
    return change.form.attributes()


def _write_all(changes: list[Change], held: Activity) -> None:
    for change in changes:
        _write(held, change)


def _write(held: Activity, change: Change) -> None:
    if change.sheet == "activities":
        for name, value in _given(change).items():
            setattr(held, name, value)
        return
    rows = PARTS[change.sheet]._default_manager
    if not change.key:
        rows.create(activity=held, **_given(change))
        return
    row = rows.select_for_update().get(pk=int(change.key), activity=held)
    if change.removes:
        row.delete()
        return
    for name, value in _given(change).items():
        setattr(row, name, value)
    row.save()
