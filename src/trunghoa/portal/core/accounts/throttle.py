"""Too many attempts pause further ones, whatever was guessed at: password, code or address."""

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse


def paused(request: HttpRequest, name: str) -> HttpResponse | None:
    """The page that says so, when ``name`` was tried too often from the reader's address."""
    credentials = {"username": name}
    if AxesProxyHandler.is_allowed(request, credentials):
        return None
    return get_lockout_response(request, credentials=credentials)


def failed(request: HttpRequest, name: str) -> None:
    """Count a wrong password, code or passkey of somebody who signs in."""
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=request)


def count(request: HttpRequest, name: str) -> None:
    """Count an attempt that is no failure to sign in."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": name}, request=request)
