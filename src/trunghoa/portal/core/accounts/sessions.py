"""Sign-ins: each is on record, an officer's ends after half an hour of rest, and each can be ended."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import User, UserSession
from .people import person
from .rules import needs_second_factor

SEEN = "seen"
# How often a request is written down; the page itself asks the database nothing.
EVERY = 60  # seconds


def end_all(user: User, besides: str | None = None) -> int:
    """End the user's sign-ins, but the one with the key ``besides``; returns how many."""
    rows = list(user.sessions.exclude(session_key=besides or ""))
    for row in rows:
        row.delete()
    return len(rows)


@receiver(user_logged_in)
def began(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    if not request.session.session_key:
        request.session.create()
    request.session[SEEN] = int(time.time())
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "address": request.META.get("REMOTE_ADDR") or None,
            "browser": request.headers.get("User-Agent", "")[:300],
            "seen_on": timezone.now(),
        },
    )


@receiver(pre_save, sender=User)
def remember(sender: Any, instance: User, **more: Any) -> None:
    """What stood before, to see whether the person's rights change."""
    stood = User.objects.filter(pk=instance.pk).values_list("role", "organisation_id", "is_active").first()
    instance._rights = stood


@receiver(post_save, sender=User)
def end_when_rights_change(sender: Any, instance: User, created: bool, **more: Any) -> None:
    stood = getattr(instance, "_rights", None)
    if stood and stood != (instance.role, instance.organisation_id, instance.is_active):
        end_all(instance)


class Sessions:
    """Ends an officer's session that rested too long, and notes once a minute that a session is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._look(request)
        return self.get_response(request)

    def _look(self, request: HttpRequest) -> None:
        now, seen = int(time.time()), request.session.get(SEEN, 0)
        if needs_second_factor(person(request)) and seen and now - seen > settings.OFFICER_IDLE_MINUTES * 60:
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            logout(request)
            messages.info(request, _("You were signed out because nothing was done for a while."))
            return
        # A page that asks by itself for progress is not a person at work.
        polling = request.method == "GET" and request.headers.get("HX-Request")
        if now - seen > EVERY and not polling:
            request.session[SEEN] = now
            UserSession.objects.filter(session_key=request.session.session_key).update(
                seen_on=timezone.now(), address=request.META.get("REMOTE_ADDR") or None
            )
