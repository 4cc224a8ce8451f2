"""The edition as tagged PDF/UA, set by typst from one template.

Text reaches typst as JSON data, never as markup, so no text can be taken for a command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import typst

from trunghoa.quantities import N_, format_date

from . import fonts
from .blocks import (
    Block,
    ChartBlock,
    Column,
    Edition,
    Heading,
    Inline,
    List,
    Missing,
    Note,
    Paragraph,
    Part,
    Table,
    Text,
)
from .phrases import CONTENTS, cut_text, header_pieces, missing_text, standing, title
from .words import Piece, Voice

# A chart's SVG and what it shows, in words, for those who do not see it.
Draw = Callable[[ChartBlock, Voice], bytes]
SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
Json = Any


class Sheet:
    """Turns one edition into the data the template sets."""

    def __init__(self, voice: Voice, draw: Draw) -> None:
        self.voice, self.draw = voice, draw

    def inline(self, inline: Inline | None) -> Json:
        return [] if inline is None else pieces_json(self.voice.pieces(inline))

    def block(self, block: Block) -> Json:
        match block:
            case Heading():
                return {"is": "heading", "level": block.level, "body": self.inline(block)}
            case Note():
                return {"is": "note", "body": self.inline(block)}
            case Paragraph():
                return {"is": "paragraph", "body": self.inline(block)}
            case List():
                return {"is": "list", "items": [self.inline(i) for i in block.items]}
            case Missing():
                return {"is": "missing", "body": self.inline(missing_text(block))}
            case Table():
                return self.table(block)
            case ChartBlock():
                return {
                    "is": "chart",
                    "svg": self.draw(block, self.voice).decode(),
                    "alt": fonts.printable(self.voice.plain(block.description)),
                    "caption": self.inline(block.title),
                    "table": self.table(block.table),
                }
        raise TypeError(f"{type(block).__name__} is not a block.")

    def table(self, table: Table) -> Json:
        return {
            "is": "table",
            "caption": self.inline(table.caption),
            "columns": [self._column(c) for c in table.columns],
            "rows": [[self.inline(cell) for cell in row] for row in table.shown],
            "cut": self.inline(cut_text(self.voice.lang)) if table.is_cut else None,
            "small": table.small,
        }

    def _column(self, column: Column) -> Json:
        header = pieces_json(header_pieces(column, self.voice))
        return {"header": header, "numeric": column.numeric, "width": column.width}

    def part(self, part: Part) -> Json:
        return {
            "key": part.key,
            "title": self.inline(part.title),
            "blocks": [self.block(b) for b in part.blocks],
            "wide": part.wide,
            "new_page": part.new_page,
        }

    def document(self, edition: Edition) -> Json:
        """Everything the template sets, and nothing it does not."""
        day = edition.frozen_on
        return {
            "lang": self.voice.lang,
            "name": fonts.printable(self.voice.plain(title(edition))),
            "year": day.year, "month": day.month, "day": day.day,
            "title": self.inline(title(edition)),
            "standing": [self.inline(t) for t in standing(edition, self.voice)],
            "cover": [[self.inline(k), self.inline(v)] for k, v in edition.cover],
            "contents": fonts.printable(self.voice.plain(Text(CONTENTS))),
            "manifest": self.voice.plain(Text(N_("Manifest"))) + " " + edition.manifest_sha256[:16],
            "frozen": self.voice.plain(Text(N_("Frozen on"))) + " " + format_date(day, self.voice.lang),
            "parts": [self.part(p) for p in edition.parts],
        }  # fmt: skip


def pieces_json(pieces: list[Piece]) -> Json:
    """``[kind, text]``, or ``[kind, text, lang]`` where the piece is in another language than the page."""
    out = []
    for piece in pieces:
        for part in re.split("([₀-₉]+)", fonts_safe(piece.text)):
            if part:
                small = "₀" <= part[0] <= "₉"
                out.append(
                    [
                        "sub" if small else piece.kind,
                        part.translate(SMALL),
                        *([piece.lang] if piece.lang else []),
                    ]
                )
    return out


def fonts_safe(text: str) -> str:
    """Subscript digits are set as subscripts, not looked up as glyphs, so they pass."""
    return "".join(p if p[:1] in "₀₁₂₃₄₅₆₇₈₉" else fonts.printable(p) for p in re.split("([₀-₉]+)", text))


@cache
def template() -> bytes:
    return resources.files(__package__).joinpath("report.typ").read_bytes()


@cache
def font() -> typst.Fonts:
    """Our font alone: neither the system's nor typst's own, so that every machine sets the same page."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts.folder()])


def compile_pdf(document: Json, source: bytes | None = None) -> bytes:
    """The same data give the same bytes: one font, one template, and a date of theirs instead of a clock."""
    result = typst.compile(
        template() if source is None else source,
        format="pdf",
        font_paths=font(),
        pdf_standards=["ua-1"],
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
    )
    return bytes(result)
