"""One's own account: name, language, password, sign-ins."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import factors, rules, sessions, throttle
from ..forms import PasswordForm, ProfileForm
from ..models import User, UserSession
from ..people import person
from .signing import GET_OR_POST


@never_cache
@require_http_methods(GET_OR_POST)
def profile(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=person(request).pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Saved."))
            return redirect("account:profile")
    context = {
        "form": form,
        "organisation_stands": rules.stands(user.organisation),
        "factors": [f for f in factors.of(user) if f.type in factors.FIRST],
        "compulsory": rules.needs_second_factor(user),
        "sessions": user.sessions.count(),
        "role": user.get_role_display(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def password(request: HttpRequest) -> HttpResponse:
    """A new password ends every other sign-in."""
    user = person(request)
    if answer := throttle.paused(request, user.username):
        return answer
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            form.save()
            update_session_auth_hash(request, user)
            keep_this(request, user)
            messages.success(request, _("Your password is changed; your other sign-ins have ended."))
            return redirect("account:profile")
        if "password" in form.errors:
            throttle.failed(request, user.username)
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


def keep_this(request: HttpRequest, user: User) -> None:
    """End every other sign-in; this one has a new key since the password changed."""
    from django.utils import timezone

    key = request.session.session_key
    sessions.end_all(user, besides=key)
    UserSession.objects.get_or_create(
        session_key=key,
        defaults={
            "user": user,
            "seen_on": timezone.now(),
            "address": request.META.get("REMOTE_ADDR") or None,
            "browser": request.headers.get("User-Agent", "")[:300],
        },
    )


@never_cache
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    rows: list[dict[str, Any]] = [
        {"row": row, "current": row.session_key == request.session.session_key}
        for row in person(request).sessions.all()
    ]
    return render(request, "accounts/sessions.html", {"rows": rows})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one sign-in of one's own."""
    row = get_object_or_404(UserSession, pk=pk, user=person(request))
    row.delete()
    messages.success(request, _("That sign-in has ended."))
    return redirect("account:sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    sessions.end_all(person(request), besides=request.session.session_key)
    messages.success(request, _("All your other sign-ins have ended."))
    return redirect("account:sessions")
