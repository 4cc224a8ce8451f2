"""Lists that stand until something changes: the content is kept, what belongs to one person is not.

Every change moves the head of the audit chain, so a content kept under that hash can never be out of date. It
is rendered without the request: neither a form's token nor a name nor a message can get into it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.accounts.people import person
from trunghoa.portal.core.accounts.rules import reads_everything
from trunghoa.portal.core.audit import chain

CACHE = "standing"


@dataclass(frozen=True)
class Content:
    """What stands inside a page: a template that gets its context and nothing of the request."""

    template: str
    context: dict[str, Any]


View = Callable[..., HttpResponse | Content]


def reader_key(user: User) -> str:
    """The same for people who see the same: those who read everything share, others share with nobody."""
    return f"{user.role}:all" if reads_everything(user) else f"{user.role}:{user.pk}"


def standing(
    shell: str, *, part: str = "", reader: Callable[[User], str] = reader_key
) -> Callable[[View], Callable[..., HttpResponse]]:
    """Keep the :class:`Content` a list view gives; ``shell`` is the page around it, rendered for each reader.

    Anything else the view answers (a download, a refusal) passes through untouched. ``part`` is the element
    that a filter replaces in place: asked for it, the view gives that alone and no shell is put around it.
    ``reader`` says what of a reader the content depends on; what it says alike for two people is shared.
    """

    def decorator(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "format" in request.GET:
                return _plain(request, shell, view(request, *args, **kwargs))
            alone = bool(part) and asks_for(request, part)
            key = content_key(request, reader(person(request)), part if alone else "")
            tag = _etag(request, key)
            if tag in parse_etags(request.headers.get("If-None-Match", "")) and not _has_messages(request):
                return _private(HttpResponseNotModified(), tag, part)
            content = caches[CACHE].get(key)
            if content is None:
                answer = view(request, *args, **kwargs)
                if isinstance(answer, HttpResponse):
                    return answer
                content = render_to_string(answer.template, answer.context)
                # Inside a transaction that may yet be undone nothing is kept.
                if not connection.in_atomic_block:
                    caches[CACHE].set(key, str(content))
            if alone:
                return _private(HttpResponse(content), tag, part)
            messages = _has_messages(request)
            response = render(request, shell, {"content": _finished(content)})
            return response if messages else _private(response, tag, part)

        return page

    return decorator


def asks_for(request: HttpRequest, part: str) -> bool:
    """Does a filter ask for one element of the page, to put it in place?"""
    return request.headers.get("HX-Target") == part


def _plain(request: HttpRequest, shell: str, answer: HttpResponse | Content) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    content = render_to_string(answer.template, answer.context)
    return render(request, shell, {"content": content})


def _finished(content: str) -> SafeString:
    return mark_safe(content)  # noqa: S308 - rendered by a template above


def content_key(request: HttpRequest, reader: str, part: str) -> str:
    """What the content depends on: the record, the days, the words, the address and the reader's view."""
    _, head = chain.head()
    parts = [head, edition(), get_language() or "", *days(), request.get_full_path(), reader, part]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def days() -> list[str]:
    """What day it is here and on each side's calendar: what is late changes at every midnight."""
    now = timezone.now()
    zones = (settings.TIME_ZONE, *settings.SIDE_TIME_ZONES.values())
    return [now.astimezone(ZoneInfo(zone)).date().isoformat() for zone in zones]


@cache
def edition() -> str:
    """Changes with the program's files, so that a page of an older version is not taken for today's."""
    files = (p for p in Path(settings.PACKAGE).rglob("*") if p.suffix in (".py", ".html", ".mo"))
    newest = max(p.stat().st_mtime_ns for p in files)
    return f"{newest:x}"


def _etag(request: HttpRequest, key: str) -> str:
    """The page as this reader has it: its form's token belongs to the cookie it was made for."""
    mine = f"{key}\n{person(request).pk}\n{request.COOKIES.get(settings.CSRF_COOKIE_NAME, '')}"
    return f'"{hashlib.sha256(mine.encode()).hexdigest()[:32]}"'


def _has_messages(request: HttpRequest) -> bool:
    return len(get_messages(request)) > 0


def _private(response: HttpResponse, tag: str, part: str) -> HttpResponse:
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    if part:
        # A browser that goes back must not take the part for the page.
        patch_vary_headers(response, ["HX-Target"])
    return response
