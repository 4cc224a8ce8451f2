"""The person behind a request."""

from typing import cast

from django.http import HttpRequest

from .models import User


def person(request: HttpRequest) -> User:
    """The signed-in user; the views that call this are behind the sign-in."""
    return cast(User, request.user)
