"""What stands between a sign-in and the portal: a second factor, and an organisation that still exists."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from . import rules
from .factors import PROVED
from .people import person

# Open to an officer who has yet to set a second factor up.
SETTING_UP = {
    "alive", "login", "second_step", "logout",
    "account:factors", "account:totp", "account:passkey", "account:codes",
}  # fmt: skip
READING = ("GET", "HEAD", "OPTIONS")


class Gate:
    """Officers without a second factor are led to its set-up; a dissolved organisation does not write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if lacks_second_factor(request) and name not in SETTING_UP:
            return self._set_up_first(request)
        own = name in SETTING_UP or name.startswith("account:")
        if request.method not in READING and not own and not rules.organisation_stands(user):
            return self._dissolved(request)
        return None

    def _set_up_first(self, request: HttpRequest) -> HttpResponse:
        reason = _("Your role needs a second factor. Set one up before you go on.")
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": reason}, status=403)
        messages.warning(request, reason)
        return redirect("account:factors")

    def _dissolved(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            reason = _("Your organisation no longer exists; it reads but does not write.")
            return JsonResponse({"detail": reason}, status=403)
        return render(request, "accounts/dissolved.html", status=403)


def lacks_second_factor(request: HttpRequest) -> bool:
    """Was this session begun without the second factor that its person must have?"""
    return (
        settings.MFA_COMPULSORY
        and rules.needs_second_factor(person(request))
        and not request.session.get(PROVED)
    )
