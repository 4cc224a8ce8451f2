"""The edition as HTML: semantic and traceable; the file that is archived has one style and no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from html import escape
from importlib import resources
from typing import Any

from trunghoa.quantities import Period

from .blocks import (
    Block,
    ChartBlock,
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

Link = Callable[[str], str]
Draw = Callable[[ChartBlock, Voice], str]


@cache
def style() -> str:
    """The style of a report that stands alone."""
    return resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")


def attributes(**values: str) -> str:
    return "".join(f' {k.rstrip("_").replace("_", "-")}="{escape(v)}"' for k, v in values.items() if v)


def piece_html(piece: Piece, link: Link | None = None) -> str:
    """One piece; with ``link`` a number opens its figure's page."""
    text, back, lang = escape(piece.text), piece.backing, attributes(lang=piece.lang)
    match piece.kind:
        case "text":
            return text
        case "number":
            data = attributes(
                value=back["value"],
                data_figure=back["figure"],
                data_decimals=back["decimals"],
                data_unit=back["unit"],
                data_part="" if back["part"] == "amount" else back["part"],
            )
            number = f"<data{data}>{text}</data>"
            return (
                f'<a class="figure"{attributes(href=link(back["figure"]))}>{number}</a>' if link else number
            )
        case "count" | "parameter":
            data = attributes(
                value=back["value"],
                **{f"data_{piece.kind}": back[piece.kind]},
                data_decimals=back.get("decimals", ""),
            )
            return f"<data{data}>{text}</data>"
        case "date":
            return f"<time{attributes(datetime=back['datetime'])}>{text}</time>"
        case "period":
            kind = Period.parse(back["period"]).kind
            iso = attributes(
                datetime=back["period"] if kind in ("year", "month") else "", data_period=back["period"]
            )
            return (
                f"<time{iso}>{text}</time>"
                if kind in ("year", "month")
                else f'<span class="period"{iso}>{text}</span>'
            )
        case "ref":
            ref = f'<span class="ref"{lang}>{text}</span>'
            return f"<a{attributes(href=back['url'])}>{ref}</a>" if back.get("url") else ref
        case "mark":
            return f'<sup class="quality-mark"{attributes(data_quality=back["quality"])}>{text}</sup>'
    return f'<span class="{piece.kind}"{lang}>{text}</span>'


class Page:
    """Writes one edition in one language."""

    def __init__(self, voice: Voice, draw: Draw) -> None:
        self.voice, self.draw = voice, draw

    def inline(self, inline: Inline | None) -> str:
        if inline is None:
            return ""
        return "".join(map(piece_html, self.voice.pieces(inline)))

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                return f"<h{block.level + 1}>{self.inline(block)}</h{block.level + 1}>\n"
            case Note():
                return f'<p class="message" role="note">{self.inline(block)}</p>\n'
            case Paragraph():
                return f"<p>{self.inline(block)}</p>\n"
            case List():
                return "<ul>" + "".join(f"<li>{self.inline(i)}</li>" for i in block.items) + "</ul>\n"
            case Missing():
                return f'<p class="missing">{self.inline(missing_text(block))}</p>\n'
            case Table():
                return self.table(block)
            case ChartBlock():
                caption = f"<figcaption>{self.inline(block.title)}</figcaption>"
                drawn = self.draw(block, self.voice)
                return (
                    f'<figure class="chart" tabindex="0">{drawn}{caption}</figure>\n{self.table(block.table)}'
                )
        raise TypeError(f"{type(block).__name__} is not a block.")

    def table(self, table: Table) -> str:
        head = "".join(self._header(c) for c in table.columns)
        tags = ['<td class="number">' if c.numeric else "<td>" for c in table.columns]
        rows = []
        for row in table.shown:
            first = f'<th scope="row">{self.inline(row[0])}</th>'
            rest = "".join(
                f"{tag}{self.inline(cell)}</td>" for tag, cell in zip(tags[1:], row[1:], strict=True)
            )
            rows.append(f"<tr>{first}{rest}</tr>\n")
        cut = f'<p class="cut">{self.inline(cut_text(self.voice.lang))}</p>\n' if table.is_cut else ""
        label = attributes(aria_label=self.voice.plain(table.caption))
        return (
            f'<div class="scroll" tabindex="0" role="region"{label}>'
            f"<table><caption>{self.inline(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
            f"<tbody>\n{''.join(rows)}</tbody></table></div>\n{cut}"
        )

    def _header(self, column: Any) -> str:
        css = ' class="number"' if column.numeric else ""
        return (
            f'<th scope="col"{css}>{"".join(piece_html(p) for p in header_pieces(column, self.voice))}</th>'
        )

    def part(self, part: Part) -> str:
        blocks = "".join(self.block(b) for b in part.blocks)
        where = attributes(id=part.key, data_section=part.key)
        return f"<section{where}><h2>{self.inline(part.title)}</h2>\n{blocks}</section>\n"

    def body(self, edition: Edition) -> str:
        """Title, standing, cover lines, contents, parts."""
        facts = "".join(f"<dt>{self.inline(k)}</dt><dd>{self.inline(v)}</dd>\n" for k, v in edition.cover)
        contents = "".join(
            f'<li><a href="#{escape(p.key)}">{self.inline(p.title)}</a></li>\n' for p in edition.parts
        )
        notes = "".join(
            f'<p class="message message-warning" role="note">{self.inline(t)}</p>\n'
            for t in standing(edition, self.voice)
        )
        label = Text(CONTENTS)
        return (
            f'<header data-section="cover"><h1>{self.inline(title(edition))}</h1>\n{notes}'
            f'<dl class="facts">\n{facts}</dl></header>\n'
            f'<nav class="contents"{attributes(aria_label=self.voice.plain(label))} data-section="contents">'
            f"<h2>{self.inline(label)}</h2><ul>\n{contents}</ul></nav>\n"
            + "".join(map(self.part, edition.parts))
        )

    def archive(self, edition: Edition, body: str) -> bytes:
        """One file that needs no other."""
        lang, name, css = self.voice.lang, escape(self.voice.plain(title(edition))), style()
        # The file says itself that it runs nothing and loads nothing, and names its one style by its hash.
        digest = b64encode(sha256(css.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'"
        return (
            f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            f'<meta name="manifest-sha256" content="{edition.manifest_sha256}">\n'
            f"<title>{name}</title>\n<style>{css}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
        ).encode()
