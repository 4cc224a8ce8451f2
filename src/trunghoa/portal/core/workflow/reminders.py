"""Reminders: at most one digest a day for each person, of what is due soon or late and theirs to do."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from trunghoa.portal.core.accounts.models import User

from . import days
from .models import Reminder
from .moves import side_of
from .tasks import Task, visible, with_objects

log = logging.getLogger(__name__)


@dataclass
class Sent:
    """What one run did: user names, by what became of their digest."""

    reminded: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def remind() -> Sent:
    """Send what is to be sent today; a second run of the same day sends what the first could not."""
    outcome = Sent()
    people = User.objects.filter(is_active=True, is_service=False).exclude(email="").order_by("pk")
    for person in people:
        day = days.today(side_of(person))
        tasks = urgent(person)
        if not tasks or not claim(person, day):
            continue
        try:
            send(person, tasks)
            outcome.reminded.append(person.username)
        except OSError as error:  # the mail server refused or is away
            log.warning("no reminder to %s: %s", person.username, error)
            give_back(person, day)
            outcome.failed.append(person.username)
    return outcome


def urgent(person: User) -> list[Task]:
    """What is late or due within REMIND_DAYS where it is owed, and this person's to do."""
    mine = Q(person=person)
    if person.organisation:
        mine |= Q(organisation=person.organisation) | Q(side=person.organisation.side)
    # The side's own calendar decides below; a day more lets no row fall between time zones.
    latest = timezone.now().date() + timedelta(days=settings.REMIND_DAYS + 1)
    rows = visible(person).filter(mine, due__lte=latest)
    return [
        task
        for task in with_objects(rows)
        if task.days_over >= -settings.REMIND_DAYS
        and (task.row.person_id == person.pk or task.may_act(person))
    ]


@transaction.atomic
def claim(person: User, day: date) -> bool:
    """Write down that today's digest goes out now; False when it has, or another run is sending it.

    It is written before the mail is sent: a crash between the two may cost a digest, which tomorrow's
    repeats, but never sends one twice.
    """
    Reminder.objects.get_or_create(person=person)
    row = Reminder.objects.select_for_update().get(person=person)
    if row.sent_for is not None and row.sent_for >= day:
        return False
    row.sent_for = day
    row.save()
    return True


@transaction.atomic
def give_back(person: User, day: date) -> None:
    """The mail did not leave: a later run of the day may try again."""
    row = Reminder.objects.select_for_update().get(person=person)
    if row.sent_for == day:
        row.sent_for = None
        row.save()


def send(person: User, tasks: list[Task]) -> None:
    subject, body = write(person, tasks)
    send_mail(subject, body, None, [person.email])


def write(person: User, tasks: list[Task]) -> tuple[str, str]:
    """Subject and text in the person's language."""
    with translation.override(person.language):
        lines = [
            {
                "task": task,
                "label": task.object.label(person.language),
                "url": settings.SITE_URL + task.object.get_absolute_url(),
            }
            for task in tasks
        ]
        context = {
            "late": [line for line in lines if line["task"].overdue],
            "soon": [line for line in lines if not line["task"].overdue],
            "count": len(tasks),
            "days": settings.REMIND_DAYS,
            "url": settings.SITE_URL + reverse("workflow:tasks"),
        }
        text = render_to_string("workflow/reminder.txt", context).strip()
    subject, _newline, body = text.partition("\n")
    return subject.strip(), body.strip() + "\n"
