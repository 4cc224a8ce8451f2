"""Each request gets a number, and everything it changes carries that number and its person."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .context import Context, entered


def audited(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; stands behind the one that signs people in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Never taken from the request: two requests must not claim the same number.
        number = secrets.token_hex(8)
        origin = "api" if request.path.startswith("/api/") else "web"
        with entered(Context(origin=origin, request_id=number, request=request)):
            response = get_response(request)
        response["X-Request-ID"] = number
        return response

    return middleware
