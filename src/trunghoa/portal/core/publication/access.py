"""Who sees which reports."""

from __future__ import annotations

from typing import cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language

from trunghoa.portal.core.accounts.models import User

from .machine import visible as seen_by
from .models import Publication


def visible(request: HttpRequest) -> QuerySet[Publication]:
    """What this visitor may read: officers everything, everybody else what both sides published."""
    if request.user.is_authenticated:
        return Publication.objects.filter(seen_by(cast(User, request.user)))
    return Publication.objects.filter(state__in=Publication.PUBLIC)


def known_to(request: HttpRequest) -> QuerySet[Publication]:
    """What this visitor may know of: what they may read, and that a public report was withdrawn, and why."""
    was_public = Q(state=Publication.State.WITHDRAWN, published_at__isnull=False)
    readable = visible(request).values("pk")
    return Publication.objects.filter(Q(pk__in=readable) | was_public)


def language() -> str:
    lang = (get_language() or "vi")[:2]
    return lang if lang in Publication.LANGUAGES else "vi"
