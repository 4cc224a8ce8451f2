"""A paragraph of the report on a living page: the same words and numbers, over the figures that stand now."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from .blocks import Missing, Paragraph
from .html import piece_html
from .manifest import Frozen, entry, with_origin
from .phrases import missing_text
from .words import Voice

if TYPE_CHECKING:
    from trunghoa.portal.core.record.models import FigureQuerySet


class Live:
    """Stands where a freeze stands, over a query instead of a manifest."""

    def __init__(self, figures: FigureQuerySet) -> None:
        self.figures = figures

    @cached_property
    def entries(self) -> dict[int, dict[str, Any]]:
        return {f.pk: entry(f) for f in with_origin(self.figures)}

    @property
    def known(self) -> dict[int, dict[str, Any]]:
        return self.entries

    @property
    def manifest(self) -> dict[str, Any]:
        """A living page is of today."""
        return {"frozen_on": timezone.localdate().isoformat()}


def inline(block: Paragraph | Missing, figures: FigureQuerySet, lang: str) -> SafeString:
    """One line of HTML, each number linked to its figure's page."""
    voice = Voice(lang, cast(Frozen, Live(figures)))
    text = missing_text(block) if isinstance(block, Missing) else block
    pieces = voice.pieces(text)
    return mark_safe(  # noqa: S308 - piece_html escapes
        "".join(piece_html(p, lambda pk: reverse("record:figure", args=[pk])) for p in pieces)
    )
