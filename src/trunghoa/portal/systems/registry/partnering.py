"""Statements of partners: kept, compared with the ledger as it stood, and mismatches settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk
from trunghoa.portal.core.ledger.models import Posting
from trunghoa.portal.core.record import documents
from trunghoa.portal.core.record.intake import Accepted
from trunghoa.portal.core.record.models import Document
from trunghoa.portal.core.workflow import days

from .models import PartnerRegistry, SettlementNote, StatedBlock, Statement
from .models.accounts import UNIT
from .tasks import partners
from .words import SIDE_OF

# Kinds of account of the ledger, by how units stand in them.
PLACES = {"holding": "held", "retirement": "used", "cancellation": "cancelled"}


@dataclass(frozen=True, slots=True)
class Found:
    """A statement beside the ledger."""

    balances: tuple[Any, ...]
    pieces: tuple[Any, ...]

    @property
    def mismatches(self) -> list[Any]:
        return [piece for piece in self.pieces if piece.match != "agreed"]

    @property
    def agreed(self) -> int:
        return sum(piece.quantity for piece in self.pieces if piece.match == "agreed")

    @property
    def differing(self) -> int:
        return sum(piece.quantity for piece in self.mismatches)


def keep(registry: PartnerRegistry, accepted: Accepted, by: User, **said: Any) -> Statement:
    """The file and every block in it, or nothing.

    Raises
    ------
    InputError
        with each cell that cannot be taken.
    """
    rows = partners.read(accepted.content, accepted.filename)
    closed = Document.Classification.OFFICERS
    with documents.uploaded(accepted, by=by, classification=closed) as kept:
        made = Statement.objects.create(
            registry=registry, document=kept.document, filename=accepted.filename[:200], by=by, **said
        )
        blocks = [
            StatedBlock(statement=made, **{name: getattr(row, name) for name in row.__slots__})
            for row in rows
        ]
        bulk.create(StatedBlock.objects, blocks, about=made, batch_size=1000)
    return made


def held_here(party: str, day: date) -> list[tuple[str, int, int, str]]:
    """What the ledger had in a party's accounts when the day was over there, by series and numbers."""
    over = days.begin(SIDE_OF.get(party, ""), day + timedelta(days=1))
    rows = Posting.objects.filter(
        account__party=party, account__kind__in=PLACES, series__unit=UNIT, transaction__at__lt=over
    )
    ends: dict[tuple[str, str], list[tuple[int, int]]] = {}
    wanted = rows.exclude(delta=0).values_list("series__code", "account__kind", "first", "last", "delta")
    for code, kind, first, last, delta in wanted.order_by().iterator():
        sign = 1 if delta > 0 else -1
        ends.setdefault((code, PLACES[kind]), []).extend([(first, sign), (last + 1, -sign)])
    return [(code, *span, place) for (code, place), found in ends.items() for span in _standing(found)]


def _standing(ends: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Numbers that came in more often than they went out."""
    level, start = 0, 0
    steps: dict[int, int] = {}
    for at, step in ends:
        steps[at] = steps.get(at, 0) + step
    for at, step in sorted(steps.items()):
        if not level and step:
            start = at
        elif level and not level + step:
            yield start, at - 1
        level += step


def reconciled(statement: Statement) -> Found:
    stated = statement.blocks.values_list("series", "first", "last", "place")
    return Found(*partners.compared(held_here(statement.registry.party, statement.day), stated))


def key_of(row: Any) -> tuple[str, int, int, str, str]:
    """Names a mismatch, or the note on it: a note counts while both books say what they said."""
    return row.series, row.first, row.last, row.here or "", row.there or ""


def notes_of(statement: Statement) -> dict[tuple[str, int, int, str, str], SettlementNote]:
    """The latest note on each mismatch."""
    rows = statement.notes.select_related("by").order_by("pk")
    return {key_of(row): row for row in rows}


def settle(statement: Statement, piece: Any, text: str, by: User) -> SettlementNote:
    series, first, last, here, there = key_of(piece)
    return SettlementNote.objects.create(
        statement=statement, series=series, first=first, last=last, here=here, there=there, text=text, by=by
    )
