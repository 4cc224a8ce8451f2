"""The API's second way in: ``Authorization: Bearer``, beside the session of a browser."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from . import rules, tokens
from .models import ApiToken

READING = ("GET", "HEAD", "OPTIONS")


class TokenAuth(HttpBearer):
    """Acts as the token's own user, so that what is visible to its organisation is visible to it."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        found = tokens.check(token)
        if found is None:
            raise AuthenticationError
        if request.method not in READING:
            if found.scope != ApiToken.Scope.WRITE:
                raise HttpError(403, _("This token only reads. Ask its organisation for one that writes."))
            if not rules.organisation_stands(found.user):
                raise HttpError(403, _("Your organisation no longer exists; it reads but does not write."))
        request.user = found.user
        return found


class TokenThrottle(SimpleRateThrottle):
    """So many requests a minute for each token."""

    def __init__(self) -> None:
        super().__init__(settings.API_TOKEN_RATE)

    def get_cache_key(self, request: HttpRequest) -> str | None:
        token: Any = getattr(request, "auth", None)
        return f"token-{token.pk}" if isinstance(token, ApiToken) else None
