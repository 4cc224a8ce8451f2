"""Signing in and out, attempts that failed, and lockouts are entries too."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from .chain import record


def connect() -> None:
    uid = "audit"
    user_logged_in.connect(signed_in, dispatch_uid=uid)
    user_logged_out.connect(signed_out, dispatch_uid=uid)
    user_login_failed.connect(failed, dispatch_uid=uid)
    user_locked_out.connect(locked_out, dispatch_uid=uid)


def _enter(verb: str, user: Any, *, by: Any = None, **after: str) -> None:
    record(
        verb,
        object_type=get_user_model()._meta.label_lower,
        object_id=str(user.pk) if user is not None else "",
        label=user.get_username() if user is not None else "",
        after=after or None,
        actor_id=by.pk if by is not None else None,
    )


def signed_in(sender: Any, user: Any, request: Any = None, **more: Any) -> None:
    _enter("signed_in", user, by=user)


def signed_out(sender: Any, user: Any, request: Any = None, **more: Any) -> None:
    if user is not None:
        _enter("signed_out", user, by=user)


def failed(sender: Any, credentials: dict[str, Any], request: Any = None, **more: Any) -> None:
    _enter("sign_in_failed", _known(credentials.get("username")))


def locked_out(sender: Any, username: str | None = None, **more: Any) -> None:
    _enter("locked_out", _known(username))


def _known(username: Any) -> Any:
    """The person meant; a name nobody has is not kept, for people type passwords into the wrong field."""
    users: Any = get_user_model()
    return users._default_manager.filter(**{users.USERNAME_FIELD: str(username or "")}).first()
