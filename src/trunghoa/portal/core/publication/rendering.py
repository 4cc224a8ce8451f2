"""From a freeze to its files in every language; nothing comes out before the guard has read everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import translation

from . import guard, outline, pdf
from .blocks import ChartBlock, Edition, Name, figures_in
from .encoding import encode, figures_named
from .html import Page
from .manifest import Frozen
from .models import Publication
from .words import LANGUAGES, Voice
from .workbook import workbook

Progress = Callable[[int, str], None]

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    lang: str
    format: str
    content: bytes


def quiet(per_cent: int, message: str) -> None:
    """For who does not want to know how far it is."""


def render(publication: Publication, progress: Progress = quiet) -> list[RenderedFile]:
    """All files of a publication. The same freeze gives the same bytes.

    Raises
    ------
    FrozenError
        if the database no longer holds what was frozen.
    UnbackedNumber
        if anything printed cannot be traced to the freeze.
    """
    frozen = Frozen(publication)
    frozen.check()
    progress(5, "outline")
    edition = outline.build(frozen)
    outputs, archives = {}, {}
    for i, lang in enumerate(LANGUAGES):
        progress(10 + 10 * i, f"html {lang}")
        outputs[lang], archives[lang] = voiced(edition, frozen, lang)
    guard.check(outputs, frozen)
    files = []
    for i, lang in enumerate(LANGUAGES):
        progress(45 + 15 * i, f"pdf {lang}")
        files.append(RenderedFile(lang, "html", archives[lang]))
        files.append(RenderedFile(lang, "pdf", pdf.compile_pdf(outputs[lang].document)))
        files.append(RenderedFile(lang, "xlsx", workbook(frozen, lang)))
    return files


def voiced(edition: Edition, frozen: Frozen, lang: str) -> tuple[guard.Rendered, bytes]:
    """One language: what the guard reads, and the HTML archive."""
    voice, drawings = Voice(lang, frozen), Drawings()
    page = Page(voice, drawings.inline)
    with translation.override(lang):
        document = pdf.Sheet(voice, drawings.file).document(edition)
        body = page.body(edition)
        output = guard.Rendered(lang, body, document, voice.counts, drawings.all(lang))
        return output, page.archive(edition, body)


class Drawings:
    """Each chart of one language, drawn once for both formats."""

    def __init__(self) -> None:
        self._drawn: dict[int, tuple[ChartBlock, str]] = {}

    def inline(self, block: ChartBlock, voice: Voice) -> str:
        if id(block) not in self._drawn:
            # The chart engine is heavy, and the web process starts without it.
            from trunghoa.portal.core.charts import draw

            drawn = draw(block.chart(voice.lang), **_words(block, voice), lang=voice.lang)
            self._drawn[id(block)] = block, str(drawn)
        return self._drawn[id(block)][1]

    def all(self, lang: str) -> list[guard.Drawing]:
        """Every drawing with the figures and the names that its function was given or its table prints."""
        return [
            guard.Drawing(
                svg,
                figures_named(encode(block.chart)) + [f.pk for f in figures_in(block.table)],
                {name.in_(lang)[0] for name in _names_given(block.chart)},
            )
            for block, svg in self._drawn.values()
        ]

    def file(self, block: ChartBlock, voice: Voice) -> bytes:
        return self.inline(block, voice).encode()


def _names_given(value: Any) -> Iterator[Name]:
    """Names among what a chart's function was given."""
    match value:
        case Name():
            yield value
        case partial():
            yield from _names_given([*value.args, *value.keywords.values()])
        case Mapping():
            yield from _names_given(list(value.values()))
        case list() | tuple():
            for item in value:
                yield from _names_given(item)


def _words(block: ChartBlock, voice: Voice) -> dict[str, str]:
    return {"title": voice.plain(block.title), "description": voice.plain(block.description)}
