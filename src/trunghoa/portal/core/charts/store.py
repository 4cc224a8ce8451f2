"""Drawings kept by content: a standing view is drawn ahead in a job when figures change, any other on demand.

A page that finds its drawing here imports no chart engine; otherwise a process beside it draws.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from . import beside, theme
from .engine import draw, specification
from .errors import DrawingError
from .models import Drawing


@dataclass(frozen=True)
class View:
    """What a page shows in one language. ``chart`` is a ``functools.partial`` of a builder."""

    chart: Any
    title: str
    description: str


def _plain(value: Any) -> Any:
    """What JSON cannot say by itself, in a form that has one text only."""
    match value:
        case Decimal():
            return f"{value.normalize()}"
        case date():
            return value.isoformat()
        case partial():
            return [_plain(value.func), value.args, dict(sorted(value.keywords.items()))]
        case Mapping():
            return dict(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    name = getattr(value, "__qualname__", "<")
    if callable(value) and "<" not in name:
        return f"{value.__module__}.{name}"
    raise TypeError(
        f"{value!r} cannot be part of a kept drawing: give a partial of a builder with plain rows."
    )


def content_key(chart: Any, *, title: str, description: str, lang: str) -> str:
    """sha256 of everything that shapes the drawing. The order of a mapping counts: categories stack in it."""
    content = chart if isinstance(chart, partial) else specification(chart)
    parts = [content, title, description, lang, theme.version()]
    text = json.dumps(parts, default=_plain, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(key: str, svg: str) -> None:
    Drawing.objects.get_or_create(key=key, defaults={"svg": svg})


def cached(chart: Any, *, title: str, description: str, lang: str) -> SafeString:
    """The drawing from the store, or drawn beside this process and kept.

    ``chart`` is a ``functools.partial`` of a builder with its rows, so that nothing has to be built to find
    the drawing; an Altair chart will do too.
    """
    key = content_key(chart, title=title, description=description, lang=lang)
    found = Drawing.objects.filter(pk=key).values_list("svg", flat=True).first()
    if found is None:
        content = chart if isinstance(chart, partial) else specification(chart)
        found = beside.draw(content, title=title, description=description, lang=lang)
        _keep(key, found)
    return mark_safe(found)  # noqa: S308 - only finished drawings are kept


def ahead(views: Iterable[View], lang: str) -> int:
    """Draw in this process what is not kept yet, and return how many that were.

    For a job, when figures have changed: it imports the chart engine, and the page that asks next finds its
    drawings.
    """
    drawn = 0
    for view in views:
        words = {"title": view.title, "description": view.description, "lang": lang}
        key = content_key(view.chart, **words)
        if not Drawing.objects.filter(pk=key).exists():
            _keep(key, draw(view.chart, **words))
            drawn += 1
    return drawn


def drawn(view: View, lang: str) -> SafeString | None:
    """The drawing, or None where the engine is not to be had: the table beside it says the same."""
    try:
        return cached(view.chart, title=view.title, description=view.description, lang=lang)
    except DrawingError:
        return None


def forget(days: int = 90) -> int:
    """Delete drawings older than ``days``; what a page still shows is drawn again when it is asked for."""
    old = Drawing.objects.filter(made_on__lt=timezone.now() - timedelta(days=days))
    return old.delete()[0]
