"""Signing in: password, then the second factor of those who have one."""

import time
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import factors, throttle
from ..forms import CodeForm, PasskeyForm
from ..models import User

GET_OR_POST = ["GET", "HEAD", "POST"]
PENDING = "pending_sign_in"
# How long a right password waits for its second factor.
WAITS = 600  # seconds


def after(user: User, asked: str) -> str:
    """Where a person goes: to what was asked for, else to the systems in the person's own language."""
    if asked:
        return asked
    with override(user.language):
        return reverse(settings.LOGIN_REDIRECT_URL)


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """Name and password."""

    template_name = "accounts/login.html"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = cast(User, form.get_user())
        asked = self.get_redirect_url()
        if not factors.has(user):
            login(self.request, user)
            return HttpResponseRedirect(after(user, asked))
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            "since": int(time.time()),
            "next": asked,
        }
        return redirect("second_step")


def waiting(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["since"] > WAITS:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True).first()


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, a recovery code, or a passkey."""
    user = waiting(request)
    if user is None:
        messages.info(request, _("Sign in again; the first step was too long ago."))
        return redirect("login")
    if answer := throttle.paused(request, user.username):
        return answer
    if request.method != "POST":
        return _second_page(request, user, CodeForm())
    factor, form = _proof(request, user)
    if factor:
        return _signed_in(request, user, factor)
    throttle.failed(request, user.username)
    if answer := throttle.paused(request, user.username):
        return answer
    form.add_error(None, _("This code is not right or was used before. Take the next one and try again."))
    return _second_page(request, user, form if isinstance(form, CodeForm) else CodeForm(), form)


def _proof(request: HttpRequest, user: User) -> tuple[str, Any]:
    """Which factor was proved, if any, and the form it came in."""
    form: Any = PasskeyForm(request.POST) if "credential" in request.POST else CodeForm(request.POST)
    if not form.is_valid():
        return "", form
    if isinstance(form, PasskeyForm):
        return factors.check_passkey(user, form.cleaned_data["credential"]), form
    return factors.check_code(user, form.cleaned_data["code"]), form


def _signed_in(request: HttpRequest, user: User, factor: str) -> HttpResponse:
    pending = request.session.pop(PENDING)
    login(request, user, backend=pending["backend"])
    request.session[factors.PROVED] = factor
    return HttpResponseRedirect(after(user, pending["next"]))


def _second_page(request: HttpRequest, user: User, form: CodeForm, failed: Any = None) -> HttpResponse:
    context = {"form": form, "failed": failed, "challenge": factors.challenge(user)}
    return render(request, "accounts/second_step.html", context, status=422 if failed else 200)
