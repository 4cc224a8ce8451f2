"""Setting second factors up and taking them away."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from .. import factors, rules, throttle
from ..forms import CodeForm, Confirmed, PasskeyForm
from ..models import User
from ..people import person
from .signing import GET_OR_POST


class ConfirmedCode(CodeForm, Confirmed):
    field_order = ("password", "code")


class ConfirmedPasskey(PasskeyForm, Confirmed):
    field_order = ("password", "name")


@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Which second factors one has."""
    user = person(request)
    rows = factors.of(user)
    recovery = next((row for row in rows if row.type == factors.Type.RECOVERY_CODES), None)
    context = {
        "rows": [row for row in rows if row.type in factors.FIRST],
        "unused": len(recovery.wrap().get_unused_codes()) if recovery else 0,
        "compulsory": rules.needs_second_factor(user),
        "enforced": settings.MFA_COMPULSORY,
    }
    return render(request, "accounts/factors.html", context)


@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def totp(request: HttpRequest) -> HttpResponse:
    """An app on the telephone that shows a new code every half minute."""
    user = person(request)
    if answer := throttle.paused(request, user.username):
        return answer
    form = ConfirmedCode(user, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            codes = factors.confirm(request, user, form.cleaned_data["code"])
            if codes is not None:
                messages.success(request, _("The app is set up."))
                return show_codes(request, codes)
            form.add_error("code", _("This code is not right. Check the telephone's clock and try the next."))
        throttle.failed(request, user.username)
    secret = factors.new_secret(request)
    context = {
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": mark_safe(factors.qr_code(user, secret)),  # noqa: S308 - drawn here from the key
    }
    return render(request, "accounts/totp.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def passkey(request: HttpRequest) -> HttpResponse:
    """A key that the browser, the telephone or a stick keeps."""
    user = person(request)
    if answer := throttle.paused(request, user.username):
        return answer
    form = ConfirmedPasskey(user, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            data = form.cleaned_data
            had = factors.has(user)
            if factors.add_passkey(request, user, data["name"] or _("Passkey"), data["credential"]):
                messages.success(request, _("The passkey is set up."))
                if had:
                    return redirect("account:factors")
                return show_codes(request, factors.recovery_codes(user))
            form.add_error(None, _("The browser's answer did not fit. Try again."))
        throttle.failed(request, user.username)
    context = {"form": form, "options": as_data(factors.passkey_options(user))}
    return render(request, "accounts/passkey.html", context, status=422 if form.errors else 200)


def as_data(options: dict[str, Any]) -> Any:
    """fido2's objects as plain data."""
    return json.loads(json.dumps(options, default=dict))


@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones stop working."""
    user = person(request)
    if not factors.has(user):
        return redirect("account:factors")
    return _with_password(request, user, "accounts/codes_new.html", lambda: _new_codes(request, user))


def _new_codes(request: HttpRequest, user: User) -> HttpResponse:
    return show_codes(request, factors.recovery_codes(user, anew=True))


def show_codes(request: HttpRequest, found: list[str]) -> HttpResponse:
    """The codes in clear, once; they are not kept in any page or message."""
    return render(request, "accounts/codes.html", {"codes": found})


@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = person(request)

    def act() -> HttpResponse:
        keep_one = settings.MFA_COMPULSORY and rules.needs_second_factor(user)
        if factors.remove(user, pk, keep_one):
            messages.success(request, _("The second factor is removed."))
        else:
            messages.error(
                request,
                _("Your role needs one second factor at least. Add another, then remove this one."),
            )
        return redirect("account:factors")

    return _with_password(request, user, "accounts/remove.html", act)


def _with_password(request: HttpRequest, user: User, template: str, act: Any) -> HttpResponse:
    """A page that asks for the password before it acts."""
    if answer := throttle.paused(request, user.username):
        return answer
    form = Confirmed(user, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            return act()
        throttle.failed(request, user.username)
    return render(request, template, {"form": form}, status=422 if form.errors else 200)
