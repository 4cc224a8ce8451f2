"""Days of the project cycle, by the dated rule of the Joint Committee."""

from __future__ import annotations

from datetime import date, timedelta

from .tasks.dated import parameters


def days_of(item: str, day: date) -> int:
    """How many days a step has, by the rule in force on a day."""
    return int(parameters().get("jcm_cycle", as_of=day, item=item).value)


def after(day: date, item: str) -> date:
    """The last day of a step that begins on a day."""
    return day + timedelta(days=days_of(item, day))
