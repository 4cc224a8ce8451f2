"""Drawings kept by content: a standing view is drawn in a job when figures change, any other once, on demand.

A page that finds its drawing here imports no chart engine; otherwise a process beside it draws.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from . import beside, theme
from .engine import draw, specification
from .models import Drawing, StandingView


@dataclass(frozen=True)
class View:
    """What a standing view shows in one language. ``chart`` is a ``functools.partial`` of a builder."""

    chart: Any
    title: str
    description: str


Builder = Callable[..., View | None]
_standing: dict[str, tuple[Builder, Callable[[], Iterable[str]] | None]] = {}


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


def standing(name: str, builder: Builder, *, of: Callable[[], Iterable[str]] | None = None) -> None:
    """Register a view that is drawn whenever its content changes.

    ``builder(lang)`` returns a :class:`View`, or None when there is nothing to show. With ``of``, a function
    that lists keys (as the sites' slugs), there is one view per key and the builder gets ``(lang, key)``.
    """
    if name in _standing and _standing[name] != (builder, of):
        raise ValueError(f"The standing view {name} is registered twice.")
    _standing[name] = (builder, of)


def _build(name: str, lang: str, key: str) -> View | None:
    builder = _standing[name][0]
    with translation.override(lang):
        return builder(lang, key) if key else builder(lang)


def _views(names: Iterable[str] | None) -> Iterator[tuple[str, str]]:
    for name in _standing if names is None else names:
        keys = _standing[name][1]
        for key in [""] if keys is None else sorted(keys()):
            yield name, key


def _stored_name(name: str, key: str) -> str:
    return f"{name}:{key}" if key else name


def show(name: str, lang: str, key: str = "") -> SafeString | None:
    """A standing view as last drawn; drawn on the spot if no job came to it yet, None if it shows nothing."""
    kept = StandingView.objects.filter(name=_stored_name(name, key), lang=lang)
    svg = kept.values_list("drawing__svg", flat=True).first()
    if svg is not None:
        return mark_safe(svg)  # noqa: S308 - only finished drawings are kept
    view = _build(name, lang, key)
    if view is None:
        return None
    return cached(view.chart, title=view.title, description=view.description, lang=lang)


def _stand(name: str, key: str, lang: str) -> bool:
    """Bring one view up to date; True if it had to be drawn."""
    view = _build(name, lang, key)
    stored = StandingView.objects.filter(name=_stored_name(name, key), lang=lang).first()
    if view is None:
        if stored is not None:
            stored.delete()
        return False
    words = {"title": view.title, "description": view.description, "lang": lang}
    content = content_key(view.chart, **words)
    if stored is not None and stored.drawing_id == content:
        return False
    new = not Drawing.objects.filter(pk=content).exists()
    if new:
        _keep(content, draw(view.chart, **words))
    StandingView.objects.update_or_create(
        name=_stored_name(name, key), lang=lang, defaults={"drawing_id": content}
    )
    return new


def refresh(names: Iterable[str] | None = None) -> int:
    """Draw every standing view whose content changed, in all languages, and return how many were drawn.

    For a job: it imports the chart engine, and does nothing for what has not changed.
    """
    wanted = None if names is None else list(names)
    drawn = 0
    for name, key in _views(wanted):
        drawn += sum(_stand(name, key, lang) for lang, _ in settings.LANGUAGES)
    return drawn


def forget(days: int = 90) -> int:
    """Delete drawings that stand nowhere and are older than ``days``; they can be drawn again at any time."""
    old = Drawing.objects.filter(views=None, made_on__lt=timezone.now() - timedelta(days=days))
    return old.delete()[0]
