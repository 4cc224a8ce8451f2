"""Dates of a side: a deadline is over when the day is over where it is owed."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def today(side: str, now: datetime | None = None) -> date:
    """The date on a side's calendar at this moment."""
    return (now or timezone.now()).astimezone(_zone(side)).date()


def begin(side: str, day: date) -> datetime:
    """The moment at which a day begins on a side's calendar."""
    return datetime.combine(day, time.min, tzinfo=_zone(side))


def _zone(side: str) -> ZoneInfo:
    return ZoneInfo(settings.SIDE_TIME_ZONES.get(side, settings.TIME_ZONE))


def is_overdue(due: date | None, side: str, now: datetime | None = None) -> bool:
    return due is not None and today(side, now) > due
