"""What a document says by itself: that it is a draft, what its marks mean, where a cut table goes on."""

from __future__ import annotations

from trunghoa.quantities import N_

from .blocks import Column, Edition, Inline, Missing, Reference, Text
from .words import Piece, Voice, unit_text

CONTENTS = N_("Contents")
CUT = N_("Only the first rows are printed here; the file {file} holds every figure.")
MISSING = N_("Missing: {what}.")
OWED = N_("Missing: {what}. Owed by: {owner}.")
DRAFT_TITLE = N_("Working draft: {title}")
RESTS_ON_UNVERIFIED = N_(
    "This document rests on values that are not all verified. It is a working draft for the two sides, "
    "not an official statement of either."
)
NOT_A_STATEMENT = N_(
    "This document is a working draft for the two sides, not an official statement of either."
)
LEGEND = N_(
    "† after a number: it rests on an unverified value. ‡ after a number: it rests on illustrative data."
)


def title(edition: Edition) -> Inline:
    """A document that is not official says so in its very title."""
    return edition.title if edition.official else Text(DRAFT_TITLE, title=edition.title)


def standing(edition: Edition, voice: Voice) -> list[Text]:
    """What the document is and what its marks mean."""
    if edition.official:
        return []
    if all(entry["quality"] == "verified" for entry in voice.frozen.entries.values()):
        return [Text(NOT_A_STATEMENT)]
    return [Text(RESTS_ON_UNVERIFIED), Text(LEGEND)]


def cut_text(lang: str) -> Text:
    return Text(CUT, file=Reference(f"figures-{lang}.xlsx"))


def missing_text(missing: Missing) -> Text:
    if missing.owner is None:
        return Text(MISSING, what=missing.what)
    return Text(OWED, what=missing.what, owner=missing.owner)


def header_pieces(column: Column, voice: Voice) -> list[Piece]:
    """A column's header with its unit in brackets."""
    pieces = voice.pieces(column.header)
    if shown := unit_text(column.unit):
        pieces += [Piece("text", " ("), Piece("unit", shown), Piece("text", ")")]
    return pieces
