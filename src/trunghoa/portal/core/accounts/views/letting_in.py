"""Links that come by e-mail: a new password, an invitation. No answer tells whether an address is known."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import invitations, sessions, tasks, throttle
from ..forms import AcceptForm, NewPassword, ResetForm
from ..models import Invitation, User
from .signing import GET_OR_POST


@login_not_required
@never_cache
@require_http_methods(GET_OR_POST)
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password; the worker finds out whether anybody has the address."""
    form = ResetForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "accounts/reset.html", {"form": form}, status=422 if request.method == "POST" else 200
        )
    email = form.cleaned_data["email"].lower()
    if answer := throttle.paused(request, f"reset:{email}"):
        return answer
    # Each request counts as an attempt, or a mailbox could be filled from here.
    throttle.count(request, f"reset:{email}")
    with transaction.atomic():
        tasks.send_reset.enqueue(email, request.build_absolute_uri("/"))
    messages.success(
        request,
        _("If somebody has an account with this address, a link is on its way. Look into the mailbox."),
    )
    return redirect("login")


@method_decorator(login_not_required, name="dispatch")
class ResetConfirm(PasswordResetConfirmView):
    """Set a new password; every sign-in that stood ends."""

    template_name = "accounts/reset_confirm.html"
    form_class: Any = NewPassword

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.save()
        sessions.end_all(user)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        messages.success(self.request, _("Your password is changed. Sign in with it."))
        return redirect("login")


@login_not_required
@sensitive_post_parameters()
@never_cache
@require_http_methods(GET_OR_POST)
def invitation(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """An invited person sets name, password and language."""
    row = invitations.found(pk, secret)
    if row is None:
        return _unusable(request)
    person = User(username=row.email, email=row.email)
    form = AcceptForm(person, request.POST or None, initial={"language": row.language})
    if request.method != "POST" or not form.is_valid():
        return _acceptance(request, row, form)
    data = form.cleaned_data
    made = invitations.accept(
        pk, secret, data["first_name"], data["last_name"], data["language"], data["new_password1"]
    )
    if made is None:
        return _unusable(request)
    with translation.override(made.language):
        messages.success(request, _("Your account is made. Sign in with your e-mail address."))
        return redirect("login")


def _acceptance(request: HttpRequest, row: Invitation, form: Any) -> HttpResponse:
    context = {"form": form, "invitation": row}
    return render(request, "accounts/accept.html", context, status=422 if form.is_bound else 200)


def _unusable(request: HttpRequest) -> HttpResponse:
    """Used, revoked, expired, mistyped: the same page, so that nothing can be learnt from it."""
    return render(request, "accounts/unusable.html", status=404)
