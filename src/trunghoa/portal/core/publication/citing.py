"""What publications tell the record: what kinds are called, and which reports print a figure."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from trunghoa.portal.core.record import words
from trunghoa.portal.core.record.models import Figure

from . import sections


def name(system: str, kind: str) -> str | None:
    section = sections.get(system)
    return section.kinds.get(kind) if section else None


def reports(request: HttpRequest, figure: Figure) -> Iterator[tuple[str, str]]:
    """Reports that froze the figure; drafts only for those who may see them."""
    from .access import visible

    for row in visible(request).filter(frozen__figure=figure):
        yield row.title((get_language() or "vi")[:2]), reverse("publication:page", args=[row.slug])


def tell() -> None:
    words.name_kinds(name)
    words.cite(reports)
